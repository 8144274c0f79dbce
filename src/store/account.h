/* store/account.h: shop accounts, the profile that each gave of itself, and registrations that wait for their link (DOMAIN R39, R40). */
#pragma once

#include "db/db.h"
#include "rules/billing.h"

struct account {
    int64_t id;
    char *brand, *email, *name, *password_hash, *language;
    char *user_name;          /* lower case; "" or NULL: none */
    struct instant proved_at; /* 0: its e-mail was never proved */
    struct instant created_at; /* set by the store */
};
enum outcome account_by_email(struct db_tx *tx, void *mem, const char *brand, const char *email, struct account *out) must_check;
enum outcome account_by_user_name(struct db_tx *tx, void *mem, const char *brand, const char *user_name, struct account *out) must_check;
/* Whatever was typed, in lower case: an e-mail where it has an '@', a user name otherwise. */
enum outcome account_by_either(struct db_tx *tx, void *mem, const char *brand, const char *name, struct account *out) must_check;
enum outcome account_by_id(struct db_tx *tx, void *mem, int64_t id, struct account *out) must_check;
/* The newest first, from below `before` (0: the newest); of a brand, or with "" of all. */
enum outcome accounts_before(struct db_tx *tx, void *mem, const char *brand, int64_t before, int limit, struct account **accounts,
                             size_t *count) must_check;
/* REFUSED when the brand has this e-mail or this user name already. Sets the id. */
enum outcome account_insert(struct db_tx *tx, struct account *account) must_check;
enum outcome account_set_password(struct db_tx *tx, int64_t id, const char *hash) must_check;
/* *set false: the brand has this e-mail, or this user name, already; that is looked up here, since a refused statement would end the
 * transaction. The e-mail counts as proved now. */
enum outcome account_set_email(struct db_tx *tx, int64_t id, const char *email, bool *set) must_check;
enum outcome account_set_names(struct db_tx *tx, int64_t id, const char *name, const char *user_name, bool *set) must_check;

/* ---- Its profile ---- */

struct account_profile {
    struct billing billing; /* `name` and `email` are the account's. The rest may be empty but for the kind: billing_check says whether an
                               invoice can be made from it */
    char *kind;             /* billing.kind by name, as stored */
    char *phone;            /* "" none */
};
/* What the account's owner said of himself. REFUSED where there is none: an account made by staff. */
enum outcome account_profile_of(struct db_tx *tx, void *mem, int64_t account_id, struct account_profile *out) must_check;
/* In place of the one before; what was accepted of the privacy notice stays. */
enum outcome account_profile_put(struct db_tx *tx, int64_t account_id, const struct account_profile *profile) must_check;
struct privacy_accepted {
    char *version, *sha256; /* "": no notice was shown */
    struct instant at;
};
enum outcome account_privacy_put(struct db_tx *tx, int64_t account_id, const struct privacy_accepted *accepted) must_check;

/* ---- Registrations ---- */

struct registration {
    char *brand, *email, *user_name, *name, *password_hash, *language;
    char *next;       /* where one was going; "" */
    char *visit_hash; /* of the cookie of the browser that asked */
    struct account_profile profile;
    struct privacy_accepted privacy; /* `at` is when it was asked for */
    struct instant expires_at;
};
enum outcome registration_insert(struct db_tx *tx, const char *token_hash, const struct registration *registration) must_check;
/* One that waits and is in time; REFUSED otherwise. */
enum outcome registration_find(struct db_tx *tx, void *mem, const char *token_hash, struct registration *out) must_check;
/* The newest of an address that waits and is in time; REFUSED when there is none. */
enum outcome registration_of_email(struct db_tx *tx, void *mem, const char *brand, const char *email, struct registration *out) must_check;
enum outcome registrations_spend(struct db_tx *tx, const char *brand, const char *email) must_check; /* all of the address */
enum outcome registrations_delete_before(struct db_tx *tx, struct instant expired_before) must_check;

/* ---- A new e-mail ---- */

enum outcome email_link_insert(struct db_tx *tx, const char *token_hash, int64_t account_id, const char *email,
                               struct instant expires_at) must_check;
struct email_link {
    int64_t account_id;
    char *email;
};
/* One that is unused and in time; REFUSED otherwise. */
enum outcome email_link_find(struct db_tx *tx, void *mem, const char *token_hash, struct email_link *out) must_check;
enum outcome email_links_spend(struct db_tx *tx, int64_t account_id) must_check; /* all of the account's */
enum outcome email_links_delete_before(struct db_tx *tx, struct instant expired_before) must_check;
