/* cmd/order.c: `casella order show|cancel|withdraw CODE`, `order space ADDRESS` */
#include "cmd/order.h"
#include "net/form.h"
#include "rules/code.h"
#include "rules/reference.h"
#include "shop/describe.h"
#include "shop/place_order.h"
#include "shop/present_pay.h"
#include "shop/withdraw.h"
#include <stdio.h>
#include <string.h>

struct one {
    struct cmd *cmd;
    char code[40];
    enum { SHOW, CANCEL, WITHDRAW } what;
    const char *iban, *payee; /* of a withdrawal */
    struct day sent_on;
    struct order_facts facts;
    struct order_money money;
};

/* What a consumer wrote on paper, or said in another way. */
static enum outcome take_back(struct db_tx *tx, struct one *one)
{
    struct cmd *cmd = one->cmd;
    struct withdraw_request request = {
        .code = one->code, .iban = one->iban, .payee = one->payee, .sent_on = one->sent_on, .actor = *cmd_actor(cmd)};
    struct withdraw_look look;

    return withdraw(tx, cmd->mem, &cmd->brands, &request, &look, &cmd->why);
}

static enum outcome load(struct db_tx *tx, void *arg)
{
    struct one *one = arg;
    struct cmd *cmd = one->cmd;
    struct order order;
    enum outcome o;

    if (one->what == CANCEL)
        TRY(cancel_order(tx, cmd->mem, one->code, cmd_actor(cmd), &cmd->why));
    if (one->what == WITHDRAW)
        TRY(take_back(tx, one));
    o = order_by_code(tx, cmd->mem, one->code, &order);
    if (o == REFUSED)
        return problem_set(&cmd->why, PROBLEM_NOT_FOUND, "", "%s", "");
    TRY(o);
    TRY(order_facts_load(tx, cmd->mem, &cmd->brands, &order, &one->facts));
    return order_money_load(tx, cmd->mem, &one->facts, &one->money);
}

/* What was tried, and what was given back. */
static void print_money(struct cmd *cmd, const struct order_money *m)
{
    for (size_t i = 0; i < m->payment_count; i++)
        printf(cmd_text(cmd, N_("Pagamento %s: %s, %s, %s\n")), m->payments[i].key,
               present_method(m->payments[i].method, cmd->language), cmd_money(cmd->mem, m->payments[i].amount),
               cmd_text(cmd, payment_state_label(m->payments[i].state)));
    for (size_t i = 0; i < m->note_count; i++)
        printf(cmd_text(cmd, N_("Nota di credito %s del %s: %s\n")), invoice_number_text(cmd->mem, &m->notes[i]),
               cmd_day(cmd->mem, m->notes[i].issued_on), cmd_money(cmd->mem, m->notes[i].total.gross));
    for (size_t i = 0; i < m->refund_count; i++)
        printf(cmd_text(cmd, N_("Rimborso %lld di %s: %s\n")), (long long)m->refunds[i].id,
               cmd_money(cmd->mem, m->refunds[i].amount), m->refunds[i].state);
}

/* What was asked for, of a purchase. */
static void print_request(struct cmd *cmd, const struct order_facts *f)
{
    const struct request *r = f->request;

    printf(cmd_text(cmd, N_("Richiesta %lld: %s; nomi %s, %s, %s\n")), (long long)r->id,
           cmd_text(cmd, request_state_label(r->state)), r->name[0], r->name[1], r->name[2]);
    printf(cmd_text(cmd, N_("Titolare %s, codice fiscale %s, %s\n")), r->holder.name, r->holder.tax_code,
           r->holder.email);
    if (r->error[0])
        printf(cmd_text(cmd, N_("Il server di posta: %s\n")), i18n_filled(cmd->mem, cmd->language, r->error));
}

