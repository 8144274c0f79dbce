/* shop/pay_parts.h: what the files of paying through a provider share: pay.c opens an attempt, pay_ask.c asks the provider,
 * pay_record.c acts on its answer, pay_heard.c hears notifications and polls. */
#pragma once

#include "shop/pay.h"

#define FIRST_ASK    MINUTES(2)
#define LONGEST_WAIT HOURS(1)

/* One conversation about one attempt. A transaction may run again: it loads `order` and `payment` anew each time. */
struct pay_work {
    struct shop *shop;
    void *mem;
    const struct pay_request *request; /* NULL: nobody is there */
    const struct brand *brand;
    const struct gateway *gateway; /* NULL: not set up */
    struct order order;
    struct payment payment;
    struct instrument instrument; /* of a charge; id 0: none */
    struct gateway_said said;
    bool fresh;    /* order, payment and instrument were read or written just now: pay_record need not read them again, once */
    bool remember; /* the customer agrees that what pays be kept */
    bool changed; /* said is news */
    bool found;   /* the attempt stood already */
    struct problem *why;
};

/* The order that the request names, open; REFUSED otherwise. */
enum outcome pay_load_order(struct db_tx *tx, struct pay_work *w) must_check;
/* An attempt with its order, brand, gateway and instrument. */
enum outcome pay_load(struct db_tx *tx, struct pay_work *w, int64_t id) must_check;
enum outcome pay_read(struct db_tx *tx, void *work) must_check; /* the same of work->payment.id, as a db_work */
enum outcome pay_insert(struct db_tx *tx, struct pay_work *w, const char *provider, enum payment_state state) must_check;
struct gateway_ask pay_ask_of(struct pay_work *w); /* what the provider is asked for */

/* Charges work->instrument: work->said is what the provider answered, UNKNOWN where the answer was lost. */
void pay_ask_charge(struct pay_work *w);

/* When it is asked about next. The older it is, the longer until then; how often somebody looks at its page makes no difference. */
struct instant pay_next_ask(const struct payment *payment, struct instant now);
/* A db_work: acts on work->said, by what is known of the payment and its order now. */
enum outcome pay_record(struct db_tx *tx, void *work) must_check;
