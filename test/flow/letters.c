/* What mails about money say and carry, for each way to pay and each way back (DOMAIN T39, T11, L19, Y1-Y11, O11, O12).
 */
#include "base/embedded.h"
#include "base/i18n.h"
#include "flow/post.h"
#include "flow/provider.h"
#include "rules/slip.h"
#include "shop/cheque.h"
#include "shop/fulfil.h"
#include "shop/paper.h"
#include "shop/pay.h"
#include "shop/refund.h"
#include "shop/wallet.h"
#include "store/access.h"
#include <inttypes.h>
#include <string.h>
#include <talloc.h>

#define PEC              "casella@pec.visura.example"
#define TO               "cliente@posta.example"
#define IBAN_OF_CUSTOMER "IT60X0542811101000000123456"

static const struct actor DESK = {"cli", "os:cassa"};

/* visura, which has every way to pay, with one mailbox of 9,00 a year and a customer with a prepaid account. */
struct place {
    struct fixture *f;
    struct provider card;
    struct gateway_of of_card;
    struct gateways gateways;
    int64_t account_id;
    struct post *post;
};

static enum outcome add_account(struct db_tx *tx, void *arg)
{
    struct place *p = arg;
    struct account account = {.brand = (char *)"visura",
                              .email = (char *)TO,
                              .name = (char *)"Maria Verdi",
                              .password_hash = (char *)"",
                              .language = (char *)"it"};

    TRY(account_insert(tx, &account));
    p->account_id = account.id;
    return DONE;
}

static struct place *place(void **state)
{
    struct fixture *f = fixture(state);
    struct place *p;

    if (!f)
        return NULL;
    p = talloc_zero(f, struct place);
    p->f = f;
    p->card.mem = p;
    p->card.name = "axerve";
    p->of_card = (struct gateway_of){"visura", METHOD_CARD, provider_gateway(&p->card)};
    p->gateways = (struct gateways){1, &p->of_card};
    p->post = post_open(f);
    f->shop.gateways = &p->gateways;
    f->brand = (struct brand *)brand_by_id(&f->brands, "visura");
    add_mailbox(f, PEC, 0, day_of(2027, 2, 28));
    assert_int_equal(db_transaction(f->db, "account", add_account, p), DONE);
    sql(f, talloc_asprintf(f,
                           "UPDATE mailbox_row SET account_id = %" PRId64
                           " WHERE id IN (SELECT id FROM mailbox WHERE brand = 'visura')",
                           p->account_id));
    return p;
}

/* Of the last round, to the customer. */
static const struct letter *letter(struct place *p, const char *in_subject)
{
    return mail_to(p->post, TO, in_subject);
}

/* ---- What people do ---- */

static struct order ordered(struct place *p, const char *method)
{
    struct wanted_line line = {.address = PEC, .choice = {.years = 1}};
    struct order_request request = request_for(p->f, &line, 1);
    struct placed_order placed;
    struct problem why = {0};

    request.payment_method = method;
    request.who.account_id = p->account_id;
    request.shop = &p->f->shop;
    if (order(p->f, &request, &placed, &why) != DONE)
        fail_msg("%s: %s %s", method, problem_slug(why.code), why.detail);
    return placed.order;
}

static struct pay_request paying(struct place *p, const char *code, enum payment_method method)
{
    return (struct pay_request){.brand = p->f->brand, .code = code, .method = method, .language = "it", .actor = DESK};
}

/* Goes to the provider's page, and pays there. */
static struct payment pay_by_card(struct place *p, const char *code)
{
    struct pay_request request = paying(p, code, METHOD_CARD);
    struct payment payment;
    struct problem why = {0};

    assert_int_equal(pay_begin(&p->f->shop, p->f, &request, &payment, &why), DONE);
    provider_approve(&p->card, payment.key);
    return payment;
}

static void hear_of(struct place *p, const struct payment *payment)
{
    struct payment now;
    struct problem why = {0};

    assert_int_equal(payment_ask(&p->f->shop, p->f, payment->id, &now, &why), DONE);
}

