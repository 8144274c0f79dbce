/* From an order to its settlement by bank transfer: DOMAIN T1-T3, T6, T7, T30, T35, D10, O9, O13, Y9. */
#include "flow/fixture.h"
#include "link/statement.h"
#include "rules/reference.h"
#include "sandbox/camt_write.h"
#include "shop/import_statement.h"
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>
#include <unistd.h>

/* T1, T2, T3: what is due, what changes when the credit is booked and not before, and what it leaves behind. */
static void a_transfer_renews(void **state)
{
    static const struct {
        int years;
        int64_t cents;
        struct ymd ends_on;
    } row[] = {{1, 3050, {2028, 3, 15}}, {2, 6100, {2029, 3, 15}}};

    for (size_t i = 0; i < count_of(row); i++) {
        struct fixture *f = fixture(state);
        char *code = order_years(f, VERDI, row[i].years);
        struct settled_entry settled;
        struct order o = order_now(f, code);

        assert_int_equal(o.total.gross.cents, row[i].cents);
        assert_day(mailbox(f, VERDI).term.ends_on, 2027, 3, 15);
        assert_int_equal(number(f, "SELECT count(*) FROM invoice"), 0);
        assert_true(mailbox(f, VERDI).open_order_id == o.id);
        assert_clean(f);

        set_day(f, 2026, 12, 23);
        settled = pay(f, &(struct transfer){.text = code, .cents = row[i].cents, .on = day_of(2026, 12, 23)});
        assert_int_equal(settled.how, SETTLED_MATCHED);
        o = order_now(f, code);
        assert_int_equal(o.state, ORDER_FULFILLED);
        assert_day(o.settled_on, 2026, 12, 23);
        assert_day(mailbox(f, VERDI).term.ends_on, row[i].ends_on.year, row[i].ends_on.month, row[i].ends_on.day);
        assert_day(mailbox(f, VERDI).allowed.send_until, row[i].ends_on.year, row[i].ends_on.month, row[i].ends_on.day);
        assert_int_equal(mailbox(f, VERDI).open_order_id, 0);
        assert_int_equal(number(f, "SELECT gross_cents FROM invoice WHERE year = 2026 AND number = 1"), row[i].cents);
        assert_int_equal(number(f, "SELECT count(*) FROM ledger_entry"), 6);
        assert_int_equal(mails_of(f, "order_settled"), 1);
        assert_int_equal(number(f, "SELECT count(*) FROM outbox WHERE kind = 'invoice_file'"), 1);
        assert_int_equal(number(f, "SELECT count(*) FROM event WHERE kind = 'order.settled'"), 1);
        assert_clean(f);
    }
}

/* T6, O13: the same entry again and again. */
static void a_replay_changes_nothing(void **state)
{
    struct fixture *f = fixture(state);
    char *code = order_years(f, VERDI, 1), *before;
    struct transfer payment = {.text = code, .cents = 3050, .on = day_of(2026, 12, 23), .fingerprint = "once"};

    assert_int_equal(pay(f, &payment).how, SETTLED_MATCHED);
    before = all_rows(f);
    for (int i = 0; i < 3; i++)
        assert_int_equal(pay(f, &payment).how, SETTLED_DUPLICATE);
    assert_string_equal(all_rows(f), before);
    assert_clean(f);
}

