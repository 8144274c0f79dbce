/* Money that is held finds its place by a person's decision: once, whole, with the ledger balanced, and back where it
 * can be undone (DOMAIN Y9, O10, R36). */
#include "flow/till.h"
#include "shop/cash.h"
#include "shop/held_hint.h"
#include "shop/wallet.h"
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <talloc.h>

#define VISURA_IBAN   "IT24D0542811101000000654321"
#define IBAN_OF_PAYER "IT60X0542811101000000123456"
#define CUSTOMER      "cliente@posta.example"

static const struct actor DESK = {"office", "operator:1"};

/* ---- What is done ---- */

struct deciding {
    struct place *p;
    struct held_decision d;
    struct bank_entry entry;
    struct problems faults;
};

static enum outcome run_decide(struct db_tx *tx, void *arg)
{
    struct deciding *g = arg;

    g->faults = (struct problems){0};
    return held_decide(tx, talloc_new(g->p), &g->p->f->brands, &g->d, &g->entry, &g->faults);
}

static enum outcome decide(struct place *p, int64_t entry, const struct held_share *shares, size_t count,
                           struct deciding *g)
{
    *g = (struct deciding){.p = p,
                           .d = {.entry_id = entry,
                                 .shares = shares,
                                 .count = count,
                                 .placed = money(-1),
                                 .note = "telefonato al cliente",
                                 .actor = DESK}};
    return db_transaction(p->f->db, "decide", run_decide, g);
}

static void decides(struct place *p, int64_t entry, const struct held_share *shares, size_t count)
{
    struct deciding g;

    if (decide(p, entry, shares, count, &g) != DONE)
        fail_msg("%s %s: %s", problem_slug(g.faults.item[0].code), g.faults.item[0].field, g.faults.item[0].detail);
    assert_clean(p->f);
}

static void refuses(struct place *p, int64_t entry, const struct held_share *shares, size_t count,
                    enum problem_code code, const char *field)
{
    char *before = all_rows(p->f);
    struct deciding g;

    assert_int_equal(decide(p, entry, shares, count, &g), REFUSED);
    if (g.faults.item[0].code != code || strcmp(g.faults.item[0].field, field) != 0)
        fail_msg("%s on %s", problem_slug(g.faults.item[0].code), g.faults.item[0].field);
    assert_string_equal(all_rows(p->f), before);
}

struct undoing {
    struct place *p;
    int64_t part;
    struct bank_entry entry;
    struct problem why;
};

static enum outcome run_undo(struct db_tx *tx, void *arg)
{
    struct undoing *u = arg;

    u->why = (struct problem){0};
    return held_undo(tx, u->p, &u->p->f->brands, u->part, "", "era di un altro", &DESK, &u->entry, &u->why);
}

static enum outcome undo_last(struct place *p, struct undoing *u)
{
    *u = (struct undoing){.p = p, .part = number(p->f, "SELECT max(id) FROM held_part")};
    return db_transaction(p->f->db, "undo", run_undo, u);
}

/* An entry that names nothing; its id. */
static int64_t arrives(struct place *p, int64_t cents)
{
    struct settled_entry settled = pay(
        p->f, &(struct transfer){.text = "saldo", .cents = cents, .on = day_of(2026, 12, 21), .account = VISURA_IBAN});

    assert_int_equal(settled.how, SETTLED_HELD);
    return number(p->f, "SELECT max(id) FROM bank_entry");
}

static char *entry_state(struct place *p, int64_t id)
{
    return words(p->f,
                 talloc_asprintf(p, "SELECT state || ' ' || placed_cents FROM bank_entry WHERE id = %" PRId64, id));
}

static int64_t account(struct place *p, const char *name)
{
    return number(p->f, talloc_asprintf(p,
                                        "SELECT CAST(coalesce(sum(amount_cents), 0) AS BIGINT) FROM ledger_entry WHERE "
                                        "account = '%s'",
                                        name));
}

