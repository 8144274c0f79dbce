/* The names of a new mailbox: which are free, held for whom and how long, and sold once however many want them (DOMAIN
 * R46-R49, L5, RI72, T8-T10, T13, T55), on both engines. */
#include "flow/drafts.h"
#include <pthread.h>
#include <string.h>
#include <talloc.h>

static enum outcome bury(struct db_tx *tx, void *arg)
{
    struct mailbox *m = arg;

    return mailbox_insert(tx, m);
}

/* A mailbox that was deleted years ago, of who has this tax code (L5). */
static void add_tombstone(struct fixture *f, const char *address, const char *tax_code)
{
    struct day ended = day_of(2020, 3, 15);
    struct mailbox m = {.brand = (char *)"visura",
                        .address = (char *)address,
                        .user_id = (char *)"",
                        .plan = (char *)"base",
                        .password_hash = (char *)"",
                        .status = (char *)"deleted",
                        .activated_on = day_of(2019, 3, 15),
                        .first_expires_on = ended,
                        .term = {ended, 15},
                        .allowed = term_allows(ended, &f->brand->renewal),
                        .convention = (char *)"",
                        .domain = (char *)"",
                        .holder = somebody("vecchio@posta.example")};

    m.holder.tax_code = tax_code;
    assert_int_equal(db_transaction(f->db, "bury", bury, &m), DONE);
}

/* ---- Names ---- */

/* T8: a is taken, so b is held and c noted; no code before Conferma, and of no order (T13). */
static void the_first_free_name_is_held(void **state)
{
    struct fixture *f = shop(state);
    int64_t mario = add_buyer(f, MARIO), id;
    struct request r;
    struct validated v;

    add_mailbox(f, "a.rossi@pec.visura.example", 0, day_of(2027, 3, 15));
    id = draft(f, mario, "A.Rossi", " B.Rossi", "c.rossi ");
    v = valid(f, mario, id);
    assert_int_equal(v.faults.count, 0);
    assert_int_equal(v.verdict[0], NAME_IN_USE);
    assert_int_equal(v.verdict[1], NAME_FREE);
    assert_string_equal(v.address, "b.rossi@pec.visura.example");
    r = request_now(f, id);
    assert_int_equal(r.state, REQUEST_RESERVED);
    assert_string_equal(r.held_name, "b.rossi");
    assert_string_equal(r.name[2], "c.rossi");
    assert_int_equal(number(f, "SELECT count(*) FROM shop_order"), 0);
    assert_int_equal(number(f, "SELECT count(*) FROM name_hold"), 1);
    assert_clean(f);

    /* Again: the same one. With other names the old one is let go at once. */
    assert_holds(f, mario, id, "b.rossi@pec.visura.example");
    r.name[0] = (char *)"d.rossi";
    r.name[1] = (char *)"e.rossi";
    assert_int_equal(save_form(f, mario, &r, NULL), DONE);
    assert_int_equal(r.state, REQUEST_REQUESTED);
    assert_int_equal(number(f, "SELECT count(*) FROM name_hold"), 0);
    assert_holds(f, mario, id, "d.rossi@pec.visura.example");

    /* The order of preference may change under a name that is held. */
    r.name[0] = (char *)"c.rossi";
    r.name[1] = (char *)"d.rossi";
    r.name[2] = (char *)"e.rossi";
    assert_int_equal(save_form(f, mario, &r, NULL), DONE);
    assert_int_equal(r.state, REQUEST_RESERVED);
    assert_holds(f, mario, id, "c.rossi@pec.visura.example");
    assert_int_equal(number(f, "SELECT count(*) FROM name_hold"), 1);
}

/* T9, T55, L5: in use, held by another, deleted of another: all three just "non disponibile". */
static void no_name_is_free(void **state)
{
    struct fixture *f = shop(state);
    int64_t mario = add_buyer(f, MARIO), lucia = add_buyer(f, LUCIA), id, again;
    struct request r;
    struct validated v;

    add_mailbox(f, "uno@pec.visura.example", 0, day_of(2027, 3, 15));
    add_tombstone(f, "due.rossi@pec.visura.example", "BNCLCU85M41F205T");
    again = draft(f, lucia, "tre.rossi", "tre.bis", "tre.ter");
    assert_holds(f, lucia, again, "tre.rossi@pec.visura.example");

    id = draft(f, mario, "uno", "due.rossi", "tre.rossi");
    v = valid(f, mario, id);
    assert_int_equal(v.faults.count, 3);
    assert_fault(&v.faults, "name_1", PROBLEM_NAME_TAKEN);
    assert_fault(&v.faults, "name_2", PROBLEM_NAME_TAKEN);
    assert_fault(&v.faults, "name_3", PROBLEM_NAME_TAKEN);
    assert_string_equal(v.faults.item[1].detail, v.faults.item[0].detail);
    assert_null(v.address);
    assert_int_equal(request_now(f, id).state, REQUEST_REQUESTED);
    assert_int_equal(number(f, "SELECT count(*) FROM name_hold"), 1);
    assert_int_equal(number(f, "SELECT count(*) FROM shop_order"), 0);

    /* Its old holder gets the deleted one; a hold for his tax code does not stay when that changes. */
    r = request_now(f, id);
    r.holder.tax_code = "bnc lcu 85m41 f205t";
    assert_int_equal(save_form(f, mario, &r, NULL), DONE);
    assert_holds(f, mario, id, "due.rossi@pec.visura.example");
    r = request_now(f, id);
    r.holder.tax_code = "VRDMRA80A41H501U";
    assert_int_equal(save_form(f, mario, &r, NULL), DONE);
    assert_int_equal(r.state, REQUEST_REQUESTED);
    v = valid(f, mario, id);
    assert_int_equal(v.faults.count, 3);
    assert_clean(f);
}

