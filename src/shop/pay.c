#include "shop/pay.h"
#include "base/i18n.h"
#include "base/log.h"
#include "shop/fulfil.h"
#include "shop/refund.h"
#include "shop/wallet.h"
#include "store/bank.h"
#include <inttypes.h>
#include <sodium.h>
#include <string.h>
#include <talloc.h>

#define GIVE_UP_AFTER DAYS(2) /* a payment that nobody has authorised by then */
#define FIRST_ASK     MINUTES(2)
#define LONGEST_WAIT  HOURS(1)
#define KEYS_KEPT     HOURS(5)   /* for so long every provider knows a call again by its key; PayPal says six hours */
#define OPENING       MINUTES(1) /* longer than any provider is waited for */
#define LATELY        SECONDS(4)
#define POLL_WITHIN   SECONDS(30) /* where providers are silent, a round's other work goes on after that */

struct work {
    struct shop *shop;
    void *mem;
    const struct pay_request *request;
    const struct brand *brand;
    const struct gateway *gateway;
    struct order order;
    struct payment payment;
    struct instrument instrument;
    struct gateway_said said;
    bool changed; /* said is news */
    bool found;   /* the attempt stood already */
    struct problem *why;
};

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

static enum outcome load_order(struct db_tx *tx, struct work *w)
{
    enum outcome o = order_by_code(tx, w->mem, w->request->code, &w->order);

    if (o == REFUSED || (o == DONE && strcmp(w->order.brand, w->brand->id) != 0))
        return problem_set(w->why, PROBLEM_NOT_FOUND, "code", "%s", "");
    TRY(o);
    if (!order_is_open(w->order.state))
        return problem_set(w->why, PROBLEM_ORDER_STATE, "", "%s", order_state_label(w->order.state));
    return order_due(&w->order, db_today(tx), &w->order.total, w->why); /* by today's rate (T30) */
}

static enum outcome load_payment(struct db_tx *tx, struct work *w, int64_t id)
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

static enum outcome read_payment(struct db_tx *tx, void *arg)
{
    struct work *w = arg;

    return load_payment(tx, w, w->payment.id);
}

/* ---- Opening an attempt ---- */

static void make_nonce(char nonce[33])
{
    unsigned char random[16];

    randombytes_buf(random, sizeof random);
    sodium_bin2hex(nonce, 33, random, sizeof random);
}

static enum outcome insert_payment(struct db_tx *tx, struct work *w, const char *provider, enum payment_state state)
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
                                  .amount = w->order.total.gross,
                                  .nonce = talloc_strdup(w->mem, nonce),
                                  .provider_ref = (char *)"",
                                  .capture_ref = (char *)"",
                                  .redirect_url = (char *)"",
                                  .held_reason = (char *)"",
                                  .error = (char *)"",
                                  .remember = w->request->remember && w->order.account_id,
                                  .instrument_id = w->instrument.id,
                                  .authorised_at = open ? (struct instant){0} : db_now(tx),
                                  .captured = open ? money(0) : w->order.total.gross,
                                  .created_at = now,
                                  .ask_at = open ? instant_plus(now, FIRST_ASK) : (struct instant){0},
                                  .expires_at = instant_plus(now, GIVE_UP_AFTER)};
    return payment_insert(tx, w->mem, w->order.code, &w->payment);
}

/* How the order is to be paid from now on. */
static enum outcome choose(struct db_tx *tx, struct work *w)
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
    return !p->instrument_id && ((p->state == PAYMENT_PENDING && p->redirect_url[0]) ||
                                 (p->state == PAYMENT_NEW && clock_now().us - p->created_at.us < OPENING));
}

/* An attempt by the same method to take up again; w->found is false when a new one is wanted. */
static enum outcome find_open(struct db_tx *tx, struct work *w)
{
    struct payment *payments;
    size_t count;

    w->found = false;
    TRY(payments_of_order(tx, w->mem, w->order.id, &payments, &count));
    for (size_t i = 0; i < count; i++) {
        if (!may_be_taken_up(&payments[i]) || payments[i].remember != w->request->remember ||
            payments[i].amount.cents != w->order.total.gross.cents ||
            strcmp(payments[i].method, payment_method_name(w->request->method)) != 0)
            continue;
        w->payment = payments[i];
        w->found = true;
    }
    return DONE;
}

