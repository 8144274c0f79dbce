#include "flow/provider.h"
#include <stdio.h>
#include <string.h>
#include <talloc.h>

struct provider_payment *provider_payment(struct provider *p, const char *key)
{
    for (int i = 0; i < p->count; i++)
        if (strcmp(p->all[i].key, key) == 0)
            return &p->all[i];
    return NULL;
}

static enum provider_fault next_fault(struct provider *p)
{
    enum provider_fault fault = p->fault;

    p->calls++;
    if (p->chance)
        return p->chance(p->chance_arg);
    if (fault == FAULT_NONE || p->fault_in-- > 0)
        return FAULT_NONE;
    p->fault = FAULT_NONE;
    return fault;
}

static void take(struct provider_payment *payment)
{
    payment->state = PAYMENT_CAPTURED;
    payment->taken = payment->asked;
    payment->captures++;
}

void provider_approve(struct provider *p, const char *key)
{
    struct provider_payment *payment = provider_payment(p, key);

    if (!payment || (payment->state != PAYMENT_PENDING && payment->state != PAYMENT_NEW))
        return;
    payment->state = PAYMENT_AUTHORISED;
    if (p->captures_alone)
        take(payment);
}

void provider_dispute(struct provider *p, const char *key, bool lost)
{
    provider_payment(p, key)->state = lost ? PAYMENT_CHARGED_BACK : PAYMENT_CAPTURED;
}

void provider_decline(struct provider *p, const char *key)
{
    struct provider_payment *payment = provider_payment(p, key);

    if (payment && payment->state == PAYMENT_PENDING)
        payment->state = PAYMENT_FAILED;
}

static struct provider_payment *add(struct provider *p, const struct gateway_ask *ask)
{
    struct provider_payment *payment = provider_payment(p, ask->key);

    if (payment)
        return payment;
    if (p->count % 64 == 0)
        p->all = talloc_realloc(p->mem, p->all, struct provider_payment, (unsigned)p->count + 64);
    payment = &p->all[p->count++];
    *payment = (struct provider_payment){.state = PAYMENT_PENDING, .asked = ask->gross, .remember = ask->remember};
    snprintf(payment->key, sizeof payment->key, "%s", ask->key);
    snprintf(payment->ref, sizeof payment->ref, "%s-%d", p->name, p->count);
    return payment;
}

static enum outcome silent(struct problem *why)
{
    return why ? problem_set(why, PROBLEM_PROVIDER_SILENT, "", "%s", ""), BUSY : BUSY;
}

static enum outcome say(struct provider *p, void *mem, const struct provider_payment *payment,
                        struct gateway_said *said)
{
    *said = (struct gateway_said){
        .state = payment->state,
        .key = talloc_strdup(mem, payment->key),
        .ref = talloc_strdup(mem, payment->ref),
        .capture_ref = payment->captures ? talloc_asprintf(mem, "C-%s", payment->ref) : "",
        .amount = p->wrong_amount.cents ? p->wrong_amount : payment->asked,
        .refunded = payment->returned,
        .currency = p->currency ? p->currency : "EUR",
        .authorised_at = p->authorised_at.us ? p->authorised_at : clock_now(),
        .error = payment->error                     ? payment->error
                 : payment->state == PAYMENT_FAILED ? "74"
                                                    : "",
        .has_instrument = payment->remember && payment->captures,
        .instrument = {.token = "TOKEN-1", .label = "Visa", .last4 = "4242", .exp_month = 12, .exp_year = 2030}};
    return DONE;
}

static enum outcome begin(void *arg, void *mem, const struct gateway_ask *ask, struct gateway_begun *begun,
                          struct problem *why)
{
    struct provider *p = arg;
    enum provider_fault fault = next_fault(p);
    struct provider_payment *payment;

    if (fault == FAULT_REFUSE) {
        begun->error = "1131";
        return problem_set(why, PROBLEM_PAYMENT_DECLINED, "", "%s", "1131");
    }
    if (fault == FAULT_BEFORE)
        return silent(why);
    payment = add(p, ask);
    if (fault == FAULT_AFTER || !payment)
        return silent(why);
    *begun =
        (struct gateway_begun){.ref = talloc_strdup(mem, payment->ref),
                               .redirect_url = talloc_asprintf(mem, "https://%s.example/%s", p->name, payment->ref)};
    return DONE;
}

