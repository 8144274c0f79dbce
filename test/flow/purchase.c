/* A new mailbox is asked for and ordered (DOMAIN R41-R57, M1-M6, T7, D16), on both engines. */
#include "flow/drafts.h"
#include "shop/fulfil.h"
#include "shop/present.h"
#include <string.h>

/* ---- The catalogue ---- */

static void what_is_on_sale(void **state)
{
    struct fixture *f = shop(state);
    struct brand_plan plans[3];
    struct purchase_quote q;
    struct problem why;
    struct offer *offers;
    size_t count;

    purchase_catalogue(f, f->brand, day_of(2026, 12, 20), &offers, &count);
    assert_int_equal(count, 2);
    assert_string_equal(offers[0].plan->id, "base");
    assert_int_equal(offers[0].year_count, 3);
    assert_int_equal(offers[0].year[0].total.gross.cents, BASE_CENTS);
    assert_int_equal(offers[1].year[2].total.net.cents, 5400);
    assert_string_equal(present_purchase(f, "it", f->brand, offers[0].plan, 1),
                        "Attivazione PEC Legalmail Base, 1 anno");
    assert_string_equal(present_purchase(f, "it", f->brand, offers[1].plan, 3),
                        "Attivazione PEC Legalmail Plus, 3 anni");

    /* A promotion is sold between two days, both included, and for fewer years (P12). */
    memcpy(plans, f->brand->plans, 2 * sizeof plans[0]);
    plans[2] = plans[0];
    plans[2].id = "promo";
    plans[2].max_years = 2;
    plans[2].sold_from = day_of(2026, 12, 1);
    plans[2].sold_until = day_of(2026, 12, 24);
    f->brand->plans = plans;
    f->brand->plan_count = 3;
    static const struct {
        int day;
        size_t count;
    } DAYS_[] = {{30, 2}, {31, 3}, {54, 3}, {55, 2}}; /* of November */
    for (size_t i = 0; i < count_of(DAYS_); i++) {
        purchase_catalogue(f, f->brand, day_plus(day_of(2026, 11, 1), DAYS_[i].day - 1), &offers, &count);
        assert_int_equal(count, DAYS_[i].count);
    }
    assert_int_equal(purchase_quote(f->brand, "promo", 2, day_of(2026, 12, 24), &q, &why), DONE);
    assert_int_equal(purchase_quote(f->brand, "promo", 3, day_of(2026, 12, 24), &q, &why), REFUSED);
    assert_int_equal(why.code, PROBLEM_YEARS);
    assert_int_equal(purchase_quote(f->brand, "promo", 1, day_of(2026, 12, 25), &q, &why), REFUSED);
    assert_int_equal(why.code, PROBLEM_PLAN_NOT_ON_SALE);
    assert_int_equal(purchase_quote(f->brand, "base", 0, day_of(2026, 12, 20), &q, &why), REFUSED);
    assert_int_equal(purchase_quote(f->brand, "base", 4, day_of(2026, 12, 20), &q, &why), REFUSED);
    assert_int_equal(purchase_quote(f->brand, NULL, 1, day_of(2026, 12, 20), &q, &why), REFUSED);
    assert_int_equal(purchase_quote(brand_by_id(&f->brands, "legalmail"), "bronze", 1, day_of(2026, 12, 20), &q, &why),
                     REFUSED);
    assert_int_equal(why.code, PROBLEM_KIND);
}

/* ---- The draft ---- */

