/* A second person (issue: roles and doors): what the policy wants decided by another waits, is done once, by nobody who
 * asked, in time, within the brand; and nobody throws out the owners alone. */
#include "shop/approval.h"
#include "flow/fixture.h"
#include "shop/refund_return.h"
#include <inttypes.h>
#include <string.h>
#include <talloc.h>

struct desk {
    struct fixture *f;
    struct operator anna, bruno, carla; /* owners of all; carla a support of legalmail's */
};

static struct operator hire(struct fixture *f, const char *email, const char *role, const char *brand)
{
    struct new_operator n = {
        .brand = brand, .email = email, .name = email, .role = role, .actor = {.door = "cli", .name = "system"}};
    struct problem why = {0};
    struct operator o = {.brand = (char *)brand, .email = (char *)email, .role = (char *)role};
    char *link;

    assert_int_equal(operator_add(&f->shop, f, &n, &o.id, &link, &why), DONE);
    return o;
}

static struct desk *desk(void **state)
{
    struct fixture *f = fixture(state);
    struct desk *d;

    if (!f)
        return NULL;
    d = talloc_zero(f, struct desk);
    d->f = f;
    d->anna = hire(f, "anna@legalmail.example", "owner", "");
    d->bruno = hire(f, "bruno@legalmail.example", "owner", "");
    d->carla = hire(f, "carla@legalmail.example", "support", "legalmail");
    return d;
}

static enum outcome wants(struct desk *d, const struct operator* who, struct operator_change c, bool *waits,
                          struct problem *why)
{
    char name[OPERATOR_TEXT];

    c.actor = (struct actor){.door = "office", .name = operator_text(who, name)};
    *why = (struct problem){0};
    return operator_change(&d->f->shop, d, &c, waits, why);
}

static enum outcome decide(struct desk *d, const struct operator* who, bool yes, const char *reason,
                           enum problem_code code)
{
    struct problem why = {0};
    int64_t id = number(d->f, "SELECT max(id) FROM approval");
    enum outcome o = approval_decide(&d->f->shop, d, id, who, yes, reason, &why);

    assert_int_equal(o, code ? REFUSED : DONE);
    if (why.code != code)
        fail_msg("%s instead of %s", problem_slug(why.code), problem_slug(code));
    return o;
}

static int64_t enabled(struct desk *d)
{
    return number(d->f, "SELECT count(*) FROM operator WHERE disabled_at IS NULL");
}

static char *last_state(struct desk *d)
{
    return words(d->f, "SELECT state FROM approval ORDER BY id DESC LIMIT 1");
}

static void an_owner_goes_only_when_two_want_it(void **state)
{
    struct desk *d = desk(state);
    struct problem why;
    bool waits;

    if (!d)
        return;
    assert_int_equal(wants(d, &d->anna, (struct operator_change){.id = d->bruno.id, .disable = true}, &waits, &why),
                     REFUSED);
    assert_int_equal(why.code, PROBLEM_REQUIRED);
    assert_string_equal(why.field, "reason");
    assert_int_equal(wants(d, &d->anna, (struct operator_change){.id = d->bruno.id, .disable = true, .reason = "Via."},
                           &waits, &why),
                     DONE);
    assert_true(waits);
    assert_int_equal(enabled(d), 3);
    assert_int_equal(wants(d, &d->anna,
                           (struct operator_change){.id = d->bruno.id, .role = "support", .reason = "Via."}, &waits,
                           &why),
                     REFUSED);
    assert_int_equal(why.code, PROBLEM_APPROVAL_WAITS);
    decide(d, &d->anna, true, "", PROBLEM_APPROVAL_SELF);
    decide(d, &d->carla, true, "", PROBLEM_NOT_FOUND); /* no brand's: not for who has one */
    decide(d, &d->bruno, false, " ", PROBLEM_REQUIRED);
    decide(d, &d->bruno, false, "No!", PROBLEM_NONE);
    assert_string_equal(last_state(d), "refused");
    assert_int_equal(enabled(d), 3);
    decide(d, &d->bruno, true, "", PROBLEM_APPROVAL_DECIDED);

    assert_int_equal(wants(d, &d->anna, (struct operator_change){.id = d->bruno.id, .disable = true, .reason = "Via."},
                           &waits, &why),
                     DONE);
    decide(d, &d->bruno, true, "", PROBLEM_NONE);
    assert_string_equal(last_state(d), "done");
    assert_int_equal(enabled(d), 2);
    assert_int_equal(number(d->f, "SELECT count(*) FROM event WHERE kind = 'operator.disabled'"), 1);
    assert_int_equal(number(d->f, "SELECT count(*) FROM event WHERE kind LIKE 'approval.%'"), 4);

    assert_int_equal(wants(d, &d->anna, (struct operator_change){.id = d->anna.id, .disable = true, .reason = "Vado."},
                           &waits, &why),
                     REFUSED);
    assert_int_equal(why.code, PROBLEM_LAST_OWNER);
    assert_clean(d->f);
}

