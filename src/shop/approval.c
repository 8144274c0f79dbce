#include "shop/approval.h"
#include "base/text.h"
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

bool approval_needed(const struct brand *brand, const char *kind, struct money amount)
{
    const struct second_person *s = brand ? brand->second_person : SECOND_PERSON_USUAL;

    while (s->kind && strcmp(s->kind, kind) != 0)
        s++;
    return s->kind && amount.cents > s->above.cents;
}

static enum outcome note(struct db_tx *tx, const struct approval *a, const struct actor *actor, const char *kind,
                         const char *reason)
{
    json_t *data = json_pack("{s:I, s:s, s:s, s:s, s:s, s:s}", "approval", (json_int_t)a->id, "kind", a->kind,
                             "subject", a->subject, "title", a->title, "asked_by", a->asked_by, "reason", reason);
    enum outcome o = event_record(tx, a->brand, actor, kind, a->order_id, a->mailbox_id, data);

    json_decref(data);
    return o;
}

static enum outcome check_reason(const char *reason, struct problem *why)
{
    if (!reason || text_is_blank(reason))
        return problem_set(why, PROBLEM_REQUIRED, "reason", "%s", "");
    if (text_characters(reason) > APPROVAL_REASON_MOST)
        return problem_set(why, PROBLEM_TOO_LONG, "reason", "%d", APPROVAL_REASON_MOST);
    return DONE;
}

/* ---- Time over ---- */

static enum outcome expire(struct db_tx *tx, void *mem, const char *kind, const char *subject, int limit, int *count)
{
    const struct actor nobody = {.door = "job", .name = "system"};
    struct approval *all;
    size_t found;
    bool changed;

    TRY(approvals_overdue(tx, mem, kind, subject, limit, &all, &found));
    for (size_t i = 0; i < found; i++) {
        TRY(approval_close(tx, all[i].id, APPROVAL_EXPIRED, "", "", &changed));
        TRY(note(tx, &all[i], &nobody, "approval.expired", ""));
    }
    *count = (int)found;
    return DONE;
}

enum outcome approvals_expire(struct db_tx *tx, void *mem, int limit, int *count)
{
    return expire(tx, mem, "", "", limit, count);
}

/* ---- Asking ---- */

static enum outcome wait(struct db_tx *tx, void *mem, const struct approval_ask *ask, const char *data,
                         struct approval *a, struct problem *why)
{
    enum outcome o;
    int expired;

    TRY(check_reason(ask->reason, why));
    TRY(expire(tx, mem, ask->kind->name, ask->subject, 10, &expired));
    *a = (struct approval){.brand = (char *)ask->brand,
                           .kind = (char *)ask->kind->name,
                           .subject = (char *)ask->subject,
                           .title = (char *)ask->title,
                           .link = (char *)(ask->link ? ask->link : ""),
                           .reason = (char *)ask->reason,
                           .amount = ask->amount,
                           .order_id = ask->order_id,
                           .mailbox_id = ask->mailbox_id,
                           .data = (char *)data,
                           .asked_by = (char *)ask->actor.name,
                           .expires_at = instant_plus(db_now(tx), APPROVAL_LIFE)};
    o = approval_insert(tx, a);
    if (o == REFUSED)
        return problem_set(why, PROBLEM_APPROVAL_WAITS, "", "%s", "");
    TRY(o);
    return note(tx, a, &ask->actor, "approval.asked", ask->reason);
}

enum outcome approval_ask(struct db_tx *tx, struct shop *shop, void *mem, const struct approval_ask *ask, int64_t *id,
                          bool *waits, struct problem *why)
{
    const struct brand *brand = ask->brand[0] ? brand_by_id(shop->brands, ask->brand) : NULL;
    struct approval a;
    enum outcome o;
    char *data;

    *id = 0;
    *waits = strcmp(ask->actor.door, "cli") != 0 && approval_needed(brand, ask->kind->name, ask->amount);
    if (!*waits)
        return ask->kind->act(tx, shop, mem, ask->data, &ask->actor, ask->reason ? ask->reason : "", why);
    data = json_dumps(ask->data, JSON_COMPACT | JSON_SORT_KEYS);
    o = wait(tx, mem, ask, data ? data : "{}", &a, why);
    free(data);
    *id = a.id;
    return o;
}

