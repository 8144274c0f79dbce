/* cmd/demo.c: `casella demo`: a simulated shop, web and jobs in one process, with mails in a folder instead of on their
 * way. */
#include "base/text.h"
#include "cmd/demo_providers.h"
#include "cmd/demo_shop.h"
#include "cmd/server.h"
#include "net/mail_catcher.h"
#include "shop/catalogue.h"
#include "shop/hashers.h"
#include <dirent.h>
#include <errno.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <talloc.h>
#include <unistd.h>

#define PORTS_TRIED 50

const struct cmd_option DEMO_OPTIONS[] = {
    {"listen", N_("INDIRIZZO:PORTA"),
     N_("dove ascoltare; predefinito 127.0.0.1:8080, o la prima porta libera che segue")},
    CMD_FILES_OPTIONS,
    {"fresh", NULL, N_("butta via la dimostrazione precedente e ricomincia da oggi")},
    {0},
};

/* ---- Folders ---- */

static enum outcome cannot(struct cmd *cmd, const char *path)
{
    return problem_unwritable(&cmd->why, path);
}

static enum outcome make_folders(struct cmd *cmd, const char *path)
{
    char *part = talloc_strdup(cmd->mem, path);

    for (char *slash = part + 1; (slash = strchr(slash, '/')); *slash++ = '/') {
        *slash = '\0';
        if (mkdir(part, 0755) != 0 && errno != EEXIST)
            return cannot(cmd, part);
    }
    return mkdir(path, 0700) == 0 || errno == EEXIST ? DONE : cannot(cmd, path);
}

/* $XDG_STATE_HOME/casella, ~/.local/state/casella, or ./demo where there is no home. */
static char *state_folder(void *mem)
{
    const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");

    if (state && state[0] == '/')
        return talloc_asprintf(mem, "%s/casella", state);
    if (home && home[0] == '/')
        return talloc_asprintf(mem, "%s/.local/state/casella", home);
    return talloc_strdup(mem, "demo");
}

static void remove_mails(const char *folder)
{
    DIR *dir = opendir(folder);

    for (struct dirent *entry; dir && (entry = readdir(dir));) {
        const char *dot = strrchr(entry->d_name, '.');

        if (dot && strcmp(dot, ".json") == 0)
            unlinkat(dirfd(dir), entry->d_name, 0);
    }
    if (dir)
        closedir(dir);
}

static void remove_database(void *mem, const char *file)
{
    unlink(file);
    unlink(talloc_asprintf(mem, "%s-wal", file));
    unlink(talloc_asprintf(mem, "%s-shm", file));
}

/* ---- The database ---- */

struct place {
    const char *url;
    char *mail; /* folder */
    bool own;   /* the default one, which is ours to throw away */
};

static enum outcome find_place(struct cmd *cmd, struct place *place)
{
    const char *given = cmd_value(cmd, "db");
    char *folder = state_folder(cmd->mem);
    const char *file = given ? cmd_database_file(given) : NULL;

    *place = (struct place){.url = given, .own = !given};
    if (!given) {
        TRY(make_folders(cmd, folder));
        place->url = talloc_asprintf(cmd->mem, "sqlite:%s/demo.db", folder);
    }
    place->mail = file ? talloc_asprintf(cmd->mem, "%s-mail", file) : talloc_asprintf(cmd->mem, "%s/demo-mail", folder);
    return make_folders(cmd, place->mail);
}

static enum outcome start_afresh(struct cmd *cmd, const struct place *place)
{
    const char *file = cmd_database_file(place->url);

    if (!place->own && !(file && access(file, F_OK) != 0))
        return problem_set(
            &cmd->why, PROBLEM_CONFIG, "", "%s",
            cmd_text(cmd, N_("--fresh butta via solo l'archivio predefinito della dimostrazione: con --db "
                             "indicarne uno che non c'è ancora")));
    remove_database(cmd->mem, file);
    remove_mails(place->mail);
    return DONE;
}

static enum outcome open_shop(struct cmd *cmd, const struct place *place)
{
    struct db_migration *migrations;
    size_t count = cmd_migrations(cmd->mem, &migrations);
    enum outcome o;
    int applied;

