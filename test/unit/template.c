/* Mustache's own specification, then what we add to it: translations, bad templates named by line, bounds. */
#include "base/template.h"
#include "base/day.h"
#include "base/money.h"
#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <talloc.h>

static const char *partial_of_json(void *arg, const char *name)
{
    return json_string_value(json_object_get(arg, name));
}

static char *render(void *mem, const char *text, const struct template_source *source, const json_t *data)
{
    struct template *t;
    struct problem why;
    struct text_buffer out = text_buffer(mem);

    if (template_parse(mem, "prova", text, source, &t, &why) != DONE)
        return talloc_asprintf(mem, "refused: %s", why.detail);
    template_render(t, data, &out);
    return out.bytes;
}

static void specification(const char *file)
{
    char path[1024];
    json_t *all, *test;
    size_t i, run = 0, failed = 0;

    snprintf(path, sizeof path, "%s/../shared/data/mustache/%s.json",
             getenv("CASELLA_SOURCE") ? getenv("CASELLA_SOURCE") : ".", file);
    all = json_load_file(path, 0, NULL);
    if (!all) {
        print_message("no Mustache specification at %s: skipped\n", path);
        skip();
    }
    json_array_foreach(json_object_get(all, "tests"), i, test)
    {
        void *mem = talloc_new(NULL);
        struct template_source source = {.partial = partial_of_json, .arg = json_object_get(test, "partials")};
        const char *wanted = json_string_value(json_object_get(test, "expected"));
        char *got =
            render(mem, json_string_value(json_object_get(test, "template")), &source, json_object_get(test, "data"));

        run++;
        if (strcmp(got, wanted) != 0) {
            failed++;
            print_error("%s, %s:\nwanted «%s»\ngot    «%s»\n", file, json_string_value(json_object_get(test, "name")),
                        wanted, got);
        }
        talloc_free(mem);
    }
    json_decref(all);
    assert_true(run > 10);
    assert_int_equal(failed, 0);
}

static void spec_comments(void **state)
{
    (void)state, specification("comments");
}
static void spec_delimiters(void **state)
{
    (void)state, specification("delimiters");
}
static void spec_interpolation(void **state)
{
    (void)state, specification("interpolation");
}
static void spec_inverted(void **state)
{
    (void)state, specification("inverted");
}
static void spec_partials(void **state)
{
    (void)state, specification("partials");
}
static void spec_sections(void **state)
{
    (void)state, specification("sections");
}

/* A small English catalogue. */
static const char *english(void *arg, const char *text)
{
    static const char *const pairs[][2] = {
        {"Scade il {{day}}", "Expires on {{day}}"},
        {"\nDue\nrighe\n", "\nTwo\nlines\n"},
        {"{{#n}}Una{{/n}}{{^n}}Nessuna{{/n}}", "{{#n}}One{{/n}}{{^n}}None{{/n}}"},
        {"rotta", "{{#broken}}"},
        {"annidata", "{{#t}}x{{/t}}"},
        {"spazi", " {{! c }} "},
        {"latina", "\xe8"},
    };

    (void)arg;
    for (size_t i = 0; i < count_of(pairs); i++)
        if (strcmp(pairs[i][0], text) == 0)
            return pairs[i][1];
    return text;
}

static const char *files(void *arg, const char *name)
{
    static const char *const pairs[][2] = {
        {"row", "<li>{{#t}}Scade il {{day}}{{/t}}</li>\n"},
        {"lines", "a\n{{#t}}Due\nrighe{{/t}}\n{{day}} b\n"},
        {"self", "({{#next}}{{>self}}{{/next}})"},
        {"stairs", ".\n {{>stairs}}\n"},
        {"twins", "{{>twins}}{{>twins}}"},
        {"forest", " {{>forest}}\n\t{{>forest}}\n"},
        {"bad", "one\ntwo {{#x}}\n"},
    };

    (void)arg;
    for (size_t i = 0; i < count_of(pairs); i++)
        if (strcmp(pairs[i][0], name) == 0)
            return pairs[i][1];
    return NULL;
}

static const struct template_source ENGLISH = {.partial = files, .translate = english};

