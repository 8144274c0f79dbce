/* Opening what the brands' files name: secrets from files and from the environment, and what is wrong with them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/log.h"
#include "link/gateways.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <talloc.h>
#include <unistd.h>

struct place {
    struct brand all[2];
    struct brands brands;
    char folder[40];
    struct gateways gateways;
    struct problem why;
};

static int set_up(void **state)
{
    struct place *p = talloc_zero(NULL, struct place);

    log_setup(LOG_ERROR + 1, false);
    p->brands = (struct brands){.all = p->all, .count = 2};
    p->all[0].id = "one";
    p->all[0].name = "One";
    p->all[1].id = "two-b";
    p->all[1].name = "Two";
    p->all[0].gateways.axerve.url = "https://bank.example/api/v1/";
    p->all[0].gateways.axerve.shop_login = "GESPAY1";
    p->all[1].gateways.paypal.url = "http://127.0.0.1:1";
    p->all[1].gateways.paypal.client_id = "me";
    p->all[1].gateways.stripe.url = "http://127.0.0.1:1/v1/";
    strcpy(p->folder, "/tmp/casella-secrets-XXXXXX");
    assert_non_null(mkdtemp(p->folder));
    *state = p;
    return 0;
}

static const char *const FILES[] = {"one.axerve.api_key", "two-b.paypal.secret", "two-b.stripe.secret_key",
                                    "two-b.stripe.webhook_secret"};
static const char *const VARIABLES[] = {"CASELLA_ONE_AXERVE_API_KEY", "CASELLA_TWO_B_PAYPAL_SECRET",
                                        "CASELLA_TWO_B_STRIPE_SECRET_KEY", "CASELLA_TWO_B_STRIPE_WEBHOOK_SECRET"};

static void put(struct place *p, const char *name, const char *bytes)
{
    FILE *f = fopen(talloc_asprintf(p, "%s/%s", p->folder, name), "w");

    assert_non_null(f);
    fputs(bytes, f);
    fclose(f);
}

static int tear_down(void **state)
{
    struct place *p = *state;

    for (size_t i = 0; i < count_of(FILES); i++) {
        unlink(talloc_asprintf(p, "%s/%s", p->folder, FILES[i]));
        rmdir(talloc_asprintf(p, "%s/%s", p->folder, FILES[i]));
        unsetenv(VARIABLES[i]);
    }
    assert_int_equal(rmdir(p->folder), 0);
    talloc_free(p);
    return 0;
}

static enum outcome open_all(struct place *p, bool with_folder)
{
    return gateways_open(p, &p->brands, with_folder ? p->folder : NULL, &p->gateways, &p->why);
}

static void opens_what_has_its_secrets(void **state)
{
    struct place *p = *state;

    assert_int_equal(open_all(p, true), DONE);
    assert_int_equal(p->gateways.count, 0);
    put(p, FILES[0], "K3Y\n");
    put(p, FILES[2], "sk_test_1");
    assert_int_equal(open_all(p, true), DONE);
    assert_int_equal(p->gateways.count, 1); /* Stripe still lacks one */
    assert_string_equal(gateway_of(&p->gateways, "one", METHOD_CARD)->provider, "axerve");
    put(p, FILES[1], "s3\r\n");
    put(p, FILES[3], "whsec_1\n");
    assert_int_equal(open_all(p, true), DONE);
    assert_int_equal(p->gateways.count, 3);
    assert_string_equal(gateway_of(&p->gateways, "two-b", METHOD_PAYPAL)->provider, "paypal");
    assert_string_equal(gateway_of(&p->gateways, "two-b", METHOD_STRIPE)->provider, "stripe");
    assert_null(gateway_of(&p->gateways, "one", METHOD_PAYPAL));
    assert_null(gateway_of(&p->gateways, "two-b", METHOD_CARD));
    assert_null(gateway_of(&p->gateways, "three", METHOD_CARD));
}

static void reads_the_environment(void **state)
{
    struct place *p = *state;

    for (size_t i = 0; i < count_of(VARIABLES); i++)
        setenv(VARIABLES[i], "secret", 1);
    assert_int_equal(open_all(p, false), DONE);
    assert_int_equal(p->gateways.count, 3);
    assert_int_equal(open_all(p, true), DONE);
    assert_int_equal(p->gateways.count, 3);
    setenv(VARIABLES[1], "two\nlines", 1);
    assert_int_equal(open_all(p, false), REFUSED);
    setenv(VARIABLES[1], "", 1);
    assert_int_equal(open_all(p, false), REFUSED);
}

static void refuses_bad_secrets(void **state)
{
    static const char *const BAD[] = {"", "\n", "\r\n", "two\nlines\n", "tab\t", "\xff"};
    struct place *p = *state;
    char *long_one = talloc_array(p, char, 5002);

    for (size_t i = 0; i < count_of(BAD); i++) {
        put(p, FILES[0], BAD[i]);
        assert_int_equal(open_all(p, true), REFUSED);
        assert_int_equal(p->why.code, PROBLEM_CONFIG);
        assert_null(p->gateways.all);
    }
    memset(long_one, 'x', 5001);
    long_one[5001] = '\0';
    put(p, FILES[0], long_one);
    assert_int_equal(open_all(p, true), REFUSED);
    unlink(talloc_asprintf(p, "%s/%s", p->folder, FILES[0]));
    assert_int_equal(mkdir(talloc_asprintf(p, "%s/%s", p->folder, FILES[0]), 0700), 0); /* cannot be read */
    assert_int_equal(open_all(p, true), REFUSED);
}

static void refuses_bad_places(void **state)
{
    static const char *const BAD[] = {"http://bank.example/", "ftp://127.0.0.1/", "", "https://u:p@bank.example/"};
    struct place *p = *state;

    put(p, FILES[0], "K3Y\n");
    for (size_t i = 0; i < count_of(BAD); i++) {
        p->all[0].gateways.axerve.url = BAD[i];
        assert_int_equal(open_all(p, true), REFUSED);
    }
    p->all[0].gateways.axerve.url = NULL;
    p->all[1].gateways.paypal.ca_file = "/nonexistent";
    put(p, FILES[1], "s3\n");
    assert_int_equal(open_all(p, true), REFUSED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(opens_what_has_its_secrets, set_up, tear_down),
        cmocka_unit_test_setup_teardown(reads_the_environment, set_up, tear_down),
        cmocka_unit_test_setup_teardown(refuses_bad_secrets, set_up, tear_down),
        cmocka_unit_test_setup_teardown(refuses_bad_places, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
