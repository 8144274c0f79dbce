/* web/office_held_one.c: GET /office/denaro/fermi/{item}: all that is known of money that is held, what it may be
 * about, what was decided, and the forms of what may be (office_held_act.c). */

#include "base/i18n.h"
#include "shop/present.h"
#include "shop/review.h"
#include "web/office_held.h"
#include "web/office_money.h"
#include <stdio.h>
#include <string.h>
#include <talloc.h>

/* ---- Reading ---- */

static enum outcome load_entry(struct db_tx *tx, struct office *o, struct held_page *one)
{
    void *mem = o->page.mem;
    const struct brands *brands = o->page.shop->brands;
    enum outcome found;

    TRY(bank_entry_by_id(tx, mem, one->id, &one->entry));
    if (strcmp(one->entry.state, "matched") == 0)
        return REFUSED;
    TRY(held_item_of_entry(tx, mem, brands, &one->entry, &one->item));
    TRY(held_parts_of(tx, mem, one->id, &one->parts, &one->part_count));
    one->deciders = talloc_array(mem, const char *, (unsigned)one->part_count + 1);
    for (size_t i = 0; i < one->part_count; i++)
        TRY(actor_label(tx, mem, one->parts[i].decided_by, &one->deciders[i]));
    if (strcmp(one->entry.state, "held") != 0)
        return DONE;
    TRY(held_hints(tx, mem, brands, &one->entry, &one->hints));
    found = held_mail_draft(tx, mem, brands, &one->entry, &one->mail);
    one->may_write = found == DONE;
    return found == REFUSED ? DONE : found;
}

static enum outcome load_other(struct db_tx *tx, struct office *o, struct held_page *one)
{
    struct held_item *items;
    char before[HELD_TEXT];
    size_t count;

    held_name(&(struct held_item){.kind = one->kind, .id = one->id - 1}, before);
    TRY(held_list(tx, o->page.mem, o->page.shop->brands, "", before, 1, &items, &count));
    if (count == 0 || items[0].kind != one->kind || items[0].id != one->id)
        return REFUSED;
    one->item = items[0];
    return DONE;
}

enum outcome office_held_load(struct db_tx *tx, struct office *o, void *arg, struct problem *why)
{
    const char *name = http_parameter(o->page.req, "item");
    struct held_page *one = arg;
    enum outcome found = held_read_name(name, &one->kind, &one->id);

    if (found == DONE && one->id)
        found = one->kind == HELD_BANK ? load_entry(tx, o, one) : load_other(tx, o, one);
    if (found == REFUSED || (found == DONE && (!one->id || !operator_sees(&o->operator, one->item.brand))))
        return problem_set(why, PROBLEM_NOT_FOUND, "", "%s", "");
    TRY(found);
    return office_task(tx, o, "held", name);
}

/* ---- Showing ---- */

static json_t *hint_row(const struct office *o, const struct held_hint *h)
{
    const struct page *p = &o->page;
    json_t *reasons = json_array();

    for (int r = 0; r < HINT_REASONS; r++)
        if (h->reasons & 1u << r)
            json_array_append_new(reasons, json_string(page_text(p, hint_reason_label((enum hint_reason)r))));
    return json_pack("{s:s, s:s, s:s, s:o, s:b, s:b, s:o, s:o, s:s}", "code", h->order.code, "who",
                     h->order.billing.name, "state", page_text(p, order_state_label(h->order.state)), "due",
                     present_money(h->due), "payable", h->payable, "exact", h->exact, "account",
                     h->account[0] ? json_string(h->account) : json_false(), "reasons", reasons, "item",
                     http_parameter(p->req, "item"));
}

static json_t *part_row(const struct office *o, const struct held_part *part, const char *decider)
{
    static const struct {
        const char *way, *label;
    } WAYS[] = {{"order", N_("ha pagato l'ordine")},
                {"wallet", N_("al conto prepagato di")},
                {"transfer", N_("torna a chi ha pagato")},
                {"foreign", N_("non è per noi")}};
    const struct page *p = &o->page;
    const char *label = part->way;
    struct problem why;

    for (size_t i = 0; i < count_of(WAYS); i++)
        if (strcmp(WAYS[i].way, part->way) == 0)
            label = page_text(p, WAYS[i].label);
    return json_pack(
        "{s:I, s:s, s:s, s:o, s:s, s:s, s:o, s:b, s:o, s:s}", "id", (json_int_t)part->id, "label", label, "what",
        part->order_code[0] ? part->order_code : part->account_email, "amount", present_money(part->amount), "note",
        part->note, "by", decider, "at", present_instant(part->decided_at), "undoable",
        operator_may(&o->operator, OFFICE_MONEY) && held_may_undo(part, &why) == DONE, "undone",
        part->undone_at.us ? present_instant(part->undone_at) : json_false(), "undone_note", part->undone_note);
}

