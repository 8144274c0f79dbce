/* From approved papers to a mailbox: names that the host has already, silence, a worker that dies, new names, the first
 * password (DOMAIN M9, M11-M12, O8, R70-R71, RI74, T22, D4). */
#include "flow/papers.h"
#include "flow/post.h"
#include "link/mailhost.h"
#include "rules/user_id.h"
#include "shop/login.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <talloc.h>

static int64_t rows_waiting(struct counter *c)
{
    return number(c->f, "SELECT count(*) FROM outbox WHERE kind = 'activate' AND state = 'waiting'");
}

static struct counter *approved(void **state, const char *a, const char *b, const char *c_)
{
    struct counter *c = counter(state, a, b, c_);

    if (c) {
        send_papers(c);
        must_approve(c);
    }
    return c;
}

/* The token in the newest mail with a link to choose a password. */
static char *token_of(struct counter *c, const char *template)
{
    char *data = words(
        c->f, talloc_asprintf(c, "SELECT data FROM outbox WHERE template = '%s' ORDER BY id DESC LIMIT 1", template));
    char *at = strstr(data, "/password/");

    assert_non_null(at);
    return talloc_strndup(c, at + strlen("/password/"), TOKEN_TEXT - 1);
}

static void work(struct counter *c, int64_t minutes, struct jobs_round *round)
{
    struct post *post = post_open(c->f);

    post->jobs.at = instant_plus(clock_now(), MINUTES(minutes));
    *round = post_try(post);
}

struct retrying {
    struct counter *c;
    struct request request;
    struct problem why;
};

static enum outcome retry(struct db_tx *tx, void *arg)
{
    struct retrying *r = arg;

    return activation_retry(tx, r->c, &r->c->f->shop, r->c->request_id, &REVIEWER, &r->request, &r->why);
}

/* ---- M11, D4, R70-R71 ---- */

static void a_mailbox_begins_on_the_day_it_is_activated(void **state)
{
    struct counter *c = approved(state, "mario.rossi", "m.rossi", "");
    struct mailbox m;
    struct request r;

    if (!c)
        return;
    set_day(c->f, 2027, 1, 5);
    assert_int_equal(ask_host(c, NULL), DONE);
    assert_int_equal(c->asked, 1);
    assert_string_equal(c->address, "mario.rossi@pec.visura.example");
    assert_string_equal(c->key, talloc_asprintf(c, "request:%" PRId64, c->request_id));
    assert_string_equal(c->hash, "");
    m = mailbox(c->f, c->address);
    assert_day(m.activated_on, 2027, 1, 5);
    assert_day(m.term.ends_on, 2028, 1, 5);
    assert_int_equal(m.term.anchor, 5);
    assert_int_equal(m.allowed.send_until.n, c->send_until.n);
    assert_string_equal(m.user_id, c->user_id);
    assert_string_equal(m.user_id, talloc_asprintf(c, "VIS%07" PRId64, c->request_id));
    assert_int_equal(m.account_id, c->buyer);
    assert_string_equal(m.holder.tax_code, "VRDMRA80A41H501U");
    r = its_request(c);
    assert_int_equal(r.state, REQUEST_ACTIVE);
    assert_int_equal(r.mailbox_id, m.id);
    assert_int_equal(order_now(c->f, c->code).state, ORDER_FULFILLED);
    assert_int_equal(number(c->f, "SELECT count(*) FROM name_hold"), 0);
    assert_string_equal(words(c->f, "SELECT recipient FROM outbox WHERE template = 'mailbox_activated'"), MARIO);
    assert_string_equal(words(c->f, "SELECT recipient FROM outbox WHERE template = 'activation_notice'"),
                        "titolare@posta.example");
    assert_null(strstr(words(c->f, "SELECT data FROM outbox WHERE template = 'activation_notice'"), "password"));
    assert_clean(c->f);

    char *before = all_rows(c->f);
    assert_int_equal(ask_host(c, NULL), DONE); /* a row that is done twice */
    assert_int_equal(c->asked, 1);
    assert_string_equal(all_rows(c->f), before);
}

