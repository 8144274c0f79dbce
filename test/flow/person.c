/* What is kept about a person, given out: of every table, of nobody else, without secrets; and erased, for as much as
 * the law lets go (GDPR art. 15, 17; DOMAIN L1, L29, L30); on both engines. */
#include "shop/person.h"
#include "flow/fixture.h"
#include "shop/day_sweep.h"
#include "shop/erasure.h"
#include "shop/govern.h"
#include "shop/log_reference.h"
#include "store/event_log.h"
#include "store/search.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

static const struct actor ANNA = {"office", "operator:1"};

static json_t *export_of(struct fixture *f, const char *tax_code, const char *brand)
{
    struct problem why = {0};
    json_t *all = NULL;

    assert_int_equal(person_export(&f->shop, f, tax_code, brand, &ANNA, &all, &why), DONE);
    return all;
}

static size_t rows(const json_t *all, const char *table)
{
    return json_array_size(json_object_get(json_object_get(all, "tables"), table));
}

static void all_of_a_person_and_nobody_else(void **state)
{
    struct fixture *f = fixture(state);
    json_t *all, *row;
    char *code, *text;

    if (!f)
        return;
    code = order_years(f, VERDI, 1);
    pay(f, &(struct transfer){.text = code, .cents = 3050, .on = day_of(2026, 12, 20)});
    order_years(f, BIANCHI, 1);
    sql(f,
        "UPDATE shop_order SET billing_tax_code = 'BNCMRA70A01H501X' WHERE code <> (SELECT min(code) FROM shop_order)");
    sql(f, "UPDATE mailbox_row SET password_hash = 'the hash of a password'");

    all = export_of(f, " vrdmra80a41h501u ", "");
    assert_int_equal(rows(all, "holder"), 2);
    assert_int_equal(rows(all, "mailbox"), 2);
    assert_int_equal(rows(all, "shop_order"), 1); /* what somebody else paid is his */
    assert_int_equal(rows(all, "invoice"), 1);
    assert_int_equal(rows(all, "bank_entry"), 1);
    assert_true(rows(all, "event") > 2);
    row = json_array_get(json_object_get(json_object_get(all, "tables"), "shop_order"), 0);
    assert_string_equal(json_string_value(json_object_get(row, "code")), code);
    assert_int_equal(json_integer_value(json_object_get(row, "gross_cents")), 3050);
    text = json_dumps(all, 0);
    assert_null(strstr(text, "the hash"));
    free(text);
    json_decref(all);
    assert_int_equal(number(f, "SELECT count(*) FROM event WHERE kind = 'person.exported'"), 1);
    assert_int_equal(number(f, "SELECT count(*) FROM event WHERE kind = 'person.exported' AND data LIKE '%VRD%'"), 0);
}

static void of_one_brand_or_of_nobody(void **state)
{
    struct fixture *f = fixture(state);
    struct problem why = {0};
    json_t *all = NULL;

    if (!f)
        return;
    assert_int_equal(person_export(&f->shop, f, "VRDMRA80A41H501U", "visura", &ANNA, &all, &why), REFUSED);
    assert_int_equal(why.code, PROBLEM_NOT_FOUND);
    assert_int_equal(person_export(&f->shop, f, "", "", &ANNA, &all, &why), REFUSED);
    all = export_of(f, "VRDMRA80A41H501U", "legalmail");
    assert_int_equal(rows(all, "mailbox"), 2);
    json_decref(all);
}

/* ---- Erasing ---- */

#define MARIA "VRDMRA80A41H501U" /* who holds VERDI and BIANCHI */

static enum outcome note_account(struct db_tx *tx, void *arg)
{
    return search_note_account(tx, *(int64_t *)arg);
}

