/* store/door.h: the key that signs the links of notices, and which links and passes were used. */
#pragma once

#include "db/db.h"

#define DOOR_KEY 65 /* 32 bytes in hex and a NUL */
enum outcome door_key(struct db_tx *tx, char key[DOOR_KEY]) must_check; /* REFUSED: there is none yet */
/* Kept unless there is one already: read it again afterwards. */
enum outcome door_key_put(struct db_tx *tx, const char *key) must_check;

/* *first false: it was used before. `forget_at`: when it would not open any more anyway. */
enum outcome door_use(struct db_tx *tx, const char *pass_hash, struct instant forget_at, bool *first) must_check;
enum outcome door_was_used(struct db_tx *tx, const char *pass_hash, bool *used) must_check;
enum outcome doors_forget(struct db_tx *tx, struct instant now) must_check;
