/* The .mo format: GNU gettext manual, "The Format of GNU MO Files". A header of seven words, then two tables of
 * (length, place), one of the originals in strcmp order and one of the translations; each text is followed by NUL. */
#include "base/i18n.h"
#include "base/text.h"
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <talloc.h>

enum { LANGUAGES = 8, LANGUAGE_LENGTH = 16, HEADER = 20, MAGIC = (int)0x950412de, CIGAM = (int)0xde120495 };

struct catalogue {
    char language[LANGUAGE_LENGTH];
    const unsigned char *bytes;
    size_t length;
    bool swapped;
    uint32_t count, originals, translations;
};

static struct catalogue catalogues[LANGUAGES];
static size_t catalogue_count;

static uint32_t word(const struct catalogue *c, size_t at)
{
    uint32_t value;

    memcpy(&value, c->bytes + at, sizeof value); /* which may stand at an odd place */
    return c->swapped ? __builtin_bswap32(value) : value;
}

/* The text of row `i` of a table; only after `check`. */
static const char *text_at(const struct catalogue *c, uint32_t table, uint32_t i)
{
    return (const char *)c->bytes + word(c, table + (size_t)i * 8 + 4);
}

static bool check_table(const struct catalogue *c, uint32_t table)
{
    if (table > c->length || c->count > (c->length - table) / 8)
        return false;
    for (uint32_t i = 0; i < c->count; i++) {
        size_t length = word(c, table + (size_t)i * 8), at = word(c, table + (size_t)i * 8 + 4);

        if (at >= c->length || length >= c->length - at || c->bytes[at + length] != '\0')
            return false;
    }
    return true;
}

static bool check(struct catalogue *c)
{
    uint32_t magic;

    if (c->length < HEADER)
        return false;
    memcpy(&magic, c->bytes, sizeof magic);
    if (magic != (uint32_t)MAGIC && magic != (uint32_t)CIGAM)
        return false;
    c->swapped = magic == (uint32_t)CIGAM;
    if (word(c, 4) >> 16 > 1) /* major revisions 0 and 1 share what is read here */
        return false;
    c->count = word(c, 8);
    c->originals = word(c, 12);
    c->translations = word(c, 16);
    if (!check_table(c, c->originals) || !check_table(c, c->translations))
        return false;
    for (uint32_t i = 1; i < c->count; i++)
        if (strcmp(text_at(c, c->originals, i - 1), text_at(c, c->originals, i)) >= 0)
            return false;
    return true;
}

static struct catalogue *find(const char *language)
{
    for (size_t i = 0; i < catalogue_count; i++)
        if (strcmp(catalogues[i].language, language) == 0)
            return &catalogues[i];
    return NULL;
}

_Bool i18n_add(const char *language, const void *mo, size_t length)
{
    struct catalogue c = {.bytes = mo, .length = length}, *place = find(language);

    if (strlen(language) >= sizeof c.language || !check(&c) || (!place && catalogue_count == LANGUAGES))
        return false;
    strcpy(c.language, language);
    if (!place)
        place = &catalogues[catalogue_count++];
    *place = c;
    return true;
}

const char *i18n(const char *language, const char *italian)
{
    const struct catalogue *c = language ? find(language) : NULL;
    uint32_t low = 0, high = c ? c->count : 0;

    if (italian[0] == '\0') /* that entry is the catalogue's own header */
        return italian;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = strcmp(italian, text_at(c, c->originals, middle));

        if (order == 0) {
            const char *text = text_at(c, c->translations, middle);
            return text[0] ? text : italian;
        }
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return italian;
}

/* ---- Texts that were filled in ---- */

enum { VALUES = 8, WORDS_LEAST = 6 /* bytes: "%s: %s" says nothing about what made a text */, DEEP = 6 };

struct filled {
    size_t count, words; /* how many bytes of the format are its own */
    struct {
        const char *at;
        size_t length;
    } value[VALUES];
};

