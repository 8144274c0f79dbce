#include "sandbox/paypal.h"
#include <string.h>
#include <talloc.h>

enum { ORDER_HOURS = 3 };

static const char *page_url(struct sandbox *s, void *mem, const struct payment *p)
{
    return talloc_asprintf(mem, "%s/checkoutnow?token=%s", sandbox_origin(s), p->id);
}

/* ---- Finding ---- */

struct payment *paypal_order(struct sandbox *s, const char *id)
{
    struct payment *p = sandbox_payment_by_id(s, id);

    if (!p || strcmp(p->id, id) != 0)
        return NULL;
    if (p->phase <= PHASE_CHALLENGE && clock_now().us - p->created.us > HOURS(ORDER_HOURS))
        paypal_expire(s, p);
    return p->phase == PHASE_EXPIRED ? NULL : p;
}

bool paypal_invoice_is_paid(struct sandbox *s, const struct payment *but, const char *invoice_id)
{
    for (size_t i = 0; *invoice_id && i < s->payment_count; i++) {
        const struct payment *p = s->payments[i];

        if (p != but && p->captured &&
            strcmp(sandbox_text(json_array_get(json_object_get(p->asked, "purchase_units"), 0), "invoice_id"),
                   invoice_id) == 0)
            return true;
    }
    return false;
}

const char *paypal_issue_of(enum fate fate)
{
    switch (fate) {
    case FATE_REFUSED:
    case FATE_NO_FUNDS:
        return "INSTRUMENT_DECLINED";
    case FATE_CHALLENGE:
        return "PAYER_ACTION_REQUIRED";
    case FATE_EXPIRED:
        return "AGREEMENT_ALREADY_CANCELLED";
    default:
        return NULL;
    }
}

static const char *text_of(const char *issue)
{
    return strcmp(issue, "INSTRUMENT_DECLINED") == 0 ? "The instrument presented was either declined by the processor "
                                                       "or bank, or it can't be used for this payment."
           : strcmp(issue, "PAYER_ACTION_REQUIRED") == 0
               ? "Payer needs to perform the following action before proceeding with payment."
               : "The requested agreement is already canceled, so the specified action can't be performed.";
}

/* ---- Creating ---- */

static json_t *links_of(struct sandbox *s, void *mem, const struct payment *p)
{
    const char *self = talloc_asprintf(mem, "%s/v2/checkout/orders/%s", sandbox_origin(s), p->id);
    json_t *links = json_pack("[o]", paypal_link(self, "self", "GET"));

    if (p->phase == PHASE_OPEN)
        json_array_append_new(
            links, paypal_link(page_url(s, mem, p),
                               json_object_get(p->asked, "payment_source") ? "payer-action" : "approve", "GET"));
    if (p->phase == PHASE_AUTHORISED || (p->phase == PHASE_OPEN && !json_object_get(p->asked, "payment_source")))
        json_array_append_new(links, paypal_link(talloc_asprintf(mem, "%s/capture", self), "capture", "POST"));
    return links;
}

/* The order as the shop sees it. */
static json_t *resource(struct sandbox *s, void *mem, const struct payment *p)
{
    json_t *order = json_copy(p->data);

    json_object_set_new(order, "links", links_of(s, mem, p));
    return order;
}

static json_t *new_resource(const struct call *c, const struct paypal_asked *asked, const char *id)
{
    json_t *unit = json_deep_copy(asked->unit);

    if (!json_object_get(unit, "reference_id"))
        json_object_set_new(unit, "reference_id", json_string("default"));
    json_object_set_new(
        unit, "payee",
        json_pack("{s:s, s:s}", "email_address", "negozio@prova.example", "merchant_id", "PROVA00000000"));
    return json_pack("{s:s, s:s, s:s, s:{s:{}}, s:[o], s:o}", "id", id, "intent", "CAPTURE", "status",
                     json_object_get(c->body, "payment_source") ? "PAYER_ACTION_REQUIRED" : "CREATED", "payment_source",
                     "paypal", "purchase_units", unit, "create_time", paypal_time(clock_now()));
}

static void answer_order(struct call *c, int status, const struct payment *p)
{
    const char *prefer = http_header(c->req, "Prefer");
    json_t *order = resource(c->sandbox, c->req->mem, p);

    if (c->req->method == HTTP_POST && !(prefer && strstr(prefer, "return=representation"))) {
        json_t *brief = json_pack("{s:O, s:O, s:O, s:O}", "id", json_object_get(order, "id"), "status",
                                  json_object_get(order, "status"), "payment_source",
                                  json_object_get(order, "payment_source"), "links", json_object_get(order, "links"));

        if (p->captured || p->phase == PHASE_WAITING)
            json_object_set(brief, "purchase_units", json_object_get(order, "purchase_units"));
        json_decref(order);
        order = brief;
    }
    call_answer(c, status, order);
    c->keep = true;
}

