/* Customers who let their mailbox renew itself: they switch it on with a card that is kept, and off; cards get lost;
 * what a charge that failed leaves to pay is paid by hand, or not. */
#include "shop/autorenew.h"
#include "sim/sim.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <talloc.h>

static int64_t card_of(struct world *w, const struct customer *c)
{
    return number(w->f, talloc_asprintf(w->scratch,
                                        "SELECT coalesce(max(id), 0) FROM instrument WHERE account_id = %" PRId64
                                        " AND removed_at IS NULL",
                                        c->account_id));
}

static bool lives(struct world *w, const struct customer *c)
{
    return number(w->f,
                  talloc_asprintf(w->scratch, "SELECT count(*) FROM mailbox WHERE address = '%s' AND status = 'live'",
                                  c->address)) > 0;
}

struct switching {
    struct world *w;
    struct customer *c;
    int64_t card;
    int years;
    struct problem why;
};

static struct autorenew_request request_of(const struct switching *s)
{
    return (struct autorenew_request){.shop = &s->w->f->shop,
                                      .brand = s->c->brand,
                                      .actor = {"portal", "sim"},
                                      .who = {.account_id = s->c->account_id},
                                      .address = s->c->address,
                                      .language = "it",
                                      .years = s->years,
                                      .instrument_id = s->card,
                                      .consent_version = s->c->brand->autorenew.text.version};
}

static enum outcome on(struct db_tx *tx, void *arg)
{
    struct switching *s = arg;
    struct autorenew_request request = request_of(s);
    struct mandate mandate;

    s->why = (struct problem){0};
    return autorenew_switch_on(tx, s->w->scratch, &request, &mandate, &s->why);
}

static enum outcome off(struct db_tx *tx, void *arg)
{
    struct switching *s = arg;
    struct autorenew_request request = request_of(s);
    struct mandate mandate;

    s->why = (struct problem){0};
    return autorenew_switch_off(tx, s->w->scratch, &request, &mandate, &s->why);
}

static enum outcome lose(struct db_tx *tx, void *arg)
{
    struct switching *s = arg;
    bool changed;

    return instrument_forget(tx, s->w->scratch, s->card, s->c->account_id, &(struct actor){"portal", "sim"}, &changed);
}

static enum outcome try_on(struct world *w, void *arg)
{
    return db_transaction(w->f->db, "sim.on", on, arg);
}

static enum outcome try_off(struct world *w, void *arg)
{
    return db_transaction(w->f->db, "sim.off", off, arg);
}

static enum outcome try_lose(struct world *w, void *arg)
{
    return db_transaction(w->f->db, "sim.lose", lose, arg);
}

/* A transaction whose answer was lost is found done the second time: what counts is what the mailbox says. */
static void see(struct world *w, struct customer *c, int years)
{
    bool is_on = mailbox(w->f, c->address).auto_renew;

    if (is_on && !c->automatic)
        w->seen.switched_on++;
    if (!is_on && c->automatic)
        w->seen.switched_off++;
    c->automatic = is_on ? years : 0;
}

/* The order of a charge that did not go through is in the customer's list: to be paid by hand, or cancelled, like any
 * other. */
static bool finds_an_order(struct world *w, struct customer *c)
{
    int64_t id = mailbox(w->f, c->address).open_order_id;

    if (!id || number(w->f, talloc_asprintf(w->scratch,
                                            "SELECT count(*) FROM mandate WHERE charge_order_id = %" PRId64
                                            " AND state = 'failed_open'",
                                            id)) == 0)
        return id != 0;
    snprintf(c->code, sizeof c->code, "%s",
             words(w->f, talloc_asprintf(w->scratch, "SELECT code FROM shop_order WHERE id = %" PRId64, id)));
    c->years = (int)number(
        w->f, talloc_asprintf(w->scratch, "SELECT max(years) FROM order_line WHERE order_id = %" PRId64, id));
    c->method = METHOD_BANK_TRANSFER;
    c->paid = false;
    c->remind_on = day_plus(w->today, chance_below(&w->chance, 10));
    return true;
}

/* Once in a while the switch is thought of, or the card goes. */
static void think_of_it(struct world *w, struct customer *c)
{
    struct switching s = {.w = w, .c = c, .years = 1 + chance_below(&w->chance, 2), .card = card_of(w, c)};

    if (!c->automatic) {
        c->keeps_card = true;
        if (s.card && chance_of(&w->chance, 25)) {
            (void)!sim_try(w, try_on, &s);
            see(w, c, s.years);
        }
    } else if (chance_of(&w->chance, 1)) {
        (void)!sim_try(w, try_off, &s);
        see(w, c, c->automatic);
    } else if (s.card && chance_of(&w->chance, 1)) {
        (void)!sim_try(w, try_lose, &s);
        w->seen.cards_lost++;
        see(w, c, c->automatic);
    }
}

bool automatic_act(struct world *w, struct customer *c)
{
    if (!c->brand->autorenew.on || !lives(w, c))
        return false;
    think_of_it(w, c);
    return finds_an_order(w, c) || c->automatic;
}

/* Renewed by itself: for the years that were chosen, once. */
void automatic_look(struct world *w, struct customer *c)
{
    struct mailbox box;

    if (!lives(w, c)) {
        c->automatic = 0;
        return;
    }
    box = mailbox(w->f, c->address);
    if (!day_same(box.term.ends_on, c->term.ends_on)) {
        customer_renewed(w, c, c->automatic);
        w->seen.by_itself++;
    }
    if (!box.auto_renew && !box.open_order_id)
        c->automatic = 0;
}