/* A format's place for a value: a conversion, or the "{}" of a problem's text. */
static bool is_place(const char *format)
{
    return (format[0] == '%' && format[1] != '%') || (format[0] == '{' && format[1] == '}');
}

/* Behind "%.60s", "%zu", "{}"; *number: it writes digits. */
static const char *past_place(const char *format, bool *number)
{
    *number = false;
    if (*format == '{')
        return format + 2;
    format += 1 + strspn(format + 1, "-+ #0123456789.*hljzt");
    *number = *format && strchr("diu", *format);
    return *format ? format + 1 : format;
}

static const char *value_end(const char *format, const char *text)
{
    size_t words = strcspn(format, "%{"), length = strlen(text);
    char next[64];

    if (*format == '\0')
        return text + length;
    if (words == 0)
        return NULL;
    if (format[words] == '\0')
        return length >= words && strcmp(text + length - words, format) == 0 ? text + length - words : NULL;
    if (words >= sizeof next)
        words = sizeof next - 1; /* the rest is compared later */
    memcpy(next, format, words);
    next[words] = '\0';
    return strstr(text, next);
}

static bool made_by(const char *format, const char *text, struct filled *f)
{
    *f = (struct filled){0};
    while (*format) {
        if (is_place(format)) {
            const char *end;
            bool number;

            format = past_place(format, &number);
            end = f->count < VALUES ? value_end(format, text) : NULL;
            if (!end || (number && (end == text || strspn(text, "-0123456789") < (size_t)(end - text))))
                return false;
            f->value[f->count].at = text;
            f->value[f->count++].length = (size_t)(end - text);
            text = end;
        } else {
            format += *format == '%';
            if (*format++ != *text++)
                return false;
            f->words++;
        }
    }
    return *text == '\0' && f->count > 0 && f->words >= WORDS_LEAST;
}

static char *fill_again(void *mem, const char *language, const char *text, int deep);

static char *put_values(void *mem, const char *language, const char *format, const struct filled *f, int deep)
{
    struct text_buffer b = text_buffer(mem);
    bool number;

    for (size_t next = 0; *format;) {
        if (is_place(format)) {
            if (next < f->count) {
                char *value = talloc_strndup(mem, f->value[next].at, f->value[next].length);

                text_put(&b, fill_again(mem, language, value, deep));
                next++;
            }
            format = past_place(format, &number);
        } else {
            format += *format == '%';
            text_put_bytes(&b, format++, 1);
        }
    }
    return b.bytes;
}

static char *fill_again(void *mem, const char *language, const char *text, int deep)
{
    const struct catalogue *c = language ? find(language) : NULL;
    const char *whole = i18n(language, text), *best = NULL, *mark;
    struct filled f, found = {0};

    if (!c || whole != text || deep == 0)
        return talloc_strdup(mem, whole);
    for (uint32_t i = 0; i < c->count; i++) {
        const char *format = text_at(c, c->originals, i);

        if (strpbrk(format, "%{") && made_by(format, text, &f) && f.words > found.words) {
            found = f;
            best = text_at(c, c->translations, i);
        }
    }
    if (best && best[0])
        return put_values(mem, language, best, &found, deep - 1);
    mark = strstr(text, "; "); /* what is wrong, and what to do */
    if (!mark)
        mark = strstr(text, ": "); /* a file's name, and what is wrong with it */
    if (!mark)
        return talloc_strdup(mem, text);
    return talloc_asprintf(mem, "%s%.2s%s",
                           fill_again(mem, language, talloc_strndup(mem, text, (size_t)(mark - text)), deep - 1), mark,
                           fill_again(mem, language, mark + 2, deep - 1));
}

char *i18n_filled(void *mem, const char *language, const char *text)
{
    void *scratch = talloc_new(NULL);
    char *filled = talloc_steal(mem, fill_again(scratch, language, text, DEEP));

    talloc_free(scratch);
    return filled;
}
