/* Retail (DOMAIN §1.4, §3.7): a smaller plan with what it asks for, at order and at effect; promotions; automatic
 * renewal and a change of plan. T43, T47, T48. */
#include "flow/fixture.h"
#include "shop/domain.h"
#include "shop/plan_change.h"
#include <inttypes.h>
#include <string.h>
#include <talloc.h>

#define ROSSI "rossi@pec.aruba.example"
#define NERI  "neri@pec.aruba.example"

enum { STANDARD, PRO, PREMIUM, PROMO, OWN };

/* A mail host that says what it is told to. */
static struct {
    int64_t used_mb, archive_mb;
    bool known, silent;
} host;

static enum outcome host_usage(void *arg, void *mem, const char *address, struct mailhost_usage *usage,
                               struct problem *why)
{
    (void)arg, (void)mem, (void)address, (void)why;
    *usage = (struct mailhost_usage){host.used_mb, host.archive_mb, host.known};
    return host.silent ? BUSY : DONE;
}

static struct fixture *retail(void **state, int64_t used_mb, int64_t archive_mb)
{
    struct fixture *f = fixture(state);
    struct mailhosts *hosts;

    if (!f)
        return NULL;
    f->brand = (struct brand *)brand_by_id(&f->brands, "aruba");
    hosts = talloc_zero(f, struct mailhosts);
    hosts->all = talloc_zero(hosts, struct mailhost_of);
    hosts->count = 1;
    hosts->all[0] = (struct mailhost_of){"aruba", {.usage = host_usage}};
    f->shop.mailhosts = hosts;
    memset(&host, 0, sizeof host);
    host.known = true;
    host.used_mb = used_mb;
    host.archive_mb = archive_mb;
    add_mailbox(f, ROSSI, PRO, day_of(2027, 3, 15));
    add_mailbox(f, NERI, STANDARD, day_of(2027, 3, 15));
    sql(f, "UPDATE mailbox_row SET quota_mb = 2048 WHERE plan = 'pro'");
    sql(f, "UPDATE mailbox_row SET quota_mb = 1024 WHERE plan = 'standard'");
    return f;
}

static void ask(struct fixture *f, const char *address)
{
    struct mailbox m = mailbox(f, address);

    assert_int_equal(space_ask(&f->shop, f, &m), DONE);
}

static enum outcome try_order(struct fixture *f, const char *address, struct renewal_choice choice,
                              struct placed_order *placed, struct problem *why)
{
    struct wanted_line *line = talloc(f, struct wanted_line);
    struct order_request request;

    *line = (struct wanted_line){.address = address, .choice = choice};
    request = request_for(f, line, 1);
    *why = (struct problem){0};
    return order(f, &request, placed, why);
}

static struct placed_order must_order(struct fixture *f, const char *address, struct renewal_choice choice)
{
    struct placed_order placed;
    struct problem why;

    if (try_order(f, address, choice, &placed, &why) != DONE)
        fail_msg("%s: %s %s", address, problem_slug(why.code), why.detail);
    return placed;
}

static void must_pay(struct fixture *f, const struct placed_order *placed)
{
    struct transfer t = {.text = placed->order.code,
                         .cents = placed->order.total.gross.cents,
                         .on = day_of(2026, 12, 20),
                         .account = f->brand->seller.iban};

    assert_int_equal(pay(f, &t).reason, HELD_NOT);
}

/* Does what the outbox has to ask of the mail host. */
static void turn(struct fixture *f)
{
    struct problem why;

    while (number(f, "SELECT count(*) FROM outbox WHERE kind = 'plan_change' AND state = 'waiting'")) {
        int64_t row = number(f, "SELECT min(id) FROM outbox WHERE kind = 'plan_change' AND state = 'waiting'");
        json_t *data =
            json_loads(words(f, talloc_asprintf(f, "SELECT data FROM outbox WHERE id = %" PRId64, row)), 0, NULL);

        assert_int_equal(plan_change_turn(&f->shop, f, json_integer_value(json_object_get(data, "change")), &why),
                         DONE);
        json_decref(data);
        sql(f, talloc_asprintf(f, "UPDATE outbox SET state = 'done' WHERE id = %" PRId64, row));
    }
}

