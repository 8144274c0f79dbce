#include "shop/settle.h"
#include "base/text.h"
#include "rules/reference.h"
#include <inttypes.h>
#include <string.h>
#include <talloc.h>

struct work {
    struct db_tx *tx;
    void *mem;
    const struct brands *brands;
    const struct settlement *s;
    struct settled_entry *settled;
    const struct brand *brand;
    struct order order;
    struct total due; /* by the rate of the day on which the bank booked it (D11, T30) */
};

/* The brand whose account was credited. Several brands may share one account: then any of them. */
static const struct brand *brand_of_account(const struct brands *brands, const char *account)
{
    for (size_t i = 0; i < brands->count; i++)
        if (text_same(brands->all[i].seller.iban, account))
            return &brands->all[i];
    return NULL;
}

/* What stops the credit from settling an order, HELD_NOT when nothing does; then w->order and w->due are set. */
static enum outcome find_order(struct work *w, enum held_reason *reason)
{
    const struct statement_payment *p = w->s->payment;
    struct references found;
    enum outcome o;

    references_find(p->pieces, p->piece_count, &found);
    if (found.valid_count == 0) {
        *reason = found.invalid_count ? HELD_BAD_CHECK_DIGITS : HELD_NO_REFERENCE;
        return DONE;
    }
    if (found.valid_count > 1) {
        *reason = HELD_SEVERAL_ORDERS;
        return DONE;
    }
    o = order_by_code(w->tx, w->mem, found.valid[0], &w->order);
    if (o == REFUSED) {
        *reason = HELD_NO_ORDER;
        return DONE;
    }
    TRY(o);
    w->settled->order_id = w->order.id;
    w->brand = brand_by_id(w->brands, w->order.brand);
    if (!w->brand || !text_same(w->brand->seller.iban, w->s->account)) {
        *reason = HELD_WRONG_ACCOUNT;
        return DONE;
    }
    if (strcmp(p->currency, "EUR") != 0 || !p->amount_fits) {
        *reason = HELD_CURRENCY;
        return DONE;
    }
    TRY(price_total(w->order.total.net, vat_rate_bp(p->booked_on), &w->due, NULL));
    *reason = order_settlement(w->order.state, w->due.gross, p->amount);
    return DONE;
}

static enum outcome insert_entry(struct work *w, enum held_reason reason, struct bank_entry *entry, bool *fresh)
{
    const struct statement_payment *p = w->s->payment;

    *entry = (struct bank_entry){.statement_id = w->s->statement_id,
                                 .fingerprint = (char *)w->s->fingerprint,
                                 .account = (char *)w->s->account,
                                 .amount = p->amount,
                                 .currency = (char *)p->currency,
                                 .booked_on = p->booked_on,
                                 .value_on = p->value_on,
                                 .debtor = (char *)p->debtor,
                                 .debtor_iban = (char *)p->debtor_iban,
                                 .bank_reference = (char *)p->bank_reference,
                                 .remittance = (char *)p->remittance,
                                 .state = (char *)(reason == HELD_NOT ? "matched" : "held"),
                                 .held_reason = (char *)(reason == HELD_NOT ? "" : held_reason_name(reason)),
                                 .order_id = w->settled->order_id};
    return bank_entry_insert(w->tx, entry, fresh);
}

/* Euro on the account and owed to somebody: to the order's customer, or to whoever it will turn out to be. Other
 * currencies stay out of a ledger that is kept in euro. */
static enum outcome book_receipt(struct work *w, const struct bank_entry *entry, enum held_reason reason)
{
    char *cause = talloc_asprintf(w->mem, "bank:%" PRId64, entry->id);
    char *bank = talloc_asprintf(w->mem, "bank:%s", entry->account);
    char *owed = reason == HELD_NOT ? talloc_asprintf(w->mem, "order:%" PRId64, w->order.id)
                                    : talloc_asprintf(w->mem, "held:%s", entry->account);

    if (strcmp(entry->currency, "EUR") != 0)
        return DONE;
    return ledger_move(w->tx, cause, bank, owed, entry->amount);
}

static enum outcome invoice(struct work *w, struct invoice *i)
{
    char *customer = talloc_asprintf(w->mem, "order:%" PRId64, w->order.id);
    char *revenue = talloc_asprintf(w->mem, "revenue:%s", w->order.brand);
    char *vat = talloc_asprintf(w->mem, "vat:%s", w->order.brand);
    char *cause;

    *i = (struct invoice){.brand = w->order.brand,
                          .order_id = w->order.id,
                          .issued_on = db_today(w->tx),
                          .paid_on = w->s->payment->booked_on,
                          .total = w->due};
    TRY(invoice_issue(w->tx, i));
    cause = talloc_asprintf(w->mem, "invoice:%" PRId64, i->id);
    TRY(ledger_move(w->tx, cause, customer, revenue, i->total.net));
    TRY(ledger_move(w->tx, cause, customer, vat, i->total.vat));
    return outbox_add(w->tx, i->brand, "invoice_file", "", "", w->order.language, w->order.id, NULL);
}