static void what_is_asked_lapses_or_is_taken_back(void **state)
{
    struct desk *d = desk(state);
    const struct operator_change out = {.role = "auditor", .reason = "Cambia lavoro."};
    struct operator_change c = out;
    struct problem why;
    bool waits;

    if (!d)
        return;
    c.id = d->bruno.id;
    assert_int_equal(wants(d, &d->anna, c, &waits, &why), DONE);
    decide(d, &d->anna, false, "", PROBLEM_NONE);
    assert_string_equal(last_state(d), "withdrawn");

    assert_int_equal(wants(d, &d->anna, c, &waits, &why), DONE);
    set_day(d->f, 2026, 12, 27); /* noon of the seventh day */
    decide(d, &d->bruno, true, "", PROBLEM_APPROVAL_DECIDED);
    assert_int_equal(wants(d, &d->anna, c, &waits, &why), DONE); /* and may be asked anew */
    assert_int_equal(number(d->f, "SELECT count(*) FROM approval WHERE state = 'expired'"), 1);
    decide(d, &d->bruno, true, "", PROBLEM_NONE);
    assert_string_equal(words(d->f, "SELECT role FROM operator WHERE email LIKE 'bruno%'"), "auditor");
    assert_clean(d->f);
}

static void others_change_at_once(void **state)
{
    struct desk *d = desk(state);
    struct problem why;
    bool waits = true;

    if (!d)
        return;
    assert_int_equal(
        wants(d, &d->anna, (struct operator_change){.id = d->carla.id, .role = "cashier", .brand = ""}, &waits, &why),
        DONE);
    assert_false(waits);
    assert_string_equal(words(d->f, "SELECT role FROM operator WHERE email LIKE 'carla%'"), "cashier");
    assert_int_equal(wants(d, &d->anna, (struct operator_change){.id = d->carla.id, .role = "king"}, &waits, &why),
                     REFUSED);
    assert_string_equal(why.field, "role");
    assert_int_equal(wants(d, &d->anna, (struct operator_change){.id = d->carla.id, .disable = true}, &waits, &why),
                     DONE);
    assert_int_equal(enabled(d), 2);
}

/* ---- The policy ---- */

static const struct {
    const char *kind;
    int64_t cents;
    bool needed;
} USUAL[] = {
    {"erasure", 0, true},     {"cease", 0, true},     {"price", 0, true},
    {"hold_lifted", 0, true}, {"owner_out", 0, true}, {"refund", 50000, false},
    {"refund", 50001, true},  {"refund", 100, false}, {"tea", 0, false},
};

static void the_policy_says_for_what(void **state)
{
    static const struct second_person OWN[] = {{"refund", {0}}, {NULL, {0}}};
    struct fixture *f = fixture(state);

    if (!f)
        return;
    for (size_t i = 0; i < count_of(USUAL); i++)
        if (approval_needed(f->brand, USUAL[i].kind, (struct money){USUAL[i].cents}) != USUAL[i].needed)
            fail_msg("%s %" PRId64, USUAL[i].kind, USUAL[i].cents);
    for (const struct approval_kind *const *k = APPROVAL_KINDS; *k; k++) /* every kind can be named in a policy */
        assert_true(approval_needed(NULL, (*k)->name, (struct money){INT64_MAX}));
    f->brand->second_person = OWN;
    assert_true(approval_needed(f->brand, "refund", (struct money){1}));
    assert_false(approval_needed(f->brand, "erasure", (struct money){0}));
}

