/* A mailbox has passed to another holder: who held it when, which doors shut, whose its orders and their money are
 * (DOMAIN M25), on both engines. */
#include "flow/passing.h"
#include "shop/door.h"
#include "shop/withdraw.h"
#include <inttypes.h>
#include <string.h>
#include <talloc.h>

static void must_pass(struct stage *s)
{
    must_ask(s);
    must_accept(s);
    must_send(s, "carta");
    if (decide(s, HOLDER_CHANGE_APPROVE, NULL, &DESK) != DONE)
        fail_msg("%s %s", problem_slug(s->why.code), s->why.detail);
}

/* ---- Passing ---- */

static void it_passes(void **state)
{
    struct stage *s = stage(state);
    struct mailbox before, after;

    if (!s)
        return;
    before = mailbox(s->f, VERDI);
    must_pass(s);
    after = mailbox(s->f, VERDI);
    assert_string_equal(state_of(s), "done");
    assert_string_equal(after.holder.name, "Paola Nuova");
    assert_string_equal(after.holder.tax_code, "NVUPLA80A01H501M");
    assert_string_equal(after.holder.email, PAOLA);
    assert_string_equal(after.password_hash, "");
    assert_true(after.holder_id != before.holder_id && after.account_id != s->maria && after.account_id);
    assert_true(day_same(after.term.ends_on, before.term.ends_on));
    assert_int_equal(number(s->f, "SELECT count(*) FROM reset_link WHERE used_at IS NULL"), 1);
    assert_int_equal(mails(s, "holder_taken", PAOLA), 1);
    assert_int_equal(mails(s, "holder_given", MARIA), 1);
    assert_int_equal(mails(s, "holder_given", "titolare@posta.example"), 1);
    assert_int_equal(
        number(s->f, "SELECT count(*) FROM event WHERE kind = 'mailbox.holder_changed' AND actor = 'operator:1'"), 1);
    assert_clean(s->f);
    all_mails_go(s);
}

struct asking_chain {
    struct stage *s;
    struct instant at;
    struct holding found;
};

static enum outcome run_holding(struct db_tx *tx, void *arg)
{
    struct asking_chain *a = arg;

    return holding_at(tx, a->s, a->s->box, a->at, &a->found);
}

static const char *held_on(struct stage *s, int year, int month, int day)
{
    struct asking_chain a = {.s = s, .at = rome_at(day_of(year, month, day), 9, 0, 0)};

    return db_read(s->f->db, "chain", run_holding, &a) == DONE ? a.found.name : "nobody";
}

static void the_chain_tells_who_held_it_when(void **state)
{
    struct stage *s = stage(state);
    struct holder_change_request r;

    if (!s)
        return;
    must_pass(s); /* at noon of 20-12-2026 */
    set_day(s->f, 2027, 2, 1);
    r = asking(s);
    r.who = (struct principal){.account_id = mailbox(s->f, VERDI).account_id};
    r.password = "una password nuova";
    r.person.holder = somebody(MARIA); /* and back */
    assert_int_equal(ask(s, &r), DONE);
    {
        struct holder_change_answer a = answer(s);

        a.who = (struct principal){.account_id = s->maria};
        assert_int_equal(do_accept(s, &a), DONE);
        assert_string_equal(s->session, "");
    }
    must_send(s, "la sua");
    assert_int_equal(decide(s, HOLDER_CHANGE_APPROVE, NULL, &DESK), DONE);
    assert_string_equal(held_on(s, 2026, 3, 14), "nobody"); /* activated the day after */
    assert_string_equal(held_on(s, 2026, 3, 15), "Maria Verdi");
    assert_string_equal(held_on(s, 2026, 12, 20), "Maria Verdi");
    assert_string_equal(held_on(s, 2026, 12, 21), "Paola Nuova");
    assert_string_equal(held_on(s, 2027, 2, 1), "Paola Nuova");
    assert_string_equal(held_on(s, 2027, 2, 2), "Maria Verdi");
    assert_int_equal(mailbox(s->f, VERDI).account_id, s->maria);
    assert_clean(s->f);
}

