#include "store/audit.h"
#include "store/audit_sets.h"
#include "store/erasure.h"

/* clang-format off */
#define N AUDIT_TEXT
#define MOST AUDIT_MOST

static const struct audit_set LEDGER[] = {
    {"ledger.balanced", "SELECT transaction_id || ': ' || " N("sum(amount_cents)") " FROM ledger_entry "
                        "GROUP BY transaction_id HAVING sum(amount_cents) <> 0" MOST},
    {"ledger.bank", "SELECT 'bank entry ' || " N("e.id") " FROM bank_entry e LEFT JOIN "
                    "(SELECT transaction_id, account, sum(amount_cents) AS cents FROM ledger_entry GROUP BY transaction_id, "
                    "account) l ON l.transaction_id = 'bank:' || " N("e.id") " AND l.account = 'bank:' || e.account "
                    "WHERE e.currency = 'EUR' AND coalesce(l.cents, 0) <> e.amount_cents" MOST},
    {"ledger.bank", "SELECT l.account || ': ' || " N("l.cents") " FROM "
                    "(SELECT account, sum(amount_cents) AS cents FROM ledger_entry WHERE account LIKE 'bank:%' "
                    "GROUP BY account) l LEFT JOIN (SELECT account, sum(amount_cents) AS cents FROM bank_entry "
                    "WHERE currency = 'EUR' GROUP BY account) e ON l.account = 'bank:' || e.account "
                    "WHERE l.cents <> coalesce(e.cents, 0)" MOST},
    {"ledger.held", "SELECT 'held:' || e.account FROM (SELECT account, "
                    "sum(CASE WHEN state = 'held' THEN amount_cents - placed_cents ELSE 0 END) AS cents FROM bank_entry "
                    "WHERE currency = 'EUR' GROUP BY account) e LEFT JOIN (SELECT account, sum(amount_cents) AS cents "
                    "FROM ledger_entry WHERE account LIKE 'held:%' GROUP BY account) l ON l.account = 'held:' || e.account "
                    "WHERE e.cents + coalesce(l.cents, 0) <> 0" MOST},
    {"ledger.orders", "SELECT account || ': ' || " N("sum(amount_cents)") " FROM ledger_entry WHERE account LIKE 'order:%' "
                      "GROUP BY account HAVING sum(amount_cents) <> 0" MOST},
    {"ledger.payments", "SELECT 'payment ' || p.key FROM payment p LEFT JOIN (SELECT transaction_id, sum(amount_cents) AS cents "
                        "FROM ledger_entry WHERE amount_cents > 0 GROUP BY transaction_id) l ON l.transaction_id = 'payment:' || "
                        N("p.id") " WHERE coalesce(l.cents, 0) <> CASE WHEN p.state IN ('captured', 'held', 'part_refunded', "
                        "'refunded', 'charged_back') THEN p.captured_cents ELSE 0 END" MOST},
    {"ledger.gateways", "SELECT p.provider || ' ' || p.brand FROM (SELECT provider, brand, sum(CASE WHEN state IN ('held', "
                        "'captured', 'part_refunded', 'refunded', 'charged_back') THEN captured_cents - charged_back_cents "
                        "ELSE 0 END) AS captured FROM payment WHERE provider <> 'wallet' GROUP BY provider, brand) p LEFT JOIN (SELECT account, sum(amount_cents) AS cents "
                        "FROM ledger_entry WHERE account LIKE 'gateway:%' GROUP BY account) l ON l.account = 'gateway:' || "
                        "p.provider || ':' || p.brand LEFT JOIN (SELECT q.provider, q.brand, sum(r.amount_cents) AS cents FROM "
                        "refund r JOIN payment q ON q.id = r.payment_id WHERE r.destination = 'source' AND r.state = 'done' "
                        "GROUP BY q.provider, q.brand) b ON b.provider = p.provider AND b.brand = p.brand WHERE "
                        "coalesce(l.cents, 0) <> p.captured - coalesce(b.cents, 0)" MOST},
    {"ledger.refunds", "SELECT 'refund ' || " N("r.id") " FROM refund r LEFT JOIN (SELECT transaction_id, sum(amount_cents) AS cents "
                       "FROM ledger_entry WHERE amount_cents > 0 GROUP BY transaction_id) l ON l.transaction_id = 'refund:' || "
                       N("r.id") " LEFT JOIN (SELECT transaction_id, sum(amount_cents) AS cents FROM ledger_entry WHERE amount_cents "
                       "> 0 GROUP BY transaction_id) d ON d.transaction_id = 'refund:' || " N("r.id") " || ':done' WHERE "
                       "coalesce(l.cents, 0) <> r.amount_cents OR coalesce(d.cents, 0) <> CASE WHEN r.state = 'done' AND "
                       "(r.destination <> 'wallet' OR r.turned = 1) THEN r.amount_cents ELSE 0 END" MOST},
    {"ledger.refunds", "SELECT 'refunds:' || coalesce(r.brand, l.brand) || ': ' || " N("coalesce(l.cents, 0)") " FROM (SELECT substr("
                       "account, 9) AS brand, sum(amount_cents) AS cents FROM ledger_entry WHERE account LIKE 'refunds:%' GROUP BY "
                       "account) l LEFT JOIN (SELECT brand, sum(amount_cents) AS cents FROM refund WHERE state IN ('waiting', "
                       "'unknown', 'failed') GROUP BY brand) r ON r.brand = l.brand WHERE l.cents + coalesce(r.cents, 0) <> 0" MOST},
    {"ledger.held", "SELECT 'held:gateway:' || p.provider || ':' || p.brand FROM (SELECT provider, brand, sum(CASE WHEN state = 'held' "
                    "AND NOT EXISTS (SELECT 1 FROM refund r WHERE r.payment_id = payment.id AND r.elsewhere = 0 AND r.state <> "
                    "'dropped') THEN captured_cents - refunded_cents ELSE 0 END) AS cents FROM payment GROUP BY provider, brand) p "
                    "LEFT JOIN (SELECT account, sum(amount_cents) AS cents FROM ledger_entry WHERE account LIKE 'held:gateway:%' "
                    "GROUP BY account) l ON l.account = 'held:gateway:' || p.provider || ':' || p.brand WHERE p.cents + "
                    "coalesce(l.cents, 0) <> 0" MOST},
    {"ledger.wallets", "SELECT 'wallet ' || " N("w.account_id") " FROM wallet w LEFT JOIN (SELECT account, sum(amount_cents) AS cents "
                       "FROM ledger_entry WHERE account LIKE 'wallet:%' GROUP BY account) l ON l.account = 'wallet:' || "
                       N("w.account_id") " WHERE w.balance_cents + coalesce(l.cents, 0) <> 0 OR w.balance_cents <> (SELECT "
                       "coalesce(sum(e.amount_cents), 0) FROM wallet_entry e WHERE e.account_id = w.account_id)" MOST},
    {"wallet.owed", "SELECT 'wallet ' || " N("w.account_id") " FROM wallet w WHERE (w.owed_cents > 0 AND w.balance_cents > 0) OR "
                    "w.owed_cents <> (SELECT coalesce(sum(e.amount_cents), 0) FROM wallet_entry e WHERE e.account_id = w.account_id "
                    "AND e.kind = 'charge_back') + (SELECT coalesce(sum(p.charged_back_cents), 0) FROM payment p JOIN shop_order o ON "
                    "o.id = p.order_id WHERE o.account_id = w.account_id AND o.kind = 'wallet_topup' AND p.held_reason = '') + "
                    "(SELECT coalesce(sum(r.amount_cents), 0) FROM refund r JOIN payment p ON p.id = r.payment_id JOIN shop_order o ON "
                    "o.id = p.order_id WHERE o.account_id = w.account_id AND o.kind = 'wallet_topup' AND p.held_reason = '' AND "
                    "r.elsewhere = 1)" MOST},
    {"ledger.provisional", "SELECT l.account || ': ' || " N("l.cents") " FROM (SELECT account, sum(amount_cents) AS cents FROM "
                           "ledger_entry WHERE account LIKE 'provisional:%' GROUP BY account) l LEFT JOIN (SELECT o.brand, "
                           "sum(i.due_cents) AS cents FROM shop_order o JOIN invoice i ON i.order_id = o.id AND i.kind = 'invoice' "
                           "WHERE o.provisional = 1 GROUP BY o.brand) p ON l.account = 'provisional:' || p.brand WHERE l.cents <> "
                           "coalesce(p.cents, 0)" MOST},
    {"ledger.cheques", "SELECT 'cheques:' || c.brand FROM (SELECT brand, sum(CASE WHEN state = 'cleared' THEN amount_cents ELSE 0 "
                       "END) AS cleared, sum(CASE WHEN state = 'cleared' AND held_reason <> '' AND NOT EXISTS "
                       "(SELECT 1 FROM refund r WHERE r.cheque_id = cheque.id) THEN amount_cents ELSE 0 END) AS held FROM cheque "
                       "GROUP BY brand) c LEFT JOIN (SELECT account, sum(amount_cents) AS cents FROM ledger_entry "
                       "WHERE account LIKE 'cheques:%' GROUP BY account) l ON l.account = 'cheques:' || c.brand LEFT JOIN (SELECT "
                       "account, sum(amount_cents) AS cents FROM ledger_entry WHERE account LIKE 'held:cheques:%' GROUP BY account) "
                       "h ON h.account = 'held:cheques:' || c.brand WHERE coalesce(l.cents, 0) <> c.cleared OR "
                       "coalesce(h.cents, 0) + c.held <> 0" MOST},
    {"ledger.invoices", "SELECT 'invoice ' || i.brand || ' ' || " N("i.year") " || '/' || " N("i.number") " FROM invoice i "
                        "LEFT JOIN (SELECT transaction_id, sum(CASE WHEN account LIKE 'revenue:%' THEN amount_cents ELSE 0 "
                        "END) AS net, sum(CASE WHEN account LIKE 'vat:%' THEN amount_cents ELSE 0 END) AS vat "
                        "FROM ledger_entry GROUP BY transaction_id) l ON l.transaction_id = 'invoice:' || " N("i.id")
                        " WHERE coalesce(l.net, 0) + CASE i.kind WHEN 'invoice' THEN 1 ELSE -1 END * i.net_cents <> 0 OR coalesce(l.vat, 0) + CASE i.kind WHEN 'invoice' THEN 1 ELSE -1 END * (i.due_cents - i.net_cents) <> 0" MOST},
};