static int64_t maria_logs_in(struct fixture *f)
{
    int64_t id;

    sql(f, "INSERT INTO account (brand, email, name, password_hash, created_at) VALUES ('legalmail', "
           "'maria@posta.example', 'Maria Verdi', 'a hash', 0)");
    id = number(f, "SELECT max(id) FROM account");
    sql(f,
        talloc_asprintf(f,
                        "INSERT INTO account_profile (account_id, kind, phone, tax_code, vat_number, street, postcode, "
                        "city, province, country, sdi_code, sdi_pec, privacy_version, privacy_sha256, changed_at) "
                        "VALUES (%" PRId64 ", 'person', '06 1', '" MARIA "', '', 'Via Roma 1', '00185', 'Roma', 'RM', "
                        "'IT', '', '', '', '', 0)",
                        id));
    sql(f, talloc_asprintf(f, "UPDATE mailbox_row SET account_id = %" PRId64, id));
    sql(f, talloc_asprintf(f, "INSERT INTO session VALUES ('s', 'legalmail', %" PRId64 ", NULL, 0, 0)", id));
    sql(f, talloc_asprintf(f,
                           "INSERT INTO desk_note (brand, account_id, body, pinned, written_by, written_at) VALUES "
                           "('legalmail', %" PRId64 ", 'Maria chiama il lunedì', 0, 'operator:1', 0)",
                           id));
    assert_int_equal(db_transaction(f->db, "keys", note_account, &id), DONE);
    return id;
}

/* Both mailboxes are gone since 20-12-2026, the content with them. */
static void both_end(struct fixture *f)
{
    char *day = talloc_asprintf(f, "%d", (int)day_of(2026, 12, 20).n);

    for (int i = 0; i < 2; i++)
        sql(f, talloc_asprintf(
                   f,
                   "INSERT INTO notice (mailbox_id, expires_on, event, noted_on, template, state, language, sent_to, "
                   "copy_to) SELECT id, expires_on, '%s', %s - %d, 'deletion_notice', 'failed', 'it', "
                   "'maria@posta.example', '' FROM mailbox",
                   i ? "deleted" : "last", day, i ? 0 : 1));
    sql(f, "UPDATE mailbox_row SET status = 'deleted', password_hash = '', open_order_id = NULL");
}

struct asked {
    struct fixture *f;
    const char *who, *reason;
    struct erasure_look look;
    bool waits, ask;
    struct actor actor;
    struct problem why;
};

static enum outcome ask(struct db_tx *tx, void *arg)
{
    struct asked *a = arg;

    a->why = (struct problem){0};
    TRY(erasure_seek(tx, &a->f->shop, a->f, a->who, "legalmail", &a->look, &a->why));
    return a->ask ? erasure_ask(tx, &a->f->shop, a->f, &a->look, a->reason, &a->actor, &a->waits, &a->why) : DONE;
}

static const struct erasure_line *line(const struct asked *a, const char *kind)
{
    for (size_t i = 0; i < a->look.line_count; i++)
        if (strcmp(a->look.lines[i].kind->name, kind) == 0)
            return &a->look.lines[i];
    fail_msg("no line of %s", kind);
    return NULL;
}

static struct asked look_at(struct fixture *f, const char *who)
{
    struct asked a = {.f = f, .who = who};

    assert_int_equal(db_transaction(f->db, "look", ask, &a), DONE);
    return a;
}

/* The tables in which it still stands, and in how many rows: "holder 2, search_key 2". */
static char *where_is(struct fixture *f, const char *what)
{
    bool sqlite = db_engine(f->db) == DB_SQLITE;
    char *tables = words(f, sqlite ? "SELECT group_concat(name, ' ') FROM (SELECT name FROM sqlite_master WHERE type = "
                                     "'table' AND name NOT LIKE 'sqlite%' ORDER BY name)"
                                   : "SELECT string_agg(tablename, ' ' ORDER BY tablename) FROM pg_tables WHERE "
                                     "schemaname = 'public'"),
         *found = talloc_strdup(f, ""), *rest = NULL;

    for (char *t = strtok_r(tables, " ", &rest); t; t = strtok_r(NULL, " ", &rest)) {
        char *row = sqlite ? words(f, talloc_asprintf(
                                          f,
                                          "SELECT group_concat('coalesce(CAST(x.' || name || ' AS TEXT), '''')', '||') "
                                          "FROM pragma_table_info('%s')",
                                          t))
                           : "CAST(x AS TEXT)";
        int64_t rows = number(f, talloc_asprintf(f, "SELECT count(*) FROM %s x WHERE %s LIKE '%%%s%%'", t, row, what));

        if (rows)
            found = talloc_asprintf_append(found, "%s%s %" PRId64, found[0] ? ", " : "", t, rows);
    }
    return found;
}

