#include "flow/drafts.h"
#include <string.h>

struct fixture *shop(void **state)
{
    struct fixture *f = fixture(state);

    if (f)
        sell_visura(f);
    return f;
}

static enum outcome wind_on(struct db_tx *tx, void *arg)
{
    struct problem why;

    return db_set_clock(tx, instant_plus(db_now(tx), *(int64_t *)arg), &why);
}

void later(struct fixture *f, int64_t us)
{
    assert_int_equal(db_transaction(f->db, "clock", wind_on, &us), DONE);
}

const struct problem *fault_on(const struct problems *all, const char *field)
{
    for (size_t i = 0; i < all->count; i++)
        if (strcmp(all->item[i].field, field) == 0)
            return &all->item[i];
    return NULL;
}

void assert_fault(const struct problems *all, const char *field, enum problem_code code)
{
    const struct problem *p = fault_on(all, field);

    if (!p || p->code != code)
        fail_msg("%s: %s instead of %s", field, p ? problem_slug(p->code) : "nothing", problem_slug(code));
}

int64_t draft(struct fixture *f, int64_t account_id, const char *one, const char *two, const char *three)
{
    struct request form = form_of(one, two, three);

    assert_int_equal(save_form(f, account_id, &form, NULL), DONE);
    return form.id;
}

struct validated valid(struct fixture *f, int64_t account_id, int64_t id)
{
    struct validated v;

    assert_int_equal(validate(f, account_id, id, &v, NULL), DONE);
    return v;
}

void assert_holds(struct fixture *f, int64_t account_id, int64_t id, const char *address)
{
    struct validated v = valid(f, account_id, id);

    assert_int_equal(v.faults.count, 0);
    assert_string_equal(v.address, address);
    assert_int_equal(request_now(f, id).state, REQUEST_RESERVED);
}

enum problem_code refusal(struct fixture *f, const struct purchase_request *purchase)
{
    struct placed_order placed;
    struct problem why = {0};

    assert_int_equal(confirm(f, purchase, &placed, &why), REFUSED);
    return why.code;
}
