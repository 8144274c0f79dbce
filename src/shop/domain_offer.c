#include "shop/domain_offer.h"
#include "shop/cart.h"
#include "shop/place_order.h"
#include <string.h>
#include <talloc.h>

/* Whether all of it may be renewed now. */
static enum outcome find_obstacle(struct db_tx *tx, void *mem, const struct brand *brand, struct domain_offer *offer)
{
    struct problem why = {0};

    offer->why = (struct problem){0};
    if (offer->seen < offer->count)
        return problem_set(&offer->why, PROBLEM_DOMAIN_SHARED, "domain", "%s", offer->domain.name);
    if (offer->count > ORDER_MAILBOXES)
        return problem_set(&offer->why, PROBLEM_DOMAIN_LARGE, "domain", "%d", ORDER_MAILBOXES);
    for (size_t i = 0; i < offer->count; i++) {
        enum outcome o = renewal_possible(tx, mem, brand, &offer->mailboxes[i], db_today(tx), &why);

        if (o == REFUSED && why.code != PROBLEM_OWN_DOMAIN) {
            offer->why = why;
            return REFUSED;
        }
        if (o != REFUSED)
            TRY(o);
    }
    return DONE;
}

/* REFUSED: not for all of them, not to the same day. */
static enum outcome price_term(void *mem, const struct brand *brand, const struct domain_offer *offer, int64_t years,
                               struct day today, struct domain_term *term, struct problem *why)
{
    struct renewal_choice choice = {.years = years, .extra_gb = EXTRA_GB_AS_HELD, .with_domain = true};
    struct order_line *lines = NULL;
    size_t count = 0;

    for (size_t i = 0; i < offer->count; i++) {
        const struct mailbox *m = &offer->mailboxes[i];
        struct quote quote;

        TRY(quote_renewal(brand, m, &choice, today, &quote, why));
        if (i && !day_same(quote.renewed.ends_on, term->ends_on))
            return problem_set(why, PROBLEM_DOMAIN_EXPIRY, "domain", "%s", offer->domain.name);
        *term = (struct domain_term){.years = years, .ends_on = quote.renewed.ends_on};
        quote_lines(mem, "it", m, &quote, today, &lines, &count);
    }
    return lines_total(brand, lines, count, today, &term->total, why);
}

static void price_terms(void *mem, const struct brand *brand, struct domain_offer *offer, struct day today)
{
    struct renewal_years sold = renewal_years(brand, &offer->mailboxes[0], today);

    for (int years = sold.least; years <= sold.most && offer->term_count < QUOTE_OPTIONS; years++) {
        struct problem why = {0};

        if (price_term(mem, brand, offer, years, today, &offer->terms[offer->term_count], &why) == DONE)
            offer->term_count++;
        else if (offer->term_count == 0)
            offer->why = why;
    }
    if (offer->term_count)
        offer->why = (struct problem){0};
}

enum outcome domain_offer(struct db_tx *tx, void *mem, const struct brand *brand, struct principal who,
                          const char *name, struct domain_offer *offer, struct problem *why)
{
    enum outcome o = brand->domains.on ? domain_by_name(tx, mem, brand->id, name, &offer->domain) : REFUSED;

    if (o == REFUSED)
        return problem_set(why, PROBLEM_NOT_FOUND, "", "%s", "");
    TRY(o);
    offer->seen = offer->term_count = 0;
    TRY(domain_mailboxes(tx, mem, brand->id, name, &offer->mailboxes, &offer->count));
    for (size_t i = 0; i < offer->count; i++)
        offer->seen += principal_sees(who, &offer->mailboxes[i]);
    if (!offer->seen)
        return problem_set(why, PROBLEM_NOT_FOUND, "", "%s", "");
    o = find_obstacle(tx, mem, brand, offer);
    if (o == DONE)
        price_terms(mem, brand, offer, db_today(tx));
    return o == REFUSED ? DONE : o;
}

enum outcome domain_choose(struct db_tx *tx, void *mem, const struct brand *brand, struct principal who,
                           const char *name, int64_t years, struct problem *why)
{
    struct domain_offer offer;
    char owner[PRINCIPAL_TEXT];
    bool sold = false;

    TRY(domain_offer(tx, mem, brand, who, name, &offer, why));
    if (offer.why.code != PROBLEM_NONE) {
        *why = offer.why;
        return REFUSED;
    }
    for (size_t i = 0; i < offer.term_count; i++)
        sold |= offer.terms[i].years == years;
    if (!sold)
        return problem_set(why, PROBLEM_YEARS, "years", "%s", "");
    for (size_t i = 0; i < offer.count; i++)
        TRY(cart_put(tx, principal_text(who, owner),
                     &(struct cart_line){.mailbox_id = offer.mailboxes[i].id,
                                         .years = years,
                                         .plan = offer.mailboxes[i].plan,
                                         .extra_gb = offer.mailboxes[i].extra_gb,
                                         .extra_archive_gb = EXTRA_GB_AS_HELD}));
    return DONE;
}
