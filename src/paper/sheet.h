/* paper/sheet.h: an A4 sheet, upright or not, being drawn, by Cairo and Pango, for the papers of this folder.
 *
 * Lengths are points (1/72 inch) from the top left corner. Text is selectable and tagged (PDF structure: "H1", "P",
 * "Table" …), so that screen readers follow it; rules, boxes and footers stay untagged and unread. A sheet belongs to
 * one thread; Pango keeps a font map for each thread, so that fonts are looked up once. */
#pragma once

#include "base/day.h"
#include "base/money.h"
#include "base/text.h"
#include "paper/epc.h"
#include "paper/invoice.h"
#include <pango/pangocairo.h>

#define SHEET_WIDTH  595.28
#define SHEET_HEIGHT 841.89
#define SHEET_LEFT   52.0
#define SHEET_RIGHT  (SHEET_WIDTH - 52.0)
#define SHEET_TOP    44.0
#define SHEET_BOTTOM (SHEET_HEIGHT - 84.0) /* below it stands the footer */

enum sheet_style {
    STYLE_BRAND, /* the seller's trade name */
    STYLE_TITLE,
    STYLE_LEAD, /* the line under the title */
    STYLE_HEADING,
    STYLE_BODY,
    STYLE_STRONG,
    STYLE_TOTAL,
    STYLE_LABEL, /* small and quiet */
    STYLE_TINY,
    STYLE_CODE, /* monospaced, to be copied */
    STYLE_BIG_CODE,
    STYLE_FORM_LABEL, /* of a printed form's fields, for no one to read twice */
    STYLE_FORM_BOXED, /* monospaced, SHEET_BOX wide a character */
    STYLE_OCR,        /* OCR-B, ten characters an inch, for machines */
    STYLES
};

enum sheet_ink { INK_TEXT, INK_QUIET, INK_BRAND, INK_WARN, INK_LINE, INK_BRAND_SOFT, INK_WARN_SOFT, INK_BLACK, INKS };

#define SHEET_BOX 8.4

struct sheet_colour {
    double red, green, blue;
};

struct sheet {
    void *mem;
    const char *language;
    double width, height;
    cairo_surface_t *surface;
    cairo_t *cairo;
    PangoContext *context;
    PangoLayout *layout; /* reused for every text */
    PangoAttrList *plain;
    struct text_buffer bytes;
    struct sheet_colour ink[INKS];
    PangoFontDescription *font[STYLES];
};

/* What the file says of itself. */
struct sheet_look {
    const char *title, *author, *subject, *language, *colour;
    struct day made_on; /* so that the same record gives the same bytes */
    bool landscape;
};

/* Where a text goes: it wraps at `width` and hangs down from `y`. */
struct sheet_place {
    double x, y, width;
    bool right; /* aligned to the right edge */
};

enum outcome sheet_open(struct sheet *s, void *mem, const struct sheet_look *look) must_check;
void sheet_next_page(struct sheet *s);
/* Ends the document; the sheet is spent, whatever the outcome. */
enum outcome sheet_close(struct sheet *s, void **bytes, size_t *length) must_check;

void sheet_begin(struct sheet *s, const char *tag); /* a structure element around others */
void sheet_end(struct sheet *s, const char *tag);

/* Draws and returns the height taken. `tag` NULL: not read aloud. */
double sheet_text(struct sheet *s, const char *tag, enum sheet_style style, enum sheet_ink ink,
                  struct sheet_place place, const char *text);
/* As sheet_text, of one paragraph, for a place that cannot grow: past so many lines the text ends in an ellipsis. */
double sheet_text_within(struct sheet *s, const char *tag, enum sheet_style style, enum sheet_ink ink,
                         struct sheet_place place, int lines, const char *text);
/* A line drawn as shapes, for optical readers alone: it cannot be selected, and is not read aloud. Cairo 1.16 writes a
 * broken file where it should embed fonts such as OCR-B's, without saying so. */
void sheet_shapes(struct sheet *s, enum sheet_style style, enum sheet_ink ink, struct sheet_place place, const char *text);

/* A text laid out now, to know its height, or a line's width, and drawn later; freed by sheet_draw. */
PangoLayout *sheet_lay_out(struct sheet *s, enum sheet_style style, double width, const char *text, double *height);
PangoLayout *sheet_lay_out_line(struct sheet *s, enum sheet_style style, const char *text, double *width);
void sheet_draw(struct sheet *s, const char *tag, enum sheet_ink ink, double x, double y, PangoLayout *layout);

void sheet_rule(struct sheet *s, double y, double from, double to, double thickness, enum sheet_ink ink);
void sheet_line(struct sheet *s, double x, double y, double to_x, double to_y, double thickness, enum sheet_ink ink);
void sheet_cut(struct sheet *s, double y); /* dashes from edge to edge */
void sheet_box(struct sheet *s, double x, double y, double width, double height, double radius, enum sheet_ink inside);
void sheet_outline(struct sheet *s, double x, double y, double width, double height, double radius,
                   enum sheet_ink edge);
void sheet_arrow(struct sheet *s, double x, double y, double length); /* rightwards, in the quiet ink */
/* The dark modules of a symbol, one byte each by rows (1 dark), `module` wide and high. */
struct symbol {
    int width, height;
    const unsigned char *dark;
};
void sheet_symbol(struct sheet *s, const struct symbol *symbol, double x, double y, double module);
/* Dark modules alone, `side` wide at most: around them the caller leaves four modules of nothing. */
void sheet_qr(struct sheet *s, const struct qr *qr, double x, double y, double side);

/* The band, the brand's name on the left and a note on the right; returns the y where the content may begin. */
double sheet_head(struct sheet *s, const char *brand_name, const char *note);
/* Who sells and who buys, side by side, each under its label; returns the y below. */
double sheet_parties(struct sheet *s, double y, const char *seller_msgid, const struct seller *seller,
                     const char *customer_msgid, const struct billing *customer);
/* A warm box with a heading and numbered paragraphs; returns the y below it. */
double sheet_warnings(struct sheet *s, double x, double y, double width, const char *heading,
                      const char *const *msgids, size_t count);
/* Who sells, with what the law wants on commercial paper (art. 2250 c.c.), with `between` its parts. */
char *sheet_legal(struct sheet *s, const struct seller *seller, const char *between);
/* The same at the bottom of the page, and the page's number. */
void sheet_foot(struct sheet *s, const struct seller *seller, int page, int pages);

/* The text in the sheet's language, each "{}" in it replaced by the next of the texts, which end with NULL. */
char *sheet_words(struct sheet *s, const char *msgid, ...) __attribute__((sentinel));
/* A text from outside for one line or paragraph: control characters become blanks, what is past `limit` characters an
 * ellipsis. */
char *sheet_clean(struct sheet *s, const char *text, size_t limit);
char *sheet_euro(struct sheet *s, struct money amount); /* "30,50 €", never broken */
char *sheet_day(struct sheet *s, struct day day);
const char *sheet_method(struct sheet *s, const char *method); /* "bank_transfer" in words; "" for none */
