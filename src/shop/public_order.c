#include "shop/public_order.h"
#include "base/text.h"
#include "rules/code.h"
#include "shop/fulfil.h"
#include "store/sdi.h"
#include <inttypes.h>
#include <string.h>
#include <talloc.h>

struct work {
    struct db_tx *tx;
    void *mem;
    const struct public_request *request;
    const struct brand *brand;
    struct order order;
    char *cig, *cup;
    struct problem *why;
};

/* A code as it is printed, with blanks and small letters or not. */
static enum outcome check_code(struct work *w, const char *typed, size_t length, const char *field, char **code)
{
    size_t n;

    *code = talloc_zero_array(w->mem, char, (unsigned)strlen(typed) + 1);
    code_clean(typed, *code, strlen(typed) + 1);
    n = strspn(*code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");
    if (**code && (n != length || (*code)[n]))
        return problem_set(w->why, PROBLEM_OUT_OF_RANGE, field, "%zu A–Z 0–9", length);
    return DONE;
}

static enum outcome load(struct work *w, const struct brands *brands)
{
    enum outcome o = order_by_code(w->tx, w->mem, w->request->code, &w->order);

    if (o == REFUSED)
        return problem_set(w->why, PROBLEM_NOT_FOUND, "code", "%s", "");
    TRY(o);
    w->brand = brand_by_id(brands, w->order.brand);
    if (!w->brand)
        return BROKEN;
    if (w->order.billing.kind != HOLDER_PUBLIC_BODY)
        return problem_set(w->why, PROBLEM_NOT_A_CHOICE, "code", "%s", "");
    TRY(check_code(w, w->request->cig, 10, "cig", &w->cig));
    return check_code(w, w->request->cup, 15, "cup", &w->cup);
}

/* What was invoiced stays as it was issued. */
static enum outcome may_change(struct work *w)
{
    struct sdi_standing standing;
    struct invoice invoice;
    enum outcome o = invoice_by_order(w->tx, w->mem, w->order.id, &invoice);

    if (o != DONE)
        return o == REFUSED ? DONE : o;
    TRY(sdi_of_invoice(w->tx, w->mem, invoice.id, &standing));
    if (standing.state == SDI_REJECTED || standing.state == SDI_REFUSED)
        return DONE;
    return problem_set(w->why, PROBLEM_SDI_STATE, "code", "%s", sdi_state_label(standing.state));
}

static enum outcome may_commit(struct work *w)
{
    if (!w->brand->invoicing.public_commitment || order_is_topup(&w->order))
        return problem_set(w->why, PROBLEM_NOT_A_CHOICE, "code", "%s", "");
    if (!order_is_open(w->order.state))
        return problem_set(w->why, PROBLEM_ORDER_STATE, "code", "%s", order_state_label(w->order.state));
    return text_is_blank(w->request->act) ? problem_set(w->why, PROBLEM_REQUIRED, "act", "%s", "") : DONE;
}

static enum outcome settle(struct work *w)
{
    struct total due;

    TRY(order_due(&w->order, db_today(w->tx), &due, w->why));
    return settle_order(w->tx, w->mem, w->brand, &w->order,
                        &(struct settling){.cause = talloc_asprintf(w->mem, "commitment:%" PRId64, w->order.id),
                                           .from = talloc_asprintf(w->mem, "provisional:%s", w->brand->id),
                                           .method = METHOD_BANK_TRANSFER,
                                           .amount = due.due,
                                           .paid_on = db_today(w->tx),
                                           .provisional = true,
                                           .actor = w->request->actor});
}

enum outcome public_order_note(struct db_tx *tx, void *mem, const struct brands *brands, const struct public_request *r,
                               struct problem *why)
{
    struct work w = {.tx = tx, .mem = mem, .request = r, .why = why};
    struct public_order known = {0};
    json_t *data;
    enum outcome o;

    TRY(load(&w, brands));
    TRY(r->commit ? may_commit(&w) : may_change(&w));
    o = public_order_of(tx, mem, w.order.id, &known);
    if (o != DONE && o != REFUSED)
        return o;
    TRY(public_order_put(tx, &(struct public_order){.order_id = w.order.id,
                                                    .cig = w.cig,
                                                    .cup = w.cup,
                                                    .act = (char *)(r->commit   ? r->act
                                                                    : known.act ? known.act
                                                                                : ""),
                                                    .committed_by = (char *)(r->commit            ? r->actor.name
                                                                             : known.committed_by ? known.committed_by
                                                                                                  : ""),
                                                    .committed_at = r->commit ? db_now(tx) : known.committed_at}));
    data = json_pack("{s:s, s:s, s:s}", "cig", w.cig, "cup", w.cup, "act", r->commit ? r->act : "");
    o = event_record(tx, w.order.brand, &r->actor, r->commit ? "order.committed" : "order.public_codes", w.order.id, 0,
                     data);
    json_decref(data);
    TRY(o);
    return r->commit ? settle(&w) : DONE;
}
