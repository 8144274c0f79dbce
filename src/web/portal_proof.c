/* web/portal_proof.c: GET and POST /ordini/{code}/contabile: the customer sends the document that shows the payment
 * (Y5). */

#include "base/i18n.h"
#include "base/log.h"
#include "rules/proof.h"
#include "shop/present.h"
#include "shop/proof.h"
#include "web/order_read.h"
#include "web/page.h"
#include "web/portal.h"
#include <inttypes.h>
#include <string.h>
#include <talloc.h>

struct proof_page {
    struct order order;
    struct proof *proofs;
    size_t count;
};

/* Somebody else's order reads like one that does not exist. */
static enum outcome load(struct db_tx *tx, struct page *p, void *arg, struct problem *why)
{
    struct proof_page *pp = arg;
    bool seen = false;
    enum outcome o = order_by_code(tx, p->mem, http_parameter(p->req, "code"), &pp->order);

    if (o != DONE && o != REFUSED)
        return o;
    if (o == DONE)
        TRY(order_seen_here(tx, p, &pp->order, &seen));
    if (!seen || strcmp(pp->order.brand, p->brand->id) != 0)
        return problem_set(why, PROBLEM_NOT_FOUND, "", "%s", "");
    return proofs_of_order(tx, p->mem, pp->order.id, &pp->proofs, &pp->count);
}

static bool is_open(const struct page *p, const struct proof_page *pp)
{
    return order_is_open(pp->order.state) && proof_channel_open(p->brand, "upload") && pp->count < PROOFS_PER_ORDER &&
           p->web->uploads && p->web->uploads->folder;
}

static json_t *row(struct page *p, const struct proof *proof)
{
    enum proof_state state;
    enum proof_reason reason;

    if (proof_state_of(proof->state, &state) != DONE)
        state = PROOF_RECEIVED;
    return json_pack("{s:s, s:o, s:o, s:b, s:b, s:b, s:o}", "file_name", proof->file_name, "received_at",
                     present_instant(proof->received_at), "answer_by",
                     state == PROOF_RECEIVED ? present_instant(proof->due_at) : json_false(), "accepted",
                     state == PROOF_ACCEPTED || state == PROOF_NEVER_CREDITED, "rejected", state == PROOF_REJECTED,
                     "credited", state == PROOF_CREDITED, "advice",
                     state == PROOF_REJECTED && proof_reason_of(proof->reason, &reason) == DONE
                         ? json_string(page_text(p, proof_reason_advice(reason)))
                         : json_false());
}

static const struct form_field UPLOAD[] = {FORM_IGNORE("file"), FORM_END};

static void show(struct page *p, const struct proof_page *pp, int status, const struct problems *faults)
{
    json_t *rows = json_array();

    for (size_t i = pp->count; i-- > 0;)
        json_array_append_new(rows, row(p, &pp->proofs[i]));
    page_set(p, "order", json_pack("{s:s, s:o}", "code", pp->order.code, "gross", present_money(pp->order.total.due)));
    page_set(p, "proofs", rows);
    page_set(p, "has_proofs", json_boolean(pp->count > 0));
    page_set(p, "open", json_boolean(is_open(p, pp)));
    page_set(p, "awaiting", json_boolean(order_is_open(pp->order.state)));
    page_set(p, "settles", json_boolean(proof_settles(p->brand, &pp->order)));
    page_fields(p, UPLOAD, NULL, faults);
    page_show(p, status, "proof", N_("Contabile del pagamento"));
}

void portal_proof(struct http_request *req)
{
    struct proof_page pp;
    struct page p;

    if (page_open(req, PAGE_SIGNED_IN, load, &pp, &p))
        show(&p, &pp, 200, NULL);
}

static enum outcome receive(struct page *p, const struct proof_page *pp, struct problem *why)
{
    const struct http_upload *sent = p->req->upload_count ? &p->req->uploads[0] : NULL;
    struct proof_request request = {.code = pp->order.code, .channel = "upload", .actor = p->actor};
    struct proof proof;

    if (!sent)
        return problem_set(why, PROBLEM_REQUIRED, "file", "%s", "");
    request.file_name = sent->filename;
    request.bytes = sent->bytes;
    request.length = sent->length;
    return proof_receive(p->shop, p->web->uploads, p->mem, &request, &proof, why);
}

void portal_proof_sent(struct http_request *req)
{
    struct problems faults = {0};
    struct problem why = {0};
    struct proof_page pp;
    enum outcome o;
    struct page p;

    if (!page_open(req, PAGE_SIGNED_IN, load, &pp, &p))
        return;
    o = receive(&p, &pp, &why);
    if (o == DONE) {
        page_go(&p, talloc_asprintf(p.mem, "/ordini/%s/contabile", pp.order.code));
    } else if (o == REFUSED && why.code != PROBLEM_NONE) {
        problems_put(&faults, &why);
        show(&p, &pp, problem_status(why.code), &faults);
    } else {
        page_failed(&p, o, &why);
    }
}
