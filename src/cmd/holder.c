/* cmd/holder.c: `casella holder list|show|ask|approve|reject|refuse`: changes of holder (DOMAIN M25), as the desk and
 * the API see and decide them. */
#include "cmd/cmd.h"
#include "net/form.h"
#include "shop/describe_holder.h"
#include "shop/holder_change.h"
#include <string.h>
#include <talloc.h>

#define PAGE 500

static const struct cmd_option LIST_OPTIONS[] = {
    {"brand", N_("MARCHIO"), N_("di un solo marchio")},
    {"list", N_("ELENCO"), N_("in_review (predefinito), accepted, asked, ended")},
    {0},
};
static const struct cmd_option ASK_OPTIONS[] = {
    {"kind", N_("TIPO"), N_("del nuovo intestatario: person, freelance, sole_trader, company, public_body")},
    {"name", N_("NOME"), N_("cognome e nome, o ragione sociale")},
    {"tax-code", N_("CODICE"), N_("codice fiscale")},
    {"vat-number", N_("NUMERO"), N_("partita IVA")},
    {"street", N_("VIA"), N_("via e numero")},
    {"postcode", N_("CAP"), N_("CAP")},
    {"city", N_("COMUNE"), N_("comune")},
    {"province", N_("SIGLA"), N_("provincia")},
    {"country", N_("SIGLA"), N_("paese; predefinito IT")},
    {"sdi-code", N_("CODICE"), N_("codice destinatario per le fatture")},
    {"sdi-pec", N_("INDIRIZZO"), N_("PEC per le fatture")},
    {"email", N_("INDIRIZZO"), N_("e-mail a cui va il collegamento per accettare")},
    {"phone", N_("NUMERO"), N_("telefono")},
    {"signer-name", N_("NOME"), N_("chi firma, per chi non è una persona")},
    {"signer-tax-code", N_("CODICE"), N_("codice fiscale di chi firma")},
    {"agreed", NULL, N_("chi la tiene ha dato il suo consenso scritto, che è agli atti")},
    {0},
};
static const struct cmd_option APPROVE_OPTIONS[] = {
    {"identity-expires", N_("DATA"), N_("la scadenza che si legge sul documento d'identità: 2031-03-15")},
    {0},
};
static const struct cmd_option REASON_OPTIONS[] = {
    {"reason", N_("MOTIVO"),
     N_("expired_document, illegible, wrong_person, missing_pages; con «refuse» anche not_entitled")},
    {"note", N_("TESTO"), N_("parole per il nuovo intestatario, oltre al motivo")},
    {0},
};

/* ---- Lists ---- */

struct listing {
    void *mem;
    const char *brand, *state;
    int64_t after_key, after_id;
    struct holder_change *rows;
    size_t count;
};

static enum outcome load_rows(struct db_tx *tx, void *arg)
{
    struct listing *l = arg;

    return holder_changes_in_state(tx, l->mem, l->brand, l->state, l->after_key, l->after_id, PAGE, &l->rows,
                                   &l->count);
}

static void print_row(struct cmd *cmd, const struct holder_change *c)
{
    printf("%6lld  %s  %s  %s  %s, %s\n", (long long)c->id, cmd_day(cmd->mem, rome_day(c->asked_at)), c->address,
           cmd_text(cmd, holder_change_state_label(c->state)), c->holder.name, c->holder.tax_code);
}

static enum outcome list(struct cmd *cmd)
{
    static const char *const STATES[] = {"in_review", "accepted", "asked", "ended"};
    const char *brand = cmd_value(cmd, "brand"), *state = cmd_value(cmd, "list");
    struct listing l = {.brand = brand ? brand : "", .state = state ? state : STATES[0]};
    struct cmd_list out;
    bool known = false;