/* An amount's VAT, half-up. Amounts of orders are never negative. */
#define VAT_OF(t) "(" t ".net_cents * " t ".vat_rate_bp + 5000) / 10000"
#define LINES_NET "(SELECT sum(l.net_cents) FROM order_line l WHERE l.order_id = o.id)"

static const struct audit_set ORDERS[] = {
    {"order.totals", "SELECT 'order ' || o.code FROM shop_order o WHERE o.gross_cents <> o.net_cents + o.vat_cents OR "
                     "o.vat_cents <> " VAT_OF("o") " OR (o.kind = 'wallet_topup' AND o.vat_cents <> 0) OR (o.vat_nature <> '') <> "
                     "(o.vat_rate_bp = 0 AND o.kind <> 'wallet_topup') OR (o.split_payment = 1 AND (o.billing_kind <> 'public_body' OR "
                     "o.vat_nature <> '')) OR o.net_cents <> coalesce(" LINES_NET ", 0)" MOST},
    {"order.code", "SELECT 'order id ' || " N("id") " FROM shop_order WHERE code IS NULL OR code = ''" MOST},
    {"order.fulfilled", "SELECT 'order ' || o.code || ', line ' || " N("l.line") " FROM order_line l JOIN shop_order o "
                        "ON o.id = l.order_id WHERE (o.state = 'fulfilled') <> (l.fulfilled_at IS NOT NULL)" MOST},
    {"order.settled", "SELECT 'order ' || code || ': ' || settled_by FROM shop_order WHERE (state IN ('paid', 'invoiced', "
                      "'in_process', 'fulfilled', 'refunded')) <> (settled_by <> '') OR (provisional = 1 AND settled_by NOT LIKE 'proof:%' AND "
                      "settled_by NOT LIKE 'commitment:%' AND "
                      "settled_by NOT LIKE 'cheque:%')" MOST},
    {"order.payment", "SELECT 'order ' || o.code || ': ' || o.settled_by FROM shop_order o WHERE o.settled_by <> '' AND NOT EXISTS "
                      "(SELECT 1 FROM bank_entry e WHERE o.settled_by = 'bank:' || " N("e.id") " AND e.order_id = o.id AND "
                      "e.state = 'matched') AND NOT EXISTS (SELECT 1 FROM payment p WHERE o.settled_by = 'payment:' || " N("p.id")
                      " AND p.order_id = o.id AND p.state IN ('captured', 'part_refunded', 'refunded', 'charged_back')) AND NOT EXISTS "
                      "(SELECT 1 FROM cheque c WHERE o.settled_by = 'cheque:' || " N("c.id") " AND c.order_id = o.id AND "
                      "(c.state = 'cleared' OR c.state = 'bounced')) AND NOT EXISTS (SELECT 1 FROM proof p WHERE o.settled_by = 'proof:' || " N("p.id")
                      " AND p.order_id = o.id AND p.state IN ('accepted', 'credited', 'never_credited')) AND NOT EXISTS (SELECT 1 FROM "
                      "held_part h WHERE o.settled_by = 'held:' || " N("h.id") " AND h.order_id = o.id AND h.way = 'order') AND NOT EXISTS "
                      "(SELECT 1 FROM public_order q WHERE o.settled_by = 'commitment:' || " N("q.order_id") " AND q.order_id = o.id AND "
                      "q.committed_at IS NOT NULL)" MOST},
    {"order.payment", "SELECT 'order ' || o.code || ': bank entry ' || " N("e.id") " FROM bank_entry e JOIN shop_order o ON "
                      "o.id = e.order_id WHERE e.state = 'matched' AND o.settled_by <> 'bank:' || " N("e.id") " AND NOT "
                      "((o.settled_by LIKE 'proof:%' OR o.settled_by LIKE 'commitment:%' OR EXISTS (SELECT 1 FROM cheque c WHERE c.state = 'bounced' AND "
                      "o.settled_by = 'cheque:' || " N("c.id") ")) AND o.provisional = 0)" MOST},
    {"order.payment", "SELECT 'order ' || o.code || ': payment ' || p.key FROM payment p JOIN shop_order o ON o.id = p.order_id "
                      "WHERE p.state IN ('captured', 'part_refunded') AND p.held_reason = '' AND o.settled_by <> 'payment:' || "
                      N("p.id") MOST},
    {"order.cheque", "SELECT 'order ' || o.code || ': cheque ' || " N("c.id") " FROM cheque c JOIN shop_order o ON o.id = c.order_id "
                     "WHERE c.state = 'cleared' AND c.held_reason = '' AND (o.settled_by <> 'cheque:' || " N("c.id")
                     " OR o.provisional = 1)" MOST},
    {"order.payment", "SELECT 'order ' || o.code || ': paid ' || " N("l.cents") " || ', due ' || " N("i.due_cents")
                      " FROM shop_order o JOIN invoice i ON i.order_id = o.id AND i.kind = 'invoice' LEFT JOIN (SELECT "
                      "transaction_id, account, sum(amount_cents) AS cents FROM ledger_entry WHERE account LIKE 'order:%' GROUP BY "
                      "transaction_id, account) l ON l.transaction_id = o.settled_by AND l.account = 'order:' || " N("o.id")
                      " WHERE coalesce(l.cents, 0) <> - i.due_cents" MOST},
    {"order.invoice", "SELECT 'order ' || o.code FROM shop_order o LEFT JOIN invoice i ON i.order_id = o.id AND i.kind = 'invoice' "
                      "WHERE (o.kind <> 'wallet_topup' AND o.state IN ('invoiced', 'in_process', 'fulfilled', 'refunded')) <> (i.id IS NOT NULL) OR "
                      "i.net_cents <> " LINES_NET MOST},
    {"order.credited", "SELECT 'invoice ' || i.brand || ' ' || " N("i.year") " || '/' || " N("i.number") " FROM invoice i JOIN (SELECT "
                       "corrects_id, sum(gross_cents) AS cents FROM invoice WHERE kind = 'credit_note' GROUP BY corrects_id) n ON "
                       "n.corrects_id = i.id JOIN shop_order o ON o.id = i.order_id WHERE n.cents > i.gross_cents OR "
                       "(o.state = 'refunded' AND n.cents + coalesce((SELECT w.kept_cents FROM withdrawal w WHERE w.order_id = o.id), 0) <> i.gross_cents)" MOST},
    {"order.credited", "SELECT 'credit note ' || " N("n.id") " || ': lines' FROM invoice n JOIN (SELECT c.invoice_id, sum(l.net_cents) AS "
                       "cents FROM credited_line c JOIN order_line l ON l.order_id = c.order_id AND l.line = c.line GROUP BY c.invoice_id) g "
                       "ON g.invoice_id = n.id WHERE n.kind <> 'credit_note' OR n.net_cents <> g.cents" MOST},
    {"order.withdrawn", "SELECT 'order ' || o.code FROM withdrawal w JOIN shop_order o ON o.id = w.order_id LEFT JOIN invoice n ON "
                        "n.id = w.credit_note_id AND n.order_id = o.id AND n.kind = 'credit_note' WHERE o.state <> 'refunded' OR "
                        "w.sent_on > w.last_on OR w.kept_cents < 0 OR w.kept_cents > o.gross_cents OR (w.credit_note_id IS NOT NULL "
                        "AND n.id IS NULL) OR NOT EXISTS (SELECT 1 FROM outbox b WHERE b.order_id = o.id AND b.kind = 'mail' AND "
                        "b.template = 'withdrawal_received')" MOST},
    {"order.mail", "SELECT 'order ' || o.code || ': order_settled' FROM shop_order o WHERE o.state = 'fulfilled' AND NOT EXISTS "
                   "(SELECT 1 FROM outbox b WHERE b.order_id = o.id AND b.kind = 'mail' AND b.template = CASE o.kind WHEN "
                   "'wallet_topup' THEN 'topup_settled' ELSE 'order_settled' END)" MOST},
    {"order.mail", "SELECT 'order ' || o.code || ': order_received' FROM shop_order o WHERE o.door <> 'job' AND NOT EXISTS "
                   "(SELECT 1 FROM outbox b WHERE b.order_id = o.id AND b.kind = 'mail' AND b.template = 'order_received')" MOST},
};

