/* cmd/cheque.c: `casella cheque receive|list|deposit|clear|bounce`. */
#include "shop/cheque.h"
#include "cmd/cmd.h"
#include "net/form.h"
#include "rules/code.h"
#include "shop/describe.h"
#include <talloc.h>

#define PAGE 500

static const struct cmd_option RECEIVE_OPTIONS[] = {
    {"order", N_("CODICE"), N_("l'ordine che paga")},
    {"kind", N_("TIPO"), N_("bank: assegno bancario (predefinito); cashier: circolare")},
    {"number", N_("CIFRE"), N_("numero dell'assegno, 10 cifre")},
    {"abi", N_("CIFRE"), N_("ABI della banca, 5 cifre")},
    {"cab", N_("CIFRE"), N_("CAB dello sportello, 5 cifre")},
    {"drawer", N_("NOME"), N_("chi lo ha emesso")},
    {"payee", N_("NOME"), N_("a chi è intestato, come vi si legge")},
    {"amount", N_("IMPORTO"), N_("importo in cifre e in lettere: 30,50")},
    {"dated", N_("DATA"), N_("data dell'assegno: 30/11/2026")},
    {"non-transferable", NULL, N_("porta «non trasferibile»")},
    {"signed", NULL, N_("è firmato")},
    {0},
};
static const struct cmd_option LIST_OPTIONS[] = {
    {"state", N_("STATO"), N_("received, deposited, cleared, bounced; predefinito received e deposited")},
    {0},
};

static void print(struct cmd *cmd, const struct cheque *c)
{
    enum cheque_state state;
    const char *label = cheque_state_of(c->state, &state) == DONE ? cmd_text(cmd, cheque_state_label(state)) : c->state;

    printf("%6lld  %s  %s  %s  %s  %s/%s  %s  %s", (long long)c->id, c->brand, c->order_code,
           cmd_money(cmd->mem, c->amount), c->number, c->abi, c->cab, c->drawer, label);
    if (c->clears_on.n && !c->closed_on.n)
        printf(cmd_text(cmd, N_(", disponibile dal %s")), cmd_day(cmd->mem, c->clears_on));
    if (c->held_reason[0])
        printf(cmd_text(cmd, N_(", trattenuto: %s")), c->held_reason);
    putchar('\n');
}

static enum outcome put(struct cmd *cmd, const struct cheque *c)
{
    if (cmd->json)
        cmd_print_json(describe_cheque(c));
    else
        print(cmd, c);
    return DONE;
}

/* ---- Receiving ---- */

static const struct form_choice KINDS[] = {{"bank", CHEQUE_BANK}, {"cashier", CHEQUE_CASHIER}, {NULL, 0}};

struct receive_form {
    const char *order, *number, *abi, *cab, *drawer, *payee;
    int kind;
    struct money amount;
    struct day dated;
};

static const struct form_field RECEIVE[] = {
    FORM_TEXT(struct receive_form, order, "order", .max = 40),
    FORM_ENUM(struct receive_form, kind, "kind", KINDS, .optional = true),
    FORM_TEXT(struct receive_form, number, "number", .max = 20),
    FORM_TEXT(struct receive_form, abi, "abi", .max = 10),
    FORM_TEXT(struct receive_form, cab, "cab", .max = 10),
    FORM_TEXT(struct receive_form, drawer, "drawer", .max = 100),
    FORM_TEXT(struct receive_form, payee, "payee", .max = 100),
    FORM_MONEY(struct receive_form, amount, "amount"),
    FORM_DAY(struct receive_form, dated, "dated"),
    FORM_END,
};

struct receiving {
    struct cmd *cmd;
    struct cheque_request request;
    struct cheque cheque;
    unsigned warnings;
    struct problems faults;
};

static enum outcome run_receive(struct db_tx *tx, void *arg)
{
    struct receiving *r = arg;

    r->faults.count = 0;
    return cheque_receive(tx, r->cmd->mem, &r->cmd->brands, &r->request, &r->cheque, &r->warnings, &r->faults);
}

static enum outcome receive(struct cmd *cmd)
{
    struct receive_form form = {.kind = CHEQUE_BANK};
    struct receiving r = {.cmd = cmd};
    char code[40];
    enum outcome o;

