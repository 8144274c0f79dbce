/* cmd/bounce.c: `casella bounce receive|list|clear`: mails that come back, and the addresses that they marked. */
#include "cmd/cmd.h"
#include "jobs/bounces.h"
#include "net/dsn.h"
#include "shop/describe.h"
#include <errno.h>
#include <string.h>
#include <talloc.h>
#include <unistd.h>

#define PAGE 500

/* ---- From the mail server's pipe ---- */

/* All of stdin, of which DSN_MOST bytes are kept: who writes into the pipe must not find it closed. */
static enum outcome read_mail(struct cmd *cmd, char **bytes, size_t *length)
{
    char rest[65536];
    ssize_t n;

    *length = 0;
    *bytes = talloc_size(cmd->mem, DSN_MOST);
    for (;;) {
        bool keeps = *length < DSN_MOST;

        n = read(STDIN_FILENO, keeps ? *bytes + *length : rest, keeps ? DSN_MOST - *length : sizeof rest);
        if (n == 0)
            return DONE;
        if (n < 0 && errno != EINTR)
            return problem_unreadable(&cmd->why, "-");
        *length += n > 0 && keeps ? (size_t)n : 0;
    }
}

/* What is no report, or not about a mail of ours, is done with: the mail server has nothing to try again. */
static enum outcome receive(struct cmd *cmd)
{
    struct bounce_tally tally = {0};
    enum outcome o;
    size_t length;
    char *bytes;

    TRY(read_mail(cmd, &bytes, &length));
    o = bounces_of_mail(&cmd->shop, cmd->mem, bytes, length, cmd_actor(cmd), &tally);
    if (o != DONE && o != REFUSED)
        return o;
    if (cmd->json)
        cmd_print_json(json_pack("{s:b, s:i, s:i, s:i, s:i}", "report", o == DONE, "marked", tally.marked, "cleared",
                                 tally.cleared, "noted", tally.noted, "not_ours", tally.strange));
    else if (o == REFUSED)
        printf("%s\n", cmd_text(cmd, N_("Non è un avviso di mancata consegna: ignorato.")));
    else
        printf(cmd_text(cmd, N_("Recapiti segnati: %d, tolti: %d, annotati: %d, non nostri: %d.\n")), tally.marked,
               tally.cleared, tally.noted, tally.strange);
    return DONE;
}

enum outcome cmd_bounces(struct cmd *cmd, const char **folder)
{
    *folder = cmd_value(cmd, "bounces");
    for (int i = 0; *folder && i < 2; i++) {
        const char *path = talloc_asprintf(cmd->mem, "%s/%s", *folder, i ? "cur" : "new");

        if (access(path, R_OK | W_OK | X_OK) != 0)
            return problem_unreadable(&cmd->why, path);
    }
    return DONE;
}

/* ---- The addresses ---- */

static const struct cmd_option LIST_OPTIONS[] = {
    {"brand", N_("MARCHIO"), N_("di un solo marchio")},
    {0},
};

struct listing {
    void *mem;
    const char *brand, *address;
    int64_t before;
    struct bounce *rows;
    size_t count;
    const struct actor *actor;
    int cleared;
};

static enum outcome load(struct db_tx *tx, void *arg)
{
    struct listing *l = arg;

    return bounces_before(tx, l->mem, l->brand, l->before, PAGE, &l->rows, &l->count);
}

static void print_row(const struct bounce *b)
{
    char since[INSTANT_TEXT];

    printf("%s  %s  %s  %s  %s%s%s\n", instant_italian(b->since, since), b->brand, b->address, b->status, b->said,
           b->mailbox[0] ? "  " : "", b->mailbox);
}

static enum outcome list(struct cmd *cmd)
{
    const char *brand = cmd_value(cmd, "brand");
    struct listing l = {.brand = brand ? brand : ""};
    struct cmd_list out;

    cmd_list_begin(&out, cmd);
    do {
        l.mem = talloc_new(cmd->mem);
        TRY(db_read(cmd->db, "bounce.list", load, &l));
        for (size_t i = 0; i < l.count; i++) {
            if (cmd->json)
                cmd_list_json(&out, describe_bounce(&l.rows[i]));
            else
                print_row(&l.rows[i]);
            l.before = l.rows[i].id;
        }
        talloc_free(l.mem);
    } while (l.count == PAGE);
    cmd_list_end(&out);
    return DONE;
}

/* Of every brand, unless one is named: it is the same mailbox. */
static enum outcome clear_all(struct db_tx *tx, void *arg)
{
    struct listing *l = arg;

    l->cleared = 0;
    for (size_t i = 0; i < l->count; i++) {
        struct bounce found;
        enum outcome o = bounce_of(tx, l->mem, l->rows[i].brand, l->address, &found);

        if (o == DONE)
            o = bounce_clear(tx, &found, l->actor);
        if (o != DONE && o != REFUSED)
            return o;
        l->cleared += o == DONE;
    }
    return l->cleared ? DONE : REFUSED;
}

static enum outcome clear(struct cmd *cmd)
{
    const char *brand = cmd_value(cmd, "brand");
    struct listing l = {.mem = cmd->mem, .address = cmd->arguments[0], .actor = cmd_actor(cmd)};
    enum outcome o;

    l.rows = talloc_zero_array(cmd->mem, struct bounce, (unsigned)cmd->brands.count);
    for (size_t i = 0; i < cmd->brands.count; i++)
        if (!brand || strcmp(brand, cmd->brands.all[i].id) == 0)
            l.rows[l.count++].brand = (char *)(uintptr_t)cmd->brands.all[i].id;
    o = db_transaction(cmd->db, "bounce.clear", clear_all, &l);
    if (o == REFUSED)
        return problem_set(&cmd->why, PROBLEM_NOT_FOUND, "", "%s", "");
    TRY(o);
    if (cmd->json)
        cmd_print_json(json_pack("{s:s, s:i}", "address", l.address, "cleared", l.cleared));
    else
        printf(cmd_text(cmd, N_("%s: non più segnato.\n")), l.address);
    return DONE;
}

const struct cmd_command CMD_BOUNCE[] = {
    {"receive", "", 0, 0, N_("legge da stdin un messaggio tornato indietro, come lo passa il server di posta"), NULL,
     NEEDS_SHOP | PIPED, receive, NULL},
    {"list", "", 0, 0, N_("i recapiti ai quali la posta non arriva, dal più recente"), LIST_OPTIONS, NEEDS_DATABASE,
     list, NULL},
    {"clear", N_("INDIRIZZO"), 1, 1, N_("toglie il segno da un recapito che riceve di nuovo"), LIST_OPTIONS, NEEDS_SHOP,
     clear, NULL},
    {0},
};
