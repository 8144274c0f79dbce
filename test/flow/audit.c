/* The audit finds nothing wrong with what the shop does, and each thing that is made wrong by hand, by its name. */
#include "flow/buyer.h"
#include "flow/post.h"
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

/* Two paid orders, one open, one cancelled; a held payment; the outbox emptied, the events sealed. */
static struct fixture *busy_shop(void **state)
{
    struct fixture *f = fixture(state);
    char *code = order_years(f, VERDI, 2);

    sql(f, "INSERT INTO account (brand, email, name, password_hash, created_at) VALUES ('legalmail', 'a@b.example', "
           "'A', '', 1)");

    pay(f, &(struct transfer){.text = code, .cents = 6100, .on = day_of(2026, 12, 21)});
    set_day(f, 2026, 12, 22);
    code = order_years(f, BIANCHI, 1);
    pay(f, &(struct transfer){.text = code, .cents = 3050, .on = day_of(2026, 12, 22)});
    pay(f, &(struct transfer){.text = "auguri", .cents = 777, .on = day_of(2026, 12, 22)});
    add_mailbox(f, "terza@legalmail.example", 0, day_of(2027, 1, 15));
    order_years(f, "terza@legalmail.example", 1);
    assert_int_equal(post_round(post_open(f)).later, 0);
    return f;
}

static void what_the_shop_does_is_right(void **state)
{
    struct fixture *f = busy_shop(state);
    struct audit_report report;

    assert_clean(f);
    assert_int_equal(audit(&f->shop, f, &report), DONE);
    assert_int_equal(report.orders, 3);
    assert_int_equal(report.mailboxes, 3);
    assert_int_equal(report.invoices, 2);
    assert_int_equal(report.bank_entries, 3);
    assert_int_equal(report.unsealed_events, 0);
    assert_int_equal(report.events, number(f, "SELECT count(*) FROM event"));
}

static bool names(const struct audit_report *report, const char *invariant)
{
    for (size_t i = 0; i < report->count; i++)
        if (strcmp(report->faults[i].invariant, invariant) == 0 && report->faults[i].what[0])
            return true;
    return false;
}

