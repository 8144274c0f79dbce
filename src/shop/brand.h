/* shop/brand.h: a seller, read from its folder under brands/ (DESIGN §1.5). Everything that differs between sellers is
 * here, as data; nothing in the program asks which brand it is. */
#pragma once

#include "base/problem.h"
#include "paper/invoice.h"
#include "rules/autorenew.h"
#include "rules/billing.h"
#include "rules/desk.h"
#include "rules/notice.h"
#include "rules/price.h"
#include "rules/reference.h"
#include "rules/sale.h"
#include "rules/term.h"
#include "shop/dated.h"
#include <stdbool.h>
#include <stddef.h>

struct brand_price {
    struct day from; /* valid from this day */
    struct money year, extra_gb_year;
};

struct brand_plan {
    const char *id, *name;
    int rank, mailbox_gb, archive_gb, max_extra_gb;
    int max_extra_archive_gb;   /* R155: only where there is an archive */
    bool own_domain;            /* of mailboxes on the customer's own domain (P44): no other plan turns into it, nor it into another */
    const char **features;      /* what else it has, in words of the catalogue; NULL-terminated, may be empty */
    int max_years;              /* of a promotional product, P12: no other plan turns into it; 0: the brand's */
    struct day sold_from, sold_until; /* when it may be bought, both inclusive; DAY 0: no limit. Renewing it is another matter */
    const char *note;           /* the terms of a promotion; NULL: none */
    const struct brand_price *prices; /* by date, ascending */
    size_t price_count;
    struct dated *priced, *sale;      /* what the desk has dated beyond this (shop/catalogue.h): of struct brand_price, brand_sale */
};

/* When a plan may be bought, and for how long at most, from a day on: sold_from, sold_until, max_years above. */
struct brand_sale {
    struct day from, sold_from, sold_until;
    int max_years;
};

/* P28: to which plans renewing may lead. */
enum change_type { CHANGE_NONE, CHANGE_UP, CHANGE_UP_AND_DOWN };

/* Mailboxes on domains of the customers' own (P44, §3.8). */
struct brand_domains {
    bool on;
    struct span closes_after; /* P47: when they may no longer be renewed, instead of renewal.closes_after */
    int unregistered_days;    /* M22: a domain that is nobody's any more takes its mailboxes with it after so many; 7 */
};

struct brand_colours { /* the CSS variables of assets/site.css, light and dark; "#rrggbb" */
    const char *brand, *brand_ink, *brand_soft;
};

struct brand_terms { /* the conditions accepted at checkout, by version; the hash is what an order keeps */
    const char *version;
    const char *text; /* Markdown-free plain paragraphs, from terms-VERSION.txt */
    char sha256[65];
    struct dated *later; /* what the desk has published since (shop/wording.h); NULL in what is itself published */
};
struct brand_wordings;
struct brand_wordings *brand_wordings_new(void *mem);
/* The one in force on a day: the file's, or the desk's. */
const struct brand_terms *brand_terms_on(const struct brand_terms *text, struct day on);

/* The postal account, and how its slips are printed (PAYMENTS §8). */
struct brand_slip {
    const char *type;          /* "896": with code and amount; "123": blank; NULL: no postal account */
    const char *iban;          /* 07601…: the account's, in which statements name it */
    const char *account;       /* its 12 digits */
    const char *holder;
    const char *authorisation; /* of the post, to print them oneself; "" none */
};

struct brand_payment {
    bool trust_proof;          /* P21: an accepted proof of payment settles the order (on_proof), or only informs (on_credit) */
    const char **proof_by;     /* P22: "upload", "email", "fax"; NULL-terminated, may be empty */
    const char *proof_email, *proof_fax; /* where they go; NULL: nowhere */
    const char *card_host;     /* P17: the bank whose page takes the card, "Banca Sella"; NULL: not named */
    struct order_code_policy codes; /* P18, P19 */
    struct desk_policy desk;   /* P24 */
    struct brand_slip slip;
    const char *cheque_payee, *cheque_address; /* NULL: no cheques */
};

