/* Forms as they come from browsers and from those who are none: decoded, checked field by field, every fault told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "net/form.h"
#include "net/http_parts.h"

#include <stdio.h>
#include <string.h>
#include <talloc.h>

static void *mem;

static int begin(void **state)
{
    (void)state;
    mem = talloc_new(NULL);
    return 0;
}

static int end(void **state)
{
    (void)state;
    talloc_free(mem);
    return 0;
}

/* ---- Splitting ---- */

static void a_body_is_split_into_pairs(void **state)
{
    (void)state;
    char many[200 * 4 + 5], *to = many;
    static const struct {
        const char *body;
        enum outcome outcome;
        const char *pairs; /* "name=value;" as read */
    } rows[] = {
        {"", DONE, ""},
        {"a=1&b=2", DONE, "a=1;b=2;"},
        {"&&a=1&", DONE, "a=1;"},
        {"a", DONE, "a=;"},
        {"a&b", DONE, "a=;b=;"},
        {"=x", DONE, "=x;"},
        {"a=b=c", DONE, "a=b=c;"},
        {"nome=Perch%C3%A9+no%3F", DONE, "nome=Perché no?;"},
        {"a%26b=c%3Dd", DONE, "a&b=c=d;"},
        {"a=1&a=2", DONE, "a=1;a=2;"},
        {"a=%", REFUSED, NULL},
        {"a=%4", REFUSED, NULL},
        {"a=%4&b=1", REFUSED, NULL},
        {"a=%zz", REFUSED, NULL},
        {"%=1", REFUSED, NULL},
    };

    for (size_t i = 0; i < count_of(rows); i++) {
        struct problem why = {0};
        struct form form;
        char read[200] = "";
        enum outcome outcome = form_decode(mem, rows[i].body, strlen(rows[i].body), &form, &why);

        if (outcome != rows[i].outcome)
            fail_msg("%s: outcome %d", rows[i].body, outcome);
        if (outcome == REFUSED) {
            assert_int_equal(why.code, PROBLEM_BAD_REQUEST);
            continue;
        }
        for (size_t p = 0; p < form.count; p++) {
            assert_int_equal(strlen(form.pair[p].value), form.pair[p].value_length);
            assert_int_equal(strlen(form.pair[p].name), form.pair[p].name_length);
            snprintf(read + strlen(read), sizeof read - strlen(read), "%s=%s;", form.pair[p].name, form.pair[p].value);
        }
        assert_string_equal(read, rows[i].pairs);
    }
    for (int i = 0; i < 200; i++)
        to = stpcpy(to, "a=1&");
    struct form form;
    assert_int_equal(form_decode(mem, many, strlen(many), &form, NULL), DONE);
    assert_int_equal(form.count, 200);
    stpcpy(to, "b=1");
    assert_int_equal(form_decode(mem, many, strlen(many), &form, NULL), REFUSED);
    assert_int_equal(form_decode(mem, "a=%00b", 6, &form, NULL), DONE);
    assert_int_equal(form.pair[0].value_length, 2);
}

static void the_first_value_of_a_name_is_found(void **state)
{
    (void)state;
    struct form form;

    assert_int_equal(form_decode(mem, "a=1&b=2&b=3", 11, &form, NULL), DONE);
    assert_string_equal(form_value(&form, "b"), "2");
    assert_null(form_value(&form, "c"));
}

/* ---- Checking ---- */

enum colour { RED = 7, BLUE = 9 };
static const struct form_choice COLOURS[] = {{"rosso", RED}, {"blu", BLUE}, {NULL, 0}};

struct all_kinds {
    int64_t years;
    const char *name, *note, *password;
    int colour;
    bool agreed;
    struct day born;
    struct money price;
};

static const struct form_field FIELDS[] = {
    FORM_INT(struct all_kinds, years, "anni", .min = 1, .max = 10, .optional = true),
    FORM_TEXT(struct all_kinds, name, "nome", .min = 2, .max = 10, .optional = true),
    FORM_TEXT(struct all_kinds, note, "nota", .max = 50, .lines = true, .optional = true),
    FORM_TEXT(struct all_kinds, password, "password", .secret = true, .optional = true),
    FORM_ENUM(struct all_kinds, colour, "colore", COLOURS, .optional = true),
    FORM_FLAG(struct all_kinds, agreed, "accetto"),
    FORM_DAY(struct all_kinds, born, "nascita", .optional = true),
    FORM_MONEY(struct all_kinds, price, "prezzo", .optional = true),
    FORM_IGNORE("invia"),
    FORM_END,
};

