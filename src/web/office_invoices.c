/* web/office_invoices.c: GET /office/fatture: the register of invoices and credit notes, the newest first. All that
 * chooses stands in the address: stato, marchio, tipo, mese, cerca, and where the page begins (dopo). GET
 * /office/fatture/notifiche: what SdI said and nobody could place. */

#include "base/i18n.h"
#include "web/office_invoice.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#define PAGE_SIZE 30
#define SILENT    "silent" /* beside the states: sent, and no answer in time */

struct register_page {
    struct sdi_filter filter;
    const char *state, *month;
    struct sdi_row *rows;
    size_t count;
    bool more;
};

/* What stands above the list; each an address of this page. */
static const struct {
    const char *state, *label;
} TABS[] = {{"", N_("Tutte")},
            {"to_send", N_("Da inviare")},
            {"sent", N_("In attesa di esito")},
            {SILENT, N_("Senza risposta")},
            {"rejected", N_("Scartate")},
            {"not_delivered", N_("Non recapitate")},
            {"refused", N_("Rifiutate")}};

static enum outcome load(struct db_tx *tx, struct office *o, void *arg, struct problem *why)
{
    struct register_page *r = arg;

    (void)why;
    if (o->operator.brand[0])
        r->filter.brand = o->operator.brand;
    r->filter.silent_before = instant_plus(o->page.now, -DAYS(SDI_SILENT_DAYS));
    TRY(sdi_rows(tx, o->page.mem, &r->filter, &r->rows, &r->count));
    r->more = r->count > PAGE_SIZE;
    r->count = r->more ? PAGE_SIZE : r->count;
    return DONE;
}

static bool is_word(const char *text)
{
    return text && text[0] && strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_-") == strlen(text);
}

static const char *word(const struct http_request *req, const char *name)
{
    const char *value = form_value(&req->query, name);

    return is_word(value) ? value : "";
}

bool office_month(const char *text, struct day *from, struct day *until)
{
    int year, month;
    char rest;

    if (!text || sscanf(text, "%4d-%2d%c", &year, &month, &rest) != 2 || year < 2000 || year > 2999 || month < 1 ||
        month > 12)
        return false;
    *from = day_of(year, month, 1);
    *until = day_plus(month == 12 ? day_of(year + 1, 1, 1) : day_of(year, month + 1, 1), -1);
    return true;
}

static void read_choices(struct http_request *req, struct register_page *r)
{
    const char *search = form_value(&req->query, "cerca"), *after = form_value(&req->query, "dopo");
    enum sdi_state state;
    int64_t day = 0;

    *r = (struct register_page){.state = word(req, "stato"), .month = word(req, "mese")};
    r->filter = (struct sdi_filter){
        .brand = word(req, "marchio"),
        .kind = word(req, "tipo"),
        .state = sdi_state_of(r->state, &state) == DONE ? r->state : "",
        .silent = strcmp(r->state, SILENT) == 0,
        .customer = search && text_is_plain(search, strlen(search)) ? text_trim(req->mem, search) : "",
        .limit = PAGE_SIZE + 1};
    if (!r->filter.state[0] && !r->filter.silent)
        r->state = "";
    if (!office_month(r->month, &r->filter.from, &r->filter.until))
        r->month = "";
    if (after && sscanf(after, "%" SCNd64 ".%" SCNd64, &day, &r->filter.after_id) == 2)
        r->filter.after_day.n = (int32_t)day;
}

/* An address of this page with the same choices, but for the state. */
static char *address(void *mem, const struct register_page *r, const char *state)
{
    struct text_buffer out = text_buffer(mem);

    text_put_format(&out, "/office/fatture?stato=%s", state);
    if (r->filter.brand[0])
        text_put_format(&out, "&marchio=%s", r->filter.brand);
    if (r->filter.kind[0])
        text_put_format(&out, "&tipo=%s", r->filter.kind);
    if (r->month[0])
        text_put_format(&out, "&mese=%s", r->month);
    if (r->filter.customer[0])
        text_put(&out, "&cerca=");
    for (const char *c = r->filter.customer; *c; c++)
        text_put_format(&out, "%%%02X", (unsigned char)*c);
    return out.bytes;
}

static json_t *row(const struct office *o, const struct sdi_row *r)
{
    const struct page *p = &o->page;
    const struct brand *brand = brand_by_id(p->shop->brands, r->invoice.brand);
    bool note = invoice_is_credit_note(&r->invoice);
    enum sdi_state state = SDI_TO_SEND;
    json_t *data;

    (void)!sdi_state_of(r->state_text, &state);
    data = json_pack("{s:I, s:s, s:s, s:s, s:s, s:s, s:b, s:s, s:o, s:o, s:o, s:b}", "id", (json_int_t)r->invoice.id,
                     "number", invoice_number_text(p->mem, &r->invoice), "brand",
                     brand ? brand->name : r->invoice.brand, "customer", r->customer, "order", r->order_code, "kind",
                     note ? "TD04" : "TD01", "note", note, "state", page_text(p, sdi_state_label(state)), "issued_on",
                     present_day(r->invoice.issued_on), "gross", present_money(r->invoice.total.gross), "resend_by",
                     state == SDI_REJECTED && r->resend_by.n ? present_day(r->resend_by) : json_false(), "bad",
                     state == SDI_REJECTED || state == SDI_REFUSED);
    json_object_set_new(
        data, "silent",
        json_boolean(state == SDI_SENT && r->changed_at.us < instant_plus(p->now, -DAYS(SDI_SILENT_DAYS)).us));
    return data;
}