/* Each on the shop as the one before left it, hence with what mends it again. */
/* clang-format off */
static const struct {
    const char *invariant, *spoil, *mend;
} SPOILT[] = {
    {"ledger.balanced", "UPDATE ledger_entry SET amount_cents = amount_cents + 1 WHERE id = 1",
     "UPDATE ledger_entry SET amount_cents = amount_cents - 1 WHERE id = 1"},
    {"ledger.bank", "UPDATE ledger_entry SET amount_cents = amount_cents * 2 WHERE transaction_id = 'bank:1'",
     "UPDATE ledger_entry SET amount_cents = amount_cents / 2 WHERE transaction_id = 'bank:1'"},
    {"ledger.bank", "INSERT INTO ledger_entry (transaction_id, account, amount_cents, at) VALUES ('x', 'bank:" IBAN "', 5, 0), "
                    "('x', 'revenue:legalmail', -5, 0)", "DELETE FROM ledger_entry WHERE transaction_id = 'x'"},
    {"ledger.held", "UPDATE ledger_entry SET account = 'revenue:legalmail' WHERE account LIKE 'held:%'",
     "UPDATE ledger_entry SET account = 'held:" IBAN "' WHERE transaction_id = 'bank:3' AND amount_cents < 0"},
    {"ledger.orders", "UPDATE ledger_entry SET account = 'order:2' WHERE transaction_id = 'bank:1' AND account = 'order:1'",
     "UPDATE ledger_entry SET account = 'order:1' WHERE transaction_id = 'bank:1' AND account = 'order:2'"},
    {"ledger.invoices", "UPDATE ledger_entry SET account = 'vat:legalmail' WHERE transaction_id = 'invoice:1' AND account = "
                        "'revenue:legalmail'",
     "UPDATE ledger_entry SET account = 'revenue:legalmail' WHERE transaction_id = 'invoice:1' AND amount_cents = -5000"},
    {"ledger.payments", "INSERT INTO payment (brand, order_id, key, method, provider, state, amount_cents, nonce, provider_ref, "
                        "capture_ref, redirect_url, remember, captured_cents, held_reason, error, created_at, expires_at) VALUES "
                        "('legalmail', 3, 'k', 'card', 'axerve', 'held', 1, 'n', '', '', '', 0, 1, 'reused', '', 1, 1)",
     NULL},
    {"ledger.gateways", "UPDATE payment SET captured_cents = 2", NULL},
    {"payment.held", "UPDATE payment SET held_reason = ''", NULL},
    {"payment.refunded", "UPDATE payment SET refunded_cents = 1", NULL},
    {"order.payment", "UPDATE payment SET state = 'captured', refunded_cents = 0", "DELETE FROM payment"},
    {"ledger.refunds", "INSERT INTO refund (brand, key, order_id, destination, amount_cents, iban, payee, state, reason, provider_ref, "
                       "error, decided_by, created_at) VALUES ('legalmail', 'k', 1, 'source', 1, '', '', 'waiting', '', '', '', '', 1)",
     "DELETE FROM refund"},
    {"ledger.wallets", "INSERT INTO wallet (account_id, balance_cents) VALUES (1, 5)", "DELETE FROM wallet"},
    {"ledger.provisional", "INSERT INTO ledger_entry (transaction_id, account, amount_cents, at) VALUES ('x', 'provisional:legalmail', "
                           "5, 0), ('x', 'revenue:legalmail', -5, 0)", "DELETE FROM ledger_entry WHERE transaction_id = 'x'"},
    {"order.credited", "INSERT INTO invoice (brand, year, number, kind, order_id, corrects_id, issued_on, paid_on, vat_rate_bp, net_cents, "
                       "vat_cents, gross_cents, issued_at) VALUES ('legalmail', 2026, 1, 'credit_note', 1, 1, 30000, 30000, 2200, 5001, "
                       "1100, 6101, 1)", "DELETE FROM invoice WHERE kind = 'credit_note'"},
    {"sdi.standing", "UPDATE sdi_invoice SET kind = 'credit_note' WHERE invoice_id = 1", "UPDATE sdi_invoice SET kind = 'invoice'"},
    {"sdi.sent", "UPDATE sdi_invoice SET state = 'delivered' WHERE invoice_id = 1", "UPDATE sdi_invoice SET state = 'to_send'"},
    {"sdi.once", "INSERT INTO sdi_sending (name, invoice_id, attempt, channel, begun_at, outcome) VALUES ('a', 1, 1, 'x', 1, 'delivered'), "
                 "('b', 1, 2, 'x', 1, 'delivered')", "DELETE FROM sdi_sending"},
    {"sdi.again", "INSERT INTO sdi_sending (name, invoice_id, attempt, channel, begun_at) VALUES ('b', 1, 2, 'x', 1)",
     "DELETE FROM sdi_sending"},
    {"order.totals", "UPDATE order_line SET net_cents = net_cents - 1 WHERE order_id = 3",
     "UPDATE order_line SET net_cents = net_cents + 1 WHERE order_id = 3"},
    {"order.totals", "UPDATE shop_order SET vat_cents = vat_cents + 1, gross_cents = gross_cents + 1 WHERE id = 3",
     "UPDATE shop_order SET vat_cents = vat_cents - 1, gross_cents = gross_cents - 1 WHERE id = 3"},
    {"order.code", "UPDATE shop_order SET code = '' WHERE id = 3", "UPDATE shop_order SET code = 'mended' WHERE id = 3"},
    {"order.fulfilled", "UPDATE order_line SET fulfilled_at = 1 WHERE order_id = 3",
     "UPDATE order_line SET fulfilled_at = NULL WHERE order_id = 3"},
    {"order.payment", "UPDATE bank_entry SET order_id = 2 WHERE id = 1", "UPDATE bank_entry SET order_id = 1 WHERE id = 1"},
    {"order.payment", "UPDATE ledger_entry SET amount_cents = amount_cents * 2 WHERE transaction_id = 'bank:1'",
     "UPDATE ledger_entry SET amount_cents = amount_cents / 2 WHERE transaction_id = 'bank:1'"},
    {"order.payment", "UPDATE shop_order SET settled_by = 'payment:1' WHERE id = 1",
     "UPDATE shop_order SET settled_by = 'bank:1' WHERE id = 1"},
    {"order.settled", "UPDATE shop_order SET settled_by = '' WHERE id = 1",
     "UPDATE shop_order SET settled_by = 'bank:1' WHERE id = 1"},
    {"order.settled", "UPDATE shop_order SET provisional = 1 WHERE id = 1",
     "UPDATE shop_order SET provisional = 0 WHERE id = 1"},
    {"order.invoice", "UPDATE invoice SET order_id = 3 WHERE id = 2", "UPDATE invoice SET order_id = 2 WHERE id = 2"},
    {"order.mail", "UPDATE outbox SET template = 'x' WHERE order_id = 1 AND template = 'order_settled'",
     "UPDATE outbox SET template = 'order_settled' WHERE template = 'x'"},
    {"order.mail", "UPDATE outbox SET template = 'x' WHERE order_id = 3 AND template = 'order_received'",
     "UPDATE outbox SET template = 'order_received' WHERE template = 'x'"},
    {"mailbox.open_order", "UPDATE mailbox_row SET open_order_id = 1 WHERE id = 1", "UPDATE mailbox_row SET open_order_id = NULL WHERE id = 1"},
    {"mailbox.open_order", "UPDATE mailbox_row SET open_order_id = 3 WHERE id = 1", "UPDATE mailbox_row SET open_order_id = NULL WHERE id = 1"},
    {"mailbox.open_order", "UPDATE mailbox_row SET open_order_id = NULL WHERE id = 3", "UPDATE mailbox_row SET open_order_id = 3 WHERE id = 3"},
    {"mailbox.expiry", "UPDATE mailbox_row SET first_expires_on = first_expires_on + 31 WHERE id = 3",
     "UPDATE mailbox_row SET first_expires_on = first_expires_on - 31 WHERE id = 3"},
    {"mailbox.expiry", "UPDATE order_line SET years = 3 WHERE order_id = 1", "UPDATE order_line SET years = 2 WHERE order_id = 1"},
    {"mailbox.anchor", "UPDATE mailbox_row SET anchor_day = 14 WHERE id = 3", "UPDATE mailbox_row SET anchor_day = 15 WHERE id = 3"},
    {"mailbox.phase", "UPDATE mailbox_row SET read_until = read_until + 1 WHERE id = 3",
     "UPDATE mailbox_row SET read_until = read_until - 1 WHERE id = 3"},
    {"mailbox.phase", "UPDATE mailbox_row SET brand_no = domain_no WHERE id = 3", "UPDATE mailbox_row SET brand_no = (SELECT id FROM word WHERE name = 'legalmail') WHERE id = 3"},
    {"invoice.numbers", "UPDATE invoice SET number = 3 WHERE id = 2", "UPDATE invoice SET number = 2 WHERE id = 2"},
    {"invoice.numbers", "UPDATE invoice_series SET last_number = 3", "UPDATE invoice_series SET last_number = 2"},
    {"invoice.dates", "UPDATE invoice SET issued_on = issued_on - 5 WHERE id = 2", "UPDATE invoice SET issued_on = issued_on + 5 WHERE id = 2"},
    {"invoice.dates", "UPDATE invoice SET issued_on = issued_on + 50 WHERE id = 2", "UPDATE invoice SET issued_on = issued_on - 50 WHERE id = 2"},
    {"invoice.totals", "UPDATE invoice SET vat_rate_bp = 2100 WHERE id = 2", "UPDATE invoice SET vat_rate_bp = 2200 WHERE id = 2"},
    {"invoice.file", "UPDATE invoice_file SET sha256 = 'x' || sha256 WHERE invoice_id = 1",
     "UPDATE invoice_file SET sha256 = substr(sha256, 2) WHERE invoice_id = 1"},
    {"invoice.file", "UPDATE invoice SET net_cents = net_cents + 100 WHERE id = 1", "UPDATE invoice SET net_cents = net_cents - 100 WHERE id = 1"},
    {"bank.entry", "UPDATE bank_entry SET held_reason = '' WHERE id = 3", "UPDATE bank_entry SET held_reason = 'no_reference' WHERE id = 3"},
    {"bank.entry", "UPDATE bank_entry SET order_id = 3, state = 'matched', held_reason = '' WHERE id = 3",
     "UPDATE bank_entry SET order_id = NULL, state = 'held', held_reason = 'no_reference' WHERE id = 3"},
    {"bank.statement", "UPDATE bank_statement SET opening = '10.00', closing = '100.00' WHERE id = 1",
     "UPDATE bank_statement SET opening = '-10.00', closing = '51.00' WHERE id = 1"},
    {"bank.statement", "UPDATE bank_statement SET entries = 0 WHERE id = 1", "UPDATE bank_statement SET entries = 1 WHERE id = 1"},
    {"event.chain", "UPDATE event SET actor = 'account:9' WHERE id = 2", "UPDATE event SET actor = 'system' WHERE id = 2"},
    {"event.chain", "UPDATE event_seal SET seq = 1000 WHERE seq = 1", "UPDATE event_seal SET seq = 1 WHERE seq = 1000"},
    {"event.chain", "UPDATE event_seal SET hash = substr(hash, 2) || 'z' WHERE seq = 3", NULL},
};
/* clang-format on */

