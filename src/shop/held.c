#include "shop/held.h"
#include "shop/describe.h"
#include "shop/refund_parts.h"
#include "store/order.h"
#include "store/payment.h"
#include "store/proof.h"
#include "store/refund.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

static const char *const KIND[HELD_KINDS] = {
    [HELD_BANK] = "bank", [HELD_PAYMENT] = "payment", [HELD_CHEQUE] = "cheque"};

char *held_name(const struct held_item *item, char text[HELD_TEXT])
{
    snprintf(text, HELD_TEXT, "%s-%" PRId64, KIND[item->kind], item->id);
    return text;
}

enum outcome held_read_name(const char *text, enum held_kind *kind, int64_t *id)
{
    const char *number = strchr(text, '-');

    *kind = HELD_BANK;
    *id = 0;
    if (!text[0])
        return DONE;
    for (int k = 0; number && k < HELD_KINDS; k++) {
        size_t length = (size_t)(number - text), digits = strspn(number + 1, "0123456789");

        if (strlen(KIND[k]) != length || strncmp(KIND[k], text, length) != 0)
            continue;
        if (digits == 0 || digits > 18 || number[1 + digits])
            return REFUSED;
        *kind = (enum held_kind)k;
        *id = strtoll(number + 1, NULL, 10);
        return DONE;
    }
    return REFUSED;
}

/* ---- The kinds ---- */

struct listing {
    struct db_tx *tx;
    void *mem;
    const struct brands *brands;
    const char *brand;
    struct held_item *items;
    size_t count, limit;
};

static enum outcome code_of(struct listing *l, int64_t order_id, struct held_item *item)
{
    struct order order;

    item->order = "";
    if (!order_id)
        return DONE;
    TRY(order_by_id(l->tx, l->mem, order_id, &order));
    item->order = order.code;
    item->brand = order.brand;
    return DONE;
}

/* What is another brand's is passed over. */
static void take(struct listing *l, const struct held_item *item)
{
    if (!l->brand[0] || strcmp(l->brand, item->brand) == 0)
        l->items[l->count++] = *item;
}

enum outcome held_item_of_entry(struct db_tx *tx, void *mem, const struct brands *brands, const struct bank_entry *e,
                                struct held_item *item)
{
    const char *brand = "";
    struct listing l = {.tx = tx, .mem = mem};

    *item = (struct held_item){.kind = HELD_BANK,
                               .id = e->id,
                               .brand = "",
                               .amount = money(e->amount.cents - e->placed.cents),
                               .currency = e->currency,
                               .reason = e->held_reason,
                               .received_on = e->booked_on,
                               .from = e->debtor,
                               .from_iban = e->debtor_iban,
                               .text = e->remittance,
                               .account = e->account};
    for (size_t i = 0; i < brands->count; i++)
        if (brand_has_account(&brands->all[i], e->account))
            brand = brands->all[i].id;
    TRY(code_of(&l, e->order_id, item));
    if (brand[0]) /* the account's, whatever order it names */
        item->brand = brand;
    return DONE;
}

static enum outcome take_entry(struct listing *l, const struct bank_entry *e)
{
    struct held_item item;

    TRY(held_item_of_entry(l->tx, l->mem, l->brands, e, &item));
    take(l, &item);
    return DONE;
}

static enum outcome take_payment(struct listing *l, const struct payment *p)
{
    struct held_item item = {.kind = HELD_PAYMENT,
                             .id = p->id,
                             .amount = money(p->captured.cents - p->refunded.cents),
                             .currency = strcmp(p->held_reason, held_reason_name(HELD_CURRENCY)) == 0 ? "" : "EUR",
                             .reason = p->held_reason,
                             .received_on = rome_day(p->authorised_at),
                             .from = "",
                             .from_iban = "",
                             .text = p->key,
                             .account = ""};
    struct refund *refunds;
    size_t count;

    TRY(code_of(l, p->order_id, &item));
    TRY(refunds_of_payment(l->tx, l->mem, p->id, &refunds, &count));
    for (size_t i = 0; i < count; i++)
        item.leaving |= refund_is_under_way(&refunds[i]);
    take(l, &item);
    return DONE;
}

static enum outcome take_cheque(struct listing *l, const struct cheque *c)
{
    struct held_item item = {.kind = HELD_CHEQUE,
                             .id = c->id,
                             .brand = c->brand,
                             .order = c->order_code,
                             .amount = c->amount,
                             .currency = "EUR",
                             .reason = c->held_reason,
                             .received_on = c->received_on,
                             .from = c->drawer,
                             .from_iban = "",
                             .text = c->number,
                             .account = ""};

    take(l, &item);
    return DONE;
}

/* ---- All of them ---- */

/* Reads on until there are as many as are wanted, or no more. */
#define TAKE_ALL(type, read, take_one)                                                                                 \
    do {                                                                                                               \
        type *rows;                                                                                                    \
        size_t n = 1;                                                                                                  \
                                                                                                                       \
        while (l->count < l->limit && n > 0) {                                                                         \
            TRY(read(l->tx, l->mem, after, (int)(l->limit - l->count), &rows, &n));                                    \
            for (size_t i = 0; i < n; i++) {                                                                           \
                TRY(take_one(l, &rows[i]));                                                                            \
                after = rows[i].id;                                                                                    \
            }                                                                                                          \
        }                                                                                                              \
    } while (0)

static enum outcome take_kind(struct listing *l, enum held_kind kind, int64_t after)
{
    switch (kind) {
    case HELD_BANK:
        TAKE_ALL(struct bank_entry, bank_entries_held, take_entry);
        break;
    case HELD_PAYMENT:
        TAKE_ALL(struct payment, payments_held, take_payment);
        break;
    default:
        TAKE_ALL(struct cheque, cheques_held, take_cheque);
    }
    return DONE;
}

enum outcome held_list(struct db_tx *tx, void *mem, const struct brands *brands, const char *brand, const char *after,
                       int limit, struct held_item **items, size_t *count)
{
    struct listing l = {.tx = tx, .mem = mem, .brands = brands, .brand = brand, .limit = (size_t)limit};
    enum held_kind first;
    int64_t id;

    TRY(held_read_name(after, &first, &id));
    l.items = talloc_zero_array(mem, struct held_item, (unsigned)limit + 1);
    for (int k = (int)first; k < HELD_KINDS; k++)
        TRY(take_kind(&l, (enum held_kind)k, k == (int)first ? id : 0));
    *items = l.items;
    *count = l.count;
    return DONE;
}

static json_t *text_or_null(const char *text)
{
    return text[0] ? json_string(text) : json_null();
}

json_t *describe_held(const struct held_item *h)
{
    char name[HELD_TEXT];

    return json_pack("{s:s, s:s, s:o, s:o, s:I, s:o, s:s, s:o, s:o, s:o, s:s, s:o, s:b}", "id", held_name(h, name),
                     "kind", KIND[h->kind], "brand", text_or_null(h->brand), "order", text_or_null(h->order),
                     "amount_cents", (json_int_t)h->amount.cents, "currency", text_or_null(h->currency), "reason",
                     h->reason, "received_on", describe_day(h->received_on), "from", text_or_null(h->from), "from_iban",
                     text_or_null(h->from_iban), "text", h->text, "account", text_or_null(h->account), "leaving",
                     h->leaving);
}
