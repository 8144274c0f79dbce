/* SdI's notices by real samples, and by hostile ones; names of files; what a notice makes of an invoice (PAYMENTS §9.4,
 * §9.8). */
#include "rules/sdi.h"
#include "english.h"
#include "link/sdi_notice.h"
#include "link/zip.h"
#include "net/attachments.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#include <cmocka.h>

#define PUBLIC  "http://www.fatturapa.gov.it/sdi/messaggi/v1.0"
#define PRIVATE "http://ivaservizi.agenziaentrate.gov.it/docs/xsd/fattura/messaggi/v1.0"

/* ---- The samples ---- */

static char *slurp(void *mem, const char *folder, const char *name, size_t *length)
{
    const char *source = getenv("CASELLA_SOURCE");
    char *path = talloc_asprintf(mem, "%s/../shared/data/sdi/%s/%s", source ? source : ".", folder, name);
    FILE *file = fopen(path, "re");
    char *bytes = talloc_size(mem, 100000);

    *length = file ? fread(bytes, 1, 100000, file) : 0;
    if (file)
        fclose(file);
    return *length ? bytes : NULL;
}

static void samples_are_read(void **state)
{
    static const struct {
        const char *kind, *verdict, *error;
    } SAMPLES[] = {{"RC", "", NULL}, {"NS", "", "00100"}, {"MC", "", NULL},     {"NE", "EC01", NULL}, {"DT", "", NULL},
                   {"AT", "", NULL}, {"MT", "", NULL},    {"EC", "EC01", NULL}, {"SE", "", NULL}};
    static const char *const FOLDERS[] = {"isife-signed-samples", "testsdi"};

    (void)state;
    for (size_t i = 0; i < count_of(SAMPLES) * 2; i++) {
        void *mem = talloc_new(NULL);
        char *name = talloc_asprintf(mem, "IT01234567890_11111_%s_001.xml", SAMPLES[i / 2].kind);
        struct sdi_notice n;
        struct problem why = {0};
        size_t length;
        char *bytes = slurp(mem, FOLDERS[i % 2], name, &length);

        if (!bytes) {
            print_message("the shared samples are absent\n");
            skip();
        }
        if (sdi_notice_read(mem, name, bytes, length, &n, &why) != DONE)
            fail_msg("%s: %s", name, why.detail);
        assert_string_equal(sdi_kind_name(n.kind), SAMPLES[i / 2].kind);
        assert_string_equal(n.sdi_id, "111");
        assert_string_equal(n.verdict, SAMPLES[i / 2].verdict);
        assert_int_equal(n.error_count, SAMPLES[i / 2].error != NULL);
        if (n.error_count)
            assert_string_equal(n.errors[0].code, SAMPLES[i / 2].error);
        if (n.kind != SDI_EC && n.kind != SDI_SE)
            assert_string_equal(n.about, "IT01234567890_11111.xml.p7m");
        talloc_free(mem);
    }
}

/* ---- What is refused, and what it says ---- */

static char *notice(void *mem, const char *root, const char *uri, const char *inside)
{
    return talloc_asprintf(mem, "<n:%s xmlns:n=\"%s\">%s</n:%s>", root, uri, inside, root);
}

#define ID    "<IdentificativoSdI>7</IdentificativoSdI>"
#define ABOUT "<NomeFile>IT01234560587_00001.xml</NomeFile>"
#define GOOD  "IT01234560587_00001_RC_001.xml"

