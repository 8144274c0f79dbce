#include "shop/paper.h"
#include "base/i18n.h"
#include "base/log.h"
#include "base/text.h"
#include <inttypes.h>
#include <sodium.h>
#include <string.h>
#include <talloc.h>

#define PROGRESSIVE 5 /* characters: all that a file's name has room for */

/* Invoice ids are never used twice, whatever the brand, so neither is what is made of them for any seller. NULL past
 * 36^5. */
static char *progressive(void *mem, int64_t id)
{
    char *text = talloc_zero_array(mem, char, PROGRESSIVE + 1);

    for (int i = PROGRESSIVE; i-- > 0; id /= 36)
        text[i] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[id % 36];
    return id == 0 ? text : NULL;
}

struct invoice_paper *invoice_paper_of(void *mem, const struct order_facts *f)
{
    struct invoice_paper *paper = talloc_zero(mem, struct invoice_paper);
    struct invoice_line *lines = talloc_array(paper, struct invoice_line, (unsigned)f->line_count);

    for (size_t i = 0; i < f->line_count; i++)
        lines[i] = (struct invoice_line){
            .description = talloc_asprintf(lines, "%s – %s", f->lines[i].description, f->lines[i].address),
            .quantity = f->lines[i].quantity,
            .unit = f->lines[i].unit,
            .net = f->lines[i].net,
            .from = f->lines[i].from,
            .to = f->lines[i].to};
    *paper = (struct invoice_paper){.number = invoice_number_text(paper, &f->invoice),
                                    .issued_on = f->invoice.issued_on,
                                    .progressive = progressive(paper, f->invoice.id),
                                    .order_code = f->order.code,
                                    .payment_method = f->order.payment_method,
                                    .paid_on = f->invoice.paid_on,
                                    .seller = &f->brand->seller,
                                    .customer = &f->order.billing,
                                    .lines = lines,
                                    .line_count = f->line_count,
                                    .net = f->invoice.total.net,
                                    .vat = f->invoice.total.vat,
                                    .gross = f->invoice.total.gross,
                                    .vat_rate_bp = f->invoice.total.vat_rate_bp,
                                    .language = f->order.language,
                                    .brand_name = f->brand->name,
                                    .colour = f->brand->light.brand};
    return paper;
}

struct transfer_paper *transfer_paper_of(void *mem, const struct order_facts *f)
{
    struct transfer_paper *paper = talloc_zero(mem, struct transfer_paper);
    const struct order_line *first = NULL;
    int mailboxes = 0;

    for (size_t i = 0; i < f->line_count; i++)
        if (strcmp(f->lines[i].kind, order_line_kind_name(LINE_RENEWAL)) == 0 && mailboxes++ == 0)
            first = &f->lines[i];
    *paper = (struct transfer_paper){.seller = &f->brand->seller,
                                     .reference = f->order.code,
                                     .amount = f->order.total.gross,
                                     .ordered_on = rome_day(f->order.confirmed_at),
                                     .pay_by = order_pay_by(f),
                                     .mailbox = first ? first->address : "",
                                     .what = first ? first->description : "",
                                     .language = f->order.language,
                                     .brand_name = f->brand->name,
                                     .colour = f->brand->light.brand};
    if (mailboxes == 1) {
        paper->expires_on = first->old_expires_on;
        paper->new_expires_on = first->new_expires_on;
    } else if (first) { /* one sheet pays for all of them: their dates stand on the order's page */
        paper->what = talloc_asprintf(paper, i18n(paper->language, N_("Rinnovo di %d caselle")), mailboxes);
        paper->mailbox =
            talloc_asprintf(paper, i18n(paper->language, N_("%s e altre %d")), first->address, mailboxes - 1);
    }
    return paper;
}

/* ---- The electronic invoice ---- */

struct file_work {
    struct shop *shop;
    void *mem;
    int64_t invoice_id;
    struct invoice_file *file;
    bool kept;
    struct order_facts facts;
};

static enum outcome look(struct db_tx *tx, void *arg)
{
    struct file_work *w = arg;
    struct invoice invoice;
    struct order order;
    enum outcome o = invoice_file_of(tx, w->mem, w->invoice_id, w->file);

    w->kept = o == DONE;
    if (o != REFUSED)
        return o;
    TRY(invoice_by_id(tx, w->mem, w->invoice_id, &invoice));
    TRY(order_by_id(tx, w->mem, invoice.order_id, &order));
    return order_facts_load(tx, w->mem, w->shop->brands, &order, &w->facts);
}

/* Somebody else may have made it meanwhile: what was kept first is the invoice. */
static enum outcome keep(struct db_tx *tx, void *arg)
{
    struct file_work *w = arg;
    struct invoice_file kept;

    TRY(invoice_file_keep(tx, w->invoice_id, w->file));
    TRY(invoice_file_of(tx, w->mem, w->invoice_id, &kept));
    *w->file = kept;
    return DONE;
}

enum outcome invoice_file_get(struct shop *shop, void *mem, int64_t invoice_id, struct invoice_file *file)
{
    struct file_work w = {.shop = shop, .mem = mem, .invoice_id = invoice_id, .file = file};
    unsigned char digest[crypto_hash_sha256_BYTES];
    struct invoice_paper *paper;
    char *bytes;

    TRY(db_read(shop->db, "invoice_file.look", look, &w));
    if (w.kept)
        return DONE;
    paper = invoice_paper_of(mem, &w.facts);
    if (!paper->progressive)
        return log_broken("invoice_file.progressive", LOG_INT("invoice", invoice_id));
    *file = (struct invoice_file){.name = invoice_xml_name(mem, paper)};
    TRY(invoice_xml(mem, paper, &bytes, &file->bytes.length));
    file->bytes.bytes = bytes;
    crypto_hash_sha256(digest, file->bytes.bytes, file->bytes.length);
    file->sha256 = text_hex(mem, digest, sizeof digest);
    return db_transaction(shop->db, "invoice_file.keep", keep, &w);
}
