#include "shop/proof.h"
#include "base/i18n.h"
#include "base/log.h"
#include "rules/desk.h"
#include "rules/proof.h"
#include "shop/fulfil.h"
#include "shop/present.h"
#include "shop/upload.h"
#include <inttypes.h>
#include <string.h>
#include <talloc.h>

#define ANSWER_DAYS 5 /* what is left to the customer at least after a rejection, to send another or to pay */

/* ---- What the brand wants ---- */

bool proof_channel_open(const struct brand *brand, const char *channel)
{
    const char *by = strcmp(channel, "mail") == 0 ? "email" : channel; /* as brand.yaml calls it */

    for (const char **open = brand->payment.proof_by; open && *open; open++)
        if (strcmp(*open, by) == 0)
            return true;
    return false;
}

bool proof_settles(const struct brand *brand, const struct order *order)
{
    return brand->payment.trust_proof && strcmp(order->kind, ORDER_TOPUP) != 0;
}

/* ---- What is told ---- */

static enum outcome note(struct db_tx *tx, const struct proof *p, const struct actor *actor, const char *kind,
                         json_t *data)
{
    enum outcome o;

    json_object_set_new(data, "proof", json_integer(p->id));
    o = event_record(tx, p->brand, actor, kind, p->order_id, 0, data);
    json_decref(data);
    return o;
}

/* The mails say "proof.…" beside what all mails about an order say. */
static enum outcome tell(struct db_tx *tx, const struct proof *p, const char *template, const char *to,
                         const char *language, json_t *words)
{
    json_t *data;
    enum outcome o;

    json_object_set_new(words, "id", json_integer(p->id));
    json_object_set_new(words, "file_name", json_string(p->file_name));
    json_object_set_new(words, "received_at", present_instant(p->received_at));
    data = json_pack("{s:o}", "proof", words);
    o = outbox_add(tx, p->brand, "mail", template, to, language, p->order_id, data);
    json_decref(data);
    return o;
}

/* ---- Receiving ---- */

struct receiving {
    struct shop *shop;
    void *mem;
    const struct proof_request *request;
    const char *sha256;
    struct stored_file file;
    struct proof *proof;
    struct problem *why;
    bool found; /* this file came before */
};

/* When it came: by the clock, or as staff says, within bounds. */
static enum outcome arrival(struct db_tx *tx, const struct receiving *r, struct instant *at)
{
    struct instant now = db_now(tx);

    *at = r->request->arrived_at.us ? r->request->arrived_at : now;
    if (at->us > now.us || at->us < now.us - DAYS(PROOF_DAYS_BACK))
        return problem_set(r->why, PROBLEM_DAY_RANGE, "arrived_at", "%s", "");
    return DONE;
}

static enum outcome find_order(struct db_tx *tx, struct receiving *r, struct order *order, const struct brand **brand)
{
    enum outcome o = order_by_code(tx, r->mem, r->request->code, order);

    if (o == REFUSED)
        return problem_set(r->why, PROBLEM_NOT_FOUND, "code", "%s", "");
    TRY(o);
    *brand = brand_by_id(r->shop->brands, order->brand);
    return *brand ? DONE : log_broken("proof.brand", LOG_TEXT("brand", order->brand));
}

/* Everything but the file, before anybody works on it. */
static enum outcome may_receive(struct db_tx *tx, void *arg)
{
    struct receiving *r = arg;
    const struct brand *brand = NULL;
    struct instant at;
    struct order order;
    struct proof *proofs;
    size_t count;
    enum outcome o;

    TRY(find_order(tx, r, &order, &brand));
    o = proof_of_file(tx, r->mem, order.id, r->sha256, r->proof);
    r->found = o == DONE;
    if (o != REFUSED)
        return o;
    if (!proof_channel_open(brand, r->request->channel))
        return problem_set(r->why, PROBLEM_PROOF_CHANNEL, "channel", "%s", "");
    if (!order_is_open(order.state))
        return problem_set(r->why, PROBLEM_ORDER_STATE, "code", "%s", order_state_label(order.state));
    TRY(arrival(tx, r, &at));
    TRY(proofs_of_order(tx, r->mem, order.id, &proofs, &count));
    if (count >= PROOFS_PER_ORDER)
        return problem_set(r->why, PROBLEM_PROOF_MANY, "file", "%d", PROOFS_PER_ORDER);
    return DONE;
}

