/* Statements of many real banks, versions .02 to .14, against an independent reading of the same files. */
#include "base/text.h"
#include "link/amount.h"
#include "link/statement.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>
#include <unistd.h>

#include <cmocka.h>

struct sums {
    size_t entries, credits, debits, booked_credits, booked_debits, reversals;
    amount_units credit, debit, booked_credit, booked_debit;
};

struct comparison {
    void *mem;
    const char *name;
    const json_t *statements;
    const json_t *expected;
    size_t statement, payment;
    struct sums sums;
};

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

static amount_units units_of(const char *text)
{
    amount_units units = 0;
    assert_true(amount_parse(text, &units));
    return units;
}

static enum outcome begin(void *arg, const struct statement_head *head)
{
    struct comparison *c = arg;

    c->expected = json_array_get(c->statements, c->statement++);
    assert_non_null(c->expected);
    c->payment = 0;
    c->sums = (struct sums){0};
    assert_string_equal(head->id, text_of(c->expected, "id"));
    assert_string_equal(head->account, text_of(c->expected, "account"));
    if (*text_of(c->expected, "ccy"))
        assert_string_equal(head->currency, text_of(c->expected, "ccy"));
    const json_t *balances = json_object_get(c->expected, "balances");
    const json_t *opening = json_object_get(balances, "OPBD"), *closing = json_object_get(balances, "CLBD");
    if (!opening)
        opening = json_object_get(balances, "PRCD");
    assert_int_equal(head->has_opening, opening != NULL);
    assert_int_equal(head->has_closing, closing != NULL);
    if (opening)
        assert_string_equal(head->opening, json_string_value(json_array_get(opening, 0)));
    if (closing)
        assert_string_equal(head->closing, json_string_value(json_array_get(closing, 0)));
    return DONE;
}

static bool has_piece(const struct statement_payment *payment, const char *text, void *mem)
{
    for (size_t i = 0; i < payment->piece_count; i++)
        if (text_same(text_trim(mem, payment->pieces[i]), text_trim(mem, text)))
            return true;
    return false;
}

static void compare_day(struct day day, const char *expected)
{
    char text[DAY_TEXT] = "";

    if (day.n)
        day_iso(day, text);
    assert_int_equal(strlen(text), *expected ? 10 : 0);
    assert_memory_equal(text, expected, strlen(text));
}

static void compare_payment(struct comparison *c, const struct statement_payment *payment)
{
    static const char *const STATUS[] = {"BOOK", "PDNG", "INFO"};
    const json_t *expected = json_array_get(json_object_get(c->expected, "payments"), c->payment++);
    const char *own = text_of(expected, "debtor"), *reference = text_of(expected, "acct_svcr_ref");
    size_t i;
    json_t *piece;

    assert_non_null(expected);
    assert_string_equal(payment->amount_text, text_of(expected, "amount"));
    assert_string_equal(payment->entry_amount_text, text_of(expected, "entry_amount"));
    assert_string_equal(payment->currency, text_of(expected, "ccy"));
    assert_string_equal(STATUS[payment->status], text_of(expected, "status"));
    assert_int_equal(payment->reversal, json_is_true(json_object_get(expected, "reversal")));
    compare_day(payment->booked_on, text_of(expected, "booking_date"));
    compare_day(payment->value_on, text_of(expected, "value_date"));
    assert_string_equal(text_trim(c->mem, payment->debtor),
                        text_trim(c->mem, *own ? own : text_of(expected, "ultimate_debtor")));
    assert_string_equal(payment->debtor_iban, text_trim(c->mem, text_of(expected, "debtor_iban")));
    assert_string_equal(payment->return_reason, text_of(expected, "return_reason"));
    const char *end_to_end = text_of(expected, "e2e");
    assert_string_equal(payment->end_to_end_id, strcmp(end_to_end, "NOTPROVIDED") == 0 ? "" : end_to_end);
    assert_true(strcmp(payment->bank_reference, reference) == 0 ||
                strcmp(payment->bank_reference, text_of(expected, "tx_ref")) == 0);
    json_array_foreach(json_object_get(expected, "ustrd"), i, piece)
    {
        assert_true(has_piece(payment, json_string_value(piece), c->mem));
        assert_non_null(strstr(text_trim(c->mem, payment->remittance), text_trim(c->mem, json_string_value(piece))));
    }
    json_array_foreach(json_object_get(expected, "strd_ref"), i, piece)
        assert_true(has_piece(payment, json_string_value(piece), c->mem));
    struct money cents;
    assert_int_equal(payment->amount_fits,
                     money_parse(payment->amount_text, strlen(payment->amount_text), &cents) == DONE);
    if (payment->amount_fits)
        assert_int_equal(payment->amount.cents, cents.cents);
}

static enum outcome payment(void *arg, const struct statement_payment *payment)
{
    struct comparison *c = arg;
    amount_units units = units_of(payment->entry_amount_text);
    bool booked = payment->status == ENTRY_BOOKED;