static enum outcome open_attempt(struct db_tx *tx, void *arg)
{
    struct work *w = arg;

    TRY(load_order(tx, w));
    TRY(find_open(tx, w));
    TRY(choose(tx, w));
    return w->found ? DONE : insert_payment(tx, w, w->gateway->provider, PAYMENT_NEW);
}

/* The browser comes back to the host it left from, where its session is. */
static char *return_link(struct work *w, const char *path)
{
    if (w->request && w->request->return_base)
        return talloc_asprintf(w->mem, "%s%s", w->request->return_base, path);
    return shop_link(w->mem, w->shop, w->brand, path);
}

static struct gateway_ask ask_of(struct work *w)
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
    struct work *w = arg;
    bool changed;

    TRY(payment_update(tx, &w->payment, PAYMENT_NEW, &changed));
    return DONE; /* where it changed meanwhile, what is there knows more */
}

enum outcome pay_begin(struct shop *shop, void *mem, const struct pay_request *request, struct payment *payment,
                       struct problem *why)
{
    struct work *w = talloc_zero(mem, struct work);
    struct gateway_begun begun = {0};
    struct gateway_ask ask;
    enum outcome o;

    *w = (struct work){.shop = shop, .mem = mem, .request = request, .brand = request->brand, .why = why};
    if (!payment_method_is_online(request->method) || !method_offered(shop, request->brand, request->method))
        return problem_set(why, PROBLEM_PAYMENT_METHOD, "payment_method", "%s", "");
    w->gateway = gateway_of(shop->gateways, request->brand->id, request->method);
    TRY(db_transaction(shop->db, "payment.open", open_attempt, w));
    *payment = w->payment;
    if (w->found)
        return DONE;
    ask = ask_of(w);
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
    struct work *w = arg;
    char *cause, *from;

    TRY(load_order(tx, w));
    if (!w->order.account_id || strcmp(w->order.kind, ORDER_TOPUP) == 0)
        return problem_set(w->why, PROBLEM_PAYMENT_METHOD, "payment_method", "%s", "");
    TRY(insert_payment(tx, w, "wallet", PAYMENT_CAPTURED));
    cause = talloc_asprintf(w->mem, "payment:%" PRId64, w->payment.id);
    from = talloc_asprintf(w->mem, "wallet:%" PRId64, w->order.account_id);
    TRY(wallet_draw(tx, w->order.account_id, w->order.total.gross, cause, w->order.id, w->why));
    return settle_order(tx, w->mem, w->brand, &w->order,
                        &(struct settling){.cause = cause,
                                           .from = from,
                                           .method = METHOD_WALLET,
                                           .amount = w->order.total.gross,
                                           .paid_on = db_today(tx),
                                           .actor = w->request->actor});
}

enum outcome pay_from_wallet(struct shop *shop, void *mem, const struct pay_request *request, struct payment *payment,
                             struct problem *why)
{
    struct work *w = talloc_zero(mem, struct work);

    *w = (struct work){.shop = shop, .mem = mem, .request = request, .brand = request->brand, .why = why};
    if (!method_offered(shop, request->brand, METHOD_WALLET))
        return problem_set(why, PROBLEM_PAYMENT_METHOD, "payment_method", "%s", "");
    TRY(db_transaction(shop->db, "payment.wallet", draw, w));
    *payment = w->payment;
    return DONE;
}

/* ---- Outside ---- */

static enum outcome choose_outside(struct db_tx *tx, void *arg)
{
    struct work *w = arg;

    TRY(load_order(tx, w));
    return choose(tx, w);
}

enum outcome pay_outside(struct shop *shop, void *mem, const struct pay_request *request, bool *changed,
                         struct problem *why)
{
    struct work *w = talloc_zero(mem, struct work);

    *w = (struct work){.shop = shop, .mem = mem, .request = request, .brand = request->brand, .why = why};
    if (!payment_method_shows_reference(request->method) || !method_offered(shop, request->brand, request->method))
        return problem_set(why, PROBLEM_PAYMENT_METHOD, "payment_method", "%s", "");
    TRY(db_transaction(shop->db, "payment.outside", choose_outside, w));
    *changed = w->changed;
    return DONE;
}

