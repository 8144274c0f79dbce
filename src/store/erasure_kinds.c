/* store/erasure_kinds.c: the one table of what is kept of people: which class it belongs to, where it is found, what
 * erasing does. */
#include "base/i18n.h"
#include "store/erasure.h"
#include "store/erasure_parts.h"

#define ENDED MAILBOX_ENDED
/* Of who asked for the mailbox it may have been earlier, by a change of holder. */
#define FIRST_ENDED                                                                                                    \
    "coalesce((SELECT " DAY_OF("g.until_at") " FROM holding g WHERE g.mailbox_id = m.id AND g.number = 1), " ENDED ")"
#define DAY_OF(instant) "CAST(" instant " / 86400000000 AS BIGINT)"

#define SQL(...) ((const char *const[]){__VA_ARGS__, NULL})

/* clang-format off */
/* Whoever holds it after him ended his contract, too; the row that says how he got it goes with it (audit: holder.passed). */
#define CHANGE_ENDED \
    "coalesce((SELECT " DAY_OF("g.until_at") " FROM holding g JOIN holding b ON b.mailbox_id = g.mailbox_id AND b.number = g.number - 1 " \
    "WHERE b.change_id = c.id), " ENDED ")"
#define PARTY_GONE "street = '', postcode = '', city = '', province = '', sdi_code = '', sdi_pec = ''"
#define REQUEST_GONE \
    SQL("UPDATE submission SET note = '' WHERE request_id IN " ERASURE_DUE, \
        "UPDATE activation_request SET name = '" ERASED "', tax_code = CASE WHEN state = 'active' THEN tax_code ELSE '' END, vat_number = '', " \
        PARTY_GONE ", contact_email = '', phone = '', signer_name = '', signer_tax_code = '', name_1 = '', name_2 = '', name_3 = '', " \
        "contract_sha256 = '' WHERE id IN " ERASURE_DUE)
#define REQUEST_FILES \
    "SELECT r.id AS id, r.contract_sha256 AS sha256 FROM activation_request r WHERE r.contract_sha256 <> '' AND r.id IN " ERASURE_DUE
#define DOCUMENT_GONE \
    SQL("UPDATE document SET purged_at = coalesce(purged_at, $2 * 86400000000), file_name = '', signer = '', signer_tax_code = '' " \
        "WHERE id IN " ERASURE_DUE)
#define DOCUMENT_FILES "SELECT d.id AS id, d.file_sha256 AS sha256 FROM document d WHERE d.purged_at IS NULL AND d.id IN " ERASURE_DUE
#define DOCUMENT_FOUND(slot) \
    "SELECT d.id AS id, CASE WHEN m.id IS NOT NULL THEN " FIRST_ENDED " WHEN r.order_id IS NULL THEN 0 ELSE " DAY_OF("r.changed_at") " END AS from_on " \
    "FROM document d JOIN activation_request r ON r.id = d.request_id LEFT JOIN mailbox_row m ON m.id = r.mailbox_id WHERE d.slot = '" slot "' AND " \
    "(d.purged_at IS NULL OR d.file_name <> '') AND d.request_id IN " PERSON_REQUESTS " UNION ALL SELECT d.id, CASE WHEN c.state <> 'done' THEN " \
    "0 ELSE " CHANGE_ENDED " END FROM document d JOIN holder_change c ON c.id = d.change_id JOIN mailbox m ON m.id = " \
    "c.mailbox_id WHERE d.slot = '" slot "' AND (d.purged_at IS NULL OR d.file_name <> '') AND d.change_id IN " PERSON_CHANGES
#define BILLING_GONE \
    "UPDATE shop_order SET billing_name = '" ERASED "', billing_tax_code = '', billing_vat_number = '', billing_street = '', billing_postcode = '', " \
    "billing_city = '', billing_province = '', billing_sdi_code = '', billing_sdi_pec = '', billing_email = '' WHERE id IN " ERASURE_DUE
