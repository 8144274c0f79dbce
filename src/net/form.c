#include "net/form.h"
#include "base/i18n.h"
#include "base/text.h"
#include "net/form_parts.h"
#include <string.h>
#include <talloc.h>

enum { TEXT_LIMIT = 200 };

static void fault(const struct form_entry *e, enum problem_code code)
{
    (void)!problems_add(e->all, code, e->field->name, "");
}

/* ---- Setting members, whatever the input's notation ---- */

/* Control characters are never text; the ends of lines are where the field has lines. */
static bool is_text(const struct form_entry *e, const char *text, size_t length)
{
    if (!e->field->lines)
        return text_is_plain(text, length);
    for (size_t i = 0, run; i < length; i += run + 1) {
        for (run = 0; i + run < length && !memchr("\r\n\t", text[i + run], 3);)
            run++;
        if (!text_is_plain(text + i, run))
            return false;
    }
    return true;
}

/* Lines are kept: CR LF becomes LF, and blanks go only at both ends. */
static char *trim_lines(void *mem, const char *text, size_t length)
{
    char *kept, *to;

    while (length && strchr(" \t\r\n", *text))
        text++, length--;
    while (length && strchr(" \t\r\n", text[length - 1]))
        length--;
    kept = to = talloc_array(mem, char, length + 1);
    for (size_t i = 0; i < length; i++)
        if (text[i] != '\r')
            *to++ = text[i];
        else if (i + 1 == length || text[i + 1] != '\n')
            *to++ = '\n';
    *to = '\0';
    return kept;
}

void form_set_text(const struct form_entry *e, const char *text, size_t length)
{
    int64_t most = e->field->max ? e->field->max : TEXT_LIMIT;
    size_t characters;
    char *kept;

    if (!is_text(e, text, length)) {
        fault(e, PROBLEM_NOT_TEXT);
        return;
    }
    if (e->field->secret)
        kept = talloc_strndup(e->mem, text, length);
    else if (e->field->lines)
        kept = trim_lines(e->mem, text, length);
    else
        kept = text_trim(e->mem, talloc_strndup(e->mem, text, length));
    characters = text_characters(kept);
    if (!characters) {
        if (!e->field->optional)
            fault(e, PROBLEM_REQUIRED);
    } else if (characters > (size_t)most) {
        (void)!problems_add(e->all, PROBLEM_TOO_LONG, e->field->name, "%lld", (long long)most);
    } else if (characters < (size_t)e->field->min) {
        (void)!problems_add(e->all, PROBLEM_OUT_OF_RANGE, e->field->name, N_("almeno %lld caratteri"),
                            (long long)e->field->min);
    } else {
        *(const char **)e->member = kept;
    }
}

static bool bounded(const struct form_field *field)
{
    return field->min || field->max;
}

void form_set_number(const struct form_entry *e, int64_t number)
{
    if (bounded(e->field) && (number < e->field->min || number > e->field->max))
        (void)!problems_add(e->all, PROBLEM_OUT_OF_RANGE, e->field->name, N_("da %lld a %lld"),
                            (long long)e->field->min, (long long)e->field->max);
    else
        *(int64_t *)e->member = number;
}

void form_set_cents(const struct form_entry *e, int64_t cents)
{
    int64_t least = bounded(e->field) ? e->field->min : 0, most = bounded(e->field) ? e->field->max : MONEY_LIMIT;
    char low[MONEY_TEXT], high[MONEY_TEXT];

    if (cents > MONEY_LIMIT || cents < -MONEY_LIMIT)
        fault(e, PROBLEM_MONEY_OVERFLOW);
    else if (cents < least || cents > most)
        (void)!problems_add(e->all, PROBLEM_OUT_OF_RANGE, e->field->name, N_("da %s a %s"),
                            money_italian(money(least), low), money_italian(money(most), high));
    else
        *(struct money *)e->member = money(cents);
}

void form_set_choice(const struct form_entry *e, const char *word, size_t length)
{
    for (const struct form_choice *choice = e->field->choices; choice->word; choice++)
        if (strlen(choice->word) == length && memcmp(choice->word, word, length) == 0) {
            *(int *)e->member = choice->value;
            return;
        }
    fault(e, PROBLEM_NOT_A_CHOICE);
}

enum outcome form_unknown(struct problems *all, const char *name, size_t length)
{
    /* The name is a stranger's: shown only when it is short and harmless. */
    if (!length || length > 40 || !text_is_plain(name, length))
        return problems_add(all, PROBLEM_UNKNOWN_FIELD, "", "?");
    return problems_add(all, PROBLEM_UNKNOWN_FIELD, name, "%s", name);
}

/* ---- Reading what a form writes ---- */

/* Whole, in decimals, with at most a minus before. */
static bool read_number(const char *text, size_t length, int64_t *number)
{
    bool minus = length && *text == '-';
    int64_t value = 0;

    if (length == (minus ? 1U : 0U))
        return false;
    for (size_t i = minus; i < length; i++) {
        if (text[i] < '0' || text[i] > '9' || __builtin_mul_overflow(value, 10, &value) ||
            __builtin_sub_overflow(value, text[i] - '0', &value)) /* below zero there is room for INT64_MIN */
            return false;
    }
    return minus ? (*number = value, true) : !__builtin_sub_overflow(0, value, number);
}

