/* A renewal on its way through a brand's steps, on both engines: what is kept, in which windows, and what becomes of it
 * (T38). */
#include "shop/wizard.h"
#include "flow/fixture.h"
#include <string.h>
#include <talloc.h>

#define ONE "0123456789abcdef0123456789abcdef"
#define TWO "fedcba9876543210fedcba9876543210"

struct way {
    struct fixture *f;
    const char *id, *owner;
    struct principal who;
    struct wizard wizard;
    char *code;
    json_t *answers, *changes;
    struct wizard_lines lines;
    struct cart cart;
    struct wizard_consent consent;
    struct order_request request;
    struct placed_order placed;
    struct problem why;
};

static struct way way_of(struct fixture *f, const char *id, const char *address)
{
    struct way w = {.f = f, .id = id, .who = {.mailbox_id = mailbox(f, address).id}};

    w.owner = principal_text(w.who, talloc_array(f, char, PRINCIPAL_TEXT));
    return w;
}

static int drop(json_t **reference)
{
    json_decref(*reference);
    return 0;
}

/* Lives as long as the fixture. */
static json_t *owned(struct fixture *f, json_t *value)
{
    json_t **reference = talloc(f, json_t *);

    *reference = value;
    talloc_set_destructor(reference, drop);
    return value;
}

/* ---- Reading, keeping, ordering ---- */

static enum outcome do_load(struct db_tx *tx, void *arg)
{
    struct way *w = arg;

    return wizard_load(tx, w->f, w->f->brand, w->owner, w->id, &w->wizard, &w->code, &w->why);
}

static enum outcome load(struct way *w)
{
    enum outcome o = db_read(w->f->db, "load", do_load, w);

    w->answers = owned(w->f, o == DONE ? json_loads(w->wizard.answers, 0, NULL) : NULL);
    w->lines = wizard_lines_read(w->f, w->answers);
    return o;
}

static enum outcome do_answer(struct db_tx *tx, void *arg)
{
    struct way *w = arg;

    return wizard_answer(tx, w->f, &w->wizard, w->changes, &w->why);
}

/* Takes over the changes. */
static enum outcome answer(struct way *w, json_t *changes)
{
    enum outcome o;

    w->changes = changes;
    o = db_transaction(w->f->db, "answer", do_answer, w);
    json_decref(changes);
    return o;
}

static enum outcome do_before(struct db_tx *tx, void *arg)
{
    struct way *w = arg;

    TRY(wizard_before(tx, w->f, w->f->brand, w->owner, w->who.mailbox_id, &w->answers));
    owned(w->f, w->answers);
    return DONE;
}

static enum outcome do_price(struct db_tx *tx, void *arg)
{
    struct way *w = arg;

    return wizard_price(tx, w->f, w->f->brand, w->who, "it", &w->lines, &w->cart);
}

static enum outcome do_place(struct db_tx *tx, void *arg)
{
    struct way *w = arg;

    w->placed = (struct placed_order){0};
    return wizard_place(tx, w->f, &w->wizard, &w->consent, &w->request, &w->placed, &w->why);
}

static json_t *lines_of(const struct way *w, int years, const char *plan)
{
    return json_pack("{s:[{s:I, s:i, s:i, s:s}]}", "lines", "mailbox", (json_int_t)w->who.mailbox_id, "years", years,
                     "extra_gb", 0, "plan", plan);
}

static const char *text_at(const struct way *w, const char *step, const char *field)
{
    const char *text = json_string_value(json_object_get(json_object_get(w->answers, step), field));

    return text ? text : "";
}

/* ---- The tests ---- */

