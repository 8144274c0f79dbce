#include "shop/paper.h"
#include "base/i18n.h"
#include "base/log.h"
#include "base/text.h"
#include "store/sdi.h"
#include <inttypes.h>
#include <sodium.h>
#include <string.h>
#include <talloc.h>

/* With the mailbox. That of a purchase is known only when it is activated, and an invoice stays as it was issued. */
static char *description_of(void *mem, const struct order_line *line)
{
    return order_line_is(line, LINE_PURCHASE) ? line->description
                                              : talloc_asprintf(mem, "%s – %s", line->description, line->address);
}

static struct invoice_line *lines_of(void *mem, const struct order_facts *f)
{
    struct invoice_line *lines = talloc_array(mem, struct invoice_line, (unsigned)f->line_count);

    for (size_t i = 0; i < f->line_count; i++)
        lines[i] = (struct invoice_line){.description = description_of(lines, &f->lines[i]),
                                         .quantity = f->lines[i].quantity,
                                         .unit = f->lines[i].unit,
                                         .net = f->lines[i].net,
                                         .from = f->lines[i].from,
                                         .to = f->lines[i].to};
    return lines;
}

/* A part of an invoice is credited in one line, unless it is some of its lines; the whole of it line by line. */
static void make_credit_note(struct invoice_paper *paper, const struct order_facts *f)
{
    struct invoice_line *line;

    paper->kind = DOCUMENT_CREDIT_NOTE;
    paper->corrects_number = invoice_number_text(paper, &f->corrected);
    paper->corrects_on = f->corrected.issued_on;
    paper->corrects_part = f->invoice.total.gross.cents != f->corrected.total.gross.cents;
    paper->reason = f->invoice.reason;
    if (!paper->corrects_part || f->by_line)
        return;
    line = talloc_zero(paper, struct invoice_line);
    *line = (struct invoice_line){
        .description = talloc_asprintf(paper, i18n(paper->language, N_("Storno parziale della fattura %s")),
                                       paper->corrects_number),
        .quantity = 1,
        .unit = f->invoice.total.net,
        .net = f->invoice.total.net};
    paper->lines = line;
    paper->line_count = 1;
}

/* On a public body's commitment: the invoice comes first. */
static bool is_unpaid(const struct order_facts *f)
{
    return !f->corrected.id && text_starts(f->order.settled_by, "commitment:");
}

static const char *text_or_null(const char *text)
{
    return text && text[0] ? text : NULL;
}

struct invoice_paper *invoice_paper_of(void *mem, const struct order_facts *f)
{
    struct invoice_paper *paper = talloc_zero(mem, struct invoice_paper);

    *paper = (struct invoice_paper){.kind = DOCUMENT_INVOICE,
                                    .number = invoice_number_text(paper, &f->invoice),
                                    .issued_on = f->invoice.issued_on,
                                    .progressive = "",
                                    .order_code = f->order.code,
                                    .payment_method = f->order.payment_method,
                                    .paid_on = is_unpaid(f) ? (struct day){0} : f->invoice.paid_on,
                                    .seller = &f->brand->seller,
                                    .customer = &f->order.billing,
                                    .lines = lines_of(paper, f),
                                    .line_count = f->line_count,
                                    .net = f->invoice.total.net,
                                    .vat = f->invoice.total.vat,
                                    .gross = f->invoice.total.gross,
                                    .vat_rate_bp = f->invoice.total.vat_rate_bp,
                                    .vat_nature = text_or_null(f->order.vat_nature),
                                    .vat_law = text_or_null(f->order.vat_law),
                                    .split_payment =
                                        total_is_split(f->corrected.id ? &f->corrected.total : &f->invoice.total),
                                    .cig = f->public.order_id ? f->public.cig : NULL,
                                    .cup = f->public.order_id ? f->public.cup : NULL,
                                    .language = f->order.language,
                                    .brand_name = f->brand->name,
                                    .colour = f->brand->light.brand};
    if (f->corrected.id)
        make_credit_note(paper, f);
    return paper;
}

