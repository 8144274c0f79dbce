/* web/office_texts.c: GET /office/catalogo/{marchio}/testi?lingua=: what customers accept and what they are written,
 * with the version in force and the drafts (shop/wording.h). */

#include "base/i18n.h"
#include "web/office_text.h"
#include <inttypes.h>
#include <string.h>
#include <talloc.h>

enum outcome text_page_open(struct db_tx *tx, struct office *o, struct text_page *t, struct problem *why)
{
    const struct http_request *req = o->page.req;
    const char *brand = http_parameter(req, "marchio"), *language = form_value(&req->query, "lingua");

    t->brand = brand_by_id(o->page.shop->brands, brand);
    t->name = http_parameter(req, "testo");
    if (!language)
        language = form_value(&req->form, "lingua");
    t->language = view_language(language);
    if (!t->brand || !operator_sees(&o->operator, brand) || (t->name && !wording_known(t->brand, t->name, t->language)))
        return problem_set(why, PROBLEM_NOT_FOUND, "", "%s", "");
    TRY(wordings_refresh(tx, o->page.shop->brands));
    t->in_force = t->name ? wording_in_force(t->brand, t->name, t->language, o->page.today) : 0;
    return DONE;
}

enum outcome text_page_version(struct db_tx *tx, struct office *o, const struct text_page *t, int64_t id,
                               struct wording *w, struct problem *why)
{
    enum outcome outcome = DONE;

    if (!id)
        wording_file(o->page.mem, t->brand, t->name, t->language, w);
    else
        outcome = wording_by_id(tx, o->page.mem, id, w);
    if (outcome == REFUSED ||
        (outcome == DONE && (strcmp(w->brand, t->brand->id) != 0 || strcmp(w->name, t->name) != 0 ||
                             strcmp(w->language, t->language) != 0)))
        return problem_set(why, PROBLEM_NOT_FOUND, "", "%s", "");
    return outcome;
}

void text_page_put(struct office *o, const struct text_page *t)
{
    struct page *p = &o->page;

    page_set(p, "brand_id", json_string(t->brand->id));
    page_set(p, "name", json_string(t->brand->name));
    page_set(p, "text",
             json_pack("{s:s, s:s, s:b, s:s}", "name", t->name, "title",
                       wording_title(p->mem, t->brand, t->name, t->language), "mail", wording_is_mail(t->name),
                       "language", t->language));
}

char *text_page_path(const struct office *o, const struct text_page *t, int64_t id, const char *done)
{
    return talloc_asprintf(o->page.mem, "/office/catalogo/%s/testi/%s/versioni/%" PRId64 "?lingua=%s%s%s", t->brand->id,
                           t->name, id, t->language, done ? "&fatto=" : "", done ? done : "");
}

/* ---- The list ---- */

struct listing {
    struct text_page text;
    struct wording *drafts;
    size_t count;
};

static enum outcome load(struct db_tx *tx, struct office *o, void *arg, struct problem *why)
{
    struct listing *l = arg;

    TRY(text_page_open(tx, o, &l->text, why));
    return wordings_drafts(tx, o->page.mem, l->text.brand->id, &l->drafts, &l->count);
}

static bool has_draft(const struct listing *l, const char *name, const char *language)
{
    for (size_t i = 0; i < l->count; i++)
        if (strcmp(l->drafts[i].name, name) == 0 && strcmp(l->drafts[i].language, language) == 0)
            return true;
    return false;
}

static json_t *row(const struct office *o, const struct listing *l, const char *name, const char *language,
                   const char *version)
{
    const struct brand *b = l->text.brand;
    int64_t id = wording_in_force(b, name, language, o->page.today);

    return json_pack("{s:s, s:s, s:s, s:s, s:b, s:b, s:b}", "name", name, "title",
                     wording_title(o->page.mem, b, name, language), "version", version, "language", language, "desk",
                     id != 0, "draft", has_draft(l, name, language), "mail", wording_is_mail(name));
}

static json_t *terms_rows(const struct office *o, const struct listing *l)
{
    json_t *list = json_array();

    for (const struct wording_kind *kind = WORDING_TERMS; kind->name; kind++) {
        const struct brand_terms *file = wording_terms(l->text.brand, kind->name);

        if (file)
            json_array_append_new(
                list, row(o, l, kind->name, VIEW_LANGUAGE[0], brand_terms_on(file, o->page.today)->version));
    }
    return list;
}

static json_t *mail_rows(const struct office *o, const struct listing *l)
{
    const char **names = wording_mails(o->page.mem), *language = l->text.language;
    json_t *list = json_array();
    char version[VIEW_VERSION];

    for (; names && *names; names++) {
        if (!wording_mail_version(l->text.brand, *names, language, o->page.today, version))
            view_version(l->text.brand, talloc_asprintf(o->page.mem, "mail/%s", *names), version);
        json_array_append_new(list, row(o, l, *names, language, version));
    }
    return list;
}

static json_t *language_tabs(const struct listing *l)
{
    static const char *const NAME[VIEW_LANGUAGES] = {"Italiano", "English"};
    json_t *list = json_array();

    for (size_t i = 0; i < VIEW_LANGUAGES; i++)
        json_array_append_new(list, json_pack("{s:s, s:s, s:b}", "code", VIEW_LANGUAGE[i], "name", NAME[i], "here",
                                              strcmp(VIEW_LANGUAGE[i], l->text.language) == 0));
    return list;
}

void office_texts(struct http_request *req)
{
    struct listing l = {0};
    struct office o;

    if (!office_open(req, load, &l, &o))
        return;
    page_set(&o.page, "brand_id", json_string(l.text.brand->id));
    page_set(&o.page, "name", json_string(l.text.brand->name));
    page_set(&o.page, "texts", terms_rows(&o, &l));
    page_set(&o.page, "languages", language_tabs(&l));
    page_set(&o.page, "mails", mail_rows(&o, &l));
    office_show(&o, 200, "texts", N_("Testi"));
}
