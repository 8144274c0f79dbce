#include "web/foreign.h"
#include <string.h>
#include <talloc.h>

static void set_policy(struct http_request *req, const char *policy)
{
    http_set_header(req, "Content-Security-Policy", policy);
}

void foreign_may_be_framed(struct http_request *req)
{
    set_policy(req, "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; frame-src 'self'; "
                    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'");
}

/* A sandbox would keep browsers from showing PDFs. */
void foreign_show(struct http_request *req, enum foreign_place place, const char *type, const void *bytes,
                  size_t length)
{
    set_policy(req, talloc_asprintf(
                        req->mem, "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors %s; %s",
                        place == FOREIGN_FRAMED ? "'self'" : "'none'",
                        strncmp(type, "image/", 6) == 0 ? "sandbox" : "object-src 'self'; style-src 'unsafe-inline'"));
    http_set_header(req, "Cross-Origin-Resource-Policy", "same-origin");
    http_reply_kept(req, 200, type, bytes, length);
}
