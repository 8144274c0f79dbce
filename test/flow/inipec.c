/* The list for INI-PEC (DOMAIN L11): new, changed, gone, and whom it leaves out. */
#include "shop/inipec.h"
#include "flow/fixture.h"
#include <string.h>
#include <talloc.h>

enum { STANDARD, PRO };

struct reporting {
    struct fixture *f;
    struct day since;
    struct text_buffer out;
    int64_t lines;
    struct problem why;
};

static enum outcome report(struct db_tx *tx, void *arg)
{
    struct reporting *r = arg;

    r->out = text_buffer(r->f);
    return inipec_report(tx, r->f, r->f->brand, r->since, &r->out, &r->lines, &r->why);
}

static const char *list_since(struct fixture *f, struct day since)
{
    struct reporting r = {.f = f, .since = since};

    assert_int_equal(db_read(f->db, "inipec", report, &r), DONE);
    return r.out.bytes;
}

#define HEADER "pec;nome;cognome;numero_iscrizione;codice_fiscale;stato;data\n"

static void add(struct fixture *f, const char *name, const char *kind, const char *activated, struct day ends_on)
{
    char *address = talloc_asprintf(f, "%s@pec.aruba.example", name);

    add_mailbox(f, address, STANDARD, ends_on);
    sql(f, talloc_asprintf(f, "UPDATE mailbox_row SET activated_on = %d WHERE " ITS_ROW("%s"),
                           activated ? day_of(2026, 12, 5).n : day_of(2020, 1, 1).n, address));
    sql(f, talloc_asprintf(f,
                           "UPDATE holder SET kind = '%s', name = 'Studio %s', tax_code = '%s' WHERE id = (SELECT "
                           "holder_id FROM mailbox WHERE address = '%s')",
                           kind, name, name, address));
}

/* The clock stands at 20-12-2026; since the first of the month. */
static void what_has_changed_is_listed_once(void **state)
{
    struct fixture *f = fixture(state);
    struct day far = day_of(2027, 6, 1);

    if (!f)
        return;
    f->brand = (struct brand *)brand_by_id(&f->brands, "aruba");
    add(f, "a.nuova", "company", "new", far);
    add(f, "b.ferma", "company", NULL, far);   /* nothing has happened to it */
    add(f, "c.privata", "person", "new", far); /* in another register */
    add(f, "d.ente", "public_body", "new", far);
    add(f, "e.scaduta", "freelance", NULL, day_of(2026, 9, 10));  /* received for 90 days more */
    add(f, "f.da.poco", "freelance", NULL, day_of(2026, 12, 10)); /* receives still */
    add(f, "g.da.tanto", "freelance", NULL, day_of(2026, 6, 10)); /* an earlier list said so */
    add(f, "h.disdetta", "sole_trader", NULL, far);
    sql(f, "UPDATE mailbox_row SET status = 'ceased' WHERE id IN (SELECT id FROM mailbox WHERE address LIKE 'h.%')");
    sql(f,
        "INSERT INTO event (at, brand, door, actor, kind, mailbox_id, data) SELECT 1797840000000000, 'aruba', 'cli', "
        "'x', 'mailbox.ceased', id, '{}' FROM mailbox WHERE address LIKE 'h.%'"); /* 21-12-2026 08:00 UTC */
    add(f, "i.ceduta", "company", NULL, far);
    sql(f,
        "INSERT INTO event (at, brand, door, actor, kind, mailbox_id, data) SELECT 1796716800000000, 'aruba', 'cli', "
        "'x', 'mailbox.holder_changed', id, '{}' FROM mailbox WHERE address LIKE 'i.%'"); /* 08-12-2026 */
    add(f, "l.iscritta", "person", NULL, far);
    sql(f,
        "INSERT INTO member (brand, convention, tax_code, name, surname, enrolment_no, mailbox_id, status, joined_on, "
        "changed_at) SELECT 'aruba', 'x', 'L', 'Lia', 'Neri; Conti', '77', id, 'active', 1, 1796716800000000 FROM "
        "mailbox WHERE address LIKE 'l.%'");
    set_day(f, 2026, 12, 21);
    assert_string_equal(list_since(f, day_of(2026, 12, 1)),
                        HEADER "a.nuova@pec.aruba.example;Studio a.nuova;;;a.nuova;2;2026-12-05\n"
                               "e.scaduta@pec.aruba.example;Studio e.scaduta;;;e.scaduta;3;2026-12-10\n"
                               "h.disdetta@pec.aruba.example;Studio h.disdetta;;;h.disdetta;3;2026-12-21\n"
                               "i.ceduta@pec.aruba.example;Studio i.ceduta;;;i.ceduta;1;2026-12-08\n"
                               "l.iscritta@pec.aruba.example;Lia;\"Neri; Conti\";77;l.iscritta;1;2026-12-08\n");
    assert_string_equal(list_since(f, day_of(2026, 12, 11)),
                        HEADER "h.disdetta@pec.aruba.example;Studio h.disdetta;;;h.disdetta;3;2026-12-21\n");
}

/* Deleted from the register after a failed renewal, it must be entered again when it is renewed after all. */
static void who_renews_late_comes_back(void **state)
{
    struct fixture *f = fixture(state);
    char *code;

    if (!f)
        return;
    sql(f, "UPDATE holder SET kind = 'company'");
    sql(f, "UPDATE mailbox_row SET activated_on = 1");
    set_day(f, 2027, 2, 10); /* BIANCHI's term ended on 31-01 */
    assert_non_null(strstr(list_since(f, day_of(2027, 2, 1)), BIANCHI ";"));
    assert_non_null(strstr(list_since(f, day_of(2027, 2, 1)), ";3;2027-02-01"));
    code = order_years(f, BIANCHI, 1);
    pay(f, &(struct transfer){.text = code, .cents = 3050, .on = day_of(2027, 2, 10)});
    assert_non_null(strstr(list_since(f, day_of(2027, 2, 1)), ";1;2027-02-10"));
    assert_null(strstr(list_since(f, day_of(2027, 2, 1)), ";3;"));
}

static void a_day_ahead_has_no_list(void **state)
{
    struct fixture *f = fixture(state);
    struct reporting r = {.f = f, .since = day_of(2026, 12, 21)};

    if (!f)
        return;
    assert_int_equal(db_read(f->db, "inipec", report, &r), REFUSED);
    assert_int_equal(r.why.code, PROBLEM_DAY_RANGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_has_changed_is_listed_once),
        cmocka_unit_test(who_renews_late_comes_back),
        cmocka_unit_test(a_day_ahead_has_no_list),
    };

    return FLOW(tests);
}
