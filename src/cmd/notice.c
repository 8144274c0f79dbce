/* cmd/notice.c: `casella notice preview`: what would be sent on a day (shop/notice_forecast.h). */
#include "cmd/cmd.h"
#include "shop/notice_forecast.h"
#include <string.h>

struct foreseeing {
    struct cmd *cmd;
    const char *brand;
    struct day on;
    struct notice_forecast *list;
    size_t count;
};

static enum outcome foresee(struct db_tx *tx, void *arg)
{
    struct foreseeing *f = arg;

    if (!f->on.n)
        f->on = db_today(tx);
    return notices_forecast(tx, f->cmd->mem, &f->cmd->brands, f->brand, "", f->on, &f->list, &f->count);
}

static enum outcome preview(struct cmd *cmd)
{
    const char *on = cmd_value(cmd, "on"), *brand = cmd_value(cmd, "brand");
    struct foreseeing f = {.cmd = cmd, .brand = brand ? brand : ""};
    struct cmd_list list;
    char day[DAY_TEXT];

    if (on && day_parse(on, strlen(on), &f.on) != DONE)
        return cmd_usage(cmd, cmd_text(cmd, N_("«%s» non è una data: scriverla come 2027-03-15")), on);
    if (brand && !brand_by_id(&cmd->brands, brand))
        return problem_set(&cmd->why, PROBLEM_BRAND, "brand", "%s", "");
    TRY(db_read(cmd->db, "notice.preview", foresee, &f));
    cmd_list_begin(&list, cmd);
    for (size_t i = 0; i < f.count; i++) {
        const struct notice_forecast *n = &f.list[i];

        if (cmd->json) {
            json_t *row = describe_forecast(n);

            json_object_set_new(row, "on", json_string(day_iso(f.on, day)));
            cmd_list_json(&list, row);
        } else {
            printf(cmd_text(cmd, N_("%-10s %-9s inviati %lld, copie %lld, superati %lld, senza recapito %lld\n")),
                   n->brand->id, n->step->event, (long long)n->split.sent, (long long)n->split.copies,
                   (long long)n->split.skipped, (long long)n->split.silent);
        }
    }
    cmd_list_end(&list);
    return DONE;
}

static const struct cmd_option PREVIEW_OPTIONS[] = {
    {"on", N_("DATA"), N_("il giorno; predefinito: oggi")},
    {"brand", N_("MARCHIO"), N_("solo di questo marchio")},
    {0},
};

const struct cmd_command CMD_NOTICE[] = {
    {"preview", "", 0, 0, N_("quanti avvisi partirebbero un giorno, passo per passo; non ne invia"), PREVIEW_OPTIONS,
     NEEDS_SHOP, preview, NULL},
    {0},
};
