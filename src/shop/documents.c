#include "shop/documents.h"
#include "base/i18n.h"
#include "rules/desk.h"
#include "shop/documents_parts.h"
#include "shop/present.h"
#include "shop/upload.h"
#include <string.h>
#include <talloc.h>

#define REVIEW_LEAST_HOURS 24 /* D14, where a brand sells nothing new and says none */
#define REVIEW_MOST_HOURS  72

/* ---- What is there ---- */

enum outcome papers_load(struct db_tx *tx, void *mem, int64_t order_id, struct papers *p)
{
    *p = (struct papers){0};
    TRY(request_by_order(tx, mem, order_id, &p->request));
    p->whose.request_id = p->request.id;
    TRY(documents_of_request(tx, mem, p->request.id, &p->documents, &p->document_count));
    TRY(submissions_of_request(tx, mem, p->request.id, &p->submissions, &p->submission_count));
    p->last = p->submission_count ? &p->submissions[p->submission_count - 1] : NULL;
    return DONE;
}

enum outcome papers_of_change(struct db_tx *tx, void *mem, int64_t change_id, struct papers *p)
{
    *p = (struct papers){.whose.change_id = change_id};
    TRY(holder_change_by_id(tx, mem, change_id, &p->change));
    TRY(documents_of_change(tx, mem, change_id, &p->documents, &p->document_count));
    TRY(submissions_of_change(tx, mem, change_id, &p->submissions, &p->submission_count));
    p->last = p->submission_count ? &p->submissions[p->submission_count - 1] : NULL;
    return DONE;
}

bool papers_are_awaited(const struct papers *p)
{
    if (p->whose.change_id)
        return p->change.state == HOLDER_CHANGE_ACCEPTED;
    return p->request.state == REQUEST_DOCS_PENDING;
}

const struct submission *papers_rejection(const struct papers *p)
{
    return papers_are_awaited(p) && p->last && strcmp(p->last->state, "rejected") == 0 ? p->last : NULL;
}

size_t papers_waiting(const struct papers *p, const char *slot)
{
    size_t count = 0;

    for (size_t i = 0; i < p->document_count; i++)
        count += !p->documents[i].submission_id && strcmp(p->documents[i].slot, slot) == 0;
    return count;
}

/* The slot that a rejection is surely about; NULL: it may be either. */
static const char *slot_of(const char *reason)
{
    enum review_reason known;

    if (review_reason_of(reason, &known) != DONE)
        return NULL;
    switch (known) {
    case REVIEW_UNSIGNED:
    case REVIEW_WRONG_VERSION:
        return SLOT_CONTRACT;
    case REVIEW_EXPIRED_DOCUMENT:
    case REVIEW_WRONG_PERSON:
        return SLOT_IDENTITY;
    default:
        return NULL;
    }
}

static bool goes_again(const struct papers *p, const struct document *d, const char *slot)
{
    return p->last && d->submission_id == p->last->id && !d->purged_at.us && strcmp(d->slot, slot) == 0;
}

bool papers_slot_is_kept(const struct papers *p, const char *slot)
{
    const struct submission *rejection = papers_rejection(p);
    const char *wrong = rejection ? slot_of(rejection->reason) : NULL;

    if (!rejection || (wrong && strcmp(wrong, slot) == 0))
        return false;
    for (size_t i = 0; i < p->document_count; i++)
        if (goes_again(p, &p->documents[i], slot))
            return true;
    return false;
}

enum outcome papers_find(struct db_tx *tx, void *mem, const char *code, struct order *order, struct papers *papers,
                         struct problem *why)
{
    enum outcome o = order_by_code(tx, mem, code, order);

    if (o == DONE)
        o = papers_load(tx, mem, order->id, papers);
    return o == REFUSED ? problem_set(why, PROBLEM_NOT_FOUND, "code", "%s", "") : o;
}

enum outcome papers_seek(struct db_tx *tx, void *mem, const char *code, int64_t change_id, struct papers *papers,
                         struct problem *why)
{
    struct order order;
    enum outcome o;

    if (!change_id)
        return papers_find(tx, mem, code, &order, papers, why);
    o = papers_of_change(tx, mem, change_id, papers);
    return o == REFUSED ? problem_set(why, PROBLEM_NOT_FOUND, "", "%s", "") : o;
}

enum outcome papers_may_come(const struct papers *p, const char *field, struct problem *why)
{
    if (papers_are_awaited(p))
        return DONE;
    if (p->whose.change_id)
        return problem_set(why, PROBLEM_HOLDER_CHANGE_STATE, field, "%s", holder_change_state_label(p->change.state));
    return problem_set(why, PROBLEM_REQUEST_STATE, field, "%s", request_state_label(p->request.state));
}

enum outcome papers_note(struct db_tx *tx, const struct papers *p, const struct actor *actor, const char *kind,
                         json_t *data)
{
    const struct holder_change *c = &p->change;
    enum outcome o;

    if (p->whose.change_id) {
        json_object_set_new(data, "change", json_integer(c->id));
        o = event_record(tx, c->brand, actor, kind, 0, c->mailbox_id, data);
    } else {
        o = event_record(tx, p->request.brand, actor, kind, p->request.order_id, 0, data);
    }
    json_decref(data);
    return o;
}

