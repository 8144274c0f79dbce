/* link/axerve.c: Axerve's REST interface (PAYMENTS §1). It has no idempotency keys: what is not to happen twice is
 * asked about first, by our transaction id. */
#include "link/axerve.h"
#include "base/log.h"
#include "base/text.h"
#include "net/form.h"
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <talloc.h>

struct axerve {
    struct client *client;
    struct axerve_config config;
};

/* A call's answer: the payload, and the code that came with it. */
struct answer {
    json_t *payload; /* an object; {} where none came */
    const char *code;
};

/* With the shop's key, or with the token of one payment. DONE: the envelope was understood, whatever its code. */
static enum outcome call(struct axerve *a, void *mem, const char *what, const char *token, json_t *body,
                         struct answer *answer, struct problem *why)
{
    const char *header = token ? talloc_asprintf(mem, "paymentToken: %s", token)
                               : talloc_asprintf(mem, "Authorization: apikey %s", a->config.api_key);
    char *text = json_body(mem, body);
    struct client_request request = {.method = "POST",
                                     .url = talloc_asprintf(mem, "%s/payment/%s", a->config.url, what),
                                     .headers = (const char *const[]){header, NULL},
                                     .body = text,
                                     .length = text ? strlen(text) : 0,
                                     .content_type = "application/json"};
    struct reply reply;

    if (!text)
        return provider_fault("axerve", what, 0, "text");
    TRY(provider_ask(a->client, mem, &request, &reply, why));
    answer->code = json_word(mem, reply.json, "error.code", 10);
    answer->payload = json_object_get(reply.json, "payload");
    if (!json_is_object(answer->payload))
        answer->payload = json_owned(mem, json_object());
    if (reply.status == 401 || reply.status == 403)
        return provider_fault("axerve", what, reply.status, answer->code);
    if (axerve_verdict(answer->code) == AXERVE_LATER ||
        (reply.status >= 300 && axerve_verdict(answer->code) == AXERVE_GOOD))
        return provider_silent(why);
    return DONE;
}

/* Of a code that is not AXERVE_GOOD, where nothing is left to ask. */
static enum outcome refuse(const char *what, const char *code, struct problem *why)
{
    enum axerve_verdict verdict = axerve_verdict(code);

    if (verdict == AXERVE_OURS)
        return provider_fault("axerve", what, 200, code);
    if (verdict == AXERVE_DONE_ALREADY) /* the payment itself says more */
        return provider_silent(why);
    return provider_declined(why, code);
}

/* ---- Asking ---- */

static enum outcome detail(struct axerve *a, void *mem, const char *id_name, const char *id, struct gateway_said *out,
                           struct problem *why)
{
    struct gateway_said fresh;
    struct answer answer;

    TRY(call(a, mem, "detail", NULL, json_pack("{s:s, s:s}", "shopLogin", a->config.shop_login, id_name, id), &answer,
             why));
    if (axerve_verdict(answer.code) == AXERVE_NOT_FOUND) {
        out->error = answer.code;
        return provider_declined(why, answer.code);
    }
    /* A refused payment may carry its code in the envelope too. */
    if (axerve_verdict(answer.code) == AXERVE_OURS && !json_at(answer.payload, "transactionResult"))
        return provider_fault("axerve", "detail", 200, answer.code);
    if (!json_at(answer.payload, "transactionResult") || axerve_said(mem, answer.payload, &fresh) != DONE)
        return provider_silent(why);
    *out = fresh;
    return DONE;
}

static enum outcome status(void *arg, void *mem, const struct gateway_ref *payment, struct gateway_said *said,
                           struct problem *why)
{
    if (payment->ref && *payment->ref)
        return detail(arg, mem, "paymentID", payment->ref, said, why);
    return detail(arg, mem, "shopTransactionID", payment->key, said, why);
}

/* ---- Beginning ---- */

static const char *language_id(const char *language)
{
    return strcmp(language, "en") == 0 ? "2" : "1";
}

/* What stands in every payment/create. */
static json_t *create_body(struct axerve *a, void *mem, const struct gateway_ask *ask)
{
    json_t *body = json_pack("{s:s, s:s, s:s, s:s, s:s, s:[s]}", "shopLogin", a->config.shop_login, "amount",
                             decimal(mem, ask->gross), "currency", "EUR", "shopTransactionID", ask->key, "languageId",
                             language_id(ask->language ? ask->language : ""), "paymentType", "CREDITCARD");

    if (body && !text_is_blank(ask->buyer_name))
        json_object_set_new(body, "buyerName", json_string(shortened(mem, ask->buyer_name, 50)));
    if (body && !text_is_blank(ask->buyer_email))
        json_object_set_new(body, "buyerEmail", json_string(ask->buyer_email));
    return body;
}

/* The card is to be charged again, with nobody present, by one or several mailboxes: as often as once a day, for ten
 * years. */
