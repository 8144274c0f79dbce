#include "web/web.h"
#include "web/common.h"
#include "web/page.h"
#include "web/portal.h"
#include "web/routes.h"
#include <string.h>
#include <talloc.h>

static void add_routes(struct http_route **all, size_t *count, void *mem, const struct http_route *more)
{
    for (; more->pattern; more++) {
        *all = talloc_realloc(mem, *all, struct http_route, (unsigned)(*count + 2));
        (*all)[(*count)++] = *more;
    }
    (*all)[*count] = (struct http_route){0};
}

enum outcome web_start(void *mem, const struct web_options *options, struct web **web, struct problem *why)
{
    struct web *w = talloc_zero(mem, struct web);
    struct http_route *routes = NULL;
    size_t count = 0;

    *w = (struct web){.shop = options->shop,
                      .views = options->views,
                      .read_statement = options->read_statement,
                      .uploads = options->uploads,
                      .demo_mail = options->demo_mail,
                      .common = common_make(w, options->shop->brands)};
    add_routes(&routes, &count, w, WEB_ROUTES);
    add_routes(&routes, &count, w, OFFICE_ROUTES);
    add_routes(&routes, &count, w, API_ROUTES);
    if (options->demo_mail)
        add_routes(&routes, &count, w, DEMO_ROUTES);
    TRY(http_server_start(w,
                          &(struct http_options){.listen = options->listen,
                                                 .workers = options->workers,
                                                 .reads_inline = db_engine(options->shop->db) == DB_SQLITE,
                                                 .trust_proxy = options->trust_proxy,
                                                 .routes = routes,
                                                 .otherwise = portal_otherwise,
                                                 .files = options->files,
                                                 .app = w},
                          &w->server, why));
    *web = w;
    return DONE;
}

const char *web_url(const struct web *web)
{
    return http_server_url(web->server);
}

void web_stop(struct web *web)
{
    http_server_stop(web->server);
}
