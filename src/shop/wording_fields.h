/* shop/wording_fields.h: what a mail may name; only for wording_check.c and wording_live.c. */
#pragma once

#include "shop/wording.h"

enum wording_part { WORDING_SUBJECT_PART, WORDING_TEXT_PART, WORDING_HTML_PART, WORDING_PARTS };
extern const char *const WORDING_FIELD[WORDING_PARTS]; /* "subject", "body", "html" */
const char *wording_part(const struct wording *w, enum wording_part part);

struct wording_fields {
    json_t *shape;   /* what the examples have, all together: {"price": {"gross": true}}; a list is as one of its elements */
    json_t *own;     /* what the file's words name though no example has it: {"price.gross": true} */
    json_t *raw;     /* those that its HTML writes unescaped */
    json_t *parts;   /* {"part/mail_head": true} */
    json_t *written; /* those that its own words name, without other files */
};
/* The sections that are open while a text is walked through, and where names are looked for. */
#define WORDING_DEEP 64
struct wording_scope {
    const json_t *inside[WORDING_DEEP]; /* shapes; NULL: nothing to look into */
    size_t depth;
};
/* What a name means there, as when the mail is written: its first part from within outwards, the rest in what was found; NULL: nothing.
 * Opens and closes sections. */
const json_t *wording_meaning(struct wording_scope *scope, enum template_use use, const char *name);

/* Goes with `mem`. */
struct wording_fields *wording_fields_of(void *mem, const struct brand *brand, const char *name);

/* Parsed as it will be sent. REFUSED with PROBLEM_WORDING_TAG on the part's field. */
enum outcome wording_parse(void *mem, const struct brand *brand, const struct wording *w, enum wording_part part, struct template **parsed,
                           struct problem *why) must_check;
/* {…}: one of the examples, as the mail gets its data; a new reference. */
json_t *wording_example(const char *name, size_t i);
