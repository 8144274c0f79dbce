/* Who is invoiced: one good customer of each kind, then one change at a time and the fault it must raise. */
#include "rules/billing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <talloc.h>

#include <cmocka.h>

#define TEN    "abcdefghij"
#define EIGHTY TEN TEN TEN TEN TEN TEN TEN TEN

#define PLACE .street = "Via Roma 1", .postcode = "00185", .city = "Roma", .province = "RM", .country = "IT"

static const struct billing PERSON = {
    .kind = HOLDER_PERSON, .name = "Mario Rossi", .tax_code = "RSSMRA80A01H501U", PLACE, .email = "mario@example.it"};
static const struct billing FREELANCE = {.kind = HOLDER_FREELANCE,
                                         .name = "Studio Rossi",
                                         .tax_code = "RSSMRA80A01H501U",
                                         .vat_number = "01234560587",
                                         PLACE,
                                         .sdi_pec = "rossi@pec.example.it",
                                         .email = "mario@example.it"};
static const struct billing TRADER = {.kind = HOLDER_SOLE_TRADER,
                                      .name = "Idraulica Rossi",
                                      .tax_code = "RSSMRA80A01H501U",
                                      .vat_number = "01234560587",
                                      PLACE,
                                      .sdi_code = "M5UXCR1",
                                      .email = "mario@example.it"};
static const struct billing COMPANY = {.kind = HOLDER_COMPANY,
                                       .name = "Esempio S.r.l.",
                                       .vat_number = "06675021007",
                                       PLACE,
                                       .sdi_code = "M5UXCR1",
                                       .email = "conti@example.it"};
static const struct billing BODY = {.kind = HOLDER_PUBLIC_BODY,
                                    .name = "Comune di Esempio",
                                    .tax_code = "06675021007",
                                    PLACE,
                                    .sdi_code = "UF5X2Q",
                                    .email = "ragioneria@example.it"};
static const struct billing ABROAD = {.kind = HOLDER_COMPANY,
                                      .name = "Beispiel GmbH",
                                      .vat_number = "DE123456789",
                                      .street = "Hauptstr. 1",
                                      .postcode = "D-10115",
                                      .city = "Berlin",
                                      .country = "DE",
                                      .email = "info@beispiel.example"};
static const struct billing VISITOR = {.kind = HOLDER_PERSON,
                                       .name = "Jane Doe",
                                       .street = "1 High St",
                                       .city = "London",
                                       .country = "GB",
                                       .email = "jane@example.com"};

static void good_ones(void **state)
{
    const struct billing *all_good[] = {&PERSON, &FREELANCE, &TRADER, &COMPANY, &BODY, &ABROAD, &VISITOR};

    (void)state;
    for (size_t i = 0; i < count_of(all_good); i++) {
        void *mem = talloc_new(NULL);
        struct billing b = *all_good[i];
        struct problems all = {0};

        if (billing_check(mem, &b, &all) != DONE)
            fail_msg("%s: %s, problem %d", b.name, all.item[0].field, all.item[0].code);
        assert_int_equal(all.count, 0);
        assert_non_null(b.vat_number);
        assert_non_null(b.province);
        assert_non_null(b.sdi_code);
        assert_non_null(b.sdi_pec);
        assert_int_equal(billing_check(mem, &b, &all), DONE); /* the canonical form is its own */
        talloc_free(mem);
    }
}

