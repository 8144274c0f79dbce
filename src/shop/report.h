/* shop/report.h: what the desk looks at: a table of figures, a line a month (or a queue, or a span of days), from which a plot, a CSV
 * and JSON are made. The figures are those of store/report.h. */
#pragma once

#include "shop/brand.h"
#include "store/report.h"
#include <jansson.h>

enum report_unit { REPORT_COUNT, REPORT_CENTS, REPORT_PERMILLE }; /* permille is shown as a percentage with one decimal; -1: none */

struct report_column {
    const char *key, *label;
    enum report_unit unit;
    bool plotted; /* a part of the bar; the others only stand in the table */
};
#define REPORT_LINES_MOST   40
#define REPORT_COLUMNS_MOST 60

struct report {
    const struct report_kind *kind;
    void *mem;
    const char *language;
    struct day today;
    struct report_column columns[REPORT_COLUMNS_MOST];
    size_t column_count;
    struct { const char *key, *label; } lines[REPORT_LINES_MOST];
    size_t line_count;
    int64_t values[REPORT_LINES_MOST][REPORT_COLUMNS_MOST];
};

struct report_wanted {
    const struct report_kind *kind;
    const char *brand;  /* "": all of the brands that `sees` names */
    const char *sees;   /* the brand beyond which the reader sees nothing; "" all */
    const char *per;    /* one of kind->per; NULL or "": its first */
    int months;         /* 0: the kind's own number */
};

typedef enum outcome report_load(struct db_tx *tx, const struct brands *brands, const struct report_wanted *wanted, struct report *report);
struct report_kind {
    const char *name;                /* "expiries" */
    const char *path;                /* "scadenze": of its page */
    const char *tab, *title, *about, *first; /* N_(): in a word, the page's title, what is counted, the heading of the lines */
    const char *per[4];              /* "brand", "plan" …; NULL-terminated, may be empty */
    int months;                      /* usually; 0: it has none */
    report_load *load;
};
extern const struct report_kind REPORTS[]; /* ends with a row without a name */
const struct report_kind *report_by_name(const char *name); /* by name or path; NULL: none */
const char *report_per_label(const char *per);              /* N_() */

#define REPORT_MONTHS_LEAST 1
#define REPORT_MONTHS_MOST  36

/* REFUSED with PROBLEM_BRAND (field brand), PROBLEM_NOT_A_CHOICE (per), PROBLEM_OUT_OF_RANGE (months). *report is `mem`'s. */
enum outcome report_make(struct db_tx *tx, void *mem, const struct brands *brands, const char *language,
                         const struct report_wanted *wanted, struct report **report, struct problem *why) must_check;

char *report_text(const struct report *report, size_t line, size_t column); /* "1.234", "1.234,50 €", "87,5 %"; "–": none */
json_t *report_json(const struct report *report);
void report_csv(const struct report *report, struct text_buffer *out);

/* Those whose figures are asked for; NULL at the end. */
const struct brand *report_next_brand(const struct brands *brands, const struct report_wanted *wanted, size_t *at);
