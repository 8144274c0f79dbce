/* web/api_refunds.c: money on its way back: GET /api/v1/refunds, POST /api/v1/refunds/{id}/turn, …/sent, …/drop. */

#include "shop/describe.h"
#include "shop/refund_return.h"
#include "web/api_pay.h"
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

enum { REFUNDS_USUAL = 100, REFUNDS_MOST = 1000 };

static enum outcome describe(struct db_tx *tx, struct call *c, const struct refund *r, json_t **out)
{
    struct order order = {.code = (char *)""};

    if (r->order_id)
        TRY(order_by_id(tx, c->mem, r->order_id, &order));
    *out = describe_refund(r, order.code);
    return DONE;
}

/* ---- All of them ---- */

struct listing {
    int64_t after, limit;
};

static enum outcome list(struct db_tx *tx, struct call *c, void *arg)
{
    const struct listing *l = arg;
    json_t *rows = json_array(), *row;
    struct refund *refunds;
    size_t count;

    TRY(refunds_open(tx, c->mem, c->key.brand, l->after, (int)l->limit, &refunds, &count));
    for (size_t i = 0; i < count; i++) {
        TRY(describe(tx, c, &refunds[i], &row));
        json_array_append_new(rows, row);
    }
    c->body = json_pack("{s:o, s:o}", "refunds", rows, "next",
                        count == (size_t)l->limit ? json_integer(refunds[count - 1].id) : json_null());
    return DONE;
}

void api_refunds(struct http_request *req)
{
    static const char *const KNOWN[] = {"after", "limit", NULL};
    struct listing l = {0};
    struct call c;

    if (!api_open(req, RIGHT_READ, &c))
        return;
    (void)!api_query(&c, KNOWN);
    (void)!api_number(&c, "after", 0, INT64_MAX, 0, &l.after);
    (void)!api_number(&c, "limit", 1, REFUNDS_MOST, REFUNDS_USUAL, &l.limit);
    if (c.faults.count)
        api_send_faults(&c);
    else if (api_read(&c, list, &l))
        api_send(&c);
}

/* ---- One ---- */

struct step {
    const char *destination, *iban, *payee, *held, *note; /* of turning */
    enum outcome (*take)(struct db_tx *tx, void *mem, int64_t id, const struct actor *actor, struct problem *why);
};

static const struct form_field TURN[] = {
    FORM_TEXT(struct step, destination, "destination", .max = 20),
    FORM_TEXT(struct step, iban, "iban", .max = 60, .optional = true),
    FORM_TEXT(struct step, payee, "payee", .max = 100, .optional = true),
    FORM_TEXT(struct step, held, "held", .max = 30, .optional = true),
    FORM_TEXT(struct step, note, "note", .max = 500, .optional = true),
    FORM_END,
};

/* Another brand's reads like one that is not there. */
static enum outcome find(struct db_tx *tx, struct call *c, struct refund *refund)
{
    const char *id = http_parameter(c->req, "id");
    size_t length = strlen(id);
    enum outcome o = REFUSED;

    if (length > 0 && length <= 18 && strspn(id, "0123456789") == length)
        o = refund_by_id(tx, c->mem, strtoll(id, NULL, 10), refund);
    if (o == REFUSED || (o == DONE && !api_sees(c, refund->brand)))
        return api_refuse(c, PROBLEM_NOT_FOUND, "", "%s", "");
    return o;
}

/* Of a transfer that came back, with the held entry as which it did. */
static enum outcome came_back(struct db_tx *tx, struct call *c, const struct step *s, int64_t refund_id)
{
    struct refund_return r = {.refund_id = refund_id,
                              .destination = s->destination,
                              .iban = s->iban,
                              .payee = s->payee,
                              .note = s->note ? s->note : "",
                              .brand = c->key.brand,
                              .actor = c->actor};
    struct problems faults = {0};
    enum held_kind kind;
    int64_t waits;
    enum outcome o;

    if (held_read_name(s->held, &kind, &r.entry_id) != DONE || kind != HELD_BANK)
        return api_refuse(c, PROBLEM_NOT_A_CHOICE, "held", "%s", "");
    o = refund_came_back(tx, c->shop, c->mem, &r, &waits, &faults);
    for (size_t i = 0; o == REFUSED && i < faults.count && i < count_of(faults.item); i++)
        (void)api_refuse(c, faults.item[i].code,
                         strcmp(faults.item[i].field, "entry") == 0 ? "held" : faults.item[i].field, "%s",
                         faults.item[i].detail);
    return o;
}

static enum outcome take(struct db_tx *tx, struct call *c, void *arg)
{
    const struct step *s = arg;
    struct problem why = {0};
    struct refund refund;
    enum outcome o;

    TRY(find(tx, c, &refund));
    if (s->take)
        o = s->take(tx, c->mem, refund.id, &c->actor, &why);
    else if (s->held)
        o = came_back(tx, c, s, refund.id);
    else
        o = refund_turn(tx, c->mem, c->shop->brands, refund.id, s->destination, s->iban, s->payee, &c->actor, &refund,
                        &why);
    if (o == REFUSED && why.code != PROBLEM_NONE)
        return api_refuse(c, why.code, strcmp(why.field, "refund") == 0 ? "" : why.field, "%s", why.detail);
    TRY(o);
    TRY(refund_by_id(tx, c->mem, refund.id, &refund));
    return describe(tx, c, &refund, &c->body);
}

/* Two at once would both find what only one may do: each runs as if alone. */
static void run(struct call *c, struct step *s)
{
    c->alone = true;
    if (c->faults.count)
        api_send_faults(c);
    else if (api_write(c, take, s))
        api_send(c);
}

void api_refund_turn(struct http_request *req)
{
    struct step s = {0};
    struct call c;

    if (!api_open_post(req, RIGHT_MONEY, &c))
        return;
    (void)api_body(&c, TURN, &s);
    run(&c, &s);
}

static void step(struct http_request *req, struct step s)
{
    struct call c;

    if (!api_open_post(req, RIGHT_MONEY, &c))
        return;
    api_check_empty(&c);
    run(&c, &s);
}

void api_refund_sent(struct http_request *req)
{
    step(req, (struct step){.take = refund_sent});
}

void api_refund_drop(struct http_request *req)
{
    step(req, (struct step){.take = refund_drop});
}
