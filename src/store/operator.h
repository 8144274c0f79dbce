/* store/operator.h: the people who work at the desk, their sessions, and the links by which they choose a password. */
#pragma once

#include "db/db.h"

struct operator {
    int64_t id;
    char *brand, *email, *name, *role, *password_hash; /* brand "": every brand */
    struct instant created_at, disabled_at;
};
/* REFUSED when the e-mail is taken. Sets the id. */
enum outcome operator_insert(struct db_tx *tx, struct operator *operator) must_check;
/* DONE, or REFUSED when there is none; those who are disabled too. */
enum outcome operator_by_email(struct db_tx *tx, void *mem, const char *email, struct operator *out) must_check;
enum outcome operator_by_id(struct db_tx *tx, void *mem, int64_t id, struct operator *out) must_check;
enum outcome operators_after(struct db_tx *tx, void *mem, int64_t after, int limit, struct operator **operators, size_t *count) must_check;
/* Of a brand; "": all. */
enum outcome operators_of(struct db_tx *tx, void *mem, const char *brand, int64_t after, int limit, struct operator **operators, size_t *count) must_check;
enum outcome operator_set_password(struct db_tx *tx, int64_t id, const char *hash) must_check;
/* *changed false: is disabled already. */
enum outcome operator_disabled(struct db_tx *tx, int64_t id, bool *changed) must_check;

enum outcome operator_set_role(struct db_tx *tx, int64_t id, const char *role, const char *brand) must_check;
/* Owners of every brand who can come in, but for one. */
enum outcome operator_other_owners(struct db_tx *tx, int64_t but, int64_t *count) must_check;

/* ---- Sessions; `token_hash` as in store/access.h ---- */

struct operator_session {
    struct operator operator; /* of operator_session_find alone */
    int64_t id;
    char *client, *agent;
    struct instant session_at, seen_at;
};
enum outcome operator_session_insert(struct db_tx *tx, const char *token_hash, int64_t operator_id, const char *client, const char *agent) must_check;
enum outcome operator_session_find(struct db_tx *tx, void *mem, const char *token_hash, struct operator_session *out) must_check;
enum outcome operator_session_touch(struct db_tx *tx, const char *token_hash) must_check;
enum outcome operator_session_delete(struct db_tx *tx, const char *token_hash) must_check;
/* Those seen since `since`, the latest first. */
enum outcome operator_sessions_of(struct db_tx *tx, void *mem, int64_t operator_id, struct instant since, int limit,
                                  struct operator_session **sessions, size_t *count) must_check;
/* One of this operator's; *gone false: there is none. */
enum outcome operator_session_close(struct db_tx *tx, int64_t operator_id, int64_t session_id, bool *gone) must_check;
enum outcome operator_sessions_delete_of(struct db_tx *tx, int64_t operator_id) must_check;
enum outcome operator_sessions_delete_but(struct db_tx *tx, int64_t operator_id, int64_t session_id) must_check;
enum outcome operator_sessions_delete_before(struct db_tx *tx, struct instant seen_before) must_check;

/* ---- Links ---- */

enum outcome operator_link_insert(struct db_tx *tx, const char *token_hash, int64_t operator_id, struct instant expires_at) must_check;
/* Whose it is, while it is unused and in time; REFUSED otherwise. */
enum outcome operator_link_owner(struct db_tx *tx, const char *token_hash, int64_t *operator_id) must_check;
enum outcome operator_links_spend(struct db_tx *tx, int64_t operator_id) must_check;
