#include "link/webhook.h"
#include "net/address.h"
#include "net/client.h"
#include <string.h>
#include <talloc.h>

#define ANSWER_MS   15000
#define ANSWER_MOST (64 * 1024) /* nobody reads it */

struct sender {
    struct client *client;
    bool inside;
};

static enum outcome check(void *arg, void *mem, const char *url)
{
    const struct sender *s = arg;
    struct client_url parts;

    if (client_url_read(mem, url, &parts) != DONE || !client_url_allowed(&parts))
        return REFUSED;
    return s->inside || (strcmp(parts.scheme, "https") == 0 && host_may_be_public(parts.host)) ? DONE : REFUSED;
}

static enum outcome post(void *arg, void *mem, const char *url, const char *const *headers, const char *body,
                         int *status, struct problem *why)
{
    const struct sender *s = arg;
    struct client_answer answer = {0};
    enum outcome o;

    *status = 0;
    if (check(arg, mem, url) != DONE)
        return problem_set(why, PROBLEM_WEBHOOK_URL, "", "%s", "");
    o = client_call(s->client, mem,
                    &(struct client_request){
                        .method = "POST", .url = url, .headers = headers, .body = body, .length = strlen(body)},
                    &answer, why);
    *status = answer.status;
    return o;
}

enum outcome webhooks_open(void *mem, bool inside, struct webhook_sender *sender, struct problem *why)
{
    struct sender *s = talloc_zero(mem, struct sender);
    const struct client_options options = {.timeout_ms = ANSWER_MS, .body_most = ANSWER_MOST, .public_only = !inside};

    s->inside = inside;
    TRY(client_open(s, &options, &s->client, why));
    *sender = (struct webhook_sender){.check = check, .post = post, .arg = s};
    return DONE;
}
