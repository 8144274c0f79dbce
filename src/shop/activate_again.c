/* Activating again, by the desk's wish or with other names that the buyer or the desk gives (M12). */
#include "base/log.h"
#include "base/text.h"
#include "shop/activate_parts.h"
#include "shop/review_parts.h"
#include <stdio.h>
#include <string.h>
#include <talloc.h>

static enum outcome find(struct db_tx *tx, void *mem, const struct shop *shop, int64_t request_id, struct request *r,
                         const struct brand **brand, struct problem *why)
{
    enum outcome o = request_by_id(tx, mem, request_id, r);

    *brand = NULL;
    if (o == REFUSED)
        return problem_set(why, PROBLEM_NOT_FOUND, "", "%s", "");
    TRY(o);
    *brand = brand_by_id(shop->brands, r->brand);
    return *brand ? DONE : log_broken("activate.brand", LOG_TEXT("brand", r->brand));
}

static enum outcome wrong_state(const struct request *r, struct problem *why)
{
    return problem_set(why, PROBLEM_REQUEST_STATE, "", "%s", request_state_label(r->state));
}

enum outcome activation_retry(struct db_tx *tx, void *mem, const struct shop *shop, int64_t request_id,
                              const struct actor *actor, struct request *r, struct problem *why)
{
    const struct brand *brand;
    struct outbox_row row;
    bool found = false;
    enum outcome o;

    TRY(find(tx, mem, shop, request_id, r, &brand, why));
    if (r->state == REQUEST_IN_REVIEW && r->error[0])
        return activation_begin(tx, mem, brand, r, actor, why);
    if (r->state != REQUEST_ACTIVATING)
        return wrong_state(r, why);
    o = outbox_of_order(tx, mem, "activate", r->order_id, &row);
    if (o == DONE)
        TRY(outbox_again(tx, row.id, clock_now(), &found)); /* unless a worker is at it just now */
    else if (o == REFUSED)
        TRY(activation_leave_row(tx, r));
    else
        return o;
    return request_note(tx, r, actor, "activation.again", json_object());
}

static enum outcome check_names(struct db_tx *tx, void *mem, const struct brand *brand, struct request *r,
                                const char *const typed[NAMES], struct problems *faults)
{
    char names[NAMES][NAME_TEXT] = {{0}}, field[16];
    bool any = false;

    for (int i = 0; i < NAMES; i++) {
        enum name_verdict verdict;
        struct problem fault;

        snprintf(field, sizeof field, "name_%d", i + 1);
        r->name[i] = (char *)"";
        if (text_is_blank(typed[i]))
            continue;
        any = true;
        if (name_check(typed[i], field, names[i], &fault) != DONE) {
            problems_add(faults, fault.code, fault.field, "%s", fault.detail);
            continue;
        }
        for (int before = 0; before < i; before++)
            if (strcmp(names[before], names[i]) == 0)
                problems_add(faults, PROBLEM_NAME_REPEATED, field, "%s", "");
        r->name[i] = talloc_strdup(mem, names[i]);
        TRY(name_look(tx, activation_address(mem, brand, names[i]), r->holder.tax_code, r->id, &verdict));
        if (verdict != NAME_FREE)
            problems_add(faults, PROBLEM_NAME_TAKEN, field, "%s", "");
    }
    if (!any)
        problems_add(faults, PROBLEM_REQUIRED, "name_1", "%s", "");
    return faults->count ? REFUSED : DONE;
}

enum outcome names_give(struct db_tx *tx, void *mem, const struct shop *shop, int64_t request_id, int64_t account_id,
                        const char *const typed[NAMES], const struct actor *actor, struct request *r,
                        struct problems *faults, struct problem *why)
{
    const struct brand *brand;

    *faults = (struct problems){0};
    TRY(find(tx, mem, shop, request_id, r, &brand, why));
    if (account_id && r->account_id != account_id)
        return problem_set(why, PROBLEM_NOT_FOUND, "", "%s", "");
    if (!request_wants_names(r))
        return wrong_state(r, why);
    TRY(check_names(tx, mem, brand, r, typed, faults));
    r->held_name = (char *)"";
    return activation_begin(tx, mem, brand, r, actor, why);
}