/* What stands in the way, made by one statement each; and that nothing changes when it is asked for all the same. */
static void nothing_goes_while_it_is_needed(void **state)
{
    static const struct {
        const char *kind, *sql;
    } ROWS[] = {
        {"mailbox", "UPDATE mailbox_row SET status = 'ceased' WHERE " ITS_ROW(VERDI)},
        {"order", "UPDATE shop_order SET state = 'in_process'"},
        {"wallet", "INSERT INTO wallet (account_id, balance_cents, owed_cents) SELECT max(id), 10, 0 FROM account"},
        {"money", "UPDATE bank_entry SET state = 'held'"},
        {"proof", "UPDATE shop_order SET provisional = 1"},
        {"refund", "INSERT INTO refund (brand, key, order_id, destination, amount_cents, iban, payee, state, reason, "
                   "provider_ref, "
                   "error, decided_by, created_at) SELECT 'legalmail', 'r', id, 'transfer', 1, '', '', 'waiting', '', "
                   "'', '', '', 0 "
                   "FROM shop_order"},
        {"legal_hold", "INSERT INTO legal_hold SELECT id, 'lite', 0, 'operator:1' FROM mailbox WHERE " ITS_ROW(VERDI)},
        {"hold", "INSERT INTO mailbox_hold (mailbox_id, stops_deletion, stops_renewal, reason, until_on, set_by, "
                 "set_at) SELECT id, 1, "
                 "0, 'lite', 30000, 'operator:1', 0 FROM mailbox WHERE " ITS_ROW(VERDI)},
    };

    for (size_t i = 0; i < count_of(ROWS); i++) {
        struct fixture *f = fixture(state);
        struct asked a = {.who = MARIA, .reason = "richiesta scritta", .ask = true, .actor = {"cli", "os:root"}};
        char *before;

        if (!f)
            return;
        a.f = f;
        (void)maria_logs_in(f);
        pay(f, &(struct transfer){.text = order_years(f, VERDI, 1), .cents = 3050, .on = day_of(2026, 12, 20)});
        both_end(f);
        if (strcmp(ROWS[i].kind, "proof") == 0) {
            sql(f, "INSERT INTO stored_file VALUES ('aa', 'application/pdf', 1, NULL, 0)");
            sql(f, "INSERT INTO proof (brand, order_id, channel, file_sha256, file_name, state, kind, reason, "
                   "received_at, due_at) "
                   "SELECT 'legalmail', id, 'upload', 'aa', 'c.pdf', 'accepted', '', '', 0, 0 FROM shop_order");
        }
        sql(f, ROWS[i].sql);
        before = all_rows(f);
        assert_int_equal(db_transaction(f->db, "ask", ask, &a), REFUSED);
        if (a.why.code != PROBLEM_ERASURE || a.look.obstacle_count != 1 ||
            strcmp(a.look.obstacles[0].kind, ROWS[i].kind) != 0)
            fail_msg("%s: %s, %zu", ROWS[i].kind, problem_slug(a.why.code), a.look.obstacle_count);
        assert_string_equal(all_rows(f), before);
    }
}

static const struct actor ROOT = {"cli", "os:root"};

/* A proof of payment and an identity document, with their bytes: sha256 of each. */
static void papers(struct fixture *f, char proof[FILE_HASH_TEXT], char identity[FILE_HASH_TEXT])
{
    struct problem why;

    assert_int_equal(file_keep(&f->files, f, "a bank's paper", 14, proof), DONE);
    file_hash("a passport", 10, identity);
    assert_int_equal(file_seal(&f->files, f, "a passport", 10, identity, &why), DONE);
    sql(f,
        talloc_asprintf(
            f,
            "INSERT INTO stored_file VALUES ('%s', 'application/pdf', 14, NULL, 0), ('%s', 'image/png', 10, NULL, 0)",
            proof, identity));
    sql(f, talloc_asprintf(f,
                           "INSERT INTO proof (brand, order_id, channel, file_sha256, file_name, state, kind, reason, "
                           "received_at, due_at) SELECT "
                           "'legalmail', id, 'upload', '%s', 'Maria.pdf', 'credited', '', '', %" PRId64
                           ", 0 FROM shop_order",
                           proof, rome_at(day_of(2026, 12, 20), 12, 0, 0).us));
    sql(f, "INSERT INTO holder_change (brand, mailbox_id, state, from_holder_id, asked_by, asked_door, consent_sha256, "
           "account_id, language, kind, name, "
           "tax_code, vat_number, street, postcode, city, province, country, sdi_code, sdi_pec, contact_email, phone, "
           "signer_name, "
           "signer_tax_code, asked_at, ended_at, changed_at, expires_on) SELECT 'legalmail', m.id, 'cancelled', "
           "m.holder_id, 'mailbox:1', 'portal', '', a.id, "
           "'it', 'person', 'Maria Verdi', '" MARIA
           "', '', 'Via Roma 1', '00185', 'Roma', 'RM', 'IT', '', '', 'maria@posta.example', '', "
           "'', '', 0, 1797800000000000, 0, 0 FROM mailbox m CROSS JOIN account a WHERE m.address = '" VERDI "'");
    sql(f, talloc_asprintf(f,
                           "INSERT INTO document (change_id, slot, file_sha256, file_name, signature, signer, "
                           "signer_tax_code, added_at) SELECT id, "
                           "'identity', '%s', 'Maria.png', 'none', 'Maria Verdi', '" MARIA "', 0 FROM holder_change",
                           identity));
}

