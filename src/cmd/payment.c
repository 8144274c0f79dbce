/* cmd/payment.c: `casella payment list|show|ask|close`: attempts to pay through a provider or from the prepaid account.
 */
#include "cmd/cmd.h"
#include "rules/code.h"
#include "shop/describe.h"
#include "shop/pay.h"
#include <string.h>
#include <talloc.h>

#define PAGE 500

static const struct cmd_option LIST_OPTIONS[] = {
    {"held", NULL, N_("solo quelli incassati che non pagano nessun ordine")},
    {"state", N_("STATO"), N_("quelli in uno stato; unknown: quelli di cui non si sa com'è finita")},
    {"order", N_("CODICE"), N_("tutti quelli di un ordine")},
    {0},
};
static const struct cmd_option ASK_OPTIONS[] = {
    CMD_SECRETS_OPTION,
    CMD_URL_OPTION,
    {0},
};

static const struct cmd_option CLOSE_OPTIONS[] = {
    {"paid", N_("NUMERO"), N_("pagato: il numero che ha presso il fornitore, che lo deve confermare")},
    {"not-paid", NULL, N_("non pagato")},
    {"reason", N_("MOTIVO"), N_("che cosa si è visto")},
    CMD_SECRETS_OPTION,
    CMD_URL_OPTION,
    {0},
};

static void print(struct cmd *cmd, const struct payment *p)
{
    enum payment_method method;
    enum held_reason held;
    const char *words = payment_refusal_words(p->error);
    char at[INSTANT_TEXT];

    printf("%-16s  %s  %s  %s  %s", p->key, instant_italian(p->created_at, at),
           payment_method_of(p->method, &method) == DONE ? cmd_text(cmd, payment_method_label(method)) : p->method,
           cmd_money(cmd->mem, p->amount), cmd_text(cmd, payment_state_label(p->state)));
    if (p->state == PAYMENT_HELD && held_reason_of(p->held_reason, &held) == DONE)
        printf(": %s", cmd_text(cmd, held_reason_label(held)));
    else if (words)
        printf(": %s (%s)", cmd_text(cmd, words), p->error);
    putchar('\n');
}

/* What asking has not told in all these hours a person may find out. */
static void advise(struct cmd *cmd, const struct payment *p)
{
    if (p->state != PAYMENT_UNKNOWN)
        return;
    printf(
        cmd_text(cmd, N_("    cercare %s nel sito del fornitore di pagamenti, poi:\n"
                         "    se è pagato  casella payment close %s --paid NUMERO-PRESSO-IL-FORNITORE --reason \"…\"\n"
                         "    altrimenti   casella payment close %s --not-paid --reason \"…\"\n")),
        p->key, p->key, p->key);
}

/* ---- Lists ---- */

struct page {
    struct cmd *cmd;
    void *mem;
    const char *order, *state;
    bool held;
    int64_t after;
    struct payment *payments;
    size_t count;
};

static enum outcome load_page(struct db_tx *tx, void *arg)
{
    struct page *p = arg;
    struct order order;
    enum outcome o;

    if (p->held)
        return payments_held(tx, p->mem, p->after, PAGE, &p->payments, &p->count);
    if (p->state)
        return payments_in_state(tx, p->mem, p->state, p->after, PAGE, &p->payments, &p->count);
    if (!p->order)
        return payments_open(tx, p->mem, p->after, PAGE, &p->payments, &p->count);
    o = order_by_code(tx, p->mem, p->order, &order);
    if (o == REFUSED)
        return problem_set(&p->cmd->why, PROBLEM_NOT_FOUND, "", "%s", "");
    TRY(o);
    return payments_of_order(tx, p->mem, order.id, &p->payments, &p->count);
}

static enum outcome list(struct cmd *cmd)
{
    const char *order = cmd_value(cmd, "order");
    struct page p = {.cmd = cmd, .state = cmd_value(cmd, "state"), .held = cmd_flag(cmd, "held")};
    enum payment_state state;
    struct cmd_list l;
    char code[40];
    bool more;