struct step {
    struct place *p;
    struct topup_request topup;
    struct order order;
    struct refund_request refund;
    struct refund made;
    int64_t payment_id, entry_id;
    const char *destination;
    struct problem why;
};

static enum outcome do_topup(struct db_tx *tx, void *arg)
{
    struct step *s = arg;

    return place_topup(tx, s->p->f, &s->topup, &s->order, &s->why);
}

static struct order topped_up(struct place *p, int64_t cents, const char *method)
{
    struct step s = {.p = p,
                     .topup = {.brand = p->f->brand,
                               .actor = DESK,
                               .account_id = p->account_id,
                               .amount = money(cents),
                               .payment_method = method,
                               .billing = somebody(TO),
                               .language = "it"}};

    if (db_transaction(p->f->db, "topup", do_topup, &s) != DONE)
        fail_msg("%s %s", problem_slug(s.why.code), s.why.detail);
    return s.order;
}

static enum outcome do_refund(struct db_tx *tx, void *arg)
{
    struct step *s = arg;

    return refund_order(tx, s->p->f, &s->p->f->brands, &s->refund, &s->made, &s->why);
}

static void give_back(struct place *p, struct refund_request refund)
{
    struct step s = {.p = p, .refund = refund};

    s.refund.actor = DESK;
    if (db_transaction(p->f->db, "refund", do_refund, &s) != DONE)
        fail_msg("%s %s %s", problem_slug(s.why.code), s.why.field, s.why.detail);
}

static enum outcome do_return(struct db_tx *tx, void *arg)
{
    struct step *s = arg;

    return refund_held(tx, s->p->f, &s->p->f->brands, s->payment_id ? HELD_PAYMENT : HELD_BANK,
                       s->payment_id ? s->payment_id : s->entry_id, s->destination, IBAN_OF_CUSTOMER, "Maria Verdi",
                       &DESK, &s->made, &s->why);
}

static enum outcome do_settle(struct db_tx *tx, void *arg)
{
    struct step *s = arg;

    return settle_order(tx, s->p->f, s->p->f->brand, &s->order,
                        &(struct settling){.cause = "proof:1",
                                           .from = "provisional:visura",
                                           .method = METHOD_BANK_TRANSFER,
                                           .amount = s->order.total.gross,
                                           .paid_on = db_today(tx),
                                           .provisional = true,
                                           .actor = DESK});
}

static void transfer(struct place *p, const struct order *o)
{
    pay(p->f, &(struct transfer){.text = o->code,
                                 .cents = o->total.gross.cents,
                                 .on = day_of(2026, 12, 20),
                                 .account = p->f->brand->seller.iban});
}

/* ---- Orders that wait for their money: T39 ---- */

/* Whatever the way, the mail names order, day, mailbox, amount, code and every way to pay that is open. */
static void assert_whole(struct place *p, const struct letter *l, const struct order *o, const char *chosen)
{
    static const char *const OF_METHOD[] = {"IT24 D054 2811 1010 0000 0654 321", "1007002",
                                            "Via del Campione 2, 00184 Roma (RM)"};

    assert_says(l, "Gentile Maria Verdi");
    assert_says(l, o->code);
    assert_says(l, "20/12/2026");
    assert_says(l, PEC);
    assert_says(l, "10,98 €");
    assert_says(l, "28/02/2028");
    assert_says(l, talloc_asprintf(p->f, "Pagamento:   %s", chosen));
    assert_says(l, talloc_asprintf(p->f, "https://shop.example/b/visura/ordini/%s", o->code));
    assert_says(l, "Senza pagamento l'ordine decade il 19/01/2027");
    for (size_t i = 0; i < count_of(OF_METHOD); i++) {
        assert_says(l, OF_METHOD[i]);
        assert_non_null(strstr(l->html, OF_METHOD[i]));
    }
    for (int m = 0; m < PAYMENT_METHODS; m++)
        if (method_offered(&p->f->shop, p->f->brand, (enum payment_method)m))
            assert_says(l, payment_method_label((enum payment_method)m));
    assert_silent(l, "PayPal"); /* which is not set up here */
}

