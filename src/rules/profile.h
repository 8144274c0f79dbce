/* rules/profile.h: what a customer says of himself when he registers (DOMAIN R39): a name, a user name, a telephone, and, if he likes,
 * the data that an invoice needs. */
#pragma once

#include "rules/billing.h"

#define USER_NAME_LEAST 3
#define USER_NAME_MOST  32
#define PROFILE_NAME_MOST 80 /* as FatturaPA's */

struct profile {
    const char *user_name, *phone;
    bool may_lack_user_name; /* as an account made by staff does */
    struct billing billing;  /* with the name and the e-mail */
};

/* Of a portal account, which is not the user-id of a mailbox (R85): 3 to 32 of a-z 0-9 . _ -, a letter or digit at both ends. Puts it
 * into lower case first. REFUSED on `user_name`; what looks like an e-mail address has a text of its own. */
enum outcome user_name_check(void *mem, const char **user_name, struct problem *why) must_check;

/* 6 to 15 digits, a + before them, and signs between them. */
bool phone_valid(const char *phone);

/* Whether anything was said beside kind, name, e-mail and country. */
bool billing_begun(const struct billing *billing);

/* Puts all into canonical form (nothing stays NULL), then checks; every fault with its field's name. The telephone may be empty, and so
 * may all of the billing data together; once begun they must be whole, by billing_check. */
enum outcome profile_check(void *mem, struct profile *profile, struct problems *all) must_check;