static void renders(void **state)
{
    static const struct {
        const char *text, *data, *wanted;
    } cases[] = {
        {"{{#t}}Scade il {{day}}{{/t}}.", "{\"day\":\"<1>\"}", "Expires on &lt;1&gt;."},
        {"{{# t }}non tradotta{{/ t }}", "{\"t\":false}", "non tradotta"},
        {"{{#t}}\nDue\nrighe\n{{/t}}\n", "{}", "\nTwo\nlines\n\n"},
        {"{{#t}}{{#n}}Una{{/n}}{{^n}}Nessuna{{/n}}{{/t}}", "{\"n\":1}", "One"},
        {"{{#t}}{{#n}}Una{{/n}}{{^n}}Nessuna{{/n}}{{/t}}", "{\"n\":0}", "None"},
        {"{{#t}}spazi{{/t}}|", "{}", "  |"},
        {"<ul>\n{{#l}}\n  {{>row}}\n{{/l}}\n</ul>", "{\"l\":[{\"day\":1},{\"day\":2}]}",
         "<ul>\n  <li>Expires on 1</li>\n  <li>Expires on 2</li>\n</ul>"},
        {"  {{>lines}}\n", "{\"day\":7}", "  a\n  Due\n  righe\n  7 b\n"},
        {"{{>self}}", "{\"next\":{\"next\":{\"next\":null}}}", "((()))"},
        {"{{>nobody}}!", "{}", "!"},
        {"{{a.b.c}}|{{a.x.c}}|{{a.b.c.d}}", "{\"a\":{\"b\":{\"c\":5}}}", "5||"},
        {"{{#a}}{{b.c}}{{/a}}", "{\"a\":{\"b\":{}},\"b\":{\"c\":\"outer\"}}", ""},
        {"{{i}} {{n}} {{r}} {{s}} {{b}} {{f}} {{z}}",
         "{\"i\":-9223372036854775808,\"n\":0,\"r\":1.21,\"s\":0.1,\"b\":true,\"f\":false,\"z\":null}",
         "-9223372036854775808 0 1.21 0.1 true false "},
        {"{{r}}", "{\"r\":0.30000000000000004}", "0.30000000000000004"},
        {"{{{h}}}{{&h}}{{h}}", "{\"h\":\"<'\\\"&>\"}", "<'\"&><'\"&>&lt;&#39;&quot;&amp;&gt;"},
        {"{{#e}}x{{/e}}{{^e}}vuoto{{/e}}", "{\"e\":\"\"}", "vuoto"},
        {"{{#o}}x{{/o}}", "{\"o\":{}}", "x"},
        {"{{#l}}{{#.}}{{.}},{{/.}};{{/l}}", "{\"l\":[[1,2],[3]]}", "1,2,;3,;"},
        {"{{.}}", "[1]", ""},
        {"{{=<% %>=}}<%#t%>Scade il {{day}}<%/t%>", "{}", "Expires on {{day}}"},
        {"€ {{x}} è", "{\"x\":\"à\"}", "€ à è"},
    };

    (void)state;
    for (size_t i = 0; i < count_of(cases); i++) {
        void *mem = talloc_new(NULL);
        json_t *data = json_loads(cases[i].data, 0, NULL);
        char *got;

        assert_non_null(data);
        got = render(mem, cases[i].text, &ENGLISH, data);
        /* &#39; and &#x27; are both right for an apostrophe. */
        for (char *x; (x = strstr(got, "&#x27;"));)
            memmove(memcpy(x, "&#39;", 5) + 5, x + 6, strlen(x + 6) + 1);
        assert_string_equal(got, cases[i].wanted);
        json_decref(data);
        talloc_free(mem);
    }
}

