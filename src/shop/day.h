/* shop/day.h: the day's turn (DOMAIN §3.2 M13-M19, §3.9, D15): all that happens because a day in Rome has begun.
 *
 * It is a list of tasks, in the order in which they are done. Each finds by itself what is due, in set-based statements where
 * mailboxes are concerned, does it once whoever else is at it, and says how much it did. A day that was missed is made up for by the
 * next turn, so nothing is lost by downtime; and a turn that is cut short, or made twice, goes on where it was.
 *
 * A mailbox stops on its dates, exactly at midnight, turn or no turn (DESIGN §1.7). The turn tells people and the outside. */
#pragma once

#include "shop/shop.h"
#include "store/notice.h"

struct day_turn {
    struct shop *shop;
    struct day today;
    /* Told before each task, and as it goes along; NULL: nobody looks. */
    void (*progress)(void *arg, const char *task, int64_t done);
    void *progress_arg;
    const char *task; /* the one that runs, for day_progress */
    void *mem;        /* of the task: freed after it */
};
void day_progress(struct day_turn *turn, int64_t done);

struct day_task {
    const char *name;  /* "notices": in the summary and the log */
    const char *label; /* "avvisi di scadenza", for people; N_() */
    enum outcome (*run)(struct day_turn *turn, int64_t *done);
    bool hourly;       /* due by the hour as well: what ages in minutes */
};
extern const struct day_task DAY_TASKS[];
extern const size_t DAY_TASK_COUNT;
#define DAY_TASKS_MOST 32

/* What a turn did, task by task. */
struct day_summary {
    struct day day;
    bool put_off; /* between 02:00 and 03:00 in Rome nothing is turned: once a year that hour is missing, once it comes twice (D15) */
    int64_t done[DAY_TASKS_MOST]; /* as DAY_TASKS */
};
int64_t day_did(const struct day_summary *summary, const char *task);

/* Today in Rome, and whether it is the hour in which nothing is turned. */
enum outcome day_now(struct shop *shop, struct day *today, bool *quiet) must_check;
/* The whole list, or its hourly part. A task that breaks keeps none of the others back, and the turn then ends as it did; a database
 * that does not answer (BUSY) ends it. The next turn makes up for either. */
enum outcome day_run(struct shop *shop, void *mem, struct day_turn *turn, bool hourly, struct day_summary *summary) must_check;

/* What a step of the brand's plan is due to, where it was last turned up to `turned` (day_notices.c; shop/notice_forecast.h): one rule,
 * or two where customers may have domains of their own, with their own grace. Returns how many. */
#define DAY_RULES 2
size_t day_notice_rules(const struct brand *brand, size_t step, struct day turned, struct day today,
                        struct notice_rule rules[DAY_RULES]);

/* ---- The tasks, by file ---- */

enum outcome day_notices(struct day_turn *turn, int64_t *done) must_check;  /* day_notices.c: every brand's plan */
enum outcome day_cease(struct day_turn *turn, int64_t *done) must_check;    /* day_endings.c: M18 */
enum outcome day_delete(struct day_turn *turn, int64_t *done) must_check;   /* M19 */
enum outcome day_domains(struct day_turn *turn, int64_t *done) must_check;  /* M22: mailboxes of domains that are nobody's any more */
enum outcome day_tally(struct day_turn *turn, int64_t *done) must_check;    /* day_tally.c: the sums of reports (store/report.h) */
enum outcome day_changes(struct day_turn *turn, int64_t *done) must_check;  /* changes to less room that did not fit: asked again */
