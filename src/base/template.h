/* base/template.h: Mustache (mustache.github.io), parsed once into a flat program, escaping on by default.
 *
 * One thing is added to the specification: {{#t}}Testo, con {{nome}}{{/t}} is a text to translate. It is looked up, as
 * written between the tags (inner tags and all), when the template is parsed; so a template is parsed once for each
 * language and rendering costs nothing more. {{#t}} does not nest, and never stands for a value named "t".
 *
 * Data is a tree of JSON values (jansson). Names may be dotted: the first part is looked for from the innermost section
 * outwards, the rest inside what it found. Integers print as integers, reals with as few digits as read back the same;
 * null, lists and objects print nothing. Strings are escaped in {{x}} and not in {{{x}}} or {{&x}}. Lambdas,
 * inheritance and dynamic names are not supported.
 *
 * A section is skipped (and its inverse shown) for: nothing of that name, null, false, "", 0, an empty list. An empty
 * object counts as something. */
#pragma once

#include "base/problem.h"
#include "base/text.h"
#include <jansson.h>

struct template;

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