static char *another(struct place *p, int n)
{
    char *address = talloc_asprintf(p, "casella.%d@pec.visura.example", n);

    add_mailbox(p->f, address, 0, day_of(2027, 2, 28));
    return order_of(p, address);
}

#define TO_ORDER(code, cents)                                                                                          \
    (struct held_share)                                                                                                \
    {                                                                                                                  \
        .way = HELD_TO_ORDER, .order = code, .amount = { cents }                                                       \
    }
#define TO_WALLET(cents)                                                                                               \
    (struct held_share)                                                                                                \
    {                                                                                                                  \
        .way = HELD_TO_WALLET, .account = CUSTOMER, .amount = { cents }                                                \
    }

/* ---- Tests ---- */

static void pays_an_order(void **state)
{
    struct place *p = place(state);
    char *code, *typed;
    int64_t entry;
    struct deciding g;
    struct undoing u;

    move_to_visura(p);
    code = order_of(p, PEC);
    entry = arrives(p, 1098);
    typed = talloc_asprintf(p, " %.3s-%s ", code, code + 3); /* as people write it */
    decides(p, entry, &TO_ORDER(typed, 0), 1);
    assert_string_equal(entry_state(p, entry), "placed 1098");
    assert_int_equal(order_now(p->f, code).state, ORDER_FULFILLED);
    assert_int_equal(order_now(p->f, code).settled_on.n, day_of(2026, 12, 21).n);
    assert_day(mailbox(p->f, PEC).term.ends_on, 2028, 2, 28);
    assert_int_equal(account(p, "held:" VISURA_IBAN), 0);
    assert_int_equal(number(p->f, "SELECT count(*) FROM event WHERE kind = 'held.placed'"), 1);

    refuses(p, entry, &TO_ORDER(code, 0), 1, PROBLEM_HELD_SINCE, "");
    assert_int_equal(undo_last(p, &u), REFUSED);
    assert_int_equal(u.why.code, PROBLEM_HELD_INVOICED);
    assert_int_equal(decide(p, 999, &TO_ORDER(code, 0), 1, &g), REFUSED);
    assert_int_equal(g.faults.item[0].code, PROBLEM_NOT_FOUND);
}

static void refuses_what_is_not_so(void **state)
{
    struct place *p = place(state);
    char *theirs = order_years(p->f, VERDI, 1), *code, *paid;
    struct deciding g;
    int64_t entry;

    move_to_visura(p);
    code = order_of(p, PEC);
    entry = arrives(p, 3000);
    paid = another(p, 1);
    assert_int_equal(
        pay(p->f, &(struct transfer){.text = paid, .cents = 1098, .on = day_of(2026, 12, 21), .account = VISURA_IBAN})
            .how,
        SETTLED_MATCHED);

    refuses(p, entry, &TO_ORDER(code, 0), 1, PROBLEM_AMOUNT, "order_1");
    refuses(p, entry, &TO_ORDER(code, 1000), 1, PROBLEM_AMOUNT, "amount_1");
    refuses(p, entry, &TO_ORDER(paid, 1098), 1, PROBLEM_ORDER_STATE, "order_1");
    refuses(p, entry, &TO_ORDER(theirs, 1098), 1, PROBLEM_HELD_ELSEWHERE, "order_1");
    refuses(p, entry, &TO_ORDER("RLM00000", 1098), 1, PROBLEM_NOT_FOUND, "order_1");
    refuses(p, entry, &TO_ORDER("", 1098), 1, PROBLEM_REQUIRED, "order_1");
    refuses(p, entry, (struct held_share[]){TO_ORDER(code, 1098), TO_ORDER(code, 1098)}, 2, PROBLEM_REPEATED_FIELD,
            "order_2");
    refuses(p, entry, (struct held_share[]){TO_ORDER(code, 1098), TO_WALLET(1903)}, 2, PROBLEM_HELD_SUM, "");
    refuses(p, entry, (struct held_share[]){TO_WALLET(0), TO_WALLET(0)}, 2, PROBLEM_REQUIRED, "amount_2");
    refuses(p, entry, &(struct held_share){.way = HELD_TO_WALLET, .account = "nessuno@posta.example"}, 1,
            PROBLEM_HELD_ACCOUNT, "account_1");
    refuses(p, entry,
            &(struct held_share){.way = HELD_TO_PAYER, .iban = "IT60X0542811101000000123457", .payee = "Rosa"}, 1,
            PROBLEM_IBAN_CHECK, "iban_1");

    g = (struct deciding){.p = p,
                          .d = {.entry_id = entry, .shares = &TO_WALLET(0), .count = 1, .note = " ", .actor = DESK}};
    assert_int_equal(db_transaction(p->f->db, "decide", run_decide, &g), REFUSED);
    assert_string_equal(g.faults.item[0].field, "note");
    g.d = (struct held_decision){.entry_id = entry,
                                 .shares = &TO_WALLET(100),
                                 .count = 1,
                                 .whole = true,
                                 .placed = money(-1),
                                 .note = "x",
                                 .actor = DESK};
    assert_int_equal(db_transaction(p->f->db, "decide", run_decide, &g), REFUSED);
    assert_int_equal(g.faults.item[0].code, PROBLEM_HELD_REMAINDER);
    g.d.whole = false;
    g.d.brand = "legalmail"; /* another brand's operator: it is not there */
    assert_int_equal(db_transaction(p->f->db, "decide", run_decide, &g), REFUSED);
    assert_int_equal(g.faults.item[0].code, PROBLEM_NOT_FOUND);
    assert_clean(p->f);
}