static enum outcome renew_mailbox(struct work *w, const struct order_line *line)
{
    struct mailbox mailbox;
    struct allowed allowed;
    json_t *data;
    enum outcome o;

    TRY(mailbox_by_id(w->tx, w->mem, line->mailbox_id, &mailbox));
    allowed = term_allows(line->new_expires_on, &w->brand->renewal);
    TRY(mailbox_renew(w->tx, mailbox.id, line->new_expires_on, &allowed, line->plan, line->extra_gb));

    char before[DAY_TEXT], after[DAY_TEXT];
    data = json_pack("{s:s, s:s, s:s, s:I}", "expires_on", day_iso(line->new_expires_on, after), "was",
                     day_iso(line->old_expires_on, before), "plan", line->plan, "years", (json_int_t)line->years);
    o = event_record(w->tx, w->order.brand, &w->s->actor, "mailbox.renewed", w->order.id, mailbox.id, data);
    json_decref(data);
    TRY(o);

    /* The holder hears of it too, where somebody else paid (T35). */
    if (mailbox.holder.email[0] && !text_same(mailbox.holder.email, w->order.billing.email)) {
        data = json_pack("{s:s}", "mailbox", mailbox.address);
        o = outbox_add(w->tx, w->order.brand, "mail", "holder_notice", mailbox.holder.email, w->order.language,
                       w->order.id, data);
        json_decref(data);
    }
    return o;
}

static enum outcome fulfil(struct work *w)
{
    struct order_line *lines;
    size_t count;

    TRY(order_lines(w->tx, w->mem, w->order.id, &lines, &count));
    for (size_t i = 0; i < count; i++)
        if (strcmp(lines[i].kind, order_line_kind_name(LINE_RENEWAL)) == 0)
            TRY(renew_mailbox(w, &lines[i]));
    return order_lines_fulfilled(w->tx, w->order.id);
}

static enum outcome settle_order(struct work *w, const struct bank_entry *entry)
{
    enum order_state state = w->order.state;
    struct invoice i;
    json_t *data;
    enum outcome o;
    bool changed;

    /* The three steps of a renewal that is paid happen at once; the table still says whether each may. */
    TRY(order_transition(state, ORDER_EVENT_PAY, &state, NULL));
    TRY(order_transition(state, ORDER_EVENT_INVOICE, &state, NULL));
    TRY(order_transition(state, ORDER_EVENT_FULFIL, &state, NULL));
    TRY(order_settled(w->tx, w->order.id, w->s->payment->booked_on, &changed));
    if (!changed)
        return BUSY;
    TRY(invoice(w, &i));
    TRY(fulfil(w));
    data = json_pack("{s:I, s:I, s:I}", "bank_entry", (json_int_t)entry->id, "amount_cents",
                     (json_int_t)entry->amount.cents, "invoice", (json_int_t)i.id);
    o = event_record(w->tx, w->order.brand, &w->s->actor, "order.settled", w->order.id, w->order.mailbox_id, data);
    json_decref(data);
    TRY(o);
    return outbox_add(w->tx, w->order.brand, "mail", "order_settled", w->order.billing.email, w->order.language,
                      w->order.id, NULL);
}

static enum outcome note_held(struct work *w, const struct bank_entry *entry, enum held_reason reason)
{
    const struct brand *brand = w->brand ? w->brand : brand_of_account(w->brands, entry->account);
    json_t *data =
        json_pack("{s:I, s:I, s:s, s:s}", "bank_entry", (json_int_t)entry->id, "amount_cents",
                  (json_int_t)entry->amount.cents, "currency", entry->currency, "reason", held_reason_name(reason));
    enum outcome o =
        event_record(w->tx, brand ? brand->id : "", &w->s->actor, "payment.held", w->settled->order_id, 0, data);

    json_decref(data);
    return o;
}

enum outcome settle_payment(struct db_tx *tx, void *mem, const struct brands *brands,
                            const struct settlement *settlement, struct settled_entry *settled)
{
    struct work w = {.tx = tx, .mem = mem, .brands = brands, .s = settlement, .settled = settled};
    struct bank_entry entry;
    enum held_reason reason = HELD_NOT;
    bool fresh;

    *settled = (struct settled_entry){0};
    TRY(find_order(&w, &reason));
    TRY(insert_entry(&w, reason, &entry, &fresh));
    if (!fresh) {
        *settled = (struct settled_entry){.how = SETTLED_DUPLICATE};
        return DONE;
    }
    TRY(book_receipt(&w, &entry, reason));
    settled->reason = reason;
    if (reason != HELD_NOT) {
        settled->how = SETTLED_HELD;
        return note_held(&w, &entry, reason);
    }
    settled->how = SETTLED_MATCHED;
    return settle_order(&w, &entry);
}
