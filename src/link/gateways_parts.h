/* link/gateways_parts.h: what the clients of the payment providers share; nobody else includes it.
 *
 * What a provider answers is hostile until it is read through here: types are checked, texts bounded, numbers counted. */
#pragma once

#include "link/gateways.h"
#include <jansson.h>

/* ---- Reading JSON: a path of members and indices, "purchase_units.0.payments.captures" ---- */

json_t *json_owned(void *mem, json_t *value); /* released with `mem`; NULL stays NULL */
json_t *json_at(json_t *from, const char *path); /* NULL where it leads nowhere; borrowed */
/* A plain text of at most `most` bytes, or a whole number in digits, since ids come as either; "" otherwise. A copy. */
const char *json_word(void *mem, json_t *from, const char *path, size_t most);
bool json_is(json_t *from, const char *path, const char *text);
bool json_decimal(json_t *from, const char *path, struct money *amount); /* "10.98", a text; false otherwise */
bool json_cents(json_t *from, const char *path, struct money *amount);   /* 1098, a whole number from 0 */

/* ---- Writing ---- */

const char *decimal(void *mem, struct money amount); /* "10.98" */
const char *cents(void *mem, struct money amount);   /* "1098" */
const char *shortened(void *mem, const char *text, size_t characters);
char *json_body(void *mem, json_t *value); /* takes over the reference; NULL where a text was not UTF-8 */

/* ---- Asking ---- */

struct reply {
    int status;
    json_t *json; /* an object; freed with `mem` */
};

/* DONE: an answer of 200-499 with a JSON object, but for 408 and 429. BUSY: anything else; *why is filled then. BROKEN: our URL. */
enum outcome provider_ask(struct client *client, void *mem, const struct client_request *request, struct reply *reply,
                          struct problem *why) must_check;

enum outcome provider_silent(struct problem *why);                     /* BUSY */
enum outcome provider_declined(struct problem *why, const char *code); /* REFUSED */
/* BROKEN, and logged: our key, our request. `code` is the provider's, never a text of its own. */
enum outcome provider_fault(const char *provider, const char *call, int status, const char *code);

bool redirect_good(void *mem, const char *url); /* https, or http on loopback */
/* The base of an API without a slash at its end. BROKEN where it may not be gone to. */
enum outcome base_url(void *mem, const char *url, const char **base) must_check;
bool same_secret(const void *a, size_t a_length, const void *b, size_t b_length); /* in constant time */
