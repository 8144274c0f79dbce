/* cmd/brand.c: `casella brand check DIR` */
#include "cmd/cmd.h"
#include <talloc.h>

static enum outcome check(struct cmd *cmd)
{
    struct brand brand;
    char **faults;
    size_t count;
    enum outcome o = brand_check(cmd->mem, cmd->arguments[0], &brand, &faults, &count);
    json_t *list = json_array();

    if (o != DONE && o != REFUSED) {
        json_decref(list);
        return o;
    }
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, json_string(i18n_filled(cmd->mem, cmd->language, faults[i])));
    if (cmd->json)
        cmd_print_json(json_pack("{s:s, s:b, s:o}", "folder", cmd->arguments[0], "ok", o == DONE, "faults", list));
    else {
        for (size_t i = 0; i < count; i++)
            puts(i18n_filled(cmd->mem, cmd->language, faults[i]));
        if (o == DONE)
            printf(cmd_text(cmd, N_("%s: va tutto bene (tipi di casella: %zu, condizioni %s).\n")), brand.id,
                   brand.plan_count, brand.terms.version);
        json_decref(list);
    }
    cmd->told = true;
    return o;
}

const struct cmd_command CMD_BRAND[] = {
    {"check", N_("CARTELLA"), 1, 1, N_("elenca tutto ciò che non va in un marchio"), NULL, 0, check, NULL},
    {0},
};
