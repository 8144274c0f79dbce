/* shop/brand.h: a seller, read from its folder under brands/ (DESIGN §1.5). Everything that differs between sellers is
 * here, as data; nothing in the program asks which brand it is. */
#pragma once

#include "base/problem.h"
#include "paper/invoice.h"
#include "rules/price.h"
#include "rules/term.h"
#include <stdbool.h>
#include <stddef.h>

struct brand_price {
    struct day from; /* valid from this day */
    struct money year, extra_gb_year;
};

struct brand_plan {
    const char *id, *name;
    int rank, mailbox_gb, archive_gb, max_extra_gb;
    const struct brand_price *prices; /* by date, ascending */
    size_t price_count;
};

struct brand_colours { /* the CSS variables of assets/site.css, light and dark; "#rrggbb" */
    const char *brand, *brand_ink, *brand_soft;
};

struct brand_terms { /* the conditions accepted at checkout, by version; the hash is what an order keeps */
    const char *version;
    const char *text; /* Markdown-free plain paragraphs, from terms-VERSION.txt */
    char sha256[65];
};

struct brand {
    const char *id, *name; /* "legalmail", "Legalmail" */
    const char *domain;    /* of its mailboxes */
    const char **hosts;    /* host names under which the portal is this brand's; NULL-terminated */
    const char *provider;  /* the gestore, and its manual (DOMAIN L3) */
    const char *provider_manual_url;
    const char *mail_from; /* sender of its mails */
    const char *support_email, *support_phone;
    struct seller seller;
    struct renewal_policy renewal; /* P4-P11, D9 */
    bool change_type, extra_space; /* P28 (up only), P29 */
    const char **payment_methods;  /* P15: "bank_transfer" …; those that work are offered */
    const char **steps;            /* of the renewal wizard: "choose", "cart", "checkout", "confirmed" */
    int order_lapses_days;         /* O10; 30 */
    const struct brand_plan *plans;
    size_t plan_count;
    struct brand_terms terms;
    struct brand_colours light, dark;
    const char *folder; /* where it was read from; NULL when compiled in */
};

struct brands {
    struct brand *all;
    size_t count;
};

/* Reads every folder in `directory` (or the compiled-in ones when NULL), and checks each: see brand_check. The first
 * fault is *why. No two brands may share a host. */
enum outcome brands_load(void *mem, const char *directory, struct brands *brands, struct problem *why) must_check;

/* All that is wrong with one folder: whole sentences with file, line and field. A fault of YAML or schema hides the
 * others; after that all at once: IBAN, tax numbers, prices out of order or without a date, colours whose contrast is
 * under 4.5:1, unknown steps or methods, missing texts. DONE when nothing; only then *brand may be used. */
enum outcome brand_check(void *mem, const char *folder, struct brand *brand, char ***faults,
                         size_t *fault_count) must_check;

const struct brand *brand_by_id(const struct brands *brands, const char *id); /* NULL if none */
const struct brand *brand_by_host(const struct brands *brands,
                                  const char *host); /* lower case, no port; NULL if none */
const struct brand_plan *brand_plan_by_id(const struct brand *brand, const char *id);

/* The plan with its price on a date, ready for the rules. REFUSED (PROBLEM_PLAN) when it had none yet. */
enum outcome brand_plan_on(const struct brand_plan *plan, struct day on, struct plan *priced,
                           struct problem *why) must_check;
