/* web/portal_holder_new.c: who is to have a mailbox (M25). GET and POST /intestatario/{token}: by the link in the mail
 * one accepts, POST …/rifiuto declines; GET and POST /volture/{id}: the identity document, and how far it is; POST
 * …/rinuncia, GET …/file/{document}. */

#include "base/i18n.h"
#include "base/text.h"
#include "shop/present.h"
#include "shop/present_papers.h"
#include "web/holder_form.h"
#include "web/portal.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

/* ---- The link ---- */

static const struct form_field ANSWER[] = {
    HOLDER_FIELDS,
    FORM_FLAG(struct holder_form, terms, "terms"),
    FORM_IGNORE("terms_version"),
    FORM_FLAG(struct holder_form, privacy, "privacy"),
    FORM_TEXT(struct holder_form, password, "password", .secret = true, .optional = true),
    FORM_IGNORE("account"), /* for password managers */
    FORM_END,
};

struct offer_page {
    struct holder_change_offer offer;
    bool spent;
};

static enum outcome load_offer(struct db_tx *tx, struct page *p, void *arg, struct problem *why)
{
    struct offer_page *op = arg;
    enum outcome o = holder_change_offer(tx, p->mem, p->brand, http_parameter(p->req, "token"), &op->offer, why);

    op->spent = o == REFUSED;
    return o == REFUSED ? DONE : o;
}

static bool open_offer(struct http_request *req, struct page *p, struct offer_page *op)
{
    *op = (struct offer_page){0};
    if (!page_open(req, PAGE_ANYBODY, load_offer, op, p))
        return false;
    if (op->spent)
        page_link_spent(p, "of_holder");
    return !op->spent;
}

static void show_offer(struct page *p, const struct offer_page *op, int status, const struct holder_form *typed,
                       const struct problems *faults)
{
    const struct holder_change_offer *offer = &op->offer;
    const struct holder_change *c = &offer->change;
    const char *token = http_parameter(p->req, "token");
    bool is_it = offer->known && p->visitor.who.account_id == offer->account_id;
    json_t *values = holder_form_values(c);

    page_set(p, "token", json_string(token));
    page_set(p, "change", present_holder_change(p->mem, p->language, c));
    page_set(p, "old_holder", json_string(offer->mailbox.holder.name));
    page_set(p, "term_ends", present_day(offer->mailbox.term.ends_on));
    page_set(p, "plan", json_string(offer->mailbox.plan));
    page_set(p, "sign_in", json_boolean(offer->known && !is_it));
    page_set(p, "next_query",
             json_string(page_next_query(p, talloc_asprintf(p->mem, "%s/intestatario/%s", p->base, token))));
    page_set(p, "makes_account", json_boolean(!offer->known));
    page_set(p, "privacy_asked", json_boolean(!offer->known && p->brand->privacy.version));
    page_set(p, "body", json_boolean(c->holder.kind == HOLDER_COMPANY || c->holder.kind == HOLDER_PUBLIC_BODY));
    page_set(p, "business", json_boolean(!holder_is_consumer((enum holder_kind)c->holder.kind)));
    page_put_terms(p, typed && typed->terms);
    page_set(p, "privacy_checked", json_boolean(typed && typed->privacy));
    page_fields(p, ANSWER, values, faults);
    json_decref(values);
    page_show(p, status, "holder_offer", N_("Una casella per lei"));
}

void portal_holder_offer(struct http_request *req)
{
    struct offer_page op;
    struct page p;

    if (open_offer(req, &p, &op))
        show_offer(&p, &op, 200, NULL, NULL);
}

static void come_in(struct page *p, const char *session, int64_t id)
{
    if (session[0] && p->signed_in && logout(p->shop, p->cookie) != DONE) { /* a session is never carried over */
        page_failed(p, BUSY, NULL);
        return;
    }
    if (session[0])
        http_set_cookie(p->req, SESSION_COOKIE, session, page_cookie_path(p), -1);
    page_go(p, talloc_asprintf(p->mem, "/volture/%" PRId64 "?accettata=1", id));
}

void portal_holder_answer(struct http_request *req)
{
    struct holder_form form = {.kind = -1};
    struct problems faults = {0}, more = {0};
    struct holder_change change = {0};
    struct problem why = {0};
    char session[TOKEN_TEXT];
    struct offer_page op;
    enum outcome o;
    struct page p;

    if (!open_offer(req, &p, &op))
        return;
    o = page_form(&p, ANSWER, &form, &faults);
    if (o == DONE) {
        o = holder_change_accept(p.shop, p.mem,
                                 &(struct holder_change_answer){.brand = p.brand,
                                                                .token = http_parameter(req, "token"),
                                                                .who = p.visitor.who,
                                                                .person = holder_form_person(&form),
                                                                .password = form.password,
                                                                .terms_version = form.terms ? page_terms_shown(&p) : "",
                                                                .privacy = form.privacy,
                                                                .language = p.language},
                                 session, &change, &more, &why);
        for (size_t i = 0; i < more.count && i < count_of(more.item); i++)
            problems_put(&faults, &more.item[i]);
        problems_sort(&faults, ANSWER);
    }
    if (o == DONE)
        come_in(&p, session, change.id);
    else if (o == REFUSED && (faults.count || why.code == PROBLEM_UNAUTHENTICATED))
        show_offer(&p, &op, faults.count ? 422 : 401, &form, &faults);
    else if (o == REFUSED && why.code == PROBLEM_LINK_SPENT)
        page_link_spent(&p, "of_holder");
    else
        page_failed(&p, o, &why);
}

