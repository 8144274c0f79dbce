/* cmd/proof.c: `casella proof add|list|show|accept|reject`: proofs of payment at the desk. */
#include "shop/proof.h"
#include "base/text.h"
#include "cmd/cmd.h"
#include "net/form.h"
#include "rules/code.h"
#include "rules/proof.h"
#include "shop/describe.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <talloc.h>
#include <unistd.h>

#define PAGE 500

static const struct cmd_option ADD_OPTIONS[] = {
    {"order", N_("CODICE"), N_("l'ordine di cui prova il pagamento")},
    {"channel", N_("CANALE"), N_("come è arrivata: mail o fax")},
    {"arrived", N_("ISTANTE"), N_("quando è arrivata, se non ora: 2026-11-23T17:50:00+01:00")},
    CMD_FILES_OPTIONS,
    {0},
};
static const struct cmd_option LIST_OPTIONS[] = {
    {"state", N_("STATO"), N_("received (predefinito), accepted, rejected, credited, never_credited")},
    {0},
};
static const struct cmd_option SHOW_OPTIONS[] = {
    {"to", N_("FILE"), N_("copia qui il documento")},
    CMD_FILES_OPTIONS,
    {0},
};
static const struct cmd_option ACCEPT_OPTIONS[] = {
    {"kind", N_("TIPO"), N_("che cosa mostra: executed_transfer, postal_receipt")},
    {"amount", N_("IMPORTO"), N_("l'importo che vi si legge: 30,50")},
    {0},
};
static const struct cmd_option REJECT_OPTIONS[] = {
    {"reason", N_("MOTIVO"), N_("not_executed, wrong_kind, unreadable, wrong_amount, wrong_code")},
    {0},
};

/* ---- Showing ---- */

static const char *state_label(struct cmd *cmd, const struct proof *p)
{
    enum proof_state state;

    return proof_state_of(p->state, &state) == DONE ? cmd_text(cmd, proof_state_label(state)) : p->state;
}

static void print_row(struct cmd *cmd, const struct proof *p)
{
    char due[INSTANT_TEXT];

    printf("%6lld  %s  %s  %s  %s  %s\n", (long long)p->id, instant_italian(p->due_at, due), p->brand, p->order_code,
           state_label(cmd, p), p->file_name);
}

static void print_proof(struct cmd *cmd, const struct proof *p)
{
    char received[INSTANT_TEXT], due[INSTANT_TEXT], decided[INSTANT_TEXT];
    enum proof_kind kind;
    enum proof_reason reason;

    printf(cmd_text(cmd, N_("Contabile %lld per l'ordine %s (%s): %s\n")), (long long)p->id, p->order_code, p->brand,
           state_label(cmd, p));
    printf(cmd_text(cmd, N_("Documento «%s», %s, arrivato il %s per %s\n")), p->file_name, p->content_type,
           instant_italian(p->received_at, received), p->channel);
    if (strcmp(p->state, proof_state_name(PROOF_RECEIVED)) == 0)
        printf(cmd_text(cmd, N_("Da esaminare entro il %s\n")), instant_italian(p->due_at, due));
    if (p->decided_at.us)
        printf(cmd_text(cmd, N_("Deciso il %s da %s\n")), instant_italian(p->decided_at, decided), p->decided_by);
    if (proof_kind_of(p->kind, &kind) == DONE)
        printf("%s\n", cmd_text(cmd, proof_kind_label(kind)));
    if (proof_reason_of(p->reason, &reason) == DONE)
        printf("%s\n", cmd_text(cmd, proof_reason_label(reason)));
}

static enum outcome put(struct cmd *cmd, const struct proof *p)
{
    if (cmd->json)
        cmd_print_json(describe_proof(p));
    else
        print_proof(cmd, p);
    return DONE;
}

/* ---- Adding ---- */

