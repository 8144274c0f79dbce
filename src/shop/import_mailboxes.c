#include "shop/import_mailboxes.h"
#include "base/i18n.h"
#include "base/log.h"
#include "base/text.h"
#include "shop/import_row.h"
#include "shop/login.h"
#include "store/domain.h"
#include "store/request.h"
#include <inttypes.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#define BATCH         500
#define SHARED_HASHES 64

/* Where an address was first met, by 128 bits of its hash under a key of this run: nobody can make two that meet. */
struct seen {
    uint64_t key[2];
    int line; /* 0: a free place */
};

struct shared_hash {
    char *password, *hash;
};

struct import {
    struct shop *shop;
    void *mem, *batch_mem;
    bool dry_run, share_hashes;
    struct mailbox_import *result;
    struct import_columns columns;
    struct day today;
    unsigned char key[crypto_shorthash_siphashx24_KEYBYTES];
    struct seen *seen;
    size_t room, used; /* of `seen`; room is a power of two */
    struct shared_hash shared[SHARED_HASHES];
    size_t shared_count;
    struct import_row rows[BATCH];
    int lines[BATCH];
    enum name_verdict verdict[BATCH];
    struct day domain_ends[BATCH]; /* as it is kept of the row's domain; the row's own where none is */
    size_t count;
};

static void add_fault(struct import *im, int line, const struct problem *problem)
{
    struct mailbox_import *r = im->result;

    if (r->fault_count == IMPORT_FAULTS_LISTED)
        return;
    if (!r->faults)
        r->faults = talloc_array(im->mem, struct row_fault, IMPORT_FAULTS_LISTED);
    r->faults[r->fault_count++] = (struct row_fault){line, *problem};
}

/* ---- First reading: is every row sound? ---- */

static struct seen *place_of(struct seen *seen, size_t room, const uint64_t key[2])
{
    size_t at = key[0] & (room - 1);

    while (seen[at].line && (seen[at].key[0] != key[0] || seen[at].key[1] != key[1]))
        at = (at + 1) & (room - 1);
    return &seen[at];
}

/* The line on which the address stood before, 0 for none; from now on it stands on `line`. */
static int met_before(struct import *im, const char *address, int line)
{
    unsigned char hash[crypto_shorthash_siphashx24_BYTES];
    struct seen *place;
    uint64_t key[2];

    if (im->used * 2 >= im->room) {
        size_t room = im->room ? im->room * 2 : 1024;
        struct seen *larger = talloc_zero_size(im, room * sizeof *larger);

        for (size_t i = 0; i < im->room; i++)
            if (im->seen[i].line)
                *place_of(larger, room, im->seen[i].key) = im->seen[i];
        talloc_free(im->seen);
        im->seen = larger;
        im->room = room;
    }
    crypto_shorthash_siphashx24(hash, (const unsigned char *)address, strlen(address), im->key);
    memcpy(key, hash, sizeof key);
    place = place_of(im->seen, im->room, key);
    if (place->line)
        return place->line;
    *place = (struct seen){{key[0], key[1]}, line};
    im->used++;
    return 0;
}

static enum outcome find_taken(struct db_tx *tx, void *arg)
{
    struct import *im = arg;

    im->today = db_today(tx);
    for (size_t i = 0; i < im->count; i++) {
        const struct mailbox *m = &im->rows[i].mailbox;
        struct domain stored;
        enum outcome o;

        TRY(name_look(tx, m->address, m->holder.tax_code, 0, &im->verdict[i]));
        im->domain_ends[i] = m->term.ends_on;
        if (!*m->domain || !*m->brand)
            continue;
        o = domain_by_name(tx, im->batch_mem, m->brand, m->domain, &stored);
        if (o == DONE)
            im->domain_ends[i] = stored.expires_on;
        else if (o != REFUSED)
            return o;
    }
    return DONE;
}

/* A domain that is known already says when its mailboxes expire. */
static void add_stored_fault(struct import *im, size_t i)
{
    const struct mailbox *m = &im->rows[i].mailbox;
    char stored[DAY_TEXT], said[DAY_TEXT];
    struct problem why;

    (void)!problem_set(&why, PROBLEM_DOMAIN_STORED, "expires_on", "%s: %s, %s", m->domain,
                       day_italian(im->domain_ends[i], stored), day_italian(m->term.ends_on, said));
    add_fault(im, im->lines[i], &why);
}

static enum outcome check_batch(struct import *im)
{
    TRY(db_read(im->shop->db, "mailboxes.check", find_taken, im));
    for (size_t i = 0; i < im->count; i++)
        if (im->verdict[i] !=
            NAME_FREE) { /* there already; or ordered by a customer, or another holder's for ever (L5) */
            struct problem why;

            (void)!problem_set(&why, im->verdict[i] == NAME_IN_USE ? PROBLEM_ALREADY_THERE : PROBLEM_NAME_TAKEN,
                               "address", "%s", "");
            add_fault(im, im->lines[i], &why);
        }
    for (size_t i = 0; i < im->count; i++)
        if (!day_same(im->domain_ends[i], im->rows[i].mailbox.term.ends_on))
            add_stored_fault(im, i);
    im->count = 0;
    talloc_free_children(im->batch_mem);
    return DONE;
}

/* All mailboxes of a domain expire with it: the first row says when. */
static bool domain_differs(struct import *im, const struct mailbox *m, int line)
{
    char day[DAY_TEXT];
    char *domain = talloc_asprintf(im->batch_mem, "%s %s", m->brand, m->domain);
    bool known = met_before(im, domain, line) != 0;
    bool same =
        met_before(im, talloc_asprintf(im->batch_mem, "%s %s", domain, day_iso(m->term.ends_on, day)), line) != 0;

    return known && !same;
}

