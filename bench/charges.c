/* bench/charges.c: automatic renewals: mandates whose day has come are charged by a provider that answers at once in
 * this process; order, lines, attempt, payment, ledger, invoice, new expiry, mandate, events and mails are durable when
 * the turn is over. Next to a bare loop that writes the same rows, a hundred renewals a commit, on the same disk.
 *
 *     bench-charges [RENEWALS [ROUNDS]]     5000 a round, 9 rounds */
#include "house.h"
#include "measure.h"
#include "shop/autorenew.h"

#include "base/clock.h"
#include <inttypes.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

enum { MOST_ROUNDS = 50, IN_ONE_COMMIT = 100 };

/* ---- A provider that takes every charge ---- */

static enum outcome charge(void *arg, void *mem, const struct gateway_ask *ask,
                           const struct gateway_instrument *instrument, struct gateway_said *said, struct problem *why)
{
    (void)arg;
    (void)instrument;
    (void)why;
    *said = (struct gateway_said){.state = PAYMENT_CAPTURED,
                                  .key = ask->key,
                                  .ref = talloc_asprintf(mem, "P-%s", ask->key),
                                  .capture_ref = talloc_asprintf(mem, "C-%s", ask->key),
                                  .amount = ask->gross,
                                  .currency = "EUR",
                                  .authorised_at = clock_now(),
                                  .error = ""};
    return DONE;
}

/* ---- Mandates whose day has come ---- */

struct filling {
    struct house *house;
    int64_t account, after;
};

static enum outcome insert_mandates(struct db_tx *tx, void *arg)
{
    struct filling *f = arg;
    struct instrument card = {.brand = (char *)f->house->brand->id,
                              .account_id = f->account,
                              .provider = (char *)"axerve",
                              .token = (char *)"T",
                              .customer = (char *)"",
                              .first_ref = (char *)"",
                              .label = (char *)"Visa",
                              .last4 = (char *)"4242",
                              .exp_month = 12,
                              .exp_year = 2090};

    TRY(instrument_insert(tx, &card));
    TRY(db_exec(
        tx, NULL,
        "INSERT INTO mandate (brand, mailbox_id, account_id, instrument_id, method, state, years, plan, extra_gb, "
        "agreed_cents, language, consent_version, consent_sha256, consented_at, consented_door, consented_by, "
        "expires_on, charge_on, announced_cents, noticed, changed_at) SELECT m.brand, m.id, $1, $2, 'card', "
        "'notified', 1, m.plan, m.extra_gb, 4758, 'it', '2026-01', 'x', 1, 'portal', 'account:1', m.expires_on, $3, "
        "4758, 1, 1 FROM mailbox m WHERE m.id > $4",
        db_int(f->account), db_int(card.id), db_day(db_today(tx)), db_int(f->after)));
    return db_exec(tx, NULL, "UPDATE mailbox_row SET auto_renew = 1 WHERE id > $1", db_int(f->after));
}

static double measure(struct house *house, int64_t account, int64_t first, int64_t count)
{
    void *mem = talloc_new(NULL);
    struct autorenew_turned turned;
    double start, took;

    house_mailboxes(house, account, first, count);
    house_write(house, insert_mandates, &(struct filling){house, account, first - 1});
    start = now_seconds();
    if (autorenew_charge(&house->shop, mem, &turned) != DONE || turned.charged != count)
        give_up("%d of %" PRId64 " charged", turned.charged, count);
    took = now_seconds() - start;
    talloc_free(mem);
    return (double)count / took;
}

/* ---- The same rows, bare ---- */

/* As wide as ours, which is what rows and keys cost: the same instants and days, codes and references of the order's
 * own, the same words in the events. $1 is the mailbox, $2 the order. */
#define NOW  "1797000000000000"
#define CODE "'2026' || (10000000000 + $2)"
#define LEDGER(cause, account, cents)                                                                                  \
    "INSERT INTO ledger_entry (transaction_id, account, amount_cents, at) VALUES (" cause " || $2, " account           \
    ", " cents ", " NOW ")"
#define EVENT(kind, data)                                                                                              \
    "INSERT INTO event (at, brand, door, actor, kind, order_id, mailbox_id, data) VALUES (" NOW ", 'legalmail', "      \
    "'job', 'system', '" kind "', $2, $1, '{" data "}')"
#define OUTBOX(kind, template, recipient, data)                                                                        \
    "INSERT INTO outbox (brand, kind, template, recipient, language, order_id, data, state, attempts, due_at, lease, " \
    "last_error, created_at) VALUES ('legalmail', '" kind "', '" template "', " recipient ", 'it', $2, '{" data "}', " \
                                                                          "'waiting', 0, " NOW ", '', '', " NOW ")"
#define MAIL(recipient) OUTBOX("mail", "order_settled", recipient, "")

