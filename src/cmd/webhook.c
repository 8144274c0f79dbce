/* cmd/webhook.c: `casella webhook add|list|log|replay|rotate|enable|remove`: programs that are told of events. */
#include "shop/webhook.h"
#include "cmd/cmd.h"
#include "shop/describe.h"
#include "shop/present_webhook.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <talloc.h>

#define PAGE 500

static const struct cmd_option ADD_OPTIONS[] = {
    {"brand", N_("MARCHIO"), N_("di quale marchio sono gli eventi")},
    {"to", N_("URL"), N_("a chi: un indirizzo https://")},
    {"kinds", N_("TIPI"), N_("quali eventi, o il loro inizio, separati da spazi; predefinito: tutti")},
    {"email", N_("E-MAIL"), N_("a chi scrivere se si disattiva; predefinito: l'assistenza del marchio")},
    CMD_FILES_OPTIONS,
    {0},
};
static const struct cmd_option LIST_OPTIONS[] = {{"brand", N_("MARCHIO"), N_("solo di questo marchio")}, {0}};
static const struct cmd_option LOG_OPTIONS[] = {
    {"state", N_("STATO"), N_("waiting, done, failed; predefinito: ogni stato")}, {0}};
static const struct cmd_option REPLAY_OPTIONS[] = {
    {"delivery", N_("N"), N_("una consegna")},
    {"since", N_("DATA"), N_("tutto ciò che è accaduto da allora: 2026-12-01")},
    {0},
};
static const struct cmd_option ROTATE_OPTIONS[] = {CMD_FILES_OPTIONS, {0}};

/* The key that seals stands with the files. */
static enum outcome open_key(struct cmd *cmd)
{
    struct files *files = talloc(cmd->mem, struct files);

    TRY(cmd_open_files(cmd, cmd_database_url(cmd), files));
    return cmd_open_webhooks(cmd, false);
}

static void print_secret(struct cmd *cmd, int64_t id, const char *secret)
{
    if (cmd->json)
        cmd_print_json(json_pack("{s:I, s:s}", "id", (json_int_t)id, "secret", secret));
    else
        puts(secret);
    cmd_say(cmd, cmd_text(cmd, N_("webhook %d: il segreto si vede solo adesso, conservarlo")), (int)id);
}

static enum outcome add(struct cmd *cmd)
{
    struct new_webhook n = {.brand = cmd_value(cmd, "brand"),
                            .url = cmd_value(cmd, "to"),
                            .kinds = cmd_value(cmd, "kinds"),
                            .email = cmd_value(cmd, "email"),
                            .actor = *cmd_actor(cmd)};
    char secret[WEBHOOK_TEXT];
    int64_t id;

    if (!n.brand || !n.url)
        return cmd_usage(cmd, cmd_text(cmd, N_("manca --%s")), n.brand ? "to" : "brand");
    n.kinds = n.kinds ? n.kinds : "";
    TRY(open_key(cmd));
    TRY(webhook_add(&cmd->shop, cmd->mem, &n, &id, secret, &cmd->why));
    print_secret(cmd, id, secret);
    return DONE;
}

/* ---- Lists ---- */

struct page {
    void *mem;
    const char *brand, *state;
    int64_t after, id;
    struct webhook *webhooks;
    struct webhook_delivery *deliveries;
    size_t count;
};

static enum outcome load_webhooks(struct db_tx *tx, void *arg)
{
    struct page *p = arg;

    return webhooks_after(tx, p->mem, p->brand, p->after, PAGE, &p->webhooks, &p->count);
}

static enum outcome list(struct cmd *cmd)
{
    struct page p = {.brand = cmd_value(cmd, "brand")};
    struct cmd_list l;

    p.brand = p.brand ? p.brand : "";
    cmd_list_begin(&l, cmd);
    do {
        p.mem = talloc_new(cmd->mem);
        TRY(db_read(cmd->db, "webhook.list", load_webhooks, &p));
        for (size_t i = 0; i < p.count; i++) {
            const struct webhook *w = &p.webhooks[i];

            if (cmd->json)
                cmd_list_json(&l, present_webhook(w));
            else
                printf("%4" PRId64 "  %-10s %s  %s%s\n", w->id, w->brand, w->url, w->kinds[0] ? w->kinds : "*",
                       w->disabled_at.us     ? cmd_text(cmd, N_("  (disattivato)"))
                       : w->failing_since.us ? cmd_text(cmd, N_("  (non risponde)"))
                                             : "");
            p.after = w->id;
        }
        talloc_free(p.mem);
    } while (p.count == PAGE);
    cmd_list_end(&l);
    return DONE;
}

static enum outcome load_log(struct db_tx *tx, void *arg)
{
    struct page *p = arg;

    return webhook_deliveries(tx, p->mem, p->id, p->state, p->after, PAGE, &p->deliveries, &p->count);
}

static enum outcome find_it(struct db_tx *tx, void *arg)
{
    struct cmd *cmd = arg;
    struct webhook webhook;
    int64_t id;

