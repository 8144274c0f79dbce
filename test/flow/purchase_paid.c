/* A purchase is paid, in each way, and what its papers and mails say then (DOMAIN M5, O5, O6, T11, D16, R62-R64). */
#include "base/text.h"
#include "flow/buyer.h"
#include "flow/post.h"
#include "flow/till.h"
#include "rules/slip.h"
#include "shop/cheque.h"
#include "shop/paper.h"
#include "shop/proof.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>
#include <unistd.h>

static const struct actor DESK = {"cli", "os:cassa"};

/* ---- A shop, a buyer, and whom the mails reach ---- */

struct bought {
    struct place *p;
    struct fixture *f;
    char *code;
    struct post *post;
    char folder[40];
    struct files files;
};

static int remove_folder(struct bought *s)
{
    char *command = talloc_asprintf(NULL, "rm -rf -- '%s'", s->folder);

    if (s->folder[0] && system(command) != 0)
        print_error("%s stays\n", s->folder);
    talloc_free(command);
    return 0;
}

/* One order of LM00001 for uno@, not paid. */
static struct bought *sale(void **state)
{
    struct place *p = place(state);
    struct bought *s = talloc_zero(p, struct bought);

    s->p = p;
    s->f = p->f;
    s->post = post_open(s->f);
    talloc_set_destructor(s, remove_folder);
    sell_visura(s->f);
    s->code = buy_names(s->f, p->account_id, "uno", "due", "tre");
    return s;
}

/* The contract is made by whoever has a folder for it. */
static void round_of_post(struct bought *s)
{
    sql(s->f, "UPDATE outbox SET state = 'done' WHERE kind = 'contract'");
    post_round(s->post);
}

static const struct letter *letter(struct bought *s, const char *in_subject)
{
    return mail_about(s->post, in_subject);
}

/* Paid and invoiced, in process, its name kept; nothing is active yet. */
static void assert_in_process(struct bought *s, const char *method)
{
    struct order o = order_now(s->f, s->code);
    struct request r = request_now(s->f, 1);

    assert_int_equal(o.state, ORDER_IN_PROCESS);
    assert_string_equal(o.payment_method, method);
    assert_int_equal(r.state, REQUEST_DOCS_PENDING);
    assert_true(r.paid_at.us != 0);
    assert_int_equal(number(s->f, "SELECT count(*) FROM invoice i JOIN shop_order o ON o.id = i.order_id WHERE "
                                  "o.kind = 'purchase' AND i.gross_cents = 1098 AND i.vat_cents = 198"),
                     1);
    assert_int_equal(
        number(s->f, "SELECT count(*) FROM name_hold WHERE address = 'uno@pec.visura.example' AND held_until IS NULL"),
        1);
    assert_int_equal(number(s->f, "SELECT count(*) FROM outbox WHERE kind = 'contract'"), 1);
    assert_int_equal(number(s->f, "SELECT count(*) FROM mailbox WHERE brand = 'visura'"), 0);
    assert_int_equal(number(s->f, "SELECT count(*) FROM order_line l JOIN shop_order o ON o.id = l.order_id WHERE "
                                  "o.kind = 'purchase' AND l.fulfilled_at IS NOT NULL"),
                     0);
    assert_clean(s->f);
}

static void transfer(struct bought *s, const char *text, int64_t cents)
{
    pay(s->f, &(struct transfer){
                  .text = text, .cents = cents, .on = day_of(2026, 12, 21), .account = s->f->brand->seller.iban});
}

/* ---- Each way ---- */