static void splits(void **state)
{
    struct place *p = place(state);
    char *first, *second;
    struct undoing u;
    int64_t entry;

    move_to_visura(p);
    first = order_of(p, PEC);
    second = another(p, 1);
    entry = arrives(p, 4000);
    decides(p, entry, (struct held_share[]){TO_ORDER(first, 1098), TO_ORDER(second, 1098)}, 2);
    assert_string_equal(entry_state(p, entry), "held 2196");
    assert_int_equal(account(p, "held:" VISURA_IBAN), -1804);
    decides(p, entry, (struct held_share[]){TO_WALLET(1000)}, 1);
    decides(p, entry, (struct held_share[]){TO_WALLET(0)}, 1);
    assert_string_equal(entry_state(p, entry), "placed 4000");
    assert_int_equal(account(p, "held:" VISURA_IBAN), 0);
    assert_int_equal(number(p->f, "SELECT balance_cents FROM wallet"), 1804);

    assert_int_equal(undo_last(p, &u), DONE);
    assert_clean(p->f);
    assert_string_equal(entry_state(p, entry), "held 3196");
    assert_int_equal(number(p->f, "SELECT balance_cents FROM wallet"), 1000);
    assert_int_equal(undo_last(p, &u), REFUSED);
    assert_int_equal(u.why.code, PROBLEM_HELD_SINCE);
}

static void spent_credit_stays(void **state)
{
    struct place *p = place(state);
    char *code;
    struct problem why;
    struct undoing u;
    int64_t entry;

    move_to_visura(p);
    code = order_of(p, PEC);
    entry = arrives(p, 2000);
    decides(p, entry, &TO_WALLET(0), 1);
    assert_int_equal(draw(p, code, &why), DONE);
    assert_int_equal(undo_last(p, &u), REFUSED);
    assert_int_equal(u.why.code, PROBLEM_WALLET_SHORT);
    assert_string_equal(entry_state(p, entry), "placed 2000");
    assert_clean(p->f);
}

static enum outcome run_sent(struct db_tx *tx, void *arg)
{
    struct undoing *u = arg;

    return refund_sent(tx, u->p, u->part, &DESK, &u->why);
}