static const struct audit_set MAILBOXES[] = {
    {"mailbox.open_order", "SELECT m.address FROM mailbox m LEFT JOIN shop_order o ON o.id = m.open_order_id "
                           "WHERE m.open_order_id IS NOT NULL AND (o.id IS NULL OR o.state <> 'confirmed' OR NOT EXISTS "
                           "(SELECT 1 FROM order_line l WHERE l.order_id = o.id AND l.mailbox_id = m.id))" MOST},
    {"mailbox.open_order", "SELECT m.address || ': order ' || o.code FROM shop_order o JOIN order_line l ON l.order_id = o.id "
                           "JOIN mailbox m ON m.id = l.mailbox_id WHERE o.state = 'confirmed' AND l.kind = 'renewal' "
                           "AND coalesce(m.open_order_id, 0) <> o.id" MOST},
    {"mailbox.space_order", "SELECT 'order ' || o.code FROM shop_order o LEFT JOIN space_claim s ON s.order_id = o.id WHERE o.kind = "
                            "'extra_space' AND (o.state = 'confirmed') <> (s.order_id IS NOT NULL)" MOST},
    {"mailbox.address", "SELECT min(address) FROM mailbox WHERE status <> 'deleted' GROUP BY local, domain_no HAVING count(*) > 1" MOST},
    {"mailbox.holder", "SELECT m.address FROM mailbox d JOIN holder a ON a.id = d.holder_id JOIN mailbox m "
                       "ON m.local = d.local AND m.domain_no = d.domain_no AND m.status <> 'deleted' JOIN holder h ON h.id = m.holder_id "
                       "WHERE d.status = 'deleted' AND a.tax_code <> h.tax_code" MOST},
    {"mailbox.domain", "SELECT m.address FROM mailbox m JOIN certified_domain d ON d.brand = m.brand AND d.name = m.domain "
                       "WHERE m.domain <> '' AND m.status <> 'deleted' AND m.expires_on <> d.expires_on" MOST},
    {"mailbox.expiry", "SELECT m.address FROM mailbox m WHERE m.domain = '' AND m.expires_on <> m.first_expires_on AND NOT EXISTS "
                       "(SELECT 1 FROM order_line l WHERE l.mailbox_id = m.id AND l.kind = 'renewal' AND "
                       "l.fulfilled_at IS NOT NULL)" MOST},
};