static void refuses(void **state)
{
    static const struct {
        const char *text, *wanted;
    } cases[] = {
        {"a\nb {{x", "prova, riga 2: un tag aperto e non chiuso"},
        {"\n\n{{{x}}", "prova, riga 3: un tag aperto e non chiuso"},
        {"{{#a}}\n{{#b}}\n{{/a}}", "prova, riga 3: {{/a}} dove si attende {{/b}}, aperta alla riga 2"},
        {"x\n{{#a}}\ny", "prova, riga 2: {{#a}} non è chiusa"},
        {"x\n\n{{/a}}", "prova, riga 3: {{/a}} non chiude niente"},
        {"{{ }}", "prova, riga 1: un tag senza nome"},
        {"{{a b}}", "prova, riga 1: un nome con uno spazio dentro"},
        {"{{a..b}}", "prova, riga 1: un nome con un punto di troppo"},
        {"{{a.b.c.d.e.f.g.h.i}}", "prova, riga 1: un nome con troppi punti"},
        {"{{=x=}}", "prova, riga 1: i delimitatori sono due, separati da uno spazio"},
        {"{{=<<<<<<<<< >>=}}", "prova, riga 1: delimitatori troppo lunghi"},
        {"\n{{#t}}x", "prova, riga 2: {{#t}} non è chiusa"},
        {"\n{{#t}}a{{#t}}b{{/t}}c{{/t}}", "prova, riga 2: {{#t}} dentro {{#t}}"},
        {"\n\n{{#t}}rotta{{/t}}", "prova, riga 3: {{#broken}} non è chiusa"},
        {"\n{{#t}}annidata{{/t}}", "prova, riga 2: {{#t}} dentro {{#t}}"},
        {"\n{{#t}}latina{{/t}}", "prova, riga 2: la traduzione non è testo UTF-8"},
        {"{{>bad}}", "bad, riga 2: {{#x}} non è chiusa"},
        {"\xff", "prova: non è testo UTF-8"},
        {" {{>forest}}\n", "forest, riga 1: troppi partial"},
    };

    (void)state;
    for (size_t i = 0; i < count_of(cases); i++) {
        void *mem = talloc_new(NULL);
        struct template *t = NULL;
        struct problem why = {0};

        assert_int_equal(template_parse(mem, "prova", cases[i].text, &ENGLISH, &t, &why), REFUSED);
        assert_int_equal(why.code, PROBLEM_CONFIG);
        if (i != count_of(cases) - 1) /* the last is refused wherever its count runs out */
            assert_string_equal(why.detail, cases[i].wanted);
        assert_int_equal(talloc_total_blocks(mem), 1);
        talloc_free(mem);
    }
}

static void deep_nesting_is_bounded(void **state)
{
    void *mem = talloc_new(NULL);
    struct text_buffer deep = text_buffer(mem);
    json_t *data = json_object(), *inner = data;
    char *got;

    (void)state;
    for (int i = 0; i < 33; i++)
        text_put(&deep, "{{#a}}");
    assert_non_null(strstr(render(mem, deep.bytes, NULL, NULL), "troppe sezioni"));
    for (int i = 0; i < 1000; i++) {
        json_t *next = json_object();
        json_object_set_new(inner, "next", next);
        json_object_set_new(next, "x", json_true());
        inner = next;
    }
    got = render(mem, "{{>self}}", &ENGLISH, data);
    assert_int_equal(strlen(got), 128); /* 64 levels of a partial and a section each */
    assert_true(strlen(render(mem, " {{>stairs}}\n", &ENGLISH, data)) < 128 * (64 + 3));
    json_decref(data);
    talloc_free(mem);
}

static void a_runaway_ends(void **state)
{
    void *mem = talloc_new(NULL);

    (void)state;
    assert_string_equal(render(mem, "{{>twins}}", &ENGLISH, NULL), "");
    talloc_free(mem);
}

/* The cap of 128 holds for lists inside lists as well, and each element is seen. */
static void lists_are_whole(void **state)
{
    void *mem = talloc_new(NULL);
    json_t *list = json_array(), *data = json_pack("{s:o}", "l", list);

    (void)state;
    for (int i = 0; i < 1000; i++)
        json_array_append_new(list, json_integer(i % 10));
    assert_int_equal(strlen(render(mem, "{{#l}}{{.}}{{/l}}", NULL, data)), 1000);
    json_decref(data);
    talloc_free(mem);
}

/* ---- Structs ---- */

struct line {
    const char *what;
    struct money amount;
};

struct sheet {
    const char *name, *none;
    char code[8];
    int few;
    int64_t many;
    bool yes, no;
    struct day day, unknown, never;
    struct money sum;
    struct line first, *second, *third, *lines;
    size_t line_count, empty_count;
};

