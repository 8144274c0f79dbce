/* test/unit/sandbox_kit.h: a sandbox, a shop that hears what it is told, and a way to talk to the sandbox over HTTP. */
#pragma once

#include "../http/client.h"
#include "base/log.h"
#include "net/client.h"
#include "net/http.h"
#include "sandbox/sandbox.h"

#include <jansson.h>
#include <pthread.h>

/* ---- The shop ---- */

struct heard {
    char *target, *body;
    char *header[5]; /* as HEARD_HEADERS */
};

static const char *const HEARD_HEADERS[] = {"Stripe-Signature", "PAYPAL-TRANSMISSION-ID", "PAYPAL-TRANSMISSION-TIME",
                                            "PAYPAL-TRANSMISSION-SIG", "PAYPAL-CERT-URL"};
static struct heard heard[100];
static size_t heard_count;
static pthread_mutex_t heard_lock = PTHREAD_MUTEX_INITIALIZER;
static void *mem;
static struct http_server *shop;
static struct client *client;
static struct sandbox *sandbox;

static inline void hear(struct http_request *req)
{
    pthread_mutex_lock(&heard_lock);
    if (heard_count < count_of(heard)) {
        struct heard *h = &heard[heard_count++];

        *h = (struct heard){strdup(req->target), strdup(req->body), {NULL}};
        for (size_t i = 0; i < count_of(HEARD_HEADERS); i++)
            h->header[i] = strdup(http_header(req, HEARD_HEADERS[i]) ? http_header(req, HEARD_HEADERS[i]) : "");
    }
    pthread_mutex_unlock(&heard_lock);
    http_reply(req, 200, "text/plain", "", 0);
}

static inline void forget_heard(void)
{
    for (size_t i = 0; i < heard_count; i++) {
        free(heard[i].target);
        free(heard[i].body);
        for (size_t k = 0; k < count_of(heard[i].header); k++)
            free(heard[i].header[k]);
    }
    heard_count = 0;
}

/* ---- Start and stop ---- */

static inline void kit_start(struct sandbox_options options)
{
    static const struct http_route ROUTES[] = {
        {HTTP_GET, "/hook", hear, 0, 0, NULL}, {HTTP_POST, "/hook", hear, 0, 0, NULL}, {0}};
    struct problem why = {0};

    mem = talloc_new(NULL);
    log_setup(LOG_ERROR, false);
    options.listen = "127.0.0.1:0";
    options.simulated = true;
    if (http_server_start(mem, &(struct http_options){.listen = "127.0.0.1:0", .io_threads = 1, .workers = 2, .routes = ROUTES},
                          &shop, &why) != DONE ||
        client_open(mem, &(struct client_options){.timeout_ms = 20000}, &client, &why) != DONE ||
        sandbox_start(mem, &options, &sandbox, &why) != DONE)
        fail_msg("%s", why.detail);
    sandbox_set_webhook(sandbox, talloc_asprintf(mem, "%s/hook", http_server_url(shop)));
}

static inline void kit_stop(void)
{
    talloc_free(sandbox);
    http_server_stop(shop);
    forget_heard();
    talloc_free(mem);
}

/* ---- Talking ---- */

struct said {
    enum outcome outcome;
    int status;
    const char *text, *location;
    json_t *json; /* NULL: none */
};

static inline int drop_said(json_t **held)
{
    return json_decref(*held), 0;
}

/* The whole URL, or a path of the sandbox. */
static inline struct said say_as(const char *method, const char *where, const char *type, const char *body, const char *const *headers)
{
    struct client_request request = {
        .method = method,
        .url = *where == '/' ? talloc_asprintf(mem, "%s%s", sandbox_origin(sandbox), where) : where,
        .headers = headers,
        .body = body,
        .length = body ? strlen(body) : 0,
        .content_type = body ? type : NULL};
    struct client_answer answer = {0};
    struct problem why = {0};
    struct said said = {.outcome = client_call(client, mem, &request, &answer, &why)};
    json_t **held;

    if (said.outcome != DONE)
        return said;
    said.status = answer.status;
    said.text = answer.body;
    said.json = json_loadb(answer.body, answer.length, 0, NULL);
    held = talloc(mem, json_t *);
    *held = said.json;
    talloc_set_destructor(held, drop_said);
    return said;
}

/* The text at a path such as "payload.events.0.event.eventtype": strings as they are, all else as JSON; "(none)". */
static inline const char *at(const json_t *json, const char *path)
{
    char *copy = talloc_strdup(mem, path), *save = NULL, *text, *out;

    for (char *name = strtok_r(copy, ".", &save); name; name = strtok_r(NULL, ".", &save))
        json = json_is_array(json) ? json_array_get(json, (size_t)atoi(name)) : json_object_get(json, name);
    if (!json)
        return "(none)";
    if (json_is_string(json))
        return json_string_value(json);
    text = json_dumps(json, JSON_ENCODE_ANY | JSON_COMPACT);
    out = talloc_strdup(mem, text);
    free(text);
    return out;
}

/* Sets behaviour; it must be understood. */
static inline void behave(const char *json)
{
    struct said said = say_as("POST", "/sandbox/behaviour", "application/json", json, NULL);

    if (said.status != 200)
        fail_msg("%s: %s", json, said.text);
}

static inline const json_t *ledger(void)
{
    return say_as("GET", "/sandbox/ledger", NULL, NULL, NULL).json;
}

/* ---- The payer's browser ---- */

struct seen {
    int status;
    const char *location, *body; /* location "": none */
};

static inline struct seen seen_of(const struct answer *a)
{
    const char *location = answer_header(mem, a, "Location");

    return (struct seen){a->status, location ? location : "", a->body};
}

/* Whole URLs of the sandbox, or paths. */
static inline const char *path_of(const char *url)
{
    return *url == '/' ? url : strchr(strstr(url, "://") + 3, '/');
}

static inline struct seen look(const char *url)
{
    struct answer a = client_get(mem, sandbox_origin(sandbox), path_of(url), "Accept: text/html\r\n");

    return seen_of(&a);
}

static inline struct seen fill(const char *url, const char *const *pairs)
{
    const char *form = client_form(mem, pairs);
    struct answer a = client_post(mem, sandbox_origin(sandbox), path_of(url), "application/x-www-form-urlencoded", form, strlen(form));

    return seen_of(&a);
}

static inline struct seen pay_by_card(const char *url, const char *number)
{
    return fill(url, (const char *const[]){"act", "pay", "number", number, "expiry", "12/30", "cvv", "123", "name", "Rosa Modelli",
                                           "email", "rosa@posta.example", NULL});
}
