/* web/office_search.c: GET /office/clienti: the one search box, cerca; gruppo and dopo are a page of one group alone.
 * What was found alone is gone to at once. Where nothing was typed, the latest customers, a page at a time: prima. */

#include "base/i18n.h"
#include "shop/present.h"
#include "shop/search.h"
#include "web/office_customer.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

static const char *const GROUPS[SEARCH_GROUPS] = {
    [SEARCH_ALL] = "", [SEARCH_BOXES] = "caselle", [SEARCH_ACCOUNTS] = "clienti", [SEARCH_ENTRIES] = "pagamenti"};

#define LATEST 30

struct found_page {
    struct search_request request;
    struct search_found found;
    int64_t before; /* of the latest customers; 0: the newest */
    struct account *latest;
    size_t latest_count;
    bool more_latest;
};

static enum outcome load_latest(struct db_tx *tx, struct office *o, struct found_page *f)
{
    TRY(accounts_before(tx, o->page.mem, o->operator.brand, f->before, LATEST + 1, &f->latest, &f->latest_count));
    f->more_latest = f->latest_count > LATEST;
    f->latest_count = f->more_latest ? LATEST : f->latest_count;
    return DONE;
}

static enum outcome load(struct db_tx *tx, struct office *o, void *arg, struct problem *why)
{
    struct found_page *f = arg;

    (void)why;
    f->request.brand = o->operator.brand;
    f->latest_count = 0;
    if (text_is_blank(f->request.typed))
        TRY(load_latest(tx, o, f));
    return search(tx, o->page.mem, o->page.shop->brands, &f->request, &f->found);
}

/* "17.rossi mario": after which key of whom. */
static void read_choices(struct http_request *req, struct search_request *r)
{
    const char *typed = form_value(&req->query, "cerca"), *group = form_value(&req->query, "gruppo");
    const char *after = form_value(&req->query, "dopo"), *dot = after ? strchr(after, '.') : NULL;

    *r = (struct search_request){.typed = typed && text_is_plain(typed, strlen(typed)) ? typed : ""};
    for (int i = 1; group && i < SEARCH_GROUPS; i++)
        if (strcmp(group, GROUPS[i]) == 0)
            r->group = (enum search_group)i;
    if (dot && r->group && text_is_plain(after, strlen(after))) {
        r->after_id = office_number(talloc_strndup(req->mem, after, (size_t)(dot - after)));
        r->after_key = r->after_id ? dot + 1 : NULL;
    }
}

static void put_coded(struct text_buffer *out, const char *text)
{
    for (const char *c = text; *c; c++)
        text_put_format(out, "%%%02X", (unsigned char)*c);
}

/* NULL `key`: the group from its first row on. */
static json_t *group_address(const struct found_page *f, void *mem, enum search_group group, int64_t id,
                             const char *key)
{
    struct text_buffer out = text_buffer(mem);

    text_put(&out, "/office/clienti?cerca=");
    put_coded(&out, f->found.typed.text);
    text_put_format(&out, "&gruppo=%s", GROUPS[group]);
    if (key) {
        text_put_format(&out, "&dopo=%" PRId64 ".", id);
        put_coded(&out, key);
    }
    return json_string(out.bytes);
}

/* Where all groups are shown, "more" is the group alone; there it is its next page. */
static json_t *more(const struct found_page *f, void *mem, enum search_group group, bool any, int64_t id,
                    const char *key)
{
    if (!any)
        return json_false();
    return group_address(f, mem, group, id, f->request.group ? key : NULL);
}

static json_t *group(const char *title, json_t *rows, json_t *more_url)
{
    return json_pack("{s:s, s:o, s:o}", "title", title, "rows", rows, "more_url", more_url);
}

static json_t *row(const struct page *p, const char *url, const char *label, const char *sub, const char *what,
                   const char *detail, const char *brand)
{
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "url", url, "label", label, "sub", sub, "what", what, "detail",
                     detail, "brand", brand[0] ? office_brand(p, brand) : "");
}

static void put_boxes(struct page *p, const struct found_page *f, json_t *groups)
{
    const struct search_found *s = &f->found;
    const struct found_box *last = s->box_count ? &s->boxes[s->box_count - 1] : NULL;
    json_t *rows;

    if (!last)
        return;
    rows = json_array();
    for (size_t i = 0; i < s->box_count; i++) {
        const struct found_box *b = &s->boxes[i];
        const char *path = office_mailbox_path(p->mem, b->address);

        if (strcmp(b->status, mailbox_status_name(MAILBOX_DELETED)) == 0)
            path = talloc_asprintf(p->mem, "%s?id=%" PRId64, path, b->id);
        json_array_append_new(rows, row(p, path, b->address, b->user_id, b->holder, b->tax_code, b->brand));
        json_object_set_new(json_array_get(rows, i), "state",
                            json_string(office_mailbox_state(p, b->status, b->expires_on)));
    }
    json_array_append_new(groups, group(page_text(p, N_("Caselle")), rows,
                                        more(f, p->mem, SEARCH_BOXES, s->more_boxes, last->id, last->key)));
}

static void put_accounts(struct page *p, const struct found_page *f, json_t *groups)
{
    const struct search_found *s = &f->found;
    const struct found_account *last = s->account_count ? &s->accounts[s->account_count - 1] : NULL;
    json_t *rows;

    if (!last)
        return;
    rows = json_array();
    for (size_t i = 0; i < s->account_count; i++) {
        const struct found_account *a = &s->accounts[i];

        json_array_append_new(
            rows, row(p, office_account_path(p->mem, a->id), a->name, a->user_name, a->email, "", a->brand));
    }
    json_array_append_new(groups, group(page_text(p, N_("Clienti")), rows,
                                        more(f, p->mem, SEARCH_ACCOUNTS, s->more_accounts, last->id, last->key)));
}

