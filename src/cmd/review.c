/* cmd/review.c: `casella review list|show|approve|reject|refuse|remind`: the papers of purchases; `casella activation
 * list|retry|names`: what the mail host has not taken. */
#include "shop/review.h"
#include "base/text.h"
#include "cmd/cmd.h"
#include "net/form.h"
#include "rules/code.h"
#include "shop/activate.h"
#include "shop/describe_review.h"
#include "shop/documents.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#define PAGE 500

static const struct cmd_option LIST_OPTIONS[] = {
    {"brand", N_("MARCHIO"), N_("di un solo marchio")},
    {"list", N_("ELENCO"), N_("waiting (predefinito), trouble, activating, missing, closed")},
    {"overdue", NULL, N_("solo ciò che doveva già essere deciso")},
    {0},
};
static const struct cmd_option SHOW_OPTIONS[] = {
    {"document", N_("NUMERO"), N_("quale documento copiare; chi lo guarda resta registrato")},
    {"to", N_("FILE"), N_("copia qui il documento")},
    CMD_FILES_OPTIONS,
    {0},
};
#define NOTE_OPTION                                                                                                    \
    {                                                                                                                  \
        "note", N_("TESTO"), N_("parole per il cliente, oltre al motivo")                                              \
    }
static const struct cmd_option APPROVE_OPTIONS[] = {
    {"identity-expires", N_("DATA"), N_("la scadenza che si legge sul documento d'identità: 15/03/2031")},
    {0},
};
static const struct cmd_option REJECT_OPTIONS[] = {
    {"reason", N_("MOTIVO"), N_("expired_document, illegible, unsigned, wrong_person, wrong_version, missing_pages")},
    NOTE_OPTION,
    {0},
};
static const struct cmd_option REFUSE_OPTIONS[] = {
    {"reason", N_("MOTIVO"), N_("not_entitled, silence, o uno dei motivi di «reject»")},
    NOTE_OPTION,
    {"to", N_("DOVE"), N_("source, wallet, transfer; predefinito: da dove il denaro è venuto")},
    {"iban", N_("IBAN"), N_("del bonifico")},
    {"payee", N_("NOME"), N_("a chi è intestato l'IBAN")},
    {0},
};
static const struct cmd_option NAMES_OPTIONS[] = {
    {"name", N_("NOME"), N_("un nome nuovo; fino a tre, nell'ordine")},
    {0},
};

/* ---- Lists ---- */

struct listing {
    void *mem;
    struct desk_page page;
    struct desk_row *rows;
    size_t count;
};

static enum outcome load_rows(struct db_tx *tx, void *arg)
{
    struct listing *l = arg;

    return desk_rows(tx, l->mem, &l->page, &l->rows, &l->count);
}

static void print_row(struct cmd *cmd, const struct desk_row *r)
{
    char due[INSTANT_TEXT], paid[INSTANT_TEXT];
    enum request_state state;
    const char *label =
        request_state_of(r->state, &state) == DONE ? cmd_text(cmd, request_state_label(state)) : r->state;

    printf("%s  %s  %s  %s  %s%s%s\n", r->code,
           r->due_at.us ? instant_italian(r->due_at, due) : instant_italian(r->paid_at, paid), r->brand, label,
           r->holder, r->error[0] ? "  " : "", i18n_filled(cmd->mem, cmd->language, r->error));
}

static enum outcome put_list(struct cmd *cmd, enum desk_list list)
{
    const char *brand = cmd_value(cmd, "brand");
    struct listing l = {.page = {.list = list,
                                 .brand = brand ? brand : "",
                                 .search = "",
                                 .overdue = cmd_flag(cmd, "overdue"),
                                 .limit = PAGE}};
    struct cmd_list out;

