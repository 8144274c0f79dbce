/* Mails that come back, as several kinds of servers write them (fuzz/corpus/dsn), and what is no such mail. */
#include "net/dsn.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#include <cmocka.h>

static char *file(void *mem, const char *name, size_t *length)
{
    char *path = talloc_asprintf(mem, "%s/fuzz/corpus/dsn/%s.eml", getenv("CASELLA_SOURCE"), name);
    char *bytes = talloc_zero_size(mem, 20000);
    FILE *f = fopen(path, "rb");

    assert_non_null(f);
    *length = fread(bytes, 1, 19999, f);
    fclose(f);
    return bytes;
}

#define UNKNOWN                                                                                                        \
    "smtp; 550 5.1.1 <titolare@posta.example>: Recipient address rejected: User unknown in virtual mailbox table"

static void reports(void **state)
{
    static const struct {
        const char *file;
        size_t count;
        const char *message_id, *address, *original, *status, *diagnostic; /* of the last recipient */
        enum dsn_action action;
    } CASES[] = {
        {"failed", 1, "outbox-42@legalmail.example", "titolare@posta.example", "titolare@posta.example", "5.1.1",
         UNKNOWN, DSN_FAILED},
        {"delayed", 1, "outbox-42@legalmail.example", "titolare@posta.example", "", "4.4.1", "", DSN_DELAYED},
        {"delivered", 1, "outbox-42@legalmail.example", "titolare@posta.example", "", "2.0.0", "", DSN_DELIVERED},
        {"forwarded", 1, "outbox-42@legalmail.example", "maria@altrove.example", "titolare@posta.example", "5.2.2",
         "smtp; 552 5.2.2 Casella piena ???", DSN_FAILED},
        {"two", 2, "outbox-42@legalmail.example", "due@posta.example", "", "5.7.1", "", DSN_FAILED},
        {"cut", 1, "", "titolare@posta.example", "titolare@posta.example", "5.1.1", "", DSN_FAILED},
        {"in_mixed", 1, "outbox-42@legalmail.example", "titolare@posta.example", "titolare@posta.example", "5.1.1",
         UNKNOWN, DSN_FAILED},
        {"attached", 1, "outbox-42@legalmail.example", "titolare@posta.example", "titolare@posta.example", "5.1.1",
         UNKNOWN, DSN_FAILED},
        {"base64", 1, "outbox-42@legalmail.example", "titolare@posta.example", "titolare@posta.example", "5.1.1",
         UNKNOWN, DSN_FAILED},
        {"quoted", 1, "outbox-42@legalmail.example", "titolare@posta.example", "titolare@posta.example", "5.1.1",
         UNKNOWN, DSN_FAILED},
        {"no_original", 1, "", "titolare@posta.example", "titolare@posta.example", "5.1.1", UNKNOWN, DSN_FAILED},
    };
    void *mem = talloc_new(NULL);

    (void)state;
    for (size_t i = 0; i < count_of(CASES); i++) {
        size_t length;
        char *bytes = file(mem, CASES[i].file, &length);
        const struct dsn_recipient *r;
        struct dsn dsn;

        if (dsn_read(mem, bytes, length, &dsn) != DONE)
            fail_msg("%s is not read", CASES[i].file);
        assert_int_equal(dsn.count, CASES[i].count);
        r = &dsn.recipients[dsn.count - 1];
        assert_string_equal(dsn.message_id, CASES[i].message_id);
        assert_string_equal(r->address, CASES[i].address);
        assert_string_equal(r->original, CASES[i].original);
        assert_string_equal(r->status, CASES[i].status);
        assert_string_equal(r->diagnostic, CASES[i].diagnostic);
        assert_int_equal(r->action, CASES[i].action);
    }
    talloc_free(mem);
}

static void no_reports(void **state)
{
    static const char *const FILES[] = {"letter", "read_receipt", "too_deep"};
    void *mem = talloc_new(NULL);
    struct dsn dsn;
    size_t length;

    (void)state;
    for (size_t i = 0; i < count_of(FILES); i++) {
        char *bytes = file(mem, FILES[i], &length);

        if (dsn_read(mem, bytes, length, &dsn) != REFUSED)
            fail_msg("%s was read", FILES[i]);
    }
    assert_int_equal(dsn_read(mem, "", 0, &dsn), REFUSED);
    talloc_free(mem);
}

/* Whatever is wrong with it, a recipient without a good status, action or address is none. */
static void broken_fields(void **state)
{
    static const char *const FIELDS[] = {
        "Final-Recipient: rfc822;a@b.example\nAction: failed\nStatus: 9.1.1\n",
        "Final-Recipient: rfc822;a@b.example\nAction: failed\nStatus: 5.1\n",
        "Final-Recipient: rfc822;a@b.example\nAction: failed\nStatus: 5.1.1234\n",
        "Final-Recipient: rfc822;a@b.example\nAction: failed\nStatus:\n",
        "Final-Recipient: rfc822;a@b.example\nStatus: 5.1.1\n",
        "Final-Recipient: rfc822;\nAction: failed\nStatus: 5.1.1\n",
        "Action: failed\nStatus: 5.1.1\n",
    };
    void *mem = talloc_new(NULL);
    struct dsn dsn;

    (void)state;
    for (size_t i = 0; i < count_of(FIELDS); i++) {
        char *bytes = talloc_asprintf(mem,
                                      "Content-Type: multipart/report; report-type=\"delivery-status\"; boundary=x\n\n"
                                      "--x\nContent-Type: message/delivery-status\n\n%s\n--x--\n",
                                      FIELDS[i]);

        if (dsn_read(mem, bytes, strlen(bytes), &dsn) != REFUSED)
            fail_msg("read: %s", FIELDS[i]);
    }
    talloc_free(mem);
}

static void bounded(void **state)
{
    void *mem = talloc_new(NULL);
    char *bytes = talloc_strdup(mem, "Content-Type: multipart/report; report-type=delivery-status; boundary=x\n\n"
                                     "--x\nContent-Type: message/delivery-status\n\n");
    struct dsn dsn;

    (void)state;
    for (int i = 0; i < 2 * DSN_RECIPIENTS; i++)
        bytes = talloc_asprintf_append(bytes,
                                       "Final-Recipient: rfc822;a%d@b.example\nAction: failed\nStatus: 5.1.1\n\n", i);
    assert_int_equal(dsn_read(mem, bytes, strlen(bytes), &dsn), DONE);
    assert_int_equal(dsn.count, DSN_RECIPIENTS);

    bytes = talloc_asprintf(mem,
                            "Content-Type: multipart/report; report-type=delivery-status; boundary=x\n\n--x\n"
                            "Content-Type: message/delivery-status\n\nFinal-Recipient: rfc822;a@b.example\n"
                            "Action: failed\nStatus: 5.0.0\nDiagnostic-Code: %0*d\n\n--x--\n",
                            5000, 1);
    assert_int_equal(dsn_read(mem, bytes, strlen(bytes), &dsn), DONE);
    assert_int_equal(strlen(dsn.recipients[0].diagnostic), 300);
    talloc_free(mem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(reports), cmocka_unit_test(no_reports),
                                       cmocka_unit_test(broken_fields), cmocka_unit_test(bounded)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
