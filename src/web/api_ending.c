/* web/api_ending.c: POST /api/v1/mailboxes/{address}/termination and …/termination/undo (disdetta, M23), …/hold and
 * …/hold/lift (legal hold, M19). */

#include "shop/describe.h"
#include "shop/govern.h"
#include "shop/terminate.h"
#include "web/api.h"
#include <string.h>

enum doing { TERMINATE, UNDO, HOLD, LIFT };

struct ending {
    enum doing doing;
    const char *when, *typed, *reason;
    bool waits; /* for a second person */
    struct terminate_look look;
};

static const struct form_field TERMINATION[] = {
    FORM_TEXT(struct ending, when, "when", .max = 10),
    FORM_TEXT(struct ending, typed, "confirm", .max = 254),
    FORM_END,
};
static const struct form_field REASON[] = {FORM_TEXT(struct ending, reason, "reason", .max = 500), FORM_END};

/* Another brand's mailbox reads like one that does not exist. */
static enum outcome find(struct db_tx *tx, struct call *c, struct ending *e)
{
    struct problem why = {0};
    enum outcome o = terminate_look(tx, c->mem, c->shop->brands, http_parameter(c->req, "address"), &e->look, &why);

    if (o == REFUSED || (o == DONE && !api_sees(c, e->look.mailbox.brand)))
        return api_refuse(c, PROBLEM_MAILBOX_UNKNOWN, "", "%s", "");
    return o;
}

static enum outcome tell(struct db_tx *tx, struct call *c, struct ending *e)
{
    struct legal_hold hold = {0};
    enum outcome o;

    TRY(find(tx, c, e));
    o = legal_hold_get(tx, c->mem, e->look.mailbox.id, &hold);
    if (o != DONE && o != REFUSED)
        return o;
    c->body = json_pack("{s:s, s:s, s:o, s:o, s:o, s:o}", "address", e->look.mailbox.address, "status",
                        e->look.mailbox.status, "expires_on", describe_day(e->look.mailbox.term.ends_on), "stops_on",
                        e->look.given.mailbox_id ? describe_day(e->look.given.stops_on) : json_null(), "terminated_at",
                        e->look.given.mailbox_id ? describe_instant(e->look.given.given_at) : json_null(), "held_for",
                        o == DONE ? json_string(hold.reason) : json_null());
    return DONE;
}

static enum outcome act(struct db_tx *tx, struct call *c, struct ending *e, struct problem *why)
{
    switch (e->doing) {
    case TERMINATE:
        return terminate(tx, c->mem, &e->look, strcmp(e->when, "now") == 0, e->typed, &c->actor, why);
    case UNDO:
        return terminate_undo(tx, &e->look, &c->actor, why);
    case HOLD:
        return content_hold(tx, &e->look, e->reason, &c->actor, why);
    case LIFT:
        return legal_hold_end(
            tx, c->mem,
            &(struct governing){.shop = c->shop, .mailbox = e->look.mailbox, .actor = c->actor, .note = e->reason},
            &e->waits, why);
    }
    return BROKEN;
}

static enum outcome work(struct db_tx *tx, struct call *c, void *arg)
{
    struct ending *e = arg;
    struct problem why = {0};
    enum outcome o;

    TRY(find(tx, c, e));
    o = act(tx, c, e, &why);
    if (o == REFUSED && why.code != PROBLEM_NONE)
        return api_refuse(c, why.code, strcmp(why.field, "typed") == 0 ? "confirm" : why.field, "%s", why.detail);
    TRY(o);
    c->status = e->waits ? 202 : 200;
    return tell(tx, c, e);
}

static void post(struct http_request *req, enum key_right right, const struct form_field *fields, enum doing doing)
{
    struct ending e = {.doing = doing};
    struct call c;

    if (!api_open_post(req, right, &c))
        return;
    c.alone = true;
    if (!fields)
        api_check_empty(&c);
    else if (api_body(&c, fields, &e) && e.when && strcmp(e.when, "now") != 0 && strcmp(e.when, "expiry") != 0)
        (void)api_refuse(&c, PROBLEM_NOT_A_CHOICE, "when", "%s", "");
    if (c.faults.count)
        api_send_faults(&c);
    else if (api_write(&c, work, &e))
        api_send(&c);
}

void api_termination(struct http_request *req)
{
    post(req, RIGHT_SELL, TERMINATION, TERMINATE);
}

void api_termination_undo(struct http_request *req)
{
    post(req, RIGHT_SELL, NULL, UNDO);
}

/* It keeps what the law says is to go, and the other way round: not every key that sells may. */
void api_hold(struct http_request *req)
{
    post(req, RIGHT_MONEY, REASON, HOLD);
}

void api_hold_lift(struct http_request *req)
{
    post(req, RIGHT_MONEY, REASON, LIFT);
}