/* ---- Held money above the policy's amount ---- */

struct giving {
    struct desk *d;
    struct held_refund refund;
    const char *brand;
    int64_t waits;
    struct problems faults;
};

static enum outcome run_refund(struct db_tx *tx, void *arg)
{
    struct giving *g = arg;

    g->faults = (struct problems){0};
    return held_refund(tx, &g->d->f->shop, g->d, g->brand, &g->refund, &g->waits, &g->faults);
}

/* Asks to give a held entry back; the id of what waits, 0: it was done at once. */
static int64_t gives_back(struct desk *d, int64_t entry, int64_t cents, const char *note, enum problem_code code)
{
    char name[OPERATOR_TEXT];
    struct giving g = {d,
                       {.kind = HELD_BANK,
                        .id = entry,
                        .amount = {cents},
                        .destination = "transfer",
                        .iban = "IT15L0760117400001007214826",
                        .payee = "Ugo Tognazzi",
                        .note = note,
                        .placed = {-1},
                        .actor = {.door = "office", .name = operator_text(&d->anna, name)}},
                       "",
                       0,
                       {0}};
    enum outcome o = db_transaction(d->f->db, "refund", run_refund, &g);

    if (g.faults.item[0].code != code)
        fail_msg("%s instead of %s", problem_slug(g.faults.item[0].code), problem_slug(code));
    assert_int_equal(o, code ? REFUSED : DONE);
    return g.waits;
}

static int64_t held_entry(struct desk *d, int64_t cents)
{
    pay(d->f, &(struct transfer){.text = "senza codice", .cents = cents, .on = day_of(2026, 12, 20)});
    return number(d->f, "SELECT max(id) FROM bank_entry");
}

static int64_t refunded(struct desk *d)
{
    return number(d->f, "SELECT coalesce(sum(amount_cents), 0) FROM refund");
}

static void much_held_money_goes_back_when_two_want_it(void **state)
{
    struct desk *d = desk(state);
    int64_t little, much;

    if (!d)
        return;
    little = held_entry(d, 50000);
    much = held_entry(d, 60000);
    assert_int_equal(gives_back(d, little, 0, "pagato due volte", PROBLEM_NONE), 0); /* at once */
    assert_int_equal(refunded(d), 50000);
    gives_back(d, much, 0, " ", PROBLEM_REQUIRED);
    assert_true(gives_back(d, much, 0, "pagato due volte", PROBLEM_NONE) > 0);
    assert_int_equal(refunded(d), 50000);
    gives_back(d, much, 0, "pagato due volte", PROBLEM_APPROVAL_WAITS);
    assert_int_equal(number(d->f, "SELECT count(*) FROM approval WHERE state = 'waiting'"), 1);
    decide(d, &d->anna, true, "", PROBLEM_APPROVAL_SELF);
    decide(d, &d->carla, true, "", PROBLEM_FORBIDDEN);
    assert_clean(d->f);
    decide(d, &d->bruno, true, "", PROBLEM_NONE);
    assert_string_equal(last_state(d), "done");
    assert_int_equal(refunded(d), 110000);
    assert_clean(d->f);

    /* What is said no to stays held; a part below the amount needs nobody. */
    much = held_entry(d, 70000);
    assert_true(gives_back(d, much, 0, "pagato due volte", PROBLEM_NONE) > 0);
    decide(d, &d->bruno, false, "non è suo", PROBLEM_NONE);
    assert_int_equal(refunded(d), 110000);
    assert_int_equal(gives_back(d, much, 50000, "una parte", PROBLEM_NONE), 0);
    assert_int_equal(refunded(d), 160000);
    assert_clean(d->f);
}

