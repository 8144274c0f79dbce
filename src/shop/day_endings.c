/* shop/day_endings.c: mailboxes whose grace is over cease, and what is in them goes when the brand says (M18, M19). */
#include "shop/day.h"
#include "store/ending.h"
#include "store/notice.h"
#include "store/plan_change.h"
#include <string.h>

#define AT_ONCE 20000 /* mailboxes a transaction */

struct ending {
    struct day_turn *turn;
    struct ending_rule rule;
    bool deleting, due, given; /* given: by their holders */
    int64_t warned, ended, stopped;
};

static enum outcome look(struct db_tx *tx, void *arg)
{
    struct ending *e = arg;

    if (e->deleting)
        return deletions_due(tx, &e->rule, &e->due);
    TRY(terminations_due(tx, &e->rule, &e->given));
    return endings_due(tx, &e->rule, &e->due);
}

static enum outcome turn_some(struct db_tx *tx, void *arg)
{
    struct ending *e = arg;
    struct day_done done;

    TRY(day_done_take(tx, e->rule.brand, e->deleting ? "deleted" : "ceased", &done));
    if (e->deleting) {
        TRY(deletions_warn(tx, &e->rule, &e->warned));
        return deletions_do(tx, &e->rule, &e->ended);
    }
    if (e->given)
        TRY(terminations_cease(tx, &e->rule, &e->stopped));
    TRY(endings_warn(tx, &e->rule, &e->warned));
    return endings_cease(tx, &e->rule, &e->ended);
}

static enum outcome turn_brand(struct ending *e, int64_t *done)
{
    struct db *db = e->turn->shop->db;

    TRY(db_read(db, "day.look", look, e));
    if (!e->due && !e->given)
        return DONE;
    do {
        e->warned = e->ended = e->stopped = 0;
        TRY(db_transaction_rows(db, e->deleting ? "day.delete" : "day.cease", turn_some, e));
        *done += e->ended + e->stopped;
        day_progress(e->turn, *done);
    } while (e->warned == AT_ONCE || e->ended == AT_ONCE || e->stopped == AT_ONCE);
    return DONE;
}

/* Of mailboxes on domains of their own it may be shorter; each row's own last day decides. */
static struct day shortest_grace(const struct brand *b, struct day today)
{
    struct renewal_policy own = brand_renewal(b, true);

    return day_later(grace_reach(today, &b->renewal), grace_reach(today, &own));
}

static struct ending_rule rule_of(const struct brand *b, struct day today)
{
    return (struct ending_rule){.brand = b->id,
                                .reach = shortest_grace(b, today),
                                .deletes = deletion_reach(today, b->notices.delete_after),
                                .to_holder = b->notices.to_holder,
                                .to_account = b->notices.to_account,
                                .tell_host = b->purchase.on && strcmp(b->purchase.mailhost, "command") == 0,
                                .limit = AT_ONCE};
}

static enum outcome turn_all(struct day_turn *turn, bool deleting, int64_t *done)
{
    for (size_t i = 0; i < turn->shop->brands->count; i++) {
        const struct brand *b = &turn->shop->brands->all[i];
        struct ending e = {.turn = turn, .deleting = deleting, .rule = rule_of(b, turn->today)};

        if (deleting) /* the ends of those whose grace was over by then */
            e.rule.reach = shortest_grace(b, day_plus(e.rule.deletes, 1));
        TRY(turn_brand(&e, done));
    }
    return DONE;
}

struct dropping {
    struct ending_rule rule;
    struct day before;
    int64_t ceased;
};

static enum outcome drop(struct db_tx *tx, void *arg)
{
    struct dropping *d = arg;

    return domains_drop(tx, &d->rule, d->before, &d->ceased);
}

enum outcome day_domains(struct day_turn *turn, int64_t *done)
{
    for (size_t i = 0; i < turn->shop->brands->count; i++) {
        const struct brand *b = &turn->shop->brands->all[i];
        struct dropping d = {.rule = rule_of(b, turn->today),
                             .before = day_plus(turn->today, -b->domains.unregistered_days)};

        if (!b->domains.on)
            continue;
        do {
            TRY(db_transaction_rows(turn->shop->db, "day.domains", drop, &d));
            *done += d.ceased;
        } while (d.ceased == AT_ONCE);
    }
    return DONE;
}

static enum outcome wake(struct db_tx *tx, void *arg)
{
    return plan_changes_wake(tx, clock_now(), arg);
}

enum outcome day_changes(struct day_turn *turn, int64_t *done)
{
    return db_transaction_rows(turn->shop->db, "day.changes", wake, done);
}

enum outcome day_cease(struct day_turn *turn, int64_t *done)
{
    return turn_all(turn, false, done);
}

enum outcome day_delete(struct day_turn *turn, int64_t *done)
{
    return turn_all(turn, true, done);
}
