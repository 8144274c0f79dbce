/* web/office_today.c: GET /office/oggi: every queue of the desk, how much waits, since when and by when; GET
 * /office/oggi/{queue}: what waits in one of those that have no page of their own; POST /office/oggi/{queue}/prossimo:
 * the next, for whoever asks alone. */

#include "base/i18n.h"
#include "shop/present.h"
#include "web/office.h"
#include <string.h>
#include <talloc.h>

#define PAGE_SIZE 30

/* ---- All queues ---- */

struct board {
    struct task_count *counts;
    size_t count;
};

static enum outcome load_board(struct db_tx *tx, struct office *o, void *arg, struct problem *why)
{
    struct task_scope scope = task_scope_of(o->page.mem, o->page.shop->brands, &o->operator);
    struct board *b = arg;

    (void)why;
    return tasks_count(tx, o->page.mem, &scope, &b->counts, &b->count);
}

static const struct task_count *count_in(const struct board *b, const char *queue)
{
    static const struct task_count NONE;

    for (size_t i = 0; i < b->count; i++)
        if (strcmp(b->counts[i].queue, queue) == 0)
            return &b->counts[i];
    return &NONE;
}

static struct instant now_of(const struct page *p, const struct task_queue *q)
{
    return q->machine_time ? clock_now() : p->now;
}

static json_t *span_or_false(const struct page *p, struct instant from, struct instant to)
{
    return from.us && to.us ? json_string(office_span(p, to.us > from.us ? to.us - from.us : 0)) : json_false();
}

static json_t *queue_row(const struct office *o, const struct board *b, const struct task_queue *q, int key)
{
    const struct page *p = &o->page;
    const struct task_count *c = count_in(b, q->name);
    struct instant now = now_of(p, q);
    bool late = c->next_due.us && c->next_due.us < now.us;
    json_t *row = json_pack(
        "{s:s, s:s, s:s, s:s, s:I, s:b, s:b, s:i}", "name", q->name, "label", page_text(p, q->label), "what",
        page_text(p, q->what), "url", q->list ? q->list : talloc_asprintf(p->mem, "/office/oggi/%s", q->name), "count",
        (json_int_t)c->count, "any", c->count > c->put_off, "may", operator_may(&o->operator, q->right), "key", key);

    json_object_set_new(row, "oldest", span_or_false(p, c->oldest, now));
    json_object_set_new(row, "late", c->overdue ? json_integer(c->overdue) : json_false());
    json_object_set_new(row, "due", late ? json_false() : span_or_false(p, now, c->next_due));
    json_object_set_new(row, "put_off", c->put_off ? json_integer(c->put_off) : json_false());
    return row;
}

void office_today(struct http_request *req)
{
    const char *gone = form_value(&req->query, "vuota");
    json_t *rows = json_array();
    struct board b;
    struct office o;

    if (!office_open(req, load_board, &b, &o)) {
        json_decref(rows);
        return;
    }
    for (size_t i = 0; i < TASK_QUEUE_COUNT; i++)
        json_array_append_new(rows, queue_row(&o, &b, &TASK_QUEUES[i], (int)i + 1));
    page_set(&o.page, "queues", rows);
    page_set(&o.page, "flash",
             task_queue_of(gone) ? json_string(page_text(&o.page, N_("In questa coda non resta nulla da prendere.")))
                                 : json_false());
    office_show(&o, 200, "today", N_("Oggi"));
}

/* ---- The next one ---- */

struct taking {
    struct office *o;
    const struct task_queue *queue;
    struct task task;
    struct problem why;
};

static enum outcome take(struct db_tx *tx, void *arg)
{
    struct taking *t = arg;

    return task_take(tx, t->o->page.mem, t->o->page.shop->brands, &t->o->operator, t->queue, &t->task, &t->why);
}