static enum outcome wake(struct db_tx *tx, void *arg)
{
    int64_t woken;

    (void)arg;
    return plan_changes_wake(tx, clock_now(), &woken);
}

static const char *change_state(struct fixture *f)
{
    return words(f, "SELECT coalesce((SELECT state FROM plan_change ORDER BY id DESC LIMIT 1), 'none') FROM db_meta");
}

#define TO_STANDARD(...)                                                                                               \
    (struct renewal_choice)                                                                                            \
    {                                                                                                                  \
        .years = 1, .plan = "standard", __VA_ARGS__                                                                    \
    }

static void a_smaller_plan_asks_for_what_is_in_use(void **state)
{
    static const struct {
        const char *what;
        int64_t used, archive, gb;
        const char *consent;
        enum problem_code code;
        const char *field, *detail;
    } row[] = {
        {"T48: 1,4 GB need one more", 1434, 2253, 0, "CANCELLA", PROBLEM_SPACE_NEEDED, "extra_gb", "1"},
        {"no consent", 1434, 2253, 1, NULL, PROBLEM_ARCHIVE_CONSENT, "consent", "CANCELLA"},
        {"not that word", 1434, 2253, 1, "CANCELLAMI", PROBLEM_ARCHIVE_CONSENT, "consent", "CANCELLA"},
        {"yes is no word", 1434, 2253, 1, "si", PROBLEM_ARCHIVE_CONSENT, "consent", "CANCELLA"},
        {"T48: blocked at 2,1 GB", 2150, 2253, 1, "CANCELLA", PROBLEM_MUST_EMPTY, "plan", "2,1 / 2 GB"},
        {"more than the plan has", 100, 0, 2, "CANCELLA", PROBLEM_EXTRA_GB, "extra_gb", "1"},
    };
    struct fixture *f = retail(state, 0, 0);
    struct placed_order placed;
    struct problem why;

    if (!f)
        return;
    assert_int_equal(try_order(f, ROSSI, TO_STANDARD(.consent = "CANCELLA"), &placed, &why), REFUSED);
    assert_int_equal(why.code, PROBLEM_USED_UNKNOWN);
    for (size_t i = 0; i < count_of(row); i++) {
        host.used_mb = row[i].used;
        host.archive_mb = row[i].archive;
        ask(f, ROSSI);
        if (try_order(f, ROSSI, TO_STANDARD(.extra_gb = row[i].gb, .consent = row[i].consent), &placed, &why) !=
            REFUSED)
            fail_msg("%s", row[i].what);
        if (why.code != row[i].code || strcmp(why.field, row[i].field) || strcmp(why.detail, row[i].detail))
            fail_msg("%s: %s %s %s", row[i].what, problem_slug(why.code), why.field, why.detail);
    }
    assert_int_equal(number(f, "SELECT count(*) FROM shop_order"), 0);
    assert_int_equal(number(f, "SELECT count(*) FROM plan_change"), 0);
}

/* T48, whole: price, evidence, nothing deleted before the money is there, the archive gone afterwards. */
static void a_smaller_plan_takes_effect_when_it_is_paid(void **state)
{
    struct fixture *f = retail(state, 1434, 2253);
    struct placed_order placed;
    struct mailbox m;

    if (!f)
        return;
    ask(f, ROSSI);
    placed = must_order(f, ROSSI, TO_STANDARD(.extra_gb = 1, .consent = " cancella "));
    assert_int_equal(placed.order.total.net.cents, 1290);
    assert_int_equal(placed.order.total.vat.cents, 284);
    assert_int_equal(placed.order.total.gross.cents, 1574);
    assert_string_equal(placed.order.kind, "renewal_with_change");
    assert_int_equal(placed.line_count, 2);
    assert_string_equal(change_state(f), "ordered");
    assert_string_equal(words(f, "SELECT consent FROM plan_change"), " cancella ");
    assert_non_null(strstr(words(f, "SELECT consent_text FROM plan_change"), ROSSI));
    assert_string_equal(words(f, "SELECT consent_by FROM plan_change"), "cli system");
    assert_string_equal(mailbox(f, ROSSI).plan, "pro");
    turn(f);

    must_pay(f, &placed);
    m = mailbox(f, ROSSI);
    assert_string_equal(m.plan, "standard");
    assert_int_equal(m.extra_gb, 1);
    assert_int_equal(m.quota_mb, 2048);
    assert_true(day_same(m.term.ends_on, day_of(2028, 3, 15)));
    assert_string_equal(change_state(f), "waiting");
    turn(f);
    assert_string_equal(change_state(f), "done");
    assert_int_equal(number(f, "SELECT count(*) FROM event WHERE kind = 'mailbox.archive_removed'"), 1);
    assert_int_equal(mails_of(f, "change_done"), 1);
    assert_clean(f);
}

