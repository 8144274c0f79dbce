/* The warnings before a charge (DOMAIN A3): each is recorded with its day, its reader and the price it named, whether
 * by a mail of its own or by the notice of that day. */
#include "shop/autorenew_day.h"
#include <string.h>

/* The charge is never on the day of its announcement, but for the last one. */
static struct day charge_day(const struct autorenew_item *i, struct day planned)
{
    return day_earlier(day_later(planned, day_plus(i->today, 1)), i->m->expires_on);
}

/* Whether the day's notices have announced it since the warning became due: *to is who reads it, "" nobody. */
static enum outcome find_notice(struct autorenew_item *i, struct day since, const char **to, bool *found)
{
    enum outcome o = charge_notice_reader(i->tx, i->mem, i->m->mailbox_id, i->m->expires_on, since, to);

    *found = o == DONE;
    return o == REFUSED ? DONE : o;
}

static enum outcome tell_charge(struct autorenew_item *i, const struct total *total, const char **recipient)
{
    const struct mandate *m = i->m;
    struct money was = m->agreed.cents && m->agreed.cents != total->gross.cents ? m->agreed : money(0);

    return autorenew_tell(i->tx, i->mem,
                          &(struct autorenew_letter){.template = "charge_notice",
                                                     .brand = i->brand,
                                                     .mandate = m,
                                                     .mailbox = &i->mailbox,
                                                     .instrument = &i->instrument,
                                                     .total = *total,
                                                     .was = was,
                                                     .on = m->charge_on},
                          recipient);
}

static enum outcome announce(struct autorenew_item *i, enum autorenew_warning kind, struct day since,
                             const struct total *total)
{
    struct mandate *m = i->m;
    const char *recipient = "";
    bool noticed;

    TRY(find_notice(i, since, &recipient, &noticed));
    if (!noticed)
        TRY(tell_charge(i, total, &recipient));
    m->noticed &= recipient[0] != '\0';
    TRY(charge_warning_insert(i->tx, &(struct charge_warning){.mailbox_id = m->mailbox_id,
                                                              .expires_on = m->expires_on,
                                                              .kind = (char *)autorenew_warning_name(kind),
                                                              .mandate_id = m->id,
                                                              .sent_on = i->today,
                                                              .recipient = (char *)recipient,
                                                              .charge_on = m->charge_on,
                                                              .amount = total->gross,
                                                              .was = m->agreed}));
    i->batch->done.warned++;
    return mandate_step(i->tx, m, MANDATE_EVENT_WARN, &AUTORENEW_JOB, autorenew_warning_name(kind), 0);
}

static enum outcome warn(struct autorenew_item *i)
{
    struct mandate *m = i->m;
    enum autorenew_warning kind;
    struct problem why = {0};
    struct autorenew_days days;
    struct total total;
    enum outcome o;

    TRY(item_take_up(i));
    if (!i->ready)
        return DONE;
    if (day_before(m->expires_on, i->today))
        return item_too_late(i);
    days = autorenew_days(m->expires_on, &i->brand->autorenew.policy);
    kind = autorenew_warning_on(m->expires_on, i->today, &i->brand->autorenew.policy, &m->warn_on);
    if (kind == WARNING_NONE)
        return item_save(i);
    o = autorenew_price(i->brand, i->mailbox.plan, mailbox_space(&i->mailbox), m->years, i->today, &total, &why);
    if (o == REFUSED)
        return item_end(i, &why);
    TRY(o);
    m->announced = total.gross;
    m->noticed = kind == WARNING_SECOND && !day_before(days.second, i->today);
    m->charge_on = charge_day(i, days.charge);
    return announce(i, kind, kind == WARNING_SECOND ? days.second : days.first, &total);
}

enum outcome batch_warn(struct db_tx *tx, void *arg)
{
    struct autorenew_batch *t = arg;
    struct mandate *all;

    t->done = (struct autorenew_turned){0};
    TRY(mandates_to_warn(tx, t->mem, db_today(tx), t->limit, &all, &t->found));
    for (size_t n = 0; n < t->found; n++)
        TRY(warn(&(struct autorenew_item){.batch = t, .tx = tx, .mem = t->mem, .m = &all[n]}));
    return DONE;
}
