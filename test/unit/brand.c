/* The brand that ships is without faults; each small change to its file is found out, at its line. */
#include "shop/brand.h"
#include "base/config.h"
#include "base/embedded.h"
#include "base/text.h"
#include "english.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <talloc.h>

static void check_legalmail(const struct brand *b)
{
    const struct brand_plan *gold = brand_plan_by_id(b, "gold");
    struct plan priced;
    struct problem why;

    assert_string_equal(b->domain, "legalmail.example");
    assert_string_equal(b->hosts[1], "renewals.legalmail.example");
    assert_null(b->hosts[2]);
    assert_string_equal(b->seller.iban, "IT60X0542811101000000123456");
    assert_null(b->seller.bic);
    assert_int_equal(b->seller.share_capital.cents, 12000000);
    assert_int_equal(b->renewal.opens_months_before, 3);
    assert_int_equal(b->renewal.closes_after.days, 90);
    assert_int_equal(b->renewal.expired_mode, EXPIRED_READ_ONLY);
    assert_int_equal(b->renewal.horizon_years, 5);
    assert_int_equal(b->renewal.max_years, 3);
    assert_true(b->change_type && b->extra_space);
    assert_string_equal(b->payment_methods[2], "bank_transfer");
    assert_string_equal(b->steps[3], "confirmed");
    assert_int_equal(b->order_lapses_days, 30);
    assert_int_equal(b->plan_count, 3);
    assert_null(brand_plan_by_id(b, "platinum"));
    assert_int_equal(brand_plan_on(gold, day_of(2026, 11, 22), &priced, &why), DONE);
    assert_int_equal(priced.year.cents, 7500);
    assert_int_equal(priced.extra_gb_year.cents, 900);
    assert_int_equal(priced.archive_gb, 10);
    assert_int_equal(brand_plan_on(gold, day_of(2013, 1, 1), &priced, &why), DONE);
    assert_int_equal(brand_plan_on(gold, day_of(2012, 12, 31), &priced, &why), REFUSED);
    assert_int_equal(why.code, PROBLEM_PLAN);
    assert_string_equal(b->terms.version, "2026-01");
    assert_non_null(strstr(b->terms.text, "Manuale operativo"));
    assert_int_equal(strlen(b->terms.sha256), 64);
    assert_string_equal(b->light.brand, "#0b5d57");
    assert_string_equal(b->dark.brand_ink, "#06201d");
}

static const char *source(void)
{
    return getenv("CASELLA_SOURCE") ? getenv("CASELLA_SOURCE") : ".";
}

static void legalmail_is_without_faults(void **state)
{
    void *mem = talloc_new(NULL);
    struct brand brand;
    struct brands disk, built_in;
    struct problem why = {0};
    char **faults;
    size_t count;
    enum outcome o;

    (void)state;
    o = brand_check(mem, talloc_asprintf(mem, "%s/brands/legalmail/", source()), &brand, &faults, &count);
    for (size_t i = 0; i < count; i++)
        print_error("%s\n", faults[i]);
    assert_int_equal(count, 0);
    assert_int_equal(o, DONE);
    check_legalmail(&brand);
    assert_int_equal(brands_load(mem, talloc_asprintf(mem, "%s/brands", source()), &disk, &why), DONE);
    assert_int_equal(brands_load(mem, NULL, &built_in, &why), DONE);
    assert_int_equal(disk.count, built_in.count);
    check_legalmail(brand_by_id(&disk, "legalmail"));
    check_legalmail(brand_by_host(&built_in, "legalmail.localhost"));
    assert_null(brand_by_host(&built_in, "localhost"));
    assert_null(brand_by_id(&built_in, "nobody"));
    assert_string_equal(brand_by_id(&disk, "legalmail")->terms.sha256,
                        brand_by_id(&built_in, "legalmail")->terms.sha256);
    assert_null(brand_by_id(&built_in, "legalmail")->folder);
    talloc_free(mem);
}

