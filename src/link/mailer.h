/* link/mailer.h: the port "mailer" by SMTP. */
#pragma once

#include "net/smtp.h"
#include "shop/ports.h"

/* A mailer that any thread may use: each gets a connection of its own the first time it is free to, and connections
 * stay open between messages. At most `connections` (0: 4) at once; a thread beyond them waits. All closed with `mem`,
 * when no thread is sending. REFUSED for options that smtp_open refuses. */
enum outcome mailer_open(void *mem, const struct smtp_options *options, int connections, struct mailer *mailer,
                         struct problem *why) must_check;
