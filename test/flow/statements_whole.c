/* A bank's file as a whole: looked at first; refused so that nothing of it is booked; booked over several transactions,
 * of which one breaks off or finds another file. DOMAIN §3.4, O13; PAYMENTS §6.1. */
#include "flow/bankfile.h"
#include "unit/statement_file.h"
#include <inttypes.h>
#include <string.h>
#include <talloc.h>

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
    assert_int_equal(mails_of(f, "order_settled"), count / EVERY);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(looking_foretells),
        cmocka_unit_test(accounts_of_nobody),
        cmocka_unit_test(sums_that_do_not_add_up),
        cmocka_unit_test(files_cut_short),
        cmocka_unit_test(one_of_many_is_there_already),
        cmocka_unit_test(an_import_breaks_off),
        cmocka_unit_test(a_file_changes_under_way),
    };

    return FLOW(tests);
}
