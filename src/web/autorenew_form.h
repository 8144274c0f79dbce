/* web/autorenew_form.h: the choice of automatic renewal while ordering (§8.11): a box of its own, never ticked beforehand, with the text
 * that is consented to. views/part/autorenew_choice.html. */
#pragma once

#include "shop/autorenew.h"
#include "web/page.h"

struct autorenew_typed {
    bool wanted;
    const char *version; /* of the text, as shown */
};
#define AUTORENEW_FIELDS(type, member)                                                                                 \
    FORM_FLAG(type, member.wanted, "autorenew"), FORM_TEXT(type, member.version, "autorenew_version", .max = 20, .optional = true)

/* Whether it can be offered for this mailbox: an account is signed in, and the brand charges some way that works here. */
bool autorenew_offered(const struct page *p, const struct mailbox *mailbox);
/* The same for one that is being bought. */
bool autorenew_offered_new(const struct page *p);
/* Sets `autorenew` {version, paragraphs, charge_days, checked}; false where it is not offered. */
void autorenew_form(struct page *p, bool offered, bool checked);
/* The version to order with, NULL where it is not wanted; REFUSED with the fault on "autorenew" where it cannot be had so. */
enum outcome autorenew_form_check(const struct page *p, bool offered, const struct autorenew_typed *typed, const char *method,
                                  const char **version, struct problems *faults) must_check;
