/* Which lists of steps a brand may have, what is wrong with the others, and where one is in one (T38, RI140). */
#include "rules/steps.h"
#include "base/text.h"
#include "web/wizard.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define NAMES 12

static const struct {
    const char *names[NAMES];
    bool fixed_term;
} GOOD[] = {
    {{"choose", "cart", "checkout", "confirmed"}, false},
    {{"choose", "checkout"}, false},
    {{"type", "holder", "payment", "term", "contract", "confirm"}, false}, /* S4 */
    {{"contract", "billing", "payment", "summary", "confirm"}, true},      /* S3 */
    {{"term", "payment", "contract", "confirm", "confirmed"}, false},
    {{"contract", "payment", "confirm"}, true},
    {{"lookup", "years", "funds", "means", "billing", "voucher", "confirmed"}, false}, /* S2 */
};

static const struct {
    const char *names[NAMES];
    bool fixed_term;
    enum step_wrong wrong;
    int at;
    const char *other;
} BAD[] = {
    {{"type", "holder", "payment", "term", "confirm"}, false, STEP_MISSING, -1, "contract"},
    {{"type", "payment", "term", "contract"}, false, STEP_MISSING, -1, "confirm"},
    {{"type", "term", "contract", "confirm"}, false, STEP_MISSING, -1, "payment"},
    {{"payment", "contract", "confirm"}, false, STEP_MISSING, -1, "term"},
    {{"contract", "confirm"}, true, STEP_MISSING, -1, "payment"},
    {{"choose", "cart", "confirmed"}, false, STEP_MISSING, -1, "checkout"},
    {{"cart", "checkout"}, false, STEP_MISSING, -1, "choose"},
    {{"term", "type", "payment", "contract", "confirm"}, false, STEP_EARLY, 0, "type"},
    {{"term", "payment", "confirm", "contract"}, false, STEP_EARLY, 2, "contract"},
    {{"summary", "payment", "contract", "confirm"}, true, STEP_EARLY, 0, "payment"},
    {{"payment", "contract", "summary", "term", "confirm"}, false, STEP_EARLY, 2, "term"},
    {{"cart", "choose", "checkout"}, false, STEP_EARLY, 0, "choose"},
    {{"checkout", "choose"}, false, STEP_EARLY, 0, "choose"},
    {{"confirmed", "term", "payment", "contract", "confirm"}, false, STEP_EARLY, 0, "confirm"},
    {{"term", "payment", "contract", "confirm", "billing"}, false, STEP_LATE, 4, "confirm"},
    {{"choose", "checkout", "cart"}, false, STEP_LATE, 2, "checkout"},
    {{"holder", "billing", "term", "payment", "contract", "confirm"}, false, STEP_TWICE, 1, "holder"},
    {{"choose", "checkout", "payment"}, false, STEP_TWICE, 2, "checkout"},
    {{"choose", "contract", "checkout"}, false, STEP_MIXED, 1, ""},
    {{"term", "payment", "contract", "confirm", "cart"}, false, STEP_MIXED, 0, ""},
    {{"term", "payment", "contract", "confirmed", "confirm"}, false, STEP_ENDS, 3, "confirmed"},
    {{"lookup", "years", "means", "voucher"}, false, STEP_LACKS, 2, "funds"},
    {{"years", "lookup", "funds", "means", "voucher"}, false, STEP_EARLY, 0, "lookup"},
    {{"lookup", "years", "funds", "means"}, false, STEP_MISSING, -1, "confirm"},
    {{"lookup", "years", "term", "funds", "means", "voucher"}, false, STEP_TWICE, 2, "years"},
};

static void print_faults(const struct step_fault *faults, size_t count)
{
    for (size_t i = 0; i < count; i++)
        print_error("%d at %d %s %s\n", faults[i].wrong, faults[i].at, faults[i].name, faults[i].other);
}

static void good_lists_have_no_fault(void **state)
{
    (void)state;
    for (size_t i = 0; i < count_of(GOOD); i++) {
        struct step_fault faults[8];
        size_t count = steps_faults(GOOD[i].names, GOOD[i].fixed_term, faults, count_of(faults));

        print_faults(faults, count);
        assert_int_equal(count, 0);
    }
}

static void each_fault_is_found(void **state)
{
    (void)state;
    for (size_t i = 0; i < count_of(BAD); i++) {
        struct step_fault faults[2 * STEPS_MOST];
        size_t count = steps_faults(BAD[i].names, BAD[i].fixed_term, faults, count_of(faults)), right = 0;

        for (size_t f = 0; f < count; f++)
            right += faults[f].wrong == BAD[i].wrong && faults[f].at == BAD[i].at &&
                     strcmp(faults[f].other, BAD[i].other) == 0;
        if (right != 1) {
            print_error("row %zu\n", i);
            print_faults(faults, count);
            fail();
        }
        assert_int_equal(steps_faults(BAD[i].names, BAD[i].fixed_term, faults, 0),
                         0); /* no more than there is room for */
    }
}

/* Every set of answered steps of S3 and S4: one may enter a step exactly when all before it are done. */
static void nobody_gets_ahead(void **state)
{
    (void)state;
    for (size_t list = 2; list < 4; list++) {
        const char *const *names = GOOD[list].names;
        size_t count = 0;

        while (names[count])
            count++;
        for (unsigned set = 0; set < 1U << count; set++) {
            bool done[NAMES];
            size_t first = 0;

            for (size_t i = 0; i < count; i++)
                done[i] = set >> i & 1;
            while (first < count && done[first])
                first++;
            for (size_t i = 0; i < count; i++) {
                const char *missing;
                enum outcome o = step_may_open(names, done, names[i], &missing);

                assert_int_equal(o, i <= first ? DONE : REFUSED);
                if (o == DONE)
                    assert_null(missing);
                else
                    assert_string_equal(missing, names[first]);
            }
        }
    }
}

/* A step with an address has a page; names and addresses are each of one step, and none is an address of the engine's
 * own. */
static void every_step_has_its_page(void **state)
{
    (void)state;
    for (size_t i = 0; step_at(i); i++) {
        const struct step *step = step_at(i);
        const struct wizard_step *const *page = WIZARD_STEPS;

        assert_ptr_equal(step_by_name(step->name), step);
        if (!step->path)
            continue;
        assert_ptr_equal(step_by_path(step->path), step);
        assert_string_not_equal(step->path, "annulla");
        assert_string_not_equal(step->path, "caselle");
        while (*page && strcmp((*page)->name, step->name) != 0)
            page++;
        assert_non_null(*page);
        assert_non_null((*page)->show);
        assert_non_null((*page)->take);
    }
    assert_null(step_by_name("carrello"));
    assert_null(step_by_path("niente"));
    for (const struct wizard_step *const *page = WIZARD_STEPS; *page; page++)
        assert_non_null(step_by_name((*page)->name));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_lists_have_no_fault),
        cmocka_unit_test(each_fault_is_found),
        cmocka_unit_test(nobody_gets_ahead),
        cmocka_unit_test(every_step_has_its_page),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
