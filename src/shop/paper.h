/* shop/paper.h: an order's papers, drawn from the record when first asked for (never inside the order's transaction). */
#pragma once

#include "paper/invoice.h"
#include "paper/receipt.h"
#include "paper/slip.h"
#include "paper/transfer.h"
#include "shop/present.h"

/* The record that paper/ draws from; texts owned by `mem` or borrowed from facts. An invoice's facts may be a credit note's:
 * order_facts_of_invoice. */
struct invoice_paper *invoice_paper_of(void *mem, const struct order_facts *facts);
struct transfer_paper *transfer_paper_of(void *mem, const struct order_facts *facts);
struct slip_paper *slip_paper_of(void *mem, const struct order_facts *facts); /* where the brand has a postal account */
struct receipt_paper *receipt_paper_of(void *mem, const struct order_facts *facts); /* of a top-up that is paid */

/* "fattura-2026-17.pdf", "nota-di-credito-2026-3.pdf" */
char *invoice_pdf_name(void *mem, const struct invoice *invoice);

/* The 15-digit reference that a postal slip carries, whatever the order's code looks like; returns text. */
char *order_reference(const struct order *order, char text[REFERENCE_TEXT]);

/* The electronic invoice's bytes, of the attempt that is current: made, hashed and kept the first time (a progressive of its own, never
 * used twice), read afterwards. REFUSED when there is no such invoice. */
enum outcome invoice_file_get(struct shop *shop, void *mem, int64_t invoice_id, struct invoice_file *file) must_check;
