/* shop/review_decide.c: the desk's verdict, and what becomes of silence. */

#include "base/i18n.h"
#include "base/log.h"
#include "rules/iban.h"
#include "shop/activate.h"
#include "shop/pay.h"
#include "shop/present.h"
#include "shop/refund.h"
#include "shop/review.h"
#include "shop/review_parts.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

static const char *const VERDICTS[] = {
    [VERDICT_APPROVE] = "approve", [VERDICT_REJECT] = "reject", [VERDICT_REFUSE] = "refuse"};

const char *review_verdict_name(enum review_verdict verdict)
{
    return VERDICTS[verdict];
}

struct work {
    struct db_tx *tx;
    void *mem;
    const struct shop *shop;
    const struct review_decision *decision;
    struct problem *why;
    const struct brand *brand;
    struct request *request;
    struct order order;
    struct account account;
    struct submission *submissions, *last; /* last NULL: none was sent */
    size_t submission_count;
    bool waits;
    enum review_reason reason;
};

static enum outcome load(struct work *w, int64_t request_id)
{
    enum outcome o = request_by_id(w->tx, w->mem, request_id, w->request);

    if (o == REFUSED || (o == DONE && !w->request->order_id))
        return problem_set(w->why, PROBLEM_NOT_FOUND, "", "%s", "");
    TRY(o);
    w->brand = brand_by_id(w->shop->brands, w->request->brand);
    if (!w->brand)
        return log_broken("review.brand", LOG_TEXT("brand", w->request->brand));
    TRY(order_by_id(w->tx, w->mem, w->request->order_id, &w->order));
    TRY(account_by_id(w->tx, w->mem, w->request->account_id, &w->account));
    TRY(submissions_of_request(w->tx, w->mem, request_id, &w->submissions, &w->submission_count));
    w->last = w->submission_count ? &w->submissions[w->submission_count - 1] : NULL;
    w->waits = w->last && strcmp(w->last->state, "in_review") == 0;
    return DONE;
}

/* ---- Two reviewers ---- */

static const char *submission_state(enum review_verdict verdict)
{
    return verdict == VERDICT_APPROVE ? "approved" : verdict == VERDICT_REJECT ? "rejected" : "refused";
}

static enum outcome taken(const struct work *w, const struct submission *s)
{
    const char *label;

    TRY(actor_label(w->tx, w->mem, s->decided_by, &label));
    return problem_set(w->why, PROBLEM_REVIEWED, "", "%.150s", label);
}

/* *again: this very verdict stands already, by this very reviewer: a second click. */
static enum outcome check_turn(struct work *w, bool *again)
{
    const struct review_decision *d = w->decision;
    const struct submission *seen = w->last;

    *again = false;
    for (size_t i = 0; i < w->submission_count && d->submission_id; i++)
        if (w->submissions[i].id == d->submission_id)
            seen = &w->submissions[i];
    if (d->submission_id && (!seen || seen->id != d->submission_id))
        return problem_set(w->why, PROBLEM_NOT_FOUND, "submission", "%s", "");
    if (!seen || strcmp(seen->state, "in_review") == 0)
        return DONE;
    *again = strcmp(seen->decided_by, d->actor.name) == 0 && strcmp(seen->state, submission_state(d->verdict)) == 0;
    if (*again)
        return DONE;
    /* Papers that were decided do not keep the desk from refusing, nor, where the host would not take them, from
     * sending them back. */
    if (w->request->error[0]
            ? d->verdict != VERDICT_APPROVE
            : d->verdict == VERDICT_REFUSE && !d->submission_id && w->request->state == REQUEST_DOCS_PENDING)
        return DONE;
    return taken(w, seen);
}

static enum outcome decide_papers(struct work *w)
{
    struct submission *s = w->last;
    bool changed;

    if (!w->waits)
        return DONE;
    s->state = (char *)submission_state(w->decision->verdict);
    s->reason = (char *)(w->decision->verdict == VERDICT_APPROVE ? "" : review_reason_name(w->reason));
    s->note = (char *)(w->decision->note ? w->decision->note : "");
    s->identity_expires_on = w->decision->identity_expires_on;
    s->decided_by = talloc_strdup(w->mem, w->decision->actor.name);
    TRY(submission_decide(w->tx, s, &changed));
    return changed ? DONE : BUSY; /* and the next attempt sees who it was */
}

/* ---- Approving (M9, K3) ---- */

static enum outcome approve(struct work *w)
{
    struct day until = w->decision->identity_expires_on;
    char text[DAY_TEXT];

