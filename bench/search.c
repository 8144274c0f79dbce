/* bench/search.c: the desk's one search box over a million mailboxes, on each engine: how long the use case takes for
 * each shape of what is typed, next to a bare indexed select of as many mailboxes with their holders, in turns
 * with it in the same run.
 *
 *     bench-search [MAILBOXES [QUESTIONS]]      1000000, 4000 of each shape
 *
 * PostgreSQL is left out where none can be had. */
#include "shop/search.h"
#include "house.h"
#include "measure.h"
#include "store/mailbox.h"
#include "support/databases.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <talloc.h>

enum { ALLOWED = 5, ROUNDS = 8 };

struct asking {
    struct house *house;
    void *mem; /* of one question */
    const char *typed;
    int64_t number; /* of a mailbox */
    size_t found;
};

struct bare {
    int64_t id;
    char *address, *name;
};

static enum outcome ask_bare(struct db_tx *tx, void *arg)
{
    static const struct db_column BARE[] = {DB_ID(struct bare, id), DB_TEXT(struct bare, address),
                                            DB_TEXT(struct bare, name), DB_END};
    struct asking *a = arg;
    struct bare row;

    a->found = 1;
    return db_one(tx, a->mem, BARE, &row,
                  "SELECT m.id, m.address, h.name FROM mailbox m JOIN holder h ON h.id = m.holder_id WHERE " MAILBOX_AT(
                      "$1") " AND m.status <> 'deleted'",
                  db_text(a->typed));
}

static enum outcome ask_bare_list(struct db_tx *tx, void *arg)
{
    static const struct db_column BARE_ROW[] = {DB_ID(struct bare, id), DB_TEXT(struct bare, address),
                                                DB_TEXT(struct bare, name), DB_END};
    struct asking *a = arg;
    struct bare *rows;

    return db_all(tx, a->mem, BARE_ROW, &rows, &a->found,
                  "SELECT m.id, m.address, h.name FROM mailbox m JOIN holder h ON h.id = m.holder_id WHERE m.id > $1 "
                  "ORDER BY m.id LIMIT 11",
                  db_int(a->number));
}

static enum outcome ask_search(struct db_tx *tx, void *arg)
{
    struct asking *a = arg;
    struct search_found found;

    TRY(search(tx, a->mem, &a->house->brands, &(struct search_request){.typed = a->typed, .brand = ""}, &found));
    a->found = search_count(&found);
    return DONE;
}

enum shape { BARE, BARE_LIST, ADDRESS, WORD, WHOLE_NAME, COMMON_NAME, TAX_CODE, CODE, SHAPES };
static const char *const NAMES[SHAPES] = {[BARE] = "a bare select of one mailbox",
                                          [BARE_LIST] = "a bare select of eleven",
                                          [ADDRESS] = "an address",
                                          [WORD] = "what stands before the @",
                                          [WHOLE_NAME] = "a whole name",
                                          [COMMON_NAME] = "the beginning of everybody's name",
                                          [TAX_CODE] = "a tax code that all have",
                                          [CODE] = "an order's code"};

static const char *typed_of(void *mem, const struct house *h, enum shape shape, int64_t n)
{
    switch (shape) {
    case BARE:
    case BARE_LIST:
    case ADDRESS:
        return house_address(mem, h, n);
    case WORD:
        return talloc_asprintf(mem, "casella-%" PRId64, n);
    case WHOLE_NAME:
        return talloc_asprintf(mem, "Rossi & Bianchi %" PRId64 " Studio", n);
    case COMMON_NAME:
        return "bianchi";
    case TAX_CODE:
        return "01234560587";
    default:
        return "RLM95055";
    }
}

static db_work *const WORK[SHAPES] = {[BARE] = ask_bare, [BARE_LIST] = ask_bare_list};

/* One question of each shape in turn. */
static void measure(struct house *h, int64_t mailboxes, int questions, struct times times[SHAPES])
{
    uint64_t state = 88172645463325252u;

    for (int i = 0; i < questions; i++)
        for (int shape = 0; shape < SHAPES; shape++) {
            struct asking a = {.house = h, .mem = talloc_new(NULL)};
            int64_t begun;

            state ^= state << 13, state ^= state >> 7, state ^= state << 17;
            a.number = (int64_t)(state % (uint64_t)mailboxes);
            a.typed = typed_of(a.mem, h, (enum shape)shape, a.number);
            begun = clock_monotonic_us();
            if (db_read(h->db, "bench", WORK[shape] ? WORK[shape] : ask_search, &a) != DONE)
                give_up("%s is not answered", NAMES[shape]);
            times_note(&times[shape], clock_monotonic_us() - begun);
            if ((a.found == 0) != (shape == CODE))
                give_up("%s finds %zu", NAMES[shape], a.found);
            talloc_free(a.mem);
        }
}

/* Of each shape over the rounds: the middle of them all, and the p99 of the round that was disturbed least by others on
 * the machine. */
struct figures {
    struct times all;
    int32_t p99;
};

static bool tell(const char *engine, struct figures figures[SHAPES])
{
    bool met = true;

    printf("%s\n", engine);
    for (int shape = 0; shape < SHAPES; shape++) {
        printf("  %-34s p50 %5d us, p99 %6d us\n", NAMES[shape], times_at(&figures[shape].all, 0.5),
               figures[shape].p99);
        bool lists = shape == COMMON_NAME || shape == TAX_CODE;
        int32_t limit = figures[lists ? BARE_LIST : BARE].p99;

        if (!WORK[shape])
            met &= at_most(ALLOWED, (double)figures[shape].p99 / (limit ? limit : 1),
                           "  p99 of %s, times that of the bare select", NAMES[shape]);
    }
    return met;
}

static bool run(const char *engine, const char *url, int64_t mailboxes, int questions)
{
    void *mem = talloc_new(NULL);
    struct house *house = house_open(mem, url, 2);
    struct figures figures[SHAPES] = {0};
    bool met;

    house_mailboxes(house, 0, 0, mailboxes);
    for (int round = -1; round < ROUNDS; round++) { /* the first only warms up */
        struct times times[SHAPES] = {0};

        measure(house, mailboxes, questions / ROUNDS + 1, times);
        for (int i = 0; i < SHAPES; i++) {
            int32_t p99 = times_at(&times[i], 0.99);

            if (round < 0) {
                times_forget(&times[i]);
                continue;
            }
            if (!figures[i].p99 || p99 < figures[i].p99)
                figures[i].p99 = p99;
            times_join(&figures[i].all, &times[i]);
        }
    }
    met = tell(engine, figures);
    for (int i = 0; i < SHAPES; i++)
        times_forget(&figures[i].all);
    house_close(house);
    talloc_free(mem);
    return met;
}

int main(int count, char **arguments)
{
    int64_t mailboxes = count > 1 ? atoll(arguments[1]) : 1000000;
    int questions = count > 2 ? atoi(arguments[2]) : 4000;
    void *mem = talloc_new(NULL);
    const char *postgres;
    bool met;

    if (mailboxes < 1 || questions < 1)
        give_up("usage: bench-search [MAILBOXES [QUESTIONS]]");
    met = run("SQLite", NULL, mailboxes, questions);
    postgres = test_database(mem, DB_POSTGRES);
    if (postgres)
        met &= run("PostgreSQL", postgres, mailboxes, questions);
    talloc_free(mem);
    return met ? 0 : 1;
}
