/* store/desk.h: the desk's lists of requests: those whose papers wait for a verdict, those in trouble, and the others by state. */
#pragma once

#include "db/db.h"

enum desk_list {
    DESK_WAITING,    /* a submission waits for its verdict, soonest due first */
    DESK_TROUBLE,    /* the mail host would not take it, or the money does not find its way back; longest unchanged first */
    DESK_ACTIVATING, /* the mail host is being asked, or will be on its day */
    DESK_MISSING,    /* paid, and its papers have not come */
    DESK_CLOSED,     /* active or refused, newest first */
    DESK_LISTS
};
const char *desk_list_name(enum desk_list list); /* "waiting": URL, command line */
enum outcome desk_list_of(const char *name, enum desk_list *list) must_check;

struct desk_row {
    int64_t id; /* of the request */
    char *brand, *code, *state, *holder_kind, *holder, *held_name, *plan, *error;
    int64_t years, submissions;
    struct instant sent_at, due_at; /* of the last submission; 0: none */
    struct instant changed_at, paid_at;
    int64_t key; /* what it is ordered by: the next page begins after (key, id) */
};

struct desk_page {
    enum desk_list list;
    const char *brand;  /* "": of all */
    const char *search; /* a piece of the holder's name, or a whole order code, tax code or name; "": all */
    bool overdue;       /* of DESK_WAITING: only what should have been decided by now */
    int64_t after_key, after_id; /* 0, 0: from the first */
    int limit;
};
enum outcome desk_rows(struct db_tx *tx, void *mem, const struct desk_page *page, struct desk_row **rows, size_t *count) must_check;

struct desk_counts {
    int64_t waiting, overdue, trouble;
};
enum outcome desk_count(struct db_tx *tx, const char *brand, struct desk_counts *counts) must_check;
