#include "rules/code.h"

#include <string.h>

/* Bytes at `text` that only help the eye; 0 when they mean something. */
static size_t filler(const char *text)
{
    const unsigned char *b = (const unsigned char *)text;

    if (*text != '\0' && strchr(" \t.-", *text) != NULL)
        return 1;
    if (b[0] == 0xC2 && b[1] == 0xA0) /* no-break space */
        return 2;
    if (b[0] == 0xE2 && b[1] == 0x80 &&
        ((b[2] >= 0x90 && b[2] <= 0x95) || b[2] == 0xAF)) /* dashes, narrow no-break space */
        return 3;
    return 0;
}

bool code_clean(const char *typed, char *clean, size_t room)
{
    size_t length = 0;
    bool fits = room > 0;

    while (fits && *typed != '\0') {
        size_t skip = filler(typed);

        if (skip > 0) {
            typed += skip;
            continue;
        }
        fits = length + 1 < room;
        if (fits)
            clean[length++] = *typed >= 'a' && *typed <= 'z' ? (char)(*typed - 'a' + 'A') : *typed;
        typed++;
    }
    if (room > 0)
        clean[length] = '\0';
    return fits;
}

bool code_is_digits(const char *text, size_t exactly)
{
    for (size_t i = 0; i < exactly; i++)
        if (!code_is_digit(text[i]))
            return false;
    return text[exactly] == '\0';
}

char code_check_letter(const char *text, size_t length)
{
    /* by index of the letter; digits weigh as the letters A to J */
    static const unsigned char ODD[26] = {1,  0,  5, 7, 9, 13, 15, 17, 19, 21, 2,  4,  18,
                                          20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23};
    unsigned sum = 0;

    for (size_t i = 0; i < length; i++) {
        unsigned index = code_is_digit(text[i]) ? (unsigned)(text[i] - '0') : (unsigned)(text[i] - 'A') % 26;

        sum += i % 2 == 0 ? ODD[index] : index;
    }
    return (char)('A' + sum % 26);
}
