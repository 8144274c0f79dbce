/* shop/holder_change_desk.c: the new holder's papers at the desk, its verdict, and the effect. */
#include "base/i18n.h"
#include "base/log.h"
#include "shop/activate.h"
#include "shop/autorenew.h"
#include "shop/documents_parts.h"
#include "shop/extra_space.h"
#include "shop/holder_change_parts.h"
#include "shop/place_order.h"
#include "shop/present.h"
#include "shop/review.h"
#include "store/ending.h"
#include <inttypes.h>
#include <string.h>
#include <talloc.h>

/* ---- Papers ---- */

enum outcome holder_change_close_papers(struct db_tx *tx, void *mem, const struct holder_change *change,
                                        const struct actor *actor)
{
    struct submission *all;
    size_t count;
    bool changed;

    TRY(submissions_of_change(tx, mem, change->id, &all, &count));
    for (size_t i = 0; i < count; i++) {
        if (strcmp(all[i].state, "in_review") != 0)
            continue;
        all[i].state = (char *)"refused";
        all[i].decided_by = (char *)actor->name;
        TRY(submission_decide(tx, &all[i], &changed));
    }
    return DONE;
}

enum outcome holder_change_send(struct db_tx *tx, void *mem, const struct brands *brands, int64_t id,
                                const struct actor *actor, struct submission *submission, struct problems *faults)
{
    struct problem why = {0};
    struct papers papers;
    struct holder_change *c = &papers.change;
    const struct brand *brand;
    enum outcome o;

    *faults = (struct problems){0};
    o = papers_seek(tx, mem, NULL, id, &papers, &why);
    if (o == DONE && c->state == HOLDER_CHANGE_IN_REVIEW && papers.last) { /* a second click */
        *submission = *papers.last;
        return DONE;
    }
    if (o == DONE)
        o = papers_may_come(&papers, "", &why);
    if (o == REFUSED)
        return problems_add(faults, why.code, why.field, "%s", why.detail);
    TRY(o);
    if (!papers_waiting(&papers, SLOT_IDENTITY))
        return problems_add(faults, PROBLEM_DOCUMENT_MISSING, SLOT_IDENTITY, "%s", N_("il documento d'identità"));
    brand = brand_by_id(brands, c->brand);
    if (!brand)
        return BROKEN;
    TRY(holder_change_step(tx, c, HOLDER_CHANGE_EVENT_SEND, &why));
    TRY(papers_submit(tx, &papers, brand, submission));
    TRY(papers_note(
        tx, &papers, actor, "documents.sent",
        json_pack("{s:I, s:I}", "submission", (json_int_t)submission->id, "number", (json_int_t)submission->number)));
    return holder_change_tell_new(
        tx, mem, c, "holder_papers",
        json_pack("{s:b, s:o}", "received", 1, "due_at", present_instant(submission->due_at)));
}

/* ---- The effect ---- */

struct passing {
    struct db_tx *tx;
    void *mem;
    const struct brand *brand;
    struct holder_change *change;
    const struct actor *actor;
    struct problem *why;
    struct mailbox mailbox;
};

/* An unpaid order is the old holder's, with that one's data for the invoice (O9); while its money may be on its way
 * nothing passes. */
static enum outcome close_order(struct passing *p)
{
    struct order order;
    bool coming;

    if (!p->mailbox.open_order_id)
        return DONE;
    TRY(order_by_id(p->tx, p->mem, p->mailbox.open_order_id, &order));
    TRY(order_money_is_coming(p->tx, order.id, &coming));
    if (coming)
        return problem_set(p->why, PROBLEM_OPEN_ORDER, "", "%s", order.code);
    return cancel_order(p->tx, p->mem, order.code, p->actor, p->why);
}

/* Its password is nobody's now: where we keep it, the new holder chooses one. */
static enum outcome give_password_link(struct passing *p, json_t *words)
{
    char token[TOKEN_TEXT], hash[TOKEN_TEXT];
    bool hosted;

    TRY(mailbox_is_hosted(p->tx, p->mem, p->brand, &p->mailbox, &hosted));
    json_object_set_new(words, "password_path", json_false());
    json_object_set_new(words, "days", json_integer(PASSWORD_LINK_LIFE / DAYS(1)));
    if (!hosted && !p->mailbox.password_hash[0])
        return DONE;
    token_make(token);
    token_hash(token, hash);
    TRY(reset_link_insert(p->tx, hash, (struct principal){.mailbox_id = p->mailbox.id},
                          instant_plus(db_now(p->tx), PASSWORD_LINK_LIFE)));
    json_object_set_new(words, "password_path", json_sprintf("/password/%s", token));
    return DONE;
}

