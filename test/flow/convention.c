/* Conventions: rosters, bulk orders, leaving: R120, R134, §3.8, T29, T42. */
#include "shop/convention.h"
#include "base/text.h"
#include "flow/fixture.h"
#include "rules/code.h"
#include "shop/bulk.h"
#include "shop/day.h"
#include "shop/extra_space.h"
#include "shop/paper.h"
#include "shop/present.h"
#include "shop/refund.h"
#include "shop/roster.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#define MEMBERS 100
#define ORDINE  "fnomceo-ordine"

static const struct actor CLI = {.door = "cli", .name = "test"};

struct put {
    struct fixture *f;
    struct mailbox m;
};

static enum outcome put_work(struct db_tx *tx, void *arg)
{
    struct put *p = arg;

    return mailbox_insert(tx, &p->m);
}

/* A right tax code, another for each number. */
static char *tax_code(void *mem, int n)
{
    char *code = talloc_asprintf(mem, "MDLRSO%02dA%02dH501", 10 + n / 28, 1 + n % 28);

    return talloc_asprintf(mem, "%s%c", code, code_check_letter(code, 15));
}

static void put_mailbox(struct fixture *f, const char *brand_id, const char *address, const char *code,
                        const char *convention, struct day ends_on)
{
    const struct brand *brand = brand_by_id(&f->brands, brand_id);
    struct put p = {.f = f,
                    .m = {.brand = (char *)brand_id,
                          .address = (char *)address,
                          .user_id = (char *)"",
                          .plan = (char *)brand->plans[0].id,
                          .password_hash = (char *)"",
                          .status = (char *)"live",
                          .activated_on = day_of(2026, 1, 1),
                          .first_expires_on = ends_on,
                          .term = {ends_on, day_split(ends_on).day},
                          .allowed = term_allows(ends_on, &brand->renewal),
                          .convention = (char *)convention,
                          .domain = (char *)"",
                          .holder = somebody(talloc_asprintf(f, "rif.%s", address))}};

    p.m.holder.kind = HOLDER_PERSON;
    p.m.holder.name = "Rosa Modelli";
    p.m.holder.tax_code = code;
    p.m.holder.vat_number = "";
    p.m.holder_kind = (char *)"person";
    assert_int_equal(db_transaction(f->db, "test.put", put_work, &p), DONE);
}

static char *address_of(void *mem, int n)
{
    return talloc_asprintf(mem, "iscritto.%d@pec.fnomceo.example", n);
}

/* ---- Rosters ---- */

struct taking {
    struct fixture *f;
    const char *convention, *text;
    bool apply;
    struct roster roster;
    struct problem why;
};

static enum outcome take_work(struct db_tx *tx, void *arg)
{
    struct taking *t = arg;
    const struct brand *brand = brand_by_id(&t->f->brands, "fnomceo");

    return roster_take(tx, t->f, brand, brand_convention_by_id(brand, t->convention), t->text, strlen(t->text),
                       t->apply, &CLI, &t->roster, &t->why);
}

static enum outcome take(struct fixture *f, const char *convention, const char *text, bool apply, struct taking *t)
{
    *t = (struct taking){.f = f, .convention = convention, .text = text, .apply = apply};
    return db_transaction(f->db, "test.roster", take_work, t);
}

static const char HEADER[] = "PEC;Nome;Cognome;Numero iscrizione;Codice fiscale;Stato;Data iscrizione\n";

static char *row(void *mem, int n, const char *code)
{
    return talloc_asprintf(mem, "%s;Rosa;Modelli;%d;%s;2;01/02/2020\n", address_of(mem, n), 1000 + n, code);
}

static void add_members(struct fixture *f, const char *convention)
{
    for (int n = 0; n < MEMBERS; n++)
        put_mailbox(f, "fnomceo", address_of(f, n), tax_code(f, n), convention, day_plus(day_of(2027, 1, 10), n % 50));
}

