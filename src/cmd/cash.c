/* cmd/cash.c: `casella cash`: what came and went in a day, as the ledger has it, against the payments' records. */
#include "shop/cash.h"
#include "cmd/cmd.h"
#include "net/form.h"

const struct cmd_option CASH_OPTIONS[] = {
    {"day", N_("GIORNO"), N_("di quale giorno; senza, di oggi")},
    {"to", N_("GIORNO"), N_("fino a quale giorno compreso; senza, quel giorno solo")},
    {"brand", N_("MARCHIO"), N_("solo di un marchio")},
    {0},
};

struct asking {
    struct cmd *cmd;
    struct day day, to;
    const char *brand;
    struct cash cash;
};

static const struct form_field FIELDS[] = {
    FORM_DAY(struct asking, day, "day", .optional = true),
    FORM_DAY(struct asking, to, "to", .optional = true),
    FORM_TEXT(struct asking, brand, "brand", .max = 40, .optional = true),
    FORM_END,
};

static enum outcome load(struct db_tx *tx, void *arg)
{
    struct asking *a = arg;
    struct cmd *cmd = a->cmd;
    struct money_scope scope = money_scope_of(&cmd->brands, a->brand);

    cmd->why = (struct problem){0};
    if (a->brand[0] && !scope.brand[0])
        return problem_set(&cmd->why, PROBLEM_BRAND, "brand", "%s", "");
    if (!a->day.n)
        a->day = db_today(tx);
    if (!a->to.n)
        a->to = a->day;
    return cash_load(tx, cmd->mem, &scope, a->day, a->to, &a->cash, &cmd->why);
}

static void print(struct cmd *cmd, const struct cash *c)
{
    for (size_t i = 0; i < c->count; i++) {
        const struct cash_row *r = &c->rows[i];
        int64_t difference = cash_difference(r);

        printf("%-58s  + %12s  - %12s  (%lld)", cash_label(cmd->mem, cmd->language, r), cmd_money(cmd->mem, r->came),
               cmd_money(cmd->mem, r->went), (long long)r->count);
        if (difference)
            printf(cmd_text(cmd, N_("  DIFFERENZA %s")), cmd_money(cmd->mem, money(difference)));
        putchar('\n');
    }
    printf(cmd_text(cmd, N_("In cassa: entrate %s, uscite %s. %s\n")), cmd_money(cmd->mem, c->came),
           cmd_money(cmd->mem, c->went),
           c->agrees ? cmd_text(cmd, N_("Contabilità e pagamenti concordano."))
                     : cmd_text(cmd, N_("Contabilità e pagamenti NON concordano.")));
}

enum outcome cmd_cash(struct cmd *cmd)
{
    struct asking a = {.cmd = cmd, .brand = ""};

    TRY(cmd_fields(cmd, FIELDS, &a));
    TRY(db_read(cmd->db, "cash", load, &a));
    if (cmd->json)
        cmd_print_json(describe_cash(&a.cash, cmd->language));
    else
        print(cmd, &a.cash);
    return DONE;
}
