/* web/api_review.c: GET /api/v1/reviews: purchases by what they wait for; POST /api/v1/orders/{code}/review: the desk's
 * verdict on the papers of a purchase; …/review/remind, …/retry, …/names: the customer is asked once more, the mail
 * host at once, or for other names. */

#include "shop/activate.h"
#include "shop/describe.h"
#include "shop/describe_papers.h"
#include "shop/review.h"
#include "web/api.h"
#include <inttypes.h>
#include <stdio.h>
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

/* Another brand's reads like one that is not there. */
static enum outcome find(struct db_tx *tx, struct call *c, struct review *review)
{
    struct problem why = {0};
    int64_t id;
    enum outcome o = review_find(tx, c->mem, http_parameter(c->req, "code"), &id, &why);

    if (o == DONE)
        o = review_load(tx, c->mem, c->shop->brands, id, review, &why);
    if (o == REFUSED || (o == DONE && !api_sees(c, review->request.brand)))
        return api_refuse(c, PROBLEM_NOT_FOUND, "", "%s", "");
    return o;
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
    enum outcome o;

    TRY(find(tx, c, &review));
    decision.request_id = review.request.id;
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
    struct call c;

    if (api_open_post(req, RIGHT_REVIEW, &c))
        api_post(&c, VERDICT, &v, decide, &v);
}

/* ---- Who waits ---- */

enum { REVIEWS_USUAL = 100, REVIEWS_MOST = 500 };

static enum outcome read_list(struct db_tx *tx, struct call *c, void *arg)
{
    struct desk_page *page = arg;
    struct desk_row *rows;
    json_t *list;
    size_t count;

    page->brand = c->key.brand;
    TRY(desk_rows(tx, c->mem, page, &rows, &count));
    list = json_array();
    for (size_t i = 0; i < count; i++) {
        const struct desk_row *r = &rows[i];

        json_array_append_new(list,
                              json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:I, s:I, s:o, s:o, s:o, s:o}", "order",
                                        r->code, "brand", r->brand, "state", r->state, "holder", r->holder, "name",
                                        r->held_name, "plan", r->plan, "error", r->error, "years", (json_int_t)r->years,
                                        "submissions", (json_int_t)r->submissions, "sent_at",
                                        describe_instant(r->sent_at), "due_at", describe_instant(r->due_at), "paid_at",
                                        describe_instant(r->paid_at), "changed_at", describe_instant(r->changed_at)));
    }
    c->body = json_pack("{s:o, s:o}", "reviews", list, "next",
                        count == (size_t)page->limit
                            ? json_sprintf("%" PRId64 ".%" PRId64, rows[count - 1].key, rows[count - 1].id)
                            : json_null());
    return DONE;
}

void api_reviews(struct http_request *req)
{
    static const char *const KNOWN[] = {"list", "search", "after", "limit", NULL};
    struct desk_page page = {0};
    const char *list, *after;
    int64_t limit;
    struct call c;

    if (!api_open(req, RIGHT_READ, &c))
        return;
    list = api_text(&c, "list");
    after = api_text(&c, "after");
    page.search = api_text(&c, "search");
    if (list[0] && desk_list_of(list, &page.list) != DONE)
        (void)!api_refuse(&c, PROBLEM_NOT_A_CHOICE, "list", "%s", "");
    if (after[0] && sscanf(after, "%" SCNd64 ".%" SCNd64, &page.after_key, &page.after_id) != 2)
        (void)!api_refuse(&c, PROBLEM_NOT_A_CHOICE, "after", "%s", "");
    (void)!api_number(&c, "limit", 1, REVIEWS_MOST, REVIEWS_USUAL, &limit);
    page.limit = (int)limit;
    api_get(&c, KNOWN, read_list, &page);
}

/* ---- Beside the verdict ---- */

struct asking {
    const char *name[NAMES];
    enum { REMIND, RETRY, OTHER_NAMES } what;
};

static const struct form_field ASKED_NAMES[] = {
    FORM_TEXT(struct asking, name[0], "name_1", .max = 64, .optional = true),
    FORM_TEXT(struct asking, name[1], "name_2", .max = 64, .optional = true),
    FORM_TEXT(struct asking, name[2], "name_3", .max = 64, .optional = true),
    FORM_END,
};

static enum outcome ask(struct db_tx *tx, struct call *c, void *arg)
{
    const struct asking *a = arg;
    struct problem why = {0};
    struct request request;
    struct review review;
    enum outcome o = DONE;

    TRY(find(tx, c, &review));
    if (a->what == REMIND)
        o = review_remind(tx, c->mem, c->shop, review.request.id, &c->actor, &request, &why);
    else if (a->what == RETRY)
        o = activation_retry(tx, c->mem, c->shop, review.request.id, &c->actor, &request, &why);
    else
        o = names_give(tx, c->mem, c->shop, review.request.id, 0, a->name, &c->actor, &request, &c->faults, &why);
    TRY(api_passed(c, o, &why));
    c->body = describe_request(review.brand, &request);
    return DONE;
}

void api_review_remind(struct http_request *req)
{
    struct asking a = {.what = REMIND};
    struct call c;

    if (api_open_post(req, RIGHT_READ, &c))
        api_post(&c, NULL, NULL, ask, &a);
}

void api_review_retry(struct http_request *req)
{
    struct asking a = {.what = RETRY};
    struct call c;

    if (api_open_post(req, RIGHT_READ, &c))
        api_post(&c, NULL, NULL, ask, &a);
}

void api_review_names(struct http_request *req)
{
    struct asking a = {.what = OTHER_NAMES, .name = {"", "", ""}};
    struct call c;

    if (api_open_post(req, RIGHT_READ, &c))
        api_post(&c, ASKED_NAMES, &a, ask, &a);
}
