/* The desk's queues: what waits is counted, the next one is given to one operator alone, what is put off is given to
 * nobody, and a task is over when its cause is (issue of the desk: two people never get the same one). */
#include "flow/fixture.h"
#include "shop/bounce.h"
#include "shop/task.h"
#include "store/event.h"
#include <inttypes.h>
#include <pthread.h>
#include <string.h>
#include <talloc.h>

struct desk {
    struct fixture *f;
    struct operator anna, bruno, stranger; /* the third works for another brand */
};

static struct operator operator_named(struct fixture *f, const char *name, const char *role, const char *brand)
{
    struct operator o = {.brand = (char *)brand, .name = (char *)name, .role = (char *)role};

    sql(f, talloc_asprintf(f,
                           "INSERT INTO operator (brand, email, name, role, password_hash, created_at) VALUES ('%s', "
                           "'%s@posta.example', '%s', '%s', '', 0)",
                           brand, name, name, role));
    o.id = number(f, talloc_asprintf(f, "SELECT id FROM operator WHERE name = '%s'", name));
    return o;
}

static void dead_letter(struct fixture *f, const char *to, int64_t at)
{
    sql(f, talloc_asprintf(
               f,
               "INSERT INTO outbox (brand, kind, template, recipient, language, data, state, attempts, due_at, lease, "
               "last_error, created_at) VALUES ('legalmail', 'mail', 'order_settled', '%s', 'it', '{}', 'dead', 12, 0, "
               "'', '550 no such user', %" PRId64 ")",
               to, at));
}

static struct desk *desk(void **state)
{
    struct fixture *f = fixture(state);
    struct desk *d;

    if (!f)
        return NULL;
    d = talloc(f, struct desk);
    *d = (struct desk){f, operator_named(f, "anna", "owner", ""), operator_named(f, "bruno", "owner", "legalmail"),
                       operator_named(f, "carla", "owner", "visura")};
    return d;
}

/* ---- Asking ---- */

struct asking {
    struct desk *d;
    const struct operator* who;
    const char *queue, *item, *note;
    int64_t days;
    struct task task;
    struct task_count count;
    struct problem why;
    enum outcome outcome;
};

static enum outcome take(struct db_tx *tx, void *arg)
{
    struct asking *a = arg;

    return task_take(tx, a->d, &a->d->f->brands, a->who, task_queue_of(a->queue), &a->task, &a->why);
}

/* The item's number; NULL: nothing is left. */
static const char *next_of(struct desk *d, const struct operator* who, const char *queue)
{
    struct asking a = {.d = d, .who = who, .queue = queue};
    enum outcome o = db_transaction(d->f->db, "take", take, &a);

    if (o == REFUSED)
        assert_int_equal(a.why.code, PROBLEM_NONE);
    else
        assert_int_equal(o, DONE);
    return o == DONE ? a.task.subject : NULL;
}

static enum outcome put_off(struct db_tx *tx, void *arg)
{
    struct asking *a = arg;
    struct actor actor = {"office", "operator:1"};

    return task_put_off(tx, a->d, &a->d->f->brands, a->who, &actor, task_queue_of(a->queue), a->item, a->days, a->note,
                        &a->why);
}

static enum problem_code put_off_code(struct desk *d, const struct operator* who, const char *item, int64_t days,
                                      const char *note)
{
    struct asking a = {.d = d, .who = who, .queue = "effects", .item = item, .days = days, .note = note};

    return db_transaction(d->f->db, "put off", put_off, &a) == DONE ? PROBLEM_NONE : a.why.code;
}

static enum outcome count(struct db_tx *tx, void *arg)
{
    struct asking *a = arg;
    struct task_scope scope = task_scope_of(a->d, &a->d->f->brands, a->who);
    struct task_count *all;
    size_t n;

    TRY(tasks_count(tx, a->d, &scope, &all, &n));
    a->count = (struct task_count){0};
    for (size_t i = 0; i < n; i++)
        if (strcmp(all[i].queue, a->queue) == 0)
            a->count = all[i];
    return DONE;
}

