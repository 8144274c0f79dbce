/* Prices, sales and texts that the desk dates: who sees them when, and what they never touch. */
#include "shop/catalogue.h"
#include "flow/post.h"
#include "shop/autorenew.h"
#include "shop/day.h"
#include "shop/notice_forecast.h"
#include "shop/quote.h"
#include "shop/request.h"
#include "shop/wording.h"
#include <inttypes.h>
#include <string.h>
#include <talloc.h>

static const struct actor ANNA = {.door = "office", .name = "operator:1"}, CLI = {.door = "cli", .name = "test"};

static struct catalogue_change bronze(int64_t cents, struct day from)
{
    return (struct catalogue_change){.kind = (char *)CATALOGUE_PRICE,
                                     .brand = (char *)"legalmail",
                                     .convention = (char *)"",
                                     .plan = (char *)"bronze",
                                     .from = from,
                                     .net = money(cents),
                                     .extra_gb = money(900),
                                     .reason = (char *)"listino nuovo"};
}

struct asking {
    struct fixture *f;
    struct catalogue_change change;
    const struct actor *actor;
    int64_t id;
    bool waits;
    struct problem why;
};

static enum outcome ask_work(struct db_tx *tx, void *arg)
{
    struct asking *a = arg;

    return catalogue_ask(tx, &a->f->shop, a->f, &a->change, a->actor, &a->id, &a->waits, &a->why);
}

/* By whoever has the command line, for whom nobody else is needed. */
static int64_t date(struct fixture *f, struct catalogue_change change)
{
    struct asking a = {.f = f, .change = change, .actor = &CLI};

    if (db_transaction(f->db, "ask", ask_work, &a) != DONE)
        fail_msg("%s %s", a.why.field, a.why.detail);
    assert_false(a.waits);
    return a.id;
}

static enum problem_code refused(struct fixture *f, struct catalogue_change change, char field[])
{
    struct asking a = {.f = f, .change = change, .actor = &CLI};

    assert_int_equal(db_transaction(f->db, "ask", ask_work, &a), REFUSED);
    strcpy(field, a.why.field);
    return a.why.code;
}

static int64_t year_now(struct fixture *f)
{
    struct order_request request;
    struct placed_order placed;
    struct problem why;
    struct wanted_line line = {.address = VERDI, .choice = {.years = 1}};

    request = request_for(f, &line, 1);
    assert_int_equal(order(f, &request, &placed, &why), DONE);
    sql(f, "UPDATE mailbox_row SET open_order_id = NULL");
    return placed.order.total.net.cents;
}

static void a_price_counts_from_its_day_in_every_process(void **state)
{
    struct fixture *f = fixture(state);
    struct fixture *other = talloc_zero(f, struct fixture);
    struct problem why;
    int64_t id;

    if (!f)
        return;
    *other = *f; /* another process: brands and a connection of its own */
    assert_int_equal(brands_load(other, NULL, &other->brands, &why), DONE);
    other->db = fixture_open_db(other, f->url);
    other->brand = (struct brand *)brand_by_id(&other->brands, "legalmail");
    other->shop = (struct shop){.db = other->db, .brands = &other->brands};
    catalogue_follow(other->db, &other->brands);
    set_day(f, 2026, 12, 31);
    assert_int_equal(year_now(other), 2500);
    id = date(f, bronze(2700, day_of(2027, 1, 1)));
    assert_int_equal(year_now(f), 2500);
    assert_int_equal(year_now(other), 2500);
    set_day(f, 2027, 1, 1);
    assert_int_equal(year_now(other), 2700);
    assert_int_equal(year_now(f), 2700);
    assert_int_equal(number(f, "SELECT count(*) FROM event WHERE kind = 'catalogue.dated'"), 1);
    assert_int_equal(id, number(f, "SELECT id FROM catalogue_change"));
    date(f, bronze(2800, day_of(2027, 3, 1))); /* and the next one keeps the one before */
    assert_int_equal(year_now(other), 2700);
    set_day(f, 2027, 3, 1);
    assert_int_equal(year_now(other), 2800);
    assert_int_equal(year_now(f), 2800);
    db_close(other->db);
}