static enum outcome scan(const struct files *files, const struct proof_request *request, struct stored_file *file,
                         struct problem *why)
{
    enum outcome o;

    if (!files->scanner)
        return DONE;
    o = files->scanner->scan(files->scanner->arg, request->bytes, request->length, why);
    if (o == BUSY) /* not taken unseen where a scanner was asked for */
        return problem_set(why, PROBLEM_SCANNER, "file", "%s", "");
    file->scanned_at = clock_now();
    return o;
}

static enum outcome tell_received(struct db_tx *tx, const struct receiving *r, const struct brand *brand,
                                  const struct order *order)
{
    json_t *words =
        json_pack("{s:o, s:b}", "answer_by", present_instant(r->proof->due_at), "settles", proof_settles(brand, order));

    return tell(tx, r->proof, "proof_received", order->billing.email, order->language, words);
}

static enum outcome insert(struct db_tx *tx, void *arg)
{
    struct receiving *r = arg;
    const struct brand *brand = NULL;
    struct instant at;
    struct order order;
    bool fresh;

    TRY(may_receive(tx, r)); /* again: it may have changed while the file was looked at */
    if (r->found)
        return DONE;
    TRY(find_order(tx, r, &order, &brand));
    TRY(arrival(tx, r, &at));
    TRY(stored_file_keep(tx, &r->file));
    *r->proof = (struct proof){.brand = order.brand,
                               .order_id = order.id,
                               .order_code = order.code,
                               .channel = talloc_strdup(r->mem, r->request->channel),
                               .file_sha256 = r->file.sha256,
                               .file_name = file_name_clean(r->mem, r->request->file_name),
                               .content_type = r->file.content_type,
                               .state = (char *)proof_state_name(PROOF_RECEIVED),
                               .kind = (char *)"",
                               .reason = (char *)"",
                               .received_at = at,
                               .due_at = desk_deadline(at, &brand->payment.desk).due,
                               .decided_by = (char *)""};
    TRY(proof_insert(tx, r->mem, r->proof, &fresh));
    if (!fresh)
        return DONE;
    TRY(note(tx, r->proof, &r->request->actor, "proof.received",
             json_pack("{s:s, s:s, s:I}", "channel", r->proof->channel, "sha256", r->file.sha256, "length",
                       (json_int_t)r->file.length)));
    return tell_received(tx, r, brand, &order);
}

enum outcome proof_receive(struct shop *shop, const struct files *files, void *mem, const struct proof_request *request,
                           struct proof *proof, struct problem *why)
{
    struct receiving r = {.shop = shop, .mem = mem, .request = request, .proof = proof, .why = why};
    char sha256[FILE_HASH_TEXT];
    const char *type;

    if (!files || !files->folder)
        return problem_set(why, PROBLEM_FILES, "file", "%s", "");
    TRY(upload_type(request->bytes, request->length, PROOF_BYTES, &type, why));
    file_hash(request->bytes, request->length, sha256);
    r.sha256 = sha256;
    TRY(db_read(shop->db, "proof.may", may_receive, &r));
    if (r.found)
        return DONE;
    r.file = (struct stored_file){.sha256 = talloc_strdup(mem, sha256),
                                  .content_type = talloc_strdup(mem, type),
                                  .length = (int64_t)request->length};
    TRY(scan(files, request, &r.file, why));
    TRY(file_keep(files, mem, request->bytes, request->length, sha256));
    return db_transaction(shop->db, "proof.receive", insert, &r);
}

/* ---- The desk ---- */

struct verdict {
    struct db_tx *tx;
    void *mem;
    const struct actor *actor;
    struct proof *proof;
    struct problem *why;
    const struct brand *brand;
    struct order order;
    enum proof_state state;
};