static void terms_may_end_the_day_before(void **state)
{
    struct counter *c = approved(state, "mario.rossi", "", "");

    if (!c)
        return;
    c->f->brand->purchase.ends_day_before = true;
    set_day(c->f, 2028, 2, 29);
    assert_int_equal(ask_host(c, NULL), DONE);
    assert_day(mailbox(c->f, c->address).term.ends_on, 2029, 2, 27);
    assert_int_equal(mailbox(c->f, c->address).term.anchor, 27);
    assert_clean(c->f);
}

/* ---- §8.11 ---- */

/* What was consented to while buying begins with the mailbox, charged to what paid it; a card that was forgotten,
 * nothing. */
static void automatic_renewal_begins_with_the_mailbox(void **state)
{
    for (int forgotten = 0; forgotten < 2; forgotten++) {
        struct counter *c = approved(state, "mario.rossi", "", "");

        if (!c)
            return;
        c->f->brand->autorenew = brand_by_id(&c->f->brands, "aruba")->autorenew;
        sql(c->f,
            talloc_asprintf(c,
                            "INSERT INTO instrument (brand, account_id, provider, token, customer, first_ref, "
                            "label, last4, exp_month, exp_year, created_at, removed_at) VALUES ('visura', %" PRId64
                            ", 'axerve', 'T', '', '', 'Visa', '4242', 12, 2030, 1, %s)",
                            c->buyer, forgotten ? "2" : "NULL"));
        sql(c->f,
            "INSERT INTO autorenew_wish (order_id, account_id, instrument_id, method, consent_version, "
            "consent_sha256, consented_at, consented_door, consented_by) SELECT o.id, o.account_id, i.id, 'card', "
            "'2026-01', 'x', 7, 'portal', 'account:1' FROM shop_order o, instrument i WHERE o.kind = 'purchase'");
        assert_int_equal(ask_host(c, NULL), DONE);
        assert_int_equal(mailbox(c->f, c->address).auto_renew, !forgotten);
        assert_int_equal(number(c->f, "SELECT count(*) FROM autorenew_wish"), 0);
        assert_int_equal(number(c->f, "SELECT count(*) FROM mandate"), !forgotten);
        assert_int_equal(mails_of(c->f, "autorenew_on") > 0, !forgotten);
        if (!forgotten) {
            assert_int_equal(number(c->f, "SELECT agreed_cents FROM mandate"), BASE_CENTS);
            assert_int_equal(number(c->f, "SELECT consented_at FROM mandate"), 7);
            assert_day((struct day){(int32_t)number(c->f, "SELECT expires_on FROM mandate")}, 2027, 12, 20);
        }
        assert_clean(c->f);
    }
}

/* ---- L15 ---- */

/* Ordered on a Sunday, 20-12-2026: 14 days end on Sunday 3-1-2027, and so on the next working day. */
static void who_did_not_ask_for_it_before_waits_for_the_end_of_withdrawal(void **state)
{
    struct counter *c = counter(state, "mario.rossi", "", "");
    struct retrying r = {.c = c};
    struct jobs_round round;

    if (!c)
        return;
    sql(c->f, "UPDATE activation_request SET start_now = 0");
    send_papers(c);
    must_approve(c);
    assert_int_equal(its_request(c).state, REQUEST_WAITING);
    assert_day(its_request(c).begins_on, 2027, 1, 5);
    assert_string_equal(its_request(c).held_name, "mario.rossi");
    assert_int_equal(rows_waiting(c), 0);
    assert_clean(c->f);
    assert_int_equal(db_transaction(c->f->db, "retry", retry, &r), REFUSED);
    assert_int_equal(r.why.code, PROBLEM_REQUEST_STATE);
    set_day(c->f, 2027, 1, 4);
    work(c, 0, &round);
    assert_int_equal(c->asked, 0);
    assert_int_equal(its_request(c).state, REQUEST_WAITING);
    set_day(c->f, 2027, 1, 5);
    work(c, 1, &round); /* the row is left in this very round */
    assert_int_equal(c->asked, 1);
    assert_int_equal(its_request(c).state, REQUEST_ACTIVE);
    assert_day(mailbox(c->f, "mario.rossi@pec.visura.example").activated_on, 2027, 1, 5);
    assert_clean(c->f);
    work(c, 0, &round);
    assert_int_equal(c->asked, 1);
}

