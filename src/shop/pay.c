#include "shop/pay.h"
#include "base/i18n.h"
#include "shop/autorenew.h"
#include "shop/fulfil.h"
#include "shop/pay_parts.h"
#include "shop/wallet.h"
#include <inttypes.h>
#include <sodium.h>
#include <string.h>
#include <talloc.h>

#define GIVE_UP_AFTER DAYS(2)    /* a payment that nobody has authorised by then */
#define OPENING       MINUTES(1) /* longer than any provider is waited for */

bool method_offered(const struct shop *shop, const struct brand *brand, enum payment_method method)
{
    bool named = false;

    for (const char **name = brand->payment_methods; *name; name++)
        named |= strcmp(*name, payment_method_name(method)) == 0;
    if (!named || !payment_method_is_online(method))
        return named;
    return shop && shop->gateways && gateway_of(shop->gateways, brand->id, method);
}

/* ---- Loading ---- */

enum outcome pay_load_order(struct db_tx *tx, struct pay_work *w)
{
    enum outcome o = order_by_code(tx, w->mem, w->request->code, &w->order);

    if (o == REFUSED || (o == DONE && strcmp(w->order.brand, w->brand->id) != 0))
        return problem_set(w->why, PROBLEM_NOT_FOUND, "code", "%s", "");
    TRY(o);
    if (!order_is_open(w->order.state))
        return problem_set(w->why, PROBLEM_ORDER_STATE, "", "%s", order_state_label(w->order.state));
    return order_due(&w->order, db_today(tx), &w->order.total, w->why); /* by today's rate (T30) */
}

enum outcome pay_load(struct db_tx *tx, struct pay_work *w, int64_t id)
{
    enum payment_method method;
    enum outcome o = DONE;

    TRY(payment_by_id(tx, w->mem, id, &w->payment));
    TRY(order_by_id(tx, w->mem, w->payment.order_id, &w->order));
    w->brand = brand_by_id(w->shop->brands, w->payment.brand);
    if (!w->brand || payment_method_of(w->payment.method, &method) != DONE)
        return BROKEN;
    w->gateway = w->shop->gateways ? gateway_of(w->shop->gateways, w->brand->id, method) : NULL;
    if (w->payment.instrument_id)
        o = instrument_by_id(tx, w->mem, w->payment.instrument_id, &w->instrument);
    return o == REFUSED ? DONE : o; /* the instrument was removed meanwhile */
}

enum outcome pay_read(struct db_tx *tx, void *arg)
{
    struct pay_work *w = arg;

    return pay_load(tx, w, w->payment.id);
}

/* ---- Opening an attempt ---- */

static void make_nonce(char nonce[33])
{
    unsigned char random[16];

    randombytes_buf(random, sizeof random);
    sodium_bin2hex(nonce, 33, random, sizeof random);
}

enum outcome pay_insert(struct db_tx *tx, struct pay_work *w, const char *provider, enum payment_state state)
{
    struct instant now = clock_now();
    bool open = state == PAYMENT_NEW;
    char nonce[33];

    make_nonce(nonce);
    w->payment = (struct payment){.brand = w->order.brand,
                                  .order_id = w->order.id,
                                  .method = (char *)payment_method_name(w->request->method),
                                  .provider = (char *)provider,
                                  .state = state,
                                  .amount = w->order.total.due,
                                  .nonce = talloc_strdup(w->mem, nonce),
                                  .provider_ref = (char *)"",
                                  .capture_ref = (char *)"",
                                  .redirect_url = (char *)"",
                                  .held_reason = (char *)"",
                                  .error = (char *)"",
                                  .remember = w->remember && w->order.account_id,
                                  .instrument_id = w->instrument.id,
                                  .authorised_at = open ? (struct instant){0} : db_now(tx),
                                  .captured = open ? money(0) : w->order.total.due,
                                  .created_at = now,
                                  .ask_at = open ? instant_plus(now, FIRST_ASK) : (struct instant){0},
                                  .expires_at = instant_plus(now, GIVE_UP_AFTER)};
    return payment_insert(tx, w->mem, w->order.code, &w->payment);
}