/* ---- Sending ---- */

struct sending {
    struct db_tx *tx;
    void *mem;
    const struct actor *actor;
    const struct brand *brand;
    struct order order;
    struct papers papers;
    struct submission *submission;
    struct problems *all;
};

static void check_slot(struct sending *s, const char *slot, const char *what)
{
    if (!papers_waiting(&s->papers, slot) && !papers_slot_is_kept(&s->papers, slot))
        problems_add(s->all, PROBLEM_DOCUMENT_MISSING, slot, "%s", what);
}

static enum outcome check(struct sending *s)
{
    const struct papers *p = &s->papers;

    check_slot(s, SLOT_CONTRACT, N_("il contratto firmato"));
    check_slot(s, SLOT_IDENTITY, N_("il documento d'identità"));
    if (!s->all->count && !papers_waiting(p, SLOT_CONTRACT) && !papers_waiting(p, SLOT_IDENTITY))
        problems_add(s->all, PROBLEM_DOCUMENT_MISSING, SLOT_CONTRACT, "%s", N_("quello corretto"));
    return s->all->count ? REFUSED : DONE;
}

/* What goes again is a document of the new submission too, so that each holds all that is looked at together. */
enum outcome papers_carry(struct db_tx *tx, const struct papers *p, const char *slot)
{
    if (papers_waiting(p, slot))
        return DONE;
    for (size_t i = 0; i < p->document_count; i++) {
        struct document again = p->documents[i];

        if (goes_again(p, &again, slot))
            TRY(document_insert(tx, &again));
    }
    return DONE;
}

static enum outcome move_request(struct sending *s)
{
    struct request next = s->papers.request;
    struct problem why;
    bool changed;

    if (request_transition(next.state, REQUEST_EVENT_SUBMIT, &next.state, &why) != DONE)
        return problems_add(s->all, why.code, "", "%s", why.detail);
    TRY(request_update(s->tx, &next, s->papers.request.state, &changed));
    return changed ? DONE : BUSY;
}

static enum outcome tell(struct sending *s)
{
    const struct submission *sent = s->submission;
    json_t *data = json_pack("{s:{s:o, s:o, s:o}}", "documents", "sent_at", present_instant(sent->sent_at), "opens_at",
                             present_instant(sent->opens_at), "due_at", present_instant(sent->due_at));
    enum outcome o = outbox_add(s->tx, s->order.brand, "mail", "documents_received", s->order.billing.email,
                                s->order.language, s->order.id, data);

    json_decref(data);
    return o;
}

enum outcome papers_submit(struct db_tx *tx, const struct papers *p, const struct brand *brand,
                           struct submission *submission)
{
    const struct desk_policy *desk = &brand->payment.desk;
    struct instant now = db_now(tx);
    int least = brand->purchase.on ? brand->purchase.review_least_hours : REVIEW_LEAST_HOURS,
        most = brand->purchase.on ? brand->purchase.review_most_hours : REVIEW_MOST_HOURS;

    *submission = (struct submission){.request_id = p->whose.request_id,
                                      .change_id = p->whose.change_id,
                                      .brand = (char *)brand->id,
                                      .state = (char *)"in_review",
                                      .reason = (char *)"",
                                      .note = (char *)"",
                                      .decided_by = (char *)"",
                                      .sent_at = now,
                                      .opens_at = desk_after_hours(now, least, desk),
                                      .due_at = desk_after_hours(now, most, desk)};
    TRY(submission_insert(tx, submission));
    return documents_sent(tx, p->whose, submission->id);
}

static enum outcome send_all(struct sending *s)
{
    TRY(check(s));
    TRY(move_request(s));
    TRY(papers_carry(s->tx, &s->papers, SLOT_CONTRACT));
    TRY(papers_carry(s->tx, &s->papers, SLOT_IDENTITY));
    TRY(papers_submit(s->tx, &s->papers, s->brand, s->submission));
    TRY(papers_note(s->tx, &s->papers, s->actor, "documents.sent",
                    json_pack("{s:I, s:I}", "submission", (json_int_t)s->submission->id, "number",
                              (json_int_t)s->submission->number)));
    return tell(s);
}

enum outcome documents_send(struct db_tx *tx, void *mem, const struct brands *brands, const char *code,
                            const struct actor *actor, struct submission *submission, struct problems *all)
{
    struct sending s = {.tx = tx, .mem = mem, .actor = actor, .submission = submission, .all = all};
    struct problem why;
    enum outcome o;

    *all = (struct problems){0}; /* of an attempt before this one */
    o = papers_find(tx, mem, code, &s.order, &s.papers, &why);
    if (o == REFUSED)
        return problems_add(all, why.code, why.field, "%s", why.detail);
    TRY(o);
    s.brand = brand_by_id(brands, s.order.brand);
    if (!s.brand)
        return BROKEN;
    if (s.papers.request.state == REQUEST_IN_REVIEW && s.papers.last) { /* a second click */
        *submission = *s.papers.last;
        return DONE;
    }
    if (!papers_are_awaited(&s.papers))
        return problems_add(all, PROBLEM_REQUEST_STATE, "", "%s", request_state_label(s.papers.request.state));
    return send_all(&s);
}
