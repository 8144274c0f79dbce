#include "flow/fixture.h"
#include "base/embedded.h"
#include "paper/invoice.h"
#include "shop/catalogue.h"
#include "shop/held_act.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>
#include <unistd.h>

static enum db_engine engine;

/* Made once a program: a migrated database of each engine, of which a test gets a copy, and the views. */
static struct {
    void *mem;
    char *database[DB_POSTGRES + 1];
    struct brands brands;
    struct views *views;
} model;

static int set_up(void **state)
{
    *state = talloc_new(NULL);
    return 0;
}

static int tear_down(void **state)
{
    talloc_free(*state);
    return 0;
}

int flow_main(const char *name, const struct CMUnitTest *tests, size_t count)
{
    struct CMUnitTest *both = talloc_array(NULL, struct CMUnitTest, (unsigned)count);
    int failed = 0;

    model.mem = talloc_new(NULL);
    for (size_t i = 0; i < count; i++) {
        both[i] = tests[i];
        both[i].setup_func = set_up;
        both[i].teardown_func = tear_down;
    }
    for (engine = DB_SQLITE; engine <= DB_POSTGRES; engine++) {
        char *group = talloc_asprintf(both, "%s, %s", name, engine == DB_SQLITE ? "SQLite" : "PostgreSQL");

        failed += _cmocka_run_group_tests(group, both, count, NULL, NULL);
    }
    talloc_free(model.mem);
    talloc_free(both);
    paper_forget_fonts();
    return failed;
}

/* ---- The database ---- */

struct db *fixture_open_db(void *mem, const char *url)
{
    struct problem why = {0};
    struct db *db = NULL;
    enum outcome o = db_open(mem, url, 8, &db, &why);

    if (o != DONE)
        fail_msg("db_open: %d %s", o, why.detail);
    return db;
}

static void migrate(struct db *db)
{
    size_t count;
    const struct embedded_file *file = embedded_below("sql/", &count);
    struct db_migration *all = talloc_array(NULL, struct db_migration, (unsigned)count);
    struct problem why = {0};
    int applied;

    for (size_t i = 0; i < count; i++)
        all[i] = (struct db_migration){file[i].name, file[i].bytes};
    if (db_migrate(db, all, count, true, &applied, &why) != DONE)
        fail_msg("db_migrate: %s", why.detail);
    talloc_free(all);
}

/* A copy of the engine's model. */
static char *new_database(void *mem)
{
    char **made = &model.database[engine];

    if (!*made && (*made = test_database(model.mem, engine))) {
        struct db *db = fixture_open_db(NULL, *made);

        migrate(db);
        db_close(db);
    }
    return *made ? test_database_like(mem, *made) : NULL;
}

static struct views *views_of_all(void)
{
    struct problem why = {0};

    if (!model.views && (brands_load(model.mem, NULL, &model.brands, &why) != DONE ||
                         views_load(model.mem, &model.brands, &model.views, &why) != DONE))
        fail_msg("%s", why.detail);
    return model.views;
}

static int remove_files(char *folder)
{
    char *command = talloc_asprintf(NULL, "rm -rf -- '%s'", folder);

    if (system(command) != 0)
        print_error("%s stays\n", folder);
    talloc_free(command);
    return 0;
}

/* The folder is made with the first file. */
static struct files files_of(struct fixture *f)
{
    static const unsigned char KEY[FILES_KEY] = "a key that only the tests know.";
    static int count;
    char *folder = talloc_asprintf(f, "%s/casella-flow-%ld-%d", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp",
                                   (long)getpid(), count++);

    talloc_set_destructor(folder, remove_files);
    return (struct files){.folder = folder, .key = KEY};
}

struct fixture *fixture(void **state)
{
    struct fixture *f = talloc_zero(*state, struct fixture);
    struct problem why = {0};

