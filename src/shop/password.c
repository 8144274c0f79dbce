/* shop/password.c: passwords that are forgotten, reset or changed. */

#include "base/text.h"
#include "shop/activate.h"
#include "shop/asking.h"
#include "shop/login.h"
#include <string.h>
#include <talloc.h>

struct forgotten {
    void *mem;
    struct shop *shop;
    const struct brand *brand;
    const char *name, *token, *mailbox_token;
    struct asking asking;
};

/* A link for whoever it is, to an address that is known to be theirs. */
static enum outcome send_link(struct db_tx *tx, const struct forgotten *f, struct principal who, const char *token,
                              const char *template, const char *to, const char *language, json_t *data)
{
    const char *path = talloc_asprintf(f->mem, "/password/%s", token);
    char hash[TOKEN_TEXT];
    enum outcome o;

    token_hash(token, hash);
    json_object_set_new(data, "minutes", json_integer(RESET_LINK_LIFE / MINUTES(1)));
    json_object_set_new(data, "url", json_string(shop_link(f->mem, f->shop, f->brand, path)));
    o = reset_link_insert(tx, hash, who, instant_plus(db_now(tx), RESET_LINK_LIFE));
    if (o == DONE)
        o = outbox_add(tx, f->brand->id, "mail", template, to, language, 0, data);
    json_decref(data);
    return o;
}

static enum outcome offer_account(struct db_tx *tx, const struct forgotten *f)
{
    struct account a;
    enum outcome o = account_by_either(tx, f->mem, f->brand->id, f->name, &a);

    if (o != DONE)
        return o == REFUSED ? DONE : o;
    return send_link(tx, f, (struct principal){.account_id = a.id}, f->token, "password_reset", a.email, a.language,
                     json_pack("{s:s, s:s, s:o}", "name", a.name, "email", a.email, "user_name",
                               a.user_name[0] ? json_string(a.user_name) : json_false()));
}

/* Of a mailbox whose password we keep, to the address that its holder gave beside it. */
static enum outcome offer_mailbox(struct db_tx *tx, const struct forgotten *f)
{
    struct mailbox m;
    bool hosted;
    enum outcome o = mailbox_by_address(tx, f->mem, f->name, &m);

    if (o != DONE)
        return o == REFUSED ? DONE : o;
    if (strcmp(m.brand, f->brand->id) != 0 || !m.holder.email[0])
        return DONE;
    TRY(mailbox_is_hosted(tx, f->mem, f->brand, &m, &hosted));
    if (!hosted)
        return DONE;
    return send_link(tx, f, (struct principal){.mailbox_id = m.id}, f->mailbox_token, "mailbox_password",
                     m.holder.email, "it", json_pack("{s:s, s:s}", "name", m.holder.name, "mailbox", m.address));
}

static enum outcome forget(struct db_tx *tx, void *arg)
{
    struct forgotten *f = arg;
    int64_t wait;

    TRY(asking_wait(tx, &f->asking, &wait));
    TRY(asking_count(tx, &f->asking));
    if (wait > 0)
        return DONE;
    TRY(offer_mailbox(tx, f));
    return offer_account(tx, f);
}

enum outcome password_forgotten(struct shop *shop, void *mem, const struct brand *brand, const char *name,
                                const char *client)
{
    struct forgotten f = {.mem = mem, .shop = shop, .brand = brand};
    char token[TOKEN_TEXT], mailbox_token[TOKEN_TEXT];

    token_make(token);
    token_make(mailbox_token);
    f.token = token;
    f.mailbox_token = mailbox_token;
    f.name = text_lower(mem, text_trim(mem, name));
    f.asking = asking_of(mem, "forgot", brand, f.name, client);
    return db_transaction(shop->db, "password.forgotten", forget, &f);
}

struct reset {
    void *mem;
    const struct shop *shop;
    const char *brand; /* NULL: any */
    const char *token_hash;
    const char *hash; /* of the new password */
    struct principal who;
    const char *its_brand, *label; /* the account's e-mail, or the mailbox's address */
};

static enum outcome find_owner(struct db_tx *tx, void *arg)
{
    struct reset *r = arg;
    struct account account;
    struct mailbox mailbox;

