/* web/portal_documents.c: GET and POST /ordini/{code}/documenti (R67-R69): contract and identity document are put
 * there, looked at, taken away and sent; GET /ordini/{code}/documenti/{id}: one file; GET /ordini/{code}/contratto.pdf
 * (R65). */

#include "base/i18n.h"
#include "shop/contract.h"
#include "shop/documents.h"
#include "shop/present_papers.h"
#include "web/foreign.h"
#include "web/holder_form.h"
#include "web/page.h"
#include "web/portal.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

static const char *const SLOTS[] = {SLOT_CONTRACT, SLOT_IDENTITY};

struct papers_page {
    struct order order;
    struct papers papers;
    json_t *refused[count_of(SLOTS)]; /* files that were not taken: {file, text} */
    struct problems faults;
};

/* Somebody else's order reads like one that does not exist, and one of another kind has no papers. */
static enum outcome load(struct db_tx *tx, struct page *p, void *arg, struct problem *why)
{
    struct papers_page *pp = arg;
    bool seen = false;
    enum outcome o = order_by_code(tx, p->mem, http_parameter(p->req, "code"), &pp->order);

    if (o == DONE)
        o = order_seen_by(tx, &pp->order, p->visitor.who, &seen);
    if (o == DONE && seen && strcmp(pp->order.brand, p->brand->id) == 0)
        o = papers_load(tx, p->mem, pp->order.id, &pp->papers);
    else if (o == DONE)
        o = REFUSED;
    return o == REFUSED ? problem_set(why, PROBLEM_NOT_FOUND, "", "%s", "") : o;
}

/* Before it is paid there is nothing to send. */
static enum outcome load_paid(struct db_tx *tx, struct page *p, void *arg, struct problem *why)
{
    struct papers_page *pp = arg;

    TRY(load(tx, p, arg, why));
    if (!contract_is_due(&pp->papers.request))
        return problem_set(why, PROBLEM_REQUEST_STATE, "", "%s",
                           page_text(p, request_state_label(pp->papers.request.state)));
    return DONE;
}

/* ---- The page ---- */

static const struct form_field SENT[] = {FORM_IGNORE(SLOT_CONTRACT), FORM_IGNORE(SLOT_IDENTITY), FORM_END};

static bool files_are_kept(const struct page *p)
{
    return p->shop->files && p->shop->files->folder && p->shop->files->key;
}

/* What is wrong with the slot's files by name, and what is wrong with the slot itself. */
static json_t *slot_data(struct page *p, const struct papers_page *pp, size_t slot)
{
    json_t *data = present_slot(&pp->papers, SLOTS[slot], p->language);
    json_t *faults = pp->refused[slot] ? json_incref(pp->refused[slot]) : json_array();

    for (size_t i = 0; i < pp->faults.count && !json_array_size(faults) && i < count_of(pp->faults.item); i++)
        if (strcmp(pp->faults.item[i].field, SLOTS[slot]) == 0)
            json_array_append_new(faults, json_pack("{s:b, s:s}", "file", 0, "text",
                                                    problem_text(p->mem, p->language, &pp->faults.item[i])));
    json_object_set_new(data, "wrong", json_boolean(json_array_size(faults) > 0));
    json_object_set_new(data, "faults", faults);
    json_object_set_new(data, "path", json_sprintf("%s/ordini/%s/documenti", p->base, pp->order.code));
    json_object_set_new(data, "is_contract", json_boolean(slot == 0));
    json_object_set_new(data, "is_identity", json_boolean(slot == 1));
    return data;
}

static void show(struct page *p, struct papers_page *pp, int status)
{
    const struct request *r = &pp->papers.request;

    json_object_update_missing_new(p->data, present_papers(p->brand, &pp->papers, p->language));
    page_set(p, "order", json_pack("{s:s}", "code", pp->order.code));
    page_set(p, "signer", json_string(r->signer_name[0] ? r->signer_name : r->holder.name));
    page_set(p, "business", json_boolean(!holder_is_consumer((enum holder_kind)r->holder.kind)));
    page_set(p, "open", json_boolean(papers_are_awaited(&pp->papers) && files_are_kept(p)));
    page_set(p, "most_files", json_integer(DOCUMENTS_IN_SLOT));
    page_set(p, "most_mb", json_integer(DOCUMENT_BYTES >> 20));
    page_fields(p, SENT, NULL, &pp->faults);
    page_set(p, "slots", json_pack("[o, o]", slot_data(p, pp, 0), slot_data(p, pp, 1)));
    page_show(p, status, "documents", N_("Contratto e documenti"));
}

void portal_documents(struct http_request *req)
{
    struct papers_page pp = {0};
    struct page p;

    if (page_open(req, PAGE_SIGNED_IN, load_paid, &pp, &p))
        show(&p, &pp, 200);
}

/* ---- What was sent ---- */

static enum outcome add_one(struct page *p, struct papers_page *pp, size_t slot, const struct http_upload *sent)
{
    struct document_request request = {.code = pp->order.code,
                                       .slot = SLOTS[slot],
                                       .file_name = sent->filename,
                                       .bytes = sent->bytes,
                                       .length = sent->length,
                                       .actor = p->actor};
    struct problem why = {0};
    struct document document;
    enum outcome o = document_add(p->shop, p->mem, &request, &document, &why);

