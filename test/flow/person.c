/* What is kept about a person, given out: of every table, of nobody else, without secrets; on both engines. */
#include "shop/person.h"
#include "flow/fixture.h"
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

static const struct actor ANNA = {"office", "operator:1"};

static json_t *export_of(struct fixture *f, const char *tax_code, const char *brand)
{
    struct problem why = {0};
    json_t *all = NULL;

    assert_int_equal(person_export(&f->shop, f, tax_code, brand, &ANNA, &all, &why), DONE);
    return all;
}

static size_t rows(const json_t *all, const char *table)
{
    return json_array_size(json_object_get(json_object_get(all, "tables"), table));
}

static void all_of_a_person_and_nobody_else(void **state)
{
    struct fixture *f = fixture(state);
    json_t *all, *row;
    char *code, *text;

    if (!f)
        return;
    code = order_years(f, VERDI, 1);
    pay(f, &(struct transfer){.text = code, .cents = 3050, .on = day_of(2026, 12, 20)});
    order_years(f, BIANCHI, 1);
    sql(f,
        "UPDATE shop_order SET billing_tax_code = 'BNCMRA70A01H501X' WHERE code <> (SELECT min(code) FROM shop_order)");
    sql(f, "UPDATE mailbox SET password_hash = 'the hash of a password'");

    all = export_of(f, " vrdmra80a41h501u ", "");
    assert_int_equal(rows(all, "holder"), 2);
    assert_int_equal(rows(all, "mailbox"), 2);
    assert_int_equal(rows(all, "shop_order"), 1); /* what somebody else paid is his */
    assert_int_equal(rows(all, "invoice"), 1);
    assert_int_equal(rows(all, "bank_entry"), 1);
    assert_true(rows(all, "event") > 2);
    row = json_array_get(json_object_get(json_object_get(all, "tables"), "shop_order"), 0);
    assert_string_equal(json_string_value(json_object_get(row, "code")), code);
    assert_int_equal(json_integer_value(json_object_get(row, "gross_cents")), 3050);
    text = json_dumps(all, 0);
    assert_null(strstr(text, "the hash"));
    free(text);
    json_decref(all);
    assert_int_equal(number(f, "SELECT count(*) FROM event WHERE kind = 'person.exported'"), 1);
    assert_int_equal(number(f, "SELECT count(*) FROM event WHERE kind = 'person.exported' AND data LIKE '%VRD%'"), 0);
}

static void of_one_brand_or_of_nobody(void **state)
{
    struct fixture *f = fixture(state);
    struct problem why = {0};
    json_t *all = NULL;

    if (!f)
        return;
    assert_int_equal(person_export(&f->shop, f, "VRDMRA80A41H501U", "visura", &ANNA, &all, &why), REFUSED);
    assert_int_equal(why.code, PROBLEM_NOT_FOUND);
    assert_int_equal(person_export(&f->shop, f, "", "", &ANNA, &all, &why), REFUSED);
    all = export_of(f, "VRDMRA80A41H501U", "legalmail");
    assert_int_equal(rows(all, "mailbox"), 2);
    json_decref(all);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_of_a_person_and_nobody_else),
        cmocka_unit_test(of_one_brand_or_of_nobody),
    };

    return FLOW(tests);
}
