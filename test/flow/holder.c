/* A mailbox is to pass to another holder: asked for, accepted, looked at by the desk, or nothing comes of it (DOMAIN
 * M25), on both engines. */
#include "flow/passing.h"
#include "shop/day.h"
#include <string.h>

static const struct actor OTHER = {"office", "operator:2"};

struct stopping {
    struct stage *s;
    bool by_new;
};

static enum outcome run_stop(struct db_tx *tx, void *arg)
{
    struct stopping *t = arg;

    t->s->why = (struct problem){0};
    return holder_change_stop(tx, t->s, t->s->change.id, t->by_new, &DESK, &t->s->why);
}

static enum outcome stop(struct stage *s, bool by_new)
{
    return db_transaction(s->f->db, "stop", run_stop, &(struct stopping){s, by_new});
}

/* ---- Asking ---- */

static void what_cannot_be_asked(void **state)
{
    static const struct {
        const char *sql, *field;
        enum problem_code code;
        const char *tax_code, *email, *password;
        bool disagrees, stranger;
    } CASES[] = {
        {.field = "tax_code", .code = PROBLEM_HOLDER_SAME, .tax_code = "vrdmra80a41h501u"},
        {.field = "tax_code", .code = PROBLEM_TAX_CODE_CHECK, .tax_code = "NVUPLA80A01H501X"},
        {.field = "email", .code = PROBLEM_HOLDER_CONTACT_SAME, .email = VERDI},
        {.field = "current", .code = PROBLEM_PASSWORD_WRONG, .password = "un'altra"},
        {.field = "agreed", .code = PROBLEM_REQUIRED, .disagrees = true},
        {.field = "mailbox", .code = PROBLEM_MAILBOX_UNKNOWN, .stranger = true},
        {.field = "mailbox",
         .code = PROBLEM_HOLDER_CHANGE_NOT_HERE,
         .sql = "UPDATE mailbox_row SET convention = 'ordine' WHERE " ITS_ROW(VERDI)},
        {.field = "mailbox",
         .code = PROBLEM_HOLDER_CHANGE_NOT_HERE,
         .sql = "UPDATE mailbox_row SET convention = '', status = 'ceased' WHERE " ITS_ROW(VERDI)},
    };
    struct stage *s = stage(state);
    struct holder_change_request r;

    for (size_t i = 0; s && i < count_of(CASES); i++) {
        r = asking(s);
        if (CASES[i].sql)
            sql(s->f, CASES[i].sql);
        if (CASES[i].tax_code)
            r.person.holder.tax_code = CASES[i].tax_code;
        if (CASES[i].email)
            r.person.holder.email = CASES[i].email;
        if (CASES[i].password)
            r.password = CASES[i].password;
        r.agreed = !CASES[i].disagrees;
        if (CASES[i].stranger)
            r.who.account_id = 99;
        assert_int_equal(ask(s, &r), REFUSED);
        assert_string_equal(s->faults.item[0].field, CASES[i].field);
        assert_int_equal(s->faults.item[0].code, CASES[i].code);
    }
}

static void one_at_a_time(void **state)
{
    struct stage *s = stage(state);
    struct holder_change_request r;

    if (!s)
        return;
    must_ask(s);
    r = asking(s);
    assert_int_equal(ask(s, &r), REFUSED);
    assert_int_equal(s->faults.item[0].code, PROBLEM_HOLDER_CHANGE_OPEN);
    assert_int_equal(stop(s, false), DONE);
    (void)order_of_maria(s);
    assert_int_equal(ask(s, &r), REFUSED);
    assert_int_equal(s->faults.item[0].code, PROBLEM_OPEN_ORDER);
    assert_clean(s->f);
}

/* ---- Answering ---- */

static void an_account_that_exists_signs_in(void **state)
{
    struct stage *s = stage(state);
    struct holder_change_answer a;

    if (!s)
        return;
    sql(s->f, "INSERT INTO account (brand, email, name, password_hash, created_at) VALUES ('legalmail', '" PAOLA
              "', 'Paola', '', 1)");
    must_ask(s);
    a = answer(s);
    assert_int_equal(do_accept(s, &a), REFUSED);
    assert_int_equal(s->why.code, PROBLEM_UNAUTHENTICATED);
    a.who.account_id = s->maria; /* somebody else */
    assert_int_equal(do_accept(s, &a), REFUSED);
    a.who.account_id = number(s->f, "SELECT id FROM account WHERE email = '" PAOLA "'");
    assert_int_equal(do_accept(s, &a), DONE);
    assert_string_equal(s->session, "");
    assert_int_equal(s->change.account_id, a.who.account_id);
    assert_int_equal(do_accept(s, &a), REFUSED); /* it opens once */
    assert_int_equal(s->why.code, PROBLEM_LINK_SPENT);
}

static void what_is_missing_is_told(void **state)
{
    struct stage *s = stage(state);
    struct holder_change_answer a;

    if (!s)
        return;
    must_ask(s);
    a = answer(s);
    a.password = "corta";
    a.terms_version = "";
    a.privacy = false;
    a.person.holder.postcode = "1";
    a.person.holder.name = "Qualcun Altro"; /* who it is was said by who asked */
    assert_int_equal(do_accept(s, &a), REFUSED);
    assert_int_equal(s->faults.count, 4);
    assert_int_equal(number(s->f, "SELECT count(*) FROM account"), 1);
    must_accept(s);
    assert_string_equal(s->change.holder.name, "Paola Nuova");
    assert_int_equal(strlen(s->session), TOKEN_TEXT - 1);
}

