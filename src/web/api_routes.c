/* web/api_routes.c: every address of the API; docs/openapi.json describes each. */

#include "web/api.h"
#include "web/routes.h"

const struct http_route API_ROUTES[] = {
    {HTTP_GET, API_ROOT "/mailboxes/{address}", api_mailbox, 0, HTTP_READS, 0},
    {HTTP_GET, API_ROOT "/mailboxes/{address}/renewal", api_renewal, 0, HTTP_READS, 0},
    {HTTP_POST, API_ROOT "/orders", api_order_post, 0, 0, 0},
    {HTTP_GET, API_ROOT "/orders/{code}", api_order, 0, HTTP_READS, 0},
    {HTTP_POST, API_ROOT "/orders/{code}/cancel", api_order_cancel, 0, 0, 0},
    {HTTP_POST, API_ROOT "/bank-statements", api_statement_post, API_STATEMENT_LIMIT, HTTP_SPOOL, 0},
    {HTTP_GET, API_ROOT "/invoices/{file}", api_invoice, 0, 0, 0},
    {HTTP_GET, API_ROOT "/events", api_events, 0, 0, 0},
    {HTTP_GET, API_ROOT "/openapi.json", api_document, 0, HTTP_READS, 0},
    {HTTP_GET, "/healthz", api_health, 0, HTTP_READS, 0},
    {HTTP_GET, "/metrics", api_metrics, 0, 0, 0},
    {0},
};
