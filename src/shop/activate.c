/* The mail host is asked for a mailbox, and what it answers is written: done, the next name, or back to the desk. */
#include "base/log.h"
#include "base/text.h"
#include "rules/user_id.h"
#include "shop/activate_parts.h"
#include "shop/autorenew.h"
#include "shop/login.h"
#include "shop/mailhost_parts.h"
#include "shop/present.h"
#include "shop/review_parts.h"
#include <inttypes.h>
#include <string.h>
#include <talloc.h>

#define USER_IDS_TRIED 1000

static const struct actor SYSTEM = {.door = "job", .name = "system"};

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
                                  .address = activation_address(w->mem, w->brand, r->held_name),
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

static int place_of(const struct request *r, const char *name)
{
    for (int i = 0; i < NAMES; i++)
        if (name[0] && strcmp(r->name[i], name) == 0)
            return i;
    return -1;
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
        return activation_give_up(tx, w->mem, w->brand, r, w->refused_why);
    TRY(request_note(tx, r, &SYSTEM, "activation.name_taken", json_pack("{s:s}", "name", r->held_name)));
    TRY(activation_hold_from(tx, w->mem, w->brand, r, place_of(r, w->refused_name) + 1, &held));
    if (held) {
        TRY(request_rewrite(tx, r));
        return activation_leave_row(tx, r);
    }
    TRY(name_release(tx, r->id));
    r->held_name = (char *)"";
    return activation_give_up(tx, w->mem, w->brand, r, problem_slug(PROBLEM_NAME_TAKEN));
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
