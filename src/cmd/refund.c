/* cmd/refund.c: `casella refund make|held|list|sent`: money given back. */
#include "shop/refund.h"
#include "cmd/cmd.h"
#include "net/form.h"
#include "rules/code.h"
#include "rules/iban.h"
#include "shop/describe.h"
#include "shop/held.h"
#include <string.h>
#include <talloc.h>

#define PAGE 500

#define TO_OPTIONS                                                                                                     \
    {"to", N_("DOVE"), N_("source: dove il pagamento è partito; wallet: conto prepagato; transfer: bonifico")},        \
        {"iban", N_("IBAN"), N_("del bonifico")},                                                                      \
    {                                                                                                                  \
        "payee", N_("NOME"), N_("a chi è intestato l'IBAN")                                                            \
    }

static const struct cmd_option MAKE_OPTIONS[] = {
    {"amount", N_("IMPORTO"), N_("IVA inclusa: 30,50; al massimo ciò che resta dell'ordine")},
    {"reason", N_("MOTIVO"), N_("come starà sulla nota di credito")},
    TO_OPTIONS,
    {"take-back", NULL, N_("toglie anche la durata: solo con tutto ciò che resta")},
    {0},
};
static const struct cmd_option HELD_OPTIONS[] = {TO_OPTIONS, {0}};

/* ---- Showing ---- */

static void print(struct cmd *cmd, const struct refund *r, const char *order)
{
    static const struct {
        const char *name, *label;
    } STATES[] = {{"waiting", N_("in attesa")},
                  {"unknown", N_("in verifica")},
                  {"done", N_("fatto")},
                  {"failed", N_("rifiutato")}};
    const char *state = r->state ? r->state : "";
    char at[INSTANT_TEXT];

    if (!r->id) { /* the order's money had never come */
        printf(cmd_text(cmd, N_("Nota di credito emessa; niente da restituire: l'importo non era mai arrivato.\n")));
        return;
    }
    for (size_t i = 0; i < count_of(STATES); i++)
        if (strcmp(STATES[i].name, state) == 0)
            state = cmd_text(cmd, STATES[i].label);
    printf("%6lld  %s  %s  %s  %s  %s", (long long)r->id, instant_italian(r->created_at, at), order[0] ? order : "-",
           cmd_money(cmd->mem, r->amount), r->destination, state);
    if (r->iban[0])
        printf("  %s, %s", iban_grouped(cmd->mem, r->iban), r->payee);
    if (r->error[0])
        printf("  %s", r->error);
    putchar('\n');
}

static enum outcome put(struct cmd *cmd, const struct refund *r, const char *order)
{
    if (cmd->json)
        cmd_print_json(describe_refund(r, order));
    else
        print(cmd, r, order);
    return DONE;
}

static enum outcome code_of(struct db_tx *tx, void *mem, const struct refund *r, const char **code)
{
    struct order order;

    *code = "";
    if (!r->order_id)
        return DONE;
    TRY(order_by_id(tx, mem, r->order_id, &order));
    *code = order.code;
    return DONE;
}

/* ---- Giving back ---- */

struct giving {
    struct cmd *cmd;
    const char *to, *iban, *payee, *reason;
    struct money amount;
    enum held_kind kind;
    int64_t id;
    struct refund refund;
    const char *order;
};

#define TO_FIELDS                                                                                                      \
    FORM_TEXT(struct giving, to, "to", .max = 20, .optional = true),                                                   \
        FORM_TEXT(struct giving, iban, "iban", .max = 60, .optional = true),                                           \
        FORM_TEXT(struct giving, payee, "payee", .max = 100, .optional = true)

static const struct form_field MAKE[] = {
    TO_FIELDS,
    FORM_MONEY(struct giving, amount, "amount"),
    FORM_TEXT(struct giving, reason, "reason", .max = 200),
    FORM_END,
};
static const struct form_field HELD[] = {TO_FIELDS, FORM_END};

static enum outcome run_make(struct db_tx *tx, void *arg)
{
    struct giving *g = arg;
    struct cmd *cmd = g->cmd;
    struct refund_request request = {.code = g->order,
                                     .amount = g->amount,
                                     .destination = g->to,
                                     .iban = g->iban,
                                     .payee = g->payee,
                                     .reason = g->reason,
                                     .take_back = cmd_flag(cmd, "take-back"),
                                     .actor = *cmd_actor(cmd)};

    cmd->why = (struct problem){0};
    return refund_order(tx, cmd->mem, &cmd->brands, &request, &g->refund, &cmd->why);
}

