/* web/office_proofs.c: GET /office/denaro/contabili: documents that show a payment, soonest due first; GET and POST
 * …/{id}: one, beside what it should show, and the verdict (Y6, Y7); GET …/{id}/file. */

#include "base/i18n.h"
#include "base/log.h"
#include "rules/proof.h"
#include "shop/fulfil.h"
#include "shop/present.h"
#include "shop/proof.h"
#include "shop/review.h"
#include "web/foreign.h"
#include "web/office_money.h"
#include <inttypes.h>
#include <string.h>
#include <talloc.h>

#define PAGE_SIZE 30

/* ---- The queue ---- */

static const struct {
    const char *state, *label;
} TABS[] = {{"received", N_("Da verificare")},
            {"accepted", N_("Accettate, accredito atteso")},
            {"never_credited", N_("Mai accreditate")},
            {"rejected", N_("Respinte")},
            {"credited", N_("Accreditate")}};

struct list {
    const char *state;
    int64_t after;
    struct proof *proofs;
    size_t count;
    bool more;
};

static enum outcome load_list(struct db_tx *tx, struct office *o, void *arg, struct problem *why)
{
    struct list *l = arg;

    (void)why;
    TRY(proofs_in_state(tx, o->page.mem, o->operator.brand, l->state, l->after, PAGE_SIZE + 1, &l->proofs, &l->count));
    l->more = l->count > PAGE_SIZE;
    l->count = l->more ? PAGE_SIZE : l->count;
    return DONE;
}

static json_t *proof_row(const struct page *p, const struct proof *proof)
{
    const struct brand *brand = brand_by_id(p->shop->brands, proof->brand);
    bool waits = strcmp(proof->state, "received") == 0, late = waits && proof->due_at.us < p->now.us;
    enum proof_state state;

    return json_pack(
        "{s:I, s:s, s:s, s:s, s:s, s:s, s:o, s:b, s:b, s:o, s:o}", "id", (json_int_t)proof->id, "code",
        proof->order_code, "brand", brand ? brand->name : proof->brand, "file", proof->file_name, "channel",
        proof->channel, "state",
        proof_state_of(proof->state, &state) == DONE ? page_text(p, proof_state_label(state)) : proof->state, "at",
        present_instant(proof->received_at), "waits", waits, "late", late, "due",
        waits ? json_string(office_span(p, late ? p->now.us - proof->due_at.us : proof->due_at.us - p->now.us))
              : json_false(),
        "due_at", present_instant(proof->due_at));
}

void office_proofs(struct http_request *req)
{
    struct list l = {.state = office_word(req, "stato"), .after = office_number(form_value(&req->query, "dopo"))};
    json_t *rows, *tabs;
    struct office o;
    struct page *p = &o.page;
    enum proof_state known;
    char *here;

    if (!l.state[0] || proof_state_of(l.state, &known) != DONE)
        l.state = "received";
    if (!office_open(req, load_list, &l, &o))
        return;
    rows = json_array();
    tabs = json_array();
    for (size_t i = 0; i < l.count; i++)
        json_array_append_new(rows, proof_row(p, &l.proofs[i]));
    for (size_t i = 0; i < count_of(TABS); i++)
        json_array_append_new(tabs,
                              json_pack("{s:s, s:s, s:b}", "state", TABS[i].state, "label", page_text(p, TABS[i].label),
                                        "here", strcmp(TABS[i].state, l.state) == 0));
    here = talloc_asprintf(req->mem, "/office/denaro/contabili?stato=%s", l.state);
    page_set(p, "tabs", tabs);
    page_set(p, "rows", rows);
    page_set(p, "any", json_boolean(l.count > 0));
    page_set(p, "waiting", json_boolean(strcmp(l.state, "received") == 0));
    page_set(p, "first_url", l.after ? json_string(here) : json_false());
    page_set(p, "more_url", l.more ? json_sprintf("%s&dopo=%" PRId64, here, l.proofs[l.count - 1].id) : json_false());
    office_show(&o, 200, "proofs", N_("Contabili"));
}

/* ---- One ---- */

struct one {
    struct proof proof;
    struct order order;
    struct total due;
    const char *decider;
};

/* Another brand's reads like one that is not there. */
static enum outcome load(struct db_tx *tx, struct office *o, void *arg, struct problem *why)
{
    struct one *one = arg;
    enum outcome found = proof_by_id(tx, o->page.mem, office_id(o->page.req, "id"), &one->proof);

