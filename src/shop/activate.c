#include "shop/activate.h"
#include "base/log.h"
#include "base/text.h"
#include "rules/user_id.h"
#include "rules/withdrawal.h"
#include "shop/autorenew.h"
#include "shop/login.h"
#include "shop/mailhost_parts.h"
#include "shop/present.h"
#include "shop/review_parts.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <talloc.h>

#define USER_IDS_TRIED 1000

static const struct actor SYSTEM = {.door = "job", .name = "system"};

/* ---- The names, in order (RI72) ---- */

static char *address_of(void *mem, const struct brand *brand, const char *name)
{
    return talloc_asprintf(mem, "%s@%s", name, brand->domain);
}

static int place_of(const struct request *r, const char *name)
{
    for (int i = 0; i < NAMES; i++)
        if (name[0] && strcmp(r->name[i], name) == 0)
            return i;
    return -1;
}

/* Holds that name for as long as the order is under way, if it may be had. */
static enum outcome try_name(struct db_tx *tx, void *mem, const struct brand *brand, struct request *r,
                             const char *name, bool *held)
{
    char *address = address_of(mem, brand, name);
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

/* The first free one from that place on. */
static enum outcome hold_from(struct db_tx *tx, void *mem, const struct brand *brand, struct request *r, int from,
                              bool *held)
{
    *held = false;
    for (int i = from; i < NAMES && !*held; i++)
        if (r->name[i][0])
            TRY(try_name(tx, mem, brand, r, r->name[i], held));
    return DONE;
}

/* ---- Asking, and being refused (M9, M12) ---- */

static enum outcome leave_row(struct db_tx *tx, const struct request *r)
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

/* Back to the desk. Where it is for want of a name, the customer can help. */
static enum outcome give_up(struct db_tx *tx, void *mem, const struct brand *brand, struct request *r,
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
        TRY(leave_row(tx, r));
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
        TRY(hold_from(tx, mem, brand, r, 0, &held));
    if (!held) {
        TRY(name_release(tx, r->id));
        r->held_name = (char *)"";
        return give_up(tx, mem, brand, r, problem_slug(PROBLEM_NAME_TAKEN));
    }
    r->error = (char *)"";
    TRY(day_to_begin(tx, mem, brand, r, &r->begins_on));
    if (r->begins_on.n)
        return put_off(tx, r, actor, why);
    TRY(request_keep(tx, r, REQUEST_EVENT_APPROVE, why));
    TRY(request_note(tx, r, actor, "activation.asked", json_pack("{s:s}", "name", r->held_name)));
    return leave_row(tx, r);
}

/* ---- What the host is asked for ---- */

struct work {
    void *mem;
    struct shop *shop;
    int64_t request_id;
    const struct brand *brand;
    const struct brand_plan *plan;
    struct request request;
    struct order order;
    struct account account;
    struct mailbox mailbox; /* as it will be */
    const char *token;      /* of the link to choose its password */
    const char *token_hash;
    const char *refused_name, *refused_why;
};

/* D4, D2-D3. */
static struct term first_term(const struct brand *brand, struct day activated_on, int64_t years)
{
    struct day ends_on = day_add_months(activated_on, (int)years * 12, 0);

    ends_on = brand->purchase.ends_day_before ? day_plus(ends_on, -1) : ends_on;
    return (struct term){.ends_on = ends_on, .anchor = day_split(ends_on).day};
}

/* By the request's own number, so that whoever asks again asks for the same; past one that some mailbox has already. */
static enum outcome pick_user_id(struct db_tx *tx, struct work *w)
{
    const struct brand_purchase *p = &w->brand->purchase;
    char text[USER_ID_TEXT];
    bool free = false;

    for (int64_t n = w->request.id; n < w->request.id + USER_IDS_TRIED && !free; n++) {
        if (user_id_make(p->user_id_prefix, p->user_id_digits, n, text) != DONE ||
            user_id_is_excluded(text, w->brand->lookup.excluded))
            break;
        TRY(mailbox_user_id_is_free(tx, w->brand->id, text, &free));
    }
    if (!free)
        return log_broken("activate.user_id", LOG_TEXT("brand", w->brand->id), LOG_INT("request", w->request.id));
    w->mailbox.user_id = talloc_strdup(w->mem, text);
    return DONE;
}

static enum outcome fill_mailbox(struct db_tx *tx, struct work *w)
{
    const struct request *r = &w->request;
    struct term term = first_term(w->brand, db_today(tx), r->years);

    w->mailbox = (struct mailbox){.brand = r->brand,
                                  .address = address_of(w->mem, w->brand, r->held_name),
                                  .account_id = r->account_id,
                                  .plan = r->plan,
                                  .quota_mb = brand_quota_mb(w->brand, r->plan, 0),
                                  .password_hash = (char *)"",
                                  .status = (char *)mailbox_status_name(MAILBOX_LIVE),
                                  .activated_on = db_today(tx),
                                  .first_expires_on = term.ends_on,
                                  .term = term,
                                  .allowed = term_allows(term.ends_on, &w->brand->renewal),
                                  .convention = (char *)"",
                                  .domain = (char *)"",
                                  .holder = r->holder};
    return pick_user_id(tx, w);
}

static enum outcome load(struct db_tx *tx, struct work *w)
{
    TRY(request_by_id(tx, w->mem, w->request_id, &w->request));
    if (w->request.state != REQUEST_ACTIVATING)
        return DONE;
    w->brand = brand_by_id(w->shop->brands, w->request.brand);
    w->plan = w->brand ? brand_plan_by_id(w->brand, w->request.plan) : NULL;
    if (!w->plan)
        return log_broken("activate.brand", LOG_TEXT("brand", w->request.brand), LOG_TEXT("plan", w->request.plan));
    TRY(order_by_id(tx, w->mem, w->request.order_id, &w->order));
    TRY(account_by_id(tx, w->mem, w->request.account_id, &w->account));
    return fill_mailbox(tx, w);
}

static enum outcome load_first(struct db_tx *tx, void *arg)
{
    return load(tx, arg);
}

/* ---- What it answered ---- */

/* Only what it was asked for: a request that went elsewhere meanwhile is left alone. */
static enum outcome load_again(struct db_tx *tx, struct work *w, bool *same)
{
    char *asked = w->mailbox.address, *user_id = w->mailbox.user_id;

    *same = false;
    TRY(load(tx, w));
    if (w->request.state != REQUEST_ACTIVATING || strcmp(w->mailbox.address, asked) != 0)
        return DONE;
    *same = strcmp(w->mailbox.user_id, user_id) == 0;
    return *same ? DONE : BUSY; /* somebody has it by now: the host is told of another */
}

static enum outcome give_link(struct db_tx *tx, struct work *w)
{
    struct principal who = {.mailbox_id = w->mailbox.id};

    return reset_link_insert(tx, w->token_hash, who, instant_plus(db_now(tx), PASSWORD_LINK_LIFE));
}

/* R70-R71, RI74: to the account, and without the link to a holder who is somebody else. */
static enum outcome tell_activated(struct db_tx *tx, struct work *w)
{
    const struct request *r = &w->request;
    const char *holder = r->holder.email;
    json_t *words = json_pack("{s:s, s:s, s:o, s:s}", "address", w->mailbox.address, "user_id", w->mailbox.user_id,
                              "expires_on", present_day(w->mailbox.term.ends_on), "holder", r->holder.name);
    json_t *data = json_pack("{s:O}", "box", words);
    enum outcome o = DONE;

    if (holder[0] && !text_same(holder, w->account.email))
        o = outbox_add(tx, r->brand, "mail", "activation_notice", holder, w->account.language, r->order_id, data);
    json_decref(data);
    json_object_set_new(words, "days", json_integer(PASSWORD_LINK_LIFE / DAYS(1)));
    json_object_set_new(words, "password_path", json_string(talloc_asprintf(w->mem, "/password/%s", w->token)));
    if (o != DONE) {
        json_decref(words);
        return o;
    }
    return request_tell(tx, w->mem, r, "mailbox_activated", "box", words);
}

static enum outcome finish(struct db_tx *tx, void *arg)
{
    struct work *w = arg;
    enum order_state state;
    bool same, changed;

    TRY(load_again(tx, w, &same));
    if (!same)
        return DONE;
    TRY(order_transition(w->order.state, ORDER_EVENT_FULFIL, &state, NULL));
    TRY(mailbox_insert(tx, &w->mailbox));
    TRY(order_activated(tx, w->order.id, w->mailbox.id, w->mailbox.term.ends_on, &changed));
    if (!changed)
        return BUSY;
    w->request.mailbox_id = w->mailbox.id;
    w->request.error = (char *)"";
    TRY(request_keep(tx, &w->request, REQUEST_EVENT_ACTIVATE, NULL));
    TRY(name_release(tx, w->request.id));
    TRY(give_link(tx, w));
    TRY(autorenew_activated(tx, w->mem, w->brand, &w->order, &w->mailbox, w->request.years, &SYSTEM));

    char day[DAY_TEXT];
    TRY(request_note(tx, &w->request, &SYSTEM, "mailbox.activated",
                     json_pack("{s:s, s:s, s:s}", "address", w->mailbox.address, "user_id", w->mailbox.user_id,
                               "expires_on", day_iso(w->mailbox.term.ends_on, day))));
    return tell_activated(tx, w);
}

/* T22: the next name, by a row of its own; and when there is none left, M12. */
static enum outcome fail(struct db_tx *tx, void *arg)
{
    struct work *w = arg;
    struct request *r = &w->request;
    bool same, held = false;

    TRY(load_again(tx, w, &same));
    if (!same)
        return DONE;
    if (!w->refused_name)
        return give_up(tx, w->mem, w->brand, r, w->refused_why);
    TRY(request_note(tx, r, &SYSTEM, "activation.name_taken", json_pack("{s:s}", "name", r->held_name)));
    TRY(hold_from(tx, w->mem, w->brand, r, place_of(r, w->refused_name) + 1, &held));
    if (held) {
        TRY(request_rewrite(tx, r));
        return leave_row(tx, r);
    }
    TRY(name_release(tx, r->id));
    r->held_name = (char *)"";
    return give_up(tx, w->mem, w->brand, r, problem_slug(PROBLEM_NAME_TAKEN));
}

enum outcome activate(struct shop *shop, void *mem, int64_t request_id, struct problem *why)
{
    struct work *w = talloc_zero(mem, struct work);
    char token[TOKEN_TEXT], hash[TOKEN_TEXT];
    const struct mailhost *host;
    struct mailhost_box box;
    enum outcome o;

    *w = (struct work){.mem = mem, .shop = shop, .request_id = request_id, .token = token, .token_hash = hash};
    TRY(db_read(shop->db, "activate.load", load_first, w));
    if (w->request.state != REQUEST_ACTIVATING)
        return DONE;
    host = mailhost_of(shop->mailhosts, w->brand->id);
    if (!host)
        return BUSY;
    mailhost_box_of(w->plan, &w->mailbox, talloc_asprintf(mem, "request:%" PRId64, request_id), &box);
    o = host->create(host->arg, mem, &box, why);
    if (o == REFUSED) {
        w->refused_name = why->code == PROBLEM_NAME_TAKEN ? w->request.held_name : NULL;
        w->refused_why = problem_text(mem, "it", why);
        return db_transaction(shop->db, "activate.fail", fail, w);
    }
    if (o != DONE)
        return o;
    token_make(token);
    token_hash(token, hash);
    return db_transaction(shop->db, "activate.finish", finish, w);
}

/* ---- Again, and with other names ---- */

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
        TRY(leave_row(tx, r));
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
        TRY(name_look(tx, address_of(mem, brand, names[i]), r->holder.tax_code, r->id, &verdict));
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