static void what_is_kept(void **state)
{
    struct fixture *f = fixture(state);
    struct way mine, other;

    if (!f)
        return;
    mine = way_of(f, ONE, VERDI);
    other = way_of(f, ONE, BIANCHI);
    for (size_t i = 0; i < 4; i++) { /* no ids at all */
        static const char *const ID[] = {"", "1", "0123456789ABCDEF0123456789abcdef", ONE "0"};
        struct way bad = way_of(f, ID[i], VERDI);

        assert_int_equal(load(&bad), REFUSED);
        assert_int_equal(bad.why.code, PROBLEM_NOT_FOUND);
    }
    assert_int_equal(load(&mine), DONE);
    assert_int_equal(mine.wizard.version, 0);
    assert_int_equal(number(f, "SELECT count(*) FROM wizard"), 0); /* looking keeps nothing */
    assert_int_equal(answer(&mine, lines_of(&mine, 2, "bronze")), DONE);
    assert_int_equal(answer(&mine, json_pack("{s:{s:s}}", "payment", "method", "bank_transfer")), DONE);
    assert_int_equal(load(&mine), DONE);
    assert_int_equal(mine.wizard.version, 2);
    assert_int_equal(mine.wizard.mailbox_id, mine.who.mailbox_id);
    assert_string_equal(text_at(&mine, "payment", "method"), "bank_transfer");
    assert_int_equal(mine.lines.count, 1);
    assert_int_equal(mine.lines.all[0].years, 2);
    assert_string_equal(mine.lines.all[0].plan, "bronze");

    /* the same again is no change; null takes an answer out */
    assert_int_equal(answer(&mine, json_pack("{s:{s:s}}", "payment", "method", "bank_transfer")), DONE);
    assert_int_equal(number(f, "SELECT version FROM wizard"), 2);
    assert_int_equal(answer(&mine, json_pack("{s:n}", "payment")), DONE);
    assert_int_equal(load(&mine), DONE);
    assert_string_equal(text_at(&mine, "payment", "method"), "");

    /* two windows that have both read it keep each other's steps */
    other = mine;
    assert_int_equal(answer(&mine, json_pack("{s:{s:s}}", "contract", "version", "1")), DONE);
    assert_int_equal(answer(&other, json_pack("{s:{s:s}}", "payment", "method", "card")), DONE);
    assert_int_equal(load(&mine), DONE);
    assert_string_equal(text_at(&mine, "contract", "version"), "1");
    assert_string_equal(text_at(&mine, "payment", "method"), "card");

    /* nobody else's: not to see, and not to write to by its id */
    other = way_of(f, ONE, BIANCHI);
    assert_int_equal(load(&other), REFUSED);
    assert_int_equal(other.why.code, PROBLEM_NOT_FOUND);
    other.wizard = (struct wizard){.id = (char *)ONE, .brand = (char *)"legalmail", .owner = (char *)other.owner};
    assert_int_equal(answer(&other, json_pack("{s:b}", "x", true)), REFUSED);
    assert_int_equal(other.why.code, PROBLEM_FORM_EXPIRED);
    assert_clean(f);
}

static void a_new_one_begins_with_what_was_typed(void **state)
{
    struct fixture *f = fixture(state);
    struct way w;

    if (!f)
        return;
    w = way_of(f, ONE, VERDI);
    assert_int_equal(db_read(f->db, "before", do_before, &w), DONE);
    assert_null(w.answers);
    assert_int_equal(load(&w), DONE);
    assert_int_equal(
        answer(&w, json_pack("{s:[{s:I, s:i}, {s:I, s:i}], s:{s:s, s:s}, s:{s:s}, s:{s:i}}", "lines", "mailbox",
                             (json_int_t)w.who.mailbox_id, "years", 3, "mailbox", (json_int_t)mailbox(f, BIANCHI).id,
                             "years", 1, "payment", "method", "card", "autorenew", "1", "contract", "version",
                             "2026-01", "summary", "total_cents", 1)),
        DONE);
    assert_int_equal(db_read(f->db, "before", do_before, &w), DONE);
    assert_string_equal(text_at(&w, "payment", "method"), "card");
    assert_string_equal(text_at(&w, "payment", "autorenew"), ""); /* consent is given anew */
    assert_null(json_object_get(w.answers, "contract"));
    assert_null(json_object_get(w.answers, "summary"));
    w.lines = wizard_lines_read(f, w.answers);
    assert_int_equal(w.lines.count, 1); /* and other mailboxes are asked for anew */
    assert_int_equal(w.lines.all[0].years, 3);
}

static const struct {
    int years;
    const char *plan;
    int64_t want_years; /* as kept after pricing, 0: taken out */
    const char *want_plan;
    int64_t net_cents;
} PRICES[] = {
    {0, "", 0, "", 2500}, /* nothing chosen: the shortest of what it has */
    {2, "bronze", 2, "bronze", 5000},
    {2, "", 2, "", 5000},
    {7, "bronze", 0, "bronze", 2500}, /* not on sale: asked anew */
    {2, "platinum", 2, "", 5000},
    {9, "platinum", 0, "", 2500},
};

