#include "shop/extra_space.h"
#include "base/i18n.h"
#include "shop/place_parts.h"
#include "store/space.h"
#include <inttypes.h>
#include <string.h>
#include <talloc.h>

/* ---- What it costs ---- */

/* A GB costs what the convention says, or else the plan; 0: none is sold. */
static enum outcome price_plan(const struct brand *brand, const struct mailbox *m, struct day today,
                               const struct brand_plan **plan, struct plan *priced, struct problem *why)
{
    const struct brand_convention *c = convention_of(brand, m, today);
    struct money agreed = c ? convention_price_on(c, today)->extra_gb_year : money(0);

    *plan = brand_plan_by_id(brand, m->plan);
    if (!*plan || brand_plan_on(*plan, today, priced, NULL) != DONE)
        return problem_set(why, PROBLEM_SPACE_NOT_HERE, "mailbox", "%s", "");
    if (agreed.cents)
        priced->extra_gb_year = agreed;
    else if (!brand->extra_space)
        priced->extra_gb_year = money(0);
    return DONE;
}

static int most_archive_gb(const struct plan *plan)
{
    return plan->archive_gb ? plan->max_extra_archive_gb : 0;
}

enum outcome space_eligible(const struct brand *brand, const struct mailbox *m, struct day today, struct problem *why)
{
    const struct brand_convention *c = convention_of(brand, m, today);
    const struct brand_plan *plan;
    struct plan priced;

    if (strcmp(m->status, mailbox_status_name(MAILBOX_LIVE)) != 0)
        return problem_set(why, PROBLEM_SPACE_NOT_HERE, "mailbox", "%s", "");
    if (c && c->body_pays && c->body_pays_extras)
        return problem_set(why, PROBLEM_CONVENTION_PAYS, "mailbox", "%s", c->body);
    TRY(price_plan(brand, m, today, &plan, &priced, why));
    if (!priced.extra_gb_year.cents || plan->own_domain || (m->domain && m->domain[0]) ||
        (!priced.max_extra_gb && !most_archive_gb(&priced)))
        return problem_set(why, PROBLEM_SPACE_NOT_HERE, "mailbox", "%s", "");
    if (day_before(m->term.ends_on, today))
        return problem_set(why, PROBLEM_SPACE_EXPIRED, "mailbox", "%s", "");
    if (m->extra_gb >= priced.max_extra_gb && m->extra_archive_gb >= most_archive_gb(&priced))
        return problem_set(why, PROBLEM_EXTRA_GB, "extra_gb", "%d", priced.max_extra_gb);
    return DONE;
}

enum outcome space_possible(struct db_tx *tx, void *mem, const struct brand *brand, const struct mailbox *m,
                            struct day today, struct problem *why)
{
    int64_t id = m->open_order_id ? m->open_order_id : m->space_order_id;
    struct order open;

    TRY(space_eligible(brand, m, today, why));
    if (!id)
        return DONE;
    TRY(order_by_id(tx, mem, id, &open));
    return order_is_bulk(&open) ? problem_set(why, PROBLEM_SPACE_LATER, "mailbox", "%s", "")
                                : problem_set(why, PROBLEM_OPEN_ORDER, "mailbox", "%s", open.code);
}

/* *added is how much more than there is. */
static enum outcome check_gb(const char *field, int64_t held, int64_t *wanted, int most, int64_t *added,
                             struct problem *why)
{
    if (*wanted == EXTRA_GB_AS_HELD)
        *wanted = held;
    *added = *wanted - held;
    return *wanted < held || (*added && *wanted > most) ? problem_set(why, PROBLEM_EXTRA_GB, field, "%d", most) : DONE;
}

enum outcome quote_space(const struct brand *brand, const struct mailbox *m, const struct space *wanted,
                         struct day today, struct space_quote *q, struct problem *why)
{
    int64_t added, added_archive;

    *q = (struct space_quote){.wanted = *wanted};
    TRY(space_eligible(brand, m, today, why));
    TRY(price_plan(brand, m, today, &q->plan, &q->priced, why));
    TRY(check_gb("extra_gb", m->extra_gb, &q->wanted.extra_gb, q->priced.max_extra_gb, &added, why));
    TRY(check_gb("extra_archive_gb", m->extra_archive_gb, &q->wanted.extra_archive_gb, most_archive_gb(&q->priced),
                 &added_archive, why));
    q->added_gb = added + added_archive;
    if (!q->added_gb)
        return problem_set(why, PROBLEM_REQUIRED, "extra_gb", "%s", "");
    TRY(price_space(&q->priced, q->added_gb, today, m->term.ends_on, &q->price, why));
    TRY(price_total(q->price.year, brand_vat_rate_bp(brand, today), &q->year, why));
    return price_total(q->price.net, brand_vat_rate_bp(brand, today), &q->total, why);
}

