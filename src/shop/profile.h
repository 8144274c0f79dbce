/* shop/profile.h: an account's owner changes what he said of himself (DOMAIN R39). */
#pragma once

#include "rules/profile.h"
#include "shop/login.h"

/* `profile` is checked by profile_check; its e-mail stays what it was. REFUSED with PROBLEM_USER_NAME_TAKEN, or PROBLEM_FORBIDDEN to whoever
 * came in with a mailbox's password. */
enum outcome profile_change(struct shop *shop, void *mem, struct principal who, const struct profile *profile, struct problem *why) must_check;

/* A new e-mail counts once the link sent to it has been confirmed; the old one is told then. Where the new one has an account already, its
 * owner is told instead, and the answer is the same. REFUSED with PROBLEM_NOT_AN_EMAIL, PROBLEM_EMAIL_SAME, PROBLEM_PASSWORD_WRONG,
 * PROBLEM_THROTTLED. Verifies the password: call it from the bounded lane. */
#define EMAIL_LINK_LIFE HOURS(24)
struct email_change {
    const struct brand *brand;
    struct principal who;
    const char *email, *password; /* the new e-mail, the present password */
    const char *client;
};
enum outcome email_change_begin(struct shop *shop, void *mem, const struct email_change *change, struct problem *why) must_check;
/* `email`: the new one. REFUSED with PROBLEM_LINK_SPENT; so is, below, a link whose e-mail somebody else has by now. */
enum outcome email_link_check(struct shop *shop, void *mem, const struct brand *brand, const char *token, char **email,
                              struct problem *why) must_check;
enum outcome email_change_confirm(struct shop *shop, void *mem, const struct brand *brand, const char *token, struct problem *why) must_check;
