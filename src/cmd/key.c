/* cmd/key.c: `casella key add`: the bearer key alone on stdout, this once. */
#include "cmd/cmd.h"
#include "shop/login.h"
#include <string.h>

static const struct cmd_option OPTIONS[] = {
    {"brand", N_("MARCHIO"), N_("per quale marchio; * per tutti")},
    {"role", N_("RUOLO"), N_("shop, support, cashier, reviewer, catalogue, owner, auditor")},
    {0},
};

static enum outcome add(struct cmd *cmd)
{
    const char *brand = cmd_value(cmd, "brand"), *role = cmd_value(cmd, "role");
    char key[TOKEN_TEXT + 8];

    if (!brand || !role)
        return cmd_usage(cmd, cmd_text(cmd, N_("manca --%s")), brand ? "role" : "brand");
    TRY(key_add(&cmd->shop, strcmp(brand, "*") == 0 ? "" : brand, role, key, &cmd->why));
    if (cmd->json)
        cmd_print_json(json_pack("{s:s, s:s, s:s}", "key", key, "brand", brand, "role", role));
    else
        puts(key);
    cmd_say(cmd, "%s", cmd_text(cmd, N_("la chiave si vede solo adesso: conservarla")));
    return DONE;
}

const struct cmd_command CMD_KEY[] = {
    {"add", "", 0, 0, N_("crea una chiave e la scrive su stdout, una volta sola"), OPTIONS, NEEDS_SHOP, add, NULL},
    {0},
};