static void only_what_agrees_is_believed(void **state)
{
    static const struct {
        const char *name, *root, *uri, *inside, *wrong; /* NULL: it is read */
    } ROWS[] = {
        {GOOD, "RicevutaConsegna", PRIVATE, ID ABOUT, NULL},
        {"IT01234560587_00001_NS_1.xml", "RicevutaScarto", PRIVATE,
         ID ABOUT "<ListaErrori><Errore><Codice>00305</Codice></Errore></ListaErrori>", NULL},
        {"IT01234560587_00001_MC_001.xml", "RicevutaImpossibilitaRecapito", PRIVATE, ID ABOUT, NULL},
        {GOOD, "RicevutaConsegna", "urn:altro", ID ABOUT, "spazio dei nomi"},
        {GOOD, "Fattura", PUBLIC, ID ABOUT, "non è un messaggio"},
        {GOOD, "NotificaMancataConsegna", PUBLIC, ID ABOUT, "altro tipo"},
        {"IT01234560587_00002_RC_001.xml", "RicevutaConsegna", PUBLIC, ID ABOUT, "fatture diverse"},
        {"x_RC_001.xml", "RicevutaConsegna", PUBLIC, ID ABOUT, "nome del file"},
        {"IT01234560587_00001_RC_0001.xml", "RicevutaConsegna", PUBLIC, ID ABOUT, "nome del file"},
        {GOOD, "RicevutaConsegna", PUBLIC, ABOUT, "IdentificativoSdI"},
        {GOOD, "RicevutaConsegna", PUBLIC, "<IdentificativoSdI>7a</IdentificativoSdI>" ABOUT, "IdentificativoSdI"},
        {GOOD, "RicevutaConsegna", PUBLIC, ID "<NomeFile>../../etc/passwd</NomeFile>", "NomeFile"},
        {"IT01234560587_00001_NE_001.xml", "NotificaEsito", PUBLIC,
         ID ABOUT "<EsitoCommittente><Esito>EC03</Esito></EsitoCommittente>", "EC01"},
        {"IT01234560587_00001_NS_001.xml", "NotificaScarto", PUBLIC, ID ABOUT, "perché"},
        {GOOD, "RicevutaConsegna", PUBLIC, ID ABOUT "<Note>&quot;&amp;&#x1F600;</Note>", NULL},
        {GOOD, "RicevutaConsegna", PUBLIC, ID ABOUT "<Note>&esterna;</Note>", "abbreviazione"},
        {GOOD, "RicevutaConsegna", PUBLIC, ID ABOUT "</Aperto>", "chiude"},
    };

    (void)state;
    for (size_t i = 0; i < count_of(ROWS); i++) {
        void *mem = talloc_new(NULL);
        char *text = notice(mem, ROWS[i].root, ROWS[i].uri, ROWS[i].inside);
        struct problem why = {0};
        struct sdi_notice n;
        enum outcome o = sdi_notice_read(mem, ROWS[i].name, text, strlen(text), &n, &why);

        if (ROWS[i].wrong ? o != REFUSED || !strstr(why.detail, ROWS[i].wrong) : o != DONE)
            fail_msg("%zu: %d «%s»", i, o, why.detail);
        if (ROWS[i].wrong)
            assert_english(why.detail);
        talloc_free(mem);
    }
}

static void entities_and_half_files_are_refused(void **state)
{
    static const char *const TEXTS[] = {
        "<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]><a>&b;</a>",
        "",
        "PK",
        "{}",
        "\xff\xfe\xfd",
        "<n:RicevutaConsegna xmlns:n=\"" PUBLIC "\">" ID,
    };

    (void)state;
    for (size_t i = 0; i < count_of(TEXTS); i++) {
        void *mem = talloc_new(NULL);
        struct problem why = {0};
        struct sdi_notice n;

        assert_int_equal(sdi_notice_read(mem, GOOD, TEXTS[i], strlen(TEXTS[i]), &n, &why), REFUSED);
        assert_int_equal(why.code, PROBLEM_SDI_NOTICE);
        assert_int_equal(sdi_notice_read(mem, GOOD ".p7m", TEXTS[i], strlen(TEXTS[i]), &n, &why), REFUSED);
        talloc_free(mem);
    }
}

/* ---- What it makes of an invoice ---- */

