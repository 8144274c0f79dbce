/* cmd/convention.c: `casella convention list|show|roster|renew|report` (R120, §3.8, L9) */
#include "shop/convention.h"
#include "cmd/cmd.h"
#include "shop/describe.h"
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

struct looking {
    struct cmd *cmd;
    struct convention_facts facts;
};

/* By its id, and --brand where several brands have one of that id. */
static enum outcome find(struct cmd *cmd, const char *id, const struct brand **brand,
                         const struct brand_convention **convention)
{
    const char *of = cmd_value(cmd, "brand");
    size_t found = 0;

    if (!id)
        return cmd_usage(cmd, cmd_text(cmd, N_("manca --%s")), "convention");
    for (size_t i = 0; i < cmd->brands.count; i++) {
        const struct brand *b = &cmd->brands.all[i];
        const struct brand_convention *c = of && strcmp(of, b->id) != 0 ? NULL : brand_convention_by_id(b, id);

        if (c) {
            *brand = b;
            *convention = c;
            found++;
        }
    }
    if (found > 1)
        return cmd_usage(cmd, cmd_text(cmd, N_("più marchi hanno la convenzione «%s»: indicare --brand")), id);
    return found ? DONE : problem_set(&cmd->why, PROBLEM_CONVENTION, "convention", "%s", "");
}

static enum outcome load(struct db_tx *tx, void *arg)
{
    struct looking *l = arg;

    return convention_load(tx, l->facts.brand, l->facts.convention, &l->facts);
}

static void print(struct cmd *cmd, const struct convention_facts *f)
{
    const struct brand_convention *c = f->convention;
    const struct convention_price *price = convention_price_on(c, f->today);

    printf("%s/%s  %s\n", f->brand->id, c->id, c->text);
    if (price)
        printf(cmd_text(cmd, c->years == 1 ? N_("  %s, %d anno, %s più IVA; paga %s\n")
                                           : N_("  %s, %d anni, %s più IVA; paga %s\n")),
               c->plan->name, c->years, cmd_money(cmd->mem, price->term),
               c->body_pays ? c->body : cmd_text(cmd, N_("l'iscritto")));
    else
        printf("  %s\n", cmd_text(cmd, N_("non in vigore: gli iscritti rinnovano al prezzo di listino")));
    printf(cmd_text(cmd, N_("  caselle: %lld; da rinnovare ora: %lld\n")), (long long)f->mailboxes,
           (long long)f->expiring);
}

static enum outcome list(struct cmd *cmd)
{
    const char *of = cmd_value(cmd, "brand");
    struct cmd_list out;

    if (of && !brand_by_id(&cmd->brands, of))
        return problem_set(&cmd->why, PROBLEM_BRAND, "brand", "%s", "");
    cmd_list_begin(&out, cmd);
    for (size_t i = 0; i < cmd->brands.count; i++) {
        const struct brand *b = &cmd->brands.all[i];

        for (size_t k = 0; k < b->convention_count && (!of || strcmp(of, b->id) == 0); k++) {
            struct looking l = {cmd, {.brand = b, .convention = &b->conventions[k]}};

            TRY(db_read(cmd->db, "convention.load", load, &l));
            if (cmd->json)
                cmd_list_json(&out, describe_convention(&l.facts));
            else
                print(cmd, &l.facts);
        }
    }
    cmd_list_end(&out);
    return DONE;
}

static enum outcome show(struct cmd *cmd)
{
    struct looking l = {cmd, {0}};

    TRY(find(cmd, cmd->arguments[0], &l.facts.brand, &l.facts.convention));
    TRY(db_read(cmd->db, "convention.load", load, &l));
    if (cmd->json)
        cmd_print_json(describe_convention(&l.facts));
    else
        print(cmd, &l.facts);
    return DONE;
}

/* ---- The list of members ---- */

struct taking {
    struct cmd *cmd;
    const struct brand *brand;
    const struct brand_convention *convention;
    void *bytes;
    size_t length;
    bool apply;
    struct roster roster;
};