static void by_transfer(void **state)
{
    struct bought *s = sale(state);
    const struct letter *l;

    round_of_post(s);
    l = letter(s, "Ordine LM00001: bonifico da 10,98 € per attivare uno@pec.visura.example");
    assert_says(l, "Attivazione PEC Legalmail Base, 1 anno: 9,00 €");
    assert_says(l, "uno@pec.visura.example");
    assert_says(l, "LM00001");
    assert_says(l, "IT24 D054 2811 1010 0000 0654 321");
    assert_says(l, "si scarica il contratto");
    assert_says(l, "il nome resta riservato");
    assert_silent(l, "rinnov");
    assert_silent(l, "scadenza attuale");
    assert_int_equal(l->attachments, 1);

    transfer(s, "LM 00001", 1097); /* short by a cent: held, and told */
    assert_int_equal(order_now(s->f, s->code).state, ORDER_CONFIRMED);
    transfer(s, "saldo ordine lm-00001", BASE_CENTS);
    assert_in_process(s, "bank_transfer");
    round_of_post(s);
    l = letter(s, "Ordine LM00001 in lavorazione: ora servono i documenti");
    assert_string_equal(l->to, "titolare@posta.example");
    assert_says(l, "è arrivato il 21/12/2026");
    assert_says(l, "uno@pec.visura.example");
    assert_says(l, "https://shop.example/b/visura/ordini/LM00001/documenti");
    assert_says(l, "da 24 a 72 ore lavorative");
    assert_says(l, "entro 90 giorni");
    assert_says(l, "fattura 2026/1");
    assert_silent(l, "rinnov");
    assert_silent(l, "nuova scadenza");

    /* The invoice: one line without an address, which is not sure yet, and without a period. */
    assert_int_equal(l->attachments, 2);
    assert_non_null(strstr(l->attached[1].bytes, "<Descrizione>Attivazione PEC Legalmail Base, 1 anno</Descrizione>"));
    assert_non_null(strstr(l->attached[1].bytes, "<Quantita>1.00</Quantita>"));
    assert_null(strstr(l->attached[1].bytes, "DataInizioPeriodo"));
    assert_null(strstr(l->attached[1].bytes, "pec.visura.example"));
    l = letter(s, "Il pagamento con causale LM00001 attende una sua risposta");
    assert_says(l, "10,97 €");
    assert_int_equal(s->post->count, 2); /* nobody else is told of a mailbox that is not there */
    assert_clean(s->f);

    transfer(s, "LM00001", BASE_CENTS); /* once more: held */
    assert_int_equal(number(s->f, "SELECT count(*) FROM bank_entry WHERE state = 'held' AND order_id = 1"), 2);
    assert_clean(s->f);
}

static void by_card(void **state)
{
    struct bought *s = sale(state);
    struct payment payment = begun(s->p, s->code, METHOD_CARD);

    provider_approve(&s->p->card, payment.key);
    assert_int_equal(asked(s->p, payment.id).state, PAYMENT_CAPTURED);
    assert_int_equal(asked(s->p, payment.id).state, PAYMENT_CAPTURED);
    assert_in_process(s, "card");
}

/* T11 */
static void from_the_prepaid_account(void **state)
{
    struct bought *s = sale(state);
    const struct letter *l;
    struct problem why;

    put_in(s->p, 1000);
    assert_int_equal(draw(s->p, s->code, &why), REFUSED);
    assert_int_equal(why.code, PROBLEM_WALLET_SHORT);
    assert_int_equal(order_now(s->f, s->code).state, ORDER_CONFIRMED);
    assert_int_equal(number(s->f, "SELECT balance_cents FROM wallet"), 1000);
    put_in(s->p, 1000);
    assert_int_equal(draw(s->p, s->code, &why), DONE);
    assert_int_equal(number(s->f, "SELECT balance_cents FROM wallet"), 2000 - BASE_CENTS);
    assert_in_process(s, "wallet");
    round_of_post(s);
    l = letter(s, "ora servono i documenti");
    assert_says(l, "Saldo rimasto sul conto prepagato: 9,02 €");
}

static void by_slip(void **state)
{
    struct bought *s = sale(state);
    struct order o = order_now(s->f, s->code);
    char reference[REFERENCE_TEXT], code[SLIP_CODE_TEXT];

    slip_code(order_reference(&o, reference), code);
    pay(s->f,
        &(struct transfer){
            .text = code, .cents = BASE_CENTS, .on = day_of(2026, 12, 21), .account = s->f->brand->payment.slip.iban});
    assert_in_process(s, "postal_slip");
}