char *invoice_pdf_name(void *mem, const struct invoice *i)
{
    return talloc_asprintf(mem, "%s-%" PRId64 "-%" PRId64 ".pdf",
                           invoice_is_credit_note(i) ? "nota-di-credito" : "fattura", i->year, i->number);
}

char *order_reference(const struct order *order, char text[REFERENCE_TEXT])
{
    return reference_make(day_split(rome_day(order->confirmed_at)).year, order->id, text);
}

/* What an order is about, on one line, and its dates where there is one mailbox. */
struct subject {
    const char *mailbox, *what;
    struct day expires_on, new_expires_on;
};

static struct subject subject_of(void *mem, const struct order_facts *f)
{
    const struct order_line *first = NULL;
    struct subject s = {.mailbox = ""};
    int mailboxes = 0, groups = 0, others;

    for (size_t i = 0; i < f->line_count; i++)
        if (order_line_serves(&f->lines[i])) {
            first = first ? first : &f->lines[i];
            groups++;
            mailboxes += order_is_bulk(&f->order) ? (int)f->lines[i].quantity : 1;
        }
    s.what = first ? first->description : f->line_count ? f->lines[0].description : "";
    if (groups == 1) {
        s.mailbox = first->address;
        s.expires_on = first->old_expires_on;
        s.new_expires_on = first->new_expires_on;
    } else if (first) { /* one sheet pays for all of them: their dates stand on the order's page */
        s.what = talloc_asprintf(mem, i18n(f->order.language, N_("Rinnovo di %d caselle")), mailboxes);
        others = mailboxes - (order_is_bulk(&f->order) ? (int)first->quantity : 1);
        s.mailbox = others == 1
                        ? talloc_asprintf(mem, i18n(f->order.language, N_("%s e un'altra")), first->address)
                        : talloc_asprintf(mem, i18n(f->order.language, N_("%s e altre %d")), first->address, others);
    }
    return s;
}

struct slip_paper *slip_paper_of(void *mem, const struct order_facts *f)
{
    struct slip_paper *paper = talloc_zero(mem, struct slip_paper);
    const struct brand_slip *slip = &f->brand->payment.slip;
    struct subject subject = subject_of(paper, f);

    *paper = (struct slip_paper){.type = strcmp(slip->type, "896") == 0 ? SLIP_COMPLETE : SLIP_BLANK,
                                 .seller = &f->brand->seller,
                                 .account = slip->account,
                                 .holder = slip->holder,
                                 .authorisation = slip->authorisation,
                                 .payer = &f->order.billing,
                                 .reference = order_reference(&f->order, talloc_array(paper, char, REFERENCE_TEXT)),
                                 .amount = f->order.total.due,
                                 .ordered_on = rome_day(f->order.confirmed_at),
                                 .pay_by = order_pay_by(f),
                                 .mailbox = subject.mailbox,
                                 .what = subject.what,
                                 .expires_on = subject.expires_on,
                                 .new_expires_on = subject.new_expires_on,
                                 .language = f->order.language,
                                 .brand_name = f->brand->name,
                                 .colour = f->brand->light.brand};
    return paper;
}

struct receipt_paper *receipt_paper_of(void *mem, const struct order_facts *f)
{
    struct receipt_paper *paper = talloc_zero(mem, struct receipt_paper);

    *paper = (struct receipt_paper){.seller = &f->brand->seller,
                                    .customer = &f->order.billing,
                                    .order_code = f->order.code,
                                    .amount = f->order.total.due,
                                    .payment_method = f->order.payment_method,
                                    .paid_on = f->order.settled_on,
                                    .language = f->order.language,
                                    .brand_name = f->brand->name,
                                    .colour = f->brand->light.brand};
    return paper;
}

