/* cmd/autorenew.c: `casella autorenew show|on|off ADDRESS`: automatic renewal, for the desk. */
#include "base/text.h"
#include "cmd/cmd.h"
#include "net/form.h"
#include "shop/describe_autorenew.h"
#include <inttypes.h>
#include <string.h>

static const struct cmd_option ON_OPTIONS[] = {
    {"instrument", N_("N"), N_("la carta o il conto salvato (numero) da cui addebitare")},
    {"years", N_("N"), N_("per quanti anni ogni volta; predefinito 1")},
    {"consent", N_("VERSIONE"), N_("la versione del testo che il cliente ha accettato")},
    CMD_SECRETS_OPTION,
    {0},
};

struct one {
    struct cmd *cmd;
    struct mailbox mailbox;
    const struct brand *brand;
    struct autorenew_facts facts;
    struct order order;
    int64_t instrument, years;
    const char *consent;
    bool on;
};

static const struct form_field FIELDS[] = {
    FORM_INT(struct one, instrument, "instrument", .min = 1, .max = INT64_MAX, .optional = true),
    FORM_INT(struct one, years, "years", .min = 1, .max = 10, .optional = true),
    FORM_TEXT(struct one, consent, "consent", .max = 20, .optional = true),
    FORM_END,
};

static enum outcome load(struct db_tx *tx, void *arg)
{
    struct one *one = arg;
    struct cmd *cmd = one->cmd;
    enum outcome o = mailbox_by_address(tx, cmd->mem, text_lower(cmd->mem, cmd->arguments[0]), &one->mailbox);

    if (o == REFUSED)
        return problem_set(&cmd->why, PROBLEM_MAILBOX_UNKNOWN, "", "%s", "");
    TRY(o);
    one->brand = brand_by_id(cmd->shop.brands, one->mailbox.brand);
    if (!one->brand)
        return problem_set(&cmd->why, PROBLEM_BRAND, "brand", "%s", "");
    TRY(autorenew_facts_load(tx, cmd->mem, one->brand, &one->mailbox, &one->facts));
    return one->facts.known && one->facts.mandate.charge_order_id
               ? order_by_id(tx, cmd->mem, one->facts.mandate.charge_order_id, &one->order)
               : DONE;
}

static enum outcome change(struct db_tx *tx, void *arg)
{
    struct one *one = arg;
    struct cmd *cmd = one->cmd;
    struct mandate mandate;
    struct autorenew_request request = {.shop = &cmd->shop,
                                        .brand = one->brand,
                                        .actor = *cmd_actor(cmd),
                                        .address = one->mailbox.address,
                                        .language = "it",
                                        .years = one->years ? one->years : 1,
                                        .instrument_id = one->instrument,
                                        .consent_version = one->consent};

    TRY(one->on ? autorenew_switch_on(tx, cmd->mem, &request, &mandate, &cmd->why)
                : autorenew_switch_off(tx, cmd->mem, &request, &mandate, &cmd->why));
    return load(tx, one);
}

static void print(struct cmd *cmd, const struct one *one)
{
    const struct autorenew_facts *f = &one->facts;
    enum mandate_state state = f->known ? f->mandate.state : MANDATE_OFF;

    printf(cmd_text(cmd, N_("%s: rinnovo automatico %s\n")), one->mailbox.address,
           cmd_text(cmd, mandate_state_label(state)));
    if (f->total.gross.cents)
        printf(cmd_text(cmd, f->mandate.years == 1 ? N_("  prossimo addebito %s: %s, ogni %d anno\n")
                                                   : N_("  prossimo addebito %s: %s, ogni %d anni\n")),
               cmd_day(cmd->mem, f->charge_on), cmd_money(cmd->mem, f->total.gross), (int)f->mandate.years);
    if (f->instrument.id)
        printf("  %" PRId64 " %s %s\n", f->instrument.id, f->instrument.label, f->instrument.last4);
    if (one->order.id && order_is_open(one->order.state))
        printf(cmd_text(cmd, N_("  ordine da pagare: %s\n")), one->order.code);
    for (size_t i = 0; i < f->warning_count; i++)
        printf(cmd_text(cmd, N_("  %s annunciati %s per il %s\n")), cmd_day(cmd->mem, f->warnings[i].sent_on),
               cmd_money(cmd->mem, f->warnings[i].amount), cmd_day(cmd->mem, f->warnings[i].charge_on));
    for (size_t i = 0; i < f->charge_count; i++)
        printf(cmd_text(cmd, N_("  %s tentativo %d: %s %s\n")), cmd_day(cmd->mem, f->charges[i].on_day),
               (int)f->charges[i].attempt, f->charges[i].payment_state, f->charges[i].error);
    if (f->free_withdrawal)
        printf("%s\n", cmd_text(cmd, N_("  recesso libero: l'avviso di rinnovo non è partito in tempo")));
}

static enum outcome tell(struct cmd *cmd, struct one *one)
{
    const char *order = one->order.id && order_is_open(one->order.state) ? one->order.code : NULL;

    if (cmd->json)
        cmd_print_json(describe_autorenew(&one->mailbox, &one->facts, order));
    else
        print(cmd, one);
    return DONE;
}

static enum outcome show(struct cmd *cmd)
{
    struct one one = {.cmd = cmd};

    TRY(db_read(cmd->db, "autorenew.show", load, &one));
    return tell(cmd, &one);
}

static enum outcome flip(struct cmd *cmd, struct one *one)
{
    TRY(db_read(cmd->db, "autorenew.show", load, one));
    TRY(db_transaction(cmd->db, "autorenew.switch", change, one));
    return tell(cmd, one);
}

static enum outcome on(struct cmd *cmd)
{
    struct one one = {.cmd = cmd, .on = true};

    TRY(cmd_fields(cmd, FIELDS, &one));
    TRY(cmd_open_gateways(cmd));
    return flip(cmd, &one);
}

static enum outcome off(struct cmd *cmd)
{
    struct one one = {.cmd = cmd};

    return flip(cmd, &one);
}

const struct cmd_command CMD_AUTORENEW[] = {
    {"show", N_("INDIRIZZO"), 1, 1, N_("il rinnovo automatico di una casella"), NULL, NEEDS_SHOP, show, NULL},
    {"on", N_("INDIRIZZO"), 1, 1, N_("lo attiva, con il consenso che il cliente ha dato"), ON_OPTIONS, NEEDS_SHOP, on,
     NULL},
    {"off", N_("INDIRIZZO"), 1, 1, N_("lo disattiva"), NULL, NEEDS_SHOP, off, NULL},
    {0},
};