struct cheque_work {
    struct bought *s;
    struct cheque cheque;
    unsigned warnings;
    struct problems faults;
    struct problem why;
};

static enum outcome receive_cheque(struct db_tx *tx, void *arg)
{
    struct cheque_work *w = arg;
    struct cheque_request request = {.code = w->s->code,
                                     .facts = {.kind = CHEQUE_BANK,
                                               .number = "0123456789",
                                               .abi = "03268",
                                               .cab = "03200",
                                               .drawer = "Maria Verdi",
                                               .payee = "Visura di Prova S.r.l.",
                                               .amount = money(BASE_CENTS),
                                               .dated_on = day_of(2026, 12, 18),
                                               .non_transferable = true,
                                               .is_signed = true},
                                     .actor = DESK};

    w->faults.count = 0;
    return cheque_receive(tx, w->s->f, &w->s->f->brands, &request, &w->cheque, &w->warnings, &w->faults);
}

static enum outcome deposit_cheque(struct db_tx *tx, void *arg)
{
    struct cheque_work *w = arg;

    return cheque_deposit(tx, w->s->f, &w->s->f->brands, w->cheque.id, &DESK, &w->cheque, &w->why);
}

static enum outcome clear_cheque(struct db_tx *tx, void *arg)
{
    struct cheque_work *w = arg;

    return cheque_clear(tx, w->s->f, &w->s->f->brands, w->cheque.id, &DESK, &w->cheque, &w->why);
}

static void by_cheque(void **state)
{
    struct bought *s = sale(state);
    struct cheque_work w = {.s = s};

    if (db_transaction(s->f->db, "cheque", receive_cheque, &w) != DONE)
        fail_msg("%s %s", w.faults.item[0].field, problem_slug(w.faults.item[0].code));
    assert_int_equal(db_transaction(s->f->db, "cheque", deposit_cheque, &w), DONE);
    set_day(s->f, 2027, 1, 8);
    assert_int_equal(order_now(s->f, s->code).state, ORDER_CONFIRMED); /* never before it has cleared (T34) */
    assert_int_equal(db_transaction(s->f->db, "cheque", clear_cheque, &w), DONE);
    assert_in_process(s, "cheque");
}

struct proof_work {
    struct bought *s;
    struct proof proof;
    struct problem why;
};

static enum outcome accept_proof(struct db_tx *tx, void *arg)
{
    struct proof_work *w = arg;

    return proof_accept(tx, w->s->f, &w->s->f->brands, w->proof.id, "executed_transfer", money(BASE_CENTS), &DESK,
                        &w->proof, &w->why);
}

/* R58, Y6, Y8: the papers are asked for on the proof, and the credit comes later. */
static void on_a_proof(void **state)
{
    static const char BODY[] = "%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\n";
    struct bought *s = sale(state);
    struct proof_work w = {.s = s};
    char *file = talloc_asprintf(s,
                                 "%sxref\n0 1\n0000000000 65535 f \ntrailer\n<< /Root 1 0 R /Size 2 >>\nstartxref\n"
                                 "%zu\n%%%%EOF\n",
                                 BODY, strlen(BODY));
    const struct letter *l;

    strcpy(s->folder, "/tmp/casella-sale-XXXXXX");
    assert_non_null(s->files.folder = mkdtemp(s->folder));
    if (proof_receive(&s->f->shop, &s->files, s,
                      &(struct proof_request){.code = s->code,
                                              .channel = "upload",
                                              .file_name = "contabile.pdf",
                                              .bytes = file,
                                              .length = strlen(file),
                                              .actor = {"portal", "account:1"}},
                      &w.proof, &w.why) != DONE ||
        db_transaction(s->f->db, "accept", accept_proof, &w) != DONE)
        fail_msg("%s %s %s", problem_slug(w.why.code), w.why.field, w.why.detail);
    assert_true(order_now(s->f, s->code).provisional);
    assert_in_process(s, "bank_transfer");
    round_of_post(s);
    l = letter(s, "ora servono i documenti");
    assert_says(l, "non è ancora arrivato");
    assert_says(l, "/ordini/LM00001/documenti");
    transfer(s, s->code, BASE_CENTS);
    assert_false(order_now(s->f, s->code).provisional);
    assert_in_process(s, "bank_transfer");
}

