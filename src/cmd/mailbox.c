/* cmd/mailbox.c: `casella mailbox import|export|show|renewal` */
#include "base/text.h"
#include "cmd/cmd.h"
#include "cmd/mailbox_end.h"
#include "shop/describe.h"
#include "shop/import_mailboxes.h"
#include "shop/inipec.h"
#include <string.h>
#include <talloc.h>
#include <unistd.h>

#define PAGE 1000

/* ---- One mailbox ---- */

struct one {
    struct cmd *cmd;
    struct mailbox mailbox;
    const struct brand *brand;
    const char *open_order;
    struct day today;
};

static enum outcome load(struct db_tx *tx, void *arg)
{
    struct one *one = arg;
    struct cmd *cmd = one->cmd;
    struct order order;
    enum outcome o = mailbox_by_address(tx, cmd->mem, text_lower(cmd->mem, cmd->arguments[0]), &one->mailbox);

    one->today = db_today(tx);
    if (o == REFUSED)
        return problem_set(&cmd->why, PROBLEM_MAILBOX_UNKNOWN, "", "%s", "");
    TRY(o);
    one->brand = brand_by_id(&cmd->brands, one->mailbox.brand);
    if (!one->brand)
        return problem_set(&cmd->why, PROBLEM_BRAND, "brand", "%s", "");
    if (!one->mailbox.open_order_id)
        return DONE;
    TRY(order_by_id(tx, cmd->mem, one->mailbox.open_order_id, &order));
    one->open_order = order.code;
    return DONE;
}

static const char *const PHASE_LABEL[] = {[PHASE_ACTIVE] = N_("attiva"),
                                          [PHASE_EXPIRING] = N_("in scadenza"),
                                          [PHASE_EXPIRED] = N_("scaduta"),
                                          [PHASE_CEASED] = N_("cessata")};

/* What it does now: what was done to it, or else what its dates say. */
static const char *state_label(const struct mailbox *m, struct day today, const struct renewal_policy *policy)
{
    static const struct {
        enum mailbox_status status;
        const char *label;
    } DONE_TO[] = {
        {MAILBOX_SUSPENDED, N_("sospesa")}, {MAILBOX_CEASED, N_("cessata")}, {MAILBOX_DELETED, N_("cancellata")}};

    for (size_t i = 0; i < count_of(DONE_TO); i++)
        if (strcmp(m->status, mailbox_status_name(DONE_TO[i].status)) == 0)
            return DONE_TO[i].label;
    return PHASE_LABEL[term_phase(m->term.ends_on, today, policy)];
}

static enum outcome show(struct cmd *cmd)
{
    struct one one = {.cmd = cmd};
    const struct mailbox *m = &one.mailbox;
    struct renewal_policy policy;

    TRY(db_read(cmd->db, "mailbox.show", load, &one));
    policy = brand_renewal(one.brand, m->domain[0]);
    if (cmd->json) {
        cmd_print_json(describe_mailbox(one.brand, m, one.today, one.open_order));
        return DONE;
    }
    printf("%s  %s, %s (%s)\n", m->address, m->plan, cmd_text(cmd, state_label(m, one.today, &policy)), m->status);
    printf(cmd_text(cmd,
                    N_("Scade il %s; invia fino al %s, riceve fino al %s, legge fino al %s, si rinnova fino al %s\n")),
           cmd_day(cmd->mem, m->term.ends_on), cmd_day(cmd->mem, m->allowed.send_until),
           cmd_day(cmd->mem, m->allowed.receive_until), cmd_day(cmd->mem, m->allowed.read_until),
           cmd_day(cmd->mem, m->allowed.renew_until));
    if (m->quota_mb)
        printf(cmd_text(cmd, N_("Spazio: %lld MB usati su %lld\n")), (long long)m->used_mb, (long long)m->quota_mb);
    else
        printf(cmd_text(cmd, N_("Spazio: %lld MB usati\n")), (long long)m->used_mb);
    printf(cmd_text(cmd, N_("Titolare %s, %s, %s\n")), m->holder.name, m->holder.tax_code, m->holder.email);
    if (one.open_order)
        printf(cmd_text(cmd, N_("Ordine aperto: %s\n")), one.open_order);
    return DONE;
}

static void print_option(struct cmd *cmd, const json_t *option)
{
    int years = (int)json_integer_value(json_object_get(option, "years"));
    const char *iso = json_string_value(json_object_get(option, "new_expires_on"));
    char *gross = cmd_money(cmd->mem, money(json_integer_value(json_object_get(option, "gross_cents"))));
    struct day expires = {0};

    if (iso && day_parse(iso, strlen(iso), &expires) != DONE)
        expires = (struct day){0};
    if (years == 1)
        printf(cmd_text(cmd, N_("  1 anno: %s con IVA, nuova scadenza %s\n")), gross, cmd_day(cmd->mem, expires));
    else
        printf(cmd_text(cmd, N_("  %d anni: %s con IVA, nuova scadenza %s\n")), years, gross,
               cmd_day(cmd->mem, expires));
}

static enum outcome renewal(struct cmd *cmd)
{
    struct one one = {.cmd = cmd};
    json_t *described, *option;
    size_t i;

