/* cmd/day.c: `casella day run`: a simulated database's clock moves to a date; then everything that is due is done once.
 */
#include "cmd/cmd.h"
#include "jobs/jobs.h"
#include <string.h>

static const struct cmd_option OPTIONS[] = {
    {"date", N_("DATA"), N_("solo su un archivio simulato: porta prima l'orologio a questo giorno (2027-03-15)")},
    CMD_URL_OPTION,
    CMD_SECRETS_OPTION,
    CMD_FILES_OPTIONS,
    CMD_MAIL_OPTIONS,
    {0},
};

static enum outcome run(struct cmd *cmd)
{
    const char *date = cmd_value(cmd, "date");
    struct jobs_round round;
    struct mailer mailer;
    struct files files;
    struct instant now;
    struct day day;
    char text[DAY_TEXT];

    if (date && day_parse(date, strlen(date), &day) != DONE)
        return cmd_usage(cmd, cmd_text(cmd, N_("--%s: scrivere una data, ad esempio %s")), "date", "2027-03-15");
    if (date)
        TRY(cmd_set_clock(cmd, date));
    TRY(cmd_open_mailer(cmd, &mailer));
    TRY(cmd_open_gateways(cmd));
    TRY(cmd_open_files(cmd, cmd_database_url(cmd), &files));
    cmd->shop.public_url = cmd_value(cmd, "public-url");
    TRY(jobs_once(cmd->mem, &(struct jobs_options){.shop = &cmd->shop, .views = cmd->views, .mailer = &mailer},
                  &round));
    TRY(cmd_now(cmd, &now));
    day_iso(rome_day(now), text);
    if (cmd->json)
        cmd_print_json(json_pack("{s:s, s:i, s:i, s:i, s:i, s:i, s:i, s:i}", "date", text, "done", round.done, "later",
                                 round.later, "dead", round.dead, "sealed", round.sealed, "lapsed", round.lapsed,
                                 "asked", round.asked, "alerted", round.alerted));
    else
        printf(cmd_text(cmd, N_("%s: %d lavori fatti, %d rimandati, %d abbandonati; %d pagamenti verificati; %d "
                                "contabili senza accredito; %d ordini "
                                "decaduti; %d eventi sigillati.\n")),
               text, round.done, round.later, round.dead, round.asked, round.alerted, round.lapsed, round.sealed);
    return DONE;
}

const struct cmd_command CMD_DAY[] = {
    {"run", "", 0, 0, N_("fa tutto ciò che è dovuto, una volta"), OPTIONS, NEEDS_SHOP | NEEDS_VIEWS, run, NULL},
    {0},
};