static void choices_that_cannot_be_had_are_asked_anew(void **state)
{
    struct fixture *f = fixture(state);

    if (!f)
        return;
    for (size_t i = 0; i < count_of(PRICES); i++) {
        struct way w = way_of(f, ONE, VERDI);
        json_t *lines = lines_of(&w, PRICES[i].years, PRICES[i].plan);

        w.lines = wizard_lines_read(f, lines);
        json_decref(lines);
        assert_int_equal(db_read(f->db, "price", do_price, &w), DONE);
        assert_int_equal(w.cart.count, 1);
        assert_false(w.cart.items[0].refused);
        assert_int_equal(w.lines.all[0].years, PRICES[i].want_years);
        assert_string_equal(w.lines.all[0].plan, PRICES[i].want_plan);
        assert_int_equal(w.cart.total.net.cents, PRICES[i].net_cents);
    }
    { /* a stranger's mailbox is in no cart */
        struct way w = way_of(f, ONE, BIANCHI);
        json_t *lines = json_pack("{s:[{s:I}]}", "lines", "mailbox", (json_int_t)mailbox(f, VERDI).id);

        w.lines = wizard_lines_read(f, lines);
        json_decref(lines);
        assert_int_equal(db_read(f->db, "price", do_price, &w), DONE);
        assert_int_equal(w.cart.count, 0);
    }
}

static void it_becomes_one_order(void **state)
{
    struct fixture *f = fixture(state);
    const struct wanted_line line = {VERDI, {.years = 1, .extra_gb = EXTRA_GB_AS_HELD}};
    struct billing contact;
    struct way w;
    char *code;

    if (!f)
        return;
    w = way_of(f, TWO, VERDI);
    w.request = request_for(f, &line, 1);
    w.request.who = w.who;
    assert_int_equal(load(&w), DONE);
    assert_int_equal(db_transaction(f->db, "place", do_place, &w), REFUSED); /* of nothing */
    assert_int_equal(w.why.code, PROBLEM_FORM_EXPIRED);
    assert_int_equal(answer(&w, lines_of(&w, 1, "")), DONE);
    assert_int_equal(answer(&w, json_pack("{s:b}", "contract", true)), DONE);
    assert_int_equal(load(&w), DONE);

    /* what was shown was another version */
    w.consent.version = 1;
    assert_int_equal(db_transaction(f->db, "place", do_place, &w), REFUSED);
    assert_int_equal(w.why.code, PROBLEM_WIZARD_CHANGED);
    assert_int_equal(number(f, "SELECT count(*) FROM shop_order"), 0);

    contact = mailbox(f, VERDI).holder;
    contact.email = "nuova@posta.example";
    w.consent = (struct wizard_consent){
        .version = 2, .accepted_at = {1766221200000000}, .holder = &contact, .account = "nessuno@posta.example"};
    assert_int_equal(db_transaction(f->db, "place", do_place, &w), DONE);
    assert_false(w.placed.found);
    code = w.placed.order.code;
    assert_string_equal(mailbox(f, VERDI).holder.email, "nuova@posta.example");
    assert_int_equal(number(f, "SELECT count(*) FROM event WHERE kind = 'terms.accepted'"), 1);
    assert_non_null(strstr(words(f, "SELECT data FROM event WHERE kind = 'terms.accepted'"), "2025-12-20T09:00:00Z"));
    assert_int_equal(number(f, "SELECT count(*) FROM event WHERE kind = 'holder.contact_changed'"), 1);

    /* a double click, whatever version it carries; nothing can be typed any more, and nothing is thrown away */
    w.consent.version = 1;
    assert_int_equal(db_transaction(f->db, "place", do_place, &w), DONE);
    assert_true(w.placed.found);
    assert_string_equal(w.placed.order.code, code);
    assert_int_equal(number(f, "SELECT count(*) FROM shop_order"), 1);
    assert_int_equal(answer(&w, json_pack("{s:b}", "late", true)), REFUSED);
    assert_int_equal(w.why.code, PROBLEM_FORM_EXPIRED);
    assert_int_equal(load(&w), DONE);
    assert_string_equal(w.code, code);
    assert_int_equal(db_read(f->db, "before", do_before, &w), DONE);
    assert_null(w.answers);
    assert_clean(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_kept),
        cmocka_unit_test(a_new_one_begins_with_what_was_typed),
        cmocka_unit_test(choices_that_cannot_be_had_are_asked_anew),
        cmocka_unit_test(it_becomes_one_order),
    };

    return FLOW(tests);
}
