/* test/flow/provider.h: a payment provider in memory, behind the port, that fails where a test says: what it has taken and given
 * back can be looked at, so that a customer charged twice shows. The real protocols are tried against the sandboxes. */
#pragma once

#include "shop/ports.h"

enum provider_fault {
    FAULT_NONE,
    FAULT_BEFORE, /* no connection: nothing was done */
    FAULT_AFTER,  /* done, and the answer lost */
    FAULT_REFUSE  /* it will not */
};

struct provider_payment {
    char key[64], ref[64], refunds[8][64];
    enum payment_state state;
    struct money asked, taken, returned;
    int captures;  /* how often money was really taken: more than once is a double charge */
    int refund_count;
    bool remember;
    const char *error; /* of a refused charge */
};

struct provider {
    const char *name;
    void *mem; /* owns `all`; NULL: nobody */
    struct provider_payment *all;
    int count, calls;
    bool captures_alone; /* an approved payment is taken without being asked to */
    /* The fault of the nth call from now (0: this one); FAULT_NONE afterwards. Or, with `chance`, of any. */
    enum provider_fault fault;
    int fault_in;
    enum provider_fault (*chance)(void *arg);
    void *chance_arg;
    const char *charge_error;  /* of the next charge: refused with this code; NULL: it is taken */
    bool charge_action;        /* and not refused for good: the holder must come */
    struct money wrong_amount; /* said instead of the right one, where cents > 0 */
    const char *currency;      /* NULL: EUR */
    struct instant authorised_at; /* 0: now */
};

struct gateway provider_gateway(struct provider *provider);
struct provider_payment *provider_payment(struct provider *provider, const char *key); /* NULL: none */
/* What the buyer does on the provider's page. */
void provider_approve(struct provider *provider, const char *key);
void provider_dispute(struct provider *provider, const char *key, bool lost); /* the money goes back; or comes again */
void provider_decline(struct provider *provider, const char *key);
