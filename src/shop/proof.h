/* shop/proof.h: proofs of payment (Y5-Y8, Y12): received by upload or entered by staff (mail, fax), decided by the desk, confirmed by
 * the credit. By the policy `payment_trust` an accepted one settles the order, provisionally (on_proof), or only informs (on_credit). */
#pragma once

#include "shop/ports.h"
#include "shop/shop.h"
#include "store/order.h"
#include "store/proof.h"

#define PROOF_BYTES (10 * 1024 * 1024)

/* Files by their SHA-256, in a folder outside the web root. */
struct files {
    const char *folder;            /* NULL: nothing can be stored, uploads are refused with PROBLEM_FILES */
    const struct scanner *scanner; /* NULL: none configured */
};

struct proof_request {
    const char *code;    /* of the order */
    const char *channel; /* upload, mail, fax */
    const char *file_name;
    const void *bytes;
    size_t length;
    struct actor actor;
};
/* Type by content (PDF, JPEG, PNG), size, scan, then the file is written and synced before its row. REFUSED on field "file" with what
 * to do. The same file again finds the first. The customer gets a mail that says by when the desk answers (D13). */
enum outcome proof_receive(struct shop *shop, const struct files *files, void *mem, const struct proof_request *request,
                           struct proof *proof, struct problem *why) must_check;

/* The desk's verdict. `kind`/`reason` by rules/proof.h; accepted ones settle the order where the brand trusts proofs. */
enum outcome proof_accept(struct db_tx *tx, void *mem, const struct brands *brands, int64_t id, const char *kind, struct money amount,
                          const struct actor *actor, struct proof *proof, struct problem *why) must_check;
enum outcome proof_reject(struct db_tx *tx, void *mem, const struct brands *brands, int64_t id, const char *reason,
                          const struct actor *actor, struct proof *proof, struct problem *why) must_check;

/* The money of an order settled on a proof has been seen (by settle_payment): the flag goes, the proof is credited (Y8). */
enum outcome proof_credited(struct db_tx *tx, void *mem, const struct order *order, const struct actor *actor) must_check;

/* Accepted proofs without their credit for 10 working days: an alert for the desk (Y12), once each. Adds to *alerted. */
enum outcome proofs_age(struct db_tx *tx, void *mem, const struct brands *brands, int limit, int *alerted) must_check;

/* The bytes of a stored file, checked against their hash. */
enum outcome file_read(const struct files *files, void *mem, const char *sha256, void **bytes, size_t *length) must_check;