void office_next(struct http_request *req)
{
    struct taking t = {.queue = task_queue_of(http_parameter(req, "queue"))};
    enum outcome outcome = REFUSED;
    struct office o;

    if (!office_open(req, NULL, NULL, &o))
        return;
    t.o = &o;
    if (t.queue)
        outcome = db_transaction(o.page.shop->db, "task.take", take, &t);
    if (outcome == DONE)
        office_go(&o, task_page(o.page.mem, t.queue, t.task.item));
    else if (outcome == REFUSED && t.queue && t.why.code == PROBLEM_NONE)
        office_go(&o, talloc_asprintf(o.page.mem, "/office/oggi?vuota=%s", t.queue->name));
    else
        office_failed(&o, outcome, &t.why);
}

/* ---- One queue ---- */

struct queue_page {
    const struct task_queue *queue;
    const char *after;
    struct task *tasks;
    size_t count;
    bool more;
};

static enum outcome load_queue(struct db_tx *tx, struct office *o, void *arg, struct problem *why)
{
    struct task_scope scope = task_scope_of(o->page.mem, o->page.shop->brands, &o->operator);
    struct queue_page *q = arg;

    if (!q->queue)
        return problem_set(why, PROBLEM_NOT_FOUND, "", "%s", "");
    TRY(tasks_of_queue(tx, o->page.mem, &scope, q->queue->name, q->after, PAGE_SIZE + 1, &q->tasks, &q->count));
    q->more = q->count > PAGE_SIZE;
    q->count = q->more ? PAGE_SIZE : q->count;
    return DONE;
}

static json_t *task_row(const struct page *p, const struct task_queue *q, const struct task *t)
{
    const struct brand *brand = brand_by_id(p->shop->brands, t->brand);
    struct instant now = now_of(p, q);
    json_t *row =
        json_pack("{s:s, s:s, s:s, s:s, s:s, s:o, s:o}", "url", task_page(p->mem, q, t->item), "subject", t->subject,
                  "brand", brand ? brand->name : t->brand, "detail", i18n_filled(p->mem, p->language, t->detail),
                  "since", office_span(p, now.us - t->since.us), "since_at", present_instant(t->since), "taker",
                  t->taker[0] ? json_string(t->taker) : json_false());

    json_object_set_new(row, "until", t->taker[0] ? present_instant(t->until) : json_false());
    json_object_set_new(row, "put_off", json_boolean(t->put_off));
    json_object_set_new(row, "overdue", json_boolean(t->due_at.us && t->due_at.us < now.us));
    json_object_set_new(row, "due", t->due_at.us ? present_day(rome_day(t->due_at)) : json_false());
    return row;
}

void office_tasks(struct http_request *req)
{
    const char *after = form_value(&req->query, "dopo");
    struct queue_page q = {.queue = task_queue_of(http_parameter(req, "queue")), .after = after ? after : ""};
    json_t *rows;
    struct office o;

    if (!office_open(req, load_queue, &q, &o))
        return;
    if (q.queue->list) {
        office_go(&o, q.queue->list);
        return;
    }
    rows = json_array();
    for (size_t i = 0; i < q.count; i++)
        json_array_append_new(rows, task_row(&o.page, q.queue, &q.tasks[i]));
    page_set(&o.page, "rows", rows);
    page_set(&o.page, "any", json_boolean(q.count > 0));
    page_set(&o.page, "queue",
             json_pack("{s:s, s:s, s:s, s:b}", "name", q.queue->name, "label", page_text(&o.page, q.queue->label),
                       "what", page_text(&o.page, q.queue->what), "may", operator_may(&o.operator, q.queue->right)));
    page_set(&o.page, "first_url", q.after[0] ? json_sprintf("/office/oggi/%s", q.queue->name) : json_false());
    page_set(&o.page, "more_url",
             q.more ? json_sprintf("/office/oggi/%s?dopo=%s", q.queue->name, q.tasks[q.count - 1].item) : json_false());
    office_show(&o, 200, "tasks", q.queue->label);
}
