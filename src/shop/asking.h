/* shop/asking.h: who asks for mails to be sent, to himself or to others: so many an hour by name and by client, whether or not anybody
 * has that name. */
#pragma once

#include "shop/shop.h"

#define ASKED_A_NAME   3
#define ASKED_A_CLIENT 30

struct asking {
    char *name_key, *client_key;
};
/* `what` is asked for: "forgot", "register"; names in lower case. */
struct asking asking_of(void *mem, const char *what, const struct brand *brand, const char *name, const char *client);
/* Microseconds until one more may be asked for; 0: now. */
enum outcome asking_wait(struct db_tx *tx, const struct asking *asking, int64_t *wait) must_check;
enum outcome asking_count(struct db_tx *tx, const struct asking *asking) must_check; /* one more */
/* REFUSED with PROBLEM_THROTTLED on `field`, and how long. */
enum outcome throttled(int64_t wait, const char *field, struct problem *why) must_check;
