/* web/api_holders.c: GET /api/v1/holder-changes?state=&after=&limit=: changes of holder; GET …/{id}: one, with the
 * chain of who held the mailbox; POST …: asked for in the holder's name; POST …/{id}/verdict: the desk's, on the new
 * holder's document (shop/holder_change.h).
 */

#include "shop/describe_holder.h"
#include "shop/holder_change.h"
#include "web/api.h"
#include "web/api_order_form.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { CHANGES_USUAL = 100, CHANGES_MOST = 500 };

static const char *const STATES[] = {"in_review", "accepted", "asked", "ended"};

struct listing {
    const char *state, *after;
    int64_t after_key, after_id, limit;
};

static enum outcome read_all(struct db_tx *tx, struct call *c, void *arg)
{
    const struct listing *l = arg;
    struct holder_change *rows;
    json_t *list;
    size_t count;

    TRY(holder_changes_in_state(tx, c->mem, c->key.brand, l->state, l->after_key, l->after_id, (int)l->limit, &rows,
                                &count));
    list = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, describe_holder_change(&rows[i]));
    c->body = json_pack("{s:o, s:o}", "holder_changes", list, "next",
                        count == (size_t)l->limit
                            ? json_sprintf("%" PRId64 ".%" PRId64, rows[count - 1].changed_at.us, rows[count - 1].id)
                            : json_null());
    return DONE;
}

void api_holder_changes(struct http_request *req)
{
    static const char *const KNOWN[] = {"state", "after", "limit", NULL};
    struct listing l = {0};
    bool known = false;
    struct call c;

    if (!api_open(req, RIGHT_READ, &c))
        return;
    l.state = api_text(&c, "state");
    l.after = api_text(&c, "after");
    l.state = l.state[0] ? l.state : STATES[0];
    for (size_t i = 0; i < count_of(STATES); i++)
        known |= strcmp(STATES[i], l.state) == 0;
    if (!known)
        (void)!api_refuse(&c, PROBLEM_NOT_A_CHOICE, "state", "%s", "");
    if (l.after[0] && sscanf(l.after, "%" SCNd64 ".%" SCNd64, &l.after_key, &l.after_id) != 2)
        (void)!api_refuse(&c, PROBLEM_NOT_A_CHOICE, "after", "%s", "");
    (void)!api_number(&c, "limit", 1, CHANGES_MOST, CHANGES_USUAL, &l.limit);
    api_get(&c, KNOWN, read_all, &l);
}

/* ---- One ---- */

struct verdict {
    int64_t id, submission;
    int verdict;
    const char *reason, *note;
    struct day identity_expires_on;
};

static enum outcome read_one(struct db_tx *tx, struct call *c, void *arg)
{
    const struct verdict *v = arg;
    struct holder_change_look look;
    struct problem why = {0};
    enum outcome o = holder_change_load(tx, c->mem, c->shop->brands, v->id, &look, &why);

    if (o == REFUSED || (o == DONE && !api_sees(c, look.change.brand)))
        return api_refuse(c, PROBLEM_NOT_FOUND, "", "%s", "");
    TRY(o);
    c->body = describe_holder_change(&look.change);
    json_object_set_new(c->body, "holdings", describe_holdings(look.holdings, look.holding_count));
    return DONE;
}

void api_holder_change(struct http_request *req)
{
    struct verdict v = {.id = api_id(req, "id")};
    struct call c;

    if (api_open(req, RIGHT_READ, &c))
        api_get(&c, NULL, read_one, &v);
}

/* ---- Asking, with the holder's consent on paper ---- */

struct asking_for {
    const char *mailbox;
    bool agreed;
    struct request person;
    struct verdict one;
};
static const struct form_field ASKING[] = {
    FORM_TEXT(struct asking_for, mailbox, "mailbox", .max = 254),
    FORM_FLAG(struct asking_for, agreed, "agreed"),
    FORM_IGNORE("holder"),
    FORM_END,
};

static enum outcome ask(struct db_tx *tx, struct call *c, void *arg)
{
    struct asking_for *a = arg;
    struct holder_change_request request = {
        .actor = c->actor, .mailbox = a->mailbox, .person = a->person, .agreed = a->agreed, .language = "it"};
    struct holder_change_look look;
    struct holder_change change;
    struct problem why = {0};
    enum outcome o = holder_change_look(tx, c->mem, c->shop->brands, a->mailbox, &look, &why);

    if (o == REFUSED || (o == DONE && !api_sees(c, look.mailbox.brand)))
        return api_refuse(c, PROBLEM_MAILBOX_UNKNOWN, "mailbox", "%s", "");
    TRY(o);
    request.brand = look.brand;
    TRY(holder_change_ask_for(tx, c->mem, &request, &change, &c->faults));
    a->one.id = change.id;
    TRY(read_one(tx, c, &a->one));
    c->status = 201;
    return DONE;
}

void api_holder_ask(struct http_request *req)
{
    struct asking_for a = {0};
    json_t *object;
    struct call c;

    if (!api_open_post(req, RIGHT_SELL, &c))
        return;
    c.alone = true;
    object = api_body(&c, NULL, NULL);
    if (object) {
        (void)!form_check_json(c.mem, ASKING, object, &a, &c.faults);
        api_holder_read(c.mem, json_object_get(object, "holder"), &a.person, &c.faults);
    }
    if (c.faults.count)
        api_send_faults(&c);
    else if (api_write(&c, ask, &a))
        api_send(&c);
}

/* ---- The desk's verdict ---- */

static const struct form_choice VERDICTS[] = {
    {"approve", HOLDER_CHANGE_APPROVE}, {"reject", HOLDER_CHANGE_REJECT}, {"refuse", HOLDER_CHANGE_REFUSE}, {NULL, 0}};
static const struct form_field VERDICT[] = {
    FORM_ENUM(struct verdict, verdict, "verdict", VERDICTS),
    FORM_INT(struct verdict, submission, "submission", .min = 1, .max = INT64_MAX, .optional = true),
    FORM_TEXT(struct verdict, reason, "reason", .max = 40, .optional = true),
    FORM_TEXT(struct verdict, note, "note", .max = 1000, .lines = true, .optional = true),
    FORM_DAY(struct verdict, identity_expires_on, "identity_expires_on", .optional = true),
    FORM_END,
};

static enum outcome decide(struct db_tx *tx, struct call *c, void *arg)
{
    const struct verdict *v = arg;
    const struct holder_change_decision decision = {.verdict = v->verdict,
                                                    .id = v->id,
                                                    .submission_id = v->submission,
                                                    .reason = v->reason,
                                                    .note = v->note,
                                                    .identity_expires_on = v->identity_expires_on,
                                                    .actor = c->actor};
    struct holder_change change;
    struct problem why = {0};

    TRY(read_one(tx, c, arg)); /* another brand's is not there */
    json_decref(c->body);
    c->body = NULL;
    TRY(api_passed(c, holder_change_decide(tx, c->mem, c->shop, &decision, &change, &why), &why));
    return read_one(tx, c, arg);
}

void api_holder_verdict(struct http_request *req)
{
    struct verdict v = {.id = api_id(req, "id")};
    struct call c;

    if (api_open_post(req, RIGHT_REVIEW, &c))
        api_post(&c, VERDICT, &v, decide, &v);
}