static void put_papers(struct page *p, const struct found_page *f, json_t *groups)
{
    const struct search_found *s = &f->found;
    json_t *orders = json_array(), *invoices = json_array();
    char amount[MONEY_TEXT], day[DAY_TEXT];

    for (size_t i = 0; i < s->order_count; i++) {
        const struct found_order *r = &s->orders[i];

        json_array_append_new(orders,
                              row(p, office_order_path(p->mem, r->code), r->code, office_order_kind(p, r->kind),
                                  r->name, talloc_asprintf(p->mem, "%s €", money_italian(r->gross, amount)), r->brand));
        json_object_set_new(json_array_get(orders, i), "state", json_string(office_order_state(p, r->state)));
    }
    for (size_t i = 0; i < s->invoice_count; i++) {
        const struct found_invoice *v = &s->invoices[i];
        struct invoice number = {.kind = v->kind, .year = v->year, .number = v->number};

        json_array_append_new(invoices,
                              row(p, office_order_path(p->mem, v->code), invoice_number_text(p->mem, &number),
                                  talloc_asprintf(p->mem, page_text(p, N_("ordine %s")), v->code), v->name,
                                  talloc_asprintf(p->mem, "%s €", money_italian(v->gross, amount)), v->brand));
        json_object_set_new(json_array_get(invoices, i), "state", json_string(day_italian(v->issued_on, day)));
    }
    if (s->order_count)
        json_array_append_new(groups, group(page_text(p, N_("Ordini")), orders, json_false()));
    else
        json_decref(orders);
    if (s->invoice_count)
        json_array_append_new(groups, group(page_text(p, N_("Fatture")), invoices, json_false()));
    else
        json_decref(invoices);
}

static const char *entry_state(const struct page *p, const char *state)
{
    return strcmp(state, "matched") == 0 ? page_text(p, N_("abbinato"))
           : strcmp(state, "held") == 0  ? page_text(p, N_("in sospeso"))
                                         : page_text(p, N_("restituito"));
}

static void put_entries(struct page *p, const struct found_page *f, json_t *groups)
{
    const struct search_found *s = &f->found;
    json_t *rows = json_array();
    char amount[MONEY_TEXT], day[DAY_TEXT];

    for (size_t i = 0; i < s->entry_count; i++) {
        const struct found_entry *e = &s->entries[i];
        bool ordered = e->code[0];

        json_array_append_new(rows, row(p, ordered ? office_order_path(p->mem, e->code) : "",
                                        talloc_asprintf(p->mem, "%s €", money_italian(e->amount, amount)),
                                        ordered ? talloc_asprintf(p->mem, page_text(p, N_("ordine %s")), e->code) : "",
                                        e->debtor, e->remittance, e->brand));
        json_object_set_new(json_array_get(rows, i), "state",
                            json_sprintf("%s, %s", day_italian(e->booked_on, day), entry_state(p, e->state)));
    }
    if (s->entry_count)
        json_array_append_new(
            groups, group(page_text(p, N_("Pagamenti da questo conto")), rows,
                          more(f, p->mem, SEARCH_ENTRIES, s->more_entries, s->entries[s->entry_count - 1].id, "")));
    else
        json_decref(rows);
}

static void put_latest(struct page *p, const struct found_page *f)
{
    json_t *rows = json_array();

    for (size_t i = 0; i < f->latest_count; i++) {
        const struct account *a = &f->latest[i];

        json_array_append_new(
            rows, row(p, office_account_path(p->mem, a->id), a->name, a->user_name, a->email, "", a->brand));
        json_object_set_new(json_array_get(rows, i), "state", present_day(rome_day(a->created_at)));
    }
    page_set(p, "latest", rows);
    page_set(p, "any_latest", json_boolean(f->latest_count > 0));
    if (f->before)
        page_set(p, "first_url", json_string("/office/clienti"));
    page_set(p, "more_url",
             f->more_latest ? json_sprintf("/office/clienti?prima=%" PRId64, f->latest[f->latest_count - 1].id)
                            : json_false());
}

void office_search(struct http_request *req)
{
    struct found_page f;
    struct office o;
    struct page *p = &o.page;
    json_t *groups;
    const char *url;

    read_choices(req, &f.request);
    f.before = office_number(form_value(&req->query, "prima"));
    if (!office_open(req, load, &f, &o))
        return;
    groups = json_array();
    put_boxes(p, &f, groups);
    put_accounts(p, &f, groups);
    put_papers(p, &f, groups);
    put_entries(p, &f, groups);
    if (search_count(&f.found) == 1 && !f.request.group && !f.found.typed.mended) {
        url = json_string_value(
            json_object_get(json_array_get(json_object_get(json_array_get(groups, 0), "rows"), 0), "url"));
        if (url && url[0]) {
            office_go(&o, talloc_strdup(p->mem, url));
            json_decref(groups);
            return;
        }
    }
    page_set(p, "groups", groups);
    page_set(p, "seek", json_string(f.found.typed.text));
    page_set(p, "search", json_string(f.found.typed.text));
    page_set(p, "mended", json_boolean(f.found.typed.mended && f.found.order_count));
    page_set(p, "any", json_boolean(search_count(&f.found) > 0));
    page_set(p, "asked", json_boolean(f.found.typed.text[0]));
    page_set(p, "first_url",
             f.request.group && f.request.after_id ? group_address(&f, p->mem, f.request.group, 0, NULL)
                                                   : json_false());
    put_latest(p, &f);
    office_show(&o, 200, "search", f.found.typed.text[0] ? N_("Cerca") : N_("Clienti"));
}
