/* Extra space of members whose body renews their mailboxes: theirs to pay, by an order of their own (DOMAIN §3.8). */
#include "base/log.h"
#include "shop/activate.h"
#include "shop/autorenew.h"
#include "shop/extra_space.h"
#include "shop/place_parts.h"
#include "shop/plan_change.h"
#include "store/space.h"
#include <string.h>
#include <talloc.h>

static const struct actor SYSTEM = {.door = "job", .name = "system"};

/* All of it, for the whole of the new term, at today's price. */
static enum outcome quote_carried(const struct brand *brand, const struct mailbox *m, struct day old_end,
                                  struct day today, struct space_quote *q, struct problem *why)
{
    struct mailbox bare = *m;
    struct space all = {m->extra_gb, m->extra_archive_gb};

    bare.extra_gb = bare.extra_archive_gb = 0;
    TRY(quote_space(brand, &bare, &all, today, q, why));
    TRY(price_space(&q->priced, q->added_gb, old_end, m->term.ends_on, &q->price, why));
    return price_total(q->price.net, vat_rate_bp(today), &q->total, why);
}

static enum outcome order_carried(struct db_tx *tx, void *mem, const struct brand *brand, const struct mailbox *m,
                                  struct day old_end, const struct space_quote *q)
{
    struct order_request request = {.brand = brand,
                                    .actor = SYSTEM,
                                    .who = {.account_id = m->account_id},
                                    .payment_method = brand->payment_methods[0],
                                    .language = "it"};
    struct placed_order placed = {.order = {.kind = (char *)ORDER_SPACE, .mailbox_id = m->id, .billing = m->holder}};
    struct mailbox bare = *m;
    bool claimed;

    bare.extra_gb = bare.extra_archive_gb = 0;
    TRY(place_begin(tx, mem, &request, &q->total, &placed.order));
    placed.order.lapses_on = day_later(placed.order.lapses_on, old_end);
    placed.lines = space_line(mem, request.language, &bare, q, day_plus(old_end, 1));
    placed.line_count = 1;
    TRY(place_write(tx, &request, &placed));
    TRY(space_claim(tx, m->id, placed.order.id, &claimed));
    TRY(space_carry(tx, m->id, placed.order.id, old_end));
    return claimed ? DONE : BUSY;
}

enum outcome spaces_carry(struct db_tx *tx, void *mem, const struct brand *brand, int64_t order_id)
{
    struct space_kept *kept;
    size_t count;

    TRY(spaces_kept(tx, mem, order_id, &kept, &count));
    for (size_t i = 0; i < count; i++) {
        struct space_quote q;
        struct problems faults = {0};
        struct problem why;
        struct mailbox m;
        enum outcome o;

        TRY(mailbox_by_id(tx, mem, kept[i].mailbox_id, &m));
        o = quote_carried(brand, &m, kept[i].paid_until, db_today(tx), &q, &why);
        if (o == REFUSED && why.code == PROBLEM_CONVENTION_PAYS) /* it was in the body's price */
            continue;
        if (o == DONE && billing_check(mem, &m.holder, &faults) != DONE)
            o = REFUSED;
        if (o == REFUSED) { /* it is sold no more, or nobody can be invoiced: it stays, as nobody's debt */
            log_warning("space.carry", LOG_TEXT("mailbox", m.address));
            continue;
        }
        TRY(o);
        TRY(order_carried(tx, mem, brand, &m, kept[i].paid_until, &q));
    }
    return DONE;
}

static enum outcome end_one(struct db_tx *tx, void *mem, const struct brands *brands, const struct space_kept *k)
{
    struct order_line *lines;
    struct order order;
    struct mailbox m;
    struct space then;
    const struct brand *brand;
    size_t count;
    int64_t quota_mb;
    bool carried;

    TRY(order_by_id(tx, mem, k->order_id, &order));
    TRY(order_lines(tx, mem, order.id, &lines, &count));
    TRY(mailbox_by_id(tx, mem, k->mailbox_id, &m));
    brand = brand_by_id(brands, m.brand);
    if (!brand || count != 1)
        return log_broken("space.carried", LOG_TEXT("mailbox", m.address));
    then = (struct space){
        m.extra_gb > lines[0].extra_gb ? m.extra_gb - lines[0].extra_gb : 0,
        m.extra_archive_gb > lines[0].extra_archive_gb ? m.extra_archive_gb - lines[0].extra_archive_gb : 0};
    TRY(space_carried_end(tx, order.id, &carried));
    TRY(plan_change_less_space(tx, mem, brand, &order, &SYSTEM, &m, &then, &quota_mb));
    TRY(mailbox_set_space(tx, m.id, then.extra_gb, then.extra_archive_gb, quota_mb));
    TRY(mailhost_changed(tx, brand, m.id));
    TRY(autorenew_space(tx, mem, brand, &m, &then));
    return space_note(tx, &order, &m, "mailbox.space_ended", &then, &SYSTEM);
}

enum outcome spaces_end(struct db_tx *tx, void *mem, const struct brands *brands, int limit, int *ended)
{
    struct space_kept *over;
    size_t count;

    TRY(spaces_unpaid(tx, mem, db_today(tx), limit, &over, &count));
    for (size_t i = 0; i < count; i++)
        TRY(end_one(tx, mem, brands, &over[i]));
    *ended = (int)count;
    return DONE;
}
