#include "shop/day_sweep.h"
#include "shop/activate.h"
#include "shop/approval.h"
#include "shop/chain.h"
#include "shop/documents.h"
#include "shop/door.h"
#include "shop/extra_space.h"
#include "shop/holder_change.h"
#include "shop/login.h"
#include "shop/operator.h"
#include "shop/place_order.h"
#include "shop/proof.h"
#include "shop/request.h"
#include "shop/review.h"
#include "shop/sdi.h"
#include "shop/task.h"
#include "shop/wizard.h"
#include "store/operator_factor.h"
#include "store/order.h"
#include <talloc.h>

#define SESSIONS_KEPT DAYS(1)
#define ANSWERS_KEPT  DAYS(7)
#define FAILURES_KEPT DAYS(1)
#define WIZARDS_KEPT  DAYS(30) /* what was begun and not touched since; ordered or not */
#define LINKS_KEPT    DAYS(7)  /* of registrations and new e-mails, after they ran out */

/* Some at a time, a transaction each, until fewer than that are left. */
struct batch {
    struct day_turn *turn;
    void *mem; /* of the transaction */
    int limit, count;
};

static enum outcome in_batches(struct day_turn *turn, const char *name, db_work *work, int limit, int64_t *done)
{
    struct batch b = {.turn = turn, .limit = limit};
    enum outcome o;

    do {
        b.mem = talloc_new(turn->mem);
        b.count = 0;
        o = db_transaction(turn->shop->db, name, work, &b);
        talloc_free(b.mem);
        if (o == DONE && b.count > 0) {
            *done += b.count;
            day_progress(turn, *done);
        }
    } while (o == DONE && b.count >= limit);
    return o;
}

/* ---- Orders ---- */

/* Most looks find nothing: they cost a read, not a turn at the writer. */
static enum outcome look_for_orders(struct db_tx *tx, void *arg)
{
    struct batch *b = arg;
    struct order *orders;
    size_t count;

    TRY(orders_to_lapse(tx, b->mem, 1, &orders, &count));
    b->count = (int)count;
    return DONE;
}

static enum outcome lapse(struct db_tx *tx, void *arg)
{
    struct batch *b = arg;

    return lapse_orders(tx, b->mem, b->limit, &b->count);
}

enum outcome day_orders(struct day_turn *turn, int64_t *done)
{
    struct batch b = {.turn = turn, .mem = turn->mem};

    TRY(db_read(turn->shop->db, "orders.look", look_for_orders, &b));
    return b.count ? in_batches(turn, "orders.lapse", lapse, 200, done) : DONE;
}

static enum outcome end_spaces(struct db_tx *tx, void *arg)
{
    struct batch *b = arg;

    return spaces_end(tx, b->mem, b->turn->shop->brands, b->limit, &b->count);
}

enum outcome day_spaces(struct day_turn *turn, int64_t *done)
{
    return in_batches(turn, "spaces.end", end_spaces, 100, done);
}

/* ---- Proofs, requests, drafts, documents ---- */

static enum outcome age(struct db_tx *tx, void *arg)
{
    struct batch *b = arg;

    return proofs_age(tx, b->mem, b->turn->shop->brands, b->limit, &b->count);
}

enum outcome day_proofs(struct day_turn *turn, int64_t *done)
{
    return in_batches(turn, "proofs.age", age, 100, done);
}

static enum outcome refuse(struct db_tx *tx, void *arg)
{
    struct batch *b = arg;

    return requests_refuse_silent(tx, b->mem, b->turn->shop, b->limit, &b->count);
}

enum outcome day_requests_silent(struct day_turn *turn, int64_t *done)
{
    return in_batches(turn, "requests.refuse", refuse, 50, done);
}

static enum outcome remind(struct db_tx *tx, void *arg)
{
    struct batch *b = arg;

    return requests_remind(tx, b->mem, b->turn->shop, b->limit, &b->count);
}

enum outcome day_requests_remind(struct day_turn *turn, int64_t *done)
{
    return in_batches(turn, "requests.remind", remind, 50, done);
}