static enum outcome make(struct cmd *cmd)
{
    struct giving g = {.cmd = cmd, .to = "source"};
    char code[40];

    TRY(cmd_fields(cmd, MAKE, &g));
    g.order = code_clean(cmd->arguments[0], code, sizeof code) ? code : cmd->arguments[0];
    TRY(db_transaction(cmd->db, "refund.make", run_make, &g));
    return put(cmd, &g.refund, g.order);
}

static enum outcome run_held(struct db_tx *tx, void *arg)
{
    struct giving *g = arg;
    struct cmd *cmd = g->cmd;

    cmd->why = (struct problem){0};
    TRY(refund_held(tx, cmd->mem, &cmd->brands, g->kind, g->id, g->to, g->iban, g->payee, cmd_actor(cmd), &g->refund,
                    &cmd->why));
    return code_of(tx, cmd->mem, &g->refund, &g->order);
}

static enum outcome held(struct cmd *cmd)
{
    struct giving g = {.cmd = cmd};

    TRY(cmd_fields(cmd, HELD, &g));
    if (held_read_name(cmd->arguments[0], &g.kind, &g.id) != DONE || g.id == 0)
        return cmd_usage(
            cmd, cmd_text(cmd, N_("«%s»: scrivere ad esempio bank-17 o payment-5, come in «casella bank held»")),
            cmd->arguments[0]);
    g.to = g.to ? g.to : g.kind == HELD_PAYMENT ? "source" : "transfer";
    TRY(db_transaction(cmd->db, "refund.held", run_held, &g));
    return put(cmd, &g.refund, g.order);
}

/* ---- On their way ---- */

struct page {
    void *mem;
    int64_t after;
    struct refund *refunds;
    const char **orders;
    size_t count;
};

static enum outcome load_page(struct db_tx *tx, void *arg)
{
    struct page *p = arg;

    TRY(refunds_open(tx, p->mem, p->after, PAGE, &p->refunds, &p->count));
    p->orders = talloc_array(p->mem, const char *, (unsigned)p->count + 1);
    for (size_t i = 0; i < p->count; i++)
        TRY(code_of(tx, p->mem, &p->refunds[i], &p->orders[i]));
    return DONE;
}

static enum outcome list(struct cmd *cmd)
{
    struct page p = {0};
    struct cmd_list l;

    cmd_list_begin(&l, cmd);
    do {
        p.mem = talloc_new(cmd->mem);
        TRY(db_read(cmd->db, "refund.list", load_page, &p));
        for (size_t i = 0; i < p.count; i++) {
            if (cmd->json)
                cmd_list_json(&l, describe_refund(&p.refunds[i], p.orders[i]));
            else
                print(cmd, &p.refunds[i], p.orders[i]);
            p.after = p.refunds[i].id;
        }
        talloc_free(p.mem);
    } while (p.count == PAGE);
    cmd_list_end(&l);
    return DONE;
}

static enum outcome run_sent(struct db_tx *tx, void *arg)
{
    struct giving *g = arg;
    struct cmd *cmd = g->cmd;

    cmd->why = (struct problem){0};
    TRY(refund_sent(tx, cmd->mem, g->id, cmd_actor(cmd), &cmd->why));
    TRY(refund_by_id(tx, cmd->mem, g->id, &g->refund));
    return code_of(tx, cmd->mem, &g->refund, &g->order);
}

static enum outcome sent(struct cmd *cmd)
{
    struct giving g = {.cmd = cmd};

    TRY(cmd_id(cmd, cmd->arguments[0], &g.id));
    TRY(db_transaction(cmd->db, "refund.sent", run_sent, &g));
    return put(cmd, &g.refund, g.order);
}

const struct cmd_command CMD_REFUND[] = {
    {"make", N_("ORDINE"), 1, 1, N_("rimborsa un ordine, tutto o in parte, con la nota di credito"), MAKE_OPTIONS,
     NEEDS_SHOP, make, NULL},
    {"held", N_("NOME"), 1, 1, N_("restituisce denaro trattenuto: bank-17, payment-5"), HELD_OPTIONS, NEEDS_SHOP, held,
     NULL},
    {"list", "", 0, 0, N_("i rimborsi non ancora fatti"), NULL, NEEDS_DATABASE, list, NULL},
    {"sent", N_("NUMERO"), 1, 1, N_("il bonifico di un rimborso è stato disposto"), NULL, NEEDS_SHOP, sent, NULL},
    {0},
};
