/* Customers: who renews early, late or never, pays rightly or not, and what they remember of it. */
#include "shop/place_order.h"
#include "sim/sim.h"
#include "store/access.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <talloc.h>

/* ---- Being there ---- */

struct making {
    struct world *w;
    struct customer *c;
};

static enum outcome make(struct db_tx *tx, void *arg)
{
    struct making *m = arg;
    struct customer *c = m->c;
    struct account account = {.brand = (char *)c->brand->id,
                              .email = talloc_asprintf(m->w->scratch, "%s@posta.example", c->name),
                              .name = c->name,
                              .password_hash = (char *)"",
                              .language = (char *)"it"};
    struct mailbox box = {.brand = (char *)c->brand->id,
                          .address = c->address,
                          .user_id = c->name,
                          .plan = (char *)c->brand->plans[0].id,
                          .password_hash = (char *)"",
                          .status = (char *)"live",
                          .activated_on = day_add_months(c->term.ends_on, -12, 0),
                          .first_expires_on = c->term.ends_on,
                          .term = c->term,
                          .allowed = term_allows(c->term.ends_on, &c->brand->renewal),
                          .convention = (char *)(c->member ? c->brand->conventions[0].id : ""),
                          .domain = (char *)"",
                          .holder = somebody(account.email)};

    TRY(account_insert(tx, &account));
    box.account_id = c->account_id = account.id;
    return mailbox_insert(tx, &box);
}

/* When a mailbox comes to mind: some days before it ends, or after. */
static struct day next_thought(struct world *w, const struct customer *c)
{
    struct chance *chance = &w->chance;
    int days = c->habit == EARLY     ? -30 - chance_below(chance, 50)
               : c->habit == ON_TIME ? -1 - chance_below(chance, 30)
               : c->habit == LATE    ? chance_below(chance, 80)
                                     : chance_below(chance, 200) - 60;

    return day_plus(c->term.ends_on, days);
}

void customers_make(struct world *w, int count)
{

    w->customers = talloc_zero_array(w, struct customer, (unsigned)count);
    w->count = count;
    for (int i = 0; i < count; i++) {
        struct customer *c = &w->customers[i];
        struct making m = {w, c};

        c->brand = &w->f->brands.all[chance_below(&w->chance, (int)w->f->brands.count)];
        c->member = c->brand->convention_count && chance_of(&w->chance, 500);
        snprintf(c->name, sizeof c->name, "cliente%d", i);
        snprintf(c->address, sizeof c->address, "%s@%s", c->name, c->brand->domain);
        snprintf(c->holder, sizeof c->holder, "%s", somebody("").name);
        c->habit = (enum habit)chance_below(&w->chance, HABITS);
        c->term.ends_on = day_plus(w->first, 1 + chance_below(&w->chance, 400));
        c->term.anchor = day_split(c->term.ends_on).day;
        c->act_on = next_thought(w, c);
        if (db_transaction(w->f->db, "sim.customer", make, &m) != DONE)
            SIM_TROUBLE(w, "%s cannot be made", c->address);
    }
}

/* ---- Ordering ---- */

struct wanting {
    struct world *w;
    struct customer *c;
    char token[32];
    struct placed_order placed;
    struct problem why;
};

static enum outcome place(struct db_tx *tx, void *arg)
{
    struct wanting *o = arg;
    struct world *w = o->w;
    struct wanted_line line = {
        .address = o->c->address,
        .choice = {.years = o->c->years, .extra_gb = EXTRA_GB_AS_HELD},
    };
    struct order_request request = request_for(w->f, &line, 1);

    request.brand = o->c->brand;
    request.terms_version = o->c->brand->terms.version;
    request.shop = &w->f->shop;
    request.who.account_id = o->c->account_id;
    request.payment_method = payment_method_name(o->c->method);
    request.form_token = o->token;
    o->why = (struct problem){0};
    return place_order(tx, w->scratch, &request, &o->placed, &o->why);
}

static enum outcome try_place(struct world *w, void *arg)
{
    return db_transaction_rows(w->f->db, "sim.order", place, arg);
}

static enum payment_method some_method(struct world *w, const struct customer *c)
{
    static const enum payment_method ONLINE[] = {METHOD_CARD, METHOD_PAYPAL, METHOD_STRIPE};

    if (c->wallet > 2000 && chance_of(&w->chance, 700))
        return METHOD_WALLET;
    if (method_offered(&w->f->shop, c->brand, METHOD_CHEQUE) && chance_of(&w->chance, 150))
        return METHOD_CHEQUE;
    if (chance_of(&w->chance, 500))
        return METHOD_BANK_TRANSFER;
    for (size_t i = 0; i < count_of(ONLINE); i++)
        if (method_offered(&w->f->shop, c->brand, ONLINE[i]) && chance_of(&w->chance, 600))
            return ONLINE[i];
    return METHOD_BANK_TRANSFER;
}

