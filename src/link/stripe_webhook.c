/* link/stripe_webhook.c: what Stripe sends us, and its signature (PAYMENTS §3.5). */
#include "base/text.h"
#include "link/stripe.h"
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>
#include <talloc.h>

enum { DIGEST = 32, TOLERANCE = 300, BODY_MOST = 1024 * 1024 };

static enum outcome forged(struct problem *why, const char *what)
{
    return problem_set(why, PROBLEM_NOTIFICATION, "", "%.100s", what);
}

/* Seconds in at most 12 digits. */
static bool read_time(const char *text, size_t length, int64_t *seconds)
{
    *seconds = 0;
    if (length == 0 || length > 12)
        return false;
    for (size_t i = 0; i < length; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        *seconds = *seconds * 10 + (text[i] - '0');
    }
    return true;
}

/* Over "t.body", with the secret as it is written. */
static bool sign(const char *time, size_t time_length, const void *body, size_t length, const char *secret,
                 unsigned char digest[DIGEST])
{
    char *message = talloc_array(NULL, char, (unsigned)(time_length + 1 + length));
    unsigned int size = 0;
    bool signed_;

    memcpy(message, time, time_length);
    message[time_length] = '.';
    memcpy(message + time_length + 1, body, length);
    signed_ = HMAC(EVP_sha256(), secret, (int)strlen(secret), (const unsigned char *)message, time_length + 1 + length,
                   digest, &size) != NULL;
    talloc_free(message);
    return signed_ && size == DIGEST;
}

/* One "v1=…": any of them may be right, while the secret is being changed. */
static bool matches(const char *hex, size_t length, const unsigned char digest[DIGEST])
{
    unsigned char given[DIGEST];
    char text[2 * DIGEST + 1];

    if (length != 2 * DIGEST)
        return false;
    memcpy(text, hex, length);
    text[length] = '\0';
    return text_unhex(text, given, DIGEST) && same_secret(given, DIGEST, digest, DIGEST);
}

enum outcome stripe_signature_check(const char *header, const void *body, size_t length, const char *secret,
                                    struct instant now, struct problem *why)
{
    const char *time = NULL;
    unsigned char digest[DIGEST];
    size_t time_length = 0;
    bool good = false;
    int64_t seconds;

    if (!header || strlen(header) > 2000 || length > BODY_MOST || !*secret)
        return forged(why, "Stripe-Signature");
    for (const char *at = header; !time && at; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL)
        if (text_starts(at, "t=")) {
            time = at + 2;
            time_length = strcspn(time, ",");
        }
    if (!time || !read_time(time, time_length, &seconds) || !sign(time, time_length, body, length, secret, digest))
        return forged(why, "Stripe-Signature");
    for (const char *at = header; at; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL)
        if (text_starts(at, "v1="))
            good |= matches(at + 3, strcspn(at + 3, ","), digest);
    if (!good)
        return forged(why, "Stripe-Signature");
    if (now.us / 1000000 - seconds > TOLERANCE || seconds - now.us / 1000000 > TOLERANCE)
        return forged(why, "Stripe-Signature: t");
    return DONE;
}

/* Which payment it is about. Charges, refunds and disputes name the intent alone. */
static void read_event(void *mem, json_t *event, struct gateway_heard *heard)
{
    json_t *object = json_at(event, "data.object");
    bool session = json_is(object, "object", "checkout.session"), intent = json_is(object, "object", "payment_intent");

    heard->event_id = json_word(mem, event, "id", 100);
    heard->ref = json_word(mem, object, session || intent ? "id" : "payment_intent", 100);
    heard->key = json_word(mem, object, session ? "client_reference_id" : "metadata.key", 100);
}

enum outcome stripe_hear(const char *webhook_secret, void *mem, const struct gateway_notice *notice,
                         struct gateway_heard *heard, struct problem *why)
{
    const char *header = notice->header(notice->header_arg, "Stripe-Signature");
    json_t *event;

    *heard = (struct gateway_heard){.event_id = "", .ref = "", .key = "", .covered = ""};
    TRY(stripe_signature_check(header, notice->body, notice->length, webhook_secret, notice->at, why));
    event = json_owned(mem, json_loadb(notice->body, notice->length, JSON_REJECT_DUPLICATES, NULL));
    if (!json_is_object(event) || !text_is_plain(header, strlen(header)))
        return forged(why, "JSON");
    heard->verified = true;
    heard->covered = talloc_asprintf(mem, "Stripe-Signature: %s\n", header);
    read_event(mem, event, heard);
    return DONE;
}