static void a_draft_keeps_what_was_typed(void **state)
{
    struct fixture *f = shop(state);
    int64_t mario = add_buyer(f, MARIO), lucia = add_buyer(f, LUCIA);
    struct request form = {.plan = (char *)"oro",
                           .years = 77,
                           .holder = {.kind = HOLDER_COMPANY, .name = " Rossi  Srl ", .tax_code = "it 123"},
                           .phone = (char *)"boh",
                           .name = {(char *)"Mario Rossi!@", (char *)"", NULL}};
    struct problem why = {0};
    struct request kept, other;
    struct validated v;

    assert_int_equal(save_form(f, mario, &form, &why), DONE);
    kept = request_now(f, form.id);
    assert_int_equal(kept.state, REQUEST_REQUESTED);
    assert_string_equal(kept.plan, "oro");
    assert_int_equal(kept.years, 77);
    assert_string_equal(kept.holder.name, " Rossi  Srl ");
    assert_string_equal(kept.holder.tax_code, "it 123");
    assert_string_equal(kept.name[0], "Mario Rossi!@");

    /* All faults at once, on their fields, and the draft as it was. */
    v = valid(f, mario, form.id);
    assert_fault(&v.faults, "plan", PROBLEM_PLAN_NOT_ON_SALE);
    assert_fault(&v.faults, "tax_code", PROBLEM_TAX_CODE_FORMAT);
    assert_fault(&v.faults, "vat_number", PROBLEM_REQUIRED);
    assert_fault(&v.faults, "street", PROBLEM_REQUIRED);
    assert_fault(&v.faults, "email", PROBLEM_REQUIRED);
    assert_fault(&v.faults, "phone", PROBLEM_PHONE);
    assert_fault(&v.faults, "signer_name", PROBLEM_REQUIRED);
    assert_fault(&v.faults, "signer_tax_code", PROBLEM_REQUIRED);
    assert_fault(&v.faults, "name_1", PROBLEM_NAME_FORMAT);
    assert_fault(&v.faults, "name_2", PROBLEM_REQUIRED);
    assert_fault(&v.faults, "name_3", PROBLEM_REQUIRED);
    assert_false(v.looked);
    assert_string_equal(request_now(f, form.id).holder.name, " Rossi  Srl ");

    /* Another's reads like one that does not exist. */
    other = form;
    assert_int_equal(save_form(f, lucia, &other, &why), REFUSED);
    assert_int_equal(why.code, PROBLEM_NOT_FOUND);
    assert_int_equal(validate(f, lucia, form.id, &v, &why), REFUSED);
    assert_int_equal(why.code, PROBLEM_NOT_FOUND);
    other.id = 999;
    assert_int_equal(save_form(f, mario, &other, &why), REFUSED);

    /* They are not for keeping names from others. */
    for (int i = 1; i < DRAFTS_MOST; i++)
        draft(f, mario, "a", "b", "c");
    other = form_of("a", "b", "c");
    assert_int_equal(save_form(f, mario, &other, &why), REFUSED);
    assert_int_equal(why.code, PROBLEM_REQUESTS_MANY);
    assert_int_equal(save_form(f, lucia, &other, &why), DONE);
}

static void a_new_form_sent_twice_is_one_draft(void **state)
{
    struct fixture *f = shop(state);
    int64_t mario = add_buyer(f, MARIO), lucia = add_buyer(f, LUCIA);
    struct request first = form_of("uno", "due.rossi", "tre.rossi"), again = form_of("quattro", "", ""), other = first;

    first.form_token = again.form_token = other.form_token = "5e1f";
    assert_int_equal(save_form(f, mario, &first, NULL), DONE);
    assert_int_equal(save_form(f, mario, &again, NULL), DONE);
    assert_int_equal(save_form(f, lucia, &other, NULL), DONE);
    assert_int_equal(again.id, first.id);
    assert_string_equal(request_now(f, first.id).name[0], "quattro");
    assert_true(other.id != first.id);
}

/* A row a kind of holder: what is asked of it beside the rules of billing. */
static void who_signs(void **state)
{
    static const struct {
        enum holder_kind kind;
        const char *signer, *code;
        enum problem_code name_fault, code_fault;
    } ROWS[] = {
        {HOLDER_PERSON, "", "", PROBLEM_NONE, PROBLEM_NONE},
        {HOLDER_FREELANCE, "x", "x", PROBLEM_NONE, PROBLEM_NONE},
        {HOLDER_SOLE_TRADER, "", "", PROBLEM_NONE, PROBLEM_NONE},
        {HOLDER_COMPANY, "", "", PROBLEM_REQUIRED, PROBLEM_REQUIRED},
        {HOLDER_COMPANY, "Maria Verdi", "vrd mra 80a41 h501u", PROBLEM_NONE, PROBLEM_NONE},
        {HOLDER_COMPANY, "Maria Verdi", "99900030018", PROBLEM_NONE, PROBLEM_TAX_CODE_FORMAT},
        {HOLDER_PUBLIC_BODY, "Maria Verdi", "VRDMRA80A41H501X", PROBLEM_NONE, PROBLEM_TAX_CODE_CHECK},
    };
    struct fixture *f = shop(state);

    for (size_t i = 0; i < count_of(ROWS); i++) {
        struct request r = form_of("a", "b", "c");
        struct problems all = {0};
        const struct problem *name, *code;

        r.holder.kind = (int)ROWS[i].kind;
        r.signer_name = (char *)ROWS[i].signer;
        r.signer_tax_code = (char *)ROWS[i].code;
        (void)!request_check(f, f->brand, day_of(2026, 12, 20), &r, &all);
        name = fault_on(&all, "signer_name");
        code = fault_on(&all, "signer_tax_code");
        assert_int_equal(name ? name->code : PROBLEM_NONE, ROWS[i].name_fault);
        assert_int_equal(code ? code->code : PROBLEM_NONE, ROWS[i].code_fault);
        if (ROWS[i].kind == HOLDER_FREELANCE)
            assert_string_equal(r.signer_name, "");
    }
}

