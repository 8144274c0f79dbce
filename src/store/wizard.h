/* store/wizard.h: renewals on their way through a brand's steps. What was typed is kept at every step, whatever becomes of the session. */
#pragma once

#include "db/db.h"

#define WIZARD_ID 32 /* characters of an id: hex */

struct wizard {
    char *id, *brand, *owner;
    int64_t mailbox_id; /* 0: none yet */
    char *answers;      /* JSON */
    int64_t version;    /* 0: not kept yet */
    int64_t order_id;   /* 0: not ordered yet */
    struct instant changed_at;
};

/* REFUSED when there is none. */
enum outcome wizard_by_id(struct db_tx *tx, void *mem, const char *id, struct wizard *out) must_check;
/* The owner's latest of this brand that begins with that mailbox and is not ordered yet; REFUSED when there is none. */
enum outcome wizard_latest(struct db_tx *tx, void *mem, const char *brand, const char *owner, int64_t mailbox_id,
                           struct wizard *out) must_check;
/* Writes mailbox_id and answers, one version on; inserts it where `version` is 0. Sets the version. */
enum outcome wizard_keep(struct db_tx *tx, struct wizard *wizard) must_check;
enum outcome wizard_ordered(struct db_tx *tx, const char *id, int64_t order_id) must_check;
enum outcome wizard_drop(struct db_tx *tx, const char *id) must_check; /* not one that is ordered */
/* Nobody has touched them since. */
enum outcome wizards_delete_before(struct db_tx *tx, struct instant before) must_check;
