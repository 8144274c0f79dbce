/* Requests and held names as rows (store/request.h), on both engines. */
#include "flow/buyer.h"
#include <inttypes.h>
#include <string.h>
#include <talloc.h>

/* Everything in one transaction, which is thrown away. */
struct scene {
    struct fixture *f;
    struct db_tx *tx;
    int64_t account_id;
    void (*play)(struct scene *s);
};

static enum outcome play(struct db_tx *tx, void *arg)
{
    struct scene *s = arg;

    s->tx = tx;
    s->play(s);
    return REFUSED;
}

static void on_stage(void **state, void (*of)(struct scene *))
{
    struct scene s = {.f = fixture(state), .play = of};

    if (!s.f)
        return;
    sell_visura(s.f);
    s.account_id = add_buyer(s.f, MARIO);
    assert_int_equal(db_transaction(s.f->db, "scene", play, &s), REFUSED);
    assert_int_equal(number(s.f, "SELECT count(*) FROM activation_request"), 0);
}

static struct request inserted(struct scene *s)
{
    struct request r = form_of("uno", "due", "tre"), kept;

    r.brand = (char *)"visura";
    r.account_id = s->account_id;
    assert_int_equal(request_insert(s->tx, &r), DONE);
    assert_int_equal(request_by_id(s->tx, s->f, r.id, &kept), DONE);
    return kept;
}

static bool updated(struct scene *s, const struct request *r, enum request_state was)
{
    bool changed;

    assert_int_equal(request_update(s->tx, r, was, &changed), DONE);
    return changed;
}

static void play_rows(struct scene *s)
{
    struct request r = inserted(s), found;
    struct order order = {.brand = (char *)"visura",
                          .kind = (char *)"purchase",
                          .state = ORDER_CONFIRMED,
                          .account_id = s->account_id,
                          .door = (char *)"cli",
                          .language = (char *)"it",
                          .payment_method = (char *)"bank_transfer",
                          .terms_version = (char *)"",
                          .terms_sha256 = (char *)"",
                          .billing = r.holder,
                          .code = (char *)"LM00001",
                          .id = 1};

    assert_int_equal(r.state, REQUEST_REQUESTED);
    assert_int_equal(r.account_id, s->account_id);
    assert_string_equal(r.plan, "base");
    assert_string_equal(r.holder.name, "Maria Verdi");
    assert_int_equal(r.holder.kind, HOLDER_PERSON);
    assert_string_equal(r.name[2], "tre");
    assert_string_equal(r.signer_name, ""); /* NULL was given */
    assert_int_equal(r.order_id, 0);
    assert_int_equal(r.paid_at.us, 0);
    assert_true(r.changed_at.us == r.created_at.us && r.created_at.us == db_now(s->tx).us);

    /* In one step from the state that was read. */
    r.state = REQUEST_RESERVED;
    r.held_name = (char *)"due";
    r.holder.kind = HOLDER_COMPANY;
    r.start_now = true;
    assert_false(updated(s, &r, REQUEST_DOCS_PENDING));
    assert_true(updated(s, &r, REQUEST_REQUESTED));
    assert_false(updated(s, &r, REQUEST_REQUESTED));
    assert_int_equal(request_by_id(s->tx, s->f, r.id, &found), DONE);
    assert_int_equal(found.state, REQUEST_RESERVED);
    assert_string_equal(found.held_name, "due");
    assert_int_equal(found.holder.kind, HOLDER_COMPANY);
    assert_true(found.start_now);

    assert_int_equal(request_by_order(s->tx, s->f, 1, &found), REFUSED);
    assert_int_equal(request_by_id(s->tx, s->f, r.id + 1, &found), REFUSED);
    assert_int_equal(order_insert(s->tx, &order, NULL), DONE);
    r.order_id = 1;
    r.state = REQUEST_DROPPED;
    assert_true(updated(s, &r, REQUEST_RESERVED));
    assert_int_equal(request_by_order(s->tx, s->f, 1, &found), DONE);
    assert_int_equal(found.id, r.id);
}

static void rows(void **state)
{
    on_stage(state, play_rows);
}

static size_t idle(struct scene *s, const char *brand, enum request_state state, int64_t after)
{
    struct request *list;
    size_t count;

    assert_int_equal(requests_idle(s->tx, s->f, brand, state, instant_plus(db_now(s->tx), after), 10, &list, &count),
                     DONE);
    return count;
}

static size_t silent(struct scene *s, int64_t after)
{
    struct request *list;
    size_t count;

    assert_int_equal(requests_silent(s->tx, s->f, "visura", instant_plus(db_now(s->tx), after), 10, &list, &count),
                     DONE);
    return count;
}

