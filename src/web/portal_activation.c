/* web/portal_activation.c: GET and POST /attivazione/nuova and /attivazione/{id} (R44-R49, M1-M3): the request for a
 * new mailbox. What was typed is kept as a draft before it is looked at, so nothing is lost. */

#include "base/i18n.h"
#include "rules/name.h"
#include "shop/present.h"
#include "web/billing_form.h"
#include "web/portal.h"
#include "web/purchase_page.h"
#include <inttypes.h>
#include <string.h>
#include <talloc.h>

struct activation_form {
    const char *act, *form_token, *plan, *phone, *signer_name, *signer_tax_code, *name[NAMES];
    int64_t years;
    int kind;
    struct billing billing; /* the holder's; its e-mail is the email di riferimento */
};

#define ACTIVATION_TEXT(member, name, most)                                                                            \
    FORM_TEXT(struct activation_form, member, name, .max = most, .optional = true)
static const struct form_field ACTIVATION[] = {
    ACTIVATION_TEXT(act, "act", 10),
    ACTIVATION_TEXT(form_token, "form_token", 64),
    ACTIVATION_TEXT(plan, "plan", 40),
    FORM_INT(struct activation_form, years, "years", .min = 1, .max = 10, .optional = true),
    BILLING_FIELDS(struct activation_form),
    ACTIVATION_TEXT(phone, "phone", 40),
    ACTIVATION_TEXT(signer_name, "signer_name", 80),
    ACTIVATION_TEXT(signer_tax_code, "signer_tax_code", 32),
    ACTIVATION_TEXT(name[0], "name_1", 64),
    ACTIVATION_TEXT(name[1], "name_2", 64),
    ACTIVATION_TEXT(name[2], "name_3", 64),
    FORM_END,
};

/* ---- Showing ---- */

static json_t *values_data(const struct request *r)
{
    json_t *values = billing_values(&r->holder);

    json_object_set_new(values, "phone", json_string(r->phone ? r->phone : ""));
    json_object_set_new(values, "signer_name", json_string(r->signer_name ? r->signer_name : ""));
    json_object_set_new(values, "signer_tax_code", json_string(r->signer_tax_code ? r->signer_tax_code : ""));
    for (int i = 0; i < NAMES; i++)
        json_object_set_new(values, (const char *[]){"name_1", "name_2", "name_3"}[i],
                            json_string(r->name[i] ? r->name[i] : ""));
    return values;
}

static json_t *plan_data(const struct offer *offer, bool checked, bool first)
{
    return json_pack("{s:s, s:s, s:i, s:i, s:o, s:b, s:b}", "id", offer->plan->id, "name", offer->plan->name,
                     "mailbox_gb", offer->plan->mailbox_gb, "archive_gb", offer->plan->archive_gb, "year",
                     present_money(offer->priced.year), "checked", checked, "first", first);
}

static json_t *option_data(const struct page *p, const struct purchase_quote *q, bool checked, bool first)
{
    return json_pack(
        "{s:I, s:b, s:b, s:b, s:s, s:o, s:o, s:o}", "years", (json_int_t)q->years, "one", q->years == 1, "checked",
        checked, "first", first, "what", present_purchase(p->mem, p->language, p->brand, q->plan, q->years), "net",
        present_money(q->total.net), "vat", present_money(q->total.vat), "gross", present_money(q->total.gross));
}

/* The terms of the plan with their prices, and the other plans. */
static void show_choice(struct page *p, const struct request *r)
{
    json_t *plans = json_array(), *options = json_array(), *chosen = NULL, *plan = NULL;
    struct offer *offers, *offer = NULL;
    size_t count;

    purchase_catalogue(p->mem, p->brand, p->today, &offers, &count);
    for (size_t i = 0; i < count; i++) {
        bool checked = r->plan && strcmp(offers[i].plan->id, r->plan) == 0;

        offer = checked ? &offers[i] : offer;
        json_array_append_new(plans, plan_data(&offers[i], checked, i == 0));
        plan = checked ? json_array_get(plans, i) : plan;
    }
    for (size_t i = 0; offer && i < offer->year_count; i++) {
        bool checked = offer->year[i].years == r->years;

        json_array_append_new(options, option_data(p, &offer->year[i], checked, i == 0));
        chosen = checked ? json_array_get(options, i) : chosen;
    }
    page_set(p, "plan", plan ? json_incref(plan) : json_false());
    page_set(p, "chosen", chosen ? json_incref(chosen) : json_false());
    page_set(p, "vat_rate", offer ? present_vat_rate(offer->year[0].total.vat_rate_bp) : json_false());
    page_set(p, "plans", plans);
    page_set(p, "options", options);
    page_set(p, "years", json_sprintf("%" PRId64, r->years));
}

