#include "web/office_parts.h"
#include "base/i18n.h"
#include "rules/payment.h"
#include "shop/event_story.h"
#include "shop/pay.h"
#include "shop/present_pay.h"
#include "shop/review.h"
#include <inttypes.h>
#include <string.h>
#include <talloc.h>

/* ---- Facts ---- */

json_t *fact_put(json_t *facts, const char *label, const char *value)
{
    json_t *fact;

    if (!value || !value[0])
        return NULL;
    fact = json_pack("{s:s, s:s, s:b, s:b}", "label", label, "value", value, "url", 0, "note", 0);
    json_array_append_new(facts, fact);
    return fact;
}

void fact_link(json_t *facts, const char *label, const char *value, const char *url)
{
    json_t *fact = fact_put(facts, label, value);

    if (fact && url)
        json_object_set_new(fact, "url", json_string(url));
}

void fact_day(json_t *facts, const char *label, struct day day)
{
    char text[DAY_TEXT];

    if (day.n != 0 && day.n < DAY_NEVER.n)
        fact_put(facts, label, day_italian(day, text));
}

void facts_section(json_t *sections, const char *id, const char *title, json_t *facts)
{
    if (json_array_size(facts))
        json_array_append_new(sections, json_pack("{s:s, s:s, s:o}", "id", id, "title", title, "facts", facts));
    else
        json_decref(facts);
}

/* ---- Notes and timeline ---- */

enum outcome desk_view_load(struct db_tx *tx, struct office *o, struct desk_view *v)
{
    void *mem = o->page.mem;

    v->before = office_number(form_value(&o->page.req->query, "prima"));
    TRY(desk_notes_of(tx, mem, &v->about, NOTES_SHOWN, &v->notes, &v->note_count));
    v->writers = talloc_zero_array(mem, const char *, (unsigned)v->note_count + 1);
    for (size_t i = 0; i < v->note_count; i++)
        TRY(actor_label(tx, mem, v->notes[i].written_by, &v->writers[i]));
    v->event_count = 0;
    if (v->about.mailbox_id || v->about.order_id)
        TRY(events_timeline(tx, mem, v->about.mailbox_id, v->about.order_id, v->before, TIMELINE_PAGE + 1, &v->events,
                            &v->event_count));
    v->more = v->event_count > TIMELINE_PAGE;
    v->event_count = v->more ? TIMELINE_PAGE : v->event_count;
    v->doers = talloc_zero_array(mem, const char *, (unsigned)v->event_count + 1);
    for (size_t i = 0; i < v->event_count; i++)
        TRY(event_who(tx, mem, o->page.language, &v->events[i], &v->doers[i]));
    return DONE;
}

static json_t *timeline(const struct page *p, const struct desk_view *v)
{
    json_t *rows = json_array();

    for (size_t i = 0; i < v->event_count; i++) {
        const struct event *e = &v->events[i];
        const char *detail = event_detail(p->mem, p->language, e);

        json_array_append_new(rows, json_pack("{s:o, s:s, s:s, s:o}", "at", present_instant(e->at), "what",
                                              event_label(p->language, e->kind), "who", v->doers[i], "detail",
                                              detail[0] ? json_string(detail) : json_false()));
    }
    return rows;
}

void desk_view_put(struct office *o, const struct desk_view *v, const char *here)
{
    struct page *p = &o->page;
    json_t *notes = json_array();

    for (size_t i = 0; i < v->note_count; i++) {
        const struct desk_note *n = &v->notes[i];

        json_array_append_new(notes,
                              json_pack("{s:I, s:s, s:s, s:o, s:b}", "id", (json_int_t)n->id, "body", n->body, "who",
                                        v->writers[i], "at", present_instant(n->written_at), "pinned", n->pinned));
    }
    page_set(p, "desk",
             json_pack("{s:o, s:b, s:b, s:s, s:I, s:I, s:I, s:o, s:b, s:o, s:o}", "notes", notes, "any_notes",
                       v->note_count > 0, "may_note", operator_may(&o->operator, OFFICE_SERVE), "here", here, "mailbox",
                       (json_int_t)v->about.mailbox_id, "account", (json_int_t)v->about.account_id, "order",
                       (json_int_t)v->about.order_id, "events", timeline(p, v), "any_events", v->event_count > 0,
                       "more_url",
                       v->more ? json_sprintf("%s?prima=%" PRId64 "#storia", here, v->events[v->event_count - 1].id)
                               : json_false(),
                       "first_url", v->before ? json_sprintf("%s#storia", here) : json_false()));
}

/* ---- Orders ---- */

enum outcome office_orders_load(struct db_tx *tx, struct office *o, const struct order *orders, size_t count,
                                struct order_facts **facts)
{
    *facts = talloc_zero_array(o->page.mem, struct order_facts, (unsigned)count + 1);
    for (size_t i = 0; i < count; i++)
        TRY(order_facts_load(tx, o->page.mem, o->page.shop->brands, &orders[i], &(*facts)[i]));
    return DONE;
}

json_t *office_order_row(const struct page *p, const struct order_facts *f)
{
    const struct order *r = &f->order;
    json_t *row = present_order_row(p->mem, f);

    json_object_set_new(row, "url", json_string(office_order_path(p->mem, r->code)));
    json_object_set_new(row, "state", json_string(office_order_state(p, r->state_text)));
    json_object_set_new(row, "method", json_string(present_method(r->payment_method, p->language)));
    json_object_set_new(row, "paid_on", present_day(r->settled_on));
    return row;
}

void office_flash(struct office *o, const struct office_done *words)
{
    const char *word = form_value(&o->page.req->query, "fatto");

    for (; word && words->word; words++)
        if (strcmp(words->word, word) == 0)
            page_set(&o->page, "flash", json_string(page_text(&o->page, words->text)));
}

/* ---- Orders on behalf ---- */

json_t *office_methods(const struct page *p, const struct brand *brand, const char *chosen)
{
    json_t *methods = json_array();
    enum payment_method method;

    for (const char *const *name = (const char *const *)brand->payment_methods; *name; name++)
        if (payment_method_of(*name, &method) == DONE && method != METHOD_WALLET &&
            method_offered(p->shop, brand, method))
            json_array_append_new(methods, json_pack("{s:s, s:s, s:b}", "value", *name, "label",
                                                     present_method(*name, p->language), "selected",
                                                     chosen && strcmp(chosen, *name) == 0));
    return methods;
}

enum outcome office_method_check(const char *method, struct problem *why)
{
    if (strcmp(method, payment_method_name(METHOD_WALLET)) == 0)
        return problem_set(why, PROBLEM_FORBIDDEN, "payment_method", "%s", "");
    return DONE;
}
