#include "base/log.h"
#include "link/paypal.h"
#include <string.h>
#include <talloc.h>

/* ---- Refusals (PAYMENTS §4.3, §4.4) ---- */

enum meaning {
    MEANS_FAILED,
    MEANS_ACTION, /* the payer must come back */
    MEANS_NEW,    /* the payer has not approved yet */
    MEANS_REREAD,
    MEANS_OURS,
};

static const struct {
    const char *issue;
    enum meaning meaning;
} ISSUES[] = {
    {"INSTRUMENT_DECLINED", MEANS_ACTION},
    {"PAYER_ACTION_REQUIRED", MEANS_ACTION},
    {"ORDER_NOT_APPROVED", MEANS_NEW},
    {"ORDER_ALREADY_CAPTURED", MEANS_REREAD},
    {"ORDER_COMPLETION_IN_PROGRESS", MEANS_REREAD},
    {"TRANSACTION_REFUSED", MEANS_FAILED},
    {"PAYER_CANNOT_PAY", MEANS_FAILED},
    {"COMPLIANCE_VIOLATION", MEANS_FAILED},
    /* the account that was kept is gone, or wants its owner */
    {"AGREEMENT_ALREADY_CANCELLED", MEANS_ACTION},
    {"TOKEN_ID_NOT_FOUND", MEANS_ACTION},
    {"VAULT_INSTRUCTION_REQUIRED", MEANS_ACTION},
    /* never gone around: somebody must look */
    {"DUPLICATE_INVOICE_ID", MEANS_OURS},
    {"AMOUNT_MISMATCH", MEANS_OURS},
};

const char *paypal_issue(void *mem, json_t *refusal)
{
    const char *issue = json_word(mem, refusal, "details.0.issue", 80);

    return *issue ? issue : json_word(mem, refusal, "name", 80);
}

static enum meaning meaning_of(const struct reply *reply, const char *issue)
{
    for (size_t i = 0; i < count_of(ISSUES); i++)
        if (strcmp(ISSUES[i].issue, issue) == 0)
            return ISSUES[i].meaning;
    return reply->status == 422 ? MEANS_FAILED : MEANS_OURS;
}

enum outcome paypal_refused(void *mem, const char *call, const struct reply *reply, struct gateway_said *said,
                            bool *reread, struct problem *why)
{
    const char *issue = paypal_issue(mem, reply->json);
    enum meaning meaning = meaning_of(reply, issue);

    *reread = meaning == MEANS_REREAD;
    if (reply->status == 404) {
        said->error = issue;
        return provider_declined(why, issue);
    }
    if (reply->status == 409) /* the same request is still being worked on */
        return provider_silent(why);
    if (meaning == MEANS_OURS)
        return provider_fault("paypal", call, reply->status, issue);
    said->error = issue;
    said->state = meaning == MEANS_ACTION ? PAYMENT_NEEDS_ACTION : meaning == MEANS_NEW ? PAYMENT_NEW : PAYMENT_FAILED;
    return DONE;
}

/* ---- An order ---- */

static enum payment_state capture_state(json_t *capture)
{
    static const struct {
        const char *status;
        enum payment_state state;
    } STATES[] = {
        {"COMPLETED", PAYMENT_CAPTURED}, {"PARTIALLY_REFUNDED", PAYMENT_PART_REFUNDED},
        {"REFUNDED", PAYMENT_REFUNDED},  {"DECLINED", PAYMENT_FAILED},
        {"FAILED", PAYMENT_FAILED},
    };

    for (size_t i = 0; i < count_of(STATES); i++)
        if (json_is(capture, "status", STATES[i].status))
            return STATES[i].state;
    return PAYMENT_PENDING;
}

/* Of several tries the one that brought money, else one that may yet, else the last. */
static json_t *capture_of(json_t *unit)
{
    json_t *captures = json_at(unit, "payments.captures"), *capture, *best = NULL;
    size_t i;

    json_array_foreach(captures, i, capture)
    {
        if (best && capture_state(best) != PAYMENT_FAILED &&
            (capture_state(best) != PAYMENT_PENDING || capture_state(capture) == PAYMENT_FAILED))
            continue;
        best = capture;
    }
    return best;
}

static enum outcome read_refunds(json_t *unit, struct gateway_said *said)
{
    json_t *refunds = json_at(unit, "payments.refunds"), *refund;
    size_t i;

    json_array_foreach(refunds, i, refund)
    {
        struct money amount;

        if (!json_is(refund, "status", "COMPLETED") && !json_is(refund, "status", "PENDING"))
            continue;
        if (!json_decimal(refund, "amount.value", &amount))
            return REFUSED;
        TRY(money_add(said->refunded, amount, &said->refunded));
    }
    if (said->state == PAYMENT_REFUNDED && said->refunded.cents == 0)
        said->refunded = said->amount;
    return DONE;
}

static void read_instrument(void *mem, json_t *order, struct gateway_said *said)
{
    const char *token = json_word(mem, order, "payment_source.paypal.attributes.vault.id", 100);

    if (!*token || said->state != PAYMENT_CAPTURED)
        return;
    said->has_instrument = true;
    said->instrument = (struct gateway_instrument){
        .token = token,
        .customer = json_word(mem, order, "payment_source.paypal.attributes.vault.customer.id", 100),
        .first_ref = said->ref,
        .label = "PayPal",
        .last4 = "",
    };
}

static struct instant time_of(void *mem, json_t *from, const char *path)
{
    const char *text = json_word(mem, from, path, 40);
    struct instant at;

    return instant_parse(text, strlen(text), &at) == DONE ? at : (struct instant){0};
}

static enum payment_state order_state(json_t *order)
{
    if (json_is(order, "status", "APPROVED"))
        return PAYMENT_AUTHORISED;
    if (json_is(order, "status", "VOIDED"))
        return PAYMENT_CANCELLED;
    if (json_is(order, "status", "CREATED") || json_is(order, "status", "SAVED") ||
        json_is(order, "status", "PAYER_ACTION_REQUIRED"))
        return PAYMENT_NEW;
    return PAYMENT_PENDING; /* COMPLETED without a capture to show, and what we do not know */
}

enum outcome paypal_said(void *mem, json_t *order, struct gateway_said *said)
{
    json_t *unit = json_at(order, "purchase_units.0"), *capture = capture_of(unit);
    json_t *paid = capture ? capture : unit;

    *said = (struct gateway_said){
        .state = capture ? capture_state(capture) : order_state(order),
        .ref = json_word(mem, order, "id", 50),
        .capture_ref = json_word(mem, capture, "id", 50),
        .key = json_word(mem, capture, "custom_id", 127),
        .currency = json_word(mem, paid, "amount.currency_code", 3),
        .error = capture ? json_word(mem, capture, "status_details.reason", 50) : "",
        .authorised_at = capture ? time_of(mem, capture, "create_time") : (struct instant){0},
    };
    if (!*said->key)
        said->key = json_word(mem, unit, "custom_id", 127);
    if (!*said->key)
        said->key = json_word(mem, unit, "invoice_id", 127);
    if (said->state == PAYMENT_AUTHORISED)
        said->authorised_at = time_of(mem, order, "update_time");
    if (!json_decimal(paid, "amount.value", &said->amount) &&
        (json_at(paid, "amount.value") || said->state == PAYMENT_CAPTURED || said->state == PAYMENT_AUTHORISED))
        return REFUSED;
    TRY(read_refunds(unit, said));
    read_instrument(mem, order, said);
    return DONE;
}
