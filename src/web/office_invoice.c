/* web/office_invoice.c: GET /office/fatture/{id}: one invoice or credit note: what it says, its way through SdI, what
 * may be done; its copy on paper, its files and the notices as they came. */

#include "web/office_invoice.h"
#include "base/i18n.h"
#include "shop/paper.h"
#include "web/billing_form.h"
#include <inttypes.h>
#include <string.h>
#include <talloc.h>

static enum outcome not_found(struct problem *why)
{
    return problem_set(why, PROBLEM_NOT_FOUND, "", "%s", "");
}

enum outcome office_invoice_load(struct db_tx *tx, struct office *o, void *arg, struct problem *why)
{
    struct invoice_page *p = arg;
    void *mem = o->page.mem;
    struct invoice invoice;
    enum outcome outcome = invoice_by_id(tx, mem, p->id, &invoice);

    if (outcome == REFUSED || (outcome == DONE && !operator_sees(&o->operator, invoice.brand)))
        return not_found(why);
    TRY(outcome);
    TRY(order_facts_of_invoice(tx, mem, o->page.shop->brands, &invoice, &p->facts));
    TRY(sdi_of_invoice(tx, mem, p->id, &p->standing));
    TRY(sdi_sendings_of(tx, mem, p->id, &p->files, &p->file_count));
    TRY(sdi_notices_of(tx, mem, p->id, &p->notices, &p->notice_count));
    TRY(credit_notes_of(tx, mem, p->id, &p->notes, &p->note_count));
    p->left = invoice.total.due;
    for (size_t i = 0; i < p->note_count; i++)
        p->left.cents -= p->notes[i].total.due.cents;
    p->lines = p->facts.lines;
    p->line_count = order_is_bulk(&p->facts.order) ? 0 : p->facts.line_count; /* whose lines are groups of lines */
    return credited_lines(tx, mem, invoice.order_id, 0, &p->credited, &p->credited_count);
}

/* ---- What is shown ---- */

static json_t *files(const struct page *p, const struct invoice_page *i)
{
    json_t *all = json_array();

    for (size_t k = 0; k < i->file_count; k++) {
        const struct sdi_sending *f = &i->files[k];
        enum sdi_state outcome;

        json_array_append_new(all, json_pack("{s:I, s:s, s:s, s:o, s:b, s:o, s:s}", "attempt", (json_int_t)f->attempt,
                                             "name", f->name, "sha256", f->sha256, "sent_at",
                                             f->sent_at.us ? present_instant(f->sent_at) : json_false(), "by_hand",
                                             strcmp(f->channel, "hand") == 0, "outcome",
                                             f->outcome[0] && sdi_state_of(f->outcome, &outcome) == DONE
                                                 ? json_string(page_text(p, sdi_state_label(outcome)))
                                                 : json_false(),
                                             "sdi_id", f->sdi_id));
    }
    return all;
}

static json_t *notes(const struct page *p, const struct invoice_page *i)
{
    json_t *all = json_array();

    for (size_t k = 0; k < i->note_count; k++)
        json_array_append_new(all, json_pack("{s:I, s:s, s:o, s:o}", "id", (json_int_t)i->notes[k].id, "number",
                                             invoice_number_text(p->mem, &i->notes[k]), "gross",
                                             present_money(i->notes[k].total.gross), "issued_on",
                                             present_day(i->notes[k].issued_on)));
    return all;
}

static json_t *notices(const struct page *p, const struct invoice_page *i)
{
    json_t *all = json_array();

    for (size_t k = 0; k < i->notice_count; k++)
        json_array_append_new(all, office_notice_row(p, &i->notices[k]));
    return all;
}

static json_t *head(const struct page *p, const struct invoice_page *i)
{
    const struct invoice *v = &i->facts.invoice;
    const struct billing *b = &i->facts.order.billing;
    bool note = invoice_is_credit_note(v);
    const char *code = b->sdi_code[0] ? b->sdi_code : b->sdi_pec[0] ? b->sdi_pec : "0000000";

    return json_pack("{s:I, s:s, s:b, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:s, s:s, s:s, s:s, s:s}", "id",
                     (json_int_t)v->id, "number", invoice_number_text(p->mem, v), "note", note, "kind",
                     note ? "TD04" : "TD01", "brand", i->facts.brand->name, "issued_on", present_day(v->issued_on),
                     "net", present_money(v->total.net), "vat", present_money(v->total.vat), "gross",
                     present_money(v->total.gross), "rate", present_vat_rate(v->total.vat_rate_bp), "customer", b->name,
                     "tax", b->vat_number[0] ? b->vat_number : b->tax_code, "recipient", code, "order",
                     i->facts.order.code, "reason", v->reason);
}

