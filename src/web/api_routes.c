/* web/api_routes.c: every address of the API; docs/openapi.json describes each. */

#include "shop/documents.h"
#include "shop/proof.h"
#include "web/api.h"
#include "web/routes.h"

const struct http_route API_ROUTES[] = {
    {HTTP_GET, API_ROOT "/mailboxes/{address}", api_mailbox, 0, HTTP_READS, 0},
    {HTTP_GET, API_ROOT "/mailboxes/{address}/renewal", api_renewal, 0, HTTP_READS, 0},
    {HTTP_POST, API_ROOT "/name-checks", api_name_checks, 0, 0, 0},
    {HTTP_POST, API_ROOT "/orders", api_order_post, 0, 0, 0},
    {HTTP_GET, API_ROOT "/orders/{code}", api_order, 0, HTTP_READS, 0},
    {HTTP_POST, API_ROOT "/orders/{code}/cancel", api_order_cancel, 0, 0, 0},
    {HTTP_POST, API_ROOT "/orders/{code}/withdraw", api_withdraw, 0, 0, 0},
    {HTTP_POST, API_ROOT "/orders/{code}/payments", api_payment_post, 0, 0, 0},
    {HTTP_POST, API_ROOT "/orders/{code}/review", api_review_post, 0, 0, 0},
    {HTTP_POST, API_ROOT "/orders/{code}/refunds", api_refund_post, 0, 0, 0},
    {HTTP_POST, API_ROOT "/orders/{code}/proofs", api_proof_post, PROOF_BODY, HTTP_LANE, 0},
    {HTTP_GET, API_ROOT "/orders/{code}/documents", api_documents, 0, 0, 0},
    {HTTP_POST, API_ROOT "/orders/{code}/documents", api_documents_post, DOCUMENTS_BODY, HTTP_LANE, 0},
    {HTTP_GET, API_ROOT "/proofs", api_proofs, 0, 0, 0},
    {HTTP_GET, API_ROOT "/proofs/{id}", api_proof, 0, 0, 0},
    {HTTP_GET, API_ROOT "/proofs/{id}/file", api_proof_file, 0, 0, 0},
    {HTTP_POST, API_ROOT "/proofs/{id}/verdict", api_proof_verdict, 0, 0, 0},
    {HTTP_POST, API_ROOT "/cheques", api_cheque_post, 0, 0, 0},
    {HTTP_GET, API_ROOT "/cheques", api_cheques, 0, 0, 0},
    {HTTP_POST, API_ROOT "/cheques/{id}/deposit", api_cheque_deposit, 0, 0, 0},
    {HTTP_POST, API_ROOT "/cheques/{id}/clear", api_cheque_clear, 0, 0, 0},
    {HTTP_POST, API_ROOT "/cheques/{id}/bounce", api_cheque_bounce, 0, 0, 0},
    {HTTP_GET, API_ROOT "/held", api_held, 0, 0, 0},
    {HTTP_POST, API_ROOT "/held/{id}/refund", api_held_refund, 0, 0, 0},
    {HTTP_POST, API_ROOT "/held/{id}/returned", api_held_returned, 0, 0, 0},
    {HTTP_GET, API_ROOT "/refunds", api_refunds, 0, 0, 0},
    {HTTP_POST, API_ROOT "/refunds/{id}/turn", api_refund_turn, 0, 0, 0},
    {HTTP_POST, API_ROOT "/refunds/{id}/sent", api_refund_sent, 0, 0, 0},
    {HTTP_POST, API_ROOT "/refunds/{id}/drop", api_refund_drop, 0, 0, 0},
    {HTTP_GET, API_ROOT "/accounts/{email}/wallet", api_wallet, 0, 0, 0},
    {HTTP_POST, API_ROOT "/accounts/{email}/wallet/topups", api_topup_post, 0, 0, 0},
    {HTTP_POST, API_ROOT "/bank-statements", api_statement_post, API_STATEMENT_LIMIT, HTTP_SPOOL, 0},
    {HTTP_GET, API_ROOT "/invoices/{file}", api_invoice, 0, 0, 0},
    {HTTP_GET, API_ROOT "/events", api_events, 0, 0, 0},
    {HTTP_GET, API_ROOT "/bounces", api_bounces, 0, 0, 0},
    {HTTP_GET, API_ROOT "/openapi.json", api_document, 0, HTTP_READS, 0},
    {HTTP_GET, "/healthz", api_health, 0, HTTP_READS, 0},
    {HTTP_GET, "/metrics", api_metrics, 0, 0, 0},
    {0},
};