static void put_filters(struct office *o, const struct register_page *r)
{
    struct page *p = &o->page;
    json_t *tabs = json_array(), *brands = json_array();

    for (size_t i = 0; i < count_of(TABS); i++)
        json_array_append_new(tabs, json_pack("{s:s, s:s, s:b}", "label", page_text(p, TABS[i].label), "url",
                                              address(p->mem, r, TABS[i].state), "here",
                                              strcmp(TABS[i].state, r->state) == 0));
    for (size_t i = 0; i < p->shop->brands->count && !o->operator.brand[0]; i++)
        json_array_append_new(brands, json_pack("{s:s, s:s, s:b}", "id", p->shop->brands->all[i].id, "name",
                                                p->shop->brands->all[i].name, "here",
                                                strcmp(p->shop->brands->all[i].id, r->filter.brand) == 0));
    page_set(p, "tabs", tabs);
    page_set(p, "brands", brands);
    page_set(p, "has_brands", json_boolean(json_array_size(brands) > 1));
    page_set(p, "state", json_string(r->state));
    page_set(p, "month", json_string(r->month));
    page_set(p, "may_act", json_boolean(operator_may(&o->operator, OFFICE_INVOICE)));
    page_set(p, "search", json_string(r->filter.customer));
    page_set(p, "only_notes", json_boolean(strcmp(r->filter.kind, INVOICE_CREDIT_NOTE) == 0));
    page_set(p, "only_invoices", json_boolean(strcmp(r->filter.kind, INVOICE_ORDINARY) == 0));
}

void office_invoices(struct http_request *req)
{
    struct register_page r;
    struct office o;
    json_t *rows;
    char *here;

    read_choices(req, &r);
    if (!office_open(req, load, &r, &o))
        return;
    rows = json_array();
    for (size_t i = 0; i < r.count; i++)
        json_array_append_new(rows, row(&o, &r.rows[i]));
    put_filters(&o, &r);
    here = address(o.page.mem, &r, r.state);
    page_set(&o.page, "rows", rows);
    page_set(&o.page, "any", json_boolean(r.count > 0));
    page_set(&o.page, "first_url", r.filter.after_id ? json_string(here) : json_false());
    page_set(&o.page, "more_url",
             r.more ? json_sprintf("%s&dopo=%d.%" PRId64, here, (int)r.rows[r.count - 1].invoice.issued_on.n,
                                   r.rows[r.count - 1].invoice.id)
                    : json_false());
    office_show(&o, 200, "invoices", N_("Fatture"));
}

/* ---- Notices that nobody could place ---- */

struct odd_page {
    int64_t before;
    struct sdi_paper *rows;
    size_t count;
    bool more;
};

static enum outcome load_odd(struct db_tx *tx, struct office *o, void *arg, struct problem *why)
{
    struct odd_page *n = arg;

    (void)why;
    TRY(sdi_notices_odd(tx, o->page.mem, o->operator.brand, n->before, PAGE_SIZE + 1, &n->rows, &n->count));
    n->more = n->count > PAGE_SIZE;
    n->count = n->more ? PAGE_SIZE : n->count;
    return DONE;
}

json_t *office_notice_row(const struct page *p, const struct sdi_paper *n)
{
    enum sdi_kind kind;
    enum sdi_effect effect = SDI_UNREADABLE;

    (void)!sdi_effect_of(n->effect, &effect);
    return json_pack("{s:I, s:s, s:s, s:s, s:s, s:s, s:o, s:b, s:o}", "id", (json_int_t)n->id, "name", n->name, "kind",
                     n->kind, "what", sdi_kind_of(n->kind, &kind) == DONE ? page_text(p, sdi_kind_label(kind)) : "",
                     "effect", page_text(p, sdi_effect_label(effect)), "said", n->said, "at",
                     present_instant(n->received_at), "odd",
                     effect == SDI_AGAINST || effect == SDI_STRANGE || effect == SDI_UNREADABLE, "invoice",
                     n->invoice_id ? json_integer(n->invoice_id) : json_false());
}

void office_odd_notices(struct http_request *req)
{
    struct odd_page n = {.before = office_number(form_value(&req->query, "dopo"))};
    struct office o;
    json_t *rows;

    if (!office_open(req, load_odd, &n, &o))
        return;
    rows = json_array();
    for (size_t i = 0; i < n.count; i++)
        json_array_append_new(rows, office_notice_row(&o.page, &n.rows[i]));
    page_set(&o.page, "rows", rows);
    page_set(&o.page, "any", json_boolean(n.count > 0));
    page_set(&o.page, "first_url", n.before ? json_string("/office/fatture/notifiche") : json_false());
    page_set(&o.page, "more_url",
             n.more ? json_sprintf("/office/fatture/notifiche?dopo=%" PRId64, n.rows[n.count - 1].id) : json_false());
    office_show(&o, 200, "notices", N_("Notifiche da guardare"));
}
