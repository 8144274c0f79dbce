/* bench/day.c: the day's turn over a whole population, next to the bare statements that read, change and insert as many
 * rows.
 *
 *     bench-day [MAILBOXES [MAILBOXES-ON-POSTGRESQL]]        5000000 and 1000000
 *
 * Terms end evenly over a year, so on each day one in 365 crosses each step of the plan. Each measurement is a
 * transaction that is taken back, ours and the bare one in turns. At a fifth, a half and the whole of the population
 * the same day is turned. */
#include "shop/day.h"
#include "house.h"
#include "measure.h"
#include "store/notice_parts.h"
#include "support/databases.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <talloc.h>

#define TURNS    5
#define AT_ONCE  20000 /* mailboxes a transaction */
#define EXPIRED  91    /* of the year of ends, so many days are behind */
#define ONE_STEP "-30"

struct bench {
    struct house *house;
    bool postgres;
    int64_t mailboxes;
    struct day today;
    struct notice_rule rule; /* one step's */
    double ours, bare;       /* seconds of the last transaction */
    double memory;           /* of the last day, its peak */
    int64_t rows;
};

/* ---- The population ---- */

/* Numbers $1 + 1 … $1 + $2, as a table `n`. */
#define NUMBERS_SQLITE   "WITH RECURSIVE n(i) AS (SELECT $1 + 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1 + $2) "
#define NUMBERS_POSTGRES "WITH n(i) AS (SELECT generate_series($1 + 1, $1 + $2)) "

#define ACCOUNTS(numbers)                                                                                              \
    "INSERT INTO account (id, brand, email, name, password_hash, created_at) " numbers                                 \
    "SELECT i, 'legalmail', 'utente-' || i || '@posta.example', 'Mario Rossi', '', 0 FROM n WHERE i % 10 = 0"
#define HOLDERS(numbers)                                                                                               \
    "INSERT INTO holder (id, brand, kind, name, tax_code, vat_number, contact_email, street, postcode, city, "         \
    "province, country, sdi_code, sdi_pec) " numbers "SELECT i, 'legalmail', 'person', 'Mario Rossi', 'RSSMRA' || i, " \
    "'', 'titolare-' || i || '@posta.example', 'Via Roma 1', '00144', 'Roma', 'RM', 'IT', '', '' FROM n"
/* Addresses come in no order, as people do; every tenth account has ten mailboxes. */
#define BOXES(numbers)                                                                                                 \
    "INSERT INTO mailbox_row (id, brand_no, local, domain_no, user_id, holder_id, account_id, plan, quota_mb, "        \
    "password_hash, status, "                                                                                          \
    "activated_on, first_expires_on, expires_on, anchor_day, send_until, receive_until, read_until, renew_until) "     \
    "SELECT i, " WORD_NO("'legalmail'") ", 'm.' || (i * 7919 % 99999989), " WORD_NO(                                   \
        "'legalmail.example'") ", '', i, (i + 9) / 10 * 10, "                                                          \
                               "'bronze', 5120, '', 'live', d - 365, d, d, d % 28 + 1, d, d, d + 90, d + 90 FROM "     \
                               "(" numbers "SELECT i, $3 + i * 7919 % 365 AS d FROM n) ends"

struct filling {
    struct bench *b;
    int64_t from, count;
};

static enum outcome fill(struct db_tx *tx, void *arg)
{
    const struct filling *f = arg;
    struct db_value from = db_int(f->from), count = db_int(f->count), first = db_day(day_plus(f->b->today, -EXPIRED));

    TRY(db_exec(tx, NULL,
                "INSERT INTO word (name) VALUES ('legalmail'), ('legalmail.example') ON CONFLICT DO NOTHING"));
    if (f->b->postgres) {
        TRY(db_exec(tx, NULL, ACCOUNTS(NUMBERS_POSTGRES), from, count));
        TRY(db_exec(tx, NULL, HOLDERS(NUMBERS_POSTGRES), from, count));
        return db_exec(tx, NULL, BOXES(NUMBERS_POSTGRES), from, count, first);
    }
    TRY(db_exec(tx, NULL, ACCOUNTS(NUMBERS_SQLITE), from, count));
    TRY(db_exec(tx, NULL, HOLDERS(NUMBERS_SQLITE), from, count));
    return db_exec(tx, NULL, BOXES(NUMBERS_SQLITE), from, count, first);
}

