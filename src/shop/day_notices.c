/* shop/day_notices.c: every brand's plan of notices (DOMAIN §3.9). For each step the ends of terms that crossed it
 * since the last turn are a range (rules/notice.h); what is in it gets its notice and its mail in one transaction of
 * set-based statements. */
#include "shop/day.h"
#include "store/notice.h"
#include <string.h>
#include <talloc.h>

#define TASK         "notices"
#define ENDS_AT_ONCE 7 /* days of ends a transaction: so that after a long downtime no other writer waits for long */

/* On PostgreSQL a mailbox may be committed after one with a higher number, and not have been there when the plan was
 * last turned: an import writes hundreds a transaction. Who was seen has a notice already, and gets no second one. */
#define UNSEEN 10000

/* What the turn has to do for one brand. */
struct round {
    struct day_turn *turn;
    const struct brand *brand;
    struct notice_rule *rules; /* those with something due */
    size_t count;
    struct notices_made made; /* of the last transaction */
    size_t at;
    struct day until; /* the end of the rule's part */
};

struct turning {
    struct day_turn *turn;
    struct round *rounds; /* a brand each */
    int64_t newest;
    bool stale; /* some brand has not been turned up to today */
};

static const char *template_of(enum notice_kind kind)
{
    static const char *const TEMPLATE[] = {[NOTICE_EXPIRY] = "expiry_notice",
                                           [NOTICE_EXPIRED] = "expired_notice",
                                           [NOTICE_MODE] = "read_only_notice",
                                           [NOTICE_GRACE] = "grace_notice"};

    return TEMPLATE[kind];
}

static struct notice_rule rule_of(const struct brand *b, enum notice_domains domains, size_t step, struct day turned,
                                  struct day today)
{
    struct renewal_policy policy = brand_renewal(b, domains == DOMAINS_OWN);
    const struct brand_notices *n = &b->notices;
    const struct notice_step *s = &n->steps[step];
    struct notice_band band = notice_band(n->steps, n->count, step, turned, today, &policy);
    const char *logged = strcmp(s->event, "+1") == 0 ? "mailbox.expired"
                         : s->kind == NOTICE_MODE    ? "mailbox.read_only"
                                                     : NULL;

    return (struct notice_rule){
        .brand = b->id,
        .event = s->event,
        .domains = domains,
        .template = template_of(s->kind),
        .charge_template = s->charge               ? "charge_notice"
                           : notice_for_charged(s) ? template_of(s->kind)
                                                   : NULL,
        .after = band.after,
        .until = band.until,
        .later = band.later,
        .later_charged = band.later_charged,
        .mailed = s->mailed,
        .to_holder = n->to_holder,
        .to_account = n->to_account,
        .log_event = logged,
        .tell_host = logged && b->purchase.on && strcmp(b->purchase.mailhost, "command") == 0,
    };
}

size_t day_notice_rules(const struct brand *b, size_t step, struct day turned, struct day today,
                        struct notice_rule rules[DAY_RULES])
{
    if (!b->domains.on) {
        rules[0] = rule_of(b, DOMAINS_ALL, step, turned, today);
        return 1;
    }
    rules[0] = rule_of(b, DOMAINS_BRAND, step, turned, today);
    rules[1] = rule_of(b, DOMAINS_OWN, step, turned, today);
    return 2;
}

/* Those of a step with something due: of a plan that was never turned only newcomers
 * are told, with an id above newer_than. */
static enum outcome add_due(struct db_tx *tx, struct round *r, size_t step, struct day turned, int64_t newer_than)
{
    struct notice_rule rules[DAY_RULES];
    size_t count = day_notice_rules(r->brand, step, turned, r->turn->today, rules);

    for (size_t i = 0; i < count; i++) {
        bool due;

        rules[i].newcomers = turned.n == NEVER_TURNED.n;
        rules[i].newer_than = newer_than;
        TRY(notices_due(tx, &rules[i], &due));
        if (due)
            r->rules[r->count++] = rules[i];
    }
    return DONE;
}

