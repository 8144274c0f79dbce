/* web/web.h: the portal, the API and what every page shares. cmd/ starts it. */
#pragma once

#include "net/http.h"
#include "shop/files.h"
#include "shop/ports.h"
#include "shop/shop.h"
#include "shop/views.h"

struct web_options {
    struct shop *shop;
    const struct views *views;
    statement_reader *read_statement;
    const struct files *uploads; /* where what people send is kept; NULL: nowhere, it is refused */
    const char *listen;          /* "127.0.0.1:8080"; port 0 picks a free one */
    int workers;                 /* 0: the server's default */
    bool trust_proxy;
    const struct http_file *files; /* the embedded assets */
    const char *demo_mail;       /* folder of the mails sent, for /demo/mail; NULL: no demonstration pages */
};

struct web;
enum outcome web_start(void *mem, const struct web_options *options, struct web **web, struct problem *why) must_check;
const char *web_url(const struct web *web);
void web_stop(struct web *web); /* finishes what it accepted */