static void an_order_that_is_cancelled_deletes_nothing(void **state)
{
    struct fixture *f = retail(state, 100, 2253);
    struct placed_order placed;

    if (!f)
        return;
    ask(f, ROSSI);
    placed = must_order(f, ROSSI, TO_STANDARD(.consent = "CANCELLA"));
    set_day(f, 2027, 3, 1);
    sql(f, talloc_asprintf(f, "UPDATE shop_order SET state = 'cancelled' WHERE code = '%s'", placed.order.code));
    sql(f, "UPDATE mailbox_row SET open_order_id = NULL");
    turn(f);
    assert_string_equal(change_state(f), "ordered");
    assert_string_equal(mailbox(f, ROSSI).plan, "pro");
    assert_int_equal(number(f, "SELECT count(*) FROM outbox WHERE kind IN ('plan_change', 'mailhost')"), 0);
}

/* Mail came in between the order and its effect: the term is renewed, nothing is lost, and it is looked at again. */
static void what_no_longer_fits_waits(void **state)
{
    struct fixture *f = retail(state, 1000, 2253);
    struct placed_order placed;

    if (!f)
        return;
    ask(f, ROSSI);
    placed = must_order(f, ROSSI, TO_STANDARD(.consent = "CANCELLA"));
    host.used_mb = 1100;
    must_pay(f, &placed);
    turn(f);
    assert_string_equal(change_state(f), "held");
    assert_true(day_same(mailbox(f, ROSSI).term.ends_on, day_of(2028, 3, 15)));
    assert_int_equal(mailbox(f, ROSSI).quota_mb, 2048);
    assert_int_equal(mails_of(f, "change_held"), 1);
    assert_clean(f);

    for (int again = 0; again < 2; again++) { /* once a day */
        set_day(f, 2026, 12, 21);
        assert_int_equal(db_transaction(f->db, "wake", wake, f), DONE);
        assert_int_equal(number(f, "SELECT count(*) FROM outbox WHERE kind = 'plan_change' AND state = 'waiting'"),
                         again ? 0 : 1);
        turn(f);
        assert_string_equal(change_state(f), "held");
    }
    assert_int_equal(mails_of(f, "change_held"), 1);
    host.used_mb = 1024;
    set_day(f, 2026, 12, 22);
    assert_int_equal(db_transaction(f->db, "wake", wake, f), DONE);
    turn(f);
    assert_string_equal(change_state(f), "done");
    assert_int_equal(mailbox(f, ROSSI).quota_mb, 1024);
    assert_clean(f);
}

/* A host that says nothing is asked again; one that does not know leaves what was last known. */
static void a_silent_host_cuts_nothing(void **state)
{
    struct fixture *f = retail(state, 1000, 0);
    struct placed_order placed;
    struct problem why;

    if (!f)
        return;
    ask(f, ROSSI);
    placed = must_order(f, ROSSI, TO_STANDARD(.consent = "CANCELLA"));
    must_pay(f, &placed);
    host.silent = true;
    assert_int_equal(plan_change_turn(&f->shop, f, number(f, "SELECT id FROM plan_change"), &why), BUSY);
    assert_string_equal(change_state(f), "waiting");
    assert_int_equal(mailbox(f, ROSSI).quota_mb, 2048);
    host.silent = false;
    host.known = false;
    turn(f);
    assert_string_equal(change_state(f), "done");
}