    if (o != REFUSED)
        return o;
    problems_put(&pp->faults, &why);
    if (!pp->refused[slot])
        pp->refused[slot] = json_array();
    json_array_append_new(pp->refused[slot], json_pack("{s:s, s:s}", "file", file_name_clean(p->mem, sent->filename),
                                                       "text", problem_text(p->mem, p->language, &why)));
    return DONE;
}

/* The good files of a choice stay, whatever is wrong with others. */
static enum outcome add_all(struct page *p, struct papers_page *pp)
{
    for (size_t i = 0; i < p->req->upload_count; i++)
        for (size_t slot = 0; slot < count_of(SLOTS); slot++)
            if (strcmp(p->req->uploads[i].field, SLOTS[slot]) == 0)
                TRY(add_one(p, pp, slot, &p->req->uploads[i]));
    return DONE;
}

struct sending {
    struct page *p;
    struct papers_page *pp;
    struct submission submission;
    struct problems faults;
};

static enum outcome send_papers(struct db_tx *tx, void *arg)
{
    struct sending *s = arg;

    return documents_send(tx, s->p->mem, s->p->shop->brands, s->pp->order.code, &s->p->actor, &s->submission,
                          &s->faults);
}

static enum outcome send_all(struct page *p, struct papers_page *pp)
{
    struct sending s = {.p = p, .pp = pp};
    enum outcome o = db_transaction(p->shop->db, "documents.send", send_papers, &s);

    pp->faults = o == REFUSED ? s.faults : pp->faults;
    return o == REFUSED && s.faults.count ? DONE : o;
}

static enum outcome reload(struct db_tx *tx, void *arg)
{
    struct sending *s = arg;

    return papers_load(tx, s->p->mem, s->pp->order.id, &s->pp->papers);
}

static enum outcome act(struct page *p, struct papers_page *pp)
{
    const char *away = form_value(&p->req->form, "togli"), *act = form_value(&p->req->form, "fare");
    struct problem why = {0};

    TRY(add_all(p, pp));
    if (away)
        TRY(document_take_back(
            p->shop, p->mem,
            &(struct taking_back){.code = pp->order.code, .id = strtoll(away, NULL, 10), .actor = p->actor}, &why));
    if (act && strcmp(act, "invia") == 0 && !pp->faults.count)
        TRY(send_all(p, pp));
    return pp->faults.count ? db_read(p->shop->db, "papers.again", reload, &(struct sending){.p = p, .pp = pp}) : DONE;
}

void portal_documents_sent(struct http_request *req)
{
    struct papers_page pp = {0};
    enum outcome o;
    struct page p;

    if (!page_open(req, PAGE_SIGNED_IN, load_paid, &pp, &p))
        return;
    o = act(&p, &pp);
    if (o != DONE)
        page_failed(&p, o, NULL);
    else if (pp.faults.count)
        show(&p, &pp, problem_status(pp.faults.item[0].code));
    else
        page_go(&p, talloc_asprintf(p.mem, "/ordini/%s/documenti", pp.order.code));
    for (size_t i = 0; i < count_of(SLOTS); i++)
        json_decref(pp.refused[i]);
}

/* ---- Files ---- */

static const struct document *document_named(const struct papers *papers, const char *id)
{
    for (size_t i = 0; id && i < papers->document_count; i++)
        if (papers->documents[i].id == strtoll(id, NULL, 10))
            return &papers->documents[i];
    return NULL;
}

void portal_show_document(struct page *p, const struct papers *papers, const char *id)
{
    const struct document *document = document_named(papers, id);
    struct problem why = {.code = PROBLEM_NOT_FOUND};
    enum outcome o = REFUSED;
    const char *type;
    size_t length;
    void *bytes;

    if (document)
        o = document_show(p->shop, p->mem, document, &type, &bytes, &length, &why);
    if (o != DONE) {
        page_failed(p, o, &why);
        return;
    }
    http_inline(p->req, "documento-%" PRId64 ".%s", document->id, strrchr(type, '/') + 1);
    foreign_show(p->req, FOREIGN_ALONE, type, bytes, length);
}

void portal_document(struct http_request *req)
{
    struct papers_page pp = {0};
    struct page p;

    if (page_open(req, PAGE_SIGNED_IN, load, &pp, &p))
        portal_show_document(&p, &pp.papers, http_parameter(req, "id"));
}

void portal_contract(struct http_request *req)
{
    struct papers_page pp = {0};
    struct problem why = {0};
    enum outcome o;
    size_t length;
    void *bytes;
    struct page p;

    if (!page_open(req, PAGE_SIGNED_IN, load_paid, &pp, &p))
        return;
    o = contract_get(p.shop, p.mem, pp.papers.request.id, &bytes, &length, &why);
    if (o != DONE) {
        page_failed(&p, o, &why);
        return;
    }
    http_inline(req, "contratto-%s.pdf", pp.order.code);
    http_reply_kept(req, 200, "application/pdf", bytes, length);
}
