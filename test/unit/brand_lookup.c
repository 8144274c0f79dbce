/* The part `lookup` of brand.yaml: as it ships, and each fault of it at its line. */
#include "base/embedded.h"
#include "base/text.h"
#include "english.h"
#include "shop/brand.h"
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

static void visura_looks_up_by_user_id(void **state)
{
    void *mem = talloc_new(NULL);
    struct brands all;
    struct problem why = {0};
    const struct brand *visura, *legalmail;

    (void)state;
    assert_int_equal(brands_load(mem, NULL, &all, &why), DONE);
    visura = brand_by_id(&all, "visura");
    legalmail = brand_by_id(&all, "legalmail");
    assert_true(visura->lookup.on);
    assert_string_equal(visura->lookup.excluded[2], "HLH");
    assert_null(visura->lookup.excluded[3]);
    assert_non_null(strstr(visura->guide.text, "KVIS, KLX o HLH"));
    assert_string_equal(visura->lookup.means[0], "cheque");
    assert_string_equal(visura->lookup.means[3], "card");
    assert_false(legalmail->lookup.on);
    assert_null(legalmail->guide.version);
    talloc_free(mem);
}

#define PREFIXES "[KVIS, KLX, HLH]"

static const struct {
    const char *old, *new; /* in visura's brand.yaml */
    const char *field, *says;
} CASES[] = {
    {"contract: 2026-01", "contract: 2026-09", "purchase.contract", "contract-2026-09.txt"},
    {"  by: user_id", "  by: nome", "lookup.by", "user_id"},
    {"  by: user_id\n", "", "lookup.by", "user_id"},
    {PREFIXES, "[KVIS, klx]", "lookup.excluded_userid_prefixes[1]", "maiuscole"},
    {PREFIXES, "[KVIS, KLX, KVI]", "lookup.excluded_userid_prefixes[2]", "ne basta uno"},
    {PREFIXES, "[KLX, KLX]", "lookup.excluded_userid_prefixes[1]", "ne basta uno"},
    {PREFIXES, "[KLX, VI]", "purchase.user_id.prefix", "esclude dal rinnovo"},
    {"excluded_userid_prefixes:", "excluded_prefixes:", "lookup.excluded_prefixes", "campo non previsto"},
    {"means: [cheque,", "means: [paypal,", "lookup.means[0]", "payment_methods"},
    {"means: [cheque,", "means: [wallet,", "lookup.means[0]", "prepagato"},
    {"means: [cheque,", "means: [card,", "lookup.means[3]", "due volte"},
    {"means, billing,", "means, holder,", "renewal.steps[4]", "dati del titolare"},
    {"steps: [lookup, years", "steps: [term", "renewal.steps", "manca «lookup»"},
    {"guide: 2026-01", "guide: 2026-02", "guide", "guide-2026-02.txt"},
    {"guide: 2026-01", "guide: ../x", "guide", "minuscole"},
};

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

static void assert_fault(const char *folder, size_t i)
{
    void *mem = talloc_new(NULL);
    char **faults, *place = talloc_asprintf(mem, "campo %s: ", CASES[i].field);
    struct brand brand;
    size_t count;

    assert_int_equal(brand_check(mem, folder, &brand, &faults, &count), REFUSED);
    for (size_t f = 0; f < count; f++)
        if (strstr(faults[f], place) && strstr(faults[f], CASES[i].says)) {
            assert_english(faults[f]);
            talloc_free(mem);
            return;
        }
    for (size_t f = 0; f < count; f++)
        print_error("%s\n", faults[f]);
    print_error("nothing says «%s» «%s»\n", place, CASES[i].says);
    fail();
}

static void each_fault_is_told(void **state)
{
    static const char *const TEXTS[] = {"terms", "privacy", "contract", "guide"};
    char directory[] = "/tmp/casella-lookup-XXXXXX", folder[64];
    void *mem = talloc_new(NULL);
    const char *good = embedded_find("brands/visura/brand.yaml")->bytes;

    (void)state;
    assert_non_null(mkdtemp(directory));
    snprintf(folder, sizeof folder, "%s/visura", directory);
    assert_int_equal(mkdir(folder, 0700), 0);
    for (size_t i = 0; i < count_of(TEXTS); i++)
        write_file(folder, talloc_asprintf(mem, "%s-2026-01.txt", TEXTS[i]),
                   embedded_find(talloc_asprintf(mem, "brands/visura/%s-2026-01.txt", TEXTS[i]))->bytes);
    for (size_t i = 0; i < count_of(CASES); i++) {
        const char *at = strstr(good, CASES[i].old);

        assert_non_null(at);
        write_file(folder, "brand.yaml",
                   talloc_asprintf(mem, "%.*s%s%s", (int)(at - good), good, CASES[i].new, at + strlen(CASES[i].old)));
        assert_fault(folder, i);
    }
    for (size_t i = 0; i < count_of(TEXTS); i++)
        unlink(talloc_asprintf(mem, "%s/%s-2026-01.txt", folder, TEXTS[i]));
    unlink(talloc_asprintf(mem, "%s/brand.yaml", folder));
    rmdir(folder);
    rmdir(directory);
    talloc_free(mem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(visura_looks_up_by_user_id),
        cmocka_unit_test(each_fault_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
