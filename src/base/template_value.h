/* base/template_value.h: a value that a template meets, wherever it stands; only for template_render.c. */
#pragma once

#include "base/template.h"
#include "base/template_program.h"

struct value {
    enum { VALUE_NOTHING, VALUE_JSON, VALUE_STRUCT, VALUE_LIST, VALUE_TEXT, VALUE_NUMBER, VALUE_YES, VALUE_DAY, VALUE_MONEY } kind;
    uint32_t size; /* of a list's element */
    union {
        const void *at; /* json_t, struct, first element, text */
        int64_t number;
    };
    const struct view_field *fields; /* of a struct, or a list's elements */
    size_t count;                    /* of a list */
};

struct value value_of_json(const json_t *json);
struct value value_of_struct(const struct view_field *fields, const void *object);

/* What stands under a name in an object or struct; false when it has no such name. */
bool value_find(const struct value *in, const struct key *key, struct value *found);
/* The field of that name, or NULL; and its value in a struct. */
const struct view_field *value_field(const struct view_field *fields, const struct key *key);
struct value value_of_field(const struct view_field *field, const void *object);
bool value_is_something(const struct value *v);
bool value_is_list(const struct value *v);
size_t value_count(const struct value *list);
struct value value_element(const struct value *list, size_t i);
void value_put(struct text_buffer *out, const struct value *v, bool escaped);
