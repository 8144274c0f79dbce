/* web/api_statements.c: POST /api/v1/bank-statements: the file is the body, whatever its Content-Type; where it does
 * not say whose it is (CSV), ?account=IBAN does. ?look=true books nothing, and tells what it would. */

#include "base/i18n.h"
#include "shop/describe.h"
#include "web/api.h"
#include <string.h>

/* What would be matched or held is counted by the import itself. */
static enum outcome look_only(void *arg, const struct statement_payment *payment, const struct settled_entry *settled,
                              const char *order_code)
{
    (void)arg, (void)payment, (void)settled, (void)order_code;
    return DONE;
}

static bool wants_look(struct call *c)
{
    const char *look = form_value(&c->req->query, "look");

    if (look && strcmp(look, "true") != 0 && strcmp(look, "false") != 0)
        (void)!api_refuse(c, PROBLEM_NOT_A_CHOICE, "look", "%s", "");
    return look && strcmp(look, "true") == 0;
}

/* The import is many transactions, so its answer comes after it. A request that is sent again before that books nothing
 * twice: the payments that were already booked count as duplicates. */
static enum outcome tell(struct db_tx *tx, struct call *c, void *arg)
{
    (void)tx;
    c->body = describe_import_result(arg);
    return DONE;
}

void api_statement_post(struct http_request *req)
{
    static const char *const KNOWN[] = {"account", "look", NULL};
    struct import_result result;
    struct problem why = {0};
    enum outcome o;
    struct call c;
    bool look;

    if (!api_open_post(req, RIGHT_MONEY, &c))
        return;
    (void)!api_query(&c, KNOWN);
    look = wants_look(&c);
    if (!api_is_new(&c))
        return;
    if (req->body_file < 0) { /* nothing was sent */
        (void)api_refuse(&c, PROBLEM_STATEMENT_FORMAT, "", "%s",
                         N_("il file è vuoto; scaricarlo di nuovo dalla banca"));
        api_fail(&c, REFUSED);
        return;
    }
    o = import_statement(c.mem,
                         &(struct statement_import){.shop = c.shop,
                                                    .reader = c.web->read_statement,
                                                    .file = req->body_file,
                                                    .brand = c.key.brand,
                                                    .account = form_value(&req->query, "account"),
                                                    .actor = c.actor,
                                                    .look = look ? look_only : NULL},
                         &result, &why);
    if (o == REFUSED && why.code != PROBLEM_NONE)
        (void)api_refuse(&c, why.code, why.field, "%s", why.detail);
    if (o != DONE)
        api_fail(&c, o);
    else if (api_write(&c, tell, &result))
        api_send(&c);
}
