/* web/office_review.c: GET and POST /office/documenti/{id}: all that is needed to decide on a request, on one page, and
 * the verdict; POST …/riprova, …/sollecita, …/nomi; GET …/file/{document}: a paper, each look at which is recorded. */

#include "base/i18n.h"
#include "shop/activate.h"
#include "shop/contract.h"
#include "shop/documents.h"
#include "shop/present.h"
#include "shop/review.h"
#include "web/foreign.h"
#include "web/office.h"
#include "web/office_facts.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

struct review_page {
    struct review review;
    const char **deciders; /* by submission: who decided, in words */
};

/* Another brand's reads like one that is not there. */
static enum outcome load(struct db_tx *tx, struct office *o, void *arg, struct problem *why)
{
    struct review_page *rp = arg;
    struct review *r = &rp->review;

    TRY(review_load(tx, o->page.mem, o->page.shop->brands, office_id(o->page.req, "id"), r, why));
    if (!operator_sees(&o->operator, r->request.brand))
        return problem_set(why, PROBLEM_NOT_FOUND, "", "%s", "");
    rp->deciders = talloc_array(o->page.mem, const char *, (unsigned)r->submission_count + 1);
    for (size_t i = 0; i < r->submission_count; i++)
        TRY(actor_label(tx, o->page.mem, r->submissions[i].decided_by, &rp->deciders[i]));
    return o->page.req->method == HTTP_GET ? office_task(tx, o, "documents", http_parameter(o->page.req, "id")) : DONE;
}

/* ---- The forms ---- */

static const struct form_choice VERDICTS[] = {
    {"approve", VERDICT_APPROVE}, {"reject", VERDICT_REJECT}, {"refuse", VERDICT_REFUSE}, {NULL, 0}};

struct verdict_form {
    int verdict;
    int64_t submission;
    const char *reason, *note, *destination, *iban, *payee;
    struct day identity_expires_on;
};

static const struct form_field VERDICT[] = {
    FORM_ENUM(struct verdict_form, verdict, "verdict", VERDICTS),
    FORM_INT(struct verdict_form, submission, "submission", .min = 0, .max = INT64_MAX, .optional = true),
    FORM_DAY(struct verdict_form, identity_expires_on, "identity_expires_on", .optional = true),
    FORM_TEXT(struct verdict_form, reason, "reason", .max = 40, .optional = true),
    FORM_TEXT(struct verdict_form, note, "note", .max = 1000, .lines = true, .optional = true),
    FORM_TEXT(struct verdict_form, destination, "destination", .max = 20, .optional = true),
    FORM_TEXT(struct verdict_form, iban, "iban", .max = 60, .optional = true),
    FORM_TEXT(struct verdict_form, payee, "payee", .max = 100, .optional = true),
    FORM_END,
};

struct names_form {
    const char *name[NAMES];
};

static const struct form_field NAMES_FORM[] = {
    FORM_TEXT(struct names_form, name[0], "name_1", .max = 80, .optional = true),
    FORM_TEXT(struct names_form, name[1], "name_2", .max = 80, .optional = true),
    FORM_TEXT(struct names_form, name[2], "name_3", .max = 80, .optional = true),
    FORM_END,
};

static void put_choices(struct page *p)
{
    static const struct {
        const char *value, *label;
    } WAYS[] = {{"", N_("da dove è venuto, o al conto prepagato")},
                {"source", N_("carta o conto di pagamento usato")},
                {"transfer", N_("bonifico all'IBAN qui sotto")},
                {"wallet", N_("conto prepagato del cliente")}};
    const char *reason = form_value(&p->req->form, "reason"), *way = form_value(&p->req->form, "destination");
    const char *verdict = form_value(&p->req->form, "verdict");
    json_t *reasons = json_array(), *ways = json_array();

    for (int i = 0; i < REVIEW_REASONS; i++) {
        const char *name = review_reason_name((enum review_reason)i);

        json_array_append_new(reasons, json_pack("{s:s, s:s, s:b}", "value", name, "label",
                                                 page_text(p, review_reason_label((enum review_reason)i)), "selected",
                                                 reason && strcmp(reason, name) == 0));
    }
    for (size_t i = 0; i < count_of(WAYS); i++)
        json_array_append_new(ways,
                              json_pack("{s:s, s:s, s:b}", "value", WAYS[i].value, "label", page_text(p, WAYS[i].label),
                                        "selected", way && strcmp(way, WAYS[i].value) == 0));
    page_set(p, "reasons", reasons);
    page_set(p, "ways", ways);
    page_set(p, "chosen",
             json_pack("{s:b, s:b, s:b}", "approve", verdict && strcmp(verdict, "approve") == 0, "reject",
                       verdict && strcmp(verdict, "reject") == 0, "refuse", verdict && strcmp(verdict, "refuse") == 0));
}