    cmd_list_begin(&out, cmd);
    do {
        l.mem = talloc_new(cmd->mem);
        TRY(db_read(cmd->db, "review.list", load_rows, &l));
        for (size_t i = 0; i < l.count; i++) {
            if (cmd->json)
                cmd_list_json(&out, describe_desk_row(&l.rows[i]));
            else
                print_row(cmd, &l.rows[i]);
            l.page.after_key = l.rows[i].key;
            l.page.after_id = l.rows[i].id;
        }
        talloc_free(l.mem);
    } while (l.count == PAGE);
    cmd_list_end(&out);
    return DONE;
}

static enum outcome list(struct cmd *cmd)
{
    const char *name = cmd_value(cmd, "list");
    enum desk_list which = DESK_WAITING;

    if (name && desk_list_of(name, &which) != DONE)
        return cmd_usage(cmd, "--list: %s", cmd_text(cmd, LIST_OPTIONS[1].help));
    return put_list(cmd, which);
}

static enum outcome list_trouble(struct cmd *cmd)
{
    const char *name = cmd_value(cmd, "list");
    enum desk_list which = DESK_ACTIVATING;

    if (name && desk_list_of(name, &which) != DONE)
        return cmd_usage(cmd, "--list: %s", cmd_text(cmd, LIST_OPTIONS[1].help));
    return put_list(cmd, which);
}

/* ---- One ---- */

struct one {
    struct cmd *cmd;
    const char *code;
    struct review review;
    struct review_decision decision;
    struct request request;
    int64_t document_id;
    struct document document;
    const char *names[NAMES];
    struct problems faults;
};

static enum outcome load(struct db_tx *tx, void *arg)
{
    struct one *o = arg;
    struct cmd *cmd = o->cmd;

    cmd->why = (struct problem){0};
    TRY(review_find(tx, cmd->mem, o->code, &o->decision.request_id, &cmd->why));
    return review_load(tx, cmd->mem, &cmd->brands, o->decision.request_id, &o->review, &cmd->why);
}

static enum outcome look(struct db_tx *tx, void *arg)
{
    struct one *o = arg;
    struct cmd *cmd = o->cmd;

    return document_look(tx, cmd->mem, (struct papers_of){.request_id = o->decision.request_id}, o->document_id,
                         cmd_actor(cmd), &o->document, &cmd->why);
}

static enum outcome copy(struct cmd *cmd, struct one *o)
{
    const char *path = cmd_value(cmd, "to"), *type;
    struct files files;
    size_t length;
    void *bytes;
    FILE *to;
    bool whole;

    if (!path)
        return cmd_usage(cmd, cmd_text(cmd, N_("manca --%s")), "to");
    TRY(cmd_id(cmd, cmd_value(cmd, "document"), &o->document_id));
    TRY(cmd_open_files(cmd, cmd_database_url(cmd), &files));
    cmd->shop.files = &files;
    TRY(db_transaction(cmd->db, "document.look", look, o));
    TRY(document_show(&cmd->shop, cmd->mem, &o->document, &type, &bytes, &length, &cmd->why));
    to = fopen(path, "wxe"); /* nothing is written over */
    whole = to && fwrite(bytes, 1, length, to) == length;
    whole = (!to || fclose(to) == 0) && whole;
    return whole ? DONE : problem_unwritable(&cmd->why, path);
}

static void print(struct cmd *cmd, const struct review *r)
{
    const struct request *q = &r->request;
    char due[INSTANT_TEXT];

    printf(cmd_text(cmd, N_("Ordine %s (%s): %s\n")), r->order.code, q->brand,
           cmd_text(cmd, request_state_label(q->state)));
    if (q->state == REQUEST_WAITING)
        printf(cmd_text(cmd, N_("Attivazione dal %s\n")), cmd_day(cmd->mem, q->begins_on));
    printf(cmd_text(cmd, N_("Titolare: %s, %s\n")), q->holder.name, q->holder.tax_code);
    for (int i = 0; i < NAMES; i++)
        if (r->names[i].address)
            printf("  %s %s%s\n", r->names[i].held ? "*" : " ", r->names[i].address,
                   r->names[i].verdict == NAME_FREE || r->request.mailbox_id ? ""
                                                                             : cmd_text(cmd, N_("  non disponibile")));
    for (size_t i = 0; i < r->document_count; i++)
        if (r->documents[i].submission_id)
            printf("%6lld  %s  «%s»  %s  %s\n", (long long)r->documents[i].id, r->documents[i].slot,
                   r->documents[i].file_name, r->documents[i].signature, r->documents[i].signer);
    if (r->waits)
        printf(cmd_text(cmd, N_("Da decidere entro il %s\n")), instant_italian(r->last->due_at, due));
    if (q->error[0])
        puts(i18n_filled(cmd->mem, cmd->language, q->error));
    if (r->asking.id && r->asking.last_error[0])
        printf("%s\n", r->asking.last_error);
}