static const struct view_field LINE[] = {
    VIEW_TEXT(struct line, what, "what"),
    VIEW_MONEY(struct line, amount, "amount"),
    VIEW_END,
};
static const struct view_field SHEET[] = {
    VIEW_TEXT(struct sheet, name, "name"),
    VIEW_TEXT(struct sheet, none, "none"),
    VIEW_CHARS(struct sheet, code, "code"),
    VIEW_INT(struct sheet, few, "few"),
    VIEW_INT64(struct sheet, many, "many"),
    VIEW_BOOL(struct sheet, yes, "yes"),
    VIEW_BOOL(struct sheet, no, "no"),
    VIEW_DAY(struct sheet, day, "day"),
    VIEW_DAY(struct sheet, unknown, "unknown"),
    VIEW_DAY(struct sheet, never, "never"),
    VIEW_MONEY(struct sheet, sum, "sum"),
    VIEW_STRUCT(struct sheet, first, "first", LINE),
    VIEW_POINTER(struct sheet, second, "second", LINE),
    VIEW_POINTER(struct sheet, third, "third", LINE),
    VIEW_LIST(struct sheet, lines, line_count, "lines", LINE),
    VIEW_LIST(struct sheet, lines, empty_count, "empty", LINE),
    VIEW_TEXT(struct sheet, name, "name_of_23_letters_long"),
    VIEW_END,
};

static void structs_are_read(void **state)
{
    static const struct {
        const char *text, *wanted;
    } CASE[] = {
        {"{{name}} {{{name}}} {{code}}", "Rossi &amp; Verdi Rossi & Verdi A1"},
        {"{{few}} {{many}} {{yes}} {{no}}", "-7 9000000000 true "},
        {"{{day}}|{{unknown}}|{{never}}|{{sum}}", "15/03/2027|||1.030,50 €"},
        {"{{#day}}a{{/day}}{{#unknown}}b{{/unknown}}{{^never}}c{{/never}}{{#sum}}d{{/sum}}", "acd"},
        {"{{#none}}a{{/none}}{{^none}}b{{/none}}{{none}}{{#no}}c{{/no}}{{#yes}}d{{/yes}}", "bd"},
        {"{{first.what}} {{#second}}{{what}} {{name}}{{/second}} {{third.what}}{{^third}}c{{/third}}",
         "uno due Rossi &amp; Verdi c"},
        {"{{#lines}}{{what}} {{amount}} {{few}};{{/lines}}{{#empty}}x{{/empty}}{{^empty}}-{{/empty}}",
         "uno 0,01 € -7;due 0,02 € -7;-"},
        {"{{#lines}}{{lines}}{{.}}{{what.what}}{{/lines}}{{first}}", ""},
        {"{{name_of_23_letters_long}} {{name_of_23_letters_long_}}{{nam}}{{names}}", "Rossi &amp; Verdi "},
        {"{{outer}} {{over}} {{#lines}}{{over}}{{/lines}} {{#list}}{{few}}{{.}}{{/list}}",
         "struct json jsonjson -71-72"},
    };
    static const struct view_field OUTER[] = {VIEW_TEXT(struct line, what, "outer"),
                                              VIEW_TEXT(struct line, what, "over"), VIEW_END};
    struct line lines[] = {{"uno", {1}}, {"due", {2}}}, outer = {"struct", {0}};
    struct sheet sheet = {.name = "Rossi & Verdi",
                          .code = "A1",
                          .few = -7,
                          .many = 9000000000,
                          .yes = true,
                          .day = day_of(2027, 3, 15),
                          .never = DAY_NEVER,
                          .sum = money(103050),
                          .first = lines[0],
                          .second = &lines[1],
                          .lines = lines,
                          .line_count = 2};
    struct view_struct structs[] = {{OUTER, &outer}, {NULL, NULL}, {SHEET, &sheet}};
    void *mem = talloc_new(NULL);
    json_t *data = json_pack("{s:s, s:[i, i]}", "over", "json", "list", 1, 2);

    (void)state;
    for (size_t i = 0; i < sizeof CASE / sizeof *CASE; i++) {
        struct template *t;
        struct problem why;
        struct text_buffer out = text_buffer(mem);

        assert_int_equal(template_parse(mem, "prova", CASE[i].text, NULL, &t, &why), DONE);
        template_render_structs(t, structs, 3, data, &out);
        assert_string_equal(out.bytes, CASE[i].wanted);
    }
    json_decref(data);
    talloc_free(mem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spec_comments),  cmocka_unit_test(spec_delimiters), cmocka_unit_test(spec_interpolation),
        cmocka_unit_test(spec_inverted),  cmocka_unit_test(spec_partials),   cmocka_unit_test(spec_sections),
        cmocka_unit_test(renders),        cmocka_unit_test(refuses),         cmocka_unit_test(deep_nesting_is_bounded),
        cmocka_unit_test(a_runaway_ends), cmocka_unit_test(lists_are_whole), cmocka_unit_test(structs_are_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
