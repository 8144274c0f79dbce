/* cmd/invoice.c: `casella invoice export`: the electronic invoices as files. */
#include "base/log.h"
#include "cmd/cmd.h"
#include "shop/describe.h"
#include "shop/paper.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <talloc.h>
#include <unistd.h>

#define PAGE 200

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
    return problem_set(&cmd->why, PROBLEM_CONFIG, "", "%.120s: %s", path, strerror(errno));
}

/* Whole or not at all: written beside, synced, renamed. */
static enum outcome write_file(struct cmd *cmd, const char *path, const struct db_blob *bytes)
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
        TRY(write_file(cmd, path, &file.bytes));
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

static enum outcome export(struct cmd *cmd) {
    const char *folder = cmd_value(cmd, "to"); struct page p = {0}; struct cmd_list list; enum outcome o = DONE;

    folder = folder ? folder : "."; if (mkdir(folder, 0700) != 0 && errno != EEXIST) return unwritable(cmd, folder);
    cmd_list_begin(&list, cmd);
    do {p.mem = talloc_new(cmd->mem); o = db_read(cmd->db, "invoice.export", load, &p);
        if (o == DONE) o = export_page(cmd, &p, folder, &list);
        p.after = o == DONE && p.count ? p.invoices[p.count - 1].id : p.after; talloc_free(p.mem);}
while (o == DONE && p.count == PAGE);
cmd_list_end(&list);
cmd_progress_end();
return o;
}

const struct cmd_command CMD_INVOICE[] = {
    {"export", "", 0, 0, N_("scrive le fatture elettroniche in una cartella"), OPTIONS, NEEDS_SHOP, export, NULL},
    {0},
};
