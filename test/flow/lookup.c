/* Renewing a mailbox by its user-id and address (R75-R88, T26-T28): who finds it, who is refused and with what words,
 * and what finding it allows and does not. */
#include "shop/lookup.h"
#include "flow/buyer.h"
#include "shop/login.h"
#include "store/access.h"
#include <string.h>
#include <talloc.h>

#define ROSSI   "rossi@pec.visura.example"
#define USER_ID "VIS0000012"
#define CLIENT  "192.0.2.1"

struct place {
    struct fixture *f;
    int64_t buyer, other;
    char session[TOKEN_TEXT], other_session[TOKEN_TEXT]; /* hashes */
};

static enum outcome open_sessions(struct db_tx *tx, void *arg)
{
    struct place *p = arg;

    TRY(session_insert(tx, p->session, "visura", (struct principal){.account_id = p->buyer}));
    return session_insert(tx, p->other_session, "visura", (struct principal){.account_id = p->other});
}

/* ROSSI expires on 31-05-2027 and is somebody else's; MARIO and LUCIA are logged in. It is noon of 20-12-2026. */
static struct place *place(void **state)
{
    struct fixture *f = fixture(state);
    struct place *p = talloc_zero(f, struct place);

    p->f = f;
    sell_visura(f);
    p->buyer = add_buyer(f, MARIO);
    p->other = add_buyer(f, LUCIA);
    sql(f, "UPDATE account SET user_name = 'mario.rossi' WHERE email = '" MARIO "'");
    add_mailbox(f, ROSSI, 0, day_of(2027, 5, 31));
    sql(f, "UPDATE mailbox_row SET user_id = '" USER_ID "' WHERE " ITS_ROW(ROSSI));
    token_hash("mario's", p->session);
    token_hash("lucia's", p->other_session);
    assert_int_equal(db_transaction(f->db, "sessions", open_sessions, p), DONE);
    return p;
}

static enum outcome look(struct place *p, const char *user_id, const char *address, struct problem *why)
{
    struct lookup lookup = {.brand = p->f->brand,
                            .who = {.account_id = p->buyer, .session = p->session},
                            .client = CLIENT,
                            .user_id = user_id,
                            .address = address,
                            .actor = {"portal", "account:1"}};
    struct mailbox found;

    return lookup_mailbox(&p->f->shop, p->f, &lookup, &found, why);
}

static void assert_refused(struct place *p, const char *user_id, const char *address, enum problem_code code,
                           const char *detail)
{
    struct problem why = {0};

    assert_int_equal(look(p, user_id, address, &why), REFUSED);
    assert_string_equal(problem_slug(why.code), problem_slug(code));
    if (detail)
        assert_non_null(strstr(why.detail, detail));
}

/* ---- Finding ---- */

static void only_the_pair_finds_it(void **state)
{
    struct place *p = place(state);

    set_day(p->f, 2027, 3, 1);
    assert_refused(p, USER_ID, VERDI, PROBLEM_LOOKUP, "assistenza@visura.example");
    assert_refused(p, "VIS0000013", ROSSI, PROBLEM_LOOKUP, NULL);
    assert_refused(p, USER_ID, "nessuno@pec.visura.example", PROBLEM_LOOKUP, NULL);
    assert_int_equal(number(p->f, "SELECT count(*) FROM mailbox_grant"), 0);
    assert_int_equal(look(p, " vis0000012 ", " ROSSI@pec.visura.example ", NULL), DONE);
    assert_int_equal(number(p->f, "SELECT count(*) FROM mailbox_grant"), 1);
    assert_int_equal(number(p->f, "SELECT count(*) FROM event WHERE kind = 'mailbox.found'"), 1);
    assert_int_equal(look(p, USER_ID, ROSSI, NULL), DONE); /* once more, as after the back button */
    assert_int_equal(number(p->f, "SELECT count(*) FROM mailbox_grant"), 1);
    assert_clean(p->f);
}

/* T27 */
static void some_user_ids_are_for_the_customer_care(void **state)
{
    struct place *p = place(state);

    for (size_t i = 0; i < 8; i++) /* which is no guess: nobody waits for it */
        assert_refused(p, (const char *[]){" kvis0012 ", "KLX77", "hlh9", "KVIS"}[i % 4], ROSSI,
                       PROBLEM_USER_ID_EXCLUDED, "assistenza@visura.example, +39 06 5550 0200");
    assert_refused(p, "XKVIS1", ROSSI, PROBLEM_LOOKUP, NULL);
}

/* T28, R85 */
static void the_name_of_the_login_gets_a_hint(void **state)
{
    struct place *p = place(state);

    assert_refused(p, "Mario.Rossi", ROSSI, PROBLEM_USER_ID_IS_LOGIN, NULL);
    assert_refused(p, MARIO, ROSSI, PROBLEM_USER_ID_IS_LOGIN, NULL);
    assert_refused(p, LUCIA, ROSSI, PROBLEM_LOOKUP, NULL); /* somebody else's: nothing is told of it */
}