static enum outcome put(struct one *o)
{
    struct cmd *cmd = o->cmd;

    TRY(db_read(cmd->db, "review.show", load, o));
    if (cmd->json)
        cmd_print_json(describe_review(&o->review));
    else
        print(cmd, &o->review);
    return DONE;
}

static void begin(struct one *o, struct cmd *cmd)
{
    char *code = talloc_size(cmd->mem, 40);

    *o = (struct one){.cmd = cmd};
    o->code = code_clean(cmd->arguments[0], code, 40) ? code : cmd->arguments[0];
    o->decision.actor = *cmd_actor(cmd);
}

static enum outcome show(struct cmd *cmd)
{
    struct one o;

    begin(&o, cmd);
    if (cmd_value(cmd, "document")) {
        TRY(db_read(cmd->db, "review.show", load, &o));
        TRY(copy(cmd, &o));
    }
    return put(&o);
}

/* ---- Deciding ---- */

static enum outcome decide(struct db_tx *tx, void *arg)
{
    struct one *o = arg;
    struct cmd *cmd = o->cmd;

    cmd->why = (struct problem){0};
    TRY(review_find(tx, cmd->mem, o->code, &o->decision.request_id, &cmd->why));
    return review_decide(tx, cmd->mem, &cmd->shop, &o->decision, &o->request, &cmd->why);
}

static enum outcome give_verdict(struct cmd *cmd, enum review_verdict verdict)
{
    struct one o;

    begin(&o, cmd);
    o.decision.verdict = verdict;
    o.decision.reason = cmd_value(cmd, "reason");
    o.decision.note = cmd_value(cmd, "note");
    if (verdict == VERDICT_REFUSE) {
        o.decision.destination = cmd_value(cmd, "to");
        o.decision.iban = cmd_value(cmd, "iban");
        o.decision.payee = cmd_value(cmd, "payee");
    }
    if (verdict == VERDICT_APPROVE) {
        const char *typed = cmd_value(cmd, "identity-expires");

        if (!typed)
            return cmd_usage(cmd, cmd_text(cmd, N_("manca --%s")), "identity-expires");
        if (day_parse(typed, strlen(typed), &o.decision.identity_expires_on) != DONE &&
            day_parse_italian(typed, strlen(typed), &o.decision.identity_expires_on) != DONE)
            return cmd_usage(cmd, cmd_text(cmd, N_("«%s» non è una data: scrivere ad esempio 15/03/2031")), typed);
    }
    TRY(db_transaction(cmd->db, "review.decide", decide, &o));
    return put(&o);
}

static enum outcome approve(struct cmd *cmd)
{
    return give_verdict(cmd, VERDICT_APPROVE);
}
static enum outcome reject(struct cmd *cmd)
{
    return give_verdict(cmd, VERDICT_REJECT);
}
static enum outcome refuse(struct cmd *cmd)
{
    return give_verdict(cmd, VERDICT_REFUSE);
}

static enum outcome run_remind(struct db_tx *tx, void *arg)
{
    struct one *o = arg;
    struct cmd *cmd = o->cmd;

    cmd->why = (struct problem){0};
    TRY(review_find(tx, cmd->mem, o->code, &o->decision.request_id, &cmd->why));
    return review_remind(tx, cmd->mem, &cmd->shop, o->decision.request_id, cmd_actor(cmd), &o->request, &cmd->why);
}

