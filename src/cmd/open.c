/* cmd/open.c: what commands stand on: brands, views, the database, files. */
#include "base/embedded.h"
#include "base/log.h"
#include "base/text.h"
#include "cmd/cmd.h"
#include "link/gateways.h"
#include "link/mailhost.h"
#include "link/sdi.h"
#include "link/secrets.h"
#include "link/webhook.h"
#include "shop/catalogue.h"
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <talloc.h>
#include <unistd.h>

#define SPOOL_MOST ((off_t)4 << 30) /* bytes of standard input */

const char *cmd_database_url(const struct cmd *cmd)
{
    const char *url = cmd_value(cmd, "db");

    url = url ? url : getenv("CASELLA_DB");
    return url && url[0] ? url : "sqlite:casella.db";
}

const char *cmd_database_file(const char *url)
{
    return text_starts(url, "sqlite:") ? url + strlen("sqlite:") : NULL;
}

/* sql/0001-foundations.sql is the migration "0001-foundations". */
size_t cmd_migrations(void *mem, struct db_migration **migrations)
{
    size_t count;
    const struct embedded_file *file = embedded_below("sql/", &count);

    *migrations = talloc_zero_array(mem, struct db_migration, (unsigned)count + 1);
    for (size_t i = 0; i < count; i++) {
        const char *name = file[i].name + strlen("sql/");

        (*migrations)[i] =
            (struct db_migration){.name = talloc_strndup(*migrations, name, strcspn(name, ".")), .sql = file[i].bytes};
    }
    return count;
}

enum outcome cmd_open_brands(struct cmd *cmd)
{
    TRY(brands_load(cmd->mem, cmd_value(cmd, "brands"), &cmd->brands, &cmd->why));
    cmd->shop.brands = &cmd->brands;
    return DONE;
}

enum outcome cmd_open_database(struct cmd *cmd, const char *url, int readers)
{
    TRY(db_open(cmd->mem, url, readers, &cmd->db, &cmd->why));
    cmd->shop.db = cmd->db;
    return DONE;
}

enum outcome cmd_check_database(struct cmd *cmd)
{
    struct db_migration *migrations;
    size_t count = cmd_migrations(cmd->mem, &migrations);

    TRY(db_check(cmd->db, migrations, count, &cmd->why));
    if (cmd->brands.count)
        catalogue_follow(cmd->db, &cmd->brands);
    return cmd_value(cmd, "now") ? cmd_set_clock(cmd, cmd_value(cmd, "now")) : DONE;
}

enum outcome cmd_open(struct cmd *cmd)
{
    unsigned needs = cmd->command->needs;

    if (needs & NEEDS_BRANDS)
        TRY(cmd_open_brands(cmd));
    if (needs & NEEDS_VIEWS & ~NEEDS_BRANDS)
        TRY(views_load(cmd->mem, &cmd->brands, &cmd->views, &cmd->why));
    if (needs & NEEDS_DATABASE) {
        const char *url = cmd_database_url(cmd), *file = cmd_database_file(url);

        if (file && access(file, F_OK) != 0 && errno == ENOENT) /* opening would make it */
            return problem_set(&cmd->why, PROBLEM_NO_DATABASE, "", "%.120s", file);
        TRY(cmd_open_database(cmd, url, 2));
        TRY(cmd_check_database(cmd));
    } else if (cmd_value(cmd, "now") && !(needs & OWN_DATABASE)) {
        return cmd_usage(cmd, cmd_text(cmd, N_("l'opzione --%s qui non serve")), "now");
    }
    return DONE;
}

/* ---- The clock ---- */

static enum outcome ask_simulated(struct db_tx *tx, void *arg)
{
    *(bool *)arg = db_simulated(tx);
    return DONE;
}

bool cmd_is_simulated(struct cmd *cmd)
{
    bool simulated = false;

    return db_read(cmd->db, "db.simulated", ask_simulated, &simulated) == DONE && simulated;
}

static enum outcome ask_now(struct db_tx *tx, void *arg)
{
    *(struct instant *)arg = db_now(tx);
    return DONE;
}

enum outcome cmd_now(struct cmd *cmd, struct instant *now)
{
    return db_read(cmd->db, "db.now", ask_now, now);
}

struct clock_move {
    struct cmd *cmd;
    struct instant to;
    struct day day; /* instead: this date at the clock's time of day */
    bool first;
};

static enum outcome move_clock(struct db_tx *tx, void *arg)
{
    struct clock_move *m = arg;
    struct instant to = m->to;
    int hour, minute, second;
    char now[INSTANT_TEXT];

    if (m->day.n) {
        rome_time(db_now(tx), &hour, &minute, &second);
        to = rome_at(m->day, hour, minute, second);
    }
    if (!m->first && db_simulated(tx) && to.us < db_now(tx).us)
        return problem_set(&m->cmd->why, PROBLEM_CLOCK_BACK, "", "%s", instant_italian(db_now(tx), now));
    return db_set_clock(tx, to, &m->cmd->why);
}

static enum outcome set_clock(struct cmd *cmd, const char *typed, bool first)
{
    struct clock_move m = {.cmd = cmd, .first = first};

