#include "rules/resemble.h"
#include "base/text.h"
#include "rules/code.h"
#include "rules/taxid.h"
#include <stdio.h>
#include <string.h>
#include <talloc.h>

/* ---- How far ---- */

#define DISTANCE_MOST 40 /* signs of a text that is compared; longer ones are far from everything */

static int least(int a, int b, int c)
{
    int least = a < b ? a : b;

    return least < c ? least : c;
}

int text_distance(const char *a, const char *b, int most)
{
    size_t la = strlen(a), lb = strlen(b);
    int before[DISTANCE_MOST + 1] = {0}, last[DISTANCE_MOST + 1], now[DISTANCE_MOST + 1];

    if (la > DISTANCE_MOST || lb > DISTANCE_MOST)
        return most + 1;
    for (size_t j = 0; j <= lb; j++)
        last[j] = (int)j;
    for (size_t i = 1; i <= la; i++) {
        now[0] = (int)i;
        for (size_t j = 1; j <= lb; j++) {
            now[j] = least(last[j] + 1, now[j - 1] + 1, last[j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] && before[j - 2] + 1 < now[j])
                now[j] = before[j - 2] + 1;
        }
        memcpy(before, last, sizeof before);
        memcpy(last, now, sizeof last);
    }
    return last[lb] <= most ? last[lb] : most + 1;
}

/* ---- Codes ---- */

#define WORD 32

struct word {
    char text[WORD];
    size_t letters, digits; /* it is so many letters, then so many digits, and nothing else; otherwise digits 0 */
};