    if (!(f->url = new_database(f))) {
        skip();
        return NULL;
    }
    f->db = fixture_open_db(f->url, f->url); /* closed before its database goes */
    if (brands_load(f, NULL, &f->brands, &why) != DONE)
        fail_msg("%s", why.detail);
    catalogue_follow(f->db, &f->brands);
    f->views = views_of_all();
    f->brand = (struct brand *)brand_by_id(&f->brands, "legalmail");
    f->files = files_of(f);
    f->shop =
        (struct shop){.db = f->db, .brands = &f->brands, .files = &f->files, .public_url = "https://shop.example"};
    set_day(f, 2026, 12, 20);
    add_mailbox(f, VERDI, 0, day_of(2027, 3, 15));
    add_mailbox(f, BIANCHI, 0, day_of(2027, 1, 31));
    /* The day has turned, and of what tests add nothing is new to it: mails are those that a test asks for. */
    for (size_t i = 0; i < f->brands.count; i++)
        sql(f, talloc_asprintf(f,
                               "INSERT INTO day_done (brand, task, done_on, last_mailbox) VALUES ('%s', 'notices', "
                               "%d, 9000000000000000)",
                               f->brands.all[i].id, day_of(2026, 12, 20).n));
    return f;
}

struct statement_of_sql {
    struct fixture *f;
    const char *text;
    int64_t number;
    char *words;
};

static enum outcome run_sql(struct db_tx *tx, void *arg)
{
    return db_exec(tx, NULL, ((struct statement_of_sql *)arg)->text);
}

static enum outcome run_number(struct db_tx *tx, void *arg)
{
    struct statement_of_sql *s = arg;

    return db_number(tx, &s->number, s->text);
}

static enum outcome run_words(struct db_tx *tx, void *arg)
{
    static const struct db_column WORDS[] = {DB_TEXT(struct statement_of_sql, words), DB_END};
    struct statement_of_sql *s = arg;

    return db_one(tx, s->f, WORDS, s, s->text);
}

void sql(struct fixture *f, const char *text)
{
    struct statement_of_sql s = {.f = f, .text = text};

    if (db_transaction(f->db, "test", run_sql, &s) != DONE)
        fail_msg("%s", text);
}

int64_t number(struct fixture *f, const char *text)
{
    struct statement_of_sql s = {.f = f, .text = text};

    if (db_read(f->db, "test", run_number, &s) != DONE)
        fail_msg("%s", text);
    return s.number;
}

char *words(struct fixture *f, const char *text)
{
    struct statement_of_sql s = {.f = f, .text = text};

    if (db_read(f->db, "test", run_words, &s) != DONE)
        fail_msg("%s", text);
    return s.words;
}

static enum outcome move_clock(struct db_tx *tx, void *arg)
{
    struct problem why;

    return db_set_clock(tx, *(struct instant *)arg, &why);
}

void set_clock(struct fixture *f, struct instant now)
{
    assert_int_equal(db_transaction(f->db, "clock", move_clock, &now), DONE);
}

void set_day(struct fixture *f, int year, int month, int day)
{
    set_clock(f, rome_at(day_of(year, month, day), 12, 0, 0));
}

void assert_day(struct day is, int year, int month, int day)
{
    char a[DAY_TEXT], b[DAY_TEXT];

    assert_string_equal(day_iso(is, a), day_iso(day_of(year, month, day), b));
}

int64_t mails_of(struct fixture *f, const char *template)
{
    return number(f,
                  talloc_asprintf(f, "SELECT count(*) FROM outbox WHERE kind = 'mail' AND template = '%s'", template));
}

static enum outcome seal(struct db_tx *tx, void *arg)
{
    int sealed;

    return events_seal(tx, arg, 1000, &sealed);
}

void seal_events(struct fixture *f)
{
    assert_int_equal(db_transaction(f->db, "seal", seal, f), DONE);
}

char *pdf(void *mem, const char *comment)
{
    char *body = talloc_asprintf(mem, "%%PDF-1.4\n%% %s\n1 0 obj\n<< /Type /Catalog >>\nendobj\n", comment);

    return talloc_asprintf(
        mem, "%sxref\n0 1\n0000000000 65535 f \ntrailer\n<< /Root 1 0 R /Size 2 >>\nstartxref\n%zu\n%%%%EOF\n", body,
        strlen(body));
}

/* ---- Mailboxes ---- */

static enum outcome insert_mailbox(struct db_tx *tx, void *arg)
{
    return mailbox_insert(tx, arg);
}

