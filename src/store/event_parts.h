/* store/event_parts.h: what the files about events share. */
#pragma once

#include "store/event.h"

#define EVENT_COLUMNS "e.id, e.at, e.brand, e.door, e.actor, e.kind, e.order_id, e.mailbox_id, e.data"
extern const struct db_column EVENT_ROW[];

struct event_chain_row {
    struct event event;
    int64_t seq;
    char hash[65];
};
extern const struct db_column EVENT_CHAIN[];
/* One place further: seq and hash become the row's; *broken_at its place where it does not follow. */
void event_chain_step(const struct event_chain_row *row, int64_t *seq, char hash[65], int64_t *broken_at);
