/* base/template.h: Mustache (mustache.github.io), parsed once into a flat program, escaping on by default.
 *
 * One thing is added to the specification: {{#t}}Testo, con {{nome}}{{/t}} is a text to translate. It is looked up, as
 * written between the tags (inner tags and all), when the template is parsed; so a template is parsed once for each
 * language and rendering costs nothing more. {{#t}} does not nest, and never stands for a value named "t".
 *
 * Data is a tree of JSON values (jansson), or C structs whose members are declared (struct view_field), read where they
 * stand. Names may be dotted: the first part is looked for from the innermost section outwards, the rest inside what it
 * found. Integers print as integers, reals with as few digits as read back the same; days as 15/03/2027, money as
 * 30,50 €; null, lists and objects print nothing. Strings are escaped in {{x}} and not in {{{x}}} or {{&x}}. Lambdas,
 * inheritance and dynamic names are not supported.
 *
 * A section is skipped (and its inverse shown) for: nothing of that name, null, false, "", 0, an empty list, a NULL
 * pointer, DAY 0 and DAY_NEVER. An empty object counts as something. */
#pragma once

#include "base/problem.h"
#include "base/text.h"
#include <jansson.h>

struct template;

#define VIEW_NAME 24 /* bytes of a name, with its NUL */

/* A member of a struct by the name that templates call it. */
struct view_field {
    char name[VIEW_NAME]; /* NULs to its end: compared as a whole */
    enum {
        VIEW_END_,
        VIEW_TEXT_,
        VIEW_CHARS_,
        VIEW_INT_,
        VIEW_INT64_,
        VIEW_BOOL_,
        VIEW_DAY_,
        VIEW_MONEY_,
        VIEW_STRUCT_,
        VIEW_POINTER_,
        VIEW_LIST_
    } type;
    uint32_t offset;                 /* of the member */
    uint32_t size, count;            /* a list's: of an element; offset of how many there are */
    const struct view_field *fields; /* of the struct within */
};

#define VIEW_AT_(kind, type, member, name)                                                                             \
    {                                                                                                                  \
        name, kind, offsetof(type, member), 0, 0, NULL                                                                 \
    }
#define VIEW_TEXT(type, member, name)  VIEW_AT_(VIEW_TEXT_, type, member, name)  /* const char *; NULL is nothing */
#define VIEW_CHARS(type, member, name) VIEW_AT_(VIEW_CHARS_, type, member, name) /* char[n] */
#define VIEW_INT(type, member, name)   VIEW_AT_(VIEW_INT_, type, member, name)
#define VIEW_INT64(type, member, name) VIEW_AT_(VIEW_INT64_, type, member, name)
#define VIEW_BOOL(type, member, name)  VIEW_AT_(VIEW_BOOL_, type, member, name)
#define VIEW_DAY(type, member, name)   VIEW_AT_(VIEW_DAY_, type, member, name)
#define VIEW_MONEY(type, member, name) VIEW_AT_(VIEW_MONEY_, type, member, name)
#define VIEW_STRUCT(type, member, name, fields)                                                                        \
    {                                                                                                                  \
        name, VIEW_STRUCT_, offsetof(type, member), 0, 0, fields                                                       \
    }
/* A pointer to a struct; NULL is nothing. */
#define VIEW_POINTER(type, member, name, fields)                                                                       \
    {                                                                                                                  \
        name, VIEW_POINTER_, offsetof(type, member), 0, 0, fields                                                      \
    }
/* A pointer to structs, and a size_t that says how many. */
#define VIEW_LIST(type, member, count, name, fields)                                                                   \
    {                                                                                                                  \
        name, VIEW_LIST_, offsetof(type, member), sizeof(*((type *)0)->member), offsetof(type, count), fields          \
    }
#define VIEW_END                                                                                                       \
    {                                                                                                                  \
        "", VIEW_END_, 0, 0, 0, NULL                                                                                   \
    }

/* A struct to look names up in. */
struct view_struct {
    const struct view_field *fields;
    const void *object;
};

/* Finds a partial's source by its name; NULL where there is none (it then renders as nothing). */
typedef const char *template_partial(void *arg, const char *name);
/* The text in the template's language; returns `text` itself where it has no translation. */
typedef const char *template_translate(void *arg, const char *text);

struct template_source {
    template_partial *partial;     /* NULL: no partials */
    template_translate *translate; /* NULL: no translation */
    void *arg;
};

/* Parses `text`, with all the partials it names (recursion allowed). REFUSED with PROBLEM_CONFIG that names `name` (or
 * the partial), the line and what is wrong. The template is owned by `mem`, read-only and may be shared by threads. */
enum outcome template_parse(void *mem, const char *name, const char *text, const struct template_source *source,
                            struct template **parsed, struct problem *why) must_check;

/* Appends to `out`. It cannot fail: past 128 nested sections and partials the deeper ones render as nothing, and a
 * template that runs away (a million steps, 32 MiB) is cut off there, with a line in the log. */
void template_render(const struct template *parsed, const json_t *data, struct text_buffer *out);

#define VIEW_STRUCTS 4
/* The same over structs, the outermost first, at most VIEW_STRUCTS, and within them `data`, which may be NULL. */
void template_render_structs(const struct template *parsed, const struct view_struct *structs, size_t count,
                             const json_t *data, struct text_buffer *out);

enum template_use { TEMPLATE_VALUE, TEMPLATE_RAW, TEMPLATE_SECTION, TEMPLATE_INVERTED, TEMPLATE_END, TEMPLATE_PARTIAL };
/* `name` as written, "price.gross" or "."; of TEMPLATE_END, which closes the section begun last, "". */
typedef void template_name(void *arg, enum template_use use, const char *name);
/* What it names, in order; not what the partials name that it uses. */
void template_names(const struct template *parsed, template_name *named, void *arg);
