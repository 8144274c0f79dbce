/* link/amount.c */
#include "link/amount.h"
#include <stdio.h>
#include <string.h>

#define UNIT         100000
#define UNITS_A_CENT 1000

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool amount_parse(const char *text, amount_units *units)
{
    amount_units sum = 0;
    int digits = 0, decimals = 0;
    const char *c = text;

    for (; is_digit(*c); c++, digits++)
        sum = sum * 10 + (*c - '0');
    if (digits > 18)
        return false;
    if (*c == '.') {
        for (c++; is_digit(*c); c++, digits++) {
            if (decimals < 5)
                sum = sum * 10 + (*c - '0'), decimals++;
            else if (*c != '0')
                return false;
        }
    }
    if (*c || digits == 0 || digits > 36)
        return false;
    for (; decimals < 5; decimals++)
        sum *= 10;
    *units = sum;
    return true;
}

bool amount_money(amount_units units, struct money *amount)
{
    if (units % UNITS_A_CENT || units / UNITS_A_CENT > MONEY_LIMIT || units / UNITS_A_CENT < -MONEY_LIMIT)
        return false;
    *amount = money((int64_t)(units / UNITS_A_CENT));
    return true;
}

char *amount_text(amount_units units, char text[AMOUNT_TEXT])
{
    char digits[AMOUNT_TEXT];
    size_t at = sizeof digits - 1;
    bool negative = units < 0;
    int decimals = 5;

    if (negative)
        units = -units;
    for (; decimals > 2 && units % 10 == 0; decimals--)
        units /= 10;
    digits[at] = '\0';
    for (int written = 0; units || written <= decimals; written++) {
        if (written == decimals)
            digits[--at] = '.';
        digits[--at] = (char)('0' + (int)(units % 10));
        units /= 10;
    }
    if (negative)
        digits[--at] = '-';
    return memcpy(text, digits + at, sizeof digits - at);
}