static void a_notice_moves_its_invoice(void **state)
{
    static const struct {
        enum sdi_state from;
        const char *notice; /* kind, and an error or a verdict */
        enum sdi_effect effect;
        enum sdi_state to;
    } ROWS[] = {
        {SDI_SENT, "RC", SDI_CHANGED, SDI_DELIVERED},
        {SDI_SENT, "MC", SDI_CHANGED, SDI_NOT_DELIVERED},
        {SDI_SENT, "NS 00305", SDI_CHANGED, SDI_REJECTED},
        {SDI_SENT, "NS 00002", SDI_KNOWN, SDI_SENT},
        {SDI_SENT, "NE EC01", SDI_CHANGED, SDI_ACCEPTED},
        {SDI_SENT, "NE EC02", SDI_CHANGED, SDI_REFUSED},
        {SDI_SENT, "DT", SDI_CHANGED, SDI_EXPIRED},
        {SDI_SENT, "AT", SDI_CHANGED, SDI_ATTESTED},
        {SDI_SENT, "MT", SDI_NOTED, SDI_SENT},
        {SDI_REJECTED, "NS 00305", SDI_KNOWN, SDI_REJECTED},
        {SDI_REJECTED, "RC", SDI_CHANGED, SDI_DELIVERED},
        {SDI_NOT_DELIVERED, "RC", SDI_CHANGED, SDI_DELIVERED},
        {SDI_NOT_DELIVERED, "AT", SDI_CHANGED, SDI_ATTESTED},
        {SDI_DELIVERED, "MC", SDI_KNOWN, SDI_DELIVERED},
        {SDI_DELIVERED, "NS 00305", SDI_AGAINST, SDI_DELIVERED},
        {SDI_DELIVERED, "NE EC02", SDI_CHANGED, SDI_REFUSED},
        {SDI_DELIVERED, "DT", SDI_CHANGED, SDI_EXPIRED},
        {SDI_ACCEPTED, "RC", SDI_KNOWN, SDI_ACCEPTED},
        {SDI_ACCEPTED, "NE EC01", SDI_KNOWN, SDI_ACCEPTED},
        {SDI_ACCEPTED, "NE EC02", SDI_AGAINST, SDI_ACCEPTED},
        {SDI_REFUSED, "DT", SDI_KNOWN, SDI_REFUSED},
        {SDI_EXPIRED, "NS 00305", SDI_AGAINST, SDI_EXPIRED},
    };

    (void)state;
    for (size_t i = 0; i < count_of(ROWS); i++) {
        struct sdi_notice n = {.verdict = "", .said = ""};
        char kind[3] = {ROWS[i].notice[0], ROWS[i].notice[1], 0};
        enum sdi_state to;

        assert_int_equal(sdi_kind_of(kind, &n.kind), DONE);
        if (n.kind == SDI_NS)
            n.errors[n.error_count++].code = ROWS[i].notice + 3;
        else if (n.kind == SDI_NE)
            n.verdict = ROWS[i].notice + 3;
        if (sdi_hear(ROWS[i].from, &n, &to) != ROWS[i].effect || to != ROWS[i].to)
            fail_msg("%s + %s gives %s", sdi_state_name(ROWS[i].from), ROWS[i].notice, sdi_state_name(to));
    }
}

static void names_of_files(void **state)
{
    static const struct {
        const char *name, *stem; /* NULL: none */
    } FILES[] = {{"IT01234560587_00001.xml", "IT01234560587_00001"},
                 {"ITRSSMRA80A01H501U_a1.xml.p7m", "ITRSSMRA80A01H501U_a1"},
                 {"IT01234560587_000001.xml", NULL},
                 {"IT01234560587_.xml", NULL},
                 {"it01234560587_1.xml", NULL},
                 {"IT01234560587_1.pdf", NULL},
                 {"../IT01234560587_1.xml", NULL},
                 {"", NULL}};
    char stem[SDI_NAME], text[SDI_PROGRESSIVE];

    (void)state;
    for (size_t i = 0; i < count_of(FILES); i++) {
        assert_int_equal(sdi_file_stem(FILES[i].name, stem), FILES[i].stem ? DONE : REFUSED);
        if (FILES[i].stem)
            assert_string_equal(stem, FILES[i].stem);
    }
    assert_true(sdi_progressive(35, text));
    assert_string_equal(text, "0000Z");
    assert_false(sdi_progressive(60466176, text));
    assert_true(sdi_progressive_again(1, text));
    assert_string_equal(text, "ZZZZZ");
    assert_true(sdi_progressive_again(37, text));
    assert_string_equal(text, "ZZZYZ");
    assert_false(sdi_progressive_again(0, text));
}

/* ---- Archives and mails ---- */

struct seen {
    char names[200];
    size_t bytes;
};

static enum outcome see(void *arg, const char *name, const void *bytes, size_t length)
{
    struct seen *s = arg;

    (void)bytes;
    snprintf(s->names + strlen(s->names), sizeof s->names - strlen(s->names), "%s=%.*s ", name, (int)length,
             (const char *)bytes);
    s->bytes += length;
    return DONE;
}

