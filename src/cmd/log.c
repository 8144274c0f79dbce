/* cmd/log.c: `casella log add` and `list`: where the provider keeps a mailbox's logs (DOMAIN L1). */
#include "cmd/cmd.h"
#include "net/form.h"
#include "shop/log_reference.h"
#include <stdio.h>

struct referring {
    struct cmd *cmd;
    struct day from, to;
    const char *where, *sha256;
    int64_t bytes;
    struct mailbox mailbox;
    struct log_reference *rows;
    size_t count;
    bool added;
};

static const struct form_field REFERENCE[] = {
    FORM_DAY(struct referring, from, "from"),
    FORM_DAY(struct referring, to, "to"),
    FORM_TEXT(struct referring, where, "where", .max = LOG_LOCATION_MOST),
    FORM_TEXT(struct referring, sha256, "hash", .max = 64, .optional = true),
    FORM_INT(struct referring, bytes, "bytes", .min = 0, .max = INT64_MAX, .optional = true),
    FORM_END,
};
static const struct cmd_option ADD_OPTIONS[] = {
    {"from", N_("GIORNO"), N_("il primo giorno del log")},
    {"to", N_("GIORNO"), N_("l'ultimo")},
    {"where", N_("TESTO"), N_("dove il gestore lo tiene")},
    {"hash", N_("IMPRONTA"), N_("SHA-256 del log, 64 cifre esadecimali minuscole")},
    {"bytes", N_("N"), N_("quanto è lungo")},
    {0},
};
static const struct cmd_option LIST_OPTIONS[] = {{"csv", NULL, N_("come tabella CSV")}, {0}};

static enum outcome write_one(struct db_tx *tx, void *arg)
{
    struct referring *r = arg;
    struct log_reference one = {.from_on = r->from,
                                .to_on = r->to,
                                .location = (char *)r->where,
                                .sha256 = (char *)(r->sha256 ? r->sha256 : ""),
                                .bytes = r->bytes};

    TRY(log_mailbox_seek(tx, r->cmd->mem, "", r->cmd->arguments[0], &r->mailbox, &r->cmd->why));
    return log_reference_add(tx, &r->mailbox, cmd_actor(r->cmd), &one, &r->added, &r->cmd->why);
}

static enum outcome add(struct cmd *cmd)
{
    struct referring r = {.cmd = cmd};

    TRY(cmd_fields(cmd, REFERENCE, &r));
    r.cmd = cmd;
    TRY(db_transaction(cmd->db, "log.add", write_one, &r));
    printf(r.added ? cmd_text(cmd, N_("%s: riferimento registrato.\n"))
                   : cmd_text(cmd, N_("%s: il riferimento c'era già.\n")),
           r.mailbox.address);
    return DONE;
}

static enum outcome read_all(struct db_tx *tx, void *arg)
{
    struct referring *r = arg;

    TRY(log_mailbox_seek(tx, r->cmd->mem, "", r->cmd->arguments[0], &r->mailbox, &r->cmd->why));
    return log_references_ask(tx, r->cmd->mem, &r->mailbox, cmd_actor(r->cmd), &r->rows, &r->count);
}

static enum outcome list(struct cmd *cmd)
{
    struct referring r = {.cmd = cmd};
    struct cmd_list rows;

    TRY(db_transaction(cmd->db, "log.list", read_all, &r));
    if (cmd_flag(cmd, "csv")) {
        fputs(log_references_csv(cmd->mem, cmd->language, r.rows, r.count), stdout);
        return DONE;
    }
    cmd_list_begin(&rows, cmd);
    for (size_t i = 0; i < r.count; i++)
        if (cmd->json)
            cmd_list_json(&rows, describe_log_reference(&r.rows[i]));
        else
            printf("%s - %s  %s  %s\n", cmd_day(cmd->mem, r.rows[i].from_on), cmd_day(cmd->mem, r.rows[i].to_on),
                   cmd_day(cmd->mem, log_reference_kept(&r.rows[i])), r.rows[i].location);
    cmd_list_end(&rows);
    return DONE;
}

const struct cmd_command CMD_LOG[] = {
    {"add", N_("INDIRIZZO"), 1, 1, N_("dove il gestore tiene il log dei messaggi di una casella"), ADD_OPTIONS,
     NEEDS_SHOP, add, NULL},
    {"list", N_("INDIRIZZO"), 1, 1, N_("i riferimenti ai log di una casella; che li si è guardati resta scritto"),
     LIST_OPTIONS, NEEDS_SHOP, list, NULL},
    {0},
};
