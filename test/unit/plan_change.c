/* What a change of type or space asks for (DOMAIN §3.7, T48). */
#include "seeded.h"

#include "rules/plan_change.h"

static const struct plan STANDARD = {"standard", "Standard", 2, 1, 0, {990}, {300}, 1};
static const struct plan PRO = {"pro", "Pro", 3, 2, 3, {2990}, {300}, 100, 100};
static const struct plan PREMIUM = {"premium", "Premium", 4, 2, 8, {4490}, {300}, 100, 100};
static const struct plan BARE = {"bare", "Unica", 1, 1, 0, {900}, {0}, 5};

static void what_is_in_use_must_fit(void **state)
{
    (void)state;
    static const struct {
        const char *what;
        const struct plan *from, *to;
        struct space held, wanted;
        int64_t used, archive; /* -1: not known */
        enum problem_code why;
        const char *field, *detail;
    } rows[] = {
        /* clang-format off */
        {"T48: 1,4 GB do not fit into Standard", &PRO, &STANDARD, {0, 0}, {0, 0}, 1434, 2253, PROBLEM_SPACE_NEEDED, "extra_gb", "1"},
        {"T48: with 1 GB more they do", &PRO, &STANDARD, {0, 0}, {1, 0}, 1434, 2253, PROBLEM_NONE, "", ""},
        {"T48: 2,1 GB never do", &PRO, &STANDARD, {0, 0}, {1, 0}, 2150, 0, PROBLEM_MUST_EMPTY, "plan", "2,1 / 2 GB"},
        {"one MB too much is said so", &PRO, &STANDARD, {0, 0}, {1, 0}, 2049, 0, PROBLEM_MUST_EMPTY, "plan", "2,1 / 2 GB"},
        {"to the last MB", &PRO, &STANDARD, {0, 0}, {1, 0}, 2048, 0, PROBLEM_NONE, "", ""},
        {"to the last MB of what the plan has", &PRO, &STANDARD, {0, 0}, {0, 0}, 1024, 0, PROBLEM_NONE, "", ""},
        {"one more", &PRO, &STANDARD, {0, 0}, {0, 0}, 1025, 0, PROBLEM_SPACE_NEEDED, "extra_gb", "1"},
        {"nobody knows what is in use", &PRO, &STANDARD, {0, 0}, {1, 0}, -1, 0, PROBLEM_USED_UNKNOWN, "plan", ""},
        {"up needs no knowledge", &STANDARD, &PRO, {0, 0}, {0, 0}, -1, 0, PROBLEM_NONE, "", ""},
        {"the same neither, full as it may be", &PRO, &PRO, {1, 0}, {1, 0}, 9000, 9000, PROBLEM_NONE, "", ""},
        {"up, but less than with what was bought", &STANDARD, &PRO, {1, 0}, {0, 0}, 2048, 0, PROBLEM_NONE, "", ""},
        {"less extra space of the same plan", &PRO, &PRO, {3, 0}, {1, 0}, 3073, 0, PROBLEM_SPACE_NEEDED, "extra_gb", "2"},
        {"less extra space that nobody knows to be free", &PRO, &PRO, {3, 0}, {1, 0}, -1, 0, PROBLEM_USED_UNKNOWN, "extra_gb", ""},
        {"Premium to Pro with 3 GB of archive", &PREMIUM, &PRO, {0, 0}, {0, 0}, 2048, 3072, PROBLEM_NONE, "", ""},
        {"Premium to Pro with more", &PREMIUM, &PRO, {0, 0}, {0, 0}, 100, 5000, PROBLEM_SPACE_NEEDED, "extra_archive_gb", "2"},
        {"and with those 2 GB", &PREMIUM, &PRO, {0, 0}, {0, 2}, 100, 5000, PROBLEM_NONE, "", ""},
        {"an archive past all that is sold", &PREMIUM, &PRO, {0, 200}, {0, 100}, 100, 110000, PROBLEM_MUST_EMPTY_ARCHIVE, "plan", "107,4 / 103 GB"},
        {"no space is sold on top", &PRO, &BARE, {0, 0}, {0, 0}, 1025, 0, PROBLEM_MUST_EMPTY, "plan", "1,1 / 1 GB"},
        /* clang-format on */
    };
    for (size_t i = 0; i < count_of(rows); i++) {
        struct plan_change change = {
            .from = rows[i].from, .to = rows[i].to, .held = rows[i].held, .wanted = rows[i].wanted};
        struct plan_verdict verdict;
        struct problem why = {0};

        change.used = (struct space_used){rows[i].used >= 0, rows[i].used, rows[i].archive};
        row_holds(rows[i].what,
                  plan_change_check(&change, &verdict, &why) == (rows[i].why == PROBLEM_NONE ? DONE : REFUSED));
        row_holds(rows[i].what, why.code == rows[i].why);
        row_holds(rows[i].what, strcmp(why.field, rows[i].field) == 0);
        if (strcmp(why.detail, rows[i].detail) != 0)
            fail_msg("%s: %s", rows[i].what, why.detail);
    }
}

