#include "sandbox/paypal.h"
#include <string.h>
#include <talloc.h>

static json_t *unit_of(const struct payment *p)
{
    return json_array_get(json_object_get(p->data, "purchase_units"), 0);
}

static json_t *capture_of(const struct payment *p)
{
    return json_array_get(json_object_get(json_object_get(unit_of(p), "payments"), "captures"), 0);
}

static struct payment *by_capture(struct sandbox *s, const char *id)
{
    struct payment *p = sandbox_payment_by_id(s, id);

    return p && strcmp(p->other, id) == 0 ? p : NULL;
}

/* 3.4 % and 35 cents */
static int64_t fee_of(int64_t cents)
{
    int64_t fee = (cents * 34 + 500) / 1000 + 35;

    return fee < cents ? fee : cents;
}

/* ---- The capture ---- */

static json_t *new_capture(struct sandbox *s, const struct payment *p, bool held)
{
    const json_t *asked = unit_of(p);
    int64_t fee = fee_of(p->amount);
    char *self = talloc_asprintf(NULL, "%s/v2/payments/captures/%s", sandbox_origin(s), p->other);
    char *refund = talloc_asprintf(self, "%s/refund", self),
         *up = talloc_asprintf(self, "%s/v2/checkout/orders/%s", sandbox_origin(s), p->id);
    json_t *capture = json_pack(
        "{s:s, s:s, s:o, s:b, s:{s:s}, s:{s:{s:s}}, s:o, s:o, s:[o, o, o]}", "id", p->other, "status",
        held ? "PENDING" : "COMPLETED", "amount", paypal_amount(p->amount, p->currency), "final_capture", true,
        "seller_protection", "status", "NOT_ELIGIBLE", "supplementary_data", "related_ids", "order_id", p->id,
        "create_time", paypal_time(clock_now()), "update_time", paypal_time(clock_now()), "links",
        paypal_link(self, "self", "GET"), paypal_link(refund, "refund", "POST"), paypal_link(up, "up", "GET"));

    talloc_free(self);
    if (held)
        json_object_set_new(capture, "status_details", json_pack("{s:s}", "reason", "PENDING_REVIEW"));
    else
        json_object_set_new(capture, "seller_receivable_breakdown",
                            json_pack("{s:o, s:o, s:o}", "gross_amount", paypal_amount(p->amount, p->currency),
                                      "paypal_fee", paypal_amount(fee, p->currency), "net_amount",
                                      paypal_amount(p->amount - fee, p->currency)));
    if (json_object_get(asked, "custom_id"))
        json_object_set(capture, "custom_id", json_object_get(asked, "custom_id"));
    if (json_object_get(asked, "invoice_id"))
        json_object_set(capture, "invoice_id", json_object_get(asked, "invoice_id"));
    return capture;
}

static json_t *token_resource(struct sandbox *s, const struct token *t)
{
    char *self = talloc_asprintf(NULL, "%s/v3/vault/payment-tokens/%s", sandbox_origin(s), t->id);
    json_t *resource =
        json_pack("{s:s, s:{s:s}, s:{s:{s:s, s:s}}, s:[o, o]}", "id", t->id, "customer", "id", t->customer,
                  "payment_source", "paypal", "usage_type", "MERCHANT", "customer_type", "CONSUMER", "links",
                  paypal_link(self, "self", "GET"), paypal_link(self, "delete", "DELETE"));

    talloc_free(self);
    return resource;
}

static void save_account(struct sandbox *s, struct payment *p)
{
    const json_t *paypal = json_object_get(json_object_get(p->asked, "payment_source"), "paypal");
    struct token *t;
    json_t *resource, *vault;

    if (!json_object_get(json_object_get(paypal, "attributes"), "vault"))
        return;
    t = sandbox_token_new(s, "", 17, p);
    sandbox_id(t->customer, "", 10, CAPITALS);
    resource = token_resource(s, t);
    vault = json_pack("{s:s, s:s, s:{s:s}, s:O}", "id", t->id, "status", "VAULTED", "customer", "id", t->customer,
                      "links", json_object_get(resource, "links"));
    json_object_set_new(json_object_get(json_object_get(p->data, "payment_source"), "paypal"), "attributes",
                        json_pack("{s:o}", "vault", vault));
    paypal_tell(s, p, "VAULT.PAYMENT-TOKEN.CREATED", "payment_token", "A payment token has been created.", resource);
}