static void canonical_form(void **state)
{
    void *mem = talloc_new(NULL);
    struct billing b = COMPANY, abroad = ABROAD;
    struct problems all = {0};

    (void)state;
    b.name = "  Esempio   S.r.l. ";
    b.vat_number = "it 0667 502 1007";
    b.province = "rm";
    b.country = " it ";
    b.sdi_code = "m5uxcr1 ";
    assert_int_equal(billing_check(mem, &b, &all), DONE);
    assert_string_equal(b.name, "Esempio S.r.l.");
    assert_string_equal(b.vat_number, "06675021007");
    assert_string_equal(b.tax_code, "06675021007"); /* the VAT number's, when none was given */
    assert_string_equal(b.province, "RM");
    assert_string_equal(b.country, "IT");
    assert_string_equal(b.sdi_code, "M5UXCR1");
    assert_string_equal(b.sdi_pec, "");

    assert_int_equal(billing_check(mem, &abroad, &all), DONE);
    assert_string_equal(abroad.vat_number, "123456789");
    assert_string_equal(abroad.sdi_code, "XXXXXXX");
    assert_string_equal(abroad.tax_code, "");
    talloc_free(mem);
}

static const struct change {
    const struct billing *from;
    size_t offset;
    const char *value, *field;
    enum problem_code problem;
} CHANGES[] = {
#define CHANGE(base, member, value, problem)                                                                           \
    {                                                                                                                  \
        &(base), offsetof(struct billing, member), value, #member, PROBLEM_##problem                                   \
    }
    CHANGE(PERSON, name, "", REQUIRED),
    CHANGE(PERSON, name, NULL, REQUIRED),
    CHANGE(PERSON, name, "   ", REQUIRED),
    CHANGE(PERSON, name, "Mario\nRossi", NOT_TEXT),
    CHANGE(PERSON, name, "Mario \xFF", NOT_TEXT),
    CHANGE(PERSON, name, EIGHTY "k", TOO_LONG),
    CHANGE(PERSON, tax_code, NULL, REQUIRED),
    CHANGE(PERSON, tax_code, "06675021007", TAX_CODE_FORMAT),
    CHANGE(PERSON, tax_code, "RSSMRA80A01H501V", TAX_CODE_CHECK),
    CHANGE(PERSON, vat_number, "01234560587", UNKNOWN_FIELD),
    CHANGE(PERSON, street, "", REQUIRED),
    CHANGE(PERSON, street, EIGHTY, TOO_LONG),
    CHANGE(PERSON, postcode, "", REQUIRED),
    CHANGE(PERSON, postcode, "0018", POSTCODE),
    CHANGE(PERSON, postcode, "001855", POSTCODE),
    CHANGE(PERSON, city, NULL, REQUIRED),
    CHANGE(PERSON, province, "", REQUIRED),
    CHANGE(PERSON, province, "XX", PROVINCE),
    CHANGE(PERSON, province, "G A", PROVINCE),
    CHANGE(PERSON, province, "ROMA", PROVINCE),
    CHANGE(PERSON, province, "G", PROVINCE),
    CHANGE(PERSON, country, "", REQUIRED),
    CHANGE(PERSON, country, "ITA", COUNTRY),
    CHANGE(PERSON, country, "ZZ", COUNTRY),
    CHANGE(PERSON, sdi_code, "UF5X2Q", SDI_CODE),
    CHANGE(PERSON, sdi_code, "XXXXXXX", SDI_CODE),
    CHANGE(PERSON, sdi_pec, "mario@", NOT_AN_EMAIL),
    CHANGE(PERSON, email, "", REQUIRED),
    CHANGE(PERSON, email, "mario@example.it\r\nBcc: x@example.it", NOT_AN_EMAIL),
    CHANGE(FREELANCE, tax_code, "", REQUIRED),
    CHANGE(FREELANCE, vat_number, "", REQUIRED),
    CHANGE(FREELANCE, vat_number, "01234560584", VAT_NUMBER_CHECK),
    CHANGE(TRADER, tax_code, "01234560587", TAX_CODE_FORMAT),
    CHANGE(TRADER, vat_number, "0123456058", VAT_NUMBER_FORMAT),
    CHANGE(COMPANY, vat_number, "", REQUIRED),
    CHANGE(COMPANY, vat_number, "06675021008", VAT_NUMBER_CHECK),
    CHANGE(COMPANY, tax_code, "0667502100", TAX_CODE_FORMAT),
    CHANGE(COMPANY, sdi_code, "M5UXCR", SDI_CODE),
    CHANGE(COMPANY, sdi_code, "M5UXCR\xC3\xA0", SDI_CODE),
    CHANGE(BODY, tax_code, "", REQUIRED),
    CHANGE(BODY, tax_code, "RSSMRA80A01H501U", TAX_CODE_FORMAT),
    CHANGE(BODY, sdi_code, "", REQUIRED),
    CHANGE(BODY, sdi_code, "M5UXCR1", SDI_CODE),
    CHANGE(ABROAD, vat_number, "", REQUIRED),
    CHANGE(ABROAD, vat_number, "X", OUT_OF_RANGE),
    CHANGE(ABROAD, vat_number, "12<34", OUT_OF_RANGE),
    CHANGE(ABROAD, tax_code, "RSSMRA80A01H501V", TAX_CODE_CHECK),
    CHANGE(ABROAD, postcode, EIGHTY, TOO_LONG),
    CHANGE(ABROAD, street, "", REQUIRED),
#undef CHANGE
};

