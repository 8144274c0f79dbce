/* web/office_task.c: GET /office/oggi/{queue}/{item}: one task of a queue that has no pages of its own (a charge that
 * failed, an address that takes no mail, an effect that was given up on); POST …/rimanda, …/ritenta, …/chiudi. */

#include "base/i18n.h"
#include "shop/present.h"
#include "web/office.h"
#include <string.h>
#include <talloc.h>

struct one {
    const struct task_queue *queue;
    const char *item;
    struct task task;
    json_t *facts;
};

static enum outcome load(struct db_tx *tx, struct office *o, void *arg, struct problem *why)
{
    struct one *one = arg;
    struct task_scope scope = task_scope_of(o->page.mem, o->page.shop->brands, &o->operator);
    enum outcome found = REFUSED;

    if (one->queue)
        found = task_find(tx, o->page.mem, &scope, one->queue->name, one->item, &one->task);
    if (found == REFUSED)
        return problem_set(why, PROBLEM_NOT_FOUND, "", "%s", "");
    TRY(found);
    if (one->queue->page)
        return DONE;
    TRY(office_task(tx, o, one->queue->name, one->item));
    TRY(task_facts(tx, o->page.mem, o->page.language, &one->task, &one->facts));
    page_owns(o->page.mem, one->facts);
    return DONE;
}

struct put_off_form {
    int64_t days;
    const char *note;
};

static const struct form_field PUT_OFF[] = {
    FORM_INT(struct put_off_form, days, "days", .min = 1, .max = 30),
    FORM_TEXT(struct put_off_form, note, "note", .max = 500, .lines = true),
    FORM_END,
};

struct close_form {
    const char *note;
};

static const struct form_field CLOSE[] = {
    FORM_TEXT(struct close_form, note, "done_note", .max = 500, .lines = true),
    FORM_END,
};

static void show(struct office *o, const struct one *one, int status, const struct problems *faults)
{
    struct page *p = &o->page;
    const struct brand *brand = brand_by_id(p->shop->brands, one->task.brand);
    bool may = operator_may(&o->operator, one->queue->right), effect = strcmp(one->queue->name, "effects") == 0;
    bool contact = strcmp(one->queue->name, "contacts") == 0;

    page_fields(p, PUT_OFF, NULL, faults);
    page_fields(p, CLOSE, NULL, faults);
    page_set(p, "facts", json_incref(one->facts));
    page_set(p, "item",
             json_pack("{s:s, s:s, s:s, s:s, s:s, s:o, s:b, s:b, s:b, s:b}", "queue", one->queue->name, "label",
                       page_text(p, one->queue->label), "id", one->item, "subject", one->task.subject, "brand",
                       brand ? brand->name : one->task.brand, "since", present_instant(one->task.since), "may", may,
                       "effect", may && effect, "contact", may && contact, "has_list", one->queue->list != NULL));
    office_show(o, status, "task", one->queue->label);
}

static struct one one_of(const struct http_request *req)
{
    const char *queue = http_parameter(req, "queue");

    return (struct one){.queue = task_queue_of(queue ? queue : "effects"), .item = http_parameter(req, "item")};
}

void office_one(struct http_request *req)
{
    struct one one = one_of(req);
    struct office o;

    if (!office_open(req, load, &one, &o))
        return;
    if (one.queue->page)
        office_go(&o, task_page(o.page.mem, one.queue, one.item));
    else
        show(&o, &one, 200, NULL);
}

/* ---- What is done with it ---- */

struct doing {
    struct office *o;
    struct one one;
    struct put_off_form put_off;
    struct close_form close;
    struct problem why;
};

static enum outcome put_off(struct db_tx *tx, void *arg)
{
    struct doing *d = arg;

    return task_put_off(tx, d->o->page.mem, d->o->page.shop->brands, &d->o->operator, & d->o->actor, d->one.queue,
                        d->one.item, d->put_off.days, d->put_off.note, &d->why);
}

static enum outcome again(struct db_tx *tx, void *arg)
{
    struct doing *d = arg;

    return effect_again(tx, &d->one.task, &d->o->actor, &d->why);
}

static enum outcome close_it(struct db_tx *tx, void *arg)
{
    struct doing *d = arg;

    return effect_close(tx, &d->one.task, d->close.note, &d->o->actor, &d->why);
}

/* Reads the form, does the work, goes back to the queue; a fault is told on the page. */
static void act(struct http_request *req, const struct form_field *fields, void *form, db_work *work, struct doing *d)
{
    struct problems faults = {0};
    enum outcome outcome = REFUSED;
    struct office o;

    d->one = one_of(req);
    if (!office_open(req, load, &d->one, &o))
        return;
    d->o = &o;
    if (!fields || page_form(&o.page, fields, form, &faults) == DONE)
        outcome = db_transaction(o.page.shop->db, "task", work, d);
    if (outcome == REFUSED && d->why.code != PROBLEM_NONE)
        problems_put(&faults, &d->why);
    if (outcome == DONE)
        office_go(&o, talloc_asprintf(o.page.mem, "/office/oggi/%s", d->one.queue->name));
    else if (faults.count && !d->one.queue->page)
        show(&o, &d->one, problem_status(faults.item[0].code), &faults);
    else
        office_failed(&o, outcome, &d->why);
}

void office_put_off(struct http_request *req)
{
    struct doing d = {0};

    act(req, PUT_OFF, &d.put_off, put_off, &d);
}

void office_effect_again(struct http_request *req)
{
    struct doing d = {0};

    act(req, NULL, NULL, again, &d);
}

void office_effect_close(struct http_request *req)
{
    struct doing d = {0};

    act(req, CLOSE, &d.close, close_it, &d);
}
