/* shop/activate_parts.h: what the files of activating share: activate_begin.c holds a name and leaves the mail host's row, activate.c
 * asks the host and writes what it answers, activate_again.c begins again by wish, or with other names. */
#pragma once

#include "shop/activate.h"

char *activation_address(void *mem, const struct brand *brand, const char *name);
/* Holds the first free one of its names from that place on, for as long as the order is under way: request->held_name. */
enum outcome activation_hold_from(struct db_tx *tx, void *mem, const struct brand *brand, struct request *request, int from,
                                  bool *held) must_check;
/* For the worker: activate() of this request. */
enum outcome activation_leave_row(struct db_tx *tx, const struct request *request) must_check;
/* Back to the desk. Where it is for want of a name, the customer can help. */
enum outcome activation_give_up(struct db_tx *tx, void *mem, const struct brand *brand, struct request *request,
                                const char *error) must_check;
