/* What banks' files tell, from their bytes to the ledger: each credit once, whatever comes twice, overlaps or comes in
 * two formats; what is no money, and what is held for what somebody wrote. DOMAIN §3.4, O13, T6, Y9; PAYMENTS §6.1. */
#include "flow/bankfile.h"
#include "rules/reference.h"
#include <talloc.h>

/* ---- Twice, and overlapping ---- */

static void one_right_payment(void **state)
{
    struct fixture *f = fixture(state);
    char *code = order_years(f, VERDI, 1), *before, *xml;
    struct camt_movement movement = credit(code, 3050, "CRO1");
    struct import_result r;

    xml = camt(f, "UNO", &movement, 1);
    r = import(f, xml);
    assert_int_equal(r.statements, 1);
    assert_int_equal(r.entries, 1);
    assert_int_equal(r.matched, 1);
    assert_int_equal(r.held + r.duplicates + r.ignored, 0);
    is_fulfilled(f, code, true);
    assert_true(day_same(order_now(f, code).settled_on, DAY));
    assert_true(day_same(mailbox(f, VERDI).term.ends_on, day_of(2028, 3, 15)));
    assert_string_equal(words(f, "SELECT opening || '/' || closing FROM bank_statement"), "1000.00/1030.50");
    assert_int_equal(number(f, "SELECT booked_cents FROM bank_statement"), 3050);

    before = all_rows(f);
    r = import(f, xml);
    assert_int_equal(r.duplicates, 1);
    assert_int_equal(r.matched + r.held, 0);
    assert_string_equal(all_rows(f), before);
    assert_clean(f);
}

/* A day's statement, then a longer one; a bank that gives no references, then the same again. */
static void overlapping_statements(void **state)
{
    struct fixture *f = fixture(state);
    char *verdi = order_years(f, VERDI, 1), *bianchi = order_years(f, BIANCHI, 1);
    const char *const texts[] = {verdi, bianchi};
    struct camt_movement all[] = {credit("auguri", 700, "CRO9"), credit(verdi, 3050, "CRO1"),
                                  credit("caparra", 1000, "CRO2"), credit(bianchi, 3050, "CRO3")};
    struct import_result r = import(f, camt(f, "GIORNO", all + 1, 2));

    assert_int_equal(r.matched, 1);
    assert_int_equal(r.held, 1);
    r = import(f, camt(f, "SETTIMANA", all, 4));
    assert_int_equal(r.duplicates, 2);
    assert_int_equal(r.matched, 1);
    assert_int_equal(r.held, 1);
    is_fulfilled(f, verdi, true);
    is_fulfilled(f, bianchi, true);
    assert_int_equal(entries(f), 4);
    assert_clean(f);

    /* The bank's reference is enough: a text that was completed meanwhile makes no other payment of it. */
    all[2].remittance = "caparra, con piu parole";
    r = import(f, camt(f, "MESE", all, 4));
    assert_int_equal(r.duplicates, 4);

    r = import(f, by_hand(f,
                          STATEMENT(IBAN, "0.00", "5.00",
                                    ENTRY("2.00", "CRDT", DETAILS(TX(REMITTANCE("uno"))))
                                        ENTRY("3.00", "CRDT", DETAILS(TX(REMITTANCE("due"))))),
                          texts));
    assert_int_equal(r.held, 2);
    r = import(f, by_hand(f,
                          STATEMENT(IBAN, "2.00", "9.00",
                                    ENTRY("3.00", "CRDT", DETAILS(TX(REMITTANCE("due"))))
                                        ENTRY("4.00", "CRDT", DETAILS(TX(REMITTANCE("tre"))))),
                          texts));
    assert_int_equal(r.duplicates, 1);
    assert_int_equal(r.held, 1);
    assert_int_equal(entries(f), 7);
    assert_clean(f);
}

