/* web/office_holder.c: GET /office/volture: changes of holder, by what they wait for; GET and POST
 * /office/volture/{id}: all that is needed to decide on one, and the verdict; GET …/file/{document}: a paper, each look
 * at which is recorded (DOMAIN M25). */

#include "base/i18n.h"
#include "shop/documents.h"
#include "shop/holder_change.h"
#include "shop/present.h"
#include "shop/review.h"
#include "web/foreign.h"
#include "web/office.h"
#include "web/office_facts.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <talloc.h>

#define PAGE_SIZE 30

/* ---- The list ---- */

static const struct list {
    const char *word, *state, *label;
} LISTS[] = {{"verifica", "in_review", N_("Da verificare")},
             {"documenti", "accepted", N_("Senza documento")},
             {"risposta", "asked", N_("Senza risposta")},
             {"concluse", "ended", N_("Concluse")}};

struct listing {
    const struct list *list;
    int64_t after_key, after_id;
    struct holder_change *rows;
    size_t count;
    bool more;
};

static enum outcome load_list(struct db_tx *tx, struct office *o, void *arg, struct problem *why)
{
    struct listing *l = arg;

    (void)why;
    TRY(holder_changes_in_state(tx, o->page.mem, o->operator.brand, l->list->state, l->after_key, l->after_id,
                                PAGE_SIZE + 1, &l->rows, &l->count));
    l->more = l->count > PAGE_SIZE;
    l->count = l->more ? PAGE_SIZE : l->count;
    return DONE;
}

static json_t *row(const struct office *o, const struct holder_change *c)
{
    const struct page *p = &o->page;
    const struct brand *brand = brand_by_id(p->shop->brands, c->brand);
    json_t *data = present_holder_change(p->mem, p->language, c);

    json_object_set_new(data, "brand", json_string(brand ? brand->name : c->brand));
    json_object_set_new(data, "since", json_string(office_span(p, p->now.us - c->changed_at.us)));
    json_object_set_new(data, "since_at", present_instant(c->changed_at));
    return data;
}

void office_holders(struct http_request *req)
{
    const char *word = form_value(&req->query, "elenco"), *after = form_value(&req->query, "dopo");
    struct listing l = {.list = &LISTS[0]};
    json_t *rows, *lists;
    struct office o;

    for (size_t i = 0; word && i < count_of(LISTS); i++)
        if (strcmp(LISTS[i].word, word) == 0)
            l.list = &LISTS[i];
    if (after && sscanf(after, "%" SCNd64 ".%" SCNd64, &l.after_key, &l.after_id) != 2)
        l.after_key = l.after_id = 0;
    if (!office_open(req, load_list, &l, &o))
        return;
    rows = json_array();
    lists = json_array();
    for (size_t i = 0; i < count_of(LISTS); i++)
        json_array_append_new(lists, json_pack("{s:s, s:o, s:b}", "label", page_text(&o.page, LISTS[i].label), "url",
                                               json_sprintf("/office/volture?elenco=%s", LISTS[i].word), "here",
                                               &LISTS[i] == l.list));
    for (size_t i = 0; i < l.count; i++)
        json_array_append_new(rows, row(&o, &l.rows[i]));
    page_set(&o.page, "lists", lists);
    page_set(&o.page, "rows", rows);
    page_set(&o.page, "any", json_boolean(l.count > 0));
    page_set(&o.page, "first_url", l.after_id ? json_sprintf("/office/volture?elenco=%s", l.list->word) : json_false());
    page_set(&o.page, "more_url",
             l.more ? json_sprintf("/office/volture?elenco=%s&dopo=%" PRId64 ".%" PRId64, l.list->word,
                                   l.rows[l.count - 1].changed_at.us, l.rows[l.count - 1].id)
                    : json_false());
    office_show(&o, 200, "holders", N_("Cambi di intestatario"));
}

/* ---- One of them ---- */