/* With a saved account and nobody present: paid at once, or refused and nothing made. */
static bool charge_saved(struct call *c, const struct paypal_asked *asked, struct token **token)
{
    const char *issue;

    *token = sandbox_token_by_id(c->sandbox, asked->vault_id);
    if (!*token) {
        paypal_refuse(c, 422, "/payment_source/paypal/vault_id", "TOKEN_ID_NOT_FOUND",
                      "Specified token ID does not exist.");
        return false;
    }
    if ((issue = paypal_issue_of(sandbox_token_fate(c->sandbox, *token)))) {
        paypal_refuse(c, 422, "/payment_source/paypal", issue, text_of(issue));
        return false;
    }
    return true;
}

static const char *key_of(const struct paypal_asked *asked)
{
    static const char *const NAMES[] = {"custom_id", "invoice_id", "reference_id"};

    for (size_t i = 0; i < count_of(NAMES); i++)
        if (*sandbox_text(asked->unit, NAMES[i]))
            return sandbox_text(asked->unit, NAMES[i]);
    return "";
}

void paypal_create(struct call *c)
{
    struct sandbox *s = c->sandbox;
    struct paypal_asked asked;
    struct token *token = NULL;
    struct payment *p;
    char id[SANDBOX_ID];

    if (!c->body)
        return paypal_refuse(c, 400, "/", "MALFORMED_REQUEST_JSON", "The request JSON is not well formed.");
    if (!paypal_check_order(c, &asked))
        return;
    if (paypal_invoice_is_paid(s, NULL, sandbox_text(asked.unit, "invoice_id")))
        return paypal_refuse(c, 422, "/purchase_units/0/invoice_id", "DUPLICATE_INVOICE_ID",
                             "Duplicate Invoice ID detected.");
    if (*asked.vault_id && !charge_saved(c, &asked, &token))
        return;
    sandbox_id(id, "", 17, CAPITALS);
    p = sandbox_payment_new(s, id, key_of(&asked), asked.amount, asked.currency, new_resource(c, &asked, id));
    p->asked = json_deep_copy(c->body);
    if (token) {
        p->card = token->card;
        p->phase = PHASE_AUTHORISED;
        paypal_take(s, p, false);
    }
    answer_order(c, 201, p);
}

void paypal_show_order(struct call *c)
{
    struct payment *p = paypal_order(c->sandbox, http_parameter(c->req, "id"));

    if (p)
        answer_order(c, 200, p);
    else
        paypal_missing(c);
}

/* ---- The payer has approved ---- */

void paypal_approve(struct sandbox *s, struct payment *p, const char *email)
{
    char payer[SANDBOX_ID];
    json_t *account;

    sandbox_id(payer, "", 13, CAPITALS);
    account = json_pack("{s:s, s:s, s:s, s:{s:s, s:s}}", "email_address", email, "account_id", payer, "account_status",
                        "VERIFIED", "name", "given_name", "Rosa", "surname", "Modelli");
    json_object_set_new(p->data, "status", json_string("APPROVED"));
    json_object_set_new(p->data, "payer",
                        json_pack("{s:s, s:s, s:{s:s, s:s}}", "email_address", email, "payer_id", payer, "name",
                                  "given_name", "Rosa", "surname", "Modelli"));
    json_object_set_new(p->data, "payment_source", json_pack("{s:o}", "paypal", account));
    p->phase = PHASE_AUTHORISED;
    paypal_tell(s, p, "CHECKOUT.ORDER.APPROVED", "checkout-order", "An order has been approved by buyer",
                json_deep_copy(p->data));
}

/* ---- Capturing ---- */

/* The way back to the page on which the payer chooses another source. */
static void decline(struct call *c, struct payment *p, const char *issue)
{
    paypal_refuse(c, 422, "", issue, text_of(issue));
    json_object_set_new(c->answer, "links",
                        json_pack("[o]", paypal_link(page_url(c->sandbox, c->req->mem, p), "redirect", "GET")));
}

void paypal_capture_order(struct call *c)
{
    struct payment *p = paypal_order(c->sandbox, http_parameter(c->req, "id"));
    const char *issue;

    if (!p)
        return paypal_missing(c);
    if (p->phase == PHASE_CAPTURED || p->phase == PHASE_WAITING || p->phase == PHASE_DISPUTED ||
        p->phase == PHASE_FAILED)
        return paypal_refuse(c, 422, "", "ORDER_ALREADY_CAPTURED",
                             "Order already captured. If 'intent=CAPTURE' only one capture per order is allowed.");
    if (p->phase != PHASE_AUTHORISED)
        return paypal_refuse(c, 422, "", "ORDER_NOT_APPROVED",
                             "Payer has not yet approved the Order for payment. Please redirect the payer to the "
                             "'rel':'approve' url returned as part of the HATEOAS links within the Create Order call.");
    if (paypal_invoice_is_paid(
            c->sandbox, p, sandbox_text(json_array_get(json_object_get(p->asked, "purchase_units"), 0), "invoice_id")))
        return paypal_refuse(c, 422, "", "DUPLICATE_INVOICE_ID", "Duplicate Invoice ID detected.");
    if ((issue = paypal_issue_of(p->card.fate)))
        return decline(c, p, issue);
    paypal_take(c->sandbox, p, p->card.fate == FATE_REVIEW);
    answer_order(c, 201, p);
}
