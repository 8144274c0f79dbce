/* shop/login_parts.h: what the doors of customers and of the desk share: the throttle, and the time that refusing takes. */
#pragma once

#include "shop/login.h"

/* Microseconds until the name, and whoever tries it from this address, may try again; 0: now. */
enum outcome attempts_wait(struct db_tx *tx, const char *name_key, const char *client_key, int64_t *wait) must_check;
enum outcome attempts_failed(struct db_tx *tx, const char *name_key, const char *client_key) must_check;
/* REFUSED on "login", with how long to wait. */
enum outcome attempts_refused(int64_t wait, struct problem *why) must_check;
/* Somebody who does not exist (hash "") takes as long to refuse as somebody who does. */
bool password_right(const char *hash, const char *password) must_check;
