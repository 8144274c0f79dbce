/* link/mt940_entry.c */
#include "link/mt940_entry.h"
#include "base/i18n.h"
#include <string.h>

/* The year of a month and day beside a value date: the one that brings them nearest. */
static bool entry_day(struct day value_on, int month, int day, struct day *entry)
{
    int year = day_split(value_on).year;
    struct day tried;

    if (!flat_day(year, month, day, entry))
        return false;
    for (int other = year - 1; other <= year + 1; other += 2) {
        int far = entry->n - value_on.n;
        if (!flat_day(other, month, day, &tried))
            continue;
        int near = tried.n - value_on.n;
        if ((near < 0 ? -near : near) < (far < 0 ? -far : far))
            *entry = tried;
    }
    return true;
}

static bool is_none(const char *reference)
{
    static const char *const NONE[] = {"NONREF", "NONE", "NOTPROVIDED", "NOT PROVIDED", "KREF+", "KREF",
                                       "EREF+",  "EREF", "MREF+",       "MREF",         "-"};

    for (size_t i = 0; i < count_of(NONE); i++)
        if (strcasecmp(reference, NONE[i]) == 0)
            return true;
    return reference[strspn(reference, "0 ")] == '\0';
}

static void keep_reference(char *to, size_t size, const char *text, size_t length)
{
    flat_copy(to, size, text, length);
    if (is_none(to))
        to[0] = '\0';
}

/* After the type: the owner's reference, "//" and the bank's, and on a line of its own more about it. */
static void take_references(struct mt940_entry *e, const char *text)
{
    size_t first = strcspn(text, "\n");
    const char *bank = strstr(text, "//"), *rest = text + first + (text[first] == '\n');

    if (bank && bank < text + first) {
        keep_reference(e->own_reference, sizeof e->own_reference, text, (size_t)(bank - text));
        keep_reference(e->bank_reference, sizeof e->bank_reference, bank + 2, (size_t)(text + first - bank) - 2);
    } else {
        size_t own = first < MT940_REFERENCE ? first : MT940_REFERENCE;
        keep_reference(e->own_reference, sizeof e->own_reference, text, own);
        if (own < first) /* some banks go on behind its 16 places with a name */
            rest = text + own;
    }
    flat_copy(e->supplement, sizeof e->supplement, rest, strlen(rest));
}

const char *mt940_entry_read(struct mt940_entry *e, const char *field)
{
    const char *c = field;

    e->reversal = e->expected = false;
    e->own_reference[0] = e->bank_reference[0] = e->supplement[0] = '\0';
    if (strlen(c) < 6 || !flat_day(flat_digits(c, 2), flat_digits(c + 2, 2), flat_digits(c + 4, 2), &e->value_on))
        return N_("la data di valuta di un movimento non è scritta come 260115");
    c += 6;
    e->booked_on = e->value_on;
    if (strspn(c, "0123456789") >= 4) {
        if (!entry_day(e->value_on, flat_digits(c, 2), flat_digits(c + 2, 2), &e->booked_on))
            return N_("la data contabile di un movimento non è scritta come 0115");
        c += 4;
    }
    e->reversal = *c == 'R';
    e->expected = *c == 'E';
    c += e->reversal || e->expected;
    if (*c != 'C' && *c != 'D')
        return N_("un movimento non dice C o D");
    e->credit = (*c == 'C') != e->reversal; /* the effect on the account: RC takes a credit back */
    c++;
    c += *c >= 'A' && *c <= 'Z';
    c += *c == '\n'; /* some banks break the line before the amount */
    size_t length = strspn(c, "0123456789,");
    if (!flat_amount(c, length, ',', &e->units))
        return N_("l'importo di un movimento non è un numero come 10,98");
    c += length;
    c += strspn(c, " ");
    if (*c < 'A' || *c > 'Z' || strcspn(c, "\n") < 4)
        return N_("un movimento finisce a metà");
    take_references(e, c + 4);
    return NULL;
}
