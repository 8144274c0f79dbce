/* web/office_reports.c: GET /office/rapporti, …/{nome}, …/{nome}/tabella.csv (shop/report.h): a plot, the table it
 * draws, the same for a spreadsheet. All that chooses stands in the address: marchio, per, mesi. */

#include "base/csv.h"
#include "base/i18n.h"
#include "shop/present.h"
#include "shop/report.h"
#include "web/office.h"
#include "web/plot.h"
#include <string.h>
#include <talloc.h>

struct reporting {
    struct report_wanted wanted;
    struct report *report;
};

static enum outcome load(struct db_tx *tx, struct office *o, void *arg, struct problem *why)
{
    struct reporting *r = arg;

    if (!r->wanted.kind)
        return problem_set(why, PROBLEM_NOT_FOUND, "", "%s", "");
    r->wanted.sees = o->operator.brand;
    return report_make(tx, o->page.mem, o->page.shop->brands, o->page.language, &r->wanted, &r->report, why);
}

static const char *chosen(const struct http_request *req, const char *name)
{
    const char *value = form_value(&req->query, name);

    return value && strspn(value, "abcdefghijklmnopqrstuvwxyz0123456789_-") == strlen(value) ? value : "";
}

static bool open_report(struct http_request *req, struct reporting *r, struct office *o)
{
    const char *name = http_parameter(req, "nome");

    *r = (struct reporting){.wanted = {.kind = name ? report_by_name(name) : NULL,
                                       .brand = chosen(req, "marchio"),
                                       .per = chosen(req, "per"),
                                       .months = (int)office_number(form_value(&req->query, "mesi"))}};
    return office_open(req, load, r, o);
}

/* ---- The plot ---- */

static char *count_words(void *mem, int64_t value, bool whole)
{
    char text[MONEY_TEXT];

    (void)whole;
    money_italian(money(value * 100), text); /* it knows how thousands are parted */
    text[strlen(text) - 3] = '\0';
    return talloc_strdup(mem, text);
}

static char *euro_words(void *mem, int64_t value, bool whole)
{
    char text[MONEY_TEXT];

    if (!whole)
        return talloc_strdup(mem, money_euro(money(value), text));
    money_italian(money(value), text);
    text[strlen(text) - 3] = '\0';
    return talloc_asprintf(mem, "%s €", text);
}

static void put_plot(struct office *o, const struct report *r)
{
    struct page *p = &o->page;
    size_t all = r->column_count, parts = 0;
    const char **bars = talloc_array(p->mem, const char *, (unsigned)r->line_count + 1);
    const char **names = talloc_array(p->mem, const char *, (unsigned)all + 1);
    int64_t *values = talloc_array(p->mem, int64_t, (unsigned)(r->line_count * all + 1));
    struct plot plot = {.title = page_text(p, r->kind->title),
                        .about = page_text(p, r->kind->about),
                        .rest = page_text(p, N_("altri")),
                        .bars = bars,
                        .bar_count = r->line_count,
                        .parts = names,
                        .values = values,
                        .abreast = strcmp(r->kind->name, "churn") == 0,
                        .text = count_words};

    for (size_t k = 0; k < all; k++)
        if (r->columns[k].plotted) {
            names[parts++] = r->columns[k].label;
            if (r->columns[k].unit == REPORT_CENTS)
                plot.text = euro_words;
        }
    plot.part_count = parts;
    for (size_t i = 0; i < r->line_count; i++) {
        bars[i] = r->lines[i].label;
        for (size_t k = 0, part = 0; k < all; k++)
            if (r->columns[k].plotted)
                values[i * parts + part++] = r->values[i][k];
    }
    page_set(p, "plot_svg", json_string(plot_svg(p->mem, &plot)));
    page_set(p, "legend", parts > 1 ? plot_legend(p->mem, &plot) : json_array());
}

/* ---- The page ---- */

static void put_table(struct page *p, const struct report *r)
{
    json_t *columns = json_array(), *lines = json_array();

    for (size_t k = 0; k < r->column_count; k++)
        json_array_append_new(columns, json_string(r->columns[k].label));
    for (size_t i = 0; i < r->line_count; i++) {
        json_t *cells = json_array();

        for (size_t k = 0; k < r->column_count; k++)
            json_array_append_new(cells,
                                  json_pack("{s:s, s:s}", "name", r->columns[k].label, "text", report_text(r, i, k)));
        json_array_append_new(lines, json_pack("{s:s, s:o}", "label", r->lines[i].label, "cells", cells));
    }
    page_set(p, "columns", columns);
    page_set(p, "lines", lines);
    page_set(p, "first", json_string(page_text(p, r->kind->first)));
}