static bool on_disk(struct fixture *f, const char *sha256)
{
    void *bytes;
    size_t length;

    return file_read(&f->files, f, sha256, &bytes, &length) == DONE ||
           file_unseal(&f->files, f, sha256, &bytes, &length) == DONE;
}

static void run_due(struct fixture *f)
{
    int64_t done = 0;

    assert_int_equal(erasures_run(&f->shop, f, &done), DONE);
    assert_clean(f);
}

static enum outcome new_contact(struct db_tx *tx, void *arg)
{
    struct fixture *f = arg;
    struct governing g = {.shop = &f->shop, .actor = ANNA, .note = "per telefono"};
    struct problem why;

    TRY(mailbox_by_address(tx, f, VERDI, &g.mailbox));
    return contact_set(tx, f, &g, "maria.due@posta.example", &why);
}

static enum outcome walk(struct db_tx *tx, void *arg)
{
    struct chain_check check = {0};
    bool more;

    TRY(chain_walk(tx, arg, &check, 1000, &more));
    assert_false(more);
    assert_int_equal(check.broken_at, 0);
    assert_true(check.seq > 3);
    return DONE;
}

/* Maria has renewed, paid, sent papers; both mailboxes are gone. */
static struct fixture *maria(void **state, char proof[FILE_HASH_TEXT], char identity[FILE_HASH_TEXT])
{
    struct fixture *f = fixture(state);

    if (!f)
        return NULL;
    (void)maria_logs_in(f);
    pay(f, &(struct transfer){.text = order_years(f, VERDI, 1), .cents = 3050, .on = day_of(2026, 12, 20)});
    papers(f, proof, identity);
    assert_int_equal(db_transaction(f->db, "contact", new_contact, f), DONE);
    both_end(f);
    seal_events(f);
    return f;
}

/* By class: what goes at once, what stays until when; asked for from the command line it is done, and the audit finds
 * nothing. The rest goes when its day has come, and in the end only what proves whose the addresses were stands. */