/* A change that waits gives way to a renewal with as much room as there is, and lets one with less have its say. */
static void a_later_renewal_makes_it_void(void **state)
{
    struct fixture *f = retail(state, 1000, 2000);
    struct placed_order placed;

    if (!f)
        return;
    ask(f, ROSSI);
    placed = must_order(f, ROSSI, TO_STANDARD(.consent = "CANCELLA"));
    host.used_mb = 1500;
    must_pay(f, &placed);
    turn(f);
    assert_string_equal(change_state(f), "held");
    ask(f, ROSSI);
    placed = must_order(f, ROSSI, (struct renewal_choice){.years = 1, .plan = "pro"});
    must_pay(f, &placed);
    assert_string_equal(change_state(f), "dropped");
    turn(f);
    assert_string_equal(change_state(f), "dropped");
    assert_int_equal(mailbox(f, ROSSI).quota_mb, 2048);
    assert_string_equal(mailbox(f, ROSSI).plan, "pro");
    assert_int_equal(number(f, "SELECT count(*) FROM event WHERE kind = 'mailbox.archive_removed'"), 0);
    assert_clean(f);
}

static void space_of_the_archive_is_sold_where_there_is_one(void **state)
{
    struct fixture *f = retail(state, 10, 10);
    struct placed_order placed;
    struct problem why;

    if (!f)
        return;
    assert_int_equal(try_order(f, NERI,
                               (struct renewal_choice){.years = 1, .archive_chosen = true, .extra_archive_gb = 1},
                               &placed, &why),
                     REFUSED);
    assert_int_equal(why.code, PROBLEM_EXTRA_GB);
    assert_string_equal(why.field, "extra_archive_gb");
    placed = must_order(
        f, ROSSI, (struct renewal_choice){.years = 2, .extra_gb = 1, .archive_chosen = true, .extra_archive_gb = 2});
    assert_int_equal(placed.order.total.net.cents, 2 * 2990 + 2 * 3 * 300 + 225); /* and 3 months of 3 GB */
    must_pay(f, &placed);
    assert_int_equal(mailbox(f, ROSSI).extra_archive_gb, 2);
    assert_int_equal(mailbox(f, ROSSI).quota_mb, 3072);
    /* Whoever says nothing of the archive keeps it. */
    placed = must_order(f, ROSSI, (struct renewal_choice){.years = 1, .extra_gb = EXTRA_GB_AS_HELD});
    must_pay(f, &placed);
    assert_int_equal(mailbox(f, ROSSI).extra_archive_gb, 2);
    assert_clean(f);
}

/* T47. */
static void promotions_are_renewed_for_two_years_at_most(void **state)
{
    static const int64_t REFUSED_YEARS[] = {-1, 0, 3, 5, 6};
    struct fixture *f = retail(state, 10, 0);
    struct placed_order placed;
    struct problem why;

    if (!f)
        return;
    add_mailbox(f, "promo@pec.aruba.example", PROMO, day_of(2027, 3, 15));
    for (size_t i = 0; i < count_of(REFUSED_YEARS); i++) {
        assert_int_equal(
            try_order(f, "promo@pec.aruba.example", (struct renewal_choice){.years = REFUSED_YEARS[i]}, &placed, &why),
            REFUSED);
        assert_int_equal(why.code, PROBLEM_YEARS);
        assert_string_equal(why.field, "years");
        if (REFUSED_YEARS[i] == 3 || REFUSED_YEARS[i] == 5)
            continue;
        assert_int_equal(try_order(f, NERI, (struct renewal_choice){.years = REFUSED_YEARS[i]}, &placed, &why),
                         REFUSED);
        assert_int_equal(why.code, PROBLEM_YEARS);
    }
    assert_int_equal(try_order(f, NERI, (struct renewal_choice){.years = 1, .plan = "promo"}, &placed, &why), REFUSED);
    assert_int_equal(why.code, PROBLEM_PLAN);
    placed = must_order(f, "promo@pec.aruba.example", (struct renewal_choice){.years = 2});
    assert_int_equal(placed.order.total.net.cents, 990);
}