/* T28 */
static void five_guesses_and_one_waits(void **state)
{
    struct place *p = place(state);

    set_day(p->f, 2027, 3, 1);
    for (int i = 0; i < 5; i++)
        assert_refused(p, talloc_asprintf(p->f, "VIS%07d", i), ROSSI, PROBLEM_LOOKUP, NULL);
    assert_refused(p, "VIS0000005", ROSSI, PROBLEM_THROTTLED, "15 s");
    assert_refused(p, USER_ID, ROSSI, PROBLEM_THROTTLED, NULL); /* not even the right pair: else guessing would go on */
    set_day(p->f, 2027, 3, 2);
    assert_int_equal(look(p, USER_ID, ROSSI, NULL), DONE);
    assert_refused(p, "VIS0000005", ROSSI, PROBLEM_LOOKUP, NULL);
}

static void others_do_not_look_up(void **state)
{
    struct place *p = place(state);
    struct lookup lookup = {.brand = p->f->brand,
                            .who = {.mailbox_id = mailbox(p->f, ROSSI).id, .session = p->session},
                            .client = CLIENT,
                            .user_id = USER_ID,
                            .address = ROSSI};
    struct mailbox found;
    struct problem why;

    assert_int_equal(lookup_mailbox(&p->f->shop, p->f, &lookup, &found, &why), REFUSED);
    assert_int_equal(why.code, PROBLEM_FORBIDDEN);
    lookup.who = (struct principal){.account_id = p->buyer, .session = p->session};
    lookup.brand = brand_by_id(&p->f->brands, "legalmail"); /* which does not do it */
    assert_int_equal(lookup_mailbox(&p->f->shop, p->f, &lookup, &found, &why), REFUSED);
    assert_int_equal(why.code, PROBLEM_FORBIDDEN);
}

/* ---- The window: R75, R119, D8 ---- */

static void too_early_and_too_late_each_have_their_words(void **state)
{
    static const struct {
        struct {
            int year, month, day;
        } on;
        enum problem_code code; /* NONE: found */
        const char *detail;
    } CASES[] = {
        {{2027, 2, 27}, PROBLEM_TOO_EARLY, "28/02/2027"},
        {{2027, 2, 28}, PROBLEM_NONE, ""},
        {{2027, 5, 31}, PROBLEM_NONE, ""},
        {{2027, 7, 15}, PROBLEM_NONE, ""},
        {{2027, 11, 30}, PROBLEM_NONE, ""},
        {{2027, 12, 1}, PROBLEM_TOO_LATE, "30/11/2027"},
    };
    struct place *p = place(state);

    for (size_t i = 0; i < count_of(CASES); i++) {
        set_day(p->f, CASES[i].on.year, CASES[i].on.month, CASES[i].on.day);
        if (CASES[i].code == PROBLEM_NONE)
            assert_int_equal(look(p, USER_ID, ROSSI, NULL), DONE);
        else
            assert_refused(p, USER_ID, ROSSI, CASES[i].code, CASES[i].detail);
    }
    assert_refused(p, "VIS0000099", ROSSI, PROBLEM_LOOKUP, NULL); /* of a window nothing is told without the pair */
}

static void states_that_are_closed(void **state)
{
    struct place *p = place(state);

    set_day(p->f, 2027, 3, 1);
    sql(p->f, "UPDATE mailbox_row SET status = 'suspended' WHERE " ITS_ROW(ROSSI));
    assert_refused(p, USER_ID, ROSSI, PROBLEM_NOT_RENEWABLE, NULL);
    sql(p->f, "UPDATE mailbox_row SET status = 'deleted' WHERE " ITS_ROW(ROSSI));
    assert_refused(p, USER_ID, ROSSI, PROBLEM_LOOKUP, NULL);
    sql(p->f, "UPDATE mailbox_row SET status = 'live', user_id = '' WHERE " ITS_ROW(ROSSI));
    assert_refused(p, "", ROSSI, PROBLEM_LOOKUP, NULL);
}

/* ---- What it allows ---- */

static enum outcome place_as(struct place *p, int64_t account, const char *session, struct billing billing,
                             struct placed_order *placed, struct problem *why)
{
    struct wanted_line line = {.address = ROSSI, .choice = {.years = 1, .extra_gb = EXTRA_GB_AS_HELD}};
    struct order_request request = request_for(p->f, &line, 1);

    request.who = (struct principal){.account_id = account, .session = session};
    request.billing = billing;
    return order(p->f, &request, placed, why);
}

