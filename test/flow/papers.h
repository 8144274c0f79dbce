/* test/flow/papers.h: a purchase that is paid, papers that are sent without their files, a desk, and a mail host that says what it is
 * told. */
#pragma once

#include "flow/buyer.h"
#include "shop/activate.h"
#include "shop/review.h"

#define HOST_ANSWERS 8

struct counter { /* where purchases are looked at and activated */
    struct fixture *f;
    int64_t buyer, request_id;
    char *code; /* of its order */
    struct mailhosts hosts;
    struct mailhost_of host;
    /* What the host says to each call in turn, then DONE; and what it was asked. */
    struct {
        enum outcome outcome;
        enum problem_code code;
    } says[HOST_ANSWERS];
    int asked;
    char *address, *user_id, *key, *hash; /* of the last call */
    struct day send_until;
};

extern const struct actor REVIEWER, OTHER_REVIEWER;

/* NULL, and the test is skipped, without the engine. MARIO has bought base for 1 year under a, b or c ("": some other name), and paid by
 * bank transfer, on 20-12-2026, and asked that the service begin at once. */
struct counter *counter(void **state, const char *a, const char *b, const char *c);
void send_papers(struct counter *c); /* contract and identity document */
enum outcome decide_as(struct counter *c, struct review_decision decision, struct problem *why);
void must_approve(struct counter *c);
/* The worker's turn at the request. */
enum outcome ask_host(struct counter *c, struct problem *why);
struct request its_request(struct counter *c);