static void a_transfer(void **state)
{
    struct place *p = place(state);
    struct order o = ordered(p, "bank_transfer");
    const struct letter *l;

    post_round(p->post);
    l = letter(p, talloc_asprintf(p->f, "Ordine %s: bonifico da 10,98 € per rinnovare " PEC, o.code));
    assert_whole(p, l, &o, "Bonifico Bancario");
    assert_says(l, "DATI DEL BONIFICO");
    assert_says(l, "contabili@visura.example"); /* a proof settles here, and may be sent */
    assert_int_equal(l->attachments, 1);
    assert_carries(l, 0, talloc_asprintf(p->f, "bonifico-%s.pdf", o.code), "%PDF-");
}

static void a_slip(void **state)
{
    struct place *p = place(state);
    struct order o = ordered(p, "postal_slip");
    char reference[REFERENCE_TEXT], code[SLIP_CODE_TEXT];
    const struct letter *l;

    slip_code(order_reference(&o, reference), code);
    post_round(p->post);
    l = letter(p, "bollettino postale da 10,98 €");
    assert_whole(p, l, &o, "Bollettino postale");
    assert_says(l, talloc_asprintf(p->f, "%.6s %.6s %.6s", code, code + 6, code + 12));
    assert_says(l, "già compilato");
    assert_int_equal(l->attachments, 1);
    assert_carries(l, 0, talloc_asprintf(p->f, "bollettino-%s.pdf", o.code), "%PDF-");
}

/* Without Poste's permission to print them whole, a model to copy. */
static void a_blank_slip(void **state)
{
    struct place *p = place(state);
    const struct letter *l;

    p->f->brand->payment.slip.type = "123";
    (void)ordered(p, "postal_slip");
    post_round(p->post);
    l = letter(p, "bollettino postale");
    assert_says(l, "bollettino in bianco");
    assert_silent(l, "Codice cliente");
    assert_int_equal(l->attachments, 1);
}

static void a_cheque(void **state)
{
    struct place *p = place(state);
    struct order o = ordered(p, "cheque");
    const struct letter *l;

    post_round(p->post);
    l = letter(p, "assegno da 10,98 €");
    assert_whole(p, l, &o, "Assegno");
    assert_says(l, talloc_asprintf(p->f, "Scritto sul retro:   %s", o.code));
    assert_says(l, "almeno 4 giorni lavorativi");
    assert_says(l, "non trasferibile");
    assert_silent(l, "contabili@"); /* a proof is of a payment made */
    assert_int_equal(l->attachments, 0);
}

static void a_card(void **state)
{
    struct place *p = place(state);
    struct order o = ordered(p, "card");
    struct payment payment = pay_by_card(p, o.code);
    const struct letter *l;

    post_round(p->post); /* while the customer is still at the provider's */
    l = letter(p, talloc_asprintf(p->f, "L'ordine %s attende il pagamento: 10,98 €", o.code));
    assert_whole(p, l, &o, "Carta di credito");
    assert_says(l, "non va ripetuto");
    assert_int_equal(l->attachments, 0);

    hear_of(p, &payment);
    post_round(p->post);
    l = letter(p, "fattura 2026/1");
    assert_says(l, "il pagamento di 10,98 € (Carta di credito) è riuscito il 20/12/2026");
    assert_silent(l, "bonifico");
    assert_carries(l, 0, "fattura-2026-1.pdf", "%PDF-");
    assert_carries(l, 1, l->attached[1].name, "<?xml");
    assert_clean(p->f);
}

/* Both mails of a payment that succeeds at once leave together: the first asks for nothing. */
static void a_card_that_was_quicker(void **state)
{
    struct place *p = place(state);
    struct order o = ordered(p, "card");
    struct payment payment = pay_by_card(p, o.code);
    const struct letter *l;

    hear_of(p, &payment);
    post_round(p->post);
    assert_int_equal(p->post->count, 3); /* and the holder's */
    l = letter(p, talloc_asprintf(p->f, "Ordine %s ricevuto", o.code));
    assert_says(l, "già pagato (Carta di credito, 20/12/2026). Non occorre fare altro.");
    for (const char *const *word =
             (const char *const[]){"IBAN", "Paga l'ordine", "decade", "attende", "ANCHE COSÌ", NULL};
         *word; word++)
        assert_silent(l, *word);
    assert_int_equal(l->attachments, 0);
    letter(p, "fattura 2026/1");
}

