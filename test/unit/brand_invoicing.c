/* The part `invoicing` of brand.yaml: the ways to SdI, and each fault of it at its line. */
#include "base/embedded.h"
#include "english.h"
#include "shop/brand_file.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <talloc.h>

static struct brand_faults read_brand(void *mem, const char *part, struct brand *brand)
{
    const char *text =
        talloc_asprintf(mem, "%s\n%s\n", (const char *)embedded_find("brands/legalmail/brand.yaml")->bytes, part);
    struct brand_faults faults = {.mem = mem, .name = "brand.yaml", .bytes = text, .length = strlen(text)};

    brand_file_read(mem, "legalmail", brand, &faults);
    return faults;
}

static void the_ways_are_read(void **state)
{
    void *mem = talloc_new(NULL);
    struct brand brand;

    (void)state;
    assert_int_equal(read_brand(mem, "", &brand).count, 0);
    assert_null(brand.invoicing.channel);
    assert_false(brand.invoicing.public_commitment);
    assert_int_equal(
        read_brand(mem, "invoicing: { channel: folder, outgoing: a, notices: b, public_commitment: true }", &brand)
            .count,
        0);
    assert_string_equal(brand.invoicing.outgoing, "a");
    assert_true(brand.invoicing.public_commitment);
    assert_int_equal(
        read_brand(mem, "invoicing: { channel: mail, pec_from: a@b.it, pec_to: c@d.it, notices: b }", &brand).count, 0);
    assert_string_equal(brand.invoicing.pec_to, "c@d.it");
    assert_int_equal(brand.invoicing.sale.count, 2); /* as the law has it */
    assert_int_equal(
        read_brand(mem, "invoicing: { without_vat: [{ customer: world, nature: N3.1, law: 'Art. 8' }] }", &brand).count,
        0);
    assert_int_equal(brand.invoicing.sale.count, 1);
    assert_int_equal(brand.invoicing.sale.rules[0].customer, SALE_TO_WORLD);
    assert_string_equal(brand.invoicing.sale.rules[0].nature, "N3.1");
    assert_int_equal(brand_vat_rate_bp(&brand, day_of(2026, 12, 20)), 2200);
    talloc_free(mem);
}

static void each_fault_is_told(void **state)
{
    static const struct {
        const char *part, *field;
    } ROWS[] = {
        {"invoicing: { channel: posta, notices: b }", "invoicing.channel"},
        {"invoicing: { channel: folder, notices: b }", "invoicing.outgoing"},
        {"invoicing: { channel: folder, outgoing: a }", "invoicing.notices"},
        {"invoicing: { channel: mail, outgoing: a, notices: b, pec_from: a@b, pec_to: c@d }", "invoicing.outgoing"},
        {"invoicing: { channel: mail, notices: b, pec_from: a@b }", "invoicing.pec_from"},
        {"invoicing: { channel: mail, notices: b, pec_from: ab, pec_to: c@d }", "invoicing.pec_from"},
        {"invoicing: { outgoing: a }", "invoicing.channel"},
        {"invoicing: { canale: a }", "invoicing.canale"},
        {"invoicing: { without_vat: [{ customer: moon, nature: N2.1, law: a }] }", "invoicing.without_vat"},
        {"invoicing: { without_vat: [{ customer: union, nature: N2, law: a }] }", "invoicing.without_vat"},
        {"invoicing: { without_vat: [{ customer: all, nature: N2.2, law: a }] }", "invoicing.without_vat"},
    };

    (void)state;
    for (size_t i = 0; i < count_of(ROWS); i++) {
        void *mem = talloc_new(NULL);
        struct brand brand;
        struct brand_faults faults = read_brand(mem, ROWS[i].part, &brand);

        if (!faults.count || !strstr(faults.all[0], ROWS[i].field))
            fail_msg("%s: %s", ROWS[i].part, faults.count ? faults.all[0] : "no fault");
        assert_english(faults.all[0]);
        talloc_free(mem);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_ways_are_read),
        cmocka_unit_test(each_fault_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
