/* rules/sale.c: who pays which VAT, to whom. */
#include "rules/sale.h"
#include "base/text.h"

#define STAMP_DUTY 200

static const struct sale_rule RULES[] = {
    {SALE_TO_UNION, "N2.1", "Inversione contabile, art. 7-ter D.P.R. 633/1972"},
    {SALE_TO_WORLD, "N2.1", "Operazione non soggetta, art. 7-ter D.P.R. 633/1972"},
};
const struct sale_policy SALE_POLICY = {RULES, count_of(RULES)};

static bool is_one_of(const char *text, const char *const *all, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (text_same(text, all[i]))
            return true;
    return false;
}

enum outcome sale_customer_of(const char *name, enum sale_customer *customer)
{
    static const char *const NAMES[SALE_CUSTOMERS] = {"union", "world", "all"};

    for (int i = 0; i < SALE_CUSTOMERS; i++)
        if (text_same(name, NAMES[i])) {
            *customer = (enum sale_customer)i;
            return DONE;
        }
    return REFUSED;
}

bool sale_nature_valid(const char *nature)
{
    static const char *const NATURES[] = {"N1",   "N2.1", "N2.2", "N3.1", "N3.2", "N3.3", "N3.4",
                                          "N3.5", "N3.6", "N4",   "N5",   "N6.1", "N6.2", "N6.3",
                                          "N6.4", "N6.5", "N6.6", "N6.7", "N6.8", "N6.9", "N7"};

    return is_one_of(nature, NATURES, count_of(NATURES));
}

bool split_payment_on(struct day tax_point)
{
    return !day_before(tax_point, day_of(2015, 1, 1)) && !day_before(day_of(2026, 6, 30), tax_point);
}

static bool fits(enum sale_customer customer, enum billing_place place, bool consumer)
{
    switch (customer) {
    case SALE_TO_UNION:
        return place == BILLING_UNION && !consumer;
    case SALE_TO_WORLD:
        return place == BILLING_WORLD && !consumer;
    case SALE_TO_ALL:
        return true;
    case SALE_CUSTOMERS:
        break;
    }
    return false;
}

struct sale sale_on(const char *nature, const char *law, const struct billing *customer, struct day tax_point)
{
    bool taxed = text_is_blank(nature);

    return (struct sale){.nature = taxed ? "" : nature,
                         .law = taxed || !law ? "" : law,
                         .split = taxed && split_payment_on(tax_point) && billing_splits_vat(customer)};
}

struct sale sale_to(const struct sale_policy *policy, const struct billing *customer, struct day tax_point)
{
    enum billing_place place = billing_place(customer);
    bool consumer = holder_is_consumer((enum holder_kind)customer->kind);

    for (size_t i = 0; i < policy->count; i++)
        if (fits(policy->rules[i].customer, place, consumer))
            return sale_on(policy->rules[i].nature, policy->rules[i].law, customer, tax_point);
    return sale_on("", "", customer, tax_point);
}

enum outcome sale_total(struct money net, const struct sale *sale, struct day tax_point, struct total *total,
                        struct problem *why)
{
    TRY(price_total(net, sale->nature[0] ? 0 : vat_rate_bp(tax_point), total, why));
    if (sale->split)
        total->due = total->net;
    return DONE;
}

struct money sale_stamp(const char *nature, struct money net)
{
    static const char *const STAMPED[] = {"N2.1", "N2.2", "N3.5", "N3.6", "N4"};

    return money(is_one_of(nature, STAMPED, count_of(STAMPED)) && net.cents > SALE_STAMP_ABOVE ? STAMP_DUTY : 0);
}

static int64_t share(int64_t amount, int64_t part, int64_t whole)
{
    return whole ? (2 * amount * part + whole) / (2 * whole) : 0;
}

struct total sale_credit_net(const struct total *whole, const struct total *left, struct money net)
{
    struct total t = {.net = net, .vat_rate_bp = whole->vat_rate_bp};
    int64_t so_far = whole->net.cents - left->net.cents + net.cents;

    t.vat.cents = share(so_far, whole->vat.cents, whole->net.cents) - (whole->vat.cents - left->vat.cents);
    t.gross.cents = net.cents + t.vat.cents;
    t.due = total_is_split(whole) ? net : t.gross;
    return t;
}

struct total sale_credit(const struct total *whole, const struct total *left, struct money due)
{
    struct total t = {.gross = due, .due = due, .vat_rate_bp = whole->vat_rate_bp};
    int64_t so_far = whole->gross.cents - left->gross.cents + due.cents;

    if (total_is_split(whole))
        return sale_credit_net(whole, left, due);
    t.net.cents = share(so_far, whole->net.cents, whole->gross.cents) - (whole->net.cents - left->net.cents);
    t.vat.cents = due.cents - t.net.cents;
    return t;
}