/* `read->request` is a draft, or with id 0 what a new one begins with; `token` is of a new one. */
static void show(struct page *p, int status, const struct request_read *read, const char *token,
                 const struct problems *faults)
{
    const struct request *r = &read->request;
    json_t *values = values_data(r), *held = held_data(p, read);

    purchase_steps(p, "request", r->id ? r : NULL);
    page_set(p, "action", json_string(r->id ? draft_path(p, r, "") : "/attivazione/nuova"));
    page_set(p, "id", r->id ? json_sprintf("%" PRId64, r->id) : json_false());
    page_set(p, "form_token", json_string(token ? token : ""));
    page_set(p, "product", json_string(purchase_product(p->brand)));
    page_set(p, "domain", json_string(p->brand->domain));
    page_set(p, "buyer", json_pack("{s:s, s:s}", "name", p->visitor.label, "email", p->visitor.email));
    page_set(p, "keep_days", json_integer(p->brand->purchase.draft_days));
    page_set(p, "saved_on", r->id ? present_instant(r->changed_at) : json_false());
    page_set(
        p, "lost",
        json_boolean(json_is_false(held) && (r->state == REQUEST_RESERVED || form_value(&p->req->query, "perso"))));
    page_set(p, "held", held);
    page_fields(p, ACTIVATION, values, faults);
    json_decref(values);
    billing_kinds(p, r->holder.kind);
    show_choice(p, r);
    page_show(p, status, "activation", N_("Richiesta di attivazione"));
}

/* ---- A new one ---- */

struct beginning {
    struct request_read read;
    struct drafts drafts; /* who comes here by the button back finds what was kept */
};

/* It begins with what is known of the account. */
static enum outcome begin(struct db_tx *tx, struct page *p, void *arg, struct problem *why)
{
    struct beginning *b = arg;
    struct request *r = &b->read.request;
    struct account_profile profile;
    const struct billing nobody = {0};
    enum outcome o;

    (void)why;
    if (!p->visitor.who.account_id)
        return DONE;
    TRY(drafts_load(tx, p, &b->drafts));
    o = account_profile_of(tx, p->mem, p->visitor.who.account_id, &profile);
    if (o != DONE && o != REFUSED)
        return o;
    if (o == DONE)
        r->phone = profile.phone;
    TRY(billing_known(tx, p, o == DONE ? &profile.billing : &nobody, &r->holder));
    if (!r->holder.name || !r->holder.name[0])
        r->holder.name = p->visitor.label;
    return DONE;
}

void portal_activation_new(struct http_request *req)
{
    struct beginning b = {0};
    struct request *r = &b.read.request;
    struct purchase_quote quote;
    struct problem why;
    char token[TOKEN_TEXT];
    struct page p;

    if (!page_open(req, PAGE_SIGNED_IN, begin, &b, &p) || purchase_needs_account(&p))
        return;
    r->plan = (char *)form_value(&req->query, "tipo");
    r->years = p.brand->renewal.min_years;
    r->state = REQUEST_REQUESTED;
    r->held_name = (char *)"";
    if (!r->plan) {
        page_go(&p, "/servizi/pec");
    } else if (purchase_quote(p.brand, r->plan, r->years, p.today, &quote, &why) != DONE) {
        offers_show(&p, 410, true);
    } else {
        token_make(token);
        drafts_show(&p, &b.drafts);
        show(&p, 200, &b.read, token, NULL);
    }
}

/* ---- One that was kept ---- */

void portal_activation(struct http_request *req)
{
    struct request_read read = {0};
    struct problems faults = {0};
    struct purchase_quote quote;
    struct problem why;
    struct page p;

    if (!draft_open(req, NULL, &read, &p))
        return;
    if (purchase_quote(p.brand, read.request.plan, read.request.years, p.today, &quote, &why) != DONE)
        problems_put(&faults, &why);
    show(&p, 200, &read, NULL, &faults);
}

/* ---- Sent ---- */

