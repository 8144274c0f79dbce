/* shop/brand_file.h: brand.yaml as it is written, and what can be wrong with it; only for brand.c and its fuzz target.
 */
#pragma once

#include "base/config.h"
#include "shop/brand.h"
#include <stddef.h>

/* All faults of one folder, as whole sentences: "brands/x/brand.yaml, riga 12, campo seller.iban: …". */
struct brand_faults {
    void *mem;
    const char *name;  /* of the file, for the sentences */
    const void *bytes; /* the file, to find lines in */
    size_t length;
    char **all;
    size_t count;
};

/* Adds a fault at a field ("plans[0].id"), "" for the file as a whole. */
void brand_fault(struct brand_faults *faults, const char *field, const char *format, ...) like_printf(3, 4);

/* Reads the bytes that `faults` holds into *brand, but for its terms' text. What is wrong is added to `faults`; *brand
 * is usable only if nothing was. `id` is what the folder is called. */
void brand_file_read(void *mem, const char *id, struct brand *brand, struct brand_faults *faults);

/* The parts `payments` and `gateways` of the file: as they are written, their schemas, and the way into the brand. */
struct codes_file {
    char *purchase, *renewal, *topup;
};
struct desk_file {
    char *opens, *closes, *patron;
    int within_minutes;
    bool open_hours;
};
struct slip_file {
    char *type, *iban, *holder, *authorisation;
};
struct cheque_file {
    char *payee, *address;
};
struct payments_file {
    char *trust, *card_host, *proof_email, *proof_fax;
    char **proof_by;
    unsigned proof_by_count;
    struct codes_file codes;
    struct desk_file desk;
    struct slip_file slip;
    struct cheque_file cheque;
};
extern const struct cyaml_schema_field BRAND_PAYMENTS[], BRAND_GATEWAYS[];

/* The part `purchase`. */
struct user_id_file {
    char *prefix;
    int digits;
};
struct hours_file {
    int least, most;
};
struct mailhost_file {
    char *by, *command;
};
struct purchase_file {
    char *category, *product, *contract, *first_term_end;
    int hold_minutes, draft_days, silence_days, withdrawal_days, keep_documents_months;
    struct hours_file review_hours;
    struct user_id_file user_id;
    struct mailhost_file mailhost;
};
/* The parts `mailhost`, of brands that sell nothing new, and `domains`. */
struct domains_file {
    struct span closes_after;
    int unregistered_days;
};
extern const struct cyaml_schema_field BRAND_MAILHOST[], BRAND_DOMAINS[];
void brand_mailhost_read(const struct mailhost_file *file, struct brand *brand, struct brand_faults *faults);
void brand_domains_read(const struct domains_file *file, struct brand *brand, struct brand_faults *faults);
extern const struct cyaml_schema_field BRAND_PURCHASE[];
void brand_purchase_read(const struct purchase_file *file, struct brand *brand, struct brand_faults *faults);

/* The part `notices`. */
struct notices_file {
    char **plan, **to;
    unsigned plan_count, to_count;
    char *registry_warning;
    struct span *delete_after;
};
extern const struct cyaml_schema_field BRAND_NOTICES[];
void brand_notices_read(void *mem, const struct notices_file *file, struct brand *brand, struct brand_faults *faults);

/* The part `desk`. */
struct desk_policy_file {
    char **second_person;
    unsigned count;
};
extern const struct cyaml_schema_field BRAND_DESK[];
void brand_desk_read(void *mem, const struct desk_policy_file *file, struct brand *brand, struct brand_faults *faults);

/* The part `autorenew`. */
struct warn_file {
    int months, days;
};
struct autorenew_file {
    char **methods, *text;
    int *retry_days;
    bool *blocks_manual;
    unsigned method_count, retry_count;
    int charge_days_before;
    struct warn_file warn;
};
extern const struct cyaml_schema_field BRAND_AUTORENEW[];
void brand_autorenew_read(void *mem, const struct autorenew_file *file, struct brand *brand, struct brand_faults *faults);