static void the_grant_is_of_one_session(void **state)
{
    struct place *p = place(state);
    struct placed_order placed;
    struct problem why = {0};

    set_day(p->f, 2027, 3, 1);
    assert_int_equal(place_as(p, p->buyer, p->session, somebody(MARIO), &placed, &why), REFUSED);
    assert_int_equal(why.code, PROBLEM_MAILBOX_UNKNOWN);
    assert_int_equal(look(p, USER_ID, ROSSI, NULL), DONE);
    assert_int_equal(place_as(p, p->buyer, NULL, somebody(MARIO), &placed, &why), REFUSED);
    assert_int_equal(place_as(p, p->other, p->other_session, somebody(LUCIA), &placed, &why), REFUSED);
    assert_int_equal(why.code, PROBLEM_MAILBOX_UNKNOWN);
    /* The holder's billing data are not for him. */
    assert_int_equal(place_as(p, p->buyer, p->session, (struct billing){0}, &placed, &why), REFUSED);
    assert_true(strncmp(why.field, "billing.", 8) == 0);
    assert_int_equal(place_as(p, p->buyer, p->session, somebody(MARIO), &placed, &why), DONE);
    assert_true(strncmp(placed.order.code, "RLM", 3) == 0);
    assert_int_equal(placed.order.total.gross.cents, 1098);
    assert_string_equal(placed.order.billing.email, MARIO);
    /* And who finds it now hears that somebody is renewing it, but not who: Mario, that it is his own order. */
    assert_refused(p, USER_ID, ROSSI, PROBLEM_OPEN_ORDER, placed.order.code);
    sql(p->f, "UPDATE shop_order SET account_id = (SELECT id FROM account WHERE email = '" LUCIA "')");
    assert_refused(p, USER_ID, ROSSI, PROBLEM_OPEN_ORDER_ELSEWHERE, "assistenza@");
    assert_clean(p->f);
}

static void the_grant_ends_with_time_and_with_the_session(void **state)
{
    struct place *p = place(state);
    struct placed_order placed;
    struct problem why = {0};

    set_day(p->f, 2027, 3, 1);
    assert_int_equal(look(p, USER_ID, ROSSI, NULL), DONE);
    set_day(p->f, 2027, 3, 2);
    assert_int_equal(place_as(p, p->buyer, p->session, somebody(MARIO), &placed, &why), REFUSED);
    assert_int_equal(why.code, PROBLEM_MAILBOX_UNKNOWN);
    assert_int_equal(look(p, USER_ID, ROSSI, NULL), DONE);
    sql(p->f, "DELETE FROM session");
    assert_int_equal(number(p->f, "SELECT count(*) FROM mailbox_grant"), 0);
}

/* R115: the invoice goes where it was asked for, the summary to the payer's profile as well. */
static void the_summary_goes_to_the_profile_too(void **state)
{
    struct place *p = place(state);
    struct placed_order placed;
    struct problem why = {0};

    set_day(p->f, 2027, 3, 1);
    assert_int_equal(look(p, USER_ID, ROSSI, NULL), DONE);
    assert_int_equal(place_as(p, p->buyer, p->session, somebody("fatture@posta.example"), &placed, &why), DONE);
    assert_int_equal(pay(p->f, &(struct transfer){.text = placed.order.code,
                                                  .cents = 1098,
                                                  .on = day_of(2027, 3, 2),
                                                  .account = p->f->brand->seller.iban})
                         .how,
                     SETTLED_MATCHED);
    assert_int_equal(number(p->f,
                            "SELECT count(*) FROM outbox WHERE template = 'order_settled' AND (recipient = '" MARIO
                            "' OR recipient = 'fatture@posta.example')"),
                     2);
    assert_int_equal(mails_of(p->f, "order_settled"), 2);
}

/* T26, T35: 45 days after the end; the new one is counted from the old. */
static void a_late_renewal_tells_payer_and_holder(void **state)
{
    struct place *p = place(state);
    struct placed_order placed;
    struct problem why = {0};

    set_day(p->f, 2027, 7, 15);
    assert_int_equal(elapsed_days(&(struct mailbox){.term = {day_of(2027, 5, 31), 31}}, day_of(2027, 7, 15)), 45);
    assert_int_equal(look(p, USER_ID, ROSSI, NULL), DONE);
    assert_int_equal(place_as(p, p->buyer, p->session, somebody(MARIO), &placed, &why), DONE);
    assert_int_equal(pay(p->f, &(struct transfer){.text = placed.order.code,
                                                  .cents = 1098,
                                                  .on = day_of(2027, 7, 16),
                                                  .account = p->f->brand->seller.iban})
                         .how,
                     SETTLED_MATCHED);
    assert_int_equal(mailbox(p->f, ROSSI).term.ends_on.n, day_of(2028, 5, 31).n);
    assert_int_equal(
        number(p->f, "SELECT count(*) FROM outbox WHERE template = 'order_settled' AND recipient = '" MARIO "'"), 1);
    assert_int_equal(
        number(p->f,
               "SELECT count(*) FROM outbox WHERE template = 'holder_notice' AND recipient = 'titolare@posta.example'"),
        1);
    assert_clean(p->f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_the_pair_finds_it),
        cmocka_unit_test(some_user_ids_are_for_the_customer_care),
        cmocka_unit_test(the_name_of_the_login_gets_a_hint),
        cmocka_unit_test(five_guesses_and_one_waits),
        cmocka_unit_test(others_do_not_look_up),
        cmocka_unit_test(too_early_and_too_late_each_have_their_words),
        cmocka_unit_test(states_that_are_closed),
        cmocka_unit_test(the_grant_is_of_one_session),
        cmocka_unit_test(the_grant_ends_with_time_and_with_the_session),
        cmocka_unit_test(the_summary_goes_to_the_profile_too),
        cmocka_unit_test(a_late_renewal_tells_payer_and_holder),
    };

    return FLOW(tests);
}