static void what_is_made_wrong_is_named(void **state)
{
    struct fixture *f = busy_shop(state);

    for (size_t i = 0; i < count_of(SPOILT); i++) {
        struct audit_report report;

        sql(f, SPOILT[i].spoil);
        assert_int_equal(audit(&f->shop, f, &report), DONE);
        if (!names(&report, SPOILT[i].invariant))
            fail_msg("%zu: %s is not named (%zu faults, first %s)", i, SPOILT[i].invariant, report.count,
                     report.count ? report.faults[0].invariant : "");
        if (!SPOILT[i].mend)
            continue;
        sql(f, SPOILT[i].mend);
        assert_clean(f);
    }
}

/* ---- Purchases ---- */

struct activation {
    struct fixture *f;
    struct request request;
};

/* What activating a mailbox leaves behind. */
static enum outcome activate(struct db_tx *tx, void *arg)
{
    struct activation *a = arg;
    struct request *r = &a->request;
    struct day end = day_of(2027, 12, 20);
    struct mailbox m = {.brand = r->brand,
                        .address = talloc_asprintf(a->f, "%s@%s", r->held_name, a->f->brand->domain),
                        .user_id = (char *)"VIS0000001",
                        .plan = r->plan,
                        .password_hash = (char *)"",
                        .status = (char *)"live",
                        .activated_on = day_of(2026, 12, 20),
                        .first_expires_on = end,
                        .term = {end, 20},
                        .allowed = term_allows(end, &a->f->brand->renewal),
                        .convention = (char *)"",
                        .domain = (char *)"",
                        .holder = r->holder};
    bool changed;

