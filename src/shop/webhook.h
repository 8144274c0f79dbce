/* shop/webhook.h: other programs are told of events as they happen, by the Standard Webhooks specification (docs/webhooks.md): an
 * endpoint is fed from the chain of events in its order; each event is an intention in the outbox, sent at least once under one
 * webhook-id, signed with the endpoint's secret. */
#pragma once

#include "shop/shop.h"
#include "store/webhook.h"

#define WEBHOOK_TEXT      80       /* "whsec_" and 32 bytes in base64 */
#define WEBHOOK_OLD_SIGNS HOURS(24) /* after a rotation both secrets sign for so long */
#define WEBHOOK_PATIENCE  DAYS(3)   /* an endpoint that takes nothing for so long is switched off */
#define WEBHOOK_KINDS_MOST 1000

struct new_webhook {
    const char *brand, *url;
    const char *kinds; /* "order. mailbox.renewed": beginnings of kinds; "" all */
    const char *email; /* NULL or "": the brand's support */
    struct actor actor;
};
/* `secret` is shown once. REFUSED on "url" (PROBLEM_WEBHOOK_URL: https only, no user name), "kinds", "email", "brand"; PROBLEM_SEALING. */
enum outcome webhook_add(struct shop *shop, void *mem, const struct new_webhook *wanted, int64_t *id, char secret[WEBHOOK_TEXT],
                         struct problem *why) must_check;

/* `brand`: of who asks, "" every one; another's reads like none: REFUSED with PROBLEM_NOT_FOUND. */
struct webhook_act {
    int64_t id;
    const char *brand;
    struct actor actor;
};
enum outcome webhook_rotate(struct shop *shop, void *mem, const struct webhook_act *act, char secret[WEBHOOK_TEXT], struct problem *why) must_check;
enum outcome webhook_remove(struct shop *shop, void *mem, const struct webhook_act *act, struct problem *why) must_check;
/* On again: what happened meanwhile is sent. */
enum outcome webhook_enable(struct shop *shop, void *mem, const struct webhook_act *act, struct problem *why) must_check;
/* One delivery again, now. */
enum outcome webhook_replay(struct shop *shop, void *mem, const struct webhook_act *act, int64_t delivery, struct problem *why) must_check;
/* Everything that happened since then. */
enum outcome webhook_replay_since(struct shop *shop, void *mem, const struct webhook_act *act, struct instant since, struct problem *why) must_check;
/* The same in the caller's transaction. */
enum outcome webhook_replay_in(struct db_tx *tx, void *mem, const struct webhook_act *act, int64_t delivery, struct problem *why) must_check;
enum outcome webhook_replay_since_in(struct db_tx *tx, void *mem, const struct webhook_act *act, struct instant since, struct problem *why) must_check;
enum outcome webhook_add_in(struct db_tx *tx, struct shop *shop, void *mem, const struct new_webhook *wanted, int64_t *id,
                            char secret[WEBHOOK_TEXT], struct problem *why) must_check;
enum outcome webhook_rotate_in(struct db_tx *tx, struct shop *shop, void *mem, const struct webhook_act *act, char secret[WEBHOOK_TEXT],
                               struct problem *why) must_check;
enum outcome webhook_enable_in(struct db_tx *tx, void *mem, const struct webhook_act *act, struct problem *why) must_check;
enum outcome webhook_remove_in(struct db_tx *tx, void *mem, const struct webhook_act *act, struct problem *why) must_check;
/* Whether this operator or key may see it; REFUSED as above. */
enum outcome webhook_find(struct db_tx *tx, void *mem, int64_t id, const char *brand, struct webhook *out, struct problem *why) must_check;

/* ---- The work ---- */

/* Leaves in the outbox what endpoints have not been told yet. */
enum outcome webhooks_feed(struct shop *shop, void *mem, int *fed) must_check;
/* One delivery, by the outbox. DONE also where it is not wanted any more; BUSY: later; REFUSED: given up. *silent: its address gave no
 * answer a moment ago, so it is not asked; becomes true where it gives none now. */
enum outcome webhook_deliver(struct shop *shop, void *mem, int64_t delivery, bool last, bool *silent, struct problem *why) must_check;

/* "v1,…" of a message; `secret` as "whsec_…". REFUSED: it is no secret. */
enum outcome webhook_sign(void *mem, const char *secret, const char *id, int64_t timestamp, const char *body, char **signature) must_check;
bool webhook_wants(const char *kinds, const char *kind);
