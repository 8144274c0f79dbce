/* shop/documents.h: invio documenti (DOMAIN §3.5 K2, §3.2 M7; R67-R69, T19-T21): the signed contract and an identity document are put
 * in their slots, a file or more each, and sent together. What the desk makes of them is shop/review.h.
 * A change of holder (shop/holder_change.h) has papers of its own, in the slot of the identity alone.
 *
 * The calling order: document_add as often as needed, document_take_back for what was wrong → documents_send. After a rejection the
 * same again; a slot that the rejection is not about keeps what was sent before, unless something new is put there. */
#pragma once

#include "shop/files.h"
#include "shop/shop.h"
#include "store/holder_change.h"
#include "store/order.h"
#include "store/request.h"
#include "store/submission.h"

#define DOCUMENT_BYTES     (10 * 1024 * 1024)
#define DOCUMENTS_BODY     (40 * 1024 * 1024) /* of a form with several */
#define DOCUMENTS_IN_SLOT  12                 /* not yet sent */
#define DOCUMENTS_IN_ALL   100                /* of a request */
#define DOCUMENT_ENVELOPE  "application/pkcs7-mime"

/* ---- What is there ---- */

struct papers {
    struct papers_of whose;
    struct request request;      /* its id 0: they are of `change` */
    struct holder_change change;
    struct document *documents;
    size_t document_count;
    struct submission *submissions;
    size_t submission_count;
    const struct submission *last; /* NULL: nothing was sent yet */
};
enum outcome papers_load(struct db_tx *tx, void *mem, int64_t order_id, struct papers *papers) must_check; /* REFUSED: no purchase */
enum outcome papers_of_change(struct db_tx *tx, void *mem, int64_t change_id, struct papers *papers) must_check;

/* Whether papers may be put there and sent now. */
bool papers_are_awaited(const struct papers *papers);
/* The rejection that the customer has to answer; NULL: none. */
const struct submission *papers_rejection(const struct papers *papers);
/* Whether what was sent before for this slot goes again, where nothing new is put there. */
bool papers_slot_is_kept(const struct papers *papers, const char *slot);
size_t papers_waiting(const struct papers *papers, const char *slot); /* files put there, not yet sent */

/* ---- Putting there ---- */

struct document_request {
    const char *code;  /* of the order */
    int64_t change_id; /* of a change of holder, in place of the order; 0: none */
    const char *slot;
    const char *file_name;
    const void *bytes;
    size_t length;
    struct actor actor;
};
/* Type by content (PDF, JPEG, PNG, a PDF in a .p7m), signature, size, scan; then the file is sealed and synced before its row. REFUSED
 * on the slot's name as field. The same file again in its slot finds the first. */
enum outcome document_add(struct shop *shop, void *mem, const struct document_request *request, struct document *document,
                          struct problem *why) must_check;
/* What was not sent yet is gone, its bytes too unless another document needs them. DONE also where it is gone already. */
struct taking_back {
    const char *code;
    int64_t change_id; /* as of document_request */
    int64_t id;
    struct actor actor;
};
enum outcome document_take_back(struct shop *shop, void *mem, const struct taking_back *request, struct problem *why) must_check;

/* The bytes as people look at them: of an envelope the PDF inside. REFUSED with PROBLEM_NOT_FOUND where they were purged. */
enum outcome document_show(struct shop *shop, void *mem, const struct document *document, const char **type, void **bytes,
                           size_t *length, struct problem *why) must_check;

/* ---- Sending ---- */

/* Both slots or nothing: the faults, on the slots' names, are in *all. The customer is told by mail when the desk answers (D14). Again
 * while it is at the desk it changes nothing and finds what was sent. */
enum outcome documents_send(struct db_tx *tx, void *mem, const struct brands *brands, const char *code, const struct actor *actor,
                            struct submission *submission, struct problems *all) must_check;

/* ---- Forgetting (K6) ---- */

/* Bytes of identity documents whose time is over; their rows, hashes and verdicts stay. *purged: how many, `limit` at most. */
enum outcome documents_purge(struct shop *shop, void *mem, int limit, int *purged) must_check;