void paypal_take(struct sandbox *s, struct payment *p, bool held)
{
    json_t *capture;

    sandbox_id(p->other, "", 17, CAPITALS);
    capture = new_capture(s, p, held);
    json_object_set_new(unit_of(p), "payments", json_pack("{s:[o]}", "captures", capture));
    json_object_set_new(p->data, "status", json_string("COMPLETED"));
    json_object_set_new(p->data, "update_time", paypal_time(clock_now()));
    if (held) {
        p->phase = PHASE_WAITING;
        paypal_tell(s, p, "PAYMENT.CAPTURE.PENDING", "capture", "Payment pending", json_deep_copy(capture));
        return;
    }
    sandbox_payment_capture(p, p->amount);
    save_account(s, p);
    paypal_tell(s, p, "PAYMENT.CAPTURE.COMPLETED", "capture", "Payment completed", json_deep_copy(capture));
}

/* A held capture that was let through. */
void paypal_complete(struct sandbox *s, struct payment *p)
{
    json_t *capture = capture_of(p);

    json_object_set_new(capture, "status", json_string("COMPLETED"));
    json_object_del(capture, "status_details");
    json_object_set_new(capture, "update_time", paypal_time(clock_now()));
    sandbox_payment_capture(p, p->amount);
    save_account(s, p);
    paypal_tell(s, p, "PAYMENT.CAPTURE.COMPLETED", "capture", "Payment completed", json_deep_copy(capture));
}

/* A held capture is denied; an order that nobody acted on is no longer there; one approved is taken back by the payer.
 */
void paypal_expire(struct sandbox *s, struct payment *p)
{
    if (p->phase == PHASE_WAITING) {
        json_object_set_new(capture_of(p), "status", json_string("DECLINED"));
        p->phase = PHASE_FAILED;
        paypal_tell(s, p, "PAYMENT.CAPTURE.DENIED", "capture", "Payment denied", json_deep_copy(capture_of(p)));
        return;
    }
    if (p->phase == PHASE_AUTHORISED)
        paypal_tell(s, p, "CHECKOUT.PAYMENT-APPROVAL.REVERSED", "checkout-order",
                    "A payment has been reversed after approval.", json_pack("{s:s}", "order_id", p->id));
    p->phase = PHASE_EXPIRED;
}

void paypal_dispute(struct sandbox *s, struct payment *p)
{
    json_object_set_new(capture_of(p), "status", json_string("REFUNDED"));
    p->phase = PHASE_DISPUTED;
    paypal_tell(s, p, "PAYMENT.CAPTURE.REVERSED", "capture", "Payment reversed", json_deep_copy(capture_of(p)));
}

void paypal_show_capture(struct call *c)
{
    struct payment *p = by_capture(c->sandbox, http_parameter(c->req, "id"));

    if (p)
        call_answer(c, 200, json_incref(capture_of(p)));
    else
        paypal_missing(c);
}

/* ---- Refunds ---- */

static json_t *new_refund(struct sandbox *s, const struct call *c, const struct payment *p, int64_t cents)
{
    char id[SANDBOX_ID];
    char *self =
        talloc_asprintf(c->req->mem, "%s/v2/payments/refunds/%s", sandbox_origin(s), sandbox_id(id, "", 17, CAPITALS));
    char *up = talloc_asprintf(c->req->mem, "%s/v2/payments/captures/%s", sandbox_origin(s), p->other);
    json_t *refund =
        json_pack("{s:s, s:s, s:o, s:o, s:o, s:[o, o]}", "id", id, "status", "COMPLETED", "amount",
                  paypal_amount(cents, p->currency), "create_time", paypal_time(clock_now()), "update_time",
                  paypal_time(clock_now()), "links", paypal_link(self, "self", "GET"), paypal_link(up, "up", "GET"));
    static const char *const ECHOED[] = {"note_to_payer", "custom_id", "invoice_id"};

    for (size_t i = 0; i < count_of(ECHOED); i++)
        if (json_object_get(c->body, ECHOED[i]))
            json_object_set(refund, ECHOED[i], json_object_get(c->body, ECHOED[i]));
    json_object_set_new(refund, "seller_payable_breakdown",
                        json_pack("{s:o, s:o}", "gross_amount", paypal_amount(cents, p->currency),
                                  "total_refunded_amount", paypal_amount(p->refunded, p->currency)));
    return refund;
}