static const struct audit_set PAPERS[] = {
    {"invoice.numbers", "SELECT brand || ' ' || kind || ' ' || " N("year") " FROM invoice GROUP BY brand, kind, year "
                        "HAVING count(*) <> max(number) OR min(number) <> 1" MOST},
    {"invoice.numbers", "SELECT s.brand || ' ' || " N("s.year") " || ': series' FROM invoice_series s WHERE s.last_number <> "
                        "(SELECT coalesce(max(i.number), 0) FROM invoice i WHERE i.brand = s.brand AND i.kind = s.kind AND "
                        "i.year = s.year)" MOST},
    {"invoice.dates", "SELECT brand || ' ' || " N("year") " || '/' || " N("number") " FROM (SELECT brand, year, number, "
                      "issued_on, lag(issued_on) OVER (PARTITION BY brand, kind, year ORDER BY number) AS previous FROM invoice) "
                      "numbered WHERE previous > issued_on" MOST},
    {"invoice.totals", "SELECT i.brand || ' ' || " N("i.year") " || '/' || " N("i.number") " FROM invoice i WHERE "
                       "i.gross_cents <> i.net_cents + i.vat_cents OR (i.split_payment = 1 AND i.vat_cents = 0) OR (i.kind = 'invoice' AND i.vat_cents <> " VAT_OF("i") ") OR "
                       "abs(i.vat_cents - " VAT_OF("i") ") > 1" MOST},
    {"invoice.file", "SELECT i.brand || ' ' || " N("i.year") " || '/' || " N("i.number") " FROM invoice i WHERE NOT EXISTS "
                     "(SELECT 1 FROM invoice_file f WHERE f.invoice_id = i.id) AND NOT EXISTS (SELECT 1 FROM outbox b "
                     "WHERE b.order_id = i.order_id AND b.kind = 'invoice_file' AND b.state <> 'done') AND NOT EXISTS (SELECT 1 FROM "
                     "shop_order o WHERE o.id = i.order_id AND o.billing_name = '" ERASED "')" MOST},
    {"bank.entry", "SELECT 'bank entry ' || " N("e.id") " FROM bank_entry e LEFT JOIN shop_order o ON o.id = e.order_id WHERE "
                   "(e.state = 'matched' AND (o.id IS NULL OR o.state NOT IN ('paid', 'invoiced', 'in_process', 'fulfilled', 'refunded') OR "
                   "e.held_reason <> '')) OR (e.state <> 'matched' AND e.held_reason = '')" MOST},
    {"bank.placed", "SELECT 'bank entry ' || " N("e.id") " FROM bank_entry e WHERE CASE e.state WHEN 'matched' THEN e.placed_cents <> 0 "
                    "WHEN 'placed' THEN e.placed_cents <> e.amount_cents ELSE e.placed_cents < 0 OR e.placed_cents >= e.amount_cents AND "
                    "e.placed_cents > 0 END" MOST},
    {"bank.placed", "SELECT 'bank entry ' || " N("e.id") " || ': parts' FROM bank_entry e JOIN (SELECT a.bank_entry_id, sum(CASE WHEN "
                    "p.undone_at IS NULL THEN p.amount_cents ELSE 0 END) AS cents FROM held_act a JOIN held_part p ON p.act_id = a.id "
                    "GROUP BY a.bank_entry_id) h ON h.bank_entry_id = e.id WHERE h.cents <> e.placed_cents" MOST},
    {"bank.placed", "SELECT 'bank entry ' || " N("e.id") " || ': no parts' FROM bank_entry e WHERE e.placed_cents <> 0 AND NOT EXISTS "
                    "(SELECT 1 FROM held_act a WHERE a.bank_entry_id = e.id)" MOST},
    {"ledger.placed", "SELECT 'held part ' || " N("p.id") " FROM held_part p LEFT JOIN (SELECT transaction_id, sum(amount_cents) AS cents "
                      "FROM ledger_entry WHERE amount_cents > 0 AND transaction_id LIKE 'held:%' GROUP BY transaction_id) l ON "
                      "l.transaction_id = 'held:' || " N("p.id") " LEFT JOIN (SELECT transaction_id, sum(amount_cents) AS cents FROM "
                      "ledger_entry WHERE amount_cents > 0 AND transaction_id LIKE 'held:%' GROUP BY transaction_id) u ON "
                      "u.transaction_id = 'held:' || " N("p.id") " || ':undone' WHERE coalesce(l.cents, 0) <> CASE WHEN p.way = "
                      "'transfer' THEN 0 ELSE p.amount_cents END OR coalesce(u.cents, 0) <> CASE WHEN p.undone_at IS NULL THEN 0 ELSE "
                      "p.amount_cents END OR (p.way = 'order') <> (p.order_id IS NOT NULL) OR (p.way = 'wallet') <> (p.account_id IS "
                      "NOT NULL) OR (p.way = 'transfer') <> (p.refund_id IS NOT NULL)" MOST},
    {"payment.charged_back", "SELECT 'payment ' || key FROM payment WHERE charged_back_cents < 0 OR (state <> 'charged_back' AND "
                             "charged_back_cents <> 0)" MOST},
    {"payment.held", "SELECT 'payment ' || key FROM payment WHERE state = 'held' AND held_reason = ''" MOST},
    {"payment.refunded", "SELECT 'payment ' || p.key FROM payment p LEFT JOIN (SELECT payment_id, sum(amount_cents) AS cents FROM refund "
                         "WHERE state = 'done' GROUP BY payment_id) r ON r.payment_id = p.id WHERE p.provider <> 'wallet' AND "
                         "p.refunded_cents <> coalesce(r.cents, 0) OR p.refunded_cents > coalesce(p.captured_cents, 0)" MOST},
    {"bank.statement", "SELECT s.account || ' ' || s.name || ': entries' FROM bank_statement s WHERE s.entries < "
                       "(SELECT count(*) FROM bank_entry e WHERE e.statement_id = s.id)" MOST},
};
/* clang-format on */

