#include "shop/documents.h"
#include "base/i18n.h"
#include "rules/desk.h"
#include "shop/documents_parts.h"
#include "shop/present.h"
#include "shop/upload.h"
#include <string.h>
#include <talloc.h>

/* ---- What is there ---- */

enum outcome papers_load(struct db_tx *tx, void *mem, int64_t order_id, struct papers *p)
{
    *p = (struct papers){0};
    TRY(request_by_order(tx, mem, order_id, &p->request));
    TRY(documents_of_request(tx, mem, p->request.id, &p->documents, &p->document_count));
    TRY(submissions_of_request(tx, mem, p->request.id, &p->submissions, &p->submission_count));
    p->last = p->submission_count ? &p->submissions[p->submission_count - 1] : NULL;
    return DONE;
}

bool papers_are_awaited(const struct papers *p)
{
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

enum outcome papers_note(struct db_tx *tx, const struct papers *p, const struct actor *actor, const char *kind,
                         json_t *data)
{
    enum outcome o = event_record(tx, p->request.brand, actor, kind, p->request.order_id, 0, data);

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
static enum outcome carry(struct sending *s, const char *slot)
{
    if (papers_waiting(&s->papers, slot))
        return DONE;
    for (size_t i = 0; i < s->papers.document_count; i++) {
        struct document again = s->papers.documents[i];

        if (goes_again(&s->papers, &again, slot))
            TRY(document_insert(s->tx, &again));
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

static enum outcome send_all(struct sending *s)
{
    struct instant now = db_now(s->tx);
    const struct brand_purchase *policy = &s->brand->purchase;
    const struct desk_policy *desk = &s->brand->payment.desk;

    TRY(check(s));
    TRY(move_request(s));
    TRY(carry(s, SLOT_CONTRACT));
    TRY(carry(s, SLOT_IDENTITY));
    *s->submission = (struct submission){.request_id = s->papers.request.id,
                                         .brand = s->papers.request.brand,
                                         .state = (char *)"in_review",
                                         .reason = (char *)"",
                                         .note = (char *)"",
                                         .decided_by = (char *)"",
                                         .sent_at = now,
                                         .opens_at = desk_after_hours(now, policy->review_least_hours, desk),
                                         .due_at = desk_after_hours(now, policy->review_most_hours, desk)};
    TRY(submission_insert(s->tx, s->submission));
    TRY(documents_sent(s->tx, s->papers.request.id, s->submission->id));
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
