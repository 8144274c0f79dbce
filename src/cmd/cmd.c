/* cmd/cmd.c: from the words typed to a row of the command tree, its options and its arguments. */
#include "cmd/cmd.h"
#include "base/text.h"
#include "net/http.h"
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#define WORDS_MOST 100000 /* bank import *.xml */

const struct cmd_option COMMON_OPTIONS[] = {
    {"db", N_("URL"), N_("archivio: sqlite:FILE o postgresql://… (anche CASELLA_DB; predefinito sqlite:casella.db)")},
    {"brands", N_("CARTELLA"), N_("marchi da questa cartella invece di quelli del programma")},
    {"json", NULL, N_("risultati in JSON: importi in centesimi, date ISO")},
    {"now", N_("ISTANTE"),
     N_("su un archivio simulato: porta prima avanti l'orologio (2026-11-22 o 2026-11-22T18:50:00+01:00)")},
    {"log-json", NULL, N_("messaggi di registro in JSON")},
    {"verbose", NULL, N_("registro dettagliato")},
    {"help", NULL, N_("questo aiuto")},
    {0},
};

enum outcome cmd_usage(struct cmd *cmd, const char *format, ...)
{
    va_list args;

    fputs("casella: ", stderr);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fprintf(stderr, "\n%s: %s --help\n", cmd_text(cmd, N_("Vedere")), cmd->path);
    cmd->wrong_usage = cmd->told = true;
    return REFUSED;
}

/* ---- Options ---- */

static const struct cmd_option *find_in(const struct cmd_option *options, const char *name, size_t length)
{
    for (; options && options->name; options++)
        if (strlen(options->name) == length && strncmp(options->name, name, length) == 0)
            return options;
    return NULL;
}

static enum outcome unknown_option(struct cmd *cmd, const char *name, size_t length)
{
    const char *names[64], *near;
    char *typed = talloc_strndup(cmd->mem, name, length);
    size_t count = 0;

    for (const struct cmd_option *o = cmd->command->options; o && o->name && count < count_of(names); o++)
        names[count++] = o->name;
    for (const struct cmd_option *o = COMMON_OPTIONS; o->name && count < count_of(names); o++)
        names[count++] = o->name;
    near = cmd_nearest(typed, names, count);
    if (near)
        return cmd_usage(cmd, cmd_text(cmd, N_("opzione sconosciuta: --%s. Forse --%s?")), typed, near);
    return cmd_usage(cmd, cmd_text(cmd, N_("opzione sconosciuta: --%s")), typed);
}

/* One "--name", "--name=value" or "--name value"; *used counts the words taken. */
static enum outcome take_option(struct cmd *cmd, char **words, int left, int *used)
{
    const char *name = words[0] + 2, *equals = strchr(name, '='), *value = equals ? equals + 1 : NULL;
    size_t length = equals ? (size_t)(equals - name) : strlen(name);
    const struct cmd_option *option = find_in(cmd->command->options, name, length);

    option = option ? option : find_in(COMMON_OPTIONS, name, length);
    *used = 1;
    if (!option)
        return unknown_option(cmd, name, length);
    if (!option->value && value)
        return cmd_usage(cmd, cmd_text(cmd, N_("l'opzione --%s non vuole un valore")), option->name);
    if (option->value && !value) {
        if (left < 2)
            return cmd_usage(cmd, cmd_text(cmd, N_("l'opzione --%s vuole un valore: %s")), option->name,
                             cmd_text(cmd, option->value));
        value = words[1];
        *used = 2;
    }
    cmd->given = talloc_realloc(cmd->mem, cmd->given, struct cmd_given, (unsigned)(cmd->given_count + 1));
    cmd->given[cmd->given_count++] = (struct cmd_given){option, value ? value : ""};
    return DONE;
}

const char *cmd_value(const struct cmd *cmd, const char *option)
{
    for (size_t i = cmd->given_count; i-- > 0;)
        if (strcmp(cmd->given[i].option->name, option) == 0)
            return cmd->given[i].value;
    return NULL;
}

bool cmd_flag(const struct cmd *cmd, const char *option)
{
    return cmd_value(cmd, option) != NULL;
}

enum outcome cmd_number(struct cmd *cmd, const char *option, int least, int most, int otherwise, int *number)
{
    const char *typed = cmd_value(cmd, option);
    char *end;
    long value;

    *number = otherwise;
    if (!typed)
        return DONE;
    errno = 0;
    value = strtol(typed, &end, 10);
    if (errno || end == typed || *end || value < least || value > most)
        return cmd_usage(cmd, cmd_text(cmd, N_("--%s: scrivere un numero da %d a %d")), option, least, most);
    *number = (int)value;
    return DONE;
}

/* ---- Commands and arguments ---- */

static enum outcome take_command(struct cmd *cmd, const char *word)
{
    const char *names[64], *near;
    size_t count = 0;

