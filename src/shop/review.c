#include "shop/review.h"
#include "base/log.h"
#include "shop/documents_parts.h"
#include "store/operator.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

static enum outcome not_found(struct problem *why)
{
    return problem_set(why, PROBLEM_NOT_FOUND, "", "%s", "");
}

static enum outcome load_names(struct db_tx *tx, void *mem, struct review *r)
{
    const struct request *q = &r->request;

    for (int i = 0; i < NAMES; i++) {
        struct review_name *n = &r->names[i];

        *n = (struct review_name){0};
        if (!q->name[i][0])
            continue;
        n->address = talloc_asprintf(mem, "%s@%s", q->name[i], r->brand->domain);
        n->held = strcmp(q->name[i], q->held_name) == 0;
        TRY(name_look(tx, n->address, q->holder.tax_code, q->id, &n->verdict));
    }
    return DONE;
}

enum outcome review_load(struct db_tx *tx, void *mem, const struct brands *brands, int64_t request_id, struct review *r,
                         struct problem *why)
{
    enum outcome o = request_by_id(tx, mem, request_id, &r->request);

    if (o == REFUSED)
        return not_found(why);
    TRY(o);
    if (!r->request.order_id) /* a draft is its buyer's alone */
        return not_found(why);
    r->brand = brand_by_id(brands, r->request.brand);
    if (!r->brand)
        return log_broken("review.brand", LOG_TEXT("brand", r->request.brand));
    r->today = db_today(tx);
    TRY(order_by_id(tx, mem, r->request.order_id, &r->order));
    TRY(account_by_id(tx, mem, r->request.account_id, &r->account));
    TRY(documents_of_request(tx, mem, request_id, &r->documents, &r->document_count));
    TRY(submissions_of_request(tx, mem, request_id, &r->submissions, &r->submission_count));
    r->last = r->submission_count ? &r->submissions[r->submission_count - 1] : NULL;
    r->waits = r->last && strcmp(r->last->state, "in_review") == 0;
    TRY(load_names(tx, mem, r));
    TRY(mailboxes_of_holder(tx, mem, r->request.holder.tax_code, REVIEW_OTHERS, &r->others, &r->other_count));
    r->asking = (struct outbox_row){0};
    o = outbox_of_order(tx, mem, "activate", r->request.order_id, &r->asking);
    return o == REFUSED ? DONE : o;
}

enum outcome review_find(struct db_tx *tx, void *mem, const char *code, int64_t *request_id, struct problem *why)
{
    struct request request;
    struct order order;
    enum outcome o = order_by_code(tx, mem, code, &order);

    if (o == DONE)
        o = request_by_order(tx, mem, order.id, &request);
    if (o == REFUSED)
        return problem_set(why, PROBLEM_NOT_FOUND, "code", "%s", "");
    TRY(o);
    *request_id = request.id;
    return DONE;
}

enum outcome actor_label(struct db_tx *tx, void *mem, const char *actor, const char **label)
{
    static const char OPERATOR[] = "operator:";
    struct operator operator;
    enum outcome o;

    *label = actor;
    if (strncmp(actor, OPERATOR, sizeof OPERATOR - 1) != 0)
        return DONE;
    o = operator_by_id(tx, mem, strtoll(actor + sizeof OPERATOR - 1, NULL, 10), &operator);
    if (o == DONE)
        *label = operator.name;
    return o == REFUSED ? DONE : o;
}

enum outcome document_look(struct db_tx *tx, void *mem, struct papers_of whose, int64_t document_id,
                           const struct actor *actor, struct document *document, struct problem *why)
{
    struct papers papers = {.whose = whose};
    enum outcome o = document_by_id(tx, mem, document_id, document);

    if (o == DONE && (document->request_id != whose.request_id || document->change_id != whose.change_id))
        o = REFUSED;
    if (o == REFUSED || (o == DONE && document->purged_at.us))
        return not_found(why);
    TRY(o);
    TRY(whose.change_id ? holder_change_by_id(tx, mem, whose.change_id, &papers.change)
                        : request_by_id(tx, mem, whose.request_id, &papers.request));
    return papers_note(tx, &papers, actor, "document.seen",
                       json_pack("{s:I, s:s, s:I}", "document", (json_int_t)document->id, "slot", document->slot,
                                 "request", (json_int_t)whose.request_id));
}
