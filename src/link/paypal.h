/* link/paypal.h: what the files of PayPal's client share (PAYMENTS §4); for paypal*.c and their tests.
 *
 *   paypal.c          the port's functions
 *   paypal_call.c     a call, and the token it carries
 *   paypal_said.c     what an order and a refusal mean
 *   paypal_webhook.c  notifications and their signature */
#pragma once

#include "link/gateways_parts.h"
#include <openssl/x509.h>
#include <pthread.h>

enum { PAYPAL_CERTIFICATES = 8 };

struct paypal {
    struct client *client;
    struct paypal_config config; /* url without a slash at its end */
    struct client_url origin;    /* of it */
    X509_STORE *authorities;     /* of the certificates that sign webhooks */
    pthread_mutex_t lock;        /* over what follows */
    char *token;
    int64_t token_until; /* by clock_monotonic_us */
    struct {
        char *url, *pem;
    } certificate[PAYPAL_CERTIFICATES];
    size_t next_certificate;
};

struct paypal_request {
    const char *method, *path;
    const char *id;   /* PayPal-Request-Id; NULL: none */
    const char *body; /* JSON; NULL: none */
};
/* With a token, renewed once where PayPal says it is no longer good. DONE: an answer that is not about who we are. */
enum outcome paypal_call(struct paypal *p, void *mem, const struct paypal_request *request, struct reply *reply,
                         struct problem *why) must_check;

/* ---- paypal_said.c ---- */

/* The issue of a refusal, "INSTRUMENT_DECLINED", else its name; "" if neither. */
const char *paypal_issue(void *mem, json_t *refusal);

/* What a refused capture or charge means for the payment: DONE with said->state FAILED, NEEDS_ACTION or NEW; else as the outcomes
 * of the port. *reread: the order says more. */
enum outcome paypal_refused(void *mem, const char *call, const struct reply *reply, struct gateway_said *said, bool *reread,
                            struct problem *why) must_check;

/* An order in full. REFUSED where an amount is none. */
enum outcome paypal_said(void *mem, json_t *order, struct gateway_said *said) must_check;

/* ---- paypal_webhook.c ---- */

enum outcome paypal_hear(void *arg, void *mem, const struct gateway_notice *notice, struct gateway_heard *heard,
                         struct problem *why) must_check;
