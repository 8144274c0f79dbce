#include "web/office_facts.h"
#include "base/i18n.h"
#include "rules/taxid.h"
#include "shop/activate.h"
#include "shop/present.h"
#include <inttypes.h>
#include <string.h>
#include <talloc.h>

static bool same(const char *a, const char *b)
{
    return strcmp(a, b) == 0;
}

static json_t *text_or_false(const char *text)
{
    return text && text[0] ? json_string(text) : json_false();
}

/* ---- The request ---- */

static const char *kind_label(const struct page *p, const char *kind)
{
    static const struct {
        const char *kind, *label;
    } KINDS[] = {{"person", N_("persona fisica")},
                 {"freelance", N_("libero professionista")},
                 {"sole_trader", N_("ditta individuale")},
                 {"company", N_("società o ente")},
                 {"public_body", N_("pubblica amministrazione")}};

    for (size_t i = 0; i < count_of(KINDS); i++)
        if (same(KINDS[i].kind, kind))
            return page_text(p, KINDS[i].label);
    return kind;
}

static void put_request(struct page *p, const struct review *r)
{
    const struct request *q = &r->request;
    const struct billing *h = &q->holder;
    const struct brand_plan *plan = brand_plan_by_id(r->brand, q->plan);
    json_t *data = json_pack(
        "{s:I, s:s, s:s, s:s, s:s, s:I, s:o, s:o, s:s, s:s}", "id", (json_int_t)q->id, "code", r->order.code, "brand",
        r->brand->name, "state", page_text(p, request_state_label(q->state)), "plan", plan ? plan->name : q->plan,
        "years", (json_int_t)q->years, "paid_at", present_instant(q->paid_at), "gross",
        present_money(r->order.total.gross), "account_name", r->account.name, "account_email", r->account.email);

    json_object_set_new(data, "provisional", json_boolean(r->order.provisional));
    json_object_set_new(data, "contract_version", text_or_false(q->contract_version));
    json_object_set_new(data, "contract_hash",
                        q->contract_sha256[0] ? json_sprintf("%.12s…", q->contract_sha256) : json_false());
    json_object_set_new(data, "start_now", json_boolean(q->start_now));
    page_set(p, "request", data);
    page_set(p, "holder",
             json_pack("{s:s, s:s, s:s, s:o, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:o, s:o}", "kind",
                       kind_label(p, q->holder_kind), "name", h->name, "tax_code", h->tax_code, "vat_number",
                       text_or_false(h->vat_number), "street", h->street, "postcode", h->postcode, "city", h->city,
                       "province", h->province, "country", h->country, "email", h->email, "phone", q->phone, "signer",
                       text_or_false(q->signer_name), "signer_tax_code", text_or_false(q->signer_tax_code)));
    page_set(p, "mailbox",
             q->mailbox_id && r->order.mailbox_id ? json_sprintf("%s@%s", q->held_name, r->brand->domain)
                                                  : json_false());
}

/* ---- Checks: each {label, value, ok, warn, stop: one true} ---- */

enum light { OK, WARN, STOP };

static void check(json_t *checks, const char *label, char *value, enum light light)
{
    json_array_append_new(checks, json_pack("{s:s, s:s, s:b, s:b, s:b}", "label", label, "value", value, "ok",
                                            light == OK, "warn", light == WARN, "stop", light == STOP));
}

static void check_names(struct page *p, const struct review *r, json_t *checks)
{
    static const char *const VERDICTS[] = {[NAME_FREE] = N_("libero"),
                                           [NAME_HELD] = N_("riservato a un'altra richiesta"),
                                           [NAME_IN_USE] = N_("già in uso"),
                                           [NAME_RETIRED] = N_("cancellato, di un altro titolare")};

    for (int i = 0; i < NAMES && r->request.state != REQUEST_ACTIVE; i++) {
        const struct review_name *n = &r->names[i];

        if (n->address)
            check(checks, n->held ? page_text(p, N_("Nome riservato")) : page_text(p, N_("Nome di riserva")),
                  talloc_asprintf(p->mem, "%s: %s", n->address, page_text(p, VERDICTS[n->verdict])),
                  n->verdict == NAME_FREE ? OK
                  : n->held               ? STOP
                                          : WARN);
    }
}

