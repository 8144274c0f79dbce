#include "cmd/mailbox_end.h"
#include "shop/terminate.h"
#include <string.h>

const struct cmd_option MAILBOX_END_OPTIONS[] = {
    {"at-once", NULL, N_("subito, invece che alla scadenza")},
    {"undo", NULL, N_("revoca la disdetta")},
    {0},
};
const struct cmd_option MAILBOX_HOLD_OPTIONS[] = {
    {"reason", N_("TESTO"), N_("perché il contenuto non va cancellato")},
    {"lift", NULL, N_("toglie il vincolo")},
    {0},
};

static const struct actor OPERATOR = {"cli", "operator"};

struct ending {
    struct cmd *cmd;
    struct terminate_look look;
};

static enum outcome end(struct db_tx *tx, void *arg)
{
    struct ending *e = arg;
    struct cmd *cmd = e->cmd;

    TRY(terminate_look(tx, cmd->mem, &cmd->brands, cmd->arguments[0], &e->look, &cmd->why));
    if (cmd_flag(cmd, "undo"))
        return terminate_undo(tx, &e->look, &OPERATOR, &cmd->why);
    return terminate(tx, cmd->mem, &e->look, cmd_flag(cmd, "at-once"), e->look.mailbox.address, &OPERATOR, &cmd->why);
}

enum outcome cmd_mailbox_end(struct cmd *cmd)
{
    struct ending e = {.cmd = cmd};
    char day[DAY_TEXT];

    TRY(db_transaction(cmd->db, "mailbox.terminate", end, &e));
    if (cmd_flag(cmd, "undo"))
        printf(cmd_text(cmd, N_("%s: disdetta revocata.\n")), e.look.mailbox.address);
    else if (cmd_flag(cmd, "at-once"))
        printf(cmd_text(cmd, N_("%s: cessata.\n")), e.look.mailbox.address);
    else
        printf(cmd_text(cmd, N_("%s: cessa dopo il %s.\n")), e.look.mailbox.address,
               day_italian(e.look.mailbox.term.ends_on, day));
    return DONE;
}

static enum outcome hold(struct db_tx *tx, void *arg)
{
    struct ending *e = arg;
    struct cmd *cmd = e->cmd;

    TRY(terminate_look(tx, cmd->mem, &cmd->brands, cmd->arguments[0], &e->look, &cmd->why));
    return cmd_flag(cmd, "lift") ? content_release(tx, &e->look, &OPERATOR, &cmd->why)
                                 : content_hold(tx, &e->look, cmd_value(cmd, "reason"), &OPERATOR, &cmd->why);
}

enum outcome cmd_mailbox_hold(struct cmd *cmd)
{
    struct ending e = {.cmd = cmd};
    bool lift = cmd_flag(cmd, "lift");

    if (lift == (cmd_value(cmd, "reason") != NULL))
        return cmd_usage(cmd, "%s", cmd_text(cmd, N_("serve --reason, oppure --lift")));
    TRY(db_transaction(cmd->db, "mailbox.hold", hold, &e));
    if (lift)
        printf(cmd_text(cmd, N_("%s: vincolo tolto.\n")), e.look.mailbox.address);
    else
        printf(cmd_text(cmd, N_("%s: il contenuto non viene cancellato.\n")), e.look.mailbox.address);
    return DONE;
}
