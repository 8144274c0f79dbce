/* Whether a text may be published, and how its recipient would see it. */
#include "base/i18n.h"
#include "shop/present.h"
#include "shop/wording_fields.h"
#include <stdio.h>
#include <string.h>
#include <talloc.h>

struct checking {
    const struct wording_fields *fields;
    const char *text;
    bool html;
    struct wording_scope scope;
    struct problem *why; /* the first fault */
};

/* "{{nome}}, riga 3" */
static void say_where(char out[80], const struct checking *c, const char *name)
{
    size_t length = strlen(name);
    int line = 1;

    for (const char *at = c->text; *at; at++) {
        const char *from = at + strspn(at, "{#^/&> ");

        line += *at == '\n';
        if (at[0] == '{' && at[1] == '{' && strncmp(from, name, length) == 0 && strspn(from + length, " }") > 0) {
            snprintf(out, 80, "{{%.40s}}, riga %d", name, line);
            return;
        }
    }
    snprintf(out, 80, "{{%.40s}}", name);
}

static void fault(struct checking *c, enum problem_code code, const char *name)
{
    char where[80];

    if (c->why->code != PROBLEM_NONE)
        return;
    say_where(where, c, name);
    (void)!problem_set(c->why, code, "", "%s", where);
}

static void look_at(void *arg, enum template_use use, const char *name)
{
    struct checking *c = arg;
    const json_t *found = wording_meaning(&c->scope, use, name);

    if (use == TEMPLATE_END)
        return;
    if (use == TEMPLATE_PARTIAL) {
        if (!json_object_get(c->fields->parts, name))
            fault(c, PROBLEM_WORDING_PART, name);
        return;
    }
    if (!found && strcmp(name, ".") != 0 && !json_object_get(c->fields->own, name))
        fault(c, PROBLEM_WORDING_FIELD, name);
    if (use == TEMPLATE_RAW && c->html && !json_object_get(c->fields->raw, name))
        fault(c, PROBLEM_WORDING_RAW, name);
}

static bool is_text(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < ' ' && *text != '\n' && *text != '\t')
            return false;
    return true;
}

static enum outcome check_part(void *mem, const struct brand *b, const struct wording *w, enum wording_part part,
                               const struct wording_fields *fields, struct problem *why)
{
    static const size_t MOST[WORDING_PARTS] = {WORDING_SUBJECT, WORDING_BODY, WORDING_HTML};
    const char *text = wording_part(w, part);
    struct template *parsed;
    struct checking c = {.fields = fields, .text = text, .html = part == WORDING_HTML_PART, .why = why};

    if (text_is_blank(text))
        return part == WORDING_HTML_PART ? DONE : problem_set(why, PROBLEM_REQUIRED, "", "%s", "");
    if (strlen(text) > MOST[part])
        return problem_set(why, PROBLEM_TOO_LONG, "", "%zu", MOST[part]);
    if (!text_is_utf8(text, strlen(text)) || !is_text(text))
        return problem_set(why, PROBLEM_NOT_TEXT, "", "%s", "");
    TRY(wording_parse(mem, b, w, part, &parsed, why));
    c.scope.inside[c.scope.depth++] = fields->shape;
    template_names(parsed, look_at, &c);
    return why->code == PROBLEM_NONE ? DONE : REFUSED;
}

static enum outcome check_mail(void *mem, const struct brand *b, const struct wording *w, struct problems *faults)
{
    const struct wording_fields *fields = wording_fields_of(mem, b, w->name);

    for (enum wording_part part = 0; part < WORDING_PARTS; part++) {
        struct problem why = {0};

        if (check_part(mem, b, w, part, fields, &why) != DONE)
            (void)!problems_add(faults, why.code, WORDING_FIELD[part], "%s", why.detail);
    }
    return faults->count ? REFUSED : DONE;
}