static void telephones(void **state)
{
    static const struct {
        const char *typed;
        enum problem_code fault;
    } ROWS[] = {{"+39 06 5550 0123", PROBLEM_NONE},
                {"06/55500123", PROBLEM_NONE},
                {"(06) 5550-0123", PROBLEM_NONE},
                {"", PROBLEM_REQUIRED},
                {"  ", PROBLEM_REQUIRED},
                {"12345", PROBLEM_PHONE},
                {"0655 500123 interno 4", PROBLEM_PHONE},
                {"39+06555001", PROBLEM_PHONE},
                {"1234567890123456", PROBLEM_PHONE}};
    struct fixture *f = shop(state);

    for (size_t i = 0; i < count_of(ROWS); i++) {
        struct request r = form_of("a", "b", "c");
        struct problems all = {0};
        const struct problem *p;

        r.phone = (char *)ROWS[i].typed;
        (void)!request_check(f, f->brand, day_of(2026, 12, 20), &r, &all);
        p = fault_on(&all, "phone");
        assert_int_equal(p ? p->code : PROBLEM_NONE, ROWS[i].fault);
    }
}

/* ---- Conferma ---- */

static void the_code_comes_with_conferma(void **state)
{
    struct fixture *f = shop(state);
    int64_t mario = add_buyer(f, MARIO), id = draft(f, mario, "uno", "due", "tre");
    struct purchase_request purchase = purchase_of(f, mario, id);
    struct placed_order placed, again;
    struct problem why = {0};
    struct request r;

    purchase.order.form_token = "modulo";
    purchase.start_now = true;
    assert_int_equal(refusal(f, &purchase), PROBLEM_NAME_NOT_HELD); /* Valida first */
    assert_holds(f, mario, id, "uno@pec.visura.example");

    /* What the form may be wrong about; nothing is written. */
    purchase.order.terms_accepted = false;
    assert_int_equal(refusal(f, &purchase), PROBLEM_TERMS);
    purchase.order.terms_accepted = true;
    purchase.order.payment_method = "paypal";
    assert_int_equal(refusal(f, &purchase), PROBLEM_PAYMENT_METHOD);
    purchase.order.payment_method = "bank_transfer";
    purchase.order.expected = money(1); /* T7 */
    assert_int_equal(refusal(f, &purchase), PROBLEM_PRICE_CHANGED);
    purchase.order.expected = money(BASE_CENTS);
    purchase.order.who.account_id = add_buyer(f, LUCIA);
    assert_int_equal(refusal(f, &purchase), PROBLEM_NOT_FOUND);
    purchase.order.who.account_id = mario;
    assert_int_equal(number(f, "SELECT count(*) FROM shop_order"), 0);

    assert_int_equal(confirm(f, &purchase, &placed, &why), DONE);
    assert_string_equal(placed.order.code, "LM00001");
    assert_int_equal(placed.order.total.gross.cents, BASE_CENTS);
    assert_string_equal(placed.order.billing.name, "Maria Verdi");
    assert_string_equal(placed.lines[0].description, "Attivazione PEC Legalmail Base, 1 anno");
    r = request_now(f, id);
    assert_int_equal(r.state, REQUEST_AWAITING_PAYMENT);
    assert_int_equal(r.order_id, placed.order.id);
    assert_true(r.start_now);
    assert_int_equal(number(f, "SELECT count(*) FROM name_hold WHERE held_until IS NULL"), 1);
    assert_int_equal(mails_of(f, "order_received"), 1);

    /* A double click, and a replay later. */
    assert_int_equal(confirm(f, &purchase, &again, &why), DONE);
    assert_true(again.found);
    assert_string_equal(again.order.code, placed.order.code);
    purchase.order.form_token = "un altro";
    assert_int_equal(refusal(f, &purchase), PROBLEM_REQUEST_STATE);
    assert_int_equal(save_form(f, mario, &r, &why), REFUSED);
    assert_int_equal(why.code, PROBLEM_REQUEST_STATE);
    purchase.order.form_token = "modulo";
    purchase.order.who.account_id = add_buyer(f, "terzo@posta.example");
    assert_int_equal(refusal(f, &purchase), PROBLEM_FORM_EXPIRED);
    assert_int_equal(number(f, "SELECT count(*) FROM shop_order"), 1);
    assert_clean(f);
}

