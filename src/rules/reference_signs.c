/* UTF-8 from outside, told as the few kinds of signs that matter to a code. */
#include "rules/reference_find.h"

#include "rules/code.h"

struct reading {
    void (*take)(void *to, enum sign sign, char byte);
    void *to;

    /* a character of several bytes */
    uint32_t rune;
    int more;
};

/* Letters beyond ASCII begin at U+00C0, but for ordinal signs; symbols and punctuation of all scripts stand in
 * U+2000-2BFF. "N°", "nº" and "€" may touch a code, "è" may not. */
static enum sign sign_of(uint32_t rune)
{
    if (rune == 0xA0 || rune == 0x202F)
        return SIGN_BLANK;
    if (rune >= 0x2010 && rune <= 0x2015)
        return SIGN_JOIN;
    if (rune < 0xC0 || rune == 0xD7 || rune == 0xF7 || (rune >= 0x2000 && rune < 0x2C00))
        return SIGN_OTHER;
    return SIGN_LETTER;
}

static void read_ascii(struct reading *r, char byte)
{
    char capital = (char)(byte >= 'a' && byte <= 'z' ? byte - 'a' + 'A' : byte);

    if (code_is_digit(byte))
        r->take(r->to, SIGN_DIGIT, byte);
    else if (code_is_capital(capital))
        r->take(r->to, SIGN_LETTER, capital);
    else if (byte == ' ' || (byte >= '\t' && byte <= '\r'))
        r->take(r->to, SIGN_BLANK, byte);
    else if (byte == '.' || byte == '-' || byte == '/')
        r->take(r->to, SIGN_JOIN, byte);
    else
        r->take(r->to, byte == '_' ? SIGN_UNDERSCORE : SIGN_OTHER, byte);
}

static void read_byte(struct reading *r, unsigned char byte)
{
    if (r->more > 0) {
        if ((byte & 0xC0) == 0x80) {
            r->rune = r->rune << 6 | (byte & 0x3F);
            if (--r->more == 0)
                r->take(r->to, sign_of(r->rune), 0);
            return;
        }
        r->more = 0;
        r->take(r->to, SIGN_LETTER, 0); /* no UTF-8: nothing can be said of it, so it joins */
    }
    if (byte >= 0xC0) {
        r->more = byte >= 0xF0 ? 3 : byte >= 0xE0 ? 2 : 1;
        r->rune = byte & (0x3Fu >> r->more);
    } else if (byte >= 0x80) {
        r->take(r->to, SIGN_LETTER, 0);
    } else {
        read_ascii(r, (char)byte);
    }
}

static void read_text(struct reading *r, const char *text)
{
    for (; text != NULL && *text != '\0'; text++)
        read_byte(r, (unsigned char)*text);
}

void signs_read(const char *const *parts, size_t count, const char *between,
                void (*take)(void *to, enum sign sign, char byte), void *to)
{
    struct reading r = {.take = take, .to = to};

    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            read_text(&r, between);
        read_text(&r, parts[i]);
    }
    if (r.more > 0)
        take(to, SIGN_LETTER, 0);
    take(to, SIGN_END, 0);
}