/* T10. Names are looked at even where the rest of the form is not right yet, and nothing is held then. */
static void names_that_cannot_be(void **state)
{
    struct fixture *f = shop(state);
    int64_t mario = add_buyer(f, MARIO), id;
    struct request r;
    struct validated v;

    v = valid(f, mario, draft(f, mario, "mario.rossi", "MARIO.ROSSI", "mario..rossi"));
    assert_fault(&v.faults, "name_2", PROBLEM_NAME_REPEATED);
    assert_fault(&v.faults, "name_3", PROBLEM_NAME_FORMAT);
    assert_null(fault_on(&v.faults, "name_1"));

    add_mailbox(f, "uno@pec.visura.example", 0, day_of(2027, 3, 15));
    id = draft(f, mario, "uno", "due", "tre");
    r = request_now(f, id);
    r.phone = (char *)"";
    assert_int_equal(save_form(f, mario, &r, NULL), DONE);
    v = valid(f, mario, id);
    assert_int_equal(v.faults.count, 1);
    assert_true(v.looked);
    assert_int_equal(v.verdict[0], NAME_IN_USE);
    assert_int_equal(v.verdict[1], NAME_FREE);
    assert_int_equal(number(f, "SELECT count(*) FROM name_hold"), 0);
}

struct asking {
    struct fixture *f;
    struct name_answer answers[6];
};

static const char *const ASKED[] = {"Libero", "uno", "due.rossi", "tre.rossi", "p0stmaster", "x"};

static enum outcome ask(struct db_tx *tx, void *arg)
{
    struct asking *a = arg;

    return names_look(tx, a->f, a->f->brand, ASKED, count_of(ASKED), a->answers);
}

static void a_look_reserves_nothing(void **state)
{
    static const enum problem_code EXPECTED[] = {PROBLEM_NONE,       PROBLEM_NAME_TAKEN,    PROBLEM_NAME_TAKEN,
                                                 PROBLEM_NAME_TAKEN, PROBLEM_NAME_RESERVED, PROBLEM_NAME_LENGTH};
    struct fixture *f = shop(state);
    struct asking a = {.f = f};
    int64_t lucia = add_buyer(f, LUCIA);

    add_mailbox(f, "uno@pec.visura.example", 0, day_of(2027, 3, 15));
    add_tombstone(f, "due.rossi@pec.visura.example", "BNCLCU85M41F205T");
    assert_holds(f, lucia, draft(f, lucia, "tre.rossi", "tre.bis", "tre.ter"), "tre.rossi@pec.visura.example");
    assert_int_equal(db_read(f->db, "look", ask, &a), DONE);
    for (size_t i = 0; i < count_of(ASKED); i++)
        assert_int_equal(a.answers[i].fault.code, EXPECTED[i]);
    assert_string_equal(a.answers[0].address, "libero@pec.visura.example");
    assert_int_equal(number(f, "SELECT count(*) FROM name_hold"), 1);
}

/* RI72: after its time a hold is anybody's; until somebody takes it, Conferma still finds it. */
static void a_hold_that_ran_out(void **state)
{
    struct fixture *f = shop(state);
    int64_t mario = add_buyer(f, MARIO), lucia = add_buyer(f, LUCIA);
    int64_t first = draft(f, mario, "uno", "due", "tre"), second = draft(f, lucia, "uno", "quattro", "cinque");
    struct purchase_request purchase = purchase_of(f, mario, first);
    struct placed_order placed;
    struct problem why = {0};
    struct validated v;

    assert_holds(f, mario, first, "uno@pec.visura.example");
    later(f, MINUTES(59));
    v = valid(f, lucia, second);
    assert_string_equal(v.address, "quattro@pec.visura.example");
    later(f, MINUTES(1));
    assert_holds(f, lucia, second, "uno@pec.visura.example"); /* to the minute */

    assert_int_equal(refusal(f, &purchase), PROBLEM_NAME_NOT_HELD);
    assert_int_equal(request_now(f, first).state, REQUEST_RESERVED); /* nothing is lost */
    assert_string_equal(request_now(f, first).name[1], "due");
    assert_holds(f, mario, first, "due@pec.visura.example");
    later(f, HOURS(5));
    assert_int_equal(confirm(f, &purchase, &placed, &why), DONE);
    assert_string_equal(placed.lines[0].address, "due@pec.visura.example");
    assert_clean(f);
}