/* ---- A transfer that the bank sends back ---- */

struct returning {
    struct desk *d;
    struct refund_return asked;
    int64_t waits;
    struct problems faults;
};

static enum outcome run_sent(struct db_tx *tx, void *arg)
{
    struct returning *r = arg;

    return refund_sent(tx, r->d, r->asked.refund_id, &r->asked.actor, NULL);
}

static enum outcome run_return(struct db_tx *tx, void *arg)
{
    struct returning *r = arg;

    r->faults = (struct problems){0};
    return refund_came_back(tx, &r->d->f->shop, r->d, &r->asked, &r->waits, &r->faults);
}

static void comes_back(struct returning *r, int64_t entry, const char *destination, const char *iban,
                       enum problem_code code, const char *field)
{
    enum outcome o;

    r->asked.entry_id = entry;
    r->asked.destination = destination;
    r->asked.iban = iban;
    o = db_transaction(r->d->f->db, "return", run_return, r);
    if (r->faults.item[0].code != code || (code && strcmp(r->faults.item[0].field, field) != 0))
        fail_msg("%s %s instead of %s", problem_slug(r->faults.item[0].code), r->faults.item[0].field,
                 problem_slug(code));
    assert_int_equal(o, code ? REFUSED : DONE);
}

static void a_transfer_that_came_back_goes_elsewhere(void **state)
{
    static const char *const OTHER = "IT60X0542811101000000123456";
    struct desk *d = desk(state);
    char name[OPERATOR_TEXT];
    struct returning r;
    int64_t other, back;

    if (!d)
        return;
    r = (struct returning){d, {.payee = "Ugo Tognazzi", .note = "IBAN chiuso", .brand = ""}, 0, {0}};
    r.asked.actor = (struct actor){.door = "office", .name = operator_text(&d->anna, name)};
    assert_int_equal(gives_back(d, held_entry(d, 40000), 0, "pagato due volte", PROBLEM_NONE), 0);
    r.asked.refund_id = number(d->f, "SELECT max(id) FROM refund");
    other = held_entry(d, 40001);
    back = held_entry(d, 40000);
    comes_back(&r, back, "transfer", OTHER, PROBLEM_NOT_A_CHOICE, ""); /* it was not made yet */
    assert_int_equal(db_transaction(d->f->db, "sent", run_sent, &r), DONE);
    comes_back(&r, other, "transfer", OTHER, PROBLEM_NOT_A_CHOICE, "entry");
    comes_back(&r, back, "transfer", "", PROBLEM_REQUIRED, "iban");
    comes_back(&r, back, "transfer", "IT60X0542811101000000123457", PROBLEM_IBAN_CHECK, "iban");
    comes_back(&r, back, "wallet", "", PROBLEM_NOT_A_CHOICE, "destination"); /* nobody's */
    assert_int_equal(number(d->f, "SELECT count(*) FROM refund_returned"), 0);
    comes_back(&r, back, "transfer", OTHER, PROBLEM_NONE, "");
    assert_int_equal(r.waits, 0);
    assert_string_equal(words(d->f, "SELECT iban FROM refund ORDER BY id DESC LIMIT 1"), OTHER);
    assert_string_equal(words(d->f, "SELECT state FROM refund ORDER BY id DESC LIMIT 1"), "waiting");
    assert_int_equal(number(d->f, "SELECT bank_entry_id FROM refund_returned"), back);
    comes_back(&r, other, "transfer", OTHER, PROBLEM_NOT_A_CHOICE, "");
    assert_clean(d->f);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_owner_goes_only_when_two_want_it),
        cmocka_unit_test(what_is_asked_lapses_or_is_taken_back),
        cmocka_unit_test(others_change_at_once),
        cmocka_unit_test(the_policy_says_for_what),
        cmocka_unit_test(much_held_money_goes_back_when_two_want_it),
        cmocka_unit_test(a_transfer_that_came_back_goes_elsewhere),
    };

    return FLOW(tests);
}