/* Y9: kept, visible, owed to somebody; nothing is renewed. */
static void money_is_held(void **state)
{
    struct fixture *f = fixture(state);
    char *paid = order_years(f, VERDI, 1), *open = order_years(f, BIANCHI, 1), *cancelled, *wrong,
         stranger[REFERENCE_TEXT];
    char *two = talloc_asprintf(f, "saldo %s e %s", paid, open);
    struct day on = day_of(2026, 12, 23);
    struct problem why;

    add_mailbox(f, "terza@legalmail.example", 1, day_of(2027, 2, 1));
    cancelled = order_years(f, "terza@legalmail.example", 1);
    sql(f,
        talloc_asprintf(f, "UPDATE shop_order SET state = 'cancelled', cancelled_at = 1 WHERE code = '%s'", cancelled));
    sql(f, "UPDATE mailbox_row SET open_order_id = NULL WHERE " ITS_ROW("terza@legalmail.example"));
    assert_int_equal(pay(f, &(struct transfer){.text = paid, .cents = 3050, .on = on}).how, SETTLED_MATCHED);
    wrong = talloc_strdup(f, open);
    wrong[14] = wrong[14] == '9' ? '0' : wrong[14] + 1;
    reference_make(2026, 777777, stranger);

    const struct {
        struct transfer payment;
        enum held_reason reason;
    } row[] = {
        {{.text = "rinnovo casella", .cents = 3050, .on = on}, HELD_NO_REFERENCE},
        {{.text = wrong, .cents = 3050, .on = on}, HELD_BAD_CHECK_DIGITS},
        {{.text = stranger, .cents = 3050, .on = on}, HELD_NO_ORDER},
        {{.text = paid, .cents = 3050, .on = on}, HELD_REUSED},
        {{.text = cancelled, .cents = 4758, .on = on}, HELD_CANCELLED},
        {{.text = open, .cents = 3049, .on = on}, HELD_AMOUNT_SHORT},
        {{.text = open, .cents = 3051, .on = on}, HELD_AMOUNT_OVER},
        {{.text = open, .cents = 3050, .on = on, .currency = "CHF"}, HELD_CURRENCY},
        {{.text = two, .cents = 3050, .on = on}, HELD_SEVERAL_ORDERS},
        {{.text = open, .cents = 3050, .on = on, .account = "IT02C0326802801052101600000"}, HELD_WRONG_ACCOUNT},
    };
    int64_t sum = number(f, "SELECT CAST(sum(expires_on) AS BIGINT) FROM mailbox"), held;

    for (size_t i = 0; i < count_of(row); i++) {
        struct settled_entry settled = pay(f, &row[i].payment);

        if (settled.how != SETTLED_HELD || settled.reason != row[i].reason)
            fail_msg("%s: %s", held_reason_name(row[i].reason), held_reason_name(settled.reason));
    }
    held = number(f, "SELECT CAST(sum(-amount_cents) AS BIGINT) FROM ledger_entry WHERE account LIKE 'held:%'");
    assert_int_equal(held, 3050 * 6 + 4758 + 3049 + 3051);
    assert_int_equal(number(f, "SELECT count(*) FROM bank_entry WHERE state = 'held'"), count_of(row));
    assert_int_equal(number(f, "SELECT CAST(sum(expires_on) AS BIGINT) FROM mailbox"), sum);
    assert_int_equal(order_now(f, open).state, ORDER_CONFIRMED);
    assert_int_equal(number(f, "SELECT count(*) FROM invoice"), 1);
    /* R36: whoever named an order is told at once what is wrong; of the others nobody's address is known. */
    assert_int_equal(mails_of(f, "held_question"), 4);
    assert_int_equal(number(f, "SELECT count(*) FROM outbox WHERE template = 'held_question' AND recipient = "
                               "'cliente@posta.example'"),
                     4);
    assert_int_equal(number(f, "SELECT count(*) FROM event WHERE kind = 'held.written'"), 4);
    (void)why;
    /* The cancellation above was by hand, without its mail: nothing in the audit minds. */
    assert_clean(f);
}

/* T7: the server's price, whatever was sent. */
static void a_posted_price_is_refused(void **state)
{
    struct fixture *f = fixture(state);
    struct wanted_line line = {.address = VERDI, .choice = {.years = 1}};
    struct order_request request = request_for(f, &line, 1);
    struct placed_order placed;
    struct problem why = {0};
    char *before = all_rows(f);

    request.expected = money(1);
    assert_int_equal(order(f, &request, &placed, &why), REFUSED);
    assert_int_equal(why.code, PROBLEM_PRICE_CHANGED);
    assert_string_equal(why.detail, "30,50 €");
    assert_string_equal(all_rows(f), before);
    request.expected = money(3050);
    assert_int_equal(order(f, &request, &placed, &why), DONE);
}