    if ((order != NULL) + p.held + (p.state != NULL) > 1)
        return cmd_usage(cmd, "%s", cmd_text(cmd, N_("--held, --state oppure --order")));
    if (p.state && payment_state_of(p.state, &state) != DONE)
        return cmd_usage(cmd, cmd_text(cmd, N_("--state: «%s» non è uno stato; ad esempio unknown")), p.state);
    if (order)
        p.order = code_clean(order, code, sizeof code) ? code : order;
    cmd_list_begin(&l, cmd);
    do {
        p.mem = talloc_new(cmd->mem);
        TRY(db_read(cmd->db, "payment.list", load_page, &p));
        for (size_t i = 0; i < p.count; i++) {
            if (cmd->json)
                cmd_list_json(&l, describe_payment(&p.payments[i]));
            else {
                print(cmd, &p.payments[i]);
                if (p.state)
                    advise(cmd, &p.payments[i]);
            }
            p.after = p.payments[i].id;
        }
        more = p.count == PAGE && !p.order;
        talloc_free(p.mem);
    } while (more);
    cmd_list_end(&l);
    return DONE;
}

/* ---- One ---- */

struct one {
    struct cmd *cmd;
    struct payment payment;
};

static enum outcome load(struct db_tx *tx, void *arg)
{
    struct one *one = arg;
    enum outcome o = payment_by_key(tx, one->cmd->mem, one->cmd->arguments[0], &one->payment);

    return o == REFUSED ? problem_set(&one->cmd->why, PROBLEM_NOT_FOUND, "", "%s", "") : o;
}

static enum outcome put(struct cmd *cmd, const struct payment *p)
{
    if (cmd->json)
        cmd_print_json(describe_payment(p));
    else
        print(cmd, p);
    return DONE;
}

static enum outcome show(struct cmd *cmd)
{
    struct one one = {.cmd = cmd};

    TRY(db_read(cmd->db, "payment.show", load, &one));
    return put(cmd, &one.payment);
}

static enum outcome open_provider(struct cmd *cmd)
{
    TRY(cmd_open_gateways(cmd));
    cmd_know_address(cmd);
    return DONE;
}

static enum outcome told(struct cmd *cmd, enum outcome o)
{
    return o == BUSY ? problem_set(&cmd->why, PROBLEM_PROVIDER_SILENT, "", "%s", "") : o;
}

/* What the poller would do in its time; of one that was taken, whether it has gone back since. */
static enum outcome ask(struct cmd *cmd)
{
    struct one one = {.cmd = cmd};
    bool taken;

    TRY(db_read(cmd->db, "payment.show", load, &one));
    TRY(open_provider(cmd));
    taken = payment_has_money(one.payment.state) || one.payment.state == PAYMENT_CHARGED_BACK;
    TRY(told(cmd, taken ? payment_look_again(&cmd->shop, cmd->mem, one.payment.id)
                        : payment_ask(&cmd->shop, cmd->mem, one.payment.id, &one.payment, &cmd->why)));
    TRY(db_read(cmd->db, "payment.show", load, &one));
    return put(cmd, &one.payment);
}

static enum outcome close_one(struct cmd *cmd)
{
    struct one one = {.cmd = cmd};
    struct payment_closing closing = {
        .ref = cmd_value(cmd, "paid"), .reason = cmd_value(cmd, "reason"), .actor = *cmd_actor(cmd)};

    if ((closing.ref != NULL) == cmd_flag(cmd, "not-paid"))
        return cmd_usage(cmd, "%s", cmd_text(cmd, N_("--paid NUMERO oppure --not-paid")));
    TRY(db_read(cmd->db, "payment.show", load, &one));
    if (closing.ref)
        TRY(open_provider(cmd));
    closing.payment_id = one.payment.id;
    TRY(told(cmd, payment_close(&cmd->shop, cmd->mem, &closing, &one.payment, &cmd->why)));
    return put(cmd, &one.payment);
}

const struct cmd_command CMD_PAYMENT[] = {
    {"list", "", 0, 0, N_("i pagamenti in corso; con --held quelli trattenuti"), LIST_OPTIONS, NEEDS_DATABASE, list,
     NULL},
    {"show", N_("CHIAVE"), 1, 1, N_("un pagamento, con la chiave che ha presso il fornitore: RLM95055-1"), NULL,
     NEEDS_DATABASE, show, NULL},
    {"close", N_("CHIAVE"), 1, 1, N_("chi ha guardato presso il fornitore dice com'è finito"), CLOSE_OPTIONS,
     NEEDS_SHOP, close_one, NULL},
    {"ask", N_("CHIAVE"), 1, 1, N_("chiede al fornitore com'è finito, e ne tiene conto"), ASK_OPTIONS, NEEDS_SHOP, ask,
     NULL},
    {0},
};
