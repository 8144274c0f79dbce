/* paper/epc.h: the EPC069-12 QR of a SEPA transfer ("BCD", PAYMENTS §5).
 *
 * The payload is text of one element a line; qr_encode makes the symbol of it (or of any other bytes, such as a TOTP address), and
 * qr_svg or the PDF sheets draw it. A transfer whose data are wrong gets no symbol at all: a payer's bank would fill in the error. */
#pragma once

#include "base/money.h"
#include "base/problem.h"
#include <stdbool.h>
#include <stddef.h>

struct epc_transfer {
    int version;           /* 1: BIC required; 2 */
    int charset;           /* 1: UTF-8, 2: ISO 8859-1 … 8: ISO 8859-15, as in the specification; texts are given in UTF-8 and converted */
    const char *bic;       /* may be NULL; blanks allowed */
    const char *name;      /* 1-70 characters */
    const char *iban;      /* blanks allowed; checked */
    struct money amount;   /* 0.01 to 999999999.99 */
    const char *purpose;   /* 4 letters or digits; NULL or "": empty, as in those that follow */
    const char *reference; /* ISO 11649, excludes remittance */
    const char *remittance, *information; /* to 140 and to 70 characters */
    bool open_amount;      /* the payer fills in the amount; `amount` is then 0 */
    /* How it is written, where the specification leaves a choice that some readers do not: all false for ours. */
    bool every_line;       /* empty elements at the end are written too */
    bool short_amount;     /* "EUR12.3" for "EUR12.30" */
};

/* The payload, LF between elements, no trailing empty ones unless asked, at most 331 bytes; owned by `mem`, NUL-terminated.
 * REFUSED with PROBLEM_OUT_OF_RANGE on the field that is wrong ("version" … "information", "payload" when the whole is too long);
 * an IBAN with its own problem on "iban". */
enum outcome epc_payload(void *mem, const struct epc_transfer *transfer, char **payload, size_t *length, struct problem *why) must_check;

/* A QR symbol: side × side modules, one byte each (1 dark), error level M, without quiet zone. */
struct qr {
    int side;
    unsigned char *dark;
};

/* Byte mode, version 13 at most: REFUSED with PROBLEM_TOO_LARGE past it. Both owned by `mem`. */
enum outcome qr_encode(void *mem, const char *payload, size_t length, struct qr *qr, struct problem *why) must_check;
char *qr_svg(void *mem, const struct qr *qr, const char *label); /* inline SVG, one path, 4-module quiet zone, role=img, aria-label */
