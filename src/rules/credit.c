#include "rules/credit.h"
#include "base/text.h"
#include "rules/code.h"

#include <string.h>

#define TELLS_LEAST   6  /* letters and digits of a text that is found within another */
#define REFERENCE_CUT 16 /* where MT940 ends a reference */
#define IBAN_LEAST    15

/* The next letter or digit, in capitals; 0 at the end. */
static char next(const char **at)
{
    for (; **at; ++*at) {
        char c = **at;

        if (c >= 'a' && c <= 'z')
            c = (char)(c - 'a' + 'A');
        if (code_is_digit(c) || (c >= 'A' && c <= 'Z'))
            return ++*at, c;
    }
    return '\0';
}

static size_t length_of(const char *text)
{
    size_t length = 0;

    while (next(&text))
        length++;
    return length;
}

/* Whether `text` begins with all of `part`. */
static bool begins(const char *text, const char *part)
{
    char c;

    while ((c = next(&part)))
        if (next(&text) != c)
            return false;
    return true;
}

static bool within(const char *text, const char *part)
{
    do
        if (begins(text, part))
            return true;
    while (next(&text));
    return false;
}

static bool same(const char *a, const char *b)
{
    return length_of(a) > 0 && length_of(a) == length_of(b) && begins(a, b);
}

/* One may have been cut. */
static bool same_reference(const char *a, const char *b)
{
    size_t left = length_of(a), right = length_of(b);

    return same(a, b) || (left == REFERENCE_CUT && right > left && begins(b, a)) ||
           (right == REFERENCE_CUT && left > right && begins(a, b));
}

/* One may stand among other words. */
static bool same_text(const char *a, const char *b)
{
    size_t left = length_of(a), right = length_of(b);

    if (left < TELLS_LEAST || right < TELLS_LEAST)
        return same(a, b);
    return left < right ? within(b, a) : within(a, b);
}

enum credit_likeness credit_likeness(const struct credit_facts *a, const struct credit_facts *b)
{
    if (length_of(a->debtor_iban) >= IBAN_LEAST && length_of(b->debtor_iban) >= IBAN_LEAST &&
        !same(a->debtor_iban, b->debtor_iban))
        return CREDIT_OTHER;
    if (same_reference(a->bank_reference, b->bank_reference))
        return CREDIT_SAME_REFERENCE;
    if (same_reference(a->end_to_end_id, b->end_to_end_id))
        return CREDIT_SAME_END_TO_END;
    return same_text(a->remittance, b->remittance) ? CREDIT_SAME_TEXT : CREDIT_OTHER;
}

const char *credit_family(const char *format)
{
    return text_starts(format, "mt")       ? "mt"
           : text_starts(format, "csv")    ? "csv"
           : text_starts(format, "cbi-rh") ? "rh"
                                           : "camt";
}
