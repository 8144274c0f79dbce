/* test/flow/renewing.h: a mailbox that renews itself, its account's card, the providers that take it, and the days that pass. */
#pragma once

#include "flow/fixture.h"
#include "flow/provider.h"
#include "shop/autorenew.h"

#define BOX "studio.neri@pec.aruba.example"

struct stand {
    struct fixture *f;
    struct provider stripe, paypal;
    struct gateways gateways;
    struct gateway_of all[2];
    int64_t account_id, card_id;
};

struct switching {
    struct stand *s;
    struct autorenew_request request;
    struct mandate mandate;
    struct problem why;
    bool on;
};

/* Aruba, on 01-12-2026; BOX is a standard mailbox of 9,90 a year that expires on 15-03-2027. */
struct stand *stand(void **state);
int64_t add_card(struct stand *s, const char *provider, const char *last4);
struct switching to_switch(struct stand *s, bool on);
enum outcome do_switch(struct switching *w);
void switch_on(struct stand *s);
struct autorenew_turned turn_day(struct stand *s);
/* Every day from one to another, both included, as the day job does; the charges that ended on the last. */
struct autorenew_turned turn_days(struct stand *s, struct day from, struct day to);
const char *state_now(struct stand *s);
const char *last_mail(struct stand *s, const char *template);
/* The customer cancels an order. */
void cancel_code(struct stand *s, const char *code);
/* About every open payment. */
void ask_providers(struct stand *s);
int captures(struct stand *s);
/* … and both warnings have been sent. */
void switch_on_and_warn(struct stand *s);
