/* cmd/mail.c: `casella mail list|dead|again`: the outbox, and what could not be sent. */
#include "cmd/cmd.h"
#include "shop/describe.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#define PAGE 500

struct page {
    void *mem;
    const char *state;
    int64_t after;
    struct outbox_row *rows;
    size_t count;
};

static enum outcome load(struct db_tx *tx, void *arg)
{
    struct page *p = arg;

    return outbox_list(tx, p->mem, p->state, p->after, PAGE, &p->rows, &p->count);
}

/* Not its data: there may be the secret of a link in it. */
static json_t *row_json(const struct outbox_row *r)
{
    return json_pack("{s:I, s:s, s:s, s:s, s:s, s:s, s:I, s:o, s:o, s:s}", "id", (json_int_t)r->id, "state", r->state,
                     "brand", r->brand, "kind", r->kind, "template", r->template, "recipient", r->recipient, "attempts",
                     (json_int_t)r->attempts, "due_at", describe_instant(r->due_at), "created_at",
                     describe_instant(r->created_at), "last_error", r->last_error);
}

static void print_row(const struct cmd *cmd, const struct outbox_row *r)
{
    char due[INSTANT_TEXT];

    printf("%6lld  %-7s  %s  %s %s  %s%s%s\n", (long long)r->id, r->state, instant_italian(r->due_at, due), r->kind,
           r->template, r->recipient, r->last_error[0] ? "  " : "",
           i18n_filled(cmd->mem, cmd->language, r->last_error));
}

static enum outcome put_state(struct cmd *cmd, struct cmd_list *list, const char *state)
{
    struct page p = {.state = state};

    do {
        p.mem = talloc_new(cmd->mem);
        TRY(db_read(cmd->db, "mail.list", load, &p));
        for (size_t i = 0; i < p.count; i++) {
            if (cmd->json)
                cmd_list_json(list, row_json(&p.rows[i]));
            else
                print_row(cmd, &p.rows[i]);
            p.after = p.rows[i].id;
        }
        talloc_free(p.mem);
    } while (p.count == PAGE);
    return DONE;
}

static enum outcome list(struct cmd *cmd)
{
    struct cmd_list l;

    cmd_list_begin(&l, cmd);
    TRY(put_state(cmd, &l, "leased"));
    TRY(put_state(cmd, &l, "waiting"));
    cmd_list_end(&l);
    return DONE;
}

static enum outcome dead(struct cmd *cmd)
{
    struct cmd_list l;

    cmd_list_begin(&l, cmd);
    TRY(put_state(cmd, &l, "dead"));
    cmd_list_end(&l);
    return DONE;
}

struct revival {
    int64_t id;
    bool found;
};

static enum outcome revive(struct db_tx *tx, void *arg)
{
    struct revival *r = arg;

    return outbox_again(tx, r->id, clock_now(), &r->found);
}

static enum outcome again(struct cmd *cmd)
{
    struct revival r = {0};
    char *end;

    errno = 0;
    r.id = strtoll(cmd->arguments[0], &end, 10);
    if (errno || end == cmd->arguments[0] || *end || r.id < 1)
        return cmd_usage(cmd, cmd_text(cmd, N_("«%s» non è un numero")), cmd->arguments[0]);
    TRY(db_transaction(cmd->db, "mail.again", revive, &r));
    if (!r.found)
        return problem_set(&cmd->why, PROBLEM_NOT_FOUND, "", "%s", "");
    if (cmd->json)
        cmd_print_json(json_pack("{s:I, s:s}", "id", (json_int_t)r.id, "state", "waiting"));
    else
        printf(cmd_text(cmd, N_("%lld: sarà ritentato.\n")), (long long)r.id);
    return DONE;
}

const struct cmd_command CMD_MAIL[] = {
    {"list", "", 0, 0, N_("ciò che deve ancora partire"), NULL, NEEDS_DATABASE, list, NULL},
    {"dead", "", 0, 0, N_("ciò che non è potuto partire, e perché"), NULL, NEEDS_DATABASE, dead, NULL},
    {"again", N_("NUMERO"), 1, 1, N_("ritenta ciò che non è potuto partire"), NULL, NEEDS_DATABASE, again, NULL},
    {0},
};
