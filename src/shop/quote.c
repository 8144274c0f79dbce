#include "shop/quote.h"
#include "store/order.h"
#include <string.h>

const struct brand_convention *convention_of(const struct brand *brand, const struct mailbox *mailbox, struct day today)
{
    const struct brand_convention *c =
        mailbox->convention && mailbox->convention[0] ? brand_convention_by_id(brand, mailbox->convention) : NULL;
    const struct brand_plan *held = brand_plan_by_id(brand, mailbox->plan);

    if (!c || !convention_price_on(c, today) || (held && held->rank > c->plan->rank))
        return NULL;
    return c;
}

struct renewal_years renewal_years(const struct brand *brand, const struct mailbox *mailbox, struct day today)
{
    const struct brand_convention *c = convention_of(brand, mailbox, today);

    return c ? (struct renewal_years){c->years, c->years}
             : (struct renewal_years){brand->renewal.min_years, brand->renewal.max_years};
}

enum outcome renewal_eligible(const struct brand *brand, const struct mailbox *mailbox, struct day today,
                              struct problem *why)
{
    struct renewal_policy policy = brand_renewal(brand, mailbox->domain && mailbox->domain[0]);
    const struct brand_convention *convention;
    char held[DAY_TEXT];

    if (strcmp(mailbox->status, mailbox_status_name(MAILBOX_LIVE)) != 0)
        return problem_set(why, PROBLEM_NOT_RENEWABLE, "mailbox", "%s", "");
    if (!day_before(mailbox->renewal_held_until, today))
        return problem_set(why, PROBLEM_RENEWAL_HELD, "mailbox", "%s", day_italian(mailbox->renewal_held_until, held));
    convention = convention_of(brand, mailbox, today);
    if (convention && convention->body_pays)
        return problem_set(why, PROBLEM_CONVENTION_PAYS, "mailbox", "%s", convention->body);
    if (mailbox->open_order_id)
        return problem_set(why, PROBLEM_OPEN_ORDER, "mailbox", "%s", "");
    if (mailbox->auto_renew && brand->autorenew.blocks_manual)
        return problem_set(why, PROBLEM_AUTO_RENEWAL_ON, "mailbox", "%s", "");
    TRY(renewal_window_check(mailbox->term.ends_on, today, &policy, why));
    if (brand->domains.on && mailbox->domain &&
        mailbox->domain[0]) /* last: it stands in nobody's way who renews the domain */
        return problem_set(why, PROBLEM_OWN_DOMAIN, "mailbox", "%s", mailbox->domain);
    return DONE;
}

enum outcome renewal_possible(struct db_tx *tx, void *mem, const struct brand *brand, const struct mailbox *mailbox,
                              struct day today, struct problem *why)
{
    enum outcome o = renewal_eligible(brand, mailbox, today, why);
    struct order open;

    if (o != REFUSED || !why || why->code != PROBLEM_OPEN_ORDER)
        return o;
    TRY(order_by_id(tx, mem, mailbox->open_order_id, &open));
    if (order_is_bulk(&open)) /* nothing that its holder could see, pay or cancel */
        return problem_set(why, PROBLEM_OPEN_ORDER_ELSEWHERE, "mailbox", "%s", brand->support_email);
    return problem_set(why, PROBLEM_OPEN_ORDER, "mailbox", "%s", open.code);
}

static enum outcome plan_on(const struct brand *brand, const char *id, struct day on, const struct brand_plan **plan,
                            struct plan *priced, struct problem *why)
{
    *plan = brand_plan_by_id(brand, id);
    if (!*plan)
        return problem_set(why, PROBLEM_PLAN, "plan", "%s", "");
    return brand_plan_on(*plan, on, priced, why);
}

/* P12, P28, P44: which plans lead where. */
static enum outcome check_change(const struct brand *brand, const struct brand_plan *held, const struct brand_plan *to,
                                 struct day today, struct problem *why)
{
    if (to == held)
        return DONE;
    if (brand->change_type == CHANGE_NONE || held->own_domain || to->own_domain || brand_sale_on(to, today).max_years ||
        !brand_plan_sold(to, today))
        return problem_set(why, PROBLEM_PLAN, "plan", "%s", "");
    return DONE;
}