/* "1.234,50" and "30,5" as Italians write them, "30.50" as keypads do: a lone point with three digits after it parts
 * thousands. */
static bool plain_decimal(const char *text, size_t length, char plain[32])
{
    const char *comma = memchr(text, ',', length), *point = memchr(text, '.', length);
    size_t whole = comma ? (size_t)(comma - text) : length, n = 0;

    if (length == 0 || length > 24)
        return false;
    if (!comma && point && !memchr(point + 1, '.', (size_t)(text + length - point - 1)) &&
        text + length - point - 1 <= 2)
        return memcpy(plain, text, length), plain[length] = '\0', true;
    for (size_t i = 0; i < whole; i++) {
        bool parting = point && (whole - i) % 4 == 0; /* from the right, every fourth place is a point */

        if (parting != (text[i] == '.') || (parting && i == 0))
            return false;
        if (!parting)
            plain[n++] = text[i];
    }
    if (comma) {
        plain[n++] = '.';
        memcpy(plain + n, comma + 1, length - whole - 1);
        n += length - whole - 1;
    }
    plain[n] = '\0';
    return true;
}

static void set_money(const struct form_entry *e, const char *text, size_t length)
{
    struct money amount;
    char plain[32];

    if (!plain_decimal(text, length, plain) || money_parse(plain, strlen(plain), &amount) != DONE)
        fault(e, PROBLEM_MONEY_FORMAT);
    else
        form_set_cents(e, amount.cents);
}

static void set_flag(const struct form_entry *e, const char *text)
{
    static const char *const YES[] = {"on", "1", "true"}, *const NO[] = {"", "0", "false"};

    for (size_t i = 0; i < count_of(YES); i++)
        if (strcmp(text, YES[i]) == 0 || strcmp(text, NO[i]) == 0) {
            *(bool *)e->member = strcmp(text, YES[i]) == 0;
            return;
        }
    fault(e, PROBLEM_NOT_A_CHOICE);
}

static void set_day(const struct form_entry *e, const char *text, size_t length)
{
    struct day day;

    if (day_parse(text, length, &day) != DONE && day_parse_italian(text, length, &day) != DONE)
        fault(e, PROBLEM_NOT_A_DATE);
    else
        *(struct day *)e->member = day;
}

/* All but texts: short, so without blanks at the ends, and nothing at all means absent. */
static void set_short(const struct form_entry *e, const struct form_pair *pair)
{
    const char *text;
    size_t length;
    int64_t number;

    if (!text_is_plain(pair->value, pair->value_length)) {
        fault(e, PROBLEM_NOT_TEXT);
        return;
    }
    text = text_trim(e->mem, pair->value);
    length = strlen(text);
    if (!length && e->field->type != FORM_FLAG_) {
        if (!e->field->optional)
            fault(e, PROBLEM_REQUIRED);
    } else if (e->field->type == FORM_INT_) {
        if (read_number(text, length, &number))
            form_set_number(e, number);
        else
            fault(e, PROBLEM_NOT_A_NUMBER);
    } else if (e->field->type == FORM_ENUM_) {
        form_set_choice(e, text, length);
    } else if (e->field->type == FORM_FLAG_) {
        set_flag(e, text);
    } else if (e->field->type == FORM_DAY_) {
        set_day(e, text, length);
    } else {
        set_money(e, text, length);
    }
}

static bool has_name(const struct form_pair *pair, const struct form_field *field)
{
    return pair->name_length == strlen(field->name) && memcmp(pair->name, field->name, pair->name_length) == 0;
}

static void check_field(const struct form_entry *e, const struct form *form)
{
    const struct form_pair *found = NULL;

    for (size_t i = 0; i < form->count; i++)
        if (has_name(&form->pair[i], e->field)) {
            if (found) {
                fault(e, PROBLEM_REPEATED_FIELD);
                return;
            }
            found = &form->pair[i];
        }
    if (found && e->field->type == FORM_TEXT_)
        form_set_text(e, found->value, found->value_length);
    else if (found)
        set_short(e, found);
    else if (e->field->type == FORM_FLAG_)
        *(bool *)e->member = false;
    else if (!e->field->optional)
        fault(e, PROBLEM_REQUIRED);
}

enum outcome form_check(void *mem, const struct form_field *fields, const struct form *form, void *out,
                        struct problems *all)
{
    for (const struct form_field *field = fields; field->type != FORM_END_; field++)
        if (field->type != FORM_IGNORE_)
            check_field(&(struct form_entry){mem, field, (char *)out + field->offset, all}, form);
    for (size_t i = 0; i < form->count; i++) {
        const struct form_field *field = fields;

        while (field->type != FORM_END_ && !has_name(&form->pair[i], field))
            field++;
        if (field->type == FORM_END_)
            (void)!form_unknown(all, form->pair[i].name, form->pair[i].name_length);
    }
    return all->count ? REFUSED : DONE;
}
