/* What the desk does to a mailbox, on both engines: suspends and resumes it, holds renewals and deletions back, ends it
 * with a second person, changes a contact, notes (DOMAIN M19-M21, M23). */
#include "shop/govern.h"
#include "flow/fixture.h"
#include "shop/quote.h"
#include "store/ending.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <talloc.h>

static const struct actor ANNA = {"office", "operator:1"};

struct doing {
    struct fixture *f;
    struct governing g;
    enum suspend_reason reason;
    struct mailbox_hold hold;
    const char *email;
    int64_t id;
    bool waits;
    struct problem why;
    enum outcome (*how)(struct db_tx *tx, struct doing *d);
};

static enum outcome run(struct db_tx *tx, void *arg)
{
    struct doing *d = arg;

    d->why = (struct problem){0};
    return d->how(tx, d);
}

static enum outcome apply(struct doing *d, enum outcome (*how)(struct db_tx *tx, struct doing *d))
{
    d->how = how;
    d->g.mailbox = mailbox(d->f, VERDI);
    return db_transaction(d->f->db, "govern", run, d);
}

static enum outcome do_suspend(struct db_tx *tx, struct doing *d)
{
    return suspend(tx, d->f, &d->g, d->reason, &d->why);
}
static enum outcome do_resume(struct db_tx *tx, struct doing *d)
{
    return resume(tx, d->f, &d->g, &d->why);
}
static enum outcome do_cease(struct db_tx *tx, struct doing *d)
{
    return cease(tx, d->f, &d->g, &d->waits, &d->why);
}
static enum outcome do_hold(struct db_tx *tx, struct doing *d)
{
    return hold_set(tx, d->f, &d->g, &d->hold, &d->why);
}
static enum outcome do_lift(struct db_tx *tx, struct doing *d)
{
    return hold_lift(tx, d->f, &d->g, d->hold.id, &d->why);
}
static enum outcome do_legal(struct db_tx *tx, struct doing *d)
{
    return legal_hold_put(tx, d->f, &d->g, &d->why);
}
static enum outcome do_legal_end(struct db_tx *tx, struct doing *d)
{
    return legal_hold_end(tx, d->f, &d->g, &d->waits, &d->why);
}
static enum outcome do_contact(struct db_tx *tx, struct doing *d)
{
    return contact_set(tx, d->f, &d->g, d->email, &d->why);
}

static struct doing doing(struct fixture *f, const char *note)
{
    return (struct doing){.f = f, .g = {.shop = &f->shop, .actor = ANNA, .note = note}};
}

static void a_suspended_mailbox_keeps_its_dates(void **state)
{
    struct fixture *f = fixture(state);
    struct doing d;

    if (!f)
        return;
    d = doing(f, "");
    d.reason = SUSPEND_OTHER;
    assert_int_equal(apply(&d, do_suspend), REFUSED); /* the desk says why */
    assert_string_equal(d.why.field, "note");
    assert_string_equal(mailbox(f, VERDI).status, "live");
    d.reason = SUSPEND_IDENTITY;
    assert_int_equal(apply(&d, do_suspend), DONE);
    assert_string_equal(mailbox(f, VERDI).status, "suspended");
    assert_int_equal(apply(&d, do_suspend), REFUSED);
    assert_int_equal(d.why.code, PROBLEM_MAILBOX_STATE);
    assert_int_equal(number(f, "SELECT count(*) FROM outbox WHERE template = 'mailbox_suspended'"), 1);
    assert_int_equal(
        number(f, "SELECT may_read + may_receive + may_send FROM mailhost_box WHERE address = '" VERDI "'"), 0);
    assert_int_equal(apply(&d, do_resume), DONE);
    assert_string_equal(mailbox(f, VERDI).status, "live");
    assert_true(day_same(mailbox(f, VERDI).term.ends_on, day_of(2027, 3, 15)));
    assert_int_equal(number(f, "SELECT count(*) FROM suspension"), 0);
    assert_int_equal(
        number(f, "SELECT may_read + may_receive + may_send FROM mailhost_box WHERE address = '" VERDI "'"), 3);
    assert_int_equal(apply(&d, do_resume), REFUSED);
    assert_clean(f);
}

static enum outcome eligible(struct fixture *f, struct problem *why)
{
    struct mailbox m = mailbox(f, VERDI);

    return renewal_eligible(f->brand, &m, day_of(2026, 12, 20), why);
}

static void a_hold_stops_renewals_to_its_last_day(void **state)
{
    struct fixture *f = fixture(state);
    struct wanted_line line = {.address = VERDI, .choice = {.years = 1}};
    struct order_request request;
    struct placed_order placed;
    struct problem why = {0};
    struct doing d;

    if (!f)
        return;
    d = doing(f, "Lite tra soci");
    d.hold = (struct mailbox_hold){.stops_renewal = true, .until_on = day_of(2026, 12, 19)};
    assert_int_equal(apply(&d, do_hold), REFUSED);
    assert_string_equal(d.why.field, "until_on");
    d.hold.until_on = day_of(2028, 1, 1);
    assert_int_equal(apply(&d, do_hold), REFUSED);
    d.hold = (struct mailbox_hold){.until_on = day_of(2026, 12, 31)};
    assert_int_equal(apply(&d, do_hold), REFUSED); /* of nothing */
    d.hold = (struct mailbox_hold){.stops_renewal = true, .until_on = day_of(2026, 12, 20)};
    assert_int_equal(apply(&d, do_hold), DONE);

    assert_int_equal(eligible(f, &why), REFUSED);
    assert_int_equal(why.code, PROBLEM_RENEWAL_HELD);
    request = request_for(f, &line, 1);
    assert_int_equal(order(f, &request, &placed, &why), REFUSED);
    assert_int_equal(why.code, PROBLEM_RENEWAL_HELD);
    set_day(f, 2026, 12, 21);
    assert_int_equal(order(f, &request, &placed, &why), DONE);

    set_day(f, 2026, 12, 20);
    assert_int_equal(apply(&d, do_lift), DONE);
    assert_int_equal(number(f, "SELECT count(*) FROM mailbox_hold WHERE lifted_at IS NOT NULL"), 1);
    assert_int_equal(number(f, "SELECT count(*) FROM event WHERE kind = 'hold.set' OR kind = 'hold.lifted'"), 2);
    assert_clean(f);
}