static char capital(char c)
{
    return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

/* The next run of letters and digits, in capitals; signs that people put into numbers are left out where digits stand
 * on both sides. False at the end. */
static bool next_word(const char **at, struct word *w)
{
    const char *c = *at;
    size_t n = 0;

    *w = (struct word){0};
    while (*c && !code_is_digit(*c) && !code_is_capital(capital(*c)))
        c++;
    for (; *c; c++) {
        char up = capital(*c);

        if (code_is_digit(up) || code_is_capital(up)) {
            if (n + 1 < WORD)
                w->text[n++] = up;
            else
                n = WORD; /* too long to be any code */
            continue;
        }
        if (n && n < WORD && strchr("-._/", *c) && code_is_digit(c[1]))
            continue;
        break;
    }
    *at = c;
    if (n == 0)
        return false;
    w->text[n < WORD ? n : WORD - 1] = 0;
    w->letters = strspn(w->text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
    w->digits = strspn(w->text + w->letters, "0123456789");
    if (n >= WORD || w->text[w->letters + w->digits])
        w->digits = 0;
    return true;
}

static void put_near(struct near_codes *near, const char *code)
{
    for (size_t i = 0; i < near->count; i++)
        if (strcmp(near->code[i], code) == 0)
            return;
    if (near->count < NEAR_CODES && strlen(code) < REFERENCE_TEXT)
        strcpy(near->code[near->count++], code);
}

/* Writes every text that is one slip away in its digits, through `put`. */
static void each_slip(const char *digits, void (*put)(void *to, const char *digits), void *to)
{
    char text[WORD + 2];
    size_t length = strlen(digits);

    for (size_t i = 0; i < length; i++)
        for (int c = '0'; c <= '9'; c++) {
            strcpy(text, digits);
            text[i] = (char)c;
            if (c != digits[i])
                put(to, text);
        }
    for (size_t i = 0; i + 1 < length; i++) {
        strcpy(text, digits);
        text[i] = digits[i + 1];
        text[i + 1] = digits[i];
        if (digits[i] != digits[i + 1])
            put(to, text);
    }
    for (size_t i = 0; i < length; i++) { /* one too many */
        memcpy(text, digits, i);
        strcpy(text + i, digits + i + 1);
        put(to, text);
    }
    for (size_t i = 0; i <= length; i++) /* one is missing */
        for (int c = '0'; c <= '9'; c++) {
            memcpy(text, digits, i);
            text[i] = (char)c;
            strcpy(text + i + 1, digits + i);
            put(to, text);
        }
}

struct slips {
    struct near_codes *near;
    const char *prefix; /* NULL: references */
};

static void put_reference(void *to, const char *digits)
{
    const struct slips *s = to;

    if (strlen(digits) == 15 && reference_valid(digits))
        put_near(s->near, digits);
}

static void put_code(void *to, const char *digits)
{
    const struct slips *s = to;
    char code[WORD + 8];

    if (strlen(digits) < 5 || strlen(digits) > 9)
        return;
    snprintf(code, sizeof code, "%s%s", s->prefix, digits);
    put_near(s->near, code);
}

/* With the right prefix the number may be wrong; with another one, or none, only the prefix is. */
static void near_prefix(const struct word *w, const char *prefix, struct near_codes *near)
{
    struct slips s = {near, prefix};
    char written[WORD];

    memcpy(written, w->text, w->letters);
    written[w->letters] = 0;
    if (strcmp(written, prefix) == 0)
        each_slip(w->text + w->letters, put_code, &s);
    else
        put_code(&s, w->text + w->letters);
}

/* Whether letters before a number may have been meant as one of our prefixes. */
static bool like_a_prefix(const struct word *w, const struct code_forms *forms)
{
    char written[WORD];

    memcpy(written, w->text, w->letters);
    written[w->letters] = 0;
    for (size_t i = 0; i < forms->count; i++)
        if (w->letters == 0 || text_distance(written, forms->prefixes[i], 1) <= 1)
            return true;
    return false;
}

static void take_out_named(const char *text, const struct code_forms *forms, struct near_codes *near)
{
    struct references found;
    size_t kept = 0;

    codes_find(&text, 1, forms, &found);
    for (size_t i = 0; i < near->count; i++) {
        bool named = false;

        for (size_t j = 0; j < found.valid_count; j++)
            named |= strcmp(found.valid[j], near->code[i]) == 0;
        if (!named)
            memmove(near->code[kept++], near->code[i], REFERENCE_TEXT);
    }
    near->count = kept;
}

void codes_near(const char *text, const struct code_forms *forms, struct near_codes *near)
{
    const char *at = text;
    struct word w, last = {0};

    near->count = 0;
    while (next_word(&at, &w)) {
        if (w.letters == 0 && w.digits >= 14 && w.digits <= 16)
            each_slip(w.text, put_reference, &(struct slips){near, NULL});
        if (w.letters == 0 && w.digits && last.letters && !last.digits && last.letters <= CODE_PREFIX_MAX + 1 &&
            last.letters + w.digits < WORD) {
            struct word joined = {.letters = last.letters, .digits = w.digits};

            memcpy(joined.text, last.text, last.letters); /* "RLM 95055" */
            memcpy(joined.text + last.letters, w.text, w.digits + 1);
            if (like_a_prefix(&joined, forms))
                w = joined;
        }
        if (w.digits >= 4 && w.digits <= 10 && like_a_prefix(&w, forms))
            for (size_t i = 0; i < forms->count; i++)
                near_prefix(&w, forms->prefixes[i], near);
        last = w;
    }
    take_out_named(text, forms, near);
}

/* ---- Names ---- */

#define NAME_WORDS 12

/* What says nothing about who somebody is. */
static bool is_title(const char *word)
{
    static const char *const TITLES[] = {
        "SIG",  "SIGRA", "DOTT",  "DOTTSSA", "DR",  "DRSSA", "ING", "AVV", "ARCH", "GEOM", "RAG",  "PROF", "STUDIO",
        "STUD", "SRL",   "SPA",   "SAS",     "SNC", "SRLS",  "SS",  "SC",  "SCRL", "SOC",  "COOP", "A",    "E",
        "DI",   "DE",    "DITTA", "SSA",     "RL",  "PA",    "ASS", "R",   "L",    "S",    "P",    "O"};

    for (size_t i = 0; i < count_of(TITLES); i++)
        if (strcmp(TITLES[i], word) == 0)
            return true;
    return false;
}

/* The letter under an accent of Latin-1, whose UTF-8 is C3 and this byte. */
static char bare(unsigned char second)
{
    static const char BARE[] = "AAAAAAACEEEEIIIIDNOOOOO.OUUUUYPSAAAAAAACEEEEIIIIDNOOOOO.OUUUUYPY";

    return second >= 0x80 && second <= 0xBF ? BARE[second - 0x80] : '.';
}

/* Capitals without accents: banks write NICOLO' where the customer wrote Nicolò. */
static size_t name_words(const char *name, char words[NAME_WORDS][WORD])
{
    size_t count = 0, n = 0;
    char *plain = text_upper(NULL, name);

    for (const char *c = plain;; c++) {
        char sign = (unsigned char)*c == 0xC3 && c[1] ? bare((unsigned char)*++c) : *c;
        bool letter = code_is_capital(sign) || code_is_digit(sign) || (unsigned char)sign >= 0x80;

        if (letter && n + 1 < WORD)
            words[count][n++] = sign;
        if (letter || sign == '\'') /* D'ANGELO is one word, as some write it */
            continue;
        words[count][n] = 0;
        if (n && !is_title(words[count]))
            count++;
        n = 0;
        if (!sign || count == NAME_WORDS)
            break;
    }
    talloc_free(plain);
    return count;
}

static bool words_alike(const char *a, const char *b)
{
    if (strcmp(a, b) == 0)
        return true;
    return strlen(a) >= 5 && strlen(b) >= 5 && text_distance(a, b, 1) <= 1;
}

bool names_resemble(const char *a, const char *b)
{
    char of_a[NAME_WORDS][WORD], of_b[NAME_WORDS][WORD];
    char *plain_a = text_latin(NULL, a), *plain_b = text_latin(NULL, b);
    size_t na = name_words(plain_a, of_a), nb = name_words(plain_b, of_b);
    char(*few)[WORD] = na <= nb ? of_a : of_b, (*many)[WORD] = na <= nb ? of_b : of_a;
    size_t fewer = na <= nb ? na : nb, more = na <= nb ? nb : na;
    bool alike = fewer >= 2 || (fewer == 1 && more == 1);

    talloc_free(plain_a);
    talloc_free(plain_b);
    for (size_t i = 0; i < fewer && alike; i++) {
        alike = false;
        for (size_t j = 0; j < more && !alike; j++)
            alike = words_alike(few[i], many[j]);
    }
    return alike;
}

/* ---- Tax numbers ---- */

size_t tax_numbers_find(const char *text, char found[TAX_NUMBERS][17])
{
    const char *at = text;
    size_t count = 0;
    struct word w;

    while (count < TAX_NUMBERS && next_word(&at, &w)) {
        const char *word = w.text;
        size_t length = strlen(word);

        if (length == 13 && strncmp(word, "IT", 2) == 0) {
            word += 2;
            length -= 2;
        }
        if ((length == 16 && tax_code_check(word, "", NULL) == DONE) ||
            (length == 11 && vat_number_check(word, "", NULL) == DONE))
            strcpy(found[count++], word);
    }
    return count;
}
