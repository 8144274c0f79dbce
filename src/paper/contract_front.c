/* paper/contract_front.c: the first page of a contract, and the boxes in which it is signed. */
#include "base/i18n.h"
#include "paper/contract_draft.h"
#include <talloc.h>

#define PAD 14.0

static bool empty(const char *text)
{
    return !text || !*text;
}

/* Label and value in a row of their own, as one paragraph to whoever listens. */
static void fact(struct contract_draft *d, const char *msgid, const char *value)
{
    struct sheet *s = &d->sheet;
    const double label = 150;

    if (empty(value))
        return;
    sheet_begin(s, "P");
    sheet_text(s, "Span", STYLE_LABEL, INK_QUIET, (struct sheet_place){SHEET_LEFT, d->y + 1, label - 10, false},
               sheet_words(s, msgid, NULL));
    d->y += 4 + sheet_text(s, "Span", STYLE_BODY, INK_TEXT,
                           (struct sheet_place){SHEET_LEFT + label, d->y, CONTRACT_WIDTH - label, false},
                           sheet_clean(s, value, 300));
    sheet_end(s, "P");
}

static void heading(struct contract_draft *d, const char *msgid)
{
    struct sheet *s = &d->sheet;

    sheet_rule(s, d->y, SHEET_LEFT, SHEET_RIGHT, 0.5, INK_LINE);
    d->y += 9;
    d->y += 5 + sheet_text(s, "H2", STYLE_HEADING, INK_BRAND,
                           (struct sheet_place){SHEET_LEFT, d->y, CONTRACT_WIDTH, false}, sheet_words(s, msgid, NULL));
}

static char *signer(struct contract_draft *d)
{
    const struct contract_paper *c = d->contract;

    if (empty(c->signer_name))
        return sheet_clean(&d->sheet, c->holder->name, 120);
    if (empty(c->signer_tax_code))
        return sheet_clean(&d->sheet, c->signer_name, 120);
    return sheet_words(&d->sheet, N_("{}, codice fiscale {}"), sheet_clean(&d->sheet, c->signer_name, 120),
                       sheet_clean(&d->sheet, c->signer_tax_code, 20), NULL);
}

static void holder(struct contract_draft *d)
{
    const struct contract_paper *c = d->contract;

    heading(d, N_("Titolare della casella"));
    fact(d, N_("Tipo di titolare"), sheet_words(&d->sheet, holder_kind_label((enum holder_kind)c->holder->kind), NULL));
    fact(d, N_("Email di riferimento"), c->holder->email);
    fact(d, N_("Telefono"), c->phone);
    fact(d, N_("Firma il contratto"), signer(d));
    d->y += 8;
}

static char *alternatives(struct contract_draft *d)
{
    struct text_buffer out = text_buffer(d->sheet.mem);
    int count = 0;

    for (int i = 0; i < NAMES; i++)
        if (!empty(d->contract->alternatives[i]))
            text_put_format(&out, "%s%s", count++ ? ", " : "",
                            sheet_clean(&d->sheet, d->contract->alternatives[i], 120));
    return count ? out.bytes : NULL;
}

static char *price(struct contract_draft *d)
{
    const struct contract_paper *c = d->contract;
    struct sheet *s = &d->sheet;
    int bp = c->vat_rate_bp;
    char *rate =
        bp % 100 ? talloc_asprintf(s->mem, "%d,%02d", bp / 100, bp % 100) : talloc_asprintf(s->mem, "%d", bp / 100);

    return sheet_words(s, N_("{} più IVA {} % ({}): {} in tutto, già pagati"), sheet_euro(s, c->net), rate,
                       sheet_euro(s, c->vat), sheet_euro(s, c->gross), NULL);
}

