/* What a customer says of himself: user names, telephones, and billing data that are empty or whole (DOMAIN R39, R85).
 */
#include "rules/profile.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <talloc.h>

#include <cmocka.h>

static void user_names(void **state)
{
    static const struct {
        const char *typed;
        enum problem_code code;
        const char *kept;
    } ROW[] = {
        {"rosa", PROBLEM_NONE, "rosa"},
        {"  Rosa.Modelli ", PROBLEM_NONE, "rosa.modelli"},
        {"r_1", PROBLEM_NONE, "r_1"},
        {"007", PROBLEM_NONE, "007"},
        {"abcdefghijklmnopqrstuvwxyz012345", PROBLEM_NONE, NULL},
        {"abcdefghijklmnopqrstuvwxyz0123456", PROBLEM_USER_NAME_FORMAT, NULL},
        {NULL, PROBLEM_REQUIRED, NULL},
        {"", PROBLEM_REQUIRED, NULL},
        {"   ", PROBLEM_REQUIRED, NULL},
        {"ro", PROBLEM_USER_NAME_FORMAT, NULL},
        {".rosa", PROBLEM_USER_NAME_FORMAT, NULL},
        {"rosa-", PROBLEM_USER_NAME_FORMAT, NULL},
        {"rosa modelli", PROBLEM_USER_NAME_FORMAT, NULL},
        {"rosà", PROBLEM_USER_NAME_FORMAT, NULL},
        {"rosa'a", PROBLEM_USER_NAME_FORMAT, NULL},
        {"rosa/../a", PROBLEM_USER_NAME_FORMAT, NULL},
        {"rosa@posta.example", PROBLEM_USER_NAME_EMAIL, NULL},
        {"@", PROBLEM_USER_NAME_EMAIL, NULL},
    };
    void *mem = talloc_new(NULL);

    (void)state;
    for (size_t i = 0; i < count_of(ROW); i++) {
        const char *name = ROW[i].typed;
        struct problem why = {0};
        enum outcome o = user_name_check(mem, &name, &why);

        if (why.code != ROW[i].code || o != (why.code ? REFUSED : DONE))
            fail_msg("%s: %s", ROW[i].typed, problem_slug(why.code));
        if (ROW[i].kept)
            assert_string_equal(name, ROW[i].kept);
        if (o != DONE)
            assert_string_equal(why.field, "user_name");
    }
    talloc_free(mem);
}

static void telephones(void **state)
{
    static const char *const GOOD[] = {"06 5550 0200", "+39 06 5550.0200", "(06)555-002", "+39/065550",
                                       "123456789012345"};
    static const char *const BAD[] = {"",           "12345", "1234567890123456", "06 5550 020x", "06+5550020",
                                      "++39065550", "domani"};

    (void)state;
    for (size_t i = 0; i < count_of(GOOD); i++)
        if (!phone_valid(GOOD[i]))
            fail_msg("%s", GOOD[i]);
    for (size_t i = 0; i < count_of(BAD); i++)
        if (phone_valid(BAD[i]))
            fail_msg("%s", BAD[i]);
}

static struct profile rosa(void)
{
    return (struct profile){.user_name = "rosa",
                            .billing = {.kind = HOLDER_PERSON, .name = "Rosa Modelli", .email = "Rosa@Posta.example"}};
}

/* "field:slug field:slug" */
static char *faults_of(void *mem, struct profile *p)
{
    struct problems all = {0};
    char *said = talloc_strdup(mem, "");
    enum outcome o = profile_check(mem, p, &all);

    assert_int_equal(o, all.count ? REFUSED : DONE);
    for (size_t i = 0; i < all.count; i++)
        said = talloc_asprintf_append(said, "%s%s:%s", i ? " " : "", all.item[i].field, problem_slug(all.item[i].code));
    return said;
}

static void billing_is_empty_or_whole(void **state)
{
    void *mem = talloc_new(NULL);
    struct profile p = rosa();

    (void)state;
    assert_string_equal(faults_of(mem, &p), "");
    assert_string_equal(p.billing.email, "rosa@posta.example");
    assert_string_equal(p.billing.country, "IT");
    assert_string_equal(p.billing.street, "");
    assert_string_equal(p.phone, "");

    p = rosa();
    p.billing.postcode = "144";
    assert_string_equal(faults_of(mem, &p), "tax_code:required street:required postcode:postcode city:required "
                                            "province:required");
    p = rosa();
    p.billing.tax_code = "MDLRSO80A41Z999M"; /* invented */
    p.billing.street = "Via dell'Esempio 7";
    p.billing.postcode = "00144";
    p.billing.city = "Roma";
    p.billing.province = "rm";
    assert_string_equal(faults_of(mem, &p), "");
    assert_string_equal(p.billing.province, "RM");

    /* A country alone begins nothing. */
    p = rosa();
    p.billing.country = "fr";
    assert_string_equal(faults_of(mem, &p), "");
    assert_string_equal(p.billing.country, "FR");
    talloc_free(mem);
}

static void all_faults_at_once(void **state)
{
    void *mem = talloc_new(NULL);
    struct profile p = {.user_name = "a@b", .phone = "x", .billing = {.kind = HOLDER_COMPANY, .vat_number = "1"}};
    struct profile staff = rosa();
    char *said = faults_of(mem, &p);

    (void)state;
    assert_ptr_equal(strstr(said, "name:required user_name:user-name-email email:required phone:phone vat_number:"),
                     said);
    /* One fault a field, also where billing has its own word on it. */
    assert_null(strstr(strstr(said, "name:required") + 1, " name:required"));

    staff.user_name = " ";
    assert_string_equal(faults_of(mem, &staff), "user_name:required");
    staff.may_lack_user_name = true;
    assert_string_equal(faults_of(mem, &staff), "");
    assert_string_equal(staff.user_name, "");
    talloc_free(mem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(user_names),
        cmocka_unit_test(telephones),
        cmocka_unit_test(billing_is_empty_or_whole),
        cmocka_unit_test(all_faults_at_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