static void each_class_goes_in_its_time(void **state)
{
    static const struct {
        const char *kind;
        int64_t now, later;
        const char *last;
    } ROWS[] = {
        {"account", 1, 0, NULL},         {"notes", 1, 0, NULL},
        {"identity", 1, 0, NULL}, /* of a change that came to nothing */
        {"notices", 0, 2, "2029-06-20"}, {"log", 0, 1, "2029-06-20"},
        {"offers", 0, 1, "2029-06-20"},  {"holder", 0, 2, "2036-12-20"},
        {"proofs", 0, 1, "2036-12-31"},  {"orders", 0, 1, "2036-12-31"},
        {"tombstones", 0, 2, NULL},
    };
    char proof[FILE_HASH_TEXT], identity[FILE_HASH_TEXT], text[DAY_TEXT];
    struct fixture *f = maria(state, proof, identity);
    struct asked a = {.f = f, .who = "maria@posta.example", .reason = "richiesta scritta", .ask = true, .actor = ROOT};
    struct asked seen;
    json_t *all;

    if (!f)
        return;
    seen = look_at(f, MARIA); /* a tax code finds the account, too */
    assert_string_equal(seen.look.ref, look_at(f, a.who).look.ref);
    for (size_t i = 0; i < count_of(ROWS); i++) {
        const struct erasure_line *l = line(&seen, ROWS[i].kind);

        if (l->now != ROWS[i].now || l->later != ROWS[i].later || l->open ||
            strcmp(l->last.n ? day_iso(l->last, text) : "", ROWS[i].last ? ROWS[i].last : "") != 0)
            fail_msg("%s: %d, %d, %s", ROWS[i].kind, (int)l->now, (int)l->later, day_iso(l->last, text));
    }
    assert_int_equal(number(f, "SELECT count(*) FROM erasure_item"), 0); /* looking changed nothing */

    assert_int_equal(db_transaction(f->db, "ask", ask, &a), DONE);
    assert_false(a.waits);
    assert_int_equal(number(f, "SELECT count(*) FROM session"), 0);
    assert_true(on_disk(f, identity)); /* by the outbox */
    run_due(f);
    assert_false(on_disk(f, identity));
    assert_true(on_disk(f, proof));
    all = export_of(f, MARIA, "");
    assert_int_equal(rows(all, "account"), 0);
    assert_int_equal(rows(all, "desk_note"), 0);
    assert_int_equal(rows(all, "shop_order"), 1);
    assert_int_equal(rows(all, "holder"), 2);
    json_decref(all);

    set_day(f, 2029, 6, 20);
    run_due(f);
    assert_int_equal(number(f, "SELECT count(*) FROM notice WHERE sent_to = 'maria@posta.example'"), 4);
    set_day(f, 2029, 6, 21);
    run_due(f);
    assert_int_equal(number(f, "SELECT count(*) FROM notice WHERE sent_to = 'maria@posta.example'"), 0);
    assert_true(on_disk(f, proof));
    assert_string_equal(where_is(f, "maria.due"), "holder 1, search_key 1");
    set_day(f, 2037, 1, 1);
    run_due(f);
    assert_false(on_disk(f, proof));
    assert_string_equal(where_is(f, MARIA), "holder 2, search_key 2");
    seal_events(f);
    assert_int_equal(db_read(f->db, "walk", walk, f), DONE); /* the log lost words, and no link */
    assert_string_equal(where_is(f, "maria@posta"), "");
    assert_string_equal(where_is(f, "maria.due"), "");
    assert_string_equal(where_is(f, "Maria"), "");
    assert_string_equal(where_is(f, "Via Roma"), "");
    assert_int_equal(number(f, "SELECT count(*) FROM erasure_item WHERE done_on IS NULL"), 0);
}

/* ---- References to the provider's logs ---- */

struct referring {
    struct fixture *f;
    struct log_reference reference, *rows;
    size_t count;
    bool added;
    struct problem why;
};

static enum outcome refer(struct db_tx *tx, void *arg)
{
    struct referring *r = arg;
    struct mailbox box;

    r->why = (struct problem){0};
    TRY(log_mailbox_seek(tx, r->f, "", VERDI, &box, &r->why));
    return log_reference_add(tx, &box, &ANNA, &r->reference, &r->added, &r->why);
}

static enum outcome look_up(struct db_tx *tx, void *arg)
{
    struct referring *r = arg;
    struct mailbox box;

    TRY(log_mailbox_seek(tx, r->f, "", VERDI, &box, &r->why));
    return log_references_ask(tx, r->f, &box, &ANNA, &r->rows, &r->count);
}

static size_t references(struct fixture *f, int year, int month, int day)
{
    struct day_turn turn = {.shop = &f->shop, .mem = f};
    struct referring r = {.f = f};
    int64_t done = 0;

    set_day(f, year, month, day);
    assert_int_equal(day_log_references(&turn, &done), DONE);
    assert_int_equal(db_transaction(f->db, "look", look_up, &r), DONE);
    return r.count;
}

