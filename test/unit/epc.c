/* EPC069-12 payloads against the vectors of three other generators, and symbols read back by another program. */
#include "paper/epc.h"
#include "base/text.h"

#include <cairo.h>
#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>
#include <unistd.h>

#include <cmocka.h>

static char *shared(void *mem, const char *path)
{
    const char *source = getenv("CASELLA_SOURCE");

    return talloc_asprintf(mem, "%s/../shared/data/epcqr/%s", source ? source : ".", path);
}

static struct epc_transfer worked(void)
{
    return (struct epc_transfer){.version = 2,
                                 .charset = 1,
                                 .name = "ESEMPIO PEC SPA",
                                 .iban = "IT62C0326803203052886541770",
                                 .amount = {1098},
                                 .remittance = "RINNOVO PEC RLM95055 RIF 202600009505571"};
}

static void the_worked_examples(void **state)
{
    struct epc_transfer t = worked();
    struct problem why;
    char *payload;
    size_t length;

    (void)state;
    void *mem = talloc_new(NULL);
    assert_int_equal(epc_payload(mem, &t, &payload, &length, &why), DONE);
    assert_string_equal(payload, "BCD\n002\n1\nSCT\n\nESEMPIO PEC SPA\nIT62C0326803203052886541770\nEUR10.98\n\n\n"
                                 "RINNOVO PEC RLM95055 RIF 202600009505571");
    assert_int_equal(length, 110);
    t.remittance = NULL;
    t.reference = "RF522026000095055";
    assert_int_equal(epc_payload(mem, &t, &payload, &length, &why), DONE);
    assert_int_equal(length, 86);
    talloc_free(mem);
}

static void what_is_refused(void **state)
{
    static char text[400];
    const struct {
        const char *field;
        struct epc_transfer change;
    } ROWS[] = {
        {"version", {.version = 3}},
        {"charset", {.charset = 9}},
        {"charset", {.charset = 2, .name = "Łódź"}},
        {"bic", {.version = 1}},
        {"bic", {.bic = "BHBL1EHH"}},
        {"name", {.name = " "}},
        {"name", {.name = "A\nB"}},
        {"iban", {.iban = "IT61C0326803203052886541770"}},
        {"amount", {.amount = {-1}}},
        {"amount", {.amount = {100000000000}}},
        {"purpose", {.purpose = "gdds"}},
        {"reference", {.reference = "RF532026000095055"}},
        {"remittance", {.reference = "RF522026000095055"}}, /* beside the free text */
        {"information", {.information = "riga\nriga"}},
        {"payload",
         {.name = text + 400 - 1 - 140, .remittance = text + 400 - 1 - 280}}, /* each within its characters */
    };
    void *mem = talloc_new(NULL);

    (void)state;
    for (int i = 0; i < 398; i += 2)
        memcpy(text + 1 + i, "è", 2);
    for (size_t i = 0; i < count_of(ROWS); i++) {
        const struct epc_transfer *change = &ROWS[i].change;
        struct epc_transfer t = worked();
        struct problem why = {0};
        char *payload;
        size_t length;

        t.version = change->version ? change->version : t.version;
        t.charset = change->charset ? change->charset : t.charset;
        t.name = change->name ? change->name : t.name;
        t.iban = change->iban ? change->iban : t.iban;
        t.remittance = change->remittance ? change->remittance : t.remittance;
        t.amount = change->amount.cents ? change->amount : t.amount;
        t.bic = change->bic;
        t.purpose = change->purpose;
        t.reference = change->reference;
        t.information = change->information;
        if (epc_payload(mem, &t, &payload, &length, &why) != REFUSED || strcmp(why.field, ROWS[i].field) != 0)
            fail_msg("row %zu: %s expected, not \"%s\"", i, ROWS[i].field, why.field);
    }
    talloc_free(mem);
}

/* --- the shared vectors */

static const char *input(const json_t *inputs, const char *key, const char *otherwise)
{
    const json_t *value = json_object_get(inputs, key);

    return value ? json_string_value(value) : otherwise;
}

/* The amount as the source gives it, a text or a number. False where it is no amount of whole cents at all. */
static bool amount_of(const json_t *inputs, struct money *amount)
{
    const json_t *value = json_object_get(inputs, "amount");
    char text[64];

    if (!value)
        return true;
    if (json_is_string(value))
        snprintf(text, sizeof text, "%s", json_string_value(value));
    else
        snprintf(text, sizeof text, "%.12g", json_number_value(value));
    return money_parse(text, strlen(text), amount) == DONE;
}

static void qrcoder(const json_t *inputs, struct epc_transfer *t)
{
    const char *call = input(inputs, "generator", input(inputs, "exception", input(inputs, "payload", "")));
    const char *remittance = input(inputs, "remittanceInformation", NULL);
    bool structured = strstr(call, "TypeOfRemittance.Structured") != NULL;

    *t = (struct epc_transfer){.version = strstr(call, "Version2") ? 2 : 1,
                               .charset = strstr(call, "UTF_8") ? 1 : 2,
                               .bic = input(inputs, "bic", NULL),
                               .name = input(inputs, "name", NULL),
                               .iban = input(inputs, "iban", NULL),
                               .purpose = input(inputs, "purposeOfCreditTransfer", NULL),
                               .reference = structured ? remittance : NULL,
                               .remittance = structured ? NULL : remittance,
                               .information = input(inputs, "messageToGirocodeUser", NULL),
                               .every_line = true};
}