static enum outcome take(struct db_tx *tx, void *arg)
{
    struct taking *t = arg;

    return roster_take(tx, t->cmd->mem, t->brand, t->convention, t->bytes, t->length, t->apply, cmd_actor(t->cmd),
                       &t->roster, &t->cmd->why);
}

static enum outcome read_all(struct cmd *cmd, const char *name, void **bytes, size_t *length)
{
    char *all = talloc_size(cmd->mem, ROSTER_BYTES + 1);
    enum outcome o = DONE;
    FILE *stream;
    int file;

    TRY(cmd_open_file(cmd, name, &file));
    stream = fdopen(file, "r");
    if (!stream)
        return BROKEN;
    *length = fread(all, 1, ROSTER_BYTES + 1, stream);
    if (ferror(stream))
        o = BROKEN;
    fclose(stream);
    *bytes = all;
    return o;
}

static void print_roster(struct cmd *cmd, const struct roster *r)
{
    for (size_t i = 0; i < r->faults.count; i++)
        cmd_tell_row(cmd, r->faults.item[i].line, &r->faults.item[i].problem);
    printf(cmd_text(cmd, N_("Righe: %lld; buone: %lld; errate: %lld\n")), (long long)r->rows, (long long)r->good,
           (long long)r->faults.rows);
    printf(
        cmd_text(cmd,
                 N_("Entrano: %lld; da un'altra convenzione: %lld; aggiornati: %lld; escono: %lld; invariati: %lld\n")),
        (long long)r->joiners, (long long)r->transfers, (long long)r->updates, (long long)r->leavers,
        (long long)r->unchanged);
    puts(r->applied ? cmd_text(cmd, N_("Applicato.")) : cmd_text(cmd, N_("Nulla è stato cambiato.")));
}

static enum outcome take_roster(struct cmd *cmd)
{
    struct taking *t = talloc_zero(cmd->mem, struct taking);
    enum outcome o;

    *t = (struct taking){.cmd = cmd, .apply = cmd_flag(cmd, "apply")};
    TRY(find(cmd, cmd_value(cmd, "convention"), &t->brand, &t->convention));
    TRY(read_all(cmd, cmd->arguments[0], &t->bytes, &t->length));
    o = t->apply ? db_transaction(cmd->db, "convention.roster", take, t)
                 : db_read(cmd->db, "convention.roster", take, t);
    if (o != DONE && (o != REFUSED || !t->roster.rows))
        return o;
    if (o == DONE && t->roster.faults.rows)
        o = problem_set(&cmd->why, PROBLEM_ROSTER_FAULTS, "file", "%s", "");
    if (cmd->json)
        cmd_print_json(describe_roster(cmd->mem, cmd->language, &t->roster));
    else
        print_roster(cmd, &t->roster);
    return o;
}

/* ---- A bulk order ---- */

struct renewing {
    struct cmd *cmd;
    const struct brand *brand;
    const struct brand_convention *convention;
    const char *method;
    struct day until; /* DAY 0: the addresses among the arguments */
    bool dry_run;
    struct placed_order placed;
    struct bulk_quote quote;
};

static enum outcome choose(struct db_tx *tx, struct renewing *r, const char *owner)
{
    struct mailbox m;
    struct day from, until;

    TRY(bulk_clear(tx, owner));
    convention_due(r->brand, db_today(tx), &from, &until);
    if (!r->cmd->argument_count)
        return bulk_add_expiring(tx, owner, r->brand->id, r->convention->id, from,
                                 r->until.n ? day_earlier(r->until, until) : until);
    for (size_t i = 0; i < r->cmd->argument_count; i++) {
        enum outcome o = mailbox_by_address(tx, r->cmd->mem, text_lower(r->cmd->mem, r->cmd->arguments[i]), &m);

        if (o == REFUSED)
            return problem_set(&r->cmd->why, PROBLEM_MAILBOX_UNKNOWN, "mailbox", "%s", "");
        TRY(o);
        TRY(bulk_add(tx, owner, m.id));
    }
    return DONE;
}

