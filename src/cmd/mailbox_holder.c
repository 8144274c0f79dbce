/* casella mailbox holders: who holds a mailbox, who held it when, and the change that is under way (DOMAIN M25, L5). */
#include "cmd/mailbox_end.h"
#include "shop/holder_change.h"
#include <string.h>

const struct cmd_option MAILBOX_HOLDERS_OPTIONS[] = {
    {"on", N_("DATA"), N_("solo chi la teneva alla fine di quel giorno (2027-03-01)")},
    {0},
};

struct telling {
    struct cmd *cmd;
    struct holder_change_look look;
    struct day on; /* DAY 0: the whole chain */
    struct holding held;
    bool found;
};

static enum outcome look(struct db_tx *tx, void *arg)
{
    struct telling *t = arg;
    enum outcome o;

    TRY(holder_change_look(tx, t->cmd->mem, &t->cmd->brands, t->cmd->arguments[0], &t->look, &t->cmd->why));
    if (!t->on.n)
        return DONE;
    o = holding_at(tx, t->cmd->mem, t->look.mailbox.id, rome_at(t->on, 23, 59, 59), &t->held);
    t->found = o == DONE;
    return o == REFUSED ? DONE : o;
}

static struct day since_day(const struct holding *h)
{
    return h->since_at.us ? rome_day(h->since_at) : h->activated_on;
}

static json_t *holding_json(const struct holding *h)
{
    char since[DAY_TEXT], until[DAY_TEXT];

    return json_pack("{s:s, s:s, s:s, s:s, s:o}", "name", h->name, "kind", h->kind, "tax_code", h->tax_code, "since",
                     day_iso(since_day(h), since), "until",
                     h->until_at.us ? json_string(day_iso(rome_day(h->until_at), until)) : json_null());
}

static void print_json(const struct telling *t)
{
    const struct holder_change *c = &t->look.change;
    json_t *holders = json_array();

    for (size_t i = 0; !t->on.n && i < t->look.holding_count; i++)
        json_array_append_new(holders, holding_json(&t->look.holdings[i]));
    if (t->on.n && t->found)
        json_array_append_new(holders, holding_json(&t->held));
    cmd_print_json(json_pack("{s:s, s:o, s:o}", "mailbox", t->look.mailbox.address, "holders", holders, "change",
                             c->id && holder_change_is_open(c->state)
                                 ? json_pack("{s:s, s:s, s:s}", "state", holder_change_state_name(c->state), "name",
                                             c->holder.name, "tax_code", c->holder.tax_code)
                                 : json_null()));
}

static void print_holding(struct cmd *cmd, const struct holding *h)
{
    char since[DAY_TEXT], until[DAY_TEXT];
    struct day from = since_day(h);

    if (h->until_at.us)
        printf(cmd_text(cmd, N_("%s  %s  dal %s al %s\n")), h->tax_code, h->name, day_italian(from, since),
               day_italian(rome_day(h->until_at), until));
    else
        printf(cmd_text(cmd, N_("%s  %s  dal %s\n")), h->tax_code, h->name, day_italian(from, since));
}

enum outcome cmd_mailbox_holders(struct cmd *cmd)
{
    const char *on = cmd_value(cmd, "on");
    struct telling t = {.cmd = cmd};

    if (on && day_parse(on, strlen(on), &t.on) != DONE)
        return cmd_usage(cmd, cmd_text(cmd, N_("non è una data: %s")), on);
    TRY(db_read(cmd->db, "mailbox.holders", look, &t));
    if (cmd->json) {
        print_json(&t);
        return DONE;
    }
    for (size_t i = 0; !t.on.n && i < t.look.holding_count; i++)
        print_holding(cmd, &t.look.holdings[i]);
    if (t.on.n && t.found)
        print_holding(cmd, &t.held);
    else if (t.on.n)
        printf("%s", cmd_text(cmd, N_("Non ancora attiva.\n")));
    if (!t.on.n && t.look.change.id && holder_change_is_open(t.look.change.state))
        printf(cmd_text(cmd, N_("Cambio in corso: %s, %s\n")), t.look.change.holder.name,
               cmd_text(cmd, holder_change_state_label(t.look.change.state)));
    return DONE;
}