static void goes_back_and_is_foreign(void **state)
{
    struct place *p = place(state);
    struct held_share back = {.way = HELD_TO_PAYER, .iban = IBAN_OF_PAYER, .payee = "Rosa Modelli", .amount = {500}};
    struct undoing u;
    int64_t entry;

    move_to_visura(p);
    entry = arrives(p, 2000);
    decides(p, entry, &back, 1);
    assert_int_equal(account(p, "refunds:visura"), -500);
    assert_int_equal(undo_last(p, &u), DONE);
    assert_clean(p->f);
    assert_string_equal(words(p->f, "SELECT state FROM refund"), "dropped");
    assert_string_equal(entry_state(p, entry), "held 0");
    decides(p, entry, &back, 1);
    assert_int_equal(db_transaction(p->f->db, "sent", run_sent,
                                    &(struct undoing){.p = p, .part = number(p->f, "SELECT max(id) FROM refund")}),
                     DONE);
    assert_clean(p->f);
    assert_int_equal(undo_last(p, &u), REFUSED);
    assert_int_equal(u.why.code, PROBLEM_HELD_SENT);

    decides(p, entry, &(struct held_share){.way = HELD_TO_NOBODY}, 1);
    assert_string_equal(entry_state(p, entry), "placed 2000");
    assert_int_equal(account(p, "foreign:" VISURA_IBAN), -1500);
    assert_int_equal(undo_last(p, &u), DONE);
    assert_string_equal(entry_state(p, entry), "held 500");
    assert_int_equal(account(p, "foreign:" VISURA_IBAN), 0);
    assert_clean(p->f);
}

/* A transfer that came too late for its order still pays it, where nothing has changed (D16). */
static void pays_a_lapsed_order(void **state)
{
    struct place *p = place(state);
    char *code;
    int64_t entry;

    move_to_visura(p);
    code = order_of(p, PEC);
    sql(p->f, "UPDATE shop_order SET state = 'lapsed', cancelled_at = confirmed_at WHERE state = 'confirmed'");
    sql(p->f, "UPDATE mailbox_row SET open_order_id = NULL");
    entry = arrives(p, 1098);
    decides(p, entry, &TO_ORDER(code, 0), 1);
    assert_int_equal(order_now(p->f, code).state, ORDER_FULFILLED);
}

/* The same form sent twice is one decision; another's form, shown before it, is refused. */
static void happens_once(void **state)
{
    struct place *p = place(state);
    struct deciding g = {.p = p}, late;
    char *before;

    move_to_visura(p);
    g.d = (struct held_decision){.entry_id = arrives(p, 2000),
                                 .shares = &TO_WALLET(700),
                                 .count = 1,
                                 .note = "x",
                                 .token = "modulo-1",
                                 .actor = DESK};
    late = g;
    late.d.token = "modulo-2";
    assert_int_equal(db_transaction(p->f->db, "decide", run_decide, &g), DONE);
    before = all_rows(p->f);
    assert_int_equal(db_transaction(p->f->db, "decide", run_decide, &g), DONE);
    assert_string_equal(all_rows(p->f), before);
    assert_int_equal(db_transaction(p->f->db, "decide", run_decide, &late), REFUSED);
    assert_int_equal(late.faults.item[0].code, PROBLEM_HELD_SINCE);
    assert_int_equal(number(p->f, "SELECT balance_cents FROM wallet"), 700);
    assert_clean(p->f);
}

struct rival {
    struct deciding g;
    enum outcome how;
    pthread_t thread;
};

static void *compete(void *arg)
{
    struct rival *r = arg;

    r->how = db_transaction(r->g.p->f->db, "decide", run_decide, &r->g);
    return NULL;
}