/* Orders name a version, and files are named after it. */
static bool is_version(const char *version)
{
    return version[0] && strlen(version) <= 20 &&
           strspn(version, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(version);
}

static enum outcome check_terms(const struct wording *w, struct problems *faults)
{
    if (!is_version(w->version))
        (void)!problems_add(faults, PROBLEM_NOT_TEXT, "version", "%s", "");
    if (text_is_blank(w->body))
        (void)!problems_add(faults, PROBLEM_REQUIRED, "body", "%s", "");
    else if (strlen(w->body) > WORDING_BODY)
        (void)!problems_add(faults, PROBLEM_TOO_LONG, "body", "%d", WORDING_BODY);
    else if (!text_is_utf8(w->body, strlen(w->body)) || !is_text(w->body))
        (void)!problems_add(faults, PROBLEM_NOT_TEXT, "body", "%s", "");
    else if (strlen(w->body) < 200)
        (void)!problems_add(faults, PROBLEM_WORDING_SHORT, "body", "%s", "");
    return faults->count ? REFUSED : DONE;
}

enum outcome wording_check(void *mem, const struct brand *b, const struct wording *w, struct problems *faults)
{
    return wording_is_mail(w->name) ? check_mail(mem, b, w, faults) : check_terms(w, faults);
}

/* ---- What is left out, what may be named ---- */

struct using
{
    json_t *names;
};

static void use_of(void *arg, enum template_use use, const char *name)
{
    if (use != TEMPLATE_END && use != TEMPLATE_PARTIAL)
        json_object_set_new(((struct using *)arg)->names, name, json_true());
}

char *wording_leaves_out(void *mem, const struct brand *b, const struct wording *w)
{
    struct wording_fields *fields;
    struct using u = {json_object()};
    struct template *parsed;
    struct problem why;
    char *list = NULL;
    json_t *value;
    const char *key;

    if (!wording_is_mail(w->name))
        return NULL;
    fields = wording_fields_of(mem, b, w->name);
    for (enum wording_part part = 0; part < WORDING_PARTS; part++)
        if (wording_parse(fields, b, w, part, &parsed, &why) == DONE)
            template_names(parsed, use_of, &u);
    json_object_foreach(fields->written, key, value) if (!json_object_get(u.names, key)) list =
        talloc_asprintf(mem, "%s%s%s", list ? list : "", list ? ", " : "", key);
    json_decref(u.names);
    talloc_free(fields);
    return list;
}

static void list_fields(struct text_buffer *out, const json_t *shape, const char *prefix)
{
    json_t *value;
    const char *key;

    json_object_foreach((json_t *)(uintptr_t)shape, key, value)
    {
        text_put_format(out, "%s%s%s", out->length ? ", " : "", prefix, key);
        if (json_is_object(value))
            list_fields(out, value, talloc_asprintf(out->mem, "%s%s.", prefix, key));
    }
}

char *wording_fields(void *mem, const struct brand *b, const char *name)
{
    const struct wording_fields *fields = wording_fields_of(mem, b, name);
    struct text_buffer out = text_buffer(mem);

    list_fields(&out, fields->shape, "");
    return out.bytes;
}

/* ---- As it is seen ---- */

static enum outcome render(void *mem, const struct brand *b, const struct wording *w, enum wording_part part,
                           const json_t *data, char **seen, struct problem *why)
{
    struct text_buffer out = text_buffer(mem);
    struct template *parsed;

    *seen = talloc_strdup(mem, "");
    if (!wording_part(w, part)[0])
        return DONE;
    TRY(wording_parse(mem, b, w, part, &parsed, why));
    template_render(parsed, data, &out);
    *seen = part == WORDING_SUBJECT_PART ? text_trim(mem, out.bytes) : out.bytes;
    return DONE;
}

static json_t *data_of(void *mem, const struct brand *b, const struct wording *w, size_t example)
{
    json_t *data = wording_example(w->name, example);

    json_object_set_new(data, "lang", json_string(w->language));
    json_object_set_new(data, "brand", present_brand(mem, b));
    return data;
}

enum outcome wording_look(void *mem, const struct brand *b, const struct wording *w, size_t example,
                          struct wording_look *look, struct problem *why)
{
    char **const seen[WORDING_PARTS] = {&look->subject, &look->text, &look->html};
    enum outcome o = DONE;
    json_t *data;

    *look = (struct wording_look){(char *)"", w->body, (char *)""};
    if (!wording_is_mail(w->name))
        return DONE;
    data = data_of(mem, b, w, example);
    for (enum wording_part part = 0; o == DONE && part < WORDING_PARTS; part++)
        o = render(mem, b, w, part, data, seen[part], why);
    json_decref(data);
    return o;
}

const char *wording_title(void *mem, const struct brand *b, const char *name, const char *language)
{
    struct wording w;
    struct problem why;
    char *title = NULL;
    json_t *data;

    for (const struct wording_kind *kind = WORDING_TERMS; kind->name; kind++)
        if (strcmp(kind->name, name) == 0)
            return i18n(language, kind->label);
    wording_file(mem, b, name, language, &w);
    data = data_of(mem, b, &w, 0);
    if (render(mem, b, &w, WORDING_SUBJECT_PART, data, &title, &why) != DONE || !title[0])
        title = (char *)name;
    json_decref(data);
    return title;
}
