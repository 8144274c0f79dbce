/* shop/describe_review.h: what programs are told of requests and their papers; the conventions are those of shop/describe.h. */
#pragma once

#include "shop/describe.h"
#include "shop/review.h"
#include "store/desk.h"

/* {request, order, brand, state, error, plan, years, name, holder{kind, name, tax_code, …}, phone, signer_name, signer_tax_code, paid_at,
 * mailbox_id} */
json_t *describe_activation(const struct request *request, const char *order_code);
/* That, with account, names[{address, verdict, held}], documents[{id, submission, slot, file_name, content_type, length, signature, signer,
 * signer_tax_code, signed_at, purged}], submissions, other_mailboxes, asking{attempts, last_error, next_at} */
json_t *describe_review(const struct review *review);
/* {id, number, state, sent_at, opens_at, due_at, reason, note, identity_expires_on, decided_at, decided_by} */
json_t *describe_submission(const struct submission *submission);
/* {request, order, brand, state, holder, name, plan, years, submissions, sent_at, due_at, paid_at, error} */
json_t *describe_desk_row(const struct desk_row *row);
