/* web/office_text.c: GET /office/catalogo/{marchio}/testi/{testo}, …/versioni/{id}?esempio=: one version of a text as
 * its recipient sees it, with invented data, beside what is in force; …/versioni/{id}/anteprima: its HTML alone, for
 * the frame. POST …/versioni/{id}: the draft is published; …/versioni/{id}/elimina: it is dropped, or what has not
 * begun taken back. */

#include "web/office_text.h"
#include "base/i18n.h"
#include "shop/catalogue.h"
#include "shop/present.h"
#include "shop/review.h"
#include "web/foreign.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

struct version_page {
    struct text_page text;
    int64_t id;
    size_t example;
    struct wording shown, running;
    struct wording *all;
    size_t count;
    const char *writer, *decider, **by; /* of the one shown; of each, who published it, or wrote the draft */
    struct day first;
};

struct publish_form {
    struct day from;
    const char *reason;
};
static const struct form_field PUBLISH[] = {
    FORM_DAY(struct publish_form, from, "from"),
    FORM_TEXT(struct publish_form, reason, "reason", .max = 500, .lines = true),
    FORM_IGNORE("lingua"),
    FORM_END,
};

static size_t example_of(const struct http_request *req, const char *name)
{
    const char *typed = form_value(&req->query, "esempio");
    unsigned long number = typed ? strtoul(typed, NULL, 10) : 1;

    return number >= 1 && number <= wording_examples(name) ? number - 1 : 0;
}

static enum outcome load_all(struct db_tx *tx, struct office *o, struct version_page *v)
{
    void *mem = o->page.mem;

    TRY(wordings_of(tx, mem, v->text.brand->id, v->text.name, v->text.language, &v->all, &v->count));
    v->by = talloc_zero_array(mem, const char *, (unsigned)v->count + 1);
    for (size_t i = 0; i < v->count; i++)
        TRY(actor_label(tx, mem, v->all[i].decided_by[0] ? v->all[i].decided_by : v->all[i].written_by, &v->by[i]));
    if (v->id) {
        TRY(actor_label(tx, mem, v->shown.written_by, &v->writer));
        if (v->shown.decided_by[0])
            TRY(actor_label(tx, mem, v->shown.decided_by, &v->decider));
    }
    v->first = wording_first_day(tx, v->text.name);
    return DONE;
}

static enum outcome load(struct db_tx *tx, struct office *o, void *arg, struct problem *why)
{
    struct version_page *v = arg;

    TRY(text_page_open(tx, o, &v->text, why));
    v->id = http_parameter(o->page.req, "id") ? office_id(o->page.req, "id") : v->text.in_force;
    v->example = example_of(o->page.req, v->text.name);
    TRY(text_page_version(tx, o, &v->text, v->id, &v->shown, why));
    TRY(text_page_version(tx, o, &v->text, v->text.in_force, &v->running, why));
    return load_all(tx, o, v);
}

/* ---- What it says of itself ---- */

static const char *state_of(const struct version_page *v, const struct wording *w, struct day today)
{
    if (w->id == v->text.in_force)
        return N_("in vigore");
    if (!w->id)
        return N_("del marchio, sostituita");
    if (strcmp(w->state, WORDING_DRAFT) == 0)
        return N_("bozza");
    if (strcmp(w->state, WORDING_WITHDRAWN) == 0)
        return N_("ritirata");
    return day_before(today, w->from) ? N_("dal suo giorno") : N_("passata");
}

static json_t *history(const struct page *p, const struct version_page *v)
{
    json_t *list = json_array();
    struct wording file;

    for (size_t i = 0; i <= v->count; i++) {
        const struct wording *w = i < v->count ? &v->all[i] : &file;

        if (i == v->count)
            wording_file(p->mem, v->text.brand, v->text.name, v->text.language, &file);
        json_array_append_new(
            list, json_pack("{s:I, s:s, s:s, s:b, s:o, s:s, s:o, s:s}", "id", (json_int_t)w->id, "version", w->version,
                            "state", page_text(p, state_of(v, w, p->today)), "here", w->id == v->id, "from",
                            w->from.n ? present_day(w->from) : json_false(), "by", i < v->count ? v->by[i] : "", "at",
                            w->decided_at.us   ? present_instant(w->decided_at)
                            : w->written_at.us ? present_instant(w->written_at)
                                               : json_false(),
                            "reason", w->reason));
    }
    return list;
}

