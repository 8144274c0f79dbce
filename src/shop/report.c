#include "shop/report.h"
#include "base/csv.h"
#include "base/i18n.h"
#include "shop/report_parts.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

const struct report_kind *report_by_name(const char *name)
{
    for (const struct report_kind *k = REPORTS; k->name; k++)
        if (strcmp(k->name, name) == 0 || strcmp(k->path, name) == 0)
            return k;
    return NULL;
}

const char *report_per_label(const char *per)
{
    static const struct {
        const char *per, *label;
    } LABELS[] = {{"brand", N_("marchio")},
                  {"plan", N_("tipo")},
                  {"convention", N_("convenzione")},
                  {"method", N_("modo di pagamento")}};

    for (size_t i = 0; i < count_of(LABELS); i++)
        if (strcmp(LABELS[i].per, per) == 0)
            return LABELS[i].label;
    return per;
}

/* ---- Asking ---- */

static enum outcome check(const struct brands *brands, struct report_wanted *w, struct problem *why)
{
    const struct report_kind *k = w->kind;
    bool known = false;

    if (w->brand[0] && (!brand_by_id(brands, w->brand) || (w->sees[0] && strcmp(w->sees, w->brand) != 0)))
        return problem_set(why, PROBLEM_BRAND, "brand", "%s", "");
    if (!w->per || !w->per[0])
        w->per = k->per[0];
    for (const char *const *per = k->per; w->per && *per; per++)
        known |= strcmp(*per, w->per) == 0;
    if (w->per && !known)
        return problem_set(why, PROBLEM_NOT_A_CHOICE, "per", "%s", "");
    if (w->months && (!k->months || w->months < REPORT_MONTHS_LEAST || w->months > REPORT_MONTHS_MOST))
        return problem_set(why, PROBLEM_OUT_OF_RANGE, "months", "%d-%d", REPORT_MONTHS_LEAST, REPORT_MONTHS_MOST);
    if (!w->months)
        w->months = k->months;
    return DONE;
}

enum outcome report_make(struct db_tx *tx, void *mem, const struct brands *brands, const char *language,
                         const struct report_wanted *wanted, struct report **report, struct problem *why)
{
    struct report_wanted w = *wanted;

    TRY(check(brands, &w, why));
    *report = talloc_zero(mem, struct report);
    (*report)->kind = w.kind;
    (*report)->mem = *report;
    (*report)->language = language;
    (*report)->today = db_today(tx);
    return w.kind->load(tx, brands, &w, *report);
}

const struct brand *report_next_brand(const struct brands *brands, const struct report_wanted *w, size_t *at)
{
    while (*at < brands->count) {
        const struct brand *b = &brands->all[(*at)++];

        if ((!w->brand[0] || strcmp(w->brand, b->id) == 0) && (!w->sees[0] || strcmp(w->sees, b->id) == 0))
            return b;
    }
    return NULL;
}

/* ---- Filling in ---- */

size_t report_column_of(struct report *r, const char *key, const char *label, enum report_unit unit, bool plotted)
{
    size_t i = 0;

    while (i < r->column_count && strcmp(r->columns[i].key, key) != 0)
        i++;
    if (i == REPORT_COLUMNS_MOST)
        return REPORT_COLUMNS_MOST - 1; /* more than anybody reads: the last one takes the rest */
    if (i == r->column_count)
        r->columns[r->column_count++] =
            (struct report_column){talloc_strdup(r->mem, key), talloc_strdup(r->mem, label), unit, plotted};
    return i;
}

static int month_number(struct day d)
{
    struct ymd date = day_split(d);

    return date.year * 12 + date.month - 1;
}

struct day report_month_begin(struct day d)
{
    struct ymd date = day_split(d);

    return day_of(date.year, date.month, 1);
}

void report_month_lines(struct report *r, struct day first, int months)
{
    static const char *const NAMES[] = {N_("gen"), N_("feb"), N_("mar"), N_("apr"), N_("mag"), N_("giu"),
                                        N_("lug"), N_("ago"), N_("set"), N_("ott"), N_("nov"), N_("dic")};

    for (int i = 0; i < months; i++) {
        struct ymd date = day_split(day_add_months(first, i, 1));

        r->lines[r->line_count].key = talloc_asprintf(r->mem, "%d-%02d", date.year, date.month);
        r->lines[r->line_count++].label =
            talloc_asprintf(r->mem, "%s %d", i18n(r->language, NAMES[date.month - 1]), date.year);
    }
}

size_t report_month_of(const struct report *r, struct day first, struct day day)
{
    int line = month_number(day) - month_number(first);

    return line < 0 || (size_t)line >= r->line_count ? SIZE_MAX : (size_t)line;
}

static int64_t sum_of(const struct report *r, size_t column)
{
    int64_t sum = 0;

    for (size_t i = 0; i < r->line_count; i++)
        sum += r->values[i][column];
    return sum;
}

static void swap(struct report *r, size_t a, size_t b)
{
    struct report_column column = r->columns[a];

    r->columns[a] = r->columns[b];
    r->columns[b] = column;
    for (size_t i = 0; i < r->line_count; i++) {
        int64_t value = r->values[i][a];

        r->values[i][a] = r->values[i][b];
        r->values[i][b] = value;
    }
}

