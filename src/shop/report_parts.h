/* shop/report_parts.h: what those that load a report share: report_figures.c has the table of them and the figures of income and
 * queues, report_terms.c those of terms, report_votes.c the guide's; what they fill in with is in report.c. */
#pragma once

#include "shop/report.h"

report_load report_load_expiries, report_load_renewals, report_load_churn, report_load_timing; /* report_terms.c */
report_load report_load_votes;                                                                 /* report_votes.c */

/* ---- Lines and columns ---- */

size_t report_column_of(struct report *report, const char *key, const char *label, enum report_unit unit, bool plotted);
void report_month_lines(struct report *report, struct day first, int months);
/* The line of a day's month, or SIZE_MAX where it has none. */
size_t report_month_of(const struct report *report, struct day first, struct day day);
void report_biggest_first(struct report *report, size_t from); /* the columns from there on */
struct day report_month_begin(struct day day); /* the first of its month */

/* ---- A report while it is filled in ---- */

struct report_filling {
    struct report *report;
    const struct report_wanted *wanted;
    const struct brands *brands;
    const struct brand *brand; /* whose figures are read */
    struct day first;          /* of the first line's month */
};
const char *report_say(const struct report_filling *filling, const char *text); /* in the report's language */
/* One column for whatever the report is divided by. A plan's name means something only beside its brand's. */
size_t report_part_of(const struct report_filling *filling, const char *per, const char *id, const char *label, enum report_unit unit);
const char *report_convention_label(const struct brand *brand, const char *id);
/* A last column with the sum of those before it. */
void report_add_total(struct report_filling *filling, enum report_unit unit);
