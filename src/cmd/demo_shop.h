/* cmd/demo_shop.h: what the demonstration's database holds: some 2,000 invented mailboxes around today, the same
 * whenever they are made, and a few with names and logins. */
#pragma once

#include "cmd/cmd.h"

#define DEMO_MAILBOXES 2000
#define DEMO_PASSWORD  "casella-demo"

struct demo_shop {
    const struct brand *brand;     /* legalmail, or the first there is */
    char *account, *large_account; /* their e-mails: a few mailboxes, more than 500 */
    char *operator;                /* the e-mail of an owner of the desk */
    char *mailbox;                 /* an address that logs in with its own password */
};
void demo_shop_names(struct cmd *cmd, struct demo_shop *shop);

/* Fills a new simulated database and leaves its clock where it stands. *filled is false when it was
 * full already. REFUSED when an earlier filling was broken off. */
enum outcome demo_shop_fill(struct cmd *cmd, const struct demo_shop *shop, bool *filled) must_check;