    TRY(mailbox_insert(tx, &m));
    TRY(order_activated(tx, r->order_id, m.id, end, &changed));
    TRY(name_release(tx, r->id));
    r->state = REQUEST_ACTIVE;
    r->mailbox_id = m.id;
    return request_update(tx, r, REQUEST_DOCS_PENDING, &changed);
}

/* Request 1 is a draft with a name, 2 is ordered, 3 is paid, 4 is a mailbox, 5 was dropped. */
static struct fixture *selling_shop(void **state)
{
    struct fixture *f = fixture(state);
    struct activation a = {.f = f};
    struct request form = form_of("bozza", "bozza.2", "bozza.3");
    struct validated v;
    int64_t mario;

    sell_visura(f);
    mario = add_buyer(f, MARIO);
    assert_int_equal(save_form(f, mario, &form, NULL), DONE);
    assert_int_equal(validate(f, mario, form.id, &v, NULL), DONE);
    buy_names(f, mario, "ordinata", "b.2", "b.3");
    for (int i = 3; i <= 4; i++)
        pay(f, &(struct transfer){.text = buy_names(f, mario, i == 3 ? "pagata" : "attiva", "b.2", "b.3"),
                                  .cents = BASE_CENTS,
                                  .on = day_of(2026, 12, 20),
                                  .account = f->brand->seller.iban});
    a.request = request_now(f, 4);
    assert_int_equal(db_transaction(f->db, "activate", activate, &a), DONE);
    sql(f, "INSERT INTO submission (request_id, number, state, sent_at, opens_at, due_at, reason, note, "
           "identity_expires_on, "
           "decided_at, decided_by) VALUES (4, 1, 'approved', 1, 1, 1, '', '', 30000, 2, 'operator:1')");
    form = form_of("altra", "altra.2", "altra.3");
    assert_int_equal(save_form(f, mario, &form, NULL), DONE);
    sql(f, "UPDATE activation_request SET state = 'dropped' WHERE id = 5");
    return f;
}

