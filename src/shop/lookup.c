#include "shop/lookup.h"
#include "base/text.h"
#include "rules/user_id.h"
#include "shop/asking.h"
#include "shop/login_parts.h"
#include "store/order.h"
#include <inttypes.h>
#include <string.h>
#include <talloc.h>

struct work {
    void *mem;
    const struct lookup *lookup;
    char *name_key, *client_key; /* of the throttle */
    struct mailbox *found;
    struct problem *why;
    enum outcome answer; /* DONE or REFUSED; a refusal leaves its traces, so the transaction is committed */
};

static enum outcome refuse(struct work *w, enum problem_code code, const char *field)
{
    w->answer = problem_set(w->why, code, field, "%s", brand_support(w->mem, w->lookup->brand));
    return DONE;
}

/* The name he comes in with himself; others' are not looked for, so nobody learns of them here. */
static enum outcome is_own_name(struct db_tx *tx, struct work *w, bool *own)
{
    const char *typed = text_lower(w->mem, text_trim(w->mem, w->lookup->user_id));
    struct account account;

    TRY(account_by_id(tx, w->mem, w->lookup->who.account_id, &account));
    *own = text_same(typed, account.email) ||
           (account.user_name && account.user_name[0] && text_same(typed, account.user_name));
    return DONE;
}

static enum outcome refuse_pair(struct db_tx *tx, struct work *w)
{
    bool own = false;

    if (w->lookup->who.account_id)
        TRY(is_own_name(tx, w, &own));
    if (own)
        return refuse(w, PROBLEM_USER_ID_IS_LOGIN, "user_id");
    TRY(attempts_failed(tx, w->name_key, w->client_key));
    return refuse(w, PROBLEM_LOOKUP, "user_id");
}

static enum outcome find_pair(struct db_tx *tx, struct work *w, bool *right)
{
    const struct lookup *l = w->lookup;
    char *address = text_lower(w->mem, text_trim(w->mem, l->address));
    enum outcome o = mailbox_by_address(tx, w->mem, address, w->found);

    *right = o == DONE && strcmp(w->found->brand, l->brand->id) == 0 && user_id_is(l->user_id, w->found->user_id);
    return o == REFUSED ? DONE : o;
}

/* An order that stands in the way is told by its code to whoever may see it. */
static enum outcome check_free(struct db_tx *tx, struct work *w)
{
    const struct lookup *l = w->lookup;
    struct order order;
    bool seen;

    w->answer = renewal_possible(tx, w->mem, l->brand, w->found, db_today(tx), w->why);
    if (w->answer != DONE && w->answer != REFUSED)
        return w->answer;
    if (w->answer == DONE || w->why->code != PROBLEM_OPEN_ORDER)
        return DONE;
    if (l->key_id)
        return DONE;
    TRY(order_by_id(tx, w->mem, w->found->open_order_id, &order));
    TRY(order_seen_by(tx, &order, l->who, &seen));
    return seen ? DONE : refuse(w, PROBLEM_OPEN_ORDER_ELSEWHERE, "");
}

static enum outcome look(struct db_tx *tx, void *arg)
{
    struct work *w = arg;
    const struct lookup *l = w->lookup;
    int64_t wait;
    bool right;

    *w->why = (struct problem){0};
    w->answer = DONE;
    TRY(attempts_wait(tx, w->name_key, w->client_key, &wait));
    if (wait > 0) {
        w->answer = throttled(wait, "user_id", w->why);
        return DONE;
    }
    if (user_id_is_excluded(l->user_id, l->brand->lookup.excluded))
        return refuse(w, PROBLEM_USER_ID_EXCLUDED, "user_id");
    TRY(find_pair(tx, w, &right));
    if (!right)
        return refuse_pair(tx, w);
    TRY(check_free(tx, w));
    if (w->answer != DONE)
        return DONE;
    if (!l->key_id)
        TRY(mailbox_grant(tx, l->who.session, w->found->id));
    return event_record(tx, l->brand->id, &l->actor, "mailbox.found", 0, w->found->id, NULL);
}

enum outcome lookup_mailbox(struct shop *shop, void *mem, const struct lookup *lookup, struct mailbox *found,
                            struct problem *why)
{
    const char *brand = lookup->brand->id;
    struct problem unheard;
    struct work w = {.mem = mem,
                     .lookup = lookup,
                     .name_key = lookup->key_id
                                     ? talloc_asprintf(mem, "lookup-key:%s:%" PRId64, brand, lookup->key_id)
                                     : talloc_asprintf(mem, "lookup:%s:%" PRId64, brand, lookup->who.account_id),
                     .client_key = talloc_asprintf(mem, "lookup-client:%s:%s", brand, lookup->client),
                     .found = found,
                     .why = why ? why : &unheard};

    if (!lookup->brand->lookup.on || (!lookup->key_id && (!lookup->who.account_id || !lookup->who.session)))
        return problem_set(why, PROBLEM_FORBIDDEN, "", "%s", "");
    TRY(db_transaction(shop->db, "mailbox.lookup", look, &w));
    return w.answer;
}

bool lookup_found(const struct problem *why)
{
    return why->code != PROBLEM_FORBIDDEN && why->code != PROBLEM_THROTTLED && why->code != PROBLEM_LOOKUP &&
           why->code != PROBLEM_USER_ID_EXCLUDED && why->code != PROBLEM_USER_ID_IS_LOGIN;
}

enum outcome may_renew(struct db_tx *tx, struct principal who, const struct mailbox *mailbox, bool *may)
{
    *may = principal_sees(who, mailbox);
    if (*may || !who.session || !who.account_id)
        return DONE;
    return mailbox_is_granted(tx, who.session, mailbox->id, may);
}
