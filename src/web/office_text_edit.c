/* web/office_text_edit.c: GET /office/catalogo/{marchio}/testi/{testo}/bozza?da=: the draft, or one begun from a
 * version; POST keeps it, once every tag closes and every field is one that the text knows. */

#include "base/i18n.h"
#include "web/office_text.h"
#include <string.h>
#include <talloc.h>

struct text_form {
    const char *version, *subject, *body, *html, *seen;
};
static const struct form_field FORM[] = {
    FORM_TEXT(struct text_form, version, "version", .max = 20, .optional = true),
    FORM_TEXT(struct text_form, subject, "subject", .max = WORDING_SUBJECT, .optional = true),
    FORM_TEXT(struct text_form, body, "body", .max = WORDING_BODY, .lines = true),
    FORM_TEXT(struct text_form, html, "html", .max = WORDING_HTML, .lines = true, .optional = true),
    FORM_TEXT(struct text_form, seen, "seen", .max = WORDING_SHA256, .optional = true),
    FORM_IGNORE("lingua"),
    FORM_END,
};

struct editing {
    struct office *o;
    struct text_page text;
    bool has_draft;
    struct wording draft, base; /* base: what the form begins with */
    struct text_form form;
    struct wording made;
    struct problems faults;
};

static enum outcome load_draft(struct db_tx *tx, struct editing *e, void *mem)
{
    enum outcome o = wording_draft_of(tx, mem, e->text.brand->id, e->text.name, e->text.language, &e->draft);

    e->has_draft = o == DONE;
    return o == REFUSED ? DONE : o;
}

static enum outcome load(struct db_tx *tx, struct office *o, void *arg, struct problem *why)
{
    struct editing *e = arg;
    const char *from = form_value(&o->page.req->query, "da");
    struct wording running;

    TRY(text_page_open(tx, o, &e->text, why));
    TRY(load_draft(tx, e, o->page.mem));
    TRY(text_page_version(tx, o, &e->text, e->text.in_force, &running, why));
    if (from)
        TRY(text_page_version(tx, o, &e->text, strcmp(from, "0") == 0 ? 0 : office_number(from), &e->base, why));
    else
        e->base = e->has_draft ? e->draft : running;
    if (!wording_is_mail(e->text.name) && (from || !e->has_draft))
        e->base.version = (char *)""; /* another version needs another name */
    return DONE;
}

static void show(struct editing *e, int status, const json_t *values)
{
    struct page *p = &e->o->page;

    text_page_put(e->o, &e->text);
    page_fields(p, FORM, values, &e->faults);
    page_set(p, "known",
             wording_is_mail(e->text.name) ? json_string(wording_fields(p->mem, e->text.brand, e->text.name))
                                           : json_false());
    page_set(p, "seen", json_string(e->has_draft ? e->draft.sha256 : ""));
    page_set(p, "replaces", json_boolean(e->has_draft && e->base.id != e->draft.id && status == 200));
    office_show(e->o, status, "text_edit", wording_title(p->mem, e->text.brand, e->text.name, VIEW_LANGUAGE[0]));
}

void office_text_edit(struct http_request *req)
{
    struct editing e = {0};
    struct office o;

    if (!office_open(req, load, &e, &o))
        return;
    e.o = &o;
    show(&e, 200,
         page_owns(o.page.mem, json_pack("{s:s, s:s, s:s, s:s}", "version", e.base.version, "subject", e.base.subject,
                                         "body", e.base.body, "html", e.base.html)));
}

/* What somebody else has written meanwhile is not written over unseen. */
static enum outcome save(struct db_tx *tx, void *arg)
{
    struct editing *e = arg;
    void *mem = e->o->page.mem;

    e->faults = (struct problems){0};
    TRY(load_draft(tx, e, mem));
    if (strcmp(e->has_draft ? e->draft.sha256 : "", e->form.seen ? e->form.seen : "") != 0)
        return problems_add(&e->faults, PROBLEM_WORDING_SEEN, "", "%s", "");
    e->made = (struct wording){.name = (char *)e->text.name,
                               .language = (char *)e->text.language,
                               .version = (char *)e->form.version,
                               .subject = (char *)e->form.subject,
                               .body = (char *)e->form.body,
                               .html = (char *)e->form.html};
    return wording_save(tx, mem, e->text.brand, &e->made, &e->o->actor, &e->faults);
}

void office_text_sent(struct http_request *req)
{
    struct editing e = {0};
    enum outcome outcome;
    struct office o;

    if (!office_open(req, load, &e, &o))
        return;
    e.o = &o;
    outcome = page_form(&o.page, FORM, &e.form, &e.faults);
    if (outcome == DONE)
        outcome = db_transaction(o.page.shop->db, "text.save", save, &e);
    if (outcome == DONE) {
        office_go(&o, text_page_path(&o, &e.text, e.made.id, "salvata"));
        return;
    }
    if (outcome != REFUSED) {
        office_failed(&o, outcome, NULL);
        return;
    }
    problems_sort(&e.faults, FORM);
    show(&e, 422, NULL);
}