struct sending {
    struct page *p;
    struct request typed, kept;
    bool validate;
    struct validated found;
    struct problem why;
};

static enum outcome save(struct db_tx *tx, void *arg)
{
    struct sending *s = arg;
    struct page *p = s->p;
    int64_t account = p->visitor.who.account_id;

    s->kept = s->typed;
    TRY(draft_save(tx, p->mem, p->brand, account, &s->kept, &s->why));
    if (!s->validate)
        return DONE;
    return names_validate(tx, p->mem, p->brand, account, s->kept.id, &p->actor, &s->kept, &s->found, &s->why);
}

static void take_form(const struct activation_form *form, struct request *r)
{
    r->plan = (char *)form->plan;
    r->years = form->years;
    r->holder = form->billing;
    r->holder.kind = form->kind;
    r->phone = (char *)form->phone;
    r->signer_name = (char *)form->signer_name;
    r->signer_tax_code = (char *)form->signer_tax_code;
    r->form_token = form->form_token && form->form_token[0] ? form->form_token : NULL;
    for (int i = 0; i < NAMES; i++)
        r->name[i] = (char *)form->name[i];
}

static bool has_fault(const struct problems *all, const char *field)
{
    for (size_t i = 0; i < all->count && i < count_of(all->item); i++)
        if (strcmp(all->item[i].field, field) == 0)
            return true;
    return false;
}

/* What the form itself refused was not kept, and is only told; the rest is looked at without holding a name. */
static void look_beside(struct page *p, const struct request *kept, struct problems *faults)
{
    struct request copy = *kept;
    struct problems more = {0};
    char names[NAMES][NAME_TEXT];

    (void)!request_check(p->mem, p->brand, p->today, &copy, &more);
    (void)!names_check((const char *const *)copy.name, names, &more);
    for (size_t i = 0; i < more.count && i < count_of(more.item); i++)
        if (!has_fault(faults, more.item[i].field))
            problems_put(faults, &more.item[i]);
}

/* After it was kept: on to the name that is held, to the list, or to the form again. */
static void go_on(struct page *p, struct sending *s, const char *act, struct problems *faults)
{
    const struct request_read read = {.request = s->kept};

    bool kept_only = strcmp(act, "save") == 0 || strcmp(act, "plan") == 0;

    if (faults->count && !kept_only)
        look_beside(p, &s->kept, faults);
    else if (s->validate)
        *faults = s->found.faults;
    if (faults->count) {
        show(p, 422, &read, NULL, faults);
    } else if (strcmp(act, "save") == 0) {
        page_go(p, talloc_asprintf(p->mem, "/ordini?salvata=%" PRId64, s->kept.id));
    } else if (strcmp(act, "plan") == 0) {
        page_go(p, draft_path(p, &s->kept, ""));
    } else {
        page_go(p, draft_path(p, &s->kept, "/nome"));
    }
}

static void receive(struct page *p, const struct request_read *read)
{
    struct activation_form form = {.kind = -1};
    struct problems faults = {0};
    struct sending s = {.p = p};
    const char *act;
    enum outcome o = page_form(p, ACTIVATION, &form, &faults);

    act = form.act ? form.act : "validate";
    if (form.kind < 0)
        form.kind = read->request.holder.kind;
    s.typed = read->request;
    take_form(&form, &s.typed);
    s.validate = o == DONE && strcmp(act, "save") != 0 && strcmp(act, "plan") != 0;
    o = db_transaction(p->shop->db, "request.save", save, &s);
    if (o == DONE) {
        go_on(p, &s, act, &faults);
    } else if (o == REFUSED && s.why.code == PROBLEM_REQUESTS_MANY) {
        problems_put(&faults, &s.why);
        show(p, problem_status(s.why.code), &(struct request_read){.request = s.typed}, form.form_token, &faults);
    } else {
        page_failed(p, o, &s.why);
    }
}

void portal_activation_new_sent(struct http_request *req)
{
    struct request_read read = {.request = {.state = REQUEST_REQUESTED, .held_name = (char *)""}};
    struct page p;

    if (page_open(req, PAGE_SIGNED_IN, NULL, NULL, &p) && !purchase_needs_account(&p))
        receive(&p, &read);
}

void portal_activation_sent(struct http_request *req)
{
    struct request_read read = {0};
    struct page p;

    if (draft_open(req, NULL, &read, &p))
        receive(&p, &read);
}
