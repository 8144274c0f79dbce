/* web/office_webhooks.c: GET and POST /office/webhook: programs that are told of events, and one more; GET
 * /office/webhook/{id}: one, with what it was told; POST below it: again, since a date, a new secret, on again, gone.
 */

#include "base/i18n.h"
#include "shop/present.h"
#include "shop/webhook.h"
#include "web/office.h"
#include <inttypes.h>
#include <string.h>
#include <talloc.h>

#define PAGE_SIZE      50
#define ENDPOINTS_MOST 200

static json_t *row(const struct page *p, const struct webhook *w)
{
    const struct brand *brand = brand_by_id(p->shop->brands, w->brand);

    return json_pack("{s:I, s:s, s:s, s:o, s:s, s:b, s:o, s:o}", "id", (json_int_t)w->id, "url", w->url, "brand",
                     brand ? brand->name : w->brand, "kinds", w->kinds[0] ? json_string(w->kinds) : json_false(),
                     "email", w->email, "off", w->disabled_at.us != 0, "disabled_at",
                     w->disabled_at.us ? present_instant(w->disabled_at) : json_false(), "failing_since",
                     !w->disabled_at.us && w->failing_since.us ? present_instant(w->failing_since) : json_false());
}

/* ---- All, and one more ---- */

struct list {
    struct webhook *all;
    size_t count;
};

static enum outcome load_list(struct db_tx *tx, struct office *o, void *arg, struct problem *why)
{
    struct list *l = arg;

    (void)why;
    return webhooks_after(tx, o->page.mem, o->operator.brand, 0, ENDPOINTS_MOST, &l->all, &l->count);
}

struct add_form {
    const char *brand, *url, *kinds, *email;
};

static const struct form_field ADD[] = {
    FORM_TEXT(struct add_form, brand, "brand", .max = 40),
    FORM_TEXT(struct add_form, url, "url", .max = 500),
    FORM_TEXT(struct add_form, kinds, "kinds", .max = WEBHOOK_KINDS_MOST, .optional = true),
    FORM_TEXT(struct add_form, email, "email", .max = 254, .optional = true),
    FORM_END,
};

static void show_list(struct office *o, const struct list *l, int status, const char *brand,
                      const struct problems *faults)
{
    struct page *p = &o->page;
    json_t *rows = json_array(), *brands = json_array();

    for (size_t i = 0; i < l->count; i++)
        json_array_append_new(rows, row(p, &l->all[i]));
    for (size_t i = 0; i < p->shop->brands->count; i++) {
        const struct brand *b = &p->shop->brands->all[i];

        if (operator_sees(&o->operator, b->id))
            json_array_append_new(brands, json_pack("{s:s, s:s, s:b}", "value", b->id, "label", b->name, "selected",
                                                    strcmp(b->id, brand) == 0));
    }
    page_fields(p, ADD, NULL, faults);
    page_set(p, "rows", rows);
    page_set(p, "any", json_boolean(l->count > 0));
    page_set(p, "brands", brands);
    if (form_value(&p->req->query, "fatto"))
        page_set(p, "flash", json_string(page_text(p, N_("Webhook eliminato."))));
    office_show(o, status, "webhooks", N_("Webhook"));
}

void office_webhooks(struct http_request *req)
{
    struct list l = {0};
    struct office o;

    if (office_open(req, load_list, &l, &o))
        show_list(&o, &l, 200, "", NULL);
}

static void show_secret(struct office *o, const char *secret, int64_t id)
{
    page_set(&o->page, "secret", json_string(secret));
    page_set(&o->page, "back", json_sprintf("/office/webhook/%" PRId64, id));
    http_set_header(o->page.req, "Cache-Control", "no-store");
    office_show(o, 200, "webhook_secret", N_("Segreto del webhook"));
}