/* Buyer, holder and payer are three: the invoice goes where the payer says. Only a consumer can withdraw, and so wish
 * for an early start. */
static void the_payer_is_another(void **state)
{
    struct fixture *f = shop(state);
    int64_t mario = add_buyer(f, MARIO);
    struct request form = form_of("uno", "due", "tre");
    struct purchase_request purchase;
    struct placed_order placed;
    struct problem why = {0};

    form.holder.kind = HOLDER_FREELANCE;
    form.holder.vat_number = "99900030018";
    assert_int_equal(save_form(f, mario, &form, &why), DONE);
    assert_holds(f, mario, form.id, "uno@pec.visura.example");
    purchase = purchase_of(f, mario, form.id);
    purchase.order.billing = somebody("chi.paga@posta.example");
    purchase.order.billing.name = "Chi Paga";
    purchase.start_now = true;
    assert_int_equal(confirm(f, &purchase, &placed, &why), DONE);
    assert_string_equal(order_now(f, placed.order.code).billing.name, "Chi Paga");
    assert_false(request_now(f, form.id).start_now);
    assert_int_equal(
        number(
            f,
            "SELECT count(*) FROM outbox WHERE template = 'order_received' AND recipient = 'chi.paga@posta.example'"),
        1);
}

/* A draft that was spoilt between Valida and Conferma. */
static void the_form_is_checked_again(void **state)
{
    struct fixture *f = shop(state);
    int64_t mario = add_buyer(f, MARIO), id = draft(f, mario, "uno", "due", "tre");
    struct purchase_request purchase = purchase_of(f, mario, id);
    struct request r;

    assert_holds(f, mario, id, "uno@pec.visura.example");
    r = request_now(f, id);
    r.holder.city = "";
    assert_int_equal(save_form(f, mario, &r, NULL), DONE);
    assert_int_equal(r.state, REQUEST_RESERVED);
    assert_int_equal(refusal(f, &purchase), PROBLEM_REQUIRED);
    r.holder.city = "Roma";
    r.years = 9;
    assert_int_equal(save_form(f, mario, &r, NULL), DONE);
    assert_int_equal(refusal(f, &purchase), PROBLEM_YEARS);
}

/* ---- Ends without money ---- */

struct ending {
    struct fixture *f;
    const char *code;
    int count;
    struct problem why;
};

static enum outcome cancel(struct db_tx *tx, void *arg)
{
    struct ending *e = arg;

    return cancel_order(tx, e->f, e->code, &(struct actor){"portal", "account:1"}, &e->why);
}

static enum outcome lapse(struct db_tx *tx, void *arg)
{
    struct ending *e = arg;

    return lapse_orders(tx, e->f, 100, &e->count);
}

static enum outcome sweep(struct db_tx *tx, void *arg)
{
    struct ending *e = arg;

    return drafts_sweep(tx, e->f, &e->f->brands, 100, &e->count);
}