struct one {
    struct holder_change_look look;
    struct papers papers;
    struct billing from; /* who holds it, or held it when it was asked for */
    const char *asked_by;
    const char **deciders; /* by submission */
};

static enum outcome load_names(struct db_tx *tx, struct office *o, struct one *one)
{
    const struct papers *papers = &one->papers;

    for (size_t i = 0; i < one->look.holding_count; i++)
        if (one->look.holdings[i].holder_id == one->look.change.from_holder_id) {
            one->from.name = one->look.holdings[i].name;
            one->from.tax_code = one->look.holdings[i].tax_code;
        }
    TRY(actor_label(tx, o->page.mem, one->look.change.asked_by, &one->asked_by));
    one->deciders = talloc_array(o->page.mem, const char *, (unsigned)papers->submission_count + 1);
    for (size_t i = 0; i < papers->submission_count; i++)
        TRY(actor_label(tx, o->page.mem, papers->submissions[i].decided_by, &one->deciders[i]));
    return DONE;
}

/* Another brand's reads like one that is not there. */
static enum outcome load(struct db_tx *tx, struct office *o, void *arg, struct problem *why)
{
    struct one *one = arg;

    *one = (struct one){.from = {.name = "", .tax_code = ""}};
    TRY(holder_change_load(tx, o->page.mem, o->page.shop->brands, office_id(o->page.req, "id"), &one->look, why));
    if (!operator_sees(&o->operator, one->look.change.brand))
        return problem_set(why, PROBLEM_NOT_FOUND, "", "%s", "");
    TRY(papers_of_change(tx, o->page.mem, one->look.change.id, &one->papers));
    return load_names(tx, o, one);
}

static const struct form_choice VERDICTS[] = {
    {"approve", HOLDER_CHANGE_APPROVE}, {"reject", HOLDER_CHANGE_REJECT}, {"refuse", HOLDER_CHANGE_REFUSE}, {NULL, 0}};

struct verdict_form {
    int verdict;
    int64_t submission;
    const char *reason, *note;
    struct day identity_expires_on;
};

static const struct form_field VERDICT[] = {
    FORM_ENUM(struct verdict_form, verdict, "verdict", VERDICTS),
    FORM_INT(struct verdict_form, submission, "submission", .min = 0, .max = INT64_MAX, .optional = true),
    FORM_DAY(struct verdict_form, identity_expires_on, "identity_expires_on", .optional = true),
    FORM_TEXT(struct verdict_form, reason, "reason", .max = 40, .optional = true),
    FORM_TEXT(struct verdict_form, note, "note", .max = 1000, .lines = true, .optional = true),
    FORM_END,
};

static json_t *text_or_false(const char *text)
{
    return text && text[0] ? json_string(text) : json_false();
}

static json_t *file_data(const struct page *p, const struct document *d, int64_t id)
{
    return json_pack("{s:I, s:o, s:s, s:s, s:b, s:b}", "id", (json_int_t)d->id, "url",
                     json_sprintf("/office/volture/%" PRId64 "/file/%" PRId64, id, d->id), "name", d->file_name, "slot",
                     page_text(p, N_("Documento d'identità")), "image", strncmp(d->content_type, "image/", 6) == 0,
                     "purged", d->purged_at.us != 0);
}

