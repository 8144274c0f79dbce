#include "base/template_value.h"
#include "base/day.h"
#include "base/money.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct value value_of_json(const json_t *json)
{
    return (struct value){.kind = json ? VALUE_JSON : VALUE_NOTHING, .at = json};
}

struct value value_of_struct(const struct view_field *fields, const void *object)
{
    return (struct value){.kind = object ? VALUE_STRUCT : VALUE_NOTHING, .fields = fields, .at = object};
}

/* ---- Members of structs ---- */

static const void *pointer_at(const void *member)
{
    const void *pointer;

    memcpy(&pointer, member, sizeof pointer);
    return pointer;
}

static struct value text_value(const char *text)
{
    return (struct value){.kind = text ? VALUE_TEXT : VALUE_NOTHING, .at = text};
}

struct value value_of_field(const struct view_field *f, const void *object)
{
    const void *member = (const char *)object + f->offset;

    switch (f->type) {
    case VIEW_TEXT_:
        return text_value(pointer_at(member));
    case VIEW_CHARS_:
        return text_value(member);
    case VIEW_INT_:
        return (struct value){.kind = VALUE_NUMBER, .number = *(const int *)member};
    case VIEW_INT64_:
        return (struct value){.kind = VALUE_NUMBER, .number = *(const int64_t *)member};
    case VIEW_BOOL_:
        return (struct value){.kind = *(const bool *)member ? VALUE_YES : VALUE_NOTHING};
    case VIEW_DAY_:
        return (struct value){.kind = day_is_known(*(const struct day *)member) ? VALUE_DAY : VALUE_NOTHING,
                              .number = ((const struct day *)member)->n};
    case VIEW_MONEY_:
        return (struct value){.kind = VALUE_MONEY, .number = ((const struct money *)member)->cents};
    case VIEW_STRUCT_:
        return value_of_struct(f->fields, member);
    case VIEW_POINTER_:
        return value_of_struct(f->fields, pointer_at(member));
    case VIEW_LIST_:
        return (struct value){.kind = VALUE_LIST,
                              .fields = f->fields,
                              .at = pointer_at(member),
                              .size = f->size,
                              .count = *(const size_t *)(const void *)((const char *)object + f->count)};
    case VIEW_END_:
        break;
    }
    return (struct value){0};
}

const struct view_field *value_field(const struct view_field *fields, const struct key *key)
{
    for (const struct view_field *f = fields; f->type != VIEW_END_; f++)
        if (memcmp(f->name, key->padded, VIEW_NAME) == 0)
            return f;
    return NULL;
}

bool value_find(const struct value *in, const struct key *key, struct value *found)
{
    const struct view_field *field = in->kind == VALUE_STRUCT ? value_field(in->fields, key) : NULL;
    const json_t *json = in->kind == VALUE_JSON ? json_object_getn(in->at, key->name, key->length) : NULL;

    if (field)
        *found = value_of_field(field, in->at);
    if (json)
        *found = value_of_json(json);
    return field || json;
}

/* ---- Sections ---- */

static bool json_is_something(const json_t *json)
{
    switch (json_typeof(json)) {
    case JSON_NULL:
    case JSON_FALSE:
        return false;
    case JSON_STRING:
        return json_string_length(json) > 0;
    case JSON_INTEGER:
        return json_integer_value(json) != 0;
    case JSON_REAL:
        return json_real_value(json) < 0 || json_real_value(json) > 0;
    case JSON_ARRAY:
        return json_array_size(json) > 0;
    default:
        return true;
    }
}

bool value_is_something(const struct value *v)
{
    switch (v->kind) {
    case VALUE_NOTHING:
        return false;
    case VALUE_JSON:
        return json_is_something(v->at);
    case VALUE_LIST:
        return v->count > 0;
    case VALUE_TEXT:
        return *(const char *)v->at != '\0';
    case VALUE_NUMBER:
        return v->number != 0;
    default:
        return true;
    }
}

bool value_is_list(const struct value *v)
{
    return v->kind == VALUE_LIST || (v->kind == VALUE_JSON && json_is_array((const json_t *)v->at));
}

size_t value_count(const struct value *list)
{
    return list->kind == VALUE_LIST ? list->count : json_array_size(list->at);
}

struct value value_element(const struct value *list, size_t i)
{
    if (list->kind == VALUE_LIST)
        return value_of_struct(list->fields, (const char *)list->at + i * list->size);
    return value_of_json(json_array_get(list->at, i));
}

/* ---- Text ---- */

/* The fewest digits that read back as the same number. */
static void put_real(struct text_buffer *out, double real)
{
    char text[40];

    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, real);
        if (memcmp(&(double){strtod(text, NULL)}, &real, sizeof real) == 0)
            break;
    }
    text_put(out, text);
}

static void put_integer(struct text_buffer *out, int64_t number)
{
    char digits[24], *first = digits + sizeof digits;
    uint64_t rest = number < 0 ? -(uint64_t)number : (uint64_t)number;

    do
        *--first = (char)('0' + rest % 10);
    while ((rest /= 10) > 0);
    if (number < 0)
        *--first = '-';
    text_put_bytes(out, first, (size_t)(digits + sizeof digits - first));
}

static void put_text(struct text_buffer *out, const char *text, size_t length, bool escaped)
{
    if (escaped)
        text_put_html(out, text, length);
    else
        text_put_bytes(out, text, length);
}

static void put_json(struct text_buffer *out, const json_t *json, bool escaped)
{
    switch (json_typeof(json)) {
    case JSON_STRING:
        put_text(out, json_string_value(json), json_string_length(json), escaped);
        break;
    case JSON_INTEGER:
        put_integer(out, json_integer_value(json));
        break;
    case JSON_REAL:
        put_real(out, json_real_value(json));
        break;
    case JSON_TRUE:
        text_put(out, "true");
        break;
    case JSON_FALSE:
        text_put(out, "false");
        break;
    default:
        break;
    }
}

void value_put(struct text_buffer *out, const struct value *v, bool escaped)
{
    char day[DAY_TEXT], money[MONEY_TEXT];

    switch (v->kind) {
    case VALUE_JSON:
        put_json(out, v->at, escaped);
        break;
    case VALUE_TEXT:
        put_text(out, v->at, strlen(v->at), escaped);
        break;
    case VALUE_NUMBER:
        put_integer(out, v->number);
        break;
    case VALUE_YES:
        text_put(out, "true");
        break;
    case VALUE_DAY:
        text_put(out, day_italian((struct day){(int32_t)v->number}, day));
        break;
    case VALUE_MONEY:
        text_put(out, money_euro((struct money){v->number}, money));
        break;
    default:
        break;
    }
}
