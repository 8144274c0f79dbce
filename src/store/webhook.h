/* store/webhook.h: endpoints that are told of events, and what was told to each. */
#pragma once

#include "store/event.h"

struct webhook {
    int64_t id;
    char *brand, *url, *kinds, *email; /* kinds: "order. mailbox.renewed", "" all */
    char *secret, *old_secret;         /* sealed */
    struct instant old_until;
    int64_t cursor;                    /* fed up to this place of the chain */
    struct instant failing_since, created_at, disabled_at; /* failing_since, old_until: the machine's clock */
};
enum outcome webhook_insert(struct db_tx *tx, struct webhook *webhook) must_check;
enum outcome webhook_by_id(struct db_tx *tx, void *mem, int64_t id, struct webhook *out) must_check;
/* Of a brand; "": all. */
enum outcome webhooks_after(struct db_tx *tx, void *mem, const char *brand, int64_t after, int limit, struct webhook **all, size_t *count) must_check;
/* Those that are on and behind the end of the chain. */
enum outcome webhooks_behind(struct db_tx *tx, void *mem, int limit, struct webhook **all, size_t *count) must_check;
/* *moved false: somebody else has fed it meanwhile. */
enum outcome webhook_move(struct db_tx *tx, int64_t id, int64_t seen, int64_t cursor, bool *moved) must_check;
enum outcome webhook_set_secrets(struct db_tx *tx, int64_t id, const char *secret, const char *old, struct instant old_until) must_check;
enum outcome webhook_set_failing(struct db_tx *tx, int64_t id, struct instant since) must_check; /* 0: it works */
enum outcome webhook_set_disabled(struct db_tx *tx, int64_t id, bool disabled, bool *changed) must_check;
enum outcome webhook_delete(struct db_tx *tx, int64_t id) must_check; /* with its deliveries */

struct webhook_delivery {
    int64_t id, webhook_id, event_id, attempts, status;
    char *state, *error, *kind; /* kind: the event's */
    struct instant created_at, tried_at;
};
/* Waits (again, when it was there already); *id. */
enum outcome webhook_delivery_put(struct db_tx *tx, int64_t webhook_id, int64_t event_id, int64_t *id) must_check;
enum outcome webhook_delivery_by_id(struct db_tx *tx, void *mem, int64_t id, struct webhook_delivery *out) must_check;
/* The newest first, below `before` (0: all); of a state, "" any. */
enum outcome webhook_deliveries(struct db_tx *tx, void *mem, int64_t webhook_id, const char *state, int64_t before, int limit,
                                struct webhook_delivery **all, size_t *count) must_check;
enum outcome webhook_delivery_tried(struct db_tx *tx, int64_t id, const char *state, int status, const char *error) must_check;
/* The place in the chain before the first event since then. */
enum outcome webhook_place_before(struct db_tx *tx, struct instant since, int64_t *seq) must_check;