static void put_papers(struct page *p, const struct one *one)
{
    const struct papers *papers = &one->papers;
    json_t *files = json_array(), *history = json_array();

    for (size_t i = 0; i < papers->document_count; i++)
        if (papers->last && papers->documents[i].submission_id == papers->last->id)
            json_array_append_new(files, file_data(p, &papers->documents[i], papers->change.id));
    for (size_t i = 0; i < papers->submission_count; i++) {
        const struct submission *s = &papers->submissions[i];
        enum review_reason reason;

        json_array_append_new(
            history,
            json_pack("{s:I, s:o, s:b, s:b, s:b, s:o, s:o, s:o, s:o, s:o}", "number", (json_int_t)s->number, "sent_at",
                      present_instant(s->sent_at), "waits", strcmp(s->state, "in_review") == 0, "approved",
                      strcmp(s->state, "approved") == 0, "rejected",
                      strcmp(s->state, "rejected") == 0 || strcmp(s->state, "refused") == 0, "decided_at",
                      s->decided_at.us ? present_instant(s->decided_at) : json_false(), "decided_by",
                      text_or_false(one->deciders[i]), "reason",
                      review_reason_of(s->reason, &reason) == DONE
                          ? json_string(page_text(p, review_reason_label(reason)))
                          : json_false(),
                      "note", text_or_false(s->note), "identity_expires_on", present_day(s->identity_expires_on)));
    }
    page_set(p, "any_files", json_boolean(json_array_size(files)));
    page_set(p, "files", files);
    page_set(p, "history", history);
}

static void put_reasons(struct page *p)
{
    static const enum review_reason REASONS[] = {REVIEW_EXPIRED_DOCUMENT, REVIEW_ILLEGIBLE, REVIEW_WRONG_PERSON,
                                                 REVIEW_MISSING_PAGES, REVIEW_NOT_ENTITLED};
    const char *typed = form_value(&p->req->form, "reason"), *verdict = form_value(&p->req->form, "verdict");
    json_t *reasons = json_array();

    for (size_t i = 0; i < count_of(REASONS); i++) {
        const char *name = review_reason_name(REASONS[i]);

        json_array_append_new(reasons, json_pack("{s:s, s:s, s:b}", "value", name, "label",
                                                 page_text(p, review_reason_label(REASONS[i])), "selected",
                                                 typed && strcmp(typed, name) == 0));
    }
    page_set(p, "reasons", reasons);
    page_set(p, "chosen",
             json_pack("{s:b, s:b, s:b}", "approve", verdict && strcmp(verdict, "approve") == 0, "reject",
                       verdict && strcmp(verdict, "reject") == 0, "refuse", verdict && strcmp(verdict, "refuse") == 0));
}

static const char *done_text(const struct page *p)
{
    static const char *const DONE_[][2] = {
        {"approve", N_("Documento approvato.")},
        {"reject", N_("Documento respinto: il nuovo intestatario è stato avvisato.")},
        {"refuse", N_("Cambio di intestatario respinto: entrambi sono stati avvisati.")}};
    const char *word = form_value(&p->req->query, "fatto");

    for (size_t i = 0; word && i < count_of(DONE_); i++)
        if (strcmp(DONE_[i][0], word) == 0)
            return page_text(p, DONE_[i][1]);
    return NULL;
}

static void show(struct office *o, const struct one *one, int status, const struct problems *faults)
{
    const struct holder_change *c = &one->look.change;
    const struct submission *last = one->papers.last;
    bool waits = c->state == HOLDER_CHANGE_IN_REVIEW && last, review = operator_may(&o->operator, OFFICE_REVIEW);
    struct page *p = &o->page;
    const char *done = done_text(p);

    page_set(p, "change", row(o, c));
    page_set(p, "path", json_string(present_path(p->mem, c->address)));
    page_set(p, "from", json_pack("{s:s, s:s}", "name", one->from.name, "tax_code", one->from.tax_code));
    page_set(p, "asked_by", json_string(one->asked_by));
    page_set(p, "phone", json_string(c->phone));
    page_set(p, "signer", text_or_false(c->signer_name));
    page_set(p, "signer_tax_code", text_or_false(c->signer_tax_code));
    page_set(p, "terms", text_or_false(c->terms_version));
    page_set(p, "holdings", present_holdings(p->mem, one->look.holdings, one->look.holding_count));
    page_set(p, "open_order", json_boolean(one->look.mailbox.open_order_id && holder_change_is_open(c->state)));
    page_set(p, "deadline",
             waits
                 ? json_pack("{s:o, s:b}", "due_at", present_instant(last->due_at), "over", last->due_at.us < p->now.us)
                 : json_false());
    page_set(p, "may",
             json_pack("{s:b, s:b, s:b}", "approve", review && waits, "decide",
                       review && (waits || c->state == HOLDER_CHANGE_ACCEPTED), "papers",
                       operator_may(&o->operator, OFFICE_PAPERS)));
    page_set(p, "submission", json_integer(waits ? last->id : 0));
    page_set(p, "flash", done && !faults ? json_string(done) : json_false());
    put_papers(p, one);
    put_reasons(p);
    page_fields(p, VERDICT, NULL, faults);
    foreign_may_be_framed(p->req);
    office_show(o, status, "holder", N_("Cambio di intestatario"));
}

