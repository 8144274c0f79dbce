#include "rules/billing.h"

#include "base/i18n.h"
#include "base/text.h"
#include "rules/code.h"
#include "rules/email.h"
#include "rules/taxid.h"
#include <string.h>
#include <talloc.h>

#define ABROAD_SDI_CODE "XXXXXXX"
#define NO_OFFICE       "999999" /* of a body that the IPA does not list */

static const struct {
    const char *name, *label;
} KINDS[HOLDER_KINDS] = {
    [HOLDER_PERSON] = {"person", N_("Persona fisica")},
    [HOLDER_FREELANCE] = {"freelance", N_("Libero professionista")},
    [HOLDER_SOLE_TRADER] = {"sole_trader", N_("Ditta individuale")},
    [HOLDER_COMPANY] = {"company", N_("Società o ente privato")},
    [HOLDER_PUBLIC_BODY] = {"public_body", N_("Pubblica amministrazione")},
};

/* The provinces of 2024, and those of Sardinia that existed before and come back after. */
static const char PROVINCES[] = "AG AL AN AO AP AQ AR AT AV BA BG BI BL BN BO BR BS BT BZ CA CB CE CH CI CL CN CO CR "
                                "CS CT CZ EN FC FE FG FI FM FR GE GO GR IM "
                                "IS KR LC LE LI LO LT LU MB MC ME MI MN MO MS MT NA NO NU OG OR OT PA PC PD PE PG PI "
                                "PN PO PR PT PU PV PZ RA RC RE RG RI RM RN "
                                "RO SA SI SO SP SR SS SU SV TA TE TN TO TP TR TS TV UD VA VB VC VE VI VR VS VT VV";

/* ISO 3166-1 alpha-2, and Kosovo's XK. */
static const char COUNTRIES[] = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN "
                                "BO BQ BR BS BT BV BW BY BZ CA CC CD CF CG "
                                "CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI "
                                "FJ FK FM FO FR GA GB GD GE GF GG GH GI GL "
                                "GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM "
                                "JO JP KE KG KH KI KM KN KP KR KW KY KZ LA "
                                "LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU "
                                "MV MW MX MY MZ NA NC NE NF NG NI NL NO NP "
                                "NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD "
                                "SE SG SH SI SJ SK SL SM SN SO SR SS ST SV "
                                "SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE "
                                "VG VI VN VU WF WS XK YE YT ZA ZM ZW";

/* Where a VAT number is written with its country in front, which the invoice states apart. */
static const char UNION[] = "AT BE BG CY CZ DE DK EE ES FI FR HR HU IE LT LU LV MT NL PL PT RO SE SI SK";

const char *holder_kind_name(enum holder_kind kind)
{
    return (unsigned)kind < HOLDER_KINDS ? KINDS[kind].name : "";
}

const char *holder_kind_label(enum holder_kind kind)
{
    return (unsigned)kind < HOLDER_KINDS ? KINDS[kind].label : "";
}

enum outcome holder_kind_of(const char *name, enum holder_kind *kind)
{
    for (int i = 0; i < HOLDER_KINDS; i++)
        if (text_same(name, KINDS[i].name)) {
            *kind = (enum holder_kind)i;
            return DONE;
        }
    return REFUSED;
}

/* Two capitals that stand in a list of such pairs. */
static bool is_listed(const char *pair, const char *list)
{
    if (strnlen(pair, 3) != 2 || !code_is_capital(pair[0]) || !code_is_capital(pair[1]))
        return false;
    for (const char *at = list; (at = strstr(at, pair)) != NULL; at++)
        if ((at - list) % 3 == 0)
            return true;
    return false;
}

static bool is_code(const char *text)
{
    for (; *text != '\0'; text++)
        if (!code_is_digit(*text) && !code_is_capital(*text))
            return false;
    return true;
}

/* --- canonical form
 * ------------------------------------------------------------------------------------------------------- */