void report_biggest_first(struct report *r, size_t from)
{
    for (size_t i = from; i < r->column_count; i++)
        for (size_t k = i + 1; k < r->column_count; k++) {
            int64_t first = sum_of(r, i), second = sum_of(r, k);

            if (second > first || (second == first && strcmp(r->columns[k].key, r->columns[i].key) < 0))
                swap(r, i, k);
        }
}

/* ---- By brand, plan or convention ---- */

const char *report_say(const struct report_filling *f, const char *text)
{
    return i18n(f->report->language, text);
}

size_t report_part_of(const struct report_filling *f, const char *per, const char *id, const char *label,
                      enum report_unit unit)
{
    const struct brand *b = f->brand;
    bool alone = f->wanted->brand[0] || f->wanted->sees[0];
    char *key;

    if (strcmp(per, "brand") == 0)
        return report_column_of(f->report, b->id, b->name, unit, true);
    if (!id[0])
        return report_column_of(f->report, "-", report_say(f, N_("nessuna convenzione")), unit, true);
    key = talloc_asprintf(f->report->mem, "%s/%s", b->id, id);
    return report_column_of(f->report, key, alone ? label : talloc_asprintf(f->report->mem, "%s, %s", label, b->name),
                            unit, true);
}

const char *report_convention_label(const struct brand *b, const char *id)
{
    const struct brand_convention *c = brand_convention_by_id(b, id);

    return c ? c->body : id;
}

void report_add_total(struct report_filling *f, enum report_unit unit)
{
    struct report *r = f->report;
    size_t parts = r->column_count, total;

    report_biggest_first(r, 0);
    total = report_column_of(r, "total", report_say(f, N_("Totale")), unit, parts == 0);
    for (size_t i = 0; i < r->line_count; i++)
        for (size_t k = 0; k < parts && k < total; k++)
            r->values[i][total] += r->values[i][k];
}

/* ---- Showing ---- */

/* 1234567 → "1.234.567" */
static char *count_text(void *mem, int64_t n)
{
    char digits[24], out[40];
    int length = snprintf(digits, sizeof digits, "%" PRId64, n < 0 ? -n : n), at = 0;

    if (n < 0)
        out[at++] = '-';
    for (int i = 0; i < length; i++) {
        if (i && (length - i) % 3 == 0)
            out[at++] = '.';
        out[at++] = digits[i];
    }
    out[at] = '\0';
    return talloc_strdup(mem, out);
}

char *report_text(const struct report *r, size_t line, size_t column)
{
    int64_t value = r->values[line][column];
    char text[MONEY_TEXT];

    switch (r->columns[column].unit) {
    case REPORT_CENTS:
        return talloc_strdup(r->mem, money_euro(money(value), text));
    case REPORT_PERMILLE:
        return value < 0 ? talloc_strdup(r->mem, "–")
                         : talloc_asprintf(r->mem, "%" PRId64 ",%" PRId64 " %%", value / 10, value % 10);
    default:
        return count_text(r->mem, value);
    }
}

static const char *unit_name(enum report_unit unit)
{
    return unit == REPORT_CENTS ? "cents" : unit == REPORT_PERMILLE ? "permille" : "count";
}

json_t *report_json(const struct report *r)
{
    json_t *columns = json_array(), *lines = json_array();
    char day[DAY_TEXT];

    for (size_t i = 0; i < r->column_count; i++)
        json_array_append_new(columns, json_pack("{s:s, s:s, s:s}", "key", r->columns[i].key, "label",
                                                 r->columns[i].label, "unit", unit_name(r->columns[i].unit)));
    for (size_t i = 0; i < r->line_count; i++) {
        json_t *values = json_array();

        for (size_t k = 0; k < r->column_count; k++)
            json_array_append_new(values, r->columns[k].unit == REPORT_PERMILLE && r->values[i][k] < 0
                                              ? json_null()
                                              : json_integer(r->values[i][k]));
        json_array_append_new(
            lines, json_pack("{s:s, s:s, s:o}", "key", r->lines[i].key, "label", r->lines[i].label, "values", values));
    }
    return json_pack("{s:s, s:s, s:o, s:o}", "report", r->kind->name, "on", day_iso(r->today, day), "columns", columns,
                     "lines", lines);
}

/* Numbers as spreadsheets here read them: a comma before the decimals, nothing between the thousands. */
static void put_number(struct text_buffer *out, const struct report *r, size_t line, size_t column)
{
    int64_t value = r->values[line][column];
    char text[MONEY_TEXT];

    switch (r->columns[column].unit) {
    case REPORT_CENTS:
        money_decimal(money(value), text);
        *strchr(text, '.') = ',';
        text_put(out, text);
        break;
    case REPORT_PERMILLE:
        if (value >= 0)
            text_put_format(out, "%" PRId64 ",%" PRId64, value / 10, value % 10);
        break;
    default:
        text_put_format(out, "%" PRId64, value);
    }
}

void report_csv(const struct report *r, struct text_buffer *out)
{
    csv_put(out, i18n(r->language, r->kind->first), r->column_count == 0);
    for (size_t i = 0; i < r->column_count; i++)
        csv_put(out, r->columns[i].label, i + 1 == r->column_count);
    for (size_t i = 0; i < r->line_count; i++) {
        csv_put(out, r->lines[i].key, r->column_count == 0);
        for (size_t k = 0; k < r->column_count; k++) {
            put_number(out, r, i, k);
            text_put(out, k + 1 == r->column_count ? "\n" : ";");
        }
    }
}
