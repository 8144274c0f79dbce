/* The .mo format: GNU gettext manual, "The Format of GNU MO Files". A header of seven words, then two tables of
 * (length, place), one of the originals in strcmp order and one of the translations; each text is followed by NUL. */
#include "base/i18n.h"
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

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