/* ---- Deciding ---- */

struct decision {
    struct shop *shop;
    void *mem;
    int64_t id;
    const struct operator* operator;
    bool yes;
    const char *reason;
    struct problem *why;
};

static enum outcome check(struct db_tx *tx, const struct decision *d, const struct approval *a, const char *by,
                          const struct approval_kind **kind)
{
    bool own = strcmp(a->asked_by, by) == 0;

    *kind = approval_kind_by_name(a->kind);
    if (!operator_sees(d->operator, a->brand) || !*kind)
        return problem_set(d->why, PROBLEM_NOT_FOUND, "", "%s", "");
    if (!operator_may(d->operator,(*kind)->approves) && !(own && !d->yes))
        return problem_set(d->why, PROBLEM_FORBIDDEN, "", "%s", "");
    if (own && d->yes)
        return problem_set(d->why, PROBLEM_APPROVAL_SELF, "", "%s", "");
    if (strcmp(a->state, "waiting") != 0 || a->expires_at.us <= db_now(tx).us)
        return problem_set(d->why, PROBLEM_APPROVAL_DECIDED, "", "%s", "");
    if (!d->yes && !own)
        return check_reason(d->reason, d->why);
    return d->reason && d->reason[0] ? check_reason(d->reason, d->why) : DONE;
}

static enum outcome act(struct db_tx *tx, const struct decision *d, const struct approval_kind *kind,
                        const struct approval *a, const struct actor *actor)
{
    json_t *data = json_loads(a->data, 0, NULL);
    enum outcome o = data ? kind->act(tx, d->shop, d->mem, data, actor, a->reason, d->why) : BROKEN;

    json_decref(data);
    return o;
}

static enum outcome decide(struct db_tx *tx, void *arg)
{
    const struct decision *d = arg;
    const char *reason = d->reason ? d->reason : "";
    char by[OPERATOR_TEXT];
    const struct actor actor = {.door = "office", .name = operator_text(d->operator, by)};
    const struct approval_kind *kind;
    enum approval_state state;
    struct approval a;
    enum outcome o;
    bool changed;

    o = approval_by_id(tx, d->mem, d->id, &a);
    if (o == REFUSED)
        return problem_set(d->why, PROBLEM_NOT_FOUND, "", "%s", "");
    TRY(o);
    TRY(check(tx, d, &a, by, &kind));
    state = d->yes ? APPROVAL_DONE : strcmp(a.asked_by, by) == 0 ? APPROVAL_WITHDRAWN : APPROVAL_REFUSED;
    TRY(approval_close(tx, a.id, state, by, reason, &changed));
    if (!changed)
        return problem_set(d->why, PROBLEM_APPROVAL_DECIDED, "", "%s", "");
    TRY(note(tx, &a, &actor,
             state == APPROVAL_DONE      ? "approval.given"
             : state == APPROVAL_REFUSED ? "approval.refused"
                                         : "approval.withdrawn",
             reason));
    return d->yes ? act(tx, d, kind, &a, &actor) : DONE;
}

enum outcome approval_decide(struct shop *shop, void *mem, int64_t id, const struct operator* operator, bool yes,
                             const char *reason, struct problem *why)
{
    struct decision d = {shop, mem, id, operator, yes, reason, why};

    return db_transaction(shop->db, "approval.decide", decide, &d);
}

enum outcome approval_withdraw(struct db_tx *tx, const struct approval *a, const struct actor *actor,
                               struct problem *why)
{
    bool changed;

    if (strcmp(a->asked_by, actor->name) != 0)
        return problem_set(why, PROBLEM_FORBIDDEN, "", "%s", "");
    if (a->expires_at.us <= db_now(tx).us)
        return problem_set(why, PROBLEM_APPROVAL_DECIDED, "", "%s", "");
    TRY(approval_close(tx, a->id, APPROVAL_WITHDRAWN, actor->name, "", &changed));
    return changed ? note(tx, a, actor, "approval.withdrawn", "")
                   : problem_set(why, PROBLEM_APPROVAL_DECIDED, "", "%s", "");
}