static json_t *about(const struct page *p, const struct version_page *v)
{
    const struct wording *w = &v->shown;
    bool draft = strcmp(w->state, WORDING_DRAFT) == 0;
    json_t *data =
        json_pack("{s:I, s:s, s:s, s:s, s:b, s:s}", "id", (json_int_t)w->id, "version", w->version, "sha256", w->sha256,
                  "state", page_text(p, state_of(v, w, p->today)), "draft", draft, "reason", w->reason);

    json_object_set_new(data, "from", w->from.n ? present_day(w->from) : json_false());
    json_object_set_new(data, "writer", v->writer ? json_string(v->writer) : json_false());
    json_object_set_new(data, "written_at", w->written_at.us ? present_instant(w->written_at) : json_false());
    json_object_set_new(data, "decider", v->decider ? json_string(v->decider) : json_false());
    json_object_set_new(data, "decided_at", w->decided_at.us ? present_instant(w->decided_at) : json_false());
    json_object_set_new(data, "may_withdraw",
                        json_boolean(draft || (w->id && strcmp(w->state, WORDING_PUBLISHED) == 0 &&
                                               !day_before(w->from, catalogue_first_day(p->now)))));
    return data;
}

/* Of a mail its three parts one after another; of anything else its words. */
static json_t *changes(struct page *p, const struct version_page *v)
{
    const struct {
        const char *label, *before, *after;
    } PARTS[] = {
        {N_("Oggetto"), v->running.subject, v->shown.subject},
        {N_("Testo"), v->running.body, v->shown.body},
        {"HTML", v->running.html, v->shown.html},
    };
    json_t *list = json_array();

    for (size_t i = 0; i < count_of(PARTS); i++)
        if (strcmp(PARTS[i].before, PARTS[i].after) != 0)
            json_array_append_new(list, json_pack("{s:s, s:o}", "label", page_text(p, PARTS[i].label), "lines",
                                                  wording_diff(p->mem, PARTS[i].before, PARTS[i].after)));
    return list;
}

static json_t *examples(const struct version_page *v)
{
    json_t *list = json_array();
    size_t count = wording_examples(v->text.name);

    for (size_t i = 0; count > 1 && i < count; i++)
        json_array_append_new(list, json_pack("{s:I, s:b}", "number", (json_int_t)i + 1, "here", i == v->example));
    return list;
}

static const char *flash_of(const struct page *p)
{
    const char *done = form_value(&p->req->query, "fatto");

    if (!done)
        return NULL;
    return strcmp(done, "salvata") == 0   ? page_text(p, N_("Bozza salvata: nulla cambia finché non è pubblicata."))
           : strcmp(done, "attende") == 0 ? page_text(p, N_("Richiesta inviata: decide una seconda persona."))
           : strcmp(done, "tolta") == 0   ? page_text(p, N_("Bozza o versione tolta."))
                                          : page_text(p, N_("Versione pubblicata."));
}