static const char *const BARE[] = {
    "INSERT INTO shop_order (id, brand, code, kind, state, account_id, mailbox_id, door, language, net_cents, "
    "vat_cents, gross_cents, vat_rate_bp, payment_method, terms_version, terms_sha256, billing_kind, billing_name, "
    "billing_tax_code, billing_vat_number, billing_street, billing_postcode, billing_city, billing_province, "
    "billing_country, billing_sdi_code, billing_sdi_pec, billing_email, confirmed_at, lapses_on) VALUES ($2, "
    "'legalmail', " CODE ", 'renewal', 'confirmed', 1, $1, 'job', 'it', 3900, 858, 4758, 2200, 'card', '2026-01', "
    "'9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08', 'company', 'Studio Rossi & Bianchi ' || $2, "
    "'01234560587', '01234560587', 'Via Roma 1', '00144', 'Roma', 'RM', 'IT', '0000000', '', "
    "'studio-' || $2 || '@example.org', " NOW ", 20830)",
    "INSERT INTO order_line (order_id, line, kind, mailbox_id, description, quantity, unit_cents, net_cents, plan, "
    "extra_gb, old_plan, years, from_day, to_day, old_expires_on, new_expires_on) VALUES ($2, 1, 'renewal', $1, "
    "'Rinnovo 1 anno, Silver', 1, 3900, 3900, 'silver', 0, 'silver', 1, 20800, 21164, 20799, 21164)",
    "UPDATE mailbox_row SET open_order_id = $2 WHERE id = $1",
    EVENT("order.confirmed", "\"code\":\"202600000000001\",\"gross_cents\":4758,\"mandate\":10000,\"method\":\"card\""),
    "INSERT INTO payment (brand, order_id, key, method, provider, state, amount_cents, nonce, provider_ref, "
    "capture_ref, redirect_url, remember, instrument_id, held_reason, error, created_at, ask_at, expires_at) VALUES "
    "('legalmail', $2, " CODE " || '-1', 'card', 'axerve', 'new', 4758, '9f86d081884c7d659a2fea' || (10000000000 + "
    "$2), '', '', '', 0, 1, '', '', " NOW ", " NOW ", " NOW ")",
    "INSERT INTO charge (mailbox_id, expires_on, attempt, mandate_id, order_id, payment_id, on_day, free_withdrawal) "
    "VALUES ($1, 20799, 1, (SELECT id FROM mandate WHERE mailbox_id = $1), $2, (SELECT max(id) FROM payment), 20790, "
    "0)",
    "UPDATE mandate SET state = 'charging', attempts = 1, charge_on = NULL, charge_order_id = $2, changed_at = " NOW
    " WHERE mailbox_id = $1",
    EVENT("autorenew.state", "\"state\":\"charging\",\"was\":\"notified\""),
    "UPDATE payment SET state = 'captured', provider_ref = 'P-' || " CODE " || '-1', capture_ref = 'C-' || " CODE
    " || '-1', authorised_at = " NOW ", captured_cents = 4758, ask_at = NULL WHERE id = (SELECT max(id) FROM payment)",
    "UPDATE shop_order SET state = 'fulfilled', settled_at = " NOW ", settled_on = 20790, settled_by = 'payment:' || "
    "$2 WHERE id = $2",
    LEDGER("'payment:'", "'gateway:axerve:legalmail'", "4758"),
    LEDGER("'payment:'", "'order:' || $2", "-4758"),
    "INSERT INTO invoice (brand, year, number, order_id, issued_on, paid_on, vat_rate_bp, net_cents, vat_cents, "
    "gross_cents, issued_at) VALUES ('legalmail', 1999, $2, $2, 20790, 20790, 2200, 3900, 858, 4758, " NOW ")",
    "INSERT INTO invoice_series (brand, kind, year, last_number, last_on) VALUES ('legalmail', 'invoice', 1999, $2, "
    "20790) ON CONFLICT (brand, kind, year) DO UPDATE SET last_number = $2",
    "INSERT INTO sdi_invoice (invoice_id, brand, kind, issued_on, state, attempt, changed_at) VALUES ((SELECT max(id) "
    "FROM invoice), 'legalmail', 'invoice', 20790, 'to_send', 1, " NOW ")",
    LEDGER("'invoice:'", "'order:' || $2", "3900"),
    LEDGER("'invoice:'", "'revenue:legalmail'", "-3900"),
    LEDGER("'invoice:'", "'order:' || $2", "858"),
    LEDGER("'invoice:'", "'vat:legalmail'", "-858"),
    OUTBOX("invoice_file", "", "''", "\"invoice\":10000"),
    "UPDATE mailbox_row SET expires_on = expires_on + 365, send_until = send_until + 365, receive_until = "
    "receive_until + 365, read_until = read_until + 365, renew_until = renew_until + 365, quota_mb = 8192, "
    "open_order_id = NULL WHERE id = $1",
    "UPDATE mandate SET state = 'on', attempts = 0, warn_on = 21081, announced_cents = 0, noticed = 0, "
    "charge_order_id = NULL, expires_on = expires_on + 365, changed_at = " NOW " WHERE mailbox_id = $1",
    EVENT("autorenew.state", "\"state\":\"on\",\"was\":\"charging\""),
    EVENT("mailbox.renewed", "\"expires_on\":\"2027-12-20\",\"plan\":\"silver\",\"was\":\"2026-12-20\",\"years\":1"),
    "UPDATE order_line SET fulfilled_at = " NOW " WHERE order_id = $2",
    EVENT("order.settled", "\"amount_cents\":4758,\"by\":\"payment:10000\",\"invoice\":10000,\"method\":\"card\","
                           "\"provisional\":false"),
    MAIL("'studio-' || $2 || '@example.org'"),
    MAIL("'utente-1@example.org'"),
};
enum { STATEMENTS = sizeof BARE / sizeof *BARE };

