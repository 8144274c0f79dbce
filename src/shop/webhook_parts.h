/* shop/webhook_parts.h: what webhook.c and webhook_send.c share. */
#pragma once

#include "shop/webhook.h"

char *webhook_purpose(void *mem, const char *url); /* of its sealed secrets */
enum outcome webhook_note(struct db_tx *tx, const struct webhook *webhook, const struct actor *actor, const char *kind) must_check;
/* The delivery, and its row in the outbox. */
enum outcome webhook_intend(struct db_tx *tx, const struct webhook *webhook, int64_t event_id) must_check;