void office_holder(struct http_request *req)
{
    struct office o;
    struct one one;

    if (office_open(req, load, &one, &o))
        show(&o, &one, 200, NULL);
}

struct doing {
    struct office *o;
    struct holder_change_decision decision;
    struct holder_change change;
    struct one after;
    struct problem why;
};

static enum outcome decide(struct db_tx *tx, void *arg)
{
    struct doing *d = arg;

    d->why = (struct problem){0};
    return holder_change_decide(tx, d->o->page.mem, d->o->page.shop, &d->decision, &d->change, &d->why);
}

static enum outcome read_again(struct db_tx *tx, void *arg)
{
    struct doing *d = arg;
    struct problem why;

    return load(tx, d->o, &d->after, &why);
}

void office_holder_sent(struct http_request *req)
{
    struct verdict_form form = {0};
    struct problems faults = {0};
    struct doing d = {0};
    enum outcome outcome = REFUSED;
    struct office o;
    struct one one;

    if (!office_open(req, load, &one, &o))
        return;
    d.o = &o;
    if (page_form(&o.page, VERDICT, &form, &faults) == DONE) {
        d.decision = (struct holder_change_decision){.verdict = form.verdict,
                                                     .id = one.look.change.id,
                                                     .submission_id = form.submission,
                                                     .reason = form.reason,
                                                     .note = form.note,
                                                     .identity_expires_on = form.identity_expires_on,
                                                     .actor = o.actor};
        outcome = db_transaction(o.page.shop->db, "holder_change.decide", decide, &d);
        if (outcome == REFUSED && d.why.code != PROBLEM_NONE)
            problems_put(&faults, &d.why);
    }
    if (outcome == DONE)
        office_go(&o, talloc_asprintf(o.page.mem, "/office/volture/%" PRId64 "?fatto=%s", one.look.change.id,
                                      VERDICTS[form.verdict].word));
    else if (outcome == REFUSED && faults.count && db_read(o.page.shop->db, "office.holder", read_again, &d) == DONE)
        show(&o, &d.after, problem_status(faults.item[0].code), &faults);
    else
        office_failed(&o, outcome, &d.why);
}

/* ---- Papers ---- */

struct looking {
    struct office *o;
    struct document document;
    struct problem why;
};

static enum outcome look(struct db_tx *tx, void *arg)
{
    struct looking *l = arg;
    struct page *p = &l->o->page;

    l->why = (struct problem){0};
    return document_look(tx, p->mem, (struct papers_of){.change_id = office_id(p->req, "id")},
                         office_id(p->req, "document"), &l->o->actor, &l->document, &l->why);
}

void office_holder_document(struct http_request *req)
{
    struct looking l = {0};
    enum outcome outcome;
    struct office o;
    struct one one;

    if (!office_open(req, load, &one, &o))
        return;
    l.o = &o;
    outcome = db_transaction(o.page.shop->db, "document.look", look, &l);
    if (outcome == DONE)
        office_show_document(&o, &l.document);
    else
        office_failed(&o, outcome, &l.why);
}