static void papers_approved_after_the_days_of_withdrawal_wait_for_nothing(void **state)
{
    struct counter *c = counter(state, "mario.rossi", "", "");

    if (!c)
        return;
    sql(c->f, "UPDATE activation_request SET start_now = 0");
    send_papers(c);
    set_day(c->f, 2027, 1, 5);
    must_approve(c);
    assert_int_equal(its_request(c).state, REQUEST_ACTIVATING);
    assert_int_equal(its_request(c).begins_on.n, 0);
    assert_clean(c->f);
}

static void only_consumers_wait(void **state)
{
    static const char *const KINDS[] = {"freelance", "sole_trader", "company", "public_body"};
    struct counter *c;

    for (size_t i = 0; i < count_of(KINDS); i++) {
        c = counter(state, "mario.rossi", "", "");
        if (!c)
            return;
        sql(c->f, talloc_asprintf(c, "UPDATE activation_request SET start_now = 0, kind = '%s'", KINDS[i]));
        send_papers(c);
        must_approve(c);
        assert_int_equal(its_request(c).state, REQUEST_ACTIVATING);
    }
}

/* ---- T22, M12 ---- */

static void the_next_name_is_tried_where_the_host_has_the_first(void **state)
{
    struct counter *c = approved(state, "mario.rossi", "m.rossi", "rossi.mario");

    if (!c)
        return;
    c->says[0].outcome = c->says[1].outcome = REFUSED;
    c->says[0].code = c->says[1].code = PROBLEM_NAME_TAKEN;
    assert_int_equal(ask_host(c, NULL), DONE);
    assert_string_equal(c->address, "mario.rossi@pec.visura.example");
    assert_string_equal(its_request(c).held_name, "m.rossi");
    assert_string_equal(words(c->f, "SELECT address FROM name_hold"), "m.rossi@pec.visura.example");
    assert_int_equal(rows_waiting(c),
                     2); /* that of the first name, which its worker has yet to strike off, and a new one */
    assert_clean(c->f);
    assert_int_equal(ask_host(c, NULL), DONE);
    assert_int_equal(ask_host(c, NULL), DONE);
    assert_int_equal(its_request(c).state, REQUEST_ACTIVE);
    assert_string_equal(mailbox(c->f, "rossi.mario@pec.visura.example").user_id, c->user_id);
    assert_non_null(strstr(words(c->f, "SELECT data FROM outbox WHERE template = 'mailbox_activated'"),
                           "rossi.mario@pec.visura.example"));
    assert_clean(c->f);
}

struct naming {
    struct counter *c;
    const char *typed[NAMES];
    int64_t account_id;
    struct request request;
    struct problems faults;
    struct problem why;
};

static enum outcome give(struct db_tx *tx, void *arg)
{
    struct naming *n = arg;

    n->why = (struct problem){0};
    return names_give(tx, n->c, &n->c->f->shop, n->c->request_id, n->account_id, n->typed, &REVIEWER, &n->request,
                      &n->faults, &n->why);
}

static enum outcome give_names(struct counter *c, int64_t account_id, const char *a, const char *b, struct naming *n)
{
    *n = (struct naming){.c = c, .typed = {a, b, ""}, .account_id = account_id};
    return db_transaction(c->f->db, "names", give, n);
}