/* M6, O9: the name is free again at once; money that comes later is held. */
static void cancelled(void **state)
{
    struct fixture *f = shop(state);
    int64_t mario = add_buyer(f, MARIO), lucia = add_buyer(f, LUCIA);
    struct ending e = {.f = f, .code = buy_names(f, mario, "uno", "due", "tre")};
    struct settled_entry settled;

    assert_int_equal(db_transaction(f->db, "cancel", cancel, &e), DONE);
    assert_int_equal(order_now(f, e.code).state, ORDER_CANCELLED);
    assert_int_equal(request_now(f, 1).state, REQUEST_DROPPED);
    assert_int_equal(number(f, "SELECT count(*) FROM name_hold"), 0);
    assert_int_equal(mails_of(f, "order_cancelled"), 1);
    assert_int_equal(db_transaction(f->db, "cancel", cancel, &e), REFUSED);
    settled =
        pay(f, &(struct transfer){
                   .text = e.code, .cents = BASE_CENTS, .on = day_of(2026, 12, 22), .account = f->brand->seller.iban});
    assert_int_equal(settled.how, SETTLED_HELD);
    assert_clean(f);
    assert_holds(f, lucia, draft(f, lucia, "uno", "due", "tre"), "uno@pec.visura.example");
    assert_clean(f);
}

/* O10, and D16: what was authorised in time settles it as long as the name is still free. */
static void lapsed(void **state)
{
    struct fixture *f = shop(state);
    int64_t mario = add_buyer(f, MARIO);
    struct ending e = {.f = f, .code = buy_names(f, mario, "uno", "due", "tre")};

    set_day(f, 2027, 1, 19); /* the last day for paying */
    assert_int_equal(db_transaction(f->db, "lapse", lapse, &e), DONE);
    assert_int_equal(e.count, 0);
    set_day(f, 2027, 1, 20);
    assert_int_equal(db_transaction(f->db, "lapse", lapse, &e), DONE);
    assert_int_equal(e.count, 1);
    assert_int_equal(order_now(f, e.code).state, ORDER_LAPSED);
    assert_int_equal(request_now(f, 1).state, REQUEST_DROPPED);
    assert_int_equal(number(f, "SELECT count(*) FROM name_hold"), 0);
    assert_clean(f);
}

struct lateness {
    struct fixture *f;
    const char *code;
    bool may;
};

static enum outcome ask_late(struct db_tx *tx, void *arg)
{
    struct lateness *l = arg;
    struct order order;

    TRY(order_by_code(tx, l->f, l->code, &order));
    return order_may_settle_late(tx, l->f, l->f->brand, &order, day_of(2027, 1, 19), &l->may);
}

static void authorised_in_time(void **state)
{
    struct fixture *f = shop(state);
    int64_t mario = add_buyer(f, MARIO), lucia = add_buyer(f, LUCIA), other;
    struct lateness l = {.f = f, .code = buy_names(f, mario, "uno", "due", "tre")};
    struct ending e = {.f = f};

    assert_int_equal(db_read(f->db, "late", ask_late, &l), DONE);
    assert_false(l.may); /* it is not late yet */
    set_day(f, 2027, 1, 20);
    assert_int_equal(db_transaction(f->db, "lapse", lapse, &e), DONE);
    assert_int_equal(db_read(f->db, "late", ask_late, &l), DONE);
    assert_true(l.may);

    other = draft(f, lucia, "uno", "due", "tre");
    assert_holds(f, lucia, other, "uno@pec.visura.example");
    assert_int_equal(db_read(f->db, "late", ask_late, &l), DONE);
    assert_false(l.may);
    later(f, HOURS(2)); /* she only looked */
    assert_int_equal(db_read(f->db, "late", ask_late, &l), DONE);
    assert_true(l.may);
    add_mailbox(f, "uno@pec.visura.example", 0, day_of(2028, 3, 15));
    assert_int_equal(db_read(f->db, "late", ask_late, &l), DONE);
    assert_false(l.may);
}

/* M1: a draft that nobody touched goes after the brand's days, held or not; younger ones and ordered ones stay. */
static void old_drafts_go(void **state)
{
    struct fixture *f = shop(state);
    int64_t mario = add_buyer(f, MARIO), untouched, reserved, young;
    struct ending e = {.f = f};

    untouched = draft(f, mario, "uno", "due", "tre");
    reserved = draft(f, mario, "quattro", "cinque", "sei");
    assert_holds(f, mario, reserved, "quattro@pec.visura.example");
    buy_names(f, mario, "sette", "otto", "nove");
    set_day(f, 2027, 1, 2);
    young = draft(f, mario, "dieci", "undici", "dodici");
    assert_holds(f, mario, young, "dieci@pec.visura.example");

    set_day(f, 2027, 1, 19); /* 30 days to the second */
    assert_int_equal(db_transaction(f->db, "sweep", sweep, &e), DONE);
    assert_int_equal(e.count, 0);
    assert_int_equal(number(f, "SELECT count(*) FROM name_hold"), 1); /* the ordered one's; the others ran out */
    later(f, 1);
    assert_int_equal(db_transaction(f->db, "sweep", sweep, &e), DONE);
    assert_int_equal(e.count, 2);
    assert_int_equal(request_now(f, untouched).state, REQUEST_DROPPED);
    assert_int_equal(request_now(f, reserved).state, REQUEST_DROPPED);
    assert_int_equal(request_now(f, young).state, REQUEST_RESERVED);
    assert_clean(f);
}