struct transfer_paper *transfer_paper_of(void *mem, const struct order_facts *f)
{
    struct transfer_paper *paper = talloc_zero(mem, struct transfer_paper);
    struct subject subject = subject_of(paper, f);

    *paper = (struct transfer_paper){.seller = &f->brand->seller,
                                     .reference = f->order.code,
                                     .amount = f->order.total.due,
                                     .ordered_on = rome_day(f->order.confirmed_at),
                                     .pay_by = order_pay_by(f),
                                     .mailbox = subject.mailbox,
                                     .what = subject.what,
                                     .expires_on = subject.expires_on,
                                     .new_expires_on = subject.new_expires_on,
                                     .language = f->order.language,
                                     .brand_name = f->brand->name,
                                     .colour = f->brand->light.brand};
    return paper;
}

/* ---- The electronic invoice ---- */

struct file_work {
    struct shop *shop;
    void *mem;
    int64_t invoice_id, number; /* of one that is sent again */
    struct sdi_standing standing;
    struct invoice_file *file;
    bool kept;
    struct order_facts facts;
};

static enum outcome look(struct db_tx *tx, void *arg)
{
    struct file_work *w = arg;
    struct invoice invoice;
    enum outcome o;

    TRY(sdi_of_invoice(tx, w->mem, w->invoice_id, &w->standing));
    o = invoice_file_of(tx, w->mem, w->invoice_id, w->standing.attempt, w->file);
    w->kept = o == DONE;
    if (o != REFUSED)
        return o;
    TRY(invoice_by_id(tx, w->mem, w->invoice_id, &invoice));
    return order_facts_of_invoice(tx, w->mem, w->shop->brands, &invoice, &w->facts);
}

static enum outcome take_number(struct db_tx *tx, void *arg)
{
    return sdi_again_number(tx, &((struct file_work *)arg)->number);
}

/* Invoice ids are never used twice, whatever the brand, so neither is what is made of them for any seller. */
static enum outcome progressive(struct file_work *w, char text[SDI_PROGRESSIVE])
{
    bool fits;

    if (w->standing.attempt > 1)
        TRY(db_transaction(w->shop->db, "invoice_file.number", take_number, w));
    fits = w->standing.attempt > 1 ? sdi_progressive_again(w->number, text) : sdi_progressive(w->invoice_id, text);
    return fits ? DONE : log_broken("invoice_file.progressive", LOG_INT("invoice", w->invoice_id));
}

/* Somebody else may have made it meanwhile: what was kept first is the invoice. */
static enum outcome keep(struct db_tx *tx, void *arg)
{
    struct file_work *w = arg;
    struct invoice_file kept;

    TRY(invoice_file_keep(tx, w->invoice_id, w->file));
    TRY(invoice_file_of(tx, w->mem, w->invoice_id, w->standing.attempt, &kept));
    *w->file = kept;
    return DONE;
}

enum outcome invoice_file_get(struct shop *shop, void *mem, int64_t invoice_id, struct invoice_file *file)
{
    struct file_work w = {.shop = shop, .mem = mem, .invoice_id = invoice_id, .file = file};
    unsigned char digest[crypto_hash_sha256_BYTES];
    char number[SDI_PROGRESSIVE];
    struct invoice_paper *paper;
    char *bytes;

    TRY(db_read(shop->db, "invoice_file.look", look, &w));
    if (w.kept)
        return DONE;
    TRY(progressive(&w, number));
    paper = invoice_paper_of(mem, &w.facts);
    paper->progressive = number;
    *file = (struct invoice_file){.attempt = w.standing.attempt, .name = invoice_xml_name(mem, paper)};
    TRY(invoice_xml(mem, paper, &bytes, &file->bytes.length));
    file->bytes.bytes = bytes;
    crypto_hash_sha256(digest, file->bytes.bytes, file->bytes.length);
    file->sha256 = text_hex(mem, digest, sizeof digest);
    return db_transaction(shop->db, "invoice_file.keep", keep, &w);
}