static void without_names_the_customer_is_asked_for_others(void **state)
{
    struct counter *c = approved(state, "mario.rossi", "m.rossi", "");
    struct naming n;

    if (!c)
        return;
    for (int i = 0; i < NAMES; i++) {
        c->says[i].outcome = REFUSED;
        c->says[i].code = PROBLEM_NAME_TAKEN;
    }
    assert_int_equal(give_names(c, 0, "altro.nome", "", &n), REFUSED);
    assert_int_equal(n.why.code, PROBLEM_REQUEST_STATE);
    for (int i = 0; i < NAMES; i++)
        assert_int_equal(ask_host(c, NULL), DONE);
    assert_int_equal(its_request(c).state, REQUEST_IN_REVIEW);
    assert_true(its_request(c).error[0]);
    assert_int_equal(mails_of(c->f, "names_wanted"), 1);
    assert_int_equal(number(c->f, "SELECT count(*) FROM name_hold"), 0);
    assert_clean(c->f);

    assert_int_equal(give_names(c, c->buyer + 1, "altro.nome", "", &n), REFUSED);
    assert_int_equal(n.why.code, PROBLEM_NOT_FOUND);
    assert_int_equal(give_names(c, c->buyer, "", "", &n), REFUSED);
    assert_int_equal(n.faults.item[0].code, PROBLEM_REQUIRED);
    assert_int_equal(give_names(c, c->buyer, "mario..rossi", "Altro.Nome", &n), REFUSED);
    assert_int_equal(n.faults.count, 1);
    assert_string_equal(n.faults.item[0].field, "name_1");
    assert_int_equal(give_names(c, c->buyer, "Altro.Nome", "", &n), DONE);
    assert_int_equal(its_request(c).state, REQUEST_ACTIVATING);
    assert_clean(c->f);
    assert_int_equal(ask_host(c, NULL), DONE);
    assert_int_equal(mailbox(c->f, "altro.nome@pec.visura.example").account_id, c->buyer);
    assert_clean(c->f);
}

static void what_the_host_will_not_take_goes_to_the_desk(void **state)
{
    struct counter *c = approved(state, "mario.rossi", "m.rossi", "");
    struct retrying r = {.c = c};
    struct problem why;

    if (!c)
        return;
    c->says[0].outcome = REFUSED;
    c->says[0].code = PROBLEM_TAX_CODE_CHECK;
    assert_int_equal(ask_host(c, NULL), DONE);
    assert_int_equal(its_request(c).state, REQUEST_IN_REVIEW);
    assert_non_null(strstr(its_request(c).error, "codice fiscale"));
    assert_string_equal(its_request(c).held_name, "mario.rossi");
    assert_int_equal(mails_of(c->f, "names_wanted"), 0);
    assert_clean(c->f);

    assert_int_equal(decide_as(c,
                               (struct review_decision){.verdict = VERDICT_APPROVE,
                                                        .identity_expires_on = day_of(2030, 1, 1),
                                                        .actor = OTHER_REVIEWER},
                               &why),
                     REFUSED);
    assert_int_equal(why.code, PROBLEM_REVIEWED);
    assert_int_equal(db_transaction(c->f->db, "retry", retry, &r), DONE);
    assert_int_equal(its_request(c).state, REQUEST_ACTIVATING);
    assert_string_equal(its_request(c).error, "");
    assert_int_equal(ask_host(c, NULL), DONE);
    assert_int_equal(its_request(c).state, REQUEST_ACTIVE);
    assert_int_equal(db_transaction(c->f->db, "retry", retry, &r), REFUSED);
    assert_clean(c->f);
}

static void the_desk_may_refuse_what_the_host_will_not_take(void **state)
{
    struct counter *c = approved(state, "mario.rossi", "", "");

    if (!c)
        return;
    c->says[0].outcome = REFUSED;
    c->says[0].code = PROBLEM_TAX_CODE_CHECK;
    assert_int_equal(ask_host(c, NULL), DONE);
    assert_int_equal(decide_as(c, (struct review_decision){.verdict = VERDICT_REFUSE, .reason = "not_entitled"}, NULL),
                     DONE);
    assert_int_equal(its_request(c).state, REQUEST_REFUSED);
    assert_int_equal(order_now(c->f, c->code).state, ORDER_REFUNDED);
    assert_clean(c->f);
}

