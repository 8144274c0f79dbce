/* bench/reports.c: the desk's reports over a whole population, next to one bare reading of its mailboxes.
 *
 *     bench-reports [MAILBOXES [MAILBOXES-ON-POSTGRESQL]]        1000000 and 1000000
 *
 * Terms end evenly over two years, one behind and one ahead; each that is behind was renewed once, which stands in the
 * sums by day, as the day's turn leaves them. */
#include "house.h"
#include "measure.h"
#include "shop/report.h"
#include "store/mailbox.h"
#include "support/databases.h"
#include <inttypes.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#define TURNS   5
#define AT_ONCE 20000

struct bench {
    struct house *house;
    bool postgres;
    int64_t from, count;
    struct day today;
    const struct report_kind *kind;
};

#define NUMBERS_SQLITE   "WITH RECURSIVE n(i) AS (SELECT $1 + 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1 + $2) "
#define NUMBERS_POSTGRES "WITH n(i) AS (SELECT generate_series($1 + 1, $1 + $2)) "
#define HOLDERS(numbers)                                                                                               \
    "INSERT INTO holder (id, brand, kind, name, tax_code, vat_number, contact_email, street, postcode, city, "         \
    "province, country, sdi_code, sdi_pec) " numbers "SELECT i, 'legalmail', 'person', 'Mario Rossi', 'RSSMRA' || i, " \
    "'', 'titolare-' || i || '@posta.example', 'Via Roma 1', '00144', 'Roma', 'RM', 'IT', '', '' FROM n"
#define BOXES(numbers)                                                                                                 \
    "INSERT INTO mailbox_row (id, brand_no, local, domain_no, user_id, holder_id, plan, quota_mb, password_hash, "     \
    "status, "                                                                                                         \
    "activated_on, first_expires_on, expires_on, anchor_day, send_until, receive_until, read_until, renew_until) "     \
    "SELECT i, " WORD_NO("'legalmail'") ", 'm.' || (i * 7919 % 99999989), " WORD_NO(                                   \
        "'legalmail.example'") ", '', i, CASE i % 3 WHEN 0 THEN "                                                      \
                               "'bronze' WHEN 1 THEN 'silver' ELSE 'gold' END, 5120, '', CASE WHEN d < $3 - 100 THEN " \
                               "'ceased' ELSE 'live' END, "                                                            \
                               "d - 365, d, d, d % 28 + 1, d, d, d + 90, d + 90 FROM (" numbers                        \
                               "SELECT i, $3 - 365 + i * 7919 % 730 AS d FROM "                                        \
                               "n) ends"
#define SUMS(numbers)                                                                                                  \
    "INSERT INTO tally_renewal (brand, ended_on, lag, renewals) " numbers                                              \
    "SELECT 'legalmail', $3 - 365 + i / 150, i % 150 - 90, 10 FROM n"
#define INCOME(numbers)                                                                                                \
    "INSERT INTO tally_income (brand, on_day, kind, method, convention, documents, net_cents) " numbers                \
    "SELECT 'legalmail', $3 - 365 + i / 3, 'renewal', 'method-' || (i % 3), '', 900, 2250000 FROM n"

static enum outcome fill(struct db_tx *tx, void *arg)
{
    const struct bench *b = arg;
    struct db_value from = db_int(b->from), count = db_int(b->count), today = db_day(b->today);

    TRY(db_exec(tx, NULL,
                "INSERT INTO word (name) VALUES ('legalmail'), ('legalmail.example') ON CONFLICT DO NOTHING"));
    TRY(b->postgres ? db_exec(tx, NULL, HOLDERS(NUMBERS_POSTGRES), from, count)
                    : db_exec(tx, NULL, HOLDERS(NUMBERS_SQLITE), from, count));
    return b->postgres ? db_exec(tx, NULL, BOXES(NUMBERS_POSTGRES), from, count, today)
                       : db_exec(tx, NULL, BOXES(NUMBERS_SQLITE), from, count, today);
}

