#include "shop/contract.h"
#include "base/log.h"
#include "paper/contract.h"
#include "shop/files.h"
#include "store/proof.h"
#include <string.h>
#include <talloc.h>

struct work {
    struct shop *shop;
    void *mem;
    int64_t id;
    struct problem *why;
    struct request request;
    struct order_facts facts;
    struct stored_file file;
    struct day today;
    const char *version; /* of the text that it was made with */
};

bool contract_is_due(const struct request *r)
{
    return (r->state >= REQUEST_DOCS_PENDING && r->state <= REQUEST_ACTIVE) || r->contract_sha256[0];
}

/* ---- What it says ---- */

static const char *other_address(void *mem, const struct order_facts *f, const char *name)
{
    return name[0] ? talloc_asprintf(mem, "%s@%s", name, f->brand->domain) : "";
}

struct contract_paper *contract_paper_of(void *mem, const struct order_facts *f, const struct request *r,
                                         struct day today)
{
    struct contract_paper *paper = talloc_zero(mem, struct contract_paper);
    const struct brand_plan *plan = brand_plan_by_id(f->brand, r->plan);
    const struct brand_terms *text = brand_terms_on(&f->brand->purchase.contract, today);
    int others = 0;

    *paper = (struct contract_paper){.seller = &f->brand->seller,
                                     .provider = f->brand->provider,
                                     .holder = &r->holder,
                                     .phone = r->phone,
                                     .signer_name = r->signer_name,
                                     .signer_tax_code = r->signer_tax_code,
                                     .product = f->brand->purchase.product,
                                     .plan = plan ? plan->name : r->plan,
                                     .years = r->years,
                                     .net = f->order.total.net,
                                     .vat = f->order.total.vat,
                                     .gross = f->order.total.gross,
                                     .vat_rate_bp = f->order.total.vat_rate_bp,
                                     .address = talloc_asprintf(paper, "%s@%s", r->held_name, f->brand->domain),
                                     .start_now = r->start_now,
                                     .order_code = f->order.code,
                                     .ordered_on = rome_day(f->order.confirmed_at),
                                     .paid_on = rome_day(r->paid_at),
                                     .text = text->text,
                                     .version = text->version,
                                     .sha256 = text->sha256,
                                     .brand_name = f->brand->name,
                                     .colour = f->brand->light.brand};
    for (int i = 0; i < NAMES; i++)
        if (strcmp(r->name[i], r->held_name) != 0)
            paper->alternatives[others++] = other_address(paper, f, r->name[i]);
    return paper;
}

/* ---- Making it once ---- */

static enum outcome load(struct db_tx *tx, void *arg)
{
    struct work *w = arg;
    struct order order;
    enum outcome o = request_by_id(tx, w->mem, w->id, &w->request);

    if (o == REFUSED)
        return problem_set(w->why, PROBLEM_NOT_FOUND, "", "%s", "");
    TRY(o);
    if (!contract_is_due(&w->request))
        return problem_set(w->why, PROBLEM_REQUEST_STATE, "", "%s", request_state_label(w->request.state));
    TRY(order_by_id(tx, w->mem, w->request.order_id, &order));
    w->today = db_today(tx);
    return order_facts_load(tx, w->mem, w->shop->brands, &order, &w->facts);
}

/* Whoever comes first says which bytes it is; the other's are left where they are, and nobody asks for them. */
static enum outcome fix(struct db_tx *tx, void *arg)
{
    struct work *w = arg;
    bool changed;

    TRY(load(tx, w));
    if (w->request.contract_sha256[0])
        return DONE;
    TRY(stored_file_keep(tx, &w->file));
    w->request.contract_version = (char *)w->version;
    w->request.contract_sha256 = w->file.sha256;
    TRY(request_update(tx, &w->request, w->request.state, &changed));
    return changed ? DONE : BUSY;
}

static enum outcome make(struct work *w)
{
    char sha256[FILE_HASH_TEXT];
    size_t length;
    void *bytes;
    struct contract_paper *paper = contract_paper_of(w->mem, &w->facts, &w->request, w->today);

    w->version = paper->version;
    TRY(contract_pdf(w->mem, paper, &bytes, &length));
    TRY(file_keep(w->shop->files, w->mem, bytes, length, sha256));
    w->file = (struct stored_file){
        .sha256 = talloc_strdup(w->mem, sha256), .content_type = (char *)"application/pdf", .length = (int64_t)length};
    return db_transaction(w->shop->db, "contract.fix", fix, w);
}

enum outcome contract_get(struct shop *shop, void *mem, int64_t request_id, void **bytes, size_t *length,
                          struct problem *why)
{
    struct work w = {.shop = shop, .mem = mem, .id = request_id, .why = why};
    enum outcome o;

    TRY(db_read(shop->db, "contract.load", load, &w));
    if (!shop->files || !shop->files->folder)
        return problem_set(why, PROBLEM_FILES, "", "%s", "");
    if (!w.request.contract_sha256[0])
        TRY(make(&w));
    o = file_read(shop->files, mem, w.request.contract_sha256, bytes, length);
    return o == REFUSED ? log_broken("contract.missing", LOG_INT("request", request_id)) : o;
}