/* ---- Silence, and a worker that dies ---- */

static void a_silent_host_is_asked_for_ever(void **state)
{
    struct counter *c = approved(state, "mario.rossi", "", "");
    struct jobs_round round;
    struct retrying r = {.c = c};

    if (!c)
        return;
    c->host.brand = "nobody"; /* not set up */
    for (int i = 0; i < 14; i++)
        work(c, 60 * 24 * (i + 1), &round);
    assert_int_equal(
        number(c->f, "SELECT count(*) FROM outbox WHERE kind = 'activate' AND state = 'waiting' AND attempts > 12"), 1);
    assert_int_equal(its_request(c).state, REQUEST_ACTIVATING);
    assert_clean(c->f);

    c->host.brand = "visura";
    assert_int_equal(db_transaction(c->f->db, "retry", retry, &r), DONE);
    work(c, 0, &round);
    assert_int_equal(its_request(c).state, REQUEST_ACTIVE);
    assert_int_equal(number(c->f, "SELECT count(*) FROM outbox WHERE kind = 'activate' AND state <> 'done'"), 0);
    assert_clean(c->f);
}

/* The host has it, our transaction never came: `create` is the place to die, after all that it does. */
static enum outcome create_and_die(void *arg, void *mem, const struct mailhost_box *box, struct problem *why)
{
    struct counter *c = arg;

    (void)mem, (void)why;
    c->asked++;
    c->address = talloc_strdup(c, box->address);
    c->user_id = talloc_strdup(c, box->user_id);
    c->key = talloc_strdup(c, box->key);
    return BUSY; /* nobody heard what it said */
}

static void a_worker_that_dies_after_the_host_did_it_is_followed_by_another(void **state)
{
    struct counter *c = approved(state, "mario.rossi", "", "");
    char *address, *user_id, *key;
    void *create = c ? (void *)c->host.mailhost.create : NULL;

    if (!c)
        return;
    c->host.mailhost.create = create_and_die;
    assert_int_equal(ask_host(c, NULL), BUSY);
    assert_int_equal(its_request(c).state, REQUEST_ACTIVATING);
    assert_clean(c->f);
    address = c->address, user_id = c->user_id, key = c->key;
    memcpy(&c->host.mailhost.create, &create, sizeof create);
    assert_int_equal(ask_host(c, NULL), DONE);
    assert_string_equal(c->address, address);
    assert_string_equal(c->user_id, user_id);
    assert_string_equal(c->key, key);
    assert_int_equal(number(c->f, "SELECT count(*) FROM mailbox WHERE brand = 'visura' AND user_id <> ''"), 1);
    assert_clean(c->f);
}

static void a_user_id_that_some_mailbox_has_is_passed_over(void **state)
{
    struct counter *c = approved(state, "mario.rossi", "", "");

    if (!c)
        return;
    add_mailbox(c->f, "vecchia@pec.visura.example", 0, day_of(2027, 5, 5));
    sql(c->f, talloc_asprintf(
                  c, "UPDATE mailbox_row SET user_id = 'VIS%07" PRId64 "' WHERE " ITS_ROW("vecchia@pec.visura.example"),
                  c->request_id));
    assert_int_equal(ask_host(c, NULL), DONE);
    assert_string_equal(mailbox(c->f, "mario.rossi@pec.visura.example").user_id,
                        talloc_asprintf(c, "VIS%07" PRId64, c->request_id + 1));
    assert_clean(c->f);
}

/* ---- RI74 ---- */

