/* store/desk_money.h: what the desk's first page about money counts, and the statements that were booked. */
#pragma once

#include "db/db.h"

struct money_scope {
    const char *brand;       /* "": all */
    const char *accounts[2]; /* its IBANs; "" both where brand is "" */
};

struct money_counts {
    int64_t held, held_cents;       /* bank entries, of what is held in euro */
    int64_t payments, cheques_held; /* held, too */
    int64_t proofs, proofs_late, proofs_uncredited;
    int64_t cheques_received, cheques_deposited, cheques_due; /* due: may clear today */
    int64_t refunds, refunds_cents, refunds_failed;
};
enum outcome money_count(struct db_tx *tx, const struct money_scope *scope, struct money_counts *counts) must_check;

struct statement_row {
    int64_t id;
    char *account, *name, *format;
    struct instant imported_at;
    int64_t entries; /* credits of the file; those of it that were news: */
    int64_t matched, held, other; /* held still; given back or placed by the desk */
    bool balanced;
};
/* Newest first, those before `before` (0: from the newest). */
enum outcome statement_rows(struct db_tx *tx, void *mem, const struct money_scope *scope, int64_t before, int limit,
                            struct statement_row **rows, size_t *count) must_check;
