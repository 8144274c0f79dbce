/* store/access.h: who may come in: sessions, reset links, failed attempts, API keys and their answers. */
#pragma once

#include "db/db.h"
#include "store/account.h"
#include "store/mailbox.h"

struct session {
    char *brand;
    struct principal who;
    struct instant created_at, seen_at;
    char *label, *email; /* the account's name and e-mail, or the mailbox's address and "" */
};
/* `token_hash`: hex SHA-256 of the cookie. */
enum outcome session_insert(struct db_tx *tx, const char *token_hash, const char *brand, struct principal who) must_check;
/* REFUSED, too, when it is of a mailbox that was deleted since. */
enum outcome session_find(struct db_tx *tx, void *mem, const char *token_hash, struct session *out) must_check;
enum outcome session_touch(struct db_tx *tx, const char *token_hash) must_check;
enum outcome session_delete(struct db_tx *tx, const char *token_hash) must_check;
enum outcome sessions_delete_of(struct db_tx *tx, struct principal who) must_check; /* sign-out everywhere */
enum outcome sessions_count(struct db_tx *tx, int64_t account_id, int64_t *count) must_check;
enum outcome sessions_delete_before(struct db_tx *tx, struct instant seen_before) must_check;

/* A mailbox that whoever has this session may renew, and nothing else: he gave its user-id and address (R84). It goes with the session,
 * or when so much time has passed. */
#define GRANT_LIFE HOURS(2)
enum outcome mailbox_grant(struct db_tx *tx, const char *session, int64_t mailbox_id) must_check; /* again: from now on */
enum outcome mailbox_is_granted(struct db_tx *tx, const char *session, int64_t mailbox_id, bool *granted) must_check;

struct throttle {
    int64_t failures;
    struct instant last_at;
};
enum outcome throttle_of(struct db_tx *tx, const char *key, struct throttle *out) must_check; /* none: zeros */
/* One more failure; counting starts anew when the last one is older than `window` microseconds. */
enum outcome throttle_failed(struct db_tx *tx, const char *key, int64_t window) must_check;
enum outcome throttle_forget(struct db_tx *tx, const char *key) must_check;
enum outcome throttles_delete_before(struct db_tx *tx, struct instant before) must_check;

/* Of an account, or of a mailbox whose password we keep. */
enum outcome reset_link_insert(struct db_tx *tx, const char *token_hash, struct principal who, struct instant expires_at) must_check;
/* Whose a link is that is unused and in time; REFUSED otherwise. */
enum outcome reset_link_owner(struct db_tx *tx, const char *token_hash, struct principal *who) must_check;
enum outcome reset_links_spend(struct db_tx *tx, struct principal who) must_check; /* all that are the account's, or the mailbox's */

struct cart_line {
    int64_t mailbox_id, years, extra_gb, extra_archive_gb;
    char *plan;
    bool with_domain; /* not kept: the cart's lines of mailboxes on a domain of the customer's own, which are renewed together */
    char *consent; /* what was typed to agree that the archive goes; NULL: "" */
};
enum outcome cart_put(struct db_tx *tx, const char *owner, const struct cart_line *line) must_check;
enum outcome cart_remove(struct db_tx *tx, const char *owner, int64_t mailbox_id) must_check;
/* With all mailboxes of the same domain, where it is on one of the customer's own. */
enum outcome cart_remove_domain(struct db_tx *tx, const char *owner, const char *brand, int64_t mailbox_id) must_check;
enum outcome cart_clear(struct db_tx *tx, const char *owner) must_check;
enum outcome cart_count(struct db_tx *tx, const char *owner, int64_t *count) must_check;
enum outcome cart_lines(struct db_tx *tx, void *mem, const char *owner, struct cart_line **lines, size_t *count) must_check;

struct api_key {
    int64_t id;
    char *brand, *role; /* brand "": every brand */
};
enum outcome api_key_insert(struct db_tx *tx, const char *brand, const char *role, const char *key_hash, int64_t *id) must_check;

struct given_answer {
    char *request; /* SHA-256 of what was asked; "": none was given yet */
    int64_t status;
    char *answer;
};
/* A key that was not revoked, and, unless NULL, the answer given to the Idempotency-Key under it. */
enum outcome api_key_find(struct db_tx *tx, void *mem, const char *key_hash, const char *idempotency, struct api_key *key,
                          struct given_answer *given) must_check;
enum outcome answer_keep(struct db_tx *tx, int64_t key_id, const char *key, const struct given_answer *answer) must_check;
/* An answer kept with status 0 stands for a request that has begun to act outside: it is finished once, or given up. *finished false:
 * it was no longer unfinished. */
enum outcome answer_finish(struct db_tx *tx, int64_t key_id, const char *key, const struct given_answer *answer, bool *finished) must_check;
enum outcome answer_give_up(struct db_tx *tx, int64_t key_id, const char *key) must_check;
enum outcome answers_delete_before(struct db_tx *tx, struct instant before) must_check;