int64_t add_mailbox(struct fixture *f, const char *address, int plan, struct day ends_on)
{
    struct mailbox m = {.brand = (char *)f->brand->id,
                        .address = (char *)address,
                        .user_id = (char *)"",
                        .plan = (char *)f->brand->plans[plan].id,
                        .password_hash = (char *)"",
                        .status = (char *)"live",
                        .activated_on = day_add_months(ends_on, -12, 0),
                        .first_expires_on = ends_on,
                        .term = {ends_on, day_split(ends_on).day},
                        .allowed = term_allows(ends_on, &f->brand->renewal),
                        .convention = (char *)"",
                        .domain = (char *)"",
                        .holder = somebody("titolare@posta.example")};

    assert_int_equal(db_transaction(f->db, "mailbox", insert_mailbox, &m), DONE);
    return m.id;
}

struct find {
    struct fixture *f;
    const char *name;
    struct mailbox mailbox;
    struct order order;
};

static enum outcome find_mailbox(struct db_tx *tx, void *arg)
{
    struct find *find = arg;

    return mailbox_by_address(tx, find->f, find->name, &find->mailbox);
}

struct mailbox mailbox(struct fixture *f, const char *address)
{
    struct find find = {.f = f, .name = address};

    assert_int_equal(db_read(f->db, "mailbox", find_mailbox, &find), DONE);
    return find.mailbox;
}

/* ---- Orders ---- */

struct billing somebody(const char *email)
{
    return (struct billing){.kind = HOLDER_PERSON,
                            .name = "Maria Verdi",
                            .tax_code = "VRDMRA80A41H501U",
                            .vat_number = "",
                            .street = "Via Appia Nuova 12",
                            .postcode = "00183",
                            .city = "Roma",
                            .province = "RM",
                            .country = "IT",
                            .sdi_code = "",
                            .sdi_pec = "",
                            .email = email};
}

struct order_request request_for(struct fixture *f, const struct wanted_line *lines, size_t count)
{
    return (struct order_request){.brand = f->brand,
                                  .actor = {"cli", "system"},
                                  .lines = lines,
                                  .line_count = count,
                                  .payment_method = "bank_transfer",
                                  .billing = somebody("cliente@posta.example"),
                                  .terms_accepted = true,
                                  .terms_version = f->brand->terms.version,
                                  .language = "it",
                                  .expected = {-1}};
}

struct placing {
    void *mem;
    const struct order_request *request;
    struct placed_order *placed;
    struct problem *why;
};

static enum outcome place(struct db_tx *tx, void *arg)
{
    struct placing *p = arg;

    return place_order(tx, p->mem, p->request, p->placed, p->why);
}

enum outcome order(struct fixture *f, const struct order_request *request, struct placed_order *placed,
                   struct problem *why)
{
    return db_transaction(f->db, "order", place, &(struct placing){f, request, placed, why});
}

char *order_years(struct fixture *f, const char *address, int years)
{
    struct wanted_line line = {.address = address, .choice = {.years = years}};
    struct order_request request = request_for(f, &line, 1);
    struct placed_order placed;
    struct problem why = {0};

    if (order(f, &request, &placed, &why) != DONE)
        fail_msg("%s: %s %s", address, problem_slug(why.code), why.detail);
    return placed.order.code;
}

static enum outcome find_order(struct db_tx *tx, void *arg)
{
    struct find *find = arg;

    return order_by_code(tx, find->f, find->name, &find->order);
}

struct order order_now(struct fixture *f, const char *code)
{
    struct find find = {.f = f, .name = code};

    assert_int_equal(db_read(f->db, "order", find_order, &find), DONE);
    return find.order;
}

/* ---- Payments ---- */

struct paying {
    struct fixture *f;
    const struct transfer *payment;
    const char *fingerprint;
    struct settled_entry settled;
};

