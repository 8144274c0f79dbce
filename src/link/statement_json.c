/* link/statement_json.c: a bank's file for people and programs that only want to look (`casella bank read`). */
#include "link/amount.h"
#include "link/statement.h"
#include <string.h>

struct description {
    json_t *whole, *statement, *credits;
};

/* Two decimals where they suffice, else as many as the bank stated; null where nothing is stated. */
static json_t *amount_json(const char *text)
{
    char plain[AMOUNT_TEXT];
    amount_units units;
    bool negative = *text == '-';

    if (!*text || !amount_parse(text + negative, &units))
        return json_null();
    return json_string(amount_text(negative ? -units : units, plain));
}

static json_t *text_json(const char *text)
{
    return *text ? json_string(text) : json_null();
}

static json_t *day_json(struct day day)
{
    char text[DAY_TEXT];

    return day.n ? json_string(day_iso(day, text)) : json_null();
}

static enum outcome describe_statement(void *arg, const struct statement_head *head)
{
    struct description *d = arg;

    json_object_set_new(d->whole, "format", json_string(head->format));
    d->credits = json_array();
    d->statement = json_pack("{s:o, s:o, s:o, s:n, s:o}", "account", text_json(head->account), "opening",
                             amount_json(head->opening), "closing", amount_json(head->closing), "balance_check",
                             "credits", d->credits);
    return json_array_append_new(json_object_get(d->whole, "statements"), d->statement) == 0 ? DONE : BROKEN;
}

static enum outcome describe_payment(void *arg, const struct statement_payment *payment)
{
    struct description *d = arg;

    if (!payment->credit || payment->reversal || payment->status != ENTRY_BOOKED)
        return DONE;
    json_t *credit =
        json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:s}", "amount", amount_json(payment->amount_text),
                  "currency", text_json(payment->currency), "booked_on", day_json(payment->booked_on), "value_on",
                  day_json(payment->value_on), "debtor", text_json(payment->debtor), "debtor_iban",
                  text_json(payment->debtor_iban), "remittance", text_json(payment->remittance), "bank_reference",
                  text_json(payment->bank_reference), "status", "BOOK");
    return json_array_append_new(d->credits, credit) == 0 ? DONE : BROKEN;
}

static enum outcome describe_check(void *arg, const struct statement_head *head)
{
    struct description *d = arg;

    json_object_set_new(d->statement, "closing", amount_json(head->closing)); /* some formats state it at the end */
    if (head->check != BALANCE_UNSTATED)
        json_object_set_new(d->statement, "balance_check", json_string(head->check == BALANCE_RIGHT ? "ok" : "wrong"));
    return DONE;
}

enum outcome statement_json(int file, json_t **described, struct problem *why)
{
    struct description d = {.whole = json_pack("{s:n, s:[]}", "format", "statements")};
    const struct statement_sink sink = {.begin = describe_statement,
                                        .payment = describe_payment,
                                        .end = describe_check,
                                        .arg = &d,
                                        .accept_unbalanced = true};
    enum outcome o = d.whole ? statement_read(file, &sink, why) : BROKEN;

    if (o == DONE)
        *described = d.whole;
    else
        json_decref(d.whole);
    return o;
}
