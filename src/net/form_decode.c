#include "base/i18n.h"
#include "base/text.h"
#include "net/form.h"
#include <string.h>
#include <talloc.h>

enum { PAIRS = 200 };

static int hex_digit(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* In place, and ended with NUL: the byte after the text is the separator, or the copy's own end. */
static bool unescape(char *text, size_t *length)
{
    char *to = text;

    for (size_t i = 0; i < *length; i++, to++) {
        *to = text[i] == '+' ? ' ' : text[i];
        if (text[i] != '%')
            continue;
        int high = i + 2 < *length ? hex_digit(text[i + 1]) : -1, low = high < 0 ? -1 : hex_digit(text[i + 2]);
        if (low < 0)
            return false;
        *to = (char)(high * 16 + low);
        i += 2;
    }
    *to = '\0';
    *length = (size_t)(to - text);
    return true;
}

enum outcome form_decode(void *mem, const char *body, size_t length, struct form *form, struct problem *why)
{
    char *at = talloc_array(mem, char, length + 1), *end;
    size_t room = 0;

    *form = (struct form){0};
    memcpy(at, body, length);
    at[length] = '\0';
    for (end = at + length; at < end;) {
        char *stop = memchr(at, '&', (size_t)(end - at));
        size_t size = (size_t)((stop ? stop : end) - at);
        char *equals = memchr(at, '=', size);
        struct form_pair pair = {.name = at, .name_length = equals ? (size_t)(equals - at) : size};
        char *value = equals ? equals + 1 : at + size;

        pair.value_length = (size_t)(at + size - value);
        pair.value = value;
        if (size && form->count == PAIRS)
            return problem_set(why, PROBLEM_BAD_REQUEST, "", N_("più di %d campi"), PAIRS);
        if (!unescape(value, &pair.value_length) || !unescape(at, &pair.name_length))
            return problem_set(why, PROBLEM_BAD_REQUEST, "",
                               N_("un segno di percentuale non è seguito da due cifre esadecimali"));
        if (!equals)
            pair.value = "", pair.value_length = 0;
        if (form->count == room) {
            room = room ? room * 2 : 16;
            form->pair = talloc_realloc(mem, form->pair, struct form_pair, room);
        }
        if (size)
            form->pair[form->count++] = pair;
        at = stop ? stop + 1 : end;
    }
    return DONE;
}

const char *form_value(const struct form *form, const char *name)
{
    for (size_t i = 0; i < form->count; i++)
        if (strcmp(form->pair[i].name, name) == 0 && form->pair[i].name_length == strlen(name))
            return form->pair[i].value;
    return NULL;
}