/* One stored file, "a/n.xml" that holds "ciao", and one deflated, "d", forty times the letter a. */
static const unsigned char ZIP[] = {
    0x50, 0x4b, 0x03, 0x04, 0x0a, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x04,
    0x00, 0x00, 0x00, 0x04, 0x00, 0x00, 0x00, 0x07, 0x00, 0x00, 0x00, 0x61, 0x2f, 0x6e, 0x2e, 0x78, 0x6d, 0x6c, 0x63,
    0x69, 0x61, 0x6f, 0x50, 0x4b, 0x03, 0x04, 0x14, 0x00, 0x00, 0x00, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x06, 0x00, 0x00, 0x00, 0x28, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x64, 0x4b, 0x4c, 0x24, 0x0e,
    0x00, 0x00, 0x50, 0x4b, 0x01, 0x02, 0x14, 0x00, 0x0a, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x04, 0x00, 0x00, 0x00, 0x04, 0x00, 0x00, 0x00, 0x07, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x61, 0x2f, 0x6e, 0x2e, 0x78, 0x6d, 0x6c, 0x50, 0x4b,
    0x01, 0x02, 0x14, 0x00, 0x14, 0x00, 0x00, 0x00, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x06,
    0x00, 0x00, 0x00, 0x28, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x29, 0x00, 0x00, 0x00, 0x64, 0x50, 0x4b, 0x05, 0x06, 0x00, 0x00, 0x00, 0x00, 0x02, 0x00, 0x02, 0x00,
    0x64, 0x00, 0x00, 0x00, 0x4e, 0x00, 0x00, 0x00, 0x00, 0x00,
};

static void archives_are_unpacked(void **state)
{
    struct seen s = {0};
    struct problem why;
    unsigned char broken[sizeof ZIP];

    (void)state;
    assert_int_equal(zip_each(NULL, ZIP, sizeof ZIP, PROBLEM_SDI_NOTICE, see, &s, &why), DONE);
    assert_string_equal(s.names, "n.xml=ciao d=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa ");
    for (size_t cut = 0; cut < sizeof ZIP; cut++) {
        s = (struct seen){0};
        assert_int_equal(zip_each(NULL, ZIP, cut, PROBLEM_SDI_NOTICE, see, &s, &why), REFUSED);
    }
    for (size_t at = 0; at < sizeof ZIP; at++) { /* whatever is spoilt, nothing is read outside (sanitizers) */
        memcpy(broken, ZIP, sizeof ZIP);
        broken[at] ^= 0xff;
        s = (struct seen){0};
        (void)!zip_each(NULL, broken, sizeof broken, PROBLEM_SDI_NOTICE, see, &s, &why);
        assert_true(s.bytes <= ZIP_BYTES_MOST);
    }
}

static void attachments_are_found(void **state)
{
    static const char MAIL[] = "Subject: x\r\nContent-Type: multipart/mixed; "
                               "boundary=\"a\"\r\n\r\npreambolo\r\n--a\r\nContent-Type: text/plain\r\n\r\n"
                               "ciao\r\n--a\r\nContent-Type: application/xml; "
                               "name=\"uno.xml\"\r\nContent-Transfer-Encoding: base64\r\n\r\nY2lh\r\nbw==\r\n"
                               "--a\r\nContent-Type: message/rfc822; name=\"postacert.eml\"\r\n\r\nContent-Type: "
                               "multipart/mixed; boundary=b\r\n\r\n--b\r\n"
                               "Content-Disposition: attachment; filename=\"due.xml\"\r\nContent-Transfer-Encoding: "
                               "quoted-printable\r\n\r\nc=69a=\r\no\r\n"
                               "--b--\r\n--a--\r\n";
    void *mem = talloc_new(NULL);
    struct seen s = {0};

    (void)state;
    assert_int_equal(attachments_each(mem, MAIL, strlen(MAIL), see, &s), DONE);
    assert_string_equal(s.names, "uno.xml=ciao due.xml=ciao ");
    assert_int_equal(attachments_each(mem, "Subject: x\n\nciao", 16, see, &s), REFUSED);
    for (size_t cut = 0; cut < strlen(MAIL); cut++)
        (void)!attachments_each(mem, MAIL, cut, see, &(struct seen){0});
    talloc_free(mem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(samples_are_read),
        cmocka_unit_test(only_what_agrees_is_believed),
        cmocka_unit_test(entities_and_half_files_are_refused),
        cmocka_unit_test(a_notice_moves_its_invoice),
        cmocka_unit_test(names_of_files),
        cmocka_unit_test(archives_are_unpacked),
        cmocka_unit_test(attachments_are_found),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
