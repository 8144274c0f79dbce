/* shop/register.h: a customer makes an account of his own (DOMAIN R39). Nothing stands in `account` before the link in the mail has been
 * followed and confirmed; and until the mail is read, nothing said here tells whether an e-mail or a user name is known: not the answer,
 * not the time it takes. */
#pragma once

#include "rules/profile.h"
#include "shop/login.h"

#define REGISTRATION_LIFE HOURS(24)

struct new_registration {
    const struct brand *brand;
    struct profile profile; /* checked by profile_check */
    const char *password;   /* by password_acceptable */
    const char *language;
    const char *next;       /* where one was going: a path of this portal; NULL: nowhere */
    const char *cookie;     /* of the browser that asks */
    const char *client;     /* the peer's address, for the throttle */
};

/* Leaves a mail in the outbox: with the link, or, to the owner of an account with this e-mail, that he has one. REFUSED with
 * PROBLEM_THROTTLED, which counts askings, not accounts. Hashes the password: call it from the bounded lane. */
enum outcome registration_begin(struct shop *shop, void *mem, const struct new_registration *wanted, struct problem *why) must_check;
/* The same mail once more; DONE, too, where nothing waits for this e-mail. */
enum outcome registration_again(struct shop *shop, void *mem, const struct brand *brand, const char *email, const char *client,
                                struct problem *why) must_check;

/* What a link leads to. REFUSED with PROBLEM_LINK_SPENT: unknown, too old, used, of another brand, or there is an account with its e-mail
 * by now. */
struct waiting_registration {
    const char *name, *user_name, *email;
    bool name_taken;     /* the user name, meanwhile: another must be chosen */
    bool needs_password; /* another browser asked: whoever confirms must know the password, so that nobody's link makes an account
                            whose password a stranger chose */
};
enum outcome registration_look(struct shop *shop, void *mem, const struct brand *brand, const char *token, const char *cookie,
                               struct waiting_registration *waiting, struct problem *why) must_check;

struct confirmation {
    const struct brand *brand;
    const char *token, *cookie;
    const char *user_name; /* another one; NULL or "": that of the registration */
    const char *password;  /* where it is needed */
};
/* Makes the account, proved, with its profile, and opens a session; spends every link of the e-mail. REFUSED as registration_look, and with
 * PROBLEM_USER_NAME_TAKEN, PROBLEM_PASSWORD_WRONG or PROBLEM_THROTTLED on their fields. May verify a password: from the bounded lane. */
enum outcome registration_confirm(struct shop *shop, void *mem, const struct confirmation *confirmation, char session[TOKEN_TEXT],
                                  const char **next, struct problem *why) must_check;
