/* link/bank_csv_cell.c */
#include "link/bank_csv_cell.h"
#include "link/statement_flat.h"
#include <string.h>

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* ---- Dates ---- */

struct parts {
    int number[3];
    size_t digits[3];
};

/* Three numbers with the same sign between them, or eight digits. */
static bool date_parts(const char *cell, struct parts *p)
{
    char sign = '\0';

    cell += strspn(cell, " ");
    size_t run = strspn(cell, "0123456789");
    if (run == 8) {
        p->number[0] = flat_digits(cell, 4);
        p->number[1] = flat_digits(cell + 4, 2);
        p->number[2] = flat_digits(cell + 6, 2);
        p->digits[0] = 4;
        cell += 8;
        return !*cell || *cell == ' ';
    }
    for (int i = 0; i < 3; i++) {
        p->digits[i] = strspn(cell, "0123456789");
        if (p->digits[i] == 0 || p->digits[i] > 4)
            return false;
        p->number[i] = flat_digits(cell, (int)p->digits[i]);
        cell += p->digits[i];
        if (i == 2)
            break;
        if ((*cell != '/' && *cell != '-' && *cell != '.') || (sign && *cell != sign))
            return false;
        sign = *cell++;
    }
    return !*cell || *cell == ' ' || *cell == 'T';
}

void habits_of_date(struct cell_habits *habits, const char *cell)
{
    struct parts p;

    if (!date_parts(cell, &p) || p.digits[0] == 4)
        return;
    if (p.number[0] > 12 && !habits->month_first)
        habits->day_first = true;
    if (p.number[1] > 12 && !habits->day_first)
        habits->month_first = true;
}

bool cell_date(const char *cell, const struct cell_habits *habits, struct day *d)
{
    struct parts p;
    struct ymd date;

    if (!date_parts(cell, &p))
        return false;
    if (p.digits[0] == 4)
        date = (struct ymd){p.number[0], p.number[1], p.number[2]};
    else if (p.digits[0] > 2 || p.digits[1] > 2 || p.digits[2] == 3)
        return false;
    else if (habits->month_first)
        date = (struct ymd){p.number[2], p.number[0], p.number[1]};
    else
        date = (struct ymd){p.number[2], p.number[1], p.number[0]};
    if (date.year < 100)
        date.year += date.year < 80 ? 2000 : 1900;
    if (!day_exists(date))
        return false;
    *d = day_of(date.year, date.month, date.day);
    return true;
}

/* ---- Amounts ---- */

#define PLAIN_MAX 48
#define APART     '\'' /* stands for all that can only part thousands */

struct plain {
    bool negative, blank;
    char text[PLAIN_MAX + 1]; /* digits, commas, dots and APART */
};

/* What parts thousands and nothing else, in bytes; the replacement character stands where a program has lost one. */
static size_t apart(const char *c)
{
    static const char *const MARKS[] = {"'", "\xE2\x80\x99", "\xC2\xA0", "\xE2\x80\xAF", "\xEF\xBF\xBD",
                                        " ", "\xC2\xB4"};

    for (size_t i = 0; i < count_of(MARKS); i++)
        if (strncmp(c, MARKS[i], strlen(MARKS[i])) == 0)
            return strlen(MARKS[i]);
    return 0;
}

static size_t euro(const char *c)
{
    static const char *const NAMES[] = {"\xE2\x82\xAC", "EUR", "Eur", "eur", "CHF", "USD", "GBP"};

    for (size_t i = 0; i < count_of(NAMES); i++)
        if (strncmp(c, NAMES[i], strlen(NAMES[i])) == 0)
            return strlen(NAMES[i]);
    return 0;
}

static size_t minus(const char *c)
{
    if (*c == '-')
        return 1;
    return strncmp(c, "\xE2\x88\x92", 3) == 0 || strncmp(c, "\xE2\x80\x93", 3) == 0 ? 3 : 0;
}