/* ---- The page ---- */

static const char *done_text(const struct page *p)
{
    static const struct {
        const char *word, *text;
    } DONE_[] = {{"approve", N_("Documenti approvati.")},
                 {"reject", N_("Documenti respinti: il cliente è stato avvisato.")},
                 {"refuse", N_("Richiesta chiusa: il rimborso è avviato e i nomi sono liberi.")},
                 {"riprova", N_("Il gestore viene interrogato di nuovo.")},
                 {"sollecita", N_("Sollecito inviato.")},
                 {"nomi", N_("Nomi registrati.")}};
    const char *word = form_value(&p->req->query, "fatto");

    for (size_t i = 0; word && i < count_of(DONE_); i++)
        if (strcmp(DONE_[i].word, word) == 0)
            return page_text(p, DONE_[i].text);
    return NULL;
}

static void show(struct office *o, const struct review_page *rp, int status, const struct problems *faults)
{
    const struct review *r = &rp->review;
    const enum request_state state = r->request.state;
    bool review = operator_may(&o->operator, OFFICE_REVIEW), ask = operator_may(&o->operator, OFFICE_ASK);
    bool stuck = state == REQUEST_IN_REVIEW && r->request.error[0];
    struct page *p = &o->page;
    const char *done = done_text(p);

    office_put_facts(o, r, rp->deciders);
    page_fields(p, VERDICT, NULL, faults);
    page_fields(p, NAMES_FORM, NULL, NULL);
    put_choices(p);
    page_set(p, "flash", done && !faults ? json_string(done) : json_false());
    page_set(p, "may",
             json_pack("{s:b, s:b, s:b, s:b, s:b, s:b, s:b, s:b}", "approve", review && r->waits, "reject",
                       review && state == REQUEST_IN_REVIEW, "refuse",
                       review && (state == REQUEST_IN_REVIEW || state == REQUEST_DOCS_PENDING), "decide",
                       review && (state == REQUEST_IN_REVIEW || state == REQUEST_DOCS_PENDING), "retry",
                       review && (stuck || state == REQUEST_ACTIVATING), "name",
                       ask && request_wants_names(&r->request), "remind", ask && state == REQUEST_DOCS_PENDING,
                       "papers", operator_may(&o->operator, OFFICE_PAPERS)));
    page_set(p, "submission", json_integer(r->waits ? r->last->id : 0));
    foreign_may_be_framed(p->req);
    office_show(o, status, "review", talloc_asprintf(p->mem, page_text(p, N_("Ordine %s")), r->order.code));
}

void office_review(struct http_request *req)
{
    struct review_page rp;
    struct office o;

    if (office_open(req, load, &rp, &o))
        show(&o, &rp, 200, NULL);
}

/* ---- What is done ---- */

struct doing {
    struct office *o;
    int64_t id;
    struct review_decision decision;
    struct names_form names;
    struct request request;
    struct review_page after;
    struct problems faults;
    struct problem why;
};

static enum outcome read_again(struct db_tx *tx, void *arg)
{
    struct doing *d = arg;
    struct problem why;

    return load(tx, d->o, &d->after, &why);
}

/* Back to the page, which says what was done; or the page as it is now, with what stands in the way. */
static void answer(struct doing *d, enum outcome outcome, const char *word)
{
    struct office *o = d->o;

    if (outcome == DONE) {
        office_go(o, talloc_asprintf(o->page.mem, "/office/documenti/%" PRId64 "?fatto=%s", d->id, word));
        return;
    }
    if (outcome != REFUSED || (d->why.code == PROBLEM_NONE && !d->faults.count) ||
        db_read(o->page.shop->db, "office.review", read_again, d) != DONE) {
        office_failed(o, outcome, &d->why);
        return;
    }
    if (d->why.code != PROBLEM_NONE)
        problems_put(&d->faults, &d->why);
    show(o, &d->after, problem_status(d->faults.item[0].code), &d->faults);
}

static enum outcome decide(struct db_tx *tx, void *arg)
{
    struct doing *d = arg;

    d->why = (struct problem){0};
    return review_decide(tx, d->o->page.mem, d->o->page.shop, &d->decision, &d->request, &d->why);
}

