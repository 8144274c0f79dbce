#include "shop/asking.h"
#include "store/access.h"
#include <talloc.h>

struct asking asking_of(void *mem, const char *what, const struct brand *brand, const char *name, const char *client)
{
    return (struct asking){talloc_asprintf(mem, "%s:%s:%s", what, brand->id, name),
                           talloc_asprintf(mem, "%s-client:%s:%s", what, brand->id, client)};
}

static int64_t left_of(const struct throttle *t, int64_t most, struct instant now)
{
    int64_t wait = HOURS(1) - (now.us - t->last_at.us);

    return t->failures >= most && wait > 0 ? wait : 0;
}

enum outcome asking_wait(struct db_tx *tx, const struct asking *asking, int64_t *wait)
{
    struct throttle by_name, by_client;
    int64_t other;

    TRY(throttle_of(tx, asking->name_key, &by_name));
    TRY(throttle_of(tx, asking->client_key, &by_client));
    *wait = left_of(&by_name, ASKED_A_NAME, db_now(tx));
    other = left_of(&by_client, ASKED_A_CLIENT, db_now(tx));
    *wait = other > *wait ? other : *wait;
    return DONE;
}

enum outcome asking_count(struct db_tx *tx, const struct asking *asking)
{
    TRY(throttle_failed(tx, asking->name_key, HOURS(1)));
    return throttle_failed(tx, asking->client_key, HOURS(1));
}

enum outcome throttled(int64_t wait, const char *field, struct problem *why)
{
    int64_t seconds = (wait + 999999) / 1000000;

    return seconds > 90 ? problem_set(why, PROBLEM_THROTTLED, field, "%d min", (int)((seconds + 59) / 60))
                        : problem_set(why, PROBLEM_THROTTLED, field, "%d s", (int)seconds);
}
