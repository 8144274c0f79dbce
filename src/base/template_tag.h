/* base/template_tag.h: finding tags in a template's text; only for template.c. */
#pragma once

#include "base/problem.h"
#include <stdbool.h>
#include <stdint.h>

enum { SECTION_LIMIT = 32 /* sections open at once in one file */, DELIMITER_LIMIT = 8, NAME_LIMIT = 200 };

struct open_section {
    uint32_t instruction;
    const char *name;
    int line;
};

/* One piece of source: a page, a partial, or a translated text inside one of them. */
struct piece {
    const char *name, *indent;
    const char *text;
    size_t length;
    char open[DELIMITER_LIMIT], close[DELIMITER_LIMIT];
    struct open_section section[SECTION_LIMIT];
    size_t depth;
    int line; /* of the {{#t}} for a translation, else 0: then lines are counted in the text */
    size_t counted_to;
    int newlines; /* before counted_to */
};

/* A tag as found: where it begins and ends, with its delimiters, and what stands inside. */
struct tag {
    size_t begin, end;
    char kind; /* one of # ^ / ! > = & {, or 0 for a plain name */
    const char *inside;
    size_t length;
};

int piece_line(struct piece *p, size_t at); /* from 1 */

/* REFUSED: "name, riga N: what". */
enum outcome piece_refuse(struct piece *p, size_t at, const char *what, struct problem *why);

/* The next tag from `from` on; *found false when there is none. */
enum outcome tag_next(struct piece *p, size_t from, struct tag *tag, bool *found, struct problem *why) must_check;

/* The name inside a tag, trimmed. */
enum outcome tag_name(void *mem, struct piece *p, const struct tag *tag, char **name, struct problem *why) must_check;

/* A tag that is not a value and has its line for itself takes the whole line away: then *begin is where the line begins
 * and *end where the next one does. */
bool tag_stands_alone(const struct piece *p, const struct tag *tag, size_t *begin, size_t *end);

/* Is this {{#t}}? */
bool tag_is_translation(const struct tag *tag);

/* {{=<% %>=}} */
enum outcome tag_set_delimiters(struct piece *p, const struct tag *tag, struct problem *why) must_check;