static void a_confirmed_order_keeps_its_price(void **state)
{
    struct fixture *f = fixture(state);
    struct wanted_line line = {.address = BIANCHI, .choice = {.years = 1}};
    struct order_request request;
    struct placed_order placed;
    struct problem why = {0};
    char *code;

    if (!f)
        return;
    set_day(f, 2026, 12, 31);
    code = order_years(f, VERDI, 2);
    date(f, bronze(2700, day_of(2027, 1, 1)));
    request = request_for(f, &line, 1);
    request.expected = money(3050); /* as it was shown on the last evening of the old price */
    set_day(f, 2027, 1, 1);
    assert_int_equal(order(f, &request, &placed, &why), REFUSED);
    assert_int_equal(why.code, PROBLEM_PRICE_CHANGED);
    assert_non_null(strstr(why.detail, "32,94"));
    assert_int_equal(order_now(f, code).total.gross.cents, 6100);
    assert_int_equal(pay(f, &(struct transfer){code, 6100, day_of(2027, 1, 2)}).how, SETTLED_MATCHED);
    assert_int_equal(number(f, "SELECT gross_cents FROM invoice"), 6100);
    request.expected = money(3294);
    assert_int_equal(order(f, &request, &placed, &why), DONE);
    assert_clean(f);
}

static void what_may_not_be_dated_is_refused(void **state)
{
    struct fixture *f = fixture(state);
    struct catalogue_change c;
    char field[100];

    if (!f)
        return;
    assert_int_equal(refused(f, bronze(2700, day_of(2026, 12, 20)), field), PROBLEM_DAY_RANGE);
    assert_string_equal(field, "from");
    assert_int_equal(refused(f, bronze(0, day_of(2027, 1, 1)), field), PROBLEM_OUT_OF_RANGE);
    c = bronze(0, day_of(2027, 1, 1));
    c.brand = (char *)"fnomceo";
    c.plan = (char *)"";
    c.convention = (char *)"fnomceo";
    assert_int_equal(refused(f, c, field), PROBLEM_OUT_OF_RANGE); /* an order of nothing is never paid */
    c = bronze(2700, day_of(2027, 1, 1));
    c.plan = (char *)"platinum";
    assert_int_equal(refused(f, c, field), PROBLEM_PLAN);
    c = bronze(2700, day_of(2027, 1, 1));
    c.reason = (char *)" ";
    assert_int_equal(refused(f, c, field), PROBLEM_REQUIRED);
    assert_string_equal(field, "reason");
    date(f, bronze(2700, day_of(2027, 1, 1)));
    assert_int_equal(refused(f, bronze(2900, day_of(2027, 1, 1)), field), PROBLEM_CATALOGUE_DAY);
}

/* In the last two hours of a day nothing may be dated for the next: a process may have read its hour already. */
static void the_next_day_is_too_soon_late_at_night(void **state)
{
    assert_true(day_same(catalogue_first_day(rome_at(day_of(2026, 12, 31), 21, 59, 59)), day_of(2027, 1, 1)));
    assert_true(day_same(catalogue_first_day(rome_at(day_of(2026, 12, 31), 22, 0, 0)), day_of(2027, 1, 2)));
    (void)state;
}

static enum outcome take_back(struct db_tx *tx, void *arg)
{
    struct asking *a = arg;

    return catalogue_take_back(tx, a->f, a->id, &CLI, &a->change, &a->why);
}

static void what_has_not_begun_can_be_taken_back(void **state)
{
    struct fixture *f = fixture(state);
    struct asking a = {.f = f};

    if (!f)
        return;
    a.id = date(f, bronze(2700, day_of(2027, 1, 10)));
    assert_int_equal(catalogue_look(&f->shop), DONE);
    assert_int_equal(db_transaction(f->db, "take_back", take_back, &a), DONE);
    assert_int_equal(db_transaction(f->db, "take_back", take_back, &a), REFUSED);
    assert_int_equal(a.why.code, PROBLEM_NOT_FOUND);
    set_day(f, 2027, 1, 10);
    assert_int_equal(year_now(f), 2500);
    a.id = date(f, bronze(2600, day_of(2027, 1, 11)));
    set_day(f, 2027, 1, 11);
    assert_int_equal(db_transaction(f->db, "take_back", take_back, &a), REFUSED);
    assert_int_equal(a.why.code, PROBLEM_DAY_RANGE);
    assert_int_equal(year_now(f), 2600);
}

