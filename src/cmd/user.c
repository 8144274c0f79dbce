/* cmd/user.c: `casella user add` */
#include "cmd/cmd.h"
#include "shop/add_account.h"
#include <string.h>
#include <talloc.h>

static const struct cmd_option OPTIONS[] = {
    {"brand", N_("MARCHIO"), N_("di quale marchio è cliente")},
    {"email", N_("E-MAIL"), N_("con cui accede")},
    {"name", N_("NOME"), N_("come si chiama")},
    {"user-name", N_("NOME-UTENTE"), N_("un nome utente con cui può accedere, oltre all'e-mail")},
    {"mailbox", N_("INDIRIZZO"), N_("una casella che vedrà; si può ripetere")},
    {"language", N_("LINGUA"), N_("it o en; predefinito it")},
    {"password-stdin", NULL,
     N_("la password è la prima riga di stdin; altrimenti si scrive un collegamento per sceglierla")},
    CMD_URL_OPTION,
    {0},
};

static size_t mailboxes_given(struct cmd *cmd, const char ***list)
{
    size_t count = 0;

    *list = talloc_array(cmd->mem, const char *, (unsigned)cmd->given_count + 1);
    for (size_t i = 0; i < cmd->given_count; i++)
        if (strcmp(cmd->given[i].option->name, "mailbox") == 0)
            (*list)[count++] = cmd->given[i].value;
    return count;
}

static enum outcome add(struct cmd *cmd)
{
    static const char *const NEEDED[] = {"brand", "email", "name"};
    const char *url = cmd_value(cmd, "public-url"), **mailboxes;
    struct new_account n = {
        .email = cmd_value(cmd, "email"), .name = cmd_value(cmd, "name"), .user_name = cmd_value(cmd, "user-name")};
    struct added_account added;
    char *password = NULL;

    for (size_t i = 0; i < count_of(NEEDED); i++)
        if (!cmd_value(cmd, NEEDED[i]))
            return cmd_usage(cmd, cmd_text(cmd, N_("manca --%s")), NEEDED[i]);
    n.brand = brand_by_id(&cmd->brands, cmd_value(cmd, "brand"));
    if (!n.brand)
        return problem_set(&cmd->why, PROBLEM_BRAND, "brand", "%s", "");
    if (cmd_flag(cmd, "password-stdin"))
        TRY(cmd_read_password(cmd, &password));
    n.password = password;
    n.language = view_language(cmd_value(cmd, "language"));
    n.mailbox_count = mailboxes_given(cmd, &mailboxes);
    n.mailboxes = mailboxes;
    n.actor = *cmd_actor(cmd);
    cmd->shop.public_url = url ? url : "http://127.0.0.1:8080";
    TRY(add_account(&cmd->shop, cmd->mem, &n, &added, &cmd->why));
    if (cmd->json)
        cmd_print_json(json_pack("{s:I, s:s, s:s?}", "id", (json_int_t)added.id, "email", n.email, "link", added.link));
    else if (added.link)
        puts(added.link);
    else
        printf(cmd_text(cmd, N_("Account creato: %s\n")), n.email);
    return DONE;
}

const struct cmd_command CMD_USER[] = {
    {"add", "", 0, 0, N_("crea l'account di un cliente"), OPTIONS, NEEDS_SHOP, add, NULL},
    {0},
};
