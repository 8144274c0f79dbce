/* shop/event_story.h: events as a story that people read: "Casella rinnovata", "scadenza 15/03/2028, prima 15/03/2027". */
#pragma once

#include "store/event.h"

const char *event_label(const char *language, const char *kind); /* of an unknown one the kind itself */
/* What its data say; "" where they say nothing to people. */
char *event_detail(void *mem, const char *language, const struct event *event);
/* Who did it: an operator's name, "il cliente", "il sistema". */
enum outcome event_who(struct db_tx *tx, void *mem, const char *language, const struct event *event, const char **who) must_check;
