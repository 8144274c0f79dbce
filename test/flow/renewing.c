#include "flow/renewing.h"
#include "shop/pay.h"
#include <inttypes.h>
#include <talloc.h>

static int64_t add_account_of(struct fixture *f)
{
    sql(f,
        "INSERT INTO account (brand, email, name, password_hash, created_at) VALUES ('aruba', 'conto@posta.example', "
        "'Anna Neri', '', 1)");
    return number(f, "SELECT max(id) FROM account");
}

int64_t add_card(struct stand *s, const char *provider, const char *last4)
{
    sql(s->f, talloc_asprintf(s->f,
                              "INSERT INTO instrument (brand, account_id, provider, token, customer, first_ref, label, "
                              "last4, exp_month, exp_year, created_at) VALUES ('aruba', %" PRId64
                              ", '%s', 'TOKEN-1', '', '', 'Visa', '%s', 12, 2030, 1)",
                              s->account_id, provider, last4));
    return number(s->f, "SELECT max(id) FROM instrument");
}

struct stand *stand(void **state)
{
    struct fixture *f = fixture(state);
    struct stand *s = talloc_zero(f, struct stand);

    s->f = f;
    f->brand = (struct brand *)brand_by_id(&f->brands, "aruba");
    s->stripe.mem = s->paypal.mem = s;
    s->stripe.name = "stripe";
    s->paypal.name = "paypal";
    s->all[0] = (struct gateway_of){"aruba", METHOD_STRIPE, provider_gateway(&s->stripe)};
    s->all[1] = (struct gateway_of){"aruba", METHOD_PAYPAL, provider_gateway(&s->paypal)};
    s->gateways = (struct gateways){count_of(s->all), s->all};
    f->shop.gateways = &s->gateways;
    set_day(f, 2026, 12, 1);
    add_mailbox(f, BOX, 0, day_of(2027, 3, 15));
    sql(f, "DELETE FROM day_done"); /* the fixture stood later */
    s->account_id = add_account_of(f);
    s->card_id = add_card(s, "stripe", "4242");
    sql(f, talloc_asprintf(f,
                           "UPDATE mailbox_row SET account_id = %" PRId64
                           " WHERE id IN (SELECT id FROM mailbox WHERE brand = 'aruba')",
                           s->account_id));
    return s;
}

static enum outcome flip(struct db_tx *tx, void *arg)
{
    struct switching *w = arg;

    return w->on ? autorenew_switch_on(tx, w->s->f, &w->request, &w->mandate, &w->why)
                 : autorenew_switch_off(tx, w->s->f, &w->request, &w->mandate, &w->why);
}

struct switching to_switch(struct stand *s, bool on)
{
    return (struct switching){.s = s,
                              .on = on,
                              .request = {.shop = &s->f->shop,
                                          .brand = s->f->brand,
                                          .actor = {"portal", "account:1"},
                                          .who = {.account_id = s->account_id},
                                          .address = BOX,
                                          .language = "it",
                                          .years = 1,
                                          .instrument_id = s->card_id,
                                          .consent_version = "2026-01"}};
}

enum outcome do_switch(struct switching *w)
{
    w->why = (struct problem){0};
    return db_transaction(w->s->f->db, "switch", flip, w);
}

void switch_on(struct stand *s)
{
    struct switching w = to_switch(s, true);

    if (do_switch(&w) != DONE)
        fail_msg("%s %s %s", problem_slug(w.why.code), w.why.field, w.why.detail);
}

struct autorenew_turned turn_day(struct stand *s)
{
    struct autorenew_turned turned;

    assert_int_equal(autorenew_turn(&s->f->shop, s->f, &turned), DONE);
    return turned;
}

struct autorenew_turned turn_days(struct stand *s, struct day from, struct day to)
{
    struct autorenew_turned turned = {0};

    for (struct day d = from; !day_before(to, d); d = day_plus(d, 1)) {
        struct ymd at = day_split(d);

        set_day(s->f, at.year, at.month, at.day);
        turned = turn_day(s);
    }
    return turned;
}

const char *state_now(struct stand *s)
{
    return words(s->f, "SELECT state FROM mandate ORDER BY id DESC LIMIT 1");
}

const char *last_mail(struct stand *s, const char *template)
{
    return words(s->f, talloc_asprintf(s->f, "SELECT data FROM outbox WHERE template = '%s' ORDER BY id DESC LIMIT 1",
                                       template));
}

struct closing {
    struct stand *s;
    const char *code;
    struct problem why;
};

static enum outcome cancel(struct db_tx *tx, void *arg)
{
    struct closing *c = arg;

    return cancel_order(tx, c->s->f, c->code, &(struct actor){"portal", "account:1"}, &c->why);
}

void cancel_code(struct stand *s, const char *code)
{
    struct closing c = {.s = s, .code = code};

    assert_int_equal(db_transaction(s->f->db, "cancel", cancel, &c), DONE);
}

void ask_providers(struct stand *s)
{
    int asked_of = 0;

    sql(s->f, "UPDATE payment SET ask_at = 1 WHERE ask_at IS NOT NULL");
    assert_int_equal(payments_poll(&s->f->shop, s->f, 1000, &asked_of), DONE);
}

int captures(struct stand *s)
{
    int count = 0;

    for (int i = 0; i < s->stripe.count; i++)
        count += s->stripe.all[i].captures;
    return count;
}

void switch_on_and_warn(struct stand *s)
{
    switch_on(s);
    turn_days(s, day_of(2026, 12, 15), day_of(2026, 12, 15));
    turn_days(s, day_of(2027, 2, 13), day_of(2027, 2, 13));
}
