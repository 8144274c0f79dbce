/* One statement written in each format and read again: the same money, the same reference found. */
#include "base/text.h"
#include "link/statement.h"
#include "rules/reference.h"
#include "sandbox/statement_write.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <talloc.h>

#include <cmocka.h>

#include "seeded.h"
#include "statement_file.h"

#define IBAN "IT62C0326803203052886541770"

typedef enum outcome writer(void *mem, const struct camt_statement *statement, struct written_file *file,
                            struct problem *why);

static enum outcome write_camt(void *mem, const struct camt_statement *statement, struct written_file *file,
                               struct problem *why)
{
    TRY(camt_write(mem, statement, &file->bytes, why));
    file->length = strlen(file->bytes);
    return DONE;
}

static const struct format {
    const char *name;
    writer *write;
    bool states_balances, states_payer, holds_all;
} FORMATS[] = {
    {"camt.053.001.08", write_camt, true, true, true},
    {"mt940", mt940_write, true, false, false},
    {"cbi-rh", cbi_rh_write, true, true, false},
    {"csv", bank_csv_write, false, true, true},
};

struct comparison {
    const struct format *format;
    const struct camt_statement *written;
    size_t at;
};

static enum outcome compare_head(void *arg, const struct statement_head *head)
{
    struct comparison *c = arg;
    char opening[MONEY_TEXT];

    assert_string_equal(head->format, c->format->name);
    assert_string_equal(head->account, c->written->iban);
    assert_int_equal(head->has_opening, c->format->states_balances);
    if (head->has_opening)
        assert_string_equal(head->opening, money_decimal(c->written->opening, opening));
    return DONE;
}

static enum outcome compare_payment(void *arg, const struct statement_payment *p)
{
    struct comparison *c = arg;
    const struct camt_movement *m;
    struct references found;

    do
        m = &c->written->movements[c->at++];
    while (!c->format->holds_all && (m->status != ENTRY_BOOKED || m->currency));
    assert_true(c->at <= c->written->movement_count);
    assert_true(p->amount_fits);
    assert_int_equal(p->amount.cents, m->amount.cents);
    assert_int_equal(p->credit, !m->debit);
    assert_string_equal(p->currency, m->currency ? m->currency : "EUR");
    assert_int_equal(p->booked_on.n, m->booked_on.n);
    assert_int_equal(p->value_on.n, m->value_on.n ? m->value_on.n : m->booked_on.n);
    assert_int_equal(p->status == ENTRY_BOOKED, m->status == ENTRY_BOOKED);
    if (c->format->states_balances)
        assert_int_equal(p->reversal, m->reversal);
    if (c->format->states_payer && p->credit) {
        assert_string_equal(p->debtor, m->debtor);
        assert_string_equal(p->debtor_iban, m->debtor_iban);
    }
    assert_string_equal(p->bank_reference, m->bank_reference);
    references_find(p->pieces, p->piece_count, &found);
    assert_int_equal(found.valid_count, 1);
    assert_non_null(strstr(m->remittance, found.valid[0]));
    return DONE;
}

static enum outcome compare_end(void *arg, const struct statement_head *head)
{
    struct comparison *c = arg;

    assert_int_equal(head->check, c->format->states_balances ? BALANCE_RIGHT : BALANCE_UNSTATED);
    return DONE;
}

static struct camt_movement any_movement(void *mem, size_t number)
{
    static const char *const NAMES[] = {"ROSSI MARIO", "D'ALÒ NICOLÒ", "BIANCHI; \"FIGLI\" E C"};
    struct camt_movement m = {0};
    char reference[REFERENCE_TEXT];
    int before = (int)(chance() % 60);

    m.amount = money(chance_between(1, 10000000));
    m.debit = chance() % 4 == 0;
    m.reversal = chance() % 8 == 0;
    m.currency = chance() % 8 == 0 ? "USD" : NULL;
    m.status = chance() % 8 == 0 ? ENTRY_PENDING : ENTRY_BOOKED;
    m.booked_on = day_plus(day_of(2025, 12, 20), (int)(chance() % 20));
    m.value_on = chance() % 2 ? day_plus(m.booked_on, (int)(chance() % 5) - 2) : (struct day){0};
    m.debtor = NAMES[chance() % count_of(NAMES)];
    m.debtor_iban = "IT60X0542811101000000123456";
    m.bank_reference = talloc_asprintf(mem, "CRO%zu", number + 1);
    reference_make(2026, chance_between(1, 99999), reference);
    m.remittance = talloc_asprintf(mem, "%.*s RIF %s GRAZIE", before,
                                   "RINNOVO DELLA CASELLA DI POSTA CERTIFICATA DELLO STUDIO IN VIA MILANO ", reference);
    return m;
}

static void every_format_says_the_same(void **state)
{
    (void)state;
    print_message("CASELLA_SEED=%llu\n", (unsigned long long)seed);

    for (int round = 0; round < 60; round++) {
        void *mem = talloc_new(NULL);
        size_t count = chance() % 40;
        struct camt_movement *movements = talloc_array(mem, struct camt_movement, (unsigned)count + 1);
        struct camt_statement statement = {.id = "ESTR-20260115-1",
                                           .iban = IBAN,
                                           .currency = "EUR",
                                           .sequence = 15,
                                           .day = day_of(2026, 1, 15),
                                           .opening = money(chance_between(-100000, 100000)),
                                           .movements = movements,
                                           .movement_count = count};

        for (size_t i = 0; i < count; i++)
            movements[i] = any_movement(mem, i);
        for (size_t f = 0; f < count_of(FORMATS); f++) {
            struct comparison c = {&FORMATS[f], &statement, 0};
            const struct statement_sink sink = {compare_head, compare_payment, compare_end, &c};
            struct written_file file;
            struct problem why = {0};

            assert_int_equal(FORMATS[f].write(mem, &statement, &file, &why), DONE);
            int opened = file_of(file.bytes, file.length);
            enum outcome o = statement_read(opened, &sink, &why);
            assert_string_equal(why.detail, "");
            assert_int_equal(o, DONE);
            close(opened);
        }
        talloc_free(mem);
    }
}

static void what_no_format_can_hold(void **state)
{
    static const struct camt_movement NEGATIVE = {.amount = {-1}};
    const struct camt_statement statement = {.id = "A",
                                             .iban = IBAN,
                                             .currency = "EUR",
                                             .day = day_of(2026, 1, 15),
                                             .movements = &NEGATIVE,
                                             .movement_count = 1};
    void *mem = talloc_new(NULL);
    (void)state;

    for (size_t f = 0; f < count_of(FORMATS); f++) {
        struct written_file file;
        struct problem why = {0};

        assert_int_equal(FORMATS[f].write(mem, &statement, &file, &why), REFUSED);
        assert_int_equal(why.code, PROBLEM_STATEMENT_FORMAT);
    }
    talloc_free(mem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_format_says_the_same),
        cmocka_unit_test(what_no_format_can_hold),
    };
    return cmocka_run_group_tests(tests, chance_begin, NULL);
}
