#include "sandbox/stripe.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

enum { METADATA_KEYS = 50, METADATA_KEY = 40, METADATA_VALUE = 500 };

const char *stripe_param(const struct call *c, const char *name)
{
    return form_value(&c->req->form, name);
}

/* "line_items[0][quantity]" as "line_items[][quantity]". */
static char *without_indexes(void *mem, const char *name)
{
    char *out = talloc_strdup(mem, name), *to = out;

    for (const char *from = name; *from; from++) {
        *to++ = *from;
        if (*from == '[')
            from += strspn(from + 1, "0123456789");
    }
    *to = '\0';
    return out;
}

static bool is_known(const char *name, const char *const *names)
{
    const char *metadata = strstr(name, "metadata");

    if (strcmp(name, "expand[]") == 0)
        return true;
    if (metadata && (metadata == name ? name[8] == '[' : metadata[-1] == '[' && strncmp(metadata + 8, "][", 2) == 0) &&
        name[strlen(name) - 1] == ']')
        return true;
    for (; *names; names++)
        if (strcmp(*names, name) == 0)
            return true;
    return false;
}

bool stripe_known(struct call *c, const char *const *names)
{
    const struct form *form = &c->req->form;

    for (size_t i = 0; i < form->count; i++)
        if (!is_known(without_indexes(c->req->mem, form->pair[i].name), names)) {
            stripe_refuse(c, 400, "invalid_request_error", "parameter_unknown", form->pair[i].name,
                          talloc_asprintf(c->req->mem, "Received unknown parameter: %s", form->pair[i].name));
            return false;
        }
    return true;
}

bool stripe_needs(struct call *c, const char *const *names)
{
    for (; *names; names++) {
        const char *value = stripe_param(c, *names);

        if (!value || !*value) {
            stripe_refuse(
                c, 400, "invalid_request_error", value ? "parameter_invalid_empty" : "parameter_missing", *names,
                talloc_asprintf(c->req->mem,
                                value ? "You passed an empty string for '%s'." : "Missing required param: %s.",
                                *names));
            return false;
        }
    }
    return true;
}

bool stripe_whole(struct call *c, const char *name, int64_t least, int64_t most, int64_t *value)
{
    const char *text = stripe_param(c, name);
    int64_t number;

    if (!text)
        return true;
    number = strlen(text) <= 15 && *text && strspn(text, "0123456789") == strlen(text) ? atoll(text) : -1;
    if (number < 0) {
        stripe_refuse(c, 400, "invalid_request_error", "parameter_invalid_integer", name,
                      talloc_asprintf(c->req->mem, "Invalid integer: %.40s", text));
        return false;
    }
    if (number < least || number > most) {
        stripe_refuse(c, 400, "invalid_request_error",
                      number < least ? "parameter_invalid_integer" : "amount_too_large", name,
                      "This value is out of the allowed range.");
        return false;
    }
    *value = number;
    return true;
}

bool stripe_word(struct call *c, const char *name, const char *const *words)
{
    const char *text = stripe_param(c, name);

    for (; text && *words; words++)
        if (strcmp(*words, text) == 0)
            return true;
    if (text)
        stripe_refuse(c, 400, "invalid_request_error", "", name, talloc_asprintf(c->req->mem, "Invalid %s", name));
    return !text;
}

bool stripe_metadata(struct call *c, const char *prefix, json_t **metadata)
{
    const struct form *form = &c->req->form;
    size_t length = strlen(prefix);

    *metadata = json_object();
    for (size_t i = 0; i < form->count; i++) {
        const char *name = form->pair[i].name, *value = form->pair[i].value;
        size_t key = strlen(name) > length + 2 ? strlen(name) - length - 2 : 0;

        if (strncmp(name, prefix, length) != 0 || name[length] != '[')
            continue;
        if (key == 0 || key > METADATA_KEY || strlen(value) > METADATA_VALUE ||
            json_object_size(*metadata) == METADATA_KEYS || !text_is_utf8(value, strlen(value))) {
            json_decref(*metadata);
            stripe_refuse(c, 400, "invalid_request_error", "parameter_invalid_string", name, "Invalid metadata.");
            return false;
        }
        json_object_set_new(*metadata, talloc_strndup(c->req->mem, name + length + 1, key), json_string(value));
    }
    return true;
}
