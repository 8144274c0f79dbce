#include "shop/holder_change.h"
#include "base/i18n.h"
#include "base/text.h"
#include "shop/asking.h"
#include "shop/holder_change_parts.h"
#include "shop/present.h"
#include "shop/request.h"
#include "store/ending.h"
#include <string.h>
#include <talloc.h>

static const struct actor SYSTEM = {.door = "job", .name = "system"};

enum outcome holder_change_step(struct db_tx *tx, struct holder_change *change, enum holder_change_event event,
                                struct problem *why)
{
    enum holder_change_state was = change->state;
    bool changed;

    TRY(holder_change_transition(was, event, &change->state, why));
    TRY(holder_change_update(tx, change, was, &changed));
    return changed ? DONE : BUSY;
}

/* ---- Looking ---- */

static enum outcome look_further(struct db_tx *tx, void *mem, const struct brands *brands,
                                 struct holder_change_look *look)
{
    look->brand = brand_by_id(brands, look->mailbox.brand);
    look->today = db_today(tx);
    if (look->change.id)
        TRY(submissions_of_change(tx, mem, look->change.id, &look->submissions, &look->submission_count));
    TRY(holdings_of_mailbox(tx, mem, look->mailbox.id, &look->holdings, &look->holding_count));
    return look->brand ? DONE : BROKEN;
}

enum outcome holder_change_look(struct db_tx *tx, void *mem, const struct brands *brands, const char *address,
                                struct holder_change_look *look, struct problem *why)
{
    enum outcome o = mailbox_by_address(tx, mem, text_lower(mem, address), &look->mailbox);
    struct holder_change *all;
    size_t count;

    if (o == REFUSED)
        return problem_set(why, PROBLEM_MAILBOX_UNKNOWN, "mailbox", "%s", "");
    TRY(o);
    TRY(holder_changes_of_mailbox(tx, mem, look->mailbox.id, 1, &all, &count));
    look->change = count ? all[0] : (struct holder_change){0};
    look->submission_count = 0;
    return look_further(tx, mem, brands, look);
}

enum outcome holder_change_load(struct db_tx *tx, void *mem, const struct brands *brands, int64_t id,
                                struct holder_change_look *look, struct problem *why)
{
    enum outcome o = holder_change_by_id(tx, mem, id, &look->change);

    if (o == REFUSED)
        return problem_set(why, PROBLEM_NOT_FOUND, "", "%s", "");
    TRY(o);
    TRY(mailbox_by_id(tx, mem, look->change.mailbox_id, &look->mailbox));
    return look_further(tx, mem, brands, look);
}

/* A member's price and a domain's mailboxes follow who they belong to: the desk sees to those. */
enum outcome holder_change_possible(struct db_tx *tx, void *mem, const struct brand *brand,
                                    const struct mailbox *mailbox, struct problem *why)
{
    struct holder_change open;
    struct termination given;
    struct legal_hold hold;
    enum outcome o;

    if (!brand->holder_change.on || strcmp(mailbox->status, mailbox_status_name(MAILBOX_LIVE)) != 0 ||
        mailbox->convention[0] || mailbox->domain[0])
        return problem_set(why, PROBLEM_HOLDER_CHANGE_NOT_HERE, "mailbox", "%s", "");
    if ((o = legal_hold_get(tx, mem, mailbox->id, &hold)) != REFUSED)
        return o == DONE ? problem_set(why, PROBLEM_HOLDER_CHANGE_NOT_HERE, "mailbox", "%s", "") : o;
    if ((o = termination_get(tx, mem, mailbox->id, &given)) != REFUSED)
        return o == DONE ? problem_set(why, PROBLEM_TERMINATION, "mailbox", "%s", "") : o;
    if ((o = holder_change_standing(tx, mem, mailbox->id, &open)) != REFUSED)
        return o == DONE ? problem_set(why, PROBLEM_HOLDER_CHANGE_OPEN, "mailbox", "%s", "") : o;
    if (mailbox->open_order_id)
        return problem_set(why, PROBLEM_OPEN_ORDER, "mailbox", "%s", mailbox->address);
    return DONE;
}

/* ---- Asking ---- */

struct asked {
    void *mem;
    const struct holder_change_request *r;
    struct request person;
    struct holder_change *change;
    struct problems *faults;
    const char *token;
    struct asking asking;
    int64_t wait;
    struct mailbox mailbox;
    const char *hash; /* of the password that was come in with */
};

static enum outcome load(struct db_tx *tx, struct asked *a)
{
    struct principal who = a->r->who;
    bool staff = !who.account_id && !who.mailbox_id;
    struct account account;
    struct problem why;
    enum outcome o;

