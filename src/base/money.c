/* base/money.c: whole cents, with every overflow seen. */
#include "base/money.h"

#include <stdio.h>
#include <string.h>

static bool within(int64_t cents)
{
    return cents >= -MONEY_LIMIT && cents <= MONEY_LIMIT;
}

static enum outcome result(bool overflow, int64_t cents, struct money *amount)
{
    if (overflow || !within(cents))
        return REFUSED;
    amount->cents = cents;
    return DONE;
}

enum outcome money_add(struct money a, struct money b, struct money *sum)
{
    int64_t cents;
    bool overflow = __builtin_add_overflow(a.cents, b.cents, &cents);
    return result(overflow, cents, sum);
}

enum outcome money_subtract(struct money a, struct money b, struct money *difference)
{
    int64_t cents;
    bool overflow = __builtin_sub_overflow(a.cents, b.cents, &cents);
    return result(overflow, cents, difference);
}

enum outcome money_times(struct money a, int64_t count, struct money *product)
{
    int64_t cents;
    bool overflow = __builtin_mul_overflow(a.cents, count, &cents);
    return result(overflow, cents, product);
}

enum outcome money_share(struct money a, int64_t part, int64_t whole, struct money *share)
{
    if (whole <= 0 || part < 0)
        return REFUSED;

    /* 64 × 63 bits fit in 128, so nothing is lost before the one rounding. */
    __int128 product = (__int128)a.cents * part;
    bool negative = product < 0;
    unsigned __int128 size = negative ? -(unsigned __int128)product : (unsigned __int128)product;
    unsigned __int128 divisor = (unsigned __int128)whole;
    unsigned __int128 cents = size / divisor + (size % divisor * 2 >= divisor);

    if (cents > (unsigned __int128)MONEY_LIMIT)
        return REFUSED;
    share->cents = negative ? -(int64_t)cents : (int64_t)cents;
    return DONE;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

enum outcome money_parse(const char *text, size_t length, struct money *amount)
{
    int64_t cents = 0;
    size_t i = 0;

    for (; i < length && is_digit(text[i]); i++) {
        cents = cents * 10 + (text[i] - '0');
        if (cents > MONEY_LIMIT / 100)
            return REFUSED;
    }
    if (i == 0)
        return REFUSED;
    cents *= 100;

    if (i < length) {
        if (text[i++] != '.' || i == length)
            return REFUSED;
        for (int64_t worth = 10; i < length; i++, worth /= 10) {
            if (!is_digit(text[i]) || (worth == 0 && text[i] != '0'))
                return REFUSED;
            cents += (text[i] - '0') * worth;
        }
    }
    return result(false, cents, amount);
}

static uint64_t magnitude(struct money amount)
{
    return amount.cents < 0 ? -(uint64_t)amount.cents : (uint64_t)amount.cents;
}

char *money_decimal(struct money amount, char text[MONEY_TEXT])
{
    uint64_t size = magnitude(amount);
    snprintf(text, MONEY_TEXT, "%s%llu.%02u", amount.cents < 0 ? "-" : "", (unsigned long long)(size / 100),
             (unsigned)(size % 100));
    return text;
}

char *money_italian(struct money amount, char text[MONEY_TEXT])
{
    uint64_t size = magnitude(amount), euro = size / 100;
    char reversed[MONEY_TEXT];
    size_t n = 0, out = 0;

    for (int digits = 0; digits == 0 || euro > 0; digits++, euro /= 10) {
        if (digits > 0 && digits % 3 == 0)
            reversed[n++] = '.';
        reversed[n++] = (char)('0' + euro % 10);
    }
    if (amount.cents < 0)
        text[out++] = '-';
    while (n > 0)
        text[out++] = reversed[--n];
    text[out++] = ',';
    text[out++] = (char)('0' + size % 100 / 10);
    text[out++] = (char)('0' + size % 10);
    text[out] = '\0';
    return text;
}

char *money_euro(struct money amount, char text[MONEY_TEXT])
{
    return strcat(money_italian(amount, text), " €");
}
