/* web/convention_page.h: what the pages of a convention share: whoever the brand's file names as a delegate of the Ordine sees them. */
#pragma once

#include "shop/convention.h"
#include "web/page.h"

struct convention_page {
    const struct brand_convention *convention;
    struct convention_facts facts;
    char *owner;    /* of its bulk order's choice */
    int64_t chosen; /* mailboxes in it */
};

/* In the page's reading: the convention that the address names ({id}, or the first one without), for its delegate. For anybody else there
 * is none: PROBLEM_NOT_FOUND. */
enum outcome convention_page_load(struct db_tx *tx, struct page *p, struct convention_page *cp, struct problem *why) must_check;
/* What part/roster shows: the list that was looked through, or NULL; the file that waits, or 0; where it is sent (…/conferma: applied), and
 * where its members are. */
void roster_page_set(struct page *p, const struct roster *roster, int64_t file, const char *url, const char *members_url,
                     const struct problems *faults);
/* Sets `convention` {id, path "/convenzione/fnomceo", text, body, note, plan, years, one_year, price "1,50 €" or false, body_pays,
 * total, expiring, ordered 3 or false, orderable, chosen}. */
void convention_page_set(struct page *p, const struct convention_page *cp);
char *convention_page_path(const struct page *p, const struct convention_page *cp, const char *rest); /* "/convenzione/fnomceo/ordine" */
