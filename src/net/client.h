/* net/client.h: asking other servers over HTTP (libcurl). TLS is verified always; plain http only on loopback, where sandboxes
 * live. No redirect is followed, no cookie kept; bodies are bounded. */
#pragma once

#include "base/problem.h"
#include <stdbool.h>
#include <stddef.h>

struct client; /* keeps connections open between calls; for any number of threads at once */

struct client_options {
    const char *ca_file;  /* PEM of the authorities to trust; NULL: the system's */
    int timeout_ms;       /* of a whole call; 0: 20000 */
    int connect_ms;       /* 0: 5000 */
    size_t body_most;     /* of an answer; 0: 1 MiB */
    bool public_only;     /* connects to no address of our own network, whatever a name leads to (net/address.h) */
};

enum outcome client_open(void *mem, const struct client_options *options, struct client **client, struct problem *why) must_check;

struct client_request {
    const char *method, *url;
    const char *const *headers; /* "Name: value", NULL-terminated; NULL: none. Secrets belong here, never in the URL: it is logged */
    const void *body;           /* NULL: none */
    size_t length;
    const char *content_type;
};

struct client_answer {
    int status;
    char *body;    /* NUL-terminated; owned by `mem` */
    size_t length;
    char *content_type;
    bool sent;     /* the request may have arrived: after BUSY, what it did is not known */
};

/* DONE: an HTTP answer of any status came whole. BUSY: none (*why says what happened; answer.sent whether it may have arrived).
 * REFUSED: a URL it will not go to, or an answer over the bounds (then answer.sent is true). A request with a body is never sent
 * twice, not even when a kept connection dies under it. Logged with method, host and path, status and time; no header, no body,
 * no query. */
enum outcome client_call(struct client *client, void *mem, const struct client_request *request, struct client_answer *answer,
                         struct problem *why) must_check;

/* A URL taken apart by the parser that client_call uses itself. REFUSED: none, or one with a user's name in it. */
struct client_url {
    const char *scheme, *host; /* lower case; an IPv6 host in brackets */
    int port;                  /* stated, or the scheme's */
    const char *path;
};
enum outcome client_url_read(void *mem, const char *url, struct client_url *parts) must_check;
bool client_url_allowed(const struct client_url *parts); /* https, or http on loopback */

/* application/x-www-form-urlencoded of name, value pairs, NULL-terminated. */
char *client_form(void *mem, const char *const *pairs);
/* "Authorization: Basic …" */
char *client_basic(void *mem, const char *user, const char *password);
