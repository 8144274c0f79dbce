/* cmd/invoice_keep.c: `casella invoice register` and `conserve`: a month's register of sales, and what the law wants
 * kept of it for ten years (L29): every file as it was sent, every notice as it came, and an index with their SHA-256.
 */
#include "base/csv.h"
#include "base/log.h"
#include "cmd/invoice.h"
#include "shop/vat_register.h"
#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <talloc.h>
#include <unistd.h>

struct month {
    struct cmd *cmd;
    const struct brand *brand;
    struct day from, until;
    const char *text; /* "2026-12" */
    struct vat_register reg;
    struct text_buffer csv;
};

/* --brand and --month; the month before this one where none is given. */
static enum outcome which_month(struct cmd *cmd, struct month *m)
{
    const char *brand = cmd_value(cmd, "brand"), *month = cmd_value(cmd, "month");
    struct instant now;
    struct ymd d;
    char rest;

    *m = (struct month){.cmd = cmd, .brand = brand ? brand_by_id(&cmd->brands, brand) : NULL};
    if (!m->brand)
        return cmd_usage(cmd, cmd_text(cmd, N_("manca --%s")), "brand");
    TRY(cmd_now(cmd, &now));
    d = day_split(day_plus(rome_day(now), -day_split(rome_day(now)).day));
    if (month && (sscanf(month, "%4d-%2d%c", &d.year, &d.month, &rest) != 2 || d.year < 2000 || d.year > 2999 ||
                  d.month < 1 || d.month > 12))
        return cmd_usage(cmd, cmd_text(cmd, N_("«%s» non è un mese: scrivere 2026-12")), month);
    m->from = day_of(d.year, d.month, 1);
    m->until = day_plus(d.month == 12 ? day_of(d.year + 1, 1, 1) : day_of(d.year, d.month + 1, 1), -1);
    m->text = talloc_asprintf(cmd->mem, "%04d-%02d", d.year, d.month);
    return DONE;
}

/* ---- register ---- */

static enum outcome load_register(struct db_tx *tx, void *arg)
{
    struct month *m = arg;

    TRY(vat_register_load(tx, m->cmd->mem, m->brand, m->from, m->until, &m->reg));
    m->csv = text_buffer(m->cmd->mem);
    return vat_register_csv(tx, m->cmd->mem, &m->reg, &m->csv);
}

enum outcome cmd_invoice_register(struct cmd *cmd)
{
    struct month m;

    TRY(which_month(cmd, &m));
    TRY(db_read(cmd->db, "invoice.register", load_register, &m));
    if (cmd->json)
        cmd_print_json(vat_register_describe(&m.reg, m.text));
    else
        fputs(m.csv.bytes ? m.csv.bytes : "", stdout);
    if (!m.reg.gapless)
        cmd_say(cmd, "%s", cmd_text(cmd, N_("attenzione: nella numerazione mancano dei numeri")));
    return DONE;
}

/* ---- conserve ---- */

struct keeping {
    struct month *month;
    const char *folder;
    struct text_buffer index;
    struct vat_document document;
    int64_t *ids;
    size_t id_count;
    int written, kept;
};

/* What is kept of one document, in one snapshot. */
struct papers {
    void *mem;
    int64_t id;
    struct invoice invoice;
    struct sdi_sending *sendings;
    struct sdi_paper *notices;
    struct invoice_file *files;
    size_t file_count, notice_count;
};

static enum outcome note_id(struct db_tx *tx, void *row, void *arg)
{
    struct keeping *k = arg;
    const struct vat_document *d = row;

    (void)tx;
    if (k->id_count % 1000 == 0)
        k->ids = talloc_realloc(k->month->cmd->mem, k->ids, int64_t, (unsigned)(k->id_count + 1000));
    k->ids[k->id_count++] = d->invoice.id;
    return DONE;
}

static enum outcome list_documents(struct db_tx *tx, void *arg)
{
    struct keeping *k = arg;
    const struct month *m = k->month;

    k->id_count = 0;
    return vat_each(tx, m->cmd->mem, m->brand->id, m->from, m->until, &k->document, note_id, k);
}

static enum outcome load_papers(struct db_tx *tx, void *arg)
{
    struct papers *p = arg;

    TRY(invoice_by_id(tx, p->mem, p->id, &p->invoice));
    TRY(sdi_sendings_of(tx, p->mem, p->id, &p->sendings, &p->file_count));
    p->files = talloc_array(p->mem, struct invoice_file, (unsigned)p->file_count + 1);
    for (size_t i = 0; i < p->file_count; i++)
        TRY(invoice_file_of(tx, p->mem, p->id, p->sendings[i].attempt, &p->files[i]));
    TRY(sdi_notices_of(tx, p->mem, p->id, &p->notices, &p->notice_count));
    for (size_t i = 0; i < p->notice_count; i++)
        TRY(sdi_notice_by_id(tx, p->mem, p->notices[i].id, &p->notices[i]));
    return DONE;
}

