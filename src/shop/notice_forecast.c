#include "shop/notice_forecast.h"
#include "shop/autorenew.h"
#include "shop/day.h"
#include "store/order.h"
#include <string.h>
#include <talloc.h>

#define AHEAD_MOST 800 /* days */
#define SAMPLES    20  /* as notices_sample has them */

bool notice_forecast_reaches(struct day on, struct day today)
{
    return !day_before(on, day_plus(today, -AHEAD_MOST)) && !day_before(day_plus(today, AHEAD_MOST), on);
}

/* Up to which day the plan has been turned when that day comes: of today, and of days gone by, as it is; of later ones
 * the day before, since a turn comes every day. */
static enum outcome rules_on(struct db_tx *tx, const struct brand *b, size_t step, struct day on,
                             struct notice_rule rules[DAY_RULES], size_t *count)
{
    struct day before = day_plus(on, -1), turned = before;
    struct day_done done;

    TRY(day_done_get(tx, b->id, "notices", &done));
    if (!day_before(db_today(tx), on))
        turned = day_is_known(done.on) ? day_earlier(done.on, before) : NEVER_TURNED;
    *count = day_notice_rules(b, step, turned, on, rules);
    for (size_t i = 0; i < *count; i++)
        rules[i].newcomers = turned.n == NEVER_TURNED.n;
    return DONE;
}

static enum outcome split_of(struct db_tx *tx, const struct brand *b, size_t step, struct day on,
                             struct notice_forecast *f)
{
    struct notice_rule rules[DAY_RULES];
    size_t count;

    TRY(rules_on(tx, b, step, on, rules, &count));
    f->template = rules[0].template;
    for (size_t i = 0; i < count; i++) {
        struct notices_split part;

        TRY(notices_would(tx, &rules[i], on, &part));
        f->split.sent += part.sent;
        f->split.skipped += part.skipped;
        f->split.silent += part.silent;
        f->split.copies += part.copies;
    }
    return DONE;
}

enum outcome notices_forecast(struct db_tx *tx, void *mem, const struct brands *brands, const char *brand,
                              const char *sees, struct day on, struct notice_forecast **list, size_t *count)
{
    *list = talloc_array(mem, struct notice_forecast, 0);
    *count = 0;
    for (size_t i = 0; i < brands->count; i++) {
        const struct brand *b = &brands->all[i];

        if ((brand[0] && strcmp(brand, b->id) != 0) || (sees[0] && strcmp(sees, b->id) != 0))
            continue;
        for (size_t step = 0; step < b->notices.count; step++) {
            struct notice_forecast f = {.brand = b, .step = &b->notices.steps[step]};

            TRY(split_of(tx, b, step, on, &f));
            if (f.split.sent + f.split.skipped + f.split.silent == 0)
                continue;
            *list = talloc_realloc(mem, *list, struct notice_forecast, (unsigned)*count + 1);
            (*list)[(*count)++] = f;
        }
    }
    return DONE;
}

json_t *describe_forecast(const struct notice_forecast *f)
{
    const struct notices_split *s = &f->split;

    return json_pack("{s:s, s:s, s:s, s:I, s:I, s:I, s:I}", "brand", f->brand->id, "step", f->step->event, "template",
                     f->template, "sent", (json_int_t)s->sent, "copies", (json_int_t)s->copies, "skipped",
                     (json_int_t)s->skipped, "silent", (json_int_t)s->silent);
}

enum outcome notices_forecast_rows(struct db_tx *tx, void *mem, const struct brand *b, const char *event, struct day on,
                                   struct notice_sample **rows, size_t *count, struct problem *why)
{
    struct notice_rule rules[DAY_RULES];
    size_t step = 0, rule_count;

    while (step < b->notices.count && strcmp(b->notices.steps[step].event, event) != 0)
        step++;
    if (step == b->notices.count)
        return problem_set(why, PROBLEM_NOT_A_CHOICE, "step", "%s", "");
    TRY(rules_on(tx, b, step, on, rules, &rule_count));
    *rows = talloc_array(mem, struct notice_sample, 0);
    *count = 0;
    for (size_t i = 0; i < rule_count; i++) {
        struct notice_sample *more;
        size_t n;

        TRY(notices_sample(tx, mem, &rules[i], on, &more, &n));
        *rows = talloc_realloc(mem, *rows, struct notice_sample, (unsigned)(*count + n));
        for (size_t k = 0; k < n && *count < SAMPLES; k++)
            (*rows)[(*count)++] = more[k];
    }
    return DONE;
}

/* ---- A mail ---- */

static char *render(void *mem, const struct views *views, const struct brand *b, const char *language,
                    const char *template, const char *part, struct day on, json_t *data)
{
    const struct template *view = view_mail(views, b, language, template, part, on);
    struct text_buffer out = text_buffer(mem);

    if (view)
        template_render(view, data, &out);
    return view ? out.bytes : talloc_strdup(mem, "");
}

enum outcome notice_draft(struct db_tx *tx, void *mem, const struct shop *shop, const struct views *views,
                          const struct brand *b, const struct notice_sample *row, struct day on,
                          struct notice_draft *draft, struct problem *why)
{
    const char *language = view_language(row->language);
    struct notice_facts f = {.brand = b, .today = on};
    json_t *data, *charge = NULL;
    const char *path;

    TRY(mailbox_by_id(tx, mem, row->mailbox_id, &f.mailbox));
    if (f.mailbox.open_order_id)
        TRY(order_by_id(tx, mem, f.mailbox.open_order_id, &f.open_order));
    if (strcmp(row->template, "charge_notice") == 0)
        TRY(autorenew_notice(tx, mem, b, &f.mailbox, &charge, why));
    path = talloc_asprintf(mem, "/caselle/%s/rinnovo", present_path(mem, f.mailbox.address));
    data = notice_present(mem, shop, &f, shop_link(mem, shop, b, path), language);
    json_object_set_new(data, "lang", json_string(language));
    json_object_set_new(data, "brand", present_brand(mem, b));
    if (charge) {
        json_object_update(data, charge);
        json_decref(charge);
        notice_put_links(mem, shop, b, data);
    }
    draft->subject = render(mem, views, b, language, row->template, "subject", on, data);
    draft->text = render(mem, views, b, language, row->template, "txt", on, data);
    json_decref(data);
    return DONE;
}
