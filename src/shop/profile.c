#include "shop/profile.h"
#include "base/text.h"
#include "rules/email.h"
#include "shop/asking.h"
#include <string.h>
#include <talloc.h>

static enum outcome record(struct db_tx *tx, const struct account *account, const char *kind, json_t *data)
{
    char name[PRINCIPAL_TEXT];
    struct actor actor = {.door = "portal",
                          .name = principal_text((struct principal){.account_id = account->id}, name)};
    enum outcome o = data ? event_record_said(tx, account->brand, &actor, kind, 0, 0, account->id, data)
                          : event_record(tx, account->brand, &actor, kind, 0, 0, NULL);

    json_decref(data);
    return o;
}

/* ---- The profile ---- */

struct change {
    void *mem;
    struct principal who;
    const struct profile *profile;
    struct problem *why;
};

static enum outcome change(struct db_tx *tx, void *arg)
{
    struct change *c = arg;
    struct account_profile profile = {.billing = c->profile->billing, .phone = (char *)c->profile->phone};
    struct account account;
    bool set;

    TRY(account_by_id(tx, c->mem, c->who.account_id, &account));
    TRY(account_set_names(tx, account.id, c->profile->billing.name, c->profile->user_name, &set));
    if (!set)
        return problem_set(c->why, PROBLEM_USER_NAME_TAKEN, "user_name", "%s", "");
    TRY(account_profile_put(tx, account.id, &profile));
    return record(tx, &account, "profile.changed", NULL);
}

enum outcome profile_change(struct shop *shop, void *mem, struct principal who, const struct profile *profile,
                            struct problem *why)
{
    struct change c = {.mem = mem, .who = who, .profile = profile, .why = why};

    if (!who.account_id)
        return problem_set(why, PROBLEM_FORBIDDEN, "", "%s", "");
    return db_transaction(shop->db, "profile.change", change, &c);
}

/* ---- The e-mail ---- */

struct moving {
    struct shop *shop;
    void *mem;
    const struct brand *brand;
    int64_t account_id;
    char *email;
    const char *token;
    char hash[TOKEN_TEXT];
    struct asking asking;
    int64_t wait;
    struct account account;
};

static enum outcome load(struct db_tx *tx, void *arg)
{
    struct moving *m = arg;

    TRY(asking_wait(tx, &m->asking, &m->wait));
    return account_by_id(tx, m->mem, m->account_id, &m->account);
}

static enum outcome mail(struct db_tx *tx, const struct moving *m, const char *template, const char *to, json_t *data)
{
    enum outcome o = outbox_add(tx, m->brand->id, "mail", template, to, m->account.language, 0, data);

    json_decref(data);
    return o;
}

static enum outcome tell_owner(struct db_tx *tx, const struct moving *m, const struct account *other)
{
    return mail(tx, m, "account_known", other->email,
                json_pack("{s:s, s:s, s:o, s:o, s:o}", "name", other->name, "email", other->email, "user_name",
                          other->user_name[0] ? json_string(other->user_name) : json_false(), "login_url",
                          json_string(shop_link(m->mem, m->shop, m->brand, "/accedi?as=account")), "recover_url",
                          json_string(shop_link(m->mem, m->shop, m->brand, "/recupero"))));
}

static enum outcome ask(struct db_tx *tx, void *arg)
{
    struct moving *m = arg;
    struct account other;
    enum outcome o;

    TRY(asking_count(tx, &m->asking));
    o = account_by_email(tx, m->mem, m->brand->id, m->email, &other);
    if (o == DONE)
        return tell_owner(tx, m, &other);
    if (o != REFUSED)
        return o;
    TRY(email_link_insert(tx, m->hash, m->account_id, m->email, instant_plus(db_now(tx), EMAIL_LINK_LIFE)));
    return mail(tx, m, "email_change", m->email,
                json_pack("{s:s, s:s, s:I, s:o}", "name", m->account.name, "email", m->email, "hours",
                          (json_int_t)(EMAIL_LINK_LIFE / HOURS(1)), "url",
                          json_string(shop_link(m->mem, m->shop, m->brand,
                                                talloc_asprintf(m->mem, "/profilo/email/%s", m->token)))));
}

enum outcome email_change_begin(struct shop *shop, void *mem, const struct email_change *c, struct problem *why)
{
    struct moving m = {.shop = shop, .mem = mem, .brand = c->brand, .account_id = c->who.account_id};
    char token[TOKEN_TEXT];

    if (!c->who.account_id)
        return problem_set(why, PROBLEM_FORBIDDEN, "", "%s", "");
    m.email = text_lower(mem, text_trim(mem, c->email));
    if (!email_valid(m.email))
        return problem_set(why, PROBLEM_NOT_AN_EMAIL, "email", "%s", "");
    m.asking = asking_of(mem, "email", c->brand, m.email, c->client);
    TRY(db_read(shop->db, "email_change.look", load, &m));
    if (strcmp(m.email, m.account.email) == 0)
        return problem_set(why, PROBLEM_EMAIL_SAME, "email", "%s", "");
    if (m.wait > 0)
        return throttled(m.wait, "email", why);
    if (!m.account.password_hash[0] || text_characters(c->password) > PASSWORD_MOST ||
        !password_verify(m.account.password_hash, c->password))
        return problem_set(why, PROBLEM_PASSWORD_WRONG, "current", "%s", "");
    token_make(token);
    token_hash(token, m.hash);
    m.token = token;
    return db_transaction(shop->db, "email_change.begin", ask, &m);
}

static enum outcome find_link(struct db_tx *tx, void *arg)
{
    struct moving *m = arg;
    struct email_link link;

    TRY(email_link_find(tx, m->mem, m->hash, &link));
    m->email = link.email;
    TRY(account_by_id(tx, m->mem, link.account_id, &m->account));
    return strcmp(m->account.brand, m->brand->id) == 0 ? DONE : REFUSED;
}

static enum outcome spent(enum outcome o, struct problem *why)
{
    return o == REFUSED ? problem_set(why, PROBLEM_LINK_SPENT, "", "%s", "") : o;
}

enum outcome email_link_check(struct shop *shop, void *mem, const struct brand *brand, const char *token, char **email,
                              struct problem *why)
{
    struct moving m = {.shop = shop, .mem = mem, .brand = brand};

    token_hash(token, m.hash);
    TRY(spent(db_read(shop->db, "email_link.check", find_link, &m), why));
    *email = m.email;
    return DONE;
}

static enum outcome move(struct db_tx *tx, void *arg)
{
    struct moving *m = arg;
    bool set;

    TRY(find_link(tx, m));
    TRY(account_set_email(tx, m->account.id, m->email, &set));
    if (!set)
        return REFUSED;
    TRY(email_links_spend(tx, m->account.id));
    TRY(reset_links_spend(tx, (struct principal){.account_id = m->account.id})); /* they went to the old e-mail */
    TRY(mail(tx, m, "email_changed", m->account.email,
             json_pack("{s:s, s:s, s:s}", "name", m->account.name, "old_email", m->account.email, "email", m->email)));
    return record(tx, &m->account, "email.changed", json_pack("{s:s, s:s}", "from", m->account.email, "to", m->email));
}

enum outcome email_change_confirm(struct shop *shop, void *mem, const struct brand *brand, const char *token,
                                  struct problem *why)
{
    struct moving m = {.shop = shop, .mem = mem, .brand = brand};

    token_hash(token, m.hash);
    return spent(db_transaction(shop->db, "email_change.confirm", move, &m), why);
}