#define CHANGE_GONE \
    SQL("UPDATE submission SET note = '' WHERE change_id IN " ERASURE_DUE, \
        "UPDATE holder_change SET name = '" ERASED "', vat_number = CASE WHEN state = 'done' AND tax_code = '' THEN vat_number ELSE '' END, " \
        "tax_code = CASE WHEN state = 'done' THEN tax_code ELSE '' END, " PARTY_GONE ", contact_email = '', phone = '', signer_name = '', " \
        "signer_tax_code = '', note = '' WHERE id IN " ERASURE_DUE)
#define HOLDER_GONE \
    "UPDATE holder SET name = '" ERASED "', contact_email = '', vat_number = CASE WHEN tax_code = '' THEN vat_number ELSE '' END, " PARTY_GONE " WHERE id IN "
#define OWNER "(SELECT 'account:' || CAST(d.row_id AS TEXT) FROM (SELECT row_id FROM erasure_item WHERE kind = $1 AND due_on <= $2 AND done_on IS NULL) d)"

const struct erasure_kind ERASURE_KINDS[] = {
    {"account", N_("utenza, profilo e accessi"), N_("si sostituiscono nome ed e-mail, si cancellano profilo, password, sessioni, carrello e carte salvate"),
     RETAIN_NOTHING,
     "SELECT a.id AS id, 0 AS from_on FROM account a WHERE a.name <> '" ERASED "' AND a.id IN " PERSON_ACCOUNTS,
     SQL("DELETE FROM account_profile WHERE account_id IN " ERASURE_DUE,
         "DELETE FROM session WHERE account_id IN " ERASURE_DUE,
         "DELETE FROM reset_link WHERE account_id IN " ERASURE_DUE,
         "DELETE FROM email_link WHERE account_id IN " ERASURE_DUE,
         "DELETE FROM cart_line WHERE owner IN " OWNER,
         "DELETE FROM wizard WHERE owner IN " OWNER,
         "DELETE FROM registration WHERE EXISTS (SELECT 1 FROM account a WHERE a.brand = registration.brand AND a.email = registration.email AND "
         "a.id IN " ERASURE_DUE ")",
         "DELETE FROM contact_bounce WHERE EXISTS (SELECT 1 FROM account a WHERE a.brand = contact_bounce.brand AND a.email = "
         "contact_bounce.address AND a.id IN " ERASURE_DUE ")",
         "UPDATE instrument SET token = '', customer = '', first_ref = '', label = '', last4 = '', exp_month = 0, exp_year = 0, removed_at = "
         "coalesce(removed_at, $2 * 86400000000) WHERE account_id IN " ERASURE_DUE,
         "UPDATE account SET name = '" ERASED "', email = 'cancellata-' || CAST(id AS TEXT) || '@invalid', user_name = '', password_hash = '' WHERE id "
         "IN " ERASURE_DUE), NULL},
    {"notes", N_("note dell'ufficio"), N_("si cancellano"), RETAIN_NOTHING,
     "SELECT n.id AS id, 0 AS from_on FROM desk_note n WHERE n.account_id IN " PERSON_ACCOUNTS " OR n.mailbox_id IN " PERSON_BOXES " OR n.order_id "
     "IN " PERSON_ORDERS,
     SQL("DELETE FROM desk_note WHERE id IN " ERASURE_DUE), NULL},
    {"members", N_("iscrizioni in convenzione"), N_("si cancellano nome, cognome, codice fiscale e numero d'iscrizione"), RETAIN_NOTHING,
     "SELECT b.id AS id, CASE WHEN b.status = 'left' OR m.status = 'deleted' THEN 0 ELSE -1 END AS from_on FROM member b JOIN mailbox m ON m.id "
     "= b.mailbox_id WHERE b.tax_code = $1 AND $1 <> '' AND b.mailbox_id IN " PERSON_HELD,
     SQL("UPDATE member SET tax_code = '', name = '', surname = '', enrolment_no = '' WHERE id IN " ERASURE_DUE), NULL},
    {"mails", N_("messaggi inviati"), N_("si cancella il destinatario; che il messaggio partì resta"), RETAIN_NOTHING,
     "SELECT b.id AS id, CASE WHEN b.state = 'done' OR b.state = 'dead' THEN 0 ELSE -1 END AS from_on FROM outbox b WHERE b.kind = 'mail' AND "
     "b.recipient <> '" ERASED "' AND (b.order_id IN " PERSON_ORDERS " OR b.id IN (SELECT n.outbox_id FROM notice n WHERE n.mailbox_id IN "
     PERSON_BOXES ") OR b.recipient IN (SELECT a.email FROM account a WHERE a.id IN " PERSON_ACCOUNTS " UNION SELECT h.contact_email FROM mailbox m "
     "JOIN holder h ON h.id = m.holder_id WHERE h.contact_email <> '' AND m.id IN " PERSON_HELD " AND NOT EXISTS (SELECT 1 FROM search_key s JOIN mailbox y ON y.id = s.id JOIN holder z ON "
     "z.id = y.holder_id WHERE s.about = 'm' AND s.key = h.contact_email AND z.tax_code <> h.tax_code)))",
     SQL("UPDATE outbox SET recipient = '" ERASED "', data = '{}', last_error = '' WHERE id IN " ERASURE_DUE), NULL},
    {"drafts", N_("richieste mai ordinate"), N_("si cancellano i dati di chi chiedeva e i nomi tenuti"), RETAIN_NOTHING,
     "SELECT r.id AS id, 0 AS from_on FROM activation_request r WHERE r.order_id IS NULL AND r.name <> '" ERASED "' AND r.id IN " PERSON_REQUESTS,
     SQL("DELETE FROM name_hold WHERE request_id IN " ERASURE_DUE,
         "UPDATE activation_request SET name = '" ERASED "', tax_code = '', vat_number = '', " PARTY_GONE ", contact_email = '', phone = '', "
         "signer_name = '', signer_tax_code = '', name_1 = '', name_2 = '', name_3 = '', held_name = '', state = 'dropped' WHERE id IN " ERASURE_DUE),
     NULL},
    {"refused", N_("richieste non andate a buon fine"), N_("si sostituiscono i dati di chi chiedeva"), RETAIN_LOG,
     "SELECT r.id AS id, CASE WHEN r.state = 'refused' OR r.state = 'dropped' THEN " DAY_OF("r.changed_at") " ELSE -1 END AS from_on FROM "
     "activation_request r WHERE r.order_id IS NOT NULL AND r.mailbox_id IS NULL AND r.name <> '" ERASED "' AND r.id IN " PERSON_REQUESTS,
     REQUEST_GONE, REQUEST_FILES},
    {"unpaid", N_("ordini mai pagati"), N_("si sostituiscono i dati di fatturazione"), RETAIN_LOG,
     "SELECT o.id AS id, CASE WHEN o.state = 'cancelled' THEN " DAY_OF("coalesce(o.cancelled_at, o.confirmed_at)") " WHEN o.state = 'lapsed' THEN "
     "o.lapses_on ELSE -1 END AS from_on FROM shop_order o WHERE o.settled_at IS NULL AND o.billing_name <> '" ERASED "' AND NOT EXISTS (SELECT 1 "
     "FROM invoice i WHERE i.order_id = o.id) AND o.id IN " PERSON_ORDERS,
     SQL(BILLING_GONE), NULL},
    {"notices", N_("avvisi, solleciti e vincoli della casella"), N_("si cancellano i destinatari e i motivi scritti dall'ufficio"), RETAIN_LOG,
     "SELECT m.id AS id, " ENDED " AS from_on FROM mailbox m WHERE m.id IN " PERSON_BOXES " AND (EXISTS (SELECT 1 FROM notice n WHERE n.mailbox_id = "
     "m.id AND n.sent_to <> '' AND n.sent_to <> '" ERASED "') OR EXISTS (SELECT 1 FROM charge_warning w WHERE w.mailbox_id = m.id AND w.recipient <> "
     "'" ERASED "') OR EXISTS (SELECT 1 FROM mailbox_hold l WHERE l.mailbox_id = m.id AND l.reason <> '" ERASED "'))",
     SQL("UPDATE notice SET sent_to = CASE sent_to WHEN '' THEN '' ELSE '" ERASED "' END, copy_to = '' WHERE mailbox_id IN " ERASURE_DUE,
         "UPDATE charge_warning SET recipient = '" ERASED "' WHERE mailbox_id IN " ERASURE_DUE,
         "UPDATE mailbox_hold SET reason = '" ERASED "' WHERE mailbox_id IN " ERASURE_DUE,
         "DELETE FROM contact_bounce WHERE mailbox_id IN " ERASURE_DUE,
         "DELETE FROM suspension WHERE mailbox_id IN " ERASURE_DUE), NULL},
    {"log", N_("dati nel registro degli eventi"), N_("si cancella ciò che dicono della persona; l'evento e la sua impronta restano"), RETAIN_LOG,
     "SELECT s.event_id AS id, CASE WHEN m.id IS NULL THEN " DAY_OF("e.at") " ELSE " ENDED " END AS from_on FROM event_said s JOIN event e ON e.id = "
     "s.event_id LEFT JOIN mailbox_row m ON m.id = e.mailbox_id WHERE s.account_id IN " PERSON_ACCOUNTS " UNION SELECT s.event_id, " ENDED " FROM mailbox m "
     "JOIN event e ON e.mailbox_id = m.id JOIN event_said s ON s.event_id = e.id WHERE m.id IN " PERSON_BOXES " UNION SELECT s.event_id, " DAY_OF("e.at")
     " FROM event e JOIN event_said s ON s.event_id = e.id WHERE e.mailbox_id IS NULL AND e.order_id IN " PERSON_ORDERS,
     SQL("DELETE FROM event_said WHERE event_id IN " ERASURE_DUE), NULL},
    {"identity", N_("documenti d'identità"), N_("si cancellano il file e i suoi nomi; restano l'impronta e il verdetto"), RETAIN_IDENTITY,
     DOCUMENT_FOUND("identity"), DOCUMENT_GONE, DOCUMENT_FILES},
    {"contracts", N_("contratti firmati"), N_("si cancellano il file e i nomi di chi firmò; resta l'impronta"), RETAIN_CONTRACT,
     DOCUMENT_FOUND("contract"), DOCUMENT_GONE, DOCUMENT_FILES},
    {"requests", N_("richieste di attivazione"), N_("si sostituiscono i dati del titolare; il contratto preparato si cancella"), RETAIN_CONTRACT,
     "SELECT r.id AS id, " FIRST_ENDED " AS from_on FROM activation_request r JOIN mailbox m ON m.id = r.mailbox_id WHERE r.name <> '" ERASED "' AND r.id IN "
     PERSON_REQUESTS,
     REQUEST_GONE, REQUEST_FILES},
    {"holder", N_("titolare della casella"), N_("si sostituiscono nome, recapiti e indirizzo"), RETAIN_CONTRACT,
     "SELECT m.id AS id, " ENDED " AS from_on FROM mailbox m JOIN holder h ON h.id = m.holder_id WHERE h.name <> '" ERASED "' AND m.id IN " PERSON_HELD,
     SQL(HOLDER_GONE "(SELECT m.holder_id FROM mailbox m WHERE m.id IN " ERASURE_DUE ")"), NULL},
    {"former", N_("titolare prima di un cambio"), N_("si sostituiscono nome, recapiti e indirizzo"), RETAIN_CONTRACT,
     "SELECT h.id AS id, " DAY_OF("g.until_at") " AS from_on FROM holder h JOIN holding g ON g.holder_id = h.id WHERE h.name <> '" ERASED "' AND "
     "h.tax_code = $1 AND $1 <> '' AND ($2 = '' OR h.brand = $2)",
     SQL(HOLDER_GONE ERASURE_DUE), NULL},
    {"changes", N_("cambi di intestatario"), N_("si sostituiscono i dati del nuovo titolare"), RETAIN_CONTRACT,
     "SELECT c.id AS id, " CHANGE_ENDED " AS from_on FROM holder_change c JOIN mailbox m ON m.id = c.mailbox_id WHERE c.state = 'done' AND c.name <> "
     "'" ERASED "' AND c.id IN " PERSON_CHANGES,
     CHANGE_GONE, NULL},
    {"offers", N_("cambi di intestatario non riusciti"), N_("si cancellano i dati di chi doveva subentrare"), RETAIN_LOG,
     "SELECT c.id AS id, coalesce(" DAY_OF("c.ended_at") ", -1) AS from_on FROM holder_change c WHERE c.state <> 'done' AND c.name <> '" ERASED "' "
     "AND c.id IN " PERSON_CHANGES,
     CHANGE_GONE, NULL},
    {"proofs", N_("contabili di pagamento"), N_("si cancellano il file e il suo nome; restano l'impronta e il verdetto"), RETAIN_FISCAL,
     "SELECT p.id AS id, " DAY_OF("p.received_at") " AS from_on FROM proof p WHERE p.file_name <> '" ERASED "' AND p.order_id IN " PERSON_ORDERS,
     SQL("UPDATE proof SET file_name = '" ERASED "' WHERE id IN " ERASURE_DUE),
     "SELECT p.id AS id, p.file_sha256 AS sha256 FROM proof p WHERE p.id IN " ERASURE_DUE},
    {"orders", N_("ordini pagati e fatture"), N_("si sostituiscono i dati di fatturazione e di chi pagò, si cancellano i file XML; numeri, date e importi restano"),
     RETAIN_FISCAL,
     "SELECT o.id AS id, CASE WHEN o.state = 'fulfilled' OR o.state = 'refunded' OR o.state = 'cancelled' OR o.state = 'lapsed' THEN coalesce((SELECT "
     "max(i.issued_on) FROM invoice i WHERE i.order_id = o.id), o.settled_on, " DAY_OF("o.confirmed_at") ") ELSE -1 END AS from_on FROM shop_order o "
     "WHERE (o.settled_at IS NOT NULL OR EXISTS (SELECT 1 FROM invoice i WHERE i.order_id = o.id)) AND o.billing_name <> '" ERASED "' AND o.id IN "
     PERSON_ORDERS,
     SQL("UPDATE bank_entry SET debtor = '" ERASED "', debtor_iban = '', remittance = '', end_to_end_id = '' WHERE order_id IN " ERASURE_DUE,
         "UPDATE cheque SET drawer = '" ERASED "' WHERE order_id IN " ERASURE_DUE,
         "UPDATE refund SET iban = '', payee = '', reason = '' WHERE order_id IN " ERASURE_DUE,
         "UPDATE notification SET headers = '', body = '' WHERE payment_id IN (SELECT p.id FROM payment p WHERE p.order_id IN " ERASURE_DUE ")",
         "UPDATE approval SET data = '{}', reason = '' WHERE state <> 'waiting' AND order_id IN " ERASURE_DUE,
         "UPDATE held_act SET note = '' WHERE bank_entry_id IN (SELECT e.id FROM bank_entry e WHERE e.order_id IN " ERASURE_DUE ")",
         "UPDATE sdi_notice SET said = '', bytes = substr(bytes, 1, 0) WHERE invoice_id IN (SELECT i.id FROM invoice i WHERE i.order_id IN " ERASURE_DUE ")",
         "DELETE FROM invoice_file WHERE invoice_id IN (SELECT i.id FROM invoice i WHERE i.order_id IN " ERASURE_DUE ")",
         BILLING_GONE), NULL},
    {"logs", N_("riferimenti ai log del gestore"), "", RETAIN_LOG,
     "SELECT r.id AS id, CASE WHEN m.status <> 'deleted' THEN -1 WHEN r.to_on > " ENDED " THEN r.to_on ELSE " ENDED " END AS from_on FROM "
     "log_reference r JOIN mailbox m ON m.id = r.mailbox_id WHERE m.id IN " PERSON_HELD,
     NULL, NULL},
    {"tombstones", N_("indirizzi già usati"), N_("restano l'indirizzo, le date e il codice fiscale"), RETAIN_ALWAYS,
     "SELECT m.id AS id, " ENDED " AS from_on FROM mailbox m WHERE m.id IN " PERSON_HELD,
     NULL, NULL},
};
/* clang-format on */
const size_t ERASURE_KIND_COUNT = sizeof ERASURE_KINDS / sizeof *ERASURE_KINDS;
