/* Conventions as data, and what renewing by one costs and brings: R89-R92, R120, P13, P14, P27, §3.8, T29. */
#include "base/embedded.h"
#include "base/text.h"
#include "english.h"
#include "seeded.h"
#include "shop/brand_file.h"
#include "shop/cart.h"
#include <talloc.h>

struct world {
    struct brands brands;
};

static int set_up(void **state)
{
    struct world *w = talloc_zero(NULL, struct world);
    struct problem why = {0};

    if (brands_load(w, NULL, &w->brands, &why) != DONE)
        fail_msg("%s", why.detail);
    *state = w;
    return 0;
}

static int tear_down(void **state)
{
    talloc_free(*state);
    return 0;
}

static struct mailbox member(const char *brand, const char *convention, const char *plan, const char *ends_on)
{
    struct day ends = date(ends_on);

    return (struct mailbox){.id = 7,
                            .brand = (char *)brand,
                            .address = (char *)"rosa.modelli@pec.example",
                            .plan = (char *)plan,
                            .convention = (char *)convention,
                            .status = (char *)"live",
                            .term = {ends, day_split(ends).day}};
}

static void quoted(void **state)
{
    static const struct {
        const char *what, *brand, *convention, *plan, *ends_on, *today;
        int64_t years, held_gb, extra_gb;
        enum problem_code code; /* NONE: it costs this */
        int64_t net, vat, gross;
        const char *new_end;
    } row[] = {
        /* clang-format off */
        {"T29", "visura", "avvocati", "base", "22/04/2027", "01/03/2027", 2, 0, 0, PROBLEM_NONE, 1800, 396, 2196, "22/04/2029"},
        {"T29: five years are not on sale", "visura", "avvocati", "base", "22/04/2027", "01/03/2027", 5, 0, 0, PROBLEM_YEARS, 0, 0, 0, ""},
        {"nor is one", "visura", "avvocati", "base", "22/04/2027", "01/03/2027", 1, 0, 0, PROBLEM_YEARS, 0, 0, 0, ""},
        {"who left renews at retail", "visura", "", "base", "22/04/2027", "01/03/2027", 1, 0, 0, PROBLEM_NONE, 900, 198, 1098, "22/04/2028"},
        {"a convention that is no more", "visura", "notai", "base", "22/04/2027", "01/03/2027", 3, 0, 0, PROBLEM_NONE, 2700, 594, 3294, "22/04/2030"},
        {"better than was agreed: retail", "visura", "avvocati", "plus", "22/04/2027", "01/03/2027", 1, 0, 0, PROBLEM_NONE, 1800, 396, 2196, "22/04/2028"},
        {"before there were prices", "visura", "avvocati", "base", "22/04/2012", "01/03/2012", 2, 0, 0, PROBLEM_PLAN, 0, 0, 0, ""},
        {"S3", "fnomceo", "fnomceo", "fnomceo", "15/03/2027", "20/12/2026", 1, 0, 0, PROBLEM_NONE, 150, 33, 183, "15/03/2028"},
        {"S3 has one term", "fnomceo", "fnomceo", "fnomceo", "15/03/2027", "20/12/2026", 2, 0, 0, PROBLEM_YEARS, 0, 0, 0, ""},
        {"S3 by the Ordine", "fnomceo", "fnomceo-ordine", "fnomceo", "29/02/2028", "20/12/2027", 1, 0, 0, PROBLEM_NONE, 150, 33, 183, "28/02/2029"},
        {"S3 left", "fnomceo", "", "fnomceo", "15/03/2027", "20/12/2026", 1, 0, 0, PROBLEM_NONE, 600, 132, 732, "15/03/2028"},
        {"space as held, at the plan's price", "fnomceo", "fnomceo", "fnomceo", "15/03/2027", "20/12/2026", 1, 1, 1, PROBLEM_NONE, 450, 99, 549, "15/03/2028"},
        {"no new space", "fnomceo", "fnomceo", "fnomceo", "15/03/2027", "20/12/2026", 1, 0, 1, PROBLEM_EXTRA_GB, 0, 0, 0, ""},
        {"space that was agreed, 3 months of residue", "fnomceo", "fnomceo-ordine", "fnomceo", "15/03/2027", "20/12/2026", 1, 0, 2, PROBLEM_NONE, 900, 198, 1098, "15/03/2028"},
        /* clang-format on */
    };
    struct world *w = *state;

    for (size_t i = 0; i < count_of(row); i++) {
        const struct brand *brand = brand_by_id(&w->brands, row[i].brand);
        struct mailbox m = member(row[i].brand, row[i].convention, row[i].plan, row[i].ends_on);
        struct renewal_choice choice = {.years = row[i].years, .extra_gb = row[i].extra_gb};
        struct problem why = {0};
        struct quote q;
        enum outcome o;

        m.extra_gb = row[i].held_gb;
        o = quote_renewal(brand, &m, &choice, date(row[i].today), &q, &why);
        row_holds(row[i].what, why.code == row[i].code);
        row_holds(row[i].what, (o == DONE) == (row[i].code == PROBLEM_NONE));
        if (o != DONE)
            continue;
        char text[DAY_TEXT];

        row_holds(row[i].what, q.total.net.cents == row[i].net);
        row_holds(row[i].what, q.total.vat.cents == row[i].vat);
        row_holds(row[i].what, q.total.gross.cents == row[i].gross);
        row_holds(row[i].what, strcmp(day_italian(q.renewed.ends_on, text), row[i].new_end) == 0);
        row_holds(row[i].what, strcmp(q.plan->id, row[i].plan) == 0);
    }
}