static enum outcome fill_sums(struct db_tx *tx, void *arg)
{
    const struct bench *b = arg;
    struct db_value zero = db_int(0), today = db_day(b->today);

    TRY(b->postgres ? db_exec(tx, NULL, SUMS(NUMBERS_POSTGRES), zero, db_int(364 * 150), today)
                    : db_exec(tx, NULL, SUMS(NUMBERS_SQLITE), zero, db_int(364 * 150), today));
    TRY(b->postgres ? db_exec(tx, NULL, INCOME(NUMBERS_POSTGRES), zero, db_int(364 * 3), today)
                    : db_exec(tx, NULL, INCOME(NUMBERS_SQLITE), zero, db_int(364 * 3), today));
    return b->postgres ? DONE : db_exec(tx, NULL, "ANALYZE");
}

/* As autovacuum does in time. */
static void vacuum(const char *url)
{
    PGconn *link = PQconnectdb(url);
    PGresult *done = PQexec(link, "VACUUM ANALYZE");

    if (PQresultStatus(done) != PGRES_COMMAND_OK)
        give_up("%s", PQerrorMessage(link));
    PQclear(done);
    PQfinish(link);
}

static enum outcome read_bare(struct db_tx *tx, void *arg)
{
    int64_t sum;

    (void)arg;
    return db_number(tx, &sum, "SELECT CAST(sum(used_mb + expires_on) AS BIGINT) FROM mailbox_row");
}

static enum outcome read_report(struct db_tx *tx, void *arg)
{
    const struct bench *b = arg;
    void *mem = talloc_new(NULL);
    struct report *report;
    struct problem why;
    enum outcome o =
        report_make(tx, mem, &b->house->brands, "it",
                    &(struct report_wanted){
                        .kind = b->kind, .brand = "", .sees = "", .per = b->kind->per[0] ? b->kind->per[1] : NULL},
                    &report, &why);

    talloc_free(mem);
    return o;
}

static double read_once(struct bench *b, db_work *work)
{
    double start = now_seconds();

    if (db_read(b->house->db, "bench", work, b) != DONE)
        give_up("the report failed");
    return now_seconds() - start;
}

static bool measure(struct bench *b, const struct report_kind *kind)
{
    double ours[TURNS], bare[TURNS];

    b->kind = kind;
    for (int i = 0; i < TURNS; i++) {
        bare[i] = read_once(b, read_bare);
        ours[i] = read_once(b, read_report);
    }
    printf("  %-9s %7.1f ms, bare reading %7.1f ms\n", kind->name, 1000 * median(ours, TURNS),
           1000 * median(bare, TURNS));
    return at_most(1.5, median(ours, TURNS) / median(bare, TURNS), "  %s to one bare reading of all mailboxes",
                   kind->name);
}

static bool engine(void *mem, const char *url, int64_t mailboxes, const char *name)
{
    struct bench b = {.house = house_open(mem, url, 2), .postgres = url != NULL, .today = rome_day(clock_now())};
    bool met = true;

    printf("%s, %" PRId64 " mailboxes\n", name, mailboxes);
    for (; b.from < mailboxes; b.from += AT_ONCE) {
        b.count = mailboxes - b.from < AT_ONCE ? mailboxes - b.from : AT_ONCE;
        house_write(b.house, fill, &b);
    }
    house_write(b.house, fill_sums, &b);
    if (url)
        vacuum(url);
    for (const struct report_kind *kind = REPORTS; kind->name; kind++)
        met &= measure(&b, kind);
    house_close(b.house);
    return met;
}

int main(int argc, char **argv)
{
    int64_t mailboxes = argc > 1 ? strtoll(argv[1], NULL, 10) : 1000000;
    int64_t on_postgres = argc > 2 ? strtoll(argv[2], NULL, 10) : mailboxes;
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