void office_review_sent(struct http_request *req)
{
    struct doing d = {.id = office_id(req, "id")};
    struct verdict_form form = {0};
    struct review_page rp;
    enum outcome outcome = REFUSED;
    struct office o;

    if (!office_open(req, load, &rp, &o))
        return;
    d.o = &o;
    if (page_form(&o.page, VERDICT, &form, &d.faults) == DONE) {
        d.decision = (struct review_decision){.verdict = (enum review_verdict)form.verdict,
                                              .request_id = d.id,
                                              .submission_id = form.submission,
                                              .reason = form.reason,
                                              .note = form.note,
                                              .identity_expires_on = form.identity_expires_on,
                                              .destination = form.destination,
                                              .iban = form.iban,
                                              .payee = form.payee,
                                              .actor = o.actor};
        outcome = db_transaction(o.page.shop->db, "review.decide", decide, &d);
    }
    answer(&d, outcome, review_verdict_name((enum review_verdict)form.verdict));
}

static enum outcome retry(struct db_tx *tx, void *arg)
{
    struct doing *d = arg;

    d->why = (struct problem){0};
    return activation_retry(tx, d->o->page.mem, d->o->page.shop, d->id, &d->o->actor, &d->request, &d->why);
}

static enum outcome remind(struct db_tx *tx, void *arg)
{
    struct doing *d = arg;

    d->why = (struct problem){0};
    return review_remind(tx, d->o->page.mem, d->o->page.shop, d->id, &d->o->actor, &d->request, &d->why);
}

static enum outcome name(struct db_tx *tx, void *arg)
{
    struct doing *d = arg;

    d->why = (struct problem){0};
    return names_give(tx, d->o->page.mem, d->o->page.shop, d->id, 0, d->names.name, &d->o->actor, &d->request,
                      &d->faults, &d->why);
}

static void act(struct http_request *req, db_work *work, const char *word)
{
    struct doing d = {.id = office_id(req, "id")};
    struct review_page rp;
    struct office o;

    if (!office_open(req, load, &rp, &o))
        return;
    d.o = &o;
    answer(&d, db_transaction(o.page.shop->db, word, work, &d), word);
}

void office_retry(struct http_request *req)
{
    act(req, retry, "riprova");
}

void office_remind(struct http_request *req)
{
    act(req, remind, "sollecita");
}

void office_names(struct http_request *req)
{
    struct doing d = {.id = office_id(req, "id"), .names.name = {"", "", ""}};
    struct review_page rp;
    enum outcome outcome = REFUSED;
    struct office o;

    if (!office_open(req, load, &rp, &o))
        return;
    d.o = &o;
    if (page_form(&o.page, NAMES_FORM, &d.names, &d.faults) == DONE)
        outcome = db_transaction(o.page.shop->db, "names.give", name, &d);
    answer(&d, outcome, "nomi");
}

/* ---- Papers ---- */

struct looking {
    struct office *o;
    int64_t request_id, document_id;
    struct document document;
    struct problem why;
};

static enum outcome look(struct db_tx *tx, void *arg)
{
    struct looking *l = arg;

    l->why = (struct problem){0};
    return document_look(tx, l->o->page.mem, (struct papers_of){.request_id = l->request_id}, l->document_id,
                         &l->o->actor, &l->document, &l->why);
}

/* Bytes that somebody sent: only looked at, in a frame of ours, and nothing in them runs. */
void office_show_document(struct office *o, const struct document *document)
{
    struct problem why = {0};
    const char *type;
    size_t length;
    void *bytes;
    enum outcome outcome = document_show(o->page.shop, o->page.mem, document, &type, &bytes, &length, &why);

    if (outcome != DONE) {
        office_failed(o, outcome, &why);
        return;
    }
    http_inline(o->page.req, "documento-%" PRId64 ".%s", document->id, strrchr(type, '/') + 1);
    foreign_show(o->page.req, FOREIGN_FRAMED, type, bytes, length);
}

void office_document(struct http_request *req)
{
    struct looking l = {.request_id = office_id(req, "id"), .document_id = office_id(req, "document")};
    struct review_page rp;
    enum outcome outcome;
    struct office o;

    if (!office_open(req, load, &rp, &o))
        return;
    l.o = &o;
    outcome = db_transaction(o.page.shop->db, "document.look", look, &l);
    if (outcome == DONE)
        office_show_document(&o, &l.document);
    else
        office_failed(&o, outcome, &l.why);
}

/* What was given to the customer to sign, to hold the signed one against. */
void office_contract(struct http_request *req)
{
    struct problem why = {0};
    struct review_page rp;
    enum outcome outcome;
    struct office o;
    size_t length;
    void *bytes;

    if (!office_open(req, load, &rp, &o))
        return;
    outcome = contract_get(o.page.shop, o.page.mem, rp.review.request.id, &bytes, &length, &why);
    if (outcome != DONE) {
        office_failed(&o, outcome, &why);
        return;
    }
    http_inline(req, "contratto-%s.pdf", rp.review.order.code);
    http_reply_kept(req, 200, "application/pdf", bytes, length);
}
