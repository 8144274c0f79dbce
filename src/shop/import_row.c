#include "shop/import_row.h"
#include "base/i18n.h"
#include "base/text.h"
#include "rules/email.h"
#include "shop/login.h"
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#define LINE_MOST 100 /* characters of a text that nothing else limits */

static const char *const NAME[COLUMNS] = {
    [COLUMN_BRAND] = "brand",
    [COLUMN_ADDRESS] = "address",
    [COLUMN_PLAN] = "plan",
    [COLUMN_HOLDER_KIND] = "holder_kind",
    [COLUMN_HOLDER_NAME] = "holder_name",
    [COLUMN_TAX_CODE] = "tax_code",
    [COLUMN_CONTACT_EMAIL] = "contact_email",
    [COLUMN_ACTIVATED_ON] = "activated_on",
    [COLUMN_EXPIRES_ON] = "expires_on",
    [COLUMN_USER_ID] = "user_id",
    [COLUMN_PASSWORD] = "password",
    [COLUMN_VAT_NUMBER] = "vat_number",
    [COLUMN_AUTO_RENEW] = "auto_renew",
    [COLUMN_CONVENTION] = "convention",
    [COLUMN_DOMAIN] = "domain",
    [COLUMN_EXTRA_GB] = "extra_gb",
    [COLUMN_STREET] = "street",
    [COLUMN_POSTCODE] = "postcode",
    [COLUMN_CITY] = "city",
    [COLUMN_PROVINCE] = "province",
    [COLUMN_COUNTRY] = "country",
    [COLUMN_SDI_CODE] = "sdi_code",
    [COLUMN_SDI_PEC] = "sdi_pec",
};

enum outcome import_columns_find(const struct csv *csv, struct import_columns *columns, struct problem *why)
{
    for (size_t i = 0; i < csv_columns(csv); i++) {
        bool known = false;

        for (int c = 0; c < COLUMNS; c++)
            known |= strcmp(NAME[c], csv_column_name(csv, i)) == 0;
        if (!known)
            return problem_set(why, PROBLEM_CSV, "file", N_("colonna «%.60s» non prevista"), csv_column_name(csv, i));
    }
    for (int c = 0; c < COLUMNS; c++) {
        columns->at[c] = csv_column(csv, NAME[c]);
        if (columns->at[c] < 0 && c < REQUIRED_COLUMNS)
            return problem_set(why, PROBLEM_CSV, "file", N_("manca la colonna «%s»"), NAME[c]);
    }
    return DONE;
}

struct reading {
    void *mem;
    const struct import_columns *columns;
    const struct csv_row *cells;
    struct problems *faults;
};

static void fault(struct reading *r, enum problem_code code, enum import_column column)
{
    (void)problems_add(r->faults, code, NAME[column], "%s", "");
}

/* As it stands, "" where the file has no such column. */
static const char *cell(struct reading *r, enum import_column column)
{
    int at = r->columns->at[column];

    return at < 0 ? "" : r->cells->cell[at];
}

static char *word(struct reading *r, enum import_column column)
{
    const char *typed = cell(r, column);
    char *text;

    if (!text_is_plain(typed, strlen(typed))) {
        fault(r, PROBLEM_NOT_TEXT, column);
        return (char *)"";
    }
    text = text_trim(r->mem, typed);
    if (text_characters(text) > LINE_MOST)
        (void)problems_add(r->faults, PROBLEM_TOO_LONG, NAME[column], "%d", LINE_MOST);
    else if (!*text && column < REQUIRED_COLUMNS && column != COLUMN_TAX_CODE /* a company's is its VAT number */ &&
             column != COLUMN_PLAN) /* a convention's is known */
        fault(r, PROBLEM_REQUIRED, column);
    return text;
}

static struct day date(struct reading *r, enum import_column column)
{
    char *text = word(r, column);
    struct day day = {0};

