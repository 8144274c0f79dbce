/* web/office_approvals.c: GET /office/approvazioni: what waits for a second person, and what was decided; GET and POST
 * /office/approvazioni/{id}: all that was asked, and the decision (shop/approval.h). */

#include "base/i18n.h"
#include "shop/approval.h"
#include "shop/present.h"
#include "shop/review.h"
#include "web/office.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#define PAGE_SIZE 30

static const char *state_label(const struct page *p, const struct approval *a)
{
    static const char *const LABELS[APPROVAL_STATES] = {
        [APPROVAL_WAITING] = N_("attende"),    [APPROVAL_DONE] = N_("approvata"),  [APPROVAL_REFUSED] = N_("respinta"),
        [APPROVAL_WITHDRAWN] = N_("ritirata"), [APPROVAL_EXPIRED] = N_("scaduta"),
    };

    for (int i = 0; i < APPROVAL_STATES; i++)
        if (strcmp(a->state, approval_state_name((enum approval_state)i)) == 0)
            return page_text(p, LABELS[i == APPROVAL_WAITING && a->expires_at.us <= p->now.us ? APPROVAL_EXPIRED : i]);
    return a->state;
}

static json_t *text_or_false(const char *text)
{
    return text && text[0] ? json_string(text) : json_false();
}

/* What both pages show of one; `asker` and `decider` in words. */
static json_t *describe(const struct office *o, const struct approval *a, const char *asker, const char *decider)
{
    const struct page *p = &o->page;
    const struct approval_kind *kind = approval_kind_by_name(a->kind);
    const struct brand *brand = brand_by_id(p->shop->brands, a->brand);
    json_t *row =
        json_pack("{s:I, s:s, s:s, s:s, s:s, s:o, s:o, s:s}", "id", (json_int_t)a->id, "kind",
                  kind ? page_text(p, kind->label) : a->kind, "title", i18n_filled(p->mem, p->language, a->title),
                  "asker", asker, "reason", a->reason, "asked_at", present_instant(a->asked_at), "expires_at",
                  present_instant(a->expires_at), "state", state_label(p, a));

    json_object_set_new(row, "brand", text_or_false(brand ? brand->name : a->brand));
    json_object_set_new(row, "amount", a->amount.cents ? present_money(a->amount) : json_false());
    json_object_set_new(row, "link", text_or_false(a->link));
    json_object_set_new(row, "decider", text_or_false(decider));
    json_object_set_new(row, "decision", text_or_false(a->decision));
    json_object_set_new(row, "decided_at", a->decided_at.us ? present_instant(a->decided_at) : json_false());
    return row;
}

/* ---- The list ---- */

struct list {
    bool decided, more;
    int64_t before, waiting;
    struct approval *all;
    size_t count;
    json_t *rows;
};

static enum outcome load_list(struct db_tx *tx, struct office *o, void *arg, struct problem *why)
{
    struct list *l = arg;
    void *mem = o->page.mem;

    (void)why;
    TRY(approvals_count(tx, o->operator.brand, &l->waiting));
    TRY(approvals_before(tx, mem, o->operator.brand, !l->decided, l->before, PAGE_SIZE + 1, &l->all, &l->count));
    l->more = l->count > PAGE_SIZE;
    l->count = l->more ? PAGE_SIZE : l->count;
    l->rows = page_owns(mem, json_array());
    for (size_t i = 0; i < l->count; i++) {
        const char *asker, *decider;

        TRY(actor_label(tx, mem, l->all[i].asked_by, &asker));
        TRY(actor_label(tx, mem, l->all[i].decided_by, &decider));
        json_array_append_new(l->rows, describe(o, &l->all[i], asker, decider));
    }
    return DONE;
}

void office_approvals(struct http_request *req)
{
    struct list l = {.decided = form_value(&req->query, "decise") != NULL,
                     .before = office_number(form_value(&req->query, "dopo"))};
    const char *here = l.decided ? "/office/approvazioni?decise=1" : "/office/approvazioni";
    struct office o;
    struct page *p = &o.page;

    if (!office_open(req, load_list, &l, &o))
        return;
    page_set(p, "rows", json_incref(l.rows));
    page_set(p, "any", json_boolean(l.count > 0));
    page_set(p, "decided", json_boolean(l.decided));
    page_set(p, "waiting", l.waiting ? json_integer(l.waiting) : json_false());
    page_set(p, "first_url", l.before ? json_string(here) : json_false());
    page_set(p, "more_url",
             l.more ? json_sprintf("%s%cdopo=%" PRId64, here, l.decided ? '&' : '?', l.all[l.count - 1].id)
                    : json_false());
    office_show(&o, 200, "approvals", N_("Seconda persona"));
}