    if (cmd_flag(cmd, "fresh"))
        TRY(start_afresh(cmd, place));
    TRY(cmd_open_database(cmd, place->url, server_readers(0)));
    o = db_migrate(cmd->db, migrations, count, true, &applied, &cmd->why);
    if (o == REFUSED && place->own &&
        (cmd->why.code == PROBLEM_SCHEMA_CHANGED || cmd->why.code == PROBLEM_SCHEMA_NEWER)) {
        cmd_say(cmd, "%s", cmd_text(cmd, N_("l'archivio della dimostrazione era di un'altra versione: si rifà")));
        db_close(cmd->db);
        TRY(start_afresh(cmd, place));
        TRY(cmd_open_database(cmd, place->url, server_readers(0)));
        o = db_migrate(cmd->db, migrations, count, true, &applied, &cmd->why);
    }
    TRY(o);
    if (!cmd_is_simulated(cmd))
        return problem_set(&cmd->why, PROBLEM_NOT_SIMULATED, "", "%s", "");
    catalogue_follow(cmd->db, &cmd->brands);
    if (!cmd_value(cmd, "now"))
        return DONE;
    return applied == (int)count ? cmd_first_clock(cmd, cmd_value(cmd, "now"))
                                 : cmd_set_clock(cmd, cmd_value(cmd, "now"));
}

/* ---- Where to listen ---- */

static bool port_is_free(void *mem, const char *listen, const char *colon, int port)
{
    char number[8], *host = talloc_strndup(mem, listen, (size_t)(colon - listen));
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICHOST}, *found;
    size_t length = strlen(host);
    bool is_free = true; /* what cannot be told here is the server's to refuse */
    int on = 1;

    if (length > 1 && host[0] == '[' && host[length - 1] == ']') {
        host[length - 1] = '\0';
        host++;
    }
    snprintf(number, sizeof number, "%d", port);
    if (getaddrinfo(host[0] ? host : NULL, number, &hints, &found) != 0)
        return true;
    int s = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (s >= 0) {
        setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
        is_free = bind(s, found->ai_addr, found->ai_addrlen) == 0 || errno != EADDRINUSE;
        close(s);
    }
    freeaddrinfo(found);
    return is_free;
}

static const char *choose_listen(struct cmd *cmd)
{
    const char *listen = cmd_value(cmd, "listen"), *colon;
    int wanted;

    listen = listen ? listen : "127.0.0.1:8080";
    colon = strrchr(listen, ':');
    wanted = colon ? atoi(colon + 1) : 0;
    if (wanted <= 0 || wanted > 65535)
        return listen;
    for (int port = wanted; port < wanted + PORTS_TRIED && port <= 65535; port++)
        if (port_is_free(cmd->mem, listen, colon, port)) {
            if (port != wanted)
                cmd_say(cmd, cmd_text(cmd, N_("la porta %d è occupata: si usa la %d")), wanted, port);
            return talloc_asprintf(cmd->mem, "%.*s:%d", (int)(colon - listen), listen, port);
        }
    return listen;
}

/* ---- ---- */

static json_t *providers_json(const struct demo_providers *providers)
{
    struct demo_provider_line line;
    json_t *list = json_array();

    for (size_t i = 0; demo_provider_at(providers, i, &line); i++)
        json_array_append_new(
            list, json_pack("{s:s, s:s, s:s}", "brand", line.brand, "method", line.provider, "origin", line.origin));
    return list;
}

static void print_providers(struct cmd *cmd, const struct demo_providers *providers)
{
    static const char *const NAME[] = {
        [METHOD_CARD] = "Axerve (Banca Sella)", [METHOD_PAYPAL] = "PayPal", [METHOD_STRIPE] = "Stripe"};
    struct demo_provider_line line;

    printf("  %s\n", cmd_text(cmd, N_("Pagamenti simulati: le carte di prova sono scritte sulle loro pagine")));
    for (size_t i = 0; demo_provider_at(providers, i, &line); i++) {
        enum payment_method method;

        if (payment_method_of(line.provider, &method) == DONE && payment_method_is_online(method))
            printf("    %-26s %s\n", talloc_asprintf(cmd->mem, "%s, %s", NAME[method], line.brand), line.origin);
    }
    printf("\n");
}

