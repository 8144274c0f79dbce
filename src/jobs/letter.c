/* jobs/letter.c: a row of the outbox made into a mail: the order's facts as they are now, the row's own data, the
 * views. */

#include "jobs/letter.h"
#include "base/log.h"
#include "shop/autorenew.h"
#include "shop/bounce.h"
#include "shop/catalogue.h"
#include "shop/notice.h"
#include "shop/paper.h"
#include "shop/present_pay.h"
#include <inttypes.h>
#include <string.h>
#include <talloc.h>

static int drop(struct letter *l)
{
    json_decref(l->data);
    return 0;
}

bool letter_is(const struct letter *l, const char *template)
{
    return strcmp(l->row->template, template) == 0;
}

void letter_put(struct letter *l, const char *name, json_t *value)
{
    json_object_set_new(l->data, name, value);
}

/* ---- What it says ---- */

static enum outcome load(struct db_tx *tx, void *arg)
{
    struct letter *l = arg;
    struct order order;
    const char *address = json_string_value(json_object_get(l->data, "mailbox"));

    TRY(order_by_id(tx, l->mem, l->row->order_id, &order));
    if (letter_is(l, "holder_notice")) { /* of an order that may have thousands of lines */
        l->facts = (struct order_facts){.brand = l->brand, .order = order};
        if (!address)
            return DONE;
        TRY(mailbox_by_address(tx, l->mem, address, &l->mailbox));
        return order_lines_of(tx, l->mem, order.id, l->mailbox.id, &l->facts.lines, &l->facts.line_count);
    }
    TRY(order_facts_load(tx, l->mem, l->options->shop->brands, &order, &l->facts));
    return letter_load_money(tx, l);
}

static json_t *billing_words(const struct billing *b)
{
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "name", b->name, "tax_code", b->tax_code, "vat_number",
                     b->vat_number, "street", b->street, "postcode", b->postcode, "city", b->city, "province",
                     b->province, "country", b->country);
}

/* The lines that bring a mailbox or more time for one: what subjects name, and what mails after the payment list. */
static void put_mailboxes(struct letter *l)
{
    struct order_line *lines = talloc_array(l, struct order_line, (unsigned)l->facts.line_count + 1);
    size_t count = 0, mailboxes = 0;
    json_t *shown;

    for (size_t i = 0; i < l->facts.line_count; i++)
        if (order_line_serves(&l->facts.lines[i])) {
            lines[count++] = l->facts.lines[i];
            mailboxes += order_is_bulk(&l->facts.order) ? (size_t)l->facts.lines[i].quantity : 1;
        }
    shown = present_lines(l->mem, lines, count, &l->facts.order.total);
    json_object_set(l->data, "lines", json_object_get(shown, "lines"));
    letter_put(l, "count", json_integer((json_int_t)mailboxes));
    json_decref(shown);
}

/* What a purchase waits for once it is paid. */
static void put_review(struct letter *l)
{
    const struct brand_purchase *p = &l->brand->purchase;

    letter_put(l, "review",
               json_pack("{s:i, s:i, s:i}", "least", p->review_least_hours, "most", p->review_most_hours,
                         "silence_days", p->silence_days));
}

static void put_order(struct letter *l)
{
    static const char *const BESIDE[] = {"pay", "paid_on", "paid_by", "provisional", "closed_on", "invoice"};
    static const char *const WAYS[] = {"transfer", "slip", "cheque", "proof"};
    const struct order *o = &l->facts.order;
    const struct shop *shop = l->options->shop;
    json_t *facts = present_order(l->mem, &l->facts, l->language, false);

    json_object_update(l->data, json_object_get(facts, "order"));
    for (size_t i = 0; i < count_of(BESIDE); i++)
        json_object_set(l->data, BESIDE[i], json_object_get(facts, BESIDE[i]));
    for (size_t i = 0; i < count_of(WAYS) && letter_is(l, "order_received"); i++)
        json_object_set(l->data, WAYS[i], json_object_get(facts, WAYS[i]));
    json_decref(facts);
    letter_put(l, "name", json_string(o->billing.name));
    letter_put(l, "billing", billing_words(&o->billing));
    letter_put(l, "method_label", json_string(present_method(o->payment_method, l->language)));
    letter_put(l, "lapsed", json_boolean(o->state == ORDER_LAPSED));
    letter_put(l, "terms_version", json_string(o->terms_version));
    letter_put(l, "terms_url", json_string(shop_link(l->mem, shop, l->brand, "/condizioni")));
    letter_put(l, "guide_url", json_string(shop_link(l->mem, shop, l->brand, "/guida")));
    letter_put(l, "renew_url", json_string(shop_link(l->mem, shop, l->brand, "/caselle")));
    letter_put(l, "catalogue_url", json_string(shop_link(l->mem, shop, l->brand, "/servizi/pec")));
    letter_put(
        l, "documents_url",
        json_string(shop_link(l->mem, shop, l->brand, talloc_asprintf(l->mem, "/ordini/%s/documenti", o->code))));
    letter_put(l, "url",
               json_string(shop_link(l->mem, shop, l->brand, talloc_asprintf(l->mem, "/ordini/%s", o->code))));
    if (order_is_purchase(o))
        put_review(l);
    if (!letter_is(l, "order_received")) /* which shows every part of the price */
        put_mailboxes(l);
    letter_put_money(l);
}

