/* cmd/report.c: `casella report NOME [--csv]` (shop/report.h) */
#include "shop/report.h"
#include "base/text.h"
#include "cmd/cmd.h"
#include <string.h>
#include <talloc.h>

struct reporting {
    struct cmd *cmd;
    struct report_wanted wanted;
    struct report *report;
};

static enum outcome work(struct db_tx *tx, void *arg)
{
    struct reporting *r = arg;

    return report_make(tx, r->cmd->mem, &r->cmd->brands, r->cmd->language, &r->wanted, &r->report, &r->cmd->why);
}

static enum outcome find(struct cmd *cmd, struct report_wanted *wanted)
{
    const char *names = "", *wrong = cmd->arguments[0];

    wanted->kind = report_by_name(wrong);
    if (wanted->kind)
        return DONE;
    for (const struct report_kind *k = REPORTS; k->name; k++)
        names = talloc_asprintf(cmd->mem, "%s%s%s", names, names[0] ? ", " : "", k->name);
    return cmd_usage(cmd, cmd_text(cmd, N_("«%s» non è un rapporto: %s")), wrong, names);
}

enum outcome cmd_report(struct cmd *cmd)
{
    const char *brand = cmd_value(cmd, "brand");
    struct reporting r = {.cmd = cmd,
                          .wanted = {.brand = brand ? brand : "", .sees = "", .per = cmd_value(cmd, "per")}};
    struct text_buffer out = text_buffer(cmd->mem);

    TRY(find(cmd, &r.wanted));
    TRY(cmd_number(cmd, "months", REPORT_MONTHS_LEAST, REPORT_MONTHS_MOST, 0, &r.wanted.months));
    TRY(db_read(cmd->db, "report", work, &r));
    if (cmd->json) {
        cmd_print_json(report_json(r.report));
        return DONE;
    }
    if (cmd_flag(cmd, "csv")) {
        report_csv(r.report, &out);
        fputs(out.bytes, stdout);
        return DONE;
    }
    for (size_t i = 0; i < r.report->line_count; i++) {
        printf("%s", r.report->lines[i].label);
        for (size_t k = 0; k < r.report->column_count; k++)
            printf("%s %s %s", k ? "," : ":", r.report->columns[k].label, report_text(r.report, i, k));
        putchar('\n');
    }
    return DONE;
}

const struct cmd_option CMD_REPORT_OPTIONS[] = {
    {"brand", N_("MARCHIO"), N_("solo di questo marchio")},
    {"per", N_("VOCE"), N_("diviso per: brand, plan, convention, method")},
    {"months", N_("N"), N_("quanti mesi, da 1 a 36; predefinito 12")},
    {"csv", NULL, N_("una tabella per fogli di calcolo")},
    {0},
};
