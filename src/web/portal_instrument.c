/* web/portal_instrument.c: GET and POST /profilo/carte/{id}/elimina: a saved card or PayPal account is forgotten. */

#include "base/i18n.h"
#include "shop/autorenew.h"
#include "web/instrument_row.h"
#include "web/portal.h"
#include <stdlib.h>
#include <string.h>

json_t *instrument_row(const struct instrument *i)
{
    return json_pack("{s:I, s:s, s:o, s:o}", "id", (json_int_t)i->id, "label", i->label, "last4",
                     i->last4[0] ? json_string(i->last4) : json_false(), "expires",
                     i->exp_year ? json_sprintf("%02d/%d", i->exp_month, i->exp_year) : json_false());
}

/* Somebody else's, another brand's and what is removed already read like none. */
static enum outcome load(struct db_tx *tx, struct page *p, void *arg, struct problem *why)
{
    struct instrument *i = arg;
    const char *id = http_parameter(p->req, "id");
    enum outcome o = REFUSED;

    if (strlen(id) < 19 && strspn(id, "0123456789") == strlen(id))
        o = instrument_by_id(tx, p->mem, strtoll(id, NULL, 10), i);
    if (o == REFUSED || (o == DONE && (!p->visitor.who.account_id || i->account_id != p->visitor.who.account_id ||
                                       strcmp(i->brand, p->brand->id) != 0)))
        return problem_set(why, PROBLEM_NOT_FOUND, "", "%s", "");
    return o;
}

void portal_instrument(struct http_request *req)
{
    struct instrument instrument;
    struct page p;

    if (!page_open(req, PAGE_SIGNED_IN, load, &instrument, &p))
        return;
    page_set(&p, "instrument", instrument_row(&instrument));
    page_show(&p, 200, "instrument", N_("Eliminare il modo di pagamento salvato?"));
}

struct removal {
    struct page *p;
    int64_t id;
};

static enum outcome forget(struct db_tx *tx, void *arg)
{
    struct removal *r = arg;
    bool changed;

    return instrument_forget(tx, r->p->mem, r->id, r->p->visitor.who.account_id, &r->p->actor, &changed);
}

void portal_instrument_sent(struct http_request *req)
{
    struct instrument instrument;
    struct removal r;
    enum outcome o;
    struct page p;

    if (!page_open(req, PAGE_SIGNED_IN, load, &instrument, &p))
        return;
    r = (struct removal){&p, instrument.id};
    o = db_transaction(p.shop->db, "instrument.remove", forget, &r);
    if (o == DONE)
        page_go(&p, "/profilo?eliminato=1");
    else
        page_failed(&p, o, NULL);
}