static enum outcome expire_changes(struct db_tx *tx, void *arg)
{
    struct batch *b = arg;

    return holder_changes_expire(tx, b->mem, b->limit, &b->count);
}

enum outcome day_holder_changes(struct day_turn *turn, int64_t *done)
{
    return in_batches(turn, "holder_changes.expire", expire_changes, 50, done);
}

static enum outcome begin(struct db_tx *tx, void *arg)
{
    struct batch *b = arg;

    return activations_begin(tx, b->mem, b->limit, &b->count);
}

enum outcome day_activations(struct day_turn *turn, int64_t *done)
{
    return in_batches(turn, "requests.begin", begin, 50, done);
}

static enum outcome drop(struct db_tx *tx, void *arg)
{
    struct batch *b = arg;

    return drafts_sweep(tx, b->mem, b->turn->shop->brands, b->limit, &b->count);
}

enum outcome day_drafts(struct day_turn *turn, int64_t *done)
{
    return in_batches(turn, "drafts.sweep", drop, 100, done);
}

enum outcome day_documents(struct day_turn *turn, int64_t *done)
{
    const int limit = 100;
    int purged;

    do {
        TRY(documents_purge(turn->shop, turn->mem, limit, &purged));
        *done += purged;
        day_progress(turn, *done);
    } while (purged == limit);
    return DONE;
}

/* ---- Sessions, throttles, links, remembered answers ---- */

static enum outcome sweep(struct db_tx *tx, void *arg)
{
    struct instant now = db_now(tx);

    (void)arg;
    TRY(sessions_delete_before(tx, instant_plus(now, -SESSIONS_KEPT)));
    TRY(operator_sessions_delete_before(tx, instant_plus(now, -SESSIONS_KEPT)));
    TRY(operator_entries_delete_before(tx, now));
    TRY(throttles_delete_before(tx, instant_plus(now, -FAILURES_KEPT)));
    TRY(registrations_delete_before(tx, instant_plus(now, -LINKS_KEPT)));
    TRY(email_links_delete_before(tx, instant_plus(now, -LINKS_KEPT)));
    TRY(wizards_delete_before(tx, instant_plus(now, -WIZARDS_KEPT)));
    TRY(doors_forget(tx, now));
    TRY(task_holds_sweep(tx));
    return answers_delete_before(tx, instant_plus(now, -ANSWERS_KEPT));
}

/* ---- Second persons ---- */

static enum outcome expire_approvals(struct db_tx *tx, void *arg)
{
    struct batch *b = arg;

    return approvals_expire(tx, b->mem, b->limit, &b->count);
}

enum outcome day_approvals(struct day_turn *turn, int64_t *done)
{
    return in_batches(turn, "day.approvals", expire_approvals, 100, done);
}

/* ---- The chain of events ---- */

#define CHAIN_PIECES 50 /* a million places an hour */

static enum outcome look_at_chain(struct db_tx *tx, void *arg)
{
    struct chain_check c;
    bool *due = arg;

    TRY(chain_check_find(tx, &c));
    *due = !c.ended_at.us || db_now(tx).us - c.ended_at.us >= DAYS(1);
    return DONE;
}

enum outcome day_chain(struct day_turn *turn, int64_t *done)
{
    const struct actor job = {.door = "job", .name = "system"};
    struct chain_check check;
    bool due;

    TRY(db_read(turn->shop->db, "day.chain", look_at_chain, &due));
    if (!due)
        return DONE;
    TRY(chain_verify(turn->shop, turn->mem, CHAIN_PIECES, &job, &check));
    *done += check.seq;
    return DONE;
}

enum outcome day_sessions(struct day_turn *turn, int64_t *done)
{
    (void)done;
    return db_transaction(turn->shop->db, "sweep", sweep, NULL);
}

enum outcome day_invoices(struct day_turn *turn, int64_t *done)
{
    return sdi_send_waiting(turn->shop, turn->mem, done);
}
