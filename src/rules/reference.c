#include "rules/reference.h"

#include "rules/code.h"
#include <stdio.h>
#include <string.h>

#define DIGITS 15

/* --- one reference
 * ------------------------------------------------------------------------------------------------------ */

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

    snprintf(text, REFERENCE_TEXT, "%04u%09u00", (unsigned)year % 10000, (unsigned)((uint64_t)number % 1000000000));
    check = 98 - mod97(text, DIGITS);
    text[DIGITS - 2] = (char)('0' + check / 10);
    text[DIGITS - 1] = (char)('0' + check % 10);
    return text;
}

bool reference_valid(const char *fifteen_digits)
{
    return code_is_digits(fifteen_digits, DIGITS) && mod97(fifteen_digits, DIGITS) == 1;
}

char *reference_grouped(const char *reference, char text[20])
{
    snprintf(text, 20, "%.6s %.6s %.3s", reference, reference + 6, reference + 12);
    return text;
}

/* --- searching: a machine fed byte by byte, so that joined pieces need no copy
 * --------------------------------------------- */

struct search {
    struct references *found;

    /* the group being read */
    char group[DIGITS];
    size_t group_length; /* counts past DIGITS without storing */
    bool in_group, spoiled;

    /* the last whole groups of the chain, as many as fit into 15 digits */
    char window[DIGITS];
    unsigned char length[DIGITS]; /* of each group; every one has a digit, so no more than 15 fit */
    size_t groups, window_length;
    size_t chain_length;   /* digits of the whole chain so far */
    bool chain_is_invalid; /* the chain so far is 15 digits in several groups, with wrong check digits */

    /* what came last */
    bool after_letter;
    enum { NO_GAP, BLANK_GAP, MARK_GAP } gap; /* between the last group and here */

    /* a character of several bytes */
    uint32_t rune;
    int more;
};

static void remember(struct references *found, const char *digits)
{
    for (size_t i = 0; i < found->valid_count; i++)
        if (memcmp(found->valid[i], digits, DIGITS) == 0)
            return;
    if (found->valid_count < count_of(found->valid)) {
        memcpy(found->valid[found->valid_count], digits, DIGITS);
        found->valid[found->valid_count++][DIGITS] = '\0';
    }
}

static void forget_window(struct search *s)
{
    s->groups = s->window_length = 0;
}

static void end_chain(struct search *s)
{
    if (s->chain_is_invalid)
        s->found->invalid_count++;
    s->chain_is_invalid = false;
    s->chain_length = 0;
    forget_window(s);
}

/* Drops the oldest groups until `room` more digits fit. */
static void slide_window(struct search *s, size_t room)
{
    size_t dropped = 0, digits = 0;

    while (dropped < s->groups && s->window_length - digits + room > DIGITS)
        digits += s->length[dropped++];
    s->groups -= dropped;
    s->window_length -= digits;
    memmove(s->length, s->length + dropped, s->groups);
    memmove(s->window, s->window + digits, s->window_length);
}

static void end_group(struct search *s)
{
    bool right;

    s->in_group = false;
    s->gap = NO_GAP;
    s->chain_is_invalid = false; /* whatever it was, now it is longer */
    if (s->spoiled) {
        end_chain(s);
        return;
    }
    s->chain_length += s->group_length;
    if (s->group_length > DIGITS) {
        forget_window(s);
        return;
    }
    slide_window(s, s->group_length);
    memcpy(s->window + s->window_length, s->group, s->group_length);
    s->length[s->groups++] = (unsigned char)s->group_length;
    s->window_length += s->group_length;
    if (s->window_length != DIGITS)
        return;

    right = mod97(s->window, DIGITS) == 1;
    if (right)
        remember(s->found, s->window);
    else if (s->groups == 1)
        s->found->invalid_count++;
    else
        s->chain_is_invalid = s->chain_length == DIGITS;
}