static void service(struct contract_draft *d)
{
    const struct contract_paper *c = d->contract;
    struct sheet *s = &d->sheet;
    const double top = d->y, inner = CONTRACT_WIDTH - 2 * PAD;
    double height;
    PangoLayout *address = sheet_lay_out(s, STYLE_CODE, inner, sheet_clean(s, c->address, 120), &height);

    sheet_box(s, SHEET_LEFT, top, CONTRACT_WIDTH, height + 36, 6, INK_BRAND_SOFT);
    sheet_text(s, "H2", STYLE_LABEL, INK_BRAND, (struct sheet_place){SHEET_LEFT + PAD, top + 10, inner, false},
               sheet_words(s, N_("Casella richiesta"), NULL));
    sheet_draw(s, "P", INK_TEXT, SHEET_LEFT + PAD, top + 23, address);
    d->y = top + height + 46;
    fact(d, N_("In alternativa, nell'ordine"), alternatives(d));
    fact(d, N_("Servizio"),
         talloc_asprintf(s->mem, "%s, %s", sheet_clean(s, c->product, 80), sheet_clean(s, c->plan, 60)));
    fact(d, N_("Durata"),
         c->years == 1 ? sheet_words(s, N_("1 anno dal giorno dell'attivazione"), NULL)
                       : sheet_words(s, N_("{} anni dal giorno dell'attivazione"),
                                     talloc_asprintf(s->mem, "%lld", (long long)c->years), NULL));
    fact(d, N_("Prezzo"), price(d));
    fact(d, N_("Ordine"),
         sheet_words(s, N_("{} del {}"), sheet_clean(s, c->order_code, 24), sheet_day(s, c->ordered_on), NULL));
    if (c->start_now)
        fact(d, N_("Inizio del servizio"),
             sheet_words(
                 s,
                 N_("il titolare chiede che inizi prima che sia trascorso il termine per recedere; se poi recede, "
                    "paga la parte di servizio usata"),
                 NULL));
    d->y += 8;
}

void contract_front(struct contract_draft *d)
{
    const struct contract_paper *c = d->contract;
    struct sheet *s = &d->sheet;

    d->y = sheet_head(s, c->brand_name, sheet_words(s, N_("Da firmare e inviare"), NULL));
    d->y +=
        2 + sheet_text(s, "H1", STYLE_TITLE, INK_TEXT, (struct sheet_place){SHEET_LEFT, d->y, CONTRACT_WIDTH, false},
                       sheet_words(s, N_("Contratto per una casella PEC"), NULL));
    d->y +=
        16 + sheet_text(s, "P", STYLE_LEAD, INK_QUIET, (struct sheet_place){SHEET_LEFT, d->y, CONTRACT_WIDTH, false},
                        sheet_words(s, N_("Ordine {}, gestore del servizio {}"), sheet_clean(s, c->order_code, 24),
                                    sheet_clean(s, c->provider, 100), NULL));
    d->y = sheet_parties(s, d->y, N_("Venditore"), c->seller, N_("Titolare"), c->holder) + 16;
    holder(d);
    service(d);
}

/* A line to write on, and under it what goes there. */
static void blank(struct contract_draft *d, double x, double y, double width, const char *label)
{
    struct sheet *s = &d->sheet;

    sheet_rule(s, y, x, x + width, 0.75, INK_QUIET);
    sheet_text(s, "P", STYLE_LABEL, INK_QUIET, (struct sheet_place){x, y + 4, width, false}, label);
}

double contract_signature(struct contract_draft *d, double y, const char *title, const char *declared)
{
    struct sheet *s = &d->sheet;
    const double inner = CONTRACT_WIDTH - 2 * PAD, x = SHEET_LEFT + PAD, place = 130, day = 80, gap = 18;
    double height, top = y;
    PangoLayout *words = sheet_lay_out(s, STYLE_BODY, inner, declared, &height);

    y += PAD - 2;
    y += 4 + sheet_text(s, "H2", STYLE_HEADING, INK_BRAND, (struct sheet_place){x, y, inner, false}, title);
    sheet_draw(s, "P", INK_TEXT, x, y, words);
    y += height + 40;
    blank(d, x, y, place, sheet_words(s, N_("Luogo"), NULL));
    blank(d, x + place + gap, y, day, sheet_words(s, N_("Data"), NULL));
    blank(d, x + place + day + 2 * gap, y, inner - place - day - 2 * gap,
          sheet_words(s, N_("Firma di {}"),
                      empty(d->contract->signer_name) ? sheet_clean(s, d->contract->holder->name, 60)
                                                      : sheet_clean(s, d->contract->signer_name, 60),
                      NULL));
    y += 30;
    sheet_outline(s, SHEET_LEFT, top, CONTRACT_WIDTH, y - top, 6, INK_LINE);
    return y;
}
