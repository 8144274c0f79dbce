#include "rules/iban.h"

#include "rules/code.h"
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

/* What follows the check digits: so many n digits, a capitals, c digits or capitals. Sources: the IBAN registry of ISO
 * 13616 and the public lists drawn from it. Where a country changed its form both stand, since old IBANs still come in
 * on statements. */
static const struct shape {
    char country[3];
    char bban[12];
} SHAPES[] = {
    /* clang-format off */
    {"AD", "8n12c"}, {"AE", "19n"}, {"AL", "8n16c"}, {"AO", "21n"}, {"AT", "16n"}, {"AX", "14n"}, {"AZ", "4a20c"},
    {"BA", "16n"}, {"BE", "12n"}, {"BF", "23n"}, {"BF", "2c22n"}, {"BG", "4a6n8c"}, {"BH", "4a14c"}, {"BI", "12n"},
    {"BI", "23n"}, {"BJ", "2c22n"}, {"BL", "10n11c2n"}, {"BR", "23n1a1c"}, {"BY", "4c4n16c"}, {"CF", "23n"},
    {"CG", "23n"}, {"CH", "5n12c"}, {"CI", "2c22n"}, {"CM", "23n"}, {"CR", "18n"}, {"CV", "21n"}, {"CY", "8n16c"},
    {"CZ", "20n"}, {"DE", "18n"}, {"DJ", "23n"}, {"DK", "14n"}, {"DO", "4c20n"}, {"DZ", "20n"}, {"DZ", "22n"},
    {"EE", "16n"}, {"EG", "25n"}, {"ES", "20n"}, {"FI", "14n"}, {"FK", "2a12n"}, {"FO", "14n"}, {"FR", "10n11c2n"},
    {"GA", "23n"}, {"GB", "4a14n"}, {"GE", "2a16n"}, {"GF", "10n11c2n"}, {"GI", "4a15c"}, {"GL", "14n"},
    {"GP", "10n11c2n"}, {"GQ", "23n"}, {"GR", "7n16c"}, {"GT", "24c"}, {"GW", "2c19n"}, {"HN", "4a20n"},
    {"HR", "17n"}, {"HU", "24n"}, {"IE", "4a14n"}, {"IL", "19n"}, {"IQ", "4a15n"}, {"IR", "22n"}, {"IS", "22n"},
    {"IT", "1a10n12c"}, {"JO", "4a4n18c"}, {"KM", "23n"}, {"KW", "4a22c"}, {"KZ", "3n13c"}, {"LB", "4n20c"},
    {"LC", "4a24c"}, {"LI", "5n12c"}, {"LT", "16n"}, {"LU", "3n13c"}, {"LV", "4a13c"}, {"LY", "21n"}, {"MA", "24n"},
    {"MC", "10n11c2n"}, {"MD", "20c"}, {"ME", "18n"}, {"MF", "10n11c2n"}, {"MG", "23n"}, {"MK", "3n10c2n"},
    {"ML", "2c22n"}, {"MN", "16n"}, {"MQ", "10n11c2n"}, {"MR", "23n"}, {"MT", "4a5n18c"}, {"MU", "4a19n3a"},
    {"MZ", "21n"}, {"NC", "10n11c2n"}, {"NE", "2a22n"}, {"NI", "4a20n"}, {"NI", "4a24n"}, {"NL", "4a10n"},
    {"NO", "11n"}, {"OM", "3n16c"}, {"PF", "10n11c2n"}, {"PK", "4a16c"}, {"PL", "24n"}, {"PM", "10n11c2n"},
    {"PS", "4a21c"}, {"PT", "21n"}, {"QA", "4a4n17c"}, {"RE", "10n11c2n"}, {"RO", "4a16c"}, {"RS", "18n"},
    {"RU", "14n15c"}, {"SA", "2n18c"}, {"SC", "4a20n3a"}, {"SD", "14n"}, {"SE", "20n"}, {"SI", "15n"}, {"SK", "20n"},
    {"SM", "1a10n12c"}, {"SN", "2c22n"}, {"SO", "19n"}, {"ST", "21n"}, {"SV", "4a20n"}, {"TD", "23n"},
    {"TF", "10n11c2n"}, {"TG", "2a22n"}, {"TL", "19n"}, {"TN", "20n"}, {"TR", "6n16c"}, {"UA", "6n19c"},
    {"VA", "18n"}, {"VG", "4a16n"}, {"WF", "10n11c2n"}, {"XK", "16n"}, {"YE", "4a4n18c"}, {"YT", "10n11c2n"},
    /* clang-format on */
};

static bool matches(const char *bban, const char *shape)
{
    while (*shape != '\0') {
        char *kind;
        long count = strtol(shape, &kind, 10);

        for (; count > 0; count--, bban++) {
            bool digit = code_is_digit(*bban), capital = code_is_capital(*bban);

            if (!(*kind == 'n' ? digit : *kind == 'a' ? capital : digit || capital))
                return false;
        }
        shape = kind + 1;
    }
    return *bban == '\0';
}