static enum outcome renew_work(struct db_tx *tx, void *arg)
{
    struct renewing *r = arg;
    struct cmd *cmd = r->cmd;
    char *owner = bulk_owner(cmd->mem, r->brand, r->convention, (struct principal){0});
    struct order_request request = {.brand = r->brand,
                                    .actor = *cmd_actor(cmd),
                                    .shop = &cmd->shop,
                                    .payment_method = r->method,
                                    .terms_accepted = true,
                                    .terms_version = brand_terms_on(&r->brand->terms, db_today(tx))->version,
                                    .language = "it",
                                    .expected = money(-1)};

    TRY(choose(tx, r, owner));
    if (!r->dry_run)
        return place_bulk(tx, cmd->mem, r->convention, owner, &request, &r->placed, &r->quote, &cmd->why);
    TRY(bulk_quote(tx, cmd->mem, r->brand, r->convention, owner, "it", &r->quote, &cmd->why));
    return bulk_clear(tx, owner);
}

static void print_renewing(struct renewing *r, enum outcome o)
{
    struct cmd *cmd = r->cmd;
    const struct bulk_quote *q = &r->quote;

    for (size_t i = 0; i < q->fault_count; i++)
        fprintf(stderr, "%s: %s\n", q->faults[i].address, problem_text(cmd->mem, cmd->language, &q->faults[i].why));
    if (o != DONE)
        return;
    printf(cmd_text(cmd, N_("Caselle: %lld; %s + IVA %s = %s\n")), (long long)q->mailboxes,
           cmd_money(cmd->mem, q->total.net), cmd_money(cmd->mem, q->total.vat), cmd_money(cmd->mem, q->total.gross));
    if (!r->dry_run)
        printf(cmd_text(cmd, N_("Ordine %s, in attesa di pagamento\n")), r->placed.order.code);
}

static enum outcome renew(struct cmd *cmd)
{
    const char *until = cmd_value(cmd, "until");
    struct renewing r = {.cmd = cmd, .method = cmd_value(cmd, "method"), .dry_run = cmd_flag(cmd, "dry-run")};
    enum outcome o;

    if (!r.method)
        r.method = "bank_transfer";
    if (until && day_parse(until, strlen(until), &r.until) != DONE)
        return cmd_usage(cmd, cmd_text(cmd, N_("«%s» non è una data: scriverla come 2027-03-15")), until);
    TRY(find(cmd, cmd_value(cmd, "convention"), &r.brand, &r.convention));
    o = db_transaction(cmd->db, "convention.renew", renew_work, &r);
    if (cmd->json && (o == DONE || r.quote.fault_count))
        cmd_print_json(json_pack("{s:o, s:I, s:I, s:I, s:I, s:o}", "order",
                                 o == DONE && !r.dry_run ? json_string(r.placed.order.code) : json_null(), "mailboxes",
                                 (json_int_t)r.quote.mailboxes, "net_cents", (json_int_t)r.quote.total.net.cents,
                                 "vat_cents", (json_int_t)r.quote.total.vat.cents, "gross_cents",
                                 (json_int_t)r.quote.total.gross.cents, "faults",
                                 describe_bulk_faults(cmd->mem, cmd->language, &r.quote)));
    else
        print_renewing(&r, o);
    return o;
}

/* ---- Who expires ---- */

struct reporting {
    struct cmd *cmd;
    const struct brand *brand;
    const struct brand_convention *convention;
    struct day from, until;
    struct cmd_list *list;
};

static enum outcome report_row(struct db_tx *tx, void *row, void *arg)
{
    struct reporting *r = arg;

    cmd_list_json(r->list, describe_member(r->brand, row, db_today(tx)));
    return DONE;
}