/* The part `invoicing`. */
struct without_vat_file {
    char *customer, *nature, *law;
};
struct invoicing_file {
    char *channel, *outgoing, *notices, *pec_from, *pec_to;
    bool public_commitment;
    struct without_vat_file *without_vat;
    unsigned without_vat_count;
};
extern const struct cyaml_schema_field BRAND_INVOICING[];
void brand_invoicing_read(void *mem, const struct invoicing_file *file, struct brand *brand, struct brand_faults *faults);
/* The part `holder_change`. */
struct holder_change_file {
    int answer_days;
};
extern const struct cyaml_schema_field BRAND_HOLDER_CHANGE[];
void brand_holder_change_read(const struct holder_change_file *file, struct brand *brand, struct brand_faults *faults);

/* The part `lookup`. */
struct lookup_file {
    char *by;
    char **excluded, **means;
    unsigned excluded_count, means_count;
};
extern const struct cyaml_schema_field BRAND_LOOKUP[];
void brand_lookup_read(void *mem, const struct lookup_file *file, struct brand *brand, struct brand_faults *faults);
void brand_payments_read(void *mem, const struct payments_file *file, struct brand *brand, struct brand_faults *faults);

/* The part `plans`. */
struct plan_price_file {
    char *from, *year, *extra_gb_year;
};
struct plan_file {
    char *id, *name, *note, *sold_from, *sold_until;
    char **features;
    unsigned feature_count;
    int rank, mailbox_gb, archive_gb, max_extra_gb, max_extra_archive_gb, max_years;
    bool own_domain;
    struct plan_price_file *prices;
    unsigned price_count;
};
extern const struct cyaml_schema_value BRAND_PLAN;
void brand_plans_read(void *mem, const struct plan_file *files, unsigned count, struct brand *brand, struct brand_faults *faults);

/* The part `conventions`. */
struct convention_price_file {
    char *from, *term, *extra_gb_year;
};
struct convention_billing_file {
    char *kind, *name, *tax_code, *vat_number, *street, *postcode, *city, *province, *sdi_code, *sdi_pec, *email;
};
struct convention_file {
    char *id, *body, *text, *note, *plan, *payer, *extras_payer, *from, *until;
    int years;
    struct convention_price_file *prices;
    unsigned price_count;
    char **delegates;
    unsigned delegate_count;
    struct convention_billing_file billing;
};
extern const struct cyaml_schema_value BRAND_CONVENTION;
/* After the plans, which conventions name. */
void brand_conventions_read(void *mem, const struct convention_file *files, unsigned count, struct brand *brand,
                            struct brand_faults *faults);

/* What several parts need: "fnomceo-ordine"; "example.org"; 25.00, 0 for NULL; 2026-01-31, DAY 0 for NULL. */
bool brand_is_id(const char *text);
bool brand_is_domain(const char *text);
struct money brand_amount(struct brand_faults *faults, const char *field, const char *text);
struct money brand_price(struct brand_faults *faults, const char *field, const char *text); /* of what is sold: more than nothing */
struct day brand_day(struct brand_faults *faults, const char *field, const char *text);
void brand_check_range(struct brand_faults *faults, const char *field, int value, int least, int most);
/* A copy that ends with NULL; each word once, and one of `known` (NULL: any name of a host). */
const char **brand_words(void *mem, struct brand_faults *faults, const char *field, char **from, unsigned count,
                         const char *const *known);

/* What the parts of brand_file_read are. */
void brand_check_seller(const struct seller *seller, struct brand_faults *faults);
void brand_check_colours(const struct brand *brand, struct brand_faults *faults);
void brand_check_steps(const struct brand *brand, struct brand_faults *faults); /* of known names, each once */
/* brand->views; what is on disk is checked as well. */
void brand_views_read(void *mem, const char *folder, bool built_in, struct brand *brand, struct brand_faults *faults);