/* What of the choice was left open: as it is, and nothing of an archive that there will not be. */
static void fill_choice(const struct mailbox *mailbox, struct quote *quote)
{
    struct renewal_choice *c = &quote->choice;

    if (c->extra_gb == EXTRA_GB_AS_HELD)
        c->extra_gb = mailbox->extra_gb;
    if (!c->archive_chosen)
        c->extra_archive_gb = quote->priced.archive_gb ? mailbox->extra_archive_gb : 0;
    c->archive_chosen = true;
}

static enum outcome check_space(const struct brand *brand, const struct mailbox *mailbox, const struct quote *quote,
                                struct problem *why)
{
    if (brand->extra_space)
        return DONE;
    if (quote->choice.extra_gb != mailbox->extra_gb)
        return problem_set(why, PROBLEM_EXTRA_GB, "extra_gb", "%d", 0);
    if (quote->choice.extra_archive_gb && quote->choice.extra_archive_gb != mailbox->extra_archive_gb)
        return problem_set(why, PROBLEM_EXTRA_GB, "extra_archive_gb", "%d", 0);
    return DONE;
}

/* What is in use must fit into what there will be (§3.7). */
static enum outcome check_fit(const struct mailbox *mailbox, const struct plan *from, struct quote *quote,
                              struct problem *why)
{
    return plan_change_check(&(struct plan_change){.from = from,
                                                   .to = &quote->priced,
                                                   .held = {mailbox->extra_gb, mailbox->extra_archive_gb},
                                                   .wanted = {quote->choice.extra_gb, quote->choice.extra_archive_gb},
                                                   .used = mailbox_used(mailbox)},
                             &quote->verdict, why);
}

static enum outcome price_choice(const struct brand *brand, const struct mailbox *mailbox, const struct plan *from,
                                 struct day today, struct quote *quote, struct problem *why)
{
    const struct renewal_choice *c = &quote->choice;

    TRY(price_renewal(
        &(struct renewal_request){.from = from,
                                  .to = &quote->priced,
                                  .years = c->years,
                                  .extra_gb_before = mailbox->extra_gb,
                                  .extra_gb = c->extra_gb,
                                  .extra_archive_gb_before = mailbox->extra_archive_gb,
                                  .extra_archive_gb = c->extra_archive_gb,
                                  .may_lower = brand->change_type == CHANGE_UP_AND_DOWN,
                                  .today = today,
                                  .ends_on = mailbox->term.ends_on,
                                  .late_fee = late_fee_on(&brand->late_fee, mailbox->term.ends_on, today)},
        &quote->price, why));
    TRY(check_fit(mailbox, from, quote, why));
    return price_total(quote->price.net, brand_vat_rate_bp(brand, today), &quote->total, why);
}

/* A convention's own product, term and price; of the choice only space is free, at the convention's price or else the
 * plan's. */
static enum outcome quote_convention(const struct brand *brand, const struct brand_convention *c,
                                     const struct mailbox *mailbox, struct day today, struct quote *quote,
                                     struct problem *why)
{
    const struct convention_price *price = convention_price_on(c, today);
    struct renewal_policy policy = brand->renewal;
    struct plan *priced = &quote->priced, from;
    const struct brand_plan *held;

    if (strcmp(quote->choice.plan, mailbox->plan) != 0 && strcmp(quote->choice.plan, c->plan->id) != 0)
        return problem_set(why, PROBLEM_PLAN, "plan", "%s", "");
    quote->convention = c;
    quote->choice.plan = c->plan->id;
    TRY(plan_on(brand, c->plan->id, today, &quote->plan, priced, why));
    priced->year = money(0); /* the term has a price of its own */
    if (price->extra_gb_year.cents)
        priced->extra_gb_year = price->extra_gb_year;
    fill_choice(mailbox, quote);
    if (!price->extra_gb_year.cents)
        TRY(check_space(brand, mailbox, quote, why));
    policy.min_years = policy.max_years = c->years;
    TRY(term_renew(mailbox->term, quote->choice.years, today, &policy, &quote->renewed, why));
    TRY(price_renewal(&(struct renewal_request){.from = priced,
                                                .to = priced,
                                                .years = c->years,
                                                .extra_gb_before = mailbox->extra_gb,
                                                .extra_gb = quote->choice.extra_gb,
                                                .extra_archive_gb_before = mailbox->extra_archive_gb,
                                                .extra_archive_gb = quote->choice.extra_archive_gb,
                                                .may_lower = brand->change_type == CHANGE_UP_AND_DOWN,
                                                .today = today,
                                                .ends_on = mailbox->term.ends_on},
                      &quote->price, why));
    if (plan_on(brand, mailbox->plan, today, &held, &from, NULL) != DONE)
        from = *priced; /* a plan that is no more is no more than this */
    quote->changes = strcmp(mailbox->plan, c->plan->id) != 0;
    TRY(check_fit(mailbox, &from, quote, why));
    quote->price.term = price->term;
    if (money_add(quote->price.net, price->term, &quote->price.net) != DONE)
        return problem_set(why, PROBLEM_MONEY_OVERFLOW, "", "%s", "");
    return price_total(quote->price.net, brand_vat_rate_bp(brand, today), &quote->total, why);
}