static char *describe(void *mem, const char *language, const struct mailbox *m, const struct space_quote *q)
{
    int gb = (int)(q->wanted.extra_gb - m->extra_gb), archive = (int)(q->wanted.extra_archive_gb - m->extra_archive_gb);
    char until[DAY_TEXT];

    day_italian(m->term.ends_on, until);
    if (!archive)
        return talloc_asprintf(mem, i18n(language, N_("Spazio aggiuntivo %d GB fino al %s")), gb, until);
    if (!gb)
        return talloc_asprintf(mem, i18n(language, N_("Archivio aggiuntivo %d GB fino al %s")), archive, until);
    return talloc_asprintf(mem, i18n(language, N_("Spazio aggiuntivo %d GB e archivio %d GB fino al %s")), gb, archive,
                           until);
}

struct order_line *space_line(void *mem, const char *language, const struct mailbox *m, const struct space_quote *q,
                              struct day today)
{
    struct order_line *line = talloc_zero(mem, struct order_line);

    *line = (struct order_line){.line = 1,
                                .kind = (char *)order_line_kind_name(LINE_EXTRA_SPACE),
                                .mailbox_id = m->id,
                                .address = m->address,
                                .description = describe(mem, language, m, q),
                                .quantity = 1,
                                .unit = q->total.net,
                                .net = q->total.net,
                                .plan = (char *)q->plan->id,
                                .extra_gb = q->wanted.extra_gb,
                                .extra_archive_gb = q->wanted.extra_archive_gb,
                                .old_plan = m->plan,
                                .old_extra_gb = m->extra_gb,
                                .old_extra_archive_gb = m->extra_archive_gb,
                                .from = today,
                                .to = m->term.ends_on,
                                .old_expires_on = m->term.ends_on};
    return line;
}

/* ---- The order ---- */

/* Who found a mailbox by its pair may renew it, and no more. Somebody else's reads like one that does not exist. */
static enum outcome find_mailbox(struct db_tx *tx, void *mem, const struct order_request *r, struct mailbox *m,
                                 struct problem *why)
{
    enum outcome o = r->line_count == 1 ? mailbox_by_address(tx, mem, r->lines[0].address, m) : REFUSED;
    bool customer = r->who.account_id || r->who.mailbox_id;

    if (o != DONE && o != REFUSED)
        return o;
    if (o == REFUSED || strcmp(m->brand, r->brand->id) != 0 || (customer && !principal_sees(r->who, m)))
        return problem_set(why, PROBLEM_MAILBOX_UNKNOWN, "mailbox", "%s", "");
    return DONE;
}

static enum outcome check_billing(void *mem, const struct order_request *r, const struct mailbox *m,
                                  struct billing *billing, struct problem *why)
{
    struct problems faults = {0};

    *billing = r->billing.name && r->billing.name[0] ? r->billing : m->holder;
    if (billing_check(mem, billing, &faults) == DONE)
        return DONE;
    return problem_set(why, faults.item[0].code, faults.item[0].field, "%s", faults.item[0].detail);
}

enum outcome place_space(struct db_tx *tx, void *mem, const struct order_request *r, struct placed_order *placed,
                         struct problem *why)
{
    struct day today = db_today(tx);
    struct order *o = &placed->order;
    struct space_quote quote;
    struct mailbox m;
    struct space wanted;
    enum outcome outcome;
    bool claimed;

    *placed = (struct placed_order){0};
    outcome = place_found(tx, mem, r, placed, why);
    if (outcome != REFUSED || placed->found)
        return outcome;
    TRY(place_check_method(r, why));
    TRY(place_check_terms(tx, r, why));
    TRY(find_mailbox(tx, mem, r, &m, why));
    TRY(space_possible(tx, mem, r->brand, &m, today, why));
    wanted = (struct space){r->lines[0].choice.extra_gb,
                            r->lines[0].choice.archive_chosen ? r->lines[0].choice.extra_archive_gb : EXTRA_GB_AS_HELD};
    TRY(quote_space(r->brand, &m, &wanted, today, &quote, why));
    TRY(place_check_total(r, &quote.total, why));
    o->kind = (char *)ORDER_SPACE;
    o->mailbox_id = m.id;
    TRY(check_billing(mem, r, &m, &o->billing, why));
    TRY(place_begin(tx, mem, r, &quote.total, o));
    o->lapses_on = day_earlier(o->lapses_on, m.term.ends_on);
    placed->lines = space_line(mem, r->language, &m, &quote, today);
    placed->line_count = 1;
    TRY(place_write(tx, r, placed));
    TRY(space_claim(tx, m.id, o->id, &claimed));
    return claimed ? DONE : BUSY;
}
