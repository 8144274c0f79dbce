#include "flow/turning.h"
#include <talloc.h>

struct turner *turner(void **state)
{
    struct fixture *f = fixture(state);
    struct turner *t = talloc_zero(f, struct turner);

    t->f = f;
    t->post = post_open(f);
    sql(f, "DELETE FROM day_done");
    sql(f, "DELETE FROM mailbox_row");
    return t;
}

void turn(struct turner *t, int year, int month, int day)
{
    set_day(t->f, year, month, day);
    t->round = post_try(t->post);
}

int64_t noted(struct turner *t, const char *address, const char *event, const char *state)
{
    return number(t->f, talloc_asprintf(t,
                                        "SELECT count(*) FROM notice n JOIN mailbox m ON m.id = n.mailbox_id WHERE "
                                        "m.address = '%s' AND n.event = '%s' AND n.state = '%s'",
                                        address, event, state));
}