struct text_row {
    char *what;
};

static enum outcome run_sets(struct db_tx *tx, void *mem, const struct audit_set *sets, size_t count,
                             audit_found *found, void *arg)
{
    static const struct db_column TEXT_ROW[] = {DB_TEXT(struct text_row, what), DB_END};

    for (size_t i = 0; i < count; i++) {
        struct text_row *rows;
        size_t faults;

        TRY(db_all(tx, mem, TEXT_ROW, &rows, &faults, sets[i].sql));
        for (size_t f = 0; f < faults; f++)
            TRY(found(arg, sets[i].invariant, rows[f].what));
    }
    return DONE;
}

enum outcome audit_sets(struct db_tx *tx, void *mem, audit_found *found, void *arg)
{
    TRY(run_sets(tx, mem, LEDGER, count_of(LEDGER), found, arg));
    TRY(run_sets(tx, mem, ORDERS, count_of(ORDERS), found, arg));
    TRY(run_sets(tx, mem, MAILBOXES, count_of(MAILBOXES), found, arg));
    TRY(run_sets(tx, mem, AUDIT_HOLDERS, AUDIT_HOLDER_COUNT, found, arg));
    TRY(run_sets(tx, mem, AUDIT_DAYS, AUDIT_DAY_COUNT, found, arg));
    TRY(run_sets(tx, mem, AUDIT_PURCHASES, AUDIT_PURCHASE_COUNT, found, arg));
    TRY(run_sets(tx, mem, AUDIT_CONVENTIONS, AUDIT_CONVENTION_COUNT, found, arg));
    TRY(run_sets(tx, mem, AUDIT_SDI, AUDIT_SDI_COUNT, found, arg));
    TRY(run_sets(tx, mem, AUDIT_AUTORENEWALS, AUDIT_AUTORENEWAL_COUNT, found, arg));
    return run_sets(tx, mem, PAPERS, count_of(PAPERS), found, arg);
}