/* Several at the same moment: one of them, on both engines. */
static void one_of_many(void **state)
{
    struct place *p = place(state);
    struct rival rivals[4];
    int done = 0;

    move_to_visura(p);
    rivals[0].g = (struct deciding){
        .p = p, .d = {.entry_id = arrives(p, 2000), .shares = &TO_WALLET(0), .count = 1, .note = "x", .actor = DESK}};
    for (size_t i = 0; i < count_of(rivals); i++) {
        rivals[i].g = rivals[0].g;
        rivals[i].g.p = talloc_memdup(NULL, p, sizeof *p); /* each its own memory */
        assert_int_equal(pthread_create(&rivals[i].thread, NULL, compete, &rivals[i]), 0);
    }
    for (size_t i = 0; i < count_of(rivals); i++) {
        pthread_join(rivals[i].thread, NULL);
        done += rivals[i].how == DONE;
        assert_true(rivals[i].how == DONE || rivals[i].g.faults.item[0].code == PROBLEM_HELD_SINCE);
        talloc_free(rivals[i].g.p);
    }
    assert_int_equal(done, 1);
    assert_int_equal(number(p->f, "SELECT balance_cents FROM wallet"), 2000);
    assert_clean(p->f);
}

/* Whatever is decided and undone, in whatever order: what is held is what came less what has its place, and the books
 * are clean. */
static void books_always_add_up(void **state)
{
    struct place *p = place(state);
    struct undoing u;
    uint32_t chance = 20261220;
    int64_t entries[4], came = 0;

    move_to_visura(p);
    for (size_t i = 0; i < count_of(entries); i++) {
        entries[i] = arrives(p, 900 + 700 * (int64_t)i);
        came += 900 + 700 * (int64_t)i;
    }
    for (int round = 0; round < 40; round++) {
        struct held_share shares[3];
        struct deciding g;
        size_t count = 1 + (chance = chance * 1103515245 + 12345) / 65536 % 3;

        for (size_t i = 0; i < count; i++) {
            static const enum held_way SOME[] = {HELD_TO_WALLET, HELD_TO_PAYER, HELD_TO_NOBODY};

            chance = chance * 1103515245 + 12345;
            shares[i] = (struct held_share){.way = SOME[chance / 65536 % 3],
                                            .account = CUSTOMER,
                                            .iban = IBAN_OF_PAYER,
                                            .payee = "Rosa Modelli",
                                            .amount = {(int64_t)(chance / 7 % 5 ? chance / 65536 % 800 : 0)}};
        }
        chance = chance * 1103515245 + 12345;
        if (chance / 65536 % 3 == 0 && number(p->f, "SELECT count(*) FROM held_part"))
            assert_true(undo_last(p, &u) != BROKEN);
        else
            assert_true(decide(p, entries[chance / 7 % 4], shares, count, &g) != BROKEN);
        assert_int_equal(number(p->f, "SELECT CAST(sum(amount_cents) AS BIGINT) FROM ledger_entry"), 0);
        assert_int_equal(number(p->f, "SELECT CAST(sum(amount_cents - placed_cents) AS BIGINT) FROM bank_entry"),
                         -account(p, "held:" VISURA_IBAN));
    }
    assert_int_equal(account(p, "bank:" VISURA_IBAN), came);
    assert_clean(p->f);
}

/* ---- The day's cash ---- */

struct counting {
    struct place *p;
    const char *brand, *account;
    struct day day;
    struct cash cash;
    struct problem why;
};

static enum outcome run_cash(struct db_tx *tx, void *arg)
{
    struct counting *c = arg;

    return cash_load(tx, c->p, &(struct money_scope){c->brand, {c->account, c->account}}, c->day, c->day, &c->cash,
                     &c->why);
}

static struct cash cash_of(struct place *p, const char *brand, const char *account, struct day day)
{
    struct counting c = {.p = p, .brand = brand, .account = account, .day = day};

    assert_int_equal(db_read(p->f->db, "cash", run_cash, &c), DONE);
    return c.cash;
}

static int64_t came(const struct cash *cash, const char *account, bool recorded)
{
    for (size_t i = 0; i < cash->count; i++)
        if (strcmp(cash->rows[i].account, account) == 0)
            return recorded ? cash->rows[i].recorded_came.cents : cash->rows[i].came.cents;
    return 0;
}

/* Bank, card, prepaid account, refunds by transfer and by the provider: the ledger's sums are the records', and where
 * somebody touches either it is said. */
