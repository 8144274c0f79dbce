/* cmd/mailer.c: --smtp, for the commands that send mail. */
#include "link/mailer.h"
#include "base/log.h"
#include "base/text.h"
#include "cmd/cmd.h"
#include "net/mail_catcher.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <talloc.h>
#include <unistd.h>

#define CONNECTIONS 4

static enum outcome make_folder(struct cmd *cmd, const char *folder)
{
    if (mkdir(folder, 0700) == 0 || errno == EEXIST)
        return DONE;
    return problem_unwritable(&cmd->why, folder);
}

/* The first line of a file that others should not read. */
static enum outcome read_secret(struct cmd *cmd, const char *path, char **secret)
{
    char line[1024];
    FILE *file = fopen(path, "re");
    bool read = file && fgets(line, sizeof line, file);

    if (!read) {
        if (file && !ferror(file))
            problem_set(&cmd->why, PROBLEM_UNREADABLE, "", "%.120s: %s", path, N_("è vuoto"));
        else
            problem_unreadable(&cmd->why, path);
    } else {
        line[strcspn(line, "\r\n")] = '\0';
        *secret = talloc_strdup(cmd->mem, line);
    }
    if (file)
        fclose(file);
    return read ? DONE : REFUSED;
}

/* Nobody real hears from a simulated database unless a server was named for it. */
static char *default_url(struct cmd *cmd)
{
    const char *file = cmd_database_file(cmd_database_url(cmd));

    if (!cmd_is_simulated(cmd))
        return talloc_strdup(cmd->mem, "smtp://localhost");
    return talloc_asprintf(cmd->mem, "file:%s-mail", file ? file : "casella");
}

enum outcome cmd_open_mailer(struct cmd *cmd, struct mailer *mailer)
{
    const char *url = cmd_value(cmd, "smtp"), *user = cmd_value(cmd, "smtp-user");
    const char *secret_file = cmd_value(cmd, "smtp-password-file");
    char *password = getenv("CASELLA_SMTP_PASSWORD");

    url = url ? url : default_url(cmd);
    if (secret_file)
        TRY(read_secret(cmd, secret_file, &password));
    if (text_starts(url, "file:"))
        TRY(make_folder(cmd, url + strlen("file:")));
    log_info("mail.way", LOG_TEXT("smtp", url));
    return mailer_open(cmd->mem,
                       &(struct smtp_options){.url = url,
                                              .user = user,
                                              .password = user ? password : NULL,
                                              .require_tls = user && text_starts(url, "smtp://")},
                       CONNECTIONS, mailer, &cmd->why);
}
