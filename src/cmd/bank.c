/* cmd/bank.c: `casella bank read|import|held` */
#include "cmd/bank_held.h"
#include "link/statement.h"
#include "shop/describe.h"
#include <string.h>
#include <talloc.h>
#include <unistd.h>

/* Each file is its own: one that is refused does not keep the others out; the command then ends refused. */
static enum outcome each_file(struct cmd *cmd, enum outcome (*one)(struct cmd *cmd, const char *name, int file))
{
    enum outcome worst = DONE;

    for (size_t i = 0; i < cmd->argument_count; i++) {
        enum outcome o;
        int file;

        cmd->why = (struct problem){0};
        o = cmd_open_file(cmd, cmd->arguments[i], &file);
        if (o == DONE) {
            o = one(cmd, cmd->arguments[i], file);
            close(file);
        }
        cmd_progress_end();
        if (o == REFUSED) {
            cmd_tell_problem(cmd, cmd->arguments[i], &cmd->why);
            worst = REFUSED;
        } else if (o != DONE) {
            return o;
        }
    }
    return worst;
}

/* ---- Read: what a file holds ---- */

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text ? text : "-";
}

/* As people write them. */
static char *amount_of(struct cmd *cmd, const json_t *object, const char *key)
{
    char *text = talloc_strdup(cmd->mem, text_of(object, key)), *point = strchr(text, '.');

    if (point)
        *point = ',';
    return text;
}

static const char *day_in(struct cmd *cmd, const json_t *object, const char *key)
{
    const char *text = text_of(object, key);
    struct day day;

    return day_parse(text, strlen(text), &day) == DONE ? cmd_day(cmd->mem, day) : text;
}

static void print_statement(struct cmd *cmd, const char *name, const json_t *file, const json_t *statement)
{
    const json_t *credits = json_object_get(statement, "credits"), *c;
    size_t i;

    printf(cmd_text(cmd, N_("%s: %s, conto %s, saldo da %s a %s, accrediti: %zu\n")), name, text_of(file, "format"),
           text_of(statement, "account"), amount_of(cmd, statement, "opening"), amount_of(cmd, statement, "closing"),
           json_array_size(credits));
    json_array_foreach(credits, i, c)
        printf("  %s  %12s %s  %s  %s\n", day_in(cmd, c, "booked_on"), amount_of(cmd, c, "amount"),
               text_of(c, "currency"), text_of(c, "debtor"), text_of(c, "remittance"));
}

static enum outcome read_one(struct cmd *cmd, const char *name, int file)
{
    json_t *described, *statement;
    size_t i;

    TRY(statement_json(file, &described, &cmd->why));
    if (cmd->json) {
        json_object_set_new(described, "file", json_string(name));
        cmd_print_json(described);
        return DONE;
    }
    json_array_foreach(json_object_get(described, "statements"), i, statement)
        print_statement(cmd, name, described, statement);
    json_decref(described);
    return DONE;
}

static enum outcome bank_read(struct cmd *cmd)
{
    return each_file(cmd, read_one);
}

/* ---- Import ---- */

static void print_result(struct cmd *cmd, const char *name, const struct import_result *r)
{
    printf(
        cmd_text(cmd,
                 N_("%s: accrediti: %lld; abbinati: %lld; in sospeso: %lld; già visti: %lld; altri movimenti: %lld\n")),
        name, (long long)r->entries, (long long)r->matched, (long long)r->held, (long long)r->duplicates,
        (long long)r->ignored);
    if (r->unbalanced)
        cmd_say(
            cmd,
            cmd_text(
                cmd,
                N_("%s: attenzione, estratti con saldi che non quadrano: %lld; controllare che il file sia intero")),
            name, (long long)r->unbalanced);
    for (size_t i = 0; i < r->held_listed; i++) {
        const struct held_payment *h = &r->held_list[i];
        char amount[MONEY_TEXT];

        printf("  %12s %s  %s: %s\n", money_italian(h->amount, amount), h->currency,
               cmd_text(cmd, held_reason_label(h->reason)), h->remittance);
    }
    if ((size_t)r->held > r->held_listed)
        printf("  %s\n", cmd_text(cmd, N_("… gli altri in sospeso con: casella bank held")));
}

static enum outcome import_one(struct cmd *cmd, const char *name, int file)
{
    struct statement_import import = {.shop = &cmd->shop,
                                      .reader = statement_read,
                                      .file = file,
                                      .account = cmd_value(cmd, "account"),
                                      .actor = *cmd_actor(cmd),
                                      .progress = cmd_progress,
                                      .progress_arg = (void *)name};
    struct import_result result;
    void *mem = talloc_new(cmd->mem);
    enum outcome o = import_statement(mem, &import, &result, &cmd->why);

    cmd_progress_end();
    if (o == DONE && cmd->json) {
        json_t *described = describe_import_result(&result);

        json_object_set_new(described, "file", json_string(name));
        cmd_print_json(described);
    } else if (o == DONE) {
        print_result(cmd, name, &result);
    } else if (o != REFUSED && result.entries > 0) {
        cmd_say(cmd, cmd_text(cmd, N_("%s: accrediti registrati: %lld; importare di nuovo il file registra gli altri")),
                name, (long long)result.entries);
    }
    talloc_free(mem);
    return o;
}

static enum outcome bank_import(struct cmd *cmd)
{
    return each_file(cmd, import_one);
}

static const struct cmd_option IMPORT_OPTIONS[] = {
    {"account", N_("IBAN"), N_("di quale conto è il file, dove non lo dice da sé (tabelle CSV)")},
    {0},
};

const struct cmd_command CMD_BANK[] = {
    {"read", N_("FILE…"), 1, -1, N_("che cosa contiene un estratto conto; non registra nulla"), NULL, 0, bank_read,
     NULL},
    {"import", N_("FILE…"), 1, -1, N_("registra gli accrediti e paga gli ordini; «-» è stdin"), IMPORT_OPTIONS,
     NEEDS_SHOP, bank_import, NULL},
    {"held", N_("[show|assign|split|credit|foreign|undo …]"), 0, -1,
     N_("il denaro arrivato che non paga nessun ordine, con il motivo; e dove va: show ID, assign ID ORDINE, split ID "
        "ORDINE=IMPORTO…, credit ID E-MAIL, foreign ID, undo PARTE"),
     HELD_OPTIONS, NEEDS_SHOP, cmd_bank_held, NULL},
    {0},
};
