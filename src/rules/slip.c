#include "rules/slip.h"
#include "rules/code.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define OURS         '1' /* what stands before the reference in our codes */
#define FREE_DIGITS  16
#define AMOUNT_LIMIT 9999999999 /* cents: 8 digits of euro and 2 */

/* --- the customer code ------------------------------------------------------------------------------------------ */

static unsigned mod93(const char *digits)
{
    unsigned rest = 0;

    for (int i = 0; i < FREE_DIGITS; i++)
        rest = (rest * 10 + (unsigned)(digits[i] - '0')) % 93;
    return rest;
}

char *slip_code(const char *reference, char code[SLIP_CODE_TEXT])
{
    char free_digits[FREE_DIGITS + 1];

    snprintf(free_digits, sizeof free_digits, "%c%.15s", OURS, reference);
    snprintf(code, SLIP_CODE_TEXT, "%s%02u", free_digits, mod93(free_digits));
    return code;
}

bool slip_code_valid(const char *eighteen_digits)
{
    return code_is_digits(eighteen_digits, FREE_DIGITS + 2) &&
           (unsigned)(eighteen_digits[FREE_DIGITS] - '0') * 10 + (unsigned)(eighteen_digits[FREE_DIGITS + 1] - '0') ==
               mod93(eighteen_digits);
}

enum outcome slip_reference(const char *typed, const char *field, char reference[REFERENCE_TEXT], struct problem *why)
{
    char code[SLIP_CODE_TEXT];

    reference[0] = '\0';
    if (!code_clean(typed, code, sizeof code) || !slip_code_valid(code) || code[0] != OURS)
        return problem_set(why, PROBLEM_SLIP_CODE, field, "");
    snprintf(reference, REFERENCE_TEXT, "%.15s", code + 1);
    if (reference_valid(reference))
        return DONE;
    reference[0] = '\0';
    return problem_set(why, PROBLEM_SLIP_CODE, field, "");
}

enum outcome slip_account(const char *typed, const char *field, char account[SLIP_ACCOUNT_TEXT], struct problem *why)
{
    char clean[SLIP_ACCOUNT_TEXT];
    size_t length;

    account[0] = '\0';
    if (!code_clean(typed, clean, sizeof clean))
        return problem_set(why, PROBLEM_SLIP_ACCOUNT, field, "");
    length = strlen(clean);
    if (!code_is_digits(clean, length) || strspn(clean, "0") == length)
        return problem_set(why, PROBLEM_SLIP_ACCOUNT, field, "");
    memset(account, '0', SLIP_ACCOUNT_TEXT - 1);
    memcpy(account + SLIP_ACCOUNT_TEXT - 1 - length, clean, length + 1);
    return DONE;
}

/* --- what machines read ----------------------------------------------------------------------------------------- */

static bool has_code(const struct slip *slip)
{
    return slip->type == SLIP_CUSTOMER || slip->type == SLIP_COMPLETE;
}

bool slip_valid(const struct slip *slip)
{
    switch (slip->type) {
    case SLIP_BLANK:
    case SLIP_ACCOUNT:
    case SLIP_CUSTOMER:
    case SLIP_COMPLETE:
        break;
    default:
        return false;
    }
    return code_is_digits(slip->account, SLIP_ACCOUNT_TEXT - 1) && (!has_code(slip) || slip_code_valid(slip->code)) &&
           (slip->type != SLIP_COMPLETE || (slip->amount.cents > 0 && slip->amount.cents <= AMOUNT_LIMIT));
}

char *slip_line(const struct slip *slip, char line[SLIP_LINE_TEXT])
{
    char code[SLIP_CODE_TEXT + 4] = "", amount[16] = "";

    if (has_code(slip))
        snprintf(code, sizeof code, "<%.18s> ", slip->code);
    if (slip->type == SLIP_COMPLETE)
        snprintf(amount, sizeof amount, "%08u+%02u> ", (unsigned)(slip->amount.cents / 100 % 100000000),
                 (unsigned)(slip->amount.cents % 100));
    snprintf(line, SLIP_LINE_TEXT, "%s%s%.12s< %03d>", code, amount, slip->account, (int)slip->type);
    return line;
}

char *slip_payload(const struct slip *slip, char payload[SLIP_PAYLOAD_TEXT])
{
    snprintf(payload, SLIP_PAYLOAD_TEXT, "18%.18s12%.12s10%010" PRId64 "3%03d", slip->code, slip->account,
             slip->amount.cents, (int)slip->type);
    return payload;
}

/* --- amounts in words ------------------------------------------------------------------------------------------- */

struct words {
    char *text;
    size_t length;
};

static void say(struct words *w, const char *word)
{
    size_t n = strlen(word);

    if (w->length + n < SLIP_WORDS_TEXT) {
        memcpy(w->text + w->length, word, n + 1);
        w->length += n;
    }
}

static void drop_vowel(struct words *w)
{
    w->text[--w->length] = '\0';
}

/* 1 to 999. A ten loses its vowel before "uno" and "otto", a hundred before "otto" and "ottanta". */
static void say_hundreds(struct words *w, unsigned n)
{
    static const char *const SMALL[] = {"",         "uno",    "due",         "tre",      "quattro",
                                        "cinque",   "sei",    "sette",       "otto",     "nove",
                                        "dieci",    "undici", "dodici",      "tredici",  "quattordici",
                                        "quindici", "sedici", "diciassette", "diciotto", "diciannove"};
    static const char *const TENS[] = {"",          "",         "venti",    "trenta",  "quaranta",
                                       "cinquanta", "sessanta", "settanta", "ottanta", "novanta"};

    if (n >= 100) {
        say(w, n >= 200 ? SMALL[n / 100] : "");
        say(w, "cento");
        n %= 100;
        if (n == 8 || n / 10 == 8)
            drop_vowel(w);
    }
    if (n >= 20) {
        say(w, TENS[n / 10]);
        n %= 10;
        if (n == 1 || n == 8)
            drop_vowel(w);
    }
    say(w, SMALL[n]);
}

char *slip_words(struct money amount, char words[SLIP_WORDS_TEXT])
{
    struct words w = {words, 0};
    unsigned euro = (unsigned)(amount.cents / 100 % 1000000000), millions = euro / 1000000,
             thousands = euro / 1000 % 1000, rest = euro % 1000;
    char cents[8];

    words[0] = '\0';
    if (millions > 1)
        say_hundreds(&w, millions);
    if (millions)
        say(&w, millions == 1 ? "unmilione" : "milioni");
    if (thousands > 1)
        say_hundreds(&w, thousands);
    if (thousands)
        say(&w, thousands == 1 ? "mille" : "mila");
    if (rest)
        say_hundreds(&w, rest);
    if (euro == 0)
        say(&w, "zero");
    if (euro > 3 && rest % 10 == 3 && rest % 100 != 13) { /* "tre" at the end of a longer word is stressed */
        drop_vowel(&w);
        say(&w, "é");
    }
    snprintf(cents, sizeof cents, "/%02u", (unsigned)(amount.cents % 100));
    say(&w, cents);
    return words;
}
