/* What is paid over the counter, as it were: from the prepaid account and into it, by cheques that clear or bounce, by
 * transfers that are proved before they are seen. */
#include "shop/cheque.h"
#include "shop/proof.h"
#include "shop/wallet.h"
#include "sim/sim.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <talloc.h>

static const struct actor DESK = {"cli", "os:desk"};

static bool offers(struct world *w, const struct customer *c, enum payment_method method)
{
    return method_offered(&w->f->shop, c->brand, method);
}

/* ---- The prepaid account ---- */

struct paying {
    struct world *w;
    struct customer *c;
    struct payment payment;
    struct order order;
    int64_t cents;
    char token[40];
    struct problem why;
};

static enum outcome draw(struct world *w, void *arg)
{
    struct paying *p = arg;
    struct pay_request request = {.brand = p->c->brand,
                                  .code = p->c->code,
                                  .method = METHOD_WALLET,
                                  .language = "it",
                                  .actor = {"portal", "sim"}};

    p->why = (struct problem){0};
    return pay_from_wallet(&w->f->shop, w->scratch, &request, &p->payment, &p->why);
}

/* True when the order was paid by it. */
bool wallet_pays(struct world *w, struct customer *c)
{
    struct paying p = {.w = w, .c = c, .cents = order_now(w->f, c->code).total.gross.cents};

    (void)!sim_try(w, draw, &p);
    if (order_now(w->f, c->code).state == ORDER_FULFILLED) {
        c->wallet -= p.cents;
        w->seen.drawn++;
        return true;
    }
    if (c->wallet >= p.cents)
        SIM_TROUBLE(w, "%s has %" PRId64 " and cannot pay %" PRId64 ": %s", c->address, c->wallet, p.cents,
                    problem_slug(p.why.code));
    return false;
}

static enum outcome fill(struct db_tx *tx, void *arg)
{
    struct paying *p = arg;
    struct topup_request request = {.brand = p->c->brand,
                                    .actor = {"portal", "sim"},
                                    .account_id = p->c->account_id,
                                    .amount = money(p->cents),
                                    .payment_method = payment_method_name(METHOD_BANK_TRANSFER),
                                    .billing = somebody("cliente@posta.example"),
                                    .language = "it",
                                    .form_token = p->token};

    p->why = (struct problem){0};
    return place_topup(tx, p->w->scratch, &request, &p->order, &p->why);
}

static enum outcome try_fill(struct world *w, void *arg)
{
    return db_transaction(w->f->db, "sim.topup", fill, arg);
}

static void top_up(struct world *w, struct customer *c)
{
    struct paying p = {.w = w, .c = c, .cents = 1000 + 500 * chance_below(&w->chance, 8)};

    snprintf(p.token, sizeof p.token, "ricarica-%s-%d", c->name, w->today.n);
    if (sim_try(w, try_fill, &p) != DONE)
        SIM_TROUBLE(w, "%s cannot top up: %s", c->address, problem_slug(p.why.code));
    snprintf(c->topup, sizeof c->topup, "%s", p.order.code);
    c->topup_cents = p.cents;
    bank_sends(w, (int)(c - w->customers), c->topup, p.cents, day_plus(w->today, 1 + chance_below(&w->chance, 4)));
}

/* ---- Cheques ---- */

struct cashing {
    struct world *w;
    struct customer *c;
    struct cheque cheque;
    char number[16];
    enum outcome (*act)(struct db_tx *, void *, const struct brands *, int64_t, const struct actor *, struct cheque *,
                        struct problem *);
    struct problem why;
    struct problems faults;
};

static enum outcome take(struct db_tx *tx, void *arg)
{
    struct cashing *k = arg;
    struct order order;
    struct cheque_request request = {.code = k->c->code, .actor = DESK};
    unsigned warnings;

    TRY(order_by_code(tx, k->w->scratch, k->c->code, &order));
    request.facts = (struct cheque_facts){.number = k->number,
                                          .abi = "05428",
                                          .cab = "11101",
                                          .drawer = k->c->name,
                                          .payee = k->c->brand->seller.payee,
                                          .amount = order.total.gross,
                                          .dated_on = db_today(tx),
                                          .non_transferable = true,
                                          .is_signed = true};
    k->faults = (struct problems){0};
    return cheque_receive(tx, k->w->scratch, &k->w->f->brands, &request, &k->cheque, &warnings, &k->faults);
}

static enum outcome try_take(struct world *w, void *arg)
{
    return db_transaction(w->f->db, "sim.cheque", take, arg);
}

void cheque_sent(struct world *w, struct customer *c)
{
    struct cashing k = {.w = w, .c = c};
    enum outcome o;

    snprintf(k.number, sizeof k.number, "%010d", ++w->cheque_number);
    o = sim_try(w, try_take, &k);
    if (o == REFUSED && k.faults.count && k.faults.item[0].code == PROBLEM_CHEQUE_KNOWN) /* the desk died after it */
        k.cheque.id = number(w->f, talloc_asprintf(w->scratch, "SELECT id FROM cheque WHERE number = '%s'", k.number));
    else if (o != DONE)
        SIM_TROUBLE(w, "%s: a cheque for %s was refused: %s %s", c->address, c->code,
                    k.faults.count ? k.faults.item[0].field : "",
                    k.faults.count ? problem_slug(k.faults.item[0].code) : "");
    c->cheque = k.cheque.id;
    c->paid = true;
    c->paid_on = w->today;
}

static enum outcome handle(struct db_tx *tx, void *arg)
{
    struct cashing *k = arg;

    k->why = (struct problem){0};
    return k->act(tx, k->w->scratch, &k->w->f->brands, k->c->cheque, &DESK, &k->cheque, &k->why);
}