/* Two payments that look the same are two, and remain two however often they come. */
static void look_alikes(void **state)
{
    static const char *const PAIR[] = {
        /* the bank tells them apart */
        ENTRY("30.50", "CRDT", REFERENCE("CRO1") DETAILS(TX(REMITTANCE("%1"))))
            ENTRY("30.50", "CRDT", REFERENCE("CRO2") DETAILS(TX(REMITTANCE("%1")))),
        /* it does not */
        ENTRY("30.50", "CRDT", DETAILS(TX(REMITTANCE("%1")))) ENTRY("30.50", "CRDT", DETAILS(TX(REMITTANCE("%1")))),
        /* it uses one reference for both */
        ENTRY("30.50", "CRDT", REFERENCE("CRO7") DETAILS(TX(REMITTANCE("%1"))))
            ENTRY("30.50", "CRDT", REFERENCE("CRO7") DETAILS(TX(REMITTANCE("%1")))),
    };

    for (size_t i = 0; i < count_of(PAIR); i++) {
        struct fixture *f = fixture(state);
        char *code = order_years(f, VERDI, 1);
        const char *const texts[] = {code};
        char *statement = talloc_asprintf(f, STATEMENT(IBAN, "0.00", "61.00", "%s"), PAIR[i]);
        char *xml = by_hand(f, statement, texts), *before;
        struct import_result r = import(f, xml);

        assert_int_equal(r.matched, 1);
        assert_int_equal(r.held, 1);
        assert_int_equal(r.held_list[0].reason, HELD_REUSED);
        assert_int_equal(entries(f), 2);
        before = all_rows(f);
        assert_int_equal(import(f, xml).duplicates, 2);
        assert_string_equal(all_rows(f), before);
        assert_clean(f);
    }
}

/* ---- One movement in two formats ---- */

static const char *in_format(struct fixture *f, int format, const char *id, const struct camt_movement *movements,
                             size_t count)
{
    static enum outcome (*const WRITE[])(void *, const struct camt_statement *, struct written_file *,
                                         struct problem *) = {mt940_write, cbi_rh_write, bank_csv_write};
    struct camt_statement statement = moved(id, movements, count);
    struct written_file file;
    struct problem why = {0};

    if (format == 0)
        return camt(f, id, movements, count);
    assert_int_equal(WRITE[format - 1](f, &statement, &file, &why), DONE);
    return file.bytes;
}

/* As one bank tells of them, and then as the same bank tells of them in another way: each is booked once, and what is
 * twice in one statement is two. A third, equal one in the second file is news. */
static void in_two_formats(void **state)
{
    for (int first = 0; first < 4; first++)
        for (int second = 0; second < 4; second++) {
            struct fixture *f = fixture(state);
            char *verdi = order_years(f, VERDI, 1), *bianchi = order_years(f, BIANCHI, 1);
            struct camt_movement all[] = {
                credit(verdi, 3050, "0306912345678901"), credit(bianchi, 3050, "0306912345678902"),
                credit("offerta per la chiesa", 1000, ""), credit("offerta per la chiesa", 1000, ""),
                credit("offerta per la chiesa", 1000, "")};
            struct import_result r;
            char *before;

            if (first == second)
                continue;
            r = import(f, in_format(f, first, "UNO", all, 4));
            assert_int_equal(r.matched, 2);
            assert_int_equal(r.held, 2);
            before = all_rows(f);
            r = import(f, in_format(f, second, "DUE", all, 4));
            if (r.duplicates != 4)
                fail_msg("%d then %d: %d matched, %d held", first, second, (int)r.matched, (int)r.held);
            assert_string_equal(all_rows(f), before);
            r = import(f, in_format(f, second, "DUE", all, 4)); /* and once more */
            assert_int_equal(r.duplicates, 4);
            r = import(f, in_format(f, second, "DUE", all, 5));
            assert_int_equal(r.duplicates, 4);
            assert_int_equal(r.held, 1);
            r = import(f, in_format(f, first, "UNO", all, 5));
            assert_int_equal(r.duplicates, 5);
            assert_int_equal(entries(f), 5);
            is_fulfilled(f, verdi, true);
            is_fulfilled(f, bianchi, true);
            assert_clean(f);
        }
}

/* Of two payers on one day, with one text and one amount, each is found by what the bank says of it. */
static void who_is_who_in_two_formats(void **state)
{
    struct fixture *f = fixture(state);
    struct camt_movement all[] = {credit("rinnovo della casella", 3050, "0306912345678901"),
                                  credit("rinnovo della casella", 3050, "0306912345678902")};
    struct import_result r = import(f, in_format(f, 0, "UNO", all + 1, 1));

    assert_int_equal(r.held, 1);
    r = import(f, in_format(f, 1, "DUE", all, 2)); /* the one that is news comes first */
    assert_int_equal(r.duplicates, 1);
    assert_int_equal(r.held, 1);
    assert_int_equal(number(f, "SELECT count(DISTINCT bank_reference) FROM bank_entry"), 2);
    assert_clean(f);
}

