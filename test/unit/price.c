/* What a renewal costs, to the cent (DOMAIN D11, §3.7, §8.8). */
#include "seeded.h"

#include "rules/sale.h"
#include <string.h>

static void the_rate_is_that_of_the_tax_point(void **state)
{
    (void)state;
    static const struct {
        const char *tax_point;
        int rate_bp;
        int64_t vat, gross; /* of 9,00 */
    } rows[] = {
        {"16-09-2011", 2000, 180, 1080}, {"17-09-2011", 2100, 189, 1089}, {"30-09-2013", 2100, 189, 1089},
        {"01-10-2013", 2200, 198, 1098}, {"22-11-2026", 2200, 198, 1098}, {"01-10-1997", 2000, 180, 1080},
    };
    for (size_t i = 0; i < count_of(rows); i++) {
        struct total total;
        row_holds(rows[i].tax_point, vat_rate_bp(date(rows[i].tax_point)) == rows[i].rate_bp);
        row_holds(rows[i].tax_point, price_total(money(900), rows[i].rate_bp, &total, NULL) == DONE);
        row_holds(rows[i].tax_point, total.vat.cents == rows[i].vat && total.gross.cents == rows[i].gross);
        row_holds(rows[i].tax_point, total.net.cents == 900 && total.vat_rate_bp == rows[i].rate_bp);
    }
}

static void totals_of_the_scenarios(void **state)
{
    (void)state;
    static const struct {
        const char *what;
        int64_t net, vat, gross;
    } rows[] = {
        {"T1", 2500, 550, 3050},  {"T2", 5000, 1100, 6100},    {"T29", 1800, 396, 2196}, {"T47", 4770, 1049, 5819},
        {"T48", 1290, 284, 1574}, {"T42", 15000, 3300, 18300}, {"T54", 990, 218, 1208},  {"nothing", 0, 0, 0},
    };
    for (size_t i = 0; i < count_of(rows); i++) {
        struct total total;
        row_holds(rows[i].what, price_total(money(rows[i].net), 2200, &total, NULL) == DONE);
        row_holds(rows[i].what, total.vat.cents == rows[i].vat && total.gross.cents == rows[i].gross);
    }
}

/* ---- Who pays the VAT, and which ---- */

static struct billing customer(int kind, const char *country, const char *sdi_code)
{
    return (struct billing){.kind = kind, .country = country, .sdi_code = sdi_code};
}

static void the_vat_of_public_bodies_is_split(void **state)
{
    (void)state;
    static const struct {
        const char *what, *tax_point;
        int kind;
        const char *country, *sdi_code;
        int64_t due; /* of 25,00 + 5,50 */
    } rows[] = {
        {"T56, in force", "30-06-2026", HOLDER_PUBLIC_BODY, "IT", "AAA111", 2500},
        {"T56, no longer", "01-07-2026", HOLDER_PUBLIC_BODY, "IT", "AAA111", 3050},
        {"first day", "01-01-2015", HOLDER_PUBLIC_BODY, "IT", "AAA111", 2500},
        {"not of the IPA", "30-06-2026", HOLDER_PUBLIC_BODY, "IT", "999999", 3050},
        {"no office", "30-06-2026", HOLDER_PUBLIC_BODY, "IT", "", 3050},
        {"a company", "30-06-2026", HOLDER_COMPANY, "IT", "ABC1234", 3050},
        {"a company with six", "30-06-2026", HOLDER_COMPANY, "IT", "AAA111", 3050},
        {"a person", "30-06-2026", HOLDER_PERSON, "IT", "", 3050},
    };
    for (size_t i = 0; i < count_of(rows); i++) {
        struct billing b = customer(rows[i].kind, rows[i].country, rows[i].sdi_code);
        struct sale sale = sale_to(&SALE_POLICY, &b, date(rows[i].tax_point));
        struct total total;

        row_holds(rows[i].what, sale_total(money(2500), &sale, date(rows[i].tax_point), &total, NULL) == DONE);
        row_holds(rows[i].what, total.due.cents == rows[i].due && total.gross.cents == 3050 && !sale.nature[0]);
        row_holds(rows[i].what, total_is_split(&total) == (rows[i].due == 2500));
    }
}

