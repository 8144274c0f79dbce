/* web/payment_notice.c: GET and POST /notifiche/{method} and /notifiche/{method}/{nonce}: what providers tell us. No
 * session and no form's token: what it says is only ever a hint to ask (shop/pay.h). */

#include "base/log.h"
#include "rules/payment.h"
#include "shop/pay.h"
#include "web/page.h"
#include "web/portal.h"
#include <string.h>

static const char *header(void *arg, const char *name)
{
    return http_header(arg, name);
}

static void answer(struct http_request *req, int status)
{
    static const char TRIVIAL[] = "<!DOCTYPE html><title>casella</title>\n";

    http_reply(req, status, "text/html; charset=utf-8", TRIVIAL, sizeof TRIVIAL - 1);
}

void payment_notice(struct http_request *req)
{
    struct web *web = req->app;
    const struct brand *brand = page_brand(req);
    const char *name = http_parameter(req, "method"), *nonce = http_parameter(req, "nonce");
    const char *query = strchr(req->target, '?');
    struct gateway_notice notice = {.query = query ? query + 1 : "",
                                    .header = header,
                                    .header_arg = req,
                                    .body = req->body,
                                    .length = req->body_length,
                                    .at = clock_now()};
    struct problem why = {0};
    enum payment_method method;
    enum outcome o;

    if (!brand || payment_method_of(name, &method) != DONE || !payment_method_is_online(method)) {
        answer(req, 404);
        return;
    }
    o = http_leave(req) ? payment_heard(web->shop, req->mem, brand, method, nonce, &notice, &why) : BUSY;
    http_return(req);
    log_info("payment.notice", LOG_TEXT("brand", brand->id), LOG_TEXT("method", name), LOG_INT("bytes", notice.length),
             LOG_INT("outcome", o), LOG_TEXT("why", why.detail));
    answer(req, o == DONE                       ? 200
                : why.code == PROBLEM_NOT_FOUND ? 404 /* a provider that is not set up */
                : o == REFUSED                  ? 400
                : o == BUSY                     ? 503
                                                : 500);
}
