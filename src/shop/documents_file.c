/* shop/documents_file.c: one file of the papers: taken, shown, given back, forgotten. */
#include "base/log.h"
#include "shop/documents_parts.h"
#include "shop/upload.h"
#include "store/proof.h"
#include <stdio.h>
#include <string.h>
#include <talloc.h>

/* ---- Looking at it ---- */

struct adding {
    struct shop *shop;
    void *mem;
    const struct document_request *request;
    struct signature signature;
    struct stored_file file;
    struct document *document;
    struct problem *why;
    bool found; /* it is there already */
};

/* Of an envelope only a PDF is taken: what was signed must be what everybody sees. */
static enum outcome find_type(struct adding *a, const char **type)
{
    const struct document_request *r = a->request;
    const struct signature_reader *reader = a->shop->signatures;

    if (r->length == 0 || r->length > DOCUMENT_BYTES)
        return upload_type(r->bytes, r->length, DOCUMENT_BYTES, type, a->why);
    a->signature = (struct signature){.signer = "", .tax_code = "", .content = r->bytes, .content_length = r->length};
    if (reader)
        TRY(reader->read(reader->arg, a->mem, r->bytes, r->length, &a->signature, a->why));
    if (a->signature.state == SIGNATURE_BROKEN)
        return REFUSED;
    TRY(upload_type(a->signature.content, a->signature.content_length, DOCUMENT_BYTES, type, a->why));
    if (!a->signature.enveloped)
        return DONE;
    if (strcmp(*type, "application/pdf") != 0)
        return problem_set(a->why, PROBLEM_FILE_TYPE, "file", "%s", "P7M");
    *type = DOCUMENT_ENVELOPE;
    return DONE;
}

static enum outcome scan_bytes(const struct scanner *scanner, const void *bytes, size_t length, struct problem *why)
{
    enum outcome o = scanner->scan(scanner->arg, bytes, length, why);

    if (o == BUSY) /* not taken unseen where a scanner was asked for */
        return problem_set(why, PROBLEM_SCANNER, "file", "%s", "");
    return o;
}

static enum outcome scan(struct adding *a)
{
    const struct scanner *scanner = a->shop->files->scanner;

    if (!scanner)
        return DONE;
    TRY(scan_bytes(scanner, a->request->bytes, a->request->length, a->why));
    if (a->signature.enveloped)
        TRY(scan_bytes(scanner, a->signature.content, a->signature.content_length, a->why));
    a->file.scanned_at = clock_now();
    return DONE;
}

/* ---- Taking it ---- */

static enum outcome may_add(struct db_tx *tx, struct adding *a, struct papers *papers)
{
    const struct document_request *r = a->request;

    TRY(papers_seek(tx, a->mem, r->code, r->change_id, papers, a->why));
    a->found = false;
    for (size_t i = 0; i < papers->document_count; i++) {
        const struct document *d = &papers->documents[i];

        if (d->submission_id || strcmp(d->slot, r->slot) != 0 || strcmp(d->file_sha256, a->file.sha256) != 0)
            continue;
        *a->document = *d;
        a->found = true;
        return DONE;
    }
    TRY(papers_may_come(papers, "file", a->why));
    if (papers_waiting(papers, r->slot) >= DOCUMENTS_IN_SLOT)
        return problem_set(a->why, PROBLEM_DOCUMENT_MANY, "file", "%d", DOCUMENTS_IN_SLOT);
    if (papers->document_count >= DOCUMENTS_IN_ALL)
        return problem_set(a->why, PROBLEM_DOCUMENT_MANY, "file", "%d", DOCUMENTS_IN_ALL);
    return DONE;
}

static enum outcome ask(struct db_tx *tx, void *arg)
{
    struct papers papers;

    return may_add(tx, arg, &papers);
}

static enum outcome insert(struct db_tx *tx, void *arg)
{
    struct adding *a = arg;
    struct papers papers;

