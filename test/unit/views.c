/* Every view with its example data (test/data/views), as the program renders it, in both languages: whole HTML, nothing
 * left of the template, nothing from the data that could be taken for markup. */
#include "shop/views.h"
#include "base/embedded.h"
#include "base/i18n.h"
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libxml/HTMLparser.h>
#include <libxml/xmlerror.h>
#include <talloc.h>

struct example {
    char *name; /* "cart.empty", "mail.order_settled" */
    char *stem; /* "page/cart", "mail/order_settled" */
    bool is_mail;
    json_t *data;
};

struct world {
    struct brands brands;
    struct views *views;
    struct example *examples; /* owned by the world, in no order */
    size_t count;
};

static json_t *load(void *mem, const char *name)
{
    const char *source = getenv("CASELLA_SOURCE") ? getenv("CASELLA_SOURCE") : ".";
    char *path = talloc_asprintf(mem, "%s/test/data/views/%s.json", source, name);
    json_error_t error;
    json_t *data = json_load_file(path, 0, &error);

    if (!data)
        fail_msg("%s:%d: %s", path, error.line, error.text);
    return data;
}

static void add_example(struct world *w, const char *name)
{
    struct example *e;
    bool is_mail = strncmp(name, "mail.", 5) == 0;
    const char *stem = is_mail ? name + 5 : name;

    w->examples = talloc_realloc(w, w->examples, struct example, (unsigned)(w->count + 1));
    e = &w->examples[w->count++];
    *e = (struct example){.name = talloc_strdup(w, name), .is_mail = is_mail};
    e->stem = talloc_asprintf(w, "%s/%.*s", is_mail ? "mail" : "page", (int)strcspn(stem, "."), stem);
    e->data = load(w, "common");
    json_t *own = load(w, name);
    json_object_update(e->data, own);
    json_decref(own);
}

static int set_up(void **state)
{
    const char *source = getenv("CASELLA_SOURCE") ? getenv("CASELLA_SOURCE") : ".";
    struct world *w = talloc_zero(NULL, struct world);
    const struct embedded_file *english = embedded_find("po/en.mo");
    DIR *folder = opendir(talloc_asprintf(w, "%s/test/data/views", source));
    struct problem why = {0};

    assert_non_null(folder);
    for (struct dirent *file; (file = readdir(folder));) {
        char *end = strstr(file->d_name, ".json");

        if (!end || strcmp(file->d_name, "common.json") == 0)
            continue;
        *end = '\0';
        add_example(w, file->d_name);
    }
    closedir(folder);
    assert_true(english && i18n_add("en", english->bytes, english->length));
    if (brands_load(w, NULL, &w->brands, &why) != DONE || views_load(w, &w->brands, &w->views, &why) != DONE)
        fail_msg("%s", why.detail);
    *state = w;
    return 0;
}

static int tear_down(void **state)
{
    struct world *w = *state;

    for (size_t i = 0; i < w->count; i++)
        json_decref(w->examples[i].data);
    talloc_free(w);
    xmlCleanupParser();
    return 0;
}

static char *render(struct world *w, const struct example *e, const json_t *data, const char *language,
                    const char *suffix)
{
    char *name = talloc_asprintf(w, "%s.%s", e->stem, suffix);
    const struct template *view = view_find(w->views, brand_by_id(&w->brands, "legalmail"), language, name);
    struct text_buffer out = text_buffer(w);

    if (!view)
        fail_msg("%s: there is no view %s", e->name, name);
    template_render(view, data, &out);
    assert_true(text_is_utf8(out.bytes, out.length));
    return out.bytes;
}

/* ---- Whole HTML ---- */

struct reading {
    const char *name, *language;
    int faults;
};

static void complain(void *arg, xmlErrorPtr error)
{
    struct reading *r = arg;

    if (error->code == XML_HTML_UNKNOWN_TAG) /* it knows HTML 4; <nav> and <main> are younger */
        return;
    print_error("%s, %s, line %d: %s", r->name, r->language, error->line, error->message);
    r->faults++;
}