/* T43, A11. */
static void automatic_renewal_lets_a_change_of_plan_through(void **state)
{
    struct fixture *f = retail(state, 10, 0);
    struct placed_order placed;
    struct problem why;

    if (!f)
        return;
    sql(f, "UPDATE mailbox_row SET auto_renew = 1");
    assert_int_equal(try_order(f, ROSSI, (struct renewal_choice){.years = 1}, &placed, &why), REFUSED);
    assert_int_equal(why.code, PROBLEM_AUTO_RENEWAL_ON);
    assert_int_equal(
        try_order(f, ROSSI, (struct renewal_choice){.years = 1, .plan = "pro", .extra_gb = 1}, &placed, &why), REFUSED);
    assert_int_equal(why.code, PROBLEM_AUTO_RENEWAL_ON);
    placed = must_order(f, ROSSI, (struct renewal_choice){.years = 1, .plan = "premium"});
    assert_string_equal(placed.order.kind, "renewal_with_change");
    must_pay(f, &placed);
    assert_true(mailbox(f, ROSSI).auto_renew);
}

/* ---- Own domains (P44, T50) ---- */

#define DOMAIN "studio.example"

static enum outcome make_domain(struct db_tx *tx, void *arg)
{
    bool fresh;

    (void)arg;
    return domain_insert(tx, "aruba", DOMAIN, day_of(2027, 1, 10), &fresh);
}

static struct fixture *with_domain(void **state)
{
    struct fixture *f = retail(state, 10, 0);

    if (!f)
        return NULL;
    add_mailbox(f, "info@" DOMAIN, OWN, day_of(2027, 1, 10));
    add_mailbox(f, "posta@" DOMAIN, OWN, day_of(2027, 1, 10));
    sql(f,
        "UPDATE mailbox_row SET domain = '" DOMAIN "', renew_until = expires_on + 30, receive_until = expires_on + 30, "
        "read_until = expires_on + 30 WHERE plan = 'own'");
    assert_int_equal(db_transaction(f->db, "domain", make_domain, NULL), DONE);
    return f;
}

struct elsewhere {
    struct fixture *f;
    struct day until;
    bool gone;
    int64_t changed;
    struct problem why;
};

static enum outcome renew_elsewhere(struct db_tx *tx, void *arg)
{
    struct elsewhere *e = arg;

    return domain_renewed(tx, e->f, e->f->brand, DOMAIN, e->until, &(struct actor){"cli", "system"}, &e->changed,
                          &e->why);
}

static enum outcome lose(struct db_tx *tx, void *arg)
{
    struct elsewhere *e = arg;

    return domain_unregistered(tx, e->f, e->f->brand, DOMAIN, e->gone, &(struct actor){"cli", "system"}, &e->changed,
                               &e->why);
}

static void a_mailbox_follows_its_domain(void **state)
{
    struct fixture *f = with_domain(state);
    struct placed_order placed;
    struct problem why;
    struct elsewhere e = {.f = f, .until = day_of(2028, 1, 10)};

    if (!f)
        return;
    assert_clean(f);
    assert_int_equal(try_order(f, "info@" DOMAIN, (struct renewal_choice){.years = 1}, &placed, &why), REFUSED);
    assert_int_equal(why.code, PROBLEM_OWN_DOMAIN);
    assert_string_equal(why.detail, DOMAIN);
    assert_int_equal(db_transaction(f->db, "renewed", renew_elsewhere, &e), DONE);
    assert_int_equal(e.changed, 2);
    assert_true(day_same(mailbox(f, "info@" DOMAIN).term.ends_on, day_of(2028, 1, 10)));
    assert_true(day_same(mailbox(f, "posta@" DOMAIN).term.ends_on, day_of(2028, 1, 10)));
    assert_true(day_same(mailbox(f, "posta@" DOMAIN).allowed.renew_until, day_of(2028, 2, 9)));
    assert_int_equal(number(f, "SELECT count(*) FROM event WHERE kind = 'mailbox.domain_renewed'"), 2);
    assert_int_equal(db_transaction(f->db, "renewed", renew_elsewhere, &e), REFUSED);
    assert_int_equal(e.why.code, PROBLEM_DAY_RANGE);
    assert_clean(f);
}

