/* shop/login.h: who is there. Two doors lead to the same mailbox (R11, R12): its own address and password, or the shop
 * account's e-mail or user name and password. Nothing said here tells whether a name exists: not the text, not the time it takes,
 * not the throttle. */
#pragma once

#include "shop/shop.h"
#include "store/access.h"

#define TOKEN_TEXT 65 /* 256 random bits in hex and a NUL: what the cookie or the link carries */

struct login_attempt {
    const struct brand *brand;
    const char *name, *password; /* as typed */
    const char *client;          /* the peer's address, for the throttle */
    const char *pass_hash;       /* a link that is spent by it (shop/door.h); NULL: none */
    struct instant forget_pass_at;
};

/* Verifies and opens a session: `token` is for the cookie; only its hash is stored. REFUSED with PROBLEM_LOGIN or
 * PROBLEM_THROTTLED. Takes as long as argon2id takes, whatever the name: call it from the bounded lane. */
enum outcome login(struct shop *shop, void *mem, const struct login_attempt *attempt, char token[TOKEN_TEXT],
                   struct problem *why) must_check;
enum outcome logout(struct shop *shop, const char *token) must_check;

/* Who a cookie's token is: REFUSED when it is unknown, of another brand, idle for SESSION_IDLE or older than
 * SESSION_LIMIT. */
#define SESSION_IDLE  HOURS(2)
#define SESSION_LIMIT HOURS(12)
struct visitor {
    struct principal who;
    const char *label; /* what the page calls them: the account's name or the mailbox's address */
    const char *email; /* of the account, "" for a mailbox */
    const char *token_hash;
    bool stale; /* seen long enough ago that session_seen should be called */
};
enum outcome session_visitor(struct db_tx *tx, void *mem, const struct brand *brand, const char *token,
                             struct visitor *visitor) must_check;
enum outcome session_seen(struct shop *shop, const char *token_hash) must_check;

/* Forgotten user name or password (R40): `name` is the e-mail or the user name of an account, or the address of a mailbox that we host
 * (others' are the provider's to reset). Always DONE for the caller, whether or not there is such a one; if there is, a mail with a
 * link for a new password is in the outbox: an account's names its user name, a mailbox's goes to its holder's email di riferimento.
 * Throttled by client and name, silently. */
#define RESET_LINK_LIFE MINUTES(30)
enum outcome password_forgotten(struct shop *shop, void *mem, const struct brand *brand, const char *name,
                                const char *client) must_check;
/* Whose password a link sets, owned by `mem`. REFUSED with PROBLEM_LINK_SPENT. */
struct link_owner {
    const char *label; /* the account's e-mail, or the mailbox's address */
    bool is_mailbox;
};
enum outcome reset_link_check(struct shop *shop, void *mem, const char *token, struct link_owner *owner,
                              struct problem *why) must_check;
/* Sets the password, spends every link, ends every session; the mail host is told of a mailbox's. A link of another brand counts as
 * spent. */
enum outcome password_reset(struct shop *shop, void *mem, const struct brand *brand, const char *token,
                            const char *password, struct problem *why) must_check;
/* An account changes its own, with the old one. FORBIDDEN to whoever came in with a mailbox's password. */
enum outcome password_change(struct shop *shop, void *mem, struct principal who, const char *old, const char *password,
                             struct problem *why) must_check;

#define PASSWORD_LEAST 10 /* characters */
#define PASSWORD_MOST  200
/* REFUSED when it is too short or too long to be anybody's new password. */
enum outcome password_acceptable(const char *password, struct problem *why) must_check;
/* argon2id as it is stored; owned by `mem`. BROKEN without memory. */
enum outcome password_hash(void *mem, const char *password, char **hash) must_check;
/* Both wait where as many are hashing already as leave a core for the rest. */
bool password_verify(const char *hash, const char *password) must_check;

void token_make(char token[TOKEN_TEXT]);
void token_hash(const char *token, char hash[TOKEN_TEXT]); /* hex SHA-256: what is stored */
/* The token that every form of a page carries, made from the visitor's cookie: another site cannot know it. */
void csrf_token(const char *cookie, char csrf[TOKEN_TEXT]);
bool csrf_valid(const char *cookie, const char *sent);

/* ---- API keys ---- */

/* Makes a bearer key, shown once. Roles: shop, support, cashier, reviewer, catalogue, owner, auditor. */
enum outcome key_add(struct shop *shop, const char *brand, const char *role, char key[TOKEN_TEXT + 8],
                     struct problem *why) must_check;
/* REFUSED when there is no such key, or it was revoked. Where `idempotency` and `given` are not NULL, the answer that was
 * given under that Idempotency-Key comes along. */
enum outcome key_find(struct db_tx *tx, void *mem, const char *bearer, const char *idempotency, struct api_key *key,
                      struct given_answer *given) must_check;
enum key_right { RIGHT_READ, RIGHT_SELL, RIGHT_MONEY, RIGHT_REVIEW };
bool key_may(const struct api_key *key, enum key_right right);
