/* paper/sheet_words.c: what every sheet says: its head, its foot, and texts made ready for a line. */
#include "base/i18n.h"
#include "paper/sheet.h"
#include "rules/payment.h"
#include <string.h>
#include <talloc.h>

static bool empty(const char *text)
{
    return !text || !*text;
}

char *sheet_words(struct sheet *s, const char *msgid, ...)
{
    const char *text = i18n(s->language, msgid);
    struct text_buffer out = text_buffer(s->mem);
    va_list args;

    va_start(args, msgid);
    for (const char *hole; (hole = strstr(text, "{}")); text = hole + 2) {
        const char *word = va_arg(args, const char *);

        if (!word)
            break;
        text_put_bytes(&out, text, (size_t)(hole - text));
        text_put(&out, word);
    }
    va_end(args);
    text_put(&out, text);
    return out.bytes;
}

/* How many bytes the character takes that valid UTF-8 has here. */
static size_t size_at(const unsigned char *c)
{
    return *c < 0x80 ? 1 : *c < 0xE0 ? 2 : *c < 0xF0 ? 3 : 4;
}

/* C0 and C1 controls and the marks that end a line or paragraph. */
static bool is_control(const unsigned char *c)
{
    return *c < ' ' || *c == 0x7F || (c[0] == 0xC2 && c[1] < 0xA0) ||
           (c[0] == 0xE2 && c[1] == 0x80 && (c[2] == 0xA8 || c[2] == 0xA9));
}

/* U+FDD0..FDEF and the last two of each plane: valid UTF-8, but Cairo refuses a document that holds one. */
static bool is_no_character(const unsigned char *c)
{
    if (c[0] == 0xEF)
        return (c[1] == 0xB7 && c[2] >= 0x90 && c[2] <= 0xAF) || (c[1] == 0xBF && c[2] >= 0xBE);
    return c[0] >= 0xF0 && (c[1] & 0x0F) == 0x0F && c[2] == 0xBF && c[3] >= 0xBE;
}

char *sheet_clean(struct sheet *s, const char *text, size_t limit)
{
    struct text_buffer out = text_buffer(s->mem);
    const unsigned char *c;
    size_t count = 0;

    if (!text || !text_is_utf8(text, strlen(text)))
        text = text ? "?" : "";
    for (c = (const unsigned char *)text; *c && count < limit; c += size_at(c), count++) {
        if (is_control(c))
            text_put(&out, " ");
        else if (is_no_character(c))
            text_put(&out, "?");
        else
            text_put_bytes(&out, c, size_at(c));
    }
    if (*c)
        text_put(&out, "…");
    return out.bytes;
}

char *sheet_euro(struct sheet *s, struct money amount)
{
    char text[MONEY_TEXT];

    return talloc_asprintf(s->mem, "%s\u00A0€", money_italian(amount, text));
}

char *sheet_day(struct sheet *s, struct day day)
{
    char text[DAY_TEXT];

    return talloc_strdup(s->mem, day_italian(day, text));
}

const char *sheet_method(struct sheet *s, const char *method)
{
    enum payment_method known;

    return empty(method) || payment_method_of(method, &known) != DONE
               ? ""
               : sheet_words(s, payment_method_label(known), NULL);
}

double sheet_head(struct sheet *s, const char *brand_name, const char *note)
{
    const double half = (s->width - 2 * SHEET_LEFT) / 2;

    sheet_rule(s, 0, 0, s->width, 6, INK_BRAND);
    sheet_text(s, "P", STYLE_BRAND, INK_BRAND, (struct sheet_place){SHEET_LEFT, SHEET_TOP - 8, half, false},
               sheet_clean(s, brand_name, 60));
    sheet_text(s, "P", STYLE_LABEL, INK_QUIET, (struct sheet_place){SHEET_LEFT + half, SHEET_TOP - 4, half, true},
               note);
    return SHEET_TOP + 34;
}

