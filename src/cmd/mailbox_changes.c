/* cmd/mailbox_changes.c: `casella mailbox changes`: mailboxes that were to get smaller and have not yet (§3.7). */
#include "cmd/cmd.h"
#include "cmd/mailbox_end.h"
#include "shop/describe.h"
#include "shop/plan_change.h"
#include <stdio.h>

#define AT_ONCE 500

const struct cmd_option MAILBOX_CHANGES_OPTIONS[] = {{"brand", N_("MARCHIO"), N_("solo di questo marchio")}, {0}};

struct listing {
    struct cmd *cmd;
    const char *brand;
    int64_t after;
    struct plan_change_row *rows;
    size_t count;
};

static enum outcome load(struct db_tx *tx, void *arg)
{
    struct listing *l = arg;

    return plan_changes_open(tx, l->cmd->mem, l->brand, l->after, AT_ONCE, &l->rows, &l->count);
}

static json_t *describe(const struct plan_change_row *r)
{
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:I, s:I, s:I, s:I, s:o}", "mailbox", r->address, "brand", r->brand,
                     "state", r->state, "old_plan", r->old_plan, "new_plan", r->new_plan, "room_mb",
                     (json_int_t)r->quota_mb, "used_mb", (json_int_t)r->used_mb, "archive_room_mb",
                     (json_int_t)r->archive_mb, "used_archive_mb", (json_int_t)r->used_archive_mb, "asked_on",
                     describe_day(r->asked_on));
}

static void print(const struct cmd *cmd, const struct plan_change_row *r)
{
    char used[SPACE_TEXT], archive[SPACE_TEXT];

    printf("%s  %s  %s -> %s  %s", r->address, r->state, r->old_plan, r->new_plan,
           space_text(r->used_mb, r->quota_mb, used));
    if (r->archive_mb)
        printf(cmd_text(cmd, N_("  archivio %s")), space_text(r->used_archive_mb, r->archive_mb, archive));
    putchar('\n');
}

enum outcome cmd_mailbox_changes(struct cmd *cmd)
{
    const char *brand = cmd_value(cmd, "brand");
    struct listing l = {.cmd = cmd, .brand = brand ? brand : ""};
    struct cmd_list list;

    cmd_list_begin(&list, cmd);
    do {
        TRY(db_read(cmd->db, "plan_change.list", load, &l));
        for (size_t i = 0; i < l.count; i++) {
            l.after = l.rows[i].id;
            if (cmd->json)
                cmd_list_json(&list, describe(&l.rows[i]));
            else
                print(cmd, &l.rows[i]);
        }
    } while (l.count == AT_ONCE);
    cmd_list_end(&list);
    return DONE;
}