static enum outcome report_work(struct db_tx *tx, void *arg)
{
    struct reporting *r = arg;
    struct text_buffer out = text_buffer(r->cmd->mem);
    struct member_list list = {.brand = r->brand->id, .convention = r->convention->id, .owner = "", .search = ""};
    struct member_row row;

    convention_due(r->brand, db_today(tx), &list.from, &list.until);
    list.from = r->from.n ? r->from : list.from;
    list.until = r->until.n ? r->until : list.until;
    if (r->cmd->json)
        return members_each(tx, r->cmd->mem, &list, &row, report_row, r);
    TRY(convention_report(tx, r->cmd->mem, r->brand, r->convention, list.from, list.until, &out));
    fputs(out.bytes, stdout);
    return DONE;
}

static enum outcome report(struct cmd *cmd)
{
    const char *from = cmd_value(cmd, "from"), *until = cmd_value(cmd, "until");
    struct cmd_list list;
    struct reporting r = {.cmd = cmd, .list = &list};

    if ((from && day_parse(from, strlen(from), &r.from) != DONE) ||
        (until && day_parse(until, strlen(until), &r.until) != DONE))
        return cmd_usage(cmd, cmd_text(cmd, N_("«%s» non è una data: scriverla come 2027-03-15")),
                         from && !r.from.n ? from : until);
    TRY(find(cmd, cmd_value(cmd, "convention"), &r.brand, &r.convention));
    cmd_list_begin(&list, cmd);
    TRY(db_read(cmd->db, "convention.report", report_work, &r));
    cmd_list_end(&list);
    return DONE;
}

#define WHOSE                                                                                                          \
    {"convention", N_("ID"), N_("di quale convenzione")},                                                              \
    {                                                                                                                  \
        "brand", N_("MARCHIO"), N_("di quale marchio, se più marchi hanno una convenzione con questo ID")              \
    }
static const struct cmd_option BRAND_OPTION[] = {
    {"brand", N_("MARCHIO"), N_("di quale marchio, se più marchi hanno una convenzione con questo ID")},
    {0},
};
static const struct cmd_option ROSTER_OPTIONS[] = {
    WHOSE,
    {"apply", NULL, N_("lo applica, se non contiene errori; senza, lo controlla soltanto")},
    {0},
};
static const struct cmd_option RENEW_OPTIONS[] = {
    WHOSE,
    {"until", N_("DATA"), N_("le caselle che scadono entro questo giorno; predefinito: tutte le rinnovabili")},
    {"method", N_("MODO"), N_("modo di pagamento; predefinito bank_transfer")},
    {"dry-run", NULL, N_("mostra soltanto che cosa verrebbe ordinato")},
    {0},
};
static const struct cmd_option REPORT_OPTIONS[] = {
    WHOSE,
    {"from", N_("DATA"), N_("le scadenze da questo giorno")},
    {"until", N_("DATA"), N_("le scadenze fino a questo giorno; predefinito: quelle rinnovabili ora")},
    {0},
};

const struct cmd_command CMD_CONVENTION[] = {
    {"list", "", 0, 0, N_("le convenzioni con Ordini e Collegi"), BRAND_OPTION, NEEDS_SHOP, list, NULL},
    {"show", N_("ID"), 1, 1, N_("una convenzione e le sue caselle"), BRAND_OPTION, NEEDS_SHOP, show, NULL},
    {"roster", N_("FILE.csv"), 1, 1, N_("controlla un elenco di iscritti; con --apply lo applica"), ROSTER_OPTIONS,
     NEEDS_SHOP, take_roster, NULL},
    {"renew", N_("[INDIRIZZO…]"), 0, -1, N_("un solo ordine per le caselle degli iscritti, a carico dell'Ordine"),
     RENEW_OPTIONS, NEEDS_SHOP, renew, NULL},
    {"report", "", 0, 0, N_("chi scade, per l'Ordine: una tabella, o JSON"), REPORT_OPTIONS, NEEDS_SHOP, report, NULL},
    {0},
};