    TRY(may_add(tx, a, &papers)); /* again: it may have changed while the file was looked at */
    if (a->found)
        return DONE;
    TRY(stored_file_keep(tx, &a->file));
    *a->document = (struct document){.request_id = papers.whose.request_id,
                                     .change_id = papers.whose.change_id,
                                     .slot = talloc_strdup(a->mem, a->request->slot),
                                     .file_sha256 = a->file.sha256,
                                     .file_name = file_name_clean(a->mem, a->request->file_name),
                                     .content_type = a->file.content_type,
                                     .length = a->file.length,
                                     .signature = (char *)signature_state_name(a->signature.state),
                                     .signer = (char *)a->signature.signer,
                                     .signer_tax_code = (char *)a->signature.tax_code,
                                     .signed_at = a->signature.signed_at};
    TRY(document_insert(tx, a->document));
    return papers_note(tx, &papers, &a->request->actor, "document.added",
                       json_pack("{s:I, s:s, s:s, s:s}", "document", (json_int_t)a->document->id, "slot",
                                 a->document->slot, "sha256", a->file.sha256, "signature", a->document->signature));
}

static enum outcome add(struct adding *a)
{
    const struct document_request *r = a->request;
    char sha256[FILE_HASH_TEXT];
    const char *type;

    if (!a->shop->files || !a->shop->files->folder || !a->shop->files->key)
        return problem_set(a->why, PROBLEM_FILES, "file", "%s", "");
    if (strcmp(r->slot, SLOT_IDENTITY) != 0 && (r->change_id || strcmp(r->slot, SLOT_CONTRACT) != 0))
        return problem_set(a->why, PROBLEM_NOT_A_CHOICE, "slot", "%s", "");
    file_hash(r->bytes, r->length, sha256);
    a->file.sha256 = talloc_strdup(a->mem, sha256);
    TRY(db_read(a->shop->db, "document.may", ask, a));
    if (a->found)
        return DONE;
    TRY(find_type(a, &type));
    a->file.content_type = talloc_strdup(a->mem, type);
    a->file.length = (int64_t)r->length;
    TRY(scan(a));
    TRY(file_seal(a->shop->files, a->mem, r->bytes, r->length, sha256, a->why));
    return db_transaction(a->shop->db, "document.add", insert, a);
}

enum outcome document_add(struct shop *shop, void *mem, const struct document_request *request,
                          struct document *document, struct problem *why)
{
    struct adding a = {.shop = shop, .mem = mem, .request = request, .document = document, .why = why};
    enum outcome o = add(&a);

    if (o == REFUSED && strcmp(why->field, "file") == 0)
        snprintf(why->field, sizeof why->field, "%s", request->slot);
    return o;
}

/* ---- Giving it back ---- */

struct taking {
    void *mem;
    const struct taking_back *request;
    struct problem *why;
    char *sha256; /* whose bytes nobody needs any more; NULL: somebody does */
};

static enum outcome take(struct db_tx *tx, void *arg)
{
    struct taking *t = arg;
    const struct taking_back *r = t->request;
    struct papers papers;
    struct document document;
    int64_t others;
    bool removed;
    enum outcome o;

    t->sha256 = NULL;
    TRY(papers_seek(tx, t->mem, r->code, r->change_id, &papers, t->why));
    o = document_by_id(tx, t->mem, r->id, &document);
    if (o != DONE)
        return o == REFUSED ? DONE : o;
    TRY(document_remove(tx, r->id, papers.whose, &removed));
    if (!removed)
        return DONE;
    TRY(documents_of_file(tx, document.file_sha256, &others));
    t->sha256 = others ? NULL : document.file_sha256;
    return papers_note(tx, &papers, &r->actor, "document.taken_back",
                       json_pack("{s:I, s:s}", "document", (json_int_t)r->id, "slot", document.slot));
}