void office_webhooks_sent(struct http_request *req)
{
    struct add_form form = {.brand = "", .kinds = "", .email = ""};
    struct problems faults = {0};
    struct problem why = {0};
    char secret[WEBHOOK_TEXT];
    enum outcome outcome = REFUSED;
    struct list l = {0};
    struct office o;
    int64_t id = 0;

    if (!office_open(req, load_list, &l, &o))
        return;
    if (page_form(&o.page, ADD, &form, &faults) == DONE && !operator_sees(&o.operator, form.brand))
        problems_put(&faults, &(struct problem){.code = PROBLEM_BRAND, .field = "brand"});
    if (!faults.count) {
        outcome = webhook_add(o.page.shop, o.page.mem,
                              &(struct new_webhook){form.brand, form.url, form.kinds, form.email, o.actor}, &id, secret,
                              &why);
        if (outcome == REFUSED && why.field[0])
            problems_put(&faults, &why);
    }
    if (faults.count)
        show_list(&o, &l, 422, form.brand, &faults);
    else if (outcome != DONE)
        office_failed(&o, outcome, &why);
    else
        show_secret(&o, secret, id);
}

/* ---- One ---- */

struct one {
    int64_t id, before;
    const char *state;
    struct webhook webhook;
    struct webhook_delivery *all;
    size_t count;
    bool more;
};

static enum outcome load_one(struct db_tx *tx, struct office *o, void *arg, struct problem *why)
{
    struct one *one = arg;

    TRY(webhook_find(tx, o->page.mem, one->id, o->operator.brand, &one->webhook, why));
    TRY(webhook_deliveries(tx, o->page.mem, one->id, one->state, one->before, PAGE_SIZE + 1, &one->all, &one->count));
    one->more = one->count > PAGE_SIZE;
    one->count = one->more ? PAGE_SIZE : one->count;
    return DONE;
}

static json_t *delivery(const struct page *p, const struct webhook_delivery *d)
{
    bool waits = strcmp(d->state, "waiting") == 0, failed = strcmp(d->state, "failed") == 0;

    return json_pack("{s:I, s:I, s:s, s:s, s:b, s:b, s:I, s:o, s:o, s:o}", "id", (json_int_t)d->id, "event",
                     (json_int_t)d->event_id, "kind", d->kind, "state",
                     page_text(p, waits    ? N_("attende")
                                  : failed ? N_("non consegnato")
                                           : N_("consegnato")),
                     "failed", failed, "waits", waits, "attempts", (json_int_t)d->attempts, "status",
                     d->status ? json_integer((json_int_t)d->status) : json_false(), "error",
                     d->error[0] ? json_string(i18n_filled(p->mem, p->language, d->error)) : json_false(), "at",
                     present_instant(d->tried_at.us ? d->tried_at : d->created_at));
}

static const struct {
    const char *word, *text;
} SAID[] = {
    {"ancora", N_("Sarà inviato di nuovo.")},
    {"attivo", N_("Attivo: riceve anche ciò che è accaduto nel frattempo.")},
};

struct since_form {
    struct day since;
};
static const struct form_field SINCE[] = {FORM_DAY(struct since_form, since, "since"), FORM_END};

static void show_one(struct office *o, const struct one *one, int status, const struct problems *faults)
{
    struct page *p = &o->page;
    const char *done = form_value(&p->req->query, "fatto");
    char *here =
        talloc_asprintf(p->mem, "/office/webhook/%" PRId64 "%s%s", one->id, one->state[0] ? "?stato=" : "", one->state);
    json_t *rows = json_array();

    for (size_t i = 0; i < one->count; i++)
        json_array_append_new(rows, delivery(p, &one->all[i]));
    page_fields(p, SINCE, NULL, faults);
    page_set(p, "webhook", row(p, &one->webhook));
    page_set(p, "rows", rows);
    page_set(p, "any", json_boolean(one->count > 0));
    page_set(p, "only_failed", json_boolean(one->state[0] != '\0'));
    page_set(p, "first_url", one->before ? json_string(here) : json_false());
    page_set(p, "more_url",
             one->more ? json_sprintf("%s%cdopo=%" PRId64, here, one->state[0] ? '&' : '?', one->all[one->count - 1].id)
                       : json_false());
    for (size_t i = 0; i < count_of(SAID) && done; i++)
        if (strcmp(done, SAID[i].word) == 0)
            page_set(p, "flash", json_string(page_text(p, SAID[i].text)));
    office_show(o, status, "webhook", N_("Webhook"));
}