static void order_of(struct world *w, struct customer *c)
{
    const struct renewal_policy *policy = &c->brand->renewal;
    struct wanting o = {.w = w, .c = c};
    enum outcome how;

    c->years = c->member ? c->brand->conventions[0].years
                         : policy->min_years + chance_below(&w->chance, policy->max_years - policy->min_years + 1);
    c->method = some_method(w, c);
    snprintf(o.token, sizeof o.token, "%s-%d", c->name, w->today.n);
    how = sim_try(w, try_place, &o);
    if (how == DONE) {
        snprintf(c->code, sizeof c->code, "%s", o.placed.order.code);
        c->key[0] = '\0';
        c->paid = false;
        c->remind_on = w->today;
        w->seen.orders++;
    } else if (how != REFUSED) {
        SIM_TROUBLE(w, "%s: the order failed: %s", c->address, problem_slug(o.why.code));
    } else if (o.why.code == PROBLEM_TOO_LATE || o.why.code == PROBLEM_MAILBOX_UNKNOWN ||
               o.why.code == PROBLEM_NOT_RENEWABLE) {
        if (day_before(w->today, day_plus(renewal_window(c->term.ends_on, policy).closes_on, 1)))
            SIM_TROUBLE(w, "%s may still be renewed, and is refused: %s", c->address, problem_slug(o.why.code));
        c->gone = true;
    } else if (o.why.code == PROBLEM_TOO_EARLY || o.why.code == PROBLEM_HORIZON ||
               o.why.code == PROBLEM_STILL_EXPIRED) {
        c->act_on = day_plus(w->today, 7);
    } else {
        SIM_TROUBLE(w, "%s: %s", c->address, problem_slug(o.why.code));
    }
}

/* ---- Paying ---- */

static int64_t due(struct world *w, const struct customer *c)
{
    return order_now(w->f, c->code).total.gross.cents;
}

static void by_transfer(struct world *w, struct customer *c)
{
    enum transfer_kind kind =
        chance_of(&w->chance, 650) ? RIGHT : (enum transfer_kind)chance_below(&w->chance, TRANSFER_KINDS);
    int64_t cents = due(w, c);
    int days = kind == TOO_LATE ? 30 + chance_below(&w->chance, 20) : 1 + chance_below(&w->chance, 4);
    const char *text = kind == WRONG_CODE ? "rinnovo PEC come l'anno scorso" : c->code;
    int me = (int)(c - w->customers);

    if (kind == TOO_LITTLE)
        cents -= 1 + chance_below(&w->chance, 100);
    bank_sends(w, me, text, cents, day_plus(w->today, days));
    if (kind == TWICE)
        bank_sends(w, me, text, cents, day_plus(w->today, days + 1 + chance_below(&w->chance, 10)));
    c->paid = kind == RIGHT || kind == TWICE;
    c->paid_on = day_plus(w->today, days);
    c->remind_on = c->paid ? day_plus(c->paid_on, 60) : day_plus(w->today, 10);
    if (c->paid && order_is_open(order_now(w->f, c->code).state))
        proof_sent(w, c);
}

struct paying {
    struct world *w;
    struct customer *c;
    struct payment payment;
    struct problem why;
};

static enum outcome begin(struct world *w, void *arg)
{
    struct paying *p = arg;
    struct pay_request request = {.brand = p->c->brand,
                                  .code = p->c->code,
                                  .method = p->c->method,
                                  .language = "it",
                                  .remember = p->c->keeps_card,
                                  .actor = {"portal", "sim"}};

    p->why = (struct problem){0};
    return pay_begin(&w->f->shop, w->scratch, &request, &p->payment, &p->why);
}

static enum outcome come_back(struct world *w, void *arg)
{
    struct paying *p = arg;

    p->why = (struct problem){0};
    return payment_ask(&w->f->shop, w->scratch, p->payment.id, &p->payment, &p->why);
}

static struct provider *provider_of(struct world *w, enum payment_method method)
{
    return method == METHOD_CARD ? &w->card : method == METHOD_PAYPAL ? &w->paypal : &w->stripe;
}