struct using
{
    struct stage *s;
    const char *link;
    const struct order *order;
    struct principal who;
    struct mailbox mailbox;
    struct withdraw_look look;
    bool seen;
};

static enum outcome use_link(struct db_tx *tx, void *arg)
{
    struct using *u = arg;

    return door_look(tx, u->s, u->s->f->brand, u->link, &u->mailbox, &u->s->why);
}

static enum outcome see_order(struct db_tx *tx, void *arg)
{
    struct using *u = arg;

    return order_seen_by(tx, u->order, u->who, &u->seen);
}

static bool sees(struct stage *s, struct principal who, const struct order *order)
{
    struct using u = {.s = s, .who = who, .order = order};

    assert_int_equal(db_read(s->f->db, "sees", see_order, &u), DONE);
    return u.seen;
}

static enum outcome look_withdrawal(struct db_tx *tx, void *arg)
{
    struct using *u = arg;

    return withdraw_look(tx, u->s, &u->s->f->brands, u->order, &u->look, &u->s->why);
}

static void open_doors(struct stage *s)
{
    sql(s->f, talloc_asprintf(s,
                              "INSERT INTO session (token_hash, brand, mailbox_id, created_at, seen_at) VALUES ('aa', "
                              "'legalmail', %" PRId64 ", 1, 1)",
                              s->box));
    sql(s->f, talloc_asprintf(s,
                              "INSERT INTO session (token_hash, brand, account_id, created_at, seen_at) VALUES ('bb', "
                              "'legalmail', %" PRId64 ", 1, 1)",
                              s->maria));
    sql(s->f,
        talloc_asprintf(s, "INSERT INTO mailbox_grant (session, mailbox_id, found_at) VALUES ('bb', %" PRId64 ", 1)",
                        s->box));
    sql(s->f, talloc_asprintf(s,
                              "INSERT INTO reset_link (token_hash, mailbox_id, expires_at) VALUES ('cc', %" PRId64
                              ", 9000000000000000)",
                              s->box));
    sql(s->f, talloc_asprintf(
                  s,
                  "INSERT INTO cart_line (owner, mailbox_id, years, plan, extra_gb, added_at) VALUES ('account:%" PRId64
                  "', %" PRId64 ", 1, 'bronze', 0, 1)",
                  s->maria, s->box));
    sql(s->f,
        talloc_asprintf(s,
                        "INSERT INTO mandate (brand, mailbox_id, account_id, method, state, years, plan, extra_gb, "
                        "agreed_cents, language, consent_version, consent_sha256, consented_at, consented_door, "
                        "consented_by, expires_on, changed_at) SELECT brand, id, account_id, 'card', 'on', 1, plan, "
                        "0, 3050, 'it', '1', 'x', 1, 'portal', 'account:1', expires_on, 1 FROM mailbox WHERE id = "
                        "%" PRId64,
                        s->box));
    sql(s->f, talloc_asprintf(s, "UPDATE mailbox_row SET auto_renew = 1 WHERE id = %" PRId64, s->box));
}

static void every_door_shuts(void **state)
{
    struct stage *s = stage(state);
    struct using u = {.s = s};
    struct mailbox box;
    char *link;

    if (!s)
        return;
    open_doors(s);
    box = mailbox(s->f, VERDI);
    assert_int_equal(door_link(&s->f->shop, s, s->f->brand, &box, day_of(2027, 3, 1), &link), DONE);
    u.link = strrchr(link, '/') + 1;
    assert_int_equal(db_read(s->f->db, "door", use_link, &u), DONE);
    must_pass(s);
    assert_int_equal(db_read(s->f->db, "door", use_link, &u), REFUSED);
    assert_int_equal(s->why.code, PROBLEM_LINK_SPENT);
    assert_int_equal(number(s->f, "SELECT count(*) FROM session WHERE mailbox_id IS NOT NULL"), 0);
    assert_int_equal(number(s->f, "SELECT count(*) FROM session WHERE token_hash = 'bb'"),
                     1); /* of the account's other mailboxes */
    assert_int_equal(number(s->f, "SELECT count(*) FROM mailbox_grant"), 0);
    assert_int_equal(number(s->f, "SELECT count(*) FROM reset_link WHERE token_hash = 'cc' AND used_at IS NULL"), 0);
    assert_int_equal(number(s->f, "SELECT count(*) FROM cart_line"), 0);
    assert_int_equal(number(s->f, "SELECT count(*) FROM mandate WHERE state = 'off'"), 1);
    assert_false(mailbox(s->f, VERDI).auto_renew);
}