    TRY(cmd_fields(cmd, RECEIVE, &form));
    r.request = (struct cheque_request){.code = code_clean(form.order, code, sizeof code) ? code : form.order,
                                        .facts = {.kind = (enum cheque_kind)form.kind,
                                                  .number = form.number,
                                                  .abi = form.abi,
                                                  .cab = form.cab,
                                                  .drawer = form.drawer,
                                                  .payee = form.payee,
                                                  .amount = form.amount,
                                                  .dated_on = form.dated,
                                                  .non_transferable = cmd_flag(cmd, "non-transferable"),
                                                  .is_signed = cmd_flag(cmd, "signed")},
                                        .actor = *cmd_actor(cmd)};
    o = db_transaction(cmd->db, "cheque.receive", run_receive, &r);
    for (size_t i = 0; o == REFUSED && i < r.faults.count && i < count_of(r.faults.item); i++)
        cmd_tell_problem(cmd, NULL, &r.faults.item[i]);
    TRY(o);
    for (int w = 0; w < CHEQUE_WARNINGS; w++)
        if (r.warnings >> w & 1)
            cmd_say(cmd, "%s", cmd_text(cmd, cheque_warning_label((enum cheque_warning)w)));
    return put(cmd, &r.cheque);
}

/* ---- Looking ---- */

struct page {
    void *mem;
    const char *state;
    int64_t after;
    struct cheque *cheques;
    size_t count;
};

static enum outcome load_page(struct db_tx *tx, void *arg)
{
    struct page *p = arg;

    return cheques_in_state(tx, p->mem, "", p->state, p->after, PAGE, &p->cheques, &p->count);
}

static enum outcome put_state(struct cmd *cmd, struct cmd_list *l, const char *state)
{
    struct page p = {.state = state};

    do {
        p.mem = talloc_new(cmd->mem);
        TRY(db_read(cmd->db, "cheque.list", load_page, &p));
        for (size_t i = 0; i < p.count; i++) {
            if (cmd->json)
                cmd_list_json(l, describe_cheque(&p.cheques[i]));
            else
                print(cmd, &p.cheques[i]);
            p.after = p.cheques[i].id;
        }
        talloc_free(p.mem);
    } while (p.count == PAGE);
    return DONE;
}

static enum outcome list(struct cmd *cmd)
{
    const char *state = cmd_value(cmd, "state");
    enum cheque_state known;
    struct cmd_list l;

    if (state && cheque_state_of(state, &known) != DONE)
        return cmd_usage(cmd, "--state: %s", cmd_text(cmd, LIST_OPTIONS[0].help));
    cmd_list_begin(&l, cmd);
    TRY(put_state(cmd, &l, state ? state : cheque_state_name(CHEQUE_RECEIVED)));
    if (!state)
        TRY(put_state(cmd, &l, cheque_state_name(CHEQUE_DEPOSITED)));
    cmd_list_end(&l);
    return DONE;
}

/* ---- At the bank ---- */

struct step {
    struct cmd *cmd;
    int64_t id;
    enum outcome (*take)(struct db_tx *, void *, const struct brands *, int64_t, const struct actor *, struct cheque *,
                         struct problem *);
    struct cheque cheque;
};

static enum outcome run_step(struct db_tx *tx, void *arg)
{
    struct step *s = arg;

    return s->take(tx, s->cmd->mem, &s->cmd->brands, s->id, cmd_actor(s->cmd), &s->cheque, &s->cmd->why);
}

static enum outcome step(struct cmd *cmd, struct step s)
{
    s.cmd = cmd;
    TRY(cmd_id(cmd, cmd->arguments[0], &s.id));
    TRY(db_transaction(cmd->db, "cheque.step", run_step, &s));
    return put(cmd, &s.cheque);
}

static enum outcome deposit(struct cmd *cmd)
{
    return step(cmd, (struct step){.take = cheque_deposit});
}

static enum outcome clear(struct cmd *cmd)
{
    return step(cmd, (struct step){.take = cheque_clear});
}

static enum outcome bounce(struct cmd *cmd)
{
    return step(cmd, (struct step){.take = cheque_bounce});
}

const struct cmd_command CMD_CHEQUE[] = {
    {"receive", "", 0, 0, N_("registra un assegno arrivato"), RECEIVE_OPTIONS, NEEDS_SHOP, receive, NULL},
    {"list", "", 0, 0, N_("gli assegni non ancora incassati"), LIST_OPTIONS, NEEDS_DATABASE, list, NULL},
    {"deposit", N_("NUMERO"), 1, 1, N_("l'assegno è stato versato in banca"), NULL, NEEDS_SHOP, deposit, NULL},
    {"clear", N_("NUMERO"), 1, 1, N_("l'importo è disponibile: l'ordine è pagato"), NULL, NEEDS_SHOP, clear, NULL},
    {"bounce", N_("NUMERO"), 1, 1, N_("la banca ha restituito l'assegno insoluto"), NULL, NEEDS_SHOP, bounce, NULL},
    {0},
};