static const struct all_kinds BEFORE = {-1, "?", "?", "?", -1, true, {-1}, {-1}};

/* What the struct holds, in one line, so that a row of the table can say it. */
static const char *shown(const struct all_kinds *k)
{
    return talloc_asprintf(mem, "%lld|%s|%s|%s|%d|%d|%d|%lld", (long long)k->years, k->name, k->note, k->password,
                           k->colour, k->agreed, k->born.n, (long long)k->price.cents);
}

static const char *faults(const struct problems *all)
{
    char *text = talloc_strdup(mem, "");

    for (size_t i = 0; i < all->count; i++)
        text = talloc_asprintf_append(text, "%s:%s ", all->item[i].field, problem_slug(all->item[i].code));
    return text;
}

static void fields_are_checked_and_stored(void **state)
{
    (void)state;
    static const struct {
        const char *body, *shown, *faults;
    } rows[] = {
        {"", "-1|?|?|?|-1|0|-1|-1", ""},
        {"anni=3", "3|?|?|?|-1|0|-1|-1", ""},
        {"anni=+3+", "3|?|?|?|-1|0|-1|-1", ""}, /* blanks around */
        {"anni=", "-1|?|?|?|-1|0|-1|-1", ""},
        {"anni=0", NULL, "anni:out-of-range "},
        {"anni=11", NULL, "anni:out-of-range "},
        {"anni=-1", NULL, "anni:out-of-range "},
        {"anni=9223372036854775807", NULL, "anni:out-of-range "},
        {"anni=-9223372036854775808", NULL, "anni:out-of-range "},
        {"anni=9223372036854775808", NULL, "anni:not-a-number "},
        {"anni=-9223372036854775809", NULL, "anni:not-a-number "},
        {"anni=99999999999999999999999", NULL, "anni:not-a-number "},
        {"anni=%2B3", NULL, "anni:not-a-number "},
        {"anni=3.0", NULL, "anni:not-a-number "},
        {"anni=0x3", NULL, "anni:not-a-number "},
        {"anni=3a", NULL, "anni:not-a-number "},
        {"anni=-", NULL, "anni:not-a-number "},
        {"anni=3%00", NULL, "anni:not-text "},
        {"anni=%EF%BC%93", NULL, "anni:not-a-number "}, /* a full-width 3 */
        {"anni=1&anni=2", NULL, "anni:repeated-field "},
        {"nome=++Ada++L.++", "-1|Ada L.|?|?|-1|0|-1|-1", ""},
        {"nome=A", NULL, "nome:out-of-range "},
        {"nome=%C3%A0%C3%A0%C3%A0%C3%A0%C3%A0%C3%A0%C3%A0%C3%A0%C3%A0%C3%A0", "-1|àààààààààà|?|?|-1|0|-1|-1", ""},
        {"nome=12345678901", NULL, "nome:too-long "},
        {"nome=a%00b", NULL, "nome:not-text "},
        {"nome=a%0Ab", NULL, "nome:not-text "},
        {"nome=a%C0%80", NULL, "nome:not-text "},
        {"nome=a%FF", NULL, "nome:not-text "},
        {"nota=+uno%0D%0Adue%0D%0A", "-1|?|uno\ndue|?|-1|0|-1|-1", ""},
        {"nota=uno%0Ddue%0A%0Atre", "-1|?|uno\ndue\n\ntre|?|-1|0|-1|-1", ""},
        {"nota=uno%0A%1Bdue", NULL, "nota:not-text "},
        {"nota=uno%00%0Adue", NULL, "nota:not-text "},
        {"password=+a++b+", "-1|?|?| a  b |-1|0|-1|-1", ""},
        {"password=a%07b", NULL, "password:not-text "},
        {"colore=blu", "-1|?|?|?|9|0|-1|-1", ""},
        {"colore=blus", NULL, "colore:not-a-choice "},
        {"colore=bl", NULL, "colore:not-a-choice "},
        {"accetto=on", "-1|?|?|?|-1|1|-1|-1", ""},
        {"accetto=1", "-1|?|?|?|-1|1|-1|-1", ""},
        {"accetto=0", "-1|?|?|?|-1|0|-1|-1", ""},
        {"accetto=forse", NULL, "accetto:not-a-choice "},
        {"nascita=1970-01-11", "-1|?|?|?|-1|0|10|-1", ""},
        {"nascita=11/01/1970", "-1|?|?|?|-1|0|10|-1", ""},
        {"nascita=11-01-1970", "-1|?|?|?|-1|0|10|-1", ""},
        {"nascita=30/02/2027", NULL, "nascita:not-a-date "},
        {"nascita=domani", NULL, "nascita:not-a-date "},
        {"prezzo=30,50", "-1|?|?|?|-1|0|-1|3050", ""},
        {"prezzo=30", "-1|?|?|?|-1|0|-1|3000", ""},
        {"prezzo=30,5", "-1|?|?|?|-1|0|-1|3050", ""},
        {"prezzo=30.50", "-1|?|?|?|-1|0|-1|3050", ""},
        {"prezzo=1.234,50", "-1|?|?|?|-1|0|-1|123450", ""},
        {"prezzo=1.234", "-1|?|?|?|-1|0|-1|123400", ""},
        {"prezzo=1.234.567,89", "-1|?|?|?|-1|0|-1|123456789", ""},
        {"prezzo=1234,50", "-1|?|?|?|-1|0|-1|123450", ""},
        {"prezzo=12.34,50", NULL, "prezzo:money-format "},
        {"prezzo=1.2345", NULL, "prezzo:money-format "},
        {"prezzo=.234", NULL, "prezzo:money-format "},
        {"prezzo=1,234.50", NULL, "prezzo:money-format "},
        {"prezzo=30,505", NULL, "prezzo:money-format "},
        {"prezzo=-30", NULL, "prezzo:money-format "},
        {"prezzo=30 €", NULL, "prezzo:money-format "},
        {"prezzo=,", NULL, "prezzo:money-format "},
        {"prezzo=1e3", NULL, "prezzo:money-format "},
        {"prezzo=99999999999999999999999", NULL, "prezzo:money-format "},
        {"invia=S%C3%AC&anni=2", "2|?|?|?|-1|0|-1|-1", ""},
        {"extra=1", NULL, "extra:unknown-field "},
        {"%0A=1", NULL, ":unknown-field "},
        {"anni=x&nome=ok&colore=no&altro=1", "-1|ok|?|?|-1|0|-1|-1",
         "anni:not-a-number colore:not-a-choice altro:unknown-field "},
    };

    for (size_t i = 0; i < count_of(rows); i++) {
        struct all_kinds kinds = BEFORE;
        struct problems all = {0};
        struct form form;

        assert_int_equal(form_decode(mem, rows[i].body, strlen(rows[i].body), &form, NULL), DONE);
        enum outcome outcome = form_check(mem, FIELDS, &form, &kinds, &all);
        if (strcmp(faults(&all), rows[i].faults) != 0)
            fail_msg("%s: faults %s", rows[i].body, faults(&all));
        assert_int_equal(outcome, all.count ? REFUSED : DONE);
        if (rows[i].shown && strcmp(shown(&kinds), rows[i].shown) != 0)
            fail_msg("%s: got %s", rows[i].body, shown(&kinds));
    }
}

