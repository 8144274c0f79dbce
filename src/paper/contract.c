/* paper/contract.c: the conditions of a contract over its pages, and the signatures at the end. */
#include "paper/contract.h"
#include "base/i18n.h"
#include "base/log.h"
#include "paper/contract_draft.h"
#include <string.h>
#include <talloc.h>

#define BOX_HEIGHT 118.0 /* of a signature's box with two lines of words; what it may take at most is asked for */
#define END_NOTE   40.0  /* version and hash, under the text */

/* A paragraph of the conditions, laid out once: "1. Parti." stands above what it says. */
struct clause {
    PangoLayout *title, *words;
    double title_height, height;
    int page;
};

struct clauses {
    struct clause *all;
    size_t count;
};

bool contract_has_second_signature(const struct contract_paper *c)
{
    return !holder_is_consumer((enum holder_kind)c->holder->kind);
}

static enum outcome check(const struct contract_paper *c)
{
    if (text_is_blank(c->address) || text_is_blank(c->order_code) || text_is_blank(c->text) ||
        text_is_blank(c->version) || text_is_blank(c->sha256) || c->years < 1 || !c->paid_on.n || !c->ordered_on.n)
        return log_broken("contract.data", LOG_TEXT("order", c->order_code ? c->order_code : ""));
    return DONE;
}

/* ---- Cutting the text ---- */

/* Bytes of "12. Sospensione e cessazione." at the beginning of a paragraph; 0: it has no such title. */
static size_t title_length(const char *text)
{
    size_t digits = strspn(text, "0123456789"), end;

    if (!digits || text[digits] != '.' || text[digits + 1] != ' ')
        return 0;
    end = digits + 2 + strcspn(text + digits + 2, ".\n");
    return text[end] == '.' && text[end + 1] && end < 90 ? end + 1 : 0;
}

static void add(struct contract_draft *d, struct clauses *list, const char *title, const char *words)
{
    struct clause c = {0};

    if (title)
        c.title = sheet_lay_out(&d->sheet, STYLE_STRONG, CONTRACT_WIDTH, title, &c.title_height);
    c.words = sheet_lay_out(&d->sheet, STYLE_BODY, CONTRACT_WIDTH, words, &c.height);
    list->all = talloc_realloc(d->sheet.mem, list->all, struct clause, (unsigned)(list->count + 1));
    list->all[list->count++] = c;
}

/* What would be taller than a page comes in pieces that are not. */
static void add_words(struct contract_draft *d, struct clauses *list, const char *title, const char *words)
{
    const size_t most = 3000;

    while (strlen(words) > most) {
        size_t cut = most;

        while (cut > 0 && words[cut] != ' ')
            cut--;
        if (cut == 0)
            break;
        add(d, list, title, talloc_strndup(d->sheet.mem, words, cut));
        title = NULL;
        words += cut + 1;
    }
    add(d, list, title, words);
}

static struct clauses read_clauses(struct contract_draft *d)
{
    struct clauses list = {0};

    for (const char *at = d->contract->text; *at;) {
        const char *end = strstr(at, "\n\n");
        size_t length = end ? (size_t)(end - at) : strlen(at);
        char *paragraph = text_trim(d->sheet.mem, talloc_strndup(d->sheet.mem, at, length));
        size_t title;

        paragraph = sheet_clean(&d->sheet, paragraph, 100000);
        title = title_length(paragraph);
        if (title)
            add_words(d, &list, talloc_strndup(d->sheet.mem, paragraph, title), paragraph + title + 1);
        else if (*paragraph)
            add_words(d, &list, NULL, paragraph);
        at += length;
        at += strspn(at, "\n");
    }
    return list;
}

/* ---- Pages ---- */

static double tall(const struct clause *c)
{
    return (c->title ? c->title_height + 2 : 0) + c->height + 9;
}

static double closing_height(const struct contract_draft *d)
{
    return END_NOTE + (contract_has_second_signature(d->contract) ? 2 : 1) * (BOX_HEIGHT + 14);
}

