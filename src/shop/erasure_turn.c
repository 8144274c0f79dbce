/* shop/erasure_turn.c: what is due is erased, files first; and what people and programs are told of an erasure. */
#include "base/i18n.h"
#include "shop/day_sweep.h"
#include "shop/describe.h"
#include "shop/erasure.h"
#include "shop/files.h"
#include <string.h>
#include <talloc.h>

struct run {
    struct shop *shop;
    void *mem;
    const struct erasure_kind *kind;
    struct erasure_file *files;
    size_t file_count;
    int64_t done;
    bool due;
};

static enum outcome look(struct db_tx *tx, void *arg)
{
    return erasure_is_due(tx, arg);
}

static enum outcome list_files(struct db_tx *tx, void *arg)
{
    struct run *r = arg;

    return erasure_files(tx, r->mem, r->kind, &r->files, &r->file_count);
}

static enum outcome mark(struct db_tx *tx, void *arg)
{
    struct run *r = arg;

    return erasure_do(tx, r->mem, r->kind, &r->done);
}

/* The bytes first: whoever dies in between leaves a row that is erased again, never bytes that nobody knows of. */
static enum outcome run_kind(struct run *r)
{
    struct files const *files = r->shop->files;

    r->done = 0;
    r->file_count = 0;
    if (r->kind->files)
        TRY(db_read(r->shop->db, "erasure.files", list_files, r));
    if (r->file_count && (!files || !files->folder))
        return BUSY;
    for (size_t i = 0; i < r->file_count; i++)
        if (!r->files[i].needed)
            TRY(file_forget(files, r->mem, r->files[i].sha256));
    return db_transaction_rows(r->shop->db, "erasure.do", mark, r);
}

static enum outcome record(struct db_tx *tx, void *arg)
{
    static const struct actor SYSTEM = {"job", "system"};
    json_t *data = json_pack("{s:I}", "rows", (json_int_t)((struct run *)arg)->done);
    enum outcome o = event_record(tx, "", &SYSTEM, "person.term_over", 0, 0, data);

    json_decref(data);
    return o;
}

enum outcome erasures_run(struct shop *shop, void *mem, int64_t *done)
{
    struct run r = {.shop = shop, .mem = mem};
    enum outcome late = DONE;

    TRY(db_read(shop->db, "erasure.due", look, &r.due));
    for (size_t i = 0; r.due && i < ERASURE_KIND_COUNT; i++) {
        enum outcome o;

        r.kind = &ERASURE_KINDS[i];
        o = r.kind->erase ? run_kind(&r) : DONE;
        if (o == BUSY) /* what has no file does not wait for it */
            late = BUSY;
        else
            TRY(o);
        *done += o == DONE ? r.done : 0;
    }
    return late;
}

enum outcome day_erasures(struct day_turn *turn, int64_t *done)
{
    struct run r = {.done = 0};
    enum outcome o = erasures_run(turn->shop, turn->mem, &r.done);

    *done += r.done;
    if (o == DONE && r.done)
        o = db_transaction(turn->shop->db, "erasure.record", record, &r);
    return o == BUSY ? DONE : o; /* without a folder the others of the day go on */
}

/* ---- In words ---- */

char *erasure_obstacle_words(void *mem, const char *language, const struct erasure_obstacle *obstacle)
{
    static const struct {
        const char *kind, *label;
    } LABELS[] = {
        {"mailbox", N_("la casella {} non è ancora cancellata")},
        {"order", N_("l'ordine {} è aperto")},
        {"change", N_("per la casella {} è in corso un cambio di intestatario")},
        {"payment", N_("il pagamento {} è in corso")},
        {"money", N_("c'è denaro in sospeso per {}")},
        {"wallet", N_("il conto prepagato di {} non è a zero")},
        {"refund", N_("un rimborso per {} non è ancora stato fatto")},
        {"proof", N_("la contabile per l'ordine {} aspetta un esito o l'accredito")},
        {"legal_hold", N_("sulla casella {} c'è un vincolo di conservazione")},
        {"hold", N_("la cancellazione della casella {} è sospesa")},
    };

    for (size_t i = 0; i < count_of(LABELS); i++)
        if (strcmp(LABELS[i].kind, obstacle->kind) == 0) {
            const char *label = i18n(language, LABELS[i].label), *at = strstr(label, "{}");

            return talloc_asprintf(mem, "%.*s%s%s", (int)(at - label), label, obstacle->what, at + 2);
        }
    return obstacle->what;
}

static json_t *describe_line(const char *language, const struct erasure_line *l)
{
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:I, s:I, s:I, s:o, s:o}", "kind", l->kind->name, "label",
                     i18n(language, l->kind->label), "class", retention_name(l->kind->class), "basis",
                     i18n(language, retention_basis(l->kind->class)), "deed", i18n(language, l->kind->deed), "now",
                     (json_int_t)l->now, "later", (json_int_t)l->later, "open", (json_int_t)l->open, "first",
                     describe_day(l->first), "last", describe_day(l->last));
}

json_t *describe_erasure(void *mem, const char *language, const struct erasure_look *look)
{
    json_t *obstacles = json_array(), *lines = json_array();

    for (size_t i = 0; i < look->obstacle_count; i++)
        json_array_append_new(obstacles, json_pack("{s:s, s:s, s:s}", "kind", look->obstacles[i].kind, "what",
                                                   look->obstacles[i].what, "words",
                                                   erasure_obstacle_words(mem, language, &look->obstacles[i])));
    for (size_t i = 0; i < look->line_count; i++)
        json_array_append_new(lines, describe_line(language, &look->lines[i]));
    return json_pack("{s:s, s:o, s:o}", "person", look->ref, "obstacles", obstacles, "lines", lines);
}