/* A folder of the test's own: DIR/legalmail with a brand.yaml of these bytes and the terms. */
static void write_file(const char *folder, const char *name, const char *bytes)
{
    char path[200];
    FILE *file;

    snprintf(path, sizeof path, "%s/%s", folder, name);
    file = fopen(path, "w");
    assert_non_null(file);
    fputs(bytes, file);
    fclose(file);
}

static char *replaced(void *mem, const char *text, const char *old, const char *new)
{
    const char *at = strstr(text, old);

    assert_non_null(at);
    return talloc_asprintf(mem, "%.*s%s%s", (int)(at - text), text, new, at + strlen(old));
}

/* The line, from 1, on which `part` first stands. */
static int line_with(const char *text, const char *part)
{
    const char *at = strstr(text, part);
    int line = 1;

    assert_non_null(at);
    for (const char *c = text; c < at; c++)
        line += *c == '\n';
    return line;
}

static const struct {
    const char *old, *new; /* in brand.yaml */
    const char *field;     /* the fault names this field … */
    const char *at;        /* … on the line where this stands; NULL: no line is asked for … */
    const char *says;      /* … and says this */
} CASES[] = {
    {"iban: IT60X0542811101000000123456", "iban: IT60X0542811101000000123457", "seller.iban", "iban:", "errore"},
    {"iban: IT60X", "iban: IT60Y", "seller.iban", "iban:", "errore"},
    {"vat_number: \"01234560587\"", "vat_number: \"01234560588\"", "seller.vat_number", "vat_number:", "errore"},
    {"tax_code: \"01234560587\"", "tax_code: RSSMRA80A01H501A", "seller.tax_code", "tax_code:", "errore"},
    {"trust: on_credit", "desk: { open_hours: sempre }\n  trust: on_credit", "payments.desk.open_hours",
     "open_hours:", "true"},
    {"postcode: \"00144\"", "postcode: \"144\"", "seller.postcode", "postcode:", "5 cifre"},
    {"province: RM", "province: rm", "seller.province", "province:", "sigla"},
    {"tax_regime: RF01", "tax_regime: R001", "seller.tax_regime", "tax_regime:", "RF01"},
    {"  rea_number: \"1234567\"\n", "", "seller.rea_office", "rea_office:", "insieme"},
    {"share_capital: 120000.00", "share_capital: tanto", "seller.share_capital", "share_capital:", "non è un importo"},
    {"email: amministrazione@", "email: amministrazione", "seller.email", "email: amm", "e-mail"},
    {"mail_from: rinnovi@", "mail_from: rinnovi ", "mail_from", "mail_from:", "e-mail"},
    {"domain: legalmail.example", "domain: Legalmail.example", "domain", "domain:", "minuscolo"},
    {"  - legalmail.localhost", "  - http://legalmail", "hosts[0]", "- http", "host"},
    {"  - legalmail.localhost", "  - renewals.legalmail.example", "hosts[1]", NULL, "due volte"},
    {"manual: https:", "manual: http:", "provider.manual", "manual:", "https"},
    {"id: legalmail", "id: altra", "id", "id: altra", "la cartella si chiama «legalmail»"},
    {"name: Legalmail", "name: \"Legal\\nmail\"", "name", "name: \"", "riga di testo"},
    {"opens_months_before: 3", "opens_months_before: 36", "renewal.opens_months_before", "opens_m", "limiti"},
    {"opens_months_before: 3", "opens_months_before: tre", "renewal.opens_months_before", "opens_m", "intero"},
    {"days: 90", "days: 9000", "renewal.closes_after.days", "9000", "limiti"},
    {"expired_mode: read_only", "expired_mode: readonly", "renewal.expired_mode", "expired_mode", "non previsto"},
    {"expired_mode: read_only", "expired_mode: read_only\n  receives_for: { days: 30 }", "renewal.receives_for",
     "receives_for", "solo con expired_mode: receive_only"},
    {"expired_mode: read_only", "expired_mode: receive_only\n  receives_for: { months: 3 }", "renewal.receives_for",
     "receives_for", "prima di closes_after"},
    {"expired_mode: read_only", "expired_mode: receive_only\n  receives_for: { days: -1 }", "renewal.receives_for.days",
     "receives_for", "limiti"},
    {"expired_mode: read_only", "expired_mode: read_only\n  late_fee: { net: dieci, from_day: 31 }",
     "renewal.late_fee.net", "late_fee", "non è un importo"},
    {"expired_mode: read_only", "expired_mode: read_only\n  late_fee: { net: \"10.00\", from_day: 400 }",
     "renewal.late_fee.from_day", "late_fee", "limiti"},
    {"expired_mode: read_only", "expired_mode: receive_only\n  receives_for: { mesi: 1 }", "renewal.receives_for.mesi",
     "receives_for", "campo non previsto"},
    {"expired_mode: read_only", "expired_mode: receive_only\n  receives_for: { days: 14 }", "notices.plan", NULL,
     "«+15» non può cadere nel giorno in cui la casella smette di ricevere"},
    {"max_years: 3", "max_years: 0", "renewal.max_years", "max_years", "limiti"},
    {"max_years: 3", "max_years: 6", "renewal.max_years", "max_years", "horizon_years"},
    {"change_type: up", "change_type: down", "renewal.change_type", "change_type", "non previsto"},
    {"extra_space: true", "extra_space: si", "renewal.extra_space", "extra_space", "true o false"},
    {"steps: [choose, cart", "steps: [choose, carrello", "renewal.steps[1]", "steps:", "carrello"},
    {"steps: [choose, cart", "steps: [choose, carrello", "renewal.steps[1]",
     "steps:", "previsti: choose, cart, checkout"},
    {"[choose, cart, checkout, confirmed]", "[choose, cart, cart, checkout]", "renewal.steps[2]",
     "steps:", "due volte"},
    {"[choose, cart, checkout, confirmed]", "[choose, cart, confirmed]", "renewal.steps", "steps:", "manca «checkout»"},
    {"[choose, cart, checkout, confirmed]", "[cart, choose, checkout]", "renewal.steps[0]",
     "steps:", "prima di «choose»"},
    {"[choose, cart, checkout, confirmed]", "[choose, checkout, cart]", "renewal.steps[2]",
     "steps:", "dopo «checkout»"},
    {"[choose, cart, checkout, confirmed]", "[choose, contract, checkout]", "renewal.steps[1]",
     "steps:", "non sta con gli altri"},
    {"[choose, cart, checkout, confirmed]", "[choose, confirmed, checkout]", "renewal.steps[1]",
     "steps:", "per ultimo"},
    {"[choose, cart, checkout, confirmed]", "[term, payment, confirm]", "renewal.steps", "steps:", "manca «contract»"},
    {"[choose, cart, checkout, confirmed]", "[term, payment, contract]", "renewal.steps", "steps:", "manca «confirm»"},
    {"[choose, cart, checkout, confirmed]", "[term, contract, confirm]", "renewal.steps", "steps:", "manca «payment»"},
    {"[choose, cart, checkout, confirmed]", "[payment, contract, confirm]", "renewal.steps", "steps:", "manca «term»"},
    {"[choose, cart, checkout, confirmed]", "[term, payment, confirm, contract]", "renewal.steps[2]",
     "steps:", "«confirm» viene prima di «contract»"},
    {"[choose, cart, checkout, confirmed]", "[term, type, payment, contract, confirm]", "renewal.steps[0]",
     "steps:", "«term» viene prima di «type»"},
    {"[choose, cart, checkout, confirmed]", "[holder, billing, term, payment, contract, confirm]", "renewal.steps[1]",
     "steps:", "chiede di nuovo ciò che chiede «holder»"},
    {"  steps: [", "  several_mailboxes: molte\n  steps: [", "renewal.several_mailboxes", "molte", "true o false"},
    {"[card, paypal, ", "[card, card, ", "payment_methods[1]", "payment_methods", "due volte"},
    {"[card, paypal, ", "[carta, paypal, ", "payment_methods[0]", "payment_methods", "carta"},
    {"[card, paypal, ", "[card, stripe, paypal, ", "payment_methods", "payment_methods", "gateways.stripe"},
    {"order_lapses_days: 30\n", "", "order_lapses_days", NULL, "manca"},
    {"order_lapses_days: 30", "order_lapses_day: 30", "order_lapses_day", "order_lapses_day:", "campo non previsto"},
    {"- id: silver", "- id: bronze", "plans[1].id", NULL, "due volte"},
    {"- id: silver", "- id: Silver!", "plans[1].id", "Silver!", "minuscole"},
    {"rank: 2", "rank: 1", "plans[1]", NULL, "rank 1"},
    {"mailbox_gb: 8", "mailbox_gb: 0", "plans[1].mailbox_gb", "mailbox_gb: 0", "limiti"},
    {"year: 39.00", "year: \"39,00\"", "plans[1].prices[0].year", "39,00", "25.00"},
    {"year: 39.00", "year: -39.00", "plans[1].prices[0].year", "-39", "importo"},
    {"year: 39.00", "year: 0.00", "plans[1].prices[0].year", "year: 0.00", "più di zero"},
    {"{ from: 2013-01-01, year: 39.00", "{ year: 39.00", "plans[1].prices[0].from", "{ year: 39", "manca"},
    {"{ from: 2013-01-01, year: 39.00", "{ from: 2013-02-29, year: 39.00", "plans[1].prices[0].from", "2013-02-29",
     "data"},
    {"    prices:\n      - { from",
     "    prices:\n      - { from: 2014-01-01, year: 1.00, extra_gb_year: 1.00 }\n      - { from",
     "plans[0].prices[1].from", NULL, "ordine"},
    {", extra_gb_year: 9.00 }", " }", "plans[0].prices[0].extra_gb_year", NULL, "manca"},
    {"terms: 2026-01 ", "terms: 2026-02 ", "terms", "terms:", "terms-2026-02.txt"},
    {"terms: 2026-01 ", "terms: ../x ", "terms", "terms:", "minuscole"},
    {"privacy: 2026-01 ", "privacy: 2026-02 ", "privacy", "privacy:", "privacy-2026-02.txt"},
    {"ink: \"#ffffff\"", "ink: \"#88aaaa\"", "colours.light.ink", "#88aaaa", " 3,08:1, ne occorre almeno 4,5"},
    {"brand: \"#5fc7bb\"", "brand: \"#0b5d57\"", "colours.dark.brand", "dark: {", "contrasto"},
    {"soft: \"#e6f2f0\"", "soft: \"e6f2f00\"", "colours.light.soft", "e6f2f00", "#rrggbb"},
    {"[erasure, cease", "[erasure, tea", "desk.second_person[1]", "second_person:", "«tea»"},
    {"[erasure, cease", "[erasure, erasure", "desk.second_person[1]", "second_person:", "compare due volte"},
    {"refund above 500.00", "refund over 500.00", "desk.second_person[2]", "second_person:", "refund above 500.00"},
    {"refund above 500.00", "refund above much", "desk.second_person[2]", "second_person:", "non è un importo"},
    {"plan: [-3m", "plan: [-3mesi", "notices.plan[0]", "-3mesi", "-3mesi"},
    {"plan: [-3m, -60", "plan: [-60, -3m", "notices.plan", "plan: [", "«-3m» deve venire dopo «-60»"},
    {"plan: [-3m, -60", "plan: [-3m, -89", "notices.plan", "plan: [", "«-89» deve venire dopo «-3m»"},
    {"+15, grace-15", "+90, grace-15", "notices.plan", "plan: [", "«grace-15» deve venire dopo «+90»"},
    {"+15, grace-15, grace-1]", "+15, +91]", "notices.plan", "plan: [", "dopo la fine del periodo"},
    {"[-3m, -60, -30, -15, -7, -1, 0, +1", "[+1", "notices.plan", "plan: [", "almeno un avviso prima"},
    {", +1, +15, grace-15, grace-1]", "]", "notices.plan", "plan: [", "almeno un avviso dopo"},
    {"to: [holder, account]", "to: [titolare]", "notices.to[0]", "to: [", "holder, account"},
    {"registry_warning: all", "registry_warning: si", "notices.registry_warning", "registry_warning:", "business"},
    {"delete_after: { months: 0, days: 0 }", "delete_after: { months: 0, days: -1 }", "notices.delete_after",
     "delete_after:", "tra 0 e"},
    {"order_lapses_days: 30\n", "autorenew: { methods: [bank_transfer], text: 2026-01 }\norder_lapses_days: 30\n",
     "autorenew.methods[0]", "autorenew:", "non si può addebitare"},
    {"order_lapses_days: 30\n", "autorenew: { methods: [stripe], text: 2026-01 }\norder_lapses_days: 30\n",
     "autorenew.methods[0]", "autorenew:", "non è tra i payment_methods"},
    {"order_lapses_days: 30\n", "autorenew: { methods: [card, card], text: 2026-01 }\norder_lapses_days: 30\n",
     "autorenew.methods[1]", "autorenew:", "due volte"},
    {"order_lapses_days: 30\n", "autorenew: { methods: [card] }\norder_lapses_days: 30\n", "autorenew.text", NULL,
     "manca"},
    {"order_lapses_days: 30\n", "autorenew: { methods: [card], text: 2026-09 }\norder_lapses_days: 30\n", "autorenew",
     "autorenew:", "autorenew-2026-09.txt"},
    {"order_lapses_days: 30\n", "autorenew: { text: 2026-01 }\norder_lapses_days: 30\n", "autorenew.methods", NULL,
     "manca"},
    {"order_lapses_days: 30\n",
     "autorenew: { methods: [card], text: 2026-01, charge_days_before: 40 }\norder_lapses_days: 30\n",
     "autorenew.charge_days_before", "autorenew:", "limiti"},
    {"order_lapses_days: 30\n",
     "autorenew: { methods: [card], text: 2026-01, retry_days: [7] }\norder_lapses_days: 30\n",
     "autorenew.retry_days[0]", "autorenew:", "tentativo precedente"},
    {"order_lapses_days: 30\n",
     "autorenew: { methods: [card], text: 2026-01, retry_days: [3, -1] }\norder_lapses_days: 30\n",
     "autorenew.retry_days[1]", "autorenew:", "dopo la scadenza"},
    {"order_lapses_days: 30\n",
     "autorenew: { methods: [card], text: 2026-01, warn: { days: 20 } }\norder_lapses_days: 30\n",
     "autorenew.warn.days", "autorenew:", "limiti"},
    {"order_lapses_days: 30\n",
     "autorenew: { methods: [card], text: 2026-01, blocks_manual: forse }\norder_lapses_days: 30\n",
     "autorenew.blocks_manual", "autorenew:", "true o false"},
    {"hosts:", "hosts: [", NULL, NULL, "non è YAML"},
};