static enum outcome load(struct verdict *v, const struct brands *brands, int64_t id)
{
    enum outcome o = proof_by_id(v->tx, v->mem, id, v->proof);

    if (o == REFUSED)
        return problem_set(v->why, PROBLEM_NOT_FOUND, "id", "%s", "");
    TRY(o);
    TRY(order_by_id(v->tx, v->mem, v->proof->order_id, &v->order));
    v->brand = brand_by_id(brands, v->order.brand);
    if (!v->brand)
        return log_broken("proof.brand", LOG_TEXT("brand", v->order.brand));
    return proof_state_of(v->proof->state, &v->state);
}

static enum outcome decide(struct verdict *v, enum proof_state state)
{
    const char *was = v->proof->state;
    bool changed;

    v->proof->state = (char *)proof_state_name(state);
    v->proof->decided_at = db_now(v->tx);
    v->proof->decided_by = talloc_strdup(v->mem, v->actor->name);
    TRY(proof_update(v->tx, v->proof, was, &changed));
    return changed ? DONE : BUSY;
}

/* The amount that the proof shows must be what is due on the day it is accepted (§8.4). */
static enum outcome check_amount(const struct verdict *v, struct money amount, struct total *due)
{
    char text[MONEY_TEXT];

    TRY(order_due(&v->order, db_today(v->tx), due, v->why));
    if (due->due.cents != amount.cents)
        return problem_set(v->why, PROBLEM_AMOUNT, "amount", "%s €", money_italian(due->due, text));
    return DONE;
}

static enum outcome settle(struct verdict *v, struct money amount)
{
    return settle_order(v->tx, v->mem, v->brand, &v->order,
                        &(struct settling){.cause = talloc_asprintf(v->mem, "proof:%" PRId64, v->proof->id),
                                           .from = talloc_asprintf(v->mem, "provisional:%s", v->brand->id),
                                           .method = METHOD_BANK_TRANSFER,
                                           .amount = amount,
                                           .paid_on = db_today(v->tx),
                                           .provisional = true,
                                           .actor = *v->actor});
}

static enum outcome accept(struct verdict *v, struct money amount)
{
    struct proof *p = v->proof;
    bool settles = proof_settles(v->brand, &v->order), paid = v->order.settled_at.us != 0;
    struct total due;

    if (!paid && !order_is_open(v->order.state))
        return problem_set(v->why, PROBLEM_ORDER_STATE, "", "%s", order_state_label(v->order.state));
    if (!paid)
        TRY(check_amount(v, amount, &due));
    /* One alert an order: where an earlier proof has settled it, that one waits for the credit. */
    p->alert_on = paid ? (struct day){0} : proof_alert_on(db_today(v->tx), v->brand->payment.desk.patron);
    p->reason = (char *)"";
    TRY(decide(v, paid && !v->order.provisional ? PROOF_CREDITED : PROOF_ACCEPTED));
    TRY(note(v->tx, p, v->actor, "proof.accepted",
             json_pack("{s:s, s:I}", "kind", p->kind, "amount_cents", (json_int_t)amount.cents)));
    if (paid)
        return DONE;
    if (settles)
        return settle(v, amount); /* and its mail says the rest */
    return tell(v->tx, p, "proof_accepted", v->order.billing.email, v->order.language, json_object());
}

enum outcome proof_accept(struct db_tx *tx, void *mem, const struct brands *brands, int64_t id, const char *kind,
                          struct money amount, const struct actor *actor, struct proof *proof, struct problem *why)
{
    struct verdict v = {.tx = tx, .mem = mem, .actor = actor, .proof = proof, .why = why};
    enum proof_state next;
    enum proof_kind shown;