/* To the holder nothing is told of who paid. */
static enum outcome put_notice(struct letter *l)
{
    for (size_t i = 0; i < l->facts.line_count; i++) {
        const struct order_line *line = &l->facts.lines[i];

        if (line->mailbox_id != l->mailbox.id || strcmp(line->kind, order_line_kind_name(LINE_RENEWAL)) != 0)
            continue;
        letter_put(l, "name", json_string(l->mailbox.holder.name));
        letter_put(l, "what", json_string(line->description));
        letter_put(l, "new_expires_on", present_day(line->new_expires_on));
        letter_put(l, "renewed_on", present_day(rome_day(l->facts.order.settled_at)));
        return DONE;
    }
    return problem_set(l->why, PROBLEM_MAILBOX_UNKNOWN, "mailbox", "%s", "");
}

/* ---- Of a notice ---- */

struct reading {
    struct letter *letter;
    int64_t notice;
    struct notice_facts facts;
    json_t *charge; /* of a charge's announcement; NULL: it is another notice */
};

static enum outcome load_notice(struct db_tx *tx, void *arg)
{
    struct reading *r = arg;
    struct letter *l = r->letter;

    TRY(notice_facts_load(tx, l->mem, l->options->shop->brands, r->notice, &r->facts, l->why));
    if (!letter_is(l, "charge_notice"))
        return DONE;
    return autorenew_notice(tx, l->mem, l->brand, &r->facts.mailbox, &r->charge, l->why);
}

static enum outcome put_term_notice(struct letter *l, int64_t notice)
{
    struct reading r = {.letter = l, .notice = notice};
    json_t *data;
    char *link;

    TRY(db_read(l->options->shop->db, "mail.notice", load_notice, &r));
    TRY(notice_renewal_link(l->options->shop, l->mem, l->brand, &r.facts.mailbox, &link));
    data = notice_present(l->mem, l->options->shop, &r.facts, link, l->language);
    json_object_update(l->data, data);
    json_decref(data);
    if (r.charge) {
        json_object_update(l->data, r.charge);
        json_decref(r.charge);
        notice_put_links(l->mem, l->options->shop, l->brand, l->data);
    }
    return DONE;
}

/* ---- Of a new price ---- */

struct telling {
    struct letter *letter;
    int64_t told;
    json_t *data;
};

static enum outcome load_price(struct db_tx *tx, void *arg)
{
    struct telling *t = arg;
    struct letter *l = t->letter;

    TRY(catalogue_refresh(tx, l->options->shop->brands)); /* it looks ahead of the day */
    return autorenew_price_notice(tx, l->mem, l->brand, t->told, &t->data, l->why);
}

static enum outcome put_price(struct letter *l, int64_t told)
{
    struct telling t = {.letter = l, .told = told};

    TRY(db_read(l->options->shop->db, "mail.price", load_price, &t));
    json_object_update(l->data, t.data);
    json_decref(t.data);
    notice_put_links(l->mem, l->options->shop, l->brand, l->data);
    return DONE;
}

static enum outcome gather(struct letter *l)
{
    int64_t notice, told;

    l->data = json_loads(l->row->data, 0, NULL);
    if (!json_is_object(l->data))
        return problem_set(l->why, PROBLEM_NOT_FOUND, "data", "%s", "");
    notice_put_links(l->mem, l->options->shop, l->brand, l->data);
    letter_put(l, "lang", json_string(l->language));
    letter_put(l, "brand", present_brand(l->mem, l->brand));
    notice = json_integer_value(json_object_get(l->data, "notice"));
    if (notice)
        return put_term_notice(l, notice);
    told = json_integer_value(json_object_get(l->data, "told"));
    if (told)
        return put_price(l, told);
    if (!l->row->order_id)
        return DONE;
    TRY(db_read(l->options->shop->db, "mail.load", load, l));
    if (letter_is(l, "holder_notice"))
        return put_notice(l);
    put_order(l);
    return DONE;
}

