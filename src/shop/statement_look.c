#include "shop/statement_look.h"
#include <string.h>
#include <talloc.h>
#include <unistd.h>

enum { MATCHED, HELD, KNOWN, OUTCOMES };
static const char *const OUTCOME[OUTCOMES] = {"matched", "held", "known"};

struct looking {
    void *mem;
    struct statement_upload *upload;
    struct statement_line *lines; /* the first of each outcome */
    size_t count, kept[OUTCOMES];
    int64_t line;
};

static char *cut(void *mem, const char *text)
{
    return talloc_strdup(mem, text ? text : "");
}

/* Sums are only shown; one that does not fit stays as it is. */
static void sum_up(struct statement_upload *u, const struct statement_payment *p, int outcome)
{
    struct money *sum = outcome == MATCHED ? &u->matched_sum : &u->held_sum;

    if (outcome != KNOWN && p->amount_fits && strcmp(p->currency, "EUR") == 0)
        (void)!money_add(*sum, p->amount, sum);
}

static enum outcome keep_line(void *arg, const struct statement_payment *p, const struct settled_entry *s,
                              const char *order_code)
{
    struct looking *l = arg;
    int outcome = s->how == SETTLED_MATCHED ? MATCHED : s->how == SETTLED_HELD ? HELD : KNOWN;

    l->line++;
    sum_up(l->upload, p, outcome);
    if (l->kept[outcome]++ >= STATEMENT_LINES)
        return DONE;
    l->lines[l->count++] =
        (struct statement_line){.line = l->line,
                                .outcome = (char *)OUTCOME[outcome],
                                .amount = p->amount,
                                .currency = cut(l->mem, p->currency),
                                .booked_on = p->booked_on,
                                .debtor = cut(l->mem, p->debtor),
                                .remittance = cut(l->mem, p->remittance),
                                .reason = (char *)(outcome == HELD ? held_reason_name(s->reason) : ""),
                                .order_code = cut(l->mem, order_code)};
    return DONE;
}

static enum outcome write_down(struct db_tx *tx, void *arg)
{
    struct looking *l = arg;

    TRY(statement_upload_insert(tx, l->upload));
    for (size_t i = 0; i < l->count; i++)
        TRY(statement_line_insert(tx, l->upload->id, &l->lines[i]));
    return DONE;
}

static void take_counts(struct statement_upload *u, const struct import_result *r)
{
    u->statements = r->statements;
    u->entries = r->entries;
    u->matched = r->matched;
    u->held = r->held;
    u->known = r->duplicates;
    u->ignored = r->ignored;
    u->unbalanced = r->unbalanced;
}

enum outcome statement_look(struct shop *shop, const struct files *files, void *mem, const struct statement_sent *sent,
                            struct statement_upload *u, struct problem *why)
{
    struct looking l = {.mem = mem, .upload = u};
    struct statement_import import = {.shop = shop,
                                      .reader = sent->reader,
                                      .brand = sent->brand,
                                      .account = sent->account,
                                      .actor = sent->actor,
                                      .look = keep_line,
                                      .look_arg = &l};
    struct import_result result;
    char sha256[FILE_HASH_TEXT];
    enum outcome o;

    if (!files || !files->folder)
        return problem_set(why, PROBLEM_FILES, "file", "%s", "");
    *u = (struct statement_upload){.brand = (char *)sent->brand,
                                   .file_name = file_name_clean(mem, sent->file_name),
                                   .length = (int64_t)sent->length,
                                   .account = (char *)sent->account,
                                   .uploaded_by = (char *)sent->actor.name};
    TRY(file_keep(files, mem, sent->bytes, sent->length, sha256));
    u->file_sha256 = talloc_strdup(mem, sha256);
    l.lines = talloc_array(mem, struct statement_line, OUTCOMES * STATEMENT_LINES);
    TRY(file_open(files, mem, sha256, &import.file));
    o = import_statement(mem, &import, &result, why);
    close(import.file);
    TRY(o);
    take_counts(u, &result);
    return db_transaction(shop->db, "statement.looked", write_down, &l);
}

/* ---- Afterwards ---- */

struct closing {
    void *mem;
    int64_t id;
    const char *brand, *state, *event;
    const struct actor *actor;
    struct statement_upload *upload;
    bool changed;
    struct problem *why;
};

static enum outcome find(struct db_tx *tx, void *arg)
{
    struct closing *c = arg;
    enum outcome o = statement_upload_by_id(tx, c->mem, c->id, c->upload);

    if (o == DONE && c->brand[0] && strcmp(c->brand, c->upload->brand) != 0)
        o = REFUSED;
    return o == REFUSED ? problem_set(c->why, PROBLEM_NOT_FOUND, "", "%s", "") : o;
}

static enum outcome close_it(struct db_tx *tx, void *arg)
{
    struct closing *c = arg;
    const struct statement_upload *u = c->upload;
    json_t *data;
    enum outcome o;

    TRY(statement_upload_close(tx, u, c->state, c->actor->name, &c->changed));
    if (!c->changed)
        return DONE;
    data = json_pack("{s:I, s:s, s:s, s:I, s:I, s:I}", "upload", (json_int_t)u->id, "file", u->file_name, "sha256",
                     u->file_sha256, "matched", (json_int_t)u->matched, "held", (json_int_t)u->held, "known",
                     (json_int_t)u->known);
    o = event_record(tx, u->brand, c->actor, c->event, 0, 0, data);
    json_decref(data);
    return o;
}

enum outcome statement_book(struct shop *shop, const struct files *files, void *mem, statement_reader *reader,
                            int64_t id, const char *brand, const struct actor *actor, struct statement_upload *u,
                            struct problem *why)
{
    struct closing c = {mem, id, brand, "booked", "statement.booked", actor, u, false, why};
    struct statement_import import = {.shop = shop, .reader = reader, .brand = brand, .actor = *actor};
    struct import_result result;
    enum outcome o;

    TRY(db_read(shop->db, "statement.find", find, &c));
    if (strcmp(u->state, "looked") != 0)
        return strcmp(u->state, "booked") == 0 ? DONE : problem_set(why, PROBLEM_STATEMENT_GONE, "", "%s", "");
    import.account = u->account;
    o = file_open(files, mem, u->file_sha256, &import.file);
    if (o == REFUSED)
        return problem_set(why, PROBLEM_STATEMENT_GONE, "", "%s", "");
    TRY(o);
    o = import_statement(mem, &import, &result, why);
    close(import.file);
    TRY(o);
    take_counts(u, &result);
    TRY(db_transaction(shop->db, "statement.booked", close_it, &c));
    return db_read(shop->db, "statement.find", find, &c);
}

enum outcome statement_drop(struct shop *shop, void *mem, int64_t id, const char *brand, const struct actor *actor,
                            struct problem *why)
{
    struct statement_upload u;
    struct closing c = {mem, id, brand, "dropped", "statement.dropped", actor, &u, false, why};

    TRY(db_read(shop->db, "statement.find", find, &c));
    if (strcmp(u.state, "booked") == 0)
        return problem_set(why, PROBLEM_STATEMENT_GONE, "", "%s", "");
    return db_transaction(shop->db, "statement.dropped", close_it, &c);
}