static struct task_count counted(struct desk *d, const struct operator* who, const char *queue)
{
    struct asking a = {.d = d, .who = who, .queue = queue};

    assert_int_equal(db_read(d->f->db, "count", count, &a), DONE);
    return a.count;
}

/* ---- Taking ---- */

static void the_next_is_nobody_elses(void **state)
{
    struct desk *d = desk(state);

    if (!d)
        return;
    dead_letter(d->f, "b@posta.example", 2);
    dead_letter(d->f, "a@posta.example", 1);
    dead_letter(d->f, "c@posta.example", 3);
    assert_string_equal(next_of(d, &d->anna, "effects"), "a@posta.example"); /* longest waiting first */
    assert_string_equal(next_of(d, &d->bruno, "effects"), "b@posta.example");
    assert_string_equal(next_of(d, &d->anna, "effects"), "c@posta.example");  /* she passes over what she has */
    assert_string_equal(next_of(d, &d->bruno, "effects"), "b@posta.example"); /* all others are hers: his own again */
    assert_null(next_of(d, &d->stranger, "effects"));
    set_day(d->f, 2026, 12, 21); /* nobody has worked at them since */
    assert_string_equal(next_of(d, &d->bruno, "effects"), "a@posta.example");
}

#define CROWD 6

static void *take_one(void *arg)
{
    struct asking *a = arg;

    do
        a->outcome = db_transaction(a->d->f->db, "take", take, a);
    while (a->outcome == BUSY);
    return NULL;
}

static void a_crowd_takes_each_another(void **state)
{
    struct desk *d = desk(state);
    struct asking all[CROWD];
    struct operator who[CROWD];
    pthread_t threads[CROWD];

    if (!d)
        return;
    for (int i = 0; i < CROWD; i++) {
        dead_letter(d->f, talloc_asprintf(d, "%d@posta.example", i), i + 1);
        who[i] = operator_named(d->f, talloc_asprintf(d, "crowd%d", i), "owner", "");
        all[i] = (struct asking){.d = talloc(d->f, struct desk), .who = &who[i], .queue = "effects"};
        *all[i].d = *d;
    }
    for (int i = 0; i < CROWD; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, take_one, &all[i]), 0);
    for (int i = 0; i < CROWD; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    for (int i = 0; i < CROWD; i++)
        assert_int_equal(all[i].outcome, DONE);
    for (int i = 0; i < CROWD; i++)
        for (int j = 0; j < i; j++)
            assert_string_not_equal(all[i].task.item, all[j].task.item);
    assert_int_equal(number(d->f, "SELECT count(*) FROM desk_hold"), CROWD);
}

static void rights_and_brands(void **state)
{
    struct desk *d = desk(state);
    struct asking a;

    if (!d)
        return;
    pay(d->f, &(struct transfer){.text = "senza causale", .cents = 3050, .on = day_of(2026, 12, 20)});
    assert_int_equal(counted(d, &d->anna, "held").count, 1);
    assert_int_equal(counted(d, &d->bruno, "held").count, 1); /* it came to his brand's account */
    assert_int_equal(counted(d, &d->stranger, "held").count, 0);
    d->bruno.role = (char *)"reviewer";
    a = (struct asking){.d = d, .who = &d->bruno, .queue = "held"};
    assert_int_equal(db_transaction(d->f->db, "take", take, &a), REFUSED);
    assert_int_equal(a.why.code, PROBLEM_FORBIDDEN);
    d->bruno.role = (char *)"cashier";
    assert_non_null(next_of(d, &d->bruno, "held"));
}

