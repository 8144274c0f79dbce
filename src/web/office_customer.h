/* web/office_customer.h: what the pages of customers, mailboxes and orders share: where each is, and in which words its state is said. */
#pragma once

#include "shop/search.h"
#include "web/office.h"

char *office_mailbox_path(void *mem, const char *address); /* "/office/caselle/…" */
char *office_account_path(void *mem, int64_t id);
char *office_order_path(void *mem, const char *code);

/* "attiva fino al 15/03/2027", "scaduta il …", "sospesa", "cessata", "cancellata". */
char *office_mailbox_state(const struct page *p, const char *status, struct day expires_on);
const char *office_order_state(const struct page *p, const char *state);
const char *office_order_kind(const struct page *p, const char *kind);
const char *office_brand(const struct page *p, const char *id);
