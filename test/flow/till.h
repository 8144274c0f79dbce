/* test/flow/till.h: a shop that takes money: two brands with providers in memory, a customer with a prepaid account, and what people
 * and workers do there. */
#pragma once

#include "flow/fixture.h"
#include "flow/provider.h"
#include "shop/pay.h"
#include "shop/refund.h"

#define PEC "casella@pec.visura.example"

struct place {
    struct fixture *f;
    struct provider card, paypal;
    struct gateways gateways;
    struct gateway_of all[3];
    int64_t account_id; /* of visura */
};

struct place *place(void **state);
/* From here on the shop is visura, whose customers have a prepaid account, with one mailbox (PEC) of 9,00 a year. */
void move_to_visura(struct place *p);

char *order_of(struct place *p, const char *address); /* a renewal of a year; its code */
char *paid_order(struct place *p, const char *address); /* by card */
struct pay_request request_of(struct place *p, const char *code, enum payment_method method);
enum outcome begin(struct place *p, const char *code, enum payment_method method, struct payment *payment, struct problem *why);
struct payment begun(struct place *p, const char *code, enum payment_method method); /* that must succeed */
struct payment asked(struct place *p, int64_t id);
enum outcome notify(struct place *p, enum payment_method method, const char *body, struct problem *why);
void poll_all(struct place *p);   /* everything is due to be asked about, and is */
void do_refunds(struct place *p); /* the worker's part of refunds */

struct refunding {
    struct place *p;
    struct refund_request request;
    struct refund refund;
    struct problem why;
};
enum outcome give_back(struct place *p, const char *code, int64_t cents, bool take_back, const char *destination,
                       struct refunding *r);

void put_in(struct place *p, int64_t cents); /* a top-up by card */
enum outcome draw(struct place *p, const char *code, struct problem *why);

