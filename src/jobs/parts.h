/* jobs/parts.h: what the files of this folder share. */
#pragma once

#include "jobs/jobs.h"
#include "link/mailer.h"
#include <stdatomic.h>

/* Tries every row that is due, once. Stops early, leases put back, when *stop (which may be NULL) becomes true. */
enum outcome outbox_empty(void *mem, const struct jobs_options *options, const atomic_bool *stop,
                          struct jobs_round *round) must_check;

/* The mail that a row asks for, with what it carries, in the words that count `on` that day; owned by `mem`. REFUSED when it can never be
 * written (*why). */
enum outcome letter_write(void *mem, const struct jobs_options *options, const struct outbox_row *row, struct day on,
                          struct mail *mail, struct problem *why) must_check;