static void py_epc_qr(const json_t *inputs, struct epc_transfer *t)
{
    *t = (struct epc_transfer){.charset = 1,
                               .bic = input(inputs, "bic", ""),
                               .name = input(inputs, "name", NULL),
                               .iban = input(inputs, "iban", NULL),
                               .remittance = input(inputs, "remittance", NULL),
                               .every_line = true};
    t->version = *t->bic ? 1 : 2;
}

/* Its refusals name only what is wrong: the rest is that of a right one. The character set is the one it chose itself.
 */
static void segno(const json_t *inputs, const char *expected, struct epc_transfer *t)
{
    const json_t *encoding = json_object_get(inputs, "encoding");
    const char *reference = input(inputs, "reference", NULL);

    *t = (struct epc_transfer){.version = 2,
                               .charset = expected && strncmp(expected, "BCD\n002\n2\n", 10) == 0 ? 2 : 1,
                               .bic = input(inputs, "bic", NULL),
                               .name = input(inputs, "name", "François D'Alsace S.A."),
                               .iban = input(inputs, "iban", "FR1420041010050500013M02606"),
                               .amount = {1230},
                               .purpose = input(inputs, "purpose", NULL),
                               .reference = reference,
                               .remittance = reference ? NULL : input(inputs, "text", "Client:Marie Louise La Lune"),
                               .short_amount = true};
    if (encoding) /* names and other types have no place in an int */
        t->charset = json_is_integer(encoding) ? (int)json_integer_value(encoding) : 0;
}

static char *to_utf8(void *mem, const char *bytes, size_t length, int charset)
{
    struct text_buffer out = text_buffer(mem);

    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)bytes[i];
        char two[] = {(char)(0xC0 | c >> 6), (char)(0x80 | (c & 0x3F))};

        text_put_bytes(&out, charset == 2 && c >= 0x80 ? two : &bytes[i], charset == 2 && c >= 0x80 ? 2 : 1);
    }
    return out.bytes;
}

static bool one_vector(void *mem, const json_t *vector, const char *source)
{
    const json_t *inputs = json_object_get(vector, "inputs");
    const char *expected = json_string_value(json_object_get(vector, "payload"));
    bool right = strcmp(json_string_value(json_object_get(vector, "expect")), "ok") == 0;
    struct epc_transfer t;
    struct problem why = {0};
    char *payload;
    size_t length;
    enum outcome o = REFUSED;

    if (strstr(source, "QRCoder"))
        qrcoder(inputs, &t);
    else if (strstr(source, "qr_version"))
        py_epc_qr(inputs, &t);
    else
        segno(inputs, expected, &t);
    if (amount_of(inputs, &t.amount))
        o = epc_payload(mem, &t, &payload, &length, &why);
    if (o != (right ? DONE : REFUSED))
        fail_msg("%s: outcome %d, on field \"%s\"", source, o, why.field);
    if (right)
        assert_string_equal(to_utf8(mem, payload, length, t.charset), expected);
    return right;
}

static void the_vectors(void **state)
{
    void *mem = talloc_new(NULL);
    json_t *vectors = json_load_file(shared(mem, "vectors.json"), 0, NULL), *vector;
    size_t i, right = 0, wrong = 0;

    (void)state;
    if (!vectors) {
        print_message("the shared vectors are absent\n");
        talloc_free(mem);
        skip();
    }
    json_array_foreach(vectors, i, vector)
    {
        if (one_vector(mem, vector, json_string_value(json_object_get(vector, "source"))))
            right++;
        else
            wrong++;
    }
    assert_int_equal(right, 13);
    assert_int_equal(wrong, 34);
    json_decref(vectors);
    talloc_free(mem);
}

/* --- symbols, read by zbarimg */

static bool have_zbar(void)
{
    return system("command -v zbarimg >/dev/null 2>&1") == 0;
}

static char *decode(void *mem, const char *picture)
{
    struct text_buffer out = text_buffer(mem);
    char *command = talloc_asprintf(mem, "zbarimg -q --raw --oneshot '%s' 2>/dev/null", picture), piece[512];
    FILE *pipe = popen(command, "r");
    size_t n;

    assert_non_null(pipe);
    while ((n = fread(piece, 1, sizeof piece, pipe)) > 0)
        text_put_bytes(&out, piece, n);
    pclose(pipe);
    return out.bytes;
}

static void picture_of(const struct qr *qr, const char *path)
{
    const int module = 4, side = (qr->side + 8) * module;
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, side, side);
    cairo_t *cairo = cairo_create(surface);

    cairo_set_source_rgb(cairo, 1, 1, 1);
    cairo_paint(cairo);
    cairo_set_source_rgb(cairo, 0, 0, 0);
    for (int i = 0; i < qr->side * qr->side; i++)
        if (qr->dark[i])
            cairo_rectangle(cairo, (i % qr->side + 4) * module, (i / qr->side + 4) * module, module, module);
    cairo_fill(cairo);
    assert_int_equal(cairo_surface_write_to_png(surface, path), CAIRO_STATUS_SUCCESS);
    cairo_destroy(cairo);
    cairo_surface_destroy(surface);
}