    TRY(reset_link_owner(tx, r->token_hash, &r->who));
    if (r->who.account_id) {
        TRY(account_by_id(tx, r->mem, r->who.account_id, &account));
        r->its_brand = account.brand;
        r->label = account.email;
    } else {
        TRY(mailbox_by_id(tx, r->mem, r->who.mailbox_id, &mailbox));
        if (strcmp(mailbox.status, mailbox_status_name(MAILBOX_DELETED)) == 0)
            return REFUSED;
        r->its_brand = mailbox.brand;
        r->label = mailbox.address;
    }
    return !r->brand || strcmp(r->brand, r->its_brand) == 0 ? DONE : REFUSED;
}

static enum outcome spent(enum outcome o, struct problem *why)
{
    return o == REFUSED ? problem_set(why, PROBLEM_LINK_SPENT, "", "%s", "") : o;
}

enum outcome reset_link_check(struct shop *shop, void *mem, const char *token, struct link_owner *owner,
                              struct problem *why)
{
    char hash[TOKEN_TEXT];
    struct reset r = {.mem = mem, .token_hash = hash};

    token_hash(token, hash);
    TRY(spent(db_read(shop->db, "reset_link.check", find_owner, &r), why));
    *owner = (struct link_owner){.label = r.label, .is_mailbox = r.who.mailbox_id != 0};
    return DONE;
}

/* Whoever sends and fetches mail is asked for the new one from now on. */
static enum outcome set_password(struct db_tx *tx, const struct reset *r)
{
    const struct brand *brand = brand_by_id(r->shop->brands, r->its_brand);

    if (r->who.account_id)
        return account_set_password(tx, r->who.account_id, r->hash);
    TRY(mailbox_set_password(tx, r->who.mailbox_id, r->hash));
    return brand ? mailhost_changed(tx, brand, r->who.mailbox_id) : DONE;
}

static enum outcome reset(struct db_tx *tx, void *arg)
{
    struct reset *r = arg;
    char actor[PRINCIPAL_TEXT];

    TRY(find_owner(tx, r));
    TRY(set_password(tx, r));
    TRY(reset_links_spend(tx, r->who));
    TRY(sessions_delete_of(tx, r->who));
    return event_record(tx, r->brand, &(struct actor){.door = "portal", .name = principal_text(r->who, actor)},
                        "password.reset", 0, r->who.mailbox_id, NULL);
}

enum outcome password_acceptable(const char *password, struct problem *why)
{
    if (text_characters(password) < PASSWORD_LEAST)
        return problem_set(why, PROBLEM_PASSWORD_SHORT, "password", "%s", "");
    if (text_characters(password) > PASSWORD_MOST)
        return problem_set(why, PROBLEM_TOO_LONG, "password", "%d", PASSWORD_MOST);
    return DONE;
}

enum outcome password_reset(struct shop *shop, void *mem, const struct brand *brand, const char *token,
                            const char *password, struct problem *why)
{
    char hash[TOKEN_TEXT], *stored;
    struct reset r = {.mem = mem, .shop = shop, .brand = brand->id, .token_hash = hash};

    TRY(password_acceptable(password, why));
    token_hash(token, hash);
    TRY(spent(db_read(shop->db, "reset_link.check", find_owner, &r), why));
    TRY(password_hash(mem, password, &stored));
    r.hash = stored;
    return spent(db_transaction(shop->db, "password.reset", reset, &r), why);
}

struct change {
    void *mem;
    struct principal who;
    struct account account;
    char *hash;
};

static enum outcome load_account(struct db_tx *tx, void *arg)
{
    struct change *c = arg;

    return account_by_id(tx, c->mem, c->who.account_id, &c->account);
}

static enum outcome change(struct db_tx *tx, void *arg)
{
    struct change *c = arg;
    char actor[PRINCIPAL_TEXT];

    TRY(account_set_password(tx, c->who.account_id, c->hash));
    TRY(reset_links_spend(tx, c->who));
    return event_record(tx, c->account.brand, &(struct actor){.door = "portal", .name = principal_text(c->who, actor)},
                        "password.changed", 0, 0, NULL);
}

enum outcome password_change(struct shop *shop, void *mem, struct principal who, const char *old, const char *password,
                             struct problem *why)
{
    struct change c = {.mem = mem, .who = who};

    if (!who.account_id)
        return problem_set(why, PROBLEM_FORBIDDEN, "", "%s", "");
    TRY(password_acceptable(password, why));
    TRY(db_read(shop->db, "account.load", load_account, &c));
    if (!c.account.password_hash[0] || !password_verify(c.account.password_hash, old))
        return problem_set(why, PROBLEM_PASSWORD_WRONG, "current", "%s", "");
    TRY(password_hash(mem, password, &c.hash));
    return db_transaction(shop->db, "password.change", change, &c);
}
