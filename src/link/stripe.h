/* link/stripe.h: what the files of Stripe's client share (PAYMENTS §3); for stripe*.c and their tests. */
#pragma once

#include "link/gateways_parts.h"

/* A Checkout session, its payment_intent expanded, or a PaymentIntent. REFUSED where an amount is none. */
enum outcome stripe_said(void *mem, json_t *object, struct gateway_said *said) must_check;

enum outcome stripe_hear(const char *webhook_secret, void *mem, const struct gateway_notice *notice,
                         struct gateway_heard *heard, struct problem *why) must_check;