static void play_idle(struct scene *s)
{
    struct request r = inserted(s);
    int64_t drafts;

    assert_int_equal(idle(s, "visura", REQUEST_REQUESTED, 0), 0);
    assert_int_equal(idle(s, "visura", REQUEST_REQUESTED, 1), 1);
    assert_int_equal(idle(s, "visura", REQUEST_RESERVED, 1), 0);
    assert_int_equal(idle(s, "legalmail", REQUEST_REQUESTED, 1), 0);
    assert_int_equal(requests_draft_count(s->tx, s->account_id, &drafts), DONE);
    assert_int_equal(drafts, 1);

    r.state = REQUEST_DOCS_PENDING;
    r.paid_at = instant_plus(db_now(s->tx), -DAYS(90));
    assert_true(updated(s, &r, REQUEST_REQUESTED));
    assert_int_equal(silent(s, -DAYS(90) - 1), 0);
    assert_int_equal(silent(s, -DAYS(90)), 1);
    r.state = REQUEST_IN_REVIEW;
    assert_true(updated(s, &r, REQUEST_DOCS_PENDING));
    assert_int_equal(silent(s, 1), 0);
    assert_int_equal(requests_draft_count(s->tx, s->account_id, &drafts), DONE);
    assert_int_equal(drafts, 0);
}

static void who_is_idle(void **state)
{
    on_stage(state, play_idle);
}

/* ---- Names ---- */

#define UNO "uno@pec.visura.example"
#define DUE "due@pec.visura.example"

static enum name_verdict look(struct scene *s, const char *address, const char *tax_code, int64_t request_id)
{
    enum name_verdict verdict;

    assert_int_equal(name_look(s->tx, address, tax_code, request_id, &verdict), DONE);
    return verdict;
}

static bool hold(struct scene *s, const char *address, int64_t request_id, int64_t for_us)
{
    bool held;

    assert_int_equal(name_hold(s->tx, address, request_id,
                               for_us ? instant_plus(db_now(s->tx), for_us) : (struct instant){0}, &held),
                     DONE);
    return held;
}

static const char *held(struct scene *s, int64_t request_id, bool endless)
{
    struct instant until;
    char *address;

    if (name_held(s->tx, s->f, request_id, &address, &until) != DONE)
        return "";
    assert_int_equal(until.us == 0, endless);
    return address;
}

static void play_names(struct scene *s)
{
    int64_t a = inserted(s).id, b = inserted(s).id;

    assert_int_equal(look(s, UNO, "X", 0), NAME_FREE);
    assert_string_equal(held(s, a, false), "");
    assert_true(hold(s, UNO, a, MINUTES(1)));
    assert_int_equal(look(s, UNO, "X", a), NAME_FREE); /* to itself */
    assert_int_equal(look(s, UNO, "X", b), NAME_HELD);
    assert_int_equal(look(s, UNO, "X", 0), NAME_HELD);
    assert_false(hold(s, UNO, b, MINUTES(1)));
    assert_string_equal(held(s, a, false), UNO);

    assert_true(hold(s, UNO, a, MINUTES(2))); /* longer */
    assert_true(hold(s, DUE, a, MINUTES(1))); /* another in its place */
    assert_int_equal(look(s, UNO, "X", 0), NAME_FREE);
    assert_true(hold(s, UNO, b, 0)); /* without end */
    assert_string_equal(held(s, b, true), UNO);
    assert_false(hold(s, UNO, a, MINUTES(1)));

    assert_int_equal(name_release(s->tx, b), DONE);
    assert_int_equal(look(s, UNO, "X", 0), NAME_FREE);

    /* One that has run out is nobody's, and may be taken as it stands. */
    assert_true(hold(s, UNO, a, -1));
    assert_string_equal(held(s, a, false), "");
    assert_int_equal(look(s, UNO, "X", b), NAME_FREE);
    assert_true(hold(s, UNO, b, MINUTES(1)));
    assert_string_equal(held(s, b, false), UNO);
    assert_true(hold(s, DUE, a, -1));
    assert_int_equal(names_release_before(s->tx, db_now(s->tx)), DONE);
    assert_true(hold(s, DUE, b, MINUTES(1)));
}

static void names(void **state)
{
    on_stage(state, play_names);
}

static enum outcome bury(struct db_tx *tx, void *arg)
{
    (void)arg;
    TRY(db_exec(tx, NULL, "INSERT INTO word (name) VALUES ('pec.visura.example') ON CONFLICT DO NOTHING"));
    return db_exec(tx, NULL,
                   "UPDATE mailbox_row SET status = 'deleted', local = 'uno', domain_no = " WORD_NO(
                       "'pec.visura.example'") " WHERE id = 2");
}

/* What lies in use, and what once was somebody's (L5). */
static void play_mailboxes(struct scene *s)
{
    assert_int_equal(look(s, VERDI, "X", 0), NAME_IN_USE);
    assert_int_equal(look(s, VERDI, "VRDMRA80A41H501U", 0), NAME_IN_USE); /* of its own holder too */
    assert_int_equal(bury(s->tx, NULL), DONE);
    assert_int_equal(look(s, UNO, "X", 0), NAME_RETIRED);
    assert_int_equal(look(s, UNO, "", 0), NAME_RETIRED);
    assert_int_equal(look(s, UNO, "VRDMRA80A41H501U", 0), NAME_FREE);
}

static void mailboxes(void **state)
{
    on_stage(state, play_mailboxes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(rows), cmocka_unit_test(who_is_idle), cmocka_unit_test(names),
                                       cmocka_unit_test(mailboxes)};

    return FLOW(tests);
}
