#include "rules/search.h"
#include "base/text.h"
#include "rules/code.h"
#include "rules/taxid.h"
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

/* ---- Folding ---- */

/* U+00C0 to U+00FF; what is no letter parts words. */
static const char PLAIN[] = "aaaaaaaceeeeiiiidnooooo ouuuuyts"
                            "aaaaaaaceeeeiiiidnooooo ouuuuyty";

char *search_fold(void *mem, const char *text)
{
    const char *latin = text_latin(mem, text);
    char *out = talloc_array(mem, char, (unsigned)strlen(latin) + 1), *to = out;

    for (const unsigned char *c = (const unsigned char *)latin; *c; c++) {
        char plain = ' ';

        if (*c < 0x80)
            plain = isalnum(*c) ? (char)tolower(*c) : ' ';
        else if (*c == 0xC3 && c[1])
            plain = PLAIN[*++c & 0x3F];
        if (plain != ' ' || (to > out && to[-1] != ' '))
            *to++ = plain;
    }
    while (to > out && to[-1] == ' ')
        to--;
    *to = '\0';
    return out;
}

char *search_end(void *mem, const char *key)
{
    char *end = talloc_strdup(mem, key);

    end[strlen(end) - 1]++;
    return end;
}

/* ---- Keys ---- */

static void put_key(struct search_keys *keys, const char *text)
{
    char key[SEARCH_KEY_TEXT];

    snprintf(key, sizeof key, "%s", text);
    if (!key[0] || keys->count == SEARCH_KEYS)
        return;
    for (size_t i = 0; i < keys->count; i++)
        if (strcmp(keys->key[i], key) == 0)
            return;
    memcpy(keys->key[keys->count++], key, sizeof key);
}

/* The words from each one on, then those before it: "maria verdi", "verdi maria". Single letters begin nothing. */
static void put_name(void *mem, struct search_keys *keys, const char *name, size_t most)
{
    const char *folded = search_fold(mem, name);

    for (const char *word = folded; word && keys->count < most;) {
        const char *next = strchr(word, ' ');

        if (word == folded)
            put_key(keys, folded);
        else if (word[1] && word[1] != ' ')
            put_key(keys, talloc_asprintf(mem, "%s %.*s", word, (int)(word - folded - 1), folded));
        word = next ? next + 1 : NULL;
    }
}

void search_keys(void *mem, const char *name, const char *tax_code, const char *vat_number, const char *email,
                 struct search_keys *keys)
{
    keys->count = 0;
    put_key(keys, tax_code ? text_upper(mem, tax_code) : "");
    put_key(keys, vat_number ? text_upper(mem, vat_number) : "");
    put_key(keys, email ? text_lower(mem, email) : "");
    put_name(mem, keys, name ? name : "", SEARCH_KEYS);
}

/* ---- What was typed ---- */

/* A causale is mended where one wrong digit, or two that changed places, make its check digits right. */
static void mend(const char *digits, struct search_typed *out)
{
    char text[REFERENCE_TEXT];

    for (size_t i = 0; i < 15; i++)
        for (char d = '0'; d <= '9' + 1 && out->code_count < SEARCH_CODES; d++) {
            memcpy(text, digits, sizeof text);
            if (d <= '9')
                text[i] = d;
            else if (i < 14)
                text[i] = digits[i + 1], text[i + 1] = digits[i];
            if (reference_valid(text))
                memcpy(out->codes[out->code_count++], text, sizeof text);
        }
    out->mended = true;
}

static bool read_codes(const char *text, const struct code_forms *forms, struct search_typed *out)
{
    struct references found;

    codes_find(&text, 1, forms, &found);
    for (size_t i = 0; i < found.valid_count && i < SEARCH_CODES; i++)
        memcpy(out->codes[out->code_count++], found.valid[i], REFERENCE_TEXT);
    return found.valid_count > 0;
}

/* 15 digits with whatever is put between them, and nothing else: of a causale, though its check digits are wrong. */
static bool is_spoilt_causale(const char *text, char digits[REFERENCE_TEXT])
{
    char clean[REFERENCE_TEXT + 1];

    if (!code_clean(text, clean, sizeof clean) || !code_is_digits(clean, 15))
        return false;
    memcpy(digits, clean, REFERENCE_TEXT);
    return true;
}

static bool is_year(int64_t n)
{
    return n >= 2000 && n < 2100;
}

/* "2026/17", "NC-2026/3", "fattura n. 17/2026". */
static bool read_invoice(void *mem, const char *text, struct search_typed *out)
{
    const char *lower = text_lower(mem, text), *at = lower + strcspn(lower, "0123456789");
    long long a, b;
    int end = 0;

    if (sscanf(at, "%9lld / %9lld%n", &a, &b, &end) != 2 || at[end] || a < 1 || b < 1)
        return false;
    for (const char *c = lower; c < at; c++)
        if (!isalpha((unsigned char)*c) && !strchr(" .-°", *c))
            return false;
    out->credit_note = strncmp(lower, "nc", 2) == 0 || strstr(lower, "nota") != NULL;
    out->invoice_year = is_year(a) ? a : b;
    out->invoice_number = is_year(a) ? b : a;
    return is_year(out->invoice_year);
}

/* What could begin a tax code or VAT number: digits, or six letters and then digits among others. */
static bool looks_like_tax(const char *clean)
{
    size_t length = strlen(clean), letters = strspn(clean, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");

    if (code_is_digits(clean, length))
        return length >= 7 && length <= 11;
    return letters == 6 && length > 7 && length <= 16 && code_is_digit(clean[6]) &&
           strspn(clean, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") == length;
}

static bool is_word(const char *text)
{
    return strlen(text) >= SEARCH_LEAST &&
           strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-+'") == strlen(text);
}

void search_read(void *mem, const char *typed, const struct code_forms *forms, struct search_typed *out)
{
    struct problem why;
    char digits[REFERENCE_TEXT];
    const char *tax;

    *out = (struct search_typed){.text = text_trim(mem, typed)};
    if (strchr(out->text, '@')) {
        out->address = text_lower(mem, out->text);
        out->key = strspn(out->address, " ") == 0 ? out->address : NULL;
        return;
    }
    if (iban_check(out->text, "", out->iban, &why) == DONE || read_codes(out->text, forms, out))
        return;
    if (read_invoice(mem, out->text, out))
        return;
    out->invoice_number = 0;
    if (is_spoilt_causale(out->text, digits)) {
        mend(digits, out);
        return;
    }
    tax = taxid_clean(mem, out->text);
    if (is_word(out->text))
        out->word = talloc_strdup(mem, out->text);
    if (looks_like_tax(tax))
        out->key = talloc_strdup(mem, tax);
    else
        out->key = search_fold(mem, out->text);
    if (strlen(out->key) < SEARCH_LEAST)
        out->key = NULL;
}