static enum outcome analyse(struct db_tx *tx, void *arg)
{
    (void)arg;
    return db_exec(tx, NULL, "ANALYZE"); /* as autovacuum does in time */
}

static void populate(struct bench *b, int64_t mailboxes)
{
    double start = now_seconds();
    int64_t before = b->mailboxes;

    while (b->mailboxes < mailboxes) {
        int64_t left = mailboxes - b->mailboxes;

        house_write(b->house, fill, &(struct filling){b, b->mailboxes, left < AT_ONCE ? left : AT_ONCE});
        b->mailboxes += left < AT_ONCE ? left : AT_ONCE;
        fprintf(stderr, "\rpopulation: %" PRId64 "\033[K", b->mailboxes);
    }
    fprintf(stderr, "\r\033[K");
    if (b->postgres)
        house_write(b->house, analyse, NULL);
    printf("  population %" PRId64 ": %.0f s for %" PRId64 " more\n", mailboxes, now_seconds() - start,
           mailboxes - before);
}

#define CLEARED_AT_ONCE "5000"

/* A part of what the last day left; *arg is how much. All at once, the memory for taking it back would be the bench's
 * peak. */
static enum outcome clear_some(struct db_tx *tx, void *arg)
{
    static const char *const LEFT[] = {"outbox", "event", "notice"};
    int64_t *cleared = arg, rows;

    *cleared = 0;
    for (size_t i = 0; i < count_of(LEFT); i++) {
        char sql[120];

        snprintf(sql, sizeof sql, "DELETE FROM %s WHERE id IN (SELECT id FROM %s LIMIT " CLEARED_AT_ONCE ")", LEFT[i],
                 LEFT[i]);
        TRY(db_exec(tx, &rows, sql));
        *cleared += rows;
    }
    return DONE;
}

/* At once: rows that are dead but not yet swept make PostgreSQL believe that the tables are empty, and plan so. */
static enum outcome clear_all(struct db_tx *tx, void *arg)
{
    (void)arg;
    return db_exec(tx, NULL, "TRUNCATE outbox, event, notice CASCADE");
}

static enum outcome set_turned(struct db_tx *tx, void *arg)
{
    struct bench *b = arg;

    TRY(db_exec(tx, NULL, "DELETE FROM day_done"));
    return db_exec(tx, NULL,
                   "INSERT INTO day_done (brand, task, done_on, last_mailbox) VALUES ('legalmail', 'notices', $1, $2)",
                   db_day(day_plus(b->today, -1)), db_int(b->mailboxes));
}

/* Turned up to the day before; the next turn has exactly one day to do. */
static void turn_back(struct bench *b)
{
    int64_t cleared = 0;

    if (b->postgres)
        house_write(b->house, clear_all, NULL);
    else
        do
            house_write(b->house, clear_some, &cleared);
        while (cleared);
    house_write(b->house, set_turned, b);
}

/* ---- Ours next to the bare statement, each in a transaction that is taken back ---- */

static enum outcome nothing(struct db_tx *tx)
{
    int64_t one;

    return db_number(tx, &one, "SELECT 1"); /* what was sent along without waiting has been done once this answers */
}

#define BARE_RANGE "FROM mailbox_row WHERE brand_no = " WORD_NO("$1") " AND expires_on > $2 AND expires_on <= $3"
#define RANGE(b)   db_text((b)->rule.brand), db_day((b)->rule.after), db_day((b)->rule.until)

static enum outcome find(struct db_tx *tx, void *arg)
{
    struct bench *b = arg;
    int64_t bare, ours;
    double start = now_seconds();

    TRY(db_number(tx, &bare,
                  "SELECT sum(id) - sum(id) + count(auto_renew) " BARE_RANGE " AND status <> 'ceased' AND "
                  "status <> 'deleted'",
                  RANGE(b)));
    b->bare = now_seconds() - start;
    start = now_seconds();
    TRY(notices_count(tx, &b->rule, &ours));
    b->ours = now_seconds() - start;
    b->rows = ours;
    return bare == ours ? REFUSED : BROKEN;
}

static enum outcome insert_ours(struct db_tx *tx, void *arg)
{
    struct bench *b = arg;
    struct notices_made made;
    double start = now_seconds();

    TRY(notices_record(tx, &b->rule, &made));
    TRY(nothing(tx));
    b->ours = now_seconds() - start;
    b->rows = made.noted + made.mails;
    return REFUSED;
}

