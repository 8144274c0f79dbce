/* sandbox/sandbox.h: payment providers that answer on loopback, beside demonstrations and tests: Axerve (Banca Sella), PayPal and
 * Stripe. Each is a web server of its own that speaks the provider's wire protocol (PAYMENTS §1, §3, §4), shows its hosted page to
 * the payer and notifies the shop; the shop's side cannot tell it from the real one, but for its address and for the note on the
 * pages that no money moves. All state is in memory and goes with the process. Card numbers are never kept nor logged, and only
 * the test cards that the pages list are taken.
 *
 * The order of calls: sandbox_start → sandbox_set_webhook … → sandbox_stop (or free its owner).
 *
 * ---- Control, at the root of the same listener ----
 *
 * POST /sandbox/behaviour, application/json. Each member is optional and changes only what it names; the answer is the whole
 * behaviour that now holds. 400 with {"error": "…"} for what it does not know, and nothing is changed then.
 *
 *   {"reset": true,                       everything below back to what it was at start, first of all
 *    "notifications": {
 *        "delay_ms": 0,                   before each one is sent
 *        "repeat": 1,                     deliveries of each (0…10), refused ones apart, which are tried 3 times
 *        "drop": false,                   made and lost
 *        "hold": false,                   kept back until this is false again
 *        "reverse": false,                the newest first; with "hold", or of what happens within 50 ms
 *        "before_return": false,          delivered before the payer's browser is sent back (it waits at most 5 s)
 *        "forge": "no"},                  "signature": wrongly signed; "unknown": about a payment that does not exist
 *    "fail": [{"path": "/capture",        calls of the API whose path contains this …
 *              "method": "POST",          … by this method; absent: any
 *              "times": 1, "skip": 0,     so many times, after letting so many pass
 *              "when": "before",          before the call is carried out, or "after" it: the answer is lost
 *              "how": "hang-up",          the connection is closed; "status": an error of the provider's own form; "garbage": 200
 *                                         and no JSON; "slow": answers rightly after "ms"
 *              "status": 503, "ms": 1000}],     replaces what was there; [] for none
 *    "faults": {"seed": 7, "per_mille": 200},   each call of the API fails so often, in one of these ways; null: none. The same
 *                                         seed and the same order of calls give the same faults
 *    "tokens": "as-saved",                charges of saved cards and accounts: "ok", "needs-action", "insufficient-funds", "expired";
 *                                         "as-saved": by the card that was saved
 *    "settlement": "automatic",           Axerve: "manual" authorises only, payment/capture takes the money
 *    "words": "short",                    Axerve: OK, KO, XX, or "long": APPROVED, DECLINED, PENDING
 *    "slow_card_ms": 8000,                how long the slow test card takes
 *    "token_seconds": 32400,              PayPal: how long an access token given from now on lasts
 *    "drop_access_tokens": true,          PayPal: those given are no longer good
 *    "complete": "ID",                    this waiting payment's bank answers at last: taken
 *    "expire": "ID",                      this open payment lapses, as if its time were over
 *    "dispute": "ID",                     this payment's money is taken back: a chargeback, notified
 *    "wait": true}                        answers when no notification is under way any more (held ones apart), at most 20 s
 *
 * GET /sandbox/ledger: {"payments": [{"id", "key", "state", "amount_cents", "captured_cents", "refunded_cents", "captures",
 * "currency"}], "captured_cents", "refunded_cents", "tokens": [{"id", "state"}], "notifications": {"made", "delivered", "failed",
 * "waiting"}}. Money is counted here when it moves, whether or not the shop heard of it: that a customer was charged once is
 * "captures" and "captured_cents" of all payments with the same key. States: open, waiting, authorised, captured, failed, cancelled,
 * expired, disputed. */
#pragma once

#include "base/problem.h"
#include <stdbool.h>

struct sandbox;

struct sandbox_options {
    enum sandbox_provider { SANDBOX_AXERVE, SANDBOX_PAYPAL, SANDBOX_STRIPE } what;
    const char *listen;                        /* "127.0.0.1:0"; anything but loopback is refused */
    const char *shop_login, *api_key;          /* Axerve */
    const char *client_id, *secret;            /* PayPal */
    const char *webhook_id;                    /* PayPal: goes into what it signs */
    const char *secret_key, *webhook_secret;   /* Stripe: "sk_test_…", "whsec_…" */
    const char *webhook_url;                   /* PayPal, Stripe: where they notify; NULL: nowhere until it is set */
    const char *shop_name;                     /* Axerve, Stripe: as the pages show it; NULL: the shop's login or account */
    bool simulated;                            /* the database beside is a simulated one; false: it does not start */
};

/* REFUSED with PROBLEM_CONFIG: no loopback address, credentials missing, or beside a database that is not simulated. Texts are
 * copied. The pages' English is that of base/i18n. */
enum outcome sandbox_start(void *mem, const struct sandbox_options *options, struct sandbox **sandbox, struct problem *why) must_check;

/* What the link to the provider is set up with: ".../api/v1/", "http://127.0.0.1:…" (PayPal), ".../v1/". */
const char *sandbox_url(const struct sandbox *sandbox);
const char *sandbox_origin(const struct sandbox *sandbox); /* "http://127.0.0.1:…": the pages and the control calls */
/* PayPal: the PEM file with the authority that signed the certificate of its webhooks; NULL for the others. It goes with
 * sandbox_stop. */
const char *sandbox_ca_file(const struct sandbox *sandbox);

void sandbox_set_webhook(struct sandbox *sandbox, const char *url);

/* Notifications that wait are forgotten. Called by freeing as well. */
void sandbox_stop(struct sandbox *sandbox);
