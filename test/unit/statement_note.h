/* A bank's file as lines of text, to compare with what a test expects:
 *
 *     FORMAT [ID] ACCOUNT CURRENCY OPENING
 *     AMOUNT CURRENCY in|out [reversal] STATUS BOOKED VALUE|DEBTOR|IBAN|REMITTANCE|END-TO-END|BANK REFERENCE
 *     CLOSING right|wrong|unstated */
#pragma once

#include "base/text.h"
#include "link/statement.h"
#include "english.h"
#include "statement_file.h"

#include <talloc.h>

static enum outcome note_begin(void *arg, const struct statement_head *head)
{
    text_put_format(arg, "%s [%s] %s %s %s\n", head->format, head->id, head->account, head->currency,
                    head->has_opening ? head->opening : "-");
    return DONE;
}

static enum outcome note_payment(void *arg, const struct statement_payment *p)
{
    static const char *const STATUS[] = {"BOOK", "PDNG", "INFO"};
    char booked_on[DAY_TEXT] = "-", value_on[DAY_TEXT] = "-";

    if (p->booked_on.n)
        day_iso(p->booked_on, booked_on);
    if (p->value_on.n)
        day_iso(p->value_on, value_on);
    text_put_format(arg, "%s%s %s %s%s %s %s %s|%s|%s|%s|%s|%s\n", p->amount_text, p->amount_fits ? "" : "!", p->currency,
                    p->credit ? "in" : "out", p->reversal ? " reversal" : "", STATUS[p->status], booked_on, value_on,
                    p->debtor, p->debtor_iban, p->remittance, p->end_to_end_id, p->bank_reference);
    return DONE;
}

static enum outcome note_end(void *arg, const struct statement_head *head)
{
    static const char *const CHECK[] = {"unstated", "right", "wrong"};

    text_put_format(arg, "%s %s\n", head->has_closing ? head->closing : "-", CHECK[head->check]);
    return DONE;
}

static inline enum outcome note_statement(void *mem, const void *bytes, size_t length, char **read,
                                          struct problem *why)
{
    struct text_buffer out = text_buffer(mem);
    const struct statement_sink sink = {note_begin, note_payment, note_end, &out};
    int file = file_of(bytes, length);

    *why = (struct problem){0};
    enum outcome o = statement_read(file, &sink, why);
    close(file);
    *read = out.bytes ? out.bytes : "";
    return o;
}

/* Every prefix, and every byte once changed: read or refused with a reason, never anything else. */
static inline void read_what_is_left_of(const char *text)
{
    size_t length = strlen(text);
    char *bytes = talloc_memdup(NULL, text, length + 1);

    for (size_t i = 0; i <= 2 * length; i++) {
        void *mem = talloc_new(NULL);
        bool changed = i > length;
        char *at = changed ? bytes + i - length - 1 : bytes, kept = *at;
        struct problem why;
        char *read;

        if (changed)
            *at = "\n:;,\"0Z9-\xC3 \t"[i % 12];
        enum outcome o = note_statement(mem, bytes, changed ? length : i, &read, &why);
        assert_true(o == DONE || (o == REFUSED && *why.detail && text_is_utf8(why.detail, strlen(why.detail))));
        if (o == DONE)
            assert_true(text_is_utf8(read, strlen(read)));
        if (changed)
            *at = kept;
        talloc_free(mem);
    }
    talloc_free(bytes);
}

static inline void assert_reads(const char *what, const void *bytes, size_t length, const char *expected)
{
    void *mem = talloc_new(NULL);
    struct problem why;
    char *read;

    print_message("%s\n", what);
    enum outcome o = note_statement(mem, bytes, length, &read, &why);
    assert_string_equal(why.detail, "");
    assert_int_equal(o, DONE);
    assert_string_equal(read, expected);
    talloc_free(mem);
}

/* As a file that is none of its format, for a reason that says so. */
static inline void assert_refused(const void *bytes, size_t length, const char *says)
{
    void *mem = talloc_new(NULL);
    struct problem why;
    char *read;

    print_message("%s\n", says);
    assert_int_equal(note_statement(mem, bytes, length, &read, &why), REFUSED);
    assert_int_equal(why.code, PROBLEM_STATEMENT_FORMAT);
    if (!strstr(why.detail, says))
        fail_msg("\"%s\" does not say \"%s\"", why.detail, says);
    assert_english(why.detail);
    talloc_free(mem);
}
