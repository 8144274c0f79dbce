/* web/office_mailbox.h: what the page of a mailbox reads, for the files that show it and act on it. */
#pragma once

#include "shop/govern.h"
#include "shop/autorenew.h"
#include "shop/domain.h"
#include "shop/plan_change.h"
#include "shop/request.h"
#include "shop/terminate.h"
#include "web/office_parts.h"

#define ORDERS_SHOWN 10
#define HOLDS_SHOWN  20

struct mailbox_view {
    struct mailbox mailbox;
    const struct brand *brand;
    struct account account;           /* id 0: none, as all that follows */
    struct domain domain;
    struct mandate mandate;
    struct plan_change_row change;
    struct request request;
    struct legal_hold legal;          /* reason NULL: none */
    struct suspension suspension;     /* reason NULL: none */
    struct termination termination;
    struct mailbox_hold *holds;
    const char **holders;             /* who set each, in words */
    const char *legal_by, *suspended_by;
    struct order_facts *orders;
    size_t hold_count, order_count;
    struct desk_view desk;
    int64_t others;                   /* of the same tax code at this brand */
};

/* By the address in the page's own; of several the living one, or the number in ?id=. REFUSED with PROBLEM_NOT_FOUND, also where it is of
 * a brand that the operator does not see. */
enum outcome mailbox_view_find(struct db_tx *tx, struct office *o, struct mailbox *mailbox, struct problem *why) must_check;
enum outcome mailbox_view_load(struct db_tx *tx, struct office *o, struct mailbox_view *view, struct problem *why) must_check;
void mailbox_view_show(struct office *o, const struct mailbox_view *view, int status, const struct problems *faults);

/* The forms of the page, so that what was typed is shown again. */
extern const struct form_field MAILBOX_FORMS[];
