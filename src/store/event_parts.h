/* store/event_parts.h: what the files about events share. */
#pragma once

#include "store/event.h"

#define EVENT_HEAD_ "e.id, e.at, e.brand, e.door, e.actor, e.kind, e.order_id, e.mailbox_id, "
/* As it is told: with what it says of a person, while that is kept. */
#define EVENT_COLUMNS EVENT_HEAD_ "coalesce((SELECT t.data FROM event_said t WHERE t.event_id = e.id), e.data)"
/* As it was sealed: with the hash of that. */
#define EVENT_SEALED EVENT_HEAD_ "e.data"
extern const struct db_column EVENT_ROW[];

struct event_chain_row {
    struct event event;
    int64_t seq;
    char hash[65];
};
extern const struct db_column EVENT_CHAIN[];
/* One place further: seq and hash become the row's; *broken_at its place where it does not follow. */
void event_chain_step(const struct event_chain_row *row, int64_t *seq, char hash[65], int64_t *broken_at);
