#include "shop/register.h"
#include "base/text.h"
#include "shop/asking.h"
#include <string.h>
#include <talloc.h>

#define WRONG_PASSWORDS 5 /* a link; the next ones wait an hour */

static json_t *text_or_false(const char *text)
{
    return text && text[0] ? json_string(text) : json_false();
}

/* ---- Asking ---- */

struct begin {
    struct shop *shop;
    void *mem;
    const struct brand *brand;
    struct asking asking;
    int64_t wait;
    struct registration *wanted; /* NULL: the one that waits already, again */
    const char *email, *token;
};

static enum outcome look_at_askings(struct db_tx *tx, void *arg)
{
    struct begin *b = arg;

    return asking_wait(tx, &b->asking, &b->wait);
}

/* Whoever has an account learns that he has; the page has not said so. */
static enum outcome tell_owner(struct db_tx *tx, struct begin *b, const struct account *account)
{
    json_t *data = json_pack("{s:s, s:s, s:o, s:o, s:o}", "name", account->name, "email", account->email, "user_name",
                             text_or_false(account->user_name), "login_url",
                             json_string(shop_link(b->mem, b->shop, b->brand, "/accedi?as=account")), "recover_url",
                             json_string(shop_link(b->mem, b->shop, b->brand, "/recupero")));
    enum outcome o = outbox_add(tx, b->brand->id, "mail", "account_known", account->email, account->language, 0, data);

    json_decref(data);
    return o;
}

/* The mail greets nobody: the name was typed by whoever asked. */
static enum outcome send_link(struct db_tx *tx, struct begin *b, struct registration *r)
{
    char hash[TOKEN_TEXT];
    json_t *data;
    enum outcome o;

    r->expires_at = instant_plus(db_now(tx), REGISTRATION_LIFE);
    token_hash(b->token, hash);
    TRY(registration_insert(tx, hash, r));
    data = json_pack("{s:s, s:I, s:o}", "email", r->email, "hours", (json_int_t)(REGISTRATION_LIFE / HOURS(1)), "url",
                     json_string(shop_link(b->mem, b->shop, b->brand,
                                           talloc_asprintf(b->mem, "/registrati/conferma/%s", b->token))));
    o = outbox_add(tx, b->brand->id, "mail", "registration", r->email, r->language, 0, data);
    json_decref(data);
    return o;
}

static enum outcome ask(struct db_tx *tx, void *arg)
{
    struct begin *b = arg;
    struct registration waiting, *r = b->wanted;
    struct account account;
    enum outcome o;

    TRY(asking_count(tx, &b->asking));
    o = account_by_email(tx, b->mem, b->brand->id, b->email, &account);
    if (o == DONE)
        return tell_owner(tx, b, &account);
    if (o != REFUSED)
        return o;
    if (r) {
        const struct brand_terms *privacy = brand_terms_on(&b->brand->privacy, db_today(tx));

        r->privacy = (struct privacy_accepted){(char *)privacy->version, (char *)privacy->sha256, db_now(tx)};
    } else {
        o = registration_of_email(tx, b->mem, b->brand->id, b->email, &waiting);
        if (o != DONE)
            return o == REFUSED ? DONE : o;
        r = &waiting;
    }
    return send_link(tx, b, r);
}

enum outcome registration_begin(struct shop *shop, void *mem, const struct new_registration *wanted,
                                struct problem *why)
{
    const struct profile *p = &wanted->profile;
    char token[TOKEN_TEXT], visit[TOKEN_TEXT];
    struct registration r = {.brand = (char *)wanted->brand->id,
                             .email = (char *)p->billing.email,
                             .user_name = (char *)p->user_name,
                             .name = (char *)p->billing.name,
                             .language = (char *)wanted->language,
                             .next = (char *)wanted->next,
                             .visit_hash = visit,
                             .profile = {.billing = p->billing, .phone = (char *)p->phone}};
    struct begin b = {.shop = shop, .mem = mem, .brand = wanted->brand, .wanted = &r, .email = r.email};

    b.asking = asking_of(mem, "register", wanted->brand, r.email, wanted->client);
    TRY(db_read(shop->db, "registration.askings", look_at_askings, &b));
    if (b.wait > 0)
        return throttled(b.wait, "", why);
    TRY(password_hash(mem, wanted->password, &r.password_hash));
    token_hash(wanted->cookie, visit);
    token_make(token);
    b.token = token;
    return db_transaction(shop->db, "registration.begin", ask, &b);
}

enum outcome registration_again(struct shop *shop, void *mem, const struct brand *brand, const char *email,
                                const char *client, struct problem *why)
{
    struct begin b = {.shop = shop, .mem = mem, .brand = brand, .email = text_lower(mem, text_trim(mem, email))};
    char token[TOKEN_TEXT];

    b.asking = asking_of(mem, "register", brand, b.email, client);
    TRY(db_read(shop->db, "registration.askings", look_at_askings, &b));
    if (b.wait > 0)
        return throttled(b.wait, "", why);
    token_make(token);
    b.token = token;
    return db_transaction(shop->db, "registration.again", ask, &b);
}

/* ---- Confirming ---- */

struct link {
    void *mem;
    const struct brand *brand;
    char hash[TOKEN_TEXT], visit[TOKEN_TEXT];
    const char *guess_key; /* of the throttle, for passwords tried at this link */
    struct registration r;
    bool name_taken;
    int64_t failures;
    const char *user_name, *session_hash;
    struct problem why;
};

