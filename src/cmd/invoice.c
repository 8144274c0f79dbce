/* cmd/invoice.c: `casella invoice export`, `send`, `notices`, `again`: the electronic invoices as files, and their way
 * through SdI. */
#include "cmd/invoice.h"
#include "base/log.h"
#include "base/text.h"
#include "jobs/sdi.h"
#include "link/mailer.h"
#include "shop/describe.h"
#include "shop/paper.h"
#include "shop/public_order.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <talloc.h>
#include <unistd.h>

#define PAGE        200
#define NOTICE_MOST ((size_t)1 << 20)

static const struct cmd_option OPTIONS[] = {
    {"to", N_("CARTELLA"), N_("dove scrivere i file XML; predefinita quella corrente")},
    {0},
};

struct page {
    void *mem;
    int64_t after;
    struct invoice *invoices;
    const char **orders;
    size_t count;
};

static enum outcome load(struct db_tx *tx, void *arg)
{
    struct page *p = arg;

    TRY(invoices_after(tx, p->mem, p->after, PAGE, &p->invoices, &p->count));
    p->orders = talloc_zero_array(p->mem, const char *, (unsigned)p->count + 1);
    for (size_t i = 0; i < p->count; i++) {
        struct order order;

        TRY(order_by_id(tx, p->mem, p->invoices[i].order_id, &order));
        p->orders[i] = order.code;
    }
    return DONE;
}

static enum outcome unwritable(struct cmd *cmd, const char *path)
{
    return problem_unwritable(&cmd->why, path);
}

enum outcome cmd_write_whole(struct cmd *cmd, const char *path, const struct db_blob *bytes)
{
    char *beside = talloc_asprintf(cmd->mem, "%s.part", path);
    FILE *file = fopen(beside, "we");
    bool written = file && fwrite(bytes->bytes, 1, bytes->length, file) == bytes->length && fflush(file) == 0 &&
                   fsync(fileno(file)) == 0;

    if (file && fclose(file) != 0)
        written = false;
    if (written && rename(beside, path) == 0)
        return DONE;
    unwritable(cmd, path);
    unlink(beside);
    return REFUSED;
}

static enum outcome export_page(struct cmd *cmd, const struct page *p, const char *folder, struct cmd_list *list)
{
    for (size_t i = 0; i < p->count; i++) {
        struct invoice_file file;
        char *path;

        TRY(invoice_file_get(&cmd->shop, p->mem, p->invoices[i].id, &file));
        path = talloc_asprintf(p->mem, "%s/%s", folder, file.name);
        TRY(cmd_write_whole(cmd, path, &file.bytes));
        if (cmd->json) {
            json_t *row = describe_invoice(p->mem, &p->invoices[i], p->orders[i]);

            json_object_set_new(row, "file", json_string(path));
            json_object_set_new(row, "sha256", json_string(file.sha256));
            cmd_list_json(list, row);
        } else {
            list->count++;
            puts(path);
        }
        cmd_progress((void *)cmd_text(cmd, N_("fatture")), (int64_t)list->count, 0);
    }
    return DONE;
}

static enum outcome export_all(struct cmd *cmd)
{
    const char *folder = cmd_value(cmd, "to");
    struct page p = {0};
    struct cmd_list list;
    enum outcome o = DONE;

    folder = folder ? folder : ".";
    if (mkdir(folder, 0700) != 0 && errno != EEXIST)
        return unwritable(cmd, folder);
    cmd_list_begin(&list, cmd);
    do {
        p.mem = talloc_new(cmd->mem);
        o = db_read(cmd->db, "invoice.export", load, &p);
        if (o == DONE)
            o = export_page(cmd, &p, folder, &list);
        p.after = o == DONE && p.count ? p.invoices[p.count - 1].id : p.after;
        talloc_free(p.mem);
    } while (o == DONE && p.count == PAGE);
    cmd_list_end(&list);
    cmd_progress_end();
    return o;
}

/* ---- SdI ---- */

static enum outcome open_channels(struct cmd *cmd)
{
    struct mailer *mailer = talloc(cmd->mem, struct mailer);

    TRY(cmd_open_mailer(cmd, mailer));
    TRY(cmd_open_sdi(cmd, mailer));
    return cmd->shop.sdi->count ? DONE : problem_set(&cmd->why, PROBLEM_SDI_CHANNEL, "", "%s", "");
}