/* ---- What it carries ---- */

static void attach(struct letter *l, const char *name, const char *type, const void *bytes, size_t length)
{
    l->attachments[l->attachment_count++] = (struct mail_attachment){name, type, bytes, length};
}

/* The sheet that the chosen way needs. */
static enum outcome attach_sheet(struct letter *l)
{
    const char *code = l->facts.order.code;
    void *pdf;
    size_t length;

    if (json_is_object(json_object_get(l->data, "transfer"))) {
        TRY(transfer_pdf(l->mem, transfer_paper_of(l->mem, &l->facts), &pdf, &length));
        attach(l, talloc_asprintf(l->mem, "bonifico-%s.pdf", code), "application/pdf", pdf, length);
    }
    if (json_is_object(json_object_get(l->data, "slip"))) {
        TRY(slip_pdf(l->mem, slip_paper_of(l->mem, &l->facts), &pdf, &length));
        attach(l, talloc_asprintf(l->mem, "bollettino-%s.pdf", code), "application/pdf", pdf, length);
    }
    return DONE;
}

/* On paper for people, and as the tax office has it. */
static enum outcome attach_invoice(struct letter *l)
{
    struct invoice_file file;
    void *pdf;
    size_t length;

    TRY(invoice_pdf(l->mem, invoice_paper_of(l->mem, &l->facts), &pdf, &length));
    attach(l, invoice_pdf_name(l->mem, &l->facts.invoice), "application/pdf", pdf, length);
    TRY(invoice_file_get(l->options->shop, l->mem, l->facts.invoice.id, &file));
    attach(l, file.name, "application/xml", file.bytes.bytes, file.bytes.length);
    return DONE;
}

static enum outcome attach_receipt(struct letter *l)
{
    struct receipt_paper *paper = receipt_paper_of(l->mem, &l->facts);
    void *pdf;
    size_t length;

    if (l->balance.cents > 0)
        paper->balance = l->balance;
    TRY(receipt_pdf(l->mem, paper, &pdf, &length));
    attach(l, talloc_asprintf(l->mem, "ricevuta-%s.pdf", l->facts.order.code), "application/pdf", pdf, length);
    return DONE;
}

static enum outcome attach_papers(struct letter *l)
{
    if (letter_is(l, "order_received"))
        return attach_sheet(l);
    if ((letter_is(l, "order_settled") || letter_is(l, "order_refunded") || letter_is(l, "invoice_not_delivered")) &&
        l->facts.invoice.id)
        return attach_invoice(l);
    return letter_is(l, "topup_settled") ? attach_receipt(l) : DONE;
}

/* ---- How it reads ---- */

static char *render(struct letter *l, const char *part)
{
    const struct template *view = view_mail(l->options->views, l->brand, l->language, l->row->template, part, l->on);
    struct text_buffer out = text_buffer(l->mem);

    if (!view)
        return NULL;
    template_render(view, l->data, &out);
    return out.bytes;
}

enum outcome letter_write(void *mem, const struct jobs_options *options, const struct outbox_row *row, struct day on,
                          struct mail *mail, struct problem *why)
{
    struct letter *l = talloc_zero(mem, struct letter);
    char *text, *html, *subject;

    talloc_set_destructor(l, drop);
    *l = (struct letter){.mem = mem,
                         .options = options,
                         .row = row,
                         .brand = brand_by_id(options->shop->brands, row->brand),
                         .language = view_language(row->language),
                         .on = on,
                         .why = why};
    if (!l->brand)
        return problem_set(why, PROBLEM_BRAND, "brand", "%s", "");
    TRY(gather(l));
    TRY(attach_papers(l));
    text = render(l, "txt");
    html = render(l, "html");
    if (row->order_id && l->mailbox.id == 0)
        put_mailboxes(l);
    subject = render(l, "subject");
    if (!text || !subject)
        return log_broken("mail.no_view", LOG_TEXT("template", row->template));
    *mail = (struct mail){.from_name = l->brand->name,
                          .from = l->brand->mail_from,
                          .to = row->recipient,
                          .reply_to = l->brand->support_email,
                          .subject = text_trim(mem, subject),
                          .text = text,
                          .html = html,
                          .message_id = outbox_message_id(mem, l->brand, row->id),
                          .date = row->created_at,
                          .attachments = l->attachments,
                          .attachment_count = l->attachment_count};
    return DONE;
}
