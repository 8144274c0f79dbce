/* shop/describe_review.h: what programs are told of requests and their papers; the conventions are those of shop/describe.h. */
#pragma once

#include "shop/describe.h"
#include "shop/describe_papers.h"
#include "shop/review.h"
#include "store/desk.h"

/* {request, order, brand, state, begins_on, error, plan, years, name, holder{kind, name, tax_code, …}, phone, signer_name, signer_tax_code, paid_at,
 * mailbox_id} */
json_t *describe_activation(const struct request *request, const char *order_code);
/* That, with account, names[{address, verdict, held}], documents, submissions as describe_papers has them, other_mailboxes, asking{attempts, last_error, next_at} */
json_t *describe_review(const struct review *review);
/* {request, order, brand, state, holder, name, plan, years, submissions, sent_at, due_at, paid_at, error} */
json_t *describe_desk_row(const struct desk_row *row);
