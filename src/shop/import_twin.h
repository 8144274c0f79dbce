/* shop/import_twin.h: one movement in two files of different formats (a camt after an MT940) is booked once (O13). */
#pragma once

#include "shop/ports.h"
#include "store/bank.h"

/* The entries that payments of the file which is being read were found to be; each is the one of them. */
struct twins {
    int64_t *ids; /* in order */
    size_t count, room;
};
void twins_add(void *mem, struct twins *twins, int64_t id);

/* A payment that is about to be booked, and the entry that it is already; id 0: none, it is news. */
struct twin_item {
    const struct statement_payment *payment;
    const char *fingerprint;
    int64_t id;
};

/* Finds each item's entry of another format that is not among `taken`: what the bank's references say comes before what texts say. */
enum outcome twins_find(struct db_tx *tx, void *mem, const char *account, const char *format, struct twin_item *items, size_t count,
                        const struct twins *taken) must_check;
