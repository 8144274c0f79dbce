/* store/sdi.h: where each invoice stands with SdI, the files that were sent, and the notices that came. */
#pragma once

#include "db/db.h"
#include "rules/sdi.h"
#include "store/invoice.h"

struct sdi_standing {
    int64_t invoice_id;
    char *brand, *kind;
    struct day issued_on;
    char *state_text;
    enum sdi_state state;
    int64_t attempt;
    struct instant changed_at;
    struct day resend_by; /* DAY 0: not rejected */
    char *said;
};
/* By invoice_issue: to be sent. */
enum outcome sdi_begin(struct db_tx *tx, const struct invoice *invoice) must_check;
enum outcome sdi_of_invoice(struct db_tx *tx, void *mem, int64_t invoice_id, struct sdi_standing *out) must_check;
/* From the state and attempt it was read in; *changed false: it has moved on meanwhile. */
enum outcome sdi_change(struct db_tx *tx, const struct sdi_standing *from, enum sdi_state to, int64_t attempt,
                        struct day resend_by, const char *said, bool *changed) must_check;

/* ---- Files that were sent ---- */

struct sdi_sending {
    char *name;
    int64_t invoice_id, attempt;
    char *channel;
    struct instant begun_at, sent_at; /* sent_at 0: not known to have gone */
    char *sdi_id;                     /* IdentificativoSdI; "" not told yet */
    char *outcome;                    /* name of a state, "" none yet */
    char *sha256;                     /* of the file */
};
/* Before the channel is asked; a second time it changes nothing. */
enum outcome sdi_sending_begin(struct db_tx *tx, const struct sdi_sending *sending) must_check;
enum outcome sdi_sending_done(struct db_tx *tx, const char *name) must_check;
enum outcome sdi_sending_outcome(struct db_tx *tx, const char *name, const char *sdi_id, const char *outcome) must_check;
enum outcome sdi_sendings_of(struct db_tx *tx, void *mem, int64_t invoice_id, struct sdi_sending **all, size_t *count) must_check;
/* The file whose name begins so, of this brand, sent or not (channel ""). */
enum outcome sdi_sending_by_stem(struct db_tx *tx, void *mem, const char *brand, const char *stem, struct sdi_sending *out) must_check;
enum outcome sdi_again_number(struct db_tx *tx, int64_t *number) must_check; /* for sdi_progressive_again */

/* Invoices of a brand to be sent since before `until`, with nothing in the outbox that will do so; at most `limit`. */
enum outcome sdi_unsent(struct db_tx *tx, void *mem, const char *brand, struct instant until, int limit, int64_t **ids,
                        size_t *count) must_check;

/* All of them, by id. */
enum outcome sdi_unsent_after(struct db_tx *tx, void *mem, const char *brand, int64_t after, int limit, int64_t **ids,
                              size_t *count) must_check;

/* ---- Notices ---- */

struct sdi_paper {
    int64_t id;
    char *brand, *name, *kind, *sdi_id, *about;
    int64_t invoice_id; /* 0: of no file of ours */
    char *effect, *said, *sha256;
    struct instant received_at;
    struct db_blob bytes; /* only of sdi_notice_by_id */
};
/* *fresh false: it was kept before. */
enum outcome sdi_notice_keep(struct db_tx *tx, const struct sdi_paper *paper, bool *fresh) must_check;
enum outcome sdi_notice_kept(struct db_tx *tx, const char *brand, const char *name, const char *sha256, bool *kept) must_check;
enum outcome sdi_notices_of(struct db_tx *tx, void *mem, int64_t invoice_id, struct sdi_paper **all, size_t *count) must_check;
enum outcome sdi_notice_by_id(struct db_tx *tx, void *mem, int64_t id, struct sdi_paper *out) must_check;
/* What nobody could place, newest first, before `before` (0: from the newest); brand "": all. */
enum outcome sdi_notices_odd(struct db_tx *tx, void *mem, const char *brand, int64_t before, int limit, struct sdi_paper **all,
                             size_t *count) must_check;

/* ---- The register ---- */

struct sdi_filter {
    const char *brand, *kind, *state; /* "": any */
    struct day from, until;           /* of issue; DAY 0: any */
    const char *customer;             /* a name's beginning, a tax code, a VAT number, an order's code or a number "2026/17"; "" any */
    bool silent;                      /* sent, and no answer since `silent_before` */
    struct instant silent_before;
    struct day after_day;             /* the page goes on behind this row; DAY 0: from the newest */
    int64_t after_id;
    int limit;
};

struct sdi_row {
    struct invoice invoice;
    char *state_text, *customer, *order_code;
    struct instant changed_at;
    struct day resend_by;
};
enum outcome sdi_rows(struct db_tx *tx, void *mem, const struct sdi_filter *filter, struct sdi_row **rows, size_t *count) must_check;

/* ---- The register of sales (art. 23 DPR 633/1972): a brand's days, by kind, rate, Natura and who pays the VAT ---- */

struct vat_row {
    char *kind;
    int vat_rate_bp;
    char *nature;                 /* "" with VAT */
    bool split;                   /* the VAT is the customers' to pay, not ours */
    int64_t documents;
    int64_t large;                /* of them, of more than SALE_STAMP_ABOVE net */
    struct money net, vat, gross; /* of credit notes too positive */
};
enum outcome vat_rows(struct db_tx *tx, void *mem, const char *brand, struct day from, struct day until, struct vat_row **rows,
                      size_t *count) must_check;

/* The numbers of each series in these days; what is missing between them, or between them and what was issued before, shows by
 * documents <> last - first + 1 and by first <> before + 1. */
struct vat_series {
    char *kind;
    int64_t year, first, last, documents, before; /* before: the last number before these days */
    int64_t rejected; /* of them, by SdI, and not sent again: not issued */
};
enum outcome vat_series(struct db_tx *tx, void *mem, const char *brand, struct day from, struct day until, struct vat_series **rows,
                        size_t *count) must_check;

/* Document by document, in the order of kind and number. */
struct vat_document {
    struct invoice invoice;
    char *customer, *tax_code, *vat_number, *state_text, *nature;
};
enum outcome vat_each(struct db_tx *tx, void *mem, const char *brand, struct day from, struct day until, struct vat_document *row,
                      db_each_row *each, void *arg) must_check;