static void logs_are_found_for_thirty_months(void **state)
{
    static const struct {
        const char *field;
        struct log_reference reference;
    } ROWS[] = {
        {"to", {.from_on = {20789}, .to_on = {21000}, .location = "a", .sha256 = ""}}, /* to come */
        {"from", {.from_on = {20700}, .to_on = {20699}, .location = "a", .sha256 = ""}},
        {"where", {.from_on = {20700}, .to_on = {20700}, .location = " ", .sha256 = ""}},
        {"sha256", {.from_on = {20700}, .to_on = {20700}, .location = "a", .sha256 = "ab"}},
    };
    struct fixture *f = fixture(state);
    struct referring r = {.f = f};
    char text[DAY_TEXT];

    if (!f)
        return;
    for (size_t i = 0; i < count_of(ROWS); i++) {
        r.reference = ROWS[i].reference;
        assert_int_equal(db_transaction(f->db, "refer", refer, &r), REFUSED);
        assert_string_equal(r.why.field, ROWS[i].field);
    }
    r.reference = (struct log_reference){
        .from_on = day_of(2026, 11, 1), .to_on = day_of(2026, 11, 30), .location = "=log/11", .sha256 = ""};
    assert_int_equal(db_transaction(f->db, "refer", refer, &r), DONE);
    assert_true(r.added);
    assert_int_equal(db_transaction(f->db, "refer", refer, &r), DONE);
    assert_false(r.added); /* told twice it is one */
    assert_int_equal(db_transaction(f->db, "look", look_up, &r), DONE);
    assert_int_equal(log_reference_kept(&r.rows[0]).n, DAY_NEVER.n);
    assert_non_null(strstr(log_references_csv(f, "it", r.rows, r.count), "01/11/2026;30/11/2026;\"'=log/11\";;;\r\n"));
    assert_int_equal(number(f, "SELECT count(*) FROM event WHERE kind = 'log.asked'"), 1);

    assert_int_equal(references(f, 2036, 1, 1), 1); /* the mailbox is there */
    both_end(f);
    set_day(f, 2026, 12, 20);
    assert_int_equal(db_transaction(f->db, "look", look_up, &r), DONE);
    assert_string_equal(day_iso(log_reference_kept(&r.rows[0]), text), "2029-06-20");
    assert_int_equal(references(f, 2029, 6, 20), 1);
    assert_int_equal(references(f, 2029, 6, 21), 0);
}

static struct operator clerk(struct fixture *f, const char *email)
{
    struct new_operator n = {.brand = "", .email = email, .name = email, .role = "owner", .actor = ROOT};
    struct operator o = {.brand = "", .role = "owner"};
    struct problem why = {0};
    char *link;

    assert_int_equal(operator_add(&f->shop, f, &n, &o.id, &link, &why), DONE);
    return o;
}

/* At the desk it waits for another; what has come in the way meanwhile is in the way. */
static void a_second_person_decides(void **state)
{
    char proof[FILE_HASH_TEXT], identity[FILE_HASH_TEXT];
    struct fixture *f = maria(state, proof, identity);
    struct asked a = {.f = f, .who = MARIA, .reason = "", .ask = true};
    struct operator anna, bruno;
    int64_t id;

    if (!f)
        return;
    anna = clerk(f, "anna@legalmail.example");
    bruno = clerk(f, "bruno@legalmail.example");
    a.actor = (struct actor){"office", talloc_asprintf(f, "operator:%" PRId64, anna.id)};
    assert_int_equal(db_transaction(f->db, "ask", ask, &a), REFUSED);
    assert_string_equal(a.why.field, "reason");
    a.reason = "richiesta scritta";
    assert_int_equal(db_transaction(f->db, "ask", ask, &a), DONE);
    assert_true(a.waits);
    assert_int_equal(number(f, "SELECT count(*) FROM erasure_item"), 0);
    assert_int_equal(number(f, "SELECT count(*) FROM approval WHERE title LIKE '%Verdi%' OR data LIKE '%" MARIA "%'"),
                     0);
    id = number(f, "SELECT max(id) FROM approval");
    assert_int_equal(approval_decide(&f->shop, f, id, &anna, true, "", &a.why), REFUSED);
    assert_int_equal(a.why.code, PROBLEM_APPROVAL_SELF);
    sql(f, "INSERT INTO legal_hold SELECT id, 'lite', 0, 'operator:1' FROM mailbox WHERE address = '" VERDI "'");
    assert_int_equal(approval_decide(&f->shop, f, id, &bruno, true, "", &a.why), REFUSED);
    assert_int_equal(a.why.code, PROBLEM_ERASURE);
    sql(f, "DELETE FROM legal_hold");
    assert_int_equal(approval_decide(&f->shop, f, id, &bruno, true, "", &a.why), DONE);
    assert_int_equal(number(f, "SELECT count(*) FROM account WHERE email LIKE 'maria%'"), 0);
    assert_int_equal(number(f, "SELECT count(*) FROM event WHERE kind = 'person.erased'"), 1);
    run_due(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_goes_while_it_is_needed), cmocka_unit_test(each_class_goes_in_its_time),
        cmocka_unit_test(a_second_person_decides),         cmocka_unit_test(logs_are_found_for_thirty_months),
        cmocka_unit_test(all_of_a_person_and_nobody_else), cmocka_unit_test(of_one_brand_or_of_nobody),
    };

    return FLOW(tests);
}
