/* shop/search.h: the desk's one search box: what was typed is looked for where its shape says it can be (rules/search.h). */
#pragma once

#include "shop/shop.h"
#include "store/search.h"

#define SEARCH_GROUP 10 /* rows of each group, where all are shown */
#define SEARCH_PAGE  30 /* of one group alone */

enum search_group { SEARCH_ALL, SEARCH_BOXES, SEARCH_ACCOUNTS, SEARCH_ENTRIES, SEARCH_GROUPS };

struct search_request {
    const char *typed;
    const char *brand;       /* the operator's; "": all */
    enum search_group group; /* one of them alone, a page at a time */
    const char *after_key;   /* NULL: its first page */
    int64_t after_id;
};

struct search_found {
    struct search_typed typed;
    struct found_box *boxes;
    struct found_account *accounts;
    struct found_order *orders;
    struct found_invoice *invoices;
    struct found_entry *entries;
    size_t box_count, account_count, order_count, invoice_count, entry_count;
    bool more_boxes, more_accounts, more_entries;
};
enum outcome search(struct db_tx *tx, void *mem, const struct brands *brands, const struct search_request *request,
                    struct search_found *found) must_check;

/* How many there are in all, of those that are shown. */
size_t search_count(const struct search_found *found);
