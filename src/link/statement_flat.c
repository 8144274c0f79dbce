/* link/statement_flat.c */
#include "link/statement_flat.h"
#include "base/text.h"
#include "rules/iban.h"
#include <stdio.h>
#include <string.h>

void flat_open(struct flat *f, const char *format)
{
    f->is_open = true;
    f->has_begun = false;
    f->id[0] = f->account[0] = f->currency[0] = '\0';
    f->opening = f->closing = (struct flat_balance){0};
    f->booked = 0;
    f->statements++;
    f->head = (struct statement_head){
        .format = format, .id = f->id, .account = f->account, .currency = f->currency, .opening = "", .closing = ""};
}

enum outcome flat_begin(struct flat *f)
{
    if (f->has_begun)
        return DONE;
    f->has_begun = true;
    f->head.has_opening = f->opening.stated;
    if (f->opening.stated)
        f->head.opening = amount_text(f->opening.units, f->opening_text);
    return f->sink->begin ? f->sink->begin(f->sink->arg, &f->head) : DONE;
}

enum outcome flat_payment(struct flat *f, amount_units units, struct statement_payment *p)
{
    char text[AMOUNT_TEXT];

    TRY(flat_begin(f));
    if (p->status == ENTRY_BOOKED && (!*p->currency || !*f->currency || strcmp(p->currency, f->currency) == 0))
        f->booked += p->credit ? units : -units;
    p->amount_text = p->entry_amount_text = amount_text(units, text);
    p->amount_fits = amount_money(units, &p->amount);
    p->entry_index = f->head.entries++;
    p->payment_index = 0;
    return f->sink->payment ? f->sink->payment(f->sink->arg, p) : DONE;
}

enum outcome flat_check(struct flat *f)
{
    TRY(flat_begin(f));
    f->head.has_closing = f->closing.stated;
    if (f->closing.stated)
        f->head.closing = amount_text(f->closing.units, f->closing_text);
    f->head.booked_fits = amount_money(f->booked, &f->head.booked);
    if (!f->opening.stated || !f->closing.stated)
        return DONE;
    bool same_currency =
        !*f->closing.currency || !*f->opening.currency || strcmp(f->opening.currency, f->closing.currency) == 0;
    f->head.check = same_currency && f->opening.units + f->booked == f->closing.units ? BALANCE_RIGHT : BALANCE_WRONG;
    return DONE;
}

enum outcome flat_end(struct flat *f)
{
    if (!f->is_open)
        return DONE;
    TRY(flat_check(f));
    f->is_open = false;
    return f->sink->end ? f->sink->end(f->sink->arg, &f->head) : DONE;
}

bool flat_amount(const char *text, size_t length, char decimal, amount_units *units)
{
    char plain[AMOUNT_TEXT];

    if (length == 0 || length >= sizeof plain)
        return false;
    for (size_t i = 0; i < length; i++) {
        plain[i] = text[i] == decimal ? '.' : text[i];
        if (plain[i] == '.' && text[i] != decimal)
            return false;
    }
    plain[length] = '\0';
    return amount_parse(plain, units);
}

int flat_digits(const char *text, int count)
{
    int number = 0;

    for (int i = 0; i < count; i++) {
        if (text[i] < '0' || text[i] > '9')
            return -1;
        number = number * 10 + (text[i] - '0');
    }
    return number;
}

bool flat_day(int year, int month, int day, struct day *d)
{
    static const int LENGTHS[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    struct ymd date = {year < 100 ? year + (year < 80 ? 2000 : 1900) : year, month, day};

    if (year < 0 || month < 1 || month > 12 || day < 1 || day > 31 || date.year < 1900 || date.year > 2999)
        return false;
    if (!day_exists(date))
        date.day = LENGTHS[month - 1];
    if (month == 2 && day > 28 && day_exists((struct ymd){date.year, 2, 29}))
        date.day = 29;
    *d = day_of(date.year, date.month, date.day);
    return true;
}

void flat_copy(char *to, size_t size, const char *text, size_t length)
{
    size_t used = 0;

    for (size_t i = 0; i < length && used + 1 < size; i++) {
        char c = text[i] == '\t' || text[i] == '\n' ? ' ' : text[i];
        if (c == ' ' && (used == 0 || to[used - 1] == ' '))
            continue;
        to[used++] = c;
    }
    while (!text_is_utf8(to, used)) /* cut within a character */
        used--;
    while (used > 0 && to[used - 1] == ' ')
        used--;
    to[used] = '\0';
}

void flat_account(char to[FLAT_TEXT + 1], const char *text)
{
    char stated[FLAT_TEXT + 1], iban[IBAN_TEXT];
    size_t length;

    flat_copy(stated, sizeof stated, text, strlen(text));
    length = strlen(stated);
    memcpy(to, stated, length + 1);
    if (length == 0)
        return;
    if (iban_check(stated, "", iban, NULL) != DONE && iban_italian(stated, iban) != DONE) {
        if (length < 18 || strspn(stated + length - 3, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != 3)
            return;
        stated[length - 3] = '\0';
        if (iban_check(stated, "", iban, NULL) != DONE)
            return;
    }
    memcpy(to, iban, strlen(iban) + 1);
}