static void online(struct world *w, struct customer *c)
{
    struct provider *provider = provider_of(w, c->method);
    struct paying p = {.w = w, .c = c};
    enum outcome o = sim_try(w, begin, &p);

    c->remind_on = day_plus(w->today, 1 + chance_below(&w->chance, 5));
    if (o == REFUSED && p.why.code == PROBLEM_ORDER_STATE) /* paid before, as one hears now */
        return;
    if (o != DONE)
        return; /* the provider is silent: another day */
    snprintf(c->key, sizeof c->key, "%s", p.payment.key);
    if (chance_of(&w->chance, 100))
        return; /* walks away from its page */
    if (chance_of(&w->chance, 100)) {
        provider_decline(provider, c->key);
        return;
    }
    provider_approve(provider, c->key);
    if (chance_of(&w->chance, 600))
        (void)!sim_try(w, come_back, &p); /* else the browser is closed: the poller hears of it */
}

/* ---- Looking again ---- */

void customer_renewed(struct world *w, struct customer *c, int years)
{
    struct mailbox box = mailbox(w->f, c->address);

    snprintf(c->last_code, sizeof c->last_code, "%s", c->code);
    c->term_before = c->term;
    c->renewed_on = w->today;
    c->term.ends_on = day_add_months(c->term.ends_on, 12 * years, c->term.anchor);
    if (!day_same(box.term.ends_on, c->term.ends_on))
        SIM_TROUBLE(w, "%s was renewed for %d years: it ends on day %d, not %d", c->address, years, box.term.ends_on.n,
                    c->term.ends_on.n);
    c->code[0] = '\0';
    c->act_on = next_thought(w, c);
    w->seen.renewals++;
}

/* What a customer finds in the list of orders. */
static void look(struct world *w, struct customer *c)
{
    struct order order = order_now(w->f, c->code);

    if (order.state == ORDER_FULFILLED) {
        customer_renewed(w, c, c->years);
    } else if (!order_is_open(order.state)) {
        c->code[0] = '\0';
        c->act_on = day_plus(w->today, 1 + chance_below(&w->chance, 20));
        w->seen.given_up++;
    } else if (c->paid && day_before(day_plus(c->paid_on, 1), w->today) && c->method == METHOD_BANK_TRANSFER) {
        SIM_TROUBLE(w, "%s: %s was paid rightly and is not fulfilled", c->address, c->code);
    }
}

void customers_look(struct world *w)
{
    for (int i = 0; i < w->count; i++) {
        if (w->customers[i].code[0])
            look(w, &w->customers[i]);
        else if (w->customers[i].automatic)
            automatic_look(w, &w->customers[i]);
        counter_look(w, &w->customers[i]);
        passing_look(w, &w->customers[i]);
    }
}

struct giving_up {
    struct world *w;
    struct customer *c;
    struct problem why;
};

static enum outcome cancel(struct db_tx *tx, void *arg)
{
    struct giving_up *g = arg;

    g->why = (struct problem){0};
    return cancel_order(tx, g->w->scratch, g->c->code, &(struct actor){"portal", "sim"}, &g->why);
}

static enum outcome try_cancel(struct world *w, void *arg)
{
    return db_transaction(w->f->db, "sim.cancel", cancel, arg);
}

/* ---- A day ---- */

static void at_the_counter(struct world *w, struct customer *c)
{
    if (!order_is_open(order_now(w->f, c->code).state))
        return; /* it lapsed this morning, as one hears in the evening */
    if (c->method == METHOD_CHEQUE)
        cheque_sent(w, c);
    else if (!wallet_pays(w, c))
        c->method = METHOD_BANK_TRANSFER;
}

static void act(struct world *w, struct customer *c)
{
    struct giving_up g = {.w = w, .c = c};

    if (!c->code[0] && automatic_act(w, c))
        return;
    if (!c->code[0]) {
        if (!day_before(w->today, c->act_on))
            order_of(w, c);
        return;
    }
    if (c->paid || day_before(w->today, c->remind_on))
        return;
    if (chance_of(&w->chance, 60)) {
        (void)!sim_try(w, try_cancel, &g);
        c->remind_on = day_plus(w->today, 1);
    } else if (chance_of(&w->chance, 100)) {
        c->remind_on = day_plus(w->today, 20 + chance_below(&w->chance, 20)); /* forgets about it */
    } else if (c->method == METHOD_WALLET || c->method == METHOD_CHEQUE) {
        at_the_counter(w, c);
    } else if (c->method == METHOD_BANK_TRANSFER) {
        by_transfer(w, c);
    } else {
        online(w, c);
    }
}

void customers_act(struct world *w)
{
    for (int i = 0; i < w->count; i++) {
        counter_act(w, &w->customers[i]);
        passing_act(w, &w->customers[i]);
        if (!w->customers[i].gone)
            act(w, &w->customers[i]);
    }
}