/* ---- What the provider says ---- */

static const struct actor SYSTEM = {.door = "job", .name = "system"};

/* The instant of business: a provider beside a simulated database knows nothing of its clock. */
static struct instant business_time(struct db_tx *tx, struct instant said)
{
    if (said.us == 0)
        return db_now(tx);
    return db_simulated(tx) ? instant_plus(db_now(tx), said.us - clock_now().us) : said;
}

/* The older it is, the longer until it is asked about again; how often somebody looks at its page makes no difference.
 */
static struct instant next_ask(const struct payment *p, struct instant now)
{
    int64_t age = now.us - p->created_at.us;

    return instant_plus(now, age < FIRST_ASK ? FIRST_ASK : age < LONGEST_WAIT ? age : LONGEST_WAIT);
}

bool payment_asked_lately(const struct payment *p)
{
    return !payment_is_open(p->state) ||
           (p->asked > 0 && p->ask_at.us > next_ask(p, instant_plus(clock_now(), -LATELY)).us);
}

static enum outcome keep_instrument(struct db_tx *tx, struct work *w)
{
    const struct gateway_instrument *i = &w->said.instrument;
    struct instrument kept = {.brand = w->payment.brand,
                              .account_id = w->order.account_id,
                              .provider = w->payment.provider,
                              .token = (char *)i->token,
                              .customer = (char *)(i->customer ? i->customer : ""),
                              .first_ref = (char *)(i->first_ref ? i->first_ref : ""),
                              .label = (char *)(i->label ? i->label : ""),
                              .last4 = (char *)(i->last4 ? i->last4 : ""),
                              .exp_month = i->exp_month,
                              .exp_year = i->exp_year};
    struct instrument *known;
    size_t count;

    if (!w->said.has_instrument || !w->payment.remember || !w->order.account_id)
        return DONE;
    TRY(instruments_of(tx, w->mem, w->order.account_id, &known, &count));
    for (size_t n = 0; n < count; n++)
        if (strcmp(known[n].provider, kept.provider) == 0 && strcmp(known[n].token, kept.token) == 0)
            return DONE; /* the same card, agreed to once more */
    return instrument_insert(tx, &kept);
}

/* What stands in the way of settling the order with the money that was taken; HELD_NOT: nothing. */
static enum outcome obstacle(struct db_tx *tx, struct work *w, struct day paid_on, enum held_reason *reason)
{
    const struct payment *p = &w->payment;
    struct total due;
    bool late;

    *reason = payment_compare(&(struct payment_facts){p->amount, "EUR", p->key},
                              &(struct payment_facts){w->said.amount, w->said.currency, w->said.key});
    if (*reason != HELD_NOT)
        return DONE;
    TRY(order_may_settle_late(tx, w->mem, &w->order, paid_on, &late));
    TRY(order_due(&w->order, paid_on, &due, NULL));
    *reason = order_settlement(late ? ORDER_CONFIRMED : w->order.state, due.gross, w->said.amount);
    return DONE;
}

static enum outcome settle_by(struct db_tx *tx, struct work *w, struct day paid_on)
{
    const struct payment *p = &w->payment;
    enum payment_method method;

    if (payment_method_of(p->method, &method) != DONE)
        return BROKEN;
    TRY(keep_instrument(tx, w));
    return settle_order(tx, w->mem, w->brand, &w->order,
                        &(struct settling){.cause = talloc_asprintf(w->mem, "payment:%" PRId64, p->id),
                                           .from = ledger_gateway(w->mem, p->provider, p->brand),
                                           .method = method,
                                           .amount = w->said.amount,
                                           .paid_on = paid_on,
                                           .actor = SYSTEM});
}

/* The money is with us and settles nothing. What came for an order that no longer takes any goes back by itself; what
 * differs from what was asked waits for a person. */
static enum outcome hold(struct db_tx *tx, struct work *w, enum held_reason reason)
{
    const struct payment *p = &w->payment;
    json_t *data = json_pack("{s:I, s:s, s:I, s:s}", "payment", (json_int_t)p->id, "key", p->key, "amount_cents",
                             (json_int_t)w->said.amount.cents, "reason", held_reason_name(reason));
    enum outcome o = event_record(tx, p->brand, &SYSTEM, "payment.held", p->order_id, 0, data);
    struct refund refund;

