#include "base/text.h"
#include "link/stripe.h"
#include <string.h>
#include <talloc.h>

/* Stripe's currencies are in small letters. */
static const char *currency_of(void *mem, json_t *object)
{
    return text_upper(mem, json_word(mem, object, "currency", 3));
}

static const char *card_label(void *mem, json_t *charge)
{
    static const struct {
        const char *brand, *label;
    } LABELS[] = {{"visa", "Visa"}, {"mastercard", "Mastercard"}, {"amex", "American Express"}, {"maestro", "Maestro"}};
    const char *brand = json_word(mem, charge, "payment_method_details.card.brand", 30);

    for (size_t i = 0; i < count_of(LABELS); i++)
        if (strcmp(brand, LABELS[i].brand) == 0)
            return LABELS[i].label;
    return brand;
}

static int small_number(json_t *from, const char *path, int most)
{
    json_t *value = json_at(from, path);
    json_int_t number = json_integer_value(value);

    return number > 0 && number <= most ? (int)number : 0;
}

static void read_instrument(void *mem, json_t *intent, json_t *charge, struct gateway_said *said)
{
    const char *customer = json_word(mem, intent, "customer", 100);
    const char *method = json_word(mem, intent, "payment_method", 100);

    if (said->state != PAYMENT_CAPTURED || !*customer || !*method ||
        !json_is(intent, "setup_future_usage", "off_session"))
        return;
    said->has_instrument = true;
    said->instrument = (struct gateway_instrument){
        .token = method,
        .customer = customer,
        .first_ref = "",
        .label = card_label(mem, charge),
        .last4 = json_word(mem, charge, "payment_method_details.card.last4", 4),
        .exp_month = small_number(charge, "payment_method_details.card.exp_month", 12),
        .exp_year = small_number(charge, "payment_method_details.card.exp_year", 2999),
    };
}

/* Money that came may have gone back, or be in dispute. */
static enum outcome read_charge(json_t *charge, struct gateway_said *said)
{
    json_int_t created = json_integer_value(json_at(charge, "created"));

    if (created > 0 && created < INT64_C(32503680000))
        said->authorised_at = (struct instant){SECONDS(created)};
    if (json_at(charge, "amount_refunded") && !json_cents(charge, "amount_refunded", &said->refunded))
        return REFUSED;
    if (said->state != PAYMENT_CAPTURED)
        return DONE;
    if (json_is_true(json_at(charge, "disputed")))
        said->state = PAYMENT_CHARGED_BACK;
    else if (said->refunded.cents > 0)
        said->state = said->refunded.cents < said->amount.cents ? PAYMENT_PART_REFUNDED : PAYMENT_REFUNDED;
    return DONE;
}

static enum payment_state intent_state(json_t *intent)
{
    static const struct {
        const char *status;
        enum payment_state state;
    } STATES[] = {
        {"requires_confirmation", PAYMENT_NEW}, {"requires_action", PAYMENT_NEEDS_ACTION},
        {"processing", PAYMENT_PENDING},        {"requires_capture", PAYMENT_AUTHORISED},
        {"canceled", PAYMENT_CANCELLED},        {"succeeded", PAYMENT_CAPTURED},
    };

    for (size_t i = 0; i < count_of(STATES); i++)
        if (json_is(intent, "status", STATES[i].status))
            return STATES[i].state;
    if (json_is(intent, "status", "requires_payment_method")) /* the first, or another one */
        return json_is_object(json_at(intent, "last_payment_error")) ? PAYMENT_FAILED : PAYMENT_NEW;
    return PAYMENT_PENDING;
}

static enum outcome read_intent(void *mem, json_t *intent, struct gateway_said *said)
{
    const char *decline = json_word(mem, intent, "last_payment_error.decline_code", 60);

    said->state = intent_state(intent);
    said->capture_ref = json_word(mem, intent, "id", 100);
    said->error = *decline ? decline : json_word(mem, intent, "last_payment_error.code", 60);
    said->currency = currency_of(mem, intent);
    if (!json_cents(intent, said->state == PAYMENT_CAPTURED ? "amount_received" : "amount", &said->amount))
        return REFUSED;
    TRY(read_charge(json_at(intent, "latest_charge"), said));
    read_instrument(mem, intent, json_at(intent, "latest_charge"), said);
    return DONE;
}

/* Paid only where session and intent both say so. */
static enum payment_state session_state(json_t *session, enum payment_state intent)
{
    bool paid = json_is(session, "payment_status", "paid");
    bool money = intent == PAYMENT_CAPTURED || intent == PAYMENT_PART_REFUNDED || intent == PAYMENT_REFUNDED ||
                 intent == PAYMENT_CHARGED_BACK;

    if (json_is(session, "status", "expired"))
        return money || paid ? PAYMENT_PENDING : PAYMENT_EXPIRED;
    if (json_is(session, "status", "complete"))
        return money && !paid ? PAYMENT_PENDING : intent == PAYMENT_NEW ? PAYMENT_PENDING : intent;
    if (json_is(session, "status", "open")) /* what failed may be tried again on the page */
        return money || paid ? PAYMENT_PENDING : PAYMENT_NEW;
    return PAYMENT_PENDING;
}

enum outcome stripe_said(void *mem, json_t *object, struct gateway_said *said)
{
    json_t *intent = json_is(object, "object", "payment_intent") ? object : json_at(object, "payment_intent");

    *said = (struct gateway_said){
        .state = PAYMENT_NEW, .capture_ref = "", .error = "", .currency = currency_of(mem, object)};
    if (json_is_object(intent))
        TRY(read_intent(mem, intent, said));
    said->ref = json_word(mem, object, "id", 100);
    if (intent == object) {
        said->key = json_word(mem, object, "metadata.key", 100);
        return DONE;
    }
    said->key = json_word(mem, object, "client_reference_id", 100);
    said->state = session_state(object, said->state);
    said->has_instrument = said->has_instrument && said->state == PAYMENT_CAPTURED;
    return DONE;
}
