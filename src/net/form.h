/* net/form.h: input is declared, not picked apart. A table maps fields of a form (or members of a JSON object) to a struct,
 * with limits; one call checks all and reports every bad field at once.
 *
 *     static const struct form_field CHOICE[] = {
 *         FORM_INT (struct renewal_choice, years,    "anni",     .min = 1, .max = 10),
 *         FORM_ENUM(struct renewal_choice, plan,     "tipo",     PLANS),
 *         FORM_INT (struct renewal_choice, extra_gb, "gb_extra", .min = 0, .max = 500, .optional = true),
 *         FORM_END };
 *
 * Text arrives trimmed, valid UTF-8, without control characters (line ends allowed with .lines). An empty optional field
 * leaves the struct's member as it was, so defaults are set before the call. Unknown and repeated fields are faults. */
#pragma once

#include "base/day.h"
#include "base/money.h"
#include "base/problem.h"
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct form_choice {
    const char *word; /* as it stands in the form; the array ends with NULL */
    int value;
};

struct form_field {
    enum { FORM_END_, FORM_INT_, FORM_TEXT_, FORM_ENUM_, FORM_FLAG_, FORM_DAY_, FORM_MONEY_, FORM_IGNORE_ } type;
    const char *name;
    size_t offset;
    const struct form_choice *choices;
    int64_t min, max; /* of a number; characters of a text (max 0: 200) */
    bool optional, lines, secret; /* secret: never put back into a page or a log, not trimmed */
};

#define FORM_AT_(kind, type_, member, name_, ...) {.type = kind, .name = (name_), .offset = offsetof(type_, member), __VA_ARGS__}
#define FORM_INT(type, member, name, ...) FORM_AT_(FORM_INT_, type, member, name, __VA_ARGS__)     /* int64_t */
#define FORM_TEXT(type, member, name, ...) FORM_AT_(FORM_TEXT_, type, member, name, __VA_ARGS__)   /* const char * */
#define FORM_ENUM(type, member, name, list, ...) FORM_AT_(FORM_ENUM_, type, member, name, .choices = (list), __VA_ARGS__) /* int */
#define FORM_FLAG(type, member, name, ...) FORM_AT_(FORM_FLAG_, type, member, name, __VA_ARGS__)   /* bool; a box: absent is false */
#define FORM_DAY(type, member, name, ...) FORM_AT_(FORM_DAY_, type, member, name, __VA_ARGS__)     /* struct day */
#define FORM_MONEY(type, member, name, ...) FORM_AT_(FORM_MONEY_, type, member, name, __VA_ARGS__) /* struct money; JSON: integer cents */
#define FORM_IGNORE(field_name) {.type = FORM_IGNORE_, .name = (field_name)} /* known, of no interest here (a submit button) */
#define FORM_END {.type = FORM_END_}

/* A form as it came: pairs in order. Borrowed bytes, NUL-terminated, already percent-decoded, not yet checked. */
struct form_pair {
    const char *name, *value;
    size_t name_length, value_length;
};
struct form {
    size_t count;
    struct form_pair *pair;
};

/* Splits application/x-www-form-urlencoded. REFUSED (PROBLEM_BAD_REQUEST) past 200 pairs or with a malformed escape. */
enum outcome form_decode(void *mem, const char *body, size_t length, struct form *form, struct problem *why) must_check;

/* Checks and stores. REFUSED when all->count > 0; the members of good fields are set all the same. */
enum outcome form_check(void *mem, const struct form_field *fields, const struct form *form, void *out,
                        struct problems *all) must_check;

/* The same from a JSON object. A member that is null counts as absent. */
enum outcome form_check_json(void *mem, const struct form_field *fields, const json_t *object, void *out,
                             struct problems *all) must_check;

const char *form_value(const struct form *form, const char *name); /* the first one, or NULL; unchecked */
