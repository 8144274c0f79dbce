/* web/api_logs.c: GET and POST /api/v1/mailboxes/{address}/logs: where the provider keeps the logs of a mailbox's
 * messages (DOMAIN L1); its own program tells. */

#include "shop/log_reference.h"
#include "web/api.h"
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

struct referring {
    struct day from, to;
    const char *where, *sha256;
    int64_t bytes;
};

static const struct form_field REFERENCE[] = {
    FORM_DAY(struct referring, from, "from"),
    FORM_DAY(struct referring, to, "to"),
    FORM_TEXT(struct referring, where, "where", .max = LOG_LOCATION_MOST),
    FORM_TEXT(struct referring, sha256, "sha256", .max = 64, .optional = true),
    FORM_INT(struct referring, bytes, "bytes", .min = 0, .max = INT64_MAX, .optional = true),
    FORM_END,
};

static enum outcome find(struct db_tx *tx, struct call *c, struct mailbox *mailbox)
{
    struct problem why = {0};

    return api_passed(c, log_mailbox_seek(tx, c->mem, c->key.brand, http_parameter(c->req, "address"), mailbox, &why),
                      &why);
}

/* Set anew each time the transaction runs. */
static enum outcome tell(struct db_tx *tx, void *arg)
{
    struct call *c = arg;
    struct mailbox mailbox;
    struct log_reference *rows;
    size_t count;
    json_t *list;

    c->faults.count = 0;
    TRY(find(tx, c, &mailbox));
    TRY(log_references_ask(tx, c->mem, &mailbox, &c->actor, &rows, &count));
    list = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, describe_log_reference(&rows[i]));
    json_decref(c->body);
    c->body = json_pack("{s:s, s:o}", "mailbox", mailbox.address, "logs", list);
    return DONE;
}

static enum outcome add(struct db_tx *tx, struct call *c, void *arg)
{
    const struct referring *r = arg;
    struct log_reference one = {.from_on = r->from,
                                .to_on = r->to,
                                .location = (char *)(r->where ? r->where : ""),
                                .sha256 = (char *)(r->sha256 ? r->sha256 : ""),
                                .bytes = r->bytes};
    struct problem why = {0};
    struct mailbox mailbox;
    bool added;

    TRY(find(tx, c, &mailbox));
    TRY(api_passed(c, log_reference_add(tx, &mailbox, &c->actor, &one, &added, &why), &why));
    c->status = added ? 201 : 200;
    c->body = json_pack("{s:s, s:b}", "mailbox", mailbox.address, "added", added);
    return DONE;
}

/* It writes, too: that somebody looked. */
void api_logs(struct http_request *req)
{
    static const char *const NONE[] = {NULL};
    enum outcome o;
    struct call c;

    if (!api_open(req, RIGHT_READ, &c))
        return;
    (void)!api_query(&c, NONE);
    if (!api_is_new(&c))
        return;
    o = db_transaction(c.shop->db, "api.logs", tell, &c);
    if (o == DONE)
        http_reply_json(req, 200, c.body);
    else
        api_fail(&c, o);
}

void api_log_post(struct http_request *req)
{
    struct referring r = {0};
    struct call c;

    if (api_open_post(req, RIGHT_READ, &c))
        api_post(&c, REFERENCE, &r, add, &r);
}
