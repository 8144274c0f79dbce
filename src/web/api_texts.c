/* web/api_texts.c: GET /api/v1/texts?brand=&language=, GET /api/v1/texts/{name}?version=, POST /api/v1/texts/{name},
 * POST /api/v1/texts/{name}/versions/{id}/withdraw: what is accepted and what mails say (shop/wording.h). A key is no
 * person: where the policy wants a second one, what it asks for waits. */

#include "shop/describe.h"
#include "shop/wording.h"
#include "web/api.h"
#include <string.h>
#include <talloc.h>

#define NEWEST (-1) /* version: the one in force */

struct text_asked {
    const char *brand, *language, *version, *subject, *text, *html, *reason;
    struct day from;
    int64_t again;
};
static const struct form_field PUBLISH[] = {
    FORM_TEXT(struct text_asked, brand, "brand", .max = 40, .optional = true),
    FORM_TEXT(struct text_asked, language, "language", .max = 2, .optional = true),
    FORM_TEXT(struct text_asked, version, "version", .max = 20, .optional = true),
    FORM_TEXT(struct text_asked, subject, "subject", .max = WORDING_SUBJECT, .optional = true),
    FORM_TEXT(struct text_asked, text, "text", .max = WORDING_BODY, .lines = true, .optional = true),
    FORM_TEXT(struct text_asked, html, "html", .max = WORDING_HTML, .lines = true, .optional = true),
    FORM_INT(struct text_asked, again, "again", .min = 0, .max = INT64_MAX, .optional = true),
    FORM_DAY(struct text_asked, from, "from"),
    FORM_TEXT(struct text_asked, reason, "reason", .max = 500, .lines = true),
    FORM_END,
};

struct text_place {
    const struct brand *brand;
    const char *name, *language;
    int64_t in_force;
};

/* The text that an address names, of that brand and in that language. */
static enum outcome find(struct db_tx *tx, struct call *c, const char *brand, const char *language,
                         struct text_place *t)
{
    TRY(api_find_brand(c, brand, &t->brand));
    t->name = http_parameter(c->req, "name");
    t->language = language && language[0] ? language : VIEW_LANGUAGE[0];
    if (t->name ? !wording_known(t->brand, t->name, t->language) : strcmp(view_language(t->language), t->language) != 0)
        return api_refuse(c, PROBLEM_NOT_FOUND, "", "%s", "");
    TRY(wordings_refresh(tx, c->shop->brands));
    t->in_force = t->name ? wording_in_force(t->brand, t->name, t->language, db_today(tx)) : 0;
    return DONE;
}

static enum outcome version_of(struct db_tx *tx, struct call *c, const struct text_place *t, int64_t id,
                               struct wording *w)
{
    enum outcome o = DONE;

    if (id)
        o = wording_by_id(tx, c->mem, id, w);
    else
        wording_file(c->mem, t->brand, t->name, t->language, w);
    if (o == REFUSED || (o == DONE && (strcmp(w->brand, t->brand->id) != 0 || strcmp(w->name, t->name) != 0 ||
                                       strcmp(w->language, t->language) != 0)))
        return api_refuse(c, PROBLEM_NOT_FOUND, "", "%s", "");
    return o;
}

static json_t *describe_version(const struct wording *w)
{
    return json_pack("{s:I, s:s, s:s, s:o, s:s, s:o}", "id", (json_int_t)w->id, "version", w->version, "state",
                     w->state, "from", describe_day(w->from), "reason", w->reason, "decided_at",
                     describe_instant(w->decided_at));
}

/* ---- Looking ---- */

static enum outcome list(struct db_tx *tx, struct call *c, void *arg)
{
    const char *language = form_value(&c->req->query, "language"), **mails = wording_mails(c->mem);
    struct text_place t;
    json_t *rows;

    (void)arg;
    TRY(find(tx, c, form_value(&c->req->query, "brand"), language, &t));
    rows = json_array();
    for (const struct wording_kind *kind = WORDING_TERMS; kind->name; kind++)
        if (wording_known(t.brand, kind->name, t.language))
            json_array_append_new(
                rows, json_pack("{s:s, s:I}", "name", kind->name, "in_force",
                                (json_int_t)wording_in_force(t.brand, kind->name, t.language, db_today(tx))));
    for (; mails && *mails; mails++)
        json_array_append_new(rows, json_pack("{s:s, s:I}", "name", *mails, "in_force",
                                              (json_int_t)wording_in_force(t.brand, *mails, t.language, db_today(tx))));
    c->body = json_pack("{s:o}", "texts", rows);
    return DONE;
}