/* How new mailboxes are sold (P1, P38-P40); without it a brand only renews. */
struct brand_purchase {
    bool on;
    const char *category, *product; /* of the catalogue (R41): "Identità digitale e PEC", "PEC Legalmail" */
    int hold_minutes;               /* how long Valida holds a name for who has not ordered yet */
    int draft_days;                 /* M1; 30 */
    int review_least_hours, review_most_hours; /* working hours, D14; 24 and 72 */
    int silence_days;               /* M10; 90 */
    int withdrawal_days;            /* L15; 14 */
    int keep_documents_months;      /* K6, L30: of identity documents, after the mailbox ended; 30 */
    bool ends_day_before;           /* D4: the first term ends the day before the same day N years later */
    const char *user_id_prefix;     /* "VIS": R71 */
    int user_id_digits;
    struct brand_terms contract;    /* contract-VERSION.txt: the text of the contract that is signed (R65) */
    const char *mailhost;           /* "sql", "command"; a brand that only renews may have one too; NULL: none */
    const char *mailhost_command;   /* the operator's program; NULL unless "command" */
};

/* How whoever has an account renews a mailbox that is not his own (P3): by its user-id and address, both typed. */
struct brand_lookup {
    bool on;
    const char *const *excluded; /* P26: prefixes of user-ids that are not renewed online; NULL-terminated, NULL where it is off */
    const char *const *means;    /* of a payment of its own, in the order of the page (R103); NULL-terminated, NULL where it is off */
};

/* What was agreed with an Ordine or Collegio for its members: product, price and term are fixed (R89-R92, R120, P13, P14, P27, §3.8). */
struct convention_price {
    struct day from;
    struct money term;          /* net, for the whole term */
    struct money extra_gb_year; /* 0: no extra space on sale */
};
struct brand_convention {
    const char *id;
    const char *body;             /* the Ordine or Collegio by name */
    const char *text;             /* for the page: "Convenzione con Ordine di …" */
    const char *note;             /* a line of its own for members; NULL none */
    const struct brand_plan *plan;
    int years;                    /* its term */
    bool body_pays;               /* P14: the Ordine renews by bulk order, members do not */
    bool body_pays_extras;        /* space beyond the plan; otherwise the member's */
    struct day from, until;       /* in force, both inclusive; DAY 0: no limit */
    const struct convention_price *prices; /* by date, ascending */
    size_t price_count;
    struct dated *priced;         /* as of a plan */
    struct billing billing;       /* of the body, for bulk orders; name NULL: none */
    const char **delegates;       /* e-mails of the accounts that act for the body; NULL-terminated, may be empty */
};

/* What is told about a term that ends, to whom, and when what is left goes (P35-P37, P47, DOMAIN §3.9). */
enum registry_warning { REGISTRY_NONE, REGISTRY_BUSINESS, REGISTRY_ALL };
struct brand_notices {
    struct notice_step *steps; /* in the order of their days; one of them is +1 */
    size_t count;
    bool to_holder, to_account;
    enum registry_warning registry_warning;
    struct span delete_after;  /* the grace */
};

/* Automatic renewal (P32-P34); without it none is offered. */
struct brand_autorenew {
    bool on;
    const char **methods;           /* "stripe", "paypal": from which it may be charged; NULL-terminated */
    struct autorenew_policy policy;
    bool blocks_manual;             /* P33: while it is on, renewing by hand is refused */
    struct brand_terms text;        /* autorenew-VERSION.txt: what is consented to */
};

/* For what a second person is needed at the desk (shop/approval.h), and for sums above which; -1: always. Ends with kind NULL. */
struct second_person {
    const char *kind;
    struct money above;
};
extern const struct second_person SECOND_PERSON_USUAL[]; /* where brand.yaml says nothing */

/* Change of holder (M25); without it none is asked for online. */
struct brand_holder_change {
    bool on;
    int answer_days; /* how long the new holder may take to accept, and again to send papers */
};

/* Providers of online payments; url NULL: not used. Their secrets are elsewhere: link/gateways.h. */
struct brand_axerve {
    const char *url, *shop_login;
};
struct brand_paypal {
    const char *url, *client_id, *webhook_id, *ca_file;
};
struct brand_stripe {
    const char *url;
};
struct brand_gateways {
    struct brand_axerve axerve;
    struct brand_paypal paypal;
    struct brand_stripe stripe;
};

/* A template of the brand's own, in place of ours of the same name. */
struct brand_view {
    const char *name;  /* "part/mark.html" */
    const char *file;  /* where it is, for complaints */
    const char *bytes;
};