/* ---- What was paid ---- */

static void a_settled_transfer(void **state)
{
    struct place *p = place(state);
    struct order o = ordered(p, "bank_transfer");

    transfer(p, &o);
    post_round(p->post);
    assert_says(letter(p, "fattura 2026/1"), "il bonifico di 10,98 € è arrivato il 20/12/2026");
}

/* An order that was to be paid by card, and whose money came by bank: the mail says what happened. */
static void another_way_than_chosen(void **state)
{
    struct place *p = place(state);
    struct order o = ordered(p, "card");

    transfer(p, &o);
    post_round(p->post);
    assert_says(letter(p, "fattura 2026/1"), "il bonifico di 10,98 € è arrivato");
}

static void a_provisional_settlement(void **state)
{
    struct place *p = place(state);
    struct step s = {.p = p, .order = ordered(p, "bank_transfer")};
    const struct letter *l;

    assert_int_equal(db_transaction(p->f->db, "settle", do_settle, &s), DONE);
    post_round(p->post);
    l = letter(p, "fattura 2026/1");
    assert_says(l, "non è ancora arrivato sul conto");
    assert_silent(l, "è arrivato il");
    assert_carries(l, 0, "fattura-2026-1.pdf", "%PDF-");
}

/* ---- The prepaid account: T11 ---- */

static void a_topup(void **state)
{
    struct place *p = place(state);
    struct order o = topped_up(p, 2000, "bank_transfer");
    struct pay_request request;
    struct payment payment;
    struct problem why = {0};
    const struct letter *l;
    struct order bought;

    post_round(p->post);
    l = letter(p, talloc_asprintf(p->f, "Ordine %s: bonifico da 20,00 € per ricaricare il conto prepagato", o.code));
    assert_says(l, "IT24 D054 2811 1010 0000 0654 321");
    assert_says(l, "RICEVUTA INTESTATA A");
    for (const char *const *word =
             (const char *const[]){"scadenza", "Imponibile", "IVA 0", "si rinnova", "Conto prepagato\n", NULL};
         *word; word++)
        assert_silent(l, *word);
    assert_carries(l, 0, talloc_asprintf(p->f, "bonifico-%s.pdf", o.code), "%PDF-");

    transfer(p, &o);
    post_round(p->post);
    assert_int_equal(p->post->count, 1);
    l = letter(p, "Conto prepagato ricaricato di 20,00 €");
    assert_says(l, "Nuovo saldo: 20,00 €");
    assert_says(l, "Bonifico Bancario, 20/12/2026");
    assert_int_equal(l->attachments, 1);
    assert_carries(l, 0, talloc_asprintf(p->f, "ricevuta-%s.pdf", o.code), "%PDF-");

    bought = ordered(p, "wallet");
    post_round(p->post);
    letter(p, "attende il pagamento");
    request = paying(p, bought.code, METHOD_WALLET);
    assert_int_equal(pay_from_wallet(&p->f->shop, p->f, &request, &payment, &why), DONE);
    o = topped_up(p, 5000, "bank_transfer"); /* what comes afterwards is not told before its time */
    transfer(p, &o);
    post_round(p->post);
    l = letter(p, "fattura 2026/1");
    assert_says(l, "10,98 € prelevati dal conto prepagato il 20/12/2026");
    assert_says(l, "Saldo rimasto: 9,02 €");
    assert_says(letter(p, "Conto prepagato ricaricato di 50,00 €"), "Nuovo saldo: 59,02 €");
    assert_clean(p->f);
}

