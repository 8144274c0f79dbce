#include "shop/cart.h"
#include "base/i18n.h"
#include "shop/lookup.h"
#include "shop/present.h"
#include <talloc.h>

static struct order_line *add_line(void *mem, const struct mailbox *mailbox, const struct quote *quote,
                                   enum order_line_kind kind, struct order_line **lines, size_t *count)
{
    struct order_line *line;

    *lines = talloc_realloc(mem, *lines, struct order_line, (unsigned)(*count + 1));
    line = &(*lines)[(*count)++];
    *line = (struct order_line){.line = (int64_t)*count,
                                .kind = (char *)order_line_kind_name(kind),
                                .mailbox_id = mailbox->id,
                                .address = mailbox->address,
                                .quantity = 1,
                                .plan = (char *)quote->plan->id,
                                .old_plan = mailbox->plan,
                                .old_extra_gb = mailbox->extra_gb,
                                .old_extra_archive_gb = mailbox->extra_archive_gb,
                                .extra_gb = quote->choice.extra_gb,
                                .extra_archive_gb = quote->choice.extra_archive_gb,
                                .from = day_plus(mailbox->term.ends_on, 1),
                                .to = quote->renewed.ends_on,
                                .old_expires_on = mailbox->term.ends_on,
                                .new_expires_on = quote->renewed.ends_on};
    return line;
}

/* What is due for the months already paid for, since it works at once (§3.7). */
static void add_residue(void *mem, const struct mailbox *mailbox, const struct quote *quote, enum order_line_kind kind,
                        struct money net, char *description, struct day today, struct order_line **lines, size_t *count)
{
    struct order_line *l;

    if (net.cents == 0)
        return;
    l = add_line(mem, mailbox, quote, kind, lines, count);
    l->unit = l->net = net;
    l->description = description;
    l->from = today;
    l->to = mailbox->term.ends_on;
}

/* The price of all of it was within bounds, so that of a part is. */
static void add_space(void *mem, const struct mailbox *mailbox, const struct quote *quote, int64_t gb,
                      char *description, struct order_line **lines, size_t *count)
{
    struct order_line *l;

    if (gb == 0)
        return;
    l = add_line(mem, mailbox, quote, LINE_SPACE, lines, count);
    l->quantity = quote->choice.years * gb;
    l->unit = quote->priced.extra_gb_year;
    l->net = money(l->unit.cents * l->quantity);
    l->description = description;
}

static char *upgrade_words(void *mem, const char *language, const char *plan, int months)
{
    if (months == 1)
        return talloc_asprintf(mem, i18n(language, N_("Passaggio a %s per 1 mese fino alla scadenza attuale")), plan);
    return talloc_asprintf(mem, i18n(language, N_("Passaggio a %s per %d mesi fino alla scadenza attuale")), plan,
                           months);
}

static char *space_words(void *mem, const char *language, int months)
{
    if (months == 1)
        return talloc_strdup(mem, i18n(language, N_("Spazio aggiuntivo per 1 mese fino alla scadenza attuale")));
    return talloc_asprintf(mem, i18n(language, N_("Spazio aggiuntivo per %d mesi fino alla scadenza attuale")), months);
}

void quote_lines(void *mem, const char *language, const struct mailbox *mailbox, const struct quote *quote,
                 struct day today, struct order_line **lines, size_t *count)
{
    struct order_line *l = add_line(mem, mailbox, quote, LINE_RENEWAL, lines, count);
    int64_t gb = quote->choice.extra_gb, archive_gb = quote->choice.extra_archive_gb;
    int months = quote->price.residue_months;

    l->quantity = l->years = quote->choice.years;
    l->unit = quote->priced.year;
    l->net = quote->price.term;
    l->description = present_renewal(mem, language, quote->plan->name, quote->choice.years);
    if (quote->convention) { /* a price for the whole term */
        l->quantity = 1;
        l->unit = l->net;
    }
    add_space(mem, mailbox, quote, gb, talloc_asprintf(mem, i18n(language, N_("Spazio aggiuntivo %d GB")), (int)gb),
              lines, count);
    add_space(mem, mailbox, quote, archive_gb,
              talloc_asprintf(mem, i18n(language, N_("Archivio aggiuntivo %d GB")), (int)archive_gb), lines, count);
    add_residue(mem, mailbox, quote, LINE_UPGRADE_RESIDUE, quote->price.upgrade_residue,
                upgrade_words(mem, language, quote->plan->name, months), today, lines, count);
    add_residue(mem, mailbox, quote, LINE_SPACE_RESIDUE, quote->price.space_residue, space_words(mem, language, months),
                today, lines, count);
    if (quote->price.late_fee.cents) {
        l = add_line(mem, mailbox, quote, LINE_LATE_FEE, lines, count);
        l->unit = l->net = quote->price.late_fee;
        l->description = talloc_strdup(mem, i18n(language, N_("Maggiorazione per il rinnovo dopo la scadenza")));
    }
}

