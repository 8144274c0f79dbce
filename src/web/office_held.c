/* web/office_held.c: GET /office/denaro/fermi: money that waits for a person to say whose it is, oldest first. What
 * chooses stands in the address: da (banca, altri), marchio, motivo, eta (days), minimo, massimo, and where the page
 * begins (dopo). */

#include "base/i18n.h"
#include "shop/held.h"
#include "shop/present.h"
#include "web/office.h"
#include "web/office_money.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#define PAGE_SIZE 30

struct list {
    bool others; /* payments and cheques */
    const char *brand, *reason, *least, *most;
    int64_t age, after;
    struct held_item *items;
    size_t count;
    bool more;
    const char *next; /* where the next page begins */
};

static enum outcome load_others(struct db_tx *tx, struct office *o, struct list *l)
{
    const char *after = form_value(&o->page.req->query, "dopo");
    enum held_kind kind;
    char name[HELD_TEXT];
    int64_t id;

    if (!after || held_read_name(after, &kind, &id) != DONE || kind == HELD_BANK)
        after = "payment-0";
    TRY(held_list(tx, o->page.mem, o->page.shop->brands, l->brand, after, PAGE_SIZE + 1, &l->items, &l->count));
    l->more = l->count > PAGE_SIZE;
    l->count = l->more ? PAGE_SIZE : l->count;
    l->next = l->more ? talloc_strdup(o->page.mem, held_name(&l->items[l->count - 1], name)) : NULL;
    return DONE;
}

static enum outcome load_entries(struct db_tx *tx, struct office *o, struct list *l)
{
    const struct brand *brand = l->brand[0] ? brand_by_id(o->page.shop->brands, l->brand) : NULL;
    struct held_filter f = {.accounts = {"", ""}, .reason = l->reason};
    struct bank_entry *entries;

    if (l->brand[0]) {
        f.accounts[0] = brand ? brand->seller.iban : "-";
        f.accounts[1] = brand && brand->payment.slip.iban ? brand->payment.slip.iban : f.accounts[0];
    }
    if (l->age)
        f.until = day_plus(o->page.today, (int)-l->age);
    office_amount(l->least, &f.least);
    office_amount(l->most, &f.most);
    TRY(bank_entries_held_where(tx, o->page.mem, &f, l->after, PAGE_SIZE + 1, &entries, &l->count));
    l->more = l->count > PAGE_SIZE;
    l->count = l->more ? PAGE_SIZE : l->count;
    l->items = talloc_zero_array(o->page.mem, struct held_item, PAGE_SIZE + 1);
    for (size_t i = 0; i < l->count; i++)
        TRY(held_item_of_entry(tx, o->page.mem, o->page.shop->brands, &entries[i], &l->items[i]));
    l->next = l->more ? talloc_asprintf(o->page.mem, "%" PRId64, entries[l->count - 1].id) : NULL;
    return DONE;
}

static enum outcome load(struct db_tx *tx, struct office *o, void *arg, struct problem *why)
{
    struct list *l = arg;

    (void)why;
    if (o->operator.brand[0])
        l->brand = o->operator.brand;
    return l->others ? load_others(tx, o, l) : load_entries(tx, o, l);
}

static json_t *row(const struct office *o, const struct held_item *h)
{
    const struct page *p = &o->page;
    const struct brand *brand = brand_by_id(p->shop->brands, h->brand);
    enum held_reason reason;
    char name[HELD_TEXT];
    int days = p->today.n - h->received_on.n;

    return json_pack("{s:s, s:s, s:o, s:s, s:o, s:s, s:s, s:o, s:s, s:i, s:b, s:b}", "item", held_name(h, name),
                     "brand", brand ? brand->name : h->brand, "amount", present_money(h->amount), "currency",
                     h->currency, "on", present_day(h->received_on), "from", h->from[0] ? h->from : h->text, "reason",
                     held_reason_of(h->reason, &reason) == DONE ? page_text(p, held_reason_label(reason)) : h->reason,
                     "order", h->order[0] ? json_string(h->order) : json_false(), "text", h->text, "days", days,
                     "reused", strcmp(h->reason, held_reason_name(HELD_REUSED)) == 0, "leaving", h->leaving);
}

/* The address of this page with its choices; what people type is escaped. */
static char *address(void *mem, const struct list *l)
{
    struct text_buffer out = text_buffer(mem);

    text_put_format(&out, "/office/denaro/fermi?da=%s", l->others ? "altri" : "banca");
    office_put_query(&out, "marchio", l->brand);
    office_put_query(&out, "motivo", l->reason);
    office_put_query(&out, "minimo", l->least);
    office_put_query(&out, "massimo", l->most);
    if (l->age)
        text_put_format(&out, "&eta=%" PRId64, l->age);
    return out.bytes;
}

static void put_filters(struct office *o, const struct list *l)
{
    static const struct {
        const char *days, *label;
    } AGES[] = {{"2", N_("da 2 giorni")}, {"7", N_("da una settimana")}, {"30", N_("da un mese")}};
    struct page *p = &o->page;
    json_t *reasons = json_array(), *ages = json_array();

    for (int r = HELD_NOT + 1; r < HELD_REASONS; r++)
        json_array_append_new(reasons, json_pack("{s:s, s:s, s:b}", "id", held_reason_name((enum held_reason)r),
                                                 "label", page_text(p, held_reason_label((enum held_reason)r)), "here",
                                                 strcmp(l->reason, held_reason_name((enum held_reason)r)) == 0));
    for (size_t i = 0; i < count_of(AGES); i++)
        json_array_append_new(ages, json_pack("{s:s, s:s, s:b}", "days", AGES[i].days, "label",
                                              page_text(p, AGES[i].label), "here", l->age == atoi(AGES[i].days)));
    page_set(p, "reasons", reasons);
    page_set(p, "ages", ages);
    office_put_brands(o, l->brand);
    page_set(p, "bank", json_boolean(!l->others));
    page_set(p, "least", json_string(l->least));
    page_set(p, "most", json_string(l->most));
}

static void read_choices(struct http_request *req, struct list *l)
{
    const char *from = form_value(&req->query, "da");
    enum held_reason reason;

    *l = (struct list){.others = from && strcmp(from, "altri") == 0,
                       .brand = office_word(req, "marchio"),
                       .reason = office_word(req, "motivo"),
                       .least = office_typed(req, "minimo"),
                       .most = office_typed(req, "massimo"),
                       .age = office_number(form_value(&req->query, "eta")),
                       .after = office_number(form_value(&req->query, "dopo"))};
    if (l->reason[0] && held_reason_of(l->reason, &reason) != DONE)
        l->reason = "";
    if (l->age > 3650)
        l->age = 0;
}

void office_held(struct http_request *req)
{
    struct office o;
    struct list l;
    json_t *rows;
    char *here;

    read_choices(req, &l);
    if (!office_open(req, load, &l, &o))
        return;
    rows = json_array();
    for (size_t i = 0; i < l.count; i++)
        json_array_append_new(rows, row(&o, &l.items[i]));
    put_filters(&o, &l);
    here = address(o.page.mem, &l);
    page_set(&o.page, "rows", rows);
    page_set(&o.page, "any", json_boolean(l.count > 0));
    page_set(&o.page, "first_url", form_value(&req->query, "dopo") ? json_string(here) : json_false());
    page_set(&o.page, "more_url", l.more ? json_sprintf("%s&dopo=%s", here, l.next) : json_false());
    office_show(&o, 200, "held", N_("Denaro fermo"));
}
