/* cmd/help.c: --help at every level, and what somebody may have meant. */
#include "base/text.h"
#include "cmd/cmd.h"
#include <string.h>

#define LINE_WIDTH 80 /* of a terminal, in characters */

/* `text` from `margin` on, where the line stands already, and on as many lines as it takes. */
static void put_words(const char *text, size_t margin, FILE *to)
{
    const char *begun = text;

    for (size_t at = margin; *text;) {
        size_t bytes = strcspn(text, " "), width = 0;

        for (size_t i = 0; i < bytes; i++)
            width += ((unsigned char)text[i] & 0xC0) != 0x80;
        if (text > begun && at + 1 + width > LINE_WIDTH) {
            fprintf(to, "\n%*s", (int)margin, "");
            at = margin;
        } else if (text > begun) {
            fputc(' ', to);
            at++;
        }
        fwrite(text, 1, bytes, to);
        at += width;
        text += bytes + strspn(text + bytes, " ");
    }
    fputc('\n', to);
}

/* What something is called, in a column `width` characters wide, and what it is beside it; below it where the name is
 * longer. */
static void put_entry(const char *name, size_t width, const char *text, FILE *to)
{
    size_t length = text_characters(name), margin = 2 + width + 1;

    fprintf(to, "  %s", name);
    if (length > width)
        fprintf(to, "\n%*s", (int)margin, "");
    else
        fprintf(to, "%*s", (int)(width + 1 - length), "");
    put_words(text, margin, to);
}

static void put_options(const struct cmd *cmd, const struct cmd_option *options, FILE *to)
{
    char name[80];

    for (; options && options->name; options++) {
        snprintf(name, sizeof name, "--%s%s%s", options->name, options->value ? " " : "",
                 options->value ? cmd_text(cmd, options->value) : "");
        put_entry(name, 22, cmd_text(cmd, options->help), to);
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
        put_entry(name, 26, cmd_text(cmd, commands->help), to);
    }
}

void cmd_help(const struct cmd *cmd, const struct cmd_command *command, FILE *to)
{
    const char *arguments = command->below ? N_("COMANDO …") : command->arguments;

    if (command == &CMD_ROOT)
        fputs("casella " CASELLA_VERSION "\n", to);
    put_words(cmd_text(cmd, command->help), 0, to);
    fprintf(to, "\n%s: %s%s%s %s\n", cmd_text(cmd, N_("Uso")), cmd->path, arguments[0] ? " " : "",
            arguments[0] ? cmd_text(cmd, arguments) : "", cmd_text(cmd, N_("[opzioni]")));
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
    fputc('\n', to);
    put_words(cmd_text(cmd, N_("Esito: 0 fatto, 1 rifiutato, 2 uso errato, 3 guasto. I risultati vanno su stdout, i "
                               "messaggi su stderr.")),
              0, to);
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