static void read_digit(struct search *s, char digit)
{
    if (!s->in_group) {
        if (s->gap == NO_GAP)
            end_chain(s);
        s->in_group = true;
        s->spoiled = s->after_letter;
        s->group_length = 0;
    }
    if (s->group_length < DIGITS)
        s->group[s->group_length] = digit;
    s->group_length++;
    s->after_letter = false;
}

static void read_letter(struct search *s)
{
    if (s->in_group) {
        s->spoiled = true;
        end_group(s);
    } else {
        end_chain(s);
    }
    s->gap = NO_GAP;
    s->after_letter = true;
}

/* Anything that is neither digit nor letter. A gap is one mark or one stretch of blanks; more than that ends the chain.
 */
static void read_mark(struct search *s, bool blank, bool groups)
{
    bool follows_group = s->in_group;

    if (follows_group)
        end_group(s);
    if (groups && follows_group && !s->spoiled)
        s->gap = blank ? BLANK_GAP : MARK_GAP;
    else if (!(blank && s->gap == BLANK_GAP)) {
        end_chain(s);
        s->gap = NO_GAP;
    }
    s->after_letter = false;
}

/* Letters beyond ASCII begin at U+00C0, but for ordinal signs; symbols and punctuation of all scripts stand in
 * U+2000-2BFF. "N°", "nº" and "€" may touch a reference, "è" may not. */
static void read_rune(struct search *s, uint32_t rune)
{
    if (rune == 0xA0 || rune == 0x202F)
        read_mark(s, true, true);
    else if (rune >= 0x2010 && rune <= 0x2015)
        read_mark(s, false, true);
    else if (rune < 0xC0 || rune == 0xD7 || rune == 0xF7 || (rune >= 0x2000 && rune < 0x2C00))
        read_mark(s, false, false);
    else
        read_letter(s);
}

static void read_byte(struct search *s, unsigned char byte)
{
    if (s->more > 0) {
        if ((byte & 0xC0) == 0x80) {
            s->rune = s->rune << 6 | (byte & 0x3F);
            if (--s->more == 0)
                read_rune(s, s->rune);
            return;
        }
        s->more = 0;
        read_letter(s); /* no UTF-8: nothing can be said of it, so it joins */
    }
    if (byte >= 0xC0) {
        s->more = byte >= 0xF0 ? 3 : byte >= 0xE0 ? 2 : 1;
        s->rune = byte & (0x3F >> s->more);
    } else if (byte >= 0x80) {
        read_letter(s);
    } else if (code_is_digit((char)byte)) {
        read_digit(s, (char)byte);
    } else if ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'z') {
        read_letter(s);
    } else {
        bool blank = byte == ' ' || (byte >= '\t' && byte <= '\r');

        read_mark(s, blank, blank || byte == '.' || byte == '-' || byte == '/');
    }
}

static void end_text(struct search *s)
{
    if (s->more > 0)
        read_letter(s);
    if (s->in_group)
        end_group(s);
    end_chain(s);
}

static void read_part(struct search *s, const char *part)
{
    for (; part != NULL && *part != '\0'; part++)
        read_byte(s, (unsigned char)*part);
}

static void find_joined(const char *const *parts, size_t count, const char *between, struct references *found)
{
    struct search s = {.found = found};

    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            read_part(&s, between);
        read_part(&s, parts[i]);
    }
    end_text(&s);
}

void references_find(const char *const *parts, size_t count, struct references *found)
{
    static const char *const BETWEEN[] = {"", " "};

    *found = (struct references){0};
    for (size_t i = 0; i < count; i++)
        find_joined(&parts[i], 1, "", found);

    for (size_t i = 0; count > 1 && found->valid_count == 0 && i < count_of(BETWEEN); i++) {
        struct references joined = {0};

        find_joined(parts, count, BETWEEN[i], &joined);
        if (joined.valid_count > 0 || found->invalid_count == 0)
            *found = joined;
    }
}