static void an_operator_needs_a_second_one(void **state)
{
    struct fixture *f = fixture(state);
    struct asking a = {.f = f, .change = bronze(2700, day_of(2027, 1, 1)), .actor = &ANNA};
    struct operator bruno = {.id = 2, .brand = (char *)"", .role = (char *)"catalogue", .name = (char *)"Bruno"};
    struct problem why = {0};

    if (!f)
        return;
    assert_int_equal(db_transaction(f->db, "ask", ask_work, &a), DONE);
    assert_true(a.waits);
    assert_int_equal(number(f, "SELECT count(*) FROM catalogue_change"), 0);
    assert_int_equal(approval_decide(&f->shop, f, a.id,
                                     &(struct operator){.id = 1, .brand = (char *)"", .role = (char *)"catalogue"},
                                     true, "", &why),
                     REFUSED);
    assert_int_equal(why.code, PROBLEM_APPROVAL_SELF);
    if (approval_decide(&f->shop, f, a.id, &bruno, true, "", &why) != DONE)
        fail_msg("%s %s", why.field, why.detail);
    assert_int_equal(number(f, "SELECT net_cents FROM catalogue_change WHERE decided_by = 'operator:2'"), 2700);
    set_day(f, 2027, 1, 1);
    assert_int_equal(year_now(f), 2700);
}

static void a_sale_says_when_and_for_how_long(void **state)
{
    struct fixture *f = fixture(state);
    const struct brand *visura;
    struct purchase_quote quote;
    struct catalogue_change c;

    if (!f)
        return;
    visura = brand_by_id(&f->brands, "visura");
    c = (struct catalogue_change){.kind = (char *)CATALOGUE_SALE,
                                  .brand = (char *)"visura",
                                  .convention = (char *)"",
                                  .plan = (char *)"base",
                                  .from = day_of(2027, 1, 1),
                                  .sold_until = day_of(2027, 1, 31),
                                  .max_years = 1,
                                  .reason = (char *)"promozione di gennaio"};
    assert_int_equal(purchase_quote(visura, "base", 2, day_of(2027, 1, 15), &quote, NULL), DONE);
    date(f, c);
    assert_int_equal(catalogue_look(&f->shop), DONE);
    assert_int_equal(purchase_quote(visura, "base", 2, day_of(2026, 12, 31), &quote, NULL), DONE);
    assert_int_equal(purchase_quote(visura, "base", 2, day_of(2027, 1, 15), &quote, NULL), REFUSED);
    assert_int_equal(purchase_quote(visura, "base", 1, day_of(2027, 1, 31), &quote, NULL), DONE);
    assert_int_equal(purchase_quote(visura, "base", 1, day_of(2027, 2, 1), &quote, NULL), REFUSED);
}

struct weighing {
    struct fixture *f;
    struct catalogue_change change;
    struct catalogue_effect effect;
    struct problem why;
};

static enum outcome weigh(struct db_tx *tx, void *arg)
{
    struct weighing *w = arg;

    return catalogue_effect(tx, &w->f->brands, &w->change, &w->effect, &w->why);
}

static void its_effect_is_known_before(void **state)
{
    struct fixture *f = fixture(state);
    struct weighing w = {.f = f, .change = bronze(2700, day_of(2027, 2, 1))};

    if (!f)
        return;
    sql(f, "INSERT INTO cart_line (owner, mailbox_id, years, plan, extra_gb, added_at) SELECT 'account:1', min(id), 1, "
           "'bronze', 0, 0 FROM mailbox");
    assert_int_equal(db_read(f->db, "weigh", weigh, &w), DONE);
    assert_int_equal(w.effect.before.gross.cents, 3050);
    assert_int_equal(w.effect.after.gross.cents, 3294);
    assert_int_equal(w.effect.met.carts, 1);
    assert_int_equal(w.effect.met.mailboxes, 1); /* VERDI's; BIANCHI's ends before */
    assert_int_equal(w.effect.income.cents, 200);
}

/* What a charge's warning says is what will be charged, by the price of that day (A10). */
static void a_charge_is_priced_by_its_own_day(void **state)
{
    struct fixture *f = fixture(state);
    struct total total;

    if (!f)
        return;
    date(f, bronze(2700, day_of(2027, 2, 1)));
    assert_int_equal(catalogue_look(&f->shop), DONE);
    assert_int_equal(autorenew_price(f->brand, "bronze", (struct space){0}, 1, day_of(2027, 1, 31), &total, NULL),
                     DONE);
    assert_int_equal(total.gross.cents, 3050);
    assert_int_equal(autorenew_price(f->brand, "bronze", (struct space){0}, 1, day_of(2027, 2, 1), &total, NULL), DONE);
    assert_int_equal(total.gross.cents, 3294);
}