static enum outcome look_at(struct db_tx *tx, struct round *r, const struct day_done *done, int64_t newest)
{
    struct day turned = day_is_known(done->on) ? done->on : NEVER_TURNED;
    bool news = day_is_known(done->on) && newest > done->last_mailbox;
    size_t steps = r->brand->notices.count;

    r->rules = talloc_zero_array(r->turn->mem, struct notice_rule, (unsigned)steps * 2 * DAY_RULES);
    r->count = 0;
    for (size_t i = 0; i < steps; i++) {
        TRY(add_due(tx, r, i, turned, 0)); /* never turned: all of them are newcomers */
        if (news)
            TRY(add_due(tx, r, i, NEVER_TURNED, done->last_mailbox - UNSEEN));
    }
    return DONE;
}

static enum outcome look(struct db_tx *tx, void *arg)
{
    struct turning *p = arg;
    const struct brands *brands = p->turn->shop->brands;

    p->stale = false;
    p->rounds = talloc_zero_array(p->turn->mem, struct round, (unsigned)brands->count);
    TRY(mailbox_newest(tx, &p->newest));
    for (size_t i = 0; i < brands->count; i++) {
        struct day_done done;

        TRY(day_done_get(tx, brands->all[i].id, TASK, &done));
        p->rounds[i] = (struct round){.turn = p->turn, .brand = &brands->all[i]};
        if (!day_before(done.on, p->turn->today) && done.last_mailbox >= p->newest)
            continue;
        p->stale = true;
        TRY(look_at(tx, &p->rounds[i], &done, p->newest));
    }
    return DONE;
}

/* ---- Doing it ---- */

static enum outcome record(struct db_tx *tx, void *arg)
{
    struct round *r = arg;
    struct notice_rule part = r->rules[r->at];
    struct day_done done;

    r->made = (struct notices_made){0};
    TRY(day_done_take(tx, r->brand->id, TASK, &done));
    part.until = r->until;
    return notices_record(tx, &part, &r->made);
}

static enum outcome first_end(struct db_tx *tx, void *arg)
{
    struct round *r = arg;

    return notices_first_end(tx, &r->rules[r->at], &r->until);
}

/* One step, a week of ends a transaction. */
static enum outcome do_rule(struct round *r, int64_t *done)
{
    struct notice_rule *rule = &r->rules[r->at];

    while (day_before(rule->after, rule->until)) {
        TRY(db_read(r->turn->shop->db, "day.first", first_end, r));
        if (day_before(rule->until, r->until))
            return DONE;
        r->until = day_earlier(rule->until, day_plus(r->until, ENDS_AT_ONCE - 1));
        TRY(db_transaction_rows(r->turn->shop->db, "day.notices", record, r));
        rule->after = r->until;
        *done += r->made.noted;
        day_progress(r->turn, *done);
    }
    return DONE;
}

static enum outcome finish(struct db_tx *tx, void *arg)
{
    const struct turning *p = arg;
    const struct brands *brands = p->turn->shop->brands;
    struct day_done done = {.on = p->turn->today, .last_mailbox = p->newest};

    for (size_t i = 0; i < brands->count; i++)
        TRY(day_done_set(tx, brands->all[i].id, TASK, &done));
    return DONE;
}

enum outcome day_notices(struct day_turn *turn, int64_t *done)
{
    struct turning p = {.turn = turn};

    TRY(db_read(turn->shop->db, "day.look", look, &p));
    for (size_t i = 0; i < turn->shop->brands->count; i++)
        for (p.rounds[i].at = 0; p.rounds[i].at < p.rounds[i].count; p.rounds[i].at++)
            TRY(do_rule(&p.rounds[i], done));
    return p.stale ? db_transaction_rows(turn->shop->db, "day.done", finish, &p) : DONE;
}