/* Each clause has its page; the signatures stand together, with a clause above them unless that fills its page. */
static void paginate(struct contract_draft *d, struct clauses *list)
{
    double y = d->y;

    d->pages = 1;
    for (size_t i = 0; i < list->count; i++) {
        if (y + tall(&list->all[i]) > SHEET_BOTTOM) {
            d->pages++;
            y = CONTRACT_LATER_Y;
        }
        list->all[i].page = d->pages;
        y += tall(&list->all[i]);
    }
    if (y + closing_height(d) > SHEET_BOTTOM) {
        struct clause *last = list->count ? &list->all[list->count - 1] : NULL;

        d->pages++;
        if (last && CONTRACT_LATER_Y + tall(last) + closing_height(d) <= SHEET_BOTTOM)
            last->page = d->pages;
    }
}

static void turn_page(struct contract_draft *d)
{
    struct sheet *s = &d->sheet;

    sheet_foot(s, d->contract->seller, d->page, d->pages);
    sheet_next_page(s);
    d->page++;
    sheet_head(s, d->contract->brand_name,
               sheet_words(s, N_("Contratto, ordine {}"), sheet_clean(s, d->contract->order_code, 24), NULL));
    d->y = CONTRACT_LATER_Y;
}

static void draw(struct contract_draft *d, struct clauses *list)
{
    struct sheet *s = &d->sheet;

    for (size_t i = 0; i < list->count; i++) {
        struct clause *c = &list->all[i];

        if (c->page > d->page)
            turn_page(d);
        if (c->title) {
            sheet_draw(s, "H3", INK_TEXT, SHEET_LEFT, d->y, c->title);
            d->y += c->title_height + 2;
        }
        sheet_draw(s, "P", INK_TEXT, SHEET_LEFT, d->y, c->words);
        d->y += c->height + 9;
    }
    if (d->page < d->pages)
        turn_page(d);
}

static void close_contract(struct contract_draft *d)
{
    const struct contract_paper *c = d->contract;
    struct sheet *s = &d->sheet;

    d->y += END_NOTE - 12 - 20;
    d->y +=
        12 + sheet_text(s, "P", STYLE_LABEL, INK_QUIET, (struct sheet_place){SHEET_LEFT, d->y, CONTRACT_WIDTH, false},
                        sheet_words(s, N_("Condizioni nella versione {}. Impronta SHA-256 del testo:\n{}"),
                                    sheet_clean(s, c->version, 30), sheet_clean(s, c->sha256, 64), NULL));
    d->y = 14 + contract_signature(d, d->y, sheet_words(s, N_("Firma del contratto"), NULL),
                                   sheet_words(s, N_("Ho letto il contratto, pagine da 1 a {}, e lo accetto."),
                                               talloc_asprintf(s->mem, "%d", d->pages), NULL));
    if (contract_has_second_signature(c))
        d->y = contract_signature(
            d, d->y, sheet_words(s, N_("Seconda firma: clausole da approvare a parte"), NULL),
            sheet_words(
                s,
                N_("Ai sensi degli articoli 1341 e 1342 del codice civile approvo espressamente le clausole che "
                   "il contratto elenca come da approvare a parte."),
                NULL));
    sheet_foot(s, c->seller, d->page, d->pages);
}

enum outcome contract_pdf(void *mem, const struct contract_paper *contract, void **bytes, size_t *length)
{
    struct contract_draft d = {.contract = contract, .page = 1};
    struct sheet_look look = {.title = i18n("it", N_("Contratto per una casella PEC")),
                              .author = contract->seller->name,
                              .subject = contract->order_code,
                              .language = "it",
                              .colour = contract->colour,
                              .made_on = contract->paid_on};
    struct clauses clauses;

    TRY(check(contract));
    TRY(sheet_open(&d.sheet, mem, &look));
    contract_front(&d);
    sheet_rule(&d.sheet, d.y, SHEET_LEFT, SHEET_RIGHT, 0.5, INK_LINE);
    d.y += 9;
    d.y += 8 + sheet_text(&d.sheet, "H2", STYLE_HEADING, INK_BRAND,
                          (struct sheet_place){SHEET_LEFT, d.y, CONTRACT_WIDTH, false},
                          sheet_words(&d.sheet, N_("Condizioni"), NULL));
    clauses = read_clauses(&d);
    paginate(&d, &clauses);
    draw(&d, &clauses);
    close_contract(&d);
    return sheet_close(&d.sheet, bytes, length);
}