/* One entry of the account, several payments in it. */
static void batches(void **state)
{
    struct fixture *f = fixture(state);
    char *verdi = order_years(f, VERDI, 1), *bianchi = order_years(f, BIANCHI, 1), *terza, *xml;

    add_mailbox(f, "terza@legalmail.example", 0, day_of(2027, 2, 1));
    terza = order_years(f, "terza@legalmail.example", 1);
    const char *const texts[] = {verdi, bianchi, terza};

    xml = by_hand(f,
                  STATEMENT(IBAN, "10.00", "141.50",
                            /* three, with their amounts; two look the same but for their texts */
                            ENTRY("68.00", "CRDT",
                                  REFERENCE("LOTTO1") DETAILS(TX(TX_AMOUNT("30.50") REMITTANCE("%1")) TX(
                                      TX_AMOUNT("30.50") REMITTANCE("%2")) TX(TX_AMOUNT("7.00") REMITTANCE("caparra"))))
                            /* one with an amount, one with what is left */
                            ENTRY("40.50", "CRDT",
                                  REFERENCE("LOTTO2")
                                      DETAILS(TX(TX_AMOUNT("10.00") REMITTANCE("acconto")) TX(REMITTANCE("saldo %3"))))
                            /* the bank's charges come first, and are no credit */
                            ENTRY("23.00", "CRDT",
                                  REFERENCE("LOTTO3")
                                      DETAILS(TX(TX_AMOUNT("1.00") "<CdtDbtInd>DBIT</CdtDbtInd>" REMITTANCE("spese"))
                                                  TX(TX_AMOUNT("24.00") REMITTANCE("altro"))))),
                  texts);
    struct import_result r = import(f, xml);

    assert_int_equal(r.entries, 6);
    assert_int_equal(r.matched, 3);
    assert_int_equal(r.held, 3);
    assert_int_equal(r.ignored, 1);
    is_fulfilled(f, verdi, true);
    is_fulfilled(f, bianchi, true);
    is_fulfilled(f, terza, true);
    assert_int_equal(number(f, "SELECT booked_cents FROM bank_statement"), 13150);
    assert_clean(f);
    assert_int_equal(import(f, xml).duplicates, 6);
    assert_clean(f);
}

/* ---- What is no money ---- */

static void only_booked_credits(void **state)
{
    struct fixture *f = fixture(state);
    char *code = order_years(f, VERDI, 1), *before = all_rows(f);
    struct camt_movement none[5];
    struct import_result r;

    for (size_t i = 0; i < count_of(none); i++)
        none[i] = credit(code, 3050, talloc_asprintf(f, "CRO%zu", i));
    none[0].status = ENTRY_PENDING;
    none[1].status = ENTRY_INFO;
    none[2].reversal = true;
    none[3].debit = true;
    none[4].debit = none[4].reversal = true;
    r = import(f, camt(f, "NULLA", none, count_of(none)));
    assert_int_equal(r.ignored, 5);
    assert_int_equal(r.entries, 0);
    assert_string_equal(all_rows(f), before);
    is_fulfilled(f, code, false);
    assert_clean(f);

    /* The pending one is booked the day after. */
    none[0].status = ENTRY_BOOKED;
    r = import(f, camt(f, "DOPO", none, 1));
    assert_int_equal(r.matched, 1);
    is_fulfilled(f, code, true);
    assert_clean(f);
}

static void another_currency(void **state)
{
    struct fixture *f = fixture(state);
    char *code = order_years(f, VERDI, 1);
    struct camt_movement movements[] = {credit(code, 3050, "CRO1"), credit("auguri", 500, "CRO2")};
    struct import_result r;

    movements[0].currency = "CHF";
    r = import(f, camt(f, "FRANCHI", movements, 2));
    assert_int_equal(r.held, 2);
    assert_int_equal(r.held_list[0].reason, HELD_CURRENCY);
    assert_string_equal(r.held_list[0].currency, "CHF");
    is_fulfilled(f, code, false);
    assert_int_equal(
        number(f, "SELECT CAST(sum(amount_cents) AS BIGINT) FROM ledger_entry WHERE account LIKE 'bank:%'"), 500);
    assert_clean(f);
}

/* ---- What people write ---- */

static char *mistyped(struct fixture *f, const char *code)
{
    char *wrong = talloc_strdup(f, code);

    wrong[8] = wrong[8] == '9' ? '0' : (char)(wrong[8] + 1);
    return wrong;
}

struct ending {
    struct fixture *f;
    const char *code;
};

static enum outcome cancel(struct db_tx *tx, void *arg)
{
    struct ending *e = arg;
    struct problem why;

