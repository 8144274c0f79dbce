/* paper/receipt.h: the receipt of money put on a prepaid account (PAYMENTS §13). It is a deposit: no VAT, and no invoice until
 * something is bought with it. */
#pragma once

#include "base/day.h"
#include "base/money.h"
#include "paper/invoice.h"

struct receipt_paper {
    const struct seller *seller;
    const struct billing *customer;
    const char *order_code;
    struct money amount;        /* above 0 */
    const char *payment_method; /* "card" …, of rules/payment.h */
    struct day paid_on;
    struct money balance; /* after it; 0: not stated */
    const char *language, *brand_name, *colour;
};

/* BROKEN, and logged, without an amount, a code, a day or a known method. The same record gives the same bytes. Owned by `mem`. */
enum outcome receipt_pdf(void *mem, const struct receipt_paper *receipt, void **bytes, size_t *length) must_check;