    *a->faults = (struct problems){0};
    TRY(asking_wait(tx, &a->asking, &a->wait));
    o = mailbox_by_address(tx, a->mem, text_lower(a->mem, a->r->mailbox), &a->mailbox);
    if (o == REFUSED || (o == DONE && (strcmp(a->mailbox.brand, a->r->brand->id) != 0 ||
                                       (!staff && !principal_sees(who, &a->mailbox)))))
        return problems_add(a->faults, PROBLEM_MAILBOX_UNKNOWN, "mailbox", "%s", "");
    TRY(o);
    a->hash = staff ? NULL : a->mailbox.password_hash;
    if (who.account_id) {
        TRY(account_by_id(tx, a->mem, who.account_id, &account));
        a->hash = account.password_hash;
    }
    o = holder_change_possible(tx, a->mem, a->r->brand, &a->mailbox, &why);
    return o == REFUSED ? problems_add(a->faults, why.code, why.field, "%s", why.detail) : o;
}

static enum outcome load_first(struct db_tx *tx, void *arg)
{
    return load(tx, arg);
}

static void check_person(struct asked *a)
{
    const struct billing *h = &a->person.holder;

    (void)!request_check_holder(a->mem, &a->person, a->faults);
    if (h->tax_code[0] && text_same(h->tax_code, a->mailbox.holder.tax_code) &&
        text_same(h->vat_number, a->mailbox.holder.vat_number))
        (void)!problems_add(a->faults, PROBLEM_HOLDER_SAME, "tax_code", "%s", "");
    if (text_same(h->email, a->mailbox.address))
        (void)!problems_add(a->faults, PROBLEM_HOLDER_CONTACT_SAME, "email", "%s", "");
    if (!a->r->agreed)
        (void)!problems_add(a->faults, PROBLEM_REQUIRED, "agreed", "%s", "");
}

static enum outcome check_password(const struct asked *a)
{
    const char *typed = a->r->password ? a->r->password : "";

    if (!a->hash)
        return DONE;
    if (!a->hash[0] || text_characters(typed) > PASSWORD_MOST || !password_verify(a->hash, typed))
        return problems_add(a->faults, PROBLEM_PASSWORD_WRONG, "current", "%s", "");
    return DONE;
}

static void describe(const struct asked *a, struct day today)
{
    const struct holder_change_request *r = a->r;
    const struct mailbox *m = &a->mailbox;

    *a->change = (struct holder_change){.brand = m->brand,
                                        .mailbox_id = m->id,
                                        .state = HOLDER_CHANGE_ASKED,
                                        .from_holder_id = m->holder_id,
                                        .from_account_id = m->account_id,
                                        .asked_by = (char *)r->actor.name,
                                        .asked_door = (char *)r->actor.door,
                                        .consent_sha256 = (char *)brand_terms_on(&r->brand->terms, today)->sha256,
                                        .language = (char *)r->language,
                                        .holder = a->person.holder,
                                        .holder_kind = a->person.holder_kind,
                                        .phone = a->person.phone,
                                        .signer_name = a->person.signer_name,
                                        .signer_tax_code = a->person.signer_tax_code,
                                        .terms_version = (char *)"",
                                        .terms_sha256 = (char *)"",
                                        .reason = (char *)"",
                                        .note = (char *)"",
                                        .expires_on = day_plus(today, r->brand->holder_change.answer_days),
                                        .address = m->address};
}

static enum outcome invite(struct db_tx *tx, void *mem, const struct holder_change *change, const char *token)
{
    return holder_change_tell_new(tx, mem, change, "holder_invited",
                                  json_pack("{s:o}", "accept_path", json_sprintf("/intestatario/%s", token)));
}

static enum outcome write_asking(struct db_tx *tx, struct asked *a)
{
    char hash[TOKEN_TEXT];

    describe(a, db_today(tx));
    token_hash(a->token, hash);
    TRY(holder_change_insert(tx, a->change, hash));
    TRY(holder_change_note(tx, a->change, &a->r->actor, "holder_change.asked",
                           json_object())); /* who it is stands in its row */
    TRY(invite(tx, a->mem, a->change, a->token));
    return holder_change_tell_old(
        tx, a->mem, a->change, "holder_asked",
        json_pack("{s:o}", "stop_path",
                  json_sprintf("/caselle/%s/intestatario", present_path(a->mem, a->mailbox.address))));
}

static enum outcome ask(struct db_tx *tx, void *arg)
{
    struct asked *a = arg;

    TRY(load(tx, a));
    TRY(asking_count(tx, &a->asking));
    return write_asking(tx, a);
}

