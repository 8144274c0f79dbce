/* cmd/operator.c: `casella operator add|list|disable|link|totp-reset`: who works at the desk. */
#include "shop/operator.h"
#include "cmd/cmd.h"
#include "shop/describe.h"
#include <stdio.h>
#include <string.h>
#include <talloc.h>

#define PAGE 500

static const struct cmd_option ADD_OPTIONS[] = {
    {"brand", N_("MARCHIO"), N_("per quale marchio lavora; predefinito: tutti")},
    {"email", N_("E-MAIL"), N_("con cui accede")},
    {"name", N_("NOME"), N_("come si chiama")},
    {"role", N_("RUOLO"), N_("reviewer, cashier, support, catalogue, owner, auditor")},
    {"password-stdin", NULL,
     N_("la password è la prima riga di stdin; altrimenti si scrive un collegamento per sceglierla")},
    CMD_URL_OPTION,
    {0},
};
static const struct cmd_option LINK_OPTIONS[] = {CMD_URL_OPTION, {0}};

static void know_our_address(struct cmd *cmd)
{
    const char *url = cmd_value(cmd, "public-url");

    cmd->shop.public_url = url ? url : "http://127.0.0.1:8080";
}

static enum outcome add(struct cmd *cmd)
{
    static const char *const NEEDED[] = {"email", "name", "role"};
    struct new_operator n = {.brand = cmd_value(cmd, "brand"),
                             .email = cmd_value(cmd, "email"),
                             .name = cmd_value(cmd, "name"),
                             .role = cmd_value(cmd, "role"),
                             .actor = *cmd_actor(cmd)};
    char *password = NULL, *link;
    int64_t id;

    for (size_t i = 0; i < count_of(NEEDED); i++)
        if (!cmd_value(cmd, NEEDED[i]))
            return cmd_usage(cmd, cmd_text(cmd, N_("manca --%s")), NEEDED[i]);
    n.brand = n.brand ? n.brand : "";
    if (cmd_flag(cmd, "password-stdin"))
        TRY(cmd_read_password(cmd, &password));
    n.password = password;
    know_our_address(cmd);
    TRY(operator_add(&cmd->shop, cmd->mem, &n, &id, &link, &cmd->why));
    if (cmd->json)
        cmd_print_json(json_pack("{s:I, s:s, s:s, s:s, s:s?}", "id", (json_int_t)id, "email", n.email, "role", n.role,
                                 "brand", n.brand, "link", link));
    else if (link)
        puts(link);
    else
        printf(cmd_text(cmd, N_("Operatore creato: %s\n")), n.email);
    return DONE;
}

struct page {
    void *mem;
    int64_t after;
    struct operator* operators;
    size_t count;
};

static enum outcome load_page(struct db_tx *tx, void *arg)
{
    struct page *p = arg;

    return operators_after(tx, p->mem, p->after, PAGE, &p->operators, &p->count);
}

static void print(struct cmd *cmd, const struct operator* o)
{
    printf("%-9s %-10s %s  %s%s\n", o->role, o->brand[0] ? o->brand : "*", o->email, o->name,
           o->disabled_at.us             ? cmd_text(cmd, N_("  (disabilitato)"))
           : o->password_hash[0] == '\0' ? cmd_text(cmd, N_("  (senza password)"))
                                         : "");
}

static json_t *describe(const struct operator* o)
{
    return json_pack("{s:I, s:s, s:s, s:s, s:s, s:b, s:o, s:o}", "id", (json_int_t)o->id, "email", o->email, "name",
                     o->name, "role", o->role, "brand", o->brand, "has_password", o->password_hash[0] != '\0',
                     "created_at", describe_instant(o->created_at), "disabled_at", describe_instant(o->disabled_at));
}

static enum outcome list(struct cmd *cmd)
{
    struct page p = {0};
    struct cmd_list l;

    cmd_list_begin(&l, cmd);
    do {
        p.mem = talloc_new(cmd->mem);
        TRY(db_read(cmd->db, "operator.list", load_page, &p));
        for (size_t i = 0; i < p.count; i++) {
            if (cmd->json)
                cmd_list_json(&l, describe(&p.operators[i]));
            else
                print(cmd, &p.operators[i]);
            p.after = p.operators[i].id;
        }
        talloc_free(p.mem);
    } while (p.count == PAGE);
    cmd_list_end(&l);
    return DONE;
}

static enum outcome disable(struct cmd *cmd)
{
    TRY(operator_disable(&cmd->shop, cmd->mem, cmd->arguments[0], cmd_actor(cmd), &cmd->why));
    if (cmd->json)
        cmd_print_json(json_pack("{s:s, s:b}", "email", cmd->arguments[0], "disabled", 1));
    else
        printf(cmd_text(cmd, N_("Operatore disabilitato: %s\n")), cmd->arguments[0]);
    return DONE;
}

static enum outcome make_link(struct cmd *cmd)
{
    char *link;

    know_our_address(cmd);
    TRY(operator_link(&cmd->shop, cmd->mem, cmd->arguments[0], cmd_actor(cmd), &link, &cmd->why));
    if (cmd->json)
        cmd_print_json(json_pack("{s:s, s:s}", "email", cmd->arguments[0], "link", link));
    else
        puts(link);
    return DONE;
}

static enum outcome totp_reset(struct cmd *cmd)
{
    TRY(operator_totp_reset(&cmd->shop, cmd->mem, cmd->arguments[0], cmd_actor(cmd), &cmd->why));
    if (cmd->json)
        cmd_print_json(json_pack("{s:s, s:b}", "email", cmd->arguments[0], "reset", 1));
    else
        printf(cmd_text(cmd, N_("Al prossimo accesso di %s si prepara di nuovo il secondo fattore.\n")),
               cmd->arguments[0]);
    return DONE;
}

const struct cmd_command CMD_OPERATOR[] = {
    {"add", "", 0, 0, N_("crea un operatore"), ADD_OPTIONS, NEEDS_SHOP, add, NULL},
    {"list", "", 0, 0, N_("gli operatori"), NULL, NEEDS_DATABASE, list, NULL},
    {"disable", N_("E-MAIL"), 1, 1, N_("non lo lascia più entrare, da subito"), NULL, NEEDS_SHOP, disable, NULL},
    {"link", N_("E-MAIL"), 1, 1, N_("un nuovo collegamento per scegliere la password"), LINK_OPTIONS, NEEDS_SHOP,
     make_link, NULL},
    {"totp-reset", N_("E-MAIL"), 1, 1, N_("ha perso il telefono: prepara di nuovo il secondo fattore"), NULL,
     NEEDS_SHOP, totp_reset, NULL},
    {0},
};