    TRY(load(&v, brands, id));
    TRY(proof_transition(v.state, PROOF_EVENT_ACCEPT, &next, why));
    if (next == v.state)
        return DONE;
    if (proof_kind_of(kind, &shown) != DONE)
        return problem_set(why, PROBLEM_NOT_A_CHOICE, "kind", "%s", "");
    TRY(proof_kind_valid(shown, PROOF_KINDS_EXECUTED, why));
    proof->kind = (char *)proof_kind_name(shown);
    return accept(&v, amount);
}

enum outcome proof_reject(struct db_tx *tx, void *mem, const struct brands *brands, int64_t id, const char *reason,
                          const struct actor *actor, struct proof *proof, struct problem *why)
{
    struct verdict v = {.tx = tx, .mem = mem, .actor = actor, .proof = proof, .why = why};
    enum proof_reason known;
    enum proof_state next;
    json_t *words;

    TRY(load(&v, brands, id));
    TRY(proof_transition(v.state, PROOF_EVENT_REJECT, &next, why));
    if (next == v.state)
        return DONE;
    if (proof_reason_of(reason, &known) != DONE)
        return problem_set(why, PROBLEM_NOT_A_CHOICE, "reason", "%s", "");
    proof->reason = (char *)proof_reason_name(known);
    TRY(decide(&v, next));
    TRY(note(tx, proof, actor, "proof.rejected", json_pack("{s:s}", "reason", proof->reason)));
    if (!order_is_open(v.order.state)) /* it was paid or given up meanwhile: nothing is asked for */
        return DONE;
    TRY(order_keep_open(tx, v.order.id, day_plus(db_today(tx), ANSWER_DAYS)));
    words = json_pack("{s:s, s:b}", "advice", i18n(v.order.language, proof_reason_advice(known)), "again",
                      proof_channel_open(v.brand, "upload"));
    return tell(tx, proof, "proof_rejected", v.order.billing.email, v.order.language, words);
}

/* ---- The credit, or its absence ---- */

enum outcome proof_credited(struct db_tx *tx, void *mem, const struct order *order, const struct actor *actor)
{
    struct proof *proofs;
    size_t count;

    TRY(proofs_of_order(tx, mem, order->id, &proofs, &count));
    for (size_t i = 0; i < count; i++) {
        const char *was = proofs[i].state;
        enum proof_state state, next;
        bool changed;

        TRY(proof_state_of(was, &state));
        if (proof_transition(state, PROOF_EVENT_CREDIT, &next, NULL) != DONE || next == state)
            continue;
        proofs[i].state = (char *)proof_state_name(next);
        TRY(proof_update(tx, &proofs[i], was, &changed));
        if (!changed)
            return BUSY;
        TRY(note(tx, &proofs[i], actor, "proof.credited", json_pack("{s:s}", "was", was)));
    }
    return DONE;
}

static enum outcome alert(struct db_tx *tx, void *mem, const struct brands *brands, struct proof *p)
{
    const struct actor actor = {.door = "job", .name = "system"};
    const struct brand *brand = brand_by_id(brands, p->brand);
    const char *was = p->state;
    struct order order;
    bool changed;

    if (!brand)
        return log_broken("proof.brand", LOG_TEXT("brand", p->brand));
    TRY(order_by_id(tx, mem, p->order_id, &order));
    p->state = (char *)proof_state_name(PROOF_NEVER_CREDITED);
    TRY(proof_update(tx, p, was, &changed));
    if (!changed)
        return BUSY;
    TRY(note(tx, p, &actor, "proof.never_credited", json_object()));
    return tell(tx, p, "proof_alert", brand->support_email, "it",
                json_pack("{s:o, s:s, s:b}", "accepted_on", present_day(rome_day(p->decided_at)), "accepted_by",
                          p->decided_by, "provisional", order.provisional));
}

enum outcome proofs_age(struct db_tx *tx, void *mem, const struct brands *brands, int limit, int *alerted)
{
    struct proof *proofs;
    size_t count;

    TRY(proofs_to_alert(tx, mem, db_today(tx), limit, &proofs, &count));
    for (size_t i = 0; i < count; i++)
        TRY(alert(tx, mem, brands, &proofs[i]));
    *alerted = (int)count;
    return DONE;
}
