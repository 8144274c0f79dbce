/* web/office_facts.h: what the page of a request shows, in words: for views/page/office_review.html. */
#pragma once

#include "shop/review.h"
#include "web/office.h"

/* office_review.c: the bytes of a paper, to be framed. */
void office_show_document(struct office *o, const struct document *document);

/* `deciders`: who decided each submission, in words. */
void office_put_facts(struct office *o, const struct review *review, const char *const *deciders);
