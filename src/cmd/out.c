/* cmd/out.c: results for people and programs, messages, progress. */
#include "base/text.h"
#include "cmd/cmd.h"
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>
#include <unistd.h>

const char *cmd_text(const struct cmd *cmd, const char *msgid)
{
    return msgid[0] ? i18n(cmd->language, msgid) : "";
}

void cmd_print_json(json_t *value)
{
    json_dumpf(value, stdout, JSON_COMPACT);
    fputc('\n', stdout);
    json_decref(value);
}

void cmd_say(const struct cmd *cmd, const char *format, ...)
{
    va_list args;

    (void)cmd;
    cmd_progress_end();
    fputs("casella: ", stderr);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
}

void cmd_tell_problem(struct cmd *cmd, const char *about, const struct problem *why)
{
    char *text = problem_text(cmd->mem, cmd->language, why);

    if (why->code == PROBLEM_NONE)
        text = talloc_strdup(cmd->mem, cmd_text(cmd, N_("rifiutato")));
    if (why->code == PROBLEM_UNREADABLE || why->code == PROBLEM_UNWRITABLE) /* which name the file themselves */
        about = NULL;
    else if (!about && why->code != PROBLEM_CONFIG && why->field[0])
        about = why->field;
    if (about)
        cmd_say(cmd, "%s: %s", about, text);
    else
        cmd_say(cmd, "%s", text);
    cmd->told = true;
}

void cmd_tell_row(struct cmd *cmd, int line, const struct problem *why)
{
    const char *text = problem_text(cmd->mem, cmd->language, why);

    if (why->code == PROBLEM_CSV) /* it says itself on which line */
        fprintf(stderr, "%s\n", text);
    else
        fprintf(stderr, cmd_text(cmd, N_("riga %d, %s: %s\n")), line, why->field, text);
}

char *cmd_money(void *mem, struct money amount)
{
    char text[MONEY_TEXT];

    return talloc_asprintf(mem, "%s €", money_italian(amount, text));
}

char *cmd_day(void *mem, struct day day)
{
    char text[DAY_TEXT];

    return talloc_strdup(mem, day.n == 0 || day.n >= DAY_NEVER.n ? "-" : day_italian(day, text));
}

/* ---- Lists ---- */

void cmd_list_begin(struct cmd_list *list, const struct cmd *cmd)
{
    *list = (struct cmd_list){.json = cmd->json};
    if (list->json)
        fputc('[', stdout);
}

void cmd_list_json(struct cmd_list *list, json_t *row)
{
    fputs(list->count++ ? ",\n" : "", stdout);
    json_dumpf(row, stdout, JSON_COMPACT);
    json_decref(row);
}

void cmd_list_end(struct cmd_list *list)
{
    if (list->json)
        fputs("]\n", stdout);
}

/* ---- Progress ---- */

static bool line_open; /* a progress line stands on the terminal; only the thread that runs the command writes there */

void cmd_progress(void *label, int64_t done, int64_t all)
{
    if (!isatty(STDERR_FILENO))
        return;
    if (all > 0)
        fprintf(stderr, "\r%s: %" PRId64 "/%" PRId64 " (%d %%)\033[K", (const char *)label, done, all,
                (int)(done * 100 / all));
    else
        fprintf(stderr, "\r%s: %" PRId64 "\033[K", (const char *)label, done);
    fflush(stderr);
    line_open = true;
}

void cmd_progress_end(void)
{
    if (line_open)
        fputs("\r\033[K", stderr);
    line_open = false;
}
