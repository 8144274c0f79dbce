/* paper/sums.h: whether an invoice adds up, before a word of it is written (PAYMENTS §9.5). */
#pragma once

#include "paper/invoice.h"

/* DONE, or BROKEN and logged with the number of SdI's check that it would fail. */
enum outcome invoice_adds_up(const struct invoice_paper *invoice) must_check;
