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

bool user_id_is_excluded(const char *typed)
{
    static const char *const PREFIXES[] = {"KVIS", "KLX", "HLH"};

    typed += strspn(typed, " \t");
    for (size_t i = 0; i < count_of(PREFIXES); i++)
        if (strncasecmp(typed, PREFIXES[i], strlen(PREFIXES[i])) == 0)
            return true;
    return false;
}