static void the_first_password_is_chosen_through_the_link(void **state)
{
    struct counter *c = approved(state, "mario.rossi", "", "");
    struct problem why = {0};
    struct link_owner owner;
    struct jobs_round round;
    char token[TOKEN_TEXT], *link;

    if (!c)
        return;
    c->f->brand->purchase.mailhost = "command";
    assert_int_equal(ask_host(c, NULL), DONE);
    link = token_of(c, "mailbox_activated");
    assert_int_equal(reset_link_check(&c->f->shop, c, link, &owner, &why), DONE);
    assert_true(owner.is_mailbox);
    assert_string_equal(owner.label, "mario.rossi@pec.visura.example");
    assert_int_equal(password_reset(&c->f->shop, c, c->f->brand, link, "una frase lunga", &why), DONE);
    assert_int_equal(password_reset(&c->f->shop, c, c->f->brand, link, "una frase lunga", &why), REFUSED);
    assert_int_equal(why.code, PROBLEM_LINK_SPENT);
    assert_int_equal(login(&c->f->shop, c,
                           &(struct login_attempt){.brand = c->f->brand,
                                                   .name = "mario.rossi@pec.visura.example",
                                                   .password = "una frase lunga",
                                                   .client = "192.0.2.1"},
                           token, &why),
                     DONE);
    assert_int_equal(number(c->f, "SELECT count(*) FROM outbox WHERE kind = 'mailhost' AND state = 'waiting'"), 1);
    work(c, 0, &round);
    assert_string_equal(c->hash, mailbox(c->f, "mario.rossi@pec.visura.example").password_hash);
    assert_string_equal(c->key, talloc_asprintf(c, "request:%" PRId64, c->request_id));
    assert_int_equal(number(c->f, "SELECT count(*) FROM outbox WHERE kind = 'mailhost' AND state <> 'done'"), 0);
    assert_clean(c->f);
}

static void a_link_lasts_a_week(void **state)
{
    struct counter *c = approved(state, "mario.rossi", "", "");
    struct problem why = {0};
    struct link_owner owner;
    char *link;

    if (!c)
        return;
    assert_int_equal(ask_host(c, NULL), DONE); /* noon of 20-12 */
    link = token_of(c, "mailbox_activated");
    set_day(c->f, 2026, 12, 26);
    assert_int_equal(reset_link_check(&c->f->shop, c, link, &owner, &why), DONE);
    set_day(c->f, 2026, 12, 27);
    assert_int_equal(reset_link_check(&c->f->shop, c, link, &owner, &why), REFUSED);
    assert_int_equal(why.code, PROBLEM_LINK_SPENT);
}

static void a_forgotten_password_of_our_mailbox_goes_to_the_holder(void **state)
{
    struct counter *c = approved(state, "mario.rossi", "", "");
    struct problem why = {0};
    struct link_owner owner;

    if (!c)
        return;
    add_mailbox(c->f, "altrove@pec.visura.example", 0, day_of(2027, 5, 5));
    assert_int_equal(ask_host(c, NULL), DONE);
    assert_int_equal(password_forgotten(&c->f->shop, c, c->f->brand, "altrove@pec.visura.example", "192.0.2.1"), DONE);
    assert_int_equal(password_forgotten(&c->f->shop, c, c->f->brand, "nessuno@pec.visura.example", "192.0.2.1"), DONE);
    assert_int_equal(mails_of(c->f, "mailbox_password"), 0); /* another provider keeps that one's */
    assert_int_equal(password_forgotten(&c->f->shop, c, c->f->brand, " Mario.Rossi@pec.visura.example", "192.0.2.1"),
                     DONE);
    assert_string_equal(words(c->f, "SELECT recipient FROM outbox WHERE template = 'mailbox_password'"),
                        "titolare@posta.example");
    assert_int_equal(reset_link_check(&c->f->shop, c, token_of(c, "mailbox_password"), &owner, &why), DONE);
    assert_string_equal(owner.label, "mario.rossi@pec.visura.example");
}

/* ---- How full it is ---- */