/* clang-format off */
static const struct {
    const char *invariant, *spoil, *mend;
} SPOILT_PURCHASE[] = {
    {"purchase.request", "UPDATE activation_request SET order_id = NULL WHERE id = 2", "UPDATE activation_request SET order_id = 1 WHERE id = 2"},
    {"purchase.request", "UPDATE shop_order SET kind = 'renewal' WHERE id = 1", "UPDATE shop_order SET kind = 'purchase' WHERE id = 1"},
    {"purchase.request", "UPDATE activation_request SET state = 'refused' WHERE id = 5", "UPDATE activation_request SET state = 'dropped' WHERE id = 5"},
    {"purchase.request", "UPDATE activation_request SET plan = 'plus' WHERE id = 2", "UPDATE activation_request SET plan = 'base' WHERE id = 2"},
    {"purchase.request", "UPDATE order_line SET years = 2 WHERE order_id = 1", "UPDATE order_line SET years = 1 WHERE order_id = 1"},
    {"purchase.state", "UPDATE activation_request SET state = 'docs_pending' WHERE id = 2", "UPDATE activation_request SET state = 'awaiting_payment' WHERE id = 2"},
    {"purchase.state", "UPDATE activation_request SET state = 'awaiting_payment' WHERE id = 3", "UPDATE activation_request SET state = 'in_review' WHERE id = 3"},
    {"purchase.state", "UPDATE shop_order SET state = 'cancelled' WHERE id = 1", "UPDATE shop_order SET state = 'confirmed' WHERE id = 1"},
    {"purchase.mailbox", "UPDATE shop_order SET mailbox_id = NULL WHERE id = 3", "UPDATE shop_order SET mailbox_id = 3 WHERE id = 3"},
    {"purchase.mailbox", "UPDATE order_line SET mailbox_id = 1 WHERE order_id = 3", "UPDATE order_line SET mailbox_id = 3 WHERE order_id = 3"},
    {"purchase.mailbox", "UPDATE activation_request SET mailbox_id = 1 WHERE id = 3", "UPDATE activation_request SET mailbox_id = NULL WHERE id = 3"},
    {"purchase.term", "UPDATE order_line SET new_expires_on = new_expires_on + 1 WHERE order_id = 3",
     "UPDATE order_line SET new_expires_on = new_expires_on - 1 WHERE order_id = 3"},
    {"purchase.term", "UPDATE mailbox_row SET activated_on = activated_on - 1 WHERE id = 3", "UPDATE mailbox_row SET activated_on = activated_on + 1 WHERE id = 3"},
    {"purchase.holder", "UPDATE activation_request SET tax_code = 'another' WHERE id = 4", "UPDATE activation_request SET tax_code = 'VRDMRA80A41H501U' WHERE id = 4"},
    {"purchase.holder", "UPDATE activation_request SET name_1 = 'att' WHERE id = 4", "UPDATE activation_request SET name_1 = 'attiva' WHERE id = 4"},
    {"papers.state", "UPDATE submission SET state = 'rejected' WHERE request_id = 4", "UPDATE submission SET state = 'approved' WHERE request_id = 4"},
    {"papers.state", "UPDATE activation_request SET state = 'docs_pending' WHERE id = 3", "UPDATE activation_request SET state = 'in_review' WHERE id = 3"},
    {"papers.state", "UPDATE activation_request SET error = 'x' WHERE id = 3", "UPDATE activation_request SET error = '' WHERE id = 3"},
    {"papers.state", "UPDATE submission SET number = 2 WHERE request_id = 3", "UPDATE submission SET number = 1 WHERE request_id = 3"},
    {"papers.verdict", "UPDATE submission SET decided_by = '' WHERE request_id = 4", "UPDATE submission SET decided_by = 'operator:1' WHERE request_id = 4"},
    {"papers.verdict", "UPDATE submission SET identity_expires_on = NULL WHERE request_id = 4", "UPDATE submission SET identity_expires_on = 30000 WHERE request_id = 4"},
    {"purchase.mail", "UPDATE outbox SET template = 'x' WHERE order_id = 2 AND template = 'order_settled'",
     "UPDATE outbox SET template = 'order_settled' WHERE template = 'x'"},
    {"order.settled", "UPDATE shop_order SET settled_by = '' WHERE id = 2", "UPDATE shop_order SET settled_by = 'bank:1' WHERE id = 2"},
    {"order.fulfilled", "UPDATE order_line SET fulfilled_at = 1 WHERE order_id = 2", "UPDATE order_line SET fulfilled_at = NULL WHERE order_id = 2"},
    {"order.invoice", "UPDATE invoice SET order_id = 1 WHERE order_id = 2", "UPDATE invoice SET order_id = 2 WHERE order_id = 1"},
    {"name.hold", "DELETE FROM name_hold WHERE request_id = 3", "INSERT INTO name_hold (address, request_id, held_until) VALUES ('pagata@pec.visura.example', 3, NULL)"},
    {"name.hold", "UPDATE name_hold SET held_until = 9000000000000000 WHERE request_id = 2", "UPDATE name_hold SET held_until = NULL WHERE request_id = 2"},
    {"name.hold", "UPDATE name_hold SET held_until = NULL WHERE request_id = 1", "UPDATE name_hold SET held_until = 9000000000000000 WHERE request_id = 1"},
    {"name.hold", "UPDATE name_hold SET address = 'x' || address WHERE request_id = 2", "UPDATE name_hold SET address = substr(address, 2) WHERE request_id = 2"},
    {"name.hold", "INSERT INTO name_hold (address, request_id, held_until) VALUES ('altra@pec.visura.example', 5, NULL)",
     "DELETE FROM name_hold WHERE request_id = 5"},
    {"name.taken", "UPDATE mailbox_row SET local = 'pagata' WHERE id = 3", "UPDATE mailbox_row SET local = 'attiva' WHERE id = 3"},
    {"name.tombstone", "UPDATE mailbox_row SET local = 'pagata', domain_no = (SELECT id FROM word WHERE name = 'pec.visura.example'), status = 'deleted' WHERE id = 1",
     "UPDATE mailbox_row SET local = 'studio.verdi', domain_no = (SELECT id FROM word WHERE name = 'legalmail.example'), status = 'live' WHERE id = 1"},
};
/* clang-format on */