    if (payment->payment_index == 0) {
        *(payment->credit ? &c->sums.credits : &c->sums.debits) += 1;
        *(payment->credit ? &c->sums.credit : &c->sums.debit) += units;
        if (booked) {
            *(payment->credit ? &c->sums.booked_credits : &c->sums.booked_debits) += 1;
            *(payment->credit ? &c->sums.booked_credit : &c->sums.booked_debit) += units;
        }
        c->sums.reversals += payment->reversal;
        assert_int_equal(payment->entry_index, c->sums.entries);
        c->sums.entries++;
    }
    if (payment->credit)
        compare_payment(c, payment);
    return DONE;
}

static void compare_count(const struct comparison *c, const char *key, size_t count)
{
    assert_int_equal(json_integer_value(json_object_get(c->expected, key)), count);
}

static void compare_sum(const struct comparison *c, const char *key, amount_units sum)
{
    assert_true(units_of(text_of(c->expected, key)) == sum);
}

static enum outcome end(void *arg, const struct statement_head *head)
{
    struct comparison *c = arg;
    const char *check = text_of(c->expected, "balance_check");

    compare_count(c, "entries", head->entries);
    compare_count(c, "entries", c->sums.entries);
    compare_count(c, "entry_credit_count", c->sums.credits);
    compare_sum(c, "entry_credit_sum", c->sums.credit);
    compare_count(c, "entry_debit_count", c->sums.debits);
    compare_sum(c, "entry_debit_sum", c->sums.debit);
    compare_count(c, "booked_credit_count", c->sums.booked_credits);
    compare_sum(c, "booked_credit_sum", c->sums.booked_credit);
    compare_count(c, "booked_debit_count", c->sums.booked_debits);
    compare_sum(c, "booked_debit_sum", c->sums.booked_debit);
    compare_count(c, "reversal_entries", c->sums.reversals);
    assert_int_equal(json_array_size(json_object_get(c->expected, "payments")), c->payment);
    assert_int_equal(head->check, !*check                    ? BALANCE_UNSTATED
                                  : strcmp(check, "ok") == 0 ? BALANCE_RIGHT
                                                             : BALANCE_WRONG);
    return DONE;
}

static bool has_wrong_balance(const json_t *statements)
{
    size_t i;
    json_t *statement;

    json_array_foreach(statements, i,
                       statement) if (text_starts(text_of(statement, "balance_check"), "MISMATCH")) return true;
    return false;
}

/* The same file as an importer and as `casella bank read` see it. */
static void compare_uses(int file, const json_t *statements)
{
    const struct statement_sink importing = {0};
    struct problem why = {0};
    json_t *described = NULL;
    bool wrong = has_wrong_balance(statements);
    size_t i, credits = 0, expected = 0;
    json_t *statement;

    lseek(file, 0, SEEK_SET);
    assert_int_equal(statement_read(file, &importing, &why), wrong ? REFUSED : DONE);
    if (wrong)
        assert_int_equal(why.code, PROBLEM_STATEMENT_BALANCE);
    lseek(file, 0, SEEK_SET);
    assert_int_equal(statement_json(file, &described, &why), DONE);
    assert_true(text_starts(text_of(described, "format"), "camt.05"));
    json_array_foreach(json_object_get(described, "statements"), i, statement) credits +=
        json_array_size(json_object_get(statement, "credits"));
    json_array_foreach(statements, i, statement) expected +=
        (size_t)json_integer_value(json_object_get(statement, "payments_booked_nonreversal_count"));
    assert_int_equal(credits, expected);
    json_decref(described);
}

static void agrees_with_the_independent_reading(void **state)
{
    (void)state;
    const char *source = getenv("CASELLA_SOURCE");
    void *mem = talloc_new(NULL);
    char *folder = talloc_asprintf(mem, "%s/../shared/data/camt", source ? source : ".");
    json_t *all = json_load_file(talloc_asprintf(mem, "%s/expected.json", folder), 0, NULL), *one;
    const char *name;
    size_t files = 0, refused = 0, unbalanced = 0;

    if (!all) {
        print_message("no %s: skipped\n", folder);
        talloc_free(mem);
        skip();
    }
    json_object_foreach(all, name, one)
    {
        struct comparison c = {.mem = mem, .name = name, .statements = json_object_get(one, "statements")};
        const struct statement_sink sink = {begin, payment, end, &c, .accept_unbalanced = true};
        struct problem why = {0};
        int file = open(talloc_asprintf(mem, "%s/%s", folder, name), O_RDONLY | O_CLOEXEC);
        assert_true(file >= 0);
        print_message("%s\n", name);
        enum outcome o = statement_read(file, &sink, &why);
        files++;
        if (json_array_size(c.statements) == 0) {
            assert_int_equal(o, REFUSED);
            assert_int_equal(why.code, PROBLEM_STATEMENT_FORMAT);
            refused++;
        } else {
            assert_string_equal(why.detail, "");
            assert_int_equal(o, DONE);
            assert_int_equal(c.statement, json_array_size(c.statements));
            unbalanced += has_wrong_balance(c.statements);
            compare_uses(file, c.statements);
        }
        close(file);
    }
    print_message("%zu files: %zu hold no statement, %zu do not add up\n", files, refused, unbalanced);
    assert_int_equal(files, json_object_size(all));
    json_decref(all);
    talloc_free(mem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(agrees_with_the_independent_reading)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
