/* web/office_log.c: GET /office/registro: what happened, the newest first, by what is chosen in the address; the same
 * as a file; POST /office/registro/verifica: the chain of events walked some way on. */

#include "base/csv.h"
#include "base/i18n.h"
#include "shop/chain.h"
#include "shop/describe.h"
#include "shop/event_words.h"
#include "shop/place_order.h"
#include "shop/present.h"
#include "shop/review.h"
#include "web/office.h"
#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#define PAGE_SIZE     30
#define EXPORT_MOST   50000
#define EXPORT_PAGE   5000
#define BUTTON_PIECES 10

struct log {
    const char *brand, *kind, *who, *about, *from, *until; /* as typed, "" for nothing */
    struct event_filter filter;
    bool nothing; /* what is asked about is not there */
    struct event *events;
    size_t count;
    int64_t next, length;
    struct chain_check check;
    const char **actors; /* of each event, in words */
};

/* ---- What is chosen ---- */

static const char *typed(struct http_request *req, const char *name)
{
    const char *value = form_value(&req->query, name);

    return value && strlen(value) < 200 && text_is_plain(value, strlen(value)) ? text_trim(req->mem, value) : "";
}

static void read_choices(struct http_request *req, struct log *l)
{
    struct day day;

    *l = (struct log){.brand = typed(req, "marchio"),
                      .kind = typed(req, "tipo"),
                      .who = typed(req, "chi"),
                      .about = typed(req, "oggetto"),
                      .from = typed(req, "dal"),
                      .until = typed(req, "al")};
    l->filter = (struct event_filter){.brand = l->brand, .kind = l->kind, .actor = l->who};
    l->filter.before = office_number(form_value(&req->query, "dopo"));
    if (day_parse(l->from, strlen(l->from), &day) == DONE)
        l->filter.from = rome_midnight(day);
    if (day_parse(l->until, strlen(l->until), &day) == DONE)
        l->filter.until = rome_midnight(day_plus(day, 1));
}

/* An operator's e-mail stands for the operator; an address for its mailbox, anything else for an order. */
static enum outcome resolve(struct db_tx *tx, struct office *o, struct log *l)
{
    void *mem = o->page.mem;
    struct event_filter *f = &l->filter;
    struct operator operator;
    struct mailbox mailbox;
    struct order order;
    enum outcome found = DONE;

    if (o->operator.brand[0])
        f->brand = o->operator.brand;
    if (strchr(l->who, '@')) {
        found = operator_by_email(tx, mem, text_lower(mem, l->who), &operator);
        if (found == DONE)
            f->actor = talloc_asprintf(mem, "operator:%" PRId64, operator.id);
    }
    if (found == DONE && strchr(l->about, '@')) {
        found = mailbox_by_address(tx, mem, text_lower(mem, l->about), &mailbox);
        f->mailbox_id = mailbox.id;
    } else if (found == DONE && l->about[0]) {
        found = order_by_code(tx, mem, l->about, &order);
        f->order_id = order.id;
    }
    l->nothing = found == REFUSED;
    return found == REFUSED ? DONE : found;
}

static enum outcome load(struct db_tx *tx, struct office *o, void *arg, struct problem *why)
{
    struct log *l = arg;
    void *mem = o->page.mem;

    (void)why;
    TRY(chain_check_find(tx, &l->check));
    TRY(chain_length(tx, &l->length));
    TRY(resolve(tx, o, l));
    if (l->nothing)
        return DONE;
    TRY(events_chosen(tx, mem, &l->filter, PAGE_SIZE, &l->events, &l->count, &l->next));
    l->actors = talloc_array(mem, const char *, (unsigned)l->count + 1);
    for (size_t i = 0; i < l->count; i++)
        TRY(actor_label(tx, mem, l->events[i].actor, &l->actors[i]));
    return DONE;
}

/* ---- The page ---- */

