#include "shop/person.h"
#include "rules/taxid.h"
#include "shop/files.h"
#include <string.h>
#include <talloc.h>

struct exporting {
    void *mem;
    const char *tax_code, *brand;
    const struct actor *actor;
    struct instant now;
    json_t *tables;
    struct person_file *files;
    size_t count;
};

static enum outcome load(struct db_tx *tx, void *arg)
{
    struct exporting *e = arg;

    e->now = db_now(tx);
    TRY(person_rows(tx, e->mem, e->tax_code, e->brand, &e->tables));
    return person_files(tx, e->mem, e->tax_code, e->brand, &e->files, &e->count);
}

/* The log keeps who was asked about by a hash: it is never changed, and outlives what was told. */
static enum outcome record(struct db_tx *tx, void *arg)
{
    struct exporting *e = arg;
    char hash[FILE_HASH_TEXT];
    json_t *data;
    enum outcome o;

    file_hash(e->tax_code, strlen(e->tax_code), hash);
    data = json_pack("{s:s}", "subject", hash);
    o = event_record(tx, e->brand, e->actor, "person.exported", 0, 0, data);
    json_decref(data);
    return o;
}

static json_t *put_together(const struct exporting *e)
{
    char at[INSTANT_TEXT];
    json_t *files = json_array();

    for (size_t i = 0; i < e->count; i++)
        json_array_append_new(files, json_pack("{s:s, s:s, s:s}", "sha256", e->files[i].sha256, "name",
                                               e->files[i].name, "slot", e->files[i].slot));
    return json_pack("{s:s, s:s, s:o, s:o}", "tax_code", e->tax_code, "exported_at", instant_rfc3339(e->now, at),
                     "tables", e->tables, "files", files);
}

enum outcome person_export(struct shop *shop, void *mem, const char *typed, const char *brand,
                           const struct actor *actor, json_t **out, struct problem *why)
{
    struct exporting e = {.mem = mem, .tax_code = taxid_clean(mem, typed), .brand = brand, .actor = actor};
    enum outcome o;

    TRY(db_read(shop->db, "person.export", load, &e));
    if (json_object_size(e.tables) == 0) {
        json_decref(e.tables);
        return problem_set(why, PROBLEM_NOT_FOUND, "tax_code", "%s", "");
    }
    o = db_transaction(shop->db, "person.exported", record, &e);
    if (o == DONE)
        *out = put_together(&e);
    else
        json_decref(e.tables);
    return o;
}
