/* link/cbi_rh_record.c */
#include "link/cbi_rh_record.h"
#include <string.h>

bool rh_split(struct rh_record *record, const char *line)
{
    int length = 0, count = 0;

    for (; *line; line++) {
        bool begins = ((unsigned char)*line & 0xC0) != 0x80;
        if (begins && count == RH_RECORD)
            return line[strspn(line, " ")] == '\0' && (record->text[length] = '\0', true);
        if (begins)
            record->at[count++] = length;
        if (length == RH_WIDE)
            return false;
        record->text[length++] = *line;
    }
    for (; count < RH_RECORD && length < RH_WIDE; count++) {
        record->at[count] = length;
        record->text[length++] = ' ';
    }
    record->text[length] = '\0';
    record->at[RH_RECORD] = length;
    return count == RH_RECORD;
}

const char *rh_raw(const struct rh_record *record, int from, int to, size_t *length)
{
    *length = (size_t)(record->at[to] - record->at[from - 1]);
    return record->text + record->at[from - 1];
}

void rh_field(const struct rh_record *record, int from, int to, char *out, size_t size)
{
    size_t length;
    const char *text = rh_raw(record, from, to, &length);

    flat_copy(out, size, text, length);
}

bool rh_number(const struct rh_record *record, int from, int to, size_t *value)
{
    size_t length;
    const char *text = rh_raw(record, from, to, &length);
    int n = flat_digits(text, (int)length);

    *value = n < 0 ? 0 : (size_t)n;
    return n >= 0;
}

bool rh_day(const struct rh_record *record, int from, struct day *d)
{
    size_t length;
    const char *text = rh_raw(record, from, from + 5, &length);

    if (length == 6 && (memcmp(text, "000000", 6) == 0 || memcmp(text, "      ", 6) == 0))
        return true;
    return length == 6 && flat_day(flat_digits(text + 4, 2), flat_digits(text + 2, 2), flat_digits(text, 2), d);
}

bool rh_amount(const struct rh_record *record, int from, bool *negative, amount_units *units)
{
    size_t length;
    const char *text = rh_raw(record, from, from + 15, &length);

    *negative = *text == 'D';
    return length == 16 && (*text == 'C' || *text == 'D') && flat_amount(text + 1, 15, ',', units);
}

bool rh_says(const struct rh_record *r, int from, const char *flag)
{
    return strncmp(r->text + r->at[from - 1], flag, strlen(flag)) == 0;
}