static json_t *first_of_many(void *mem)
{
    struct ymd today = day_split(rome_day(clock_now()));
    const char *expiry = talloc_asprintf(mem, "%04d1231", today.year + 10);

    return json_pack("{s:s, s:{s:s, s:s}}", "type", "01F", "recurringTransaction", "expiry", expiry, "frequency", "1");
}

static enum outcome begin(void *arg, void *mem, const struct gateway_ask *ask, struct gateway_begun *begun,
                          struct problem *why)
{
    struct axerve *a = arg;
    json_t *body = create_body(a, mem, ask);
    struct answer answer;

    json_object_set_new(body, "responseURLs",
                        json_pack("{s:s, s:s, s:s}", "buyerOK", ask->return_url, "buyerKO", ask->cancel_url,
                                  "serverNotificationURL", ask->notify_url));
    if (ask->remember) {
        json_object_set_new(body, "requestToken", json_string("MASKEDPAN"));
        json_object_set_new(body, "transDetails", first_of_many(mem));
    }
    TRY(call(a, mem, "create", NULL, body, &answer, why));
    if (axerve_verdict(answer.code) != AXERVE_GOOD) {
        begun->error = answer.code;
        return refuse("create", answer.code, why);
    }
    begun->ref = json_word(mem, answer.payload, "paymentID", 100);
    begun->redirect_url = json_word(mem, answer.payload, "userRedirect.href", 2000);
    begun->error = "";
    if (!*begun->ref || !redirect_good(mem, begun->redirect_url))
        return provider_silent(why);
    return DONE;
}

/* ---- Capture ---- */

static json_t *money_body(struct axerve *a, void *mem, const struct gateway_ref *payment, struct money amount)
{
    bool ref = payment->ref && *payment->ref;

    return json_pack("{s:s, s:s, s:s, s:s}", "shopLogin", a->config.shop_login, "amount", decimal(mem, amount),
                     "currency", "EUR", ref ? "paymentID" : "shopTransactionID", ref ? payment->ref : payment->key);
}

/* Whatever capture answers, the payment is read back: taken already is as good as taken now. */
static enum outcome capture(void *arg, void *mem, const struct gateway_ref *payment, struct gateway_said *said,
                            struct problem *why)
{
    struct axerve *a = arg;
    struct gateway_said fresh = {0};
    struct answer answer;

    TRY(call(a, mem, "capture", NULL, money_body(a, mem, payment, payment->amount), &answer, why));
    TRY(status(arg, mem, payment, &fresh, why));
    if (fresh.state == PAYMENT_AUTHORISED && axerve_verdict(answer.code) != AXERVE_GOOD) {
        if (axerve_verdict(answer.code) != AXERVE_DECLINED)
            return refuse("capture", answer.code, why);
        fresh.state = PAYMENT_FAILED; /* the authorisation is void, or has run out */
        fresh.error = answer.code;
    }
    *said = fresh;
    return DONE;
}

/* ---- Charging with nobody present ---- */

/* A refusal of create or submit, as a payment's state. */
static enum outcome refused_charge(const char *what, const char *code, struct gateway_said *said, struct problem *why)
{
    enum axerve_verdict verdict = axerve_verdict(code);

    if (verdict != AXERVE_DECLINED && verdict != AXERVE_ACTION && verdict != AXERVE_EXPIRED)
        return refuse(what, code, why);
    said->state = verdict == AXERVE_ACTION ? PAYMENT_NEEDS_ACTION : PAYMENT_FAILED;
    said->error = code;
    return DONE;
}

static enum outcome submit(struct axerve *a, void *mem, const struct gateway_ask *ask, const char *token,
                           const struct gateway_instrument *instrument, struct gateway_said *said, struct problem *why)
{
    struct gateway_ref ref = {.key = ask->key, .ref = said->ref, .amount = ask->gross};
    json_t *body = json_pack("{s:s, s:{s:{s:s}}}", "shopLogin", a->config.shop_login, "paymentTypeDetails",
                             "creditcard", "token", instrument->token);
    struct answer answer;

    TRY(call(a, mem, "submit", token, body, &answer, why));
    if (axerve_verdict(answer.code) != AXERVE_GOOD)
        return refused_charge("submit", answer.code, said, why);
    TRY(status(a, mem, &ref, said, why));
    if (said->state == PAYMENT_NEW ||
        said->state == PAYMENT_PENDING) /* without a result it waits for the card's holder */
        said->state = *json_word(mem, answer.payload, "transactionResult", 30) ? PAYMENT_PENDING : PAYMENT_NEEDS_ACTION;
    ref.ref = said->ref;
    return said->state == PAYMENT_AUTHORISED ? capture(a, mem, &ref, said, why) : DONE;
}

