/* Conventions: lists of their members, and whose a mailbox becomes: R120, R134, §3.8, T42. */
#include "shop/convention.h"
#include "base/text.h"
#include "flow/members.h"
#include <inttypes.h>
#include <string.h>
#include <talloc.h>

/* ---- Rosters ---- */

/* 98 good rows, one wrong tax code, one that is there twice; or 100 good ones. */
static char *list(struct fixture *f, bool with_faults)
{
    struct text_buffer b = text_buffer(f);

    text_put(&b, ROSTER_HEADER);
    for (int n = 0; n < MEMBERS; n++) {
        char *code = tax_code(f, n);

        if (with_faults && n == 40)
            code[15] = code[15] == 'A' ? 'B' : 'A';
        text_put(&b, with_faults && n == 70 ? roster_row(f, 12, tax_code(f, 12)) : roster_row(f, n, code));
    }
    return b.bytes;
}

/* T42: the preview names both rows, and applies nothing; the mended list does. */
static void a_list_is_looked_through(void **state)
{
    struct fixture *f = fixture(state);
    struct taking t;
    char *before;

    add_members(f, "");
    before = all_rows(f);
    assert_int_equal(take(f, ORDINE, list(f, true), false, &t), DONE);
    assert_int_equal(t.roster.rows, 100);
    assert_int_equal(t.roster.good, 98);
    assert_int_equal(t.roster.joiners, 98);
    assert_int_equal(t.roster.faults.count, 2);
    assert_int_equal(t.roster.faults.item[0].line, 42);
    assert_int_equal(t.roster.faults.item[0].problem.code, PROBLEM_TAX_CODE_CHECK);
    assert_string_equal(t.roster.faults.item[0].problem.field, "codice_fiscale");
    assert_string_equal(t.roster.faults.item[0].address, address_of(f, 40));
    assert_int_equal(t.roster.faults.item[1].line, 72);
    assert_int_equal(t.roster.faults.item[1].problem.code, PROBLEM_MEMBER_REPEATED);
    assert_string_equal(t.roster.faults.item[1].problem.detail, "14");
    assert_int_equal(take(f, ORDINE, list(f, true), true, &t), REFUSED);
    assert_int_equal(t.why.code, PROBLEM_ROSTER_FAULTS);
    assert_string_equal(all_rows(f), before);
    assert_int_equal(take(f, ORDINE, list(f, false), true, &t), DONE);
    assert_true(t.roster.applied);
    assert_int_equal(t.roster.joiners, MEMBERS);
    assert_int_equal(number(f, "SELECT count(*) FROM mailbox WHERE convention = 'fnomceo-ordine'"), MEMBERS);
    assert_int_equal(number(f, "SELECT count(*) FROM member WHERE status = 'active'"), MEMBERS);
    assert_int_equal(number(f, "SELECT min(joined_on) FROM member"), day_of(2020, 2, 1).n);
    assert_int_equal(take(f, ORDINE, list(f, false), true, &t), DONE);
    assert_int_equal(t.roster.unchanged, MEMBERS);
    assert_clean(f);
}

/* Joining, leaving, changing to another Ordine: the mailbox belongs at once, its price follows at the next renewal. */
static void members_come_and_go(void **state)
{
    struct fixture *f = fixture(state);
    const char *code = tax_code(f, 1);
    struct taking t;

    put_mailbox(f, "fnomceo", address_of(f, 1), code, "", day_of(2027, 3, 15));
    put_mailbox(f, "fnomceo", address_of(f, 2), tax_code(f, 2), "", day_of(2027, 3, 15));
    assert_int_equal(take(f, "fnomceo", talloc_asprintf(f, "%s%s", ROSTER_HEADER, roster_row(f, 1, code)), true, &t),
                     DONE);
    assert_string_equal(mailbox(f, address_of(f, 1)).convention, "fnomceo");
    /* its name is corrected */
    assert_int_equal(take(f, "fnomceo",
                          talloc_asprintf(f, "pec;nome;cognome;codice_fiscale;stato\n%s;Rosa Maria;Modelli;%s;1\n",
                                          address_of(f, 1), code),
                          true, &t),
                     DONE);
    assert_int_equal(t.roster.updates, 1);
    assert_string_equal(words(f, "SELECT name FROM member WHERE status = 'active'"), "Rosa Maria");
    /* to the other Ordine */
    assert_int_equal(take(f, ORDINE, talloc_asprintf(f, "%s%s", ROSTER_HEADER, roster_row(f, 1, code)), true, &t),
                     DONE);
    assert_int_equal(t.roster.transfers, 1);
    assert_string_equal(mailbox(f, address_of(f, 1)).convention, ORDINE);
    assert_int_equal(number(f, "SELECT count(*) FROM member WHERE status = 'left'"), 1);
    /* the old one can no longer strike it out; the new one can, by the tax code alone */
    assert_int_equal(take(f, "fnomceo", talloc_asprintf(f, "pec;cf;stato\n;%s;3\n", code), false, &t), DONE);
    assert_int_equal(t.roster.faults.item[0].problem.code, PROBLEM_MEMBER_UNKNOWN);
    assert_int_equal(
        take(f, ORDINE, talloc_asprintf(f, "pec;cf;stato;data_cancellazione\n;%s;3;2026-12-01\n", code), true, &t),
        DONE);
    assert_int_equal(t.roster.leavers, 1);
    assert_string_equal(mailbox(f, address_of(f, 1)).convention, "");
    assert_int_equal(number(f, "SELECT max(left_on) FROM member WHERE convention = 'fnomceo-ordine'"),
                     day_of(2026, 12, 1).n);
    assert_clean(f);
}