static void sales_without_vat_say_why(void **state)
{
    (void)state;
    static const struct sale_rule ALL[] = {{SALE_TO_ALL, "N2.2", "L. 190/2014"}};
    static const struct sale_policy NO_VAT = {ALL, 1};
    static const struct {
        const char *what;
        int kind;
        const char *country;
        const struct sale_policy *policy;
        const char *nature;
        int64_t vat; /* of 100,00 */
    } rows[] = {
        {"at home", HOLDER_COMPANY, "IT", &SALE_POLICY, "", 2200},
        {"no country", HOLDER_COMPANY, "", &SALE_POLICY, "", 2200},
        {"a business in the Union", HOLDER_COMPANY, "DE", &SALE_POLICY, "N2.1", 0},
        {"a professional in the Union", HOLDER_FREELANCE, "FR", &SALE_POLICY, "N2.1", 0},
        {"a body in the Union", HOLDER_PUBLIC_BODY, "FR", &SALE_POLICY, "N2.1", 0},
        {"a consumer in the Union", HOLDER_PERSON, "DE", &SALE_POLICY, "", 2200},
        {"a business outside", HOLDER_COMPANY, "CH", &SALE_POLICY, "N2.1", 0},
        {"San Marino", HOLDER_COMPANY, "SM", &SALE_POLICY, "N2.1", 0},
        {"a consumer outside", HOLDER_PERSON, "US", &SALE_POLICY, "", 2200},
        {"a seller without VAT", HOLDER_PERSON, "IT", &NO_VAT, "N2.2", 0},
    };
    for (size_t i = 0; i < count_of(rows); i++) {
        struct billing b = customer(rows[i].kind, rows[i].country, "XXXXXXX");
        struct sale sale = sale_to(rows[i].policy, &b, date("20-12-2026"));
        struct total total;

        row_holds(rows[i].what, strcmp(sale.nature, rows[i].nature) == 0 && !sale.law[0] == !sale.nature[0]);
        row_holds(rows[i].what, sale_total(money(10000), &sale, date("20-12-2026"), &total, NULL) == DONE);
        row_holds(rows[i].what, total.vat.cents == rows[i].vat && total.due.cents == 10000 + rows[i].vat);
    }
    holds(strstr(
              sale_to(&SALE_POLICY, &(struct billing){.kind = HOLDER_COMPANY, .country = "DE"}, date("20-12-2026")).law,
              "Inversione contabile") != NULL);
}

static void the_stamp_duty(void **state)
{
    (void)state;
    static const struct {
        const char *nature;
        int64_t net, stamp;
    } rows[] = {
        {"N2.1", 7747, 0},  {"N2.1", 7748, 200}, {"N2.2", 10000, 200}, {"N3.5", 10000, 200}, {"N3.1", 10000, 0},
        {"N4", 10000, 200}, {"N6.9", 10000, 0},  {"", 10000, 0},       {NULL, 10000, 0},
    };
    for (size_t i = 0; i < count_of(rows); i++)
        row_holds(rows[i].nature ? rows[i].nature : "none",
                  sale_stamp(rows[i].nature, money(rows[i].net)).cents == rows[i].stamp);
    holds(sale_nature_valid("N3.6") && !sale_nature_valid("N3") && !sale_nature_valid("N6") &&
          !sale_nature_valid("N2"));
}

static const struct plan STANDARD = {"standard", "Standard", 1, 1, 0, {990}, {300}, 1};
static const struct plan STANDARD_WIDE = {"standard", "Standard", 1, 1, 0, {990}, {300}, 10};
static const struct plan PRO = {"pro", "Pro", 2, 2, 3, {2400}, {300}, 100, 100};
static const struct plan PLAIN = {"plain", "Unica", 1, 1, 0, {900}, {0}, 50};

static void renewals_are_priced_by_their_parts(void **state)
{
    (void)state;
    static const struct {
        const char *what;
        const struct plan *from, *to;
        int64_t years, gb_before, gb;
        const char *today, *ends_on;
        int64_t term, space, upgrade, added;
        int months;
    } rows[] = {
        {"one year of the same", &STANDARD, &STANDARD, 1, 0, 0, "20-12-2026", "15-03-2027", 990, 0, 0, 0, 3},
        {"two years of the same", &STANDARD, &STANDARD, 2, 0, 0, "20-12-2026", "15-03-2027", 1980, 0, 0, 0, 3},
        {"space kept costs its years", &STANDARD, &STANDARD, 2, 1, 1, "20-12-2026", "15-03-2027", 1980, 600, 0, 0, 3},
        {"space added, also for what remains", &PRO, &PRO, 1, 1, 3, "20-12-2026", "15-03-2027", 2400, 900, 0, 150, 3},
        {"a better plan, 3 months left: 14,10 × 3/12 = 3,525", &STANDARD, &PRO, 1, 0, 0, "20-12-2026", "15-03-2027",
         2400, 0, 353, 0, 3},
        {"a started month counts whole", &STANDARD, &PRO, 1, 0, 0, "14-03-2027", "15-03-2027", 2400, 0, 118, 0, 1},
        {"on the last day nothing remains", &STANDARD, &PRO, 1, 0, 0, "15-03-2027", "15-03-2027", 2400, 0, 0, 0, 0},
        {"expired: nothing remains", &STANDARD, &PRO, 1, 0, 2, "20-04-2027", "15-03-2027", 2400, 600, 0, 0, 0},
        {"better and more, 2 years left", &STANDARD, &PRO, 5, 1, 2, "15-03-2025", "15-03-2027", 12000, 3000, 2820, 600,
         24},
        {"same rank, cheaper: never less than zero", &STANDARD, &PLAIN, 1, 0, 0, "20-12-2026", "15-03-2027", 900, 0, 0,
         0, 3},
    };
    for (size_t i = 0; i < count_of(rows); i++) {
        struct renewal_request request = {rows[i].from, rows[i].to,          rows[i].years,        rows[i].gb_before,
                                          rows[i].gb,   date(rows[i].today), date(rows[i].ends_on)};
        struct renewal_price price;
        row_holds(rows[i].what, price_renewal(&request, &price, NULL) == DONE);
        row_holds(rows[i].what, price.term.cents == rows[i].term);
        row_holds(rows[i].what, price.space.cents == rows[i].space);
        row_holds(rows[i].what, price.upgrade_residue.cents == rows[i].upgrade);
        row_holds(rows[i].what, price.space_residue.cents == rows[i].added);
        row_holds(rows[i].what, price.residue_months == rows[i].months);
        row_holds(rows[i].what, price.net.cents == rows[i].term + rows[i].space + rows[i].upgrade + rows[i].added);
    }
}