/* T30: the VAT rate is that of the day on which the bank booked it. */
static void the_rate_of_the_day(void **state)
{
    static const struct {
        int64_t cents;
        struct ymd on;
        enum settled how;
        enum held_reason reason;
    } row[] = {
        {1089, {2013, 9, 30}, SETTLED_MATCHED, HELD_NOT},
        {1098, {2013, 10, 1}, SETTLED_MATCHED, HELD_NOT},
        {1089, {2013, 10, 1}, SETTLED_HELD, HELD_AMOUNT_SHORT},
    };

    for (size_t i = 0; i < count_of(row); i++) {
        struct fixture *f = fixture(state);
        struct brand_plan *plans = talloc_memdup(f, f->brand->plans, sizeof *plans * f->brand->plan_count);
        struct brand_price price = {day_of(2013, 1, 1), money(900), money(0)};
        struct settled_entry settled;
        char *code;

        plans[0].prices = &price;
        plans[0].price_count = 1;
        f->brand->plans = plans;
        add_mailbox(f, "antica@legalmail.example", 0, day_of(2013, 10, 20));
        set_day(f, 2013, 9, 28);
        code = order_years(f, "antica@legalmail.example", 1);
        assert_int_equal(order_now(f, code).total.gross.cents, 1089);
        set_day(f, row[i].on.year, row[i].on.month, row[i].on.day);
        settled = pay(f, &(struct transfer){.text = code,
                                            .cents = row[i].cents,
                                            .on = day_of(row[i].on.year, row[i].on.month, row[i].on.day)});
        assert_int_equal(settled.how, row[i].how);
        assert_int_equal(settled.reason, row[i].reason);
        if (settled.how == SETTLED_MATCHED)
            assert_int_equal(number(f, "SELECT vat_cents FROM invoice"), row[i].cents - 900);
        assert_clean(f);
    }
}

/* T35: the holder hears of it where somebody else paid; nobody is told twice. */
static void the_holder_is_told(void **state)
{
    struct fixture *f = fixture(state);
    struct wanted_line line = {.address = BIANCHI, .choice = {.years = 1}};
    struct order_request own;
    struct placed_order placed;
    struct problem why = {0};
    char *code = order_years(f, VERDI, 1);

    pay(f, &(struct transfer){.text = code, .cents = 3050, .on = day_of(2026, 12, 23)});
    assert_string_equal(words(f, "SELECT recipient FROM outbox WHERE template = 'order_settled'"),
                        "cliente@posta.example");
    assert_string_equal(words(f, "SELECT recipient FROM outbox WHERE template = 'holder_notice'"),
                        "titolare@posta.example");

    own = request_for(f, &line, 1);
    own.billing.email = "titolare@posta.example";
    assert_int_equal(order(f, &own, &placed, &why), DONE);
    pay(f, &(struct transfer){.text = placed.order.code, .cents = 3050, .on = day_of(2026, 12, 23)});
    assert_int_equal(mails_of(f, "holder_notice"), 1);
    assert_clean(f);
}

struct cancelling {
    struct fixture *f;
    const char *code;
    struct problem why;
};

static enum outcome cancel(struct db_tx *tx, void *arg)
{
    struct cancelling *c = arg;

    return cancel_order(tx, c->f, c->code, &(struct actor){"cli", "system"}, &c->why);
}