/* A member with another mailbox than before: two rows of one person. */
static void a_member_changes_mailbox(void **state)
{
    struct fixture *f = fixture(state);
    const char *code = tax_code(f, 1), *old = address_of(f, 1), *new = address_of(f, 2);
    struct taking t;

    put_mailbox(f, "fnomceo", old, code, "fnomceo", day_of(2027, 3, 15));
    put_mailbox(f, "fnomceo", new, code, "", day_of(2027, 3, 15));
    assert_int_equal(
        take(f, "fnomceo", talloc_asprintf(f, "pec;cf;stato\n%s;%s;2\n%s;%s;3\n", new, code, old, code), true, &t),
        DONE);
    assert_int_equal(t.roster.joiners, 1);
    assert_int_equal(t.roster.leavers, 1);
    assert_string_equal(mailbox(f, old).convention, "");
    assert_string_equal(mailbox(f, new).convention, "fnomceo");
    assert_int_equal(
        take(f, "fnomceo", talloc_asprintf(f, "pec;cf;stato\n%s;%s;1\n;%s;3\n", new, code, code), false, &t),
        DONE); /* which of the two is meant? */
    assert_int_equal(t.roster.faults.item[0].problem.code, PROBLEM_MEMBER_REPEATED);
    assert_clean(f);
}

static char *text_replaced(void *mem, const char *text, const char *old, const char *new)
{
    const char *at = strstr(text, old);

    return at ? talloc_asprintf(mem, "%.*s%s%s", (int)(at - text), text, new, at + strlen(old))
              : talloc_strdup(mem, text);
}