static void cash_is_the_ledger(void **state)
{
    struct place *p = place(state);
    struct held_share back = {.way = HELD_TO_PAYER, .iban = IBAN_OF_PAYER, .payee = "Rosa Modelli", .amount = {500}};
    struct day today = day_of(2026, 12, 20);
    struct refunding refunding;
    struct problem why;
    struct cash cash;
    int64_t entry;
    char *code;

    move_to_visura(p);
    put_in(p, 2000);
    assert_int_equal(draw(p, order_of(p, PEC), &why), DONE);
    code = another(p, 1);
    assert_int_equal(begun(p, code, METHOD_CARD).state, PAYMENT_PENDING);
    entry = arrives(p, 2000);
    decides(p, entry, &back, 1);
    assert_int_equal(db_transaction(p->f->db, "sent", run_sent,
                                    &(struct undoing){.p = p, .part = number(p->f, "SELECT max(id) FROM refund")}),
                     DONE);
    decides(p, entry, &TO_WALLET(700), 1);
    add_mailbox(p->f, "casella.2@pec.visura.example", 0, day_of(2027, 2, 28));
    assert_int_equal(give_back(p, paid_order(p, "casella.2@pec.visura.example"), 1098, true, "source", &refunding),
                     DONE);
    do_refunds(p);

    cash = cash_of(p, "", "", today);
    assert_true(cash.agrees);
    assert_int_equal(came(&cash, "bank:" VISURA_IBAN, false), 2000);
    assert_int_equal(came(&cash, "gateway:axerve:visura", false), 2000 + 1098);
    assert_int_equal(cash.came.cents, 2000 + 2000 + 1098);
    assert_int_equal(cash.went.cents, 500 + 1098); /* a transfer, and by the provider */
    assert_int_equal(cash_of(p, "visura", VISURA_IBAN, today).came.cents, cash.came.cents);
    assert_int_equal(cash_of(p, "legalmail", IBAN, today).count, 0);
    assert_int_equal(cash_of(p, "", "", day_of(2026, 12, 19)).count, 0);

    sql(p->f, "UPDATE bank_entry SET amount_cents = amount_cents + 1");
    cash = cash_of(p, "", "", today);
    assert_false(cash.agrees);
    assert_int_equal(came(&cash, "bank:" VISURA_IBAN, true), 2001);
    sql(p->f, "UPDATE bank_entry SET amount_cents = amount_cents - 1");
    sql(p->f, "DELETE FROM ledger_entry WHERE transaction_id LIKE 'bank:%'");
    cash = cash_of(p, "", "", today);
    assert_false(cash.agrees);
    assert_int_equal(cash.missing.cents, 2000);
}

/* ---- Suggestions ---- */

struct hinting {
    struct place *p;
    int64_t entry;
    struct held_hints hints;
};

static enum outcome run_hints(struct db_tx *tx, void *arg)
{
    struct hinting *h = arg;
    struct bank_entry entry;

    TRY(bank_entry_by_id(tx, h->p, h->entry, &entry));
    return held_hints(tx, h->p, &h->p->f->brands, &entry, &h->hints);
}

static struct held_hints hints_of(struct place *p, const char *text, int64_t cents)
{
    struct hinting h = {.p = p};

    (void)pay(p->f,
              &(struct transfer){.text = text, .cents = cents, .on = day_of(2026, 12, 21), .account = VISURA_IBAN});
    h.entry = number(p->f, "SELECT max(id) FROM bank_entry");
    assert_int_equal(db_read(p->f->db, "hints", run_hints, &h), DONE);
    return h.hints;
}

/* "RLM00003 next customer exact": of the first. */
static char *first_hint(struct place *p, const struct held_hints *hints)
{
    char *text;

    if (!hints->count)
        return talloc_strdup(p, "");
    text = talloc_strdup(p, hints->item[0].order.code);
    for (int r = 0; r < HINT_REASONS; r++)
        if (hints->item[0].reasons & 1u << r)
            text = talloc_asprintf(p, "%s %s", text, hint_reason_name((enum hint_reason)r));
    return talloc_asprintf(p, "%s%s%s", text, hints->item[0].payable ? " payable" : "",
                           hints->item[0].exact ? " exact" : "");
}

