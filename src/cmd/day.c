/* cmd/day.c: `casella day run`: a simulated database's clock moves to a date; then everything that is due is done once.
 */
#include "cmd/cmd.h"
#include "jobs/jobs.h"
#include <inttypes.h>
#include <string.h>

static const struct cmd_option OPTIONS[] = {
    {"date", N_("DATA"), N_("solo su un archivio simulato: porta prima l'orologio a questo giorno (2027-03-15)")},
    CMD_URL_OPTION,
    CMD_SECRETS_OPTION,
    CMD_FILES_OPTIONS,
    CMD_MAIL_OPTIONS,
    {0},
};

/* On a terminal: which task is at work. */
static void show(void *arg, const char *task, int64_t done)
{
    struct cmd *cmd = arg;

    for (size_t i = 0; i < DAY_TASK_COUNT; i++)
        if (strcmp(DAY_TASKS[i].name, task) == 0)
            cmd_progress((void *)cmd_text(cmd, DAY_TASKS[i].label), done, 0);
}

static void print_json(const struct jobs_round *round, const char *day)
{
    json_t *tasks = json_object();

    for (size_t i = 0; i < DAY_TASK_COUNT; i++)
        json_object_set_new(tasks, DAY_TASKS[i].name, json_integer(round->day.done[i]));
    cmd_print_json(json_pack("{s:s, s:b, s:i, s:i, s:i, s:i, s:I, s:i, s:I, s:o}", "date", day, "put_off",
                             round->day.put_off, "done", round->done, "later", round->later, "dead", round->dead,
                             "sealed", round->sealed, "lapsed", (json_int_t)day_did(&round->day, "orders_lapsed"),
                             "asked", round->asked, "alerted", (json_int_t)day_did(&round->day, "proofs_alerted"),
                             "tasks", tasks));
}

/* What the turn did first, what there was nothing of left out. */
static void print(struct cmd *cmd, const struct jobs_round *round, const char *day)
{
    printf(cmd_text(cmd, N_("%s: lavori fatti: %d, rimandati: %d, abbandonati: %d; pagamenti verificati: %d; eventi "
                            "sigillati: %d.\n")),
           day, round->done, round->later, round->dead, round->asked, round->sealed);
    if (round->day.put_off)
        printf("%s\n", cmd_text(cmd, N_("Tra le 2 e le 3 il giorno non si gira: riprovare dopo le 3.")));
    for (size_t i = 0; i < DAY_TASK_COUNT; i++)
        if (round->day.done[i])
            printf("  %s: %" PRId64 "\n", cmd_text(cmd, DAY_TASKS[i].label), round->day.done[i]);
}

static enum outcome run(struct cmd *cmd)
{
    const char *date = cmd_value(cmd, "date");
    struct jobs_round round;
    struct mailer mailer;
    struct files files;
    struct day day;
    char text[DAY_TEXT];

    if (date && day_parse(date, strlen(date), &day) != DONE)
        return cmd_usage(cmd, cmd_text(cmd, N_("--%s: scrivere una data, ad esempio %s")), "date", "2027-03-15");
    if (date)
        TRY(cmd_set_clock(cmd, date));
    TRY(cmd_open_mailer(cmd, &mailer));
    TRY(cmd_open_gateways(cmd));
    TRY(cmd_open_files(cmd, cmd_database_url(cmd), &files));
    cmd_know_address(cmd);
    TRY(jobs_once(
        cmd->mem,
        &(struct jobs_options){
            .shop = &cmd->shop, .views = cmd->views, .mailer = &mailer, .progress = show, .progress_arg = cmd},
        &round));
    cmd_progress_end();
    day_iso(round.day.day, text);
    if (cmd->json)
        print_json(&round, text);
    else
        print(cmd, &round, text);
    return DONE;
}

const struct cmd_command CMD_DAY[] = {
    {"run", "", 0, 0, N_("fa tutto ciò che è dovuto, una volta"), OPTIONS, NEEDS_SHOP | NEEDS_VIEWS, run, NULL},
    {0},
};
