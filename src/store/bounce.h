/* store/bounce.h: addresses from which our mails come back. There is a row for as long as one is believed to take none. */
#pragma once

#include "db/db.h"

struct bounce {
    int64_t id;
    char *brand, *address;
    struct instant since, last_at;
    int64_t times;
    char *status, *said;
    int64_t outbox_id, mailbox_id; /* mailbox_id 0: not known */
    char *template, *mailbox;      /* what the mail was, and its mailbox's address, "" not known; read, not written */
};

/* One more mail came back from there, now; *first: it is the first. since, last_at and times are not read. */
enum outcome bounce_put(struct db_tx *tx, const struct bounce *bounce, bool *first) must_check;
/* The mailbox that a notice sent by this row of the outbox was about; 0: it was none. */
enum outcome bounce_mailbox_of_mail(struct db_tx *tx, int64_t outbox_id, int64_t *mailbox_id) must_check;
/* It takes mails again, or nobody is written to there any more; *dropped false: it was not held for dead. */
enum outcome bounce_drop(struct db_tx *tx, const char *brand, const char *address, bool *dropped) must_check;
/* REFUSED: it is not marked. */
enum outcome bounce_of(struct db_tx *tx, void *mem, const char *brand, const char *address, struct bounce *out) must_check;
enum outcome bounce_by_id(struct db_tx *tx, void *mem, int64_t id, struct bounce *out) must_check;
/* The newest first, those before `before` (0: from the first); brand "": of all. */
enum outcome bounces_before(struct db_tx *tx, void *mem, const char *brand, int64_t before, int limit, struct bounce **bounces,
                            size_t *count) must_check;
enum outcome bounces_count(struct db_tx *tx, const char *brand, int64_t *count) must_check;