/* ---- One ---- */

struct one {
    int64_t id;
    struct approval approval;
    const char *asker, *decider;
};

static enum outcome load_one(struct db_tx *tx, struct office *o, void *arg, struct problem *why)
{
    struct one *one = arg;
    enum outcome found = approval_by_id(tx, o->page.mem, one->id, &one->approval);

    if (found == REFUSED || (found == DONE && !operator_sees(&o->operator, one->approval.brand)))
        return problem_set(why, PROBLEM_NOT_FOUND, "", "%s", "");
    TRY(found);
    TRY(actor_label(tx, o->page.mem, one->approval.asked_by, &one->asker));
    return actor_label(tx, o->page.mem, one->approval.decided_by, &one->decider);
}

/* The data as it stands, name by name: what is not an object or an array as it reads, the rest as JSON. */
static json_t *facts(const struct page *p, const struct approval *a)
{
    json_t *data = page_owns(p->mem, json_loads(a->data, 0, NULL)), *rows = json_array(), *value;
    const char *name;

    json_object_foreach(data, name, value)
    {
        char *text = json_is_string(value) ? NULL : json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);

        json_array_append_new(rows,
                              json_pack("{s:s, s:s}", "name", name, "value", text ? text : json_string_value(value)));
        free(text);
    }
    return rows;
}

struct decision_form {
    int verdict;
    const char *reason;
};
static const struct form_choice VERDICTS[] = {{"yes", 1}, {"no", 0}, {NULL, 0}};
static const struct form_field DECISION[] = {
    FORM_ENUM(struct decision_form, verdict, "verdict", VERDICTS),
    FORM_TEXT(struct decision_form, reason, "reason", .max = APPROVAL_REASON_MOST, .optional = true, .lines = true),
    FORM_END,
};

static void show_one(struct office *o, const struct one *one, int status, const struct problems *faults)
{
    struct page *p = &o->page;
    const struct approval *a = &one->approval;
    const struct approval_kind *kind = approval_kind_by_name(a->kind);
    bool waits = strcmp(a->state, "waiting") == 0 && a->expires_at.us > p->now.us;
    bool own = strcmp(a->asked_by, o->actor.name) == 0;

    page_fields(p, DECISION, NULL, faults);
    page_set(p, "approval", describe(o, a, one->asker, one->decider));
    page_set(p, "facts", facts(p, a));
    page_set(p, "may_decide", json_boolean(waits && !own && kind && operator_may(&o->operator, kind->approves)));
    page_set(p, "may_withdraw", json_boolean(waits && own));
    page_set(p, "waits", json_boolean(waits));
    if (form_value(&p->req->query, "fatto"))
        page_set(p, "flash", json_string(page_text(p, N_("Decisione registrata."))));
    office_show(o, status, "approval", N_("Seconda persona"));
}

void office_approval(struct http_request *req)
{
    struct one one = {.id = office_id(req, "id")};
    struct office o;

    if (office_open(req, load_one, &one, &o))
        show_one(&o, &one, 200, NULL);
}

void office_approval_sent(struct http_request *req)
{
    struct one one = {.id = office_id(req, "id")};
    struct decision_form form = {0};
    struct problems faults = {0};
    struct problem why = {0};
    enum outcome outcome = REFUSED;
    struct office o;

    if (!office_open(req, load_one, &one, &o))
        return;
    if (page_form(&o.page, DECISION, &form, &faults) == DONE) {
        outcome = approval_decide(o.page.shop, o.page.mem, one.id, &o.operator, form.verdict, form.reason, &why);
        if (outcome == REFUSED && why.field[0])
            problems_put(&faults, &why);
    }
    if (faults.count) {
        show_one(&o, &one, 422, &faults);
    } else if (outcome != DONE) {
        office_failed(&o, outcome, &why);
    } else {
        office_go(&o, talloc_asprintf(o.page.mem, "/office/approvazioni/%" PRId64 "?fatto=1", one.id));
    }
}
