/* shop/event_words.h: events in words for people. */
#pragma once

#include "store/event_log.h"

/* "Ordine saldato"; the kind itself where it has no words yet. */
const char *event_words(const char *kind);
/* The data as they stand, "email anna@ufficio.example · role cashier", shortened to fit a line; "" for none. */
char *event_facts(void *mem, const struct event *event);

/* The groups one filters by: the beginning of their kinds, and words. */
struct event_group {
    const char *kind, *label;
};
extern const struct event_group EVENT_GROUPS[]; /* ends with kind NULL */