/* One that went through before, and whose answer was lost, is found by its key. */
static enum outcome charge(void *arg, void *mem, const struct gateway_ask *ask,
                           const struct gateway_instrument *instrument, struct gateway_said *said, struct problem *why)
{
    struct axerve *a = arg;
    struct gateway_said before = {0};
    enum outcome known = detail(a, mem, "shopTransactionID", ask->key, &before, why);
    struct answer answer;
    const char *token;
    json_t *body;

    *said = (struct gateway_said){.key = ask->key, .ref = "", .capture_ref = "", .currency = "EUR", .error = ""};
    if (known == BUSY || known == BROKEN)
        return known;
    if (known == DONE && before.state != PAYMENT_NEW) {
        struct gateway_ref ref = {.key = ask->key, .ref = before.ref, .amount = ask->gross};

        *said = before;
        return before.state == PAYMENT_AUTHORISED ? capture(a, mem, &ref, said, why) : DONE;
    }
    body = create_body(a, mem, ask);
    json_object_set_new(
        body, "transDetails",
        json_pack("{s:s, s:{s:s}}", "type", "01N", "previousTransDetails", "paymentID", instrument->first_ref));
    TRY(call(a, mem, "create", NULL, body, &answer, why));
    if (axerve_verdict(answer.code) != AXERVE_GOOD)
        return refused_charge("create", answer.code, said, why);
    said->ref = json_word(mem, answer.payload, "paymentID", 100);
    token = json_word(mem, answer.payload, "paymentToken", 200);
    if (!*said->ref || !*token)
        return provider_silent(why);
    return submit(a, mem, ask, token, instrument, said, why);
}

/* ---- Refund ---- */

/* The last of the events by which money went back. */
static const char *refund_ref(void *mem, json_t *payload)
{
    const char *ref = json_word(mem, payload, "bankTransactionID", 50);

    return *ref ? ref : json_word(mem, payload, "paymentID", 100);
}

static enum outcome refund(void *arg, void *mem, const struct gateway_refund *refund, struct gateway_refunded *refunded,
                           struct problem *why)
{
    struct axerve *a = arg;
    struct gateway_said said = {0};
    struct money after;
    struct answer answer;
    enum outcome o;
    json_t *body;

    *refunded = (struct gateway_refunded){.ref = "", .error = ""};
    o = status(arg, mem, &refund->payment, &said, why);
    refunded->error = o == REFUSED ? said.error : "";
    TRY(o);
    if (money_add(refund->refunded_before, refund->amount, &after) != DONE)
        return provider_fault("axerve", "refund", 0, "amount");
    if (said.refunded.cents >= after.cents) { /* the answer was lost, the refund was not */
        refunded->ref = said.capture_ref;
        return DONE;
    }
    if (said.refunded.cents !=
        refund->refunded_before.cents) /* another one is on its way: how this one stands cannot be told */
        return provider_silent(why);
    body = money_body(a, mem, &refund->payment, refund->amount);
    if (!text_is_blank(refund->reason))
        json_object_set_new(body, "refundReason", json_string(shortened(mem, refund->reason, 100)));
    TRY(call(a, mem, "refund", NULL, body, &answer, why));
    if (axerve_verdict(answer.code) != AXERVE_GOOD) {
        refunded->error = answer.code;
        return refuse("refund", answer.code, why);
    }
    refunded->ref = refund_ref(mem, answer.payload);
    return DONE;
}

/* ---- Notifications: unsigned, and of no certain shape (PAYMENTS §1.4). A hint, whatever they say. ---- */

static const char *word_of(void *mem, const struct form *form, const char *name)
{
    for (size_t i = 0; i < form->count; i++)
        if (strcasecmp(form->pair[i].name, name) == 0 && form->pair[i].value_length <= 100 &&
            text_is_plain(form->pair[i].value, form->pair[i].value_length))
            return talloc_strndup(mem, form->pair[i].value, form->pair[i].value_length);
    return "";
}

static enum outcome hear(void *arg, void *mem, const struct gateway_notice *notice, struct gateway_heard *heard,
                         struct problem *why)
{
    struct form form;

    (void)arg, (void)why;
    *heard = (struct gateway_heard){.event_id = "", .ref = "", .key = "", .covered = ""};
    if (form_decode(mem, notice->query, strlen(notice->query), &form, NULL) != DONE)
        return DONE;
    heard->ref = word_of(mem, &form, "paymentID");
    heard->key = word_of(mem, &form, "shopTransactionID");
    return DONE;
}

enum outcome axerve_gateway(void *mem, struct client *client, const struct axerve_config *config,
                            struct gateway *gateway)
{
    struct axerve *a = talloc_zero(mem, struct axerve);

    a->client = client;
    TRY(base_url(a, config->url, &a->config.url));
    a->config.shop_login = talloc_strdup(a, config->shop_login);
    a->config.api_key = talloc_strdup(a, config->api_key);
    *gateway = (struct gateway){"axerve", begin, status, capture, charge, refund, hear, a};
    return DONE;
}