static void a_new_link_ends_the_old_one(void **state)
{
    struct stage *s = stage(state);
    struct holder_change_answer a;

    if (!s)
        return;
    must_ask(s);
    a = answer(s);
    assert_int_equal(holder_change_again(&s->f->shop, s, s->change.id, &DESK, &s->why), DONE);
    assert_int_equal(do_accept(s, &a), REFUSED);
    assert_int_equal(s->why.code, PROBLEM_LINK_SPENT);
    must_accept(s);
}

/* ---- Nothing comes of it ---- */

static void either_may_end_it(void **state)
{
    struct stage *s = stage(state);

    if (!s)
        return;
    must_ask(s);
    assert_int_equal(
        holder_change_decline(&s->f->shop, s, s->f->brand, link_in(s, "holder_invited", "/intestatario/"), &s->why),
        DONE);
    assert_string_equal(state_of(s), "declined");
    must_ask(s);
    must_accept(s);
    must_send(s, "carta");
    assert_int_equal(stop(s, false), DONE); /* even while it is at the desk */
    assert_string_equal(state_of(s), "cancelled");
    assert_int_equal(decide(s, HOLDER_CHANGE_APPROVE, NULL, &DESK), REFUSED);
    assert_int_equal(stop(s, true), REFUSED);
    assert_int_equal(s->why.code, PROBLEM_HOLDER_CHANGE_STATE);
    assert_int_equal(mails(s, "holder_ended", PAOLA), 2);
    assert_string_equal(mailbox(s->f, VERDI).holder.name, "Maria Verdi");
    assert_clean(s->f);
    all_mails_go(s);
}

static int64_t turn(struct stage *s)
{
    struct day_turn turn = {0};
    struct day_summary summary;

    assert_int_equal(day_run(&s->f->shop, s, &turn, false, &summary), DONE);
    return day_did(&summary, "holder_changes_expired");
}

static void silence_ends_it(void **state)
{
    struct stage *s = stage(state);

    if (!s)
        return;
    must_ask(s); /* 20-12-2026: thirty days */
    set_day(s->f, 2027, 1, 19);
    assert_int_equal(turn(s), 0);
    must_accept(s); /* on the last day, and thirty days more for the papers */
    set_day(s->f, 2027, 2, 18);
    assert_int_equal(turn(s), 0);
    assert_int_equal(put(s, SLOT_IDENTITY, "mai inviata"), DONE);
    set_day(s->f, 2027, 2, 19);
    assert_int_equal(turn(s), 1);
    assert_string_equal(state_of(s), "expired");
    assert_int_equal(number(s->f, "SELECT count(*) FROM document WHERE purged_at IS NULL"), 0); /* K6 */
    assert_int_equal(turn(s), 0);
    assert_clean(s->f);
}

static void at_the_desk_nothing_expires(void **state)
{
    struct stage *s = stage(state);

    if (!s)
        return;
    must_ask(s);
    must_accept(s);
    must_send(s, "carta");
    set_day(s->f, 2027, 3, 1);
    assert_int_equal(turn(s), 0);
    sql(s->f, "UPDATE mailbox_row SET status = 'ceased', expires_on = 20000, read_until = 20000 WHERE " ITS_ROW(VERDI));
    assert_int_equal(decide(s, HOLDER_CHANGE_APPROVE, NULL, &DESK), REFUSED);
    assert_int_equal(s->why.code, PROBLEM_HOLDER_CHANGE_NOT_HERE);
    assert_int_equal(turn(s), 1); /* there is no mailbox to pass any more */
}

/* ---- The desk ---- */

static void papers_are_sent_back_and_refused(void **state)
{
    struct stage *s = stage(state);

    if (!s)
        return;
    must_ask(s);
    must_accept(s);
    assert_int_equal(put(s, SLOT_CONTRACT, "un contratto"), REFUSED);
    assert_int_equal(do_send(s), REFUSED);
    assert_int_equal(s->faults.item[0].code, PROBLEM_DOCUMENT_MISSING);
    must_send(s, "sfocata");
    assert_int_equal(put(s, SLOT_IDENTITY, "tardi"), REFUSED);
    assert_int_equal(decide(s, HOLDER_CHANGE_REJECT, "unsigned", &DESK), REFUSED); /* there is no contract */
    assert_int_equal(decide(s, HOLDER_CHANGE_REJECT, "illegible", &DESK), DONE);
    assert_int_equal(decide(s, HOLDER_CHANGE_REJECT, "illegible", &DESK), DONE); /* a second click */
    assert_int_equal(decide(s, HOLDER_CHANGE_APPROVE, NULL, &OTHER), REFUSED);
    assert_int_equal(s->why.code, PROBLEM_REVIEWED);
    assert_string_equal(state_of(s), "accepted");
    must_send(s, "nitida");
    assert_int_equal(decide(s, HOLDER_CHANGE_REFUSE, "not_entitled", &DESK), DONE);
    assert_string_equal(state_of(s), "refused");
    assert_int_equal(mails(s, "holder_papers", PAOLA), 3);
    assert_int_equal(number(s->f, "SELECT count(*) FROM submission WHERE change_id IS NOT NULL"), 2);
    assert_clean(s->f);
    all_mails_go(s);
}

int main(void)
{
    static const struct CMUnitTest TESTS[] = {
        cmocka_unit_test(what_cannot_be_asked),
        cmocka_unit_test(one_at_a_time),
        cmocka_unit_test(an_account_that_exists_signs_in),
        cmocka_unit_test(what_is_missing_is_told),
        cmocka_unit_test(a_new_link_ends_the_old_one),
        cmocka_unit_test(either_may_end_it),
        cmocka_unit_test(silence_ends_it),
        cmocka_unit_test(at_the_desk_nothing_expires),
        cmocka_unit_test(papers_are_sent_back_and_refused),
    };

    return FLOW(TESTS);
}