static void a_topup_that_lapses(void **state)
{
    struct place *p = place(state);
    struct order o = topped_up(p, 2000, "card");
    const struct letter *l;

    post_round(p->post);
    set_day(p->f, 2027, 2, 1);
    post_round(p->post);
    if (p->post->count == 0)
        post_round(p->post);
    l = letter(p, talloc_asprintf(p->f, "Ordine %s decaduto", o.code));
    assert_says(l, "Il conto prepagato non è stato ricaricato");
    assert_silent(l, "caselle");
}

/* ---- Money given back ---- */

static struct order paid_by_card(struct place *p)
{
    struct order o = ordered(p, "card");
    struct payment payment = pay_by_card(p, o.code);

    hear_of(p, &payment);
    post_round(p->post);
    return o;
}

static void the_whole_to_its_source(void **state)
{
    struct place *p = place(state);
    struct order o = paid_by_card(p);
    const struct letter *l;

    give_back(p, (struct refund_request){.code = o.code,
                                         .amount = money(1098),
                                         .destination = "source",
                                         .reason = "Recesso entro 14 giorni",
                                         .take_back = true});
    post_round(p->post);
    l = letter(p, talloc_asprintf(p->f, "Rimborso di 10,98 € per l'ordine %s: nota di credito NC-2026/1", o.code));
    assert_says(l, "rimborsato per intero: 10,98 €");
    assert_says(l, "Motivo: Recesso entro 14 giorni");
    assert_says(l, "torna dove il pagamento è partito (Carta di credito)");
    assert_says(l, PEC ": la scadenza torna al 28/02/2027");
    assert_says(l, "corregge la fattura 2026/1");
    assert_silent(l, "non cambiano");
    assert_int_equal(l->attachments, 2);
    assert_carries(l, 0, "nota-di-credito-2026-1.pdf", "%PDF-");
    assert_carries(l, 1, l->attached[1].name, "<?xml");
    assert_non_null(strstr(l->attached[1].bytes, "<TipoDocumento>TD04<"));
}

static void a_part_by_transfer_then_the_rest_to_the_account(void **state)
{
    struct place *p = place(state);
    struct order o = paid_by_card(p);
    const struct letter *l;

    give_back(p, (struct refund_request){.code = o.code,
                                         .amount = money(500),
                                         .destination = "transfer",
                                         .iban = IBAN_OF_CUSTOMER,
                                         .payee = "Maria Verdi",
                                         .reason = "Disservizio"});
    give_back(p, (struct refund_request){
                     .code = o.code, .amount = money(598), .destination = "wallet", .reason = "Il resto"});
    post_round(p->post); /* both at once: each tells its own */
    l = letter(p, "NC-2026/1");
    assert_says(l, "rimborsato in parte: 5,00 € su 10,98 €");
    assert_says(l, "IT60 X054 2811 1010 0000 0123 456");
    assert_says(l, "Le scadenze delle caselle non cambiano");
    assert_silent(l, "Nuovo saldo");
    l = letter(p, "NC-2026/2");
    assert_says(l, "5,98 €");
    assert_says(l, "Nuovo saldo: 5,98 €");
    assert_silent(l, "IT60");
    assert_carries(l, 0, "nota-di-credito-2026-2.pdf", "%PDF-");
    assert_clean(p->f);
}

static void a_proof_whose_money_never_came(void **state)
{
    struct place *p = place(state);
    struct step s = {.p = p, .order = ordered(p, "bank_transfer")};
    const struct letter *l;

    assert_int_equal(db_transaction(p->f->db, "settle", do_settle, &s), DONE);
    post_round(p->post);
    give_back(p, (struct refund_request){.code = s.order.code,
                                         .amount = money(1098),
                                         .destination = "source",
                                         .reason = "Accredito mai arrivato",
                                         .take_back = true});
    post_round(p->post);
    l = letter(p, "Nota di credito NC-2026/1");
    assert_says(l, "non è mai arrivato, e non c'è nulla da rimborsare");
    assert_silent(l, "COME ARRIVA");
    assert_carries(l, 0, "nota-di-credito-2026-1.pdf", "%PDF-");
}

