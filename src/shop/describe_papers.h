/* shop/describe_papers.h: the papers of a purchase as programs are told of them; as shop/describe.h. */
#pragma once

#include "shop/documents.h"
#include <jansson.h>

/* {id, slot, submission, file{name, content_type, length, sha256}, signature{state, signer, tax_code, signed_at}, added_at, purged_at} */
json_t *describe_document(const struct document *document);
/* {id, number, state, sent_at, opens_at, due_at, reason, note, identity_expires_on, decided_at, decided_by} */
json_t *describe_submission(const struct submission *submission);
/* {order, state and begins_on: of the request, contract{version, sha256}, submissions, documents} */
json_t *describe_papers(const char *order_code, const struct papers *papers);