/* Trimmed text; what is no single line of UTF-8 stays as it came, for check_text to refuse. */
static void canonise(void *mem, const char **field)
{
    const char *typed = *field != NULL ? *field : "";

    *field = text_is_plain(typed, strlen(typed)) ? text_trim(mem, typed) : talloc_strdup(mem, typed);
}

static void canonise_code(void *mem, const char **field)
{
    size_t room = *field != NULL ? strlen(*field) + 1 : 1;
    char *clean = talloc_array(mem, char, room);

    code_clean(*field != NULL ? *field : "", clean, room);
    *field = clean;
}

static void canonise_all(void *mem, struct billing *b)
{
    const char **texts[] = {&b->name, &b->street, &b->postcode, &b->city, &b->sdi_pec, &b->email};
    const char **codes[] = {&b->province, &b->country, &b->sdi_code};

    for (size_t i = 0; i < count_of(texts); i++)
        canonise(mem, texts[i]);
    for (size_t i = 0; i < count_of(codes); i++)
        canonise_code(mem, codes[i]);
    b->tax_code = taxid_clean(mem, b->tax_code);
    b->vat_number = taxid_clean(mem, b->vat_number);
}

/* --- checks
 * ---------------------------------------------------------------------------------------------------------------- */

struct check {
    const struct billing *b;
    struct problems *all;
    bool italian;
};

static void fault(const struct check *c, enum problem_code code, const char *field)
{
    (void)problems_add(c->all, code, field, "");
}

static void pass_on(const struct check *c, enum outcome outcome, const struct problem *why)
{
    if (outcome != DONE)
        (void)problems_add(c->all, why->code, why->field, "%s", why->detail);
}

static void check_text(const struct check *c, const char *text, const char *field, size_t most, bool required)
{
    if (!text_is_plain(text, strlen(text)))
        fault(c, PROBLEM_NOT_TEXT, field);
    else if (text_characters(text) > most)
        (void)problems_add(c->all, PROBLEM_TOO_LONG, field, "%zu", most);
    else if (required && *text == '\0')
        fault(c, PROBLEM_REQUIRED, field);
}

/* `length` 16 or 11 where only that form will do, 0 where both will. */
static void check_tax_code(const struct check *c, size_t length, bool required)
{
    struct problem why;

    if (*c->b->tax_code == '\0') {
        if (required)
            fault(c, PROBLEM_REQUIRED, "tax_code");
    } else if (length != 0 && strlen(c->b->tax_code) != length) {
        fault(c, PROBLEM_TAX_CODE_FORMAT, "tax_code");
    } else {
        pass_on(c, tax_code_check(c->b->tax_code, "tax_code", &why), &why);
    }
}

static void check_vat_number(const struct check *c, bool required)
{
    const char *number = c->b->vat_number;
    size_t length = strlen(number);
    struct problem why;

    if (*number == '\0') {
        if (required)
            fault(c, PROBLEM_REQUIRED, "vat_number");
    } else if (c->italian) {
        pass_on(c, vat_number_check(number, "vat_number", &why), &why);
    } else if (length < 2 || length > 28 || !is_code(number)) {
        (void)problems_add(c->all, PROBLEM_OUT_OF_RANGE, "vat_number", "2–28 A–Z 0–9");
    }
}

static void check_numbers(const struct check *c)
{
    switch ((enum holder_kind)c->b->kind) {
    case HOLDER_PERSON:
        check_tax_code(c, 16, c->italian);
        if (*c->b->vat_number != '\0')
            (void)problems_add(c->all, PROBLEM_UNKNOWN_FIELD, "vat_number", "%s", "vat_number");
        break;
    case HOLDER_FREELANCE:
    case HOLDER_SOLE_TRADER:
        check_tax_code(c, 16, c->italian);
        check_vat_number(c, true);
        break;
    case HOLDER_COMPANY:
        check_tax_code(c, 0, false);
        check_vat_number(c, true);
        break;
    case HOLDER_PUBLIC_BODY:
        check_tax_code(c, 11, c->italian);
        check_vat_number(c, !c->italian);
        break;
    case HOLDER_KINDS:
        break;
    }
}