/* D10, O9: one open order for each mailbox; cancelled, the mailbox is free; a settled one cannot be cancelled. */
static void one_open_order(void **state)
{
    struct fixture *f = fixture(state);
    struct cancelling c = {.f = f, .code = order_years(f, VERDI, 1)};
    struct wanted_line line = {.address = VERDI, .choice = {.years = 2}};
    struct order_request request = request_for(f, &line, 1);
    struct placed_order placed;
    struct problem why = {0};
    char *second;

    assert_int_equal(order(f, &request, &placed, &why), REFUSED);
    assert_int_equal(why.code, PROBLEM_OPEN_ORDER);
    assert_string_equal(why.detail, c.code);

    assert_int_equal(db_transaction(f->db, "cancel", cancel, &c), DONE);
    assert_int_equal(order_now(f, c.code).state, ORDER_CANCELLED);
    assert_int_equal(mails_of(f, "order_cancelled"), 1);
    assert_int_equal(db_transaction(f->db, "cancel", cancel, &c), REFUSED);
    assert_int_equal(c.why.code, PROBLEM_ORDER_STATE);

    second = order_years(f, VERDI, 2);
    assert_int_equal(pay(f, &(struct transfer){.text = c.code, .cents = 3050, .on = day_of(2026, 12, 23)}).reason,
                     HELD_CANCELLED);
    assert_int_equal(pay(f, &(struct transfer){.text = second, .cents = 6100, .on = day_of(2026, 12, 23)}).how,
                     SETTLED_MATCHED);
    c.code = second;
    assert_int_equal(db_transaction(f->db, "cancel", cancel, &c), REFUSED);
    c.code = "000000000000000";
    assert_int_equal(db_transaction(f->db, "cancel", cancel, &c), REFUSED);
    assert_int_equal(c.why.code, PROBLEM_NOT_FOUND);
    assert_clean(f);
}

/* A form sent twice finds the order that it made. */
static void the_same_form_twice(void **state)
{
    struct fixture *f = fixture(state);
    struct wanted_line line = {.address = VERDI, .choice = {.years = 1}};
    struct order_request request = request_for(f, &line, 1);
    struct placed_order first, second;
    struct problem why = {0};

    request.form_token = "0123456789abcdef";
    assert_int_equal(order(f, &request, &first, &why), DONE);
    assert_false(first.found);
    assert_int_equal(order(f, &request, &second, &why), DONE);
    assert_true(second.found);
    assert_string_equal(first.order.code, second.order.code);
    assert_int_equal(second.line_count, 1);
    assert_int_equal(number(f, "SELECT count(*) FROM shop_order"), 1);
    assert_int_equal(number(f, "SELECT count(*) FROM outbox"), 1);
}

/* D10 again, by eight at once. */
struct racer {
    struct fixture *f;
    void *mem;
    enum outcome outcome;
    struct problem why;
};

static enum outcome race_place(struct db_tx *tx, void *arg)
{
    struct racer *r = arg;
    struct wanted_line line = {.address = VERDI, .choice = {.years = 1}};
    struct order_request request = request_for(r->f, &line, 1);
    struct placed_order placed;

    return place_order(tx, r->mem, &request, &placed, &r->why);
}

static void *race(void *arg)
{
    struct racer *r = arg;

    r->outcome = db_transaction(r->f->db, "race", race_place, r);
    return NULL;
}

static void eight_race_for_one(void **state)
{
    struct fixture *f = fixture(state);
    struct racer racer[8];
    pthread_t thread[8];
    int won = 0;

    for (size_t i = 0; i < count_of(racer); i++) {
        racer[i] = (struct racer){.f = f, .mem = talloc_new(NULL)};
        assert_int_equal(pthread_create(&thread[i], NULL, race, &racer[i]), 0);
    }
    for (size_t i = 0; i < count_of(racer); i++) {
        pthread_join(thread[i], NULL);
        talloc_free(racer[i].mem);
        won += racer[i].outcome == DONE;
        if (racer[i].outcome != DONE) {
            assert_int_equal(racer[i].outcome, REFUSED);
            assert_int_equal(racer[i].why.code, PROBLEM_OPEN_ORDER);
        }
    }
    assert_int_equal(won, 1);
    assert_int_equal(number(f, "SELECT count(*) FROM shop_order"), 1);
    assert_clean(f);
}

/* Several mailboxes, more space and a better plan in one order; the audit recomputes all of it. */
static void several_in_one_order(void **state)
{
    struct fixture *f = fixture(state);
    struct wanted_line lines[] = {{.address = VERDI, .choice = {.years = 2, .plan = "silver", .extra_gb = 5}},
                                  {.address = BIANCHI, .choice = {.years = 1}}};
    struct order_request request = request_for(f, lines, 2);
    struct placed_order placed;
    struct problem why = {0};

    assert_int_equal(order(f, &request, &placed, &why), DONE);
    assert_int_equal(pay(f, &(struct transfer){.text = placed.order.code,
                                               .cents = placed.order.total.gross.cents,
                                               .on = day_of(2026, 12, 21)})
                         .how,
                     SETTLED_MATCHED);
    assert_string_equal(mailbox(f, VERDI).plan, "silver");
    assert_int_equal(mailbox(f, VERDI).extra_gb, 5);
    assert_day(mailbox(f, VERDI).term.ends_on, 2029, 3, 15);
    assert_day(mailbox(f, BIANCHI).term.ends_on, 2028, 1, 31);
    assert_int_equal(number(f, "SELECT count(*) FROM event WHERE kind = 'mailbox.renewed'"), 2);
    assert_clean(f);
}

