/* test/flow/turning.h: a shop whose days are turned, and the mails that each turn sends. */
#pragma once

#include "flow/post.h"
#include "shop/day.h"

struct turner {
    struct fixture *f;
    struct post *post;
    struct jobs_round round; /* the last */
};

/* A shop that was never turned, as one that has just been filled from elsewhere. */
struct turner *turner(void **state);
void turn(struct turner *t, int year, int month, int day);
/* How many notices of an event a mailbox has that came to this state. */
int64_t noted(struct turner *t, const char *address, const char *event, const char *state);