    TRY(db_read(cmd->db, "mailbox.renewal", load, &one));
    described = describe_renewal(cmd->mem, cmd->language, one.brand, &one.mailbox, one.today, one.open_order);
    if (cmd->json) {
        cmd_print_json(described);
        return DONE;
    }
    printf(cmd_text(cmd, N_("%s scade il %s\n")), one.mailbox.address, cmd_day(cmd->mem, one.mailbox.term.ends_on));
    if (!json_is_true(json_object_get(described, "eligible")))
        puts(json_string_value(json_object_get(described, "detail")));
    json_array_foreach(json_object_get(described, "options"), i, option) print_option(cmd, option);
    json_decref(described);
    return DONE;
}

/* ---- Import ---- */

static const struct cmd_option IMPORT_OPTIONS[] = {
    {"dry-run", NULL, N_("controlla soltanto: non importa nulla")},
    {0},
};

static void print_faults(struct cmd *cmd, const struct mailbox_import *r)
{
    for (size_t i = 0; i < r->fault_count; i++)
        cmd_tell_row(cmd, r->faults[i].line, &r->faults[i].problem);
}

static json_t *faults_json(struct cmd *cmd, const struct mailbox_import *r)
{
    json_t *list = json_array();

    for (size_t i = 0; i < r->fault_count; i++) {
        json_t *fault = describe_problem(cmd->mem, cmd->language, &r->faults[i].problem);

        json_object_set_new(fault, "line", json_integer(r->faults[i].line));
        json_array_append_new(list, fault);
    }
    return list;
}

static enum outcome import(struct cmd *cmd)
{
    bool dry_run = cmd_flag(cmd, "dry-run");
    struct mailbox_import r = {0};
    enum outcome o;
    FILE *stream;
    int file;

    TRY(cmd_open_file(cmd, cmd->arguments[0], &file));
    stream = fdopen(file, "r");
    if (!stream) {
        close(file);
        return BROKEN;
    }
    o = import_mailboxes(&cmd->shop, cmd->mem, stream, dry_run, false, &r, &cmd->why);
    fclose(stream);
    if (o != DONE)
        print_faults(cmd, &r);
    if (cmd->json && (o == DONE || r.fault_count))
        cmd_print_json(json_pack("{s:I, s:I, s:b, s:o}", "rows", (json_int_t)r.rows, "imported", (json_int_t)r.imported,
                                 "dry_run", dry_run, "faults", faults_json(cmd, &r)));
    else if (o == DONE && dry_run)
        printf(cmd_text(cmd, N_("Righe: %lld, nessun errore; nulla è stato importato.\n")), (long long)r.rows);
    else if (o == DONE)
        printf(cmd_text(cmd, N_("Caselle importate: %lld.\n")), (long long)r.imported);
    else if (o != REFUSED && r.imported)
        cmd_say(cmd, cmd_text(cmd, N_("interrotto; righe importate, dalla prima: %lld")), (long long)r.imported);
    return o;
}

/* ---- Export: what import takes, without passwords ---- */

static const char COLUMNS[] =
    "brand,address,user_id,plan,password,holder_kind,holder_name,tax_code,vat_number,contact_email,"
    "activated_on,expires_on,auto_renew,convention,domain,extra_gb,street,postcode,city,province,"
    "country,sdi_code,sdi_pec";

static void put_cell(const char *text, bool last)
{
    if (strpbrk(text, ",;\"\r\n")) {
        fputc('"', stdout);
        for (; *text; text++) {
            if (*text == '"')
                fputc('"', stdout);
            fputc(*text, stdout);
        }
        fputc('"', stdout);
    } else {
        fputs(text, stdout);
    }
    fputc(last ? '\n' : ',', stdout);
}

static void put_row(const struct mailbox *m)
{
    const struct billing *h = &m->holder;
    char activated[DAY_TEXT], expires[DAY_TEXT], extra[24];

    snprintf(extra, sizeof extra, "%lld", (long long)m->extra_gb);
    const char *cells[] = {m->brand,
                           m->address,
                           m->user_id,
                           m->plan,
                           "",
                           m->holder_kind,
                           h->name,
                           h->tax_code,
                           h->vat_number,
                           h->email,
                           day_iso(m->activated_on, activated),
                           day_iso(m->term.ends_on, expires),
                           m->auto_renew ? "true" : "false",
                           m->convention,
                           m->domain,
                           extra,
                           h->street,
                           h->postcode,
                           h->city,
                           h->province,
                           h->country,
                           h->sdi_code,
                           h->sdi_pec};

    for (size_t i = 0; i < count_of(cells); i++)
        put_cell(cells[i], i + 1 == count_of(cells));
}

struct export
{
    struct cmd *cmd;
    struct cmd_list *list;
    int64_t done;
};

static enum outcome export_one(struct export *e, struct db_tx *tx, const struct mailbox *m)
{
    const struct brand *brand = brand_by_id(&e->cmd->brands, m->brand);