/* P27: one term, not chosen; and its line is one piece at the price of the whole term (R100). */
static void one_option(void **state)
{
    struct world *w = *state;
    const struct brand *brand = brand_by_id(&w->brands, "visura");
    struct mailbox m = member("visura", "avvocati", "base", "22/04/2027");
    struct day today = date("01/03/2027");
    struct quote options[QUOTE_OPTIONS], shortest;
    struct order_line *lines = NULL;
    size_t count = 0;

    assert_int_equal(quote_options(brand, &m, NULL, EXTRA_GB_AS_HELD, today, options), 1);
    assert_int_equal(options[0].choice.years, 2);
    assert_int_equal(options[0].total.gross.cents, 2196);
    assert_string_equal(options[0].convention->body, "Ordine degli Avvocati di prova");
    assert_true(quote_shortest(brand, &m, today, &shortest));
    assert_int_equal(shortest.choice.years, 2);
    quote_lines(w, "it", &m, &options[0], today, &lines, &count);
    assert_int_equal(count, 1);
    assert_int_equal(lines[0].quantity, 1);
    assert_int_equal(lines[0].unit.cents, 1800);
    assert_int_equal(lines[0].net.cents, 1800);
    assert_int_equal(lines[0].years, 2);
    m.convention = (char *)"";
    assert_int_equal(quote_options(brand, &m, NULL, EXTRA_GB_AS_HELD, today, options), 3);
    assert_null(options[0].convention);
}

/* A convention counts on the days on which it is in force, both included. */
static void in_force(void **state)
{
    static const struct {
        const char *today;
        int64_t gross; /* of what is offered first */
    } row[] = {{"28/02/2027", 1098}, {"01/03/2027", 2196}, {"31/03/2027", 2196}, {"01/04/2027", 1098}};
    struct world *w = *state;
    struct brand brand = *brand_by_id(&w->brands, "visura");
    struct brand_convention c = *brand_convention_by_id(&brand, "avvocati");
    struct mailbox m = member("visura", "avvocati", "base", "22/04/2027");

    c.from = date("01/03/2027");
    c.until = date("31/03/2027");
    brand.conventions = &c;
    for (size_t i = 0; i < count_of(row); i++) {
        struct quote q;

        row_holds(row[i].today, quote_shortest(&brand, &m, date(row[i].today), &q));
        row_holds(row[i].today, q.total.gross.cents == row[i].gross);
    }
}

/* P14: what the Ordine pays for, no member renews; that is said before anything else but the mailbox's state. */
static void who_pays(void **state)
{
    struct world *w = *state;
    const struct brand *brand = brand_by_id(&w->brands, "fnomceo");
    struct mailbox m = member("fnomceo", "fnomceo-ordine", "fnomceo", "15/03/2027");
    struct problem why = {0};

    m.open_order_id = 3;
    assert_int_equal(renewal_eligible(brand, &m, date("20/12/2026"), &why), REFUSED);
    assert_int_equal(why.code, PROBLEM_CONVENTION_PAYS);
    assert_string_equal(why.detail, "Ordine dei Medici di prova");
    assert_non_null(strstr(problem_text(w, "it", &why), "Ordine dei Medici di prova"));
    m.open_order_id = 0;
    m.convention = (char *)"fnomceo";
    assert_int_equal(renewal_eligible(brand, &m, date("20/12/2026"), &why), DONE);
    assert_int_equal(renewal_eligible(brand, &m, date("15/03/2027"), &why), DONE);
    assert_int_equal(renewal_eligible(brand, &m, date("16/03/2027"), &why), REFUSED); /* it stops the next day (R127) */
    assert_int_equal(why.code, PROBLEM_TOO_LATE);
}

