/* shop/pay_heard.c: notifications, which are kept and then only make us ask, and the poller, which needs none. */
#include "base/log.h"
#include "shop/pay_parts.h"
#include <inttypes.h>
#include <sodium.h>
#include <string.h>
#include <talloc.h>

#define POLL_WITHIN SECONDS(30) /* where providers are silent, a round's other work goes on after that */

struct hearing {
    struct pay_work *w;
    const struct gateway_notice *notice;
    const struct gateway_heard *heard;
    const char *nonce;
    bool found;
};

static char *hash_of(void *mem, const struct gateway_notice *n)
{
    unsigned char digest[crypto_hash_sha256_BYTES];
    crypto_hash_sha256_state state;
    char *hex = talloc_array(mem, char, 65);

    crypto_hash_sha256_init(&state);
    crypto_hash_sha256_update(&state, (const unsigned char *)n->query, strlen(n->query) + 1);
    crypto_hash_sha256_update(&state, (const unsigned char *)n->body, n->length);
    crypto_hash_sha256_final(&state, digest);
    sodium_bin2hex(hex, 65, digest, sizeof digest);
    return hex;
}

static enum outcome keep_notice(struct db_tx *tx, void *arg)
{
    struct hearing *h = arg;
    struct pay_work *w = h->w;
    struct notification n = {
        .provider = (char *)w->gateway->provider,
        .brand = (char *)w->brand->id,
        .event_id =
            (char *)(h->heard->event_id && h->heard->event_id[0] ? h->heard->event_id : hash_of(w->mem, h->notice)),
        .headers = (char *)(h->heard->covered ? h->heard->covered : ""),
        .body = talloc_asprintf(w->mem, "%s%s%.*s", h->notice->query, h->notice->query[0] ? "\n" : "",
                                (int)h->notice->length, h->notice->body),
        .verified = h->heard->verified};
    enum outcome o = h->nonce ? payment_by_nonce(tx, w->mem, h->nonce, &w->payment)
                              : payment_by_ref(tx, w->mem, w->gateway->provider, h->heard->key ? h->heard->key : "",
                                               h->heard->ref ? h->heard->ref : "", &w->payment);
    bool fresh;

    if (o != DONE && o != REFUSED)
        return o;
    h->found = o == DONE && strcmp(w->payment.brand, w->brand->id) == 0;
    if (!h->found && !n.verified) /* anybody could fill the archive with them */
        return problem_set(w->why, PROBLEM_NOTIFICATION, "", "%s", "no such payment");
    n.payment_id = h->found ? w->payment.id : 0;
    return notification_keep(tx, &n, &fresh);
}

enum outcome payment_heard(struct shop *shop, void *mem, const struct brand *brand, enum payment_method method,
                           const char *nonce, const struct gateway_notice *notice, struct problem *why)
{
    struct pay_work *w = talloc_zero(mem, struct pay_work);
    struct gateway_heard heard = {0};
    struct hearing h = {.w = w, .notice = notice, .heard = &heard, .nonce = nonce};
    struct payment payment;

    *w = (struct pay_work){.shop = shop, .mem = mem, .brand = brand, .why = why};
    w->gateway = shop->gateways ? gateway_of(shop->gateways, brand->id, method) : NULL;
    if (!w->gateway)
        return problem_set(why, PROBLEM_NOT_FOUND, "", "%s", "");
    TRY(w->gateway->hear(w->gateway->arg, mem, notice, &heard, why));
    TRY(db_transaction(shop->db, "payment.heard", keep_notice, &h));
    /* A copy may be the provider's second try, after it did not answer us the first time: it is looked at as well. */
    if (h.found && (payment_has_money(w->payment.state) || w->payment.state == PAYMENT_CHARGED_BACK))
        return payment_look_again(shop, mem, w->payment.id);
    /* What it says is a hint to ask; where the provider is silent now, the poller asks. */
    return h.found && payment_ask(shop, mem, w->payment.id, &payment, why) == BROKEN ? BROKEN : DONE;
}

/* ---- The poller ---- */

struct due {
    void *mem;
    int limit;
    struct payment *payments;
    size_t count;
};

static enum outcome find_due(struct db_tx *tx, void *arg)
{
    struct due *d = arg;

    return payments_to_ask(tx, d->mem, clock_now(), d->limit, &d->payments, &d->count);
}

/* One that cannot even be read holds up no other. */
static enum outcome leave(struct db_tx *tx, void *arg)
{
    return payment_ask_later(tx, *(const int64_t *)arg, instant_plus(clock_now(), LONGEST_WAIT));
}

enum outcome payments_poll(struct shop *shop, void *mem, int limit, int *asked)
{
    struct due d = {.mem = mem, .limit = limit};
    int64_t began_us = clock_monotonic_us();
    struct payment payment;

    TRY(db_read(shop->db, "payments.due", find_due, &d));
    for (size_t i = 0; i < d.count && clock_monotonic_us() - began_us < POLL_WITHIN; i++) {
        void *scratch = talloc_new(mem);
        struct problem why = {0};
        enum outcome o = payment_ask(shop, scratch, d.payments[i].id, &payment, &why);

        talloc_free(scratch);
        if (o != DONE && o != BUSY) {
            log_warning("payment.poll", LOG_TEXT("key", d.payments[i].key), LOG_INT("outcome", o));
            TRY(db_transaction(shop->db, "payment.leave", leave, &d.payments[i].id));
        }
        *asked += o == DONE;
    }
    return DONE;
}