static void each_change_is_found(void **state)
{
    void *mem = talloc_new(NULL);
    char directory[] = "/tmp/casella-brand-XXXXXX", folder[64];
    const char *good = embedded_find("brands/legalmail/brand.yaml")->bytes;
    const char *terms = embedded_find("brands/legalmail/terms-2026-01.txt")->bytes;

    (void)state;
    assert_non_null(mkdtemp(directory));
    snprintf(folder, sizeof folder, "%s/legalmail", directory);
    assert_int_equal(mkdir(folder, 0700), 0);
    write_file(folder, "terms-2026-01.txt", terms);
    write_file(folder, "privacy-2026-01.txt", terms);
    for (size_t i = 0; i < count_of(CASES); i++) {
        char *bad = replaced(mem, good, CASES[i].old, CASES[i].new), **faults, *place;
        struct brand brand;
        struct brands all;
        struct problem why;
        size_t count, right = 0;

        write_file(folder, "brand.yaml", bad);
        assert_int_equal(brand_check(mem, folder, &brand, &faults, &count), REFUSED);
        place = CASES[i].field ? talloc_asprintf(mem, "campo %s: ", CASES[i].field) : talloc_strdup(mem, "");
        if (CASES[i].at)
            place = talloc_asprintf(mem, "riga %d, %s", line_with(bad, CASES[i].at), place);
        for (size_t f = 0; f < count; f++) {
            assert_true(text_starts(faults[f], folder));
            assert_english(faults[f]);
            right += strstr(faults[f], place) && strstr(faults[f], CASES[i].says);
        }
        if (right == 0) {
            for (size_t f = 0; f < count; f++)
                print_error("%s\n", faults[f]);
            print_error("nothing says «%s» «%s»\n", place, CASES[i].says);
            fail();
        }
        assert_int_equal(brands_load(mem, directory, &all, &why), REFUSED);
        assert_int_equal(why.code, PROBLEM_CONFIG);
    }
    /* And several at once are all told. */
    {
        char *bad = replaced(mem, replaced(mem, good, "rank: 2", "rank: 1"), "max_years: 3", "max_years: 0"), **faults;
        struct brand brand;
        size_t count;

        write_file(folder, "brand.yaml", bad);
        write_file(folder, "terms-2026-01.txt", "Breve.");
        assert_int_equal(brand_check(mem, folder, &brand, &faults, &count), REFUSED);
        assert_int_equal(count, 3);
    }
    /* Texts that another system wrote. */
    {
        static const char *const TEXT[][2] = {{"Uno.\nDue.\r\n", "riga 2: un a capo di Windows"},
                                              {"\tUno.\n", "riga 1: una tabulazione"},
                                              {"Uno.\n\aDue.", "riga 2: contiene caratteri di controllo"}};

        write_file(folder, "brand.yaml", good);
        for (size_t i = 0; i < count_of(TEXT); i++) {
            struct brand brand;
            char **faults;
            size_t count;

            write_file(folder, "terms-2026-01.txt", TEXT[i][0]);
            assert_int_equal(brand_check(mem, folder, &brand, &faults, &count), REFUSED);
            assert_int_equal(count, 1);
            assert_non_null(strstr(faults[0], TEXT[i][1]));
            assert_english(faults[0]);
        }
    }
    unlink(talloc_asprintf(mem, "%s/brand.yaml", folder));
    unlink(talloc_asprintf(mem, "%s/terms-2026-01.txt", folder));
    unlink(talloc_asprintf(mem, "%s/privacy-2026-01.txt", folder));
    rmdir(folder);
    rmdir(directory);
    talloc_free(mem);
}

