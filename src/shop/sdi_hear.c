/* shop/sdi_hear.c: what a notice of SdI makes of the invoice it is about. */
#include "base/text.h"
#include "shop/sdi.h"
#include "store/order.h"
#include <sodium.h>
#include <string.h>
#include <talloc.h>

static const struct actor SDI = {.door = "sdi", .name = "system"};

struct hearing {
    struct db_tx *tx;
    void *mem;
    const struct brands *brands;
    const char *brand;
    const struct sdi_notice *notice;
    struct sdi_sending file;
    struct sdi_standing standing;
    struct invoice invoice;
    char *said;
};

/* "00305 Codice fiscale non valido; 00311 …", or the notice's own words. */
static char *words(void *mem, const struct sdi_notice *n)
{
    char *all = talloc_strdup(mem, "");

    for (size_t i = 0; i < n->error_count; i++)
        all = talloc_asprintf_append(all, "%s%s %s", i ? "; " : "", n->errors[i].code, n->errors[i].text);
    if (!n->error_count)
        all = talloc_asprintf_append(all, "%s%s%s", n->verdict, n->verdict[0] && n->said[0] ? " " : "", n->said);
    return all;
}

/* Another identifier, or another content, than what SdI has told of this file before. A rejection may have an
 * identifier of its own, that of a second copy, and so tells none. */
static bool disagrees(const struct hearing *h)
{
    const struct sdi_notice *n = h->notice;

    if (h->file.sdi_id[0] && n->kind != SDI_NS && strcmp(h->file.sdi_id, n->sdi_id) != 0)
        return true;
    return n->sha256[0] && strcmp(n->about, h->file.name) == 0 && strcasecmp(n->sha256, h->file.sha256) != 0;
}

static enum outcome tell_customer(struct hearing *h)
{
    struct order order;
    json_t *data;
    enum outcome o;

    TRY(order_by_id(h->tx, h->mem, h->invoice.order_id, &order));
    if (order.billing.kind == HOLDER_PUBLIC_BODY || !order.billing.email[0])
        return DONE;
    data = json_pack("{s:I, s:s}", "invoice", (json_int_t)h->invoice.id, "number",
                     invoice_number_text(h->mem, &h->invoice));
    o = outbox_add(h->tx, h->brand, "mail", "invoice_not_delivered", order.billing.email, order.language, order.id,
                   data);
    json_decref(data);
    return o;
}

/* An older file's notice counts only where it says that SdI has the invoice, and the newer one is not known to be
 * there. */
static enum outcome move_invoice(struct hearing *h, enum sdi_state to)
{
    const struct sdi_standing *s = &h->standing;
    bool current = h->file.attempt == s->attempt, changed;
    struct day resend_by = {0};
    json_t *data;
    enum outcome o;

    if (!current && (!sdi_is_issued(to) || sdi_is_issued(s->state)))
        return DONE;
    if (to == SDI_REJECTED && !sdi_is_duplicate(h->notice))
        resend_by = day_plus(db_today(h->tx), SDI_RESEND_DAYS);
    TRY(sdi_change(h->tx, s, to, h->file.attempt, resend_by, h->said, &changed));
    if (!changed)
        return BUSY;
    data = json_pack("{s:I, s:s, s:s, s:s, s:s}", "invoice", (json_int_t)h->invoice.id, "state", sdi_state_name(to),
                     "notice", sdi_kind_name(h->notice->kind), "sdi_id", h->notice->sdi_id, "said", h->said);
    o = event_record(h->tx, h->brand, &SDI, "invoice.sdi", h->invoice.order_id, 0, data);
    json_decref(data);
    TRY(o);
    return to == SDI_NOT_DELIVERED ? tell_customer(h) : DONE;
}

static enum outcome apply(struct hearing *h, enum sdi_effect *effect)
{
    enum sdi_state from = SDI_SENT, to;

    if (h->file.outcome[0] && sdi_state_of(h->file.outcome, &from) != DONE)
        return BROKEN;
    *effect = disagrees(h) ? SDI_AGAINST : sdi_hear(from, h->notice, &to);
    if (*effect == SDI_CHANGED && h->file.attempt != h->standing.attempt && sdi_is_issued(to) &&
        sdi_is_issued(h->standing.state))
        *effect = SDI_AGAINST; /* two files of one invoice: SdI takes only one */
    if (!h->file.channel[0])
        TRY(sdi_sending_begin(h->tx, &(struct sdi_sending){.name = h->file.name,
                                                           .invoice_id = h->file.invoice_id,
                                                           .attempt = h->file.attempt,
                                                           .channel = (char *)"hand"}));
    if (*effect != SDI_CHANGED)
        return DONE;
    TRY(sdi_sending_outcome(h->tx, h->file.name, to == SDI_REJECTED ? h->file.sdi_id : h->notice->sdi_id,
                            sdi_state_name(to)));
    return move_invoice(h, to);
}

/* Metadata come with invoices that others sent to us, and verdicts' own receipts to public bodies. */
static enum outcome find(struct hearing *h, enum sdi_effect *effect)
{
    char stem[SDI_NAME];
    enum outcome o;

    *effect =
        h->notice->kind == SDI_MT || h->notice->kind == SDI_EC || h->notice->kind == SDI_SE ? SDI_NOTED : SDI_STRANGE;
    if (sdi_file_stem(h->notice->about, stem) != DONE)
        return DONE;
    o = sdi_sending_by_stem(h->tx, h->mem, h->brand, stem, &h->file);
    if (o == REFUSED)
        return DONE;
    TRY(o);
    TRY(sdi_of_invoice(h->tx, h->mem, h->file.invoice_id, &h->standing));
    TRY(invoice_by_id(h->tx, h->mem, h->file.invoice_id, &h->invoice));
    return *effect == SDI_NOTED ? DONE : apply(h, effect);
}

static char *hash(void *mem, const struct db_blob *bytes)
{
    unsigned char digest[crypto_hash_sha256_BYTES];

    crypto_hash_sha256(digest, bytes->bytes, bytes->length);
    return text_hex(mem, digest, sizeof digest);
}

enum outcome sdi_hear_notice(struct db_tx *tx, void *mem, const struct brands *brands, const char *brand,
                             const char *name, const struct db_blob *bytes, const struct sdi_notice *notice,
                             const char *wrong, struct sdi_heard *heard)
{
    struct hearing h = {.tx = tx, .mem = mem, .brands = brands, .brand = brand, .notice = notice};
    struct sdi_paper paper = {.brand = (char *)brand, .name = (char *)name, .bytes = *bytes};
    bool fresh;

    *heard = (struct sdi_heard){.effect = SDI_UNREADABLE};
    paper.sha256 = hash(mem, bytes);
    TRY(sdi_notice_kept(tx, brand, name, paper.sha256, &heard->repeated));
    if (heard->repeated)
        return DONE;
    h.said = notice ? words(mem, notice) : talloc_strdup(mem, wrong);
    if (notice)
        TRY(find(&h, &heard->effect));
    heard->invoice_id = h.invoice.id;
    paper.kind = (char *)(notice ? sdi_kind_name(notice->kind) : "");
    paper.sdi_id = (char *)(notice ? notice->sdi_id : "");
    paper.about = (char *)(notice ? notice->about : "");
    paper.invoice_id = h.invoice.id;
    paper.effect = (char *)sdi_effect_name(heard->effect);
    paper.said = h.said;
    return sdi_notice_keep(tx, &paper, &fresh);
}
