/* web/billing_form.h: billing data in a form, the same on every page that asks for them: shown closed when what is known is whole, with
 * part/billing open otherwise. */
#pragma once

#include "rules/billing.h"
#include "web/page.h"

extern const struct form_choice BILLING_KINDS[];

#define BILLING_TEXT(type, member, most) FORM_TEXT(type, billing.member, #member, .max = most, .optional = true)

/* What the tax office wants to know of a customer beside kind, name and e-mail. */
#define INVOICE_FIELDS(type)                                                                                           \
    BILLING_TEXT(type, tax_code, 32), BILLING_TEXT(type, vat_number, 32), BILLING_TEXT(type, street, 60),              \
        BILLING_TEXT(type, postcode, 10), BILLING_TEXT(type, city, 60), BILLING_TEXT(type, province, 2),               \
        BILLING_TEXT(type, country, 2), BILLING_TEXT(type, sdi_code, 7), BILLING_TEXT(type, sdi_pec, 254)
#define KIND_FIELDS(type)                                                                                              \
    FORM_ENUM(type, kind, "kind", BILLING_KINDS, .optional = true), BILLING_TEXT(type, name, 80)

/* The fields of a struct with `int kind` (-1: the billing data were not in the form) and `struct billing billing`. All of them are
 * optional here: what each kind of customer needs, billing_check says, field by field. */
#define BILLING_FIELDS(type)                                                                                           \
    KIND_FIELDS(type), INVOICE_FIELDS(type), BILLING_TEXT(type, email, 254)

/* What this account was last billed with, or `fallback`, or, where that names nobody, what its profile says; in the page's reading. */
enum outcome billing_known(struct db_tx *tx, struct page *p, const struct billing *fallback, struct billing *known) must_check;

/* Sets `billing`, `consumer`, `kinds` and the form's fields (page_fields with `fields`) as page/checkout.html lists them. `kind` is that
 * typed, -1: none; `open` shows the form although what is known is whole. */
void billing_form(struct page *p, const struct billing *known, int kind, bool open, const struct form_field *fields,
                  const struct problems *faults);

/* Sets `kinds`, with that one selected. */
void billing_kinds(struct page *p, int kind);

/* The data by the names of their fields, for page_fields. */
json_t *billing_values(const struct billing *billing);

/* Whether the form sent had billing data; if not, what is known was confirmed. */
bool billing_sent(const struct page *p);

/* Says in what present_lines made of a total what this customer would pay of it, where that is less. */
void billing_owed(const struct page *p, json_t *lines, const struct billing *customer, const struct total *total);