static bool has_known_shape(const char *iban)
{
    for (size_t i = 0; i < count_of(SHAPES); i++)
        if (strncmp(iban, SHAPES[i].country, 2) == 0 && code_is_digit(iban[2]) && code_is_digit(iban[3]) &&
            matches(iban + 4, SHAPES[i].bban))
            return true;
    return false;
}

/* The rest by 97 of the whole as one number, the first four characters moved to its end and letters counting 10 to 35.
 */
static unsigned mod97(const char *iban)
{
    size_t length = strlen(iban);
    unsigned rest = 0;

    for (size_t i = 0; i < length; i++) {
        char c = iban[(i + 4) % length];

        if (code_is_digit(c))
            rest = (rest * 10 + (unsigned)(c - '0')) % 97;
        else
            rest = (rest * 100 + (unsigned)(c - 'A') + 10) % 97;
    }
    return rest;
}

/* One letter over ABI, CAB and account. */
static bool cin_holds(const char *iban)
{
    if (strncmp(iban, "IT", 2) != 0 && strncmp(iban, "SM", 2) != 0)
        return true;
    return iban[4] == code_check_letter(iban + 5, 22);
}

enum outcome iban_check(const char *typed, const char *field, char canonical[IBAN_TEXT], struct problem *why)
{
    if (!code_clean(typed, canonical, IBAN_TEXT) || !has_known_shape(canonical)) {
        canonical[0] = '\0';
        return problem_set(why, PROBLEM_IBAN_FORMAT, field, "");
    }
    if (mod97(canonical) != 1 || !cin_holds(canonical)) {
        canonical[0] = '\0';
        return problem_set(why, PROBLEM_IBAN_CHECK, field, "");
    }
    return DONE;
}

enum outcome iban_italian(const char *account, char iban[IBAN_TEXT])
{
    char number[13] = "";
    size_t length = strlen(account);

    iban[0] = '\0';
    if (length < 13 || length > 24 || account[5] != '/' || account[11] != '/')
        return problem_set(NULL, PROBLEM_IBAN_FORMAT, "", "");
    memset(number, '0', 12);
    memcpy(number + 12 - (length - 12), account + 12, length - 12);
    snprintf(iban, IBAN_TEXT, "IT00A%.5s%.5s%s", account, account + 6, number);
    if (has_known_shape(iban)) {
        unsigned digits;

        iban[4] = code_check_letter(iban + 5, 22);
        digits = 98 - mod97(iban);
        iban[2] = (char)('0' + digits / 10);
        iban[3] = (char)('0' + digits % 10);
        return DONE;
    }
    iban[0] = '\0';
    return problem_set(NULL, PROBLEM_IBAN_FORMAT, "", "");
}

bool iban_split(const char *canonical, struct iban_parts *parts)
{
    *parts = (struct iban_parts){0};
    if (strncmp(canonical, "IT", 2) != 0 || strlen(canonical) != 27)
        return false;
    snprintf(parts->international, sizeof parts->international, "%.4s", canonical);
    snprintf(parts->cin, sizeof parts->cin, "%.1s", canonical + 4);
    snprintf(parts->abi, sizeof parts->abi, "%.5s", canonical + 5);
    snprintf(parts->cab, sizeof parts->cab, "%.5s", canonical + 10);
    snprintf(parts->account, sizeof parts->account, "%.12s", canonical + 15);
    return true;
}

char *iban_grouped(void *mem, const char *canonical)
{
    size_t length = strlen(canonical), at = 0;
    char *grouped = talloc_array(mem, char, length + length / 4 + 1);

    for (size_t i = 0; i < length; i++) {
        if (i > 0 && i % 4 == 0)
            grouped[at++] = ' ';
        grouped[at++] = canonical[i];
    }
    grouped[at] = '\0';
    return grouped;
}

bool iban_named(const char *iban, const char *text)
{
    char plain[64], domestic[23], short_form[18];
    size_t length = 0, whole = strlen(iban);

    for (const char *c = text; *c; c++) {
        if (!isalnum((unsigned char)*c))
            continue;
        if (length == sizeof plain - 1)
            return false;
        plain[length++] = (char)toupper((unsigned char)*c);
    }
    plain[length] = '\0';
    if (length >= whole && strcmp(plain + length - whole, iban) == 0)
        return length == whole || length - whole == 8 || length - whole == 11; /* a BIC before it */
    if (strncmp(iban, "IT", 2) != 0)
        return false;
    snprintf(domestic, sizeof domestic, "%s", iban + 5);
    snprintf(short_form, sizeof short_form, "%.5s%s", iban + 5, iban + 15);
    return strcmp(plain, domestic) == 0 || strcmp(plain, short_form) == 0;
}
