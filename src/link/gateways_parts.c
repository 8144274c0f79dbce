#include "link/gateways_parts.h"
#include "base/log.h"
#include "base/text.h"
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

/* ---- Reading JSON ---- */

static int release_json(json_t **held)
{
    return json_decref(*held), 0;
}

json_t *json_owned(void *mem, json_t *value)
{
    json_t **held;

    if (value) {
        held = talloc(mem, json_t *);
        *held = value;
        talloc_set_destructor(held, release_json);
    }
    return value;
}

json_t *json_at(json_t *from, const char *path)
{
    while (from && *path) {
        size_t length = strcspn(path, ".");
        char name[64];

        if (length >= sizeof name)
            return NULL;
        memcpy(name, path, length);
        name[length] = '\0';
        from = json_is_array(from) ? json_array_get(from, strtoul(name, NULL, 10)) : json_object_get(from, name);
        path += length + (path[length] == '.');
    }
    return from;
}

const char *json_word(void *mem, json_t *from, const char *path, size_t most)
{
    json_t *value = json_at(from, path);

    if (json_is_integer(value))
        return talloc_asprintf(mem, "%lld", (long long)json_integer_value(value));
    if (!json_is_string(value) || json_string_length(value) > most ||
        !text_is_plain(json_string_value(value), json_string_length(value)))
        return "";
    return talloc_strdup(mem, json_string_value(value));
}

bool json_is(json_t *from, const char *path, const char *text)
{
    json_t *value = json_at(from, path);

    return json_is_string(value) && strcmp(json_string_value(value), text) == 0;
}

bool json_decimal(json_t *from, const char *path, struct money *amount)
{
    json_t *value = json_at(from, path);

    return json_is_string(value) && money_parse(json_string_value(value), json_string_length(value), amount) == DONE;
}

bool json_cents(json_t *from, const char *path, struct money *amount)
{
    json_t *value = json_at(from, path);

    if (!json_is_integer(value) || json_integer_value(value) < 0 || json_integer_value(value) > MONEY_LIMIT)
        return false;
    *amount = money(json_integer_value(value));
    return true;
}

/* ---- Writing ---- */

const char *decimal(void *mem, struct money amount)
{
    char text[MONEY_TEXT];

    return talloc_strdup(mem, money_decimal(amount, text));
}

const char *cents(void *mem, struct money amount)
{
    return talloc_asprintf(mem, "%lld", (long long)amount.cents);
}

const char *shortened(void *mem, const char *text, size_t characters)
{
    size_t length = 0;

    for (; text[length]; length++)
        if (((unsigned char)text[length] & 0xC0) != 0x80 && characters-- == 0)
            break;
    return talloc_strndup(mem, text, length);
}

char *json_body(void *mem, json_t *value)
{
    char *text = value ? json_dumps(value, JSON_COMPACT) : NULL, *copy = text ? talloc_strdup(mem, text) : NULL;

    free(text);
    json_decref(value);
    return copy;
}

/* ---- Asking ---- */

enum outcome provider_silent(struct problem *why)
{
    (void)!problem_set(why, PROBLEM_PROVIDER_SILENT, "", "%s", "");
    return BUSY;
}

enum outcome provider_declined(struct problem *why, const char *code)
{
    return problem_set(why, PROBLEM_PAYMENT_DECLINED, "", "%.60s", code);
}

enum outcome provider_fault(const char *provider, const char *call, int status, const char *code)
{
    return log_broken("gateway.fault", LOG_TEXT("provider", provider), LOG_TEXT("call", call),
                      LOG_INT("status", status), LOG_TEXT("code", code));
}

enum outcome provider_ask(struct client *client, void *mem, const struct client_request *request, struct reply *reply,
                          struct problem *why)
{
    struct client_answer answer;
    enum outcome outcome = client_call(client, mem, request, &answer, why);

    if (outcome == BROKEN || (outcome == REFUSED && !answer.sent))
        return log_broken("gateway.url");
    if (outcome != DONE || answer.status >= 500 || answer.status == 408 || answer.status == 429)
        return provider_silent(why);
    reply->status = answer.status;
    reply->json = json_owned(mem, json_loadb(answer.body, answer.length, JSON_REJECT_DUPLICATES, NULL));
    return json_is_object(reply->json) ? DONE : provider_silent(why);
}

bool redirect_good(void *mem, const char *url)
{
    struct client_url parts;

    return text_is_plain(url, strlen(url)) && !strchr(url, ' ') && client_url_read(mem, url, &parts) == DONE &&
           client_url_allowed(&parts);
}

enum outcome base_url(void *mem, const char *url, const char **base)
{
    struct client_url parts;
    size_t length = strlen(url);

    if (client_url_read(mem, url, &parts) != DONE || !client_url_allowed(&parts) || strpbrk(url, "?#"))
        return log_broken("gateway.url");
    while (length > 0 && url[length - 1] == '/')
        length--;
    *base = talloc_strndup(mem, url, length);
    return DONE;
}

bool same_secret(const void *a, size_t a_length, const void *b, size_t b_length)
{
    return a_length == b_length && CRYPTO_memcmp(a, b, a_length) == 0;
}