    e->done++;
    if (strcmp(m->status, mailbox_status_name(MAILBOX_DELETED)) == 0)
        return DONE;
    if (!e->cmd->json)
        put_row(m);
    else if (brand)
        cmd_list_json(e->list, describe_mailbox(brand, m, db_today(tx), NULL));
    return DONE;
}

/* All in one snapshot, a page in memory at a time. */
static enum outcome export_all(struct db_tx *tx, void *arg)
{
    struct export *e = arg;
    int64_t after = 0;
    size_t count;

    do {
        void *mem = talloc_new(e->cmd->mem);
        struct mailbox *page;
        enum outcome o = mailboxes_after(tx, mem, after, PAGE, &page, &count);

        for (size_t i = 0; o == DONE && i < count; i++) {
            o = export_one(e, tx, &page[i]);
            after = page[i].id;
        }
        talloc_free(mem);
        TRY(o);
        cmd_progress((void *)cmd_text(e->cmd, N_("caselle")), e->done, 0);
    } while (count == PAGE);
    return DONE;
}

/* ---- Export: what registers ask for (docs/inipec.md) ---- */

static const struct cmd_option EXPORT_OPTIONS[] = {
    {"inipec", NULL, N_("ciò che è cambiato, nella forma degli elenchi per INI-PEC")},
    {"brand", N_("MARCHIO"), N_("con --inipec: di quale marchio")},
    {"since", N_("DATA"), N_("con --inipec: da quale giorno (2027-03-01)")},
    {0},
};

struct registering {
    struct cmd *cmd;
    const struct brand *brand;
    struct day since;
    struct text_buffer out;
    int64_t lines;
};

static enum outcome report(struct db_tx *tx, void *arg)
{
    struct registering *r = arg;

    r->out = text_buffer(r->cmd->mem);
    return inipec_report(tx, r->cmd->mem, r->brand, r->since, &r->out, &r->lines, &r->cmd->why);
}

static enum outcome export_inipec(struct cmd *cmd)
{
    const char *id = cmd_value(cmd, "brand"), *since = cmd_value(cmd, "since");
    struct registering r = {.cmd = cmd};

    if (!id || !since)
        return cmd_usage(cmd, cmd_text(cmd, N_("manca --%s")), id ? "since" : "brand");
    if (day_parse(since, strlen(since), &r.since) != DONE)
        return cmd_usage(cmd, cmd_text(cmd, N_("non è una data: %s")), since);
    r.brand = brand_by_id(&cmd->brands, id);
    if (!r.brand)
        return problem_set(&cmd->why, PROBLEM_BRAND, "brand", "%s", "");
    TRY(db_read(cmd->db, "mailbox.inipec", report, &r));
    fwrite(r.out.bytes, 1, r.out.length, stdout);
    return DONE;
}

static enum outcome export_mailboxes(struct cmd *cmd)
{
    struct cmd_list list;
    struct export e = {cmd, &list, 0};

    if (cmd_flag(cmd, "inipec"))
        return export_inipec(cmd);
    if (cmd_value(cmd, "brand") || cmd_value(cmd, "since"))
        return cmd_usage(cmd, "%s", cmd_text(cmd, N_("--brand e --since valgono con --inipec")));
    cmd_list_begin(&list, cmd);
    if (!cmd->json)
        puts(COLUMNS);
    TRY(db_read(cmd->db, "mailbox.export", export_all, &e));
    cmd_list_end(&list);
    return DONE;
}

const struct cmd_command CMD_MAILBOX[] = {
    {"import", N_("FILE.csv"), 1, 1, N_("aggiunge caselle da una tabella; con un solo errore non importa nulla"),
     IMPORT_OPTIONS, NEEDS_SHOP, import, NULL},
    {"export", "", 0, 0, N_("tutte le caselle, nelle colonne dell'importazione, senza password"), EXPORT_OPTIONS,
     NEEDS_SHOP, export_mailboxes, NULL},
    {"show", N_("INDIRIZZO"), 1, 1, N_("una casella e che cosa può fare"), NULL, NEEDS_SHOP, show, NULL},
    {"renewal", N_("INDIRIZZO"), 1, 1, N_("se si può rinnovare, per quanto e a che prezzo"), NULL, NEEDS_SHOP, renewal,
     NULL},
    {"end", N_("INDIRIZZO"), 1, 1, N_("disdetta: alla scadenza, o subito"), MAILBOX_END_OPTIONS, NEEDS_SHOP,
     cmd_mailbox_end, NULL},
    {"changes", "", 0, 0, N_("quelle con un tipo più piccolo, che aspettano di avere meno posta"),
     MAILBOX_CHANGES_OPTIONS, NEEDS_SHOP, cmd_mailbox_changes, NULL},
    {"hold", N_("INDIRIZZO"), 1, 1, N_("vincolo di legge: il contenuto non viene cancellato"), MAILBOX_HOLD_OPTIONS,
     NEEDS_SHOP, cmd_mailbox_hold, NULL},
    {"holders", N_("INDIRIZZO"), 1, 1, N_("chi la tiene, e chi la teneva quando"), MAILBOX_HOLDERS_OPTIONS, NEEDS_SHOP,
     cmd_mailbox_holders, NULL},
    {0},
};