static void what_is_required_is_asked_for(void **state)
{
    (void)state;
    static const struct form_field REQUIRED[] = {FORM_INT(struct all_kinds, years, "anni"),
                                                 FORM_TEXT(struct all_kinds, name, "nome"),
                                                 FORM_ENUM(struct all_kinds, colour, "colore", COLOURS), FORM_END};
    struct all_kinds kinds = BEFORE;
    struct problems all = {0};
    struct form form;

    assert_int_equal(form_decode(mem, "anni=&nome=++", 13, &form, NULL), DONE);
    assert_int_equal(form_check(mem, REQUIRED, &form, &kinds, &all), REFUSED);
    assert_string_equal(faults(&all), "anni:required nome:required colore:required ");
    all = (struct problems){0};
    json_t *nothing = json_object();
    assert_int_equal(form_check_json(mem, REQUIRED, nothing, &kinds, &all), REFUSED);
    json_decref(nothing);
    assert_string_equal(faults(&all), "anni:required nome:required colore:required ");
}

static void json_members_are_checked_by_their_types(void **state)
{
    (void)state;
    static const struct {
        const char *json, *shown, *faults;
    } rows[] = {
        {"{}", "-1|?|?|?|-1|0|-1|-1", ""},
        {"{\"anni\":3,\"nome\":\" Ada "
         "\",\"colore\":\"rosso\",\"accetto\":true,\"nascita\":\"1970-01-11\",\"prezzo\":3050}",
         "3|Ada|?|?|7|1|10|3050", ""},
        {"{\"anni\":null,\"nome\":null}", "-1|?|?|?|-1|0|-1|-1", ""},
        {"{\"anni\":\"3\"}", NULL, "anni:not-a-number "},
        {"{\"anni\":3.0}", NULL, "anni:not-a-number "},
        {"{\"anni\":11}", NULL, "anni:out-of-range "},
        {"{\"nome\":3}", NULL, "nome:not-text "},
        {"{\"nome\":[\"Ada\"]}", NULL, "nome:not-text "},
        {"{\"accetto\":1}", NULL, "accetto:not-a-choice "},
        {"{\"colore\":{}}", NULL, "colore:not-a-choice "},
        {"{\"nascita\":\"11/01/1970\"}", NULL, "nascita:not-a-date "},
        {"{\"prezzo\":\"30,50\"}", NULL, "prezzo:not-a-number "},
        {"{\"prezzo\":30.5}", NULL, "prezzo:not-a-number "},
        {"{\"prezzo\":-1}", NULL, "prezzo:out-of-range "},
        {"{\"prezzo\":9223372036854775807}", NULL, "prezzo:money-overflow "},
        {"{\"invia\":{\"a\":[1]},\"altro\":1}", NULL, "altro:unknown-field "},
    };

    for (size_t i = 0; i < count_of(rows); i++) {
        json_t *object = json_loads(rows[i].json, JSON_REJECT_DUPLICATES, NULL);
        struct all_kinds kinds = BEFORE;
        struct problems all = {0};

        assert_non_null(object);
        enum outcome outcome = form_check_json(mem, FIELDS, object, &kinds, &all);
        if (strcmp(faults(&all), rows[i].faults) != 0)
            fail_msg("%s: faults %s", rows[i].json, faults(&all));
        assert_int_equal(outcome, all.count ? REFUSED : DONE);
        if (rows[i].shown && strcmp(shown(&kinds), rows[i].shown) != 0)
            fail_msg("%s: got %s", rows[i].json, shown(&kinds));
        json_decref(object);
    }
}