/* Two payments of one order (§0.3): the second goes back, to the prepaid account where there is one. */
static void paid_twice(void **state)
{
    struct place *p = place(state);
    struct payment payment;
    const struct letter *l;
    struct order o;

    p->card.captures_alone = true; /* else what was only promised would never be taken */
    o = ordered(p, "card");
    payment = pay_by_card(p, o.code);
    transfer(p, &o);
    post_round(p->post);
    hear_of(p, &payment);
    post_round(p->post);
    l = letter(p, "Restituiti 10,98 €");
    assert_says(l, "codice di un ordine già pagato");
    assert_says(l, "Nuovo saldo: 10,98 €");
    assert_says(l, "L'ordine resta pagato e valido");
    assert_int_equal(l->attachments, 0);
    assert_clean(p->f);
}

/* The bank's money that is too much goes back by transfer; the order still waits for the right amount. */
static void too_much(void **state)
{
    struct place *p = place(state);
    struct order o = ordered(p, "bank_transfer");
    struct step s = {.p = p, .destination = "transfer"};
    const struct letter *l;

    pay(p->f, &(struct transfer){
                  .text = o.code, .cents = 1100, .on = day_of(2026, 12, 20), .account = p->f->brand->seller.iban});
    post_round(p->post);
    s.entry_id = number(p->f, "SELECT id FROM bank_entry WHERE state = 'held'");
    assert_int_equal(db_transaction(p->f->db, "return", do_return, &s), DONE);
    post_round(p->post);
    l = letter(p, "Restituiti 11,00 €");
    assert_says(l, "importo superiore al dovuto");
    assert_says(l, "IT60 X054 2811 1010 0000 0123 456");
    assert_says(l, "L'ordine resta da pagare: 10,98 € entro il");
    assert_clean(p->f);
}

/* In English as well: nothing is left in the other language's dates or half of a sentence. */
static void in_english(void **state)
{
    struct place *p = place(state);
    struct order o = ordered(p, "postal_slip");
    const struct letter *l;

    sql(p->f, "UPDATE outbox SET language = 'en'");
    post_round(p->post);
    l = letter(p, o.code);
    assert_silent(l, "Gentile");
    assert_silent(l, "conto corrente postale");
    assert_silent(l, "Senza pagamento");
    assert_says(l, "10,98 €");
}

static void links_without_an_address_go_by_the_brands_host(void **state)
{
    struct fixture *f = fixture(state);
    struct shop shop = {.by_hosts = true};
    const char *here[] = {"prova.localhost", "rinnovi.prova.example", NULL}, *none[] = {"prova.localhost", NULL};
    struct brand brand = {.id = f->brand->id, .hosts = here};

    assert_string_equal(shop_link(f, &shop, &brand, "/guida"), "https://rinnovi.prova.example/b/legalmail/guida");
    brand.hosts = none;
    assert_string_equal(shop_link(f, &shop, &brand, "/guida"), "/b/legalmail/guida");
    brand.hosts = here;
    shop.public_url = "https://shop.example";
    assert_string_equal(shop_link(f, &shop, &brand, "/guida"), "https://shop.example/b/legalmail/guida");
}

int main(void)
{
    const struct embedded_file *english = embedded_find("po/en.mo");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_transfer),
        cmocka_unit_test(links_without_an_address_go_by_the_brands_host),
        cmocka_unit_test(a_slip),
        cmocka_unit_test(a_blank_slip),
        cmocka_unit_test(a_cheque),
        cmocka_unit_test(a_card),
        cmocka_unit_test(a_card_that_was_quicker),
        cmocka_unit_test(a_settled_transfer),
        cmocka_unit_test(another_way_than_chosen),
        cmocka_unit_test(a_provisional_settlement),
        cmocka_unit_test(a_topup),
        cmocka_unit_test(a_topup_that_lapses),
        cmocka_unit_test(the_whole_to_its_source),
        cmocka_unit_test(a_part_by_transfer_then_the_rest_to_the_account),
        cmocka_unit_test(a_proof_whose_money_never_came),
        cmocka_unit_test(paid_twice),
        cmocka_unit_test(too_much),
        cmocka_unit_test(in_english),
    };

    return english && i18n_add("en", english->bytes, english->length) ? FLOW(tests) : 1;
}
