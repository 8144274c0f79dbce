/* web/api_review.c: POST /api/v1/orders/{code}/review: the desk's verdict on the papers of a purchase. */

#include "shop/describe_papers.h"
#include "shop/review.h"
#include "web/api.h"
#include <string.h>
#include <talloc.h>

static const struct form_choice VERDICTS[] = {
    {"approve", VERDICT_APPROVE}, {"reject", VERDICT_REJECT}, {"refuse", VERDICT_REFUSE}, {NULL, 0}};

struct verdict {
    int verdict;
    int64_t submission;
    const char *reason, *note, *destination, *iban, *payee;
    struct day identity_expires_on;
};

static const struct form_field VERDICT[] = {
    FORM_ENUM(struct verdict, verdict, "verdict", VERDICTS),
    FORM_INT(struct verdict, submission, "submission", .min = 1, .max = INT64_MAX, .optional = true),
    FORM_TEXT(struct verdict, reason, "reason", .max = 40, .optional = true),
    FORM_TEXT(struct verdict, note, "note", .max = 1000, .lines = true, .optional = true),
    FORM_DAY(struct verdict, identity_expires_on, "identity_expires_on", .optional = true),
    FORM_TEXT(struct verdict, destination, "destination", .max = 20, .optional = true),
    FORM_TEXT(struct verdict, iban, "iban", .max = 60, .optional = true),
    FORM_TEXT(struct verdict, payee, "payee", .max = 100, .optional = true),
    FORM_END,
};

static enum outcome refuse(struct call *c, const struct problem *why)
{
    return why->code == PROBLEM_NONE ? REFUSED : api_refuse(c, why->code, why->field, "%s", why->detail);
}

static enum outcome decide(struct db_tx *tx, struct call *c, void *arg)
{
    const struct verdict *v = arg;
    struct review_decision decision = {.verdict = (enum review_verdict)v->verdict,
                                       .submission_id = v->submission,
                                       .reason = v->reason,
                                       .note = v->note,
                                       .identity_expires_on = v->identity_expires_on,
                                       .destination = v->destination,
                                       .iban = v->iban,
                                       .payee = v->payee,
                                       .actor = c->actor};
    struct problem why = {0};
    struct request request;
    struct papers papers;
    struct review review;
    enum outcome o = review_find(tx, c->mem, http_parameter(c->req, "code"), &decision.request_id, &why);

    if (o == DONE)
        o = review_load(tx, c->mem, c->shop->brands, decision.request_id, &review, &why);
    if (o != DONE && o != REFUSED)
        return o;
    if (o == REFUSED || !api_sees(c, review.request.brand)) /* another brand's reads like one that is not there */
        return api_refuse(c, PROBLEM_NOT_FOUND, "", "%s", "");
    o = review_decide(tx, c->mem, c->shop, &decision, &request, &why);
    if (o == REFUSED)
        return refuse(c, &why);
    TRY(o);
    TRY(papers_load(tx, c->mem, review.order.id, &papers));
    c->body = describe_papers(review.order.code, &papers);
    return DONE;
}

void api_review_post(struct http_request *req)
{
    struct verdict v = {0};
    struct problem why;
    json_t *object;
    struct call c;

    if (!api_open_post(req, RIGHT_REVIEW, &c))
        return;
    if (http_json(req, &object, &why) != DONE)
        (void)api_refuse(&c, why.code, why.field, "%s", why.detail);
    else
        (void)!form_check_json(c.mem, VERDICT, object, &v, &c.faults);
    c.alone = true;
    if (c.faults.count)
        api_send_faults(&c);
    else if (api_write(&c, decide, &v))
        api_send(&c);
}
