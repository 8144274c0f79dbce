/* shop/holder_change_parts.h: what the files of a change of holder share. */
#pragma once

#include "shop/holder_change.h"
#include <jansson.h>

/* One step of the table, written. BUSY: somebody else was quicker. REFUSED with PROBLEM_HOLDER_CHANGE_STATE. */
enum outcome holder_change_step(struct db_tx *tx, struct holder_change *change, enum holder_change_event event, struct problem *why) must_check;
/* An event of the mailbox; takes over `data`, and puts the change into it. */
enum outcome holder_change_note(struct db_tx *tx, const struct holder_change *change, const struct actor *actor, const char *kind,
                                json_t *data) must_check;
/* Mails: `words` (taken over) stand under "change" together with what every one of them says: mailbox, old_name, new_name, expires_on. */
enum outcome holder_change_tell_old(struct db_tx *tx, void *mem, const struct holder_change *change, const char *template, json_t *words) must_check;
enum outcome holder_change_tell_new(struct db_tx *tx, void *mem, const struct holder_change *change, const char *template, json_t *words) must_check;
/* Both are told that it came to nothing; of a refusal the new holder is told why (msgid; NULL: nothing). */
enum outcome holder_change_tell_ended(struct db_tx *tx, void *mem, const struct holder_change *change, const char *reason) must_check;
/* Papers that wait at the desk have nothing to be looked at for any more. */
enum outcome holder_change_close_papers(struct db_tx *tx, void *mem, const struct holder_change *change, const struct actor *actor) must_check;
