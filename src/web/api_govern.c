/* web/api_govern.c: POST /api/v1/mailboxes/{address}/suspend, …/resume, …/cease, …/contact, …/holds and
 * …/holds/{id}/lift; GET …/holds: what the desk does to a mailbox (shop/govern.h), and how it stands. */

#include "shop/describe.h"
#include "shop/govern.h"
#include "web/api.h"
#include <string.h>
#include <talloc.h>

enum { HOLDS_MOST = 200 };

struct acting {
    const char *reason, *note, *email;
    struct day until_on;
    bool stops_deletion, stops_renewal;
    bool waits; /* for a second person */
    enum outcome (*run)(struct db_tx *tx, void *mem, struct acting *a, struct governing *g, struct problem *why);
    int64_t hold; /* that is lifted */
};

static const struct form_field SUSPEND[] = {
    FORM_TEXT(struct acting, reason, "reason", .max = 20),
    FORM_TEXT(struct acting, note, "note", .max = GOVERN_TEXT_MOST, .lines = true, .optional = true),
    FORM_END,
};
static const struct form_field NOTE[] = {
    FORM_TEXT(struct acting, note, "note", .max = GOVERN_TEXT_MOST, .lines = true, .optional = true),
    FORM_END,
};
static const struct form_field HOLD[] = {
    FORM_TEXT(struct acting, note, "note", .max = GOVERN_TEXT_MOST, .lines = true, .optional = true),
    FORM_DAY(struct acting, until_on, "until_on", .optional = true),
    FORM_FLAG(struct acting, stops_deletion, "stops_deletion"),
    FORM_FLAG(struct acting, stops_renewal, "stops_renewal"),
    FORM_END,
};
static const struct form_field CONTACT[] = {
    FORM_TEXT(struct acting, email, "email", .max = 254),
    FORM_TEXT(struct acting, note, "note", .max = GOVERN_TEXT_MOST, .lines = true, .optional = true),
    FORM_END,
};

static enum outcome find(struct db_tx *tx, struct call *c, struct mailbox *mailbox)
{
    enum outcome o = mailbox_by_address(tx, c->mem, text_lower(c->mem, http_parameter(c->req, "address")), mailbox);

    if (o == REFUSED || (o == DONE && !api_sees(c, mailbox->brand)))
        return api_refuse(c, PROBLEM_MAILBOX_UNKNOWN, "", "%s", "");
    return o;
}

/* ---- How it stands ---- */

static json_t *describe_hold(const struct mailbox_hold *h, struct day today)
{
    return json_pack("{s:I, s:b, s:b, s:s, s:o, s:b, s:s, s:o, s:o}", "id", (json_int_t)h->id, "stops_deletion",
                     h->stops_deletion, "stops_renewal", h->stops_renewal, "note", h->reason, "until_on",
                     describe_day(h->until_on), "stands", !h->lifted_at.us && h->until_on.n >= today.n, "set_by",
                     h->set_by, "set_at", describe_instant(h->set_at), "lifted_at", describe_instant(h->lifted_at));
}

static enum outcome tell(struct db_tx *tx, struct call *c, void *arg)
{
    struct mailbox_hold *holds;
    struct suspension s = {0};
    struct mailbox m;
    enum outcome o;
    size_t count;
    json_t *list;

    (void)arg;
    TRY(find(tx, c, &m));
    o = suspension_of(tx, c->mem, m.id, &s);
    if (o != DONE && o != REFUSED)
        return o;
    TRY(mailbox_holds_of(tx, c->mem, m.id, HOLDS_MOST, &holds, &count));
    list = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, describe_hold(&holds[i], db_today(tx)));
    c->body = json_pack("{s:s, s:s, s:o, s:s, s:o, s:o}", "address", m.address, "status", m.status, "expires_on",
                        describe_day(m.term.ends_on), "contact_email", m.holder.email, "suspended",
                        o == DONE ? json_pack("{s:s, s:s, s:s, s:o}", "reason", s.reason, "note", s.note, "by",
                                              s.set_by, "at", describe_instant(s.set_at))
                                  : json_null(),
                        "holds", list);
    return DONE;
}

void api_holds(struct http_request *req)
{
    struct call c;

    if (api_open(req, RIGHT_READ, &c))
        api_get(&c, NULL, tell, NULL);
}

/* ---- Acts ---- */

static enum outcome do_suspend(struct db_tx *tx, void *mem, struct acting *a, struct governing *g, struct problem *why)
{
    enum suspend_reason reason;

    if (suspend_reason_of(a->reason, &reason) != DONE)
        return problem_set(why, PROBLEM_NOT_A_CHOICE, "reason", "%s", "");
    return suspend(tx, mem, g, reason, why);
}

static enum outcome do_resume(struct db_tx *tx, void *mem, struct acting *a, struct governing *g, struct problem *why)
{
    (void)a;
    return resume(tx, mem, g, why);
}

static enum outcome do_cease(struct db_tx *tx, void *mem, struct acting *a, struct governing *g, struct problem *why)
{
    return cease(tx, mem, g, &a->waits, why);
}

static enum outcome do_hold(struct db_tx *tx, void *mem, struct acting *a, struct governing *g, struct problem *why)
{
    struct mailbox_hold hold = {
        .stops_deletion = a->stops_deletion, .stops_renewal = a->stops_renewal, .until_on = a->until_on};

    return hold_set(tx, mem, g, &hold, why);
}

static enum outcome do_lift(struct db_tx *tx, void *mem, struct acting *a, struct governing *g, struct problem *why)
{
    return hold_lift(tx, mem, g, a->hold, why);
}

static enum outcome do_contact(struct db_tx *tx, void *mem, struct acting *a, struct governing *g, struct problem *why)
{
    return contact_set(tx, mem, g, a->email, why);
}

/* Why a second person is asked is the act's own note here. */
static enum outcome work(struct db_tx *tx, struct call *c, void *arg)
{
    struct acting *a = arg;
    struct governing g = {.shop = c->shop, .actor = c->actor, .note = a->note ? a->note : ""};
    struct problem why = {0};
    enum outcome o;

    a->waits = false;
    TRY(find(tx, c, &g.mailbox));
    o = a->run(tx, c->mem, a, &g, &why);
    if (a->run != do_suspend && strcmp(why.field, "reason") == 0)
        snprintf(why.field, sizeof why.field, "note");
    TRY(api_passed(c, o, &why));
    c->status = a->waits ? 202 : 200;
    return tell(tx, c, NULL);
}

static void post(struct http_request *req, const struct form_field *fields, struct acting a)
{
    struct call c;

    a.hold = api_id(req, "id");
    if (api_open_post(req, RIGHT_READ, &c))
        api_post(&c, fields, &a, work, &a);
}

void api_suspend(struct http_request *req)
{
    post(req, SUSPEND, (struct acting){.run = do_suspend});
}

void api_resume(struct http_request *req)
{
    post(req, NOTE, (struct acting){.run = do_resume});
}

void api_cease(struct http_request *req)
{
    post(req, NOTE, (struct acting){.run = do_cease});
}

void api_desk_hold(struct http_request *req)
{
    post(req, HOLD, (struct acting){.run = do_hold});
}

void api_desk_hold_lift(struct http_request *req)
{
    post(req, NULL, (struct acting){.run = do_lift});
}

void api_contact(struct http_request *req)
{
    post(req, CONTACT, (struct acting){.run = do_contact});
}