    json_decref(data);
    TRY(o);
    TRY(ledger_move(tx, talloc_asprintf(w->mem, "payment:%" PRId64, p->id),
                    ledger_gateway(w->mem, p->provider, p->brand), ledger_held_gateway(w->mem, p->provider, p->brand),
                    w->said.amount));
    if (reason != HELD_REUSED && reason != HELD_CANCELLED)
        return DONE;
    TRY(refund_held(tx, w->mem, w->shop->brands, p->id, 0,
                    w->order.account_id && method_offered(w->shop, w->brand, METHOD_WALLET) ? "wallet" : "source", NULL,
                    NULL, &SYSTEM, &refund, NULL));
    return payment_by_id(tx, w->mem, p->id, &w->payment);
}

static enum outcome take_money(struct db_tx *tx, struct work *w, enum payment_state was)
{
    struct payment *p = &w->payment;
    enum held_reason reason;
    struct day paid_on;
    bool changed;

    p->authorised_at = business_time(tx, w->said.authorised_at);
    p->captured = w->said.amount;
    p->ask_at = (struct instant){0};
    paid_on = rome_day(p->authorised_at);
    TRY(obstacle(tx, w, paid_on, &reason));
    TRY(payment_transition(was, reason == HELD_NOT ? PAYMENT_EVENT_CAPTURE : PAYMENT_EVENT_HOLD, &p->state, NULL));
    if (p->state == was) /* old news */
        return DONE;
    p->held_reason = (char *)(reason == HELD_NOT ? "" : held_reason_name(reason));
    TRY(payment_update(tx, p, was, &changed));
    if (!changed)
        return BUSY;
    return reason == HELD_NOT ? settle_by(tx, w, paid_on) : hold(tx, w, reason);
}

/* No money yet, or never. */
static enum outcome take_note(struct db_tx *tx, struct work *w, enum payment_state was)
{
    struct payment *p = &w->payment;
    enum payment_event event = payment_event_to(w->said.state);
    bool waiting, over = clock_now().us > p->expires_at.us, changed;
    json_t *data;
    enum outcome o;

    if (over &&
        (w->said.state == PAYMENT_NEW || w->said.state == PAYMENT_PENDING || w->said.state == PAYMENT_NEEDS_ACTION))
        event = PAYMENT_EVENT_EXPIRE;
    if (payment_transition(was, event, &p->state, NULL) == REFUSED)
        return DONE; /* it contradicts what is known: what is known stays */
    waiting = payment_is_open(p->state);
    p->asked++;
    p->ask_at = waiting ? next_ask(p, clock_now()) : (struct instant){0};
    p->error = (char *)(w->said.error ? w->said.error : "");
    TRY(payment_update(tx, p, was, &changed));
    if (!changed)
        return BUSY;
    if (waiting || p->state == was)
        return DONE;
    data = json_pack("{s:I, s:s, s:s, s:s}", "payment", (json_int_t)p->id, "key", p->key, "state",
                     payment_state_name(p->state), "error", p->error);
    o = event_record(tx, p->brand, &SYSTEM, "payment.failed", p->order_id, 0, data);
    json_decref(data);
    return o;
}

static enum outcome record(struct db_tx *tx, void *arg)
{
    struct work *w = arg;
    struct payment *p = &w->payment;
    enum payment_state was;

    TRY(load_payment(tx, w, p->id));
    was = p->state;
    if (w->said.ref && w->said.ref[0])
        p->provider_ref = (char *)w->said.ref;
    if (w->said.capture_ref && w->said.capture_ref[0])
        p->capture_ref = (char *)w->said.capture_ref;
    if (payment_has_money(was))
        return DONE;
    return w->said.state == PAYMENT_CAPTURED ? take_money(tx, w, was) : take_note(tx, w, was);
}

static struct gateway_ref ref_of(const struct payment *p)
{
    return (struct gateway_ref){.key = p->key,
                                .ref = p->provider_ref,
                                .capture_ref = p->capture_ref,
                                .amount = p->amount,
                                .created_at = p->created_at};
}