/* ---- What would be sent ---- */

struct foreseeing {
    struct fixture *f;
    struct day on;
    struct notice_forecast *list;
    size_t count, rows;
    struct notice_sample *row;
    struct notice_draft draft;
    struct problem why;
};

static enum outcome foresee(struct db_tx *tx, void *arg)
{
    struct foreseeing *s = arg;

    TRY(notices_forecast(tx, s->f, &s->f->brands, "legalmail", "", s->on, &s->list, &s->count));
    TRY(notices_forecast_rows(tx, s->f, s->f->brand, "-30", s->on, &s->row, &s->rows, &s->why));
    return s->rows
               ? notice_draft(tx, s->f, &s->f->shop, s->f->views, s->f->brand, &s->row[0], s->on, &s->draft, &s->why)
               : DONE;
}

static void the_forecast_is_what_the_turn_then_writes(void **state)
{
    struct fixture *f = fixture(state);
    struct foreseeing s = {.f = f, .on = day_of(2027, 1, 1)}; /* thirty days before BIANCHI's end */
    struct day_turn turn = {.mem = f};
    int64_t done = 0;
    char *before;

    if (!f)
        return;
    add_mailbox(f, "giulia.rossi@legalmail.example", 0, day_of(2027, 1, 2));
    before = all_rows(f);
    assert_int_equal(db_read(f->db, "foresee", foresee, &s), DONE);
    assert_string_equal(all_rows(f), before);
    assert_int_equal(s.count, 2);
    assert_string_equal(s.list[0].step->event, "-30");
    assert_int_equal(s.list[0].split.sent, 1);
    assert_int_equal(s.list[1].split.sent, 1);
    assert_int_equal(s.rows, 1);
    assert_string_equal(s.row[0].address, BIANCHI);
    assert_non_null(strstr(s.draft.text, BIANCHI));
    assert_non_null(strstr(s.draft.text, "31/01/2027"));
    assert_non_null(strstr(s.draft.text, "30,50"));
    assert_null(strstr(s.draft.text, "/porta/"));         /* no link that lets in */
    sql(f, "UPDATE day_done SET done_on = done_on + 11"); /* a turn every day until the last one of the year */
    set_day(f, 2027, 1, 1);
    turn.shop = &f->shop;
    turn.today = day_of(2027, 1, 1);
    assert_int_equal(day_notices(&turn, &done), DONE);
    assert_int_equal(done, 2);
    assert_int_equal(number(f, "SELECT count(*) FROM notice WHERE state = 'waiting' AND event = '-30'"), 1);
    assert_int_equal(number(f, "SELECT count(*) FROM notice WHERE state = 'waiting' AND event = '-1'"), 1);
    assert_int_equal(db_read(f->db, "foresee", foresee, &s), DONE); /* and of what is written nothing would be again */
    assert_int_equal(s.count, 0);
}

/* ---- Texts ---- */

struct writing {
    struct fixture *f;
    const struct brand *brand;
    struct wording w;
    struct day from;
    const struct actor *actor;
    struct problems faults;
    int64_t approval;
    bool waits;
    struct brand_terms accepted;
    const char *version, *sha256;
    struct problem why;
};

static enum outcome save_work(struct db_tx *tx, void *arg)
{
    struct writing *w = arg;

    w->faults = (struct problems){0};
    return wording_save(tx, w->f, w->brand, &w->w, w->actor, &w->faults);
}

static enum outcome publish_work(struct db_tx *tx, void *arg)
{
    struct writing *w = arg;

    return wording_publish_ask(tx, &w->f->shop, w->f,
                               &(struct wording_publishing){w->w.id, w->from, "più chiaro", *w->actor}, &w->approval,
                               &w->waits, &w->why);
}

static enum outcome accepted_work(struct db_tx *tx, void *arg)
{
    struct writing *w = arg;

    return wording_accepted(tx, w->f, w->brand, "terms", w->version, w->sha256, &w->accepted);
}

static enum outcome drop_work(struct db_tx *tx, void *arg)
{
    struct writing *w = arg;

    return wording_drop(tx, w->f, w->w.id, w->actor, &w->w, &w->why);
}

