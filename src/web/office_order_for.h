/* web/office_order_for.h: an order that the desk places for a customer, whatever is ordered: what each such form ends with
 * (views/part/office_order_for.html), how that becomes a request, and where one goes once it is placed. */
#pragma once

#include "shop/place_order.h"
#include "web/office_parts.h"

struct order_for {
    int64_t total_cents;
    const char *method, *form_token;
    bool terms;
};

/* Its fields, as `member` of the form. */
#define ORDER_FOR_FIELDS(type, member)                                                      \
    FORM_INT(type, member.total_cents, "total_cents", .min = 0, .max = INT64_MAX),          \
    FORM_TEXT(type, member.method, "payment_method", .max = 40, .optional = true),          \
    FORM_TEXT(type, member.form_token, "form_token", .max = 64),                            \
    FORM_FLAG(type, member.terms, "terms"), FORM_IGNORE("terms_version")

/* methods, form_token, terms_version; and whom it is for. */
void order_for_put(struct page *p, const struct brand *brand, const struct order_for *form);
void order_for_put_mailbox(struct page *p, const struct mailbox *mailbox);

/* All but what is ordered. REFUSED on "payment_method": nothing is drawn from here (office_method_check). */
enum outcome order_for_request(const struct office *o, const struct brand *brand, const struct order_for *form,
                               struct order_request *request, struct problem *why) must_check;

/* Goes to the order, or answers that it failed. True: neither, the form is to be shown again with its faults. */
bool order_for_ended(struct office *o, enum outcome outcome, const struct placed_order *placed, struct order_for *form,
                     const struct problems *faults);
