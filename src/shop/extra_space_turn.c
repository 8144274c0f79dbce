/* What becomes of an order of extra space: it is settled, taken back, or gives way to a renewal. */
#include "shop/activate.h"
#include "shop/autorenew.h"
#include "shop/extra_space.h"
#include "shop/plan_change.h"
#include "store/space.h"
#include <string.h>
#include <talloc.h>

enum outcome space_note(struct db_tx *tx, const struct order *order, const struct mailbox *m, const char *kind,
                        const struct space *now, const struct actor *actor)
{
    char until[DAY_TEXT];
    json_t *data = json_pack("{s:I, s:I, s:I, s:I, s:s}", "extra_gb", (json_int_t)now->extra_gb, "was",
                             (json_int_t)m->extra_gb, "extra_archive_gb", (json_int_t)now->extra_archive_gb,
                             "archive_was", (json_int_t)m->extra_archive_gb, "until", day_iso(m->term.ends_on, until));
    enum outcome o = event_record(tx, order->brand, actor, kind, order->id, m->id, data);

    json_decref(data);
    return o;
}

static enum outcome kept(struct db_tx *tx, const struct order *order, const struct mailbox *m,
                         const struct actor *actor)
{
    struct space now = {m->extra_gb, m->extra_archive_gb};

    TRY(space_release(tx, order->id));
    TRY(space_note(tx, order, m, "mailbox.space_kept", &now, actor));
    return order_lines_fulfilled(tx, order->id);
}

/* What was bought comes on top of what is there now. */
enum outcome space_settled(struct db_tx *tx, void *mem, const struct brand *brand, const struct order *order,
                           const struct order_line *line, const struct actor *actor)
{
    struct order_line as_now = *line;
    int64_t quota_mb;
    struct mailbox m;
    struct space now;
    bool carried;

    TRY(mailbox_by_id(tx, mem, line->mailbox_id, &m));
    TRY(space_carried_end(tx, order->id, &carried));
    if (carried) /* it is there, and now it is paid for */
        return kept(tx, order, &m, actor);
    now = (struct space){m.extra_gb + line->extra_gb - line->old_extra_gb,
                         m.extra_archive_gb + line->extra_archive_gb - line->old_extra_archive_gb};
    as_now.plan = m.plan;
    as_now.extra_gb = now.extra_gb;
    as_now.extra_archive_gb = now.extra_archive_gb;
    TRY(plan_change_settled(tx, mem, brand, &as_now, order->id, &m, &quota_mb));
    TRY(mailbox_set_space(tx, m.id, now.extra_gb, now.extra_archive_gb, quota_mb));
    TRY(space_release(tx, order->id));
    TRY(mailhost_changed(tx, brand, m.id));
    TRY(space_note(tx, order, &m, "mailbox.space_added", &now, actor));
    TRY(autorenew_space(tx, mem, brand, &m, &now));
    return order_lines_fulfilled(tx, order->id);
}

enum outcome space_still_fits(struct db_tx *tx, void *mem, const struct order_line *line, bool *fits)
{
    struct mailbox m;

    TRY(mailbox_by_id(tx, mem, line->mailbox_id, &m));
    *fits = strcmp(m.status, mailbox_status_name(MAILBOX_LIVE)) == 0 && !m.open_order_id && !m.space_order_id &&
            day_same(m.term.ends_on, line->to) && m.extra_gb == line->old_extra_gb &&
            m.extra_archive_gb == line->old_extra_archive_gb && strcmp(m.plan, line->plan) == 0;
    return DONE;
}

enum outcome space_taken_back(struct db_tx *tx, void *mem, const struct brand *brand, const struct order *order,
                              const struct order_line *line, const struct actor *actor, struct problem *why)
{
    struct space then = {line->old_extra_gb, line->old_extra_archive_gb};
    int64_t quota_mb;
    struct mailbox m;

    TRY(mailbox_by_id(tx, mem, line->mailbox_id, &m));
    if (!day_same(m.term.ends_on, line->to) || m.open_order_id || m.space_order_id || m.extra_gb != line->extra_gb ||
        m.extra_archive_gb != line->extra_archive_gb || strcmp(m.plan, line->plan) != 0)
        return problem_set(why, PROBLEM_RENEWED_SINCE, "take_back", "%s", m.address);
    if (day_before(db_today(tx), line->from)) /* the term before is paid: it ends with that */
        return space_carry(tx, m.id, order->id, day_plus(line->from, -1));
    TRY(plan_change_less_space(tx, mem, brand, order, actor, &m, &then, &quota_mb));
    TRY(mailbox_set_space(tx, m.id, then.extra_gb, then.extra_archive_gb, quota_mb));
    TRY(mailhost_changed(tx, brand, m.id));
    TRY(autorenew_space(tx, mem, brand, &m, &then));
    return space_note(tx, order, &m, "mailbox.space_taken_back", &then, actor);
}

/* ---- Giving way ---- */

static enum outcome give_way(struct db_tx *tx, void *mem, int64_t order_id, const struct actor *actor)
{
    struct order order;

    TRY(order_by_id(tx, mem, order_id, &order));
    return cancel_order(tx, mem, order.code, actor, NULL);
}

enum outcome space_gives_way(struct db_tx *tx, void *mem, const struct mailbox *m, const struct actor *actor)
{
    return m->space_order_id ? give_way(tx, mem, m->space_order_id, actor) : DONE;
}

enum outcome spaces_give_way(struct db_tx *tx, void *mem, int64_t order_id, const struct actor *actor)
{
    int64_t *orders;
    size_t count;

    TRY(spaces_beside(tx, mem, order_id, &orders, &count));
    for (size_t i = 0; i < count; i++)
        TRY(give_way(tx, mem, orders[i], actor));
    return DONE;
}
