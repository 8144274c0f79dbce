#include "shop/vat_register.h"
#include "base/csv.h"
#include <inttypes.h>
#include <string.h>
#include <talloc.h>

bool vat_series_gapless(const struct vat_series *s)
{
    return s->first == s->before + 1 && s->last - s->first + 1 == s->documents;
}

enum outcome vat_register_load(struct db_tx *tx, void *mem, const struct brand *brand, struct day from,
                               struct day until, struct vat_register *reg)
{
    *reg = (struct vat_register){.brand = brand, .from = from, .until = until, .gapless = true};
    TRY(vat_rows(tx, mem, brand->id, from, until, &reg->rows, &reg->row_count));
    TRY(vat_series(tx, mem, brand->id, from, until, &reg->series, &reg->series_count));
    for (size_t i = 0; i < reg->row_count; i++) {
        const struct vat_row *r = &reg->rows[i];
        int sign = strcmp(r->kind, INVOICE_CREDIT_NOTE) == 0 ? -1 : 1;

        reg->total.net.cents += sign * r->net.cents;
        reg->total.vat.cents += sign * r->vat.cents;
        reg->total.gross.cents += sign * r->gross.cents;
    }
    for (size_t i = 0; i < reg->series_count; i++) {
        reg->gapless &= vat_series_gapless(&reg->series[i]);
        reg->rejected += reg->series[i].rejected;
    }
    return DONE;
}

/* ---- CSV ---- */

struct writing {
    struct vat_document document;
    struct text_buffer *out;
};

/* 1234.56 as "1234,56": a spreadsheet of these parts reads it as a number, also below zero. */
static void put_amount(struct writing *w, struct money amount, bool negative)
{
    text_put_format(w->out, "%s%" PRId64 ",%02d;", negative && amount.cents ? "-" : "", amount.cents / 100,
                    (int)(amount.cents % 100));
}

static enum outcome put_document(struct db_tx *tx, void *row, void *arg)
{
    struct writing *w = arg;
    const struct vat_document *d = row;
    const struct invoice *i = &d->invoice;
    bool note = invoice_is_credit_note(i);
    void *mem = talloc_new(w->out->mem);
    char issued[DAY_TEXT], paid[DAY_TEXT];
    const char *cells[] = {note ? "TD04" : "TD01",
                           invoice_number_text(mem, i),
                           day_iso(i->issued_on, issued),
                           day_iso(i->paid_on, paid),
                           d->customer,
                           d->tax_code,
                           d->vat_number,
                           talloc_asprintf(mem, "%d", i->total.vat_rate_bp / 100)};

    (void)tx;
    for (size_t k = 0; k < count_of(cells); k++)
        csv_put(w->out, cells[k], false);
    put_amount(w, i->total.net, note);
    put_amount(w, i->total.vat, note);
    put_amount(w, i->total.gross, note);
    csv_put(w->out, d->state_text, true);
    talloc_free(mem);
    return DONE;
}

enum outcome vat_register_csv(struct db_tx *tx, void *mem, const struct vat_register *reg, struct text_buffer *out)
{
    static const char *const HEADER[] = {"tipo",       "numero",         "data",        "data_pagamento",
                                         "cliente",    "codice_fiscale", "partita_iva", "aliquota",
                                         "imponibile", "imposta",        "totale",      "stato_sdi"};
    struct writing w = {.out = out};

    for (size_t i = 0; i < count_of(HEADER); i++)
        csv_put(out, HEADER[i], i + 1 == count_of(HEADER));
    return vat_each(tx, mem, reg->brand->id, reg->from, reg->until, &w.document, put_document, &w);
}
