/* base/problem.h: what is wrong, in words for the person who can mend it.
 *
 * Every problem a user or a peer can meet is one line of problem.def: its code, its HTTP status, its slug in the API
 * (RFC 9457 `type`) and its text, Italian, translated through gettext like every other text. A text may hold one "{}",
 * where the problem's detail goes (a date, an amount, a telephone number). */
#pragma once

#include "base/outcome.h"
#include <stddef.h>

enum problem_code {
#define PROBLEM(code, status, slug, text) PROBLEM_##code,
#include "base/problem.def"
#undef PROBLEM
    PROBLEM_CODES
};

/* A value: copied freely, owns nothing. `field` is the name of the form or JSON field concerned, "" where it is none. */
struct problem {
    enum problem_code code;
    char field[48];
    char detail[208];
};

/* All faults of one input, in the order of its fields. Faults past the last place are counted, not kept. */
struct problems {
    size_t count;
    struct problem item[24];
};

/* Fills *why (which may be NULL) and returns REFUSED, so that a rule can `return problem_set(…)`.
 * `format` makes the detail; "" where the text has no "{}". */
enum outcome problem_set(struct problem *why, enum problem_code code, const char *field, const char *format, ...)
    like_printf(4, 5);

/* Adds one more fault of the same input; returns REFUSED. */
enum outcome problems_add(struct problems *all, enum problem_code code, const char *field, const char *format, ...)
    like_printf(4, 5);

/* Fills *why with a file or folder, of which errno says what is wrong; returns REFUSED. */
enum outcome problem_unreadable(struct problem *why, const char *path);
enum outcome problem_unwritable(struct problem *why, const char *path);

int problem_status(enum problem_code code);       /* the HTTP status, 4xx or 5xx */
const char *problem_slug(enum problem_code code); /* "renewal-too-early"; static */
const char *problem_msgid(enum problem_code code); /* the Italian text with its "{}"; static; the key for gettext */

/* The text in `language` ("it", "en"), the detail put in. Owned by `mem`. */
char *problem_text(void *mem, const char *language, const struct problem *problem);
