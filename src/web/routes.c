/* web/routes.c: every address of the portal; those of the API are in api_routes.c. */

#include "web/routes.h"
#include "shop/documents.h"
#include "shop/proof.h"
#include "web/page.h"
#include "web/portal.h"

const struct http_route WEB_ROUTES[] = {
    PORTAL_HOME(portal_landing),
    PORTAL(HTTP_GET, "/guida", portal_help, 0, HTTP_READS, 0),
    PORTAL(HTTP_GET, "/condizioni", portal_terms, 0, HTTP_READS, 0),
    PORTAL(HTTP_GET, "/accessibilita", portal_accessibility, 0, HTTP_READS, 0),
    PORTAL(HTTP_GET, "/brand.css", portal_brand_css, 0, HTTP_READS, 0),

    PORTAL(HTTP_GET, "/accedi", portal_login, 0, HTTP_READS, 0),
    PORTAL(HTTP_POST, "/accedi", portal_login_sent, 0, HTTP_LANE, 0),
    PORTAL(HTTP_POST, "/esci", portal_logout, 0, 0, 0),
    PORTAL(HTTP_GET, "/password-dimenticata", portal_forgot, 0, HTTP_READS, 0),
    PORTAL(HTTP_POST, "/password-dimenticata", portal_forgot_sent, 0, 0, 0),
    PORTAL(HTTP_GET, "/password/{token}", portal_reset, 0, HTTP_READS, 0),
    PORTAL(HTTP_POST, "/password/{token}", portal_reset_sent, 0, HTTP_LANE, 0),

    PORTAL(HTTP_GET, "/caselle", portal_area, 0, HTTP_READS, 0),
    PORTAL(HTTP_GET, "/caselle/{address}", portal_mailbox, 0, HTTP_READS, 0),
    PORTAL(HTTP_GET, "/caselle/{address}/rinnovo", portal_choose, 0, HTTP_READS, 0),
    PORTAL(HTTP_POST, "/caselle/{address}/rinnovo", portal_choose_sent, 0, 0, 0),
    PORTAL(HTTP_GET, "/carrello", portal_cart, 0, HTTP_READS, 0),
    PORTAL(HTTP_POST, "/carrello/rimuovi", portal_cart_remove, 0, 0, 0),
    PORTAL(HTTP_GET, "/cassa", portal_checkout, 0, HTTP_READS, 0),
    PORTAL(HTTP_POST, "/cassa", portal_checkout_sent, 0, 0, 0),
    PORTAL(HTTP_GET, "/ordini", portal_orders, 0, HTTP_READS, 0),
    PORTAL(HTTP_GET, "/ordini/{code}", portal_order, 0, HTTP_READS, 0),
    PORTAL(HTTP_GET, "/ordini/{code}/bonifico.pdf", portal_order_pdf, 0, 0, 0),
    PORTAL(HTTP_GET, "/ordini/{code}/bollettino.pdf", portal_order_slip, 0, 0, 0),
    PORTAL(HTTP_GET, "/ordini/{code}/ricevuta.pdf", portal_order_receipt, 0, 0, 0),
    PORTAL(HTTP_GET, "/ordini/{code}/paga", portal_pay, 0, HTTP_READS, 0),
    PORTAL(HTTP_POST, "/ordini/{code}/paga", portal_pay_sent, 0, 0, 0),
    PORTAL(HTTP_GET, "/ordini/{code}/attesa", portal_payment_wait, 0, 0, 0),
    PORTAL(HTTP_GET, "/ordini/{code}/stato", portal_payment_state, 0, 0, 0),
    PORTAL(HTTP_GET, "/ordini/{code}/annulla", portal_cancel, 0, HTTP_READS, 0),
    PORTAL(HTTP_POST, "/ordini/{code}/annulla", portal_cancel_sent, 0, 0, 0),
    PORTAL(HTTP_GET, "/ordini/{code}/recesso", portal_withdraw, 0, HTTP_READS, 0),
    PORTAL(HTTP_POST, "/ordini/{code}/recesso", portal_withdraw_sent, 0, 0, 0),
    PORTAL(HTTP_GET, "/ordini/{code}/contabile", portal_proof, 0, HTTP_READS, 0),
    PORTAL(HTTP_POST, "/ordini/{code}/contabile", portal_proof_sent, PROOF_BODY, HTTP_LANE, 0),
    PORTAL(HTTP_GET, "/ordini/{code}/contratto.pdf", portal_contract, 0, 0, 0),
    PORTAL(HTTP_GET, "/ordini/{code}/documenti", portal_documents, 0, HTTP_READS, 0),
    PORTAL(HTTP_POST, "/ordini/{code}/documenti", portal_documents_sent, DOCUMENTS_BODY, HTTP_LANE, 0),
    PORTAL(HTTP_GET, "/ordini/{code}/documenti/{id}", portal_document, 0, 0, 0),
    PORTAL(HTTP_GET, "/pagamenti/{nonce}", portal_payment_back, 0, 0, 0),
    PORTAL(HTTP_GET, "/pagamenti/{nonce}/vai", portal_payment_go, 0, HTTP_READS, 0),
    PORTAL(HTTP_GET, "/notifiche/{method}", payment_notice, 0, 0, 0),
    PORTAL(HTTP_POST, "/notifiche/{method}", payment_notice, 0, 0, 0),
    PORTAL(HTTP_GET, "/notifiche/{method}/{nonce}", payment_notice, 0, 0, 0),
    PORTAL(HTTP_POST, "/notifiche/{method}/{nonce}", payment_notice, 0, 0, 0),
    PORTAL(HTTP_GET, "/conto", portal_wallet, 0, HTTP_READS, 0),
    PORTAL(HTTP_GET, "/conto/ricarica", portal_topup, 0, HTTP_READS, 0),
    PORTAL(HTTP_POST, "/conto/ricarica", portal_topup_sent, 0, 0, 0),
    PORTAL(HTTP_GET, "/fatture", portal_invoices, 0, HTTP_READS, 0),
    PORTAL(HTTP_GET, "/fatture/{file}", portal_invoice, 0, 0, 0),
    PORTAL(HTTP_GET, "/profilo", portal_profile, 0, HTTP_READS, 0),
    PORTAL(HTTP_POST, "/profilo", portal_profile_sent, 0, HTTP_LANE, 0),
    PORTAL(HTTP_GET, "/profilo/carte/{id}/elimina", portal_instrument, 0, HTTP_READS, 0),
    PORTAL(HTTP_POST, "/profilo/carte/{id}/elimina", portal_instrument_sent, 0, 0, 0),
    {0},
};

/* Only where the demonstration runs. */
const struct http_route DEMO_ROUTES[] = {
    {HTTP_GET, "/demo/mail", demo_mails, 0, 0, 0},
    {HTTP_GET, "/demo/mail/{id}", demo_mail, 0, 0, 0},
    {HTTP_GET, "/demo/mail/{id}/{attachment}", demo_mail, 0, 0, 0},
    {HTTP_GET, "/demo/clock", demo_clock, 0, 0, 0},
    {HTTP_POST, "/demo/clock", demo_clock_sent, 0, 0, 0},
    {HTTP_GET, "/demo/bank", demo_bank, 0, 0, 0},
    {HTTP_POST, "/demo/bank", demo_bank_sent, 0, 0, 0},
    {HTTP_POST, "/demo/bank/file", demo_bank_file, 8 << 20, 0, 0},
    {0},
};