enum outcome audit_count(struct db_tx *tx, struct audit_counts *c)
{
    TRY(db_number(tx, &c->orders, "SELECT count(*) FROM shop_order"));
    TRY(db_number(tx, &c->mailboxes, "SELECT count(*) FROM mailbox"));
    TRY(db_number(tx, &c->invoices, "SELECT count(*) FROM invoice"));
    return db_number(tx, &c->bank_entries, "SELECT count(*) FROM bank_entry");
}

enum outcome audit_each_renewed(struct db_tx *tx, void *mem, struct audit_renewed *row, db_each_row *each, void *arg)
{
    static const struct db_column RENEWED[] = {
        DB_TEXT(struct audit_renewed, address),   DB_DAY(struct audit_renewed, first_expires_on),
        DB_DAY(struct audit_renewed, expires_on), DB_INT(struct audit_renewed, anchor),
        DB_INT64(struct audit_renewed, years),    DB_END,
    };

    return db_each(tx, mem, RENEWED, row, each, arg,
                   "SELECT m.address, m.first_expires_on, m.expires_on, m.anchor_day, r.years FROM "
                   "(SELECT mailbox_id, CAST(sum(years) AS BIGINT) AS years FROM order_line WHERE kind = 'renewal' "
                   "AND fulfilled_at IS NOT NULL GROUP BY mailbox_id) r JOIN mailbox m ON m.id = r.mailbox_id");
}

