/* Activating begins: a name is held, its day has come, and the mail host's row is left; or the request goes back for
 * want of a name. */
#include "rules/withdrawal.h"
#include "shop/activate_parts.h"
#include "shop/review_parts.h"
#include <string.h>
#include <talloc.h>

static const struct actor SYSTEM = {.door = "job", .name = "system"};

/* ---- The names, in order (RI72) ---- */

char *activation_address(void *mem, const struct brand *brand, const char *name)
{
    return talloc_asprintf(mem, "%s@%s", name, brand->domain);
}

/* Holds that name for as long as the order is under way, if it may be had. */
static enum outcome try_name(struct db_tx *tx, void *mem, const struct brand *brand, struct request *r,
                             const char *name, bool *held)
{
    char *address = activation_address(mem, brand, name);
    enum name_verdict verdict;

    *held = false;
    TRY(name_look(tx, address, r->holder.tax_code, r->id, &verdict));
    if (verdict != NAME_FREE)
        return DONE;
    TRY(name_hold(tx, address, r->id, (struct instant){0}, held));
    if (*held)
        r->held_name = talloc_strdup(mem, name);
    return DONE;
}

enum outcome activation_hold_from(struct db_tx *tx, void *mem, const struct brand *brand, struct request *r, int from,
                                  bool *held)
{
    *held = false;
    for (int i = from; i < NAMES && !*held; i++)
        if (r->name[i][0])
            TRY(try_name(tx, mem, brand, r, r->name[i], held));
    return DONE;
}

/* ---- Asking, and being refused (M9, M12) ---- */

enum outcome activation_leave_row(struct db_tx *tx, const struct request *r)
{
    json_t *data = json_pack("{s:I}", "request", (json_int_t)r->id);
    enum outcome o = outbox_add(tx, r->brand, "activate", "", "", "it", r->order_id, data);

    json_decref(data);
    return o;
}

bool request_wants_names(const struct request *r)
{
    return r->state == REQUEST_IN_REVIEW && strcmp(r->error, problem_slug(PROBLEM_NAME_TAKEN)) == 0;
}

enum outcome activation_give_up(struct db_tx *tx, void *mem, const struct brand *brand, struct request *r,
                                const char *error)
{
    struct order order;

    r->error = talloc_strdup(mem, error);
    if (r->state == REQUEST_ACTIVATING)
        TRY(request_keep(tx, r, REQUEST_EVENT_FAIL, NULL));
    else
        TRY(request_rewrite(tx, r));
    TRY(request_note(tx, r, &SYSTEM, "activation.failed", json_pack("{s:s}", "error", error)));
    if (!request_wants_names(r))
        return DONE;
    TRY(order_by_id(tx, mem, r->order_id, &order));
    return request_tell(tx, mem, r, "names_wanted", "names",
                        json_pack("{s:s, s:s, s:s, s:s, s:s}", "give_path", request_page(mem, order.code, "/nomi"),
                                  "first", r->name[0], "second", r->name[1], "third", r->name[2], "domain",
                                  brand->domain));
}

/* L15: of a consumer who did not ask for it before, the day after those of withdrawal. DAY 0: at once. */
static enum outcome day_to_begin(struct db_tx *tx, void *mem, const struct brand *brand, const struct request *r,
                                 struct day *day)
{
    struct order order;

    *day = (struct day){0};
    if (r->start_now || !holder_is_consumer((enum holder_kind)r->holder.kind))
        return DONE;
    TRY(order_by_id(tx, mem, r->order_id, &order));
    *day = withdrawal_first_day_after(rome_day(order.confirmed_at), brand->purchase.withdrawal_days);
    if (!day_before(db_today(tx), *day))
        *day = (struct day){0};
    return DONE;
}

/* Approved; a name is held. */
static enum outcome put_off(struct db_tx *tx, struct request *r, const struct actor *actor, struct problem *why)
{
    char day[DAY_TEXT];

    TRY(request_keep(tx, r, REQUEST_EVENT_PUT_OFF, why));
    return request_note(tx, r, actor, "activation.put_off",
                        json_pack("{s:s, s:s}", "name", r->held_name, "begins_on", day_iso(r->begins_on, day)));
}

enum outcome activations_begin(struct db_tx *tx, void *mem, int limit, int *begun)
{
    struct request *requests;
    size_t count;

    TRY(requests_to_begin(tx, mem, db_today(tx), limit, &requests, &count));
    for (size_t i = 0; i < count; i++) {
        struct request *r = &requests[i];

        TRY(request_keep(tx, r, REQUEST_EVENT_BEGIN, NULL));
        TRY(request_note(tx, r, &SYSTEM, "activation.asked", json_pack("{s:s}", "name", r->held_name)));
        TRY(activation_leave_row(tx, r));
    }
    *begun = (int)count;
    return DONE;
}

enum outcome activation_begin(struct db_tx *tx, void *mem, const struct brand *brand, struct request *r,
                              const struct actor *actor, struct problem *why)
{
    bool held = false;

    if (r->held_name[0])
        TRY(try_name(tx, mem, brand, r, r->held_name, &held));
    if (!held)
        TRY(activation_hold_from(tx, mem, brand, r, 0, &held));
    if (!held) {
        TRY(name_release(tx, r->id));
        r->held_name = (char *)"";
        return activation_give_up(tx, mem, brand, r, problem_slug(PROBLEM_NAME_TAKEN));
    }
    r->error = (char *)"";
    TRY(day_to_begin(tx, mem, brand, r, &r->begins_on));
    if (r->begins_on.n)
        return put_off(tx, r, actor, why);
    TRY(request_keep(tx, r, REQUEST_EVENT_APPROVE, why));
    TRY(request_note(tx, r, actor, "activation.asked", json_pack("{s:s}", "name", r->held_name)));
    return activation_leave_row(tx, r);
}
