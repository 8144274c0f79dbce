/* cmd/audit.c: `casella audit` */
#include "shop/audit.h"
#include "cmd/cmd.h"

static json_t *faults_json(const struct audit_report *report)
{
    json_t *list = json_array();

    for (size_t i = 0; i < report->count; i++)
        json_array_append_new(
            list, json_pack("{s:s, s:s}", "invariant", report->faults[i].invariant, "what", report->faults[i].what));
    return list;
}

enum outcome cmd_audit(struct cmd *cmd)
{
    struct audit_report r;

    TRY(audit(&cmd->shop, cmd->mem, &r));
    if (cmd->json) {
        cmd_print_json(json_pack("{s:b, s:o, s:I, s:I, s:I, s:I, s:I, s:I}", "ok", r.count == 0, "faults",
                                 faults_json(&r), "mailboxes", (json_int_t)r.mailboxes, "orders", (json_int_t)r.orders,
                                 "invoices", (json_int_t)r.invoices, "bank_entries", (json_int_t)r.bank_entries,
                                 "events", (json_int_t)r.events, "unsealed_events", (json_int_t)r.unsealed_events));
    } else {
        for (size_t i = 0; i < r.count; i++)
            printf("%s: %s\n", r.faults[i].invariant, r.faults[i].what);
        printf(cmd_text(cmd, N_("Esaminati: caselle %lld, ordini %lld, fatture %lld, accrediti %lld, eventi %lld (da "
                                "sigillare %lld). Non tornano: %zu.\n")),
               (long long)r.mailboxes, (long long)r.orders, (long long)r.invoices, (long long)r.bank_entries,
               (long long)r.events, (long long)r.unsealed_events, r.count);
    }
    cmd->told = true;
    return r.count == 0 ? DONE : REFUSED;
}
