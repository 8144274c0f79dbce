#include "shop/settle.h"
#include "base/text.h"
#include "rules/reference.h"
#include "shop/fulfil.h"
#include "shop/held_mail.h"
#include "shop/proof.h"
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
};

/* The brand whose account was credited. Several brands may share one account: then any of them. */
static const struct brand *brand_of_account(const struct brands *brands, const char *account)
{
    for (size_t i = 0; i < brands->count; i++)
        if (brand_has_account(&brands->all[i], account))
            return &brands->all[i];
    return NULL;
}

/* By its code, or by the reference made of its number: a postal slip carries that whatever the code looks like. */
static enum outcome order_named(struct work *w, const char *name, struct order *order)
{
    char reference[REFERENCE_TEXT];
    enum outcome o = order_by_code(w->tx, w->mem, name, order);

    if (o != REFUSED || !reference_valid(name))
        return o;
    TRY(order_by_id(w->tx, w->mem, reference_number(name), order));
    reference_make(day_split(rome_day(order->confirmed_at)).year, order->id, reference);
    return strcmp(reference, name) == 0 ? DONE : REFUSED;
}

/* The one order that the text names, into w->order. Two readings of the same text count as one where only one is an
 * order's. */
static enum outcome look_up(struct work *w, const struct references *found, enum held_reason *reason)
{
    size_t orders = 0, strangers = 0;

    for (size_t i = 0; i < found->valid_count; i++) {
        bool reading = found->alternatives && i + 2 >= found->valid_count;
        struct order order;
        enum outcome o = order_named(w, found->valid[i], &order);

        if (o != DONE && o != REFUSED)
            return o;
        if (o == REFUSED) {
            strangers += !reading || (i + 1 == found->valid_count && orders == 0);
        } else if (orders == 0 || order.id != w->order.id) {
            w->order = order;
            orders++;
        }
    }
    *reason = orders + strangers > 1 ? HELD_SEVERAL_ORDERS : orders == 0 ? HELD_NO_ORDER : HELD_NOT;
    return DONE;
}

/* What stops the credit from settling an order, HELD_NOT when nothing does; then w->order is set. */
static enum outcome find_order(struct work *w, enum held_reason *reason)
{
    const struct statement_payment *p = w->s->payment;
    struct code_forms forms = brands_code_forms(w->mem, w->brands);
    struct references found;
    struct total due;

    codes_find(p->pieces, p->piece_count, &forms, &found);
    if (found.valid_count == 0) {
        *reason = found.invalid_count ? HELD_BAD_CHECK_DIGITS : HELD_NO_REFERENCE;
        return DONE;
    }
    TRY(look_up(w, &found, reason));
    if (*reason != HELD_NOT)
        return DONE;
    w->settled->order_id = w->order.id;
    w->brand = brand_by_id(w->brands, w->order.brand);
    if (!w->brand || !brand_has_account(w->brand, w->s->account)) {
        *reason = HELD_WRONG_ACCOUNT;
        return DONE;
    }
    if (strcmp(p->currency, "EUR") != 0 || !p->amount_fits) {
        *reason = HELD_CURRENCY;
        return DONE;
    }
    /* What is due goes by the rate of the day on which the bank booked it (T30); what a proof settled, by the proof's.
     */
    TRY(order_due(&w->order, w->order.provisional ? w->order.settled_on : p->booked_on, &due, NULL));
    *reason = order_settlement(w->order.provisional ? ORDER_CONFIRMED : w->order.state, due.due, p->amount);
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
                                 .end_to_end_id = (char *)p->end_to_end_id,
                                 .remittance = (char *)p->remittance,
                                 .state = (char *)(reason == HELD_NOT ? "matched" : "held"),
                                 .held_reason = (char *)(reason == HELD_NOT ? "" : held_reason_name(reason)),
                                 .order_id = w->settled->order_id};
    return bank_entry_insert(w->tx, entry, fresh);
}

/* Money in euro on the account that settles nothing is owed to whoever it will turn out to be. Other currencies stay
 * out of a ledger that is kept in euro. */
static enum outcome book_held(struct work *w, const struct bank_entry *entry)
{
    char *cause = talloc_asprintf(w->mem, "bank:%" PRId64, entry->id);

    if (strcmp(entry->currency, "EUR") != 0)
        return DONE;
    return ledger_move(w->tx, cause, talloc_asprintf(w->mem, "bank:%s", entry->account),
                       talloc_asprintf(w->mem, "held:%s", entry->account), entry->amount);
}

static enum outcome settle_by(struct work *w, const struct bank_entry *entry)
{
    return settle_order(w->tx, w->mem, w->brand, &w->order,
                        &(struct settling){.cause = talloc_asprintf(w->mem, "bank:%" PRId64, entry->id),
                                           .from = talloc_asprintf(w->mem, "bank:%s", entry->account),
                                           .method = brand_account_is_postal(w->brand, entry->account)
                                                         ? METHOD_POSTAL_SLIP
                                                         : METHOD_BANK_TRANSFER,
                                           .amount = entry->amount,
                                           .paid_on = entry->booked_on,
                                           .actor = w->s->actor});
}

/* The credit that a proof of payment promised (Y8). */
static enum outcome confirm_by(struct work *w, const struct bank_entry *entry)
{
    char *cause = talloc_asprintf(w->mem, "bank:%" PRId64, entry->id);
    bool changed;

    TRY(ledger_move(w->tx, cause, talloc_asprintf(w->mem, "bank:%s", entry->account),
                    talloc_asprintf(w->mem, "provisional:%s", w->order.brand), entry->amount));
    TRY(order_confirmed_by_credit(w->tx, w->order.id, &changed));
    return changed ? DONE : BUSY;
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
    settled->reason = reason;
    settled->how = reason == HELD_NOT ? SETTLED_MATCHED : SETTLED_HELD;
    if (reason == HELD_NOT) {
        TRY(w.order.provisional ? confirm_by(&w, &entry) : settle_by(&w, &entry));
        return proof_credited(tx, mem, &w.order, &settlement->actor);
    }
    TRY(book_held(&w, &entry));
    TRY(note_held(&w, &entry, reason));
    return held_mail_at_once(tx, mem, &w.order, &entry, &settlement->actor);
}

enum outcome settle_look(struct db_tx *tx, void *mem, const struct brands *brands, const struct settlement *settlement,
                         struct settled_entry *settled, const char **order_code)
{
    struct work w = {.tx = tx, .mem = mem, .brands = brands, .s = settlement, .settled = settled};
    int64_t known;

    *settled = (struct settled_entry){.how = SETTLED_DUPLICATE};
    *order_code = "";
    TRY(bank_entry_known(tx, settlement->fingerprint, &known));
    if (known)
        return DONE;
    TRY(find_order(&w, &settled->reason));
    settled->how = settled->reason == HELD_NOT ? SETTLED_MATCHED : SETTLED_HELD;
    if (settled->order_id)
        *order_code = w.order.code;
    return DONE;
}
