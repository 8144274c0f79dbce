/* sandbox/paypal.h: what the files of the simulated PayPal share. */
#pragma once

#include "sandbox/parts.h"

/* ---- paypal_sign.c: an authority and a certificate of its own, made at start ---- */

struct signer;
enum outcome signer_make(void *mem, struct signer **signer, struct problem *why) must_check;
const char *signer_ca_file(const struct signer *signer);
const char *signer_name(const struct signer *signer);  /* "CERT-360caa42-…": the last part of PAYPAL-CERT-URL */
const char *signer_chain(const struct signer *signer); /* PEM: the certificate, then the authority's */
char *signer_sign(const struct signer *signer, void *mem, const char *message); /* base64; RSA PKCS#1 v1.5, SHA-256 */
bool signer_verify(const struct signer *signer, const char *message, const char *base64);
/* "id|time|webhook id|CRC-32 of the body in decimal" */
char *signer_message(void *mem, const char *id, const char *time, const char *webhook_id, const void *body, size_t length);

/* ---- paypal.c ---- */

/* {"name", "message", "debug_id", "details": [{"field", "issue", "description"}]}; field "" for none. 400, 404 or 422. */
void paypal_refuse(struct call *call, int status, const char *field, const char *issue, const char *description);
void paypal_missing(struct call *call); /* 404 */
json_t *paypal_time(struct instant at); /* "2026-01-01T00:00:00Z" */
json_t *paypal_amount(int64_t cents, const char *currency);
json_t *paypal_link(const char *url, const char *rel, const char *method); /* takes no reference */
/* Tells the shop. Takes over `resource`. */
void paypal_tell(struct sandbox *s, const struct payment *p, const char *event, const char *type, const char *summary,
                 json_t *resource);
call_handler paypal_verify_webhook;

/* ---- paypal_check.c ---- */

/* An order as asked for; texts of the body. */
struct paypal_asked {
    int64_t amount;
    const char *currency, *vault_id; /* "" for none */
    const json_t *unit, *paypal;     /* purchase_units[0]; payment_source.paypal, or NULL */
    bool saves;
};
bool paypal_check_order(struct call *call, struct paypal_asked *asked); /* false: refused */
/* {"currency_code", "value"} at `field`; false: refused. */
bool paypal_read_amount(struct call *call, const json_t *amount, const char *field, bool zero, const char *currency, int64_t *cents);
bool paypal_check_length(struct call *call, const json_t *object, const char *name, const char *field, size_t most);

/* ---- paypal_order.c, paypal_pay.c ---- */

call_handler paypal_create, paypal_show_order, paypal_capture_order, paypal_show_capture, paypal_refund, paypal_show_refund,
    paypal_show_token, paypal_delete_token;

struct payment *paypal_order(struct sandbox *s, const char *id); /* NULL: none, or lapsed */
void paypal_take(struct sandbox *s, struct payment *p, bool held); /* the capture; told to the shop */
void paypal_complete(struct sandbox *s, struct payment *p);
void paypal_expire(struct sandbox *s, struct payment *p);
void paypal_dispute(struct sandbox *s, struct payment *p);
bool paypal_invoice_is_paid(struct sandbox *s, const struct payment *but, const char *invoice_id);
void paypal_approve(struct sandbox *s, struct payment *p, const char *email);
/* What a refusal of the payer's source says; NULL: it pays. */
const char *paypal_issue_of(enum fate fate);

/* ---- paypal_page.c ---- */

void paypal_login_get(struct http_request *req);
void paypal_login_post(struct http_request *req);
void paypal_review_get(struct http_request *req);
void paypal_review_post(struct http_request *req);