    return cancel_order(tx, e->f, e->code, &(struct actor){"cli", "system"}, &why);
}

static void held_for_a_reason(void **state)
{
    struct fixture *f = fixture(state);
    char *paid = order_years(f, VERDI, 1), *open = order_years(f, BIANCHI, 1), *cancelled, *grouped;
    char stranger[REFERENCE_TEXT], shown[20];
    struct camt_movement first = credit(paid, 3050, "CRO0");

    add_mailbox(f, "terza@legalmail.example", 0, day_of(2027, 2, 1));
    cancelled = order_years(f, "terza@legalmail.example", 1);
    assert_int_equal(db_transaction(f->db, "cancel", cancel, &(struct ending){f, cancelled}), DONE);
    assert_int_equal(import(f, camt(f, "PRIMO", &first, 1)).matched, 1);
    reference_make(2026, 777777, stranger);
    grouped = talloc_strdup(f, reference_grouped(open, shown));

    const struct {
        const char *text;
        int64_t cents;
        enum held_reason reason;
    } row[] = {
        {"BONIFICO SEPA RINNOVO CASELLA PEC BIANCHI MARIO", 3050, HELD_NO_REFERENCE},
        {"", 3050, HELD_NO_REFERENCE},
        {"fattura 2026/17 del 15/03/2026", 3050, HELD_NO_REFERENCE},
        {talloc_asprintf(f, "RINNOVO %s", mistyped(f, open)), 3050, HELD_BAD_CHECK_DIGITS},
        {talloc_asprintf(f, "CAUSALE:%s MARIO BIANCHI", stranger), 3050, HELD_NO_ORDER},
        {talloc_asprintf(f, "Rinnovo 2026 causale %s", paid), 3050, HELD_REUSED},
        {talloc_asprintf(f, "pagamento ordine %s (terza casella)", cancelled), 3050, HELD_CANCELLED},
        {talloc_asprintf(f, "causale %s meno spese", grouped), 2950, HELD_AMOUNT_SHORT},
        {talloc_asprintf(f, "causale %s piu spese", grouped), 3150, HELD_AMOUNT_OVER},
        {open, 3049, HELD_AMOUNT_SHORT},
        {open, 3051, HELD_AMOUNT_OVER},
        {talloc_asprintf(f, "saldo %s e %s", open, paid), 6100, HELD_SEVERAL_ORDERS},
        {talloc_asprintf(f, "saldo %s, %s", open, stranger), 3050, HELD_SEVERAL_ORDERS},
    };
    struct camt_movement movements[count_of(row)];
    struct import_result r;
    int64_t sum = 0;

    for (size_t i = 0; i < count_of(row); i++) {
        movements[i] = credit(row[i].text, row[i].cents, talloc_asprintf(f, "CRO%zu", i + 1));
        movements[i].debtor = "Mario Bianchi";
        sum += row[i].cents;
    }
    r = import(f, camt(f, "TRATTENUTI", movements, count_of(row)));
    assert_int_equal(r.held, count_of(row));
    for (size_t i = 0; i < count_of(row); i++)
        if (r.held_list[i].reason != row[i].reason || r.held_list[i].amount.cents != row[i].cents)
            fail_msg("«%s»: %s", row[i].text, held_reason_name(r.held_list[i].reason));
    assert_int_equal(
        number(f, "SELECT CAST(sum(-amount_cents) AS BIGINT) FROM ledger_entry WHERE account LIKE 'held:%'"), sum);
    assert_int_equal(number(f, "SELECT count(*) FROM event WHERE kind = 'payment.held'"), count_of(row));
    is_fulfilled(f, open, false);
    assert_clean(f);

    /* And the one that is right settles, however it is written. */
    first = credit(talloc_asprintf(f, "BON.DA MARIO BIANCHI PER:RINNOVO PEC %s.", grouped), 3050, "CRO99");
    assert_int_equal(import(f, camt(f, "ULTIMO", &first, 1)).matched, 1);
    is_fulfilled(f, open, true);
    assert_clean(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_right_payment),
        cmocka_unit_test(overlapping_statements),
        cmocka_unit_test(look_alikes),
        cmocka_unit_test(in_two_formats),
        cmocka_unit_test(who_is_who_in_two_formats),
        cmocka_unit_test(batches),
        cmocka_unit_test(only_booked_credits),
        cmocka_unit_test(another_currency),
        cmocka_unit_test(held_for_a_reason),
    };

    return FLOW(tests);
}
