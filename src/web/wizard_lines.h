/* web/wizard_lines.h: forms of a wizard that ask the same of each of its mailboxes: field "years" is "years_1" of the first. */
#pragma once

#include "web/wizard.h"

struct wizard_line {
    const struct cart_item *item; /* the mailbox, and the choice that its price is for */
    struct cart_line *chosen;     /* in w->lines: what was asked already */
};

bool wizard_line_at(struct walk *w, size_t index, struct wizard_line *line); /* false past the last */
/* {address, path, plan, mailbox_gb, archive_gb, expires_on, expired_days, holder} */
json_t *wizard_line_data(const struct walk *w, const struct wizard_line *line);

/* The fields for an array of structs of that size, one a mailbox. */
const struct form_field *wizard_line_fields(const struct walk *w, const struct form_field *of_one, size_t size);
json_t *wizard_line_field(const struct walk *w, const char *name, size_t index); /* of page_fields; borrowed */
/* Takes over what the query chooses for the mailboxes, for the sum that is shown; in the page's reading. */
enum outcome walk_choose(struct db_tx *tx, struct walk *w) must_check;
/* A rule's fault, on that field of that mailbox. */
void wizard_line_fault(struct problems *faults, const struct problem *why, const char *name, size_t index);
