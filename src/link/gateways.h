/* link/gateways.h: the payment providers that the brands' files name, with their secrets.
 *
 * brand.yaml says who and where (`gateways:`), never a secret; those are looked for by link/secrets.h: axerve.api_key, paypal.secret,
 * stripe.secret_key, stripe.webhook_secret. A provider without its secrets is not set up and its method not
 * offered; that is logged once, at start. */
#pragma once

#include "net/client.h"
#include "shop/brand.h"
#include "shop/ports.h"

/* `folder` NULL: the environment alone. REFUSED when a file cannot be read, or is empty. */
enum outcome gateways_open(void *mem, const struct brands *brands, const char *folder, struct gateways *gateways,
                           struct problem *why) must_check;

struct axerve_config {
    const char *url;        /* "https://ecomms2s.sella.it/api/v1/" */
    const char *shop_login, *api_key;
};
struct paypal_config {
    const char *url;        /* "https://api-m.paypal.com" */
    const char *client_id, *secret, *webhook_id;
    const char *brand_name; /* shown by PayPal */
    const char *ca_file;    /* authorities of the webhooks' certificates; NULL: the system's */
};
struct stripe_config {
    const char *url;        /* "https://api.stripe.com/v1/" */
    const char *secret_key, *webhook_secret;
};
/* Each owned by `mem`; the config's texts are copied. `client` must outlive it. BROKEN for a URL that may not be gone to.
 *
 * Found by our key alone (gateway_ref.ref ""): Axerve by shopTransactionID, Stripe among what was made since created_at. PayPal
 * cannot; its begin and charge therefore ask a second time by themselves when an answer is lost, under the same PayPal-Request-Id,
 * and status without the order's id stays BUSY. REFUSED by status: the provider knows no such payment.
 *
 * What is repeated is safe: PayPal and Stripe know their idempotency keys; Axerve has none, so charge first looks for its key and
 * refund first compares what was given back with refunded_before. Refunds of PayPal and Stripe are looked for by the refund's key.
 *
 * Charging: NEEDS_ACTION where the holder must come or the saved instrument is gone (Axerve 8006, 8026, 1160-1165; PayPal's
 * TOKEN_ID_NOT_FOUND and its like; Stripe's authentication_required, resource_missing); FAILED for a decline worth another try. */
enum outcome axerve_gateway(void *mem, struct client *client, const struct axerve_config *config, struct gateway *gateway) must_check;
enum outcome paypal_gateway(void *mem, struct client *client, const struct paypal_config *config, struct gateway *gateway) must_check;
enum outcome stripe_gateway(void *mem, struct client *client, const struct stripe_config *config, struct gateway *gateway) must_check;

/* Exposed for their tests. The signature of Stripe-Signature over the raw body, within the tolerance of 300 s. */
enum outcome stripe_signature_check(const char *header, const void *body, size_t length, const char *secret, struct instant now,
                                    struct problem *why) must_check;
