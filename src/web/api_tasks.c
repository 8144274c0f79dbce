/* web/api_tasks.c: GET /api/v1/tasks: every queue of the desk, how much waits and since when; GET …/tasks/{queue}: what
 * waits in one, soonest due first; GET …/tasks/{queue}/{item}: one; POST …/tasks/effects/{item}/retry and …/close: what
 * was given up on outside (shop/task.h). To take the next one is for people: what a key takes nobody would look at. */

#include "base/i18n.h"
#include "shop/describe.h"
#include "shop/task.h"
#include "web/api.h"
#include <string.h>
#include <talloc.h>

enum { TASKS_USUAL = 100, TASKS_MOST = 500 };

struct wanted {
    const struct task_queue *queue;
    const char *item, *after, *note;
    int64_t limit;
    bool again;
};

static struct task_scope scope_of(struct call *c)
{
    struct operator desk = api_desk(c);

    return task_scope_of(c->mem, c->shop->brands, &desk);
}

/* ---- All queues ---- */

static json_t *describe_queue(const struct call *c, const struct task_queue *q, const struct task_count *n)
{
    return json_pack("{s:s, s:s, s:I, s:I, s:I, s:o, s:o}", "name", q->name, "label", i18n(c->language, q->label),
                     "count", (json_int_t)n->count, "overdue", (json_int_t)n->overdue, "put_off",
                     (json_int_t)n->put_off, "oldest_at", describe_instant(n->oldest), "next_due_at",
                     describe_instant(n->next_due));
}

static enum outcome read_queues(struct db_tx *tx, struct call *c, void *arg)
{
    struct task_scope scope = scope_of(c);
    struct task_count *counts;
    json_t *list;
    size_t count;

    (void)arg;
    TRY(tasks_count(tx, c->mem, &scope, &counts, &count));
    list = json_array();
    for (size_t i = 0; i < TASK_QUEUE_COUNT; i++) {
        static const struct task_count NOTHING;
        const struct task_count *n = &NOTHING;

        for (size_t k = 0; k < count; k++)
            if (strcmp(counts[k].queue, TASK_QUEUES[i].name) == 0)
                n = &counts[k];
        json_array_append_new(list, describe_queue(c, &TASK_QUEUES[i], n));
    }
    c->body = json_pack("{s:o}", "queues", list);
    return DONE;
}

void api_tasks(struct http_request *req)
{
    struct call c;

    if (api_open(req, RIGHT_READ, &c))
        api_get(&c, NULL, read_queues, NULL);
}

/* ---- One queue, one task ---- */

static json_t *describe_task(void *mem, const struct task *t)
{
    const struct task_queue *queue = task_queue_of(t->queue);

    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:b, s:s}", "item", t->item, "brand", t->brand,
                     "subject", t->subject, "detail", t->detail, "page", queue ? task_page(mem, queue, t->item) : "",
                     "since", describe_instant(t->since), "due_at", describe_instant(t->due_at), "taken_by",
                     t->taker[0] ? json_string(t->taker) : json_null(), "taken_until",
                     t->taker[0] ? describe_instant(t->until) : json_null(), "put_off", t->put_off, "note", t->note);
}

static enum outcome read_queue(struct db_tx *tx, struct call *c, void *arg)
{
    const struct wanted *w = arg;
    struct task_scope scope = scope_of(c);
    struct task *tasks;
    json_t *list;
    size_t count;

    if (!w->queue)
        return api_refuse(c, PROBLEM_NOT_FOUND, "", "%s", "");
    TRY(tasks_of_queue(tx, c->mem, &scope, w->queue->name, w->after, (int)w->limit, &tasks, &count));
    list = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, describe_task(c->mem, &tasks[i]));
    c->body = json_pack("{s:o, s:b}", "tasks", list, "more", count == (size_t)w->limit);
    return DONE;
}

void api_queue(struct http_request *req)
{
    static const char *const KNOWN[] = {"after", "limit", NULL};
    struct wanted w = {.queue = task_queue_of(http_parameter(req, "queue"))};
    struct call c;

    if (!api_open(req, RIGHT_READ, &c))
        return;
    w.after = api_text(&c, "after");
    (void)!api_number(&c, "limit", 1, TASKS_MOST, TASKS_USUAL, &w.limit);
    api_get(&c, KNOWN, read_queue, &w);
}

static enum outcome find(struct db_tx *tx, struct call *c, const struct wanted *w, struct task *task)
{
    struct task_scope scope = scope_of(c);
    enum outcome o = w->queue ? task_find(tx, c->mem, &scope, w->queue->name, w->item, task) : REFUSED;

    return o == REFUSED ? api_refuse(c, PROBLEM_NOT_FOUND, "", "%s", "") : o;
}

static enum outcome read_task(struct db_tx *tx, struct call *c, void *arg)
{
    struct task task;

    TRY(find(tx, c, arg, &task));
    c->body = describe_task(c->mem, &task);
    return DONE;
}

void api_task(struct http_request *req)
{
    struct wanted w = {.queue = task_queue_of(http_parameter(req, "queue")), .item = http_parameter(req, "item")};
    struct call c;

    if (api_open(req, RIGHT_READ, &c))
        api_get(&c, NULL, read_task, &w);
}

/* ---- What was given up on ---- */

static const struct form_field CLOSE[] = {
    FORM_TEXT(struct wanted, note, "note", .max = 500, .lines = true),
    FORM_END,
};

static enum outcome settle(struct db_tx *tx, struct call *c, void *arg)
{
    const struct wanted *w = arg;
    struct problem why = {0};
    struct task task;

    TRY(find(tx, c, w, &task));
    TRY(api_passed(
        c, w->again ? effect_again(tx, &task, &c->actor, &why) : effect_close(tx, &task, w->note, &c->actor, &why),
        &why));
    c->body = json_pack("{s:s, s:s}", "item", task.item, "state", w->again ? "retried" : "closed");
    return DONE;
}

static void post(struct http_request *req, bool again)
{
    struct wanted w = {.queue = task_queue_of("effects"), .item = http_parameter(req, "item"), .again = again};
    struct call c;

    if (api_open_post(req, RIGHT_READ, &c))
        api_post(&c, again ? NULL : CLOSE, &w, settle, &w);
}

void api_effect_again(struct http_request *req)
{
    post(req, true);
}

void api_effect_close(struct http_request *req)
{
    post(req, false);
}
