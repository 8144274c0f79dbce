/* cmd/price.c: `casella price list|set|withdraw` (shop/catalogue.h) */
#include "cmd/cmd.h"
#include "net/form.h"
#include "shop/catalogue.h"
#include <inttypes.h>
#include <string.h>
#include <talloc.h>

/* ---- The list: the file's and the desk's, as they stand together ---- */

struct printing {
    struct cmd *cmd;
    struct cmd_list list;
    const struct brand *brand;
    const char *plan, *convention, *name;
};

static enum outcome look(struct db_tx *tx, void *arg)
{
    return catalogue_refresh(tx, arg);
}

static void put_one(struct printing *p, const struct brand_price *price)
{
    struct cmd *cmd = p->cmd;
    char from[DAY_TEXT];

    if (cmd->json)
        cmd_list_json(&p->list, json_pack("{s:s, s:s*, s:s*, s:s, s:I, s:I}", "brand", p->brand->id, "plan", p->plan,
                                          "convention", p->convention, "from", day_iso(price->from, from), "net_cents",
                                          (json_int_t)price->year.cents, "extra_gb_cents",
                                          (json_int_t)price->extra_gb_year.cents));
    else
        printf(cmd_text(cmd, N_("%-10s %-12s dal %s  %s, GB in più %s\n")), p->brand->id,
               p->plan ? p->plan : p->convention, cmd_day(cmd->mem, price->from), cmd_money(cmd->mem, price->year),
               cmd_money(cmd->mem, price->extra_gb_year));
}

/* A convention's prices are alike: a day, two amounts. */
static void put_all(struct printing *p, struct dated *dated, const void *file, size_t count, size_t size)
{
    const struct dated_list *list = dated ? dated->list : NULL;
    const unsigned char *item = list ? list->items : file;

    for (size_t i = 0; i < (list ? list->count : count); i++, item += size)
        put_one(p, (const void *)item);
}

static enum outcome list(struct cmd *cmd)
{
    const char *of = cmd_value(cmd, "brand");
    struct printing p = {.cmd = cmd};

    if (of && !brand_by_id(&cmd->brands, of))
        return problem_set(&cmd->why, PROBLEM_BRAND, "brand", "%s", "");
    TRY(db_read(cmd->db, "price.list", look, &cmd->brands));
    cmd_list_begin(&p.list, cmd);
    for (size_t i = 0; i < cmd->brands.count; i++) {
        p.brand = &cmd->brands.all[i];
        for (size_t k = 0; k < p.brand->plan_count && (!of || strcmp(of, p.brand->id) == 0); k++) {
            const struct brand_plan *plan = &p.brand->plans[k];

            p.plan = plan->id;
            p.convention = NULL;
            put_all(&p, plan->priced, plan->prices, plan->price_count, sizeof *plan->prices);
        }
        for (size_t k = 0; k < p.brand->convention_count && (!of || strcmp(of, p.brand->id) == 0); k++) {
            const struct brand_convention *c = &p.brand->conventions[k];

            p.plan = NULL;
            p.convention = c->id;
            put_all(&p, c->priced, c->prices, c->price_count, sizeof *c->prices);
        }
    }
    cmd_list_end(&p.list);
    return DONE;
}

/* ---- A new one ---- */

struct setting {
    struct cmd *cmd;
    const char *brand, *plan, *convention, *reason;
    struct day from;
    struct money net, extra_gb;
    struct catalogue_change change;
    struct catalogue_effect effect;
    int64_t id;
    bool waits;
};
static const struct form_field FIELDS[] = {
    FORM_TEXT(struct setting, brand, "brand", .max = 40),
    FORM_TEXT(struct setting, plan, "plan", .max = 40, .optional = true),
    FORM_TEXT(struct setting, convention, "convention", .max = 40, .optional = true),
    FORM_DAY(struct setting, from, "from"),
    FORM_MONEY(struct setting, net, "net"),
    FORM_MONEY(struct setting, extra_gb, "extra-gb", .optional = true),
    FORM_TEXT(struct setting, reason, "reason", .max = 500),
    FORM_END,
};

static enum outcome weigh(struct db_tx *tx, void *arg)
{
    struct setting *s = arg;

    TRY(catalogue_check(tx, &s->cmd->brands, &s->change, &s->cmd->why));
    return catalogue_effect(tx, &s->cmd->brands, &s->change, &s->effect, &s->cmd->why);
}

static enum outcome ask(struct db_tx *tx, void *arg)
{
    struct setting *s = arg;

