/* What payment providers answer and notify, of any bytes: never a crash, and what is read of it is bounded. The first
 * byte chooses whose; a notification of Stripe's begins with its signature's line. */
#include "base/text.h"
#include "link/axerve.h"
#include "link/paypal.h"
#include "link/stripe.h"
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static void must(bool holds)
{
    if (!holds)
        abort();
}

static void must_be_word(const char *text, size_t most)
{
    must(text && strlen(text) <= most && text_is_plain(text, strlen(text)));
}

static void check_said(enum outcome outcome, const struct gateway_said *said)
{
    if (outcome != DONE)
        return;
    must(said->state >= 0 && said->state < PAYMENT_STATES);
    must(said->amount.cents >= 0 && said->amount.cents <= MONEY_LIMIT);
    must(said->refunded.cents >= 0 && said->refunded.cents <= MONEY_LIMIT);
    must_be_word(said->key, 127);
    must_be_word(said->ref, 100);
    must_be_word(said->capture_ref, 100);
    must_be_word(said->error, 80);
    must_be_word(said->currency, 20);
    if (said->has_instrument) {
        must(said->state == PAYMENT_CAPTURED || said->state == PAYMENT_AUTHORISED);
        must_be_word(said->instrument.token, 100);
        must_be_word(said->instrument.last4, 20);
        must(said->instrument.exp_month >= 0 && said->instrument.exp_month <= 12);
    }
}

static void read_answer(void *mem, char whose, json_t *answer)
{
    struct reply reply = {.status = 422, .json = answer};
    struct gateway_said said = {0};
    bool reread;

    if (whose == 'a')
        check_said(axerve_said(mem, answer, &said), &said);
    if (whose == 's')
        check_said(stripe_said(mem, answer, &said), &said);
    if (whose == 'p') {
        check_said(paypal_said(mem, answer, &said), &said);
        (void)!paypal_refused(mem, "fuzz", &reply, &said, &reread, NULL);
        must_be_word(paypal_issue(mem, answer), 80);
    }
}

static const char *signature_of(void *arg, const char *name)
{
    (void)name;
    return arg;
}

/* PayPal's without a webhook of ours, so that nobody is asked. */
static void hear(void *mem, char whose, char *text, size_t length)
{
    char *end = memchr(text, '\n', length);
    struct gateway_notice notice = {
        .query = "", .header = signature_of, .body = text, .length = length, .at = {SECONDS(1767225600)}};
    struct gateway_heard heard;
    struct paypal paypal = {.config.webhook_id = ""};
    struct gateway axerve;

    if (whose == 'P')
        (void)!paypal_hear(&paypal, mem, &notice, &heard, NULL);
    if (whose == 'A' &&
        axerve_gateway(mem, NULL, &(struct axerve_config){"https://x.example", "s", "k"}, &axerve) == DONE) {
        notice.query = text;
        must(axerve.hear(axerve.arg, mem, &notice, &heard, NULL) == DONE);
    }
    if (whose == 'S') {
        if (end) {
            *end = '\0';
            notice.header_arg = text;
            notice.body = end + 1;
            notice.length = length - (size_t)(end + 1 - text);
        }
        (void)!stripe_hear("whsec_test_secret", mem, &notice, &heard, NULL);
    }
    if (strchr("PAS", whose)) {
        must_be_word(heard.ref, 100);
        must_be_word(heard.key, 127);
        must_be_word(heard.event_id, 100);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    void *mem = talloc_new(NULL);
    char whose = length ? (char)*bytes : '\0',
         *text = length ? talloc_strndup(mem, (const char *)bytes + 1, length - 1) : NULL;
    json_t *answer;

    if (whose && strchr("aps", whose)) {
        answer = json_owned(mem, json_loadb((const char *)bytes + 1, length - 1, JSON_REJECT_DUPLICATES, NULL));
        if (json_is_object(answer))
            read_answer(mem, whose, answer);
        axerve_instant(text);
    } else if (whose && strchr("PAS", whose)) {
        hear(mem, whose, text, strlen(text));
    }
    talloc_free(mem);
    return 0;
}