    TRY(cmd_id(cmd, cmd->arguments[0], &id));
    return webhook_find(tx, cmd->mem, id, "", &webhook, &cmd->why);
}

static enum outcome show_log(struct cmd *cmd)
{
    struct page p = {.state = cmd_value(cmd, "state")};
    struct cmd_list l;

    p.state = p.state ? p.state : "";
    TRY(cmd_id(cmd, cmd->arguments[0], &p.id));
    TRY(db_read(cmd->db, "webhook.find", find_it, cmd));
    cmd_list_begin(&l, cmd);
    do {
        p.mem = talloc_new(cmd->mem);
        TRY(db_read(cmd->db, "webhook.log", load_log, &p));
        for (size_t i = 0; i < p.count; i++) {
            const struct webhook_delivery *d = &p.deliveries[i];

            if (cmd->json)
                cmd_list_json(&l, present_delivery(d));
            else
                printf("%8" PRId64 "  %-8s %3" PRId64 "  %-24s %s\n", d->id, d->state, d->status, d->kind,
                       i18n_filled(p.mem, cmd->language, d->error));
            p.after = d->id;
        }
        talloc_free(p.mem);
    } while (p.count == PAGE);
    cmd_list_end(&l);
    return DONE;
}

/* ---- Acts ---- */

static enum outcome act_of(struct cmd *cmd, struct webhook_act *act)
{
    *act = (struct webhook_act){.brand = "", .actor = *cmd_actor(cmd)};
    return cmd_id(cmd, cmd->arguments[0], &act->id);
}

static enum outcome said(struct cmd *cmd, const struct webhook_act *act, const char *text)
{
    if (cmd->json)
        cmd_print_json(json_pack("{s:I}", "id", (json_int_t)act->id));
    else
        puts(cmd_text(cmd, text));
    return DONE;
}

static enum outcome replay(struct cmd *cmd)
{
    const char *delivery = cmd_value(cmd, "delivery"), *since = cmd_value(cmd, "since");
    struct webhook_act act;
    struct day day;
    int64_t id;

    TRY(act_of(cmd, &act));
    if (!delivery == !since)
        return cmd_usage(cmd, "%s", cmd_text(cmd, N_("dire --delivery oppure --since")));
    if (since && day_parse(since, strlen(since), &day) != DONE)
        return cmd_usage(cmd, cmd_text(cmd, N_("«%s» non è una data: scriverla come 2026-01-31")), since);
    if (since) {
        TRY(webhook_replay_since(&cmd->shop, cmd->mem, &act, rome_midnight(day), &cmd->why));
    } else {
        TRY(cmd_id(cmd, delivery, &id));
        TRY(webhook_replay(&cmd->shop, cmd->mem, &act, id, &cmd->why));
    }
    return said(cmd, &act, N_("Sarà inviato di nuovo."));
}

static enum outcome rotate(struct cmd *cmd)
{
    char secret[WEBHOOK_TEXT];
    struct webhook_act act;

    TRY(act_of(cmd, &act));
    TRY(open_key(cmd));
    TRY(webhook_rotate(&cmd->shop, cmd->mem, &act, secret, &cmd->why));
    print_secret(cmd, act.id, secret);
    return DONE;
}

static enum outcome enable(struct cmd *cmd)
{
    struct webhook_act act;

    TRY(act_of(cmd, &act));
    TRY(webhook_enable(&cmd->shop, cmd->mem, &act, &cmd->why));
    return said(cmd, &act, N_("Attivo: riceve anche ciò che è accaduto nel frattempo."));
}

static enum outcome drop(struct cmd *cmd)
{
    struct webhook_act act;

    TRY(act_of(cmd, &act));
    TRY(webhook_remove(&cmd->shop, cmd->mem, &act, &cmd->why));
    return said(cmd, &act, N_("Webhook eliminato."));
}

const struct cmd_command CMD_WEBHOOK[] = {
    {"add", "", 0, 0, N_("aggiunge un indirizzo e ne scrive il segreto, una volta sola"), ADD_OPTIONS, NEEDS_SHOP, add,
     NULL},
    {"list", "", 0, 0, N_("gli indirizzi"), LIST_OPTIONS, NEEDS_DATABASE, list, NULL},
    {"log", N_("ID"), 1, 1, N_("le consegne, dall'ultima"), LOG_OPTIONS, NEEDS_DATABASE, show_log, NULL},
    {"replay", N_("ID"), 1, 1, N_("invia di nuovo una consegna, o tutto da una data"), REPLAY_OPTIONS, NEEDS_SHOP,
     replay, NULL},
    {"rotate", N_("ID"), 1, 1, N_("un segreto nuovo; per un giorno firma anche il vecchio"), ROTATE_OPTIONS, NEEDS_SHOP,
     rotate, NULL},
    {"enable", N_("ID"), 1, 1, N_("riattiva"), NULL, NEEDS_SHOP, enable, NULL},
    {"remove", N_("ID"), 1, 1, N_("elimina, con le sue consegne"), NULL, NEEDS_SHOP, drop, NULL},
    {0},
};