/* 98 good rows, one wrong tax code, one that is there twice; or 100 good ones. */
static char *list(struct fixture *f, bool with_faults)
{
    struct text_buffer b = text_buffer(f);

    text_put(&b, HEADER);
    for (int n = 0; n < MEMBERS; n++) {
        char *code = tax_code(f, n);

        if (with_faults && n == 40)
            code[15] = code[15] == 'A' ? 'B' : 'A';
        text_put(&b, with_faults && n == 70 ? row(f, 12, tax_code(f, 12)) : row(f, n, code));
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
    assert_int_equal(take(f, "fnomceo", talloc_asprintf(f, "%s%s", HEADER, row(f, 1, code)), true, &t), DONE);
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
    assert_int_equal(take(f, ORDINE, talloc_asprintf(f, "%s%s", HEADER, row(f, 1, code)), true, &t), DONE);
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
    assert_int_equal(take(f, "fnomceo", talloc_asprintf(f, "%s%s", HEADER, row(f, 1, tax_code(f, 1))), false, &t),
                     DONE);
    assert_int_equal(t.roster.faults.item[0].problem.code, PROBLEM_AUTO_RENEWAL_ON);
    sql(f, "UPDATE mailbox_row SET auto_renew = 0, status = 'deleted'");
    assert_int_equal(take(f, "fnomceo", talloc_asprintf(f, "%s%s", HEADER, row(f, 1, tax_code(f, 1))), false, &t),
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
    assert_int_equal(take(f, "fnomceo",
                          talloc_asprintf(f, "%s%s;;;;;;\n ;;;;;;\n;;\n", HEADER, row(f, 1, tax_code(f, 1))), false,
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

/* ---- Bulk orders ---- */

struct buying {
    struct fixture *f;
    struct day until;
    const char *form_token;
    struct placed_order placed;
    struct bulk_quote quote;
    struct problem why;
};

static enum outcome buy_work(struct db_tx *tx, void *arg)
{
    struct buying *b = arg;
    const struct brand *brand = brand_by_id(&b->f->brands, "fnomceo");
    const struct brand_convention *c = brand_convention_by_id(brand, ORDINE);
    struct order_request r = {.brand = brand,
                              .actor = CLI,
                              .shop = &b->f->shop,
                              .payment_method = "bank_transfer",
                              .terms_accepted = true,
                              .terms_version = brand->terms.version,
                              .language = "it",
                              .form_token = b->form_token,
                              .expected = money(-1)};

    TRY(bulk_add_expiring(tx, "test", brand->id, c->id, day_of(2026, 1, 1), b->until));
    return place_bulk(tx, b->f, c, "test", &r, &b->placed, &b->quote, &b->why);
}

static enum outcome buy(struct fixture *f, struct day until, struct buying *b)
{
    *b = (struct buying){.f = f, .until = until};
    return db_transaction(f->db, "test.bulk", buy_work, b);
}

/* T42: 100 × 1,50 = 150,00 + 33,00 = 183,00, one invoice, each mailbox from its own old date. */
static void the_ordine_pays(void **state)
{
    struct fixture *f = fixture(state);
    struct buying b;
    struct settled_entry settled;
    struct mailbox m;

    add_members(f, ORDINE);
    assert_int_equal(buy(f, day_of(2027, 12, 31), &b), DONE);
    assert_int_equal(b.placed.order.total.net.cents, 15000);
    assert_int_equal(b.placed.order.total.vat.cents, 3300);
    assert_int_equal(b.placed.order.total.gross.cents, 18300);
    assert_string_equal(b.placed.order.billing.name, "Ordine dei Medici di prova");
    assert_int_equal(number(f, "SELECT count(*) FROM order_line"), MEMBERS);
    assert_int_equal(number(f, "SELECT count(*) FROM mailbox WHERE open_order_id IS NOT NULL"), MEMBERS);
    assert_int_equal(number(f, "SELECT count(*) FROM bulk_choice"), 0);
    assert_clean(f);

    settled = pay(f, &(struct transfer){.text = b.placed.order.code,
                                        .cents = 18300,
                                        .on = day_of(2026, 12, 20),
                                        .account = brand_by_id(&f->brands, "fnomceo")->seller.iban});
    assert_int_equal(settled.how, SETTLED_MATCHED);
    for (int n = 0; n < MEMBERS; n++) {
        m = mailbox(f, address_of(f, n));
        assert_int_equal(m.term.ends_on.n, day_add_months(day_plus(day_of(2027, 1, 10), n % 50), 12, 0).n);
        assert_int_equal(m.allowed.renew_until.n, m.term.ends_on.n);
        assert_int_equal(m.open_order_id, 0);
        assert_int_equal(m.quota_mb, 1024);
    }
    assert_int_equal(number(f, "SELECT count(*) FROM invoice"), 1);
    assert_int_equal(number(f, "SELECT gross_cents FROM invoice"), 18300);
    assert_int_equal(mails_of(f, "holder_notice"), MEMBERS);
    assert_int_equal(number(f, "SELECT count(*) FROM event WHERE kind = 'mailbox.renewed'"), MEMBERS);
    assert_int_equal(order_now(f, b.placed.order.code).state, ORDER_FULFILLED);
    assert_clean(f);
}

/* What stands in the way is told mailbox by mailbox, and nothing is ordered. */
struct adding {
    struct fixture *f;
    const char *address;
    struct placed_order placed;
    struct problem why;
};

static enum outcome add_work(struct db_tx *tx, void *arg)
{
    struct adding *a = arg;
    struct wanted_line line = {.address = a->address, .choice = {.extra_gb = 1}};
    struct order_request request;

    a->f->brand = (struct brand *)brand_by_id(&a->f->brands, "fnomceo");
    request = request_for(a->f, &line, 1);
    a->why = (struct problem){0};
    return place_space(tx, a->f, &request, &a->placed, &a->why);
}

/* What goes beyond the plan is the member's to order and pay, at the convention's price (§3.8); it never holds up the
 * Ordine. */
static void members_pay_their_own_space(void **state)
{
    struct fixture *f = fixture(state);
    struct adding paid = {.f = f, .address = address_of(f, 0)}, open = {.f = f, .address = address_of(f, 1)};
    const char *iban = brand_by_id(&f->brands, "fnomceo")->seller.iban;
    struct buying b;

    add_members(f, ORDINE);
    assert_int_equal(db_transaction(f->db, "test.space", add_work, &paid), DONE);
    assert_int_equal(paid.placed.order.total.net.cents, 25); /* 3,00 a year, one month begun */
    pay(f,
        &(struct transfer){.text = paid.placed.order.code, .cents = 31, .on = day_of(2026, 12, 20), .account = iban});
    assert_int_equal(mailbox(f, paid.address).extra_gb, 1);
    assert_int_equal(mailbox(f, paid.address).quota_mb, 2048);
    assert_int_equal(db_transaction(f->db, "test.space", add_work, &open), DONE);

    assert_int_equal(buy(f, day_of(2027, 12, 31), &b), DONE);
    assert_int_equal(b.placed.order.total.net.cents, 15000); /* without what members have beside */
    assert_int_equal(order_now(f, open.placed.order.code).state, ORDER_CANCELLED);
    assert_int_equal(db_transaction(f->db, "test.space", add_work, &open), REFUSED);
    assert_int_equal(open.why.code, PROBLEM_SPACE_LATER);
    assert_clean(f);
}

static struct order carried_order(struct fixture *f, const char *address)
{
    return order_now(
        f, words(f, talloc_asprintf(f,
                                    "SELECT o.code FROM space_carried c JOIN shop_order o ON o.id = c.order_id "
                                    "JOIN mailbox m ON m.id = c.mailbox_id WHERE m.address = '%s'",
                                    address)));
}

static void turn_day(struct fixture *f, struct day day)
{
    struct ymd date = day_split(day);
    struct day_turn turn = {0};
    struct day_summary summary;

    set_day(f, date.year, date.month, date.day);
    assert_int_equal(day_run(&f->shop, f, &turn, false, &summary), DONE);
}

/* The body pays the term; what a member has beside is an order of the member's (§3.8), and goes on only where that is
 * paid. */
static void members_space_after_the_body_renewed(void **state)
{
    struct fixture *f = fixture(state);
    const char *iban = brand_by_id(&f->brands, "fnomceo")->seller.iban, *pays = address_of(f, 0),
               *forgets = address_of(f, 1);
    struct order of_one, of_other;
    struct buying b;

    add_members(f, ORDINE);
    sql(f, talloc_asprintf(f,
                           "UPDATE mailbox_row SET extra_gb = 2, quota_mb = 3072 WHERE id IN (SELECT id FROM mailbox "
                           "WHERE address IN ('%s', '%s'))",
                           pays, forgets));
    assert_int_equal(buy(f, day_of(2027, 12, 31), &b), DONE);
    pay(f,
        &(struct transfer){.text = b.placed.order.code, .cents = 18300, .on = day_of(2026, 12, 20), .account = iban});
    assert_int_equal(number(f, "SELECT count(*) FROM space_carried"), 2);
    of_one = carried_order(f, pays);
    of_other = carried_order(f, forgets);
    assert_int_equal(of_one.total.net.cents, 600); /* 2 GB, 3,00 a year, the whole new term */
    assert_string_equal(of_one.kind, "extra_space");
    assert_string_equal(of_one.billing.name, "Rosa Modelli");
    assert_int_equal(
        number(f,
               talloc_asprintf(f,
                               "SELECT count(*) FROM outbox WHERE template = 'order_received' AND order_id IN (%" PRId64
                               ", %" PRId64 ")",
                               of_one.id, of_other.id)),
        2);
    assert_clean(f);

    pay(f, &(struct transfer){.text = of_one.code, .cents = 732, .on = day_of(2026, 12, 22), .account = iban});
    assert_int_equal(order_now(f, of_one.code).state, ORDER_FULFILLED);
    assert_int_equal(mailbox(f, pays).extra_gb, 2); /* no more than before */
    assert_int_equal(number(f, "SELECT count(*) FROM space_carried"), 1);

    turn_day(f, day_plus(of_other.lapses_on, 0));
    assert_int_equal(mailbox(f, forgets).extra_gb, 2);
    turn_day(f, day_plus(of_other.lapses_on, 1));
    assert_int_equal(order_now(f, of_other.code).state, ORDER_LAPSED);
    assert_int_equal(mailbox(f, forgets).extra_gb, 0);
    assert_int_equal(mailbox(f, pays).extra_gb, 2);
    assert_int_equal(number(f, "SELECT count(*) FROM space_carried"), 0);
    assert_int_equal(number(f, "SELECT count(*) FROM event WHERE kind = 'mailbox.space_ended'"), 1);
    assert_clean(f);
}

struct giving_back {
    struct fixture *f;
    struct refund_request request;
    struct problem why;
};

static enum outcome give_back(struct db_tx *tx, void *arg)
{
    struct giving_back *g = arg;
    struct refund refund;

    return refund_order(tx, g->f, &g->f->brands, &g->request, &refund, &g->why);
}

/* Given back before the new term begins, what the term before was paid for stays until its end. */
static void members_space_given_back_early(void **state)
{
    struct fixture *f = fixture(state);
    const char *iban = brand_by_id(&f->brands, "fnomceo")->seller.iban, *member = address_of(f, 40);
    struct giving_back g = {.f = f,
                            .request = {.destination = "transfer",
                                        .iban = "IT60X0542811101000000123456",
                                        .payee = "Rosa Modelli",
                                        .reason = "Recesso",
                                        .take_back = true,
                                        .actor = {"cli", "operator"}}};
    struct order order;
    struct day ends_on;
    struct buying b;

    add_members(f, ORDINE);
    ends_on = mailbox(f, member).term.ends_on;
    sql(f, talloc_asprintf(f,
                           "UPDATE mailbox_row SET extra_gb = 1, quota_mb = 2048 WHERE id = (SELECT id FROM mailbox "
                           "WHERE address = '%s')",
                           member));
    assert_int_equal(buy(f, day_of(2027, 12, 31), &b), DONE);
    pay(f,
        &(struct transfer){.text = b.placed.order.code, .cents = 18300, .on = day_of(2026, 12, 20), .account = iban});
    order = carried_order(f, member);
    assert_false(day_before(order.lapses_on, ends_on));
    pay(f, &(struct transfer){.text = order.code, .cents = 366, .on = day_of(2026, 12, 22), .account = iban});
    assert_int_equal(number(f, "SELECT count(*) FROM space_carried"), 0);
    g.request.code = order.code;
    g.request.amount = order.total.gross;
    if (db_transaction(f->db, "refund", give_back, &g) != DONE)
        fail_msg("%s %s", problem_slug(g.why.code), g.why.detail);
    turn_day(f, ends_on);
    assert_int_equal(mailbox(f, member).extra_gb, 1);
    turn_day(f, day_plus(ends_on, 1));
    assert_int_equal(mailbox(f, member).extra_gb, 0);
    assert_int_equal(number(f, "SELECT count(*) FROM space_carried"), 0);
    assert_clean(f);
}

static void some_cannot(void **state)
{
    struct fixture *f = fixture(state);
    struct buying b, again;
    char *before;

    put_mailbox(f, "fnomceo", address_of(f, 1), tax_code(f, 1), ORDINE, day_of(2027, 1, 15));
    put_mailbox(f, "fnomceo", address_of(f, 2), tax_code(f, 2), ORDINE, day_of(2027, 6, 15)); /* too early */
    before = all_rows(f);
    assert_int_equal(buy(f, day_of(2027, 12, 31), &b), REFUSED);
    assert_int_equal(b.why.code, PROBLEM_BULK_FAULTS);
    assert_int_equal(b.quote.fault_count, 1);
    assert_string_equal(b.quote.faults[0].address, address_of(f, 2));
    assert_int_equal(b.quote.faults[0].why.code, PROBLEM_TOO_EARLY);
    assert_string_equal(all_rows(f), before);
    assert_int_equal(buy(f, day_of(2027, 3, 1), &b), DONE);
    assert_int_equal(b.placed.order.total.gross.cents, 183);
    assert_int_equal(buy(f, day_of(2027, 3, 1), &again), REFUSED); /* it waits for that order already */
    assert_int_equal(again.why.code, PROBLEM_CART_EMPTY);
    assert_clean(f);
}

struct dropping {
    struct fixture *f;
    int64_t left;
    struct problem why;
};

static enum outcome drop_work(struct db_tx *tx, void *arg)
{
    struct dropping *d = arg;
    const struct brand *brand = brand_by_id(&d->f->brands, "fnomceo");

    TRY(bulk_add_expiring(tx, "test", brand->id, ORDINE, day_of(2026, 1, 1), day_of(2027, 12, 31)));
    TRY(db_exec(tx, NULL, "UPDATE mailbox_row SET convention = '' WHERE local = 'iscritto.1'"));
    TRY(bulk_drop_unfit(tx, d->f, brand, brand_convention_by_id(brand, ORDINE), "test", &d->why));
    return bulk_count(tx, "test", &d->left);
}

/* Who was chosen and has left since, or cannot be renewed today, is in no list from which to be taken out one by one.
 */
static void what_cannot_be_ordered_is_let_go(void **state)
{
    struct fixture *f = fixture(state);
    struct dropping d = {.f = f};

    put_mailbox(f, "fnomceo", address_of(f, 1), tax_code(f, 1), ORDINE, day_of(2027, 1, 15));
    put_mailbox(f, "fnomceo", address_of(f, 2), tax_code(f, 2), ORDINE, day_of(2027, 6, 15)); /* too early */
    put_mailbox(f, "fnomceo", address_of(f, 3), tax_code(f, 3), ORDINE, day_of(2027, 1, 15));
    assert_int_equal(db_transaction(f->db, "test.drop", drop_work, &d), DONE);
    assert_int_equal(d.left, 1);
    assert_int_equal(number(f, "SELECT mailbox_id FROM bulk_choice"), mailbox(f, address_of(f, 3)).id);
}

struct closing {
    struct fixture *f;
    const char *code;
    int lapsed;
    struct problem why;
};

static enum outcome cancel_work(struct db_tx *tx, void *arg)
{
    struct closing *c = arg;

    return cancel_order(tx, c->f, c->code, &CLI, &c->why);
}

static enum outcome lapse_work(struct db_tx *tx, void *arg)
{
    struct closing *c = arg;

    return lapse_orders(tx, c->f, 10, &c->lapsed);
}

/* Cancelled, or not paid in time, it lets go of every mailbox (O9, O10). */
static void it_lets_go(void **state)
{
    struct fixture *f = fixture(state);
    struct closing c = {.f = f};
    struct buying b;

    add_members(f, ORDINE);
    assert_int_equal(buy(f, day_of(2027, 12, 31), &b), DONE);
    c.code = b.placed.order.code;
    assert_int_equal(db_transaction(f->db, "test.cancel", cancel_work, &c), DONE);
    assert_int_equal(number(f, "SELECT count(*) FROM mailbox WHERE open_order_id IS NOT NULL"), 0);
    assert_clean(f);
    assert_int_equal(buy(f, day_of(2027, 12, 31), &b), DONE);
    set_day(f, 2027, 3, 1);
    assert_int_equal(db_transaction(f->db, "test.lapse", lapse_work, &c), DONE);
    assert_int_equal(c.lapsed, 1);
    assert_int_equal(number(f, "SELECT count(*) FROM mailbox WHERE open_order_id IS NOT NULL"), 0);
    assert_clean(f);
}

struct asking {
    struct fixture *f;
    const char *address;
    struct convention_facts facts;
    struct problem why;
};

static enum outcome facts_work(struct db_tx *tx, void *arg)
{
    struct asking *a = arg;
    const struct brand *brand = brand_by_id(&a->f->brands, "fnomceo");

    return convention_load(tx, brand, brand_convention_by_id(brand, ORDINE), &a->facts);
}

static enum outcome possible_work(struct db_tx *tx, void *arg)
{
    struct asking *a = arg;
    struct mailbox m;

    TRY(mailbox_by_address(tx, a->f, a->address, &m));
    return renewal_possible(tx, a->f, brand_by_id(&a->f->brands, "fnomceo"), &m, db_today(tx), &a->why);
}

static void assert_facts(struct fixture *f, int64_t expiring, int64_t ordered, int64_t orderable)
{
    struct asking a = {.f = f};

    assert_int_equal(db_read(f->db, "test.facts", facts_work, &a), DONE);
    assert_int_equal(a.facts.expiring, expiring);
    assert_int_equal(a.facts.ordered, ordered);
    assert_int_equal(a.facts.orderable, orderable);
}

/* Nothing can be ordered by a convention that is over. */
static void nothing_is_ordered_afterwards(void **state)
{
    struct fixture *f = fixture(state);
    const struct brand *brand = brand_by_id(&f->brands, "fnomceo");
    struct brand_convention *c = (struct brand_convention *)brand_convention_by_id(brand, ORDINE);
    struct day until = c->until;

    put_mailbox(f, "fnomceo", address_of(f, 1), tax_code(f, 1), ORDINE, day_of(2027, 1, 15));
    assert_facts(f, 1, 0, 1);
    c->until = day_of(2026, 12, 1);
    assert_facts(f, 1, 0, 0);
    c->until = until; /* the next test has the same brands */
}

/* While the Ordine's order waits for money its mailboxes neither leave nor move: it would pay for who has gone, and who
 * has gone could neither pay nor cancel that order. */
static void who_is_ordered_for_stays(void **state)
{
    struct fixture *f = fixture(state);
    struct asking a = {.f = f, .address = address_of(f, 1)};
    char *leaves = talloc_asprintf(f, "pec;cf;stato\n%s;%s;3\n", a.address, tax_code(f, 1)), *before;
    struct closing c = {.f = f};
    struct taking t;
    struct buying b;

    put_mailbox(f, "fnomceo", a.address, tax_code(f, 1), ORDINE, day_of(2027, 1, 15));
    assert_facts(f, 1, 0, 1);
    assert_int_equal(buy(f, day_of(2027, 3, 1), &b), DONE);
    assert_facts(f, 1, 1, 0);
    before = all_rows(f);
    assert_int_equal(take(f, ORDINE, leaves, true, &t), REFUSED);
    assert_int_equal(t.roster.faults.item[0].problem.code, PROBLEM_OPEN_ORDER);
    assert_string_equal(t.roster.faults.item[0].problem.detail, b.placed.order.code);
    assert_int_equal(take(f, "fnomceo", talloc_asprintf(f, "%s%s", HEADER, row(f, 1, tax_code(f, 1))), true, &t),
                     REFUSED);
    assert_int_equal(t.roster.faults.item[0].problem.code, PROBLEM_OPEN_ORDER_ELSEWHERE);
    assert_string_equal(all_rows(f), before);
    /* where the convention itself has gone meanwhile, its holder is not sent to an order that he cannot see */
    sql(f, "UPDATE mailbox_row SET convention = ''");
    assert_int_equal(db_read(f->db, "test.possible", possible_work, &a), REFUSED);
    assert_int_equal(a.why.code, PROBLEM_OPEN_ORDER_ELSEWHERE);
    sql(f, "UPDATE mailbox_row SET convention = '" ORDINE "'");
    c.code = b.placed.order.code;
    assert_int_equal(db_transaction(f->db, "test.cancel", cancel_work, &c), DONE);
    assert_int_equal(take(f, ORDINE, leaves, true, &t), DONE);
    assert_int_equal(t.roster.leavers, 1);
    assert_clean(f);
}

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

/* What is shown and printed of an order of a hundred lines is a line; members get their own word of it. */
struct showing {
    struct fixture *f;
    int64_t id;
    struct order_facts facts;
};

static enum outcome show_work(struct db_tx *tx, void *arg)
{
    struct showing *s = arg;
    struct order o;

    TRY(order_by_id(tx, s->f, s->id, &o));
    return order_facts_load(tx, s->f, &s->f->brands, &o, &s->facts);
}

static void a_bulk_order_on_paper(void **state)
{
    struct fixture *f = fixture(state);
    struct showing s = {.f = f};
    struct buying b;
    struct invoice_paper *paper;
    size_t length;
    void *pdf;
    char *xml;

    add_members(f, ORDINE);
    assert_int_equal(buy(f, day_of(2027, 12, 31), &b), DONE);
    (void)pay(f, &(struct transfer){.text = b.placed.order.code,
                                    .cents = 18300,
                                    .on = day_of(2026, 12, 20),
                                    .account = brand_by_id(&f->brands, "fnomceo")->seller.iban});
    s.id = b.placed.order.id;
    assert_int_equal(db_read(f->db, "test.show", show_work, &s), DONE);
    assert_int_equal(s.facts.line_count, 1);
    assert_string_equal(s.facts.lines[0].address, "100 caselle");
    assert_int_equal(s.facts.lines[0].quantity, MEMBERS);
    assert_int_equal(s.facts.lines[0].unit.cents, 150);
    assert_int_equal(s.facts.lines[0].net.cents, 15000);
    paper = invoice_paper_of(f, &s.facts);
    assert_int_equal(paper->line_count, 1);
    assert_non_null(strstr(paper->lines[0].description, "100 caselle"));
    assert_int_equal(invoice_pdf(f, paper, &pdf, &length), DONE);
    paper->progressive = "00001"; /* given to a file when it is kept */
    assert_int_equal(invoice_xml(f, paper, &xml, &length), DONE);
    assert_non_null(strstr(xml, "<Quantita>100.00</Quantita>"));
    assert_non_null(strstr(xml, "UFPRV1"));
}

#define TEST(name) cmocka_unit_test(name)

int main(void)
{
    static const struct CMUnitTest tests[] = {TEST(a_list_is_looked_through),
                                              TEST(members_come_and_go),
                                              TEST(rows_that_are_wrong),
                                              TEST(the_ordine_pays),
                                              TEST(it_lets_go),
                                              TEST(who_is_ordered_for_stays),
                                              TEST(a_list_is_not_another),
                                              TEST(members_are_found),
                                              TEST(a_member_changes_mailbox),
                                              TEST(what_cannot_be_ordered_is_let_go),
                                              TEST(nothing_is_ordered_afterwards),
                                              TEST(a_renewal_associates),
                                              TEST(a_bulk_order_on_paper),
                                              TEST(some_cannot),
                                              TEST(members_pay_their_own_space),
                                              TEST(members_space_after_the_body_renewed),
                                              TEST(members_space_given_back_early)};

    return FLOW(tests);
}