static void put_query(struct text_buffer *out, const char *name, const char *value)
{
    if (!value[0])
        return;
    text_put_format(out, "%s%s=", out->bytes[0] ? "&" : "?", name);
    for (const char *c = value; *c; c++)
        if (isalnum((unsigned char)*c) || strchr("-._", *c))
            text_put_bytes(out, c, 1);
        else
            text_put_format(out, "%%%02X", (unsigned char)*c);
}

static char *query(void *mem, const struct log *l)
{
    struct text_buffer out = text_buffer(mem);

    text_put(&out, "");
    put_query(&out, "marchio", l->brand);
    put_query(&out, "tipo", l->kind);
    put_query(&out, "chi", l->who);
    put_query(&out, "oggetto", l->about);
    put_query(&out, "dal", l->from);
    put_query(&out, "al", l->until);
    return out.bytes;
}

static json_t *row(const struct page *p, const struct event *e, const char *actor)
{
    const struct brand *brand = brand_by_id(p->shop->brands, e->brand);
    char *facts = event_facts(p->mem, e);

    return json_pack("{s:I, s:o, s:s, s:s, s:s, s:s, s:o, s:o}", "id", (json_int_t)e->id, "at", present_instant(e->at),
                     "words", page_text(p, event_words(e->kind)), "kind", e->kind, "actor", actor, "door", e->door,
                     "brand",
                     brand         ? json_string(brand->name)
                     : e->brand[0] ? json_string(e->brand)
                                   : json_false(),
                     "facts", facts[0] ? json_string(facts) : json_false());
}

static void put_filters(struct office *o, const struct log *l)
{
    struct page *p = &o->page;
    json_t *kinds = json_array();

    for (const struct event_group *g = EVENT_GROUPS; g->kind; g++)
        json_array_append_new(kinds, json_pack("{s:s, s:s, s:b}", "value", g->kind, "label", page_text(p, g->label),
                                               "selected", strcmp(g->kind, l->kind) == 0));
    page_set(p, "kinds", kinds);
    page_set(p, "brands", office_brands(o, l->brand));
    page_set(p, "has_brands", json_boolean(!o->operator.brand[0] && p->shop->brands->count> 1));
    page_set(p, "who_typed", json_string(l->who));
    page_set(p, "about", json_string(l->about));
    page_set(p, "from", json_string(l->from));
    page_set(p, "until", json_string(l->until));
}

static void put_chain(struct page *p, const struct log *l)
{
    const struct chain_check *c = &l->check;

    page_set(p, "chain",
             json_pack("{s:b, s:b, s:b, s:b, s:I, s:I, s:I}", "never",
                       !c->begun_at.us || (c->ended_at.us && !c->seq && !c->broken_at), "going",
                       c->begun_at.us && !c->ended_at.us, "whole", c->ended_at.us && c->seq && !c->broken_at, "broken",
                       c->broken_at != 0, "seq", (json_int_t)c->seq, "length", (json_int_t)l->length, "at",
                       (json_int_t)c->broken_at));
    page_set(p, "chain_ended", c->ended_at.us ? present_instant(c->ended_at) : json_false());
}

void office_log(struct http_request *req)
{
    struct log l;
    struct office o;
    struct page *p = &o.page;
    json_t *rows;
    char *here;

    read_choices(req, &l);
    if (!office_open(req, load, &l, &o))
        return;
    rows = json_array();
    for (size_t i = 0; i < l.count; i++)
        json_array_append_new(rows, row(p, &l.events[i], l.actors[i]));
    here = query(p->mem, &l);
    put_filters(&o, &l);
    put_chain(p, &l);
    page_set(p, "rows", rows);
    page_set(p, "any", json_boolean(l.count > 0));
    page_set(p, "nothing", json_boolean(l.nothing));
    page_set(p, "csv_url", json_sprintf("/office/registro/registro.csv%s", here));
    page_set(p, "jsonl_url", json_sprintf("/office/registro/registro.jsonl%s", here));
    page_set(p, "first_url", l.filter.before ? json_sprintf("/office/registro%s", here) : json_false());
    page_set(p, "more_url",
             l.next ? json_sprintf("/office/registro%s%cdopo=%" PRId64, here, here[0] ? '&' : '?', l.next)
                    : json_false());
    office_show(&o, 200, "log", N_("Registro"));
}

