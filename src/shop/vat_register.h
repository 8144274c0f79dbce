/* shop/vat_register.h: the register of sales (art. 23 DPR 633/1972) of a brand and some days: sums by kind and rate, the series' numbers
 * without gaps, and every document as CSV. Credit notes count against invoices. */
#pragma once

#include "base/text.h"
#include "shop/shop.h"
#include "store/sdi.h"

struct vat_register {
    const struct brand *brand;
    struct day from, until;
    struct vat_row *rows;
    size_t row_count;
    struct vat_series *series;
    size_t series_count;
    struct total total;     /* invoices less credit notes; vat_rate_bp 0; due: with the VAT that is ours to pay */
    struct money split_vat; /* of it, the VAT that public bodies pay to the state */
    struct money stamps;    /* stamp duty on documents without VAT, of credit notes too: each bears its own */
    bool gapless;        /* every series is */
    int64_t rejected;    /* documents that SdI rejected and nobody has sent again: not issued */
};
enum outcome vat_register_load(struct db_tx *tx, void *mem, const struct brand *brand, struct day from, struct day until,
                               struct vat_register *reg) must_check;
bool vat_series_gapless(const struct vat_series *series);

struct money vat_row_stamps(const struct vat_row *row);
/* {brand, month, rows, series, gapless, rejected, total}; `month` as it was asked for */
json_t *vat_register_describe(const struct vat_register *reg, const char *month);

/* A header and a line a document, ";" between cells, amounts with a comma, those of credit notes negative. */
enum outcome vat_register_csv(struct db_tx *tx, void *mem, const struct vat_register *reg, struct text_buffer *out) must_check;