static void more_faults_than_places_are_counted(void **state)
{
    (void)state;
    char body[40 * 8] = "";
    struct all_kinds kinds = BEFORE;
    struct problems all = {0};
    struct form form;

    for (int i = 0; i < 40; i++)
        snprintf(body + strlen(body), sizeof body - strlen(body), "x%d=1&", i);
    assert_int_equal(form_decode(mem, body, strlen(body), &form, NULL), DONE);
    assert_int_equal(form_check(mem, FIELDS, &form, &kinds, &all), REFUSED);
    assert_int_equal(all.count, 40);
}

/* ---- Uploads ---- */

#define PART(head, content)  "--XX\r\n" head "\r\n\r\n" content "\r\n"
#define FIELD(name, content) PART("Content-Disposition: form-data; name=\"" name "\"", content)
#define UPLOAD(name, file, content)                                                                                    \
    PART("Content-Disposition: form-data; name=\"" name "\"; filename=\"" file "\"\r\nContent-Type: application/pdf",  \
         content)

static void multipart_bodies_are_taken_apart(void **state)
{
    (void)state;
    static const struct {
        const char *what, *body;
        enum outcome outcome;
        const char *shown;
    } rows[] = {
        {"two fields", FIELD("a", "1") FIELD("b", "due\r\nrighe") "--XX--\r\n", DONE, "a=1;b=due\r\nrighe;"},
        {"an empty field", FIELD("a", "") "--XX--", DONE, "a=;"},
        {"a file", FIELD("a", "1") UPLOAD("f", "c:\\temp\\carta.pdf", "%PDF--XX\r\n--X") "--XX--\r\n", DONE,
         "a=1;f<carta.pdf,application/pdf,%PDF--XX\r\n--X>"},
        {"no file chosen", UPLOAD("f", "", "") "--XX--\r\n", DONE, ""},
        {"a name that climbs", UPLOAD("f", "../../etc/passwd", "x") "--XX--\r\n", DONE, "f<passwd,application/pdf,x>"},
        {"a name of control characters", UPLOAD("f", "a\tb", "x") "--XX--\r\n", DONE, "f<file,application/pdf,x>"},
        {"filename before name", PART("content-disposition: form-data; filename=\"q\"; name=\"f\"", "x") "--XX--\r\n",
         DONE, "f<q,,x>"},
        {"unquoted", PART("Content-Disposition: form-data; name=a", "1") "--XX--\r\n", DONE, "a=1;"},
        {"nothing", "", REFUSED, NULL},
        {"only the end", "--XX--\r\n", DONE, ""},
        {"cut short", FIELD("a", "1"), REFUSED, NULL},
        {"cut within a part", "--XX\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1", REFUSED, NULL},
        {"no blank line", "--XX\r\nContent-Disposition: form-data; name=\"a\"\r\n--XX--\r\n", REFUSED, NULL},
        {"no name", PART("Content-Disposition: form-data", "1") "--XX--\r\n", REFUSED, NULL},
        {"only a filename", PART("Content-Disposition: form-data; filename=\"f\"", "1") "--XX--\r\n", REFUSED, NULL},
        {"name within a filename", PART("Content-Disposition: form-data; filename=\"x; name=f\"", "1") "--XX--\r\n",
         REFUSED, NULL},
        {"no disposition", PART("Content-Type: text/plain", "1") "--XX--\r\n", REFUSED, NULL},
        {"another boundary", "--YY\r\n\r\n--YY--\r\n", REFUSED, NULL},
    };

    for (size_t i = 0; i < count_of(rows); i++) {
        /* On the heap at its exact size, so that a read past the end is noticed. */
        size_t length = strlen(rows[i].body), count = 0;
        char *body = talloc_memdup(mem, rows[i].body, length);
        const struct http_upload *uploads = NULL;
        char *read = talloc_strdup(mem, "");
        struct form form = {0};
        enum outcome outcome =
            multipart_decode(mem, body, length, "multipart/form-data; boundary=XX", &form, &uploads, &count, NULL);

        if (outcome != rows[i].outcome)
            fail_msg("%s: outcome %d", rows[i].what, outcome);
        for (size_t p = 0; outcome == DONE && p < form.count; p++)
            read = talloc_asprintf_append(read, "%s=%s;", form.pair[p].name, form.pair[p].value);
        for (size_t p = 0; outcome == DONE && p < count; p++)
            read =
                talloc_asprintf_append(read, "%s<%s,%s,%.*s>", uploads[p].field, uploads[p].filename,
                                       uploads[p].content_type, (int)uploads[p].length, (const char *)uploads[p].bytes);
        if (rows[i].shown && strcmp(read, rows[i].shown) != 0)
            fail_msg("%s: got %s", rows[i].what, read);
    }
}

