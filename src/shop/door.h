/* shop/door.h: doors that lead straight to one mailbox's renewal (DOMAIN R143, R146, R151).
 *
 * The link in a notice names one mailbox, is signed, opens once, and still asks for the mailbox's password. The hand-off from a
 * webmail asks for none: the webmail, where the mailbox's owner has logged in, vouches for him with a key that it shares with us
 * (docs/webmail.md). */
#pragma once

#include "shop/login.h"
#include "store/door.h"

/* ---- The link in a notice ---- */

/* The whole address, good until that day inclusive and as long as the holder is the same; owned by `mem`. Not inside a transaction. */
enum outcome door_link(struct shop *shop, void *mem, const struct brand *brand, const struct mailbox *mailbox, struct day until,
                       char **link) must_check;
/* Whose it is. REFUSED with PROBLEM_LINK_SPENT: not ours, of another brand, too old, used, or the mailbox is gone or another's. */
enum outcome door_look(struct db_tx *tx, void *mem, const struct brand *brand, const char *token, struct mailbox *mailbox,
                       struct problem *why) must_check;
/* login() with that mailbox's password: the link is spent with the session's beginning, not before. From the bounded lane. */
enum outcome door_enter(struct shop *shop, void *mem, const struct brand *brand, const char *token, const char *password,
                        const char *client, char session[TOKEN_TEXT], struct mailbox *mailbox, struct problem *why) must_check;

/* ---- The webmail's hand-off ---- */

#define WEBMAIL_PASS_LIFE SECONDS(60) /* by the machine's clock, before and after */

struct webmail_pass {
    const char *address, *to; /* "rinnovo", "casella" */
    int64_t at;               /* seconds since 1970 */
    const char *nonce;        /* 16 to 64 letters and digits, never used before */
    const char *signature;    /* hex HMAC-SHA256, by the key, of webmail_pass_text */
};
/* What is signed: "casella webmail 1", brand, address, to, at and nonce, a line each, no line end after the last. */
char *webmail_pass_text(void *mem, const struct brand *brand, const struct webmail_pass *pass);

/* Opens a session for the mailbox. REFUSED with PROBLEM_WEBMAIL_PASS, whatever is wrong with it; the log says what. */
enum outcome webmail_enter(struct shop *shop, void *mem, const struct brand *brand, const struct webmail_pass *pass,
                           char session[TOKEN_TEXT], struct problem *why) must_check;