/* A statement as the bank sends it, twice, and once more within a longer one. */
static int file_of(struct fixture *f, const char *id, const struct camt_movement *movements, size_t count)
{
    struct camt_statement statement = {.id = id,
                                       .iban = IBAN,
                                       .currency = "EUR",
                                       .sequence = 1,
                                       .created = rome_at(day_of(2026, 12, 24), 6, 0, 0),
                                       .day = day_of(2026, 12, 23),
                                       .opening = money(100000),
                                       .movements = movements,
                                       .movement_count = count};
    FILE *file = tmpfile();
    struct problem why = {0};
    char *xml;

    assert_int_equal(camt_write(f, &statement, &xml, &why), DONE);
    assert_true(fputs(xml, file) >= 0 && fflush(file) == 0);
    int copy = dup(fileno(file));
    fclose(file);
    assert_int_equal(lseek(copy, 0, SEEK_SET), 0);
    return copy;
}

static struct import_result import_file(struct fixture *f, int file)
{
    struct statement_import in = {.shop = &f->shop, .reader = statement_read, .file = file, .actor = {"cli", "system"}};
    struct import_result result;
    struct problem why = {0};

    if (import_statement(f, &in, &result, &why) != DONE)
        fail_msg("%s", why.detail);
    close(file);
    return result;
}

static void statements_overlap(void **state)
{
    struct fixture *f = fixture(state);
    struct camt_movement movements[] = {
        {.amount = money(3050),
         .remittance = order_years(f, VERDI, 1),
         .bank_reference = "CRO1",
         .status = ENTRY_BOOKED},
        {.amount = money(999), .remittance = "auguri", .bank_reference = "CRO2", .status = ENTRY_BOOKED},
        {.amount = money(250), .debit = true, .remittance = "spese", .bank_reference = "CRO3", .status = ENTRY_BOOKED},
        {.amount = money(3050),
         .remittance = order_years(f, BIANCHI, 1),
         .bank_reference = "CRO4",
         .status = ENTRY_BOOKED},
    };
    struct import_result r = import_file(f, file_of(f, "PRIMO", movements, 3));
    char *before;

    assert_int_equal(r.matched, 1);
    assert_int_equal(r.held, 1);
    assert_int_equal(r.ignored, 1);
    assert_int_equal(r.held_list[0].reason, HELD_NO_REFERENCE);
    assert_int_equal(import_file(f, file_of(f, "PRIMO", movements, 3)).duplicates, 2);
    before = all_rows(f);
    assert_int_equal(import_file(f, file_of(f, "PRIMO", movements, 3)).duplicates, 2);
    assert_string_equal(all_rows(f), before);
    r = import_file(f, file_of(f, "SECONDO", movements, 4));
    assert_int_equal(r.matched, 1);
    assert_int_equal(r.duplicates, 2);
    assert_int_equal(number(f, "SELECT count(*) FROM bank_entry"), 3);
    assert_clean(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_transfer_renews),   cmocka_unit_test(a_replay_changes_nothing),
        cmocka_unit_test(money_is_held),       cmocka_unit_test(a_posted_price_is_refused),
        cmocka_unit_test(the_rate_of_the_day), cmocka_unit_test(the_holder_is_told),
        cmocka_unit_test(one_open_order),      cmocka_unit_test(the_same_form_twice),
        cmocka_unit_test(eight_race_for_one),  cmocka_unit_test(several_in_one_order),
        cmocka_unit_test(statements_overlap),
    };

    return FLOW(tests);
}