/* ---- For who has no wizard ---- */

struct at_once {
    struct fixture *f;
    struct purchase_request purchase;
    struct request form;
    struct placed_order placed;
    struct problems faults;
};

static enum outcome do_at_once(struct db_tx *tx, void *arg)
{
    struct at_once *a = arg;
    struct request bought = a->form;

    a->faults = (struct problems){0};
    return purchase_at_once(tx, a->f, &a->purchase, &bought, &a->placed, &a->faults);
}

/* The desk buys for a customer: he is the buyer, and nothing is kept of what was refused. */
static void bought_at_once(void **state)
{
    struct fixture *f = shop(state);
    int64_t mario = add_buyer(f, MARIO), lucia = add_buyer(f, LUCIA);
    struct at_once a = {.f = f, .purchase = purchase_of(f, mario, 0), .form = form_of("uno", "due", "tre")};

    a.purchase.order.actor = (struct actor){"office", "operator:1"};
    a.purchase.order.form_token = "modulo";
    a.purchase.order.terms_accepted = false;
    a.form.phone = "";
    assert_int_equal(db_transaction_rows(f->db, "buy", do_at_once, &a), REFUSED);
    assert_fault(&a.faults, "terms", PROBLEM_TERMS);
    assert_fault(&a.faults, "phone", PROBLEM_REQUIRED);
    assert_int_equal(number(f, "SELECT count(*) FROM activation_request"), 0);
    assert_int_equal(number(f, "SELECT count(*) FROM name_hold"), 0);

    a.purchase.order.terms_accepted = true;
    a.form = form_of("uno", "due", "tre");
    assert_int_equal(db_transaction_rows(f->db, "buy", do_at_once, &a), DONE);
    assert_string_equal(a.placed.order.code, "LM00001");
    assert_int_equal(a.placed.order.account_id, mario);
    assert_int_equal(mails_of(f, "order_received"), 1);
    assert_int_equal(number(f, "SELECT count(*) FROM event WHERE kind = 'order.confirmed' AND actor = 'operator:1'"),
                     1);

    /* The button pressed twice is one order; another customer's purchase of that name is none. */
    assert_int_equal(db_transaction_rows(f->db, "buy", do_at_once, &a), DONE);
    assert_true(a.placed.found);
    assert_int_equal(number(f, "SELECT count(*) FROM shop_order"), 1);
    a.purchase.order.who.account_id = lucia;
    assert_int_equal(db_transaction_rows(f->db, "buy", do_at_once, &a), REFUSED);
    assert_fault(&a.faults, "", PROBLEM_FORM_EXPIRED);
    a.purchase.order.form_token = "altro";
    a.form = form_of("uno", "uno", "uno.");
    assert_int_equal(db_transaction_rows(f->db, "buy", do_at_once, &a), REFUSED);
    assert_true(a.faults.count > 0);
    assert_int_equal(number(f, "SELECT count(*) FROM activation_request"), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_on_sale),
        cmocka_unit_test(a_draft_keeps_what_was_typed),
        cmocka_unit_test(a_new_form_sent_twice_is_one_draft),
        cmocka_unit_test(who_signs),
        cmocka_unit_test(telephones),
        cmocka_unit_test(the_code_comes_with_conferma),
        cmocka_unit_test(the_payer_is_another),
        cmocka_unit_test(the_form_is_checked_again),
        cmocka_unit_test(cancelled),
        cmocka_unit_test(lapsed),
        cmocka_unit_test(authorised_in_time),
        cmocka_unit_test(old_drafts_go),
        cmocka_unit_test(bought_at_once),
    };

    return FLOW(tests);
}
