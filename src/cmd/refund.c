/* cmd/refund.c: `casella refund make|held|returned|list|turn|sent|drop`: money given back. */
#include "shop/refund.h"
#include "cmd/cmd.h"
#include "net/form.h"
#include "rules/code.h"
#include "rules/iban.h"
#include "shop/describe.h"
#include "shop/held.h"
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#define PAGE       500
#define LINES_MOST 100

#define TO_OPTIONS                                                                                                     \
    {"to", N_("DOVE"), N_("source: dove il pagamento è partito; wallet: conto prepagato; transfer: bonifico")},        \
        {"iban", N_("IBAN"), N_("del bonifico")},                                                                      \
    {                                                                                                                  \
        "payee", N_("NOME"), N_("a chi è intestato l'IBAN")                                                            \
    }

static const struct cmd_option MAKE_OPTIONS[] = {
    {"amount", N_("IMPORTO"), N_("IVA inclusa: 30,50; al massimo ciò che resta dell'ordine")},
    {"lines", N_("VOCI"),
     N_("al posto dell'importo: i numeri delle voci dell'ordine, come 1,3; ciascuna intera e una volta sola")},
    {"reason", N_("MOTIVO"), N_("come starà sulla nota di credito")},
    TO_OPTIONS,
    {"take-back", NULL, N_("toglie anche la durata: solo con tutto ciò che resta")},
    {0},
};
static const struct cmd_option HELD_OPTIONS[] = {TO_OPTIONS, {0}};
static const struct cmd_option RETURNED_OPTIONS[] = {{"reason", N_("MOTIVO"), N_("quando e come è stato reso")}, {0}};

/* ---- Showing ---- */

static void print(struct cmd *cmd, const struct refund *r, const char *order)
{
    static const struct {
        const char *name, *label;
    } STATES[] = {{"waiting", N_("in attesa")},
                  {"unknown", N_("in verifica")},
                  {"done", N_("fatto")},
                  {"failed", N_("rifiutato")},
                  {"dropped", N_("non più dovuto")}};
    const char *state_name = r->state ? r->state : "", *state = state_name;
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
    if (strcmp(state_name, "failed") == 0)
        printf(cmd_text(cmd, N_("        il fornitore ha rifiutato: «casella refund turn %lld --to transfer --iban … "
                                "--payee …», oppure --to wallet\n")),
               (long long)r->id);
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
    const char *to, *iban, *payee, *reason, *lines;
    struct money amount;
    int64_t line[LINES_MOST];
    size_t line_count;
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
    FORM_MONEY(struct giving, amount, "amount", .optional = true),
    FORM_TEXT(struct giving, lines, "lines", .max = 200, .optional = true),
    FORM_TEXT(struct giving, reason, "reason", .max = 200),
    FORM_END,
};
static const struct form_field HELD[] = {TO_FIELDS, FORM_END};
static const struct form_field RETURNED[] = {FORM_TEXT(struct giving, reason, "reason", .max = 200), FORM_END};

static enum outcome run_make(struct db_tx *tx, void *arg)
{
    struct giving *g = arg;
    struct cmd *cmd = g->cmd;
    struct refund_request request = {.code = g->order,
                                     .amount = g->amount,
                                     .lines = g->line,
                                     .line_count = g->line_count,
                                     .destination = g->to,
                                     .iban = g->iban,
                                     .payee = g->payee,
                                     .reason = g->reason,
                                     .take_back = cmd_flag(cmd, "take-back"),
                                     .actor = *cmd_actor(cmd)};

    cmd->why = (struct problem){0};
    return refund_order(tx, cmd->mem, &cmd->brands, &request, &g->refund, &cmd->why);
}

/* "1,3" */
static bool read_lines(struct giving *g)
{
    const char *at = g->lines;
    char *end;

    do {
        long long line = strtoll(at, &end, 10);

        if (end == at || line < 1 || g->line_count == LINES_MOST)
            return false;
        g->line[g->line_count++] = line;
        at = end + 1;
    } while (*end == ',');
    return *end == '\0';
}

/* A fault of what an option says, by the name of the option. */
static enum outcome by_option(struct cmd *cmd, enum outcome o)
{
    if (o == REFUSED && strcmp(cmd->why.field, "destination") == 0)
        strcpy(cmd->why.field, "to");
    return o;
}

static enum outcome make(struct cmd *cmd)
{
    struct giving g = {.cmd = cmd, .to = "source"};
    char code[40];

    TRY(cmd_fields(cmd, MAKE, &g));
    if (!g.lines == !g.amount.cents || (g.lines && !read_lines(&g)))
        return cmd_usage(cmd, "%s", cmd_text(cmd, N_("serve --amount 30,50, oppure --lines 1,3")));
    g.order = code_clean(cmd->arguments[0], code, sizeof code) ? code : cmd->arguments[0];
    TRY(by_option(cmd, db_transaction(cmd->db, "refund.make", run_make, &g)));
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
            cmd,
            cmd_text(cmd, N_("«%s»: scrivere ad esempio bank-17, payment-5 o cheque-2, come in «casella bank held»")),
            cmd->arguments[0]);
    g.to = g.to ? g.to : g.kind == HELD_PAYMENT ? "source" : "transfer";
    TRY(by_option(cmd, db_transaction(cmd->db, "refund.held", run_held, &g)));
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

    TRY(refunds_open(tx, p->mem, "", p->after, PAGE, &p->refunds, &p->count));
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