/* ---- Too late ---- */

static struct payment lapsed_while_paying(struct bought *s)
{
    struct payment payment = begun(s->p, s->code, METHOD_CARD);

    provider_approve(&s->p->card, payment.key);
    s->p->card.authorised_at = instant_plus(clock_now(), -DAYS(10)); /* 15-01 by the shop's clock */
    set_day(s->f, 2027, 1, 25);
    sql(s->f, "UPDATE shop_order SET state = 'lapsed', cancelled_at = 1 WHERE id = 1");
    sql(s->f, "UPDATE activation_request SET state = 'dropped' WHERE id = 1");
    sql(s->f, "DELETE FROM name_hold");
    return payment;
}

/* D16: authorised in time and heard of late; the name is still free. */
static void authorised_in_time(void **state)
{
    struct bought *s = sale(state);
    struct payment payment = lapsed_while_paying(s);

    assert_int_equal(asked(s->p, payment.id).state, PAYMENT_CAPTURED);
    assert_in_process(s, "card");
}

/* The name is somebody else's by now: the money settles nothing and goes to the prepaid account, and the order stays as
 * it is. */
static void the_name_has_gone(void **state)
{
    struct bought *s = sale(state);
    struct payment payment = lapsed_while_paying(s), now;
    int64_t lucia = add_buyer(s->f, LUCIA);

    buy_names(s->f, lucia, "uno", "due", "tre");
    now = asked(s->p, payment.id);
    assert_int_equal(now.state, PAYMENT_REFUNDED);
    assert_string_not_equal(now.held_reason, "");
    assert_int_equal(number(s->f, "SELECT balance_cents FROM wallet"), BASE_CENTS);
    assert_int_equal(order_now(s->f, s->code).state, ORDER_LAPSED);
    assert_int_equal(request_now(s->f, 1).state, REQUEST_DROPPED);
    assert_int_equal(number(s->f, "SELECT count(*) FROM invoice"), 0);
    assert_int_equal(number(s->f, "SELECT count(*) FROM refund"), 1);
    assert_clean(s->f);
}

/* ---- Ends ---- */

struct ending {
    struct bought *s;
    struct problem why;
};

static enum outcome cancel(struct db_tx *tx, void *arg)
{
    struct ending *e = arg;

    return cancel_order(tx, e->s->f, e->s->code, &(struct actor){"portal", "account:1"}, &e->why);
}

static void the_mail_of_a_cancelled_one(void **state)
{
    struct bought *s = sale(state);
    struct ending e = {.s = s};
    const struct letter *l;

    assert_int_equal(db_transaction(s->f->db, "cancel", cancel, &e), DONE);
    round_of_post(s);
    l = letter(s, "Ordine LM00001 annullato");
    assert_says(l, "Il nome non è più riservato");
    assert_says(l, "uno@pec.visura.example");
    assert_says(l, "https://shop.example/b/visura/servizi/pec");
    assert_silent(l, "rinnov");
}

static void one_that_is_paid_is_not_cancelled(void **state)
{
    struct bought *s = sale(state);
    struct ending e = {.s = s};

    transfer(s, s->code, BASE_CENTS);
    assert_int_equal(db_transaction(s->f->db, "cancel", cancel, &e), REFUSED);
    assert_int_equal(e.why.code, PROBLEM_ORDER_STATE);
    assert_in_process(s, "bank_transfer");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_transfer),
        cmocka_unit_test(by_card),
        cmocka_unit_test(from_the_prepaid_account),
        cmocka_unit_test(by_slip),
        cmocka_unit_test(by_cheque),
        cmocka_unit_test(on_a_proof),
        cmocka_unit_test(authorised_in_time),
        cmocka_unit_test(the_name_has_gone),
        cmocka_unit_test(the_mail_of_a_cancelled_one),
        cmocka_unit_test(one_that_is_paid_is_not_cancelled),
    };

    return FLOW(tests);
}