/* Those that wait, whatever made them wait; the jobs would do the same within the hour. */
static enum outcome send_all(struct cmd *cmd)
{
    struct sdi_channels *channels;
    int64_t sent = 0;

    TRY(open_channels(cmd));
    channels = (struct sdi_channels *)cmd->shop.sdi;
    for (size_t i = 0; i < channels->count; i++) {
        int64_t after = 0;

        for (bool more = true; more;) {
            struct sdi_batch batch = {.brand = channels->all[i].brand, .after = after};
            void *mem = talloc_new(cmd->mem);
            enum outcome o = sdi_send_batch(&cmd->shop, mem, &batch, &cmd->why);

            sent += batch.sent;
            after = batch.after;
            more = batch.more;
            talloc_free(mem);
            TRY(o);
        }
    }
    if (cmd->json)
        cmd_print_json(json_pack("{s:I}", "sent", (json_int_t)sent));
    else
        printf(cmd_text(cmd, N_("Fatture inviate: %lld\n")), (long long)sent);
    return DONE;
}

struct given {
    struct cmd *cmd;
    const char *brand;
    struct cmd_list list;
    bool unreadable; /* one of them is no notice */
};

static enum outcome hear(struct given *g, const char *name, const void *bytes, size_t length)
{
    struct cmd *cmd = g->cmd;
    struct sdi_heard heard;

    TRY(sdi_notice_given(&cmd->shop, cmd->mem, g->brand, name, bytes, length, &heard));
    g->unreadable |= heard.effect == SDI_UNREADABLE;
    if (cmd->json)
        cmd_list_json(&g->list, json_pack("{s:s, s:s, s:b, s:I}", "name", name, "effect", sdi_effect_name(heard.effect),
                                          "repeated", heard.repeated, "invoice", (json_int_t)heard.invoice_id));
    else
        printf("%s: %s\n", name, cmd_text(cmd, heard.repeated ? N_("già letta") : sdi_effect_label(heard.effect)));
    return DONE;
}

static enum outcome hear_file(struct given *g, const char *path)
{
    const char *slash = strrchr(path, '/');
    char *bytes = talloc_size(g->cmd->mem, NOTICE_MOST);
    size_t length = 0;
    ssize_t n = 1;
    int file;

    TRY(cmd_open_file(g->cmd, path, &file));
    while (n > 0 && length < NOTICE_MOST)
        if ((n = read(file, bytes + length, NOTICE_MOST - length)) > 0)
            length += (size_t)n;
    close(file);
    return n < 0 ? unwritable(g->cmd, path) : hear(g, slash ? slash + 1 : path, bytes, length);
}

/* Files that are named, as carried by hand; without any, what the channels have brought. */
static enum outcome notices(struct cmd *cmd)
{
    struct given g = {.cmd = cmd, .brand = cmd_value(cmd, "brand")};
    enum outcome o = DONE;
    int taken = 0;

    if (!cmd->argument_count) {
        TRY(open_channels(cmd));
        TRY(sdi_collect(&cmd->shop, cmd->mem, 100000, &taken));
        if (cmd->json)
            cmd_print_json(json_pack("{s:i}", "notices", taken));
        else
            printf(cmd_text(cmd, N_("Notifiche lette: %d\n")), taken);
        return DONE;
    }
    if (!g.brand || !brand_by_id(&cmd->brands, g.brand))
        return cmd_usage(cmd, cmd_text(cmd, N_("manca --%s")), "brand");
    cmd_list_begin(&g.list, cmd);
    for (size_t i = 0; i < cmd->argument_count && o == DONE; i++)
        o = hear_file(&g, cmd->arguments[i]);
    cmd_list_end(&g.list);
    if (o != DONE || !g.unreadable)
        return o;
    cmd->told = true; /* of each, in its row */
    return REFUSED;
}

struct again {
    struct cmd *cmd;
    struct sdi_again again;
};

static enum outcome do_again(struct db_tx *tx, void *arg)
{
    struct again *a = arg;

    return sdi_send_again(tx, a->cmd->mem, &a->again, &a->cmd->why);
}

