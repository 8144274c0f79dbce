/* web/api_proofs.c: POST /api/v1/orders/{code}/proofs, GET /api/v1/proofs, GET …/{id}, GET …/{id}/file, POST
 * …/{id}/verdict: proofs of payment. The document is the body itself, or the one file of a multipart form. */

#include "rules/proof.h"
#include "shop/describe.h"
#include "shop/proof.h"
#include "web/api.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

enum { PROOFS_USUAL = 100, PROOFS_MOST = 1000 };

/* Another brand's reads like one that is not there. */
static enum outcome find_proof(struct db_tx *tx, struct call *c, struct proof *proof)
{
    const char *id = http_parameter(c->req, "id");
    size_t length = strlen(id);
    enum outcome o = REFUSED;

    if (length > 0 && length <= 18 && strspn(id, "0123456789") == length)
        o = proof_by_id(tx, c->mem, strtoll(id, NULL, 10), proof);
    if (o != DONE && o != REFUSED)
        return o;
    return o == DONE && api_sees(c, proof->brand) ? DONE : api_refuse(c, PROBLEM_NOT_FOUND, "", "%s", "");
}

static enum outcome refuse(struct call *c, const struct problem *why)
{
    return why->code == PROBLEM_NONE ? REFUSED : api_refuse(c, why->code, why->field, "%s", why->detail);
}

/* ---- Sending one ---- */

struct sending {
    struct proof_request request;
    struct proof proof;
};

static enum outcome see_order(struct db_tx *tx, struct call *c, void *arg)
{
    struct sending *s = arg;
    struct order order;
    enum outcome o = order_by_code(tx, c->mem, s->request.code, &order);

    if (o != DONE && o != REFUSED)
        return o;
    return o == DONE && api_sees(c, order.brand) ? DONE : api_refuse(c, PROBLEM_NOT_FOUND, "", "%s", "");
}

static enum outcome tell(struct db_tx *tx, struct call *c, void *arg)
{
    (void)tx;
    c->status = 201;
    c->body = describe_proof(&((struct sending *)arg)->proof);
    return DONE;
}

static void read_query(struct call *c, struct proof_request *request)
{
    static const char *const KNOWN[] = {"channel", "name", "arrived_at", NULL};
    const char *channel = form_value(&c->req->query, "channel"), *name = form_value(&c->req->query, "name");
    const char *at = form_value(&c->req->query, "arrived_at");

    (void)!api_query(c, KNOWN);
    request->channel = channel ? channel : "upload";
    if (strcmp(request->channel, "upload") != 0 && strcmp(request->channel, "mail") != 0 &&
        strcmp(request->channel, "fax") != 0)
        (void)api_refuse(c, PROBLEM_NOT_A_CHOICE, "channel", "%s", "");
    if (name)
        request->file_name = name;
    if (at && instant_parse(at, strlen(at), &request->arrived_at) != DONE)
        (void)api_refuse(c, PROBLEM_NOT_A_DATE, "arrived_at", "%s", "");
}

static void read_body(struct call *c, struct proof_request *request)
{
    const struct http_request *req = c->req;

    request->bytes = req->body;
    request->length = req->body_length;
    if (req->upload_count == 0 && req->form.count == 0)
        return;
    if (req->upload_count != 1 || req->form.count != 0) {
        (void)api_refuse(c, PROBLEM_BAD_REQUEST, "file", "%s", "multipart, 1 file");
        return;
    }
    request->file_name = req->uploads[0].filename;
    request->bytes = req->uploads[0].bytes;
    request->length = req->uploads[0].length;
}

void api_proof_post(struct http_request *req)
{
    struct sending *s = talloc_zero(req->mem, struct sending);
    struct problem why = {0};
    enum outcome o;
    struct call c;

    if (!api_open_post(req, RIGHT_SELL, &c))
        return;
    s->request.code = http_parameter(req, "code");
    read_body(&c, &s->request);
    read_query(&c, &s->request);
    if (!api_is_new(&c))
        return;
    if (!api_read(&c, see_order, s))
        return;
    s->request.actor = c.actor;
    o = proof_receive(c.shop, c.web->uploads, c.mem, &s->request, &s->proof, &why);
    if (o == REFUSED)
        (void)!refuse(&c, &why);
    if (o != DONE)
        api_fail(&c, o);
    else if (api_write(&c, tell, s)) /* the same file again finds the first: nothing is done twice */
        api_send(&c);
}

/* ---- The desk's queue ---- */

struct listing {
    const char *state;
    int64_t after, limit;
};

static enum outcome list(struct db_tx *tx, struct call *c, void *arg)
{
    const struct listing *l = arg;
    struct proof *proofs;
    size_t count;
    json_t *rows = json_array();