static void check_place(const struct check *c)
{
    const struct billing *b = c->b;

    check_text(c, b->street, "street", 60, true);
    if (c->italian && !code_is_digits(b->postcode, 5))
        fault(c, *b->postcode == '\0' ? PROBLEM_REQUIRED : PROBLEM_POSTCODE, "postcode");
    else
        check_text(c, b->postcode, "postcode", 15, false);
    check_text(c, b->city, "city", 60, true);
    if (c->italian && !is_listed(b->province, PROVINCES))
        fault(c, *b->province == '\0' ? PROBLEM_REQUIRED : PROBLEM_PROVINCE, "province");
    else
        check_text(c, b->province, "province", 60, false);
    if (!is_listed(b->country, COUNTRIES))
        fault(c, *b->country == '\0' ? PROBLEM_REQUIRED : PROBLEM_COUNTRY, "country");
}

static void check_delivery(const struct check *c)
{
    const struct billing *b = c->b;
    size_t length = b->kind == HOLDER_PUBLIC_BODY ? 6 : 7;

    if (c->italian) {
        if (*b->sdi_code == '\0') {
            if (b->kind == HOLDER_PUBLIC_BODY)
                fault(c, PROBLEM_REQUIRED, "sdi_code");
        } else if (strlen(b->sdi_code) != length || !is_code(b->sdi_code) ||
                   strcmp(b->sdi_code, ABROAD_SDI_CODE) == 0) {
            fault(c, PROBLEM_SDI_CODE, "sdi_code");
        }
    }
    if (*b->sdi_pec != '\0' && !email_valid(b->sdi_pec))
        fault(c, PROBLEM_NOT_AN_EMAIL, "sdi_pec");
    if (*b->email == '\0')
        fault(c, PROBLEM_REQUIRED, "email");
    else if (!email_valid(b->email))
        fault(c, PROBLEM_NOT_AN_EMAIL, "email");
}

enum outcome billing_check(void *mem, struct billing *b, struct problems *all)
{
    struct check c = {.b = b, .all = all};
    size_t before = all->count;

    canonise_all(mem, b);
    c.italian = !is_listed(b->country, COUNTRIES) || strcmp(b->country, "IT") == 0; /* an unknown country: as at home */
    if (!c.italian) {
        b->sdi_code = ABROAD_SDI_CODE;
        if (is_listed(b->country, UNION) && text_starts(b->vat_number, b->country))
            b->vat_number += strlen(b->country);
    }

    if (b->kind < 0 || b->kind >= HOLDER_KINDS)
        fault(&c, PROBLEM_NOT_A_CHOICE, "kind");
    check_text(&c, b->name, "name", 80, true);
    check_numbers(&c);
    check_place(&c);
    check_delivery(&c);
    if (c.italian && b->kind == HOLDER_COMPANY && *b->tax_code == '\0')
        b->tax_code = b->vat_number;
    return all->count == before ? DONE : REFUSED;
}

/* --- VAT
 * -------------------------------------------------------------------------------------------------------------------
 */

enum billing_place billing_place(const struct billing *b)
{
    if (text_is_blank(b->country) || strcmp(b->country, "IT") == 0)
        return BILLING_ITALY;
    return is_listed(b->country, UNION) ? BILLING_UNION : BILLING_WORLD;
}

bool billing_splits_vat(const struct billing *b)
{
    return b->kind == HOLDER_PUBLIC_BODY && billing_place(b) == BILLING_ITALY && b->sdi_code &&
           strlen(b->sdi_code) == 6 && strcmp(b->sdi_code, NO_OFFICE) != 0;
}
