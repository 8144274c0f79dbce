#include "shop/wording_fields.h"
#include "base/embedded.h"
#include "base/i18n.h"
#include <stdio.h>
#include <string.h>
#include <talloc.h>

const char *const WORDING_FIELD[WORDING_PARTS] = {"subject", "body", "html"};

const char *wording_part(const struct wording *w, enum wording_part part)
{
    return part == WORDING_SUBJECT_PART ? w->subject : part == WORDING_TEXT_PART ? w->body : w->html;
}

/* ---- Examples: examples/mail.NAME.json, and mail.NAME.FACE.json ---- */

static const struct embedded_file *examples_of(const char *name, size_t *count)
{
    char prefix[80];

    snprintf(prefix, sizeof prefix, "examples/mail.%.40s.", name);
    return embedded_below(prefix, count);
}

size_t wording_examples(const char *name)
{
    size_t count;

    return examples_of(name, &count) ? count : 0;
}

/* The one without a face of its own comes first. */
json_t *wording_example(const char *name, size_t i)
{
    size_t count, plain = 0;
    const struct embedded_file *files = examples_of(name, &count);
    char path[80];

    if (!files || i >= count)
        return json_object();
    snprintf(path, sizeof path, "examples/mail.%.40s.json", name);
    while (plain < count && strcmp(files[plain].name, path) != 0)
        plain++;
    if (plain < count)
        i = i == 0 ? plain : i <= plain ? i - 1 : i;
    return json_loadb(files[i].bytes, files[i].length, 0, NULL);
}

/* ---- Their shape ---- */

static void blend(json_t *shape, const char *name, const json_t *value)
{
    json_t *inner = json_object_get(shape, name), *one;
    const char *key;
    size_t i;

    if (!json_is_object(inner)) {
        inner = json_is_object(value) || json_is_array(value) ? json_object() : json_true();
        json_object_set_new(shape, name, inner);
    }
    if (json_is_object(value))
        json_object_foreach((json_t *)(uintptr_t)value, key, one) blend(inner, key, one);
    json_array_foreach((json_t *)(uintptr_t)value, i, one) if (json_is_object(one)) json_object_foreach(one, key, value)
        blend(inner, key, value);
}

static json_t *shape_of(const char *name)
{
    const struct embedded_file *common = embedded_find("examples/common.json");
    json_t *shape = json_object(), *every = common ? json_loadb(common->bytes, common->length, 0, NULL) : NULL, *value;
    const char *key;

    blend(shape, "lang", json_object_get(every, "lang"));
    blend(shape, "brand", json_object_get(every, "brand"));
    json_decref(every);
    for (size_t i = 0; i < wording_examples(name); i++) {
        json_t *example = wording_example(name, i);

        json_object_foreach(example, key, value) blend(shape, key, value);
        json_decref(example);
    }
    return shape;
}

/* ---- What the file's words name ---- */

static const json_t *look_up(const struct wording_scope *scope, const char *name)
{
    char part[60];
    const json_t *found = NULL;
    size_t length = strcspn(name, ".");

    snprintf(part, sizeof part, "%.*s", (int)length, name);
    for (size_t i = scope->depth; i-- > 0 && !found;)
        found = json_object_get(scope->inside[i], part);
    for (; found && name[length]; found = json_object_get(found, part)) {
        name += length + 1;
        length = strcspn(name, ".");
        snprintf(part, sizeof part, "%.*s", (int)length, name);
    }
    return found;
}

const json_t *wording_meaning(struct wording_scope *scope, enum template_use use, const char *name)
{
    const json_t *found = strcmp(name, ".") == 0 ? scope->inside[scope->depth - 1] : look_up(scope, name);

    if (use == TEMPLATE_END)
        scope->depth -= scope->depth > 1;
    else if ((use == TEMPLATE_SECTION || use == TEMPLATE_INVERTED) && scope->depth < WORDING_DEEP)
        scope->inside[scope->depth++] = use == TEMPLATE_SECTION && json_is_object(found) ? found : NULL;
    return found;
}

struct collecting {
    struct wording_fields *fields;
    struct wording_scope scope;
    bool html;
};

static void collect(void *arg, enum template_use use, const char *name)
{
    struct collecting *c = arg;
    const json_t *found = wording_meaning(&c->scope, use, name);

    if (use == TEMPLATE_END || strcmp(name, ".") == 0)
        return;
    json_object_set_new(use == TEMPLATE_PARTIAL ? c->fields->parts : c->fields->written, name, json_true());
    if (use != TEMPLATE_PARTIAL && !found)
        json_object_set_new(c->fields->own, name, json_true());
    if (use == TEMPLATE_RAW && c->html)
        json_object_set_new(c->fields->raw, name, json_true());
}

static int drop(struct wording_fields *f)
{
    json_decref(f->shape);
    json_decref(f->own);
    json_decref(f->raw);
    json_decref(f->parts);
    json_decref(f->written);
    return 0;
}

static const char *const MAIL_PARTS[] = {"part/mail_head", "part/mail_foot", "part/mail_sign"}; /* of every mail */

struct wording_fields *wording_fields_of(void *mem, const struct brand *b, const char *name)
{
    struct wording_fields *f = talloc_zero(mem, struct wording_fields);
    struct template *parsed;
    struct wording file;
    struct problem why;

    *f = (struct wording_fields){shape_of(name), json_object(), json_object(), json_object(), json_object()};
    talloc_set_destructor(f, drop);
    wording_file(f, b, name, VIEW_LANGUAGE[0], &file);
    for (size_t i = 0; i < count_of(MAIL_PARTS); i++)
        json_object_set_new(f->parts, MAIL_PARTS[i], json_true());
    for (enum wording_part part = 0; part < WORDING_PARTS; part++)
        if (wording_parse(f, b, &file, part, &parsed, &why) == DONE) {
            struct collecting c = {f, {{f->shape}, 1}, part == WORDING_HTML_PART};

            template_names(parsed, collect, &c);
        }
    return f;
}

/* ---- Parsing ---- */

struct parsing {
    const struct brand *brand;
    const char *language;
};

static const char *partial(void *arg, const char *name)
{
    char path[160];

    snprintf(path, sizeof path, "%s.html", name);
    return brand_view_bytes(((struct parsing *)arg)->brand, path);
}

/* Of the parts that it calls. */
static const char *translate(void *arg, const char *text)
{
    return i18n(((struct parsing *)arg)->language, text);
}

enum outcome wording_parse(void *mem, const struct brand *b, const struct wording *w, enum wording_part part,
                           struct template **parsed, struct problem *why)
{
    struct parsing p = {b, w->language};
    const struct template_source source = {partial, translate, &p};
    enum outcome o = template_parse(mem, w->name, wording_part(w, part), &source, parsed, why);
    struct problem said = *why;

    if (o == REFUSED)
        return problem_set(why, PROBLEM_WORDING_TAG, WORDING_FIELD[part], "%s", said.detail);
    return o;
}
