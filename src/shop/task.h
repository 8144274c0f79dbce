/* shop/task.h: the desk's queues: what waits for a person, by when, and who has taken it. Each queue is a row of TASK_QUEUES; what waits
 * in it is said by the view desk_task (sql/0022), so that a task is over when its cause is. */
#pragma once

#include "shop/operator.h"
#include "store/task.h"
#include <jansson.h>

struct task_queue {
    const char *name;       /* of the view, and of addresses */
    const char *label;      /* Italian, translated where shown */
    const char *what;       /* what is to be done, in a sentence */
    enum office_right right; /* of who takes from it; OFFICE_RIGHTS: one chooses, since some are one's own */
    const char *page;       /* of one, before its item; NULL: the queue's own, below /office/oggi */
    const char *list;       /* of all; NULL: the queue's own */
    bool machine_time;      /* its times are the machine's (store/event.h) */
};
extern const struct task_queue TASK_QUEUES[];
extern const size_t TASK_QUEUE_COUNT;
/* NULL: there is none of that name. */
const struct task_queue *task_queue_of(const char *name);
/* "/office/documenti/7" */
char *task_page(void *mem, const struct task_queue *queue, const char *item);

struct task_scope task_scope_of(void *mem, const struct brands *brands, const struct operator *operator);

/* Nobody else is given it meanwhile; decisions do not ask for it, for what is decided twice is refused by itself. */
#define TASK_HELD MINUTES(15)

/* The next one of a queue, for this operator alone: soonest due first; one who asks again passes over what he has. REFUSED with
 * PROBLEM_FORBIDDEN, or PROBLEM_NONE: nothing waits that is not somebody else's. */
enum outcome task_take(struct db_tx *tx, void *mem, const struct brands *brands, const struct operator *operator, const struct task_queue *queue,
                       struct task *task, struct problem *why) must_check;

/* Nobody is given it for `days` (1 to 30). REFUSED with PROBLEM_FORBIDDEN, PROBLEM_NOT_FOUND, on `days` or `note`; PROBLEM_TASK_TAKEN: another
 * works at it. */
enum outcome task_put_off(struct db_tx *tx, void *mem, const struct brands *brands, const struct operator *operator, const struct actor *actor,
                          const struct task_queue *queue, const char *item, int64_t days, const char *note, struct problem *why) must_check;

/* What was given up on outside is tried again from its first attempt; or somebody did it by hand, and says how. REFUSED with
 * PROBLEM_NOT_FOUND. */
enum outcome effect_again(struct db_tx *tx, const struct task *task, const struct actor *actor, struct problem *why) must_check;
enum outcome effect_close(struct db_tx *tx, const struct task *task, const char *note, const struct actor *actor, struct problem *why) must_check;

/* What is known of a task of a queue without pages of its own, for people: [{label, value, link or false}], in the caller's language. */
enum outcome task_facts(struct db_tx *tx, void *mem, const char *language, const struct task *task, json_t **facts) must_check;
