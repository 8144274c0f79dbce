#include "rules/user_id.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum outcome user_id_make(const char *prefix, int digits, int64_t number, char text[USER_ID_TEXT])
{
    char plain[24];

    snprintf(plain, sizeof plain, "%" PRId64, number);
    if (number < 1 || strlen(plain) > (size_t)digits || strlen(prefix) + (size_t)digits >= USER_ID_TEXT)
        return REFUSED;
    snprintf(text, USER_ID_TEXT, "%s%0*" PRId64, prefix, digits, number);
    return DONE;
}

/* What counts of it, and its length. */
static const char *trimmed(const char *typed, size_t *length)
{
    static const char BLANKS[] = " \t\r\n";

    typed += strspn(typed, BLANKS);
    *length = strlen(typed);
    while (*length && strchr(BLANKS, typed[*length - 1]))
        (*length)--;
    return typed;
}

bool user_id_is_excluded(const char *typed, const char *const *prefixes)
{
    size_t length;

    typed = trimmed(typed, &length);
    for (; prefixes && *prefixes; prefixes++)
        if (strlen(*prefixes) <= length && strncasecmp(typed, *prefixes, strlen(*prefixes)) == 0)
            return true;
    return false;
}

bool user_id_is(const char *typed, const char *user_id)
{
    size_t length;

    typed = trimmed(typed, &length);
    return length > 0 && length == strlen(user_id) && strncasecmp(typed, user_id, length) == 0;
}