static void what_is_wrong_with_purchases_is_named(void **state)
{
    struct fixture *f = selling_shop(state);

    assert_clean(f);
    sql(f, "UPDATE activation_request SET state = 'in_review' WHERE id = 3");
    sql(f, "INSERT INTO submission (request_id, number, state, sent_at, opens_at, due_at, reason, note, decided_by) "
           "VALUES (3, 1, "
           "'in_review', 1, 1, 1, '', '', '')");
    assert_clean(f);
    for (size_t i = 0; i < count_of(SPOILT_PURCHASE); i++) {
        struct audit_report report;

        if (strcmp(SPOILT_PURCHASE[i].invariant, "name.tombstone") == 0) /* of another holder */
            sql(f, "UPDATE holder SET tax_code = 'another' WHERE id = (SELECT holder_id FROM mailbox WHERE id = 1)");
        sql(f, SPOILT_PURCHASE[i].spoil);
        assert_int_equal(audit(&f->shop, f, &report), DONE);
        if (!names(&report, SPOILT_PURCHASE[i].invariant))
            fail_msg("%zu: %s is not named (%zu faults, first %s)", i, SPOILT_PURCHASE[i].invariant, report.count,
                     report.count ? report.faults[0].invariant : "");
        sql(f, SPOILT_PURCHASE[i].mend);
        assert_clean(f);
    }
}

