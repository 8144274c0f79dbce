#include "paper/guide.h"
#include "base/i18n.h"
#include "base/log.h"
#include "paper/sheet.h"
#include <string.h>
#include <talloc.h>

#define WIDTH   (SHEET_RIGHT - SHEET_LEFT)
#define LATER_Y 88.0 /* where the text goes on, on pages after the first */
#define INDENT  18.0 /* of a numbered step's words */
#define HEADING 70   /* characters at most */

/* A paragraph laid out once: what it is, and how tall. */
struct piece {
    const char *tag;
    enum sheet_ink ink;
    char *number; /* "3." of a step; NULL: none */
    PangoLayout *words;
    double height, above, indent;
    int page;
};

struct draft {
    struct sheet sheet;
    const struct guide_paper *guide;
    struct piece *all;
    size_t count;
    int page, pages;
    double y;
};

static bool is_heading(const char *paragraph)
{
    size_t length = strlen(paragraph);

    return length && text_characters(paragraph) <= HEADING && !strchr(".:;!?", paragraph[length - 1]);
}

/* Bytes of "3. " at the beginning; 0: it is no numbered step. */
static size_t number_length(const char *paragraph)
{
    size_t digits = strspn(paragraph, "0123456789");

    return digits && paragraph[digits] == '.' && paragraph[digits + 1] == ' ' ? digits + 2 : 0;
}

static void add(struct draft *d, char *paragraph)
{
    struct piece p = {.tag = "P", .ink = INK_TEXT, .above = 8};
    size_t number = number_length(paragraph);
    bool heading = !number && is_heading(paragraph);

    if (heading) {
        p.tag = "H2";
        p.ink = INK_BRAND;
        p.above = d->count ? 18 : 0;
    }
    if (number) {
        p.number = talloc_strndup(d->sheet.mem, paragraph, number - 1);
        p.indent = INDENT;
    }
    p.words =
        sheet_lay_out(&d->sheet, heading ? STYLE_HEADING : STYLE_BODY, WIDTH - p.indent, paragraph + number, &p.height);
    d->all = talloc_realloc(d->sheet.mem, d->all, struct piece, (unsigned)(d->count + 1));
    d->all[d->count++] = p;
}

static void read_text(struct draft *d)
{
    for (const char *at = d->guide->text; *at;) {
        const char *end = strstr(at, "\n\n");
        size_t length = end ? (size_t)(end - at) : strlen(at);
        char *paragraph = text_trim(d->sheet.mem, talloc_strndup(d->sheet.mem, at, length));

        if (*paragraph)
            add(d, sheet_clean(&d->sheet, paragraph, 3000));
        at += length;
        at += strspn(at, "\n");
    }
}

/* A heading stays with what follows it. */
static void paginate(struct draft *d)
{
    double y = d->y;

    d->pages = 1;
    for (size_t i = 0; i < d->count; i++) {
        struct piece *p = &d->all[i];
        double needs = p->above + p->height;

        if (strcmp(p->tag, "H2") == 0 && i + 1 < d->count)
            needs += p[1].above + p[1].height;
        if (y + needs > SHEET_BOTTOM) {
            d->pages++;
            y = LATER_Y - p->above;
        }
        p->page = d->pages;
        y += p->above + p->height;
    }
}

static void draw(struct draft *d)
{
    struct sheet *s = &d->sheet;

    for (size_t i = 0; i < d->count; i++) {
        struct piece *p = &d->all[i];

        if (p->page > d->page) {
            sheet_foot(s, d->guide->seller, d->page, d->pages);
            sheet_next_page(s);
            d->page++;
            sheet_head(s, d->guide->brand_name, i18n("it", d->guide->title));
            d->y = LATER_Y - p->above;
        }
        d->y += p->above;
        if (p->number)
            sheet_text(s, "P", STYLE_STRONG, INK_BRAND, (struct sheet_place){SHEET_LEFT, d->y, INDENT, false},
                       p->number);
        sheet_draw(s, p->tag, p->ink, SHEET_LEFT + p->indent, d->y, p->words);
        d->y += p->height;
    }
    sheet_foot(s, d->guide->seller, d->page, d->pages);
}

enum outcome guide_pdf(void *mem, const struct guide_paper *guide, void **bytes, size_t *length)
{
    struct draft d = {.guide = guide, .page = 1};
    const char *title = i18n("it", guide->title);
    struct sheet_look look = {.title = title,
                              .author = guide->seller->name,
                              .subject = guide->brand_name,
                              .language = "it",
                              .colour = guide->colour,
                              .made_on = guide->made_on};

    if (text_is_blank(guide->text))
        return log_broken("guide.data", LOG_TEXT("brand", guide->brand_name));
    TRY(sheet_open(&d.sheet, mem, &look));
    d.y = sheet_head(&d.sheet, guide->brand_name, sheet_words(&d.sheet, N_("Guida"), NULL));
    d.y += 2 + sheet_text(&d.sheet, "H1", STYLE_TITLE, INK_TEXT, (struct sheet_place){SHEET_LEFT, d.y, WIDTH, false},
                          title);
    d.y += 18 +
           sheet_text(&d.sheet, "P", STYLE_LEAD, INK_QUIET, (struct sheet_place){SHEET_LEFT, d.y, WIDTH, false},
                      sheet_words(&d.sheet, N_("Customer Care: {}"), sheet_clean(&d.sheet, guide->contact, 300), NULL));
    read_text(&d);
    paginate(&d);
    draw(&d);
    return sheet_close(&d.sheet, bytes, length);
}