/* As many notices and as many mails, with nothing looked up and nothing decided. */
static enum outcome insert_bare(struct db_tx *tx, void *arg)
{
    struct bench *b = arg;
    int64_t notices, mails;
    double start = now_seconds();

    TRY(db_exec(
        tx, &notices,
        "INSERT INTO notice (mailbox_id, expires_on, event, noted_on, template, state, language, sent_to, copy_to) "
        "SELECT id, expires_on, '-30', $4, 'expiry_notice', 'waiting', 'it', local || '@legalmail.example', "
        "'' " BARE_RANGE " AND status <> 'ceased' AND status <> 'deleted'",
        RANGE(b), db_day(b->today)));
    for (int to = 0; to < 2; to++) /* the holder, the account */
        TRY(db_exec(
            tx, &mails,
            "INSERT INTO outbox (brand, kind, template, recipient, language, data, state, attempts, due_at, lease, "
            "last_error, created_at) SELECT $1, 'mail', 'expiry_notice', local || '@legalmail.example', 'it', "
            "'{\"notice\":1234567}', "
            "'waiting', 0, $4, '', '', $4 " BARE_RANGE " AND status <> 'ceased' AND status <> 'deleted'",
            RANGE(b), db_instant(clock_now())));
    b->bare = now_seconds() - start;
    return notices + 2 * mails == b->rows ? REFUSED : BROKEN;
}

static enum outcome change_ours(struct db_tx *tx, void *arg)
{
    struct bench *b = arg;
    struct notices_made made;
    int64_t mark;
    double start;

    TRY(notices_mark(tx, &mark));
    TRY(notices_record(tx, &b->rule, &made)); /* whom it is about, as endings_cease has them */
    TRY(nothing(tx));
    start = now_seconds();
    TRY(endings_mark(tx, mark));
    TRY(nothing(tx));
    b->ours = now_seconds() - start;
    b->rows = made.noted;
    return REFUSED;
}

static enum outcome change_bare(struct db_tx *tx, void *arg)
{
    struct bench *b = arg;
    double start = now_seconds();
    int64_t rows;

    TRY(db_exec(tx, &rows,
                "UPDATE mailbox_row SET status = 'ceased' WHERE brand_no = " WORD_NO(
                    "$1") " AND expires_on > $2 AND expires_on <= $3 "
                          "AND status <> 'ceased' AND status <> 'deleted'",
                RANGE(b)));
    b->bare = now_seconds() - start;
    return rows == b->rows ? REFUSED : BROKEN;
}

static void run(struct bench *b, db_work *work)
{
    if (db_transaction_rows(b->house->db, "bench", work, b) != REFUSED)
        give_up("the statements disagree, or failed");
}

/* Bare seconds in *bare; the median of ours. */
static double in_turns(struct bench *b, db_work *ours, db_work *bare, double *bare_seconds)
{
    double mine[TURNS], theirs[TURNS];

    run(b, ours); /* once for the caches, each */
    if (bare)
        run(b, bare);
    for (int i = 0; i < TURNS; i++) {
        run(b, ours);
        if (bare)
            run(b, bare);
        mine[i] = b->ours;
        theirs[i] = b->bare;
    }
    *bare_seconds = median(theirs, TURNS);
    return median(mine, TURNS);
}

static bool compare(struct bench *b)
{
    double bare, ours = in_turns(b, find, NULL, &bare);
    bool met = at_most(1.5, ours / bare, "  finding %" PRId64 " of %" PRId64 ", %.1f ms, to the bare select", b->rows,
                       b->mailboxes, ours * 1e3);

    ours = in_turns(b, insert_ours, insert_bare, &bare);
    met &= at_least(0.5, bare / ours, "  notices and their mails, %" PRId64 " rows, %.0f a second, to the bare insert",
                    b->rows, (double)b->rows / ours);
    ours = in_turns(b, change_ours, change_bare, &bare);
    return at_most(1.3, ours / bare, "  changing %" PRId64 ", %.0f a second, to the bare update", b->rows,
                   (double)b->rows / ours) &&
           met;
}

/* ---- The whole day ---- */