    c->body = json_pack("{s:o}", "proofs", rows);
    TRY(proofs_in_state(tx, c->mem, c->key.brand, l->state, l->after, (int)l->limit, &proofs, &count));
    for (size_t i = 0; i < count; i++)
        json_array_append_new(rows, describe_proof(&proofs[i]));
    json_object_set_new(c->body, "next",
                        count == (size_t)l->limit ? json_sprintf("%" PRId64, proofs[count - 1].id) : json_null());
    return DONE;
}

void api_proofs(struct http_request *req)
{
    static const char *const KNOWN[] = {"state", "after", "limit", NULL};
    const char *state = form_value(&req->query, "state");
    struct listing l = {.state = state ? state : proof_state_name(PROOF_RECEIVED)};
    enum proof_state known;
    struct call c;

    if (!api_open(req, RIGHT_READ, &c))
        return;
    (void)!api_query(&c, KNOWN);
    (void)!api_number(&c, "after", 0, INT64_MAX, 0, &l.after);
    (void)!api_number(&c, "limit", 1, PROOFS_MOST, PROOFS_USUAL, &l.limit);
    if (proof_state_of(l.state, &known) != DONE)
        (void)api_refuse(&c, PROBLEM_NOT_A_CHOICE, "state", "%s", "");
    if (c.faults.count)
        api_send_faults(&c);
    else if (api_read(&c, list, &l))
        api_send(&c);
}

static enum outcome show(struct db_tx *tx, struct call *c, void *arg)
{
    struct proof proof, *found = arg ? arg : &proof;

    TRY(find_proof(tx, c, found));
    c->body = describe_proof(found);
    return DONE;
}

void api_proof(struct http_request *req)
{
    struct call c;

    if (api_open(req, RIGHT_READ, &c) && api_read(&c, show, NULL))
        api_send(&c);
}

/* To be looked at outside: a browser keeps it as a file, and guesses nothing about it. */
void api_proof_file(struct http_request *req)
{
    struct proof proof;
    size_t length;
    void *bytes;
    enum outcome o;
    struct call c;

    if (!api_open(req, RIGHT_READ, &c) || !api_read(&c, show, &proof))
        return;
    o = c.web->uploads ? file_read(c.web->uploads, c.mem, proof.file_sha256, &bytes, &length) : REFUSED;
    if (o == REFUSED)
        (void)api_refuse(&c, PROBLEM_NOT_FOUND, "file", "%s", "");
    if (o != DONE) {
        api_fail(&c, o);
        return;
    }
    http_attachment(req, "contabile-%" PRId64 ".%s", proof.id,
                    strcmp(proof.content_type, "application/pdf") == 0 ? "pdf" : strrchr(proof.content_type, '/') + 1);
    http_reply(req, 200, proof.content_type, bytes, length);
}

/* ---- The verdict ---- */

enum { ACCEPT, REJECT };
static const struct form_choice VERDICTS[] = {{"accept", ACCEPT}, {"reject", REJECT}, {NULL, 0}};

struct verdict {
    int verdict;
    const char *kind, *reason;
    struct money amount;
};

static const struct form_field VERDICT[] = {
    FORM_ENUM(struct verdict, verdict, "verdict", VERDICTS),
    FORM_TEXT(struct verdict, kind, "kind", .max = 40, .optional = true),
    FORM_MONEY(struct verdict, amount, "amount_cents", .optional = true),
    FORM_TEXT(struct verdict, reason, "reason", .max = 40, .optional = true),
    FORM_END,
};

static enum outcome decide(struct db_tx *tx, struct call *c, void *arg)
{
    const struct verdict *v = arg;
    struct problem why = {0};
    struct proof proof;
    enum outcome o;

    TRY(find_proof(tx, c, &proof));
    if (v->verdict == ACCEPT)
        o = proof_accept(tx, c->mem, c->shop->brands, proof.id, v->kind, v->amount, &c->actor, &proof, &why);
    else
        o = proof_reject(tx, c->mem, c->shop->brands, proof.id, v->reason, &c->actor, &proof, &why);
    if (strcmp(why.field, "amount") == 0)
        strcpy(why.field, "amount_cents");
    if (o == REFUSED)
        return refuse(c, &why);
    TRY(o);
    c->body = describe_proof(&proof);
    return DONE;
}

void api_proof_verdict(struct http_request *req)
{
    struct verdict v = {.amount = {-1}};
    struct call c;

    if (!api_open_post(req, RIGHT_MONEY, &c))
        return;
    if (api_body(&c, VERDICT, &v)) {
        if (v.verdict == ACCEPT && !v.kind)
            (void)api_refuse(&c, PROBLEM_REQUIRED, "kind", "%s", "");
        if (v.verdict == ACCEPT && v.amount.cents < 0)
            (void)api_refuse(&c, PROBLEM_REQUIRED, "amount_cents", "%s", "");
        if (v.verdict == REJECT && !v.reason)
            (void)api_refuse(&c, PROBLEM_REQUIRED, "reason", "%s", "");
    }
    if (c.faults.count)
        api_send_faults(&c);
    else if (api_write(&c, decide, &v))
        api_send(&c);
}
