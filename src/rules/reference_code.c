/* Finding order codes: whole words, then a number. */
#include "rules/reference_find.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define WORD_MAX    (2 * CODE_PREFIX_MAX) /* letters kept: a prefix, and initials before it */
#define TYPED_LEAST 3
#define PRINTED     5
#define NUMBER_MOST 9

/* A word, or the initials of several. */
struct word {
    char letters[WORD_MAX];
    size_t length; /* counts on without storing */
    bool initials;
};

struct search {
    const struct code_forms *forms;
    struct references *found;
    size_t least; /* digits that make a number */

    enum { OUTSIDE, IN_WORD, AFTER_WORD, IN_NUMBER, AFTER_NUMBER } place;
    struct word word;         /* being read */
    bool spoiled;             /* it touches a digit, or holds another script's letter */
    struct word last, before; /* the words just read, with nothing but a gap after each */

    const char *prefix;   /* of the number being read; NULL: none */
    size_t typed, digits; /* of the number; without leading zeros */
    int64_t number;
    char pending[REFERENCE_TEXT]; /* a short number's code, until it is seen what follows; "" none */
};

static void add_letter(struct word *word, char letter)
{
    if (word->length < WORD_MAX)
        word->letters[word->length] = letter;
    word->length++;
}

static void forget_words(struct search *s)
{
    s->last = s->before = (struct word){0};
}

static void end_word(struct search *s)
{
    s->word.initials = s->word.length == 1;
    if (s->spoiled) {
        forget_words(s);
    } else if (s->word.initials && s->last.initials) {
        add_letter(&s->last, s->word.letters[0]);
    } else {
        s->before = s->last;
        s->last = s->word;
    }
}

/* Whether `prefix` is the last word with the one before it, or with the last of the initials before it. */
static bool spans_both(const struct search *s, const char *prefix, size_t length)
{
    size_t head = length - s->last.length;

    if (length <= s->last.length || head > s->before.length || s->before.length > WORD_MAX)
        return false;
    return (head == s->before.length || s->before.initials) &&
           memcmp(prefix, s->before.letters + s->before.length - head, head) == 0 &&
           memcmp(prefix + head, s->last.letters, s->last.length) == 0;
}

/* The prefix that the last word is, NULL when it is none, or when it may be the end of another. */
static const char *match(const struct search *s)
{
    const char *same = NULL;

    if (s->last.length == 0 || s->last.length > CODE_PREFIX_MAX)
        return NULL;
    for (size_t i = 0; i < s->forms->count; i++) {
        const char *prefix = s->forms->prefixes[i];
        size_t length = strlen(prefix);

        if (spans_both(s, prefix, length))
            return NULL;
        if (length == s->last.length && memcmp(prefix, s->last.letters, length) == 0)
            same = prefix;
    }
    return same;
}

static void accept(struct search *s)
{
    if (s->pending[0] != '\0')
        references_add(s->found, s->pending);
    s->pending[0] = '\0';
}

static void begin_number(struct search *s, const char *prefix)
{
    s->prefix = prefix;
    s->typed = s->digits = 0;
    s->number = 0;
    s->place = IN_NUMBER;
    forget_words(s);
}

static void end_number(struct search *s)
{
    if (s->prefix == NULL || s->typed < s->least || s->digits < 1 || s->digits > NUMBER_MOST)
        return;
    snprintf(s->pending, sizeof s->pending, "%.*s%05" PRId64, CODE_PREFIX_MAX, s->prefix, s->number);
    if (s->typed >= PRINTED)
        accept(s);
}

static void read_digit(struct search *s, char digit)
{
    switch (s->place) {
    case IN_WORD:
        end_word(s);
        begin_number(s, match(s));
        break;
    case AFTER_WORD:
        begin_number(s, match(s));
        break;
    case OUTSIDE:
    case AFTER_NUMBER:
        s->pending[0] = '\0'; /* it may be a part of a grouped number */
        begin_number(s, NULL);
        break;
    case IN_NUMBER:
        break;
    }
    s->typed++;
    if (s->digits > 0 || digit != '0')
        s->digits++;
    if (s->digits <= NUMBER_MOST)
        s->number = s->number * 10 + (digit - '0');
}

static void read_letter(struct search *s, char letter)
{
    if (s->place != IN_WORD) {
        accept(s);
        s->word = (struct word){0};
        s->spoiled = s->place == IN_NUMBER; /* and so is the number */
        s->place = IN_WORD;
    }
    add_letter(&s->word, letter);
    if (letter == 0)
        s->spoiled = true;
}

static void read_gap(struct search *s)
{
    if (s->place == IN_WORD) {
        end_word(s);
        s->place = AFTER_WORD;
    } else if (s->place == IN_NUMBER) {
        end_number(s);
        s->place = AFTER_NUMBER;
    }
}

static void read_other(struct search *s)
{
    if (s->place == IN_NUMBER)
        end_number(s);
    accept(s);
    forget_words(s);
    s->place = OUTSIDE;
}

static void take(void *to, enum sign sign, char byte)
{
    switch (sign) {
    case SIGN_DIGIT:
        read_digit(to, byte);
        break;
    case SIGN_LETTER:
        read_letter(to, byte);
        break;
    case SIGN_BLANK:
    case SIGN_JOIN:
    case SIGN_UNDERSCORE:
        read_gap(to);
        break;
    case SIGN_OTHER:
    case SIGN_END:
        read_other(to);
        break;
    }
}

void order_codes_read(const char *const *parts, size_t count, bool tight, const struct code_forms *forms,
                      struct references *found)
{
    struct search s = {.forms = forms, .found = found, .least = tight ? PRINTED : TYPED_LEAST};

    signs_read(parts, count, tight ? "" : " ", take, &s);
}