static void symbols_read_back(void **state)
{
    static const size_t LENGTHS[] = {1, 14, 110, 200, 330, 331};
    void *mem = talloc_new(NULL);
    char path[] = "/tmp/casella-qr-XXXXXX.png", text[332];
    int fd;

    (void)state;
    if (!have_zbar()) {
        print_message("zbarimg is not installed\n");
        talloc_free(mem);
        skip();
    }
    fd = mkstemps(path, 4);
    assert_true(fd >= 0);
    close(fd);
    for (size_t i = 0; i < 331; i++)
        text[i] = (char)("BCD 0123456789:/abcè"[i % 19]);
    for (size_t i = 0; i < count_of(LENGTHS); i++) {
        struct qr qr;
        struct problem why;
        char *part = talloc_strndup(mem, text, LENGTHS[i]);

        assert_int_equal(qr_encode(mem, part, LENGTHS[i], &qr, &why), DONE);
        assert_true(qr.side <= 17 + 4 * 13 && qr.side % 4 == 1);
        picture_of(&qr, path);
        assert_string_equal(decode(mem, path), part);
    }
    unlink(path);
    talloc_free(mem);
}

static void the_pictures_of_others(void **state)
{
    static const struct {
        const char *picture;
        struct epc_transfer t;
    } ROWS[] = {
        {"py-epc-qr/qr_version_001.png",
         {.version = 1, .charset = 1, .bic = "BFSWDE33BER", .amount = {12345}, .every_line = true}},
        {"py-epc-qr/qr_version_002.png", {.version = 2, .charset = 1, .amount = {12345}, .every_line = true}},
        {"segno/spende-wikipedia.png", {.version = 2, .charset = 2, .amount = {2000}, .short_amount = true}},
        {"segno/spende-wikipedia2.png", {.version = 2, .charset = 1, .amount = {1305}, .short_amount = true}},
    };
    void *mem = talloc_new(NULL);

    (void)state;
    if (!have_zbar() || access(shared(mem, ROWS[0].picture), R_OK) != 0) {
        print_message("zbarimg or the shared pictures are absent\n");
        talloc_free(mem);
        skip();
    }
    for (size_t i = 0; i < count_of(ROWS); i++) {
        struct epc_transfer t = ROWS[i].t;
        struct problem why;
        char *payload;
        size_t length;

        t.name = "Wikimedia Foerdergesellschaft";
        t.iban = "DE33 1002 0500 0001 1947 00";
        t.remittance = "Spende fuer Wikipedia";
        assert_int_equal(epc_payload(mem, &t, &payload, &length, &why), DONE);
        assert_string_equal(payload, decode(mem, shared(mem, ROWS[i].picture)));
    }
    talloc_free(mem);
}

static void too_much_for_a_symbol(void **state)
{
    void *mem = talloc_new(NULL);
    char text[400];
    struct qr qr;
    struct problem why = {0};

    (void)state;
    memset(text, 'a', sizeof text);
    assert_int_equal(qr_encode(mem, text, 332, &qr, &why), REFUSED);
    assert_int_equal(why.code, PROBLEM_TOO_LARGE);
    assert_int_equal(qr_encode(mem, text, 0, &qr, &why), REFUSED);
    talloc_free(mem);
}

static void the_svg_holds_every_dark_module(void **state)
{
    void *mem = talloc_new(NULL);
    struct qr qr;
    struct problem why;
    char *svg;
    int dark = 0, drawn = 0;

    (void)state;
    assert_int_equal(qr_encode(mem, "BCD", 3, &qr, &why), DONE);
    svg = qr_svg(mem, &qr, "Codice \"QR\" <b>");
    assert_non_null(strstr(svg, "viewBox=\"0 0 29 29\""));
    assert_non_null(strstr(svg, "role=\"img\" aria-label=\"Codice &quot;QR&quot; &lt;b&gt;\""));
    for (int i = 0; i < qr.side * qr.side; i++)
        dark += qr.dark[i];
    for (const char *run = strstr(svg, " d=\""); (run = strchr(run + 1, 'M'));) {
        int x, y, width;

        assert_int_equal(sscanf(run, "M%d %dh%d", &x, &y, &width), 3);
        for (int i = 0; i < width; i++)
            drawn += qr.dark[(y - 4) * qr.side + x - 4 + i];
    }
    assert_int_equal(drawn, dark);
    assert_null(strstr(strstr(svg, "<path") + 1, "<path"));
    talloc_free(mem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_worked_examples),
        cmocka_unit_test(what_is_refused),
        cmocka_unit_test(the_vectors),
        cmocka_unit_test(symbols_read_back),
        cmocka_unit_test(the_pictures_of_others),
        cmocka_unit_test(too_much_for_a_symbol),
        cmocka_unit_test(the_svg_holds_every_dark_module),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