    if (found == REFUSED || (found == DONE && !operator_sees(&o->operator, one->proof.brand)))
        return problem_set(why, PROBLEM_NOT_FOUND, "", "%s", "");
    TRY(found);
    TRY(order_by_id(tx, o->page.mem, one->proof.order_id, &one->order));
    TRY(order_due(&one->order, db_today(tx), &one->due, why));
    TRY(actor_label(tx, o->page.mem, one->proof.decided_by, &one->decider));
    return office_task(tx, o, "proofs", http_parameter(o->page.req, "id"));
}

struct verdict {
    const char *verdict, *kind, *reason;
    struct money amount;
};

static const struct form_field VERDICT[] = {
    FORM_TEXT(struct verdict, verdict, "verdict", .max = 20),
    FORM_TEXT(struct verdict, kind, "kind", .max = 40, .optional = true),
    FORM_MONEY(struct verdict, amount, "amount", .optional = true),
    FORM_TEXT(struct verdict, reason, "reason", .max = 40, .optional = true),
    FORM_END,
};

static void put_choices(struct page *p)
{
    const char *kind = form_value(&p->req->form, "kind"), *reason = form_value(&p->req->form, "reason");
    json_t *kinds = json_array(), *reasons = json_array();

    for (int k = 0; k < PROOF_KINDS; k++) {
        const char *name = proof_kind_name((enum proof_kind)k);

        json_array_append_new(kinds, json_pack("{s:s, s:s, s:b}", "value", name, "label",
                                               page_text(p, proof_kind_label((enum proof_kind)k)), "selected",
                                               kind && strcmp(kind, name) == 0));
    }
    for (int r = 0; r < PROOF_REASONS; r++) {
        const char *name = proof_reason_name((enum proof_reason)r);

        json_array_append_new(reasons, json_pack("{s:s, s:s, s:b}", "value", name, "label",
                                                 page_text(p, proof_reason_label((enum proof_reason)r)), "selected",
                                                 reason && strcmp(reason, name) == 0));
    }
    page_set(p, "kinds", kinds);
    page_set(p, "reasons", reasons);
}

static void put_order(struct page *p, const struct one *one)
{
    const struct order *order = &one->order;
    const struct brand *brand = brand_by_id(p->shop->brands, order->brand);

    page_set(p, "order",
             json_pack("{s:s, s:s, s:s, s:s, s:s, s:o, s:o, s:o, s:s, s:b}", "code", order->code, "brand",
                       brand ? brand->name : order->brand, "state", page_text(p, order_state_label(order->state)),
                       "who", order->billing.name, "email", order->billing.email, "due", present_money(one->due.due),
                       "placed_at", present_instant(order->confirmed_at), "lapses_on", present_day(order->lapses_on),
                       "iban", brand ? brand->seller.iban : "", "settles", brand && proof_settles(brand, order)));
}

static void show(struct office *o, const struct one *one, int status, const struct problems *faults)
{
    static const struct office_done WORDS[] = {{"accetta", N_("Contabile accettata.")},
                                               {"respingi", N_("Contabile respinta: il cliente è stato avvisato.")},
                                               {NULL, NULL}};
    struct page *p = &o->page;
    const struct proof *proof = &one->proof;
    bool image = strncmp(proof->content_type, "image/", 6) == 0;
    enum proof_reason reason;
    enum proof_kind kind;
    json_t *data = proof_row(p, proof);

    json_object_set_new(data, "image", json_boolean(image));
    json_object_set_new(data, "kind",
                        proof_kind_of(proof->kind, &kind) == DONE ? json_string(page_text(p, proof_kind_label(kind)))
                                                                  : json_false());
    json_object_set_new(data, "reason",
                        proof_reason_of(proof->reason, &reason) == DONE
                            ? json_string(page_text(p, proof_reason_label(reason)))
                            : json_false());
    json_object_set_new(data, "decided_at", proof->decided_at.us ? present_instant(proof->decided_at) : json_false());
    json_object_set_new(data, "decided_by", json_string(one->decider));
    page_set(p, "proof", data);
    put_order(p, one);
    put_choices(p);
    page_fields(p, VERDICT, NULL, faults);
    page_set(p, "may",
             json_boolean(operator_may(&o->operator, OFFICE_MONEY) &&
                          (strcmp(proof->state, "received") == 0 || strcmp(proof->state, "rejected") == 0)));
    page_set(p, "may_look", json_boolean(operator_may(&o->operator, OFFICE_MONEY)));
    if (!faults)
        office_put_done(p, WORDS);
    foreign_may_be_framed(p->req);
    office_show(o, status, "proof",
                talloc_asprintf(p->mem, page_text(p, N_("Contabile dell'ordine %s")), proof->order_code));
}

