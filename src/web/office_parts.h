/* web/office_parts.h: what the pages of a mailbox, an account and an order are made of: facts, notes, the timeline, rows of orders. */
#pragma once

#include "shop/present.h"
#include "shop/govern.h"
#include "web/office_customer.h"

/* ---- Facts: {label, value, url or false, note or false} (part/office_facts) ---- */

json_t *fact_put(json_t *facts, const char *label, const char *value); /* nothing where value is ""; returns the fact, or NULL */
void fact_link(json_t *facts, const char *label, const char *value, const char *url);
void fact_day(json_t *facts, const char *label, struct day day); /* nothing for DAY 0 and never */
/* Appends {id, title, facts} where there are any; takes over `facts`. */
void facts_section(json_t *sections, const char *id, const char *title, json_t *facts);

/* ---- Notes and timeline, each a part of the page ---- */

#define TIMELINE_PAGE 30
#define NOTES_SHOWN 50

struct desk_view {
    struct desk_note about;            /* what the notes are about, and the timeline: mailbox_id or order_id */
    struct desk_note *notes;
    const char **writers;
    struct event *events;
    const char **doers;
    size_t note_count, event_count;
    bool more;
    int64_t before;
};
/* `about` given; the page of the timeline is in the address: prima. */
enum outcome desk_view_load(struct db_tx *tx, struct office *o, struct desk_view *view) must_check;
/* `here`: the page's own address; the forms of notes go to /office/note. */
void desk_view_put(struct office *o, const struct desk_view *view, const char *here);

/* {code, url, placed_on, what, amount, state, method, paid_on}, of part/office_orders */
json_t *office_order_row(const struct page *p, const struct order_facts *facts);
enum outcome office_orders_load(struct db_tx *tx, struct office *o, const struct order *orders, size_t count,
                                struct order_facts **facts) must_check;

/* ---- Orders on behalf ---- */

/* [{value, label, selected}] of how the customer may pay by himself: never the prepaid account, which is his alone to draw on. */
json_t *office_methods(const struct page *p, const struct brand *brand, const char *chosen);
enum outcome office_method_check(const char *method, struct problem *why) must_check; /* REFUSED on "payment_method" */

/* The flash of what was done: `words` ends with {NULL, NULL}. */
struct office_done {
    const char *word, *text;
};
void office_flash(struct office *o, const struct office_done *words);
