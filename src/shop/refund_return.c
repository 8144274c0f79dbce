#include "shop/refund_return.h"
#include "store/account.h"
#include "store/order.h"
#include <string.h>
#include <talloc.h>

#define ENTRIES_MOST 10

/* The bank sends back the whole of it, and not before it was made. */
enum outcome refund_return_entries(struct db_tx *tx, void *mem, const struct brands *brands,
                                   const struct refund *refund, struct bank_entry **entries, size_t *count)
{
    size_t found, kept = 0;

    TRY(bank_entries_held_of(tx, mem, refund->amount, rome_day(refund->done_at), ENTRIES_MOST, entries, &found));
    for (size_t i = 0; i < found; i++) {
        const struct brand *brand = held_brand(brands, &(*entries)[i]);

        if (brand && strcmp(brand->id, refund->brand) == 0)
            (*entries)[kept++] = (*entries)[i];
    }
    *count = kept;
    return DONE;
}

static enum outcome find(struct db_tx *tx, void *mem, const struct brands *brands, const struct refund_return *r,
                         struct refund *refund, struct problems *faults)
{
    enum outcome o = refund_by_id(tx, mem, r->refund_id, refund);
    struct bank_entry *entries;
    int64_t before;
    size_t count;

    if (o == REFUSED || (o == DONE && r->brand[0] && strcmp(refund->brand, r->brand) != 0))
        return problems_add(faults, PROBLEM_NOT_FOUND, "", "%s", "");
    TRY(o);
    TRY(refund_returned_as(tx, refund->id, &before));
    if (before || strcmp(refund->destination, "transfer") != 0 || strcmp(refund->state, "done") != 0)
        return problems_add(faults, PROBLEM_NOT_A_CHOICE, "", "%s", "");
    TRY(refund_return_entries(tx, mem, brands, refund, &entries, &count));
    for (size_t i = 0; i < count; i++)
        if (entries[i].id == r->entry_id)
            return DONE;
    return problems_add(faults, PROBLEM_NOT_A_CHOICE, "entry", "%s", "");
}

static enum outcome to_wallet(struct db_tx *tx, void *mem, const struct brands *brands, const struct refund_return *r,
                              const struct refund *refund, struct problems *faults)
{
    struct order order = {0};
    struct account account;
    struct bank_entry entry;
    struct held_share share = {.way = HELD_TO_WALLET};

    if (refund->order_id)
        TRY(order_by_id(tx, mem, refund->order_id, &order));
    if (!order.account_id)
        return problems_add(faults, PROBLEM_NOT_A_CHOICE, "destination", "%s", "");
    TRY(account_by_id(tx, mem, order.account_id, &account));
    share.account = account.email;
    return held_decide(tx, mem, brands,
                       &(struct held_decision){.entry_id = r->entry_id,
                                               .shares = &share,
                                               .count = 1,
                                               .placed = money(-1),
                                               .note = r->note,
                                               .brand = r->brand,
                                               .actor = r->actor},
                       &entry, faults);
}

/* "account_1" of the one share is where it goes. */
static void name_fields(struct problems *faults)
{
    for (size_t i = 0; i < faults->count && i < count_of(faults->item); i++) {
        char *bar = strstr(faults->item[i].field, "_1");

        if (bar)
            *bar = '\0';
        if (strcmp(faults->item[i].field, "account") == 0)
            strcpy(faults->item[i].field, "destination");
    }
}

static enum outcome note(struct db_tx *tx, const struct refund_return *r, const struct refund *refund)
{
    json_t *data =
        json_pack("{s:I, s:I, s:s, s:I}", "refund", (json_int_t)refund->id, "bank_entry", (json_int_t)r->entry_id,
                  "destination", r->destination, "amount_cents", (json_int_t)refund->amount.cents);
    enum outcome o = event_record(tx, refund->brand, &r->actor, "refund.returned", refund->order_id, 0, data);

    json_decref(data);
    return o;
}

enum outcome refund_came_back(struct db_tx *tx, struct shop *shop, void *mem, const struct refund_return *r,
                              int64_t *waits, struct problems *faults)
{
    struct refund refund;
    enum outcome o;

    *waits = 0;
    TRY(find(tx, mem, shop->brands, r, &refund, faults));
    if (strcmp(r->destination, "wallet") == 0)
        o = to_wallet(tx, mem, shop->brands, r, &refund, faults);
    else if (!r->iban || !r->iban[0]) /* not to where it came back from: the bank itself */
        o = problems_add(faults, PROBLEM_REQUIRED, "iban", "%s", "");
    else
        o = held_refund(tx, shop, mem, r->brand,
                        &(struct held_refund){.kind = HELD_BANK,
                                              .id = r->entry_id,
                                              .destination = "transfer",
                                              .iban = r->iban,
                                              .payee = r->payee,
                                              .note = r->note,
                                              .placed = money(-1),
                                              .actor = r->actor},
                        waits, faults);
    name_fields(faults);
    TRY(o);
    o = refund_returned_put(tx, refund.id, r->entry_id);
    return o == DONE ? note(tx, r, &refund) : o == REFUSED ? BUSY : o;
}