enum outcome audit_each_first(struct db_tx *tx, void *mem, struct audit_first *row, db_each_row *each, void *arg)
{
    static const struct db_column FIRST[] = {
        DB_TEXT(struct audit_first, brand),       DB_TEXT(struct audit_first, address),
        DB_DAY(struct audit_first, activated_on), DB_DAY(struct audit_first, first_expires_on),
        DB_INT64(struct audit_first, years),      DB_END,
    };

    return db_each(tx, mem, FIRST, row, each, arg,
                   "SELECT m.brand, m.address, m.activated_on, m.first_expires_on, l.years FROM order_line l JOIN "
                   "mailbox m ON m.id = l.mailbox_id WHERE l.kind = 'purchase' AND l.fulfilled_at IS NOT NULL");
}

enum outcome audit_each_phase(struct db_tx *tx, void *mem, struct audit_phase *row, db_each_row *each, void *arg)
{
    static const struct db_column PHASE[] = {
        DB_TEXT(struct audit_phase, brand),
        DB_TEXT(struct audit_phase, address),
        DB_BOOL(struct audit_phase, own_domain),
        DB_DAY(struct audit_phase, expires_on),
        DB_DAY(struct audit_phase, allowed.send_until),
        DB_DAY(struct audit_phase, allowed.receive_until),
        DB_DAY(struct audit_phase, allowed.read_until),
        DB_DAY(struct audit_phase, allowed.renew_until),
        DB_INT64(struct audit_phase, mailboxes),
        DB_END,
    };