static void put_item(struct office *o, const struct held_page *one)
{
    const struct held_item *h = &one->item;
    struct page *p = &o->page;
    const struct brand *brand = brand_by_id(p->shop->brands, h->brand);
    enum held_reason reason;
    char name[HELD_TEXT];
    bool bank = one->kind == HELD_BANK, open = !bank || strcmp(one->entry.state, "held") == 0;
    json_t *item = json_pack(
        "{s:s, s:s, s:o, s:s, s:o, s:s, s:s, s:s, s:s, s:s, s:o, s:b, s:b, s:b}", "name", held_name(h, name), "brand",
        brand ? brand->name : h->brand, "amount", present_money(bank ? one->entry.amount : h->amount), "currency",
        h->currency, "on", present_day(h->received_on), "from", h->from, "iban", h->from_iban, "text", h->text,
        "account", h->account, "reason",
        held_reason_of(h->reason, &reason) == DONE ? page_text(p, held_reason_label(reason)) : h->reason, "order",
        h->order[0] ? json_string(h->order) : json_false(), "open", open, "bank", bank, "leaving", h->leaving);

    json_object_set_new(item, "left", bank && one->entry.placed.cents ? present_money(h->amount) : json_false());
    json_object_set_new(item, "placed", json_integer(bank ? one->entry.placed.cents : 0));
    json_object_set_new(item, "payment", json_boolean(one->kind == HELD_PAYMENT));
    json_object_set_new(item, "euro", json_boolean(strcmp(h->currency, "EUR") == 0));
    if (bank) {
        json_object_set_new(item, "value_on", present_day(one->entry.value_on));
        json_object_set_new(item, "reference", json_string(one->entry.bank_reference));
        json_object_set_new(item, "end_to_end", json_string(one->entry.end_to_end_id));
        json_object_set_new(item, "format", json_string(one->entry.format));
    }
    json_object_set_new(item, "reused", json_boolean(strcmp(h->reason, held_reason_name(HELD_REUSED)) == 0));
    page_set(p, "item", item);
}

static void put_lists(struct office *o, const struct held_page *one)
{
    struct page *p = &o->page;
    json_t *hints = json_array(), *parts = json_array();
    const struct bank_entry *twin = &one->hints.twin;

    for (size_t i = 0; i < one->hints.count; i++)
        json_array_append_new(hints, hint_row(o, &one->hints.item[i]));
    for (size_t i = 0; i < one->part_count; i++)
        json_array_append_new(parts, part_row(o, &one->parts[i], one->deciders[i]));
    page_set(p, "any_hints", json_boolean(one->hints.count > 0 || twin->id));
    page_set(p, "hints", hints);
    page_set(p, "adds_up", json_boolean(one->hints.adds_up));
    page_set(p, "twin",
             twin->id ? json_pack("{s:o, s:s}", "on", present_day(twin->booked_on), "text", twin->remittance)
                      : json_false());
    page_set(p, "any_parts", json_boolean(one->part_count > 0));
    page_set(p, "parts", parts);
    page_set(p, "mail",
             one->may_write ? json_pack("{s:s, s:o}", "to", one->mail.order.billing.email, "times",
                                        one->mail.times ? json_integer(one->mail.times) : json_false())
                            : json_false());
}

/* What the forms begin with: the suggestion that was chosen, and how the money came. */
static json_t *begin_with(const struct office *o, const struct held_page *one)
{
    struct http_request *req = o->page.req;
    json_t *values =
        json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "order", office_typed(req, "ordine"), "account",
                  office_typed(req, "cliente"), "rest_account", office_typed(req, "cliente"), "iban",
                  one->item.from_iban, "payee", one->item.from, "text", one->may_write ? one->mail.text : "");
    int n = 0;

    for (size_t i = 0; one->hints.adds_up && i < one->hints.count && n < HELD_ROWS; i++) {
        const struct held_hint *h = &one->hints.item[i];
        char name[20], text[MONEY_TEXT];

        if (!(h->reasons & 1u << HINT_NAMED))
            continue;
        snprintf(name, sizeof name, "order_%d", ++n);
        json_object_set_new(values, name, json_string(h->order.code));
        snprintf(name, sizeof name, "amount_%d", n);
        json_object_set_new(values, name, json_string(money_italian(h->due, text)));
    }
    return page_owns(o->page.mem, values);
}

static const struct office_done DONE_[] = {{"order", N_("L'ordine è pagato.")},
                                           {"split", N_("La somma è divisa.")},
                                           {"wallet", N_("La somma è sul conto prepagato del cliente.")},
                                           {"transfer", N_("Il bonifico di ritorno è tra i rimborsi da fare.")},
                                           {"foreign", N_("La somma è segnata come non nostra.")},
                                           {"annulla", N_("La parte è di nuovo ferma.")},
                                           {"attende", N_("Il rimborso attende una seconda persona.")},
                                           {"scrivi", N_("Il messaggio è in partenza.")},
                                           {NULL, NULL}};

void office_held_show(struct office *o, const struct held_page *one, int status, const char *way,
                      const struct problems *faults)
{
    struct page *p = &o->page;
    bool may = operator_may(&o->operator, OFFICE_MONEY);
    char token[TOKEN_TEXT];

    token_make(token);
    put_item(o, one);
    put_lists(o, one);
    page_fields(p, OFFICE_HELD_FIELDS, faults ? NULL : begin_with(o, one), faults);
    page_set(p, "may", json_boolean(may));
    page_set(p, "token", json_string(token));
    page_set(p, "open",
             json_pack("{s:b, s:b, s:b, s:b, s:b, s:b}", "order", strcmp(way, "order") == 0, "split",
                       strcmp(way, "split") == 0 || (!faults && one->hints.adds_up), "wallet",
                       strcmp(way, "wallet") == 0, "transfer", strcmp(way, "transfer") == 0, "foreign",
                       strcmp(way, "foreign") == 0, "mail", strcmp(way, "mail") == 0));
    if (!faults)
        office_put_done(p, DONE_);
    office_show(o, status, "held_one", N_("Denaro fermo"));
}

void office_held_one(struct http_request *req)
{
    struct held_page one = {0};
    struct office o;
    const char *way;

    if (!office_open(req, office_held_load, &one, &o))
        return;
    way = office_typed(req, "ordine")[0] ? "order" : office_typed(req, "cliente")[0] ? "wallet" : "";
    office_held_show(&o, &one, 200, way, NULL);
}