/* How the order is to be paid from now on. */
static enum outcome choose(struct db_tx *tx, struct pay_work *w)
{
    const char *method = payment_method_name(w->request->method);
    json_t *data;
    enum outcome o;

    w->changed = strcmp(w->order.payment_method, method) != 0;
    if (!w->changed)
        return DONE;
    TRY(order_set_method(tx, w->order.id, method));
    data = json_pack("{s:s, s:s, s:s}", "code", w->order.code, "method", method, "was", w->order.payment_method);
    o = event_record(tx, w->order.brand, &w->request->actor, "order.method", w->order.id, w->order.mailbox_id, data);
    json_decref(data);
    return o;
}

/* Its page still stands, or is being asked for by a click a moment ago. One whose page we were never told stays open
 * until it runs out, and is in nobody's way. */
static bool may_be_taken_up(const struct payment *p)
{
    return !p->instrument_id && !p->under_way &&
           ((p->state == PAYMENT_PENDING && p->redirect_url[0]) ||
            (p->state == PAYMENT_NEW && clock_now().us - p->created_at.us < OPENING));
}

/* An attempt by the same method to take up again; w->found is false when a new one is wanted. */
static enum outcome find_open(struct db_tx *tx, struct pay_work *w)
{
    struct payment *payments;
    size_t count;

    w->found = false;
    TRY(payments_of_order(tx, w->mem, w->order.id, &payments, &count));
    for (size_t i = 0; i < count; i++) {
        if (!may_be_taken_up(&payments[i]) || payments[i].remember != w->remember ||
            payments[i].amount.cents != w->order.total.due.cents ||
            strcmp(payments[i].method, payment_method_name(w->request->method)) != 0)
            continue;
        w->payment = payments[i];
        w->found = true;
    }
    return DONE;
}

static enum outcome open_attempt(struct db_tx *tx, void *arg)
{
    struct pay_work *w = arg;

    TRY(pay_load_order(tx, w));
    TRY(autorenew_asked(tx, w->mem, w->order.id, &w->remember)); /* then what pays is kept */
    w->remember |= w->request->remember;
    TRY(find_open(tx, w));
    TRY(choose(tx, w));
    return w->found ? DONE : pay_insert(tx, w, w->gateway->provider, PAYMENT_NEW);
}

/* The browser comes back to the host it left from, where its session is. */
static char *return_link(struct pay_work *w, const char *path)
{
    if (w->request && w->request->return_base)
        return talloc_asprintf(w->mem, "%s%s", w->request->return_base, path);
    return shop_link(w->mem, w->shop, w->brand, path);
}

struct gateway_ask pay_ask_of(struct pay_work *w)
{
    const char *path = talloc_asprintf(w->mem, "/pagamenti/%s", w->payment.nonce);
    const char *hook = talloc_asprintf(w->mem, "/notifiche/%s/%s", w->payment.method, w->payment.nonce);

    return (struct gateway_ask){.key = w->payment.key,
                                .order = w->order.code,
                                .description =
                                    talloc_asprintf(w->mem, i18n(w->order.language, N_("Ordine %s")), w->order.code),
                                .net = w->order.total.net,
                                .vat = money(w->payment.amount.cents - w->order.total.net.cents),
                                .gross = w->payment.amount,
                                .language = w->order.language,
                                .buyer_name = w->order.billing.name,
                                .buyer_email = w->order.billing.email,
                                .return_url = return_link(w, path),
                                .cancel_url = return_link(w, talloc_asprintf(w->mem, "%s?annullato=1", path)),
                                .notify_url = shop_link(w->mem, w->shop, w->brand, hook),
                                .remember = w->payment.remember};
}

static enum outcome note_begun(struct db_tx *tx, void *arg)
{
    struct pay_work *w = arg;
    bool changed;

    TRY(payment_update(tx, &w->payment, PAYMENT_NEW, &changed));
    return DONE; /* where it changed meanwhile, what is there knows more */
}

enum outcome pay_begin(struct shop *shop, void *mem, const struct pay_request *request, struct payment *payment,
                       struct problem *why)
{
    struct pay_work *w = talloc_zero(mem, struct pay_work);
    struct gateway_begun begun = {0};
    struct gateway_ask ask;
    enum outcome o;

