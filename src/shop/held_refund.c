#include "shop/held_refund.h"
#include "base/i18n.h"
#include "base/text.h"
#include "shop/approval.h"
#include "shop/refund_parts.h"
#include <inttypes.h>
#include <stdio.h>
#include <talloc.h>

/* One that the operator may see, whatever it came by. */
static enum outcome find(struct db_tx *tx, void *mem, const struct brands *brands, const char *brand,
                         const struct held_refund *r, struct held_item *item)
{
    struct held_item *items;
    char before[HELD_TEXT];
    size_t count;

    held_name(&(struct held_item){.kind = r->kind, .id = r->id - 1}, before);
    TRY(held_list(tx, mem, brands, brand, before, 1, &items, &count));
    if (count == 0 || items[0].kind != r->kind || items[0].id != r->id)
        return REFUSED;
    *item = items[0];
    return DONE;
}

/* Of a bank's entry a part; of the others the whole, by the use case that the command line has, too. */
static enum outcome give_back(struct db_tx *tx, void *mem, const struct brands *brands, const struct held_refund *r,
                              struct problems *faults)
{
    struct held_share share = {.way = HELD_TO_PAYER, .amount = r->amount, .iban = r->iban, .payee = r->payee};
    struct problem why = {0};
    struct bank_entry entry;
    struct refund refund;
    json_t *data;
    enum outcome o;

    if (r->kind == HELD_BANK)
        return held_decide(tx, mem, brands,
                           &(struct held_decision){.entry_id = r->id,
                                                   .shares = &share,
                                                   .count = 1,
                                                   .placed = r->placed,
                                                   .note = r->note,
                                                   .token = r->token,
                                                   .actor = r->actor},
                           &entry, faults);
    if (text_is_blank(r->note))
        return problems_add(faults, PROBLEM_REQUIRED, "note", "%s", "");
    o = refund_held(tx, mem, brands, r->kind, r->id, r->destination, r->iban, r->payee, &r->actor, &refund, &why);
    if (o == REFUSED)
        return problems_add(faults, why.code, why.field, "%s", why.detail);
    TRY(o);
    data = json_pack("{s:I, s:s}", "refund", (json_int_t)refund.id, "note", r->note);
    o = event_record(tx, refund.brand, &r->actor, "held.noted", refund.order_id, 0, data);
    json_decref(data);
    return o;
}

/* ---- When a second person says yes ---- */

static const char *text_in(const json_t *data, const char *key)
{
    const char *text = json_string_value(json_object_get(data, key));

    return text ? text : "";
}

static enum outcome act(struct db_tx *tx, struct shop *shop, void *mem, const json_t *data, const struct actor *actor,
                        const char *reason, struct problem *why)
{
    struct held_refund r = {.amount = money(json_integer_value(json_object_get(data, "amount_cents"))),
                            .destination = text_in(data, "destination"),
                            .iban = text_in(data, "iban"),
                            .payee = text_in(data, "payee"),
                            .placed = money(-1),
                            .note = reason,
                            .actor = *actor};
    struct problems faults = {0};
    enum outcome o;

    if (held_read_name(text_in(data, "held"), &r.kind, &r.id) != DONE)
        return BROKEN;
    o = give_back(tx, mem, shop->brands, &r, &faults);
    if (o == REFUSED && why)
        *why = faults.item[0];
    return o;
}

const struct approval_kind APPROVE_REFUND = {
    .name = "refund", .label = N_("Rimborso"), .asks = OFFICE_MONEY, .approves = OFFICE_MONEY, .act = act};

/* ---- Asking ---- */

static enum outcome ask(struct db_tx *tx, struct shop *shop, void *mem, const struct held_item *item,
                        const struct held_refund *r, struct money amount, int64_t *waits, struct problem *why)
{
    char name[HELD_TEXT], text[MONEY_TEXT];
    json_t *data;
    bool pending;
    enum outcome o;

    held_name(item, name);
    data = json_pack("{s:s, s:I, s:s, s:s, s:s}", "held", name, "amount_cents", (json_int_t)amount.cents, "destination",
                     r->destination, "iban", r->iban ? r->iban : "", "payee", r->payee ? r->payee : "");
    o = approval_ask(
        tx, shop, mem,
        &(struct approval_ask){
            .kind = &APPROVE_REFUND,
            .brand = item->brand,
            .subject = talloc_asprintf(mem, "held:%s", name),
            .title = talloc_asprintf(mem, i18n("it", N_("Rimborso di denaro fermo, %s")), money_euro(amount, text)),
            .link = talloc_asprintf(mem, "/office/denaro/fermi/%s", name),
            .reason = r->note,
            .amount = amount,
            .data = data,
            .actor = r->actor},
        waits, &pending, why);
    json_decref(data);
    return o;
}

enum outcome held_refund(struct db_tx *tx, struct shop *shop, void *mem, const char *brand, const struct held_refund *r,
                         int64_t *waits, struct problems *faults)
{
    const struct brands *brands = shop->brands;
    struct held_item item;
    struct problem why = {0};
    struct money amount;
    enum outcome o = find(tx, mem, brands, brand, r, &item);

    *waits = 0;
    if (o == REFUSED) /* the same form again finds what it did */
        return r->kind == HELD_BANK && r->token ? give_back(tx, mem, brands, r, faults)
                                                : problems_add(faults, PROBLEM_HELD_SINCE, "", "%s", "");
    TRY(o);
    amount = r->kind == HELD_BANK && r->amount.cents > 0 ? r->amount : item.amount;
    if (!approval_needed(brand_by_id(brands, item.brand), APPROVE_REFUND.name, amount))
        return give_back(tx, mem, brands, r, faults);
    if (text_is_blank(r->note))
        return problems_add(faults, PROBLEM_REQUIRED, "note", "%s", "");
    o = ask(tx, shop, mem, &item, r, amount, waits, &why);
    if (o == REFUSED)
        return problems_add(faults, why.code, strcmp(why.field, "reason") == 0 ? "note" : why.field, "%s", why.detail);
    return o;
}