static void archives_that_go(void **state)
{
    (void)state;
    static const struct {
        const char *what;
        const struct plan *from, *to;
        bool shrinks, deletes;
        int64_t room, archive;
    } rows[] = {
        {"Pro to Standard", &PRO, &STANDARD, true, true, 1024, 0},
        {"Premium to Standard", &PREMIUM, &STANDARD, true, true, 1024, 0},
        {"Premium to Pro", &PREMIUM, &PRO, true, false, 2048, 3072},
        {"Pro to Premium", &PRO, &PREMIUM, false, false, 2048, 8192},
        {"Standard to Pro", &STANDARD, &PRO, false, false, 2048, 3072},
        {"Standard as it is", &STANDARD, &STANDARD, false, false, 1024, 0},
    };
    for (size_t i = 0; i < count_of(rows); i++) {
        struct plan_verdict v;

        plan_change_look(&(struct plan_change){.from = rows[i].from, .to = rows[i].to}, &v);
        row_holds(rows[i].what, v.shrinks == rows[i].shrinks && v.deletes_archive == rows[i].deletes);
        row_holds(rows[i].what, v.room_mb == rows[i].room && v.archive_room_mb == rows[i].archive);
    }
}

/* What the verdict says is the least to buy is enough, and one less is not; whatever is in use. */
static void the_least_is_the_least(void **state)
{
    (void)state;
    static const struct plan *const PLANS[] = {&STANDARD, &PRO, &PREMIUM, &BARE};

    for (int i = 0; i < 20000; i++) {
        struct plan_change c = {.from = PLANS[chance_between(0, 3)], .to = PLANS[chance_between(0, 3)]};
        struct plan_verdict v;
        struct problem why;

        c.held = (struct space){chance_between(0, 19), chance_between(0, 19)};
        c.used = (struct space_used){true, chance_between(0, 29999), chance_between(0, 29999)};
        plan_change_look(&c, &v);
        c.wanted = v.least;
        if (plan_change_check(&c, &v, &why) != DONE) {
            holds(why.code == PROBLEM_MUST_EMPTY || why.code == PROBLEM_MUST_EMPTY_ARCHIVE);
            continue;
        }
        holds(!v.shrinks || c.used.mailbox_mb <= v.room_mb);
        holds(!v.shrinks || v.deletes_archive || !c.to->archive_gb || c.used.archive_mb <= v.archive_room_mb);
        if (v.shrinks && c.wanted.extra_gb > 0) {
            c.wanted.extra_gb--;
            holds(plan_change_check(&c, &v, &why) == REFUSED);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_in_use_must_fit),
        cmocka_unit_test(archives_that_go),
        cmocka_unit_test(the_least_is_the_least),
    };
    return cmocka_run_group_tests(tests, chance_begin, NULL);
}