static struct writing text_of(struct fixture *f, const char *name, const char *language)
{
    struct writing w = {.f = f, .brand = f->brand, .actor = &CLI, .from = day_of(2026, 12, 20)};

    wording_file(f, f->brand, name, language, &w.w);
    return w;
}

static struct writing new_terms(struct fixture *f, const char *version, struct day from)
{
    struct writing w = text_of(f, "terms", "it");

    w.w.version = (char *)version;
    w.w.body = talloc_asprintf(f, "%s\nUltima clausola, della versione %s.\n", w.w.body, version);
    w.from = from;
    return w;
}

static void must(struct writing *w)
{
    if (db_transaction(w->f->db, "text.save", save_work, w) != DONE)
        fail_msg("%s %s", w->faults.item[0].field, w->faults.item[0].detail);
    if (db_transaction(w->f->db, "text.publish", publish_work, w) != DONE)
        fail_msg("%s %d %s", w->why.field, (int)w->why.code, w->why.detail);
}

/* Terms count from their day; an order keeps the words that it accepted, and finds them again, the file's and the
 * desk's. */
static void an_order_keeps_the_words_it_accepted(void **state)
{
    struct fixture *f = fixture(state);
    struct wanted_line line = {.address = BIANCHI, .choice = {.years = 1}};
    struct order_request request;
    struct placed_order placed;
    struct problem why = {0};
    struct writing w;
    char *before;

    if (!f)
        return;
    w = new_terms(f, "2027-01", day_of(2026, 12, 20));
    assert_int_equal(db_transaction(f->db, "save", save_work, &w), DONE);
    assert_int_equal(db_transaction(f->db, "publish", publish_work, &w), REFUSED); /* today is too late for today */
    assert_int_equal(w.why.code, PROBLEM_DAY_RANGE);
    w.from = day_of(2027, 1, 1);
    must(&w);
    assert_false(w.waits);
    request = request_for(f, &line, 1); /* shown and accepted by the old version */
    before = order_years(f, VERDI, 1);
    set_day(f, 2027, 1, 1);
    assert_int_equal(order(f, &request, &placed, &why), REFUSED);
    assert_int_equal(why.code, PROBLEM_TERMS);
    request.terms_version = "2027-01";
    assert_int_equal(order(f, &request, &placed, &why), DONE);
    assert_string_equal(placed.order.terms_version, "2027-01");
    w.version = placed.order.terms_version;
    w.sha256 = placed.order.terms_sha256;
    assert_int_equal(db_read(f->db, "accepted", accepted_work, &w), DONE);
    assert_non_null(strstr(w.accepted.text, "Ultima clausola, della versione 2027-01"));
    w.version = order_now(f, before).terms_version;
    w.sha256 = order_now(f, before).terms_sha256;
    assert_string_equal(w.version, f->brand->terms.version);
    assert_int_equal(db_read(f->db, "accepted", accepted_work, &w), DONE);
    assert_null(strstr(w.accepted.text, "Ultima clausola"));
    w = new_terms(f, "2027-01", day_of(2027, 2, 1)); /* a name means the same words for ever */
    assert_int_equal(db_transaction(f->db, "save", save_work, &w), REFUSED);
    assert_int_equal(w.faults.item[0].code, PROBLEM_WORDING_VERSION);
    w = new_terms(f, f->brand->terms.version, day_of(2027, 2, 1));
    assert_int_equal(db_transaction(f->db, "save", save_work, &w), REFUSED);
    assert_clean(f);
}

static void what_is_accepted_can_be_taken_back_before_its_day(void **state)
{
    struct fixture *f = fixture(state);
    struct writing w, other;

    if (!f)
        return;
    w = new_terms(f, "2027-01", day_of(2027, 1, 1));
    must(&w);
    other = new_terms(f, "2027-01b", day_of(2027, 1, 1));
    assert_int_equal(db_transaction(f->db, "save", save_work, &other), DONE);
    assert_int_equal(db_transaction(f->db, "publish", publish_work, &other), REFUSED); /* that day has one */
    assert_int_equal(other.why.code, PROBLEM_CATALOGUE_DAY);
    assert_int_equal(db_transaction(f->db, "drop", drop_work, &w), DONE);
    assert_int_equal(db_transaction(f->db, "publish", publish_work, &other), DONE);
    set_day(f, 2027, 1, 1);
    assert_int_equal(catalogue_look(&f->shop), DONE);
    assert_int_equal(number(f, "SELECT count(*) FROM event WHERE kind = 'text.published'"), 2);
    assert_int_equal(db_transaction(f->db, "drop", drop_work, &other), REFUSED); /* it has begun */
    assert_int_equal(other.why.code, PROBLEM_DAY_RANGE);
}