void office_proof(struct http_request *req)
{
    struct one one;
    struct office o;

    if (office_open(req, load, &one, &o))
        show(&o, &one, 200, NULL);
}

/* ---- The verdict ---- */

struct deciding {
    struct office *o;
    int64_t id;
    struct verdict form;
    struct proof proof;
    struct one after;
    struct problem why;
};

static enum outcome read_again(struct db_tx *tx, void *arg)
{
    struct deciding *d = arg;
    struct problem why;

    return load(tx, d->o, &d->after, &why);
}

static enum outcome decide(struct db_tx *tx, void *arg)
{
    struct deciding *d = arg;
    void *mem = d->o->page.mem;
    const struct brands *brands = d->o->page.shop->brands;
    const char *kind = d->form.kind ? d->form.kind : "", *reason = d->form.reason ? d->form.reason : "";

    d->why = (struct problem){0};
    if (strcmp(d->form.verdict, "accept") == 0)
        return proof_accept(tx, mem, brands, d->id, kind, d->form.amount, &d->o->actor, &d->proof, &d->why);
    if (strcmp(d->form.verdict, "reject") == 0)
        return proof_reject(tx, mem, brands, d->id, reason, &d->o->actor, &d->proof, &d->why);
    return problem_set(&d->why, PROBLEM_NOT_A_CHOICE, "verdict", "%s", "");
}

void office_proof_sent(struct http_request *req)
{
    struct deciding d = {.id = office_id(req, "id")};
    struct problems faults = {0};
    enum outcome outcome = REFUSED;
    struct one one;
    struct office o;

    if (!office_open(req, load, &one, &o))
        return;
    d.o = &o;
    if (page_form(&o.page, VERDICT, &d.form, &faults) == DONE)
        outcome = db_transaction(o.page.shop->db, "proof.decide", decide, &d);
    if (outcome == DONE) {
        office_go(&o, talloc_asprintf(req->mem, "/office/denaro/contabili/%" PRId64 "?fatto=%s", d.id,
                                      strcmp(d.form.verdict, "accept") == 0 ? "accetta" : "respingi"));
        return;
    }
    if (d.why.code != PROBLEM_NONE)
        problems_put(&faults, &d.why);
    if (outcome != REFUSED || !faults.count || db_read(o.page.shop->db, "office.proof", read_again, &d) != DONE)
        office_failed(&o, outcome, &d.why);
    else
        show(&o, &d.after, problem_status(faults.item[0].code), &faults);
}

/* ---- Its file ---- */

static enum outcome note_look(struct db_tx *tx, void *arg)
{
    const struct deciding *d = arg;
    json_t *data = json_pack("{s:I, s:s}", "proof", (json_int_t)d->id, "sha256", d->proof.file_sha256);
    enum outcome o = event_record(tx, d->proof.brand, &d->o->actor, "proof.looked", d->proof.order_id, 0, data);

    json_decref(data);
    return o;
}

/* Bytes that somebody sent: only looked at, in a frame of ours, and nothing in them runs. Each look is recorded. */
void office_proof_file(struct http_request *req)
{
    struct deciding d = {.id = office_id(req, "id")};
    struct one one;
    struct office o;
    enum outcome outcome;
    size_t length;
    void *bytes;

    if (!office_open(req, load, &one, &o))
        return;
    d.o = &o;
    d.proof = one.proof;
    outcome = o.page.web->uploads ? file_read(o.page.web->uploads, req->mem, one.proof.file_sha256, &bytes, &length)
                                  : REFUSED;
    if (outcome == DONE)
        outcome = db_transaction(o.page.shop->db, "proof.look", note_look, &d);
    if (outcome != DONE) {
        office_failed(&o, outcome, NULL);
        return;
    }
    foreign_show(req, FOREIGN_FRAMED, one.proof.content_type, bytes, length);
}