/* ---- Money ---- */

static void what_was_paid_stays_with_who_paid(void **state)
{
    struct stage *s = stage(state);
    struct using u = {.s = s};
    struct placed_order placed;
    int64_t account;

    if (!s)
        return;
    placed = order_of_maria(s);
    u.order = &placed.order;
    assert_int_equal(pay(s->f, &(struct transfer){placed.order.code, 3050, day_of(2026, 12, 20)}).how, SETTLED_MATCHED);
    set_day(s->f, 2026, 12, 22);
    must_pass(s);
    account = mailbox(s->f, VERDI).account_id;
    assert_true(sees(s, (struct principal){.account_id = s->maria}, u.order));
    assert_false(sees(s, (struct principal){.account_id = account}, u.order));
    assert_false(sees(s, (struct principal){.mailbox_id = s->box}, u.order));
    placed.order = order_now(s->f, placed.order.code);
    assert_int_equal(db_read(s->f->db, "withdraw", look_withdrawal, &u), REFUSED);
    assert_int_equal(s->why.code, PROBLEM_WITHDRAWAL_NOT_HERE);
    assert_true(day_same(mailbox(s->f, VERDI).term.ends_on, day_of(2028, 3, 15)));
    assert_clean(s->f);
}

static void an_unpaid_order_is_cancelled(void **state)
{
    struct stage *s = stage(state);
    struct placed_order placed;

    if (!s)
        return;
    must_ask(s);
    placed = order_of_maria(s);
    sql(s->f,
        talloc_asprintf(s, "INSERT INTO order_association (order_id, account_id) VALUES (%" PRId64 ", %" PRId64 ")",
                        placed.order.id, s->maria));
    must_accept(s);
    must_send(s, "carta");
    sql(s->f,
        talloc_asprintf(s,
                        "INSERT INTO proof (brand, order_id, channel, file_sha256, file_name, state, kind, reason, "
                        "received_at, due_at) SELECT 'legalmail', %" PRId64
                        ", 'upload', file_sha256, '', 'received', '', '', 1, 1 FROM document LIMIT 1",
                        placed.order.id));
    assert_int_equal(decide(s, HOLDER_CHANGE_APPROVE, NULL, &DESK),
                     REFUSED); /* a proof of its payment is at the desk */
    assert_int_equal(s->why.code, PROBLEM_OPEN_ORDER);
    assert_string_equal(state_of(s), "in_review");
    sql(s->f, "DELETE FROM proof");
    assert_int_equal(decide(s, HOLDER_CHANGE_APPROVE, NULL, &DESK), DONE);
    assert_int_equal(order_now(s->f, placed.order.code).state, ORDER_CANCELLED);
    assert_int_equal(mailbox(s->f, VERDI).open_order_id, 0);
    assert_int_equal(number(s->f, "SELECT count(*) FROM order_association"), 0);
    assert_clean(s->f);
}

int main(void)
{
    static const struct CMUnitTest TESTS[] = {
        cmocka_unit_test(it_passes),
        cmocka_unit_test(the_chain_tells_who_held_it_when),
        cmocka_unit_test(every_door_shuts),
        cmocka_unit_test(what_was_paid_stays_with_who_paid),
        cmocka_unit_test(an_unpaid_order_is_cancelled),
    };

    return FLOW(TESTS);
}