static enum outcome show(struct db_tx *tx, struct call *c, void *arg)
{
    struct wording w, *all;
    struct text_place t;
    json_t *versions;
    int64_t id;
    size_t count;

    (void)arg;
    TRY(find(tx, c, form_value(&c->req->query, "brand"), form_value(&c->req->query, "language"), &t));
    TRY(api_number(c, "version", 0, INT64_MAX, NEWEST, &id));
    TRY(version_of(tx, c, &t, id == NEWEST ? t.in_force : id, &w));
    TRY(wordings_of(tx, c->mem, t.brand->id, t.name, t.language, &all, &count));
    versions = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(versions, describe_version(&all[i]));
    c->body = describe_version(&w);
    json_object_set_new(c->body, "in_force", json_integer(t.in_force));
    json_object_set_new(c->body, "sha256", json_string(w.sha256));
    json_object_set_new(c->body, "subject", json_string(w.subject));
    json_object_set_new(c->body, "text", json_string(w.body));
    json_object_set_new(c->body, "html", json_string(w.html));
    json_object_set_new(c->body, "versions", versions);
    return DONE;
}

void api_texts(struct http_request *req)
{
    static const char *const KNOWN[] = {"brand", "language", NULL};
    struct call c;

    if (api_open(req, RIGHT_READ, &c))
        api_get(&c, KNOWN, list, NULL);
}

void api_text_one(struct http_request *req)
{
    static const char *const KNOWN[] = {"brand", "language", "version", NULL};
    struct call c;

    if (api_open(req, RIGHT_READ, &c))
        api_get(&c, KNOWN, show, NULL);
}

/* ---- Publishing ---- */

/* A mail's words are its member `text` here. */
static enum outcome faults_of(struct call *c, const struct problems *faults)
{
    for (size_t i = 0; i < faults->count && i < count_of(faults->item); i++) {
        const struct problem *p = &faults->item[i];

        (void)!api_refuse(c, p->code, strcmp(p->field, "body") == 0 ? "text" : p->field, "%s", p->detail);
    }
    return REFUSED;
}

static enum outcome publish(struct db_tx *tx, struct call *c, void *arg)
{
    const struct text_asked *a = arg;
    struct problems faults = {0};
    struct problem why = {0};
    struct text_place t;
    struct wording w;
    int64_t approval = 0;
    bool waits = false;
    enum outcome o;

    TRY(find(tx, c, a->brand, a->language, &t));
    TRY(version_of(tx, c, &t, a->again == NEWEST ? t.in_force : a->again, &w));
    w.version = (char *)(a->version ? a->version : "");
    w.subject = a->subject ? (char *)a->subject : w.subject;
    w.body = a->text ? (char *)a->text : w.body;
    w.html = a->html ? (char *)a->html : w.html;
    o = wording_save(tx, c->mem, t.brand, &w, &c->actor, &faults);
    if (o == REFUSED && faults.count)
        return faults_of(c, &faults);
    TRY(o);
    o = wording_publish_ask(tx, c->shop, c->mem, &(struct wording_publishing){w.id, a->from, a->reason, c->actor},
                            &approval, &waits, &why);
    TRY(api_passed(c, o, &why));
    c->status = waits ? 202 : 201;
    c->body = json_pack("{s:b, s:I, s:s, s:s}", "waits", waits, "id", (json_int_t)w.id, "version", w.version, "sha256",
                        w.sha256);
    return DONE;
}

void api_text_post(struct http_request *req)
{
    struct text_asked a = {.again = NEWEST};
    struct call c;

    if (api_open_post(req, RIGHT_READ, &c))
        api_post(&c, PUBLISH, &a, publish, &a);
}

static enum outcome withdraw(struct db_tx *tx, struct call *c, void *arg)
{
    int64_t id = api_id(c->req, "id");
    struct problem why = {0};
    struct wording w;
    enum outcome o = wording_by_id(tx, c->mem, id, &w);

    (void)arg;
    if (o == REFUSED || (o == DONE && (!api_sees(c, w.brand) || strcmp(w.name, http_parameter(c->req, "name")) != 0)))
        return api_refuse(c, PROBLEM_NOT_FOUND, "", "%s", "");
    TRY(o);
    TRY(api_passed(c, wording_drop(tx, c->mem, id, &c->actor, &w, &why), &why));
    c->body = describe_version(&w);
    return DONE;
}

void api_text_withdraw(struct http_request *req)
{
    struct call c;

    if (api_open_post(req, RIGHT_READ, &c))
        api_post(&c, NULL, NULL, withdraw, NULL);
}
