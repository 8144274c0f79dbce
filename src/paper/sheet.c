/* paper/sheet.c: opening, closing and drawing on an A4 sheet. */
#include "paper/sheet.h"
#include "base/log.h"
#include <cairo-pdf.h>
#include <fontconfig/fontconfig.h>
#include <math.h>
#include <string.h>
#include <talloc.h>

#define LEADING 0.17 /* of the size, between lines; Pango adds it to the font's own */
#define GRAIN   2
#define SANS    "Liberation Sans, DejaVu Sans, sans-serif"
#define MONO    "Liberation Mono, DejaVu Sans Mono, monospace"
#define OCR_B   "OCR B, Liberation Mono, monospace"

static const struct {
    const char *family;
    double size;
    bool bold;
} STYLE[STYLES] = {
    [STYLE_BRAND] = {SANS, 14, true},
    [STYLE_TITLE] = {SANS, 22, true},
    [STYLE_LEAD] = {SANS, 11, false},
    [STYLE_HEADING] = {SANS, 11.5, true},
    [STYLE_BODY] = {SANS, 9.5, false},
    [STYLE_STRONG] = {SANS, 9.5, true},
    [STYLE_TOTAL] = {SANS, 13, true},
    [STYLE_LABEL] = {SANS, 8.5, false},
    [STYLE_TINY] = {SANS, 7.5, false},
    [STYLE_CODE] = {MONO, 12.5, true},
    [STYLE_BIG_CODE] = {MONO, 23, true},
    [STYLE_FORM_LABEL] = {SANS, 6, false},
    [STYLE_FORM_BOXED] = {MONO, SHEET_BOX / 0.6, false},
    [STYLE_OCR] = {OCR_B, 7.2 / 0.723, false},
};

static const struct sheet_colour INK[INKS] = {
    [INK_TEXT] = {0.090, 0.129, 0.122},    [INK_QUIET] = {0.333, 0.384, 0.373},
    [INK_BRAND] = {0.090, 0.129, 0.122},   [INK_WARN] = {0.541, 0.294, 0.0},
    [INK_LINE] = {0.827, 0.863, 0.855},    [INK_BRAND_SOFT] = {0.945, 0.957, 0.955},
    [INK_WARN_SOFT] = {1.0, 0.953, 0.875}, [INK_BLACK] = {0, 0, 0},
};

static cairo_status_t keep(void *bytes, const unsigned char *data, unsigned int length)
{
    text_put_bytes(bytes, data, length);
    return CAIRO_STATUS_SUCCESS;
}

static bool hex_byte(const char *two, double *value)
{
    unsigned char byte;

    if (!text_unhex(two, &byte, 1))
        return false;
    *value = byte / 255.0;
    return true;
}

/* "#0b5d57" and the tint of it that fills boxes. Anything else leaves the neutral inks. */
static void set_brand(struct sheet *s, const char *colour)
{
    struct sheet_colour c;
    const double tint = 0.08;
    char part[3][3];

    if (!colour || colour[0] != '#' || strlen(colour) != 7)
        return;
    for (int i = 0; i < 3; i++) {
        memcpy(part[i], colour + 1 + 2 * i, 2);
        part[i][2] = '\0';
    }
    if (!hex_byte(part[0], &c.red) || !hex_byte(part[1], &c.green) || !hex_byte(part[2], &c.blue))
        return;
    s->ink[INK_BRAND] = c;
    s->ink[INK_BRAND_SOFT] =
        (struct sheet_colour){1 - tint * (1 - c.red), 1 - tint * (1 - c.green), 1 - tint * (1 - c.blue)};
}

static void describe(struct sheet *s, const struct sheet_look *look)
{
    char day[DAY_TEXT];

    cairo_pdf_surface_set_metadata(s->surface, CAIRO_PDF_METADATA_TITLE, look->title);
    cairo_pdf_surface_set_metadata(s->surface, CAIRO_PDF_METADATA_AUTHOR, look->author);
    cairo_pdf_surface_set_metadata(s->surface, CAIRO_PDF_METADATA_SUBJECT, look->subject);
    cairo_pdf_surface_set_metadata(s->surface, CAIRO_PDF_METADATA_CREATOR, "casella " CASELLA_VERSION);
    cairo_pdf_surface_set_metadata(s->surface, CAIRO_PDF_METADATA_CREATE_DATE,
                                   talloc_asprintf(s->mem, "%sT00:00:00Z", day_iso(look->made_on, day)));
}