static enum outcome try_handle(struct world *w, void *arg)
{
    return db_transaction(w->f->db, "sim.cheque", handle, arg);
}

static void cash(struct world *w, struct customer *c)
{
    struct cashing k = {.w = w, .c = c};
    const char *state =
        words(w->f, talloc_asprintf(w->scratch, "SELECT state FROM cheque WHERE id = %" PRId64, c->cheque));
    bool bounces = strcmp(state, "deposited") == 0 && chance_of(&w->chance, 40);

    k.act = strcmp(state, "received") == 0 ? cheque_deposit : bounces ? cheque_bounce : cheque_clear;
    if (sim_try(w, try_handle, &k) == REFUSED) {
        if (k.why.code != PROBLEM_CHEQUE_CLEARING)
            SIM_TROUBLE(w, "%s: the cheque is %s: %s", c->address, state, problem_slug(k.why.code));
        return;
    }
    if (k.act == cheque_deposit)
        return;
    if (bounces) {
        w->seen.bounced++;
        c->paid = false;
        c->method = METHOD_BANK_TRANSFER;
        c->remind_on = day_plus(w->today, 2);
    } else {
        w->seen.cleared++;
        w->cheques += k.cheque.amount.cents;
    }
    c->cheque = 0;
}

/* ---- Proofs ---- */

struct proving {
    struct world *w;
    struct customer *c;
    char file[200];
    struct proof proof;
    struct problem why;
    bool good;
};

static enum outcome send_proof(struct world *w, void *arg)
{
    struct proving *p = arg;
    struct proof_request request = {.code = p->c->code,
                                    .channel = "upload",
                                    .file_name = "contabile.pdf",
                                    .bytes = p->file,
                                    .length = strlen(p->file),
                                    .actor = {"portal", "sim"}};

    p->why = (struct problem){0};
    return proof_receive(&w->f->shop, w->f->shop.files, w->scratch, &request, &p->proof, &p->why);
}

static enum outcome judge(struct db_tx *tx, void *arg)
{
    struct proving *p = arg;
    struct order order;

    p->why = (struct problem){0};
    TRY(order_by_code(tx, p->w->scratch, p->c->code, &order));
    return p->good ? proof_accept(tx, p->w->scratch, &p->w->f->brands, p->proof.id, "executed_transfer",
                                  order.total.gross, &DESK, &p->proof, &p->why)
                   : proof_reject(tx, p->w->scratch, &p->w->f->brands, p->proof.id, "not_executed", &DESK, &p->proof,
                                  &p->why);
}

static enum outcome try_judge(struct world *w, void *arg)
{
    return db_transaction(w->f->db, "sim.proof", judge, arg);
}

/* A transfer is on its way, and its bank's document is here already. */
void proof_sent(struct world *w, struct customer *c)
{
    struct proving p = {.w = w, .c = c, .good = chance_of(&w->chance, 800)};
    int at;

    if (!proof_channel_open(c->brand, "upload") || !chance_of(&w->chance, 400))
        return;
    at = snprintf(p.file, sizeof p.file, "%%PDF-1.4\n%% %s\n1 0 obj\n<< /Type /Catalog >>\nendobj\n", c->code);
    snprintf(p.file + at, sizeof p.file - (size_t)at,
             "xref\n0 1\n0000000000 65535 f \ntrailer\n<< /Root 1 0 R /Size 2 >>\nstartxref\n%d\n%%%%EOF\n", at);
    if (sim_try(w, send_proof, &p) != DONE)
        SIM_TROUBLE(w, "%s: a proof was refused: %s", c->address, problem_slug(p.why.code));
    if (sim_try(w, try_judge, &p) != DONE)
        SIM_TROUBLE(w, "%s: a proof cannot be judged: %s", c->address, problem_slug(p.why.code));
    w->seen.proofs += p.good;
    if (p.good && proof_settles(c->brand, &(struct order){.kind = (char *)ORDER_RENEWAL}) &&
        order_now(w->f, c->code).state != ORDER_FULFILLED)
        SIM_TROUBLE(w, "%s: an accepted proof has not settled %s", c->address, c->code);
}

/* ---- Each day ---- */

void counter_act(struct world *w, struct customer *c)
{
    if (c->cheque && day_weekday(w->today) < 6)
        cash(w, c);
    if (!c->topup[0] && offers(w, c, METHOD_WALLET) && !c->gone && chance_of(&w->chance, 4))
        top_up(w, c);
}

void counter_look(struct world *w, struct customer *c)
{
    int64_t has;

    if (c->topup[0]) {
        struct order order = order_now(w->f, c->topup);

        if (order.state == ORDER_FULFILLED)
            c->wallet += c->topup_cents;
        if (!order_is_open(order.state))
            c->topup[0] = '\0';
    }
    if (!sim_is_turn(w, c))
        return;
    has = number(w->f, talloc_asprintf(w->scratch,
                                       "SELECT coalesce(max(balance_cents), 0) FROM wallet WHERE account_id = %" PRId64,
                                       c->account_id));
    if (has != c->wallet)
        SIM_TROUBLE(w, "%s should have %" PRId64 " in the prepaid account, and has %" PRId64, c->address, c->wallet,
                    has);
}

void counter_close(struct world *w)
{
    int64_t cheques = number(w->f, "SELECT CAST(coalesce(sum(amount_cents), 0) AS BIGINT) FROM ledger_entry WHERE "
                                   "account LIKE 'cheques:%'");

    if (cheques != w->cheques)
        SIM_TROUBLE(w, "cheques of %" PRId64 " were paid to us; our books say %" PRId64, w->cheques, cheques);
}