/* ---- Races ---- */

enum { RACERS = 8 };

struct racer {
    struct fixture *f;
    int64_t account_id, request_id;
    struct validated validated;
    struct purchase_request purchase;
    enum outcome outcome;
    struct problem why;
};

struct run {
    struct racer *racer;
    void *mem;
    struct request request;
    struct placed_order placed;
};

static enum outcome run_names(struct db_tx *tx, void *arg)
{
    struct run *run = arg;
    struct racer *r = run->racer;

    return names_validate(tx, run->mem, r->f->brand, r->account_id, r->request_id,
                          &(struct actor){"portal", "account:1"}, &run->request, &r->validated, &r->why);
}

static enum outcome run_purchase(struct db_tx *tx, void *arg)
{
    struct run *run = arg;

    return place_purchase(tx, run->mem, &run->racer->purchase, &run->placed, &run->racer->why);
}

static void *race_for_names(void *arg)
{
    struct run run = {.racer = arg, .mem = talloc_new(NULL)};

    do
        run.racer->outcome = db_transaction(run.racer->f->db, "race", run_names, &run);
    while (run.racer->outcome == BUSY);
    talloc_free(run.mem);
    return NULL;
}

static void *race_for_orders(void *arg)
{
    struct run run = {.racer = arg, .mem = talloc_new(NULL)};

    do
        run.racer->outcome = db_transaction_rows(run.racer->f->db, "race", run_purchase, &run);
    while (run.racer->outcome == BUSY);
    talloc_free(run.mem);
    return NULL;
}

static void run_all(struct racer racers[RACERS], void *(*race)(void *))
{
    pthread_t thread[RACERS];

    for (int i = 0; i < RACERS; i++)
        assert_int_equal(pthread_create(&thread[i], NULL, race, &racers[i]), 0);
    for (int i = 0; i < RACERS; i++)
        pthread_join(thread[i], NULL);
}

static void two_want_one_name(void **state)
{
    struct fixture *f = shop(state);
    struct racer racers[RACERS];
    int held = 0;

    for (int i = 0; i < RACERS; i++) {
        int64_t account = add_buyer(f, talloc_asprintf(f, "cliente%d@posta.example", i));

        racers[i] = (struct racer){.f = f, .account_id = account};
        racers[i].request_id =
            draft(f, account, "ambito", talloc_asprintf(f, "altro.%d", i / 2), talloc_asprintf(f, "ultimo.%d", i));
    }
    run_all(racers, race_for_names);
    for (int i = 0; i < RACERS; i++) {
        assert_int_equal(racers[i].outcome, DONE);
        assert_int_equal(racers[i].validated.faults.count, 0);
        held += strcmp(request_now(f, racers[i].request_id).held_name, "ambito") == 0;
    }
    assert_int_equal(held, 1);
    assert_int_equal(number(f, "SELECT count(*) FROM name_hold"), RACERS);
    assert_int_equal(number(f,
                            "SELECT count(*) FROM name_hold h JOIN activation_request r ON r.id = h.request_id WHERE "
                            "h.address = r.held_name || '@pec.visura.example'"),
                     RACERS);
    assert_clean(f);
}

/* All holds ran out, were all for the same name, and everybody confirms at once: one order. */
static void one_name_is_sold_once(void **state)
{
    struct fixture *f = shop(state);
    struct racer racers[RACERS];
    int sold = 0;

    for (int i = 0; i < RACERS; i++) {
        int64_t account = add_buyer(f, talloc_asprintf(f, "cliente%d@posta.example", i));

        racers[i] = (struct racer){.f = f, .account_id = account};
        racers[i].request_id = draft(f, account, "ambito", "altro", "ultimo");
        assert_holds(f, account, racers[i].request_id, "ambito@pec.visura.example");
        racers[i].purchase = purchase_of(f, account, racers[i].request_id);
        later(f, HOURS(2));
    }
    run_all(racers, race_for_orders);
    for (int i = 0; i < RACERS; i++) {
        sold += racers[i].outcome == DONE;
        if (racers[i].outcome != DONE)
            assert_int_equal(racers[i].why.code, PROBLEM_NAME_NOT_HELD);
    }
    assert_int_equal(sold, 1);
    assert_int_equal(number(f, "SELECT count(*) FROM shop_order"), 1);
    assert_int_equal(number(f, "SELECT count(*) FROM name_hold"), 1);
    assert_clean(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_free_name_is_held), cmocka_unit_test(no_name_is_free),
        cmocka_unit_test(names_that_cannot_be),        cmocka_unit_test(a_look_reserves_nothing),
        cmocka_unit_test(a_hold_that_ran_out),         cmocka_unit_test(two_want_one_name),
        cmocka_unit_test(one_name_is_sold_once),
    };

    return FLOW(tests);
}
