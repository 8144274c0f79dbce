#include "cmd/server.h"
#include "base/embedded.h"
#include "base/log.h"
#include "base/text.h"
#include "link/statement.h"
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <talloc.h>

#define DEFAULT_WORKERS 8
#define OTHER_READERS   4 /* jobs, health checks, the costly lane */

int server_readers(int workers)
{
    return (workers ? workers : DEFAULT_WORKERS) + OTHER_READERS;
}

static void waited_signals(sigset_t *set)
{
    sigemptyset(set);
    sigaddset(set, SIGINT);
    sigaddset(set, SIGTERM);
}

void server_hold_signals(void)
{
    sigset_t set;

    waited_signals(&set);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
}

void server_wait(void)
{
    sigset_t set;
    int got;

    waited_signals(&set);
    while (sigwait(&set, &got) != 0)
        ;
    log_info("server.stop", LOG_TEXT("signal", got == SIGINT ? "SIGINT" : "SIGTERM"));
    pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}

/* The embedded assets as the server wants them: names below /static/. */
static const struct http_file *assets(void *mem)
{
    struct http_file *files;
    size_t count = 0;

    while (embedded_assets[count].plain)
        count++;
    files = talloc_zero_array(mem, struct http_file, (unsigned)count + 1);
    for (size_t i = 0; i < count; i++) {
        const struct embedded_asset *a = &embedded_assets[i];

        files[i] = (struct http_file){.name = a->url + strlen("/static/"),
                                      .content_type = a->content_type,
                                      .bytes = a->bytes,
                                      .length = a->length,
                                      .gzip = a->gzip,
                                      .gzip_length = a->gzip_length};
    }
    return files;
}

enum outcome server_start(struct cmd *cmd, const struct server_options *o, struct server *server)
{
    *server = (struct server){0};
    if (!cmd->shop.public_url) /* known only afterwards where the port is 0 */
        cmd->shop.public_url = talloc_asprintf(cmd->mem, "http://%s", o->listen);
    TRY(web_start(cmd->mem,
                  &(struct web_options){.shop = &cmd->shop,
                                        .views = cmd->views,
                                        .read_statement = statement_read,
                                        .uploads = o->uploads,
                                        .listen = o->listen,
                                        .workers = o->workers,
                                        .trust_proxy = o->trust_proxy,
                                        .files = assets(cmd->mem),
                                        .demo_mail = o->demo_mail},
                  &server->web, &cmd->why));
    if (text_starts(cmd->shop.public_url, "http://") && strcmp(strrchr(cmd->shop.public_url, ':'), ":0") == 0)
        cmd->shop.public_url = web_url(server->web);
    if (!o->mailer)
        return DONE;
    return jobs_start(cmd->mem,
                      &(struct jobs_options){.shop = &cmd->shop,
                                             .views = cmd->views,
                                             .mailer = o->mailer,
                                             .bounces = o->bounces,
                                             .threads = o->job_threads},
                      &server->jobs, &cmd->why);
}

void server_stop(struct server *server)
{
    if (server->web)
        web_stop(server->web);
    if (server->jobs)
        jobs_stop(server->jobs);
}