    if (!w->waits)
        return problem_set(w->why, PROBLEM_REQUEST_STATE, "", "%s", request_state_label(w->request->state));
    if (!until.n)
        return problem_set(w->why, PROBLEM_REQUIRED, "identity_expires_on", "%s", "");
    if (day_before(until, db_today(w->tx)))
        return problem_set(w->why, PROBLEM_IDENTITY_EXPIRED, "identity_expires_on", "%s", day_italian(until, text));
    TRY(decide_papers(w));
    TRY(request_note(w->tx, w->request, &w->decision->actor, "submission.approved",
                     json_pack("{s:I, s:s}", "submission", (json_int_t)w->last->number, "identity_expires_on",
                               day_iso(until, text))));
    return activation_begin(w->tx, w->mem, w->brand, w->request, &w->decision->actor, w->why);
}

/* ---- Sending back (M8, K4) ---- */

static enum outcome read_reason(struct work *w, bool final)
{
    const char *reason = w->decision->reason;

    if (!reason || !reason[0])
        return problem_set(w->why, PROBLEM_REQUIRED, "reason", "%s", "");
    if (review_reason_of(reason, &w->reason) != DONE ||
        (!final && (w->reason == REVIEW_NOT_ENTITLED || w->reason == REVIEW_SILENCE)))
        return problem_set(w->why, PROBLEM_NOT_A_CHOICE, "reason", "%s", "");
    return DONE;
}

static json_t *words_of(const struct work *w, bool final)
{
    const char *language = w->account.language;
    const char *note = w->decision->note;

    return json_pack("{s:s, s:s, s:s, s:o}", "reason", i18n(language, review_reason_label(w->reason)), "advice",
                     i18n(language, review_reason_advice(w->reason)), "send_path",
                     final ? "" : request_page(w->mem, w->order.code, "/documenti"), "note",
                     note && note[0] ? json_string(note) : json_false());
}

static enum outcome reject(struct work *w)
{
    TRY(read_reason(w, false));
    if (w->request->state != REQUEST_IN_REVIEW)
        return problem_set(w->why, PROBLEM_REQUEST_STATE, "", "%s", request_state_label(w->request->state));
    TRY(decide_papers(w));
    w->request->error = (char *)"";
    TRY(request_keep(w->tx, w->request, REQUEST_EVENT_REJECT, w->why));
    TRY(request_note(w->tx, w->request, &w->decision->actor, "submission.rejected",
                     json_pack("{s:I, s:s}", "submission", (json_int_t)(w->last ? w->last->number : 0), "reason",
                               review_reason_name(w->reason))));
    return request_tell(w->tx, w->mem, w->request, "documents_rejected", "papers", words_of(w, false));
}

/* ---- Refusing for good (M10, O11) ---- */

/* Where the money came from; money that came through the bank goes back to the account that sent it. What has no way
 * back of its own goes to the prepaid account, where the brand has one. */
static enum outcome find_way_back(struct work *w, struct refund_request *r)
{
    const struct review_decision *d = w->decision;
    struct bank_entry entry;
    char iban[IBAN_TEXT];
    enum outcome o;

    r->destination = d->destination;
    r->iban = d->iban;
    r->payee = d->payee;
    if (d->destination && d->destination[0])
        return DONE;
    r->destination = "source";
    if (w->order.provisional || strncmp(w->order.settled_by, "payment:", 8) == 0)
        return DONE;
    r->destination = "transfer";
    if (d->iban && d->iban[0])
        return DONE;
    o = bank_entry_of_cause(w->tx, w->mem, w->order.settled_by, &entry);
    if (o != DONE && o != REFUSED)
        return o;
    if (o == DONE && iban_check(entry.debtor_iban, "iban", iban, NULL) == DONE) {
        r->iban = entry.debtor_iban;
        r->payee = entry.debtor[0] ? entry.debtor : w->order.billing.name;
        return DONE;
    }
    if (!method_offered(NULL, w->brand, METHOD_WALLET))
        return problem_set(w->why, PROBLEM_REQUIRED, "iban", "%s", "");
    r->destination = "wallet";
    return DONE;
}

static enum outcome give_back(struct work *w)
{
    struct refund_request r = {.code = w->order.code,
                               .refused = true,
                               .take_back = true,
                               .reason = i18n("it", review_reason_label(w->reason)),
                               .actor = w->decision->actor};
    struct refund refund;
    struct invoice invoice;

    TRY(find_way_back(w, &r));
    TRY(invoice_by_order(w->tx, w->mem, w->order.id, &invoice));
    r.amount = invoice.total.due;
    return refund_order(w->tx, w->mem, w->shop->brands, &r, &refund, w->why);
}

static enum outcome refuse(struct work *w)
{
    enum request_state next;

    TRY(read_reason(w, true));
    TRY(request_transition(w->request->state, REQUEST_EVENT_REFUSE, &next, w->why));
    TRY(give_back(w));
    TRY(decide_papers(w));
    w->request->error = w->request->held_name = (char *)"";
    TRY(request_keep(w->tx, w->request, REQUEST_EVENT_REFUSE, w->why));
    TRY(name_release(w->tx, w->request->id));
    TRY(request_note(w->tx, w->request, &w->decision->actor, "request.refused",
                     json_pack("{s:s}", "reason", review_reason_name(w->reason))));
    return request_tell(w->tx, w->mem, w->request, "request_refused", "papers", words_of(w, true));
}