    *w = (struct pay_work){.shop = shop, .mem = mem, .request = request, .brand = request->brand, .why = why};
    if (!payment_method_is_online(request->method) || !method_offered(shop, request->brand, request->method))
        return problem_set(why, PROBLEM_PAYMENT_METHOD, "payment_method", "%s", "");
    w->gateway = gateway_of(shop->gateways, request->brand->id, request->method);
    TRY(db_transaction(shop->db, "payment.open", open_attempt, w));
    *payment = w->payment;
    if (w->found)
        return DONE;
    ask = pay_ask_of(w);
    o = w->gateway->begin(w->gateway->arg, mem, &ask, &begun, why);
    w->payment.state = o == DONE ? PAYMENT_PENDING : o == BUSY ? PAYMENT_UNKNOWN : PAYMENT_FAILED;
    w->payment.provider_ref = (char *)(begun.ref ? begun.ref : "");
    w->payment.redirect_url = (char *)(begun.redirect_url ? begun.redirect_url : "");
    w->payment.error = (char *)(begun.error ? begun.error : "");
    if (w->payment.state == PAYMENT_FAILED)
        w->payment.ask_at = (struct instant){0};
    TRY(db_transaction(shop->db, "payment.begun", note_begun, w));
    *payment = w->payment;
    if (o == BUSY && why && why->code == PROBLEM_NONE)
        problem_set(why, PROBLEM_PROVIDER_SILENT, "payment_method", "%s", "");
    return o;
}

/* ---- From the prepaid account ---- */

static enum outcome draw(struct db_tx *tx, void *arg)
{
    struct pay_work *w = arg;
    char *cause, *from;

    TRY(pay_load_order(tx, w));
    if (!w->order.account_id || strcmp(w->order.kind, ORDER_TOPUP) == 0)
        return problem_set(w->why, PROBLEM_PAYMENT_METHOD, "payment_method", "%s", "");
    TRY(pay_insert(tx, w, "wallet", PAYMENT_CAPTURED));
    cause = talloc_asprintf(w->mem, "payment:%" PRId64, w->payment.id);
    from = talloc_asprintf(w->mem, "wallet:%" PRId64, w->order.account_id);
    TRY(wallet_draw(tx, w->order.account_id, w->order.total.due, cause, w->order.id, w->why));
    return settle_order(tx, w->mem, w->brand, &w->order,
                        &(struct settling){.cause = cause,
                                           .from = from,
                                           .method = METHOD_WALLET,
                                           .amount = w->order.total.due,
                                           .paid_on = db_today(tx),
                                           .actor = w->request->actor});
}

enum outcome pay_from_wallet(struct shop *shop, void *mem, const struct pay_request *request, struct payment *payment,
                             struct problem *why)
{
    struct pay_work *w = talloc_zero(mem, struct pay_work);

    *w = (struct pay_work){.shop = shop, .mem = mem, .request = request, .brand = request->brand, .why = why};
    if (!method_offered(shop, request->brand, METHOD_WALLET))
        return problem_set(why, PROBLEM_PAYMENT_METHOD, "payment_method", "%s", "");
    TRY(db_transaction(shop->db, "payment.wallet", draw, w));
    *payment = w->payment;
    return DONE;
}

/* ---- Outside ---- */

static enum outcome choose_outside(struct db_tx *tx, void *arg)
{
    struct pay_work *w = arg;

    TRY(pay_load_order(tx, w));
    return choose(tx, w);
}

enum outcome pay_outside(struct shop *shop, void *mem, const struct pay_request *request, bool *changed,
                         struct problem *why)
{
    struct pay_work *w = talloc_zero(mem, struct pay_work);

    *w = (struct pay_work){.shop = shop, .mem = mem, .request = request, .brand = request->brand, .why = why};
    if (!payment_method_shows_reference(request->method) || !method_offered(shop, request->brand, request->method))
        return problem_set(why, PROBLEM_PAYMENT_METHOD, "payment_method", "%s", "");
    TRY(db_transaction(shop->db, "payment.outside", choose_outside, w));
    *changed = w->changed;
    return DONE;
}
