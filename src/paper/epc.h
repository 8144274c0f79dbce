/* paper/epc.h: the EPC069-12 QR of a SEPA transfer ("BCD", PAYMENTS §5). */
#pragma once

#include "base/money.h"
#include "base/problem.h"
#include <stdbool.h>
#include <stddef.h>

struct epc_transfer {
    int version;           /* 1: BIC required; 2 */
    int charset;           /* 1: UTF-8 … 8, as in the specification; texts are given in UTF-8 and converted (1 and 2 at least) */
    const char *bic;       /* may be NULL */
    const char *name;      /* 1-70 characters */
    const char *iban;      /* blanks allowed; checked */
    struct money amount;   /* 0: left empty */
    const char *purpose, *reference /* ISO 11649 */, *remittance, *information; /* NULL: empty */
};

/* The payload, LF between elements, no trailing empty ones; owned by `mem`. REFUSED with PROBLEM_OUT_OF_RANGE on the field that is wrong. */
enum outcome epc_payload(void *mem, const struct epc_transfer *transfer, char **payload, size_t *length, struct problem *why) must_check;

/* A QR symbol: side × side modules, one byte each (1 dark), error level M, without quiet zone. */
struct qr {
    int side;
    unsigned char *dark;
};
enum outcome qr_encode(void *mem, const char *payload, size_t length, struct qr *qr, struct problem *why) must_check;
char *qr_svg(void *mem, const struct qr *qr, const char *label); /* inline SVG, one path, 4-module quiet zone, role=img, aria-label */
