#include "base/text.h"
#include "net/form_parts.h"
#include <string.h>

static void fault(const struct form_entry *e, enum problem_code code)
{
    (void)!problems_add(e->all, code, e->field->name, "");
}

static void set_day(const struct form_entry *e, const json_t *value)
{
    struct day day;

    if (json_is_string(value) && day_parse(json_string_value(value), json_string_length(value), &day) == DONE)
        *(struct day *)e->member = day;
    else
        fault(e, PROBLEM_NOT_A_DATE);
}

static void set(const struct form_entry *e, const json_t *value)
{
    switch (e->field->type) {
    case FORM_INT_:
        if (json_is_integer(value))
            form_set_number(e, json_integer_value(value));
        else
            fault(e, PROBLEM_NOT_A_NUMBER);
        break;
    case FORM_TEXT_:
        if (json_is_string(value))
            form_set_text(e, json_string_value(value), json_string_length(value));
        else
            fault(e, PROBLEM_NOT_TEXT);
        break;
    case FORM_ENUM_:
        if (json_is_string(value))
            form_set_choice(e, json_string_value(value), json_string_length(value));
        else
            fault(e, PROBLEM_NOT_A_CHOICE);
        break;
    case FORM_FLAG_:
        if (json_is_boolean(value))
            *(bool *)e->member = json_is_true(value);
        else
            fault(e, PROBLEM_NOT_A_CHOICE);
        break;
    case FORM_DAY_:
        set_day(e, value);
        break;
    case FORM_MONEY_:
        if (json_is_integer(value))
            form_set_cents(e, json_integer_value(value));
        else
            fault(e, PROBLEM_NOT_A_NUMBER); /* a member is in cents: "30,50" is how people write it */
        break;
    case FORM_IGNORE_:
    case FORM_END_:
        break;
    }
}

enum outcome form_check_json(void *mem, const struct form_field *fields, const json_t *object, void *out,
                             struct problems *all)
{
    const char *name;
    json_t *value;

    for (const struct form_field *field = fields; field->type != FORM_END_; field++) {
        struct form_entry e = {mem, field, (char *)out + field->offset, all};

        value = json_object_get(object, field->name);
        if (value && !json_is_null(value))
            set(&e, value);
        else if (field->type == FORM_FLAG_)
            *(bool *)e.member = false;
        else if (!field->optional && field->type != FORM_IGNORE_)
            fault(&e, PROBLEM_REQUIRED);
    }
    json_object_foreach((json_t *)(uintptr_t)object, name, value)
    {
        const struct form_field *field = fields;

        while (field->type != FORM_END_ && strcmp(field->name, name) != 0)
            field++;
        if (field->type == FORM_END_)
            (void)!form_unknown(all, name, strlen(name));
    }
    return all->count ? REFUSED : DONE;
}