/* T50: the last day on which it may be recovered is 09-02-2027. */
static void a_domain_has_a_grace_of_its_own(void **state)
{
    struct fixture *f = with_domain(state);
    struct problem why = {0};
    struct mailbox m;

    if (!f)
        return;
    m = mailbox(f, "info@" DOMAIN);
    assert_int_equal(renewal_eligible(f->brand, &m, day_of(2027, 2, 9), &why), REFUSED);
    assert_int_equal(why.code, PROBLEM_OWN_DOMAIN);
    assert_int_equal(renewal_eligible(f->brand, &m, day_of(2027, 2, 10), &why), REFUSED);
    assert_int_equal(why.code, PROBLEM_TOO_LATE);
    assert_true(day_same(m.allowed.send_until, day_of(2027, 1, 10)));
}

static void a_domain_is_renewed_with_all_its_mailboxes(void **state)
{
    struct fixture *f = with_domain(state);
    struct wanted_line lines[] = {
        {.address = "info@" DOMAIN, .choice = {.years = 1, .with_domain = true}},
        {.address = "posta@" DOMAIN, .choice = {.years = 1, .with_domain = true}},
    };
    struct placed_order placed;
    struct order_request request;
    struct problem why = {0};

    if (!f)
        return;
    request = request_for(f, lines, 1);
    assert_int_equal(order(f, &request, &placed, &why), REFUSED);
    assert_int_equal(why.code, PROBLEM_OWN_DOMAIN);
    lines[1].choice.years = 2;
    request = request_for(f, lines, 2);
    assert_int_equal(order(f, &request, &placed, &why), REFUSED);
    lines[1].choice.years = 1;
    assert_int_equal(order(f, &request, &placed, &why), DONE);
    assert_int_equal(placed.order.total.net.cents, 1980);
    must_pay(f, &placed);
    assert_true(day_same(mailbox(f, "info@" DOMAIN).term.ends_on, day_of(2028, 1, 10)));
    assert_true(day_same(mailbox(f, "posta@" DOMAIN).term.ends_on, day_of(2028, 1, 10)));
    assert_int_equal(number(f, "SELECT expires_on FROM certified_domain"), day_of(2028, 1, 10).n);
    assert_clean(f);
}

static void a_domain_that_is_nobodys_suspends_its_mailboxes(void **state)
{
    struct fixture *f = with_domain(state);
    struct elsewhere e = {.f = f, .gone = true};

    if (!f)
        return;
    assert_int_equal(db_transaction(f->db, "lost", lose, &e), DONE);
    assert_int_equal(e.changed, 2);
    assert_string_equal(mailbox(f, "info@" DOMAIN).status, "suspended");
    e.gone = false;
    assert_int_equal(db_transaction(f->db, "found", lose, &e), DONE);
    assert_string_equal(mailbox(f, "info@" DOMAIN).status, "live");
    assert_clean(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_smaller_plan_asks_for_what_is_in_use),
        cmocka_unit_test(a_smaller_plan_takes_effect_when_it_is_paid),
        cmocka_unit_test(an_order_that_is_cancelled_deletes_nothing),
        cmocka_unit_test(what_no_longer_fits_waits),
        cmocka_unit_test(a_silent_host_cuts_nothing),
        cmocka_unit_test(a_later_renewal_makes_it_void),
        cmocka_unit_test(space_of_the_archive_is_sold_where_there_is_one),
        cmocka_unit_test(promotions_are_renewed_for_two_years_at_most),
        cmocka_unit_test(automatic_renewal_lets_a_change_of_plan_through),
        cmocka_unit_test(a_mailbox_follows_its_domain),
        cmocka_unit_test(a_domain_has_a_grace_of_its_own),
        cmocka_unit_test(a_domain_is_renewed_with_all_its_mailboxes),
        cmocka_unit_test(a_domain_that_is_nobodys_suspends_its_mailboxes),
    };

    return FLOW(tests);
}
