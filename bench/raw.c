#include "raw.h"

#include "base/clock.h"

#include <sqlite3.h>
#include <stdlib.h>

#define LINE(line, cents)                                                                                              \
    "INSERT INTO order_line (order_id, line, kind, mailbox_id, description, quantity, unit_cents, net_cents, plan, "   \
    "extra_gb, years, from_day, to_day, old_expires_on, new_expires_on) VALUES ($2, " line ", 'renewal', $1, "         \
    "'Rinnovo 1 anno, Silver', 1, " cents ", " cents ", 'silver', 0, 1, 20800, 21164, 20799, 21164)"

#define LEDGER(account, cents)                                                                                         \
    "INSERT INTO ledger_entry (transaction_id, account, amount_cents, at) VALUES ('bank:' || $2, " account ", " cents  \
    ", 1797000000000000)"

const char *const RAW_STATEMENTS[] = {
    "INSERT INTO shop_order (id, brand, code, kind, state, mailbox_id, door, language, net_cents, vat_cents, "
    "gross_cents, "
    "vat_rate_bp, payment_method, terms_version, terms_sha256, billing_kind, billing_name, billing_tax_code, "
    "billing_vat_number, billing_street, billing_postcode, billing_city, billing_province, billing_country, "
    "billing_sdi_code, billing_sdi_pec, billing_email, confirmed_at, lapses_on) VALUES ($2, 'legalmail', 'raw-' || $2, "
    "'renewal', 'confirmed', $1, 'api', 'it', 3900, 858, 4758, 2200, 'bank_transfer', '2026-01', "
    "'9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08', 'company', 'Studio Rossi & Bianchi', "
    "'01234560587', '01234560587', 'Via Roma 1', '00144', 'Roma', 'RM', 'IT', '0000000', '', 'studio@example.org', "
    "1797000000000000, 20830)",
    LINE("1", "3900"),
    LINE("2", "0"),
    "INSERT INTO bank_entry (statement_id, fingerprint, account, amount_cents, currency, booked_on, value_on, debtor, "
    "debtor_iban, bank_reference, remittance, state, held_reason, order_id) VALUES (1, "
    "'9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c' || $2, 'IT60X0542811101000000123456', 4758, 'EUR', "
    "20790, "
    "20790, 'STUDIO ROSSI & BIANCHI', 'IT60X0542811101000000654321', 'raw', 'RINNOVO PEC', 'matched', '', $2)",
    LEDGER("'bank:IT60X0542811101000000123456'", "4758"),
    LEDGER("'order:' || $2", "-4758"),
    LEDGER("'order:' || $2", "4758"),
    LEDGER("'revenue:legalmail'", "-4758"),
    "UPDATE mailbox_row SET open_order_id = $2 WHERE id = $1",
    NULL,
};

enum { STATEMENTS = sizeof RAW_STATEMENTS / sizeof *RAW_STATEMENTS - 1 };

struct raw {
    sqlite3 *handle;
    sqlite3_stmt *statement[STATEMENTS], *begin, *commit;
    int64_t mailboxes, number;
};

static void must(struct raw *raw, int code)
{
    if (code != SQLITE_OK && code != SQLITE_DONE)
        give_up("%s", sqlite3_errmsg(raw->handle));
}

static sqlite3_stmt *prepare(struct raw *raw, const char *sql)
{
    sqlite3_stmt *statement;

    must(raw, sqlite3_prepare_v2(raw->handle, sql, -1, &statement, NULL));
    return statement;
}

struct raw *raw_open(const char *path, int64_t mailboxes)
{
    struct raw *raw = calloc(1, sizeof *raw);

    raw->mailboxes = mailboxes;
    must(raw, sqlite3_open(path, &raw->handle));
    must(raw, sqlite3_exec(raw->handle,
                           "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-65536;" RAW_FIRST,
                           NULL, NULL, NULL));
    for (int i = 0; i < STATEMENTS; i++)
        raw->statement[i] = prepare(raw, RAW_STATEMENTS[i]);
    raw->begin = prepare(raw, "BEGIN IMMEDIATE");
    raw->commit = prepare(raw, "COMMIT");
    return raw;
}

void raw_close(struct raw *raw)
{
    for (int i = 0; i < STATEMENTS; i++)
        sqlite3_finalize(raw->statement[i]);
    sqlite3_finalize(raw->begin);
    sqlite3_finalize(raw->commit);
    sqlite3_close(raw->handle);
    free(raw);
}

static void step(struct raw *raw, sqlite3_stmt *statement)
{
    must(raw, sqlite3_step(statement));
    sqlite3_reset(statement);
}

static void write_order(struct raw *raw)
{
    int64_t number = ++raw->number, mailbox = number * 7919 % raw->mailboxes + 1;

    for (int i = 0; i < STATEMENTS; i++) {
        sqlite3_stmt *s = raw->statement[i];

        sqlite3_bind_int64(s, sqlite3_bind_parameter_index(s, "$2"), number);
        (void)sqlite3_bind_int64(s, sqlite3_bind_parameter_index(s, "$1"), mailbox);
        step(raw, s);
    }
}

double raw_run(struct raw *raw, int in_one_commit, double seconds, struct times *times)
{
    int64_t start = clock_monotonic_us(), now = start, before, orders = 0;

    do {
        before = now;
        step(raw, raw->begin);
        for (int i = 0; i < in_one_commit; i++)
            write_order(raw);
        step(raw, raw->commit);
        orders += in_one_commit;
        now = clock_monotonic_us();
        if (times)
            times_note(times, now - before);
    } while ((double)(now - start) < seconds * 1e6);
    return (double)orders * 1e6 / (double)(now - start);
}