/* What constraints forbid as long as they stand. */
static void without_constraints(void **state)
{
    struct fixture *f = busy_shop(state);
    struct audit_report report;
    int64_t id;

    sql(f, "DROP INDEX mailbox_live_address");
    id = add_mailbox(f, VERDI, 0, day_of(2027, 3, 15));
    assert_int_equal(audit(&f->shop, f, &report), DONE);
    assert_int_equal(report.count, 1);
    assert_true(names(&report, "mailbox.address"));

    sql(f, talloc_asprintf(f, "UPDATE mailbox_row SET status = 'deleted' WHERE id = %d", (int)id));
    assert_clean(f);
    sql(f, "UPDATE holder SET tax_code = 'another' WHERE id = 1");
    assert_int_equal(audit(&f->shop, f, &report), DONE);
    assert_int_equal(report.count, 1);
    assert_true(names(&report, "mailbox.holder"));
    sql(f, "UPDATE holder SET tax_code = (SELECT tax_code FROM holder WHERE id = 2) WHERE id = 1");

    sql(f, "DELETE FROM invoice_file WHERE invoice_id = 1");
    assert_int_equal(audit(&f->shop, f, &report), DONE);
    assert_true(names(&report, "invoice.file"));
}

/* What was whole is not read again, but must still be there. */
static void from_where_the_last_one_came(void **state)
{
    struct fixture *f = busy_shop(state);
    struct audit_report all, some;
    struct audit_mark mark = {.files = {0}}, before;

    assert_int_equal(audit_from(&f->shop, f, &mark, &some), DONE);
    assert_int_equal(some.count, 0);
    assert_true(mark.chain.whole_seq > 1);
    before = mark;
    set_day(f, 2029, 1, 1);
    sql(f, "UPDATE event SET actor = 'another' WHERE id = (SELECT event_id FROM event_seal WHERE seq = 1)");
    sql(f, "UPDATE invoice_file SET sha256 = 'another'");
    assert_int_equal(audit_from(&f->shop, f, &mark, &some), DONE); /* files of a month are read again */
    assert_true(names(&some, "invoice.file") && !names(&some, "event.chain"));
    assert_int_equal(audit_from(&f->shop, f, &mark, &some), DONE);
    assert_int_equal(some.count, 0);
    assert_int_equal(audit(&f->shop, f, &all), DONE);
    assert_true(names(&all, "event.chain") && names(&all, "invoice.file"));

    mark = before;
    sql(f, "DELETE FROM event_seal WHERE seq = (SELECT max(seq) FROM event_seal)");
    assert_int_equal(audit_from(&f->shop, f, &mark, &some), DONE);
    assert_true(names(&some, "event.chain"));
}

/* A report has an end. */
static void many_faults(void **state)
{
    struct fixture *f = fixture(state);
    struct audit_report report;

    sql(f, "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000) INSERT INTO ledger_entry "
           "(transaction_id, account, amount_cents, at) SELECT 't' || CAST(i AS TEXT), 'x', i, 0 FROM n");
    assert_int_equal(audit(&f->shop, f, &report), DONE);
    assert_int_equal(report.count, AUDIT_FAULTS_LISTED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_the_shop_does_is_right),           cmocka_unit_test(what_is_made_wrong_is_named),
        cmocka_unit_test(what_is_wrong_with_purchases_is_named), cmocka_unit_test(without_constraints),
        cmocka_unit_test(from_where_the_last_one_came),          cmocka_unit_test(many_faults)};

    return FLOW(tests);
}