static void show(struct office *o, struct version_page *v, int status, const struct problems *faults)
{
    struct page *p = &o->page;
    struct wording_look look = {(char *)"", (char *)"", (char *)""};
    const char *left_out = wording_leaves_out(p->mem, v->text.brand, &v->shown), *flash = flash_of(p);
    char from[DAY_TEXT];
    struct problem why;

    if (wording_look(p->mem, v->text.brand, &v->shown, v->example, &look, &why) != DONE)
        look.text = problem_text(p->mem, p->language, &why);
    text_page_put(o, &v->text);
    page_fields(p, PUBLISH, page_owns(p->mem, json_pack("{s:s}", "from", day_italian(v->first, from))), faults);
    page_set(p, "version", about(p, v));
    page_set(p, "history", history(p, v));
    page_set(p, "is_running", json_boolean(v->id == v->text.in_force));
    page_set(p, "running", json_string(v->running.version));
    page_set(p, "changes", changes(p, v));
    page_set(p, "left_out", left_out ? json_string(left_out) : json_false());
    page_set(p, "several", json_boolean(wording_examples(v->text.name) > 1));
    page_set(p, "examples", examples(v));
    page_set(p, "example", json_integer((json_int_t)v->example + 1));
    page_set(p, "subject", json_string(look.subject));
    page_set(p, "plain", wording_is_mail(v->text.name) ? json_string(look.text) : json_false());
    page_set(p, "words",
             wording_is_mail(v->text.name)
                 ? json_false()
                 : page_terms(p, &(struct brand_terms){.version = v->shown.version, .text = v->shown.body}));
    page_set(p, "has_html", json_boolean(look.html[0] != 0));
    page_set(p, "first_day", present_day(v->first));
    page_set(p, "second", json_boolean(approval_needed(v->text.brand, "text", money(0))));
    if (flash)
        page_set(p, "flash", json_string(flash));
    foreign_may_be_framed(p->req);
    office_show(o, status, "text", wording_title(p->mem, v->text.brand, v->text.name, VIEW_LANGUAGE[0]));
}

void office_text(struct http_request *req)
{
    struct version_page v = {0};
    struct office o;

    if (office_open(req, load, &v, &o))
        show(&o, &v, 200, NULL);
}

/* Mails carry their styles inside; the frame lets them do nothing else. */
void office_text_preview(struct http_request *req)
{
    struct version_page v = {0};
    struct wording_look look;
    struct problem why;
    struct office o;

    if (!office_open(req, load, &v, &o))
        return;
    if (wording_look(o.page.mem, v.text.brand, &v.shown, v.example, &look, &why) != DONE) {
        office_problem(&o, &why);
        return;
    }
    http_set_header(
        req, "Content-Security-Policy",
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'self'; sandbox");
    http_reply(req, 200, "text/html; charset=utf-8", look.html, strlen(look.html));
}

/* ---- Publishing, dropping ---- */

struct acting {
    struct office *o;
    struct version_page *v;
    struct publish_form form;
    int64_t approval;
    bool waits;
    struct wording dropped;
    struct problem why;
};

static enum outcome publish(struct db_tx *tx, void *arg)
{
    struct acting *a = arg;

    return wording_publish_ask(tx, a->o->page.shop, a->o->page.mem,
                               &(struct wording_publishing){a->v->id, a->form.from, a->form.reason, a->o->actor},
                               &a->approval, &a->waits, &a->why);
}

void office_text_publish(struct http_request *req)
{
    struct version_page v = {0};
    struct problems faults = {0};
    struct acting a = {.v = &v};
    enum outcome outcome;
    struct office o;

    if (!office_open(req, load, &v, &o))
        return;
    a.o = &o;
    outcome = page_form(&o.page, PUBLISH, &a.form, &faults);
    if (outcome == DONE)
        outcome = db_transaction(o.page.shop->db, "text.publish", publish, &a);
    if (outcome == DONE) {
        office_go(&o, text_page_path(&o, &v.text, v.id, a.waits ? "attende" : "pubblicata"));
        return;
    }
    if (outcome != REFUSED) {
        office_failed(&o, outcome, &a.why);
        return;
    }
    if (!faults.count)
        problems_put(&faults, &a.why);
    show(&o, &v, 422, &faults);
}

static enum outcome drop(struct db_tx *tx, void *arg)
{
    struct acting *a = arg;

    return wording_drop(tx, a->o->page.mem, a->v->id, &a->o->actor, &a->dropped, &a->why);
}

void office_text_drop(struct http_request *req)
{
    struct version_page v = {0};
    struct acting a = {.v = &v};
    enum outcome outcome;
    struct office o;

    if (!office_open(req, load, &v, &o))
        return;
    a.o = &o;
    outcome = db_transaction(o.page.shop->db, "text.drop", drop, &a);
    if (outcome == DONE)
        office_go(&o, text_page_path(&o, &v.text, v.text.in_force == v.id ? 0 : v.text.in_force, "tolta"));
    else
        office_failed(&o, outcome, &a.why);
}