double sheet_warnings(struct sheet *s, double x, double y, double width, const char *heading, const char *const *msgids,
                      size_t count)
{
    const double pad = 18, number = 16, gap = 5;
    PangoLayout **text = talloc_array(s->mem, PangoLayout *, (unsigned)count);
    double *height = talloc_array(s->mem, double, (unsigned)count), whole = 2 * pad + 6;

    for (size_t i = 0; i < count; i++) {
        text[i] = sheet_lay_out(s, STYLE_BODY, width - 2 * pad - number, sheet_words(s, msgids[i], NULL), &height[i]);
        whole += height[i] + gap;
    }
    sheet_box(s, x, y, width, whole, 6, INK_WARN_SOFT);
    whole += y;
    x += pad;
    y += pad - 4;
    y += 6 + sheet_text(s, "H2", STYLE_HEADING, INK_WARN, (struct sheet_place){x, y, width - 2 * pad, false},
                        sheet_words(s, heading, NULL));
    sheet_begin(s, "L");
    for (size_t i = 0; i < count; i++) {
        sheet_begin(s, "LI");
        sheet_text(s, "Lbl", STYLE_STRONG, INK_WARN, (struct sheet_place){x, y, number - 2, false},
                   talloc_asprintf(s->mem, "%zu.", i + 1));
        sheet_draw(s, "LBody", INK_TEXT, x + number, y, text[i]);
        sheet_end(s, "LI");
        y += height[i] + gap;
    }
    sheet_end(s, "L");
    return whole;
}

static void put_legal(struct sheet *s, struct text_buffer *out, const struct seller *seller, const char *between)
{
    text_put_format(out, "%s · %s, %s %s", sheet_clean(s, seller->name, 100), sheet_clean(s, seller->street, 80),
                    sheet_clean(s, seller->postcode, 10), sheet_clean(s, seller->city, 60));
    if (!empty(seller->province))
        text_put_format(out, " (%s)", sheet_clean(s, seller->province, 4));
    text_put(out, between);
    text_put(out, sheet_words(s, N_("P. IVA {}"), sheet_clean(s, seller->vat_number, 20), NULL));
    if (!empty(seller->tax_code) && !text_same(seller->tax_code, seller->vat_number))
        text_put_format(out, " · %s", sheet_words(s, N_("C.F. {}"), sheet_clean(s, seller->tax_code, 20), NULL));
    if (!empty(seller->rea_office) && !empty(seller->rea_number))
        text_put_format(out, " · REA %s-%s", sheet_clean(s, seller->rea_office, 4),
                        sheet_clean(s, seller->rea_number, 20));
    if (seller->share_capital.cents > 0)
        text_put_format(out, " · %s",
                        sheet_words(s, N_("Capitale sociale {}"), sheet_euro(s, seller->share_capital), NULL));
}

char *sheet_legal(struct sheet *s, const struct seller *seller, const char *between)
{
    struct text_buffer legal = text_buffer(s->mem);
    const char *contacts[] = {seller->email, seller->phone, seller->website};

    put_legal(s, &legal, seller, between);
    for (size_t i = 0, n = 0; i < count_of(contacts); i++)
        if (!empty(contacts[i]))
            text_put_format(&legal, "%s%s", n++ ? " · " : between, sheet_clean(s, contacts[i], 80));
    return legal.bytes;
}

void sheet_foot(struct sheet *s, const struct seller *seller, int page, int pages)
{
    const double y = s->height - 62, right = s->width - SHEET_LEFT;

    sheet_rule(s, y, SHEET_LEFT, right, 0.5, INK_LINE);
    sheet_text(s, NULL, STYLE_TINY, INK_QUIET, (struct sheet_place){SHEET_LEFT, y + 8, right - SHEET_LEFT - 80, false},
               sheet_legal(s, seller, "\n"));
    sheet_text(s, NULL, STYLE_TINY, INK_QUIET, (struct sheet_place){right - 80, y + 8, 80, true},
               sheet_words(s, N_("Pagina {} di {}"), talloc_asprintf(s->mem, "%d", page),
                           talloc_asprintf(s->mem, "%d", pages), NULL));
}
