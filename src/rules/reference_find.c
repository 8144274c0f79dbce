/* Finding references in what payers typed: a machine fed sign by sign, so that joined pieces need no copy. */
#include "rules/reference_find.h"

#include "rules/slip.h"
#include <string.h>

#define DIGITS      15
#define SLIP_DIGITS 18

struct search {
    struct references *found;

    /* the group being read */
    char group[SLIP_DIGITS];
    size_t group_length; /* counts on without storing */
    bool in_group, spoiled;

    /* the last whole groups of the chain, as many as fit into 15 digits */
    char window[DIGITS];
    unsigned char length[DIGITS]; /* of each group; every one has a digit, so no more than 15 fit */
    size_t groups, window_length;
    size_t chain_length;   /* digits of the whole chain so far */
    bool chain_is_invalid; /* the chain so far is 15 digits in several groups, with wrong check digits */

    /* what came last */
    bool after_letter;
    enum { NO_GAP, BLANK_GAP, MARK_GAP } gap; /* between the last group and here */
};

static void forget_window(struct search *s)
{
    s->groups = s->window_length = 0;
}

static void end_chain(struct search *s)
{
    if (s->chain_is_invalid)
        s->found->invalid_count++;
    s->chain_is_invalid = false;
    s->chain_length = 0;
    forget_window(s);
}

/* Drops the oldest groups until `room` more digits fit. */
static void slide_window(struct search *s, size_t room)
{
    size_t dropped = 0, digits = 0;

    while (dropped < s->groups && s->window_length - digits + room > DIGITS)
        digits += s->length[dropped++];
    s->groups -= dropped;
    s->window_length -= digits;
    memmove(s->length, s->length + dropped, s->groups);
    memmove(s->window, s->window + digits, s->window_length);
}

/* The customer code of a slip of ours (PAYMENTS §8.2). */
static void try_slip(struct search *s)
{
    char code[SLIP_CODE_TEXT], reference[REFERENCE_TEXT];

    memcpy(code, s->group, SLIP_DIGITS);
    code[SLIP_DIGITS] = '\0';
    memcpy(reference, code + 1, DIGITS);
    reference[DIGITS] = '\0';
    if (code[0] == '1' && slip_code_valid(code) && reference_valid(reference))
        references_add(s->found, reference);
}

static void end_group(struct search *s)
{
    char candidate[REFERENCE_TEXT];

    s->in_group = false;
    s->gap = NO_GAP;
    s->chain_is_invalid = false; /* whatever it was, now it is longer */
    if (s->spoiled) {
        end_chain(s);
        return;
    }
    s->chain_length += s->group_length;
    if (s->group_length > DIGITS) {
        if (s->group_length == SLIP_DIGITS)
            try_slip(s);
        forget_window(s);
        return;
    }
    slide_window(s, s->group_length);
    memcpy(s->window + s->window_length, s->group, s->group_length);
    s->length[s->groups++] = (unsigned char)s->group_length;
    s->window_length += s->group_length;
    if (s->window_length != DIGITS)
        return;

    memcpy(candidate, s->window, DIGITS);
    candidate[DIGITS] = '\0';
    if (reference_valid(candidate))
        references_add(s->found, candidate);
    else if (s->groups == 1)
        s->found->invalid_count++;
    else
        s->chain_is_invalid = s->chain_length == DIGITS;
}

static void read_digit(struct search *s, char digit)
{
    if (!s->in_group) {
        if (s->gap == NO_GAP)
            end_chain(s);
        s->in_group = true;
        s->spoiled = s->after_letter;
        s->group_length = 0;
    }
    if (s->group_length < SLIP_DIGITS)
        s->group[s->group_length] = digit;
    s->group_length++;
    s->after_letter = false;
}

static void read_letter(struct search *s)
{
    if (s->in_group) {
        s->spoiled = true;
        end_group(s);
    } else {
        end_chain(s);
    }
    s->gap = NO_GAP;
    s->after_letter = true;
}

/* Anything that is neither digit nor letter. A gap is one mark or one stretch of blanks; more than that ends the chain.
 */
static void read_mark(struct search *s, bool blank, bool groups)
{
    bool follows_group = s->in_group;

    if (follows_group)
        end_group(s);
    if (groups && follows_group && !s->spoiled)
        s->gap = blank ? BLANK_GAP : MARK_GAP;
    else if (!(blank && s->gap == BLANK_GAP)) {
        end_chain(s);
        s->gap = NO_GAP;
    }
    s->after_letter = false;
}

static void take(void *to, enum sign sign, char byte)
{
    struct search *s = to;

    switch (sign) {
    case SIGN_DIGIT:
        read_digit(s, byte);
        break;
    case SIGN_LETTER:
        read_letter(s);
        break;
    case SIGN_BLANK:
        read_mark(s, true, true);
        break;
    case SIGN_JOIN:
        read_mark(s, false, true);
        break;
    case SIGN_UNDERSCORE:
    case SIGN_OTHER:
        read_mark(s, false, false);
        break;
    case SIGN_END:
        if (s->in_group)
            end_group(s);
        end_chain(s);
        break;
    }
}

static void find_joined(const char *const *parts, size_t count, const char *between, struct references *found)
{
    struct search s = {.found = found};

    signs_read(parts, count, between, take, &s);
}

static void find_references(const char *const *parts, size_t count, struct references *found)
{
    static const char *const BETWEEN[] = {"", " "};

    for (size_t i = 0; i < count; i++)
        find_joined(&parts[i], 1, "", found);

    for (size_t i = 0; count > 1 && found->valid_count == 0 && i < count_of(BETWEEN); i++) {
        struct references joined = {0};

        find_joined(parts, count, BETWEEN[i], &joined);
        if (joined.valid_count > 0 || found->invalid_count == 0)
            *found = joined;
    }
}

static void find_codes(const char *const *parts, size_t count, const struct code_forms *forms, struct references *found)
{
    struct references apart = {0}, tight = {0};

    order_codes_read(parts, count, false, forms, &apart);
    if (count > 1)
        order_codes_read(parts, count, true, forms, &tight);
    found->alternatives = found->valid_count <= 2 && apart.valid_count == 1 && tight.valid_count == 1 &&
                          strcmp(apart.valid[0], tight.valid[0]) != 0;
    for (size_t i = 0; i < apart.valid_count; i++)
        references_add(found, apart.valid[i]);
    for (size_t i = 0; i < tight.valid_count; i++)
        references_add(found, tight.valid[i]);
}

void references_add(struct references *found, const char *text)
{
    for (size_t i = 0; i < found->valid_count; i++)
        if (strcmp(found->valid[i], text) == 0)
            return;
    if (found->valid_count < count_of(found->valid))
        strcpy(found->valid[found->valid_count++], text);
}

void codes_find(const char *const *parts, size_t count, const struct code_forms *forms, struct references *found)
{
    *found = (struct references){0};
    find_references(parts, count, found);
    if (forms != NULL && forms->count > 0)
        find_codes(parts, count, forms, found);
}
