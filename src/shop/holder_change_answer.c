/* shop/holder_change_answer.c: the new holder comes by the link, and accepts or declines. */
#include "base/log.h"
#include "base/text.h"
#include "shop/holder_change_parts.h"
#include "shop/present.h"
#include "shop/request.h"
#include <string.h>
#include <talloc.h>

static enum outcome spent(struct problem *why)
{
    return problem_set(why, PROBLEM_LINK_SPENT, "", "%s", "");
}

enum outcome holder_change_offer(struct db_tx *tx, void *mem, const struct brand *brand, const char *token,
                                 struct holder_change_offer *offer, struct problem *why)
{
    struct account account;
    char hash[TOKEN_TEXT];
    enum outcome o;

    token_hash(token ? token : "", hash);
    o = holder_change_by_link(tx, mem, hash, &offer->change);
    if (o == REFUSED)
        return spent(why);
    TRY(o);
    if (offer->change.state != HOLDER_CHANGE_ASKED || strcmp(offer->change.brand, brand->id) != 0 ||
        day_before(offer->change.expires_on, db_today(tx)))
        return spent(why);
    TRY(mailbox_by_id(tx, mem, offer->change.mailbox_id, &offer->mailbox));
    if (strcmp(offer->mailbox.status, mailbox_status_name(MAILBOX_LIVE)) != 0)
        return spent(why);
    o = account_by_email(tx, mem, brand->id, text_lower(mem, offer->change.holder.email), &account);
    offer->known = o == DONE;
    offer->account_id = offer->known ? account.id : 0;
    return o == REFUSED ? DONE : o;
}

struct accepting {
    void *mem;
    const struct holder_change_answer *a;
    struct request person; /* checked */
    char *password_hash;
    const char *session_hash;
    struct holder_change *change;
    struct holder_change_offer offer;
    const struct brand_terms *terms; /* of today */
    bool made;                       /* an account */
    struct problem *why;
};

/* Who it is was said by who asked; how it is reached may be put right. */
static struct request person_of(const struct holder_change_answer *a, const struct holder_change *c)
{
    struct request person = a->person;

    person.holder.kind = c->holder.kind;
    person.holder.name = c->holder.name;
    person.holder.tax_code = c->holder.tax_code;
    person.holder.vat_number = c->holder.vat_number;
    person.holder.email = c->holder.email;
    return person;
}

static enum outcome look(struct db_tx *tx, void *arg)
{
    struct accepting *w = arg;
    int64_t who = w->a->who.account_id;

    TRY(holder_change_offer(tx, w->mem, w->a->brand, w->a->token, &w->offer, w->why));
    w->terms = brand_terms_on(&w->a->brand->terms, db_today(tx));
    if (w->offer.known && who != w->offer.account_id)
        return problem_set(w->why, PROBLEM_UNAUTHENTICATED, "", "%s", "");
    return DONE;
}

static enum outcome make_account(struct db_tx *tx, struct accepting *w)
{
    const struct brand *brand = w->a->brand;
    const struct holder_change *c = &w->offer.change;
    struct account account = {.brand = (char *)brand->id,
                              .email = text_lower(w->mem, c->holder.email),
                              .name = (char *)c->holder.name,
                              .password_hash = w->password_hash,
                              .language = (char *)w->a->language,
                              .proved_at = db_now(tx)};
    struct account_profile profile = {
        .billing = w->person.holder, .kind = w->person.holder_kind, .phone = w->person.phone};
    const struct brand_terms *privacy = brand_terms_on(&brand->privacy, db_today(tx));
    struct principal who;
    char name[PRINCIPAL_TEXT];
    json_t *data;
    enum outcome o;

    TRY(account_insert(tx, &account));
    TRY(account_profile_put(tx, account.id, &profile));
    if (privacy->version)
        TRY(account_privacy_put(
            tx, account.id, &(struct privacy_accepted){(char *)privacy->version, (char *)privacy->sha256, db_now(tx)}));
    TRY(registrations_spend(tx, brand->id, account.email));
    who = (struct principal){.account_id = account.id};
    TRY(session_insert(tx, w->session_hash, brand->id, who));
    w->offer.account_id = account.id;
    w->made = true;
    data = json_pack("{s:s}", "email", account.email);
    o = event_record_said(tx, brand->id, &(struct actor){.door = "portal", .name = principal_text(who, name)},
                          "account.registered", 0, 0, account.id, data);
    json_decref(data);
    return o;
}