static void one_fault_at_a_time(void **state)
{
    (void)state;
    for (size_t i = 0; i < count_of(CHANGES); i++) {
        const struct change *change = &CHANGES[i];
        void *mem = talloc_new(NULL);
        struct billing b = *change->from;
        struct problems all = {0};

        memcpy((char *)&b + change->offset, &change->value, sizeof change->value);
        if (billing_check(mem, &b, &all) != REFUSED || all.count != 1 || all.item[0].code != change->problem ||
            strcmp(all.item[0].field, change->field) != 0)
            fail_msg("change %zu of %s: %zu faults, %s, problem %d", i, change->field, all.count, all.item[0].field,
                     all.item[0].code);
        talloc_free(mem);
    }
}

static void every_fault_at_once(void **state)
{
    void *mem = talloc_new(NULL);
    struct billing b = {.kind = HOLDER_SOLE_TRADER};
    struct problems all = {0};
    static const char *const FIELDS[] = {"name", "tax_code", "vat_number", "street", "postcode",
                                         "city", "province", "country",    "email"};

    (void)state;
    assert_int_equal(billing_check(mem, &b, &all), REFUSED);
    assert_int_equal(all.count, count_of(FIELDS));
    for (size_t i = 0; i < count_of(FIELDS); i++) {
        assert_string_equal(all.item[i].field, FIELDS[i]);
        assert_int_equal(all.item[i].code, PROBLEM_REQUIRED);
    }
    for (int kind = -1; kind <= HOLDER_KINDS; kind += HOLDER_KINDS + 1) {
        b = PERSON;
        b.kind = kind;
        all.count = 0;
        assert_int_equal(billing_check(mem, &b, &all), REFUSED);
        assert_int_equal(all.item[0].code, PROBLEM_NOT_A_CHOICE);
        assert_string_equal(all.item[0].field, "kind");
    }
    talloc_free(mem);
}

static void kinds_have_names(void **state)
{
    enum holder_kind kind;

    (void)state;
    for (int i = 0; i < HOLDER_KINDS; i++) {
        assert_int_equal(holder_kind_of(holder_kind_name((enum holder_kind)i), &kind), DONE);
        assert_int_equal(kind, i);
        assert_true(strlen(holder_kind_label((enum holder_kind)i)) > 0);
    }
    assert_string_equal(holder_kind_name(HOLDER_SOLE_TRADER), "sole_trader");
    assert_string_equal(holder_kind_label(HOLDER_SOLE_TRADER), "Ditta individuale");
    assert_int_equal(holder_kind_of("Person", &kind), REFUSED);
    assert_int_equal(holder_kind_of(NULL, &kind), REFUSED);
    assert_string_equal(holder_kind_name(HOLDER_KINDS), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_ones),           cmocka_unit_test(canonical_form),
        cmocka_unit_test(one_fault_at_a_time), cmocka_unit_test(every_fault_at_once),
        cmocka_unit_test(kinds_have_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
