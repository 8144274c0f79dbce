/* Digital signatures: .p7m and signed PDFs, by whom, when, believed or not, and all that can be wrong with them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "link/signature.h"
#include "signing.h"

#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#define YEAR (365 * SIGNING_DAY)
#define PDF                                                                                                            \
    "%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\nxref\n0 1\n0000000000 65535 f \ntrailer\n<< /Root 1 0 R "        \
    ">>\nstartxref\n50\n%%EOF\n"

struct world {
    struct identity *authority, *stranger, *anna, *bruno, *late, *foreign;
    char *file;
    struct signature_reader none, ours;
};

static int set_up(void **state)
{
    struct world *w = talloc_zero(NULL, struct world);
    struct problem why;

    w->authority = identity(w, "Autorità di Prova", NULL, NULL, -5 * YEAR, YEAR);
    w->stranger = identity(w, "Un'altra autorità", NULL, NULL, -5 * YEAR, YEAR);
    w->anna = identity(w, "Anna Bianchi", "TINIT-BNCNNA75D50H501A", w->authority, -YEAR, YEAR);
    w->bruno = identity(w, "Bruno Neri", NULL, w->authority, -YEAR, YEAR);
    w->late = identity(w, "Carla Scaduta", "IT:SCDCRL80A41H501X", w->authority, -3 * YEAR, -YEAR);
    w->foreign = identity(w, "Dario Altrove", NULL, w->stranger, -YEAR, YEAR);
    w->file = identity_file(w, w->authority);
    assert_int_equal(signature_open(w, NULL, &w->none, &why), DONE);
    assert_int_equal(signature_open(w, w->file, &w->ours, &why), DONE);
    *state = w;
    return 0;
}

static int tear_down(void **state)
{
    struct world *w = *state;

    unlink(w->file);
    talloc_free(w);
    return 0;
}

static struct signature look(struct world *w, const struct signature_reader *reader, const void *bytes, size_t length,
                             struct problem *why)
{
    struct signature found;

    *why = (struct problem){0};
    assert_int_equal(reader->read(reader->arg, w, bytes, length, &found, why), DONE);
    assert_true((found.state == SIGNATURE_BROKEN) == (why->code == PROBLEM_DOCUMENT_SIGNATURE));
    return found;
}

/* ---- .p7m ---- */

static void in_an_envelope(void **state)
{
    struct world *w = *state;
    struct signing how = {0};
    struct problem why;
    struct signature s;
    size_t length;
    unsigned char *der = cms_of(w, PDF, strlen(PDF), w->anna, &how, &length);

    s = look(w, &w->ours, der, length, &why);
    assert_int_equal(s.state, SIGNATURE_VALID);
    assert_true(s.enveloped);
    assert_string_equal(s.signer, "Anna Bianchi");
    assert_string_equal(s.tax_code, "BNCNNA75D50H501A");
    assert_int_equal(s.content_length, strlen(PDF));
    assert_memory_equal(s.content, PDF, s.content_length);
    assert_true(s.signed_at.us > clock_now().us - MINUTES(5) && s.signed_at.us <= clock_now().us);
    s = look(w, &w->none, der, length, &why);
    assert_int_equal(s.state, SIGNATURE_UNTRUSTED);
    assert_string_equal(s.signer, "Anna Bianchi");
}

static void in_letters(void **state)
{
    struct world *w = *state;
    struct signing how = {0};
    struct problem why;
    size_t length, room;
    unsigned char *der = cms_of(w, PDF, strlen(PDF), w->anna, &how, &length);
    char *bare, *lines, *pem, *p;

    room = sodium_base64_ENCODED_LEN(length, sodium_base64_VARIANT_ORIGINAL);
    bare = talloc_size(w, room);
    sodium_bin2base64(bare, room, der, length, sodium_base64_VARIANT_ORIGINAL);
    assert_int_equal(look(w, &w->ours, bare, strlen(bare), &why).state, SIGNATURE_VALID);
    lines = p = talloc_size(w, 2 * room);
    for (size_t i = 0; bare[i]; i++) {
        *p++ = bare[i];
        if (i % 64 == 63) {
            *p++ = '\r';
            *p++ = '\n';
        }
    }
    *p = '\0';
    assert_int_equal(look(w, &w->ours, lines, strlen(lines), &why).state, SIGNATURE_VALID);
    pem = talloc_asprintf(w, "-----BEGIN PKCS7-----\n%s\n-----END PKCS7-----\n", lines);
    assert_int_equal(look(w, &w->ours, pem, strlen(pem), &why).state, SIGNATURE_VALID);
}

