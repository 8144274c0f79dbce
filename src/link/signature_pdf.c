/* link/signature_pdf.c: where signatures stand in a PDF. The file is searched, not parsed: a signature covers every
 * byte but its hole, so what it covers needs no understanding, and nothing may hide in a hole that is hexadecimal
 * digits alone. */
#include "base/text.h"
#include "link/signature.h"
#include <stdio.h>
#include <string.h>
#include <time.h>

#define OBJECT_MOST ((size_t)64 << 10) /* bytes of a signature's dictionary around its hole */

struct span {
    const char *at;
    size_t length;
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f' || c == '\0';
}

static const char *find(struct span in, const char *word)
{
    return memmem(in.at, in.length, word, strlen(word));
}

/* A whole number and the blanks before it. */
static bool read_number(struct span *s, size_t *number)
{
    size_t digits = 0;

    while (s->length && is_blank(*s->at)) {
        s->at++;
        s->length--;
    }
    for (*number = 0; digits < s->length && s->at[digits] >= '0' && s->at[digits] <= '9' && digits < 12; digits++)
        *number = *number * 10 + (size_t)(s->at[digits] - '0');
    s->at += digits;
    s->length -= digits;
    return digits > 0;
}

static bool read_ranges(struct span s, size_t range[4])
{
    while (s.length && is_blank(*s.at)) {
        s.at++;
        s.length--;
    }
    if (!s.length || *s.at != '[')
        return false;
    s.at++;
    s.length--;
    for (int i = 0; i < 4; i++)
        if (!read_number(&s, &range[i]))
            return false;
    while (s.length && is_blank(*s.at)) {
        s.at++;
        s.length--;
    }
    return s.length && *s.at == ']';
}

static bool is_hex(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (!((text[i] >= '0' && text[i] <= '9') || (text[i] >= 'a' && text[i] <= 'f') ||
              (text[i] >= 'A' && text[i] <= 'F')))
            return false;
    return length % 2 == 0;
}

/* The dictionary without its hole: before it from its object's beginning, behind it to the object's end. */
static void around(struct span all, const struct pdf_signature *p, struct span part[2])
{
    size_t from = p->hole > OBJECT_MOST ? p->hole - OBJECT_MOST : 0, behind = p->hole + p->hole_length;
    const char *end;

    for (size_t i = p->hole; i >= from + 4; i--)
        if (memcmp(all.at + i - 4, " obj", 4) == 0) {
            from = i;
            break;
        }
    part[0] = (struct span){all.at + from, p->hole - from};
    part[1] = (struct span){all.at + behind, p->end - behind < OBJECT_MOST ? p->end - behind : OBJECT_MOST};
    end = find(part[1], "endobj");
    if (end)
        part[1].length = (size_t)(end - part[1].at);
}

static bool has(const struct span part[2], const char *word)
{
    return find(part[0], word) || find(part[1], word);
}

/* "D:20261122104200+01'00'" (ISO 32000-1 §7.9.4), from its year on. */
static struct instant date_of(struct span s)
{
    char digits[15] = "", zone[7] = "";
    int hours = 0, minutes = 0;
    struct tm tm = {0};
    int64_t seconds;

    if (s.length < 14 || strspn(strncpy(digits, s.at, 14), "0123456789") != 14)
        return (struct instant){0};
    if (sscanf(digits, "%4d%2d%2d%2d%2d%2d", &tm.tm_year, &tm.tm_mon, &tm.tm_mday, &tm.tm_hour, &tm.tm_min,
               &tm.tm_sec) != 6)
        return (struct instant){0};
    tm.tm_year -= 1900;
    tm.tm_mon--;
    seconds = timegm(&tm);
    for (size_t i = 0; i < 6 && 14 + i < s.length && s.at[14 + i] != ')'; i++)
        zone[i] = s.at[14 + i];
    if ((zone[0] == '+' || zone[0] == '-') && sscanf(zone + 1, "%2d'%2d", &hours, &minutes) >= 1)
        seconds -= (zone[0] == '-' ? -1 : 1) * (hours * 3600 + minutes * 60);
    return seconds > 0 ? (struct instant){seconds * 1000000} : (struct instant){0};
}

static struct instant said_at(const struct span part[2])
{
    for (int i = 0; i < 2; i++)
        for (struct span s = part[i]; s.length > 20;) {
            const char *at = find(s, "/M");
            size_t skip;

            if (!at)
                break;
            skip = (size_t)(at - s.at) + 2;
            s.at += skip;
            s.length -= skip;
            while (s.length && is_blank(*s.at)) {
                s.at++;
                s.length--;
            }
            if (s.length > 17 && memcmp(s.at, "(D:", 3) == 0)
                return date_of((struct span){s.at + 3, s.length - 3});
        }
    return (struct instant){0};
}

enum outcome pdf_next_signature(const void *bytes, size_t length, size_t *from, struct pdf_signature *found)
{
    static const char WORD[] = "/ByteRange";
    const struct span all = {bytes, length};
    struct span part[2];
    const char *at;
    size_t range[4];

    *found = (struct pdf_signature){0};
    at = *from < length ? find((struct span){all.at + *from, length - *from}, WORD) : NULL;
    if (!at)
        return REFUSED;
    *from = (size_t)(at - all.at) + sizeof WORD - 1;
    if (!read_ranges((struct span){all.at + *from, length - *from}, range))
        return BROKEN;
    if (range[0] != 0 || range[1] >= length || range[2] > length || range[3] > length - range[2] ||
        range[2] < range[1] + 2 || all.at[range[1]] != '<' || all.at[range[2] - 1] != '>')
        return BROKEN;
    *found = (struct pdf_signature){.hole = range[1],
                                    .hole_length = range[2] - range[1],
                                    .end = range[2] + range[3],
                                    .hex = all.at + range[1] + 1,
                                    .hex_length = range[2] - range[1] - 2};
    if (!is_hex(found->hex, found->hex_length))
        return BROKEN;
    around(all, found, part);
    found->known = has(part, "/adbe.pkcs7.detached") || has(part, "/ETSI.CAdES.detached");
    found->said_at = said_at(part);
    return DONE;
}