/* The faults a draft may have, each on its field, and the draft that is there is not touched by them. */
static void a_mail_names_only_what_it_knows(void **state)
{
    static const struct {
        const char *subject, *body, *html, *field;
        enum problem_code code;
    } WRONG[] = {
        {"", "Testo", "", "subject", PROBLEM_REQUIRED},
        {"Oggetto", " ", "", "body", PROBLEM_REQUIRED},
        {"Oggetto {{nmae}}", "Testo", "", "subject", PROBLEM_WORDING_FIELD},
        {"Oggetto", "{{#price}}{{mailbox}}, {{gross}}{{/price}} {{gross}}", "", "body", PROBLEM_WORDING_FIELD},
        {"Oggetto", "{{price.grossa}}", "", "body", PROBLEM_WORDING_FIELD},
        {"Oggetto", "{{#price}}", "", "body", PROBLEM_WORDING_TAG},
        {"Oggetto", "{{mailbox}", "", "body", PROBLEM_WORDING_TAG},
        {"Oggetto", "Testo", "<p>{{{mailbox}}}</p>", "html", PROBLEM_WORDING_RAW},
        {"Oggetto", "Testo", "{{> part/office_head}}", "html", PROBLEM_WORDING_PART},
        {"Oggetto", "Testo", "{{> part/mail_hed}}", "html", PROBLEM_WORDING_PART},
    };
    struct fixture *f = fixture(state);
    struct writing w;

    if (!f)
        return;
    w = text_of(f, "expiry_notice", "it");
    for (size_t i = 0; i < count_of(WRONG); i++) {
        w.w.subject = (char *)WRONG[i].subject;
        w.w.body = (char *)WRONG[i].body;
        w.w.html = (char *)WRONG[i].html;
        if (db_transaction(f->db, "save", save_work, &w) != REFUSED || w.faults.count != 1)
            fail_msg("%zu: %zu faults", i, w.faults.count);
        assert_string_equal(w.faults.item[0].field, WRONG[i].field);
        assert_int_equal(w.faults.item[0].code, WRONG[i].code);
    }
    assert_int_equal(number(f, "SELECT count(*) FROM text_version"), 0);
    assert_non_null(strstr(wording_leaves_out(f, f->brand, &w.w), "renew_url"));
}

/* Every mail of the files would be taken as a draft, in each language, and looks as it is sent. */
static void all_mails_of_the_files_are_good(void **state)
{
    struct fixture *f = fixture(state);
    const char **names;
    size_t count = 0;

    if (!f)
        return;
    for (names = wording_mails(f); *names; names++, count++)
        for (size_t i = 0; i < VIEW_LANGUAGES; i++) {
            struct problems faults = {0};
            struct wording_look look;
            struct problem why;
            struct wording w;

            wording_file(f, f->brand, *names, VIEW_LANGUAGE[i], &w);
            if (wording_check(f, f->brand, &w, &faults) != DONE)
                fail_msg("%s %s: %s %s", *names, VIEW_LANGUAGE[i], faults.item[0].field, faults.item[0].detail);
            assert_null(wording_leaves_out(f, f->brand, &w));
            assert_true(wording_examples(*names) > 0);
            assert_int_equal(wording_look(f, f->brand, &w, 0, &look, &why), DONE);
            assert_true(look.subject[0] && look.text[0] && look.html[0]);
        }
    assert_true(count > 50);
}

static const struct letter *mail_of_an_order(struct fixture *f, const char *address)
{
    struct post *post = post_open(f);

    order_years(f, address, 1);
    post_round(post);
    assert_int_equal(post->count, 1);
    return &post->letters[0];
}

