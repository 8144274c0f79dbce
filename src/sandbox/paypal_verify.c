#include "sandbox/paypal.h"
#include <ctype.h>
#include <string.h>
#include <talloc.h>

/* The signature is over bytes, which a JSON parser does not keep: so the member's value is found in the text itself.
 * The text is known to be one JSON object. */

static const char *skip_blanks(const char *at)
{
    return at + strspn(at, " \t\r\n");
}

static const char *skip_string(const char *at)
{
    for (at++; *at && *at != '"'; at++)
        at += *at == '\\' && at[1];
    return at + (*at == '"');
}

/* Behind a value: a string, a literal, or brackets with all they hold. */
static const char *skip_value(const char *at)
{
    int depth = 0;

    do {
        if (*at == '"') {
            at = skip_string(at);
            continue;
        }
        depth += (*at == '{' || *at == '[') - (*at == '}' || *at == ']');
        at++;
    } while (*at && (depth > 0 || !strchr(",}] \t\r\n", *at)));
    return at;
}

static bool find_value(const char *text, const char *name, const char **begin, size_t *length)
{
    const char *at = skip_blanks(strchr(text, '{') + 1), *end;

    while (*at == '"') {
        const char *key = at;

        at = skip_string(at);
        end = at;
        at = skip_blanks(skip_blanks(at) + 1); /* the colon */
        *begin = at;
        at = skip_value(at);
        *length = (size_t)(at - *begin);
        if ((size_t)(end - key) == strlen(name) + 2 && strncmp(key + 1, name, strlen(name)) == 0)
            return true;
        at = skip_blanks(at);
        at = *at == ',' ? skip_blanks(at + 1) : at;
    }
    return false;
}

void paypal_verify_webhook(struct call *c)
{
    static const char *const NEEDED[] = {"auth_algo",        "cert_url",          "transmission_id",
                                         "transmission_sig", "transmission_time", "webhook_id"};
    struct sandbox *s = c->sandbox;
    const char *event, *message, *cert;
    size_t length;
    bool right;

    for (size_t i = 0; i < count_of(NEEDED); i++)
        if (!*sandbox_text(c->body, NEEDED[i]))
            return paypal_refuse(c, 400, talloc_asprintf(c->req->mem, "/%s", NEEDED[i]), "MISSING_REQUIRED_PARAMETER",
                                 "A required field / parameter is missing.");
    if (!json_is_object(json_object_get(c->body, "webhook_event")) ||
        !find_value(c->req->body, "webhook_event", &event, &length))
        return paypal_refuse(c, 400, "/webhook_event", "MISSING_REQUIRED_PARAMETER",
                             "A required field / parameter is missing.");
    message =
        signer_message(c->req->mem, sandbox_text(c->body, "transmission_id"),
                       sandbox_text(c->body, "transmission_time"), sandbox_text(c->body, "webhook_id"), event, length);
    cert = talloc_asprintf(c->req->mem, "%s/v1/notifications/certs/%s", sandbox_origin(s), signer_name(s->signer));
    right = strcmp(sandbox_text(c->body, "auth_algo"), "SHA256withRSA") == 0 &&
            strcmp(sandbox_text(c->body, "cert_url"), cert) == 0 &&
            strcmp(sandbox_text(c->body, "webhook_id"), s->options.webhook_id) == 0 &&
            signer_verify(s->signer, message, sandbox_text(c->body, "transmission_sig"));
    call_answer(c, 200, json_pack("{s:s}", "verification_status", right ? "SUCCESS" : "FAILURE"));
}
