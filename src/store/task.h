/* store/task.h: what waits for people at the desk (the view desk_task), and who has taken which of it. */
#pragma once

#include "db/db.h"

struct task {
    char *queue, *item; /* "held", "bank-17" */
    char *brand;        /* "" where the account says it */
    char *account;      /* our IBAN, of money that a bank booked; "" else */
    char *subject;      /* an order's code, an address, a payer */
    char *detail;       /* a reason, a channel, an error */
    struct instant since, due_at; /* due_at 0: no deadline */
    char *taker;        /* who has taken it or put it off, "" nobody */
    int64_t taker_id;
    struct instant until; /* of that */
    bool put_off;
    char *note;
};

/* Whose tasks: of a brand ("": of all), and of its accounts, each between bars: "|IT60…|". */
struct task_scope {
    const char *brand, *accounts;
};

struct task_count {
    char *queue;
    int64_t count, overdue, put_off;
    struct instant oldest, next_due; /* 0: none */
};
/* A row for each queue in which anything waits. */
enum outcome tasks_count(struct db_tx *tx, void *mem, const struct task_scope *scope, struct task_count **counts, size_t *count) must_check;

/* Soonest due first, then those without a deadline, longest waiting first; those that follow `after` ("": from the first). */
enum outcome tasks_of_queue(struct db_tx *tx, void *mem, const struct task_scope *scope, const char *queue, const char *after, int limit,
                            struct task **tasks, size_t *count) must_check;
/* REFUSED: it does not wait, or is somebody else's. */
enum outcome task_find(struct db_tx *tx, void *mem, const struct task_scope *scope, const char *queue, const char *item,
                       struct task *out) must_check;
/* The first that nobody holds; those that the operator holds already come last. REFUSED: there is none. */
enum outcome task_first_free(struct db_tx *tx, void *mem, const struct task_scope *scope, const char *queue, int64_t operator_id,
                             struct task *out) must_check;

/* *taken false: somebody else holds it. */
enum outcome task_hold(struct db_tx *tx, const struct task *task, int64_t operator_id, struct instant until, bool put_off, const char *note,
                       bool *taken) must_check;
enum outcome task_holds_sweep(struct db_tx *tx) must_check; /* those without effect */