static void multipart_is_bounded(void **state)
{
    (void)state;
    static const struct {
        const char *part, *type;
        size_t most;
    } rows[] = {{FIELD("a", "1"), "multipart/form-data; boundary=\"XX\"", 200},
                {UPLOAD("a", "f", "1"), "multipart/form-data;boundary=XX", HTTP_UPLOADS}};

    for (size_t i = 0; i < count_of(rows); i++) {
        for (size_t extra = 0; extra < 2; extra++) {
            char *body = talloc_strdup(mem, "");
            const struct http_upload *uploads;
            struct form form;
            size_t count;

            for (size_t n = 0; n < rows[i].most + extra; n++)
                body = talloc_strdup_append(body, rows[i].part);
            body = talloc_strdup_append(body, "--XX--\r\n");
            assert_int_equal(multipart_decode(mem, body, strlen(body), rows[i].type, &form, &uploads, &count, NULL),
                             extra ? REFUSED : DONE);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_body_is_split_into_pairs),
        cmocka_unit_test(the_first_value_of_a_name_is_found),
        cmocka_unit_test(fields_are_checked_and_stored),
        cmocka_unit_test(what_is_required_is_asked_for),
        cmocka_unit_test(json_members_are_checked_by_their_types),
        cmocka_unit_test(more_faults_than_places_are_counted),
        cmocka_unit_test(multipart_bodies_are_taken_apart),
        cmocka_unit_test(multipart_is_bounded),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