    if (day_parse(typed, strlen(typed), &m.day) != DONE) {
        m.day = (struct day){0};
        if (instant_parse(typed, strlen(typed), &m.to) != DONE)
            return cmd_usage(
                cmd, cmd_text(cmd, N_("«%s» non è un istante: scrivere 2026-11-22 o 2026-11-22T18:50:00+01:00")),
                typed);
    }
    return db_transaction(cmd->db, "clock.set", move_clock, &m);
}

enum outcome cmd_set_clock(struct cmd *cmd, const char *typed)
{
    return set_clock(cmd, typed, false);
}

enum outcome cmd_first_clock(struct cmd *cmd, const char *typed)
{
    return set_clock(cmd, typed, true);
}

/* ---- Payment providers and mail hosts ---- */

enum outcome cmd_open_webhooks(struct cmd *cmd, bool inside)
{
    const char *said = getenv("CASELLA_WEBHOOK_INSIDE");
    struct webhook_sender *sender = talloc(cmd->mem, struct webhook_sender);

    TRY(webhooks_open(cmd->mem, inside || (said && strcmp(said, "1") == 0), sender, &cmd->why));
    cmd->shop.webhooks = sender;
    return DONE;
}

void cmd_know_address(struct cmd *cmd)
{
    cmd->shop.public_url = cmd_value(cmd, "public-url");
    cmd->shop.by_hosts = !cmd->shop.public_url && !cmd_is_simulated(cmd);
}

enum outcome cmd_open_mailhosts(struct cmd *cmd)
{
    struct mailhosts *mailhosts = talloc(cmd->mem, struct mailhosts);

    TRY(mailhosts_open(cmd->mem, &cmd->brands, cmd->db, mailhosts, &cmd->why));
    cmd->shop.mailhosts = mailhosts;
    return DONE;
}

enum outcome cmd_open_gateways(struct cmd *cmd)
{
    const char *folder = cmd_value(cmd, "secrets");
    struct gateways *gateways = talloc(cmd->mem, struct gateways);
    struct webmails *webmails = talloc(cmd->mem, struct webmails);

    folder = folder ? folder : getenv("CASELLA_SECRETS");
    folder = folder && folder[0] ? folder : NULL;
    if (folder && access(folder, X_OK) != 0) /* mistyped, it would be a shop that takes no cards */
        return problem_unreadable(&cmd->why, folder);
    TRY(gateways_open(cmd->mem, &cmd->brands, folder, gateways, &cmd->why));
    cmd->shop.gateways = gateways;
    TRY(webmails_open(cmd->mem, &cmd->brands, folder, webmails, &cmd->why));
    cmd->shop.webmails = webmails;
    TRY(cmd_open_webhooks(cmd, false));
    return cmd_open_mailhosts(cmd);
}

enum outcome cmd_open_sdi(struct cmd *cmd, const struct mailer *mailer)
{
    struct sdi_channels *channels = talloc(cmd->mem, struct sdi_channels);

    TRY(sdi_channels_open(cmd->mem, &cmd->brands, mailer, channels, &cmd->why));
    cmd->shop.sdi = channels;
    return DONE;
}

/* ---- Files ---- */

static enum outcome spool(struct cmd *cmd, const char *name, int from, int *file)
{
    FILE *kept = tmpfile(); /* without a name: gone when it is closed */
    char buffer[1 << 16];
    off_t all = 0;
    ssize_t n;

    if (!kept)
        return log_broken("cmd.spool", LOG_TEXT("why", strerror(errno)));
    while ((n = read(from, buffer, sizeof buffer)) > 0 || (n < 0 && errno == EINTR)) {
        all += n > 0 ? n : 0;
        if (all > SPOOL_MOST || (n > 0 && fwrite(buffer, 1, (size_t)n, kept) != (size_t)n)) {
            fclose(kept);
            return problem_set(&cmd->why, PROBLEM_TOO_LARGE, "", "%d GB", (int)(SPOOL_MOST >> 30));
        }
    }
    if (n < 0 || fflush(kept) != 0) {
        problem_unreadable(&cmd->why, name);
        fclose(kept);
        return REFUSED;
    }
    *file = dup(fileno(kept));
    fclose(kept);
    if (*file < 0 || lseek(*file, 0, SEEK_SET) != 0)
        return log_broken("cmd.spool", LOG_TEXT("why", strerror(errno)));
    return DONE;
}

enum outcome cmd_open_file(struct cmd *cmd, const char *name, int *file)
{
    struct stat about;
    enum outcome o;

    if (strcmp(name, "-") == 0)
        return spool(cmd, name, STDIN_FILENO, file);
    *file = open(name, O_RDONLY | O_CLOEXEC);
    if (*file < 0)
        return problem_unreadable(&cmd->why, name);
    if (fstat(*file, &about) == 0 && S_ISREG(about.st_mode))
        return DONE;
    if (S_ISDIR(about.st_mode)) {
        errno = EISDIR;
        o = problem_unreadable(&cmd->why, name);
        close(*file);
        return o;
    }
    int pipe = *file;

    o = spool(cmd, name, pipe, file);
    close(pipe);
    return o;
}

const struct actor *cmd_actor(struct cmd *cmd)
{
    const struct passwd *user = getpwuid(getuid());
    struct actor *actor = talloc(cmd->mem, struct actor);

    *actor = (struct actor){.door = "cli",
                            .name = user ? talloc_asprintf(actor, "os:%s", user->pw_name)
                                         : talloc_asprintf(actor, "os:%u", (unsigned)getuid())};
    return actor;
}