static void check_ids(xmlNode *node, json_t *seen, struct reading *r)
{
    for (; node; node = node->next) {
        xmlChar *id = node->type == XML_ELEMENT_NODE ? xmlGetProp(node, (const xmlChar *)"id") : NULL;

        if (id && json_object_get(seen, (const char *)id)) {
            print_error("%s, %s: id %s twice\n", r->name, r->language, id);
            r->faults++;
        }
        if (id)
            json_object_set_new(seen, (const char *)id, json_true());
        xmlFree(id);
        check_ids(node->children, seen, r);
    }
}

static int html_faults(const char *name, const char *language, const char *html)
{
    struct reading r = {name, language, 0};
    json_t *ids = json_object();
    xmlDoc *doc;

    xmlSetStructuredErrorFunc(&r, complain);
    doc = htmlReadMemory(html, (int)strlen(html), NULL, "UTF-8", HTML_PARSE_NONET);
    xmlSetStructuredErrorFunc(NULL, NULL);
    assert_non_null(doc);
    check_ids(xmlDocGetRootElement(doc), ids, &r);
    xmlFreeDoc(doc);
    json_decref(ids);
    return r.faults;
}

static int left_over(const struct example *e, const char *language, const char *suffix, const char *text)
{
    static const char *const TAGS[] = {"{{", "}}"};

    for (size_t i = 0; i < count_of(TAGS); i++)
        if (strstr(text, TAGS[i])) {
            print_error("%s.%s, %s: %.60s\n", e->name, suffix, language, strstr(text, TAGS[i]));
            return 1;
        }
    return 0;
}

/* Plurals of one thing, and "a" where it would be "ad". */
static int clumsy(const struct example *e, const char *text)
{
    static const char *const WORDS[] = {"1 giorni", "1 anni",    "1 mesi",         "1 ore ",
                                        "1 minuti", "1 caselle", " a assistenza@", " a <a href=\"mailto:assistenza@"};
    int faults = 0;

    for (size_t i = 0; i < count_of(WORDS); i++)
        for (const char *at = text; (at = strstr(at, WORDS[i])); at++)
            if (at == text || !strchr("0123456789.,/", at[-1])) {
                print_error("%s: %.60s\n", e->name, at);
                faults++;
            }
    return faults;
}

static void every_view_is_whole_html(void **state)
{
    struct world *w = *state;
    int faults = 0;

    for (size_t i = 0; i < w->count; i++)
        for (size_t l = 0; l < VIEW_LANGUAGES; l++) {
            const struct example *e = &w->examples[i];
            char *html, *lang = talloc_asprintf(w, "lang=\"%s\"", VIEW_LANGUAGE[l]);

            json_object_set_new(e->data, "lang", json_string(VIEW_LANGUAGE[l]));
            html = render(w, e, e->data, VIEW_LANGUAGE[l], "html");
            faults += left_over(e, VIEW_LANGUAGE[l], "html", html) + clumsy(e, html);
            faults += html_faults(e->name, VIEW_LANGUAGE[l], html);
            if (strncmp(html, "<!DOCTYPE html>", 15) != 0 || !strstr(html, lang)) {
                print_error("%s: not a page in %s: %.60s\n", e->name, VIEW_LANGUAGE[l], html);
                faults++;
            }
        }
    assert_true(w->count > 30);
    assert_int_equal(faults, 0);
}

