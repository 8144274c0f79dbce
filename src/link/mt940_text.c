/* link/mt940_text.c */
#include "link/mt940_text.h"
#include "base/text.h"
#include "link/statement_flat.h"
#include <string.h>

#define FULL_SUBFIELD 27

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* A copy in the room, blanks tidied. */
static const char *keep(struct mt940_details *d, const char *text, size_t length)
{
    char *to = d->room + d->used;

    flat_copy(to, sizeof d->room - d->used, text, length);
    d->used += strlen(to) + 1;
    return to;
}

static void add_piece(struct mt940_details *d, const char *text)
{
    if (*text && d->piece_count < MT940_PIECES)
        d->pieces[d->piece_count++] = text;
}

/* ---- Without subfields ---- */

static void read_lines(struct mt940_details *d, const char *text)
{
    char *joined = d->room + d->used;
    size_t length = 0;

    for (const char *line = text; *line;) {
        size_t count = strcspn(line, "\n");
        char *to = joined + length;

        memcpy(to, line, count);
        length += count;
        line += count;
        if (*line && *++line) {
            if (!(count > 0 && is_digit(line[-2]) && is_digit(*line)))
                joined[length++] = ' ';
        }
    }
    d->used += length + 1;
    joined[length] = '\0';
    d->remittance = keep(d, joined, length);
    for (const char *line = text; *line;) {
        size_t count = strcspn(line, "\n");
        add_piece(d, keep(d, line, count));
        line += count + (line[count] == '\n');
    }
}

/* ---- With subfields ---- */

static bool begins_subfield(const char *at, char separator)
{
    return at[0] == separator && is_digit(at[1]) && is_digit(at[2]);
}

static bool has_subfields(const char *text)
{
    return is_digit(text[0]) && is_digit(text[1]) && is_digit(text[2]) && text[3] && strchr("?><+#~", text[3]) &&
           begins_subfield(text + 3, text[3]);
}

/* SEPA's words; each holds until the next. */
static size_t word_at(const char *text)
{
    static const char *const WORDS[] = {"EREF+", "KREF+", "MREF+", "CRED+", "DEBT+", "SVWZ+", "ABWA+",
                                        "ABWE+", "COAM+", "OAMT+", "RREF+", "RTRN+", "IBAN+", "BIC+"};

    for (size_t i = 0; i < count_of(WORDS); i++)
        if (text_starts(text, WORDS[i]))
            return strlen(WORDS[i]);
    return 0;
}

static void read_words(struct mt940_details *d, const char *joined)
{
    const char *purpose = NULL;

    for (const char *at = joined; *at;) {
        size_t word = word_at(at), length = word;

        while (at[length] && !((at[length] == ' ' || word == 0) && word_at(at + length + (at[length] == ' '))))
            length++;
        if (word > 0 && text_starts(at, "EREF+") && !*d->end_to_end_id) {
            d->end_to_end_id = keep(d, at + word, length - word);
            if (strcasecmp(d->end_to_end_id, "NOTPROVIDED") == 0)
                d->end_to_end_id = "";
        } else if (word > 0 && text_starts(at, "SVWZ+") && !purpose) {
            purpose = keep(d, at + word, length - word);
        }
        at += length + (at[length] == ' ');
    }
    d->remittance = purpose && *purpose ? purpose : joined;
}

/* The subfields of the remittance go together without anything between where one is full, since it was then cut, and
 * between digits; otherwise, and before a word, with a blank. */
static size_t append(char *joined, size_t length, const char *text, size_t count, size_t *last)
{
    bool cut = length > 0 && count > 0 && (*last >= FULL_SUBFIELD || (is_digit(joined[length - 1]) && is_digit(*text)));

    if (length > 0 && (!cut || word_at(text)))
        joined[length++] = ' ';
    memcpy(joined + length, text, count);
    *last = count;
    return length + count;
}

static void read_subfields(struct mt940_details *d, const char *text)
{
    char whole[MT940_TEXT + 1], joined[2 * MT940_TEXT + 1], name[2 * MT940_TEXT + 1];
    size_t length = 0, joined_length = 0, name_length = 0, last = 0, name_last = 0;
    const char *word = "";
    char separator = text[3];

    for (const char *c = text; *c; c++) /* lines are cut anywhere, within a separator too */
        if (*c != '\n')
            whole[length++] = *c;
    whole[length] = '\0';
    for (const char *at = whole + 3; *at;) {
        size_t count = 3;
        int code = flat_digits(at + 1, 2);

        while (at[count] && !begins_subfield(at + count, separator))
            count++;
        const char *value = at + 3;
        size_t size = count - 3;
        at += count;
        if ((code >= 20 && code <= 29) || (code >= 60 && code <= 63)) {
            joined_length = append(joined, joined_length, value, size, &last);
            add_piece(d, keep(d, value, size));
        } else if (code == 32 || code == 33) {
            name_length = append(name, name_length, value, size, &name_last);
        } else if (code == 31 && !*d->debtor_account) {
            d->debtor_account = keep(d, value, size);
        } else if (code == 0) {
            word = keep(d, value, size);
        }
    }
    d->debtor = keep(d, name, name_length);
    read_words(d, keep(d, joined, joined_length));
    if (!*d->remittance)
        d->remittance = word;
}

void mt940_details(struct mt940_details *d, const char *text)
{
    d->debtor = d->debtor_account = d->end_to_end_id = d->remittance = "";
    d->piece_count = d->used = 0;
    if (has_subfields(text))
        read_subfields(d, text);
    else
        read_lines(d, text);
}
