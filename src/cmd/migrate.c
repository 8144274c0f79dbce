/* cmd/migrate.c: `casella migrate` */
#include "cmd/cmd.h"
#include <talloc.h>

const struct cmd_option MIGRATE_OPTIONS[] = {
    {"simulated", NULL, N_("un archivio nuovo nasce simulato: il suo orologio si sposta con «casella clock set»")},
    {0},
};

enum outcome cmd_migrate(struct cmd *cmd)
{
    bool wanted = cmd_flag(cmd, "simulated"), simulated;
    struct db_migration *migrations;
    size_t count = cmd_migrations(cmd->mem, &migrations);
    int applied;

    TRY(cmd_open_database(cmd, cmd_database_url(cmd), 2));
    TRY(db_migrate(cmd->db, migrations, count, wanted, &applied, &cmd->why));
    simulated = cmd_is_simulated(cmd);
    if (wanted && !simulated)
        return problem_set(&cmd->why, PROBLEM_CONFIG, "", "%s",
                           cmd_text(cmd, N_("l'archivio c'era già e non è simulato: --simulated vale per uno nuovo")));
    if (cmd_value(cmd, "now"))
        TRY(applied == (int)count ? cmd_first_clock(cmd, cmd_value(cmd, "now"))
                                  : cmd_set_clock(cmd, cmd_value(cmd, "now")));
    if (cmd->json)
        cmd_print_json(
            json_pack("{s:i, s:i, s:b}", "applied", applied, "migrations", (int)count, "simulated", simulated));
    else if (applied)
        printf(cmd_text(cmd, N_("Archivio aggiornato: migrazioni applicate %d.\n")), applied);
    else
        puts(cmd_text(cmd, N_("Archivio già aggiornato.")));
    return DONE;
}