static void rows_that_are_wrong(void **state)
{
    static const struct {
        const char *row, *field;
        enum problem_code code;
    } bad[] = {
        {"iscritto.1@pec.fnomceo.example;A;B;CF2;2;", "codice_fiscale", PROBLEM_MEMBER_HOLDER},
        {"studio.verdi@legalmail.example;A;B;CF1;2;", "pec", PROBLEM_MAILBOX_UNKNOWN},
        {"nessuno@pec.fnomceo.example;A;B;CF1;2;", "pec", PROBLEM_MAILBOX_UNKNOWN},
        {"storta;A;B;CF1;2;", "pec", PROBLEM_NOT_AN_EMAIL},
        {";A;B;CF1;2;", "pec", PROBLEM_REQUIRED},
        {"iscritto.1@pec.fnomceo.example;A;B;;2;", "codice_fiscale", PROBLEM_REQUIRED},
        {"iscritto.1@pec.fnomceo.example;A;B;CF1;4;", "stato", PROBLEM_ROSTER_STATUS},
        {"iscritto.1@pec.fnomceo.example;A;B;CF1;2;ieri", "data_iscrizione", PROBLEM_NOT_A_DATE},
        {"iscritto.1@pec.fnomceo.example;A;B;CF1;1;", "pec", PROBLEM_MEMBER_UNKNOWN},
        {"iscritto.1@pec.fnomceo.example;A;B;CF1;3;", "pec", PROBLEM_MEMBER_UNKNOWN},
        {"iscritto.1@pec.fnomceo.example;A;B;CF1", "", PROBLEM_CSV},
    };
    struct fixture *f = fixture(state);
    struct taking t;

    put_mailbox(f, "fnomceo", address_of(f, 1), tax_code(f, 1), "", day_of(2027, 3, 15));
    for (size_t i = 0; i < count_of(bad); i++) {
        char *of_first = text_replaced(f, bad[i].row, "CF1", tax_code(f, 1));
        char *text = talloc_asprintf(f, "pec;nome;cognome;codice_fiscale;stato;data_iscrizione\n%s\n",
                                     text_replaced(f, of_first, "CF2", tax_code(f, 2)));

        assert_int_equal(take(f, "fnomceo", text, false, &t), DONE);
        if (t.roster.faults.count != 1 || t.roster.faults.item[0].problem.code != bad[i].code ||
            strcmp(t.roster.faults.item[0].problem.field, bad[i].field) != 0 || t.roster.faults.item[0].line != 2)
            fail_msg("%s: %s %s", bad[i].row, problem_slug(t.roster.faults.item[0].problem.code),
                     t.roster.faults.item[0].problem.field);
    }
    sql(f, "UPDATE mailbox_row SET auto_renew = 1"); /* the member's card would be charged for what the Ordine has
                                                        agreed */
    assert_int_equal(
        take(f, "fnomceo", talloc_asprintf(f, "%s%s", ROSTER_HEADER, roster_row(f, 1, tax_code(f, 1))), false, &t),
        DONE);
    assert_int_equal(t.roster.faults.item[0].problem.code, PROBLEM_AUTO_RENEWAL_ON);
    sql(f, "UPDATE mailbox_row SET auto_renew = 0, status = 'deleted'");
    assert_int_equal(
        take(f, "fnomceo", talloc_asprintf(f, "%s%s", ROSTER_HEADER, roster_row(f, 1, tax_code(f, 1))), false, &t),
        DONE);
    assert_int_equal(t.roster.faults.item[0].problem.code, PROBLEM_MAILBOX_UNKNOWN);
    sql(f, "UPDATE mailbox_row SET status = 'live'");
    assert_int_equal(take(f, "fnomceo", "pec;nome\na@b.example;A\n", false, &t), REFUSED);
    assert_int_equal(t.why.code, PROBLEM_CSV);
    assert_int_equal(take(f, "fnomceo", "pec;codice_fiscale;colore\n", false, &t), REFUSED);
    assert_int_equal(t.why.code, PROBLEM_CSV);
    assert_string_equal(t.why.detail, "colonna «colore» non prevista: quelle previste sono pec, nome, cognome, "
                                      "numero_iscrizione, codice_fiscale, stato, data_iscrizione, data_cancellazione");
    assert_int_equal(take(f, "fnomceo", "pec;codice_fiscale\n;\n ; \n", true, &t), REFUSED); /* nobody is on it */
    assert_int_equal(t.why.code, PROBLEM_CSV);
    /* rows that a spreadsheet leaves empty are none; what is no row says so without its line, which stands beside */
    assert_int_equal(
        take(f, "fnomceo",
             talloc_asprintf(f, "%s%s;;;;;;\n ;;;;;;\n;;\n", ROSTER_HEADER, roster_row(f, 1, tax_code(f, 1))), false,
             &t),
        DONE);
    assert_int_equal(t.roster.good, 1);
    assert_int_equal(t.roster.faults.count, 1);
    assert_int_equal(t.roster.faults.item[0].line, 5);
    assert_string_equal(t.roster.faults.item[0].problem.detail, "3 campi, le colonne sono 7");
}

/* ---- Searching ---- */

struct searching {
    struct fixture *f;
    const char *search;
    int64_t count;
};

static enum outcome search_work(struct db_tx *tx, void *arg)
{
    struct searching *s = arg;
    struct member_list list = {
        .brand = "fnomceo", .convention = "fnomceo", .search = text_like(s->f, s->search), .until = DAY_NEVER};

    return members_count(tx, &list, &s->count);
}