static enum outcome tell_passed(struct passing *p)
{
    const struct holder_change *c = p->change;
    json_t *words = json_pack("{s:s, s:s, s:o, s:o}", "user_id", p->mailbox.user_id, "plan", p->mailbox.plan,
                              "term_ends", present_day(p->mailbox.term.ends_on), "area_path",
                              json_sprintf("/caselle/%s", present_path(p->mem, p->mailbox.address)));
    enum outcome o = give_password_link(p, words);

    if (o != DONE) {
        json_decref(words);
        return o;
    }
    TRY(holder_change_tell_new(p->tx, p->mem, c, "holder_taken", words));
    return holder_change_tell_old(p->tx, p->mem, c, "holder_given", json_object());
}

static enum outcome note_passed(struct passing *p)
{
    const struct mailbox *m = &p->mailbox;

    return holder_change_note(p->tx, p->change, p->actor, "mailbox.holder_changed",
                              json_pack("{s:I}", "from_holder", (json_int_t)m->holder_id)); /* holding says the rest */
}

static enum outcome pass(struct passing *p)
{
    struct holder_change *c = p->change;
    bool given;

    TRY(mailbox_by_id(p->tx, p->mem, c->mailbox_id, &p->mailbox));
    if (strcmp(p->mailbox.status, mailbox_status_name(MAILBOX_LIVE)) != 0 ||
        p->mailbox.holder_id != c->from_holder_id || p->mailbox.convention[0] || p->mailbox.domain[0])
        return problem_set(p->why, PROBLEM_HOLDER_CHANGE_NOT_HERE, "", "%s", "");
    TRY(space_gives_way(p->tx, p->mem, &p->mailbox, p->actor));
    TRY(close_order(p));
    TRY(holder_change_step(p->tx, c, HOLDER_CHANGE_EVENT_PASS, p->why));
    TRY(autorenew_end(p->tx, p->mem, c->mailbox_id, "holder", p->actor));
    TRY(mailbox_pass(p->tx, c));
    TRY(mailbox_shut_doors(p->tx, c->mailbox_id));
    TRY(termination_forget(p->tx, c->mailbox_id, &given)); /* it was the old holder's */
    TRY(mailhost_changed(p->tx, p->brand, c->mailbox_id));
    TRY(note_passed(p));
    return tell_passed(p);
}

/* ---- The verdict ---- */

struct work {
    struct db_tx *tx;
    void *mem;
    const struct shop *shop;
    const struct holder_change_decision *decision;
    struct holder_change *change;
    struct problem *why;
    const struct brand *brand;
    struct papers papers;
    enum review_reason reason;
};

static const char *submission_state(const struct work *w)
{
    return w->decision->verdict == HOLDER_CHANGE_APPROVE  ? "approved"
           : w->decision->verdict == HOLDER_CHANGE_REJECT ? "rejected"
                                                          : "refused";
}

/* As of a request's papers: one's own verdict again is a second click, another's stands. */
static enum outcome check_turn(struct work *w, bool *again)
{
    const struct holder_change_decision *d = w->decision;
    const struct submission *seen = w->papers.last;
    const char *label;

    *again = false;
    for (size_t i = 0; i < w->papers.submission_count && d->submission_id; i++)
        if (w->papers.submissions[i].id == d->submission_id)
            seen = &w->papers.submissions[i];
    if (d->submission_id && (!seen || seen->id != d->submission_id))
        return problem_set(w->why, PROBLEM_NOT_FOUND, "submission", "%s", "");
    if (!seen || strcmp(seen->state, "in_review") == 0)
        return DONE;
    *again = strcmp(seen->decided_by, d->actor.name) == 0 && strcmp(seen->state, submission_state(w)) == 0;
    if (*again || (d->verdict == HOLDER_CHANGE_REFUSE && !d->submission_id))
        return DONE;
    TRY(actor_label(w->tx, w->mem, seen->decided_by, &label));
    return problem_set(w->why, PROBLEM_REVIEWED, "", "%.150s", label);
}

static enum outcome decide_papers(struct work *w)
{
    const struct holder_change_decision *d = w->decision;
    struct submission s;
    bool changed;

    if (!w->papers.last || strcmp(w->papers.last->state, "in_review") != 0)
        return DONE;
    s = *w->papers.last;
    s.state = (char *)submission_state(w);
    s.reason = (char *)(d->verdict == HOLDER_CHANGE_APPROVE ? "" : review_reason_name(w->reason));
    s.note = (char *)(d->note ? d->note : "");
    s.identity_expires_on = d->identity_expires_on;
    s.decided_by = (char *)d->actor.name;
    TRY(submission_decide(w->tx, &s, &changed));
    return changed ? DONE : BUSY;
}

