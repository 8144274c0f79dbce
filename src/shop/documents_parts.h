/* shop/documents_parts.h: what documents.c and documents_file.c share. */
#pragma once

#include "shop/documents.h"
#include <jansson.h>

/* An order and its papers by code. REFUSED with PROBLEM_NOT_FOUND. */
enum outcome papers_find(struct db_tx *tx, void *mem, const char *code, struct order *order, struct papers *papers,
                         struct problem *why) must_check;
/* By code or, where there is none, the change of holder of that number. */
enum outcome papers_seek(struct db_tx *tx, void *mem, const char *code, int64_t change_id, struct papers *papers,
                         struct problem *why) must_check;
enum outcome papers_note(struct db_tx *tx, const struct papers *papers, const struct actor *actor, const char *kind,
                         json_t *data) must_check; /* takes over the reference */
/* All that waits goes as one submission, with its hours at the desk. */
enum outcome papers_submit(struct db_tx *tx, const struct papers *papers, const struct brand *brand, struct submission *submission) must_check;
/* Of what is not sent anew, what the rejection was not about goes again. */
enum outcome papers_carry(struct db_tx *tx, const struct papers *papers, const char *slot) must_check;
/* REFUSED with PROBLEM_HOLDER_CHANGE_STATE or PROBLEM_REQUEST_STATE on `field`, unless papers are awaited. */
enum outcome papers_may_come(const struct papers *papers, const char *field, struct problem *why) must_check;
