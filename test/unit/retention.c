/* How long each class of data is kept (DOMAIN L1, L5, L29, L30). */
#include "seeded.h"

#include "rules/retention.h"

static struct day on(const char *text)
{
    struct day d = {0};

    if (text)
        assert_int_equal(day_parse(text, strlen(text), &d), DONE);
    return d;
}

static void each_class_has_its_term(void **state)
{
    static const struct {
        const char *what;
        enum retention_class class;
        const char *from, *over;
        int months;
    } ROWS[] = {
        {"nothing wants it", RETAIN_NOTHING, "2026-12-20", "2026-12-20", 0},
        {"a log: 30 months, the last day whole", RETAIN_LOG, "2026-12-20", "2029-06-21", 0},
        {"30 months from the end of August", RETAIN_LOG, "2026-08-31", "2029-03-01", 0},
        {"an identity document, a brand that says nothing", RETAIN_IDENTITY, "2026-12-20", "2029-06-21", 0},
        {"an identity document, 6 months", RETAIN_IDENTITY, "2026-12-20", "2027-06-21", 6},
        {"a brand's months are of identity documents alone", RETAIN_LOG, "2026-12-20", "2029-06-21", 6},
        {"a contract: ten years", RETAIN_CONTRACT, "2026-12-20", "2036-12-21", 0},
        {"a contract that ended on 29 February", RETAIN_CONTRACT, "2028-02-29", "2038-03-01", 0},
        {"an invoice: ten years from the end of its year", RETAIN_FISCAL, "2026-01-02", "2037-01-01", 0},
        {"an invoice of the last day of a year", RETAIN_FISCAL, "2026-12-31", "2037-01-01", 0},
        {"whatever its class, what waits for nothing", RETAIN_FISCAL, NULL, NULL, 0},
        {"an address", RETAIN_ALWAYS, "2026-12-20", "2999-12-31", 0},
    };

    (void)state;
    for (size_t i = 0; i < count_of(ROWS); i++) {
        struct day over = retention_over(ROWS[i].class, on(ROWS[i].from), ROWS[i].months);
        char text[DAY_TEXT];

        if (!day_same(over, on(ROWS[i].over)))
            fail_msg("%s: %s", ROWS[i].what, day_iso(over, text));
    }
}

static void what_goes_on_has_no_end(void **state)
{
    (void)state;
    for (int class = 0; class < RETENTION_CLASSES; class ++) {
        assert_int_equal(retention_over(class, RETENTION_NOT_BEGUN, 0).n, DAY_NEVER.n);
        assert_true(retention_name(class)[0] && retention_basis(class)[0]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_class_has_its_term),
        cmocka_unit_test(what_goes_on_has_no_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
