/* shop/operator_parts.h: what the files of the desk's doors share. */
#pragma once

#include "shop/login_parts.h"
#include "shop/operator.h"
#include "store/operator_factor.h"

/* An event about an operator; takes `data` over (NULL: none). */
enum outcome operator_note(struct db_tx *tx, const struct operator *operator, const struct actor *actor, const char *kind, json_t *data) must_check;
/* Ten new codes in `recovery`, and in the database the hashes alone. */
enum outcome operator_recovery_make(struct db_tx *tx, void *mem, int64_t operator_id, char (**recovery)[RECOVERY_TEXT]) must_check;
