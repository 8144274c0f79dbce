/* sandbox/axerve.h: what the REST calls and the hosted page of Axerve share. */
#pragma once

#include "sandbox/parts.h"

/* A refusal of the card or of the call; the code's text is Axerve's own English. */
const char *axerve_error_text(const char *code);

/* What a card's or token's fate leads to: "0", "74", "8006" … */
const char *axerve_code_of(enum fate fate);

const char *axerve_result(const struct sandbox *s, const struct payment *p); /* transactionResult: "UNSUBMITTED", "OK" … */
const char *axerve_status(const struct payment *p);                          /* as notified: "OK", "KO", "XX" */
void axerve_event(struct payment *p, const char *type, int64_t cents);       /* one more of its events: "AUT", "MOV" … */

/* The payment ends: accepted (authorised, and taken where the shop settles by itself), waiting, or refused with this code. Tells
 * the shop. */
void axerve_finish(struct sandbox *s, struct payment *p, const char *code);
void axerve_complete(struct sandbox *s, struct payment *p);
void axerve_expire(struct sandbox *s, struct payment *p);
void axerve_dispute(struct sandbox *s, struct payment *p);

/* Where the payer's browser goes when it is over: buyerOK or buyerKO with Status, paymentID and paymentToken. */
char *axerve_return_url(void *mem, const struct payment *p);
char *axerve_page_url(struct sandbox *s, void *mem, const struct payment *p, const char *page); /* "pagam.aspx", "pagam3d.aspx" */

void axerve_page_get(struct http_request *req);
void axerve_page_post(struct http_request *req);
void axerve_challenge_get(struct http_request *req);
void axerve_challenge_post(struct http_request *req);