enum outcome document_take_back(struct shop *shop, void *mem, const struct taking_back *request, struct problem *why)
{
    struct taking t = {.mem = mem, .request = request, .why = why};

    TRY(db_transaction(shop->db, "document.take_back", take, &t));
    return t.sha256 && shop->files ? file_shred(shop->files, mem, t.sha256) : DONE;
}

/* ---- Showing it ---- */

enum outcome document_show(struct shop *shop, void *mem, const struct document *document, const char **type,
                           void **bytes, size_t *length, struct problem *why)
{
    const struct signature_reader *reader = shop->signatures;
    struct signature signature;
    enum outcome o =
        document->purged_at.us ? REFUSED : file_unseal(shop->files, mem, document->file_sha256, bytes, length);

    if (o == REFUSED)
        return problem_set(why, PROBLEM_NOT_FOUND, "", "%s", "");
    TRY(o);
    *type = document->content_type;
    if (strcmp(*type, DOCUMENT_ENVELOPE) != 0 || !reader)
        return DONE;
    TRY(reader->read(reader->arg, mem, *bytes, *length, &signature, why));
    *bytes = (void *)signature.content;
    *length = signature.content_length;
    *type = "application/pdf";
    return DONE;
}

/* ---- Forgetting it ---- */

#define KEEP_DOCUMENTS_MONTHS 30 /* where a brand sells nothing new and says none */

struct purging {
    void *mem;
    const struct brand *brand;
    int limit;
    struct document *documents;
    size_t count;
    const struct document *one;
    int64_t others;
};

static enum outcome find_old(struct db_tx *tx, void *arg)
{
    struct purging *p = arg;
    int months = p->brand->purchase.on ? p->brand->purchase.keep_documents_months : KEEP_DOCUMENTS_MONTHS;
    struct day ended = day_add_months(db_today(tx), -months, 0);

    return documents_to_purge(tx, p->mem, p->brand->id, ended, p->limit, &p->documents, &p->count);
}

static enum outcome count_others(struct db_tx *tx, void *arg)
{
    struct purging *p = arg;

    return documents_of_file(tx, p->one->file_sha256, &p->others);
}

static enum outcome mark(struct db_tx *tx, void *arg)
{
    struct purging *p = arg;
    struct papers papers = {.whose = {p->one->request_id, p->one->change_id}};

    TRY(document_purged(tx, p->one->id));
    TRY(papers.whose.change_id ? holder_change_by_id(tx, p->mem, papers.whose.change_id, &papers.change)
                               : request_by_id(tx, p->mem, papers.whose.request_id, &papers.request));
    return papers_note(tx, &papers, &(struct actor){.door = "job", .name = "system"}, "document.purged",
                       json_pack("{s:I, s:s}", "document", (json_int_t)p->one->id, "sha256", p->one->file_sha256));
}

/* The bytes first: whoever dies in between leaves a row that is purged again, never bytes that nobody knows of. */
static enum outcome purge_one(struct shop *shop, struct purging *p)
{
    TRY(db_read(shop->db, "document.others", count_others, p));
    if (p->others <= 1)
        TRY(file_shred(shop->files, p->mem, p->one->file_sha256));
    return db_transaction(shop->db, "document.purge", mark, p);
}

enum outcome documents_purge(struct shop *shop, void *mem, int limit, int *purged)
{
    *purged = 0;
    if (!shop->files || !shop->files->folder)
        return DONE;
    for (size_t i = 0; i < shop->brands->count && *purged < limit; i++) {
        struct purging p = {.mem = mem, .brand = &shop->brands->all[i], .limit = limit - *purged};

        if (!p.brand->purchase.on && !p.brand->holder_change.on)
            continue;
        TRY(db_read(shop->db, "documents.old", find_old, &p));
        for (size_t k = 0; k < p.count; k++, ++*purged) {
            p.one = &p.documents[k];
            TRY(purge_one(shop, &p));
        }
    }
    return DONE;
}
