/* shop/contact.c: a holder's email di riferimento is changed (shop/bounce.h). */

#include "base/text.h"
#include "rules/email.h"
#include "shop/asking.h"
#include "shop/bounce.h"
#include "shop/login.h"
#include <string.h>
#include <talloc.h>

struct changing {
    void *mem;
    const struct contact_change *change;
    const char *email;
    struct asking asking;
    int64_t wait;
    struct mailbox mailbox;
    struct account account;
    const char *hash; /* of the password that was come in with */
};

static enum outcome load(struct db_tx *tx, void *arg)
{
    struct changing *c = arg;
    struct principal who = c->change->who;

    TRY(asking_wait(tx, &c->asking, &c->wait));
    TRY(mailbox_by_address(tx, c->mem, c->change->mailbox, &c->mailbox));
    if (!principal_sees(who, &c->mailbox) || strcmp(c->mailbox.brand, c->change->brand->id) != 0)
        return REFUSED;
    c->hash = c->mailbox.password_hash;
    if (who.account_id) {
        TRY(account_by_id(tx, c->mem, who.account_id, &c->account));
        c->hash = c->account.password_hash;
    }
    return DONE;
}

static enum outcome tell_former(struct db_tx *tx, const struct changing *c)
{
    const struct mailbox *m = &c->mailbox;
    json_t *data;
    enum outcome o;

    if (m->contact_bounced || !m->holder.email[0] || strcmp(m->holder.email, c->email) == 0)
        return DONE;
    data = json_pack("{s:s, s:s, s:s, s:s}", "name", m->holder.name, "mailbox", m->address, "old_email",
                     m->holder.email, "email", c->email);
    o = outbox_add(tx, m->brand, "mail", "contact_changed", m->holder.email, "it", 0, data);
    json_decref(data);
    return o;
}

static enum outcome change(struct db_tx *tx, void *arg)
{
    struct changing *c = arg;
    const struct mailbox *m = &c->mailbox;
    char name[PRINCIPAL_TEXT];
    const struct actor actor = {.door = "portal", .name = principal_text(c->change->who, name)};
    json_t *data;
    enum outcome o;
    bool dropped;

    TRY(load(tx, c));
    TRY(asking_count(tx, &c->asking));
    TRY(tell_former(tx, c));
    TRY(mailbox_set_contact(tx, m, c->email));
    TRY(bounce_drop(tx, m->brand, m->holder.email, &dropped));
    data = json_pack("{s:s, s:s}", "from", m->holder.email, "to", c->email);
    o = event_record_said(tx, m->brand, &actor, "contact.changed", 0, m->id, 0, data);
    json_decref(data);
    return o;
}

static enum outcome unknown(enum outcome o, struct problem *why)
{
    return o == REFUSED ? problem_set(why, PROBLEM_MAILBOX_UNKNOWN, "", "%s", "") : o;
}

enum outcome contact_change(struct shop *shop, void *mem, const struct contact_change *wanted, struct problem *why)
{
    struct changing c = {.mem = mem, .change = wanted};

    c.email = text_lower(mem, text_trim(mem, wanted->email));
    if (!email_valid(c.email))
        return problem_set(why, PROBLEM_NOT_AN_EMAIL, "email", "%s", "");
    c.asking = asking_of(mem, "contact", wanted->brand, wanted->mailbox, wanted->client);
    TRY(unknown(db_read(shop->db, "contact.load", load, &c), why));
    if (c.wait > 0)
        return throttled(c.wait, "email", why);
    if (!c.hash[0] || text_characters(wanted->password) > PASSWORD_MOST || !password_verify(c.hash, wanted->password))
        return problem_set(why, PROBLEM_PASSWORD_WRONG, "current", "%s", "");
    return unknown(db_transaction(shop->db, "contact.change", change, &c), why);
}