/* One byte more than is taken tells that there is too much. */
static enum outcome read_file(struct cmd *cmd, int file, char **bytes, size_t *length)
{
    *bytes = talloc_size(cmd->mem, PROOF_BYTES + 1);
    for (*length = 0; *length <= PROOF_BYTES;) {
        ssize_t n = read(file, *bytes + *length, PROOF_BYTES + 1 - *length);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return problem_unreadable(&cmd->why, cmd->arguments[0]);
        if (n == 0)
            break;
        *length += (size_t)n;
    }
    return DONE;
}

static enum outcome arrived(struct cmd *cmd, struct instant *at)
{
    const char *typed = cmd_value(cmd, "arrived");

    if (typed && instant_parse(typed, strlen(typed), at) != DONE)
        return cmd_usage(cmd, cmd_text(cmd, N_("«%s» non è un istante: scrivere 2026-11-23T17:50:00+01:00")), typed);
    return DONE;
}

static enum outcome add(struct cmd *cmd)
{
    const char *order = cmd_value(cmd, "order"), *channel = cmd_value(cmd, "channel");
    struct proof_request request = {
        .channel = channel ? channel : "mail", .file_name = cmd->arguments[0], .actor = *cmd_actor(cmd)};
    struct files files;
    struct proof proof;
    char code[40], *bytes;
    enum outcome o;
    int file;

    if (!order)
        return cmd_usage(cmd, cmd_text(cmd, N_("manca --%s")), "order");
    if (strcmp(request.channel, "mail") != 0 && strcmp(request.channel, "fax") != 0)
        return cmd_usage(cmd, "%s", cmd_text(cmd, N_("--channel: mail o fax")));
    TRY(arrived(cmd, &request.arrived_at));
    TRY(cmd_open_files(cmd, cmd_database_url(cmd), &files));
    if (!files.folder)
        return problem_set(&cmd->why, PROBLEM_CONFIG, "", "%s",
                           cmd_text(cmd, N_("con PostgreSQL occorre --files o CASELLA_FILES")));
    request.code = code_clean(order, code, sizeof code) ? code : order;
    TRY(cmd_open_file(cmd, cmd->arguments[0], &file));
    o = read_file(cmd, file, &bytes, &request.length);
    close(file);
    TRY(o);
    request.bytes = bytes;
    TRY(proof_receive(&cmd->shop, &files, cmd->mem, &request, &proof, &cmd->why));
    return put(cmd, &proof);
}

/* ---- Looking ---- */

struct page {
    void *mem;
    const char *state;
    int64_t after;
    struct proof *proofs;
    size_t count;
};

static enum outcome load_page(struct db_tx *tx, void *arg)
{
    struct page *p = arg;

    return proofs_in_state(tx, p->mem, "", p->state, p->after, PAGE, &p->proofs, &p->count);
}

static enum outcome list(struct cmd *cmd)
{
    const char *state = cmd_value(cmd, "state");
    struct page p = {.state = state ? state : proof_state_name(PROOF_RECEIVED)};
    enum proof_state known;
    struct cmd_list l;

    if (proof_state_of(p.state, &known) != DONE)
        return cmd_usage(cmd, "--state: %s", cmd_text(cmd, LIST_OPTIONS[0].help));
    cmd_list_begin(&l, cmd);
    do {
        p.mem = talloc_new(cmd->mem);
        TRY(db_read(cmd->db, "proof.list", load_page, &p));
        for (size_t i = 0; i < p.count; i++) {
            if (cmd->json)
                cmd_list_json(&l, describe_proof(&p.proofs[i]));
            else
                print_row(cmd, &p.proofs[i]);
            p.after = p.proofs[i].id;
        }
        talloc_free(p.mem);
    } while (p.count == PAGE);
    cmd_list_end(&l);
    return DONE;
}

struct one {
    struct cmd *cmd;
    int64_t id;
    struct verdict_form {
        const char *kind, *reason;
        struct money amount;
    } form;
    struct proof proof;
};

static enum outcome load(struct db_tx *tx, void *arg)
{
    struct one *one = arg;
    enum outcome o = proof_by_id(tx, one->cmd->mem, one->id, &one->proof);