/* The provider does not know the payment: it never began there. It is given up only once a begin that was on its way
 * must have come to an end. */
static void never_began(struct work *w)
{
    bool settled = clock_now().us - w->payment.created_at.us > MINUTES(10);

    w->said = (struct gateway_said){.state = settled ? PAYMENT_EXPIRED : PAYMENT_UNKNOWN, .error = "not_found"};
}

/* What was authorised is taken only if it is what was asked for, and the order still waits for it. */
static enum outcome capture(struct work *w)
{
    const struct payment *p = &w->payment;
    struct gateway_ref ref = ref_of(p);
    bool in_time = w->order.state == ORDER_LAPSED && rome_day(w->said.authorised_at).n <= w->order.lapses_on.n;
    bool wanted = (order_is_open(w->order.state) || in_time) &&
                  payment_compare(&(struct payment_facts){p->amount, "EUR", p->key},
                                  &(struct payment_facts){w->said.amount, w->said.currency, w->said.key}) == HELD_NOT;
    struct instant authorised_at = w->said.authorised_at;
    enum outcome o;

    if (!wanted) { /* it is never taken, and runs out by itself */
        w->said.state = PAYMENT_CANCELLED;
        return DONE;
    }
    ref.ref = w->said.ref && w->said.ref[0] ? w->said.ref : ref.ref;
    o = w->gateway->capture(w->gateway->arg, w->mem, &ref, &w->said, w->why);
    if (w->said.authorised_at.us == 0)
        w->said.authorised_at = authorised_at;
    return o;
}

static enum outcome charge(struct work *w)
{
    const struct instrument *kept = &w->instrument;
    struct gateway_instrument instrument = {.token = kept->token,
                                            .customer = kept->customer,
                                            .first_ref = kept->first_ref,
                                            .label = kept->label,
                                            .last4 = kept->last4,
                                            .exp_month = kept->exp_month,
                                            .exp_year = kept->exp_year};
    struct gateway_ask ask = ask_of(w);
    enum outcome o = w->gateway->charge(w->gateway->arg, w->mem, &ask, &instrument, &w->said, w->why);

    if (o == REFUSED)
        w->said.state = PAYMENT_FAILED;
    return o == REFUSED ? DONE : o;
}

/* A charge whose answer was lost, of which we do not even know the provider's number: where the provider cannot be
 * asked by our key, the same call with the same key is the question. */
static bool charge_is_the_question(const struct work *w)
{
    const struct payment *p = &w->payment;

    return p->instrument_id && w->instrument.token && w->instrument.token[0] && !p->provider_ref[0] &&
           order_is_open(w->order.state) && clock_now().us - p->created_at.us < KEYS_KEPT;
}

static enum outcome ask(struct work *w)
{
    struct gateway_ref ref = ref_of(&w->payment);
    enum outcome o;

    if (charge_is_the_question(w))
        return charge(w);
    o = w->gateway->status(w->gateway->arg, w->mem, &ref, &w->said, w->why);
    if (o == REFUSED) {
        never_began(w);
        return DONE;
    }
    TRY(o);
    return w->said.state == PAYMENT_AUTHORISED ? capture(w) : DONE;
}

/* The provider was silent: later, and more patiently each time. */
static enum outcome put_off(struct db_tx *tx, void *arg)
{
    struct work *w = arg;
    enum payment_state was;
    bool changed;

    TRY(load_payment(tx, w, w->payment.id));
    was = w->payment.state;
    if (payment_has_money(was) || was == PAYMENT_REFUNDED || was == PAYMENT_CHARGED_BACK)
        return DONE;
    w->payment.asked++;
    w->payment.ask_at = next_ask(&w->payment, clock_now());
    /* Nobody was ever sent to a page of which we never got the address: in the end it is given up without an answer. */
    if (!w->payment.provider_ref[0] && !w->payment.instrument_id && clock_now().us > w->payment.expires_at.us &&
        payment_transition(was, PAYMENT_EVENT_EXPIRE, &w->payment.state, NULL) == DONE)
        w->payment.ask_at = (struct instant){0};
    return payment_update(tx, &w->payment, was, &changed);
}