    if (*text && day_parse(text, strlen(text), &day) != DONE)
        fault(r, PROBLEM_NOT_A_DATE, column);
    return day;
}

static bool yes_or_no(struct reading *r, enum import_column column)
{
    static const char *const YES[] = {"true", "1", "yes", "si", "sì"}, *const NO[] = {"", "false", "0", "no"};
    char *text = text_lower(r->mem, word(r, column));

    for (size_t i = 0; i < count_of(YES); i++)
        if (strcmp(text, YES[i]) == 0)
            return true;
    for (size_t i = 0; i < count_of(NO); i++)
        if (strcmp(text, NO[i]) == 0)
            return false;
    fault(r, PROBLEM_NOT_A_CHOICE, column);
    return false;
}

static int64_t whole(struct reading *r, enum import_column column, int64_t most)
{
    char *text = word(r, column);
    size_t digits = strspn(text, "0123456789");
    int64_t n = digits < 9 ? strtoll(text, NULL, 10) : INT64_MAX;

    if (text[digits])
        fault(r, PROBLEM_NOT_A_NUMBER, column);
    else if (n > most)
        (void)problems_add(r->faults, PROBLEM_OUT_OF_RANGE, NAME[column], "0–%d", (int)most);
    else
        return n;
    return 0;
}

/* ---- The parts of a row ---- */

static const struct brand_plan *read_plan(struct reading *r, const struct brands *brands, struct mailbox *m,
                                          const struct brand **brand)
{
    const struct brand_convention *convention = NULL;
    const struct brand_plan *plan = NULL;

    m->brand = word(r, COLUMN_BRAND);
    m->plan = word(r, COLUMN_PLAN);
    m->convention = word(r, COLUMN_CONVENTION);
    *brand = brand_by_id(brands, m->brand);
    if (!*brand)
        fault(r, PROBLEM_BRAND, COLUMN_BRAND);
    else if (*m->convention && !(convention = brand_convention_by_id(*brand, m->convention)) &&
             (*brand)->convention_count) /* where there are none it is a word of the seller's own */
        fault(r, PROBLEM_CONVENTION, COLUMN_CONVENTION);
    if (!*m->plan && convention)
        m->plan = (char *)convention->plan->id;
    if (!*m->plan)
        fault(r, PROBLEM_REQUIRED, COLUMN_PLAN);
    else if (*brand && !(plan = brand_plan_by_id(*brand, m->plan)))
        fault(r, PROBLEM_PLAN, COLUMN_PLAN);
    return plan;
}

/* The checkout's rules, but for what a file of long-standing customers may lack: their postal address. */
static void read_holder(struct reading *r, struct mailbox *m)
{
    static const struct {
        const char *field;
        enum import_column column;
    } OF[] = {
        {"kind", COLUMN_HOLDER_KIND},  {"name", COLUMN_HOLDER_NAME},
        {"tax_code", COLUMN_TAX_CODE}, {"vat_number", COLUMN_VAT_NUMBER},
        {"street", COLUMN_STREET},     {"postcode", COLUMN_POSTCODE},
        {"city", COLUMN_CITY},         {"province", COLUMN_PROVINCE},
        {"country", COLUMN_COUNTRY},   {"sdi_code", COLUMN_SDI_CODE},
        {"sdi_pec", COLUMN_SDI_PEC},   {"email", COLUMN_CONTACT_EMAIL},
    };
    struct problems found = {0};
    enum holder_kind kind = HOLDER_PERSON;
    char *country = word(r, COLUMN_COUNTRY);

    m->holder_kind = word(r, COLUMN_HOLDER_KIND);
    if (*m->holder_kind && holder_kind_of(m->holder_kind, &kind) != DONE)
        fault(r, PROBLEM_NOT_A_CHOICE, COLUMN_HOLDER_KIND);
    m->holder = (struct billing){.kind = (int)kind,
                                 .name = word(r, COLUMN_HOLDER_NAME),
                                 .tax_code = word(r, COLUMN_TAX_CODE),
                                 .vat_number = word(r, COLUMN_VAT_NUMBER),
                                 .street = word(r, COLUMN_STREET),
                                 .postcode = word(r, COLUMN_POSTCODE),
                                 .city = word(r, COLUMN_CITY),
                                 .province = word(r, COLUMN_PROVINCE),
                                 .country = *country ? country : "IT",
                                 .sdi_code = word(r, COLUMN_SDI_CODE),
                                 .sdi_pec = word(r, COLUMN_SDI_PEC),
                                 .email = word(r, COLUMN_CONTACT_EMAIL)};
    (void)!billing_check(r->mem, &m->holder, &found);
    for (size_t i = 0; i < found.count && i < count_of(found.item); i++)
        for (size_t f = 0; f < count_of(OF); f++)
            if (strcmp(found.item[i].field, OF[f].field) == 0 &&
                (found.item[i].code != PROBLEM_REQUIRED || OF[f].column == COLUMN_TAX_CODE))
                (void)problems_add(r->faults, found.item[i].code, NAME[OF[f].column], "%s", found.item[i].detail);
}