/* How much; false: refused. */
static bool read_refund(struct call *c, const struct payment *p, int64_t *cents)
{
    const json_t *amount = json_object_get(c->body, "amount");
    int64_t left = p->captured - p->refunded;

    *cents = left;
    if (p->phase != PHASE_CAPTURED) {
        paypal_refuse(c, 422, "", p->phase == PHASE_WAITING ? "PENDING_CAPTURE" : "CAPTURE_DISPUTED",
                      "The capture cannot be refunded.");
        return false;
    }
    if (left == 0) {
        paypal_refuse(c, 422, "", "CAPTURE_FULLY_REFUNDED", "The capture has already been fully refunded.");
        return false;
    }
    if (!paypal_check_length(c, c->body, "note_to_payer", "/note_to_payer", 255))
        return false;
    if (amount && !paypal_read_amount(c, amount, "/amount", false, NULL, cents))
        return false;
    if (amount && strcmp(sandbox_text(amount, "currency_code"), p->currency) != 0) {
        paypal_refuse(c, 422, "/amount/currency_code", "REFUND_CAPTURE_CURRENCY_MISMATCH",
                      "Refund must be in the same currency as the capture.");
        return false;
    }
    if (*cents > left) {
        paypal_refuse(
            c, 422, "/amount/value", "REFUND_AMOUNT_EXCEEDED",
            "The refund amount must be less than or equal to the capture amount that has not yet been refunded.");
        return false;
    }
    return true;
}

void paypal_refund(struct call *c)
{
    struct payment *p = by_capture(c->sandbox, http_parameter(c->req, "id"));
    const char *prefer = http_header(c->req, "Prefer");
    int64_t cents;
    json_t *refund;

    if (!p)
        return paypal_missing(c);
    if (!read_refund(c, p, &cents))
        return;
    p->refunded += cents;
    json_object_set_new(capture_of(p), "status",
                        json_string(p->refunded == p->captured ? "REFUNDED" : "PARTIALLY_REFUNDED"));
    refund = new_refund(c->sandbox, c, p, cents);
    json_array_append(p->events, refund);
    json_object_set(json_object_get(unit_of(p), "payments"), "refunds", p->events);
    paypal_tell(c->sandbox, p, "PAYMENT.CAPTURE.REFUNDED", "refund", "Payment refunded", json_deep_copy(refund));
    if (!(prefer && strstr(prefer, "return=representation"))) {
        json_t *brief = json_pack("{s:O, s:O, s:O}", "id", json_object_get(refund, "id"), "status",
                                  json_object_get(refund, "status"), "links", json_object_get(refund, "links"));

        json_decref(refund);
        refund = brief;
    }
    call_answer(c, 201, refund);
    c->keep = true;
}

void paypal_show_refund(struct call *c)
{
    const char *id = http_parameter(c->req, "id");

    for (size_t i = 0; i < c->sandbox->payment_count; i++)
        for (size_t k = 0; k < json_array_size(c->sandbox->payments[i]->events); k++) {
            json_t *refund = json_array_get(c->sandbox->payments[i]->events, k);

            if (strcmp(sandbox_text(refund, "id"), id) == 0)
                return call_answer(c, 200, json_incref(refund));
        }
    paypal_missing(c);
}

/* ---- Saved accounts ---- */

void paypal_show_token(struct call *c)
{
    const struct token *t = sandbox_token_by_id(c->sandbox, http_parameter(c->req, "id"));

    if (t)
        call_answer(c, 200, token_resource(c->sandbox, t));
    else
        paypal_missing(c);
}

void paypal_delete_token(struct call *c)
{
    struct token *t = sandbox_token_by_id(c->sandbox, http_parameter(c->req, "id"));
    const struct payment *p = t ? sandbox_payment_by_id(c->sandbox, t->first) : NULL;

    if (t)
        t->deleted = true;
    if (p)
        paypal_tell(c->sandbox, p, "VAULT.PAYMENT-TOKEN.DELETED", "payment_token", "A payment token has been deleted.",
                    token_resource(c->sandbox, t));
    call_answer(c, 204, NULL);
}
