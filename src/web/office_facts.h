/* web/office_facts.h: what the page of a request shows, in words: for views/page/office_review.html. */
#pragma once

#include "shop/review.h"
#include "web/office.h"

/* `deciders`: who decided each submission, in words. */
void office_put_facts(struct office *o, const struct review *review, const char *const *deciders);