static void read_dates(struct reading *r, const struct brand *brand, struct day today, struct mailbox *m)
{
    struct renewal_policy policy;

    m->activated_on = date(r, COLUMN_ACTIVATED_ON);
    m->term.ends_on = m->first_expires_on = date(r, COLUMN_EXPIRES_ON);
    m->term.anchor = day_split(m->term.ends_on).day;
    if (day_before(today, m->activated_on))
        fault(r, PROBLEM_DAY_RANGE, COLUMN_ACTIVATED_ON);
    if (day_before(m->term.ends_on, m->activated_on))
        fault(r, PROBLEM_DAY_RANGE, COLUMN_EXPIRES_ON);
    if (!brand)
        return;
    /* No term on sale could have brought it further (D9). */
    if (day_before(day_add_months(today, 12 * (brand->renewal.horizon_years + 1), 0), m->term.ends_on))
        fault(r, PROBLEM_DAY_RANGE, COLUMN_EXPIRES_ON);
    policy = brand_renewal(brand, m->domain[0]);
    m->allowed = term_allows(m->term.ends_on, &policy);
}

void import_row_read(void *mem, const struct brands *brands, const struct import_columns *columns,
                     const struct csv_row *cells, struct day today, struct import_row *row, struct problems *faults)
{
    struct reading r = {mem, columns, cells, faults};
    struct mailbox *m = &row->mailbox;
    const struct brand *brand;
    const struct brand_plan *plan;

    *row = (struct import_row){.password = cell(&r, COLUMN_PASSWORD)};
    plan = read_plan(&r, brands, m, &brand);
    m->address = text_lower(mem, word(&r, COLUMN_ADDRESS));
    if (*m->address && !email_valid(m->address))
        fault(&r, PROBLEM_NOT_AN_EMAIL, COLUMN_ADDRESS);
    m->user_id = word(&r, COLUMN_USER_ID);
    m->domain = text_lower(mem, word(&r, COLUMN_DOMAIN));
    m->auto_renew = yes_or_no(&r, COLUMN_AUTO_RENEW);
    m->extra_gb = whole(&r, COLUMN_EXTRA_GB, plan ? plan->max_extra_gb : INT32_MAX);
    m->quota_mb = brand ? brand_quota_mb(brand, m->plan, m->extra_gb) : 0;
    m->status = (char *)mailbox_status_name(MAILBOX_LIVE);
    m->password_hash = (char *)"";
    if (text_characters(row->password) > PASSWORD_MOST)
        (void)problems_add(faults, PROBLEM_TOO_LONG, NAME[COLUMN_PASSWORD], "%d", PASSWORD_MOST);
    read_holder(&r, m);
    read_dates(&r, brand, today, m);
}
