/* cmd/serve.c: `casella serve` and `casella work`: the program as a service. */
#include "base/log.h"
#include "cmd/server.h"
#include "shop/hashers.h"
#include <talloc.h>

#define WORKERS_MOST 512

const struct cmd_option SERVE_OPTIONS[] = {
    {"listen", N_("INDIRIZZO:PORTA"), N_("dove ascoltare; predefinito 127.0.0.1:8080, porta 0: una libera")},
    {"no-jobs", NULL, N_("solo il portale e l'API: i lavori girano altrove con «casella work»")},
    {"workers", N_("N"), N_("richieste servite insieme; predefinito 8")},
    {"trust-proxy", NULL, N_("dietro un proxy: credere a X-Forwarded-For e X-Forwarded-Proto")},
    CMD_URL_OPTION,
    CMD_SECRETS_OPTION,
    CMD_FILES_OPTIONS,
    CMD_MAIL_OPTIONS,
    CMD_BOUNCES_OPTION,
    {0},
};

const struct cmd_option WORK_OPTIONS[] = {
    {"threads", N_("N"), N_("lavori insieme; predefinito 2")},
    CMD_URL_OPTION,
    CMD_SECRETS_OPTION,
    CMD_FILES_OPTIONS,
    CMD_MAIL_OPTIONS,
    CMD_BOUNCES_OPTION,
    {0},
};

/* A new database is made here; one that an older program made waits for `casella migrate`, since others may be using
 * it. */
static enum outcome open_database(struct cmd *cmd, int workers)
{
    struct db_migration *migrations;
    size_t count = cmd_migrations(cmd->mem, &migrations);
    bool fresh;
    int applied;

    TRY(cmd_open_database(cmd, cmd_database_url(cmd), server_readers(workers)));
    TRY(db_is_new(cmd->db, &fresh));
    if (fresh)
        TRY(db_migrate(cmd->db, migrations, count, false, &applied, &cmd->why));
    return cmd_check_database(cmd);
}

enum outcome cmd_serve(struct cmd *cmd)
{
    const char *listen = cmd_value(cmd, "listen");
    struct server_options options = {.listen = listen ? listen : "127.0.0.1:8080",
                                     .trust_proxy = cmd_flag(cmd, "trust-proxy")};
    struct mailer mailer;
    struct server server;
    struct files files;
    enum outcome o;

    TRY(cmd_number(cmd, "workers", 1, WORKERS_MOST, 0, &options.workers));
    server_hold_signals();
    hashers_start();
    TRY(open_database(cmd, options.workers));
    TRY(cmd_open_files(cmd, cmd_database_url(cmd), &files));
    options.uploads = &files;
    TRY(cmd_open_gateways(cmd));
    cmd->shop.public_url = cmd_value(cmd, "public-url");
    if (!cmd_flag(cmd, "no-jobs")) {
        TRY(cmd_open_mailer(cmd, &mailer));
        TRY(cmd_bounces(cmd, &options.bounces));
        TRY(cmd_open_sdi(cmd, &mailer));
        options.mailer = &mailer;
    }
    o = server_start(cmd, &options, &server);
    if (o == DONE) {
        printf("%s\n", web_url(server.web)); /* for whoever started it with port 0 */
        fflush(stdout);
        server_wait();
    }
    server_stop(&server);
    return o;
}

enum outcome cmd_work(struct cmd *cmd)
{
    struct jobs_options options = {.shop = &cmd->shop, .views = cmd->views};
    struct mailer mailer;
    struct files files;
    struct jobs *jobs;

    TRY(cmd_number(cmd, "threads", 1, 64, 2, &options.threads));
    server_hold_signals();
    cmd_know_address(cmd);
    TRY(cmd_open_mailer(cmd, &mailer));
    TRY(cmd_bounces(cmd, &options.bounces));
    TRY(cmd_open_sdi(cmd, &mailer));
    TRY(cmd_open_gateways(cmd));
    TRY(cmd_open_files(cmd, cmd_database_url(cmd), &files));
    options.mailer = &mailer;
    TRY(jobs_start(cmd->mem, &options, &jobs, &cmd->why));
    log_info("work.start", LOG_INT("threads", options.threads));
    server_wait();
    jobs_stop(jobs);
    return DONE;
}