/* ---- One of them ---- */

static enum outcome run_step(struct db_tx *tx, struct giving *g, enum outcome o)
{
    TRY(o);
    TRY(refund_by_id(tx, g->cmd->mem, g->id, &g->refund));
    return code_of(tx, g->cmd->mem, &g->refund, &g->order);
}

static enum outcome run_sent(struct db_tx *tx, void *arg)
{
    struct giving *g = arg;

    g->cmd->why = (struct problem){0};
    return run_step(tx, g, refund_sent(tx, g->cmd->mem, g->id, cmd_actor(g->cmd), &g->cmd->why));
}

static enum outcome run_drop(struct db_tx *tx, void *arg)
{
    struct giving *g = arg;

    g->cmd->why = (struct problem){0};
    return run_step(tx, g, refund_drop(tx, g->cmd->mem, g->id, cmd_actor(g->cmd), &g->cmd->why));
}

static enum outcome run_turn(struct db_tx *tx, void *arg)
{
    struct giving *g = arg;
    struct cmd *cmd = g->cmd;

    cmd->why = (struct problem){0};
    return run_step(tx, g,
                    refund_turn(tx, cmd->mem, &cmd->brands, g->id, g->to, g->iban, g->payee, cmd_actor(cmd), &g->refund,
                                &cmd->why));
}

static enum outcome step(struct cmd *cmd, struct giving *g, db_work *work)
{
    TRY(cmd_id(cmd, cmd->arguments[0], &g->id));
    TRY(by_option(cmd, db_transaction(cmd->db, "refund.step", work, g)));
    return put(cmd, &g->refund, g->order);
}

static enum outcome sent(struct cmd *cmd)
{
    return step(cmd, &(struct giving){.cmd = cmd}, run_sent);
}

static enum outcome drop(struct cmd *cmd)
{
    return step(cmd, &(struct giving){.cmd = cmd}, run_drop);
}

static enum outcome turn(struct cmd *cmd)
{
    struct giving g = {.cmd = cmd, .to = "transfer"};

    TRY(cmd_fields(cmd, HELD, &g));
    return step(cmd, &g, run_turn);
}

/* ---- In another currency ---- */

static enum outcome run_returned(struct db_tx *tx, void *arg)
{
    struct giving *g = arg;
    struct cmd *cmd = g->cmd;

    cmd->why = (struct problem){0};
    return held_returned(tx, cmd->mem, &cmd->brands, g->id, g->reason, cmd_actor(cmd), &cmd->why);
}

static enum outcome returned(struct cmd *cmd)
{
    struct giving g = {.cmd = cmd};

    TRY(cmd_fields(cmd, RETURNED, &g));
    if (held_read_name(cmd->arguments[0], &g.kind, &g.id) != DONE || g.id == 0 || g.kind != HELD_BANK)
        return cmd_usage(cmd, cmd_text(cmd, N_("«%s»: scrivere ad esempio bank-17, come in «casella bank held»")),
                         cmd->arguments[0]);
    TRY(db_transaction(cmd->db, "refund.returned", run_returned, &g));
    if (cmd->json)
        cmd_print_json(json_pack("{s:s, s:s}", "id", cmd->arguments[0], "state", "refunded"));
    else
        printf(cmd_text(cmd, N_("%s: reso dalla banca, non è più trattenuto.\n")), cmd->arguments[0]);
    return DONE;
}

const struct cmd_command CMD_REFUND[] = {
    {"make", N_("ORDINE"), 1, 1, N_("rimborsa un ordine, tutto o in parte, con la nota di credito"), MAKE_OPTIONS,
     NEEDS_SHOP, make, NULL},
    {"held", N_("NOME"), 1, 1, N_("restituisce denaro trattenuto: bank-17, payment-5, cheque-2"), HELD_OPTIONS,
     NEEDS_SHOP, held, NULL},
    {"returned", N_("NOME"), 1, 1, N_("un accredito in un'altra valuta è stato reso dalla banca: bank-17"),
     RETURNED_OPTIONS, NEEDS_SHOP, returned, NULL},
    {"list", "", 0, 0, N_("i rimborsi non ancora fatti"), NULL, NEEDS_DATABASE, list, NULL},
    {"turn", N_("NUMERO"), 1, 1, N_("ciò che il fornitore ha rifiutato di restituire va in un altro modo"),
     HELD_OPTIONS, NEEDS_SHOP, turn, NULL},
    {"drop", N_("NUMERO"), 1, 1, N_("il bonifico non serve più: il pagamento è stato contestato"), NULL, NEEDS_SHOP,
     drop, NULL},
    {"sent", N_("NUMERO"), 1, 1, N_("il bonifico di un rimborso è stato disposto"), NULL, NEEDS_SHOP, sent, NULL},
    {0},
};