enum outcome holder_change_ask_for(struct db_tx *tx, void *mem, const struct holder_change_request *request,
                                   struct holder_change *change, struct problems *faults)
{
    char token[TOKEN_TEXT];
    struct asked a = {.mem = mem, .r = request, .person = request->person, .change = change, .faults = faults};

    a.asking = asking_of(mem, "holder", request->brand, request->mailbox, "");
    TRY(load(tx, &a));
    check_person(&a);
    if (faults->count)
        return REFUSED;
    token_make(token);
    a.token = token;
    return write_asking(tx, &a);
}

enum outcome holder_change_ask(struct shop *shop, void *mem, const struct holder_change_request *request,
                               struct holder_change *change, struct problems *faults)
{
    char token[TOKEN_TEXT];
    struct asked a = {.mem = mem, .r = request, .person = request->person, .change = change, .faults = faults};
    struct problem why;

    a.asking = asking_of(mem, "holder", request->brand, request->mailbox, request->client);
    TRY(db_read(shop->db, "holder_change.load", load_first, &a));
    if (a.wait > 0) {
        (void)!throttled(a.wait, "current", &why);
        return problems_add(faults, why.code, why.field, "%s", why.detail);
    }
    check_person(&a);
    if (check_password(&a) != DONE || faults->count)
        return REFUSED;
    token_make(token);
    a.token = token;
    return db_transaction(shop->db, "holder_change.ask", ask, &a);
}

/* ---- Again ---- */

struct again {
    void *mem;
    int64_t id;
    const struct actor *actor;
    const struct shop *shop;
    const char *token;
    struct problem *why;
};

static enum outcome send_again(struct db_tx *tx, void *arg)
{
    struct again *g = arg;
    struct holder_change change;
    struct asking asking;
    char hash[TOKEN_TEXT];
    int64_t wait;
    enum outcome o = holder_change_by_id(tx, g->mem, g->id, &change);

    if (o == REFUSED)
        return problem_set(g->why, PROBLEM_NOT_FOUND, "", "%s", "");
    TRY(o);
    if (change.state != HOLDER_CHANGE_ASKED)
        return problem_set(g->why, PROBLEM_HOLDER_CHANGE_STATE, "", "%s", holder_change_state_label(change.state));
    asking = asking_of(g->mem, "holder-again", brand_by_id(g->shop->brands, change.brand), change.holder.email, "");
    TRY(asking_wait(tx, &asking, &wait));
    if (wait > 0)
        return DONE;
    TRY(asking_count(tx, &asking));
    token_hash(g->token, hash);
    TRY(holder_change_set_link(tx, change.id, hash));
    TRY(holder_change_note(tx, &change, g->actor, "holder_change.invited_again", json_object()));
    return invite(tx, g->mem, &change, g->token);
}

enum outcome holder_change_again(struct shop *shop, void *mem, int64_t id, const struct actor *actor,
                                 struct problem *why)
{
    char token[TOKEN_TEXT];
    struct again g = {mem, id, actor, shop, token, why};

    token_make(token);
    return db_transaction(shop->db, "holder_change.again", send_again, &g);
}

/* ---- Ending without effect ---- */

enum outcome holder_change_stop(struct db_tx *tx, void *mem, int64_t id, bool by_new, const struct actor *actor,
                                struct problem *why)
{
    struct holder_change change;
    enum outcome o = holder_change_by_id(tx, mem, id, &change);

    if (o == REFUSED)
        return problem_set(why, PROBLEM_NOT_FOUND, "", "%s", "");
    TRY(o);
    TRY(holder_change_step(tx, &change, by_new ? HOLDER_CHANGE_EVENT_DECLINE : HOLDER_CHANGE_EVENT_CANCEL, why));
    TRY(holder_change_close_papers(tx, mem, &change, actor));
    TRY(holder_change_note(tx, &change, actor, by_new ? "holder_change.declined" : "holder_change.cancelled",
                           json_object()));
    return holder_change_tell_ended(tx, mem, &change, NULL);
}

enum outcome holder_changes_expire(struct db_tx *tx, void *mem, int limit, int *expired)
{
    struct holder_change *all;
    size_t count;

    TRY(holder_changes_overdue(tx, mem, db_today(tx), limit, &all, &count));
    for (size_t i = 0; i < count; i++) {
        TRY(holder_change_step(tx, &all[i], HOLDER_CHANGE_EVENT_EXPIRE, NULL));
        TRY(holder_change_close_papers(tx, mem, &all[i], &SYSTEM));
        TRY(holder_change_note(tx, &all[i], &SYSTEM, "holder_change.expired", json_object()));
        TRY(holder_change_tell_ended(tx, mem, &all[i], NULL));
    }
    *expired = (int)count;
    return DONE;
}