enum outcome sheet_open(struct sheet *s, void *mem, const struct sheet_look *look)
{
    *s = (struct sheet){.mem = talloc_new(mem),
                        .language = look->language,
                        .width = look->landscape ? SHEET_HEIGHT : SHEET_WIDTH,
                        .height = look->landscape ? SHEET_WIDTH : SHEET_HEIGHT};
    s->bytes = text_buffer(mem);
    memcpy(s->ink, INK, sizeof s->ink);
    set_brand(s, look->colour);
    s->surface = cairo_pdf_surface_create_for_stream(keep, &s->bytes, s->width, s->height);
    s->cairo = cairo_create(s->surface);
    if (cairo_status(s->cairo) != CAIRO_STATUS_SUCCESS) {
        enum outcome o = log_broken("sheet.open", LOG_TEXT("why", cairo_status_to_string(cairo_status(s->cairo))));

        cairo_destroy(s->cairo);
        cairo_surface_destroy(s->surface);
        talloc_free(s->mem);
        return o;
    }
    describe(s, look);
    s->context = pango_font_map_create_context(pango_cairo_font_map_get_default()); /* the thread's own */
    pango_cairo_update_context(s->cairo, s->context);
    pango_context_set_language(s->context, pango_language_from_string(text_same(look->language, "en") ? "en" : "it"));
    pango_context_set_round_glyph_positions(s->context,
                                            FALSE); /* paper has no pixels; the font's own widths also write shorter */
    s->plain = pango_attr_list_new();
    pango_attr_list_insert(s->plain,
                           pango_attr_insert_hyphens_new(FALSE)); /* an address cut at a line's end gains no sign */
    s->layout = pango_layout_new(s->context);
    sheet_begin(s, "Document");
    return DONE;
}

enum outcome sheet_close(struct sheet *s, void **bytes, size_t *length)
{
    cairo_status_t status;

    sheet_end(s, "Document");
    cairo_show_page(s->cairo);
    cairo_surface_finish(s->surface);
    status = cairo_status(s->cairo);
    if (status == CAIRO_STATUS_SUCCESS)
        status = cairo_surface_status(s->surface);
    for (int i = 0; i < STYLES; i++)
        if (s->font[i])
            pango_font_description_free(s->font[i]);
    pango_attr_list_unref(s->plain);
    g_object_unref(s->layout);
    g_object_unref(s->context);
    cairo_destroy(s->cairo);
    cairo_surface_destroy(s->surface);
    talloc_free(s->mem);
    *bytes = s->bytes.bytes;
    *length = s->bytes.length;
    return status == CAIRO_STATUS_SUCCESS ? DONE
                                          : log_broken("sheet.close", LOG_TEXT("why", cairo_status_to_string(status)));
}

void sheet_next_page(struct sheet *s)
{
    cairo_show_page(s->cairo);
}
void sheet_begin(struct sheet *s, const char *tag)
{
    cairo_tag_begin(s->cairo, tag, NULL);
}
void sheet_end(struct sheet *s, const char *tag)
{
    cairo_tag_end(s->cairo, tag);
}

