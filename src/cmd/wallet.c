/* cmd/wallet.c: `casella wallet show EMAIL --brand B`: a customer's prepaid account and its statement. */
#include "shop/wallet.h"
#include "base/text.h"
#include "cmd/cmd.h"
#include "shop/describe.h"
#include "store/access.h"
#include <talloc.h>

#define PAGE 500

static const struct cmd_option OPTIONS[] = {
    {"brand", N_("MARCHIO"), N_("di quale marchio è cliente")},
    {0},
};

struct one {
    struct cmd *cmd;
    const char *brand, *email;
    struct account account;
    struct money balance, owed;
    struct wallet_entry *entries;
    size_t count;
};

/* All of it in one snapshot: a balance is the sum of its entries. */
static enum outcome load(struct db_tx *tx, void *arg)
{
    struct one *one = arg;
    struct cmd *cmd = one->cmd;
    struct wallet_entry *page;
    int64_t before = 0;
    size_t n = PAGE;
    enum outcome o = account_by_email(tx, cmd->mem, one->brand, one->email, &one->account);

    if (o == REFUSED)
        return problem_set(&cmd->why, PROBLEM_NOT_FOUND, "", "%s", "");
    TRY(o);
    TRY(wallet_balance(tx, one->account.id, &one->balance));
    TRY(wallet_owed(tx, one->account.id, &one->owed));
    for (one->count = 0; n == PAGE; before = n ? page[n - 1].id : 0) {
        TRY(wallet_entries(tx, cmd->mem, one->account.id, before, PAGE, &page, &n));
        one->entries = talloc_realloc(cmd->mem, one->entries, struct wallet_entry, (unsigned)(one->count + n + 1));
        for (size_t i = 0; i < n; i++)
            one->entries[one->count++] = page[i];
    }
    return DONE;
}

static void print(struct cmd *cmd, const struct one *one)
{
    static const struct {
        const char *name, *label;
    } KINDS[] = {{"topup", N_("ricarica")},
                 {"draw", N_("prelievo")},
                 {"refund", N_("rimborso")},
                 {"credit", N_("accredito")},
                 {"charge_back", N_("contestazione")}};

    printf(cmd_text(cmd, N_("Conto prepagato di %s (%s): saldo %s\n")), one->account.email, one->brand,
           cmd_money(cmd->mem, one->balance));
    if (one->owed.cents)
        printf(cmd_text(
                   cmd,
                   N_("  dovuti %s: ricariche contestate dopo essere state spese; i prossimi accrediti le coprono\n")),
               cmd_money(cmd->mem, one->owed));
    for (size_t i = 0; i < one->count; i++) {
        const struct wallet_entry *e = &one->entries[i];
        const char *kind = e->kind;
        char at[INSTANT_TEXT];

        for (size_t k = 0; k < count_of(KINDS); k++)
            if (text_same(KINDS[k].name, e->kind))
                kind = cmd_text(cmd, KINDS[k].label);
        printf("  %s  %12s  %12s  %s  %s\n", instant_italian(e->at, at), cmd_money(cmd->mem, e->amount),
               cmd_money(cmd->mem, e->balance), kind, e->order_code);
    }
}

static enum outcome show(struct cmd *cmd)
{
    struct one one = {.cmd = cmd, .brand = cmd_value(cmd, "brand"), .email = text_lower(cmd->mem, cmd->arguments[0])};
    json_t *entries;

    if (!one.brand)
        return cmd_usage(cmd, cmd_text(cmd, N_("manca --%s")), "brand");
    TRY(db_read(cmd->db, "wallet.show", load, &one));
    if (!cmd->json) {
        print(cmd, &one);
        return DONE;
    }
    entries = json_array();
    for (size_t i = 0; i < one.count; i++)
        json_array_append_new(entries, describe_wallet_entry(&one.entries[i]));
    cmd_print_json(json_pack("{s:s, s:s, s:I, s:I, s:o}", "account", one.account.email, "brand", one.brand,
                             "balance_cents", (json_int_t)one.balance.cents, "owed_cents", (json_int_t)one.owed.cents,
                             "entries", entries));
    return DONE;
}

const struct cmd_command CMD_WALLET[] = {
    {"show", N_("E-MAIL"), 1, 1, N_("il conto prepagato di un cliente e i suoi movimenti"), OPTIONS, NEEDS_DATABASE,
     show, NULL},
    {0},
};