static enum outcome send_again(struct cmd *cmd)
{
    struct again a = {.cmd = cmd, .again = {.late = cmd_flag(cmd, "late"), .actor = *cmd_actor(cmd)}};

    TRY(cmd_id(cmd, cmd->arguments[0], &a.again.invoice_id));
    return db_transaction(cmd->db, "sdi.again", do_again, &a);
}

struct noting {
    struct cmd *cmd;
    struct public_request request;
};

static enum outcome do_note(struct db_tx *tx, void *arg)
{
    struct noting *n = arg;

    return public_order_note(tx, n->cmd->mem, &n->cmd->brands, &n->request, &n->cmd->why);
}

static enum outcome note_public(struct cmd *cmd)
{
    const char *cig = cmd_value(cmd, "cig"), *cup = cmd_value(cmd, "cup"), *act = cmd_value(cmd, "commit");
    struct noting n = {.cmd = cmd,
                       .request = {.code = cmd->arguments[0],
                                   .cig = cig ? cig : "",
                                   .cup = cup ? cup : "",
                                   .act = act ? act : "",
                                   .commit = act != NULL,
                                   .actor = *cmd_actor(cmd)}};

    return db_transaction(cmd->db, "invoice.public", do_note, &n);
}

static const struct cmd_option PUBLIC_OPTIONS[] = {
    {"cig", N_("CODICE"), N_("codice identificativo di gara, 10 caratteri")},
    {"cup", N_("CODICE"), N_("codice unico di progetto, 15 caratteri")},
    {"commit", N_("ATTO"), N_("l'atto con cui l'ente si impegna a pagare: l'ordine si evade subito")},
    {0},
};
static const struct cmd_option SEND_OPTIONS[] = {CMD_MAIL_OPTIONS, {0}};
static const struct cmd_option NOTICE_OPTIONS[] = {
    {"brand", N_("MARCHIO"), N_("di quale marchio sono le notifiche nei file indicati")},
    CMD_MAIL_OPTIONS,
    {0},
};
static const struct cmd_option AGAIN_OPTIONS[] = {
    {"late", NULL, N_("anche oltre i cinque giorni dallo scarto")},
    {0},
};

static const struct cmd_option REGISTER_OPTIONS[] = {
    {"brand", N_("MARCHIO"), N_("di quale marchio")},
    {"month", N_("MESE"), N_("quale mese, ad esempio 2026-12; predefinito lo scorso")},
    {0},
};
static const struct cmd_option CONSERVE_OPTIONS[] = {
    {"brand", N_("MARCHIO"), N_("di quale marchio")},
    {"month", N_("MESE"), N_("quale mese, ad esempio 2026-12; predefinito lo scorso")},
    {"to", N_("CARTELLA"), N_("dove scrivere; ogni marchio e mese ha la sua sottocartella")},
    {0},
};

const struct cmd_command CMD_INVOICE[] = {
    {"export", "", 0, 0, N_("scrive le fatture elettroniche in una cartella"), OPTIONS, NEEDS_SHOP, export_all, NULL},
    {"send", "", 0, 0, N_("invia allo SdI le fatture che attendono"), SEND_OPTIONS, NEEDS_SHOP, send_all, NULL},
    {"notices", N_("[FILE…]"), 0, -1, N_("legge le notifiche dello SdI, dai canali o dai file indicati"),
     NOTICE_OPTIONS, NEEDS_SHOP, notices, NULL},
    {"again", N_("FATTURA"), 1, 1, N_("invia di nuovo una fattura scartata, con lo stesso numero"), AGAIN_OPTIONS,
     NEEDS_SHOP, send_again, NULL},
    {"public", N_("ORDINE"), 1, 1, N_("registra i codici e l'impegno di un ente pubblico"), PUBLIC_OPTIONS, NEEDS_SHOP,
     note_public, NULL},
    {"register", "", 0, 0, N_("scrive il registro IVA delle vendite di un mese, in CSV"), REGISTER_OPTIONS, NEEDS_SHOP,
     cmd_invoice_register, NULL},
    {"conserve", "", 0, 0, N_("prepara un mese per la conservazione: file, notifiche e indice con gli hash"),
     CONSERVE_OPTIONS, NEEDS_SHOP, cmd_invoice_conserve, NULL},
    {0},
};