/* P28 up and down. What is given up is not paid back, but it goes against what is bought instead (T48). */
static void lower_plans_are_priced(void **state)
{
    (void)state;
    static const struct plan PRO_OF_T48 = {"pro", "Pro", 2, 2, 3, {2990}, {300}, 100, 100};
    static const struct {
        const char *what;
        const struct plan *from, *to;
        int64_t gb_before, gb, archive_before, archive, term, space, upgrade, added;
    } rows[] = {
        {"T48: 9,90 + 3,00", &PRO_OF_T48, &STANDARD, 0, 1, 0, 0, 990, 300, 0, 0},
        {"down, with nothing more", &PRO_OF_T48, &STANDARD, 0, 0, 0, 0, 990, 0, 0, 0},
        {"the extra space of the better plan goes", &PRO_OF_T48, &STANDARD, 40, 1, 9, 0, 990, 300, 0, 0},
        {"less space of the same plan", &PRO, &PRO, 5, 2, 0, 0, 2400, 600, 0, 0},
        {"more of the archive, 3 months left", &PRO, &PRO, 0, 0, 1, 3, 2400, 900, 0, 150},
        {"a GB moved from the mailbox to the archive", &PRO, &PRO, 1, 0, 0, 1, 2400, 300, 0, 0},
        {"up, with a GB given up: (14,10 - 3,00) × 3/12", &STANDARD, &PRO, 1, 0, 0, 0, 2400, 0, 278, 0},
        {"down, with much more space: (21 - 14,10) × 3/12", &PRO, &STANDARD_WIDE, 0, 7, 0, 0, 990, 2100, 0, 173},
    };
    for (size_t i = 0; i < count_of(rows); i++) {
        struct renewal_request request = {.from = rows[i].from,
                                          .to = rows[i].to,
                                          .years = 1,
                                          .extra_gb_before = rows[i].gb_before,
                                          .extra_gb = rows[i].gb,
                                          .extra_archive_gb_before = rows[i].archive_before,
                                          .extra_archive_gb = rows[i].archive,
                                          .may_lower = true,
                                          .today = date("20-12-2026"),
                                          .ends_on = date("15-03-2027")};
        struct renewal_price price;
        row_holds(rows[i].what, price_renewal(&request, &price, NULL) == DONE);
        row_holds(rows[i].what, price.term.cents == rows[i].term && price.space.cents == rows[i].space);
        row_holds(rows[i].what, price.upgrade_residue.cents == rows[i].upgrade);
        row_holds(rows[i].what, price.space_residue.cents == rows[i].added);
    }
}