static void folders_that_are_none(void **state)
{
    void *mem = talloc_new(NULL);
    struct brands brands;
    struct brand brand;
    struct problem why;
    char **faults, empty[] = "/tmp/casella-brand-XXXXXX";
    size_t count;

    (void)state;
    assert_int_equal(brands_load(mem, "/nowhere", &brands, &why), REFUSED);
    assert_string_equal(why.detail, "/nowhere: non c'è");
    assert_non_null(mkdtemp(empty));
    assert_int_equal(brands_load(mem, empty, &brands, &why), REFUSED);
    assert_non_null(strstr(why.detail, "nessun marchio"));
    assert_int_equal(brand_check(mem, empty, &brand, &faults, &count), REFUSED);
    assert_non_null(strstr(faults[0], "brand.yaml: non c'è"));
    rmdir(empty);
    talloc_free(mem);
}

static void hosts_are_of_one_brand(void **state)
{
    void *mem = talloc_new(NULL);
    char directory[] = "/tmp/casella-brand-XXXXXX";
    const char *good = embedded_find("brands/legalmail/brand.yaml")->bytes;
    struct brands brands;
    struct problem why = {0};

    (void)state;
    assert_non_null(mkdtemp(directory));
    for (int i = 0; i < 2; i++) {
        char *id = talloc_asprintf(mem, "b%d", i), *folder = talloc_asprintf(mem, "%s/%s", directory, id);

        mkdir(folder, 0700);
        write_file(folder, "brand.yaml", replaced(mem, good, "id: legalmail", talloc_asprintf(mem, "id: %s", id)));
        write_file(folder, "terms-2026-01.txt", embedded_find("brands/legalmail/terms-2026-01.txt")->bytes);
        write_file(folder, "privacy-2026-01.txt", embedded_find("brands/legalmail/privacy-2026-01.txt")->bytes);
    }
    assert_int_equal(brands_load(mem, directory, &brands, &why), REFUSED);
    assert_string_equal(why.detail, "l'host legalmail.localhost è sia di b0 sia di b1");
    for (int i = 0; i < 2; i++) {
        unlink(talloc_asprintf(mem, "%s/b%d/brand.yaml", directory, i));
        unlink(talloc_asprintf(mem, "%s/b%d/terms-2026-01.txt", directory, i));
        unlink(talloc_asprintf(mem, "%s/b%d/privacy-2026-01.txt", directory, i));
        rmdir(talloc_asprintf(mem, "%s/b%d", directory, i));
    }
    rmdir(directory);
    talloc_free(mem);
}

