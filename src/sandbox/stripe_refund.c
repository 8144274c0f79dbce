#include "sandbox/stripe.h"
#include <string.h>
#include <talloc.h>

static struct payment *by_charge(struct sandbox *s, const char *id)
{
    for (size_t i = s->payment_count; i-- > 0;)
        if (strcmp(sandbox_text(stripe_part(s->payments[i], "charge"), "id"), id) == 0)
            return s->payments[i];
    return NULL;
}

static struct payment *named(struct call *c)
{
    const char *intent = stripe_param(c, "payment_intent"), *charge = stripe_param(c, "charge");
    struct payment *p = intent ? stripe_by_intent(c->sandbox, intent) : charge ? by_charge(c->sandbox, charge) : NULL;

    if (!intent && !charge)
        stripe_refuse(c, 400, "invalid_request_error", "parameter_missing", "payment_intent",
                      "One of the following params should be provided for this request: payment_intent or charge.");
    else if (!p)
        stripe_missing(c, intent ? "payment_intent" : "charge", intent ? intent : charge, 404);
    return p;
}

static bool check(struct call *c, const struct payment *p, int64_t *cents)
{
    if (p->phase != PHASE_CAPTURED) {
        stripe_refuse(c, 400, "invalid_request_error", p->phase == PHASE_DISPUTED ? "charge_disputed" : "",
                      "payment_intent", "This PaymentIntent does not have a successful charge to refund.");
        return false;
    }
    if (p->refunded == p->captured) {
        stripe_refuse(c, 400, "invalid_request_error", "charge_already_refunded", "",
                      talloc_asprintf(c->req->mem, "Charge %s has already been refunded.",
                                      sandbox_text(stripe_part(p, "charge"), "id")));
        return false;
    }
    *cents = p->captured - p->refunded;
    if (!stripe_whole(c, "amount", 1, INT64_MAX, cents))
        return false;
    if (*cents > p->captured - p->refunded) {
        stripe_refuse(c, 400, "invalid_request_error", "", "amount",
                      "Refund amount is greater than unrefunded amount on charge.");
        return false;
    }
    return true;
}

void stripe_create_refund(struct call *c)
{
    static const char *const KNOWN[] = {"payment_intent", "charge", "amount", "reason", NULL};
    static const char *const REASONS[] = {"duplicate", "fraudulent", "requested_by_customer", NULL};
    struct payment *p;
    int64_t cents = 0;
    json_t *metadata, *refund, *charge;
    char id[SANDBOX_ID];

    if (!stripe_known(c, KNOWN) || !stripe_word(c, "reason", REASONS) || !(p = named(c)) || !check(c, p, &cents) ||
        !stripe_metadata(c, "metadata", &metadata))
        return;
    charge = stripe_part(p, "charge");
    p->refunded += cents;
    refund =
        json_pack("{s:s, s:s, s:I, s:s, s:s, s:s, s:s, s:o, s:I}", "id", sandbox_id(id, "re_", 24, NULL), "object",
                  "refund", "amount", (json_int_t)cents, "currency", p->currency, "status", "succeeded",
                  "payment_intent", sandbox_text(stripe_part(p, "intent"), "id"), "charge", sandbox_text(charge, "id"),
                  "metadata", metadata, "created", (json_int_t)(clock_now().us / SECONDS(1)));
    json_object_set_new(refund, "reason",
                        stripe_param(c, "reason") ? json_string(stripe_param(c, "reason")) : json_null());
    json_object_set_new(charge, "amount_refunded", json_integer(p->refunded));
    json_object_set_new(charge, "refunded", json_boolean(p->refunded == p->captured));
    json_array_append_new(p->events, refund);
    stripe_tell(c->sandbox, "charge.refunded", charge);
    stripe_answer(c, 200, refund);
}

void stripe_show_refund(struct call *c)
{
    const char *id = http_parameter(c->req, "id");

    for (size_t i = c->sandbox->payment_count; i-- > 0;)
        for (size_t k = 0; k < json_array_size(c->sandbox->payments[i]->events); k++)
            if (strcmp(sandbox_text(json_array_get(c->sandbox->payments[i]->events, k), "id"), id) == 0) {
                stripe_answer(c, 200, json_array_get(c->sandbox->payments[i]->events, k));
                return;
            }
    stripe_missing(c, "refund", id, 404);
}

void stripe_show_charge(struct call *c)
{
    const char *id = http_parameter(c->req, "id");
    const struct payment *p = by_charge(c->sandbox, id);

    if (p)
        stripe_answer(c, 200, stripe_part(p, "charge"));
    else
        stripe_missing(c, "charge", id, 404);
}