static enum outcome approve(struct work *w)
{
    struct passing p = {.tx = w->tx,
                        .mem = w->mem,
                        .brand = w->brand,
                        .change = w->change,
                        .actor = &w->decision->actor,
                        .why = w->why};
    struct day until = w->decision->identity_expires_on;
    char text[DAY_TEXT];

    if (w->change->state != HOLDER_CHANGE_IN_REVIEW)
        return problem_set(w->why, PROBLEM_HOLDER_CHANGE_STATE, "", "%s", holder_change_state_label(w->change->state));
    if (!until.n)
        return problem_set(w->why, PROBLEM_REQUIRED, "identity_expires_on", "%s", "");
    if (day_before(until, db_today(w->tx)))
        return problem_set(w->why, PROBLEM_IDENTITY_EXPIRED, "identity_expires_on", "%s", day_italian(until, text));
    TRY(decide_papers(w));
    TRY(holder_change_note(w->tx, w->change, &w->decision->actor, "submission.approved",
                           json_pack("{s:I, s:s}", "submission", (json_int_t)w->papers.last->number,
                                     "identity_expires_on", day_iso(until, text))));
    return pass(&p);
}

static enum outcome read_reason(struct work *w, bool final)
{
    const char *reason = w->decision->reason;

    if (!reason || !reason[0])
        return problem_set(w->why, PROBLEM_REQUIRED, "reason", "%s", "");
    if (review_reason_of(reason, &w->reason) != DONE || w->reason == REVIEW_SILENCE || w->reason == REVIEW_UNSIGNED ||
        w->reason == REVIEW_WRONG_VERSION || (!final && w->reason == REVIEW_NOT_ENTITLED))
        return problem_set(w->why, PROBLEM_NOT_A_CHOICE, "reason", "%s", "");
    return DONE;
}

static enum outcome reject(struct work *w)
{
    struct holder_change *c = w->change;
    const char *note = w->decision->note;

    TRY(read_reason(w, false));
    c->expires_on = day_plus(db_today(w->tx), w->brand->holder_change.answer_days);
    TRY(holder_change_step(w->tx, c, HOLDER_CHANGE_EVENT_REJECT, w->why));
    TRY(decide_papers(w));
    TRY(holder_change_note(w->tx, c, &w->decision->actor, "submission.rejected",
                           json_pack("{s:s}", "reason", review_reason_name(w->reason))));
    return holder_change_tell_new(w->tx, w->mem, c, "holder_papers",
                                  json_pack("{s:b, s:s, s:s, s:o, s:o}", "rejected", 1, "reason",
                                            i18n(c->language, review_reason_label(w->reason)), "advice",
                                            i18n(c->language, review_reason_advice(w->reason)), "note",
                                            note && note[0] ? json_string(note) : json_false(), "send_path",
                                            json_sprintf("/volture/%" PRId64, c->id)));
}

static enum outcome refuse(struct work *w)
{
    struct holder_change *c = w->change;

    TRY(read_reason(w, true));
    c->reason = (char *)review_reason_name(w->reason);
    c->note = (char *)(w->decision->note ? w->decision->note : "");
    TRY(holder_change_step(w->tx, c, HOLDER_CHANGE_EVENT_REFUSE, w->why));
    TRY(decide_papers(w));
    TRY(holder_change_note(w->tx, c, &w->decision->actor, "holder_change.refused",
                           json_pack("{s:s}", "reason", c->reason)));
    return holder_change_tell_ended(w->tx, w->mem, c, review_reason_label(w->reason));
}

enum outcome holder_change_decide(struct db_tx *tx, void *mem, const struct shop *shop,
                                  const struct holder_change_decision *decision, struct holder_change *change,
                                  struct problem *why)
{
    struct work w = {.tx = tx, .mem = mem, .shop = shop, .decision = decision, .change = change, .why = why};
    bool again;

    TRY(papers_seek(tx, mem, NULL, decision->id, &w.papers, why));
    *change = w.papers.change;
    w.brand = brand_by_id(shop->brands, change->brand);
    if (!w.brand)
        return log_broken("holder_change.brand", LOG_TEXT("brand", change->brand));
    TRY(check_turn(&w, &again));
    if (again)
        return DONE;
    if (decision->verdict == HOLDER_CHANGE_APPROVE)
        return approve(&w);
    return decision->verdict == HOLDER_CHANGE_REJECT ? reject(&w) : refuse(&w);
}