    for (size_t i = 0; i < count_of(STATES); i++)
        known |= strcmp(STATES[i], l.state) == 0;
    if (!known)
        return cmd_usage(cmd, "--list: %s", cmd_text(cmd, LIST_OPTIONS[1].help));
    cmd_list_begin(&out, cmd);
    do {
        l.mem = talloc_new(cmd->mem);
        TRY(db_read(cmd->db, "holder.list", load_rows, &l));
        for (size_t i = 0; i < l.count; i++) {
            if (cmd->json)
                cmd_list_json(&out, describe_holder_change(&l.rows[i]));
            else
                print_row(cmd, &l.rows[i]);
            l.after_key = l.rows[i].changed_at.us;
            l.after_id = l.rows[i].id;
        }
        talloc_free(l.mem);
    } while (l.count == PAGE);
    cmd_list_end(&out);
    return DONE;
}

/* ---- One ---- */

struct one {
    struct cmd *cmd;
    int64_t id;
    struct holder_change_look look;
    struct holder_change_decision decision;
    struct request person; /* who is asked for */
    struct problems faults;
};

static enum outcome load(struct db_tx *tx, void *arg)
{
    struct one *o = arg;

    o->cmd->why = (struct problem){0};
    return holder_change_load(tx, o->cmd->mem, &o->cmd->brands, o->id, &o->look, &o->cmd->why);
}

static enum outcome put(struct one *o)
{
    struct cmd *cmd = o->cmd;
    const struct holder_change *c = &o->look.change;

    TRY(db_read(cmd->db, "holder.show", load, o));
    if (cmd->json) {
        json_t *told = describe_holder_change(c);

        json_object_set_new(told, "holdings", describe_holdings(o->look.holdings, o->look.holding_count));
        cmd_print_json(told);
        return DONE;
    }
    print_row(cmd, c);
    if (holder_change_is_open(c->state))
        printf(cmd_text(cmd, N_("Si attende fino al %s\n")), cmd_day(cmd->mem, c->expires_on));
    if (c->note[0])
        printf("%s\n", c->note);
    for (size_t i = 0; i < o->look.submission_count; i++)
        printf(cmd_text(cmd, N_("Documenti, invio %lld: %s\n")), (long long)o->look.submissions[i].number,
               o->look.submissions[i].state);
    return DONE;
}

static enum outcome show(struct cmd *cmd)
{
    struct one o = {.cmd = cmd};

    TRY(cmd_id(cmd, cmd->arguments[0], &o.id));
    return put(&o);
}

/* ---- Asking, with the holder's consent on paper ---- */

static const struct form_choice KINDS[] = {{"person", HOLDER_PERSON},           {"freelance", HOLDER_FREELANCE},
                                           {"sole_trader", HOLDER_SOLE_TRADER}, {"company", HOLDER_COMPANY},
                                           {"public_body", HOLDER_PUBLIC_BODY}, {NULL, 0}};
static const struct form_field PERSON[] = {
    FORM_ENUM(struct request, holder.kind, "kind", KINDS),
    FORM_TEXT(struct request, holder.name, "name", .optional = true),
    FORM_TEXT(struct request, holder.tax_code, "tax-code", .max = 40, .optional = true),
    FORM_TEXT(struct request, holder.vat_number, "vat-number", .max = 40, .optional = true),
    FORM_TEXT(struct request, holder.street, "street", .optional = true),
    FORM_TEXT(struct request, holder.postcode, "postcode", .max = 20, .optional = true),
    FORM_TEXT(struct request, holder.city, "city", .optional = true),
    FORM_TEXT(struct request, holder.province, "province", .max = 40, .optional = true),
    FORM_TEXT(struct request, holder.country, "country", .max = 20, .optional = true),
    FORM_TEXT(struct request, holder.sdi_code, "sdi-code", .max = 20, .optional = true),
    FORM_TEXT(struct request, holder.sdi_pec, "sdi-pec", .max = 254, .optional = true),
    FORM_TEXT(struct request, holder.email, "email", .max = 254, .optional = true),
    FORM_TEXT(struct request, phone, "phone", .max = 40, .optional = true),
    FORM_TEXT(struct request, signer_name, "signer-name", .optional = true),
    FORM_TEXT(struct request, signer_tax_code, "signer-tax-code", .max = 40, .optional = true),
    FORM_END,
};

static enum outcome ask_for(struct db_tx *tx, void *arg)
{
    struct one *o = arg;
    struct cmd *cmd = o->cmd;
    struct holder_change_request request = {.actor = *cmd_actor(cmd),
                                            .mailbox = cmd->arguments[0],
                                            .person = o->person,
                                            .agreed = cmd_flag(cmd, "agreed"),
                                            .language = "it"};
    struct holder_change change;
    enum outcome outcome;