/* A mail that was worded anew goes out so at once, from whichever process, in its language and brand alone. */
static void a_mail_is_sent_in_the_words_of_the_desk(void **state)
{
    struct fixture *f = fixture(state);
    struct writing w;
    const struct letter *mail;

    if (!f)
        return;
    w = text_of(f, "order_received", "it");
    w.w.subject = (char *)"Grazie per l'ordine {{code}}";
    w.w.body = (char *)"Gentile cliente,\r\nl'ordine {{{code}}} c'è.\r\n";
    w.w.html = (char *)"";
    must(&w);
    mail = mail_of_an_order(f, VERDI);
    assert_non_null(strstr(mail->subject, "Grazie per l'ordine 2026"));
    assert_non_null(strstr(mail->text, "l'ordine 2026"));
    assert_null(strchr(mail->text, '\r'));
    assert_null(mail->html);
    wording_file(f, f->brand, "order_received", "it", &w.w); /* back to the file's words */
    must(&w);
    mail = mail_of_an_order(f, BIANCHI);
    assert_null(strstr(mail->subject, "Grazie"));
    assert_non_null(mail->html);
    assert_int_equal(number(f, "SELECT count(*) FROM text_version WHERE state = 'published'"), 2);
}

static void a_text_needs_a_second_person(void **state)
{
    struct fixture *f = fixture(state);
    struct operator bruno = {.id = 2, .brand = (char *)"", .role = (char *)"catalogue", .name = (char *)"Bruno"};
    struct problem why = {0};
    struct writing w;

    if (!f)
        return;
    f->brand->second_person = SECOND_PERSON_USUAL;
    w = text_of(f, "expiry_notice", "en");
    w.actor = &ANNA;
    w.w.subject = (char *)"Mailbox {{mailbox}} ends";
    must(&w);
    assert_true(w.waits);
    w.w.subject = (char *)"Mailbox {{mailbox}} ends soon"; /* written once more, after it was asked for */
    assert_int_equal(db_transaction(f->db, "save", save_work, &w), DONE);
    assert_int_equal(approval_decide(&f->shop, f, w.approval, &bruno, true, "", &why), REFUSED);
    assert_int_equal(why.code, PROBLEM_WORDING_CHANGED);
    assert_int_equal(approval_decide(&f->shop, f, w.approval, &bruno, false, "riscritta", &why), DONE);
    must(&w);
    assert_int_equal(approval_decide(&f->shop, f, w.approval, &bruno, true, "", &why), DONE);
    assert_int_equal(number(f, "SELECT count(*) FROM text_version WHERE state = 'published' AND decided_by = "
                               "'operator:2' AND written_by = 'operator:1'"),
                     1);
}

static void lines_that_differ_are_told(void **state)
{
    json_t *rows = wording_diff(NULL, "a\nb\nc\nd\ne\nf\ng\n", "a\nb\nc\nd\nE\nf\ng\nh\n");

    assert_int_equal(json_array_size(rows), 8); /* 2 skipped, c d -e +E f g +h: what is near */
    assert_int_equal(json_integer_value(json_object_get(json_array_get(rows, 0), "skipped")), 2);
    assert_true(json_is_true(json_object_get(json_array_get(rows, 3), "gone")));
    assert_true(json_is_true(json_object_get(json_array_get(rows, 4), "added")));
    assert_true(json_is_true(json_object_get(json_array_get(rows, 7), "added")));
    json_decref(rows);
    (void)state;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_order_keeps_the_words_it_accepted),
        cmocka_unit_test(what_is_accepted_can_be_taken_back_before_its_day),
        cmocka_unit_test(a_mail_names_only_what_it_knows),
        cmocka_unit_test(all_mails_of_the_files_are_good),
        cmocka_unit_test(a_mail_is_sent_in_the_words_of_the_desk),
        cmocka_unit_test(a_text_needs_a_second_person),
        cmocka_unit_test(lines_that_differ_are_told),
        cmocka_unit_test(a_price_counts_from_its_day_in_every_process),
        cmocka_unit_test(a_confirmed_order_keeps_its_price),
        cmocka_unit_test(what_may_not_be_dated_is_refused),
        cmocka_unit_test(the_next_day_is_too_soon_late_at_night),
        cmocka_unit_test(what_has_not_begun_can_be_taken_back),
        cmocka_unit_test(an_operator_needs_a_second_one),
        cmocka_unit_test(a_sale_says_when_and_for_how_long),
        cmocka_unit_test(its_effect_is_known_before),
        cmocka_unit_test(a_charge_is_priced_by_its_own_day),
        cmocka_unit_test(the_forecast_is_what_the_turn_then_writes),
    };

    return FLOW(tests);
}
