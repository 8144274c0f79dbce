/* shop/proof.h: proofs of payment (Y5-Y8, Y12): received by upload or entered by staff (mail, fax), decided by the desk, confirmed by
 * the credit. By the brand's policy (P21) an accepted one settles the order, provisionally, or only informs. A top-up is never
 * settled by one: what it credits could be spent before the money is seen. */
#pragma once

#include "shop/files.h"
#include "shop/shop.h"
#include "store/order.h"
#include "store/proof.h"

#define PROOF_BYTES      (10 * 1024 * 1024)
#define PROOF_BODY       (PROOF_BYTES + 64 * 1024) /* with what a form puts around it */
#define PROOFS_PER_ORDER 10
#define PROOF_DAYS_BACK  30 /* of what staff enters */

/* P22: how this brand takes them: upload, mail, fax. */
bool proof_channel_open(const struct brand *brand, const char *channel);
/* P21: an accepted proof settles this order, before the money is seen. */
bool proof_settles(const struct brand *brand, const struct order *order);

struct proof_request {
    const char *code;    /* of the order */
    const char *channel; /* upload, mail, fax */
    const char *file_name;
    const void *bytes;
    size_t length;
    struct instant arrived_at; /* of what staff enters: when it came; 0: now. The desk's time runs from it (D13) */
    struct actor actor;
};
/* Type by content (PDF, JPEG, PNG), size, scan, then the file is written and synced before its row. REFUSED on field "file" with what
 * to do. The same file again finds the first. The customer gets a mail that says by when the desk answers (D13). */
enum outcome proof_receive(struct shop *shop, const struct files *files, void *mem, const struct proof_request *request,
                           struct proof *proof, struct problem *why) must_check;

/* The desk's verdict, by a person who has looked at the file. `kind` is what it shows, `amount` what stands on it, which must be
 * what is due. It settles the order where the brand trusts proofs; of an order that is paid already it is recorded and changes
 * nothing else. What was rejected may still be accepted; the same verdict again changes nothing. REFUSED for an order that was
 * given up. */
enum outcome proof_accept(struct db_tx *tx, void *mem, const struct brands *brands, int64_t id, const char *kind, struct money amount,
                          const struct actor *actor, struct proof *proof, struct problem *why) must_check;
/* The customer is told why and what to send instead, and has some days for it. */
enum outcome proof_reject(struct db_tx *tx, void *mem, const struct brands *brands, int64_t id, const char *reason,
                          const struct actor *actor, struct proof *proof, struct problem *why) must_check;

/* The order's money has been booked (settle_payment), whether a proof had settled it or not: what proved it is credited (Y8). */
enum outcome proof_credited(struct db_tx *tx, void *mem, const struct order *order, const struct actor *actor) must_check;

/* Accepted proofs without their credit for 10 working days: an alert for the desk (Y12), once each. The order stays as it is: what
 * becomes of it the desk decides (§8.4). *alerted: how many. */
enum outcome proofs_age(struct db_tx *tx, void *mem, const struct brands *brands, int limit, int *alerted) must_check;
