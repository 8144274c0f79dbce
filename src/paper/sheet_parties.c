/* paper/sheet_parties.c: who sells and who buys, side by side. */
#include "base/i18n.h"
#include "paper/sheet.h"
#include <string.h>
#include <talloc.h>

#define LEADING 2.0 /* between the lines of a block */

static bool empty(const char *text)
{
    return !text || !*text;
}

/* The name, and under it one paragraph of the lines that follow. */
static double block(struct sheet *s, double x, double y, double width, const char *msgid, const char *name,
                    const struct text_buffer *lines)
{
    y += 4 + sheet_text(s, "H2", STYLE_LABEL, INK_QUIET, (struct sheet_place){x, y, width, false},
                        sheet_words(s, msgid, NULL));
    y += LEADING + sheet_text(s, "P", STYLE_STRONG, INK_TEXT, (struct sheet_place){x, y, width, false},
                              sheet_clean(s, name, 250));
    return y + sheet_text(s, "P", STYLE_BODY, INK_TEXT, (struct sheet_place){x, y, width, false}, lines->bytes);
}

static void put_place(struct sheet *s, struct text_buffer *lines, const char *street, const char *postcode,
                      const char *city, const char *province, const char *country)
{
    text_put_format(lines, "%s\n%s %s", sheet_clean(s, street, 120), sheet_clean(s, postcode, 12),
                    sheet_clean(s, city, 80));
    if (!empty(province))
        text_put_format(lines, " (%s)", sheet_clean(s, province, 4));
    if (!empty(country) && strcmp(country, "IT") != 0)
        text_put_format(lines, ", %s", sheet_clean(s, country, 4));
}

static void put_code(struct sheet *s, struct text_buffer *lines, const char *msgid, const char *value)
{
    if (!empty(value))
        text_put_format(lines, "\n%s", sheet_words(s, msgid, sheet_clean(s, value, 80), NULL));
}

static double seller_block(struct sheet *s, double x, double y, double width, const char *msgid,
                           const struct seller *seller)
{
    struct text_buffer lines = text_buffer(s->mem);

    put_place(s, &lines, seller->street, seller->postcode, seller->city, seller->province, seller->country);
    put_code(s, &lines, N_("P. IVA {}"), seller->vat_number);
    if (!text_same(seller->tax_code, seller->vat_number))
        put_code(s, &lines, N_("C.F. {}"), seller->tax_code);
    return block(s, x, y, width, msgid, seller->name, &lines);
}

static double customer_block(struct sheet *s, double x, double y, double width, const char *msgid,
                             const struct billing *customer)
{
    struct text_buffer lines = text_buffer(s->mem);

    put_place(s, &lines, customer->street, customer->postcode, customer->city, customer->province, customer->country);
    put_code(s, &lines, N_("P. IVA {}"), customer->vat_number);
    put_code(s, &lines, N_("C.F. {}"), customer->tax_code);
    if (!text_same(customer->sdi_code, "XXXXXXX")) /* every foreigner's */
        put_code(s, &lines, N_("Codice destinatario {}"), customer->sdi_code);
    if (empty(customer->sdi_code))
        put_code(s, &lines, N_("PEC {}"), customer->sdi_pec);
    return block(s, x, y, width, msgid, customer->name, &lines);
}

double sheet_parties(struct sheet *s, double y, const char *seller_msgid, const struct seller *seller,
                     const char *customer_msgid, const struct billing *customer)
{
    const double gap = 24, width = (SHEET_RIGHT - SHEET_LEFT - gap) / 2;
    double left = seller_block(s, SHEET_LEFT, y, width, seller_msgid, seller);
    double right = customer_block(s, SHEET_LEFT + width + gap, y, width, customer_msgid, customer);

    return left > right ? left : right;
}