static void link_of(struct link *l, void *mem, const struct brand *brand, const char *token, const char *cookie)
{
    *l = (struct link){.mem = mem, .brand = brand};
    token_hash(token, l->hash);
    token_hash(cookie, l->visit);
    l->guess_key = talloc_asprintf(mem, "confirm:%s", l->hash);
}

static bool same_browser(const struct link *l)
{
    return strcmp(l->visit, l->r.visit_hash) == 0;
}

/* Whether there is an account that `find` finds. */
static enum outcome is_there(struct db_tx *tx, const struct link *l, bool by_email, const char *name, bool *there)
{
    struct account account;
    enum outcome o = by_email ? account_by_email(tx, l->mem, l->brand->id, name, &account)
                              : account_by_user_name(tx, l->mem, l->brand->id, name, &account);

    *there = o == DONE;
    return o == REFUSED ? DONE : o;
}

static enum outcome find_link(struct db_tx *tx, void *arg)
{
    struct link *l = arg;
    struct throttle guesses;
    bool known;

    TRY(registration_find(tx, l->mem, l->hash, &l->r));
    if (strcmp(l->r.brand, l->brand->id) != 0)
        return REFUSED;
    TRY(is_there(tx, l, true, l->r.email, &known));
    if (known)
        return REFUSED;
    TRY(throttle_of(tx, l->guess_key, &guesses));
    l->failures = db_now(tx).us - guesses.last_at.us < HOURS(1) ? guesses.failures : 0;
    return is_there(tx, l, false, l->r.user_name, &l->name_taken);
}

static enum outcome spent(enum outcome o, struct problem *why)
{
    return o == REFUSED ? problem_set(why, PROBLEM_LINK_SPENT, "", "%s", "") : o;
}

enum outcome registration_look(struct shop *shop, void *mem, const struct brand *brand, const char *token,
                               const char *cookie, struct waiting_registration *waiting, struct problem *why)
{
    struct link l;

    link_of(&l, mem, brand, token, cookie);
    TRY(spent(db_read(shop->db, "registration.look", find_link, &l), why));
    *waiting = (struct waiting_registration){.name = l.r.name,
                                             .user_name = l.r.user_name,
                                             .email = l.r.email,
                                             .name_taken = l.name_taken,
                                             .needs_password = !same_browser(&l)};
    return DONE;
}

static enum outcome keep_failure(struct db_tx *tx, void *arg)
{
    struct link *l = arg;

    return throttle_failed(tx, l->guess_key, HOURS(1));
}

static enum outcome check_password(struct shop *shop, struct link *l, const char *password, struct problem *why)
{
    if (same_browser(l))
        return DONE;
    if (l->failures >= WRONG_PASSWORDS)
        return throttled(HOURS(1), "password", why);
    if (password && password[0] && text_characters(password) <= PASSWORD_MOST &&
        password_verify(l->r.password_hash, password))
        return DONE;
    TRY(db_transaction(shop->db, "registration.wrong", keep_failure, l));
    return problem_set(why, PROBLEM_PASSWORD_WRONG, "password", "%s", "");
}

static enum outcome record(struct db_tx *tx, const struct link *l, int64_t account_id)
{
    struct principal who = {.account_id = account_id};
    char name[PRINCIPAL_TEXT];
    struct actor actor = {.door = "portal", .name = principal_text(who, name)};
    json_t *data = json_pack("{s:s, s:s}", "email", l->r.email, "privacy_version", l->r.privacy.version);
    enum outcome o = event_record_said(tx, l->brand->id, &actor, "account.registered", 0, 0, account_id, data);

    json_decref(data);
    TRY(o);
    TRY(session_insert(tx, l->session_hash, l->brand->id, who));
    return event_record(tx, l->brand->id, &actor, "session.opened", 0, 0, NULL);
}

static enum outcome make_account(struct db_tx *tx, void *arg)
{
    struct link *l = arg;
    struct account account;
    bool taken;

    l->why = (struct problem){0};
    TRY(spent(find_link(tx, l), &l->why));
    account = (struct account){.brand = l->r.brand,
                               .email = l->r.email,
                               .user_name = (char *)(l->user_name ? l->user_name : l->r.user_name),
                               .name = l->r.name,
                               .password_hash = l->r.password_hash,
                               .language = l->r.language,
                               .proved_at = db_now(tx)};
    TRY(is_there(tx, l, false, account.user_name, &taken));
    if (taken)
        return problem_set(&l->why, PROBLEM_USER_NAME_TAKEN, "user_name", "%s", "");
    TRY(account_insert(tx, &account));
    TRY(account_profile_put(tx, account.id, &l->r.profile));
    TRY(account_privacy_put(tx, account.id, &l->r.privacy));
    TRY(registrations_spend(tx, l->r.brand, l->r.email));
    return record(tx, l, account.id);
}

enum outcome registration_confirm(struct shop *shop, void *mem, const struct confirmation *c, char session[TOKEN_TEXT],
                                  const char **next, struct problem *why)
{
    char hash[TOKEN_TEXT];
    struct link l;
    enum outcome o;

    link_of(&l, mem, c->brand, c->token, c->cookie);
    TRY(spent(db_read(shop->db, "registration.look", find_link, &l), why));
    if (!text_is_blank(c->user_name)) {
        l.user_name = c->user_name;
        TRY(user_name_check(mem, &l.user_name, why));
    }
    TRY(check_password(shop, &l, c->password, why));
    token_make(session);
    token_hash(session, hash);
    l.session_hash = hash;
    o = db_transaction(shop->db, "registration.confirm", make_account, &l);
    if (o == REFUSED)
        *why = l.why.code ? l.why : (struct problem){.code = PROBLEM_LINK_SPENT};
    *next = l.r.next;
    return o;
}