    return o == REFUSED ? problem_set(&one->cmd->why, PROBLEM_NOT_FOUND, "", "%s", "") : o;
}

static enum outcome copy_to(struct cmd *cmd, const char *path, const char *sha256)
{
    struct files files;
    size_t length;
    void *bytes;
    enum outcome o;
    FILE *to;
    bool whole;

    TRY(cmd_open_files(cmd, cmd_database_url(cmd), &files));
    o = file_read(&files, cmd->mem, sha256, &bytes, &length);
    if (o == REFUSED)
        return problem_set(&cmd->why, PROBLEM_CONFIG, "", "%s",
                           cmd_text(cmd, N_("il documento non è in questa cartella dei file: vedere --files")));
    TRY(o);
    to = fopen(path, "wxe"); /* nothing is written over */
    whole = to && fwrite(bytes, 1, length, to) == length;
    whole = (!to || fclose(to) == 0) && whole;
    return whole ? DONE : problem_unwritable(&cmd->why, path);
}

static enum outcome show(struct cmd *cmd)
{
    struct one one = {.cmd = cmd};

    TRY(cmd_id(cmd, cmd->arguments[0], &one.id));
    TRY(db_read(cmd->db, "proof.show", load, &one));
    if (cmd_value(cmd, "to"))
        TRY(copy_to(cmd, cmd_value(cmd, "to"), one.proof.file_sha256));
    return put(cmd, &one.proof);
}

/* ---- Deciding ---- */

static const struct form_field ACCEPT[] = {
    FORM_TEXT(struct verdict_form, kind, "kind", .max = 40),
    FORM_MONEY(struct verdict_form, amount, "amount"),
    FORM_END,
};
static const struct form_field REJECT[] = {FORM_TEXT(struct verdict_form, reason, "reason", .max = 40), FORM_END};

static enum outcome decide(struct db_tx *tx, void *arg)
{
    struct one *one = arg;
    struct cmd *cmd = one->cmd;

    if (one->form.kind)
        return proof_accept(tx, cmd->mem, &cmd->brands, one->id, one->form.kind, one->form.amount, cmd_actor(cmd),
                            &one->proof, &cmd->why);
    return proof_reject(tx, cmd->mem, &cmd->brands, one->id, one->form.reason, cmd_actor(cmd), &one->proof, &cmd->why);
}

static enum outcome verdict(struct cmd *cmd, const struct form_field *fields)
{
    struct one one = {.cmd = cmd};

    TRY(cmd_id(cmd, cmd->arguments[0], &one.id));
    TRY(cmd_fields(cmd, fields, &one.form));
    TRY(db_transaction(cmd->db, "proof.decide", decide, &one));
    return put(cmd, &one.proof);
}

static enum outcome accept(struct cmd *cmd)
{
    return verdict(cmd, ACCEPT);
}

static enum outcome reject(struct cmd *cmd)
{
    return verdict(cmd, REJECT);
}

const struct cmd_command CMD_PROOF[] = {
    {"add", N_("FILE"), 1, 1, N_("registra una contabile arrivata per posta o fax; «-» è stdin"), ADD_OPTIONS,
     NEEDS_SHOP, add, NULL},
    {"list", "", 0, 0, N_("le contabili da esaminare, dalla più urgente"), LIST_OPTIONS, NEEDS_DATABASE, list, NULL},
    {"show", N_("NUMERO"), 1, 1, N_("una contabile, e il suo documento"), SHOW_OPTIONS, NEEDS_DATABASE, show, NULL},
    {"accept", N_("NUMERO"), 1, 1, N_("accetta una contabile"), ACCEPT_OPTIONS, NEEDS_SHOP, accept, NULL},
    {"reject", N_("NUMERO"), 1, 1, N_("respinge una contabile, con il motivo"), REJECT_OPTIONS, NEEDS_SHOP, reject,
     NULL},
    {0},
};
