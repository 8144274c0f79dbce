/* web/checkout_form.h: what pages with a button that orders have in common: how it is paid, the conditions, the total as it was shown, and
 * on most of them the billing data and automatic renewal. A page's own form begins with this one, and its table names the parts it has. */
#pragma once

#include "web/autorenew_form.h"
#include "web/billing_form.h"
#include "web/pay_form.h"

struct checkout_form {
    const char *method, *form_token;
    bool terms, remember;
    int64_t total_cents;
    int kind;               /* -1: the billing data were not in the form, what is known was confirmed */
    struct billing billing; /* as sent, or what is known */
    struct autorenew_typed autorenew;
    const char *autorenew_version; /* as checked; NULL: not wanted */
};

#define CHECKOUT_FIELDS                                                                                                \
    FORM_TEXT(struct checkout_form, method, "method", .max = 40, .optional = true),                                    \
        FORM_FLAG(struct checkout_form, remember, "remember"), FORM_FLAG(struct checkout_form, terms, "terms"),        \
        FORM_IGNORE("terms_version"), FORM_TEXT(struct checkout_form, form_token, "form_token", .max = 64)
#define CHECKOUT_TOTAL     FORM_INT(struct checkout_form, total_cents, "total_cents", .min = 0, .max = MONEY_LIMIT)
#define CHECKOUT_BILLING   BILLING_FIELDS(struct checkout_form)
#define CHECKOUT_AUTORENEW AUTORENEW_FIELDS(struct checkout_form, autorenew)

/* What is known before anything is typed. */
struct checkout_known {
    const struct billing *billing;  /* NULL: not the visitor's to say */
    const struct pay_offer *offer;  /* NULL: nothing is left to be ordered, this very form has done it */
    bool may_renew_itself;
};

/* Sets form_token, the billing data, the methods, `autorenew` and the terms, and the fields of the page's table. `typed` is NULL when the
 * page is shown first. */
void checkout_form_put(struct page *p, const struct checkout_known *known, const struct checkout_form *typed,
                       const struct form_field *fields, const struct problems *faults);

/* Reads the page's form, which begins with *form, and checks all that can be seen before the order is made. */
enum outcome checkout_form_read(struct page *p, const struct checkout_known *known, struct checkout_form *form,
                                const struct form_field *fields, struct problems *faults) must_check;

/* The order as far as the form says it; what is ordered is the page's to add. */
struct order_request checkout_request(const struct page *p, const struct checkout_form *form);

/* Why it was not placed, as a fault of the form's fields. */
void checkout_refused(const struct problem *why, struct problems *faults);