enum outcome quote_renewal(const struct brand *brand, const struct mailbox *mailbox,
                           const struct renewal_choice *choice, struct day today, struct quote *quote,
                           struct problem *why)
{
    struct renewal_policy policy = brand_renewal(brand, mailbox->domain && mailbox->domain[0]);
    const struct brand_convention *convention = convention_of(brand, mailbox, today);
    const struct brand_plan *held;
    struct plan from;
    int most;

    quote->choice = *choice;
    quote->convention = NULL;
    if (!choice->plan || !choice->plan[0])
        quote->choice.plan = mailbox->plan;
    if (convention)
        return quote_convention(brand, convention, mailbox, today, quote, why);
    TRY(plan_on(brand, mailbox->plan, today, &held, &from, why));
    TRY(plan_on(brand, quote->choice.plan, today, &quote->plan, &quote->priced, why));
    fill_choice(mailbox, quote);
    quote->changes = quote->plan != held;
    TRY(check_change(brand, held, quote->plan, today, why));
    TRY(check_space(brand, mailbox, quote, why));
    most = brand_sale_on(quote->plan, today).max_years;
    if (most && most < policy.max_years)
        policy.max_years = most;
    TRY(term_renew(mailbox->term, choice->years, today, &policy, &quote->renewed, why));
    return price_choice(brand, mailbox, quote->changes ? &from : &quote->priced, today, quote, why);
}

enum outcome quote_possible(struct db_tx *tx, void *mem, const struct brand *brand, const struct mailbox *mailbox,
                            const struct renewal_choice *choice, struct day today, struct quote *quote,
                            struct problem *why)
{
    struct problem first = {0};
    enum outcome o = renewal_possible(tx, mem, brand, mailbox, today, &first);

    if (o == REFUSED && first.code == PROBLEM_OWN_DOMAIN && choice->with_domain)
        o = DONE;
    if (o != DONE && (o != REFUSED || first.code != PROBLEM_AUTO_RENEWAL_ON)) {
        if (why)
            *why = first;
        return o;
    }
    TRY(quote_renewal(brand, mailbox, choice, today, quote, why));
    if (o == REFUSED && !quote->changes)
        return problem_set(why, PROBLEM_AUTO_RENEWAL_ON, "mailbox", "%s", "");
    return DONE;
}

size_t quote_options_of(const struct brand *brand, const struct mailbox *mailbox, const struct renewal_choice *wanted,
                        struct day today, struct quote options[QUOTE_OPTIONS])
{
    struct renewal_years sold = renewal_years(brand, mailbox, today);
    size_t count = 0;

    for (int years = sold.least; years <= sold.most && count < QUOTE_OPTIONS; years++) {
        struct renewal_choice choice = *wanted;

        choice.years = years;
        if (quote_renewal(brand, mailbox, &choice, today, &options[count], NULL) == DONE)
            count++;
    }
    return count;
}

size_t quote_options(const struct brand *brand, const struct mailbox *mailbox, const char *plan, int64_t extra_gb,
                     struct day today, struct quote options[QUOTE_OPTIONS])
{
    return quote_options_of(brand, mailbox, &(struct renewal_choice){.plan = plan, .extra_gb = extra_gb}, today,
                            options);
}

bool quote_shortest(const struct brand *brand, const struct mailbox *mailbox, struct day today, struct quote *quote)
{
    struct renewal_years sold = renewal_years(brand, mailbox, today);

    for (int years = sold.least; years <= sold.most; years++) {
        struct renewal_choice choice = {.years = years, .extra_gb = EXTRA_GB_AS_HELD};

        if (quote_renewal(brand, mailbox, &choice, today, quote, NULL) == DONE)
            return true;
    }
    return false;
}

int elapsed_days(const struct mailbox *mailbox, struct day today)
{
    int gone = today.n - mailbox->term.ends_on.n;

    return gone > 0 ? gone : 0;
}
