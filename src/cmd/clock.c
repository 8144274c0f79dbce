/* cmd/clock.c: `casella clock show|set` */
#include "cmd/cmd.h"
#include <string.h>

static enum outcome show(struct cmd *cmd)
{
    char rfc3339[INSTANT_TEXT], italian[INSTANT_TEXT], day[DAY_TEXT];
    bool simulated = cmd_is_simulated(cmd);
    struct instant now;

    TRY(cmd_now(cmd, &now));
    instant_rfc3339(now, rfc3339);
    if (cmd->json)
        cmd_print_json(
            json_pack("{s:s, s:s, s:b}", "now", rfc3339, "today", day_iso(rome_day(now), day), "simulated", simulated));
    else
        printf("%s  %s  (%s)\n", rfc3339, instant_italian(now, italian),
               simulated ? cmd_text(cmd, N_("simulato")) : cmd_text(cmd, N_("orologio della macchina")));
    return DONE;
}

static enum outcome set(struct cmd *cmd)
{
    TRY(cmd_set_clock(cmd, cmd->arguments[0]));
    return show(cmd);
}

const struct cmd_command CMD_CLOCK[] = {
    {"show", "", 0, 0, N_("che ore sono per l'archivio"), NULL, NEEDS_DATABASE, show, NULL},
    {"set", N_("ISTANTE"), 1, 1, N_("porta avanti l'orologio di un archivio simulato"), NULL, NEEDS_DATABASE, set,
     NULL},
    {0},
};