static void one_in_the_other(void **state)
{
    struct world *w = *state;
    struct signing how = {0};
    struct problem why;
    struct signature s;
    size_t length;
    unsigned char *der = cms_of(w, PDF, strlen(PDF), w->bruno, &how, &length);

    der = cms_of(w, der, length, w->anna, &how, &length);
    s = look(w, &w->ours, der, length, &why);
    assert_int_equal(s.state, SIGNATURE_VALID);
    assert_string_equal(s.signer, "Anna Bianchi, Bruno Neri");
    assert_memory_equal(s.content, PDF, s.content_length);
    for (int i = 0; i < 3; i++)
        der = cms_of(w, der, length, w->anna, &how, &length);
    assert_int_equal(look(w, &w->ours, der, length, &why).state, SIGNATURE_BROKEN);
}

static void two_at_once(void **state)
{
    struct world *w = *state;
    struct signing how = {.second = w->bruno};
    struct problem why;
    struct signature s;
    size_t length;
    unsigned char *der = cms_of(w, PDF, strlen(PDF), w->anna, &how, &length);

    s = look(w, &w->ours, der, length, &why);
    assert_int_equal(s.state, SIGNATURE_VALID);
    assert_non_null(strstr(s.signer, "Anna Bianchi"));
    assert_non_null(strstr(s.signer, "Bruno Neri"));
    how.second = w->foreign; /* the worst of them counts */
    der = cms_of(w, PDF, strlen(PDF), w->anna, &how, &length);
    assert_int_equal(look(w, &w->ours, der, length, &why).state, SIGNATURE_UNTRUSTED);
}

static void by_whom_and_when(void **state)
{
    struct world *w = *state;
    time_t now = time(NULL);
    const struct {
        const struct identity *who;
        time_t at;
        enum signature_state state;
    } ROWS[] = {
        {w->anna, 0, SIGNATURE_VALID},
        {w->anna, now - 30 * SIGNING_DAY, SIGNATURE_VALID},
        {w->anna, now - 2 * YEAR, SIGNATURE_EXPIRED}, /* before the certificate began */
        {w->anna, now + 2 * YEAR, SIGNATURE_VALID},   /* a clock that is wrong: as of now */
        {w->anna, -1, SIGNATURE_VALID},               /* says nothing: as of now */
        {w->late, 0, SIGNATURE_EXPIRED},
        {w->late, now - 2 * YEAR, SIGNATURE_VALID}, /* it was in force then */
        {w->late, -1, SIGNATURE_EXPIRED},
        {w->foreign, 0, SIGNATURE_UNTRUSTED},
        {w->authority, 0, SIGNATURE_UNTRUSTED}, /* a key that is not for signing documents */
    };

    for (size_t i = 0; i < count_of(ROWS); i++) {
        struct signing how = {.at = ROWS[i].at};
        struct problem why;
        size_t length;
        unsigned char *der = cms_of(w, PDF, strlen(PDF), ROWS[i].who, &how, &length);
        struct signature s = look(w, &w->ours, der, length, &why);

        if (s.state != ROWS[i].state)
            fail_msg("row %zu: %s", i, s.state == SIGNATURE_BROKEN ? why.detail : "another state");
        if (ROWS[i].at > 0)
            assert_int_equal(s.signed_at.us, (int64_t)ROWS[i].at * 1000000);
        if (ROWS[i].at == -1)
            assert_int_equal(s.signed_at.us, 0);
        assert_memory_equal(s.content, PDF, s.content_length);
    }
}

static void broken_envelopes(void **state)
{
    struct world *w = *state;
    struct signing how = {0}, detached = {.detached = true}, weak = {.digest = EVP_sha1()};
    struct problem why;
    size_t length, other;
    unsigned char *der = cms_of(w, PDF, strlen(PDF), w->anna, &how, &length), *at;

    at = memmem(der, length, "/Catalog", 8);
    assert_non_null(at);
    at[1] = 'X';
    assert_int_equal(look(w, &w->ours, der, length, &why).state, SIGNATURE_BROKEN);
    assert_non_null(strstr(why.detail, "modificato"));
    at[1] = 'C';
    assert_int_equal(look(w, &w->ours, der, length, &why).state, SIGNATURE_VALID);
    der[length - 10] ^= 1; /* in the signature itself */
    assert_int_equal(look(w, &w->ours, der, length, &why).state, SIGNATURE_BROKEN);
    der[length - 10] ^= 1;
    for (size_t cut = 21; cut < length; cut += 37)
        assert_int_equal(look(w, &w->ours, der, cut, &why).state, SIGNATURE_BROKEN);
    der = cms_of(w, PDF, strlen(PDF), w->anna, &detached, &other);
    assert_int_equal(look(w, &w->ours, der, other, &why).state, SIGNATURE_BROKEN);
    assert_non_null(strstr(why.detail, "manca il documento"));
    der = cms_of(w, PDF, strlen(PDF), w->anna, &weak, &other);
    assert_int_equal(look(w, &w->ours, der, other, &why).state, SIGNATURE_BROKEN);
}

