/* web/api_search.c: GET /api/v1/search?q=&group=&after=: the desk's one search box (shop/search.h). `group` is one kind
 * of what is found alone, a page at a time: `after` is the `next` of the page before. */

#include "shop/describe.h"
#include "shop/search.h"
#include "web/api.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

static const char *const GROUPS[SEARCH_GROUPS] = {
    [SEARCH_ALL] = "", [SEARCH_BOXES] = "mailboxes", [SEARCH_ACCOUNTS] = "accounts", [SEARCH_ENTRIES] = "payments"};

/* ---- What was found ---- */

static json_t *boxes(const struct search_found *f)
{
    json_t *list = json_array();

    for (size_t i = 0; i < f->box_count; i++) {
        const struct found_box *b = &f->boxes[i];

        json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:o}", "address", b->address, "brand",
                                              b->brand, "user_id", b->user_id, "status", b->status, "holder", b->holder,
                                              "tax_code", b->tax_code, "expires_on", describe_day(b->expires_on)));
    }
    return list;
}

static json_t *accounts(const struct search_found *f)
{
    json_t *list = json_array();

    for (size_t i = 0; i < f->account_count; i++) {
        const struct found_account *a = &f->accounts[i];

        json_array_append_new(list, json_pack("{s:I, s:s, s:s, s:s, s:s}", "id", (json_int_t)a->id, "brand", a->brand,
                                              "name", a->name, "email", a->email, "user_name", a->user_name));
    }
    return list;
}

static json_t *orders(const struct search_found *f)
{
    json_t *list = json_array();

    for (size_t i = 0; i < f->order_count; i++) {
        const struct found_order *r = &f->orders[i];

        json_array_append_new(list,
                              json_pack("{s:s, s:s, s:s, s:s, s:s, s:I, s:o}", "code", r->code, "brand", r->brand,
                                        "kind", r->kind, "status", r->state, "name", r->name, "gross_cents",
                                        (json_int_t)r->gross.cents, "confirmed_at", describe_instant(r->confirmed_at)));
    }
    return list;
}

static json_t *invoices(void *mem, const struct search_found *f)
{
    json_t *list = json_array();

    for (size_t i = 0; i < f->invoice_count; i++) {
        const struct found_invoice *v = &f->invoices[i];
        const struct invoice number = {
            .brand = v->brand, .kind = v->kind, .year = (int)v->year, .number = v->number, .issued_on = v->issued_on};

        json_array_append_new(list, json_pack("{s:I, s:s, s:s, s:s, s:s, s:I, s:o}", "id", (json_int_t)v->id, "brand",
                                              v->brand, "number", invoice_number_text(mem, &number), "order", v->code,
                                              "name", v->name, "gross_cents", (json_int_t)v->gross.cents, "issued_on",
                                              describe_day(v->issued_on)));
    }
    return list;
}

static json_t *payments(const struct search_found *f)
{
    json_t *list = json_array();

    for (size_t i = 0; i < f->entry_count; i++) {
        const struct found_entry *e = &f->entries[i];

        json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:s, s:s, s:I, s:o}", "debtor", e->debtor, "iban",
                                              e->iban, "remittance", e->remittance, "state", e->state, "order", e->code,
                                              "amount_cents", (json_int_t)e->amount.cents, "booked_on",
                                              describe_day(e->booked_on)));
    }
    return list;
}

/* Where to go on, of the one group that was asked for. */
static json_t *next_of(const struct search_request *r, const struct search_found *f)
{
    if (r->group == SEARCH_BOXES && f->more_boxes)
        return json_sprintf("%" PRId64 ".%s", f->boxes[f->box_count - 1].id, f->boxes[f->box_count - 1].key);
    if (r->group == SEARCH_ACCOUNTS && f->more_accounts)
        return json_sprintf("%" PRId64 ".%s", f->accounts[f->account_count - 1].id,
                            f->accounts[f->account_count - 1].key);
    if (r->group == SEARCH_ENTRIES && f->more_entries)
        return json_sprintf("%" PRId64 ".", f->entries[f->entry_count - 1].id);
    return json_null();
}

static enum outcome look(struct db_tx *tx, struct call *c, void *arg)
{
    struct search_request *r = arg;
    struct search_found f;

    r->brand = c->key.brand;
    TRY(search(tx, c->mem, c->shop->brands, r, &f));
    c->body = json_pack("{s:o, s:o, s:o, s:o, s:o, s:b, s:o}", "mailboxes", boxes(&f), "accounts", accounts(&f),
                        "orders", orders(&f), "invoices", invoices(c->mem, &f), "payments", payments(&f), "mended",
                        f.typed.mended && f.order_count > 0, "next", next_of(r, &f));
    return DONE;
}

/* ---- What is asked ---- */

static void read_query(struct call *c, struct search_request *r)
{
    const char *group = api_text(c, "group"), *after = api_text(c, "after"), *dot = strchr(after, '.');
    size_t digits = strspn(after, "0123456789");

    r->typed = api_text(c, "q");
    if (text_is_blank(r->typed))
        (void)!api_refuse(c, PROBLEM_REQUIRED, "q", "%s", "");
    for (int i = 0; i < SEARCH_GROUPS; i++)
        if (strcmp(group, GROUPS[i]) == 0)
            r->group = (enum search_group)i;
    if (group[0] && r->group == SEARCH_ALL)
        (void)!api_refuse(c, PROBLEM_NOT_A_CHOICE, "group", "%s", "");
    if (!after[0])
        return;
    if (!r->group || !dot || digits == 0 || digits > 18 || after + digits != dot) {
        (void)!api_refuse(c, PROBLEM_NOT_A_CHOICE, "after", "%s", "");
        return;
    }
    r->after_id = atoll(after);
    r->after_key = dot + 1;
}

void api_search(struct http_request *req)
{
    static const char *const KNOWN[] = {"q", "group", "after", NULL};
    struct search_request r = {0};
    struct call c;

    if (!api_open(req, RIGHT_READ, &c))
        return;
    read_query(&c, &r);
    api_get(&c, KNOWN, look, &r);
}