/* By what the list shows: the name that the Ordine gave, either way round, where the holder goes by another. */
static void members_are_found(void **state)
{
    static const struct {
        const char *search;
        int64_t count;
    } row[] = {{"prova anna", 1}, {"anna prova", 1}, {"prov", 1}, {"modelli", 2},
               {"iscritto.2", 1}, {"1001", 1},       {"%", 0}};
    struct fixture *f = fixture(state);
    struct taking t;

    put_mailbox(f, "fnomceo", address_of(f, 1), tax_code(f, 1), "fnomceo", day_of(2027, 3, 15));
    put_mailbox(f, "fnomceo", address_of(f, 2), tax_code(f, 2), "fnomceo", day_of(2027, 3, 15));
    assert_int_equal(take(f, "fnomceo",
                          talloc_asprintf(f, "pec;nome;cognome;numero;cf\n%s;Anna;Prova;1001;%s\n", address_of(f, 1),
                                          tax_code(f, 1)),
                          true, &t),
                     DONE);
    for (size_t i = 0; i < count_of(row); i++) {
        struct searching s = {.f = f, .search = row[i].search};

        assert_int_equal(db_read(f->db, "test.search", search_work, &s), DONE);
        if (s.count != row[i].count)
            fail_msg("%s: %" PRId64, row[i].search, s.count);
    }
}

/* ---- A list that waits for its confirmation ---- */

static enum outcome two_lists(struct db_tx *tx, void *arg)
{
    struct roster_file first = {.brand = (char *)"fnomceo", .convention = (char *)ORDINE, .name = (char *)"uno.csv"},
                       second = first, found;

    first.bytes = second.bytes = (struct db_blob){3, (void *)"pec"};
    TRY(roster_file_put(tx, &first));
    TRY(roster_file_put(tx, &second));
    assert_int_equal(roster_file_get(tx, arg, first.id, &found), REFUSED);
    assert_int_equal(roster_file_get(tx, arg, second.id, &found), DONE);
    return roster_file_drop(tx, second.id);
}

/* The page of a list that another one has replaced must not confirm the other. */
static void a_list_is_not_another(void **state)
{
    struct fixture *f = fixture(state);

    assert_int_equal(db_transaction(f->db, "test.lists", two_lists, f), DONE);
}

/* ---- Whose a mailbox becomes ---- */

/* R134: who came with the mailbox's own password gives it to an account; at fulfilment, not before; nobody else can. */
static void a_renewal_associates(void **state)
{
    struct fixture *f = fixture(state);
    struct wanted_line line = {.address = VERDI, .choice = {.years = 1}};
    struct order_request r = request_for(f, &line, 1);
    struct placed_order placed;
    struct problem why = {0};
    int64_t account;

    sql(f, "INSERT INTO account (brand, email, name, password_hash, created_at) VALUES ('legalmail', 'a@b.example', "
           "'A', '', 1), "
           "('visura', 'a@b.example', 'B', '', 1), ('legalmail', 'c@b.example', 'C', '', 1)");
    account = number(f, "SELECT id FROM account WHERE brand = 'legalmail' AND email = 'a@b.example'");
    r.who = (struct principal){.mailbox_id = mailbox(f, VERDI).id};
    r.associate_account_id = number(f, "SELECT id FROM account WHERE brand = 'visura'");
    assert_int_equal(order(f, &r, &placed, &why), REFUSED);
    assert_int_equal(why.code, PROBLEM_FORBIDDEN);
    sql(f,
        talloc_asprintf(
            f,
            "UPDATE mailbox_row SET account_id = (SELECT id FROM account WHERE email = 'c@b.example') WHERE " ITS_ROW(
                "%s"),
            VERDI));
    r.who = (struct principal){.account_id = number(f, "SELECT id FROM account WHERE email = 'c@b.example'")};
    r.associate_account_id = account;
    assert_int_equal(order(f, &r, &placed, &why), REFUSED);
    assert_int_equal(why.code, PROBLEM_FORBIDDEN);
    r.who = (struct principal){.mailbox_id = mailbox(f, VERDI).id};
    assert_int_equal(order(f, &r, &placed, &why), DONE);
    assert_true(mailbox(f, VERDI).account_id != account);
    assert_int_equal(
        pay(f, &(struct transfer){.text = placed.order.code, .cents = 3050, .on = day_of(2026, 12, 20)}).how,
        SETTLED_MATCHED);
    assert_int_equal(mailbox(f, VERDI).account_id, account);
    assert_int_equal(number(f, "SELECT count(*) FROM event WHERE kind = 'mailbox.associated'"), 1);
    assert_clean(f);
}

#define TEST(name) cmocka_unit_test(name)

int main(void)
{
    static const struct CMUnitTest tests[] = {TEST(a_list_is_looked_through), TEST(members_come_and_go),
                                              TEST(rows_that_are_wrong),      TEST(a_list_is_not_another),
                                              TEST(members_are_found),        TEST(a_member_changes_mailbox),
                                              TEST(a_renewal_associates)};

    return FLOW(tests);
}