void portal_holder_decline(struct http_request *req)
{
    struct problem why = {0};
    struct offer_page op;
    enum outcome o;
    struct page p;

    if (!open_offer(req, &p, &op))
        return;
    o = holder_change_decline(p.shop, p.mem, p.brand, http_parameter(req, "token"), &why);
    if (o != DONE) {
        page_failed(&p, o, &why);
        return;
    }
    page_set(&p, "address", json_string(op.offer.change.address));
    page_set(&p, "old_holder", json_string(op.offer.mailbox.holder.name));
    page_show(&p, 200, "holder_declined", N_("Casella rifiutata"));
}

/* ---- The identity document ---- */

struct taking_page {
    struct papers papers;
    json_t *refused; /* files that were not taken: {file, text} */
    struct problems faults;
};

/* Another's change reads like one that does not exist. */
static enum outcome load_papers(struct db_tx *tx, struct page *p, void *arg, struct problem *why)
{
    struct taking_page *tp = arg;
    const char *id = http_parameter(p->req, "id");
    int64_t account = p->visitor.who.account_id;
    enum outcome o = papers_of_change(tx, p->mem, id ? strtoll(id, NULL, 10) : 0, &tp->papers);

    if (o == REFUSED || (o == DONE && (!account || tp->papers.change.account_id != account ||
                                       strcmp(tp->papers.change.brand, p->brand->id) != 0)))
        return problem_set(why, PROBLEM_NOT_FOUND, "", "%s", "");
    return o;
}

static const struct form_field SENT[] = {FORM_IGNORE(SLOT_IDENTITY), FORM_END};

static json_t *slot_data(struct page *p, const struct taking_page *tp)
{
    json_t *data = present_slot(&tp->papers, SLOT_IDENTITY, p->language);
    json_t *faults = tp->refused ? json_incref(tp->refused) : json_array();

    for (size_t i = 0; i < tp->faults.count && !json_array_size(faults) && i < count_of(tp->faults.item); i++)
        json_array_append_new(
            faults, json_pack("{s:b, s:s}", "file", 0, "text", problem_text(p->mem, p->language, &tp->faults.item[i])));
    json_object_set_new(data, "wrong", json_boolean(json_array_size(faults) > 0));
    json_object_set_new(data, "faults", faults);
    json_object_set_new(data, "path", json_sprintf("%s/volture/%" PRId64 "/file", p->base, tp->papers.change.id));
    json_object_set_new(data, "is_contract", json_false());
    json_object_set_new(data, "is_identity", json_true());
    return data;
}

static json_t *rejection_data(struct page *p, const struct papers *papers)
{
    const struct submission *rejection = papers_rejection(papers);
    enum review_reason reason;

    if (!rejection || review_reason_of(rejection->reason, &reason) != DONE)
        return json_false();
    return json_pack("{s:s, s:o}", "advice", page_text(p, review_reason_advice(reason)), "note",
                     rejection->note[0] ? json_string(rejection->note) : json_false());
}

static void show_papers(struct page *p, const struct taking_page *tp, int status)
{
    const struct papers *papers = &tp->papers;
    const struct holder_change *c = &papers->change;
    const struct submission *last = papers->last;
    bool awaited = papers_are_awaited(papers), kept = p->shop->files && p->shop->files->folder && p->shop->files->key;

    page_set(p, "change", present_holder_change(p->mem, p->language, c));
    page_set(p, "id", json_integer(c->id));
    page_set(p, "path", json_string(present_path(p->mem, c->address)));
    page_set(p, "welcome", json_boolean(form_value(&p->req->query, "accettata") != NULL && awaited));
    page_set(p, "awaited", json_boolean(awaited));
    page_set(p, "open", json_boolean(awaited && kept));
    page_set(p, "review",
             c->state == HOLDER_CHANGE_IN_REVIEW && last
                 ? json_pack("{s:o, s:o}", "sent_at", present_instant(last->sent_at), "due_at",
                             present_instant(last->due_at))
                 : json_false());
    page_set(p, "done", json_boolean(c->state == HOLDER_CHANGE_DONE));
    page_set(p, "over", json_boolean(!holder_change_is_open(c->state) && c->state != HOLDER_CHANGE_DONE));
    page_set(p, "may_leave", json_boolean(holder_change_is_open(c->state)));
    page_set(p, "rejection", rejection_data(p, papers));
    page_set(p, "signer", json_string(c->signer_name[0] ? c->signer_name : c->holder.name));
    page_set(p, "most_files", json_integer(DOCUMENTS_IN_SLOT));
    page_set(p, "most_mb", json_integer(DOCUMENT_BYTES >> 20));
    page_fields(p, SENT, NULL, &tp->faults);
    page_set(p, "slots", json_pack("[o]", slot_data(p, tp)));
    page_show(p, status, "holder_papers", N_("Cambio di intestatario"));
}

