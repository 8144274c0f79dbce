/* web/api_documents.c: GET and POST /api/v1/orders/{code}/documents: the papers of a purchase. A form holds the files,
 * under "contract" and "identity"; they are put there and sent in one go. */

#include "shop/describe_papers.h"
#include "web/api.h"
#include <string.h>
#include <talloc.h>

struct sending {
    const char *code;
    struct order order;
    struct papers papers;
    struct submission submission;
};

/* Another brand's order reads like one that is not there. */
static enum outcome find(struct db_tx *tx, struct call *c, void *arg)
{
    struct sending *s = arg;
    enum outcome o = order_by_code(tx, c->mem, s->code, &s->order);

    if (o == DONE)
        o = api_sees(c, s->order.brand) ? papers_load(tx, c->mem, s->order.id, &s->papers) : REFUSED;
    return o == REFUSED ? api_refuse(c, PROBLEM_NOT_FOUND, "", "%s", "") : o;
}

static enum outcome tell(struct db_tx *tx, struct call *c, void *arg)
{
    struct sending *s = arg;

    TRY(find(tx, c, s));
    c->body = describe_papers(s->order.code, &s->papers);
    return DONE;
}

void api_documents(struct http_request *req)
{
    struct sending s = {.code = http_parameter(req, "code")};
    struct call c;

    if (api_open(req, RIGHT_READ, &c) && api_read(&c, tell, &s))
        api_send(&c);
}

/* ---- Sending ---- */

static enum outcome send_papers(struct db_tx *tx, struct call *c, void *arg)
{
    struct sending *s = arg;
    struct problems all;
    enum outcome o;

    TRY(find(tx, c, s));
    o = documents_send(tx, c->mem, c->shop->brands, s->code, &c->actor, &s->submission, &all);
    for (size_t i = 0; o == REFUSED && i < all.count && i < count_of(all.item); i++)
        (void)api_refuse(c, all.item[i].code, all.item[i].field, "%s", all.item[i].detail);
    TRY(o);
    c->status = 201;
    return tell(tx, c, s);
}

static void check_form(struct call *c)
{
    const struct http_request *req = c->req;

    for (size_t i = 0; i < req->form.count; i++)
        (void)api_refuse(c, PROBLEM_UNKNOWN_FIELD, "", "%.60s", req->form.pair[i].name);
    for (size_t i = 0; i < req->upload_count; i++)
        if (strcmp(req->uploads[i].field, SLOT_CONTRACT) != 0 && strcmp(req->uploads[i].field, SLOT_IDENTITY) != 0)
            (void)api_refuse(c, PROBLEM_UNKNOWN_FIELD, "", "%.60s", req->uploads[i].field);
}

static enum outcome add_all(struct call *c, const struct sending *s)
{
    const struct http_request *req = c->req;

    for (size_t i = 0; i < req->upload_count; i++) {
        const struct http_upload *sent = &req->uploads[i];
        struct problem why = {0};
        struct document document;
        enum outcome o = document_add(c->shop, c->mem,
                                      &(struct document_request){.code = s->code,
                                                                 .slot = sent->field,
                                                                 .file_name = sent->filename,
                                                                 .bytes = sent->bytes,
                                                                 .length = sent->length,
                                                                 .actor = c->actor},
                                      &document, &why);

        if (o == REFUSED)
            (void)api_refuse(c, why.code, why.field, "%s", why.detail);
        else if (o != DONE)
            return o;
    }
    return c->faults.count ? REFUSED : DONE;
}

void api_documents_post(struct http_request *req)
{
    struct sending *s = talloc_zero(req->mem, struct sending);
    enum outcome o;
    struct call c;

    if (!api_open_post(req, RIGHT_SELL, &c))
        return;
    s->code = http_parameter(req, "code");
    check_form(&c);
    if (!api_is_new(&c))
        return;
    if (!api_read(&c, find, s))
        return;
    /* At the desk already: the same again, under another key, finds what was sent. */
    o = s->papers.request.state == REQUEST_IN_REVIEW ? DONE : add_all(&c, s);
    if (o != DONE)
        api_fail(&c, o);
    else if (api_write(&c, send_papers, s))
        api_send(&c);
}
