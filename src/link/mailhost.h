/* link/mailhost.h: the mail hosts that the brands' files name (`purchase.mailhost`), behind the port of shop/ports.h.
 *
 *   by: sql      Postfix and Dovecot read views of our own database (sql/0006-mailhost.sql, packaging/mailhost): what a mailbox may
 *                do is there as soon as its row is. create only looks whether the address is free there; change has nothing to do; usage is
 *                what Dovecot wrote.
 *   by: command  a program of the operator's: PROGRAM create|change|delete|usage, the mailbox as JSON on its standard input. Exit 0: done;
 *                1: refused, with {"reason": "taken" or another word, "text": "…"} on standard output; 75: not now. Anything else, 1
 *                without a reason, a signal, or no end within the time limit means that nothing is known: it is asked again.
 *                usage answers {"used_mb": 12, "archive_mb": 0}. What it leaves running is ended with it. No shell is between; its environment is empty but for PATH and LANG. */
#pragma once

#include "db/db.h"
#include "shop/brand.h"
#include "shop/ports.h"

#define MAILHOST_SECONDS 30 /* for a command to end */

/* Those of all brands that sell mailboxes; owned by `mem`. `db` must outlive it. */
enum outcome mailhosts_open(void *mem, const struct brands *brands, struct db *db, struct mailhosts *mailhosts,
                            struct problem *why) must_check;

void mailhost_sql(void *mem, struct db *db, struct mailhost *mailhost);
/* REFUSED (PROBLEM_CONFIG) when the program cannot be run. `seconds` 0: MAILHOST_SECONDS. */
enum outcome mailhost_command(void *mem, const char *program, int seconds, struct mailhost *mailhost,
                              struct problem *why) must_check;