/* By its number, else by that of what was taken, else by our key. */
static const struct provider_payment *find(struct provider *p, const struct gateway_ref *ref)
{
    bool by_ref = ref->ref && ref->ref[0], by_capture = ref->capture_ref && ref->capture_ref[0];

    if (!by_ref && !by_capture)
        return provider_payment(p, ref->key);
    for (int i = 0; i < p->count; i++)
        if (strcmp(p->all[i].ref, by_ref ? ref->ref : ref->capture_ref + strlen("C-")) == 0)
            return &p->all[i];
    return NULL;
}

static enum outcome status(void *arg, void *mem, const struct gateway_ref *ref, struct gateway_said *said,
                           struct problem *why)
{
    struct provider *p = arg;
    enum provider_fault fault = next_fault(p);
    const struct provider_payment *payment = find(p, ref);

    if (fault != FAULT_NONE)
        return silent(why);
    return payment ? say(p, mem, payment, said) : problem_set(why, PROBLEM_PAYMENT_DECLINED, "", "%s", "2011");
}

static enum outcome capture(void *arg, void *mem, const struct gateway_ref *ref, struct gateway_said *said,
                            struct problem *why)
{
    struct provider *p = arg;
    enum provider_fault fault = next_fault(p);
    struct provider_payment *payment = provider_payment(p, ref->key);

    if (fault == FAULT_BEFORE || fault == FAULT_REFUSE)
        return silent(why);
    if (payment && payment->state == PAYMENT_AUTHORISED)
        take(payment);
    if (fault == FAULT_AFTER || !payment)
        return silent(why);
    return say(p, mem, payment, said);
}

static enum outcome charge(void *arg, void *mem, const struct gateway_ask *ask,
                           const struct gateway_instrument *instrument, struct gateway_said *said, struct problem *why)
{
    struct provider *p = arg;
    enum provider_fault fault = next_fault(p);
    struct provider_payment *payment;

    if (fault == FAULT_BEFORE)
        return silent(why);
    if (fault == FAULT_REFUSE || strcmp(instrument->token, "TOKEN-1") != 0)
        return problem_set(why, PROBLEM_PAYMENT_DECLINED, "", "%s", "1165");
    payment = add(p, ask);
    if (payment && payment->state == PAYMENT_PENDING && p->charge_error) {
        payment->state = p->charge_action ? PAYMENT_NEEDS_ACTION : PAYMENT_FAILED;
        payment->error = p->charge_error;
        p->charge_error = NULL;
        p->charge_action = false;
    } else if (payment && payment->state == PAYMENT_PENDING) {
        take(payment);
    }
    return fault == FAULT_AFTER || !payment ? silent(why) : say(p, mem, payment, said);
}

static enum outcome refund(void *arg, void *mem, const struct gateway_refund *r, struct gateway_refunded *refunded,
                           struct problem *why)
{
    struct provider *p = arg;
    enum provider_fault fault = next_fault(p);
    struct provider_payment *payment = provider_payment(p, r->payment.key);
    bool known = false;

    if (fault == FAULT_BEFORE)
        return silent(why);
    if (fault == FAULT_REFUSE || !payment)
        return problem_set(why, PROBLEM_PAYMENT_DECLINED, "", "%s", "2014");
    for (int i = 0; i < payment->refund_count; i++)
        known |= strcmp(payment->refunds[i], r->key) == 0;
    if (!known && payment->refund_count < (int)count_of(payment->refunds)) {
        snprintf(payment->refunds[payment->refund_count++], sizeof payment->refunds[0], "%s", r->key);
        payment->returned.cents += r->amount.cents;
    }
    if (fault == FAULT_AFTER)
        return silent(why);
    refunded->ref = talloc_asprintf(mem, "R-%s", r->key);
    return DONE;
}

/* Its notices are "key EVENT"; those that begin with "forged" are. */
static enum outcome hear(void *arg, void *mem, const struct gateway_notice *n, struct gateway_heard *heard,
                         struct problem *why)
{
    char *text = talloc_strndup(mem, n->body, n->length), *space = strchr(text, ' ');

    (void)arg;
    if (strncmp(text, "forged", 6) == 0 || !space)
        return problem_set(why, PROBLEM_NOTIFICATION, "", "%s", "firma");
    *space = '\0';
    *heard = (struct gateway_heard){.verified = true, .event_id = space + 1, .key = text, .ref = ""};
    return DONE;
}

struct gateway provider_gateway(struct provider *p)
{
    return (struct gateway){p->name, begin, status, capture, charge, refund, hear, p};
}