static enum outcome settle(struct db_tx *tx, void *arg)
{
    struct paying *p = arg;
    const struct transfer *wanted = p->payment;
    char text[MONEY_TEXT];
    const char *pieces[] = {wanted->text};
    struct statement_payment payment = {.amount = money(wanted->cents),
                                        .amount_fits = true,
                                        .amount_text = money_decimal(money(wanted->cents), text),
                                        .currency = wanted->currency ? wanted->currency : "EUR",
                                        .status = ENTRY_BOOKED,
                                        .credit = true,
                                        .booked_on = wanted->on,
                                        .value_on = wanted->on,
                                        .debtor = "Maria Verdi",
                                        .debtor_iban = "",
                                        .end_to_end_id = "",
                                        .bank_reference = "",
                                        .return_reason = "",
                                        .remittance = wanted->text,
                                        .pieces = pieces,
                                        .piece_count = 1};
    struct bank_statement statement = {.account = (char *)IBAN,
                                       .name = (char *)"prova",
                                       .format = (char *)"camt.053.001.08",
                                       .opening = (char *)"",
                                       .closing = (char *)"",
                                       .booked = payment.amount,
                                       .entries = 1,
                                       .balanced = true};

    TRY(bank_statement_insert(tx, &statement));
    return settle_payment(tx, p->f, &p->f->brands,
                          &(struct settlement){.statement_id = statement.id,
                                               .account = wanted->account ? wanted->account : IBAN,
                                               .payment = &payment,
                                               .fingerprint = p->fingerprint,
                                               .actor = {"cli", "system"}},
                          &p->settled);
}

struct settled_entry pay(struct fixture *f, const struct transfer *payment)
{
    struct paying p = {f, payment, payment->fingerprint, {0}};

    if (!p.fingerprint)
        p.fingerprint = talloc_asprintf(f, "payment %d", f->payments++);
    assert_int_equal(db_transaction(f->db, "settle", settle, &p), DONE);
    return p.settled;
}

struct found_late {
    struct fixture *f;
    const char *code;
};

static enum outcome place_work(struct db_tx *tx, void *arg)
{
    const struct found_late *p = arg;
    struct held_share share = {.way = HELD_TO_ORDER, .order = p->code};
    struct held_decision decision = {.shares = &share,
                                     .count = 1,
                                     .whole = true,
                                     .placed = money(-1),
                                     .note = "bonifico partito in tempo",
                                     .brand = "",
                                     .actor = {"office", "operator:1"}};
    struct problems faults = {0};
    struct bank_entry entry;

    TRY(db_number(tx, &decision.entry_id, "SELECT max(id) FROM bank_entry"));
    return held_decide(tx, p->f, &p->f->brands, &decision, &entry, &faults);
}

void place_held(struct fixture *f, const char *code)
{
    struct found_late p = {f, code};

    assert_int_equal(db_transaction(f->db, "place", place_work, &p), DONE);
}

/* ---- Audits ---- */

void assert_clean(struct fixture *f)
{
    struct audit_report report;

    assert_int_equal(audit(&f->shop, f, &report), DONE);
    for (size_t i = 0; i < report.count; i++)
        print_error("%s: %s\n", report.faults[i].invariant, report.faults[i].what);
    assert_int_equal(report.count, 0);
}

char *all_rows(struct fixture *f)
{
    static const char *const TABLES[] = {
        "shop_order", "order_line", "bank_entry", "ledger_entry", "invoice", "event",  "outbox",       "mailbox",
        "payment",    "refund",     "wallet",     "wallet_entry", "proof",   "cheque", "notification", "instrument"};
    char *all = talloc_strdup(f, "");

    for (size_t i = 0; i < count_of(TABLES); i++)
        all = talloc_asprintf_append(all, "%s %" PRId64 "\n", TABLES[i],
                                     number(f, talloc_asprintf(f, "SELECT count(*) FROM %s", TABLES[i])));
    return talloc_asprintf_append(
        all, "%" PRId64 " %" PRId64,
        number(
            f,
            "SELECT CAST(coalesce(sum(expires_on + extra_gb + coalesce(open_order_id, 0)), 0) AS BIGINT) FROM mailbox"),
        number(f, "SELECT CAST(coalesce(sum(coalesce(settled_at, 0) + coalesce(cancelled_at, 0)), 0) AS BIGINT) FROM "
                  "shop_order"));
}
