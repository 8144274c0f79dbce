/* shop/notice_forecast.h: what would be sent on a day (DOMAIN §3.9): the day's own rules and statements, with nothing written. A day to come
 * is looked at as things are now: who renews until then is told nothing. */
#pragma once

#include "shop/notice.h"
#include "shop/views.h"

/* Whether a day is near enough to `today` to be looked at: 800 days before or after. */
bool notice_forecast_reaches(struct day on, struct day today);

struct notice_forecast {
    const struct brand *brand;
    const struct notice_step *step;
    const char *template;    /* "expiry_notice" */
    struct notices_split split;
};
/* Steps of the brands (brand "": all that `sees` names; "" all) by which anybody is concerned. */
enum outcome notices_forecast(struct db_tx *tx, void *mem, const struct brands *brands, const char *brand, const char *sees,
                              struct day on, struct notice_forecast **list, size_t *count) must_check;
/* {brand, step "-30", template, sent, copies, skipped, silent} */
json_t *describe_forecast(const struct notice_forecast *forecast);
/* Twenty of those that a step would write to. REFUSED with PROBLEM_NOT_A_CHOICE: the brand's plan has no such step. */
enum outcome notices_forecast_rows(struct db_tx *tx, void *mem, const struct brand *brand, const char *event, struct day on,
                                   struct notice_sample **rows, size_t *count, struct problem *why) must_check;
/* The mail that one of them would get, as text. Its link is that of the page, never the signed one. */
struct notice_draft {
    char *subject, *text;
};
enum outcome notice_draft(struct db_tx *tx, void *mem, const struct shop *shop, const struct views *views, const struct brand *brand,
                          const struct notice_sample *row, struct day on, struct notice_draft *draft, struct problem *why) must_check;