static void what_is_put_off_is_given_to_nobody(void **state)
{
    struct desk *d = desk(state);
    const char *item;

    if (!d)
        return;
    dead_letter(d->f, "a@posta.example", 1);
    item = words(d->f, "SELECT item FROM desk_task");
    assert_int_equal(put_off_code(d, &d->anna, item, 0, "richiamare"), PROBLEM_OUT_OF_RANGE);
    assert_int_equal(put_off_code(d, &d->anna, item, 31, "richiamare"), PROBLEM_OUT_OF_RANGE);
    assert_int_equal(put_off_code(d, &d->anna, item, 2, ""), PROBLEM_REQUIRED);
    assert_int_equal(put_off_code(d, &d->anna, "999", 2, "richiamare"), PROBLEM_NOT_FOUND);
    assert_int_equal(put_off_code(d, &d->stranger, item, 2, "richiamare"), PROBLEM_NOT_FOUND);
    assert_int_equal(number(d->f, "SELECT count(*) FROM desk_hold"), 0);
    assert_string_equal(next_of(d, &d->bruno, "effects"), "a@posta.example");
    assert_int_equal(put_off_code(d, &d->anna, item, 2, "richiamare"), PROBLEM_TASK_TAKEN);
    assert_int_equal(put_off_code(d, &d->bruno, item, 2, "richiamare"), PROBLEM_NONE);
    assert_null(next_of(d, &d->anna, "effects"));
    assert_null(next_of(d, &d->bruno, "effects"));
    assert_int_equal(counted(d, &d->anna, "effects").put_off, 1);
    set_day(d->f, 2026, 12, 23);
    assert_string_equal(next_of(d, &d->anna, "effects"), "a@posta.example");
    assert_int_equal(number(d->f, "SELECT count(*) FROM event WHERE kind = 'task.put_off'"), 1);
    assert_clean(d->f);
}

/* ---- Effects ---- */

struct ending {
    struct desk *d;
    struct task task;
    const char *note; /* NULL: again */
    struct problem why;
};

static enum outcome end(struct db_tx *tx, void *arg)
{
    struct ending *e = arg;
    struct actor actor = {"office", "operator:1"};

    return e->note ? effect_close(tx, &e->task, e->note, &actor, &e->why) : effect_again(tx, &e->task, &actor, &e->why);
}

static void what_was_given_up_on_is_tried_again_or_closed(void **state)
{
    struct desk *d = desk(state);
    struct ending e;

    if (!d)
        return;
    dead_letter(d->f, "a@posta.example", 1);
    e = (struct ending){
        .d = d, .note = "", .task = {.queue = (char *)"effects", .brand = (char *)"legalmail", .subject = (char *)"a"}};
    e.task.item = words(d->f, "SELECT item FROM desk_task");
    assert_int_equal(db_transaction(d->f->db, "close", end, &e), REFUSED);
    assert_int_equal(e.why.code, PROBLEM_REQUIRED);
    e.note = NULL;
    assert_int_equal(db_transaction(d->f->db, "again", end, &e), DONE);
    assert_int_equal(counted(d, &d->anna, "effects").count, 0);
    assert_int_equal(
        number(d->f,
               "SELECT count(*) FROM outbox WHERE state = 'waiting' AND attempts = 0 AND template = 'order_settled'"),
        1);
    sql(d->f, "UPDATE outbox SET state = 'dead' WHERE template = 'order_settled'");
    e.note = "telefonato";
    assert_int_equal(db_transaction(d->f->db, "close", end, &e), DONE);
    assert_int_equal(counted(d, &d->anna, "effects").count, 0);
    assert_int_equal(db_transaction(d->f->db, "close", end, &e), REFUSED); /* twice */
    assert_int_equal(e.why.code, PROBLEM_NOT_FOUND);
    assert_int_equal(number(d->f, "SELECT count(*) FROM event WHERE kind = 'effect.closed'"), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_next_is_nobody_elses),
        cmocka_unit_test(a_crowd_takes_each_another),
        cmocka_unit_test(rights_and_brands),
        cmocka_unit_test(what_is_put_off_is_given_to_nobody),
        cmocka_unit_test(what_was_given_up_on_is_tried_again_or_closed),
    };

    return FLOW(tests);
}
