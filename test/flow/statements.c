/* Files as banks send them, from their bytes to the ledger: each credit once, whatever comes twice, overlaps, is cut or
 * breaks off; what is unsound books nothing at all. DOMAIN §3.4, O13, T6, Y9; PAYMENTS §6.1. */
#include "base/text.h"
#include "flow/fixture.h"
#include "link/statement.h"
#include "rules/reference.h"
#include "sandbox/statement_write.h"
#include "shop/import_statement.h"
#include "unit/statement_file.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <talloc.h>

#define DAY day_of(2026, 12, 23)

/* ---- Files ---- */

static char *camt(struct fixture *f, const char *id, const struct camt_movement *movements, size_t count)
{
    struct camt_statement statement = {.id = id,
                                       .iban = IBAN,
                                       .currency = "EUR",
                                       .sequence = 1,
                                       .created = rome_at(day_of(2026, 12, 24), 6, 0, 0),
                                       .day = DAY,
                                       .opening = money(100000),
                                       .movements = movements,
                                       .movement_count = count};
    struct problem why = {0};
    char *xml;

    assert_int_equal(camt_write(f, &statement, &xml, &why), DONE);
    return xml;
}

#define STATEMENT(iban, opening, closing, entries)                                                                     \
    "<Stmt><Id>A MANO</Id><Acct><Id><IBAN>" iban "</IBAN></Id><Ccy>EUR</Ccy></Acct>" BALANCE("OPBD", opening)          \
        BALANCE("CLBD", closing) entries "</Stmt>"
#define BALANCE(code, amount)                                                                                          \
    "<Bal><Tp><CdOrPrtry><Cd>" code "</Cd></CdOrPrtry></Tp><Amt Ccy=\"EUR\">" amount                                   \
    "</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>"
#define ENTRY(amount, sign, rest)                                                                                      \
    "<Ntry><Amt Ccy=\"EUR\">" amount "</Amt><CdtDbtInd>" sign "</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>"                   \
    "<BookgDt><Dt>2026-12-23</Dt></BookgDt>" rest "</Ntry>"
#define REFERENCE(text)  "<AcctSvcrRef>" text "</AcctSvcrRef>"
#define DETAILS(inner)   "<NtryDtls>" inner "</NtryDtls>"
#define TX(inner)        "<TxDtls>" inner "</TxDtls>"
#define TX_AMOUNT(text)  "<Amt Ccy=\"EUR\">" text "</Amt>"
#define REMITTANCE(text) "<RmtInf><Ustrd>" text "</Ustrd></RmtInf>"

/* "%1" to "%9" in a file written by hand become these texts. */
static char *by_hand(struct fixture *f, const char *statements, const char *const *texts)
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

static struct camt_movement credit(const char *text, int64_t cents, const char *bank_reference)
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