    return db_each(tx, mem, PHASE, row, each, arg,
                   "SELECT brand, min(address), CASE WHEN domain <> '' THEN 1 ELSE 0 END AS own, expires_on, "
                   "send_until, receive_until, read_until, renew_until, count(*) "
                   "FROM mailbox WHERE status <> 'deleted' GROUP BY brand, own, expires_on, send_until, receive_until, "
                   "read_until, "
                   "renew_until");
}

enum outcome audit_each_anchor(struct db_tx *tx, void *mem, struct audit_anchor *row, db_each_row *each, void *arg)
{
    static const struct db_column ANCHOR[] = {DB_TEXT(struct audit_anchor, address),
                                              DB_DAY(struct audit_anchor, first_expires_on),
                                              DB_INT(struct audit_anchor, anchor), DB_END};

    return db_each(
        tx, mem, ANCHOR, row, each, arg,
        "SELECT min(address), first_expires_on, anchor_day FROM mailbox WHERE domain = '' GROUP BY first_expires_on, "
        "anchor_day");
}

enum outcome audit_each_statement(struct db_tx *tx, void *mem, struct audit_statement *row, db_each_row *each,
                                  void *arg)
{
    static const struct db_column STATEMENT[] = {
        DB_ID(struct audit_statement, id),
        DB_TEXT(struct audit_statement, account),
        DB_TEXT(struct audit_statement, name),
        DB_TEXT(struct audit_statement, opening),
        DB_TEXT(struct audit_statement, closing),
        DB_MONEY(struct audit_statement, booked),
        DB_END,
    };

    return db_each(tx, mem, STATEMENT, row, each, arg,
                   "SELECT id, account, name, opening, closing, booked_cents FROM bank_statement WHERE balanced = 1");
}

enum outcome audit_each_file(struct db_tx *tx, void *mem, struct day since, struct audit_file *row, db_each_row *each,
                             void *arg)
{
    static const struct db_column FILE_[] = {
        DB_INT64(struct audit_file, year),  DB_INT64(struct audit_file, number), DB_TEXT(struct audit_file, kind),
        DB_TEXT(struct audit_file, brand),  DB_TEXT(struct audit_file, name),    DB_DAY(struct audit_file, issued_on),
        DB_MONEY(struct audit_file, net),   DB_MONEY(struct audit_file, vat),    DB_MONEY(struct audit_file, gross),
        DB_BYTES(struct audit_file, bytes), DB_TEXT(struct audit_file, sha256),  DB_END,
    };

    return db_each(tx, mem, FILE_, row, each, arg,
                   "SELECT i.year, i.number, i.kind, i.brand, f.name, i.issued_on, i.net_cents, i.vat_cents, "
                   "i.gross_cents, f.bytes, "
                   "f.sha256 FROM invoice_file f JOIN invoice i ON i.id = f.invoice_id WHERE i.issued_on >= $1",
                   db_day(since));
}