static char *replaced(void *mem, const char *text, const char *old, const char *new)
{
    const char *at = strstr(text, old);

    assert_non_null(at);
    return talloc_asprintf(mem, "%.*s%s%s", (int)(at - text), text, new, at + strlen(old));
}

/* What `casella brand check` says of each mistake. */
static void faults(void **state)
{
    static const struct {
        const char *old, *new, *field, *says;
    } row[] = {
        {"- id: fnomceo-ordine", "- id: Fnomceo", "conventions[1].id", "minuscole"},
        {"- id: fnomceo-ordine", "- id: fnomceo", "conventions[1].id", "due volte"},
        {"professional_body: FNOMCEO di prova", "professional_body: \" \"", "conventions[0].professional_body", "riga"},
        {"text: Convenzione con FNOMCEO di prova", "text: \"a\\nb\"", "conventions[0].text", "riga di testo"},
        {"    plan: fnomceo", "    plan: medici", "conventions[0].plan", "«medici» non è tra i tipi"},
        {"    years: 1", "    years: 0", "conventions[0].years", "limiti"},
        {"    years: 1", "    years: 6", "conventions[0].years", "da 1 a 5"},
        {"    payer: member", "    payer: iscritto", "conventions[0].payer", "member, body"},
        {"    payer: member", "    payer: body", "conventions[0].payer", "manca billing"},
        {"    extras_payer: member", "    extras_payer: chi", "conventions[1].extras_payer", "member, body"},
        {"    payer: member", "    payer: member\n    extras_payer: body", "conventions[0].extras_payer", "iscritto"},
        {"    payer: member", "    payer: member\n    from: domani", "conventions[0].from", "non è una data"},
        {"    payer: member", "    payer: member\n    from: 2026-02-01\n    until: 2026-01-31", "conventions[0].until",
         "prima di from"},
        {"term: 1.50 }\n    del", "term: poco }\n    del", "conventions[0].prices[0].term", "importo"},
        {"term: 1.50 }\n    del", "term: 0 }\n    del", "conventions[0].prices[0].term", "più di zero"},
        {"term: 1.50 }\n    del", "term: 1.50 }\n      - { from: 2013-01-01, term: 2.00 }\n    del",
         "conventions[0].prices[1].from", "in ordine di data"},
        {"[delegato.fnomceo@casella.example]", "[delegato]", "conventions[0].delegates[0]", "e-mail"},
        {"[delegato.fnomceo@casella.example]", "[a@b.example, a@b.example]", "conventions[0].delegates[1]",
         "due volte"},
        {"kind: public_body", "kind: person", "conventions[1].billing.kind", "company, public_body"},
        {"tax_code: \"80000000010\"", "tax_code: \"80000000011\"", "conventions[1].billing.tax_code", "errore"},
        {"sdi_code: UFPRV1", "sdi_code: UFPRV12", "conventions[1].billing.sdi_code", "6 per la pubblica"},
    };
    const struct embedded_file *good = embedded_find("brands/fnomceo/brand.yaml");

    for (size_t i = 0; i < count_of(row); i++) {
        void *mem = talloc_new(*state);
        struct brand_faults f = {.mem = mem, .name = "fnomceo/brand.yaml"};
        char *place = talloc_asprintf(mem, "campo %s: ", row[i].field);
        struct brand brand;
        bool told = false;

        f.bytes = replaced(mem, good->bytes, row[i].old, row[i].new);
        f.length = strlen(f.bytes);
        brand_file_read(mem, "fnomceo", &brand, &f);
        for (size_t n = 0; n < f.count; n++) {
            assert_english(f.all[n]);
            told |= strstr(f.all[n], place) && strstr(f.all[n], row[i].says) && strstr(f.all[n], "riga ");
            if (!told && n + 1 == f.count)
                print_error("%s\n", f.all[n]);
        }
        row_holds(talloc_asprintf(mem, "%s %s", row[i].field, row[i].new), told);
        talloc_free(mem);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    static const struct CMUnitTest tests[] = {TEST(quoted), TEST(one_option), TEST(in_force), TEST(who_pays),
                                              TEST(faults)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