void portal_holder_papers(struct http_request *req)
{
    struct taking_page tp = {0};
    struct page p;

    if (page_open(req, PAGE_SIGNED_IN, load_papers, &tp, &p))
        show_papers(&p, &tp, 200);
}

static enum outcome add_one(struct page *p, struct taking_page *tp, const struct http_upload *sent)
{
    struct document_request request = {.change_id = tp->papers.change.id,
                                       .slot = SLOT_IDENTITY,
                                       .file_name = sent->filename,
                                       .bytes = sent->bytes,
                                       .length = sent->length,
                                       .actor = p->actor};
    struct problem why = {0};
    struct document document;
    enum outcome o = document_add(p->shop, p->mem, &request, &document, &why);

    if (o != REFUSED)
        return o;
    problems_put(&tp->faults, &why);
    if (!tp->refused)
        tp->refused = page_owns(p->mem, json_array());
    json_array_append_new(tp->refused, json_pack("{s:s, s:s}", "file", file_name_clean(p->mem, sent->filename), "text",
                                                 problem_text(p->mem, p->language, &why)));
    return DONE;
}

struct sending {
    struct page *p;
    struct taking_page *tp;
    struct submission submission;
    struct problems faults;
};

static enum outcome send(struct db_tx *tx, void *arg)
{
    struct sending *s = arg;

    return holder_change_send(tx, s->p->mem, s->p->shop->brands, s->tp->papers.change.id, &s->p->actor, &s->submission,
                              &s->faults);
}

static enum outcome reload(struct db_tx *tx, void *arg)
{
    struct sending *s = arg;

    return papers_of_change(tx, s->p->mem, s->tp->papers.change.id, &s->tp->papers);
}

static enum outcome act(struct page *p, struct taking_page *tp)
{
    const char *away = form_value(&p->req->form, "togli"), *act = form_value(&p->req->form, "fare");
    struct sending s = {.p = p, .tp = tp};
    struct problem why = {0};
    enum outcome o;

    for (size_t i = 0; i < p->req->upload_count; i++)
        if (strcmp(p->req->uploads[i].field, SLOT_IDENTITY) == 0)
            TRY(add_one(p, tp, &p->req->uploads[i]));
    if (away)
        TRY(document_take_back(
            p->shop, p->mem,
            &(struct taking_back){.change_id = tp->papers.change.id, .id = strtoll(away, NULL, 10), .actor = p->actor},
            &why));
    if (act && strcmp(act, "invia") == 0 && !tp->faults.count) {
        o = db_transaction(p->shop->db, "holder_change.send", send, &s);
        for (size_t i = 0; i < s.faults.count && i < count_of(s.faults.item); i++)
            problems_put(&tp->faults, &s.faults.item[i]);
        TRY(o == REFUSED && s.faults.count ? DONE : o);
    }
    return tp->faults.count ? db_read(p->shop->db, "papers.again", reload, &s) : DONE;
}

void portal_holder_papers_sent(struct http_request *req)
{
    struct taking_page tp = {0};
    enum outcome o;
    struct page p;

    if (!page_open(req, PAGE_SIGNED_IN, load_papers, &tp, &p))
        return;
    o = act(&p, &tp);
    if (o != DONE)
        page_failed(&p, o, NULL);
    else if (tp.faults.count)
        show_papers(&p, &tp, problem_status(tp.faults.item[0].code));
    else
        page_go(&p, talloc_asprintf(p.mem, "/volture/%" PRId64, tp.papers.change.id));
}

void portal_holder_document(struct http_request *req)
{
    struct taking_page tp = {0};
    struct page p;

    if (page_open(req, PAGE_SIGNED_IN, load_papers, &tp, &p))
        portal_show_document(&p, &tp.papers, http_parameter(req, "document"));
}

/* ---- Changing one's mind ---- */

struct leaving {
    struct page *p;
    int64_t id;
    struct problem why;
};

static enum outcome leave(struct db_tx *tx, void *arg)
{
    struct leaving *l = arg;

    l->why = (struct problem){0};
    return holder_change_stop(tx, l->p->mem, l->id, true, &l->p->actor, &l->why);
}

void portal_holder_leave(struct http_request *req)
{
    struct taking_page tp = {0};
    struct leaving l = {0};
    enum outcome o;
    struct page p;

    if (!page_open(req, PAGE_SIGNED_IN, load_papers, &tp, &p))
        return;
    l.p = &p;
    l.id = tp.papers.change.id;
    o = db_transaction(p.shop->db, "holder_change.leave", leave, &l);
    if (o == DONE)
        page_go(&p, talloc_asprintf(p.mem, "/volture/%" PRId64, l.id));
    else
        page_failed(&p, o, &l.why);
}