static struct one wanted(const struct http_request *req)
{
    const char *state = form_value(&req->query, "stato");

    return (struct one){.id = office_id(req, "id"),
                        .before = office_number(form_value(&req->query, "dopo")),
                        .state = state && strcmp(state, "failed") == 0 ? "failed" : ""};
}

void office_webhook(struct http_request *req)
{
    struct one one = wanted(req);
    struct office o;

    if (office_open(req, load_one, &one, &o))
        show_one(&o, &one, 200, NULL);
}

static struct webhook_act act_of(const struct office *o, int64_t id)
{
    return (struct webhook_act){.id = id, .brand = o->operator.brand, .actor = o->actor};
}

static void answer(struct office *o, enum outcome outcome, const struct problem *why, int64_t id, const char *done)
{
    if (outcome != DONE)
        office_failed(o, outcome, why);
    else
        office_go(o, talloc_asprintf(o->page.mem, "/office/webhook/%" PRId64 "?fatto=%s", id, done));
}

void office_webhook_again(struct http_request *req)
{
    struct one one = wanted(req);
    struct problem why = {0};
    struct office o;

    if (!office_open(req, load_one, &one, &o))
        return;
    struct webhook_act act = act_of(&o, one.id);

    answer(&o, webhook_replay(o.page.shop, o.page.mem, &act, office_id(req, "delivery"), &why), &why, one.id, "ancora");
}

void office_webhook_since(struct http_request *req)
{
    struct one one = wanted(req);
    struct since_form form = {0};
    struct problems faults = {0};
    struct problem why = {0};
    struct office o;

    if (!office_open(req, load_one, &one, &o))
        return;
    struct webhook_act act = act_of(&o, one.id);

    if (page_form(&o.page, SINCE, &form, &faults) != DONE)
        show_one(&o, &one, 422, &faults);
    else
        answer(&o, webhook_replay_since(o.page.shop, o.page.mem, &act, rome_midnight(form.since), &why), &why, one.id,
               "ancora");
}

void office_webhook_enable(struct http_request *req)
{
    struct one one = wanted(req);
    struct problem why = {0};
    struct office o;

    if (!office_open(req, load_one, &one, &o))
        return;
    struct webhook_act act = act_of(&o, one.id);

    answer(&o, webhook_enable(o.page.shop, o.page.mem, &act, &why), &why, one.id, "attivo");
}

void office_webhook_rotate(struct http_request *req)
{
    struct one one = wanted(req);
    char secret[WEBHOOK_TEXT];
    struct problem why = {0};
    enum outcome outcome;
    struct office o;

    if (!office_open(req, load_one, &one, &o))
        return;
    struct webhook_act act = act_of(&o, one.id);

    outcome = webhook_rotate(o.page.shop, o.page.mem, &act, secret, &why);
    if (outcome != DONE)
        office_failed(&o, outcome, &why);
    else
        show_secret(&o, secret, one.id);
}

void office_webhook_remove(struct http_request *req)
{
    struct one one = wanted(req);
    struct problem why = {0};
    enum outcome outcome;
    struct office o;

    if (!office_open(req, load_one, &one, &o))
        return;
    struct webhook_act act = act_of(&o, one.id);

    outcome = webhook_remove(o.page.shop, o.page.mem, &act, &why);
    if (outcome != DONE)
        office_failed(&o, outcome, &why);
    else
        office_go(&o, "/office/webhook?fatto=1");
}