static const PangoFontDescription *font(struct sheet *s, enum sheet_style style)
{
    if (!s->font[style]) {
        s->font[style] = pango_font_description_new();
        pango_font_description_set_family_static(s->font[style], STYLE[style].family);
        pango_font_description_set_absolute_size(s->font[style], STYLE[style].size * PANGO_SCALE);
        pango_font_description_set_weight(s->font[style], STYLE[style].bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    }
    return s->font[style];
}

static void wrap(struct sheet *s, PangoLayout *layout, double width)
{
    pango_layout_set_attributes(layout, s->plain);
    pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_width(layout, (int)(width * PANGO_SCALE));
}

/* Lays out a text and says what it takes. Looking for places to break doubles the cost of shaping, so a text that
 * promises to fit its line is tried whole first. */
static PangoRectangle fill(struct sheet *s, PangoLayout *layout, enum sheet_style style, double width, const char *text)
{
    const double size = STYLE[style].size;
    bool whole = width <= 0 || (double)strlen(text) * size / 2 < width;
    PangoRectangle taken;

    pango_layout_set_font_description(layout, font(s, style));
    pango_layout_set_auto_dir(layout, FALSE); /* a name in Hebrew stays in its column */
    pango_layout_set_spacing(layout, (int)(size * LEADING * PANGO_SCALE));
    pango_layout_set_attributes(layout, NULL);
    pango_layout_set_width(layout, -1);
    if (!whole)
        wrap(s, layout, width);
    pango_layout_set_text(layout, text, -1);
    pango_layout_get_extents(layout, NULL, &taken);
    if (whole && width > 0 && taken.width > width * PANGO_SCALE) {
        wrap(s, layout, width);
        pango_layout_get_extents(layout, NULL, &taken);
    }
    return taken;
}

static void use(struct sheet *s, enum sheet_ink ink)
{
    cairo_set_source_rgb(s->cairo, s->ink[ink].red, s->ink[ink].green, s->ink[ink].blue);
}

static void show(struct sheet *s, const char *tag, enum sheet_ink ink, double x, double y, PangoLayout *layout)
{
    if (tag)
        sheet_begin(s, tag);
    use(s, ink);
    cairo_move_to(s->cairo, x, y);
    pango_cairo_show_layout(s->cairo, layout);
    if (tag)
        sheet_end(s, tag);
}

double sheet_text(struct sheet *s, const char *tag, enum sheet_style style, enum sheet_ink ink,
                  struct sheet_place place, const char *text)
{
    PangoRectangle taken = fill(s, s->layout, style, place.width, text);

    if (place.right) /* by what it takes: every right-aligned text is one line, or a few as wide as the place */
        place.x += place.width - (double)taken.width / PANGO_SCALE;
    show(s, tag, ink, place.x, place.y, s->layout);
    return (double)taken.height / PANGO_SCALE;
}

double sheet_text_within(struct sheet *s, const char *tag, enum sheet_style style, enum sheet_ink ink,
                         struct sheet_place place, int lines, const char *text)
{
    double height;

    pango_layout_set_ellipsize(s->layout, PANGO_ELLIPSIZE_END);
    pango_layout_set_height(s->layout, -lines);
    height = sheet_text(s, tag, style, ink, place, text);
    pango_layout_set_height(s->layout, -1);
    pango_layout_set_ellipsize(s->layout, PANGO_ELLIPSIZE_NONE);
    return height;
}

void sheet_shapes(struct sheet *s, enum sheet_style style, enum sheet_ink ink, struct sheet_place place,
                  const char *text)
{
    PangoRectangle taken = fill(s, s->layout, style, 0, text);

    if (place.right)
        place.x += place.width - (double)taken.width / PANGO_SCALE;
    use(s, ink);
    cairo_move_to(s->cairo, place.x, place.y);
    pango_cairo_layout_path(s->cairo, s->layout);
    cairo_fill(s->cairo);
}

PangoLayout *sheet_lay_out_line(struct sheet *s, enum sheet_style style, const char *text, double *width)
{
    PangoLayout *layout = pango_layout_new(s->context);

    *width = (double)fill(s, layout, style, 0, text).width / PANGO_SCALE;
    return layout;
}

PangoLayout *sheet_lay_out(struct sheet *s, enum sheet_style style, double width, const char *text, double *height)
{
    PangoLayout *layout = pango_layout_new(s->context);

    *height = (double)fill(s, layout, style, width, text).height / PANGO_SCALE;
    return layout;
}

void sheet_draw(struct sheet *s, const char *tag, enum sheet_ink ink, double x, double y, PangoLayout *layout)
{
    show(s, tag, ink, x, y, layout);
    g_object_unref(layout);
}

void sheet_rule(struct sheet *s, double y, double from, double to, double thickness, enum sheet_ink ink)
{
    use(s, ink);
    cairo_rectangle(s->cairo, from, y, to - from, thickness);
    cairo_fill(s->cairo);
}

void sheet_line(struct sheet *s, double x, double y, double to_x, double to_y, double thickness, enum sheet_ink ink)
{
    use(s, ink);
    cairo_set_line_width(s->cairo, thickness);
    cairo_move_to(s->cairo, x, y);
    cairo_line_to(s->cairo, to_x, to_y);
    cairo_stroke(s->cairo);
}

void sheet_cut(struct sheet *s, double y)
{
    static const double DASH[] = {4, 3};

    cairo_set_dash(s->cairo, DASH, count_of(DASH), 0);
    sheet_line(s, 0, y, s->width, y, 0.75, INK_QUIET);
    cairo_set_dash(s->cairo, NULL, 0, 0);
}

static void rounded(struct sheet *s, double x, double y, double width, double height, double r)
{
    cairo_new_sub_path(s->cairo);
    cairo_arc(s->cairo, x + width - r, y + r, r, -M_PI_2, 0);
    cairo_arc(s->cairo, x + width - r, y + height - r, r, 0, M_PI_2);
    cairo_arc(s->cairo, x + r, y + height - r, r, M_PI_2, M_PI);
    cairo_arc(s->cairo, x + r, y + r, r, M_PI, 3 * M_PI_2);
    cairo_close_path(s->cairo);
}

void sheet_box(struct sheet *s, double x, double y, double width, double height, double radius, enum sheet_ink inside)
{
    rounded(s, x, y, width, height, radius);
    use(s, inside);
    cairo_fill(s->cairo);
}

void sheet_outline(struct sheet *s, double x, double y, double width, double height, double radius, enum sheet_ink edge)
{
    rounded(s, x, y, width, height, radius);
    use(s, edge);
    cairo_set_line_width(s->cairo, 0.75);
    cairo_stroke(s->cairo);
}

void sheet_arrow(struct sheet *s, double x, double y, double length)
{
    use(s, INK_QUIET);
    cairo_set_line_width(s->cairo, 1);
    cairo_move_to(s->cairo, x, y);
    cairo_line_to(s->cairo, x + length, y);
    cairo_move_to(s->cairo, x + length - 4, y - 4);
    cairo_line_to(s->cairo, x + length, y);
    cairo_line_to(s->cairo, x + length - 4, y + 4);
    cairo_stroke(s->cairo);
}

/* The x-th of a word's dots, as Cairo counts them: from the end that comes first in memory. */
static uint32_t dot(int x)
{
    return __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? UINT32_C(1) << (31 - x) : UINT32_C(1) << x;
}

/* GRAIN x GRAIN dots a module, one bit each. */
static cairo_surface_t *dots_of(const struct symbol *symbol)
{
    const int width = symbol->width * GRAIN, height = symbol->height * GRAIN;
    cairo_surface_t *mask = cairo_image_surface_create(CAIRO_FORMAT_A1, width, height);
    unsigned char *bytes = cairo_image_surface_get_data(mask);
    const ptrdiff_t stride = cairo_image_surface_get_stride(mask);

    for (int row = 0; bytes && row < symbol->height; row++) { /* without memory the sheet's status tells of it */
        unsigned char *first = bytes + row * GRAIN * stride;
        const unsigned char *dark = symbol->dark + (ptrdiff_t)row * symbol->width;

        for (int column = 0; column < symbol->width; column++)
            for (int x = column * GRAIN; dark[column] && x < (column + 1) * GRAIN; x++)
                ((uint32_t *)(void *)first)[x / 32] |= dot(x % 32);
        for (int copy = 1; copy < GRAIN; copy++)
            memcpy(first + copy * stride, first, (size_t)stride);
    }
    cairo_surface_mark_dirty(mask);
    return mask;
}

/* A stencil of one bit a dot, as sharp as lines at any size because nothing smooths it; the lines around the modules
 * would be most of the sheet's code. Dots finer than modules serve readers of PDF that smooth images unasked. */
void sheet_symbol(struct sheet *s, const struct symbol *symbol, double x, double y, double module)
{
    cairo_surface_t *dots = dots_of(symbol);
    cairo_pattern_t *mask = cairo_pattern_create_for_surface(dots);

    cairo_pattern_set_filter(mask, CAIRO_FILTER_NEAREST);
    cairo_save(s->cairo);
    cairo_translate(s->cairo, x, y);
    cairo_scale(s->cairo, module / GRAIN, module / GRAIN);
    cairo_set_source_rgb(s->cairo, 0, 0, 0);
    cairo_mask(s->cairo, mask);
    cairo_restore(s->cairo);
    cairo_pattern_destroy(mask);
    cairo_surface_destroy(dots);
}

void sheet_qr(struct sheet *s, const struct qr *qr, double x, double y, double side)
{
    const struct symbol symbol = {qr->side, qr->side, qr->dark};

    sheet_symbol(s, &symbol, x, y, (int)(side / qr->side * 4) / 4.0);
}

void paper_forget_fonts(void)
{
    pango_cairo_font_map_set_default(NULL);
    FcFini();
}