static void not_signed(void **state)
{
    static const char *const FILES[] = {"",
                                        "M",
                                        "MIIB",
                                        "-----BEGIN PKCS7-----",
                                        "-----BEGIN PKCS7-----\nMIIB\n",
                                        PDF,
                                        "\x89PNG\r\n\x1a\n",
                                        "Mario Rossi, Via Roma 1, 00100 Roma"};
    struct world *w = *state;
    struct problem why;

    for (size_t i = 0; i < count_of(FILES); i++) {
        struct signature s = look(w, &w->ours, FILES[i], strlen(FILES[i]), &why);

        assert_int_equal(s.state, SIGNATURE_NONE);
        assert_string_equal(s.signer, "");
        assert_ptr_equal(s.content, FILES[i]);
    }
}

/* ---- Signed PDFs ---- */

static void in_a_pdf(void **state)
{
    static const char *const FILTERS[] = {"adbe.pkcs7.detached", "ETSI.CAdES.detached"};
    struct world *w = *state;
    struct signing how = {0}, silent = {.at = -1};
    struct problem why;
    struct signature s;
    char *file;

    for (size_t i = 0; i < count_of(FILTERS); i++) {
        file = signed_pdf(w, NULL, FILTERS[i], w->anna, &how);
        s = look(w, &w->ours, file, strlen(file), &why);
        assert_int_equal(s.state, SIGNATURE_VALID);
        assert_false(s.enveloped);
        assert_string_equal(s.signer, "Anna Bianchi");
        assert_string_equal(s.tax_code, "BNCNNA75D50H501A");
        assert_ptr_equal(s.content, file);
        assert_int_equal(look(w, &w->none, file, strlen(file), &why).state, SIGNATURE_UNTRUSTED);
    }
    /* PAdES says the time in the document, not in the signature. */
    file = signed_pdf(w, NULL, FILTERS[1], w->anna, &silent);
    s = look(w, &w->ours, file, strlen(file), &why);
    assert_int_equal(s.signed_at.us, rome_at(day_of(2026, 11, 22), 10, 42, 0).us);
    file = signed_pdf(w, NULL, FILTERS[0], w->late, &how);
    assert_int_equal(look(w, &w->ours, file, strlen(file), &why).state, SIGNATURE_EXPIRED);
    file = signed_pdf(w, NULL, FILTERS[0], w->foreign, &how);
    assert_int_equal(look(w, &w->ours, file, strlen(file), &why).state, SIGNATURE_UNTRUSTED);
}

static void signed_one_after_the_other(void **state)
{
    struct world *w = *state;
    struct signing how = {0};
    struct problem why;
    char *first = signed_pdf(w, NULL, "adbe.pkcs7.detached", w->bruno, &how), *both;
    struct signature s;

    both = signed_pdf(w, first, "ETSI.CAdES.detached", w->anna, &how);
    s = look(w, &w->ours, both, strlen(both), &why);
    assert_int_equal(s.state, SIGNATURE_VALID);
    assert_string_equal(s.signer, "Bruno Neri, Anna Bianchi");
    first[20] ^= 1; /* what the first has signed, and the second signs all the same */
    both = signed_pdf(w, first, "ETSI.CAdES.detached", w->anna, &how);
    assert_int_equal(look(w, &w->ours, both, strlen(both), &why).state, SIGNATURE_BROKEN);
}