static void what_is_not_on_sale_is_refused(void **state)
{
    (void)state;
    static const struct plan DEAR = {"dear", "Dear", 3, 1, 0, {MONEY_LIMIT}, {MONEY_LIMIT}, 1000};
    static const struct {
        const char *what;
        const struct plan *from, *to;
        int64_t years, gb_before, gb;
        enum problem_code why;
        const char *field, *detail;
    } rows[] = {
        {"a lower plan", &PRO, &STANDARD, 1, 0, 0, PROBLEM_PLAN_LOWER, "plan", ""},
        {"less space than held", &PRO, &PRO, 1, 2, 1, PROBLEM_EXTRA_GB, "extra_gb", "100"},
        {"more space than the plan takes", &PRO, &PRO, 1, 0, 101, PROBLEM_EXTRA_GB, "extra_gb", "100"},
        {"negative space", &PRO, &PRO, 1, 0, -1, PROBLEM_EXTRA_GB, "extra_gb", "100"},
        {"negative space on both sides", &PRO, &PRO, 1, -5, -1, PROBLEM_EXTRA_GB, "extra_gb", "100"},
        {"space where none is sold", &PLAIN, &PLAIN, 1, 0, 1, PROBLEM_EXTRA_GB, "extra_gb", "0"},
        {"no years", &PRO, &PRO, 0, 0, 0, PROBLEM_YEARS, "years", ""},
        {"too many years for money", &PRO, &PRO, INT64_MAX, 0, 0, PROBLEM_MONEY_OVERFLOW, "", ""},
        {"two years past the limit", &DEAR, &DEAR, 2, 0, 0, PROBLEM_MONEY_OVERFLOW, "", ""},
        {"the sum past the limit", &DEAR, &DEAR, 1, 0, 1, PROBLEM_MONEY_OVERFLOW, "", ""},
    };
    for (size_t i = 0; i < count_of(rows); i++) {
        struct renewal_request request = {rows[i].from, rows[i].to,         rows[i].years,     rows[i].gb_before,
                                          rows[i].gb,   date("20-12-2026"), date("15-03-2027")};
        struct renewal_price price = {.residue_months = -1};
        struct problem why;
        row_holds(rows[i].what, price_renewal(&request, &price, &why) == REFUSED);
        row_holds(rows[i].what, why.code == rows[i].why);
        row_holds(rows[i].what, strcmp(why.field, rows[i].field) == 0 && strcmp(why.detail, rows[i].detail) == 0);
        row_holds(rows[i].what, price.residue_months == -1);
    }
    struct total total = {.vat_rate_bp = -1};
    assert_int_equal(price_total(money(MONEY_LIMIT), 2200, &total, NULL), REFUSED);
    assert_int_equal(total.vat_rate_bp, -1);
}

static void net_and_vat_make_gross(void **state)
{
    (void)state;
    static const int RATES[] = {0, 400, 500, 1000, 2000, 2100, 2200};
    for (int n = 0; n < 100000; n++) {
        struct money net = money(chance_between(0, MONEY_LIMIT / 2) >> chance_between(0, 45));
        int rate = RATES[chance_between(0, count_of(RATES) - 1)];
        struct total total;
        holds(price_total(net, rate, &total, NULL) == DONE);
        holds(total.net.cents + total.vat.cents == total.gross.cents);
        __int128 error = ((__int128)total.vat.cents * 10000 - (__int128)net.cents * rate) * 2;
        holds(error > -10000 && error <= 10000); /* half goes up */
    }
}

static void a_longer_or_larger_renewal_never_costs_less(void **state)
{
    (void)state;
    for (int n = 0; n < 50000; n++) {
        struct day ends_on = chance_day(2024, 2040);
        struct renewal_request request = {chance() % 2 ? &STANDARD : &PRO,
                                          &PRO,
                                          chance_between(1, 9),
                                          chance_between(0, 20),
                                          0,
                                          day_plus(ends_on, -(int)chance_between(-200, 2000)),
                                          ends_on};
        request.extra_gb = request.extra_gb_before + chance_between(0, 20);
        struct renewal_request longer = request, larger = request, later = request;
        struct renewal_price price, price_longer, price_larger, price_later;
        longer.years++;
        larger.extra_gb++;
        later.today = day_plus(later.today, 1);

        holds(price_renewal(&request, &price, NULL) == DONE);
        holds(price_renewal(&longer, &price_longer, NULL) == DONE);
        holds(price_renewal(&larger, &price_larger, NULL) == DONE);
        holds(price_renewal(&later, &price_later, NULL) == DONE);
        holds(price_longer.net.cents > price.net.cents);
        holds(price_larger.net.cents > price.net.cents);
        holds(price_later.net.cents <= price.net.cents); /* waiting leaves less to pay for */
        holds(price.upgrade_residue.cents >= 0 && price.space_residue.cents >= 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_rate_is_that_of_the_tax_point),
        cmocka_unit_test(totals_of_the_scenarios),
        cmocka_unit_test(the_vat_of_public_bodies_is_split),
        cmocka_unit_test(sales_without_vat_say_why),
        cmocka_unit_test(the_stamp_duty),
        cmocka_unit_test(renewals_are_priced_by_their_parts),
        cmocka_unit_test(lower_plans_are_priced),
        cmocka_unit_test(what_is_not_on_sale_is_refused),
        cmocka_unit_test(net_and_vat_make_gross),
        cmocka_unit_test(a_longer_or_larger_renewal_never_costs_less),
    };
    return cmocka_run_group_tests(tests, chance_begin, NULL);
}
