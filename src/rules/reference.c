#include "rules/reference.h"

#include "rules/code.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define DIGITS  15
#define NUMBERS 1000000000 /* beyond the largest */

static unsigned mod97(const char *digits, size_t length)
{
    unsigned rest = 0;

    for (size_t i = 0; i < length; i++)
        rest = (rest * 10 + (unsigned)(digits[i] - '0')) % 97;
    return rest;
}

char *reference_make(int year, int64_t number, char text[REFERENCE_TEXT])
{
    unsigned check;

    snprintf(text, REFERENCE_TEXT, "%04u%09u00", (unsigned)year % 10000, (unsigned)((uint64_t)number % NUMBERS));
    check = 98 - mod97(text, DIGITS);
    text[DIGITS - 2] = (char)('0' + check / 10);
    text[DIGITS - 1] = (char)('0' + check % 10);
    return text;
}

bool reference_valid(const char *fifteen_digits)
{
    return code_is_digits(fifteen_digits, DIGITS) && mod97(fifteen_digits, DIGITS) == 1;
}

int64_t reference_number(const char *reference)
{
    int64_t number = 0;

    for (size_t i = 4; i < DIGITS - 2; i++)
        number = number * 10 + (reference[i] - '0');
    return number;
}

char *reference_grouped(const char *reference, char text[20])
{
    if (reference_valid(reference))
        snprintf(text, 20, "%.6s %.6s %.3s", reference, reference + 6, reference + 12);
    else
        snprintf(text, 20, "%s", reference);
    return text;
}

bool code_prefix_valid(const char *prefix)
{
    size_t length = 0;

    while (code_is_capital(prefix[length]) && length < CODE_PREFIX_MAX)
        length++;
    return length >= 2 && prefix[length] == '\0';
}

char *order_code_make(const struct order_code_policy *policy, enum order_code_kind kind, int year, int64_t number,
                      char text[REFERENCE_TEXT])
{
    const char *prefix = policy->prefix[kind];

    if (prefix == NULL || prefix[0] == '\0')
        return reference_make(year, number, text);
    snprintf(text, REFERENCE_TEXT, "%.*s%05" PRIu64, CODE_PREFIX_MAX, prefix, (uint64_t)number % NUMBERS);
    return text;
}