static void changed_pdfs(void **state)
{
    struct world *w = *state;
    struct signing how = {0};
    struct problem why;
    char *file = signed_pdf(w, NULL, "adbe.pkcs7.detached", w->anna, &how), *longer, *hole;
    size_t length = strlen(file);

    hole = strstr(file, "/Contents <") + 11;
    /* Every byte that is covered counts. In the hole certificates stand as well, which another authority's word covers.
     */
    for (size_t i = 0; i < length; i += 97) {
        bool inside = file + i >= hole && file + i < hole + HOLE;
        char was = file[i];
        struct signature s;

        file[i] ^= 1;
        s = look(w, &w->ours, file, length, &why);
        file[i] = was;
        if (inside ? s.state == SIGNATURE_VALID && strcmp(s.signer, "Anna Bianchi") != 0
                   : s.state != SIGNATURE_BROKEN && !(s.state == SIGNATURE_NONE && i < 5))
            fail_msg("byte %zu", i);
    }
    longer = talloc_asprintf(w, "%s\n%% pagina aggiunta\n", file);
    assert_int_equal(look(w, &w->ours, longer, strlen(longer), &why).state, SIGNATURE_BROKEN);
    assert_non_null(strstr(why.detail, "non copre"));
    hole = strstr(file, "0000000000>");
    hole[3] = '%'; /* something hidden in the hole */
    assert_int_equal(look(w, &w->ours, file, length, &why).state, SIGNATURE_BROKEN);
    file = signed_pdf(w, NULL, "adbe.x509.rsa_sha1", w->anna, &how);
    assert_int_equal(look(w, &w->ours, file, strlen(file), &why).state, SIGNATURE_BROKEN);
    assert_non_null(strstr(why.detail, "PAdES"));
}

/* Right signatures over ranges that are not the whole file, and ranges that are none. */
static void wrong_ranges(void **state)
{
    struct world *w = *state;
    struct signing how = {0};
    struct problem why;

    for (int kind = 0; kind < 5; kind++) {
        size_t range[4];
        char *file = pdf_to_sign(w, NULL, "adbe.pkcs7.detached", "(D:2026)", range);

        switch (kind) {
        case 0: /* the end left out */
            range[3] -= 20;
            break;
        case 1: /* a wider hole, for other pages to hide in */
            range[2] += 12;
            range[3] -= 12;
            break;
        case 2:
            range[3] += 1000;
            break;
        case 3: /* the beginning left out */
            range[0] = 9;
            range[1] -= 9;
            break;
        default: /* nothing at all */
            range[1] = range[3] = 0;
        }
        write_ranges(file, range);
        if (kind < 2)
            pdf_fill(w, file, range, w->anna, &how);
        assert_int_equal(look(w, &w->ours, file, strlen(file), &why).state, SIGNATURE_BROKEN);
    }
}

/* A signed PDF in a .p7m: both count. */
static void both_ways(void **state)
{
    struct world *w = *state;
    struct signing how = {0};
    struct problem why;
    struct signature s;
    char *file = signed_pdf(w, NULL, "adbe.pkcs7.detached", w->bruno, &how);
    size_t length;
    unsigned char *der = cms_of(w, file, strlen(file), w->anna, &how, &length);

    s = look(w, &w->ours, der, length, &why);
    assert_int_equal(s.state, SIGNATURE_VALID);
    assert_string_equal(s.signer, "Anna Bianchi, Bruno Neri");
    file[20] ^= 1;
    der = cms_of(w, file, strlen(file), w->anna, &how, &length);
    assert_int_equal(look(w, &w->ours, der, length, &why).state, SIGNATURE_BROKEN);
}

/* ---- The authorities ---- */

static void configured(void **state)
{
    struct world *w = *state;
    struct signature_reader reader;
    struct signing how = {0};
    struct problem why;
    size_t length;
    unsigned char *der = cms_of(w, PDF, strlen(PDF), w->anna, &how, &length);
    char folder[] = "/tmp/casella-cas-XXXXXX", *inside;

    assert_int_equal(signature_open(w, "/nessuno/qui", &reader, &why), REFUSED);
    assert_int_equal(why.code, PROBLEM_UNREADABLE);
    assert_non_null(mkdtemp(folder));
    assert_int_equal(signature_open(w, folder, &reader, &why), REFUSED);
    inside = talloc_asprintf(w, "%s/prova.pem", folder);
    assert_int_equal(link(w->file, inside), 0);
    assert_int_equal(signature_open(w, folder, &reader, &why), DONE);
    assert_int_equal(look(w, &reader, der, length, &why).state, SIGNATURE_VALID);
    unlink(inside);
    rmdir(folder);
    assert_int_equal(signature_open(w, "/dev/null", &reader, &why), REFUSED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(in_an_envelope),
        cmocka_unit_test(in_letters),
        cmocka_unit_test(one_in_the_other),
        cmocka_unit_test(two_at_once),
        cmocka_unit_test(by_whom_and_when),
        cmocka_unit_test(broken_envelopes),
        cmocka_unit_test(not_signed),
        cmocka_unit_test(in_a_pdf),
        cmocka_unit_test(signed_one_after_the_other),
        cmocka_unit_test(changed_pdfs),
        cmocka_unit_test(wrong_ranges),
        cmocka_unit_test(both_ways),
        cmocka_unit_test(configured),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
