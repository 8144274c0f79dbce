/* cmd/server.h: what serve and demo share: web and jobs in one process until a signal ends it. */
#pragma once

#include "cmd/cmd.h"
#include "jobs/jobs.h"
#include "web/web.h"

struct server_options {
    const char *listen;
    int workers; /* 0: the default */
    bool trust_proxy;
    const struct files *uploads; /* as in web/web.h */
    const char *demo_mail;       /* as in web/web.h */
    const struct mailer *mailer; /* NULL: no jobs */
    int job_threads;
    const char *bounces; /* as in jobs/jobs.h */
};

struct server {
    struct web *web;
    struct jobs *jobs;
};

/* Readers of the database for so many workers. */
int server_readers(int workers);
/* Before any thread: SIGINT and SIGTERM wait for server_wait. */
void server_hold_signals(void);
/* Starts them; shop.public_url becomes the server's own address unless it is set. */
enum outcome server_start(struct cmd *cmd, const struct server_options *options, struct server *server) must_check;
/* Until SIGINT or SIGTERM; then stops accepting, finishes what was accepted. A second signal ends the process at once.
 */
void server_wait(void);
void server_stop(struct server *server);
