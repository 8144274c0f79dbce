#include "shop/vat_register.h"
#include "base/csv.h"
#include <inttypes.h>
#include <string.h>
#include <talloc.h>

bool vat_series_gapless(const struct vat_series *s)
{
    return s->first == s->before + 1 && s->last - s->first + 1 == s->documents;
}

struct money vat_row_stamps(const struct vat_row *row)
{
    return money(row->large * sale_stamp(row->nature, money(SALE_STAMP_ABOVE + 1)).cents);
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
        reg->total.due.cents += sign * (r->split ? r->net.cents : r->gross.cents);
        reg->split_vat.cents += r->split ? sign * r->vat.cents : 0;
        reg->stamps.cents += vat_row_stamps(r).cents;
    }
    for (size_t i = 0; i < reg->series_count; i++) {
        reg->gapless &= vat_series_gapless(&reg->series[i]);
        reg->rejected += reg->series[i].rejected;
    }
    return DONE;
}

/* ---- JSON ---- */

static json_t *describe_row(const struct vat_row *r)
{
    return json_pack("{s:s, s:i, s:o, s:b, s:I, s:I, s:I, s:I, s:I}", "kind", r->kind, "vat_rate_bp", r->vat_rate_bp,
                     "nature", r->nature[0] ? json_string(r->nature) : json_null(), "split_payment", r->split,
                     "documents", (json_int_t)r->documents, "net_cents", (json_int_t)r->net.cents, "vat_cents",
                     (json_int_t)r->vat.cents, "gross_cents", (json_int_t)r->gross.cents, "stamp_cents",
                     (json_int_t)vat_row_stamps(r).cents);
}

static json_t *describe_series(const struct vat_series *s)
{
    return json_pack("{s:s, s:I, s:I, s:I, s:I, s:b}", "kind", s->kind, "year", (json_int_t)s->year, "first",
                     (json_int_t)s->first, "last", (json_int_t)s->last, "documents", (json_int_t)s->documents,
                     "gapless", vat_series_gapless(s));
}

json_t *vat_register_describe(const struct vat_register *reg, const char *month)
{
    json_t *rows = json_array(), *series = json_array();

    for (size_t i = 0; i < reg->row_count; i++)
        json_array_append_new(rows, describe_row(&reg->rows[i]));
    for (size_t i = 0; i < reg->series_count; i++)
        json_array_append_new(series, describe_series(&reg->series[i]));
    return json_pack("{s:s, s:s, s:o, s:o, s:b, s:I, s:{s:I, s:I, s:I, s:I, s:I}}", "brand", reg->brand->id, "month",
                     month, "rows", rows, "series", series, "gapless", reg->gapless, "rejected",
                     (json_int_t)reg->rejected, "total", "net_cents", (json_int_t)reg->total.net.cents, "vat_cents",
                     (json_int_t)reg->total.vat.cents, "gross_cents", (json_int_t)reg->total.gross.cents,
                     "split_vat_cents", (json_int_t)reg->split_vat.cents, "stamp_cents", (json_int_t)reg->stamps.cents);
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
    csv_put(w->out, d->nature, false);
    csv_put(w->out, d->nature[0] ? "" : total_is_split(&i->total) ? "S" : "I", false);
    put_amount(w, sale_stamp(d->nature, i->total.net), false);
    csv_put(w->out, d->state_text, true);
    talloc_free(mem);
    return DONE;
}

enum outcome vat_register_csv(struct db_tx *tx, void *mem, const struct vat_register *reg, struct text_buffer *out)
{
    static const char *const HEADER[] = {"tipo",           "numero",      "data",        "data_pagamento", "cliente",
                                         "codice_fiscale", "partita_iva", "aliquota",    "imponibile",     "imposta",
                                         "totale",         "natura",      "esigibilita", "bollo",          "stato_sdi"};
    struct writing w = {.out = out};

    for (size_t i = 0; i < count_of(HEADER); i++)
        csv_put(out, HEADER[i], i + 1 == count_of(HEADER));
    return vat_each(tx, mem, reg->brand->id, reg->from, reg->until, &w.document, put_document, &w);
}