static bool accepts_terms(const struct accepting *w)
{
    return w->a->terms_version && strcmp(w->a->terms_version, w->terms->version) == 0;
}

static enum outcome accept(struct db_tx *tx, void *arg)
{
    struct accepting *w = arg;
    struct holder_change *c = w->change;
    char name[PRINCIPAL_TEXT];
    struct actor actor = {.door = "portal", .name = name};

    w->made = false;
    TRY(look(tx, w));
    if (!accepts_terms(w))
        return problem_set(w->why, PROBLEM_HOLDER_TERMS, "terms", "%s", "");
    if (!w->offer.known)
        TRY(make_account(tx, w));
    *c = w->offer.change;
    c->account_id = w->offer.account_id;
    c->holder = w->person.holder;
    c->phone = w->person.phone;
    c->signer_name = w->person.signer_name;
    c->signer_tax_code = w->person.signer_tax_code;
    c->terms_version = (char *)w->terms->version;
    c->terms_sha256 = (char *)w->terms->sha256;
    c->accepted_at = db_now(tx);
    c->expires_on = day_plus(db_today(tx), w->a->brand->holder_change.answer_days);
    TRY(holder_change_step(tx, c, HOLDER_CHANGE_EVENT_ACCEPT, w->why));
    principal_text((struct principal){.account_id = c->account_id}, name);
    TRY(holder_change_note(
        tx, c, &actor, "holder_change.accepted",
        json_pack("{s:s, s:s}", "terms_version", c->terms_version, "terms_sha256", c->terms_sha256)));
    return holder_change_tell_old(
        tx, w->mem, c, "holder_accepted",
        json_pack("{s:o}", "stop_path", json_sprintf("/caselle/%s/intestatario", present_path(w->mem, c->address))));
}

static void check(struct accepting *w, struct problems *faults)
{
    const struct holder_change_answer *a = w->a;
    struct problem why;

    w->person = person_of(a, &w->offer.change);
    (void)!request_check_holder(w->mem, &w->person, faults);
    if (!accepts_terms(w))
        (void)!problems_add(faults, PROBLEM_HOLDER_TERMS, "terms", "%s", "");
    if (w->offer.known)
        return;
    if (password_acceptable(a->password ? a->password : "", &why) != DONE)
        (void)!problems_add(faults, why.code, "password", "%s", why.detail);
    if (a->brand->privacy.version && !a->privacy)
        (void)!problems_add(faults, PROBLEM_PRIVACY, "privacy", "%s", "");
}

enum outcome holder_change_accept(struct shop *shop, void *mem, const struct holder_change_answer *answer,
                                  char session[TOKEN_TEXT], struct holder_change *change, struct problems *faults,
                                  struct problem *why)
{
    char hash[TOKEN_TEXT];
    struct accepting w = {.mem = mem, .a = answer, .change = change, .session_hash = hash, .why = why};

    session[0] = '\0';
    *faults = (struct problems){0};
    TRY(db_read(shop->db, "holder_change.look", look, &w));
    check(&w, faults);
    if (faults->count)
        return REFUSED;
    if (!w.offer.known)
        TRY(password_hash(mem, answer->password, &w.password_hash));
    token_make(session);
    token_hash(session, hash);
    TRY(db_transaction(shop->db, "holder_change.accept", accept, &w));
    if (!w.made)
        session[0] = '\0';
    return DONE;
}

struct declining {
    void *mem;
    const struct brand *brand;
    const char *token;
    struct problem *why;
};

/* The link is proof enough of who declines: nothing is given away by it. */
static enum outcome decline(struct db_tx *tx, void *arg)
{
    struct declining *d = arg;
    struct holder_change_offer offer;
    struct actor actor = {.door = "portal", .name = "link"};

    TRY(holder_change_offer(tx, d->mem, d->brand, d->token, &offer, d->why));
    return holder_change_stop(tx, d->mem, offer.change.id, true, &actor, d->why);
}

enum outcome holder_change_decline(struct shop *shop, void *mem, const struct brand *brand, const char *token,
                                   struct problem *why)
{
    struct declining d = {.mem = mem, .brand = brand, .token = token, .why = why};

    return db_transaction(shop->db, "holder_change.decline", decline, &d);
}
