/* web/office_refund.c: GET, POST /office/denaro/rimborsi/{id}: a refund that did not reach its customer, and where it
 * goes instead: another IBAN, or the prepaid account. */

#include "base/i18n.h"
#include "rules/iban.h"
#include "shop/present.h"
#include "shop/refund_return.h"
#include "web/office_money.h"
#include <inttypes.h>
#include <string.h>
#include <talloc.h>

struct refund_page {
    int64_t id;
    struct refund refund;
    struct order order; /* id 0: of none */
    int64_t returned;   /* the bank's entry; 0: it did not come back */
    struct bank_entry *entries;
    size_t count;
};

struct refund_form {
    const char *destination, *iban, *payee, *note;
    int64_t entry;
};

static const struct form_field FIELDS[] = {
    FORM_TEXT(struct refund_form, destination, "destination", .max = 20),
    FORM_TEXT(struct refund_form, iban, "iban", .max = 60, .optional = true),
    FORM_TEXT(struct refund_form, payee, "payee", .max = 100, .optional = true),
    FORM_TEXT(struct refund_form, note, "note", .max = 500, .lines = true, .optional = true),
    FORM_INT(struct refund_form, entry, "entry", .min = 1, .max = INT64_MAX, .optional = true),
    FORM_END,
};

static bool was_sent(const struct refund *r)
{
    return strcmp(r->destination, "transfer") == 0 && strcmp(r->state, "done") == 0;
}

static enum outcome load(struct db_tx *tx, struct office *o, void *arg, struct problem *why)
{
    struct refund_page *p = arg;
    enum outcome outcome = refund_by_id(tx, o->page.mem, p->id, &p->refund);

    if (outcome == REFUSED || (outcome == DONE && !operator_sees(&o->operator, p->refund.brand)))
        return problem_set(why, PROBLEM_NOT_FOUND, "", "%s", "");
    TRY(outcome);
    if (p->refund.order_id)
        TRY(order_by_id(tx, o->page.mem, p->refund.order_id, &p->order));
    TRY(refund_returned_as(tx, p->id, &p->returned));
    return was_sent(&p->refund) && !p->returned
               ? refund_return_entries(tx, o->page.mem, o->page.shop->brands, &p->refund, &p->entries, &p->count)
               : DONE;
}

static json_t *entries(const struct refund_page *r)
{
    json_t *all = json_array();

    for (size_t i = 0; i < r->count; i++)
        json_array_append_new(all, json_pack("{s:I, s:o, s:s, s:s, s:b}", "id", (json_int_t)r->entries[i].id, "on",
                                             present_day(r->entries[i].booked_on), "from", r->entries[i].debtor, "text",
                                             r->entries[i].remittance, "checked", i == 0));
    return all;
}

static void show(struct office *o, const struct refund_page *r, int status, const struct problems *faults)
{
    static const struct office_done WORDS[] = {
        {"altrove", N_("Il rimborso prende l'altra via: il bonifico nuovo è tra quelli da fare, il credito è fatto.")},
        {"attesa", N_("Preso nota del ritorno: il nuovo rimborso attende la decisione di un'altra persona.")},
        {NULL, NULL}};
    const struct refund *f = &r->refund;
    struct page *p = &o->page;
    bool sent = was_sent(f), failed = strcmp(f->state, "failed") == 0 && f->payment_id;
    bool may = operator_may(&o->operator, OFFICE_MONEY);

    page_set(p, "refund",
             json_pack("{s:I, s:o, s:s, s:b, s:s, s:s, s:b, s:b, s:s, s:o, s:o}", "id", (json_int_t)f->id, "amount",
                       present_money(f->amount), "code", r->order.code ? r->order.code : "", "transfer",
                       strcmp(f->destination, "transfer") == 0, "iban", iban_grouped(p->mem, f->iban), "payee",
                       f->payee, "sent", sent, "failed", failed, "error", f->error, "done_on",
                       f->done_at.us ? present_day(rome_day(f->done_at)) : json_false(), "returned",
                       r->returned ? json_sprintf("bank-%" PRId64, r->returned) : json_false()));
    page_set(p, "entries", entries(r));
    page_set(p, "missing", json_boolean(sent && !r->returned && !r->count));
    page_set(p, "may", json_boolean(may && (failed || (sent && !r->returned && r->count))));
    page_set(p, "to_wallet", json_boolean(r->order.account_id != 0));
    page_fields(p, FIELDS, NULL, faults);
    office_put_done(p, WORDS);
    office_show(o, status, "refund", N_("Rimborso"));
}

void office_refund(struct http_request *req)
{
    struct refund_page r = {.id = office_id(req, "id")};
    struct office o;

    if (office_open(req, load, &r, &o))
        show(&o, &r, 200, NULL);
}

struct turning {
    struct office *o;
    const struct refund_page *page;
    const struct refund_form *form;
    struct problems faults;
    int64_t waits;
};

static enum outcome turn(struct db_tx *tx, void *arg)
{
    struct turning *t = arg;
    const struct refund_form *f = t->form;
    struct page *p = &t->o->page;
    struct refund refund;
    struct problem why = {0};
    enum outcome o;

    t->faults = (struct problems){0};
    t->waits = 0;
    if (was_sent(&t->page->refund))
        return refund_came_back(tx, p->shop, p->mem,
                                &(struct refund_return){.refund_id = t->page->id,
                                                        .entry_id = f->entry,
                                                        .destination = f->destination,
                                                        .iban = f->iban,
                                                        .payee = f->payee,
                                                        .note = f->note,
                                                        .brand = t->o->operator.brand,
                                                        .actor = t->o->actor},
                                &t->waits, &t->faults);
    o = refund_turn(tx, p->mem, p->shop->brands, t->page->id, f->destination, f->iban, f->payee, &t->o->actor, &refund,
                    &why);
    if (o == REFUSED)
        problems_put(&t->faults, &why);
    return o;
}

/* Answered again for the page below, where what stands in the way has changed meanwhile. */
void office_refund_turned(struct http_request *req)
{
    struct refund_page r = {.id = office_id(req, "id")};
    struct refund_form form = {.destination = "", .iban = "", .payee = "", .note = ""};
    struct problems faults = {0};
    struct turning t = {.page = &r, .form = &form};
    enum outcome outcome = REFUSED;
    struct office o;

    if (!office_open(req, load, &r, &o))
        return;
    t.o = &o;
    if (page_form(&o.page, FIELDS, &form, &faults) == DONE) {
        outcome = db_transaction(o.page.shop->db, "refund.turned", turn, &t);
        faults = t.faults;
    }
    if (outcome == DONE)
        office_go(&o, talloc_asprintf(req->mem, "/office/denaro/rimborsi/%" PRId64 "?fatto=%s", r.id,
                                      t.waits ? "attesa" : "altrove"));
    else if (faults.count && !faults.item[0].field[0])
        office_failed(&o, REFUSED, &faults.item[0]);
    else if (faults.count)
        show(&o, &r, problem_status(faults.item[0].code), &faults);
    else
        office_failed(&o, outcome, NULL);
}