static void put_choices(struct office *o, const struct reporting *r)
{
    static const int MONTHS[] = {6, 12, 24, 36};
    struct page *p = &o->page;
    const struct report_wanted *w = &r->wanted;
    json_t *brands = json_array(), *per = json_array(), *months = json_array();
    const char *by = w->per[0] ? w->per : w->kind->per[0] ? w->kind->per[0] : "";
    int so_many = w->months ? w->months : w->kind->months;
    size_t at = 0;
    const struct brand *b;

    while ((b = report_next_brand(p->shop->brands, &(struct report_wanted){.brand = "", .sees = w->sees}, &at)))
        json_array_append_new(
            brands, json_pack("{s:s, s:s, s:b}", "id", b->id, "name", b->name, "here", strcmp(b->id, w->brand) == 0));
    for (const char *const *one = w->kind->per; *one; one++)
        json_array_append_new(per, json_pack("{s:s, s:s, s:b}", "id", *one, "label",
                                             page_text(p, report_per_label(*one)), "here", strcmp(*one, by) == 0));
    for (size_t i = 0; w->kind->months && i < count_of(MONTHS); i++)
        json_array_append_new(months, json_pack("{s:i, s:b}", "count", MONTHS[i], "here", MONTHS[i] == so_many));
    page_set(p, "has_brands", json_boolean(json_array_size(brands) > 1));
    page_set(p, "has_per", json_boolean(json_array_size(per) > 1));
    page_set(p, "has_months", json_boolean(w->kind->months != 0));
    page_set(p, "has_choices",
             json_boolean(json_array_size(brands) > 1 || json_array_size(per) > 1 || w->kind->months));
    page_set(p, "brands", brands);
    page_set(p, "per", per);
    page_set(p, "months", months);
    page_set(p, "csv_url",
             json_sprintf("/office/rapporti/%s/tabella.csv?marchio=%s&per=%s&mesi=%d", w->kind->path, w->brand, by,
                          so_many));
}

void office_report_tabs(struct page *p, const struct report_kind *here)
{
    json_t *list = json_array();

    for (const struct report_kind *k = REPORTS; k->name; k++)
        json_array_append_new(list, json_pack("{s:s, s:o, s:b}", "label", page_text(p, k->tab), "url",
                                              json_sprintf("/office/rapporti/%s", k->path), "here", k == here));
    json_array_append_new(list, json_pack("{s:s, s:s, s:b}", "label", page_text(p, N_("Esportazioni")), "url",
                                          "/office/rapporti/esportazioni", "here", !here));
    page_set(p, "tabs", list);
}

void office_report(struct http_request *req)
{
    struct reporting r;
    struct office o;

    if (!open_report(req, &r, &o))
        return;
    office_report_tabs(&o.page, r.wanted.kind);
    put_choices(&o, &r);
    put_plot(&o, r.report);
    put_table(&o.page, r.report);
    page_set(&o.page, "about", json_string(page_text(&o.page, r.wanted.kind->about)));
    page_set(&o.page, "on", present_day(o.page.today));
    office_show(&o, 200, "report", r.wanted.kind->title);
}

void office_report_csv(struct http_request *req)
{
    struct text_buffer out = text_buffer(req->mem);
    struct reporting r;
    struct office o;
    char day[DAY_TEXT];

    if (!open_report(req, &r, &o))
        return;
    text_put(&out, CSV_MARK);
    report_csv(r.report, &out);
    http_attachment(req, "%s-%s.csv", r.wanted.kind->path, day_iso(o.page.today, day));
    http_reply_kept(req, 200, "text/csv; charset=utf-8", out.bytes, out.length);
}

void office_reports(struct http_request *req)
{
    struct office o;

    if (office_open(req, NULL, NULL, &o))
        office_go(&o, talloc_asprintf(req->mem, "/office/rapporti/%s", REPORTS[0].path));
}