struct bare {
    sqlite3 *handle;
    sqlite3_stmt *statement[STATEMENTS], *begin, *commit;
    int64_t number;
};

static void must(struct bare *b, int code)
{
    if (code != SQLITE_OK && code != SQLITE_DONE)
        give_up("%s", sqlite3_errmsg(b->handle));
}

static sqlite3_stmt *prepare(struct bare *b, const char *sql)
{
    sqlite3_stmt *statement;

    must(b, sqlite3_prepare_v2(b->handle, sql, -1, &statement, NULL));
    return statement;
}

static void step(struct bare *b, sqlite3_stmt *statement)
{
    must(b, sqlite3_step(statement));
    sqlite3_reset(statement);
}

static void bare_open(struct bare *b, const char *url)
{
    must(b, sqlite3_open(strchr(url, ':') + 1, &b->handle));
    must(b, sqlite3_exec(b->handle, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-65536;", NULL,
                         NULL, NULL));
    for (int i = 0; i < STATEMENTS; i++)
        b->statement[i] = prepare(b, BARE[i]);
    b->begin = prepare(b, "BEGIN IMMEDIATE");
    b->commit = prepare(b, "COMMIT");
}

static void bare_close(struct bare *b)
{
    for (int i = 0; i < STATEMENTS; i++)
        sqlite3_finalize(b->statement[i]);
    sqlite3_finalize(b->begin);
    sqlite3_finalize(b->commit);
    sqlite3_close(b->handle);
}

/* Mailboxes from `first` on, whose mandates are there. */
static double bare_run(struct bare *b, int64_t first, int64_t count)
{
    double start = now_seconds();

    for (int64_t n = 0; n < count; n++) {
        if (n % IN_ONE_COMMIT == 0)
            step(b, b->begin);
        b->number++;
        for (int i = 0; i < STATEMENTS; i++) {
            sqlite3_stmt *s = b->statement[i];

            (void)sqlite3_bind_int64(s, sqlite3_bind_parameter_index(s, "$2"), b->number);
            (void)sqlite3_bind_int64(s, sqlite3_bind_parameter_index(s, "$1"), first + n);
            step(b, s);
        }
        if (n % IN_ONE_COMMIT == IN_ONE_COMMIT - 1 || n == count - 1)
            step(b, b->commit);
    }
    return (double)count / (now_seconds() - start);
}

/* ---- Both ---- */

static struct house *open_house(void *mem, int64_t *account)
{
    struct house *house = house_open(mem, NULL, 1);
    struct brand *brand = (struct brand *)house->brand;
    static const char *methods[] = {"card", NULL};

    brand->autorenew = (struct brand_autorenew){
        .on = true,
        .methods = methods,
        .policy = {7, {5, 3, 1, 0}, 4, 3, 30},
        .blocks_manual = true,
        .text = {.version = "2026-01", .text = ""},
    };
    *account = house_account(house, 1, "");
    return house;
}

int main(int count, char **arguments)
{
    void *mem = talloc_new(NULL);
    struct gateway_of card = {"legalmail", METHOD_CARD, {.provider = "axerve", .charge = charge}};
    struct gateways gateways = {1, &card};
    int64_t renewals = count > 1 ? atoll(arguments[1]) : 5000, account, other_account;
    int rounds = count > 2 ? atoi(arguments[2]) : 9;
    struct house *house = open_house(mem, &account), *other = open_house(mem, &other_account);
    double bare[MOST_ROUNDS], ours[MOST_ROUNDS], ratio[MOST_ROUNDS];
    struct bare b = {0};
    bool met;

    if (renewals < 1 || rounds < 1 || rounds > MOST_ROUNDS)
        give_up("usage: bench-charges [RENEWALS [ROUNDS]]");
    house->shop.gateways = &gateways;
    bare_open(&b, other->url);
    for (int i = 0; i < rounds; i++) {
        int64_t first = 1 + i * renewals;

        house_mailboxes(other, other_account, first, renewals);
        house_write(other, insert_mandates, &(struct filling){other, other_account, first - 1});
        bare[i] = bare_run(&b, first, renewals);
        ours[i] = measure(house, account, first, renewals);
        ratio[i] = ours[i] / bare[i]; /* of its own round: a machine is now faster, now slower */
    }
    printf("bare loop, the same rows, %d renewals a commit %7.0f/s\n", IN_ONE_COMMIT, median(bare, (size_t)rounds));
    printf("charged, settled, invoiced, renewed            %7.0f/s\n", median(ours, (size_t)rounds));
    met = at_least(0.6, median(ratio, (size_t)rounds), "automatic renewals, of the bare loop");
    bare_close(&b);
    house_close(house);
    house_close(other);
    talloc_free(mem);
    return met ? 0 : 1;
}
