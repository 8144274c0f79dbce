/* What a schema cannot see: check digits, and colours that people could not tell apart. */
#include "base/i18n.h"
#include "rules/email.h"
#include "rules/iban.h"
#include "rules/taxid.h"
#include "shop/brand_file.h"
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <talloc.h>

static bool only(const char *text, size_t length, const char *characters)
{
    return strlen(text) == length && strspn(text, characters) == length;
}

#define DIGITS   "0123456789"
#define CAPITALS "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

/* The rule's own words, as the fault. */
static void refused(struct brand_faults *f, const char *field, enum outcome o, const struct problem *why)
{
    if (o != DONE)
        brand_fault(f, field, "%s", problem_text(f->mem, "it", why));
}

void brand_check_seller(const struct seller *s, struct brand_faults *f)
{
    char canonical[IBAN_TEXT];
    struct problem why;

    refused(f, "seller.vat_number", vat_number_check(s->vat_number, "", &why), &why);
    refused(f, "seller.tax_code", tax_code_check(s->tax_code, "", &why), &why);
    refused(f, "seller.iban", iban_check(s->iban, "", canonical, &why), &why);
    if (strlen(s->tax_regime) != 4 || strncmp(s->tax_regime, "RF", 2) != 0 || !only(s->tax_regime + 2, 2, DIGITS))
        brand_fault(f, "seller.tax_regime", N_("ha la forma RF01"));
    if (!only(s->country, 2, CAPITALS))
        brand_fault(f, "seller.country", N_("è la sigla del paese, ad esempio IT"));
    if (!only(s->postcode, 5, DIGITS))
        brand_fault(f, "seller.postcode", N_("il CAP ha 5 cifre"));
    if (!only(s->province, 2, CAPITALS))
        brand_fault(f, "seller.province", N_("è la sigla della provincia, ad esempio RM"));
    if (!s->rea_office != !s->rea_number)
        brand_fault(f, s->rea_office ? "seller.rea_office" : "seller.rea_number",
                    N_("rea_office e rea_number vanno insieme"));
    if (s->rea_office && !only(s->rea_office, 2, CAPITALS))
        brand_fault(f, "seller.rea_office", N_("è la sigla della provincia, ad esempio RM"));
    if (s->rea_number && strspn(s->rea_number, DIGITS) != strlen(s->rea_number))
        brand_fault(f, "seller.rea_number", N_("solo cifre"));
    if (!email_valid(s->email))
        brand_fault(f, "seller.email", N_("«%s» non è un indirizzo e-mail"), s->email);
    if (s->bic && !only(s->bic, 8, CAPITALS DIGITS) && !only(s->bic, 11, CAPITALS DIGITS))
        brand_fault(f, "seller.bic", N_("il BIC ha 8 o 11 lettere maiuscole e cifre"));
}

/* ---- Contrast: WCAG 2.2, "relative luminance" and "contrast ratio" ---- */

static bool read_colour(const char *text, double rgb[3])
{
    unsigned part[3];

    if (strlen(text) != 7 || text[0] != '#' || strspn(text + 1, "0123456789abcdefABCDEF") != 6)
        return false;
    sscanf(text + 1, "%2x%2x%2x", &part[0], &part[1], &part[2]);
    for (size_t i = 0; i < 3; i++)
        rgb[i] = part[i] / 255.0;
    return true;
}

static double luminance(const double rgb[3])
{
    double linear[3];

    for (size_t i = 0; i < 3; i++)
        linear[i] = rgb[i] <= 0.04045 ? rgb[i] / 12.92 : pow((rgb[i] + 0.055) / 1.055, 2.4);
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
}

static void check_pair(struct brand_faults *f, const char *field, const char *colour, const char *on, const char *where)
{
    double a[3], b[3], la, lb, ratio;

    if (!read_colour(colour, a) || !read_colour(on, b))
        return; /* said elsewhere */
    la = luminance(a);
    lb = luminance(b);
    ratio = (fmax(la, lb) + 0.05) / (fmin(la, lb) + 0.05);
    if (ratio < 4.5)
        brand_fault(f, field, N_("il contrasto di %s su %s (%s) è %d,%02d:1, ne occorre almeno 4,5"), colour, on, where,
                    (int)ratio, (int)(ratio * 100) % 100);
}

/* The page's own colours, which a brand does not change: assets/site.css. */
static const struct scheme {
    const char *name, *ink, *paper, *ground;
} LIGHT = {"light", "#17211f", "#ffffff", "#f5f8f7"}, DARK = {"dark", "#e8efed", "#15201e", "#0e1715"};

static void check_scheme(const struct scheme *scheme, const struct brand_colours *c, struct brand_faults *f)
{
    const struct {
        const char *name, *text;
    } all[] = {{"brand", c->brand}, {"ink", c->brand_ink}, {"soft", c->brand_soft}};
    char field[3][32];
    double unused[3];

    for (size_t i = 0; i < count_of(all); i++) {
        snprintf(field[i], sizeof field[i], "colours.%s.%s", scheme->name, all[i].name);
        if (!read_colour(all[i].text, unused))
            brand_fault(f, field[i], N_("un colore si scrive \"#rrggbb\""));
    }
    check_pair(f, field[1], c->brand_ink, c->brand, N_("testo dei pulsanti"));
    check_pair(f, field[0], c->brand, scheme->paper, N_("collegamenti sui riquadri"));
    check_pair(f, field[0], c->brand, scheme->ground, N_("collegamenti sulla pagina"));
    check_pair(f, field[0], c->brand, c->brand_soft, N_("etichette"));
    check_pair(f, field[2], scheme->ink, c->brand_soft, N_("testo sui riquadri evidenziati"));
}

void brand_check_colours(const struct brand *brand, struct brand_faults *f)
{
    check_scheme(&LIGHT, &brand->light, f);
    check_scheme(&DARK, &brand->dark, f);
}
