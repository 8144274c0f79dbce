/* shop/sdi.h: invoices on their way through SdI (L26): sent by a channel, answered by notices, mended and sent again where SdI
 * rejected them. What each notice means is in rules/sdi.h. */
#pragma once

#include "rules/sdi.h"
#include "shop/shop.h"
#include "store/sdi.h"

/* Gives an invoice's current file to its brand's channel, once it is written down that this is being done. DONE also where it was sent
 * already, or the brand has no channel: then it waits. */
enum outcome sdi_send(struct shop *shop, void *mem, int64_t invoice_id, struct problem *why) must_check;
/* Has one that waits sent by the next worker. REFUSED: it does not wait, or its brand has no channel. */
enum outcome sdi_queue(struct db_tx *tx, void *mem, const struct brands *brands, const struct invoice *invoice, struct problem *why) must_check;
/* Leaves an outbox row for each invoice of a brand with a channel that waits since an hour without one; *sent how many. */
enum outcome sdi_send_waiting(struct shop *shop, void *mem, int64_t *sent) must_check;

/* The same at once, without the outbox: the invoices of a brand that wait, `after` one by one; again while `more`. The first that the
 * channel does not take ends it. */
struct sdi_batch {
    const char *brand;
    int64_t after;
    int sent;
    bool more;
};
enum outcome sdi_send_batch(struct shop *shop, void *mem, struct sdi_batch *batch, struct problem *why) must_check;

struct sdi_heard {
    enum sdi_effect effect;
    bool repeated;      /* the very same was kept before: nothing happened */
    int64_t invoice_id; /* 0: of none of ours */
};
/* A notice as it was received, read by link/sdi_notice.h; NULL: it cannot be read, and `wrong` says why. It is kept whatever it is. A
 * customer whose invoice could not be delivered is written to. */
enum outcome sdi_hear_notice(struct db_tx *tx, void *mem, const struct brands *brands, const char *brand, const char *name,
                             const struct db_blob *bytes, const struct sdi_notice *notice, const char *wrong, struct sdi_heard *heard) must_check;

struct sdi_again {
    int64_t invoice_id;
    const struct billing *billing; /* mended, checked by billing_check; NULL: it was our own data, or nothing is wrong with it */
    bool late;                     /* also past the last day */
    struct actor actor;
};
/* A new file, with a new name, for an invoice that SdI rejected or a public body refused: same number, same date. REFUSED: its state,
 * PROBLEM_SDI_DUPLICATE where SdI has it already, PROBLEM_SDI_LATE, PROBLEM_SDI_OTHER_TAX where the mended data would have been taxed otherwise. */
enum outcome sdi_send_again(struct db_tx *tx, void *mem, const struct sdi_again *again, struct problem *why) must_check;
