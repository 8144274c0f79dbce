/* cmd/help.c: --help at every level, and what somebody may have meant. */
#include "base/text.h"
#include "cmd/cmd.h"
#include <string.h>

/* `text` in a column `width` characters wide, however many bytes they take. */
static void put_column(FILE *to, const char *text, size_t width)
{
    size_t length = text_characters(text);

    fputs(text, to);
    for (; length < width; length++)
        fputc(' ', to);
}

static void put_options(const struct cmd *cmd, const struct cmd_option *options, FILE *to)
{
    char name[80];

    for (; options && options->name; options++) {
        snprintf(name, sizeof name, "--%s%s%s", options->name, options->value ? " " : "",
                 options->value ? cmd_text(cmd, options->value) : "");
        fputs("  ", to);
        put_column(to, name, 22);
        fprintf(to, " %s\n", cmd_text(cmd, options->help));
    }
}

static void put_commands(const struct cmd *cmd, const struct cmd_command *commands, const char *prefix, FILE *to)
{
    char name[80];

    for (; commands->name; commands++) {
        snprintf(name, sizeof name, "%s%s%s%s", prefix, commands->name, commands->arguments[0] ? " " : "",
                 commands->arguments[0] ? cmd_text(cmd, commands->arguments) : "");
        if (commands->below) {
            snprintf(name, sizeof name, "%s%s ", prefix, commands->name);
            put_commands(cmd, commands->below, name, to);
            continue;
        }
        fputs("  ", to);
        put_column(to, name, 26);
        fprintf(to, " %s\n", cmd_text(cmd, commands->help));
    }
}

void cmd_help(const struct cmd *cmd, const struct cmd_command *command, FILE *to)
{
    const char *arguments = command->below ? N_("COMANDO …") : command->arguments;

    if (command == &CMD_ROOT)
        fputs("casella " CASELLA_VERSION "\n", to);
    fprintf(to, "%s\n\n%s: %s%s%s %s\n", cmd_text(cmd, command->help), cmd_text(cmd, N_("Uso")), cmd->path,
            arguments[0] ? " " : "", arguments[0] ? cmd_text(cmd, arguments) : "", cmd_text(cmd, N_("[opzioni]")));
    if (command->below) {
        fprintf(to, "\n%s:\n", cmd_text(cmd, N_("Comandi")));
        put_commands(cmd, command->below, "", to);
    }
    if (command->options) {
        fprintf(to, "\n%s:\n", cmd_text(cmd, N_("Opzioni")));
        put_options(cmd, command->options, to);
    }
    fprintf(to, "\n%s:\n", cmd_text(cmd, N_("Opzioni comuni")));
    put_options(cmd, COMMON_OPTIONS, to);
    fprintf(to, "\n%s\n",
            cmd_text(cmd, N_("Esito: 0 fatto, 1 rifiutato, 2 uso errato, 3 guasto. I risultati vanno su stdout, i "
                             "messaggi su stderr.")));
}

/* ---- What may have been meant ---- */

#define LONGEST 40

/* Letters put in, left out or changed. */
static size_t distance(const char *a, const char *b)
{
    size_t row[LONGEST + 1], la = strlen(a), lb = strlen(b);

    if (la > LONGEST || lb > LONGEST)
        return LONGEST;
    for (size_t j = 0; j <= lb; j++)
        row[j] = j;
    for (size_t i = 1; i <= la; i++) {
        size_t diagonal = row[0];

        row[0] = i;
        for (size_t j = 1; j <= lb; j++) {
            size_t best = diagonal + (a[i - 1] != b[j - 1]);

            best = row[j] + 1 < best ? row[j] + 1 : best;
            best = row[j - 1] + 1 < best ? row[j - 1] + 1 : best;
            diagonal = row[j];
            row[j] = best;
        }
    }
    return row[lb];
}

const char *cmd_nearest(const char *typed, const char *const *names, size_t count)
{
    size_t nearest = strlen(typed) / 2 < 3 ? strlen(typed) / 2 + 1 : 4;
    const char *found = NULL;

    for (size_t i = 0; i < count; i++) {
        size_t d = distance(typed, names[i]);

        if (d < nearest) {
            nearest = d;
            found = names[i];
        }
    }
    return found;
}