    cmd->why = (struct problem){0};
    TRY(holder_change_look(tx, cmd->mem, &cmd->brands, request.mailbox, &o->look, &cmd->why));
    request.brand = o->look.brand;
    outcome = holder_change_ask_for(tx, cmd->mem, &request, &change, &o->faults);
    if (outcome == REFUSED && o->faults.count)
        cmd->why = o->faults.item[0];
    o->id = change.id;
    return outcome;
}

static enum outcome ask(struct cmd *cmd)
{
    struct one o = {.cmd = cmd};

    TRY(cmd_fields(cmd, PERSON, &o.person));
    if (!o.person.holder.country || !o.person.holder.country[0])
        o.person.holder.country = "IT";
    TRY(db_transaction(cmd->db, "holder.ask", ask_for, &o));
    return put(&o);
}

/* ---- Deciding ---- */

static enum outcome decide(struct db_tx *tx, void *arg)
{
    struct one *o = arg;
    struct cmd *cmd = o->cmd;
    struct holder_change change;

    cmd->why = (struct problem){0};
    return holder_change_decide(tx, cmd->mem, &cmd->shop, &o->decision, &change, &cmd->why);
}

static enum outcome give_verdict(struct cmd *cmd, struct holder_change_decision decision)
{
    struct one o = {.cmd = cmd, .decision = decision};

    TRY(cmd_id(cmd, cmd->arguments[0], &o.id));
    o.decision.id = o.id;
    o.decision.actor = *cmd_actor(cmd);
    TRY(db_transaction(cmd->db, "holder.decide", decide, &o));
    return put(&o);
}

static enum outcome approve(struct cmd *cmd)
{
    struct holder_change_decision decision = {.verdict = HOLDER_CHANGE_APPROVE};
    const char *typed = cmd_value(cmd, "identity-expires");

    if (!typed)
        return cmd_usage(cmd, cmd_text(cmd, N_("manca --%s")), "identity-expires");
    if (day_parse(typed, strlen(typed), &decision.identity_expires_on) != DONE)
        return cmd_usage(cmd, cmd_text(cmd, N_("non è una data: %s")), typed);
    return give_verdict(cmd, decision);
}

static enum outcome reject(struct cmd *cmd)
{
    return give_verdict(cmd, (struct holder_change_decision){.verdict = HOLDER_CHANGE_REJECT,
                                                             .reason = cmd_value(cmd, "reason"),
                                                             .note = cmd_value(cmd, "note")});
}

static enum outcome refuse(struct cmd *cmd)
{
    return give_verdict(cmd, (struct holder_change_decision){.verdict = HOLDER_CHANGE_REFUSE,
                                                             .reason = cmd_value(cmd, "reason"),
                                                             .note = cmd_value(cmd, "note")});
}

const struct cmd_command CMD_HOLDER[] = {
    {"list", "", 0, 0, N_("i cambi di intestatario, secondo che cosa aspettano"), LIST_OPTIONS, NEEDS_SHOP, list, NULL},
    {"show", N_("NUMERO"), 1, 1, N_("un cambio, e chi ha tenuto la casella"), NULL, NEEDS_SHOP, show, NULL},
    {"ask", N_("INDIRIZZO"), 1, 1,
     N_("chiede il cambio a nome di chi la tiene: il nuovo intestatario riceve il collegamento"), ASK_OPTIONS,
     NEEDS_SHOP, ask, NULL},
    {"approve", N_("NUMERO"), 1, 1, N_("approva il documento: la casella passa"), APPROVE_OPTIONS, NEEDS_SHOP, approve,
     NULL},
    {"reject", N_("NUMERO"), 1, 1, N_("respinge il documento: se ne può mandare un altro"), REASON_OPTIONS, NEEDS_SHOP,
     reject, NULL},
    {"refuse", N_("NUMERO"), 1, 1, N_("rifiuta il cambio: la casella resta a chi la tiene"), REASON_OPTIONS, NEEDS_SHOP,
     refuse, NULL},
    {0},
};