/* False when there is anything that no amount holds. */
static bool plainly(const char *cell, struct plain *p)
{
    size_t length = 0, skip;
    int minuses = 0, opened = 0;
    bool closed = false; /* by a minus or a bracket behind the digits */

    for (const char *c = cell; *c; c += skip) {
        bool after = length > 0;
        skip = 1;
        if (is_digit(*c) || *c == ',' || *c == '.') {
            if (length == PLAIN_MAX || closed)
                return false;
            p->text[length++] = *c;
        } else if (*c == '+' && !after) {
            continue;
        } else if (*c == '(' && !after && !opened) {
            opened = 1;
        } else if (*c == ')' && opened == 1) {
            opened = -1;
            closed = true;
        } else if ((skip = minus(c)) > 0) {
            minuses++;
            closed = after;
        } else if ((skip = euro(c)) > 0) {
            continue;
        } else if ((skip = apart(c)) > 0) {
            if (after && length < PLAIN_MAX)
                p->text[length++] = APART;
        } else {
            return false;
        }
    }
    while (length > 0 && p->text[length - 1] == APART)
        length--;
    p->text[length] = '\0';
    p->negative = minuses == 1 || opened == -1;
    p->blank = length == 0;
    return minuses + (opened == -1) <= 1 && opened != 1;
}

static size_t count(const char *text, char c)
{
    size_t n = 0;

    for (; *text; text++)
        n += *text == c;
    return n;
}

/* Which sign parts the decimals, as far as one number shows it: NUL when it does not. */
static char decimal_shown(const char *text)
{
    const char *comma = strrchr(text, ','), *dot = strrchr(text, '.');
    char sign = comma && (!dot || comma > dot) ? ',' : '.', other = sign == ',' ? '.' : ',';
    const char *last = sign == ',' ? comma : dot;

    if (!last)
        return '\0';
    if (count(text, sign) > 1)
        return count(text, other) ? '\0' : other;
    size_t before = (size_t)(last - text), after = strlen(last + 1);
    if (count(text, other) > 0 || count(text, APART) > 0 || after != 3 || before > 3 || before == 0 ||
        (before == 1 && *text == '0'))
        return sign;
    return '\0';
}

void habits_of_amount(struct cell_habits *habits, const char *cell)
{
    struct plain p;

    if (!habits->decimal && plainly(cell, &p))
        habits->decimal = decimal_shown(p.text);
}

/* Groups of three, the first of one to three, all with the same sign between; or digits alone. */
static bool whole_part(const char *text, size_t length, char decimal, char digits[PLAIN_MAX + 1], size_t *used)
{
    char sign = '\0';
    size_t group = 0;

    for (size_t i = 0; i < length; i++) {
        if (is_digit(text[i])) {
            digits[(*used)++] = text[i];
            group++;
            continue;
        }
        if (text[i] == decimal || (sign && (text[i] != sign || group != 3)) || group == 0 || group > 3)
            return false;
        sign = text[i];
        group = 0;
    }
    return !sign || group == 3;
}

enum cell_amount cell_amount(const char *cell, struct cell_habits *habits, amount_units *units)
{
    char number[PLAIN_MAX + 1];
    struct plain p;
    size_t used = 0;

    if (!plainly(cell, &p))
        return CELL_NO_AMOUNT;
    if (p.blank)
        return CELL_BLANK;
    if (!habits->decimal)
        habits->decimal = decimal_shown(p.text);
    if (!habits->decimal && strpbrk(p.text, ",."))
        return CELL_UNCLEAR;
    const char *last = habits->decimal ? strrchr(p.text, habits->decimal) : NULL;
    size_t whole = last ? (size_t)(last - p.text) : strlen(p.text);
    if (!whole_part(p.text, whole, habits->decimal, number, &used))
        return CELL_NO_AMOUNT;
    if (last) {
        size_t rest = strlen(last);
        if (strspn(last + 1, "0123456789") != rest - 1)
            return CELL_NO_AMOUNT;
        memcpy(number + used, last, rest);
        used += rest;
    }
    if (!flat_amount(number, used, habits->decimal ? habits->decimal : '.', units))
        return CELL_NO_AMOUNT;
    if (p.negative)
        *units = -*units;
    return CELL_AMOUNT;
}