static enum outcome import_with(struct fixture *f, statement_reader *reader, const char *xml, struct import_result *r,
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

static struct import_result import(struct fixture *f, const char *xml)
{
    struct import_result r;
    struct problem why;

    if (import_with(f, statement_read, xml, &r, &why) != DONE)
        fail_msg("%s: %s", problem_slug(why.code), why.detail);
    return r;
}

/* All that was booked, the statements among it: the same before and after what must book nothing. */
static char *everything(struct fixture *f)
{
    return talloc_asprintf(f, "%s %" PRId64, all_rows(f), number(f, "SELECT count(*) FROM bank_statement"));
}

static void books_nothing(struct fixture *f, const char *xml, enum problem_code code)
{
    char *before = everything(f);
    struct import_result r;
    struct problem why;

    assert_int_equal(import_with(f, statement_read, xml, &r, &why), REFUSED);
    if (why.code != code)
        fail_msg("%s: %s", problem_slug(why.code), why.detail);
    assert_int_equal(r.matched + r.held + r.duplicates, 0);
    assert_string_equal(everything(f), before);
    assert_clean(f);
}

static void is_fulfilled(struct fixture *f, const char *code, bool fulfilled)
{
    if ((order_now(f, code).state == ORDER_FULFILLED) != fulfilled)
        fail_msg("%s: %s", code, order_state_name(order_now(f, code).state));
}

static int64_t entries(struct fixture *f)
{
    return number(f, "SELECT count(*) FROM bank_entry");
}

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
    struct camt_statement statement = {.id = id,
                                       .iban = IBAN,
                                       .currency = "EUR",
                                       .sequence = 1,
                                       .created = rome_at(day_of(2026, 12, 24), 6, 0, 0),
                                       .day = DAY,
                                       .opening = money(100000),
                                       .movements = movements,
                                       .movement_count = count};
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

/* ---- Looking first ---- */

struct looked {
    int matched, held, known, reused;
    char *codes; /* of what would be paid */
};

static enum outcome count_look(void *arg, const struct statement_payment *p, const struct settled_entry *s,
                               const char *code)
{
    struct looked *l = arg;

    (void)p;
    l->matched += s->how == SETTLED_MATCHED;
    l->held += s->how == SETTLED_HELD;
    l->known += s->how == SETTLED_DUPLICATE;
    l->reused += s->how == SETTLED_HELD && s->reason == HELD_REUSED;
    if (s->how == SETTLED_MATCHED)
        l->codes = talloc_asprintf_append(l->codes, "%s ", code);
    return DONE;
}

static struct looked look_at(struct fixture *f, const char *xml)
{
    struct looked l = {.codes = talloc_strdup(f, "")};
    struct statement_import in = {.shop = &f->shop,
                                  .reader = statement_read,
                                  .file = file_of(xml, strlen(xml)),
                                  .actor = {"office", "operator:1"},
                                  .look = count_look,
                                  .look_arg = &l};
    char *before = everything(f);
    struct import_result r;
    struct problem why;

    assert_int_equal(import_statement(f, &in, &r, &why), DONE);
    close(in.file);
    assert_int_equal(r.matched, l.matched);
    assert_int_equal(r.held, l.held);
    assert_int_equal(r.duplicates, l.known);
    assert_string_equal(everything(f), before);
    return l;
}

/* A look foretells what the import does, two payments for one order in the same file among it, and books nothing. */
static void looking_foretells(void **state)
{
    struct fixture *f = fixture(state);
    char *verdi = order_years(f, VERDI, 1), *bianchi = order_years(f, BIANCHI, 1);
    struct camt_movement movements[250];
    struct import_result r;
    struct looked l;
    char *xml;

    for (size_t i = 0; i < count_of(movements); i++)
        movements[i] = credit("senza causale", 100 + (int64_t)i, talloc_asprintf(f, "R%zu", i));
    movements[3] = credit(verdi, 3050, "V1");
    movements[7] = credit(verdi, 3050, "V2");   /* in the same batch */
    movements[240] = credit(verdi, 3050, "V3"); /* in another */
    movements[241] = credit(bianchi, 3050, "B1");
    xml = camt(f, "PRIMA", movements, count_of(movements));
    l = look_at(f, xml);
    assert_int_equal(l.matched, 2);
    assert_int_equal(l.reused, 2);
    assert_int_equal(l.held, 248);
    assert_string_equal(l.codes, talloc_asprintf(f, "%s %s ", verdi, bianchi));
    r = import(f, xml);
    assert_int_equal(r.matched, l.matched);
    assert_int_equal(r.held, l.held);
    assert_clean(f);
    l = look_at(f, xml);
    assert_int_equal(l.known, 250);
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

/* ---- What is refused as a whole ---- */

static void accounts_of_nobody(void **state)
{
    struct fixture *f = fixture(state);
    char *code = order_years(f, VERDI, 1);
    const char *const texts[] = {code};
#define RIGHT    ENTRY("30.50", "CRDT", DETAILS(TX(REMITTANCE("%1"))))
#define STRANGER "IT02C0326802801052101600000"

    books_nothing(f, by_hand(f, STATEMENT(STRANGER, "0.00", "30.50", RIGHT), texts), PROBLEM_STATEMENT_ACCOUNT);
    books_nothing(f, by_hand(f, STATEMENT("", "0.00", "30.50", RIGHT), texts), PROBLEM_STATEMENT_WHOSE);
    /* nor what stands beside it in the same file */
    books_nothing(
        f, by_hand(f, STATEMENT(IBAN, "0.00", "30.50", RIGHT) STATEMENT(STRANGER, "0.00", "30.50", RIGHT), texts),
        PROBLEM_STATEMENT_ACCOUNT);

    /* The account that is told counts where the file names none, and only there. */
    struct import_result told;
    struct problem why = {0};
    struct statement_import said = {
        .shop = &f->shop, .reader = statement_read, .account = STRANGER, .actor = {"cli", "system"}};
    char *mute = by_hand(f, STATEMENT("", "0.00", "30.50", RIGHT), texts);

    said.file = file_of(mute, strlen(mute));
    assert_int_equal(import_statement(f, &said, &told, &why), REFUSED);
    assert_int_equal(why.code, PROBLEM_STATEMENT_ACCOUNT);
    assert_string_equal(why.field, "account");
    close(said.file);

    /* A key of one brand does not book another's. */
    char *xml = by_hand(f, STATEMENT(IBAN, "0.00", "30.50", RIGHT), texts);
    struct statement_import in = {
        .shop = &f->shop, .reader = statement_read, .brand = "altra", .actor = {"api", "key:1"}};
    struct import_result r;

    in.file = file_of(xml, strlen(xml));
    assert_int_equal(import_statement(f, &in, &r, &why), REFUSED);
    assert_int_equal(why.code, PROBLEM_STATEMENT_ACCOUNT);
    assert_string_equal(why.detail, IBAN);
    close(in.file);
    in.file = file_of(xml, strlen(xml));
    in.brand = "legalmail";
    assert_int_equal(import_statement(f, &in, &r, &why), DONE);
    assert_int_equal(r.matched, 1);
    close(in.file);
    assert_clean(f);
}

static void sums_that_do_not_add_up(void **state)
{
    struct fixture *f = fixture(state);
    char *code = order_years(f, VERDI, 1);
    const char *const texts[] = {code};

    books_nothing(f, by_hand(f, STATEMENT(IBAN, "0.00", "30.51", RIGHT), texts), PROBLEM_STATEMENT_BALANCE);
    books_nothing(f, by_hand(f, STATEMENT(IBAN, "0.00", "61.00", RIGHT), texts), PROBLEM_STATEMENT_BALANCE);
    books_nothing(f,
                  by_hand(f, STATEMENT(IBAN, "0.00", "30.50", RIGHT) STATEMENT(IBAN, "30.50", "30.50", RIGHT), texts),
                  PROBLEM_STATEMENT_BALANCE);
    is_fulfilled(f, code, false);
}

/* Many payments; of every tenth there is an order. */
#define EVERY 10

static struct camt_movement *many(struct fixture *f, size_t count)
{
    struct camt_movement *movements = talloc_array(f, struct camt_movement, (unsigned)count);

    for (size_t i = 0; i < count; i++) {
        char *address = talloc_asprintf(f, "casella%zu@legalmail.example", i), *text;

        if (i % EVERY == EVERY - 1)
            add_mailbox(f, address, 0, day_of(2027, 2, 1));
        text = i % EVERY == EVERY - 1 ? order_years(f, address, 1) : talloc_asprintf(f, "auguri %zu", i);
        movements[i] = credit(text, 3050, talloc_asprintf(f, "CRO%zu", i));
    }
    return movements;
}

static void files_cut_short(void **state)
{
    struct fixture *f = fixture(state);
    char *xml = camt(f, "TAGLIATO", many(f, 200), 200), *at = xml;

    for (int i = 0; i < 151; i++)
        at = strstr(at, "<Ntry>") + 1;
    at--;
    books_nothing(f, talloc_strndup(f, xml, (size_t)(at - xml)), PROBLEM_STATEMENT_FORMAT);
    books_nothing(f, talloc_strndup(f, xml, (size_t)(at - xml) + 200), PROBLEM_STATEMENT_FORMAT);
    books_nothing(f, talloc_strndup(f, xml, strlen(xml) - strlen("</Document>\n")), PROBLEM_STATEMENT_FORMAT);
    books_nothing(f, "", PROBLEM_STATEMENT_FORMAT);
    assert_int_equal(import(f, xml).matched, 200 / EVERY);
    assert_clean(f);
}

/* ---- Over several transactions ---- */

static void all_is_booked_once(struct fixture *f, size_t count)
{
    assert_int_equal(entries(f), count);
    assert_int_equal(number(f, "SELECT count(*) FROM shop_order WHERE state = 'fulfilled'"), count / EVERY);
    assert_int_equal(number(f, "SELECT count(*) FROM shop_order"), count / EVERY);
    assert_int_equal(number(f, "SELECT count(*) FROM invoice"), count / EVERY);
    assert_int_equal(number(f, "SELECT count(*) FROM outbox WHERE template = 'order_settled'"), count / EVERY);
    assert_int_equal(number(f, "SELECT count(*) FROM event WHERE kind = 'mailbox.renewed'"), count / EVERY);
    assert_int_equal(
        number(f, "SELECT CAST(sum(amount_cents) AS BIGINT) FROM ledger_entry WHERE account LIKE 'bank:%'"),
        (int64_t)count * 3050);
    assert_clean(f);
}

static void one_of_many_is_there_already(void **state)
{
    struct fixture *f = fixture(state);
    struct camt_movement *movements = many(f, 250);
    char *xml = camt(f, "GRANDE", movements, 250);
    struct import_result r = import(f, camt(f, "PICCOLO", &movements[119], 1));

    assert_int_equal(r.matched, 1);
    r = import(f, xml);
    assert_int_equal(r.entries, 250);
    assert_int_equal(r.matched, 24);
    assert_int_equal(r.duplicates, 1);
    assert_int_equal(r.held, 225);
    assert_int_equal(r.held_listed, 225);
    assert_string_equal(r.held_list[224].remittance, "auguri 248");
    all_is_booked_once(f, 250);
    assert_int_equal(import(f, xml).duplicates, 250);
    all_is_booked_once(f, 250);
}

/* A reader whose second reading breaks off after some payments. */
static int passes, breaks_after;

struct breaking {
    const struct statement_sink *to;
    int left;
};

static enum outcome begin_on(void *arg, const struct statement_head *head)
{
    struct breaking *b = arg;

    return b->to->begin(b->to->arg, head);
}

static enum outcome payment_on(void *arg, const struct statement_payment *payment)
{
    struct breaking *b = arg;

    return b->left-- > 0 ? b->to->payment(b->to->arg, payment) : BUSY;
}

static enum outcome end_on(void *arg, const struct statement_head *head)
{
    struct breaking *b = arg;

    return b->to->end ? b->to->end(b->to->arg, head) : DONE;
}

static enum outcome read_and_break_off(int file, const struct statement_sink *sink, struct problem *why)
{
    struct breaking b = {sink, breaks_after};

    if (++passes == 1)
        return statement_read(file, sink, why);
    return statement_read(file, &(struct statement_sink){begin_on, payment_on, end_on, &b, false}, why);
}

static void an_import_breaks_off(void **state)
{
    static const int AFTER[] = {0, 1, 99, 100, 101, 119};

    for (size_t i = 0; i < count_of(AFTER); i++) {
        struct fixture *f = fixture(state);
        char *xml = camt(f, "INTERROTTO", many(f, 120), 120);
        struct import_result r;
        struct problem why;

        passes = 0;
        breaks_after = AFTER[i];
        assert_int_equal(import_with(f, read_and_break_off, xml, &r, &why), BUSY);
        assert_int_equal(passes, 2);
        assert_int_equal(r.entries, entries(f)); /* what it says it did is there */
        assert_int_equal(entries(f), AFTER[i] / 100 * 100);
        assert_clean(f);
        r = import(f, xml);
        assert_int_equal(r.entries, 120);
        assert_int_equal(r.duplicates, AFTER[i] / 100 * 100);
        all_is_booked_once(f, 120);
    }
}

/* A file that somebody writes on between the two readings. */
static const char *second_file;

static enum outcome read_another(int file, const struct statement_sink *sink, struct problem *why)
{
    int other;
    enum outcome o;

    if (++passes == 1)
        return statement_read(file, sink, why);
    other = file_of(second_file, strlen(second_file));
    o = statement_read(other, sink, why);
    close(other);
    return o;
}

static void a_file_changes_under_way(void **state)
{
    struct fixture *f = fixture(state);
    char *code = order_years(f, VERDI, 1), *before = all_rows(f);
    const char *const texts[] = {code};
    struct import_result r;
    struct problem why;

    passes = 0;
    second_file = by_hand(f, STATEMENT(STRANGER, "0.00", "30.50", RIGHT), texts);
    assert_int_equal(import_with(f, read_another, by_hand(f, STATEMENT(IBAN, "0.00", "30.50", RIGHT), texts), &r, &why),
                     REFUSED);
    assert_int_equal(why.code, PROBLEM_STATEMENT_FORMAT);
    assert_string_equal(all_rows(f), before);

    passes = 0;
    second_file = by_hand(f, STATEMENT(IBAN, "0.00", "0.00", "") STATEMENT(IBAN, "0.00", "30.50", RIGHT), texts);
    assert_int_equal(import_with(f, read_another, by_hand(f, STATEMENT(IBAN, "0.00", "0.00", ""), texts), &r, &why),
                     REFUSED);
    assert_int_equal(why.code, PROBLEM_STATEMENT_FORMAT);
    assert_string_equal(all_rows(f), before);
    assert_clean(f);

    /* And one that can be read only once. */
    int pipes[2];
    char *xml = by_hand(f, STATEMENT(IBAN, "0.00", "30.50", RIGHT), texts);
    struct statement_import in = {.shop = &f->shop, .reader = statement_read, .actor = {"cli", "system"}};

    assert_int_equal(pipe(pipes), 0);
    assert_int_equal(write(pipes[1], xml, strlen(xml)), strlen(xml));
    close(pipes[1]);
    in.file = pipes[0];
    assert_int_equal(import_statement(f, &in, &r, &why), REFUSED);
    close(pipes[0]);
    assert_string_equal(all_rows(f), before);
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
        cmocka_unit_test(looking_foretells),
        cmocka_unit_test(only_booked_credits),
        cmocka_unit_test(another_currency),
        cmocka_unit_test(accounts_of_nobody),
        cmocka_unit_test(sums_that_do_not_add_up),
        cmocka_unit_test(files_cut_short),
        cmocka_unit_test(one_of_many_is_there_already),
        cmocka_unit_test(an_import_breaks_off),
        cmocka_unit_test(a_file_changes_under_way),
        cmocka_unit_test(held_for_a_reason),
    };

    return FLOW(tests);
}