/* Templates of a brand's own replace one of ours, and can be parsed. */
static void its_own_views_are_checked(void **state)
{
    static const struct {
        const char *name, *text, *says; /* NULL: no fault */
    } ROWS[] = {
        {"mark.html", "<b>{{brand.name}}</b>", NULL},
        {"marchio.html", "<b>{{brand.name}}</b>", "non c'è una vista con questo nome"},
        {"mark.html", "<b>{{#brand}}</b>", "mark.html"},
        {"mark.html", "{{> part/niente}}", "niente"},
        {"mark.html", "\xff", "mark.html"},
        {"../mark.html", "<b>{{brand.name}}</b>", "views/mail, views/page e views/part"},
    };
    void *mem = talloc_new(NULL);
    char directory[] = "/tmp/casella-brand-XXXXXX", *folder, *part;

    (void)state;
    assert_non_null(mkdtemp(directory));
    folder = talloc_asprintf(mem, "%s/legalmail", directory);
    part = talloc_asprintf(mem, "%s/views/part", folder);
    assert_int_equal(mkdir(folder, 0700) || mkdir(talloc_asprintf(mem, "%s/views", folder), 0700) || mkdir(part, 0700),
                     0);
    for (size_t i = 0; i < 3; i++) {
        static const char *const FILES[] = {"brand.yaml", "terms-2026-01.txt", "privacy-2026-01.txt"};

        write_file(folder, FILES[i], embedded_find(talloc_asprintf(mem, "brands/legalmail/%s", FILES[i]))->bytes);
    }
    for (size_t i = 0; i < count_of(ROWS); i++) {
        struct brand brand;
        char **faults;
        size_t count;

        write_file(part, ROWS[i].name, ROWS[i].text);
        assert_int_equal(brand_check(mem, folder, &brand, &faults, &count), ROWS[i].says ? REFUSED : DONE);
        assert_int_equal(count, ROWS[i].says ? 1 : 0);
        if (ROWS[i].says)
            assert_non_null(strstr(faults[0], ROWS[i].says)), assert_english(faults[0]);
        else
            assert_string_equal(brand_view_bytes(&brand, "part/mark.html"), ROWS[i].text);
        unlink(talloc_asprintf(mem, "%s/%s", part, ROWS[i].name));
    }
    assert_int_equal(system(talloc_asprintf(mem, "rm -r %s", directory)), 0);
    talloc_free(mem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(legalmail_is_without_faults), cmocka_unit_test(each_change_is_found),
        cmocka_unit_test(folders_that_are_none),       cmocka_unit_test(hosts_are_of_one_brand),
        cmocka_unit_test(its_own_views_are_checked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