static json_t *standing(const struct page *p, const struct invoice_page *i)
{
    const struct sdi_standing *s = &i->standing;
    bool rejected = s->state == SDI_REJECTED;

    return json_pack("{s:s, s:s, s:o, s:s, s:b, s:b, s:b, s:b, s:b, s:o}", "state", sdi_state_name(s->state), "label",
                     page_text(p, sdi_state_label(s->state)), "since", present_instant(s->changed_at), "said", s->said,
                     "bad", rejected || s->state == SDI_REFUSED, "rejected", rejected, "duplicate",
                     rejected && !s->resend_by.n, "late",
                     rejected && s->resend_by.n && day_before(s->resend_by, p->today), "silent",
                     s->state == SDI_SENT && s->changed_at.us < instant_plus(p->now, -DAYS(SDI_SILENT_DAYS)).us,
                     "resend_by", rejected && s->resend_by.n ? present_day(s->resend_by) : json_false());
}

static bool is_credited(const struct invoice_page *i, int64_t line)
{
    for (size_t k = 0; k < i->credited_count; k++)
        if (i->credited[k] == line)
            return true;
    return false;
}

/* Each line with what would be given back for it by itself. */
static json_t *lines(const struct invoice_page *i)
{
    json_t *all = json_array();
    const struct total *t = &i->facts.invoice.total;

    for (size_t k = 0; k < i->line_count; k++) {
        const struct order_line *l = &i->lines[k];

        json_array_append_new(all, json_pack("{s:I, s:s, s:s, s:o, s:b}", "n", (json_int_t)l->line, "what",
                                             l->description, "address", l->address ? l->address : "", "amount",
                                             present_money(sale_credit_net(t, t, l->net).due), "gone",
                                             is_credited(i, l->line)));
    }
    return all;
}

static void put_forms(struct office *o, const struct invoice_page *i, enum invoice_form which,
                      const struct problems *faults)
{
    struct page *p = &o->page;
    const struct order *order = &i->facts.order;
    bool may = operator_may(&o->operator, OFFICE_INVOICE);
    bool creditable = may && !i->facts.corrected.id && i->left.cents > 0 && order->state == ORDER_FULFILLED &&
                      i->standing.state != SDI_REJECTED; /* which was never issued */
    bool again =
        may && ((i->standing.state == SDI_REJECTED && i->standing.resend_by.n) || i->standing.state == SDI_REFUSED);

    page_set(p, "may_credit", json_boolean(creditable));
    page_set(p, "may_again", json_boolean(again));
    page_set(p, "left", present_money(i->left));
    page_set(p, "from_source", json_boolean(strncmp(order->settled_by, "payment:", 8) == 0));
    page_set(p, "to_wallet", json_boolean(order->account_id != 0));
    page_set(p, "lines", lines(i));
    page_set(p, "any_line", json_boolean(i->line_count > 0));
    page_set(p, "crediting", json_boolean(which == INVOICE_FORM_CREDIT));
    page_set(p, "mending", json_boolean(which == INVOICE_FORM_AGAIN));
    if (creditable)
        page_fields(p, OFFICE_CREDIT_FIELDS, NULL, which == INVOICE_FORM_CREDIT ? faults : NULL);
    if (again) {
        page_fields(p, OFFICE_AGAIN_FIELDS, billing_values(&order->billing),
                    which == INVOICE_FORM_AGAIN ? faults : NULL);
        billing_kinds(p, order->billing.kind);
    }
}

