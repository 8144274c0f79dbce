/* web/office_routes.c: every address of the desk, and the right that one needs there (shop/operator.h). */

#include "shop/roster.h"
#include "web/office.h"
#include "web/routes.h"

/* Declared by the row, asked by office_open: a page cannot forget it, and a test walks the table. */
static const enum office_right RIGHTS[OFFICE_RIGHTS] = {
    OFFICE_LOOK, OFFICE_PAPERS, OFFICE_REVIEW, OFFICE_ASK,       OFFICE_BOOKS, OFFICE_MONEY,     OFFICE_INVOICE,
    OFFICE_FIND, OFFICE_SERVE,  OFFICE_GOVERN, OFFICE_CATALOGUE, OFFICE_LOG,   OFFICE_OPERATORS,
};

#define GET(path, handler, right)                                                                                      \
    {                                                                                                                  \
        HTTP_GET, "/office" path, handler, 0, 0, &RIGHTS[OFFICE_##right]                                               \
    }
#define READS(path, handler, right)                                                                                    \
    {                                                                                                                  \
        HTTP_GET, "/office" path, handler, 0, HTTP_READS, &RIGHTS[OFFICE_##right]                                      \
    }
#define POST(path, handler, right)                                                                                     \
    {                                                                                                                  \
        HTTP_POST, "/office" path, handler, 0, 0, &RIGHTS[OFFICE_##right]                                              \
    }
#define UPLOAD(path, handler, right, limit, flags)                                                                     \
    {                                                                                                                  \
        HTTP_POST, "/office" path, handler, limit, flags, &RIGHTS[OFFICE_##right]                                      \
    }

/* Without a right: for whoever is at the door. */
#define DOOR(method, path, handler, flags)                                                                             \
    {                                                                                                                  \
        method, "/office" path, handler, 0, flags, NULL                                                                \
    }

const struct http_route OFFICE_ROUTES[] = {
    DOOR(HTTP_GET, "/accedi", office_login, HTTP_READS),
    DOOR(HTTP_POST, "/accedi", office_login_sent, HTTP_LANE),
    DOOR(HTTP_GET, "/codice", office_code, 0),
    DOOR(HTTP_POST, "/codice", office_code_sent, 0),
    DOOR(HTTP_POST, "/esci", office_logout, 0),
    DOOR(HTTP_GET, "/password/{token}", office_password, HTTP_READS),
    DOOR(HTTP_POST, "/password/{token}", office_password_sent, HTTP_LANE),

    READS("", office_home, LOOK),
    READS("/", office_home, LOOK),

    READS("/oggi", office_today, LOOK),
    READS("/oggi/{queue}", office_tasks, LOOK),
    POST("/oggi/{queue}/prossimo", office_next, LOOK),
    READS("/oggi/{queue}/{item}", office_one, LOOK),
    POST("/oggi/{queue}/{item}/rimanda", office_put_off, LOOK),
    POST("/oggi/effects/{item}/ritenta", office_effect_again, SERVE),
    POST("/oggi/effects/{item}/chiudi", office_effect_close, SERVE),

    READS("/documenti", office_queue, LOOK),
    READS("/documenti/{id}", office_review, LOOK),
    POST("/documenti/{id}", office_review_sent, REVIEW),
    POST("/documenti/{id}/riprova", office_retry, REVIEW),
    POST("/documenti/{id}/sollecita", office_remind, ASK),
    POST("/documenti/{id}/nomi", office_names, ASK),
    GET("/documenti/{id}/contratto.pdf", office_contract, LOOK),
    GET("/documenti/{id}/file/{document}", office_document, PAPERS),

    READS("/fatture", office_invoices, BOOKS),
    READS("/fatture/notifiche", office_odd_notices, BOOKS),
    GET("/fatture/notifiche/{id}", office_notice, BOOKS),
    GET("/fatture/registro", office_vat, BOOKS),
    GET("/fatture/registro.csv", office_vat_csv, BOOKS),
    READS("/fatture/impegno", office_public, INVOICE),
    POST("/fatture/impegno", office_public_sent, INVOICE),
    READS("/fatture/{id}", office_invoice, BOOKS),
    GET("/fatture/{id}/copia.pdf", office_invoice_pdf, BOOKS),
    GET("/fatture/{id}/file/{attempt}", office_invoice_xml, BOOKS),
    POST("/fatture/{id}/storno", office_credit_sent, INVOICE),
    POST("/fatture/{id}/invio", office_again_sent, INVOICE),
    READS("/volture", office_holders, LOOK),
    READS("/volture/{id}", office_holder, LOOK),
    POST("/volture/{id}", office_holder_sent, REVIEW),
    GET("/volture/{id}/file/{document}", office_holder_document, PAPERS),
    READS("/denaro", office_money, BOOKS),
    READS("/denaro/cassa", office_cash, BOOKS),
    GET("/denaro/cassa.csv", office_cash_csv, BOOKS),
    READS("/denaro/contabili", office_proofs, BOOKS),
    READS("/denaro/contabili/{id}", office_proof, BOOKS),
    POST("/denaro/contabili/{id}", office_proof_sent, MONEY),
    GET("/denaro/contabili/{id}/file", office_proof_file, MONEY),
    READS("/denaro/assegni", office_cheques, BOOKS),
    POST("/denaro/assegni", office_cheque_sent, MONEY),
    POST("/denaro/assegni/{id}/{act}", office_cheque_act, MONEY),
    READS("/denaro/rimborsi", office_refunds, BOOKS),
    GET("/denaro/rimborsi.csv", office_refunds_csv, BOOKS),
    POST("/denaro/rimborsi/{id}/fatto", office_refund_sent, MONEY),
    READS("/denaro/rimborsi/{id}", office_refund, BOOKS),
    POST("/denaro/rimborsi/{id}", office_refund_turned, MONEY),
    READS("/denaro/estratti", office_statements, BOOKS),
    UPLOAD("/denaro/estratti", office_statement_sent, MONEY, OFFICE_STATEMENT_LIMIT, HTTP_LANE),
    READS("/denaro/estratti/{id}", office_statement, BOOKS),
    UPLOAD("/denaro/estratti/{id}/registra", office_statement_book, MONEY, 0, HTTP_LANE),
    UPLOAD("/denaro/estratti/{id}/scarta", office_statement_drop, MONEY, 0, 0),
    READS("/denaro/fermi", office_held, BOOKS),
    READS("/denaro/fermi/{item}", office_held_one, BOOKS),
    POST("/denaro/fermi/{item}", office_held_sent, MONEY),
    POST("/denaro/fermi/{item}/annulla/{part}", office_held_undo, MONEY),
    POST("/denaro/fermi/{item}/scrivi", office_held_write, MONEY),

    READS("/approvazioni", office_approvals, LOOK),
    READS("/approvazioni/{id}", office_approval, LOOK),
    POST("/approvazioni/{id}", office_approval_sent, LOOK),

    READS("/catalogo", office_catalogue_home, CATALOGUE),
    GET("/catalogo/{marchio}", office_catalogue, CATALOGUE),
    GET("/catalogo/{marchio}/avvisi", office_forecast, CATALOGUE),
    READS("/catalogo/{marchio}/testi", office_texts, CATALOGUE),
    READS("/catalogo/{marchio}/testi/{testo}", office_text, CATALOGUE),
    READS("/catalogo/{marchio}/testi/{testo}/bozza", office_text_edit, CATALOGUE),
    UPLOAD("/catalogo/{marchio}/testi/{testo}/bozza", office_text_sent, CATALOGUE, OFFICE_TEXT_LIMIT, 0),
    READS("/catalogo/{marchio}/testi/{testo}/versioni/{id}", office_text, CATALOGUE),
    POST("/catalogo/{marchio}/testi/{testo}/versioni/{id}", office_text_publish, CATALOGUE),
    GET("/catalogo/{marchio}/testi/{testo}/versioni/{id}/anteprima", office_text_preview, CATALOGUE),
    POST("/catalogo/{marchio}/testi/{testo}/versioni/{id}/elimina", office_text_drop, CATALOGUE),
    GET("/catalogo/{marchio}/{genere}", office_catalogue_change, CATALOGUE),
    POST("/catalogo/{marchio}/{genere}", office_catalogue_change_sent, CATALOGUE),
    POST("/catalogo/{marchio}/ritira/{id}", office_catalogue_back, CATALOGUE),
    GET("/convenzioni", office_conventions, CATALOGUE),
    GET("/convenzioni/{marchio}/{id}/scadenze.csv", office_convention_report, CATALOGUE),
    READS("/convenzioni/{marchio}/{id}/elenco", office_roster, CATALOGUE),
    UPLOAD("/convenzioni/{marchio}/{id}/elenco", office_roster_sent, CATALOGUE, ROSTER_BYTES + 65536, HTTP_LANE),
    UPLOAD("/convenzioni/{marchio}/{id}/elenco/conferma", office_roster_confirmed, CATALOGUE, 0, HTTP_LANE),

    READS("/rapporti", office_reports, BOOKS),
    READS("/rapporti/esportazioni", office_exports, BOOKS),
    GET("/rapporti/caselle.csv", office_export_mailboxes, BOOKS),
    GET("/rapporti/inipec.csv", office_export_inipec, BOOKS),
    GET("/rapporti/{nome}", office_report, BOOKS),
    GET("/rapporti/{nome}/tabella.csv", office_report_csv, BOOKS),

    READS("/operatori", office_operators, OPERATORS),
    READS("/operatori/nuovo", office_operator_new, OPERATORS),
    POST("/operatori/nuovo", office_operator_new_sent, OPERATORS),
    READS("/operatori/{id}", office_operator, OPERATORS),
    POST("/operatori/{id}", office_operator_sent, OPERATORS),
    POST("/operatori/{id}/disabilita", office_operator_disable_sent, OPERATORS),
    POST("/operatori/{id}/collegamento", office_operator_link_sent, OPERATORS),
    POST("/operatori/{id}/fattore", office_operator_factor_sent, OPERATORS),
    POST("/operatori/{id}/sessioni", office_operator_sessions_sent, OPERATORS),
    POST("/operatori/{id}/sessioni/{session}", office_operator_sessions_sent, OPERATORS),

    GET("/registro", office_log, LOG),
    UPLOAD("/registro/verifica", office_log_verify, LOG, 0, HTTP_LANE),
    GET("/registro/registro.csv", office_log_csv, LOG),
    GET("/registro/registro.jsonl", office_log_jsonl, LOG),

    READS("/webhook", office_webhooks, OPERATORS),
    POST("/webhook", office_webhooks_sent, OPERATORS),
    READS("/webhook/{id}", office_webhook, OPERATORS),
    POST("/webhook/{id}/consegne/{delivery}", office_webhook_again, OPERATORS),
    POST("/webhook/{id}/da", office_webhook_since, OPERATORS),
    POST("/webhook/{id}/riattiva", office_webhook_enable, OPERATORS),
    POST("/webhook/{id}/segreto", office_webhook_rotate, OPERATORS),
    POST("/webhook/{id}/elimina", office_webhook_remove, OPERATORS),

    READS("/profilo", office_profile, LOOK),
    POST("/profilo/sessioni", office_sessions_sent, LOOK),
    POST("/profilo/sessioni/{id}", office_session_sent, LOOK),
    UPLOAD("/profilo/recupero", office_recovery_sent, LOOK, 0, HTTP_LANE),
    UPLOAD("/profilo/password", office_own_password_sent, LOOK, 0, HTTP_LANE),
    READS("/clienti", office_search, FIND),
    READS("/caselle/{address}", office_mailbox, FIND),
    READS("/caselle/{address}/rinnovo", office_renew, SERVE),
    POST("/caselle/{address}/rinnovo", office_renew_sent, SERVE),
    READS("/caselle/{address}/spazio", office_space, SERVE),
    POST("/caselle/{address}/spazio", office_space_sent, SERVE),
    POST("/caselle/{address}/sospendi", office_mailbox_suspend, GOVERN),
    POST("/caselle/{address}/riattiva", office_mailbox_resume, GOVERN),
    POST("/caselle/{address}/cessa", office_mailbox_cease, GOVERN),
    POST("/caselle/{address}/blocca", office_mailbox_hold, GOVERN),
    POST("/caselle/{address}/blocchi/{id}", office_mailbox_lift, GOVERN),
    POST("/caselle/{address}/vincolo", office_mailbox_legal, GOVERN),
    POST("/caselle/{address}/recapito", office_mailbox_contact, SERVE),
    READS("/clienti/{id}", office_account, FIND),
    READS("/clienti/{id}/acquisto", office_buy, SERVE),
    POST("/clienti/{id}/acquisto", office_buy_sent, SERVE),
    READS("/clienti/{id}/cancellazione", office_erasure, GOVERN),
    POST("/clienti/{id}/cancellazione", office_erasure_sent, GOVERN),
    GET("/caselle/{address}/log", office_logs, LOG),
    GET("/caselle/{address}/log.csv", office_logs_csv, LOG),
    READS("/caselle/{address}/cancellazione", office_erasure, GOVERN),
    POST("/caselle/{address}/cancellazione", office_erasure_sent, GOVERN),
    READS("/ordini/{code}", office_order, FIND),
    READS("/ordini/{code}/condizioni", office_order_terms, FIND),
    POST("/ordini/{code}/annulla", office_order_cancel, SERVE),
    POST("/ordini/{code}/invia/{id}", office_order_mail, SERVE),
    POST("/note", office_note, SERVE),
    POST("/note/{id}", office_note_pin, SERVE),

    READS("/recapiti", office_bounces, LOOK),
    POST("/recapiti/{id}", office_bounce_sent, ASK),
    {0},
};