static double whole_day(struct bench *b)
{
    struct day_turn turn = {0};
    struct day_summary summary;
    void *mem = talloc_new(NULL);
    double start, took;
    int64_t notices;

    turn_back(b);
    peak_forget();
    start = now_seconds();
    if (day_run(&b->house->shop, mem, &turn, false, &summary) != DONE || summary.put_off)
        give_up("the day does not turn (between two and three it never does)");
    took = now_seconds() - start;
    b->memory = peak_mib();
    notices = day_did(&summary, "notices");
    printf("  the day of %" PRId64 " mailboxes: %.2f s, %" PRId64 " notices, %.1f us each; memory %.0f MiB\n",
           b->mailboxes, took, notices, notices ? took * 1e6 / (double)notices : 0, b->memory);
    fflush(stdout);
    talloc_free(mem);
    turn_back(b); /* nobody was told */
    return notices ? took / (double)notices : 0;
}

struct size {
    const char *what;
    int64_t bytes;
};

static enum outcome weigh(struct db_tx *tx, void *arg)
{
    struct size *s = arg;

    return db_number(tx, &s->bytes, "SELECT coalesce(sum(pgsize), 0) FROM dbstat WHERE aggregate = TRUE AND name = $1",
                     db_text(s->what));
}

static bool weights(struct bench *b)
{
    static const char *const PARTS[] = {
        "word",           "mailbox_row",    "mailbox_live_address", "mailbox_account",
        "mailbox_expiry", "mailbox_ceased", "mailbox_user_id",      "mailbox_tombstone"};
    int64_t all = 0;

    for (size_t i = 0; i < sizeof PARTS / sizeof *PARTS; i++) {
        struct size s = {.what = PARTS[i]};

        if (db_read(b->house->db, "bench", weigh, &s) != DONE)
            give_up("this SQLite has no dbstat");
        all += s.bytes;
        printf("  %s: %.1f bytes a mailbox\n", s.what, (double)s.bytes / (double)b->mailboxes);
    }
    return at_most(150, (double)all / (double)b->mailboxes, "  bytes a mailbox with all its indexes");
}

static bool engine(void *mem, const char *url, int64_t mailboxes, const char *name)
{
    struct bench b = {.house = house_open(mem, url, 2), .postgres = url != NULL, .today = rome_day(clock_now())};
    static const int SHARE[] = {20, 50, 100};
    double memory = 0, each[3];
    bool met = true;

    printf("%s\n", name);
    b.rule = (struct notice_rule){.brand = "legalmail",
                                  .event = ONE_STEP,
                                  .template = "expiry_notice",
                                  .charge_template = "charge_notice",
                                  .after = day_plus(b.today, 29),
                                  .until = day_plus(b.today, 30),
                                  .later = day_plus(b.today, 15),
                                  .later_charged = day_plus(b.today, 15),
                                  .mailed = true,
                                  .to_holder = true,
                                  .to_account = true};
    for (int i = 0; i < 3; i++) {
        populate(&b, mailboxes * SHARE[i] / 100);
        each[i] = whole_day(&b);
        if (i == 1) /* by then the caches of pages are full */
            memory = b.memory;
        if (i == 2)
            met &= at_most(1.2, b.memory / memory, "  memory at the whole population, to that at half");
        if (i == 2) /* of fewer rows each takes a millisecond, and says little */
            met &= compare(&b);
    }
    printf("  cost of a notice at the whole population, to that at a fifth: %.2f\n", each[2] / each[0]);
    if (!url)
        met &= weights(&b);
    house_close(b.house);
    return met;
}

int main(int argc, char **argv)
{
    int64_t mailboxes = argc > 1 ? strtoll(argv[1], NULL, 10) : 5000000;
    int64_t on_postgres = argc > 2 ? strtoll(argv[2], NULL, 10) : argc > 1 ? mailboxes : 1000000;
    void *mem = talloc_new(NULL);
    char *url;
    bool met;

    if (mailboxes < 1000 || on_postgres < 0) {
        fprintf(stderr, "usage: %s [MAILBOXES [MAILBOXES-ON-POSTGRESQL]]\n", argv[0]);
        return 2;
    }
    met = engine(mem, NULL, mailboxes, "SQLite");
    url = on_postgres ? test_database(mem, DB_POSTGRES) : NULL;
    if (url)
        met &= engine(mem, url, on_postgres, "PostgreSQL");
    else
        printf("PostgreSQL: not measured\n");
    talloc_free(mem);
    return met ? 0 : 1;
}