void office_invoice_show(struct office *o, const struct invoice_page *i, int status, enum invoice_form which,
                         const struct problems *faults)
{
    static const struct {
        const char *word, *text;
    } SAID[] = {{"storno", N_("Nota di credito emessa.")},
                {"invio", N_("Fattura rimessa in coda per lo SdI.")},
                {"coda", N_("Fattura messa in coda per lo SdI.")}};
    struct page *p = &o->page;
    const char *done = form_value(&p->req->query, "fatto");

    page_set(p, "invoice", head(p, i));
    page_set(p, "sdi", standing(p, i));
    page_set(p, "files", files(p, i));
    page_set(p, "any_file", json_boolean(i->file_count > 0));
    page_set(p, "notices", notices(p, i));
    page_set(p, "any_notice", json_boolean(i->notice_count > 0));
    page_set(p, "notes", notes(p, i));
    page_set(p, "any_note", json_boolean(i->note_count > 0));
    page_set(p, "corrects",
             i->facts.corrected.id ? json_pack("{s:I, s:s}", "id", (json_int_t)i->facts.corrected.id, "number",
                                               invoice_number_text(p->mem, &i->facts.corrected))
                                   : json_false());
    page_set(p, "no_channel", json_boolean(i->standing.state == SDI_TO_SEND && !i->facts.brand->invoicing.channel));
    put_forms(o, i, which, faults);
    for (size_t k = 0; k < count_of(SAID) && done; k++)
        if (strcmp(done, SAID[k].word) == 0)
            page_set(p, "flash", json_string(page_text(p, SAID[k].text)));
    office_show(o, status, "invoice", i->facts.corrected.id ? N_("Nota di credito") : N_("Fattura"));
}

void office_invoice(struct http_request *req)
{
    struct invoice_page page = {.id = office_id(req, "id")};
    struct office o;

    if (office_open(req, office_invoice_load, &page, &o))
        office_invoice_show(&o, &page, 200, INVOICE_FORM_NONE, NULL);
}

/* ---- Papers ---- */

static void attach(struct office *o, const char *name, const char *type, const void *bytes, size_t length)
{
    http_attachment(o->page.req, "%s", name);
    http_set_header(o->page.req, "Content-Security-Policy", "sandbox");
    http_reply_kept(o->page.req, 200, type, bytes, length);
}

void office_invoice_pdf(struct http_request *req)
{
    struct invoice_page page = {.id = office_id(req, "id")};
    struct office o;
    void *bytes;
    size_t length;

    if (!office_open(req, office_invoice_load, &page, &o))
        return;
    if (invoice_pdf(o.page.mem, invoice_paper_of(o.page.mem, &page.facts), &bytes, &length) != DONE)
        office_failed(&o, BROKEN, NULL);
    else
        attach(&o, invoice_pdf_name(o.page.mem, &page.facts.invoice), "application/pdf", bytes, length);
}

struct file_page {
    struct invoice_page page;
    int64_t attempt;
    struct invoice_file file;
};

static enum outcome load_file(struct db_tx *tx, struct office *o, void *arg, struct problem *why)
{
    struct file_page *f = arg;
    enum outcome outcome;

    TRY(office_invoice_load(tx, o, &f->page, why));
    outcome = invoice_file_of(tx, o->page.mem, f->page.id, f->attempt, &f->file);
    return outcome == REFUSED ? not_found(why) : outcome;
}

void office_invoice_xml(struct http_request *req)
{
    struct file_page f = {.page.id = office_id(req, "id"), .attempt = office_id(req, "attempt")};
    struct office o;

    if (office_open(req, load_file, &f, &o))
        attach(&o, f.file.name, "application/xml", f.file.bytes.bytes, f.file.bytes.length);
}

struct notice_page {
    int64_t id;
    struct sdi_paper paper;
};

static enum outcome load_notice(struct db_tx *tx, struct office *o, void *arg, struct problem *why)
{
    struct notice_page *n = arg;
    enum outcome outcome = sdi_notice_by_id(tx, o->page.mem, n->id, &n->paper);

    if (outcome == REFUSED || (outcome == DONE && !operator_sees(&o->operator, n->paper.brand)))
        return not_found(why);
    return outcome;
}

void office_notice(struct http_request *req)
{
    struct notice_page n = {.id = office_id(req, "id")};
    struct office o;

    if (office_open(req, load_notice, &n, &o))
        attach(&o, n.paper.name, "application/octet-stream", n.paper.bytes.bytes, n.paper.bytes.length);
}
