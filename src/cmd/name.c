/* cmd/name.c: `casella name check --brand B NAME…` */
#include "cmd/cmd.h"
#include "shop/describe.h"

struct look {
    struct cmd *cmd;
    const struct brand *brand;
    struct name_answer *answers;
};

static enum outcome look(struct db_tx *tx, void *arg)
{
    struct look *l = arg;

    return names_look(tx, l->cmd->mem, l->brand, l->cmd->arguments, l->cmd->argument_count, l->answers);
}

static void print(struct cmd *cmd, const struct name_answer *a)
{
    if (a->fault.code == PROBLEM_NONE)
        printf(cmd_text(cmd, N_("%s: disponibile\n")), a->address);
    else
        printf("%s: %s\n", a->address ? a->address : a->typed, problem_text(cmd->mem, cmd->language, &a->fault));
}

/* Reserves nothing. Exit 0 whatever the answer: it was given. */
static enum outcome check(struct cmd *cmd)
{
    const char *id = cmd_value(cmd, "brand");
    struct name_answer answers[NAME_LOOKS];
    struct look l = {.cmd = cmd, .answers = answers};
    struct cmd_list list;

    if (!id)
        return cmd_usage(cmd, cmd_text(cmd, N_("manca --%s")), "brand");
    l.brand = brand_by_id(&cmd->brands, id);
    if (!l.brand)
        return problem_set(&cmd->why, PROBLEM_BRAND, "brand", "%s", "");
    if (!l.brand->purchase.on)
        return problem_set(&cmd->why, PROBLEM_KIND, "brand", "%s", "");
    TRY(db_read(cmd->db, "name.check", look, &l));
    cmd_list_begin(&list, cmd);
    for (size_t i = 0; i < cmd->argument_count; i++)
        if (cmd->json)
            cmd_list_json(&list, describe_name(cmd->mem, cmd->language, &answers[i]));
        else
            print(cmd, &answers[i]);
    cmd_list_end(&list);
    return DONE;
}

static const struct cmd_option CHECK_OPTIONS[] = {
    {"brand", N_("MARCHIO"), N_("di chi sarebbe la casella")},
    {0},
};

const struct cmd_command CMD_NAME[] = {
    {"check", N_("NOME…"), 1, NAME_LOOKS, N_("se questi nomi sono liberi per una casella nuova"), CHECK_OPTIONS,
     NEEDS_SHOP, check, NULL},
    {0},
};
