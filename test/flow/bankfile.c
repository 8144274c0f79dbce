#include "flow/bankfile.h"
#include "base/text.h"
#include "unit/statement_file.h"
#include <string.h>

/* ---- Files ---- */

struct camt_statement moved(const char *id, const struct camt_movement *movements, size_t count)
{
    return (struct camt_statement){.id = id,
                                   .iban = IBAN,
                                   .currency = "EUR",
                                   .sequence = 1,
                                   .created = rome_at(day_of(2026, 12, 24), 6, 0, 0),
                                   .day = DAY,
                                   .opening = money(100000),
                                   .movements = movements,
                                   .movement_count = count};
}

char *camt(struct fixture *f, const char *id, const struct camt_movement *movements, size_t count)
{
    struct camt_statement statement = moved(id, movements, count);
    struct problem why = {0};
    char *xml;

    assert_int_equal(camt_write(f, &statement, &xml, &why), DONE);
    return xml;
}

char *by_hand(struct fixture *f, const char *statements, const char *const *texts)
{
    struct text_buffer out = text_buffer(f);

    text_put(&out, "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\"><BkToCstmrStmt>");
    for (const char *c = statements; *c; c++)
        if (*c == '%' && c[1] >= '1' && c[1] <= '9')
            text_put(&out, texts[*++c - '1']);
        else
            text_put_bytes(&out, c, 1);
    text_put(&out, "</BkToCstmrStmt></Document>");
    return out.bytes;
}

struct camt_movement credit(const char *text, int64_t cents, const char *bank_reference)
{
    return (struct camt_movement){
        .amount = money(cents), .remittance = text, .bank_reference = bank_reference, .status = ENTRY_BOOKED};
}

/* ---- Importing ---- */

struct reported {
    int64_t done, all;
    int calls;
};

static void report(void *arg, int64_t done, int64_t all)
{
    struct reported *r = arg;

    assert_true(done >= r->done && done <= all);
    *r = (struct reported){done, all, r->calls + 1};
}

enum outcome import_with(struct fixture *f, statement_reader *reader, const char *xml, struct import_result *r,
                         struct problem *why)
{
    struct reported reported = {0};
    struct statement_import in = {.shop = &f->shop,
                                  .reader = reader,
                                  .file = file_of(xml, strlen(xml)),
                                  .actor = {"cli", "system"},
                                  .progress = report,
                                  .progress_arg = &reported};
    enum outcome o;

    assert_true(in.file >= 0);
    *why = (struct problem){0};
    o = import_statement(f, &in, r, why);
    close(in.file);
    if (o == DONE) {
        assert_true(reported.calls > 0 && reported.done == r->entries && reported.all == r->entries);
        assert_int_equal(r->matched + r->held + r->duplicates, r->entries);
    }
    return o;
}

struct import_result import(struct fixture *f, const char *xml)
{
    struct import_result r;
    struct problem why;

    if (import_with(f, statement_read, xml, &r, &why) != DONE)
        fail_msg("%s: %s", problem_slug(why.code), why.detail);
    return r;
}

void is_fulfilled(struct fixture *f, const char *code, bool fulfilled)
{
    if ((order_now(f, code).state == ORDER_FULFILLED) != fulfilled)
        fail_msg("%s: %s", code, order_state_name(order_now(f, code).state));
}

int64_t entries(struct fixture *f)
{
    return number(f, "SELECT count(*) FROM bank_entry");
}