/* Whether the file is there with these bytes: whoever was interrupted goes on behind what is done. */
static bool is_there(void *mem, const char *path, const struct db_blob *bytes)
{
    FILE *file = fopen(path, "re");
    char *found = talloc_size(mem, bytes->length + 1);
    bool same = file && fread(found, 1, bytes->length + 1, file) == bytes->length &&
                memcmp(found, bytes->bytes, bytes->length) == 0;

    if (file)
        fclose(file);
    return same;
}

static enum outcome keep_one(struct keeping *k, void *mem, const char *what, const char *number, struct day on,
                             const char *name, const struct db_blob *bytes, const char *sha256)
{
    char *path = talloc_asprintf(mem, "%s/%s", k->folder, name), day[DAY_TEXT];
    const char *cells[] = {what, number, day_iso(on, day), name, sha256};

    if (is_there(mem, path, bytes)) {
        k->kept++;
    } else {
        TRY(cmd_write_whole(k->month->cmd, path, bytes));
        k->written++;
    }
    for (size_t i = 0; i < count_of(cells); i++)
        csv_put(&k->index, cells[i], false);
    csv_put(&k->index, talloc_asprintf(mem, "%zu", bytes->length), true);
    return DONE;
}

static enum outcome keep_document(struct keeping *k, int64_t id)
{
    struct cmd *cmd = k->month->cmd;
    struct papers p = {.mem = talloc_new(cmd->mem), .id = id};
    enum outcome o = db_read(cmd->db, "invoice.papers", load_papers, &p);
    const char *number = o == DONE ? invoice_number_text(p.mem, &p.invoice) : "";

    for (size_t i = 0; o == DONE && i < p.file_count; i++)
        o = keep_one(k, p.mem, "fattura", number, p.invoice.issued_on, p.files[i].name, &p.files[i].bytes,
                     p.files[i].sha256);
    for (size_t i = 0; o == DONE && i < p.notice_count; i++) {
        const struct sdi_paper *n = &p.notices[i];

        /* One name may stand for two notices where SdI, or somebody, wrote it twice. */
        o = keep_one(k, p.mem, n->kind[0] ? n->kind : "notifica", number, rome_day(n->received_at),
                     talloc_asprintf(p.mem, "%.8s-%s", n->sha256, n->name), &n->bytes, n->sha256);
    }
    talloc_free(p.mem);
    return o;
}

static enum outcome make_folder(struct cmd *cmd, const char *path)
{
    if (mkdir(path, 0700) == 0 || errno == EEXIST)
        return DONE;
    return problem_unwritable(&cmd->why, path);
}

/* The index comes last: where it is, the rest is whole. */
static enum outcome write_index(struct keeping *k)
{
    struct db_blob bytes = {.bytes = k->index.bytes, .length = strlen(k->index.bytes)};

    return cmd_write_whole(k->month->cmd, talloc_asprintf(k->month->cmd->mem, "%s/indice.csv", k->folder), &bytes);
}

enum outcome cmd_invoice_conserve(struct cmd *cmd)
{
    static const char *const HEADER[] = {"tipo", "numero", "data", "file", "sha256", "byte"};
    const char *to = cmd_value(cmd, "to");
    struct keeping k = {0};
    struct month m;
    char *above;

    TRY(which_month(cmd, &m));
    above = talloc_asprintf(cmd->mem, "%s/%s", to ? to : ".", m.brand->id);
    k = (struct keeping){
        .month = &m, .folder = talloc_asprintf(cmd->mem, "%s/%s", above, m.text), .index = text_buffer(cmd->mem)};
    TRY(make_folder(cmd, to ? to : "."));
    TRY(make_folder(cmd, above));
    TRY(make_folder(cmd, k.folder));
    for (size_t i = 0; i < count_of(HEADER); i++)
        csv_put(&k.index, HEADER[i], i + 1 == count_of(HEADER));
    TRY(db_read(cmd->db, "invoice.list", list_documents, &k));
    for (size_t i = 0; i < k.id_count; i++) {
        TRY(keep_document(&k, k.ids[i]));
        cmd_progress((void *)cmd_text(cmd, N_("documenti")), (int64_t)i + 1, (int64_t)k.id_count);
    }
    cmd_progress_end();
    TRY(write_index(&k));
    if (cmd->json)
        cmd_print_json(json_pack("{s:s, s:I, s:i, s:i}", "folder", k.folder, "documents", (json_int_t)k.id_count,
                                 "written", k.written, "kept", k.kept));
    else
        printf("%s\n", k.folder);
    return DONE;
}