enum outcome lines_total(const struct brand *brand, const struct order_line *lines, size_t count, struct day tax_point,
                         struct total *total, struct problem *why)
{
    struct money net = money(0);

    for (size_t i = 0; i < count; i++)
        if (money_add(net, lines[i].net, &net) != DONE)
            return problem_set(why, PROBLEM_MONEY_OVERFLOW, "lines", "%s", "");
    return price_total(net, brand_vat_rate_bp(brand, tax_point), total, why);
}

/* Where no years are chosen: the fewest that can be had with the rest of the choice. */
static enum outcome quote_item(const struct brand *brand, struct cart_item *item, struct day today, struct quote *quote)
{
    struct renewal_choice *c = &item->choice;
    struct quote options[QUOTE_OPTIONS];

    if (c->years == YEARS_SHORTEST) {
        if (quote_options_of(brand, &item->mailbox, c, today, options)) {
            *quote = options[0];
            return DONE;
        }
        c->years = renewal_years(brand, &item->mailbox, today).least;
    }
    return quote_renewal(brand, &item->mailbox, c, today, quote, &item->why);
}

static enum outcome load_item(struct db_tx *tx, void *mem, const struct brand *brand, struct principal who,
                              const char *language, const struct cart_line *line, struct cart *cart)
{
    struct cart_item *item = &cart->items[cart->count];
    struct day today = db_today(tx);
    struct quote quote;
    bool may, automatic;
    enum outcome o;

    *item = (struct cart_item){.choice = {.years = line->years,
                                          .extra_gb = line->extra_gb,
                                          .plan = line->plan,
                                          .archive_chosen = line->extra_archive_gb != EXTRA_GB_AS_HELD,
                                          .extra_archive_gb = line->extra_archive_gb,
                                          .consent = line->consent}};
    TRY(mailbox_by_id(tx, mem, line->mailbox_id, &item->mailbox));
    TRY(may_renew(tx, who, &item->mailbox, &may));
    if (!may)
        return DONE;
    cart->count++;
    item->choice.with_domain = line->with_domain && item->mailbox.domain[0];
    o = renewal_possible(tx, mem, brand, &item->mailbox, today, &item->why);
    if (o == REFUSED && item->why.code == PROBLEM_OWN_DOMAIN && item->choice.with_domain)
        o = DONE;
    automatic = o == REFUSED && item->why.code == PROBLEM_AUTO_RENEWAL_ON;
    if (o == DONE || automatic)
        o = quote_item(brand, item, today, &quote);
    if (o == DONE && automatic && !quote.changes) /* A11 */
        o = problem_set(&item->why, PROBLEM_AUTO_RENEWAL_ON, "mailbox", "%s", "");
    item->refused = o == REFUSED;
    if (o == DONE) {
        item->choice = quote.choice;
        quote_lines(mem, language, &item->mailbox, &quote, today, &cart->lines, &cart->line_count);
    }
    return o == REFUSED ? DONE : o;
}

enum outcome cart_price(struct db_tx *tx, void *mem, const struct brand *brand, struct principal who,
                        const char *language, const struct cart_line *lines, size_t count, struct cart *cart)
{
    *cart = (struct cart){.items = talloc_zero_array(mem, struct cart_item, (unsigned)count + 1)};
    for (size_t i = 0; i < count; i++)
        TRY(load_item(tx, mem, brand, who, language, &lines[i], cart));
    return lines_total(brand, cart->lines, cart->line_count, db_today(tx), &cart->total, NULL);
}

enum outcome cart_load(struct db_tx *tx, void *mem, const struct brand *brand, struct principal who,
                       const char *language, struct cart *cart)
{
    char owner[PRINCIPAL_TEXT];
    struct cart_line *lines;
    size_t count;

    *cart = (struct cart){0};
    TRY(cart_lines(tx, mem, principal_text(who, owner), &lines, &count));
    for (size_t i = 0; i < count; i++)
        lines[i].with_domain = true; /* the domain's page alone puts them there; place_order asks whether all are */
    return cart_price(tx, mem, brand, who, language, lines, count, cart);
}