struct deleting {
    struct ending_rule rule;
    bool due;
};

static enum outcome deletion(struct db_tx *tx, void *arg)
{
    struct deleting *d = arg;

    return deletions_due(tx, &d->rule, &d->due);
}

static bool due(struct fixture *f)
{
    struct deleting d = {.rule = {.brand = "legalmail", .reach = day_of(2030, 1, 1), .deletes = day_of(2027, 12, 31)}};

    assert_int_equal(db_read(f->db, "due", deletion, &d), DONE);
    return d.due;
}

static void a_hold_stops_deletion(void **state)
{
    struct fixture *f = fixture(state);
    struct doing d;

    if (!f)
        return;
    sql(f, "UPDATE mailbox_row SET status = 'ceased' WHERE " ITS_ROW(VERDI));
    set_day(f, 2028, 1, 10);
    assert_true(due(f));
    d = doing(f, "Reclamo in corso");
    d.hold = (struct mailbox_hold){.stops_deletion = true, .until_on = day_of(2028, 1, 31)};
    assert_int_equal(apply(&d, do_hold), DONE);
    assert_false(due(f));
    set_day(f, 2028, 1, 31);
    assert_false(due(f));
    set_day(f, 2028, 2, 1);
    assert_true(due(f));
    assert_int_equal(apply(&d, do_legal), DONE);
    assert_false(due(f));
    assert_int_equal(apply(&d, do_legal_end), DONE);
    assert_true(d.waits);
    assert_false(due(f)); /* until a second person has said so */
}

/* Two owners; both are needed. */
static struct operator owner(int64_t id)
{
    return (struct operator){.id = id, .brand = (char *)"", .role = (char *)"owner", .name = (char *)"Bruno"};
}

static void a_mailbox_ceases_by_two_people(void **state)
{
    struct fixture *f = fixture(state);
    struct operator anna = owner(1), bruno = owner(2);
    struct problem why = {0};
    struct doing d;
    int64_t id;

    if (!f)
        return;
    d = doing(f, "");
    assert_int_equal(apply(&d, do_cease), REFUSED);
    assert_string_equal(d.why.field, "reason");
    d = doing(f, "Chiesto con raccomandata");
    assert_int_equal(apply(&d, do_cease), DONE);
    assert_true(d.waits);
    assert_string_equal(mailbox(f, VERDI).status, "live");
    assert_int_equal(apply(&d, do_cease), REFUSED);
    assert_int_equal(d.why.code, PROBLEM_APPROVAL_WAITS);
    id = number(f, "SELECT max(id) FROM approval");
    assert_int_equal(approval_decide(&f->shop, f, id, &anna, true, "", &why), REFUSED);
    assert_int_equal(why.code, PROBLEM_APPROVAL_SELF);
    assert_int_equal(approval_decide(&f->shop, f, id, &bruno, true, "", &why), DONE);
    assert_string_equal(mailbox(f, VERDI).status, "ceased");
    assert_int_equal(number(f, "SELECT count(*) FROM notice WHERE event = 'ceased' OR template = 'ceased_notice'"), 1);

    d = doing(f, "Un'altra");
    order_years(f, BIANCHI, 1);
    d.g.mailbox = mailbox(f, BIANCHI);
    d.how = do_cease;
    assert_int_equal(db_transaction(f->db, "govern", run, &d), REFUSED);
    assert_int_equal(d.why.code, PROBLEM_OPEN_ORDER);
    assert_clean(f);
}

static void a_contact_is_changed_and_both_are_told(void **state)
{
    struct fixture *f = fixture(state);
    struct doing d;

    if (!f)
        return;
    d = doing(f, "Per telefono");
    d.email = "nessuno";
    assert_int_equal(apply(&d, do_contact), REFUSED);
    assert_string_equal(d.why.field, "email");
    d.email = "Nuova@Posta.example";
    d.g.note = " ";
    assert_int_equal(apply(&d, do_contact), REFUSED);
    assert_string_equal(d.why.field, "note");
    d.g.note = "Per telefono";
    assert_int_equal(apply(&d, do_contact), DONE);
    assert_string_equal(mailbox(f, VERDI).holder.email, "nuova@posta.example");
    assert_int_equal(number(f, "SELECT count(*) FROM outbox WHERE template = 'contact_changed'"), 2);
    assert_int_equal(number(f, "SELECT count(*) FROM search_key WHERE key = 'nuova@posta.example'"), 1);
    assert_clean(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_suspended_mailbox_keeps_its_dates),
        cmocka_unit_test(a_hold_stops_renewals_to_its_last_day),
        cmocka_unit_test(a_hold_stops_deletion),
        cmocka_unit_test(a_mailbox_ceases_by_two_people),
        cmocka_unit_test(a_contact_is_changed_and_both_are_told),
    };

    return FLOW(tests);
}