    return catalogue_ask(tx, &s->cmd->shop, s->cmd->mem, &s->change, cmd_actor(s->cmd), &s->id, &s->waits,
                         &s->cmd->why);
}

static void tell(struct setting *s, bool done)
{
    struct cmd *cmd = s->cmd;
    const struct catalogue_effect *e = &s->effect;

    if (cmd->json) {
        cmd_print_json(json_pack("{s:o, s:I, s:I, s:I, s:I, s:I, s:I}", "id", done ? json_integer(s->id) : json_null(),
                                 "net_before_cents", (json_int_t)e->net_before.cents, "net_after_cents",
                                 (json_int_t)s->change.net.cents, "mailboxes", (json_int_t)e->met.mailboxes, "carts",
                                 (json_int_t)e->met.carts, "mandates", (json_int_t)e->met.mandates, "income_cents",
                                 (json_int_t)e->income.cents));
        return;
    }
    printf(cmd_text(cmd, N_("Da %s a %s, IVA esclusa, dal %s\n")), cmd_money(cmd->mem, e->net_before),
           cmd_money(cmd->mem, s->change.net), cmd_day(cmd->mem, s->change.from));
    printf(
        cmd_text(cmd, N_("Caselle che scadono nell'anno seguente: %lld; carrelli: %lld; rinnovi automatici: %lld\n")),
        (long long)e->met.mailboxes, (long long)e->met.carts, (long long)e->met.mandates);
    if (done)
        printf(cmd_text(cmd, N_("Variazione %lld registrata.\n")), (long long)s->id);
    else
        puts(cmd_text(cmd, N_("Nulla è stato cambiato.")));
}

static enum outcome set(struct cmd *cmd)
{
    struct setting s = {.cmd = cmd, .plan = "", .convention = "", .extra_gb = money(0)};

    TRY(cmd_fields(cmd, FIELDS, &s));
    s.change = (struct catalogue_change){.kind = (char *)CATALOGUE_PRICE,
                                         .brand = (char *)s.brand,
                                         .plan = (char *)s.plan,
                                         .convention = (char *)s.convention,
                                         .from = s.from,
                                         .net = s.net,
                                         .extra_gb = s.extra_gb,
                                         .reason = (char *)s.reason};
    TRY(db_read(cmd->db, "price.look", weigh, &s));
    if (!cmd_flag(cmd, "dry-run"))
        TRY(db_transaction(cmd->db, "price.set", ask, &s));
    tell(&s, !cmd_flag(cmd, "dry-run"));
    return DONE;
}

static enum outcome take_back(struct db_tx *tx, void *arg)
{
    struct setting *s = arg;

    return catalogue_take_back(tx, s->cmd->mem, s->id, cmd_actor(s->cmd), &s->change, &s->cmd->why);
}

static enum outcome withdraw(struct cmd *cmd)
{
    struct setting s = {.cmd = cmd};

    TRY(cmd_id(cmd, cmd->arguments[0], &s.id));
    TRY(db_transaction(cmd->db, "price.withdraw", take_back, &s));
    if (!cmd->json)
        puts(cmd_text(cmd, N_("Ritirata.")));
    return DONE;
}

static const struct cmd_option LIST_OPTIONS[] = {{"brand", N_("MARCHIO"), N_("solo di questo marchio")}, {0}};
static const struct cmd_option SET_OPTIONS[] = {
    {"brand", N_("MARCHIO"), N_("di quale marchio")},
    {"plan", N_("TIPO"), N_("il tipo di cui è il prezzo di un anno")},
    {"convention", N_("ID"), N_("o la convenzione di cui è il prezzo della durata")},
    {"from", N_("DATA"), N_("da quale giorno vale, non ancora cominciato")},
    {"net", N_("IMPORTO"), N_("IVA esclusa")},
    {"extra-gb", N_("IMPORTO"), N_("un GB in più per un anno, IVA esclusa")},
    {"reason", N_("TESTO"), N_("perché")},
    {"dry-run", NULL, N_("mostra soltanto l'effetto")},
    {0},
};

const struct cmd_command CMD_PRICE[] = {
    {"list", "", 0, 0, N_("i prezzi, quelli passati e quelli futuri"), LIST_OPTIONS, NEEDS_SHOP, list, NULL},
    {"set", "", 0, 0, N_("un prezzo nuovo da un giorno futuro"), SET_OPTIONS, NEEDS_SHOP, set, NULL},
    {"withdraw", N_("NUMERO"), 1, 1, N_("ritira una variazione che non è ancora cominciata"), NULL, NEEDS_SHOP,
     withdraw, NULL},
    {0},
};
