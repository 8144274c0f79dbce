#include "flow/till.h"
#include "shop/wallet.h"
#include "store/access.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

struct adding {
    int64_t id;
    const char *brand, *email;
};

static enum outcome add_account(struct db_tx *tx, void *arg)
{
    struct adding *a = arg;
    struct account account = {.brand = (char *)a->brand,
                              .email = (char *)a->email,
                              .name = (char *)"Maria Verdi",
                              .password_hash = (char *)"",
                              .language = (char *)"it"};

    TRY(account_insert(tx, &account));
    a->id = account.id;
    return DONE;
}

struct place *place(void **state)
{
    struct fixture *f = fixture(state);
    struct place *p = talloc_zero(f, struct place);
    struct adding account = {.brand = "visura", .email = "cliente@posta.example"};

    p->f = f;
    p->card.mem = p->paypal.mem = p;
    p->card.name = "axerve";
    p->paypal.name = "paypal";
    p->all[0] = (struct gateway_of){"legalmail", METHOD_CARD, provider_gateway(&p->card)};
    p->all[1] = (struct gateway_of){"legalmail", METHOD_PAYPAL, provider_gateway(&p->paypal)};
    p->all[2] = (struct gateway_of){"visura", METHOD_CARD, provider_gateway(&p->card)};
    p->gateways = (struct gateways){count_of(p->all), p->all};
    f->shop.gateways = &p->gateways;
    assert_int_equal(db_transaction(f->db, "account", add_account, &account), DONE);
    p->account_id = account.id;
    return p;
}

/* From here on the shop is visura, whose customers have a prepaid account, with one mailbox of 9,00 a year. */
void move_to_visura(struct place *p)
{
    p->f->brand = (struct brand *)brand_by_id(&p->f->brands, "visura");
    add_mailbox(p->f, PEC, 0, day_of(2027, 2, 28));
}

char *order_of(struct place *p, const char *address)
{
    struct wanted_line line = {.address = address, .choice = {.years = 1}};
    struct order_request request = request_for(p->f, &line, 1);
    struct placed_order placed;
    struct problem why = {0};

    if (strcmp(p->f->brand->id, "visura") == 0) {
        sql(p->f, talloc_asprintf(p->f,
                                  "UPDATE mailbox_row SET account_id = %" PRId64
                                  " WHERE id IN (SELECT id FROM mailbox WHERE brand = 'visura')",
                                  p->account_id));
        request.who.account_id = p->account_id;
    }
    if (order(p->f, &request, &placed, &why) != DONE)
        fail_msg("%s: %s %s", address, problem_slug(why.code), why.detail);
    return placed.order.code;
}

struct pay_request request_of(struct place *p, const char *code, enum payment_method method)
{
    return (struct pay_request){
        .brand = p->f->brand, .code = code, .method = method, .language = "it", .actor = {"portal", "test"}};
}

enum outcome begin(struct place *p, const char *code, enum payment_method method, struct payment *payment,
                   struct problem *why)
{
    struct pay_request request = request_of(p, code, method);

    *why = (struct problem){0};
    return pay_begin(&p->f->shop, p->f, &request, payment, why);
}

struct payment begun(struct place *p, const char *code, enum payment_method method)
{
    struct payment payment;
    struct problem why;

    if (begin(p, code, method, &payment, &why) != DONE)
        fail_msg("%s %s", problem_slug(why.code), why.detail);
    return payment;
}

struct payment asked(struct place *p, int64_t id)
{
    struct payment payment;
    struct problem why = {0};

    if (payment_ask(&p->f->shop, p->f, id, &payment, &why) == BROKEN)
        fail_msg("broken: %s", why.detail);
    return payment;
}

enum outcome notify(struct place *p, enum payment_method method, const char *body, struct problem *why)
{
    struct gateway_notice notice = {.query = "", .body = body, .length = strlen(body), .at = clock_now()};

    *why = (struct problem){0};
    return payment_heard(&p->f->shop, p->f, p->f->brand, method, NULL, &notice, why);
}

/* Everything is due to be asked about, and is. */
void poll_all(struct place *p)
{
    int n = 0;

    sql(p->f, "UPDATE payment SET ask_at = 1 WHERE ask_at IS NOT NULL");
    assert_int_equal(payments_poll(&p->f->shop, p->f, 1000, &n), DONE);
}

/* The worker's part of refunds, as the outbox would do it. */
void do_refunds(struct place *p)
{
    int64_t last = number(p->f, "SELECT coalesce(max(id), 0) FROM refund");
    struct problem why = {0};

    for (int64_t id = number(
             p->f, "SELECT coalesce(min(id), 1) FROM refund WHERE destination = 'source' AND state IN ('waiting', "
                   "'unknown')");
         id <= last; id++)
        if (number(p->f,
                   talloc_asprintf(
                       p->f, "SELECT count(*) FROM refund WHERE id = %" PRId64 " AND destination = 'source'", id)))
            (void)!refund_do(&p->f->shop, p->f, id, &why);
}

/* ---- Money back ---- */

static enum outcome refund_whole(struct db_tx *tx, void *arg)
{
    struct refunding *r = arg;

    return refund_order(tx, r->p->f, &r->p->f->brands, &r->request, &r->refund, &r->why);
}

enum outcome give_back(struct place *p, const char *code, int64_t cents, bool take_back, const char *destination,
                       struct refunding *r)
{
    *r = (struct refunding){.p = p,
                            .request = {.code = code,
                                        .amount = money(cents),
                                        .destination = destination,
                                        .reason = "Recesso",
                                        .take_back = take_back,
                                        .actor = {"cli", "system"}}};
    return db_transaction(p->f->db, "refund", refund_whole, r);
}

char *paid_order(struct place *p, const char *address)
{
    char *code = order_of(p, address);
    struct payment payment = begun(p, code, METHOD_CARD);

    provider_approve(&p->card, payment.key);
    assert_int_equal(asked(p, payment.id).state, PAYMENT_CAPTURED);
    return code;
}

/* ---- The prepaid account ---- */

struct topping {
    struct place *p;
    int64_t cents;
    struct order order;
    struct problem why;
};

static enum outcome top_up(struct db_tx *tx, void *arg)
{
    struct topping *t = arg;
    struct topup_request request = {.brand = t->p->f->brand,
                                    .actor = {"portal", "account:1"},
                                    .account_id = t->p->account_id,
                                    .amount = money(t->cents),
                                    .payment_method = "card",
                                    .billing = somebody("cliente@posta.example"),
                                    .language = "it"};

    return place_topup(tx, t->p->f, &request, &t->order, &t->why);
}

void put_in(struct place *p, int64_t cents)
{
    struct topping t = {.p = p, .cents = cents};
    struct payment payment;

    assert_int_equal(db_transaction(p->f->db, "topup", top_up, &t), DONE);
    payment = begun(p, t.order.code, METHOD_CARD);
    provider_approve(&p->card, payment.key);
    assert_int_equal(asked(p, payment.id).state, PAYMENT_CAPTURED);
}

enum outcome draw(struct place *p, const char *code, struct problem *why)
{
    struct pay_request request = request_of(p, code, METHOD_WALLET);
    struct payment payment;

    *why = (struct problem){0};
    return pay_from_wallet(&p->f->shop, p->f, &request, &payment, why);
}