static void print_welcome(struct cmd *cmd, const struct demo_shop *shop, const struct demo_providers *providers,
                          const struct place *place, const char *url)
{
    char clock[INSTANT_TEXT] = "";
    struct instant now;

    if (cmd_now(cmd, &now) == DONE)
        instant_italian(now, clock);
    printf(
        "\n%s\n\n",
        cmd_text(cmd,
                 N_("La dimostrazione è pronta. Tutto è inventato: nessun denaro, nessun messaggio parte davvero.")));
    for (size_t i = 0; i < cmd->brands.count; i++)
        printf("  %s/b/%s/\n", url, cmd->brands.all[i].id);
    printf("\n");
    printf("  %-28s %s\n", cmd_text(cmd, N_("Otto caselle in ogni stato")), shop->account);
    printf("  %-28s %s\n", cmd_text(cmd, N_("Oltre 500 caselle")), shop->large_account);
    printf("  %-28s %s\n", cmd_text(cmd, N_("Una casella")), shop->mailbox);
    printf("  %-28s %s\n", cmd_text(cmd, N_("Ufficio")), shop->operator);
    printf("  %-28s %s\n\n", cmd_text(cmd, N_("Password per tutti")), DEMO_PASSWORD);
    printf("  %-28s %s/office/\n", cmd_text(cmd, N_("Ufficio")), url);
    printf("  %-28s %s/demo/mail\n", cmd_text(cmd, N_("Posta inviata")), url);
    printf("  %-28s %s/demo/bank\n", cmd_text(cmd, N_("Banca simulata")), url);
    printf("  %-28s %s/demo/clock   (%s)\n\n", cmd_text(cmd, N_("Orologio simulato")), url, clock);
    print_providers(cmd, providers);
    printf("  %-28s %s\n", cmd_text(cmd, N_("Archivio")), place->url);
    printf("  %s\n", cmd_text(cmd, N_("Ctrl-C per finire; --fresh per ricominciare da capo.")));
    fflush(stdout);
}

enum outcome cmd_demo(struct cmd *cmd)
{
    struct server_options options = {0};
    struct mailer mailer;
    struct demo_providers *providers = NULL;
    struct demo_shop shop;
    struct place place;
    struct server server;
    struct files files;
    enum outcome o;
    bool filled;

    server_hold_signals();
    hashers_start();
    TRY(find_place(cmd, &place));
    TRY(open_shop(cmd, &place));
    demo_shop_names(cmd, &shop);
    TRY(demo_shop_fill(cmd, &shop, &filled));
    TRY(demo_providers_start(cmd, &providers));
    TRY(cmd_open_mailhosts(cmd));
    TRY(cmd_open_webhooks(cmd, true));
    mailer = (struct mailer){.send = mail_catcher_send, .arg = place.mail};
    TRY(cmd_open_files(cmd, place.url, &files));
    TRY(cmd_make_files_key(cmd, &files));
    options.uploads = &files;
    options.listen = choose_listen(cmd);
    options.demo_mail = place.mail;
    options.mailer = &mailer;
    o = server_start(cmd, &options, &server);
    if (o == DONE)
        demo_providers_notify(providers, &cmd->shop);
    if (o == DONE && cmd->json)
        cmd_print_json(json_pack("{s:s, s:o, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "url", web_url(server.web),
                                 "providers", providers_json(providers), "brand", shop.brand->id, "account",
                                 shop.account, "large_account", shop.large_account, "mailbox", shop.mailbox, "operator",
                                 shop.operator, "password", DEMO_PASSWORD, "db", place.url, "mail", place.mail));
    else if (o == DONE)
        print_welcome(cmd, &shop, providers, &place, web_url(server.web));
    if (o == DONE) {
        fflush(stdout);
        server_wait();
    }
    server_stop(&server);
    demo_providers_stop(providers);
    return o;
}
