#include "base/text.h"
#include "rules/taxid.h"
#include "shop/request_parts.h"
#include <string.h>
#include <talloc.h>

static const char *text_of(const char *text)
{
    return text ? text : "";
}

/* ---- Loading ---- */

static enum outcome load(struct db_tx *tx, void *mem, const struct brand *brand, int64_t account_id, int64_t id,
                         struct request *r, struct problem *why)
{
    enum outcome o = request_by_id(tx, mem, id, r);

    if (o != DONE && o != REFUSED)
        return o;
    if (o == REFUSED || r->account_id != account_id || strcmp(r->brand, brand->id) != 0)
        return problem_set(why, PROBLEM_NOT_FOUND, "request", "%s", "");
    return DONE;
}

enum outcome request_load(struct db_tx *tx, void *mem, const struct brand *brand, int64_t account_id, int64_t id,
                          struct request *request, struct instant *held_until, struct problem *why)
{
    char *address;
    enum outcome o;

    *held_until = (struct instant){0};
    TRY(load(tx, mem, brand, account_id, id, request, why));
    o = name_held(tx, mem, request->id, &address, held_until);
    if (o == DONE && held_until->us == 0)
        *held_until = INSTANT_EVER;
    return o == REFUSED ? DONE : o;
}

enum outcome request_load_draft(struct db_tx *tx, void *mem, const struct brand *brand, int64_t account_id, int64_t id,
                                struct request *request, struct problem *why)
{
    TRY(load(tx, mem, brand, account_id, id, request, why));
    if (request->state != REQUEST_REQUESTED && request->state != REQUEST_RESERVED)
        return problem_set(why, PROBLEM_REQUEST_STATE, "request", "%s", request_state_label(request->state));
    return DONE;
}

enum outcome request_keep(struct db_tx *tx, struct request *r, enum request_event event, struct problem *why)
{
    enum request_state was = r->state;
    bool changed;

    TRY(request_transition(was, event, &r->state, why));
    r->state_text = (char *)request_state_name(r->state);
    TRY(request_update(tx, r, was, &changed));
    return changed ? DONE : BUSY;
}

enum outcome request_lose_name(struct db_tx *tx, struct request *r)
{
    TRY(name_release(tx, r->id));
    r->held_name = (char *)"";
    return request_keep(tx, r, REQUEST_EVENT_LOSE, NULL);
}

/* ---- Saving ---- */

static void put_typed(struct request *r, const struct request *typed)
{
    r->plan = typed->plan;
    r->years = typed->years;
    r->holder = typed->holder;
    r->phone = typed->phone;
    r->signer_name = typed->signer_name;
    r->signer_tax_code = typed->signer_tax_code;
    for (int i = 0; i < NAMES; i++)
        r->name[i] = typed->name[i];
    r->start_now = typed->start_now;
}

/* Whether the name that is held is still one of those wanted, by the same holder. */
static bool still_held(void *mem, const struct request *kept, const struct request *typed)
{
    bool wanted = false;

    for (int i = 0; i < NAMES; i++) {
        char name[NAME_TEXT];

        wanted |= name_check(text_of(typed->name[i]), "", name, NULL) == DONE && strcmp(name, kept->held_name) == 0;
    }
    return wanted && strcmp(taxid_clean(mem, typed->holder.tax_code), kept->holder.tax_code) == 0;
}

static enum outcome save_new(struct db_tx *tx, const struct brand *brand, int64_t account_id, struct request *request,
                             struct problem *why)
{
    int64_t drafts;

    enum outcome inserted;

    TRY(requests_draft_count(tx, account_id, &drafts));
    if (drafts >= DRAFTS_MOST)
        return problem_set(why, PROBLEM_REQUESTS_MANY, "", "%d", DRAFTS_MOST);
    request->brand = (char *)brand->id;
    request->account_id = account_id;
    request->state = REQUEST_REQUESTED;
    inserted = request_insert(tx, request);
    return inserted == REFUSED ? BUSY : inserted; /* the same form, a moment ago; the next try finds its request */
}

/* A new form that is sent again, by a second click or after the button back, goes on with the draft it made. */
static enum outcome find_sent(struct db_tx *tx, void *mem, int64_t account_id, struct request *request)
{
    struct request sent;
    enum outcome o =
        request->form_token ? request_by_form_token(tx, mem, account_id, request->form_token, &sent) : REFUSED;

    if (o == DONE)
        request->id = sent.id;
    return o == REFUSED ? DONE : o;
}

static enum outcome save_again(struct db_tx *tx, void *mem, const struct brand *brand, int64_t account_id,
                               const struct request *typed, struct problem *why)
{
    struct request kept;
    bool lost, changed;

    TRY(request_load_draft(tx, mem, brand, account_id, typed->id, &kept, why));
    lost = kept.state == REQUEST_RESERVED && !still_held(mem, &kept, typed);
    put_typed(&kept, typed);
    if (lost)
        return request_lose_name(tx, &kept);
    TRY(request_update(tx, &kept, kept.state, &changed));
    return changed ? DONE : BUSY;
}

enum outcome draft_save(struct db_tx *tx, void *mem, const struct brand *brand, int64_t account_id,
                        struct request *request, struct problem *why)
{
    struct request saved = *request; /* this may run again, with what was typed */

    if (!saved.id)
        TRY(find_sent(tx, mem, account_id, &saved));
    if (saved.id)
        TRY(save_again(tx, mem, brand, account_id, &saved, why));
    else
        TRY(save_new(tx, brand, account_id, &saved, why));
    return request_by_id(tx, mem, saved.id, request);
}

/* ---- Dropping ---- */

static enum outcome drop(struct db_tx *tx, struct request *r, const struct actor *actor)
{
    json_t *data = json_pack("{s:I, s:s}", "request", (json_int_t)r->id, "name", r->held_name);
    enum outcome o = event_record(tx, r->brand, actor, "request.dropped", r->order_id, 0, data);

    json_decref(data);
    TRY(o);
    TRY(name_release(tx, r->id));
    return request_keep(tx, r, REQUEST_EVENT_DROP, NULL);
}

enum outcome draft_drop(struct db_tx *tx, void *mem, const struct brand *brand, int64_t account_id, int64_t id,
                        const struct actor *actor, struct problem *why)
{
    struct request r;

    TRY(request_load_draft(tx, mem, brand, account_id, id, &r, why));
    return drop(tx, &r, actor);
}

enum outcome request_drop_of(struct db_tx *tx, void *mem, int64_t order_id, const struct actor *actor)
{
    struct request r;

    TRY(request_by_order(tx, mem, order_id, &r));
    return drop(tx, &r, actor);
}

enum outcome drafts_sweep(struct db_tx *tx, void *mem, const struct brands *brands, int limit, int *dropped)
{
    static const enum request_state DRAFTS[] = {REQUEST_REQUESTED, REQUEST_RESERVED};
    const struct actor actor = {.door = "job", .name = "system"};

    *dropped = 0;
    for (size_t b = 0; b < brands->count; b++) {
        struct instant before = instant_plus(db_now(tx), -DAYS(brands->all[b].purchase.draft_days));

        for (size_t s = 0; brands->all[b].purchase.on && s < count_of(DRAFTS); s++) {
            struct request *idle;
            size_t count;

            TRY(requests_idle(tx, mem, brands->all[b].id, DRAFTS[s], before, limit - *dropped, &idle, &count));
            for (size_t i = 0; i < count; i++)
                TRY(drop(tx, &idle[i], &actor));
            *dropped += (int)count;
        }
    }
    return names_release_before(tx, db_now(tx));
}
