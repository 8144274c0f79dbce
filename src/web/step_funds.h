/* web/step_funds.h: what the steps after it ask of how it will be paid. */
#pragma once

#include "web/wizard.h"

bool funds_are_prepaid(const struct walk *w);      /* from the prepaid account */
const char *means_chosen(const struct walk *w);    /* of step_means: "bank_transfer", or "wallet"; NULL: not yet */
bool means_remembered(const struct walk *w);       /* the card may be kept */
void show_lines_table(struct walk *w);             /* `table` of part/lines_table */
