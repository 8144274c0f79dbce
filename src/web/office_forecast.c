/* web/office_forecast.c: GET /office/catalogo/{marchio}/avvisi?il=&passo=&casella=: what would be sent on a day, by
 * step of the brand's plan; of a step twenty of those it would write to; of one of them the mail
 * (shop/notice_forecast.h). Nothing is written or sent. */

#include "base/i18n.h"
#include "shop/catalogue.h"
#include "shop/notice_forecast.h"
#include "web/office.h"
#include <inttypes.h>
#include <string.h>
#include <talloc.h>

struct foreseeing {
    const struct brand *brand;
    const char *typed, *step; /* step "": none is looked at */
    struct day on;
    bool wrong; /* what was typed is no day that can be looked at */
    int64_t mailbox_id;
    struct notice_forecast *list;
    size_t count;
    struct notice_sample *rows;
    size_t row_count;
    const struct notice_sample *row; /* whose mail is shown; NULL: nobody's */
    struct notice_draft draft;
};

static void read_day(struct foreseeing *f, struct day today)
{
    f->on = today;
    if (!f->typed[0])
        return;
    if (day_parse_italian(f->typed, strlen(f->typed), &f->on) == DONE ||
        day_parse(f->typed, strlen(f->typed), &f->on) == DONE)
        f->wrong = !notice_forecast_reaches(f->on, today);
    else
        f->wrong = true;
    if (f->wrong)
        f->on = today;
}

static enum outcome load(struct db_tx *tx, struct office *o, void *arg, struct problem *why)
{
    struct foreseeing *f = arg;
    struct page *p = &o->page;
    const char *id = http_parameter(p->req, "marchio");
    struct problem gone = {0};

    f->brand = brand_by_id(p->shop->brands, id);
    if (!f->brand || !operator_sees(&o->operator, id))
        return problem_set(why, PROBLEM_NOT_FOUND, "", "%s", "");
    read_day(f, p->today);
    TRY(catalogue_refresh(tx, p->shop->brands)); /* a mail of a later day names the price of that day */
    TRY(notices_forecast(tx, p->mem, p->shop->brands, id, "", f->on, &f->list, &f->count));
    if (!f->step[0])
        return DONE;
    TRY(notices_forecast_rows(tx, p->mem, f->brand, f->step, f->on, &f->rows, &f->row_count, why));
    for (size_t i = 0; i < f->row_count && !f->row; i++)
        if (f->rows[i].mailbox_id == f->mailbox_id)
            f->row = &f->rows[i];
    if (f->row && notice_draft(tx, p->mem, p->shop, p->web->views, f->brand, f->row, f->on, &f->draft, &gone) != DONE)
        f->row = NULL; /* nothing would be charged: then nothing is announced either */
    return DONE;
}

/* "-30" → "30 giorni prima della scadenza" */
static char *step_words(const struct page *p, const struct notice_step *s)
{
    int months = s->span.months, days = s->span.days;

    if (s->kind == NOTICE_GRACE)
        return talloc_asprintf(p->mem, page_text(p, N_("giorni alla fine del recupero: %d")), days);
    if (s->kind == NOTICE_MODE)
        return talloc_strdup(p->mem, page_text(p, N_("quando la casella scaduta smette di ricevere")));
    if (s->kind == NOTICE_EXPIRED)
        return talloc_asprintf(p->mem, page_text(p, N_("giorni dopo la scadenza: %d")), days);
    if (months)
        return talloc_asprintf(p->mem, page_text(p, N_("mesi alla scadenza: %d")), months);
    return days ? talloc_asprintf(p->mem, page_text(p, N_("giorni alla scadenza: %d")), days)
                : talloc_strdup(p->mem, page_text(p, N_("il giorno della scadenza")));
}

static char *address(const struct foreseeing *f, void *mem, const char *step, int64_t mailbox)
{
    char day[DAY_TEXT], *url;

    day_iso(f->on, day);
    url = talloc_asprintf(mem, "/office/catalogo/%s/avvisi?il=%s", f->brand->id, day);
    if (step)
        url = talloc_asprintf(mem, "%s&passo=%s%s", url, step[0] == '+' ? "%2B" : "", step[0] == '+' ? step + 1 : step);
    return mailbox ? talloc_asprintf(mem, "%s&casella=%" PRId64 "#mail", url, mailbox) : url;
}

static json_t *steps(const struct page *p, const struct foreseeing *f, int64_t *all)
{
    json_t *list = json_array();

    for (size_t i = 0; i < f->count; i++) {
        const struct notice_forecast *one = &f->list[i];

        *all += one->split.sent + one->split.copies;
        json_array_append_new(
            list, json_pack("{s:s, s:s, s:s, s:b, s:b, s:I, s:I, s:I, s:I}", "step", one->step->event, "words",
                            step_words(p, one->step), "url", address(f, p->mem, one->step->event, 0), "here",
                            strcmp(one->step->event, f->step) == 0, "any", one->split.sent > 0, "sent",
                            (json_int_t)one->split.sent, "copies", (json_int_t)one->split.copies, "skipped",
                            (json_int_t)one->split.skipped, "silent", (json_int_t)one->split.silent));
    }
    return list;
}

static json_t *samples(const struct page *p, const struct foreseeing *f)
{
    json_t *list = json_array();

    for (size_t i = 0; i < f->row_count; i++) {
        const struct notice_sample *r = &f->rows[i];

        json_array_append_new(list, json_pack("{s:s, s:o, s:s, s:o, s:s, s:b}", "mailbox", r->address, "expires_on",
                                              present_day(r->expires_on), "to", r->sent_to, "copy_to",
                                              r->copy_to[0] ? json_string(r->copy_to) : json_false(), "url",
                                              address(f, p->mem, f->step, r->mailbox_id), "here", r == f->row));
    }
    return list;
}

static const char *chosen_step(const struct http_request *req)
{
    const char *step = form_value(&req->query, "passo");

    return step && strlen(step) < NOTICE_EVENT ? step : "";
}

void office_forecast(struct http_request *req)
{
    const char *typed = form_value(&req->query, "il");
    struct foreseeing f = {.typed = typed ? typed : "",
                           .step = chosen_step(req),
                           .mailbox_id = office_number(form_value(&req->query, "casella"))};
    int64_t all = 0;
    struct page *p;
    struct office o;
    char day[DAY_TEXT];

    if (!office_open(req, load, &f, &o))
        return;
    p = &o.page;
    page_set(p, "brand_id", json_string(f.brand->id));
    page_set(p, "name", json_string(f.brand->name));
    page_set(p, "on", present_day(f.on));
    page_set(p, "typed", json_string(f.wrong ? f.typed : day_italian(f.on, day)));
    page_set(p, "wrong", json_boolean(f.wrong));
    page_set(p, "later", json_boolean(day_before(p->today, f.on)));
    page_set(p, "steps", steps(p, &f, &all));
    page_set(p, "any", json_boolean(f.count > 0));
    page_set(p, "mails", json_integer(all));
    page_set(p, "step", f.step[0] ? json_string(f.step) : json_false());
    page_set(p, "rows", samples(p, &f));
    page_set(p, "mail",
             f.row
                 ? json_pack("{s:s, s:s, s:s}", "to", f.row->sent_to, "subject", f.draft.subject, "text", f.draft.text)
                 : json_false());
    office_show(&o, f.wrong ? 422 : 200, "forecast", N_("Avvisi di un giorno"));
}