enum outcome payment_ask(struct shop *shop, void *mem, int64_t payment_id, struct payment *payment, struct problem *why)
{
    struct work *w = talloc_zero(mem, struct work);
    enum outcome o;

    *w = (struct work){.shop = shop, .mem = mem, .payment.id = payment_id, .why = why};
    TRY(db_read(shop->db, "payment.read", read_payment, w));
    *payment = w->payment;
    if (payment_has_money(w->payment.state) || strcmp(w->payment.provider, "wallet") == 0 ||
        w->payment.state == PAYMENT_REFUNDED || w->payment.state == PAYMENT_CHARGED_BACK)
        return DONE;
    if (!w->gateway) {
        log_warning("payment.no_gateway", LOG_TEXT("key", w->payment.key), LOG_TEXT("provider", w->payment.provider));
        TRY(db_transaction(shop->db, "payment.put_off", put_off, w));
        *payment = w->payment;
        return BUSY;
    }
    o = ask(w);
    if (o != DONE) {
        log_warning("payment.ask", LOG_TEXT("key", w->payment.key), LOG_INT("outcome", o));
        TRY(db_transaction(shop->db, "payment.put_off", put_off, w));
        *payment = w->payment;
        return BUSY;
    }
    o = db_transaction(shop->db, "payment.record", record, w);
    *payment = w->payment;
    return o;
}

/* ---- Charging without the customer ---- */

/* A charge that has not ended is not made again under another key: where its answer was lost, the money may be ours. */
static enum outcome find_charge(struct db_tx *tx, struct work *w)
{
    struct payment *payments;
    size_t count;

    w->found = false;
    TRY(payments_of_order(tx, w->mem, w->order.id, &payments, &count));
    for (size_t i = 0; i < count && !w->found; i++) {
        w->found = payments[i].instrument_id && payment_is_open(payments[i].state) &&
                   payments[i].state != PAYMENT_NEEDS_ACTION;
        if (w->found)
            w->payment = payments[i];
    }
    return DONE;
}

static enum outcome open_charge(struct db_tx *tx, void *arg)
{
    struct work *w = arg;
    enum outcome o = instrument_by_id(tx, w->mem, w->instrument.id, &w->instrument);

    if (o == REFUSED)
        return problem_set(w->why, PROBLEM_NOT_FOUND, "instrument", "%s", "");
    TRY(o);
    TRY(load_order(tx, w));
    if (w->instrument.account_id != w->order.account_id || strcmp(w->instrument.provider, w->gateway->provider) != 0)
        return problem_set(w->why, PROBLEM_NOT_FOUND, "instrument", "%s", "");
    TRY(find_charge(tx, w));
    if (w->found)
        return DONE;
    TRY(choose(tx, w));
    return insert_payment(tx, w, w->gateway->provider, PAYMENT_NEW);
}

enum outcome pay_charge(struct shop *shop, void *mem, const struct pay_request *request, int64_t instrument_id,
                        struct payment *payment, struct problem *why)
{
    struct work *w = talloc_zero(mem, struct work);
    enum outcome o;

    *w = (struct work){.shop = shop, .mem = mem, .request = request, .brand = request->brand, .why = why};
    w->instrument.id = instrument_id;
    if (!payment_method_is_online(request->method) || !method_offered(shop, request->brand, request->method))
        return problem_set(why, PROBLEM_PAYMENT_METHOD, "payment_method", "%s", "");
    w->gateway = gateway_of(shop->gateways, request->brand->id, request->method);
    TRY(db_transaction(shop->db, "payment.open", open_charge, w));
    *payment = w->payment;
    if (w->found)
        return DONE;
    if (charge(w) != DONE)
        w->said = (struct gateway_said){.state = PAYMENT_UNKNOWN};
    o = db_transaction(shop->db, "payment.record", record, w);
    *payment = w->payment;
    return o;
}

/* ---- Notifications ---- */

struct hearing {
    struct work *w;
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
    struct work *w = h->w;
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
    struct work *w = talloc_zero(mem, struct work);
    struct gateway_heard heard = {0};
    struct hearing h = {.w = w, .notice = notice, .heard = &heard, .nonce = nonce};
    struct payment payment;

    *w = (struct work){.shop = shop, .mem = mem, .brand = brand, .why = why};
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