static void check_holder(struct page *p, const struct review *r, json_t *checks)
{
    const struct request *q = &r->request;
    struct problem why = {0};
    struct billing copy = q->holder;
    struct text_buffer others = text_buffer(p->mem);
    struct problems faults = {0};

    (void)why;
    check(checks, page_text(p, N_("Dati del titolare")),
          billing_check(p->mem, &copy, &faults) == DONE
              ? talloc_strdup(p->mem, page_text(p, N_("codice fiscale e recapiti corretti nella forma")))
              : problem_text(p->mem, p->language, &faults.item[0]),
          faults.count ? STOP : OK);
    for (size_t i = 0; i < r->other_count; i++)
        text_put_format(&others, "%s%s", i ? ", " : "", r->others[i].address);
    check(checks, page_text(p, N_("Altre caselle del titolare")),
          r->other_count ? others.bytes : talloc_strdup(p->mem, page_text(p, N_("nessuna"))), OK);
}

static const char *signed_for(const struct request *q)
{
    return q->signer_tax_code[0] ? q->signer_tax_code : q->holder.tax_code;
}

static void check_signature(struct page *p, const struct review *r, const struct document *d, json_t *checks)
{
    enum signature_state state;
    bool his = same(d->signer_tax_code, signed_for(&r->request));

    if (signature_state_of(d->signature, &state) != DONE || state == SIGNATURE_NONE) {
        if (same(d->slot, SLOT_CONTRACT))
            check(checks, page_text(p, N_("Firma del contratto")),
                  talloc_strdup(p->mem, page_text(p, N_("nessuna firma digitale: controllare quella autografa"))),
                  WARN);
        return;
    }
    check(checks, page_text(p, N_("Firma digitale")),
          talloc_asprintf(p->mem, "%s: %s%s%s%s%s", page_text(p, signature_state_label(state)), d->signer,
                          d->signer_tax_code[0] ? ", " : "", d->signer_tax_code, his ? "" : " – ",
                          his ? "" : page_text(p, N_("non è il codice fiscale di chi deve firmare"))),
          state == SIGNATURE_VALID && his ? OK
          : state == SIGNATURE_BROKEN     ? STOP
                                          : WARN);
}

/* ---- Papers ---- */

static json_t *file(struct page *p, const struct review *r, const struct document *d)
{
    char size[16];
    bool image = strncmp(d->content_type, "image/", 6) == 0;

    if (d->length >= 1000000)
        snprintf(size, sizeof size, "%d,%d MB", (int)(d->length / 1000000), (int)(d->length / 100000 % 10));
    else
        snprintf(size, sizeof size, "%d kB", (int)((d->length + 999) / 1000));
    return json_pack("{s:I, s:s, s:s, s:b, s:b, s:b, s:o, s:s}", "id", (json_int_t)d->id, "name", d->file_name, "size",
                     size, "image", image, "contract", same(d->slot, SLOT_CONTRACT), "purged", d->purged_at.us != 0,
                     "url", json_sprintf("/office/documenti/%" PRId64 "/file/%" PRId64, r->request.id, d->id), "slot",
                     page_text(p, same(d->slot, SLOT_CONTRACT) ? N_("Contratto") : N_("Documento d'identità")));
}

/* What the last submission consists of: of each slot what was sent last. */
static int64_t newest(const struct review *r, const char *slot)
{
    int64_t id = 0;

    for (size_t i = 0; i < r->document_count; i++)
        if (same(r->documents[i].slot, slot) && r->documents[i].submission_id > id)
            id = r->documents[i].submission_id;
    return id;
}