static void suggests(void **state)
{
    struct place *p = place(state);
    char *paid, *wrong, *next, *other;
    struct held_hints hints;

    move_to_visura(p);
    paid = order_of(p, PEC);
    (void)pay(p->f,
              &(struct transfer){.text = paid, .cents = 1098, .on = day_of(2026, 12, 21), .account = VISURA_IBAN});

    hints = hints_of(p, "niente", 1098);
    assert_int_equal(hints.count, 0);
    other = another(p, 7); /* Maria Verdi pays, Maria Verdi ordered */
    hints = hints_of(p, "niente", 1098);
    assert_string_equal(first_hint(p, &hints), talloc_asprintf(p, "%s name_and_amount payable exact", other));
    assert_string_equal(hints.item[0].account, CUSTOMER);
    hints = hints_of(p, "niente", 1099);
    assert_int_equal(hints.count, 0);

    wrong = talloc_strdup(p, other);
    wrong[strlen(wrong) - 1] = wrong[strlen(wrong) - 1] == '9' ? '8' : '9';
    hints = hints_of(p, wrong, 500);
    assert_string_equal(first_hint(p, &hints), talloc_asprintf(p, "%s near_code payable", other));
    hints = hints_of(p, "rinnovo VRDMRA80A41H501U grazie", 500);
    assert_string_equal(first_hint(p, &hints), talloc_asprintf(p, "%s tax_number payable", other));

    set_day(p->f, 2027, 12, 10); /* this year's order for the mailbox whose old code is used again */
    next = order_of(p, PEC);
    hints = hints_of(p, paid, 1098);
    assert_string_equal(first_hint(p, &hints),
                        talloc_asprintf(p, "%s next customer near_code name_and_amount payable exact", next));
    hints = hints_of(p, talloc_asprintf(p, "%s %s", next, other), 2196);
    assert_true(hints.adds_up);
    hints = hints_of(p, talloc_asprintf(p, "%s %s", next, other), 2195);
    assert_false(hints.adds_up);
    assert_int_equal(order_now(p->f, next).state, ORDER_CONFIRMED); /* nothing was done by itself */
    assert_clean(p->f);
}

static void points_at_a_payment_made_twice(void **state)
{
    struct place *p = place(state);
    struct held_hints hints;
    char *code;

    move_to_visura(p);
    code = order_of(p, PEC);
    (void)pay(p->f,
              &(struct transfer){.text = code, .cents = 1098, .on = day_of(2026, 12, 21), .account = VISURA_IBAN});
    sql(p->f, "UPDATE bank_entry SET debtor_iban = '" IBAN_OF_PAYER "'");
    (void)pay(p->f,
              &(struct transfer){.text = code, .cents = 1098, .on = day_of(2026, 12, 22), .account = VISURA_IBAN});
    sql(p->f, "UPDATE bank_entry SET debtor_iban = '" IBAN_OF_PAYER "'");
    hints = hints_of(p, code, 1099);
    assert_int_equal(hints.twin.id, 0);
    struct hinting h = {.p = p, .entry = 2};
    assert_int_equal(db_read(p->f->db, "hints", run_hints, &h), DONE);
    assert_int_equal(h.hints.twin.id, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pays_an_order),
        cmocka_unit_test(refuses_what_is_not_so),
        cmocka_unit_test(splits),
        cmocka_unit_test(spent_credit_stays),
        cmocka_unit_test(goes_back_and_is_foreign),
        cmocka_unit_test(pays_a_lapsed_order),
        cmocka_unit_test(happens_once),
        cmocka_unit_test(one_of_many),
        cmocka_unit_test(books_always_add_up),
        cmocka_unit_test(cash_is_the_ledger),
        cmocka_unit_test(suggests),
        cmocka_unit_test(points_at_a_payment_made_twice),
    };

    return FLOW(tests);
}
