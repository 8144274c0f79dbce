/* link/axerve.h: what Axerve says, understood (PAYMENTS §1.3-1.6). For axerve.c, its fuzzer and its tests. */
#pragma once

#include "link/gateways_parts.h"

/* What an error code asks of us. */
enum axerve_verdict {
    AXERVE_GOOD,      /* "0" */
    AXERVE_DECLINED,  /* by the issuer, or by 3-D Secure */
    AXERVE_CANCELLED, /* by the buyer */
    AXERVE_EXPIRED,   /* the page stood open too long */
    AXERVE_ACTION,    /* the customer must come: strong authentication, another card */
    AXERVE_LATER,     /* not known: ask */
    AXERVE_DONE_ALREADY,
    AXERVE_NOT_FOUND,
    AXERVE_OURS, /* our request, our key */
};
enum axerve_verdict axerve_verdict(const char *code);

/* "15/01/26 16:13:14" in Rome, or with the year in four digits. 0 where it is none. */
struct instant axerve_instant(const char *text);

/* The payload of payment/detail. REFUSED where it holds an amount that is none, or adds up to too much: it is then not known
 * what happened. */
enum outcome axerve_said(void *mem, json_t *payload, struct gateway_said *said) must_check;