static void its_fullness_is_what_the_mail_server_wrote(void **state)
{
    struct counter *c = approved(state, "mario.rossi", "", "");
    struct mailhost_usage usage;
    struct problem why;
    struct mailbox m;

    if (!c)
        return;
    sql(c->f, "INSERT INTO mailhost_usage (address, bytes, messages) VALUES "
              "('mario.rossi@pec.visura.example', 900000000, 12), ('altra@pec.visura.example', 1, 1)");
    mailhost_sql(c, c->f->db, &c->host.mailhost);
    assert_int_equal(ask_host(c, NULL), DONE); /* the address begins anew: what stood there was another's */
    m = mailbox(c->f, "mario.rossi@pec.visura.example");
    assert_int_equal(m.used_mb, 0);
    assert_int_equal(mailbox_measure(&c->f->shop, c, &m, &usage, &why), DONE);
    assert_true(usage.known); /* it writes, and has not of this one */
    assert_int_equal(usage.used_mb, 0);
    sql(c->f,
        "INSERT INTO mailhost_usage (address, bytes, messages) VALUES ('mario.rossi@pec.visura.example', 1048577, 1)");
    assert_int_equal(mailbox_measure(&c->f->shop, c, &m, &usage, &why), DONE);
    assert_int_equal(m.used_mb, 2);
    sql(c->f, "UPDATE mailhost_usage SET bytes = 1048576 WHERE address LIKE 'mario%'");
    assert_int_equal(mailbox(c->f, "mario.rossi@pec.visura.example").used_mb, 1);
    sql(c->f, "DELETE FROM mailhost_usage");
    assert_int_equal(mailbox_measure(&c->f->shop, c, &m, &usage, &why), DONE);
    assert_false(usage.known);
    assert_int_equal(m.used_mb, 2); /* as it was last known */
    assert_int_equal(mailbox(c->f, "mario.rossi@pec.visura.example").used_mb, 2);
    assert_clean(c->f);
}

/* ---- Renewals ---- */

static void the_host_is_told_of_a_renewal(void **state)
{
    struct counter *c = approved(state, "mario.rossi", "", "");
    struct jobs_round round;
    char *code;

    if (!c)
        return;
    c->f->brand->purchase.mailhost = "command";
    assert_int_equal(ask_host(c, NULL), DONE);
    work(c, 0, &round);
    set_day(c->f, 2027, 11, 1);
    code = order_years(c->f, "mario.rossi@pec.visura.example", 1);
    pay(c->f,
        &(struct transfer){
            .text = code, .cents = BASE_CENTS, .on = day_of(2027, 11, 2), .account = "IT24D0542811101000000654321"});
    work(c, 0, &round);
    assert_int_equal(c->asked, 2);
    assert_day(c->send_until, 2028, 12, 20);
    assert_clean(c->f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(automatic_renewal_begins_with_the_mailbox),
        cmocka_unit_test(a_mailbox_begins_on_the_day_it_is_activated),
        cmocka_unit_test(terms_may_end_the_day_before),
        cmocka_unit_test(who_did_not_ask_for_it_before_waits_for_the_end_of_withdrawal),
        cmocka_unit_test(papers_approved_after_the_days_of_withdrawal_wait_for_nothing),
        cmocka_unit_test(only_consumers_wait),
        cmocka_unit_test(the_next_name_is_tried_where_the_host_has_the_first),
        cmocka_unit_test(without_names_the_customer_is_asked_for_others),
        cmocka_unit_test(what_the_host_will_not_take_goes_to_the_desk),
        cmocka_unit_test(the_desk_may_refuse_what_the_host_will_not_take),
        cmocka_unit_test(a_silent_host_is_asked_for_ever),
        cmocka_unit_test(a_worker_that_dies_after_the_host_did_it_is_followed_by_another),
        cmocka_unit_test(a_user_id_that_some_mailbox_has_is_passed_over),
        cmocka_unit_test(the_first_password_is_chosen_through_the_link),
        cmocka_unit_test(a_link_lasts_a_week),
        cmocka_unit_test(a_forgotten_password_of_our_mailbox_goes_to_the_holder),
        cmocka_unit_test(its_fullness_is_what_the_mail_server_wrote),
        cmocka_unit_test(the_host_is_told_of_a_renewal),
    };

    return FLOW(tests);
}
