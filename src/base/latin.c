// clang-format off: the tables are laid out by hand
/* base/latin.c: text_latin, for FatturaPA (basic Latin and Latin-1 supplement) and for banks. */
#include "base/text.h"
#include "base/unicode.h"

#include <string.h>

/* Base letters of U+0100..U+024F and U+1E00..U+1EFF by Unicode decomposition; '.' where there is none. */
/* clang-format off */
static const char EXTENDED[] =
    "AaAaAaCcCcCcCcDdDdEeEeEeEeEeGgGgGgGgHhHhIiIiIiIiIi..JjKkkLlLlLlL"
    "lLlNnNnNnnNnOoOoOo..RrRrRrSsSsSsSsTtTtTtUuUuUuUuUuUuWwYyYZzZzZzs"
    ".B.......DD.......f....I........Oo.............Uu....Zz........."
    ".............AaIiOoUuUuUuUuUu.AaAa....GgKkOoOo..j...Gg..NnAa..Oo"
    "AaAaEeEeIiIiOoOoRrRrUuUuSsTt..Hh......AaEeOoOoOoOoYy............"
    "................";
static const char ADDITIONAL[] =
    "AaBbBbBbCcDdDdDdDdDdEeEeEeEeEeFfGgHhHhHhHhHhIiIiKkKkKkLlLlLlLlMm"
    "MmMmNnNnNnNnOoOoOoOoPpPpRrRrRrRrSsSsSsSsSsTtTtTtTtUuUuUuUuUuVvVv"
    "WwWwWwWwWwXxXxYyZzZzZzhtwy.s....AaAaAaAaAaAaAaAaAaAaAaAaEeEeEeEe"
    "EeEeEeEeIiIiOoOoOoOoOoOoOoOoOoOoOoOoUuUuUuUuUuUuUuYyYyYyYy......";

/* What has a plain form of its own. */
static const struct {
    uint32_t first, last;
    const char *plain;
} PLAIN[] = {
    {0x00AD, 0x00AD, ""},    /* soft hyphen */
    {0x0132, 0x0132, "IJ"},  {0x0133, 0x0133, "ij"}, {0x0152, 0x0152, "OE"}, {0x0153, 0x0153, "oe"},
    {0x02B9, 0x02BC, "'"},   {0x1E9E, 0x1E9E, "SS"}, {0x200B, 0x200F, ""},   {0x2010, 0x2015, "-"},
    {0x2018, 0x201B, "'"},   {0x201C, 0x201F, "\""}, {0x2022, 0x2022, "-"},  {0x2026, 0x2026, "..."},
    {0x202A, 0x202E, ""},    {0x2032, 0x2032, "'"},  {0x2033, 0x2033, "\""}, {0x2039, 0x203A, "'"},
    {0x2044, 0x2044, "/"},   {0x2060, 0x2069, ""},   {0x20AC, 0x20AC, "EUR"}, {0x2116, 0x2116, "N."},
    {0x2122, 0x2122, "(TM)"}, {0x2212, 0x2212, "-"}, {0xFB01, 0xFB01, "fi"}, {0xFB02, 0xFB02, "fl"},
    {0xFEFF, 0xFEFF, ""},
};
/* clang-format on */

static const char *plain_form(uint32_t point)
{
    for (size_t i = 0; i < count_of(PLAIN); i++)
        if (point >= PLAIN[i].first && point <= PLAIN[i].last)
            return PLAIN[i].plain;
    return NULL;
}

/* Letters that a combining mark turns into one of Latin-1, as pairs of the letter and its code point there. */
/* clang-format off */
static const struct {
    uint32_t mark;
    const char *pairs;
} COMBINED[] = {
    {0x0300, "A\xC0" "E\xC8" "I\xCC" "O\xD2" "U\xD9" "a\xE0" "e\xE8" "i\xEC" "o\xF2" "u\xF9"},
    {0x0301, "A\xC1" "E\xC9" "I\xCD" "O\xD3" "U\xDA" "Y\xDD" "a\xE1" "e\xE9" "i\xED" "o\xF3" "u\xFA" "y\xFD"},
    {0x0302, "A\xC2" "E\xCA" "I\xCE" "O\xD4" "U\xDB" "a\xE2" "e\xEA" "i\xEE" "o\xF4" "u\xFB"},
    {0x0303, "A\xC3" "N\xD1" "O\xD5" "a\xE3" "n\xF1" "o\xF5"},
    {0x0308, "A\xC4" "E\xCB" "I\xCF" "O\xD6" "U\xDC" "a\xE4" "e\xEB" "i\xEF" "o\xF6" "u\xFC" "y\xFF"},
    {0x030A, "A\xC5" "a\xE5"},
    {0x0327, "C\xC7" "c\xE7"},
};
/* clang-format on */

static void put_latin1(struct text_buffer *out, uint32_t point)
{
    char two[2] = {(char)(0xC0 | point >> 6), (char)(0x80 | (point & 0x3F))};
    text_put_bytes(out, two, 2);
}

/* Joins the mark with the ASCII letter that was written last, where Latin-1 has the two in one; else the mark is
 * dropped. */
static void put_mark(struct text_buffer *out, uint32_t mark)
{
    if (out->length == 0)
        return;
    char letter = out->bytes[out->length - 1];
    for (size_t i = 0; i < count_of(COMBINED); i++) {
        if (COMBINED[i].mark != mark)
            continue;
        for (const char *pair = COMBINED[i].pairs; *pair != '\0'; pair += 2) {
            if (pair[0] == letter) {
                out->length--;
                put_latin1(out, (unsigned char)pair[1]);
                return;
            }
        }
    }
}

static void put_point(struct text_buffer *out, uint32_t point)
{
    const char *plain = plain_form(point);
    char c = '?';

    if (plain != NULL) {
        text_put(out, plain);
        return;
    }
    if (point >= 0x0300 && point <= 0x036F) {
        put_mark(out, point);
        return;
    }
    if (point > 0xA0 && point <= 0xFF) {
        put_latin1(out, point);
        return;
    }
    if (unicode_is_blank(point))
        c = ' ';
    else if (point >= 0x20 && point < 0x7F)
        c = (char)point;
    else if (point >= 0x0100 && point - 0x0100 < sizeof EXTENDED - 1)
        c = EXTENDED[point - 0x0100];
    else if (point >= 0x1E00 && point - 0x1E00 < sizeof ADDITIONAL - 1)
        c = ADDITIONAL[point - 0x1E00];
    if (c == '.' && point != '.')
        c = '?';
    text_put_bytes(out, &c, 1);
}

char *text_latin(void *mem, const char *text)
{
    struct text_buffer out = text_buffer(mem);
    size_t length = text ? strlen(text) : 0;

    for (size_t i = 0, size; i < length; i += size) {
        uint32_t point = 0xFFFD;
        size = unicode_read(text + i, length - i, &point);
        if (size == 0)
            size = 1;
        put_point(&out, point);
    }
    return out.bytes;
}