void office_log_verify(struct http_request *req)
{
    struct chain_check check;
    struct office o;
    enum outcome outcome;

    if (!office_open(req, NULL, NULL, &o))
        return;
    outcome = chain_verify(o.page.shop, o.page.mem, BUTTON_PIECES, &o.actor, &check);
    if (outcome != DONE)
        office_failed(&o, outcome, NULL);
    else
        office_go(&o, "/office/registro");
}

/* ---- The same as a file ---- */

static void put_csv(struct text_buffer *out, const struct event *e)
{
    json_t *at = describe_instant(e->at);
    char number[24];

    snprintf(number, sizeof number, "%" PRId64, e->id);
    csv_put(out, number, false);
    csv_put(out, json_string_value(at), false);
    json_decref(at);
    csv_put(out, e->brand, false);
    csv_put(out, e->kind, false);
    csv_put(out, e->actor, false);
    csv_put(out, e->door, false);
    csv_put(out, e->data, true);
}

static void put_json(struct text_buffer *out, const struct event *e)
{
    json_t *one = describe_event(e);
    char *text = json_dumps(one, JSON_COMPACT | JSON_SORT_KEYS);

    text_put(out, text ? text : "{}");
    text_put(out, "\n");
    free(text);
    json_decref(one);
}

struct exporting {
    struct office *o;
    struct log *log;
    void (*put)(struct text_buffer *out, const struct event *event);
    struct text_buffer out;
    size_t rows;
};

static enum outcome gather(struct db_tx *tx, void *arg)
{
    struct exporting *x = arg;
    struct log *l = x->log;

    l->next = l->filter.before;
    do {
        void *mem = talloc_new(x->o->page.mem);
        struct event *events;
        size_t count;

        l->filter.before = l->next;
        TRY(events_chosen(tx, mem, &l->filter, EXPORT_PAGE, &events, &count, &l->next));
        for (size_t i = 0; i < count; i++)
            x->put(&x->out, &events[i]);
        x->rows += count;
        talloc_free(mem);
    } while (l->next && x->rows < EXPORT_MOST);
    return DONE;
}

/* That somebody took a part of the log along is itself in the log. */
static enum outcome note_export(struct db_tx *tx, void *arg)
{
    const struct exporting *x = arg;
    json_t *data = json_pack("{s:I, s:s}", "rows", (json_int_t)x->rows, "filter", query(x->o->page.mem, x->log));
    enum outcome o = event_record(tx, x->o->operator.brand, &x->o->actor, "log.exported", 0, 0, data);

    json_decref(data);
    return o;
}

static void export_log(struct http_request *req, const char *type, const char *ending, struct exporting x,
                       const char *head)
{
    struct office o;
    struct log l;
    enum outcome outcome = DONE;

    read_choices(req, &l);
    if (!office_open(req, load, &l, &o))
        return;
    x.o = &o;
    x.log = &l;
    x.out = text_buffer(req->mem);
    text_put(&x.out, head);
    if (!l.nothing)
        outcome = db_read(o.page.shop->db, "log.export", gather, &x);
    if (outcome == DONE)
        outcome = db_transaction(o.page.shop->db, "log.exported", note_export, &x);
    if (outcome != DONE) {
        office_failed(&o, outcome, NULL);
        return;
    }
    http_attachment(req, "registro.%s", ending);
    http_reply_kept(req, 200, type, x.out.bytes, x.out.length);
}

void office_log_csv(struct http_request *req)
{
    export_log(req, "text/csv; charset=utf-8", "csv", (struct exporting){.put = put_csv},
               "id;at;brand;kind;actor;door;data\r\n");
}

void office_log_jsonl(struct http_request *req)
{
    export_log(req, "application/jsonl; charset=utf-8", "jsonl", (struct exporting){.put = put_json}, "");
}