static void print(struct cmd *cmd, const struct order_facts *f, const struct order_money *m)
{
    const struct order *o = &f->order;
    enum held_reason reason;
    char at[INSTANT_TEXT];

    printf(cmd_text(cmd, N_("Ordine %s (%s), %s, confermato il %s\n")), o->code, o->brand,
           cmd_text(cmd, order_state_label(o->state)), instant_italian(o->confirmed_at, at));
    for (size_t i = 0; i < f->line_count; i++)
        printf("  %s  %s%s%s\n", f->lines[i].description, cmd_money(cmd->mem, f->lines[i].net), f->request ? "  " : "",
               f->request ? f->lines[i].address : "");
    if (f->request)
        print_request(cmd, f);
    printf(cmd_text(cmd, N_("Imponibile %s, IVA %s, totale %s\n")), cmd_money(cmd->mem, o->total.net),
           cmd_money(cmd->mem, o->total.vat), cmd_money(cmd->mem, o->total.gross));
    if (order_is_open(o->state))
        printf(cmd_text(cmd, N_("Da pagare entro il %s (%s); per bonifico: %s, IBAN %s, causale %s\n")),
               cmd_day(cmd->mem, order_pay_by(f)), present_method(o->payment_method, cmd->language),
               f->brand->seller.payee, f->brand->seller.iban, o->code);
    if (o->settled_on.n)
        printf(cmd_text(cmd, N_("Pagato il %s: %s (%s)%s\n")), cmd_day(cmd->mem, o->settled_on),
               present_method(o->payment_method, cmd->language), o->settled_by,
               o->provisional ? cmd_text(cmd, N_("; accredito non ancora arrivato")) : "");
    if (f->invoice.id)
        printf(cmd_text(cmd, N_("Fattura %s del %s\n")), invoice_number_text(cmd->mem, &f->invoice),
               cmd_day(cmd->mem, f->invoice.issued_on));
    print_money(cmd, m);
    if (f->held && held_reason_of(f->held->held_reason, &reason) == DONE)
        printf(cmd_text(cmd, N_("Trattenuti %s: %s\n")), cmd_money(cmd->mem, f->held->amount),
               cmd_text(cmd, held_reason_label(reason)));
}

static void tell(struct cmd *cmd, const struct one *one)
{
    json_t *order;

    if (!cmd->json) {
        print(cmd, &one->facts, &one->money);
        return;
    }
    order = describe_order(cmd->mem, &one->facts);
    describe_order_money(cmd->mem, order, &one->facts, &one->money);
    cmd_print_json(order);
}

/* Codes are copied from letters, with the blanks that group them. */
static enum outcome run(struct cmd *cmd, struct one one)
{
    if (!code_clean(cmd->arguments[0], one.code, sizeof one.code))
        return problem_set(&cmd->why, PROBLEM_NOT_FOUND, "", "%s", "");
    if (one.what == SHOW)
        TRY(db_read(cmd->db, "order.show", load, &one));
    else
        TRY(db_transaction(cmd->db, one.what == CANCEL ? "order.cancel" : "order.withdraw", load, &one));
    tell(cmd, &one);
    return DONE;
}

enum outcome order_show(struct cmd *cmd, const char *code)
{
    struct one one = {.cmd = cmd, .what = SHOW};

    snprintf(one.code, sizeof one.code, "%s", code);
    TRY(db_read(cmd->db, "order.show", load, &one));
    tell(cmd, &one);
    return DONE;
}

static enum outcome show(struct cmd *cmd)
{
    return run(cmd, (struct one){.cmd = cmd, .what = SHOW});
}

static enum outcome cancel(struct cmd *cmd)
{
    return run(cmd, (struct one){.cmd = cmd, .what = CANCEL});
}

static const struct cmd_option ACCOUNT[] = {
    {"iban", N_("IBAN"), N_("del rimborso, dove il denaro non torna alla sua origine")},
    {"payee", N_("NOME"), N_("a chi è intestato l'IBAN")},
    {"sent-on", N_("GIORNO"), N_("di una lettera: quando è stata spedita; senza: oggi")},
    {0}};

static const struct form_field ACCOUNT_FIELDS[] = {
    FORM_TEXT(struct one, iban, "iban", .max = 60, .optional = true),
    FORM_TEXT(struct one, payee, "payee", .max = 100, .optional = true),
    FORM_DAY(struct one, sent_on, "sent-on", .optional = true),
    FORM_END,
};

static enum outcome run_withdraw(struct cmd *cmd)
{
    struct one one = {.cmd = cmd, .what = WITHDRAW};

    TRY(cmd_fields(cmd, ACCOUNT_FIELDS, &one));
    return run(cmd, one);
}

const struct cmd_command CMD_ORDER[] = {
    {"show", N_("CODICE"), 1, 1, N_("un ordine, con il suo pagamento e la fattura"), NULL, NEEDS_SHOP, show, NULL},
    {"cancel", N_("CODICE"), 1, 1, N_("annulla un ordine non ancora pagato"), NULL, NEEDS_SHOP, cancel, NULL},
    {"withdraw", N_("CODICE"), 1, 1,
     N_("il recesso di un consumatore: rimborso, e il rinnovo o la casella vengono meno"), ACCOUNT, NEEDS_SHOP,
     run_withdraw, NULL},
    {"space", N_("INDIRIZZO"), 1, 1, N_("ordina altro spazio per una casella, fino alla sua scadenza"),
     ORDER_SPACE_OPTIONS, NEEDS_SHOP, cmd_order_space, NULL},
    {0},
};
