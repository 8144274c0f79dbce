/* rules/sale.h: how a sale of ours is taxed (DOMAIN L27, T56; PAYMENTS §9.2, §9.6): at the ordinary rate; at that rate, but a public
 * body pays the VAT to the state itself (scissione dei pagamenti); or without VAT, with the code (Natura) and the law that say why. */
#pragma once

#include "rules/billing.h"
#include "rules/price.h"

/* Whom a brand sells to without VAT. */
enum sale_customer {
    SALE_TO_UNION,   /* who is in business, or a body, in another country of the Union: the customer owes the VAT there (art. 7-ter) */
    SALE_TO_WORLD,   /* the same outside the Union: not subject to VAT (art. 7-ter) */
    SALE_TO_ALL,     /* everybody: a seller whose regime has no VAT */
    SALE_CUSTOMERS
};
#define SALE_LAW_MOST 100
enum outcome sale_customer_of(const char *name, enum sale_customer *customer) must_check; /* "union", "world", "all" */

struct sale_rule {
    enum sale_customer customer;
    const char *nature, *law; /* "N2.1"; SALE_LAW_MOST characters of what stands on the invoice */
};
struct sale_policy {
    const struct sale_rule *rules; /* the first that fits decides; who fits none pays VAT, consumers abroad among them */
    size_t count;
};
/* N2.1 by art. 7-ter for both of the first. */
extern const struct sale_policy SALE_POLICY;

bool sale_nature_valid(const char *nature); /* of those that SdI takes: N2, N3 and N6 want their second figure */

struct sale {
    const char *nature, *law; /* "" with VAT */
    bool split;
};
struct sale sale_to(const struct sale_policy *policy, const struct billing *customer, struct day tax_point);
/* The same of a sale that was agreed: its nature stays, and whether its VAT is split goes by the day (T56). */
struct sale sale_on(const char *nature, const char *law, const struct billing *customer, struct day tax_point);
enum outcome sale_total(struct money net, const struct sale *sale, struct day tax_point, struct total *total, struct problem *why) must_check;

/* The credit note of a part of an invoice of which `left` is not yet credited: of an amount of what was due, or of lines by their net. To
 * the cent, and counted over all credit notes of the invoice, so that what each one rounds never adds up, and the last makes up the whole. */
struct total sale_credit(const struct total *whole, const struct total *left, struct money due);
struct total sale_credit_net(const struct total *whole, const struct total *left, struct money net);

/* The Union's permission for the split runs from 01-01-2015 to 30-06-2026, inclusive (L27). The one place to change when it is given anew. */
bool split_payment_on(struct day tax_point);

/* Stamp duty: 2.00 on a document of more than 77.47 without VAT, of the natures that want it; 0 on the others. The seller bears it. */
#define SALE_STAMP_ABOVE 7747
struct money sale_stamp(const char *nature, struct money net);