enum outcome review_decide(struct db_tx *tx, void *mem, const struct shop *shop, const struct review_decision *decision,
                           struct request *request, struct problem *why)
{
    struct work w = {.tx = tx, .mem = mem, .shop = shop, .decision = decision, .why = why, .request = request};
    bool again;

    TRY(load(&w, decision->request_id));
    TRY(check_turn(&w, &again));
    if (again)
        return DONE;
    if (decision->verdict == VERDICT_APPROVE)
        return approve(&w);
    return decision->verdict == VERDICT_REJECT ? reject(&w) : refuse(&w);
}

/* ---- Asking again ---- */

static enum outcome remind(struct work *w, const struct actor *actor)
{
    struct day last = day_plus(rome_day(w->request->paid_at), w->brand->purchase.silence_days);

    TRY(request_note(w->tx, w->request, actor, "documents.reminded", json_object()));
    return request_tell(w->tx, w->mem, w->request, "documents_reminder", "papers",
                        json_pack("{s:s, s:o}", "send_path", request_page(w->mem, w->order.code, "/documenti"),
                                  "last_on", present_day(day_plus(last, -1))));
}

enum outcome review_remind(struct db_tx *tx, void *mem, const struct shop *shop, int64_t request_id,
                           const struct actor *actor, struct request *request, struct problem *why)
{
    struct work w = {.tx = tx, .mem = mem, .shop = shop, .why = why, .request = request};

    TRY(load(&w, request_id));
    if (request->state != REQUEST_DOCS_PENDING)
        return problem_set(why, PROBLEM_REQUEST_STATE, "", "%s", request_state_label(request->state));
    return remind(&w, actor);
}

/* ---- By itself ---- */

static const struct actor SYSTEM = {.door = "job", .name = "system"};

static enum outcome refuse_silent(struct db_tx *tx, void *mem, const struct shop *shop, const struct request *silent)
{
    struct review_decision decision = {.verdict = VERDICT_REFUSE,
                                       .request_id = silent->id,
                                       .reason = review_reason_name(REVIEW_SILENCE),
                                       .actor = SYSTEM};
    struct work w = {.tx = tx, .mem = mem, .shop = shop, .decision = &decision};
    struct refund_request way;
    struct request request;
    struct problem why = {0};

    w.why = &why;
    w.request = &request;
    TRY(load(&w, silent->id));
    if (find_way_back(&w, &way) == DONE)
        return refuse(&w);
    request.error = talloc_asprintf(mem, "%s", problem_slug(PROBLEM_IBAN_FORMAT));
    TRY(request_rewrite(tx, &request));
    return request_note(tx, &request, &SYSTEM, "request.stuck", json_pack("{s:s}", "error", request.error));
}

enum outcome requests_refuse_silent(struct db_tx *tx, void *mem, const struct shop *shop, int limit, int *refused)
{
    struct request *requests;
    size_t count;

    *refused = 0;
    for (size_t b = 0; b < shop->brands->count; b++) {
        const struct brand *brand = &shop->brands->all[b];

        if (!brand->purchase.on || *refused >= limit)
            continue;
        TRY(requests_silent(tx, mem, brand->id, instant_plus(db_now(tx), -DAYS(brand->purchase.silence_days)),
                            limit - *refused, &requests, &count));
        for (size_t i = 0; i < count; i++)
            TRY(refuse_silent(tx, mem, shop, &requests[i]));
        *refused += (int)count;
    }
    return DONE;
}

/* Days after the payment, youngest last; each counts until the next. */
static enum outcome remind_brand(struct db_tx *tx, void *mem, const struct shop *shop, const struct brand *brand,
                                 int limit, int *reminded)
{
    int end = brand->purchase.silence_days, after[] = {end, end - 10, 30, 7};

    for (size_t i = 1; i < count_of(after); i++) {
        struct request *requests, request;
        size_t count;

        if (after[i] < 1 || after[i] >= after[i - 1])
            continue;
        TRY(requests_to_remind(tx, mem, brand->id, DAYS(after[i]), DAYS(after[i - 1]), limit, &requests, &count));
        for (size_t r = 0; r < count; r++)
            TRY(review_remind(tx, mem, shop, requests[r].id, &SYSTEM, &request, NULL));
        *reminded += (int)count;
    }
    return DONE;
}

enum outcome requests_remind(struct db_tx *tx, void *mem, const struct shop *shop, int limit, int *reminded)
{
    *reminded = 0;
    for (size_t b = 0; b < shop->brands->count; b++)
        if (shop->brands->all[b].purchase.on)
            TRY(remind_brand(tx, mem, shop, &shop->brands->all[b], limit, reminded));
    return DONE;
}