    for (const struct cmd_command *c = cmd->command->below; c->name; c++) {
        if (strcmp(c->name, word) == 0) {
            cmd->command = c;
            cmd->path = talloc_asprintf(cmd->mem, "%s %s", cmd->path, word);
            return DONE;
        }
        if (count < count_of(names))
            names[count++] = c->name;
    }
    near = cmd_nearest(word, names, count);
    if (near)
        return cmd_usage(cmd, cmd_text(cmd, N_("comando sconosciuto: %s. Forse %s?")), word, near);
    return cmd_usage(cmd, cmd_text(cmd, N_("comando sconosciuto: %s")), word);
}

static bool begins(const char *value, const char *const *with)
{
    while (*with && !text_starts(value, *with))
        with++;
    return *with != NULL;
}

/* What can be judged before anything is opened or made. */
static enum outcome check_values(struct cmd *cmd)
{
    static const char *const WEB[] = {"http://", "https://", NULL}, *const MAIL[] = {"smtp://", "smtps://",
                                                                                     "file:", NULL};
    const char *url = cmd_value(cmd, "public-url"), *listen = cmd_value(cmd, "listen"), *smtp = cmd_value(cmd, "smtp");
    const char *password = getenv("CASELLA_SMTP_PASSWORD");

    if (url && !begins(url, WEB))
        return cmd_usage(cmd, cmd_text(cmd, N_("--public-url: scrivere un indirizzo intero, ad esempio %s")),
                         "https://rinnovi.example");
    if (listen && !http_can_listen(listen))
        return cmd_usage(cmd,
                         cmd_text(cmd, N_("--listen %s: scrivere un indirizzo di questa macchina e una porta da 0 a "
                                          "65535, ad esempio 127.0.0.1:8080 oppure [::1]:8080")),
                         listen);
    if (smtp && !begins(smtp, MAIL))
        return cmd_usage(cmd, cmd_text(cmd, N_("--smtp %s: scrivere smtp://HOST:PORTA, smtps://HOST o file:CARTELLA")),
                         smtp);
    if (cmd_flag(cmd, "smtp-user") && !cmd_flag(cmd, "smtp-password-file") && !(password && password[0]))
        return cmd_usage(
            cmd, "%s",
            cmd_text(cmd, N_("--smtp-user: manca la password, che va in CASELLA_SMTP_PASSWORD oppure in un "
                             "file indicato con --smtp-password-file")));
    return DONE;
}

static enum outcome check_arguments(struct cmd *cmd)
{
    const struct cmd_command *c = cmd->command;

    TRY(check_values(cmd));
    if (c->below)
        return cmd_usage(cmd, "%s", cmd_text(cmd, N_("manca il comando")));
    if (cmd->argument_count < (size_t)c->least)
        return cmd_usage(cmd, cmd_text(cmd, N_("manca un argomento: %s")), cmd_text(cmd, c->arguments));
    if (c->most >= 0 && cmd->argument_count > (size_t)c->most)
        return cmd_usage(cmd, cmd_text(cmd, N_("argomento di troppo: %s")), cmd->arguments[c->most]);
    return DONE;
}

enum outcome cmd_parse(struct cmd *cmd, int argc, char **argv, bool *help)
{
    bool words_only = false;

    *help = false;
    cmd->command = &CMD_ROOT;
    cmd->path = talloc_strdup(cmd->mem, CMD_ROOT.name);
    if (argc > WORDS_MOST)
        return cmd_usage(cmd, cmd_text(cmd, N_("gli argomenti sono troppi: al massimo %d")), WORDS_MOST);
    cmd->arguments = talloc_zero_array(cmd->mem, const char *, (unsigned)argc + 1);
    for (int i = 1, used; i < argc; i += used) {
        used = 1;
        if (!text_is_utf8(argv[i], strlen(argv[i])))
            return cmd_usage(cmd, "%s", cmd_text(cmd, N_("gli argomenti devono essere in UTF-8")));
        if (!words_only && strcmp(argv[i], "--") == 0)
            words_only = true;
        else if (!words_only && (strcmp(argv[i], "-h") == 0 || (cmd->command->below && strcmp(argv[i], "help") == 0)))
            *help = true;
        else if (!words_only && text_starts(argv[i], "--"))
            TRY(take_option(cmd, argv + i, argc - i, &used));
        else if (!words_only && argv[i][0] == '-' && argv[i][1])
            return cmd_usage(cmd, cmd_text(cmd, N_("opzione sconosciuta: %s. Le opzioni hanno due trattini")), argv[i]);
        else if (cmd->command->below)
            TRY(take_command(cmd, argv[i]));
        else
            cmd->arguments[cmd->argument_count++] = argv[i];
    }
    cmd->json = cmd_flag(cmd, "json");
    *help = *help || cmd_flag(cmd, "help");
    return *help ? DONE : check_arguments(cmd);
}
