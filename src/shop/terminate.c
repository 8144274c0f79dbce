#include "shop/terminate.h"
#include "base/text.h"
#include "shop/activate.h"
#include "shop/autorenew.h"
#include "shop/extra_space.h"
#include "store/notice.h"
#include <string.h>

enum outcome terminate_look(struct db_tx *tx, void *mem, const struct brands *brands, const char *address,
                            struct terminate_look *look, struct problem *why)
{
    enum outcome o = mailbox_by_address(tx, mem, text_lower(mem, address), &look->mailbox);

    if (o == REFUSED)
        return problem_set(why, PROBLEM_MAILBOX_UNKNOWN, "mailbox", "%s", "");
    TRY(o);
    look->brand = brand_by_id(brands, look->mailbox.brand);
    if (!look->brand)
        return problem_set(why, PROBLEM_BRAND, "brand", "%s", "");
    look->today = db_today(tx);
    look->given = (struct termination){0};
    o = termination_get(tx, mem, look->mailbox.id, &look->given);
    return o == REFUSED ? DONE : o;
}

bool terminate_ended(const struct terminate_look *look)
{
    const struct mailbox *m = &look->mailbox;
    struct renewal_policy policy = brand_renewal(look->brand, m->domain[0]);

    return strcmp(m->status, mailbox_status_name(MAILBOX_LIVE)) != 0 ||
           term_phase(m->term.ends_on, look->today, &policy) == PHASE_CEASED;
}

static enum outcome possible(void *mem, const struct terminate_look *look, const char *typed, struct problem *why)
{
    const struct mailbox *m = &look->mailbox;

    if (terminate_ended(look) || look->given.mailbox_id)
        return problem_set(why, PROBLEM_TERMINATION, "mailbox", "%s", "");
    if (m->open_order_id)
        return problem_set(why, PROBLEM_OPEN_ORDER, "mailbox", "%s", "");
    if (!typed || strcmp(text_lower(mem, typed), m->address) != 0)
        return problem_set(why, PROBLEM_CONFIRM_ADDRESS, "typed", "%s", m->address);
    return DONE;
}

enum outcome terminate(struct db_tx *tx, void *mem, const struct terminate_look *look, bool at_once, const char *typed,
                       const struct actor *actor, struct problem *why)
{
    const struct mailbox *m = &look->mailbox;
    const struct brand_notices *n = &look->brand->notices;
    bool changed;

    TRY(possible(mem, look, typed, why));
    at_once = at_once || day_before(m->term.ends_on, look->today); /* its term is over: there is nothing to wait for */
    TRY(termination_insert(tx, m->id, at_once ? look->today : m->term.ends_on, actor->name));
    TRY(event_record(tx, m->brand, actor, "mailbox.termination", 0, m->id, NULL));
    TRY(autorenew_end(tx, mem, m->id, "terminated", actor)); /* or its charge would take the disdetta back */
    if (at_once) {
        TRY(space_gives_way(tx, mem, m, actor));
        TRY(mailbox_cease(tx, m->id, &changed));
        if (!changed)
            return BUSY;
        TRY(mailhost_changed(tx, look->brand, m->id));
        TRY(event_record(tx, m->brand, actor, "mailbox.ceased", 0, m->id, NULL));
    }
    return termination_tell(tx, m->brand, m->id, at_once ? "ceased_notice" : "termination_notice", n->to_holder,
                            n->to_account);
}

enum outcome terminate_undo(struct db_tx *tx, const struct terminate_look *look, const struct actor *actor,
                            struct problem *why)
{
    bool changed = false;

    if (strcmp(look->mailbox.status, mailbox_status_name(MAILBOX_LIVE)) == 0)
        TRY(termination_forget(tx, look->mailbox.id, &changed));
    if (!changed)
        return problem_set(why, PROBLEM_NOT_FOUND, "mailbox", "%s", "");
    return event_record(tx, look->mailbox.brand, actor, "mailbox.termination_undone", 0, look->mailbox.id, NULL);
}

enum outcome content_hold(struct db_tx *tx, const struct terminate_look *look, const char *reason,
                          const struct actor *actor, struct problem *why)
{
    const struct mailbox *m = &look->mailbox;

    if (!reason || !reason[0])
        return problem_set(why, PROBLEM_REQUIRED, "reason", "%s", "");
    TRY(legal_hold_set(tx, m->id, reason, actor->name));
    return event_record(tx, m->brand, actor, "mailbox.held", 0, m->id, NULL);
}

enum outcome content_release(struct db_tx *tx, const struct terminate_look *look, const struct actor *actor,
                             struct problem *why)
{
    const struct mailbox *m = &look->mailbox;
    bool lifted;

    TRY(legal_hold_lift(tx, m->id, &lifted));
    if (!lifted)
        return problem_set(why, PROBLEM_NOT_FOUND, "mailbox", "%s", "");
    return event_record(tx, m->brand, actor, "mailbox.hold_lifted", 0, m->id, NULL);
}
