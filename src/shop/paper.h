/* shop/paper.h: an order's papers, drawn from the record when first asked for (never inside the order's transaction). */
#pragma once

#include "paper/invoice.h"
#include "paper/transfer.h"
#include "shop/present.h"

/* The record that paper/ draws from; texts owned by `mem` or borrowed from facts. */
struct invoice_paper *invoice_paper_of(void *mem, const struct order_facts *facts);
struct transfer_paper *transfer_paper_of(void *mem, const struct order_facts *facts);

/* The electronic invoice's bytes: made, hashed and kept the first time (a progressive of its own, never used twice), read
 * afterwards. REFUSED when there is no such invoice. */
enum outcome invoice_file_get(struct shop *shop, void *mem, int64_t invoice_id, struct invoice_file *file) must_check;
