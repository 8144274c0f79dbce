/* web/api_service.c: what machines ask about the service itself: its description, whether it lives, its numbers. No key
 * is needed, and nothing here is a secret. */

#include "base/embedded.h"
#include "shop/place_order.h"
#include "web/api.h"
#include <inttypes.h>

void api_document(struct http_request *req)
{
    const struct embedded_file *file = embedded_find("docs/openapi.json");

    if (file)
        http_reply(req, 200, "application/json", file->bytes, file->length);
    else
        http_reply_problem(req, &(struct problem){.code = PROBLEM_NOT_FOUND}, api_language(req));
}

void api_health(struct http_request *req)
{
    struct web *web = req->app;
    bool alive = db_ping(web->shop->db) == DONE;

    http_reply_json(req, alive ? 200 : 503, json_pack("{s:s}", "status", alive ? "ok" : "unavailable"));
}

struct numbers {
    int64_t waiting, dead, open;
};

static enum outcome count(struct db_tx *tx, void *arg)
{
    struct numbers *n = arg;

    TRY(outbox_counts(tx, &n->waiting, &n->dead));
    return orders_open_count(tx, &n->open);
}

static void put_gauge(struct text_buffer *out, const char *name, const char *help, int64_t value)
{
    text_put_format(out, "# HELP %s %s.\n# TYPE %s gauge\n%s %" PRId64 "\n", name, help, name, name, value);
}

/* Without the database the server's own numbers are still worth having. */
void api_metrics(struct http_request *req)
{
    struct web *web = req->app;
    struct text_buffer out = text_buffer(req->mem);
    struct numbers n;

    http_server_metrics(web->server, &out);
    db_metrics(web->shop->db, &out);
    if (db_read(web->shop->db, "metrics", count, &n) == DONE) {
        put_gauge(&out, "casella_outbox_waiting", "Mails and files still to be made", n.waiting);
        put_gauge(&out, "casella_outbox_dead", "Mails and files given up on", n.dead);
        put_gauge(&out, "casella_orders_open", "Orders that wait for their payment", n.open);
    }
    http_reply(req, 200, "text/plain; version=0.0.4; charset=utf-8", out.bytes, out.length);
}