/* A mail's plain text and subject: no entities, one line of subject. */
static void mails_are_plain_text(void **state)
{
    static const char *const SUFFIX[] = {"subject", "txt"}, *const HTML[] = {"&amp;", "&#", "&quot;", "&lt;", "</"};
    struct world *w = *state;
    int faults = 0, mails = 0;

    for (size_t i = 0; i < w->count; i++)
        for (size_t k = 0; k < VIEW_LANGUAGES * count_of(SUFFIX) && w->examples[i].is_mail; k++) {
            const struct example *e = &w->examples[i];
            const char *suffix = SUFFIX[k % 2], *language = VIEW_LANGUAGE[k / 2];
            char *text;

            json_object_set_new(e->data, "name", json_string("D'Amico & \"Figli\" <srl>"));
            text = render(w, e, e->data, language, suffix);
            faults += left_over(e, language, suffix, text) + clumsy(e, text);
            for (size_t h = 0; h < count_of(HTML); h++)
                if (strstr(text, HTML[h])) {
                    print_error("%s.%s, %s: %s\n", e->name, suffix, language, HTML[h]);
                    faults++;
                }
            if (text_is_blank(text) || (k % 2 == 0 && strcspn(text, "\n") + 1 < strlen(text))) {
                print_error("%s.%s, %s: «%s»\n", e->name, suffix, language, text);
                faults++;
            }
            mails++;
        }
    assert_true(mails >= 5 * VIEW_LANGUAGES * 2);
    assert_int_equal(faults, 0);
}

/* ---- Hostile data ---- */

/* What the program draws itself: qr_svg, plot_svg. */
static bool is_drawing(const char *key)
{
    size_t length = strlen(key);

    return length > 4 && strcmp(key + length - 4, "_svg") == 0;
}

/* Marks every text but the picture that is markup itself. */
static json_t *marked(const char *key, const json_t *value)
{
    const char *name;
    json_t *item, *copy;
    size_t at;

    if (json_is_object(value)) {
        copy = json_object();
        json_object_foreach((json_t *)value, name, item) json_object_set_new(copy, name, marked(name, item));
    } else if (json_is_array(value)) {
        copy = json_array();
        json_array_foreach(value, at, item) json_array_append_new(copy, marked(key, item));
    } else if (json_is_string(value) && !is_drawing(key) && json_string_length(value) > 0) {
        copy = json_sprintf("%s\"'><hostile>", json_string_value(value));
    } else {
        copy = json_copy((json_t *)value);
    }
    return copy;
}

static void data_is_never_markup(void **state)
{
    struct world *w = *state;
    int faults = 0, shown = 0;

    for (size_t i = 0; i < w->count; i++) {
        const struct example *e = &w->examples[i];
        json_t *data = marked("", e->data);
        char *html = render(w, e, data, "it", "html"), *raw = strstr(html, "<hostile");

        if (raw) {
            print_error("%s: byte %zu: %.40s\n", e->name, (size_t)(raw - html), raw);
            faults++;
        }
        shown += strstr(html, "&gt;&lt;hostile&gt;") != NULL;
        faults += html_faults(e->name, "hostile", html);
        json_decref(data);
    }
    assert_int_equal(faults, 0);
    assert_int_equal(shown, w->count); /* each shows some of what it was given */
}

/* ---- Languages, and nothing forgotten ---- */

static void english_is_another_text(void **state)
{
    struct world *w = *state;

    for (size_t i = 0; i < w->count; i++) {
        const struct example *e = &w->examples[i];

        if (strcmp(render(w, e, e->data, "it", "html"), render(w, e, e->data, "en", "html")) == 0)
            fail_msg("%s: the same in both languages", e->name);
    }
}

static void every_view_has_an_example(void **state)
{
    struct world *w = *state;
    size_t count, missing = 0;
    const struct embedded_file *file = embedded_below("views/", &count);

    for (size_t i = 0; i < count; i++) {
        const char *name = file[i].name + strlen("views/"), *dot = strrchr(name, '.');
        bool found = strncmp(name, "part/", 5) == 0;

        for (size_t k = 0; k < w->count && !found; k++)
            found = strlen(w->examples[k].stem) == (size_t)(dot - name) &&
                    strncmp(w->examples[k].stem, name, (size_t)(dot - name)) == 0;
        if (!found)
            print_error("%s has no example data\n", name);
        missing += !found;
    }
    assert_true(count > 40);
    assert_int_equal(missing, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_view_is_whole_html),  cmocka_unit_test(mails_are_plain_text),
        cmocka_unit_test(data_is_never_markup),      cmocka_unit_test(english_is_another_text),
        cmocka_unit_test(every_view_has_an_example),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