static enum outcome check_row(struct import *im, const struct csv_row *cells)
{
    struct import_row *row = &im->rows[im->count];
    struct problems faults = {0};

    import_row_read(im->batch_mem, im->shop->brands, &im->columns, cells, im->today, row, &faults);
    if (*row->mailbox.address && met_before(im, row->mailbox.address, (int)cells->line))
        (void)problems_add(&faults, PROBLEM_REPEATED_FIELD, "address", "%s", "");
    if (*row->mailbox.domain && *row->mailbox.brand && domain_differs(im, &row->mailbox, (int)cells->line))
        (void)problems_add(&faults, PROBLEM_DOMAIN_EXPIRY, "expires_on", "%s", row->mailbox.domain);
    for (size_t i = 0; i < faults.count && i < count_of(faults.item); i++)
        add_fault(im, (int)cells->line, &faults.item[i]);
    im->result->rows++;
    im->lines[im->count++] = (int)cells->line;
    return im->count == BATCH ? check_batch(im) : DONE;
}

/* ---- Second reading: keep them ---- */

static enum outcome hash_of(struct import *im, const char *password, char **hash)
{
    for (size_t i = 0; im->share_hashes && i < im->shared_count; i++)
        if (strcmp(im->shared[i].password, password) == 0) {
            *hash = im->shared[i].hash;
            return DONE;
        }
    TRY(password_hash(im->share_hashes ? im : im->batch_mem, password, hash));
    if (im->share_hashes && im->shared_count < SHARED_HASHES)
        im->shared[im->shared_count++] = (struct shared_hash){talloc_strdup(im, password), *hash};
    return DONE;
}

static enum outcome insert_all(struct db_tx *tx, void *arg)
{
    struct import *im = arg;

    for (size_t i = 0; i < im->count; i++) {
        const struct mailbox *m = &im->rows[i].mailbox;
        bool fresh;

        if (m->domain[0] && brand_by_id(im->shop->brands, m->brand)->domains.on)
            TRY(domain_insert(tx, m->brand, m->domain, m->term.ends_on, &fresh));
        TRY(mailbox_insert(tx, &im->rows[i].mailbox));
    }
    return DONE;
}

static enum outcome insert_batch(struct import *im)
{
    TRY(db_transaction(im->shop->db, "mailboxes.import", insert_all, im));
    im->result->imported += (int64_t)im->count;
    im->count = 0;
    talloc_free_children(im->batch_mem);
    return DONE;
}

/* It passed the first reading. If it no longer does, the file was changed in between. */
static enum outcome insert_row(struct import *im, const struct csv_row *cells)
{
    struct import_row *row = &im->rows[im->count];
    struct problems faults = {0};

    import_row_read(im->batch_mem, im->shop->brands, &im->columns, cells, im->today, row, &faults);
    if (faults.count)
        return REFUSED;
    if (*row->password)
        TRY(hash_of(im, row->password, &row->mailbox.password_hash));
    return ++im->count == BATCH ? insert_batch(im) : DONE;
}

/* ---- Both ---- */

static enum outcome read_rows(struct import *im, FILE *file, bool check, struct problem *why)
{
    void *mem = talloc_new(im);
    struct csv *csv;
    struct csv_row cells;
    enum outcome o;

    if (fseeko(file, 0, SEEK_SET) != 0)
        return problem_set(why, PROBLEM_CSV, "file", "%s", N_("non rileggibile"));
    TRY(csv_open_file(mem, file, &csv, why));
    TRY(import_columns_find(csv, &im->columns, why));
    for (;;) {
        struct problem wrong = {0};

        o = csv_next(im->batch_mem, csv, &cells, &wrong);
        if (o == REFUSED && check) {
            add_fault(im, (int)cells.line, &wrong);
            continue;
        }
        if (o != DONE || !cells.cell)
            break;
        TRY(check ? check_row(im, &cells) : insert_row(im, &cells));
    }
    TRY(o);
    if (im->count)
        TRY(check ? check_batch(im) : insert_batch(im));
    talloc_free(mem);
    return DONE;
}

static enum outcome import(struct import *im, FILE *file, struct problem *why)
{
    enum outcome o;

    TRY(db_read(im->shop->db, "mailboxes.today", find_taken, im));
    TRY(read_rows(im, file, true, why));
    if (im->result->fault_count)
        return problem_set(why, PROBLEM_CSV, "file", N_("riga %d, %s"), im->result->faults[0].line,
                           im->result->faults[0].problem.field[0] ? im->result->faults[0].problem.field
                                                                  : N_("formato"));
    if (im->dry_run)
        return DONE;
    o = read_rows(im, file, false, why);
    if (o == REFUSED)
        return problem_set(why, PROBLEM_CSV, "file", N_("cambiato durante la lettura, dopo %lld righe"),
                           (long long)im->result->imported);
    return o;
}

enum outcome import_mailboxes(struct shop *shop, void *mem, FILE *file, bool dry_run, bool share_hashes,
                              struct mailbox_import *result, struct problem *why)
{
    struct import *im = talloc_zero(mem, struct import);
    enum outcome o;

    *result = (struct mailbox_import){0};
    im->shop = shop;
    im->mem = mem;
    im->dry_run = dry_run;
    im->share_hashes = share_hashes;
    im->result = result;
    im->batch_mem = talloc_new(im);
    randombytes_buf(im->key, sizeof im->key);
    o = import(im, file, why);
    talloc_free(im);
    return o;
}
