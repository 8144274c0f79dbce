/* link/paypal_call.c: every call carries a token, which is kept for as long as PayPal says. */
#include "base/clock.h"
#include "link/paypal.h"
#include <string.h>
#include <talloc.h>

/* ---- The token ---- */

static enum outcome fetch_token(struct paypal *p, void *mem, struct problem *why)
{
    static const char BODY[] = "grant_type=client_credentials";
    const char *headers[] = {client_basic(mem, p->config.client_id, p->config.secret), NULL};
    struct client_request request = {.method = "POST",
                                     .url = talloc_asprintf(mem, "%s/v1/oauth2/token", p->config.url),
                                     .headers = headers,
                                     .body = BODY,
                                     .length = strlen(BODY),
                                     .content_type = "application/x-www-form-urlencoded"};
    struct reply reply;
    const char *token;
    int64_t seconds;

    TRY(provider_ask(p->client, mem, &request, &reply, why));
    if (reply.status >= 400)
        return provider_fault("paypal", "token", reply.status, json_word(mem, reply.json, "error", 50));
    token = json_word(mem, reply.json, "access_token", 4000);
    seconds = json_integer_value(json_at(reply.json, "expires_in"));
    if (reply.status != 200 || !*token)
        return provider_silent(why);
    seconds = seconds < 0 ? 0 : seconds > 86400 ? 86400 : seconds;
    talloc_free(p->token);
    p->token = talloc_strdup(p, token);
    p->token_until = clock_monotonic_us() + SECONDS(seconds > 600 ? seconds - 60 : seconds * 9 / 10);
    return DONE;
}

/* `stale`: one that PayPal did not take, NULL if none. */
static enum outcome take_token(struct paypal *p, void *mem, const char *stale, const char **token, struct problem *why)
{
    enum outcome outcome = DONE;

    pthread_mutex_lock(&p->lock);
    if (!p->token || clock_monotonic_us() >= p->token_until || (stale && strcmp(stale, p->token) == 0))
        outcome = fetch_token(p, mem, why);
    if (outcome == DONE)
        *token = talloc_strdup(mem, p->token);
    pthread_mutex_unlock(&p->lock);
    return outcome;
}

/* ---- Calls ---- */

static enum outcome call_with(struct paypal *p, void *mem, const struct paypal_request *r, const char *token,
                              struct reply *reply, struct problem *why)
{
    const char *headers[] = {talloc_asprintf(mem, "Authorization: Bearer %s", token), "Prefer: return=representation",
                             r->id ? talloc_asprintf(mem, "PayPal-Request-Id: %s", r->id) : NULL, NULL};
    struct client_request request = {.method = r->method,
                                     .url = talloc_asprintf(mem, "%s%s", p->config.url, r->path),
                                     .headers = headers,
                                     .body = r->body,
                                     .length = r->body ? strlen(r->body) : 0,
                                     .content_type = "application/json"};

    return provider_ask(p->client, mem, &request, reply, why);
}

enum outcome paypal_call(struct paypal *p, void *mem, const struct paypal_request *request, struct reply *reply,
                         struct problem *why)
{
    const char *token = NULL;

    for (int tries = 0; tries < 2; tries++) {
        TRY(take_token(p, mem, token, &token, why));
        TRY(call_with(p, mem, request, token, reply, why));
        if (reply->status != 401)
            break;
    }
    if (reply->status == 401 || reply->status == 403)
        return provider_fault("paypal", request->path, reply->status, paypal_issue(mem, reply->json));
    return DONE;
}
