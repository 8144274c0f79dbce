/* web/purchase_page.h: what the pages on which a new mailbox is bought share. Their way: the types (portal_offers), the request with its
 * names (portal_activation), the name that is held (portal_draft), everything to be looked over and paid (portal_purchase). */
#pragma once

#include "shop/request.h"
#include "web/page.h"

/* The page of the types on sale; `gone`: one came for a type that is not. */
void offers_show(struct page *p, int status, bool gone);
const char *purchase_product(const struct brand *brand); /* "PEC Legalmail" */

/* ---- The request that the page's address names, as {id} ---- */

struct request_read {
    struct request request;
    struct instant held_until; /* 0: no name is held now */
};

/* Opens a page of one of the visitor's drafts. False when the answer has been given: as page_open; who came in with a mailbox's password
 * is told that it takes an account, another's request reads like a page that does not exist, and one that is ordered leads to its order.
 * `more` reads what else the page needs, with `read` as its argument, and only for a draft; may be NULL. */
bool draft_open(struct http_request *req, page_read *more, struct request_read *read, struct page *p);

/* Tells who came in with a mailbox's password that it takes an account; false: it is one, nothing was answered. */
bool purchase_needs_account(struct page *p);

char *draft_path(const struct page *p, const struct request *request, const char *rest); /* "/attivazione/12" and `rest` */
char *draft_title(const struct page *p, const struct request *request);                  /* "PEC Legalmail Base, 1 anno" */
char *draft_address(const struct page *p, const char *name);                             /* "mario.rossi@pec.visura.example" */

/* {address, until "11:42", on "23/11/2026" or false: today} of the name that is held now; false where none is. */
json_t *held_data(const struct page *p, const struct request_read *read);

/* The addresses that are noted after the one that is held. */
json_t *others_data(const struct page *p, const struct request *request);

/* ---- What is on many pages ---- */

/* `steps` for part/steps: "type", "request", "name", "payment", "confirmed". `request` NULL: not saved yet. */
void purchase_steps(struct page *p, const char *here, const struct request *request);

/* The requests of this account that are not ordered yet: read in the page's reading, shown as part/drafts. */
struct drafts {
    struct request_read *all;
    size_t count;
};
enum outcome drafts_load(struct db_tx *tx, const struct page *p, struct drafts *drafts) must_check;
void drafts_show(struct page *p, const struct drafts *drafts);