static void put_papers(struct page *p, const struct review *r, json_t *checks)
{
    json_t *files = json_array();

    for (size_t i = 0; i < r->document_count; i++) {
        const struct document *d = &r->documents[i];

        if (!d->submission_id || d->submission_id != newest(r, d->slot))
            continue;
        json_array_append_new(files, file(p, r, d));
        check_signature(p, r, d, checks);
    }
    page_set(p, "any_files", json_boolean(json_array_size(files) > 0));
    page_set(p, "files", files);
}

static void put_history(struct page *p, const struct review *r, const char *const *deciders)
{
    json_t *history = json_array();

    for (size_t i = r->submission_count; i-- > 0;) {
        const struct submission *s = &r->submissions[i];
        enum review_reason reason;
        json_t *row =
            json_pack("{s:I, s:o, s:o, s:b, s:b, s:b, s:b, s:o}", "number", (json_int_t)s->number, "sent_at",
                      present_instant(s->sent_at), "due_at", present_instant(s->due_at), "waits",
                      same(s->state, "in_review"), "approved", same(s->state, "approved"), "rejected",
                      same(s->state, "rejected"), "refused", same(s->state, "refused"), "note", text_or_false(s->note));

        json_object_set_new(row, "decided_at", s->decided_at.us ? present_instant(s->decided_at) : json_false());
        json_object_set_new(row, "decided_by", text_or_false(deciders[i]));
        json_object_set_new(row, "reason",
                            review_reason_of(s->reason, &reason) == DONE
                                ? json_string(page_text(p, review_reason_label(reason)))
                                : json_false());
        json_object_set_new(row, "identity_expires_on", present_day(s->identity_expires_on));
        json_array_append_new(history, row);
    }
    page_set(p, "history", history);
}

static void put_deadline(struct page *p, const struct review *r)
{
    page_set(p, "deadline",
             r->waits ? json_pack("{s:o, s:o, s:b, s:I}", "sent_at", present_instant(r->last->sent_at), "due_at",
                                  present_instant(r->last->due_at), "over", r->last->due_at.us < p->now.us, "number",
                                  (json_int_t)r->last->number)
                      : json_false());
}

/* What the host said, or that it says nothing. */
static void put_trouble(struct page *p, const struct review *r)
{
    const struct request *q = &r->request;
    bool names = request_wants_names(q);
    bool silent = q->state == REQUEST_ACTIVATING && r->asking.id && r->asking.last_error[0];

    page_set(
        p, "trouble",
        names ? json_pack("{s:b, s:s}", "names", 1, "text",
                          page_text(p, N_("Il gestore non ha libero nessuno dei nomi scelti.")))
        : q->state == REQUEST_DOCS_PENDING && q->error[0]
            ? json_pack("{s:b, s:s}", "names", 0, "text",
                        page_text(p, N_("I documenti non sono arrivati entro il termine, e il denaro non trova da sé "
                                        "la via del ritorno: serve un IBAN.")))
        : q->error[0] ? json_pack("{s:b, s:s}", "names", 0, "text", i18n_filled(p->mem, p->language, q->error))
                      : json_false());
    page_set(p, "waiting_until", q->state == REQUEST_WAITING ? present_day(q->begins_on) : json_false());
    page_set(p, "asking",
             silent ? json_pack("{s:I, s:s, s:o}", "attempts", (json_int_t)r->asking.attempts, "error",
                                i18n_filled(p->mem, p->language, r->asking.last_error), "next_at",
                                present_instant(r->asking.due_at))
                    : json_false());
}

void office_put_facts(struct office *o, const struct review *r, const char *const *deciders)
{
    struct page *p = &o->page;
    json_t *checks = json_array();

    put_request(p, r);
    check_names(p, r, checks);
    check_holder(p, r, checks);
    put_papers(p, r, checks);
    page_set(p, "checks", checks);
    put_history(p, r, deciders);
    put_deadline(p, r);
    put_trouble(p, r);
}