/* How invoices go to SdI (L26), and what is done for public bodies. */
struct brand_invoicing {
    const char *channel;           /* "folder", "mail"; NULL: files wait until somebody says how */
    const char *outgoing, *notices; /* folders; notices: with "mail" a maildir */
    const char *pec_from, *pec_to;
    bool public_commitment;        /* a public body's order may be fulfilled on its commitment, before it pays */
    struct sale_policy sale;       /* to whom is sold without VAT */
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
    struct brand_invoicing invoicing;
    struct renewal_policy renewal; /* P4-P11, D9 */
    struct late_fee late_fee;      /* P48, at retail: what a convention has agreed is its price */
    enum change_type change_type;  /* P28 */
    bool extra_space;              /* P29 */
    struct brand_domains domains;
    const char **payment_methods;  /* P15: "bank_transfer" …; those that work are offered */
    struct brand_payment payment;
    struct brand_purchase purchase;
    struct brand_notices notices;
    struct brand_autorenew autorenew;
    struct brand_lookup lookup;
    struct brand_holder_change holder_change;
    struct brand_gateways gateways;
    const struct second_person *second_person;
    const char **steps;            /* of the renewal (rules/steps.h), in their order; NULL-terminated */
    bool several_mailboxes;        /* P45: one order may renew several; a brand that sells by the cart always lets it */
    int order_lapses_days;         /* O10; 30 */
    const struct brand_plan *plans;
    size_t plan_count;
    const struct brand_convention *conventions;
    size_t convention_count;
    struct brand_terms terms;
    struct brand_terms privacy;    /* privacy-VERSION.txt: the notice that whoever registers has read; version NULL: none */
    struct brand_terms guide;      /* guide-VERSION.txt: to be downloaded as a PDF (R82); version NULL: none */
    struct brand_colours light, dark;
    const struct brand_view *views;
    size_t view_count;
    struct brand_wordings *wordings; /* mails that the desk has worded anew (shop/wording.h) */
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
/* The brand's IBAN that a statement means by `account`, which may be written as banks do (rules/iban.h: iban_named): its bank
 * account's, or its postal one's; NULL: neither. */
const char *brand_account(const struct brand *brand, const char *account);
/* Whether an IBAN is that of the brand's bank account, or of its postal one. */
bool brand_has_account(const struct brand *brand, const char *account);
bool brand_account_is_postal(const struct brand *brand, const char *account);
/* Who helps: "assistenza@visura.example, +39 06 5550 0200"; owned by `mem`. */
char *brand_support(void *mem, const struct brand *brand);
/* Prefixes of the order codes of all brands, each once; owned by `mem`. */
struct code_forms brands_code_forms(void *mem, const struct brands *brands);
/* The text of a view ("page/area.html") as this brand has it: its own, or ours (also for `brand` NULL); NULL: there is none. */
const char *brand_view_bytes(const struct brand *brand, const char *name);
const struct brand_plan *brand_plan_by_id(const struct brand *brand, const char *id);
const struct brand_convention *brand_convention_by_id(const struct brand *brand, const char *id); /* NULL if none */
/* Its price on a day; NULL: it is not in force then, and its members renew at retail price. */
const struct convention_price *convention_price_on(const struct brand_convention *convention, struct day on);
/* The room of a mailbox with this plan and so much extra space, without its archive; 0 for a plan that the brand no longer has. */
int64_t brand_quota_mb(const struct brand *brand, const char *plan, int64_t extra_gb);

/* Whether it sells to everybody without VAT, as its regime has none; and the rate that prices are shown with. */
bool brand_has_no_vat(const struct brand *brand);
int brand_vat_rate_bp(const struct brand *brand, struct day tax_point);

/* How a mailbox of this plan is renewed, and what it may do when: the brand's policy, of a mailbox on a domain of its own the
 * domain's. */
struct renewal_policy brand_renewal(const struct brand *brand, bool own_domain);

/* The price of a plan's year on a date, the file's or the desk's; NULL: it had none yet. */
const struct brand_price *brand_price_on(const struct brand_plan *plan, struct day on);
/* Whether and for how long it is sold on a date. */
struct brand_sale brand_sale_on(const struct brand_plan *plan, struct day on);
bool brand_plan_sold(const struct brand_plan *plan, struct day on);
/* The plan with its price on a date, ready for the rules. REFUSED (PROBLEM_PLAN) when it had none yet. */
enum outcome brand_plan_on(const struct brand_plan *plan, struct day on, struct plan *priced,
                           struct problem *why) must_check;