static enum outcome run_retry(struct db_tx *tx, void *arg)
{
    struct one *o = arg;
    struct cmd *cmd = o->cmd;

    cmd->why = (struct problem){0};
    TRY(review_find(tx, cmd->mem, o->code, &o->decision.request_id, &cmd->why));
    return activation_retry(tx, cmd->mem, &cmd->shop, o->decision.request_id, cmd_actor(cmd), &o->request, &cmd->why);
}

static enum outcome run_names(struct db_tx *tx, void *arg)
{
    struct one *o = arg;
    struct cmd *cmd = o->cmd;
    enum outcome outcome;

    cmd->why = (struct problem){0};
    TRY(review_find(tx, cmd->mem, o->code, &o->decision.request_id, &cmd->why));
    outcome = names_give(tx, cmd->mem, &cmd->shop, o->decision.request_id, 0, o->names, cmd_actor(cmd), &o->request,
                         &o->faults, &cmd->why);
    if (outcome == REFUSED && o->faults.count)
        cmd->why = o->faults.item[0];
    return outcome;
}

static enum outcome remind(struct cmd *cmd)
{
    struct one o;

    begin(&o, cmd);
    TRY(db_transaction(cmd->db, "review.remind", run_remind, &o));
    return put(&o);
}

static enum outcome retry(struct cmd *cmd)
{
    struct one o;

    begin(&o, cmd);
    TRY(db_transaction(cmd->db, "activation.retry", run_retry, &o));
    return put(&o);
}

static enum outcome names(struct cmd *cmd)
{
    struct one o;
    int count = 0;

    begin(&o, cmd);
    for (int i = 0; i < NAMES; i++)
        o.names[i] = "";
    for (size_t i = 0; i < cmd->given_count; i++)
        if (strcmp(cmd->given[i].option->name, "name") == 0 && count < NAMES)
            o.names[count++] = cmd->given[i].value;
    if (!count)
        return cmd_usage(cmd, cmd_text(cmd, N_("manca --%s")), "name");
    TRY(db_transaction(cmd->db, "names.give", run_names, &o));
    return put(&o);
}

const struct cmd_command CMD_REVIEW[] = {
    {"list", "", 0, 0, N_("i documenti da verificare, dal più urgente"), LIST_OPTIONS, NEEDS_DATABASE, list, NULL},
    {"show", N_("ORDINE"), 1, 1, N_("una richiesta: titolare, nomi, documenti, invii"), SHOW_OPTIONS, NEEDS_SHOP, show,
     NULL},
    {"approve", N_("ORDINE"), 1, 1, N_("approva i documenti: la casella viene attivata"), APPROVE_OPTIONS, NEEDS_SHOP,
     approve, NULL},
    {"reject", N_("ORDINE"), 1, 1, N_("respinge i documenti: vanno inviati di nuovo"), REJECT_OPTIONS, NEEDS_SHOP,
     reject, NULL},
    {"refuse", N_("ORDINE"), 1, 1, N_("chiude la richiesta: il denaro torna indietro, i nomi sono liberi"),
     REFUSE_OPTIONS, NEEDS_SHOP, refuse, NULL},
    {"remind", N_("ORDINE"), 1, 1, N_("sollecita i documenti mai arrivati"), NULL, NEEDS_SHOP, remind, NULL},
    {0},
};

const struct cmd_command CMD_ACTIVATION[] = {
    {"list", "", 0, 0, N_("le caselle in attivazione; --list trouble: quelle che il gestore non ha preso"),
     LIST_OPTIONS, NEEDS_DATABASE, list_trouble, NULL},
    {"retry", N_("ORDINE"), 1, 1, N_("chiede di nuovo al gestore, subito"), NULL, NEEDS_SHOP, retry, NULL},
    {"names", N_("ORDINE"), 1, 1, N_("dà altri nomi a una casella che non ne ha più di liberi"), NAMES_OPTIONS,
     NEEDS_SHOP, names, NULL},
    {0},
};
