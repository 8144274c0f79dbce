#include "shop/add_account.h"
#include "base/text.h"
#include "rules/email.h"
#include "rules/profile.h"
#include <string.h>
#include <talloc.h>

struct work {
    void *mem;
    const struct new_account *wanted;
    char *email, *hash;
    const char *user_name;
    const char *token_hash; /* NULL: a password was given */
    struct added_account *added;
    struct problem *why;
};

static enum outcome give_mailbox(struct db_tx *tx, struct work *w, const char *address)
{
    struct mailbox mailbox;
    enum outcome o = mailbox_by_address(tx, w->mem, text_lower(w->mem, address), &mailbox);

    if (o == REFUSED || (o == DONE && strcmp(mailbox.brand, w->wanted->brand->id) != 0))
        return problem_set(w->why, PROBLEM_MAILBOX_UNKNOWN, "mailbox", "%s", "");
    TRY(o);
    return mailbox_set_account(tx, mailbox.id, w->added->id);
}

static enum outcome add(struct db_tx *tx, void *arg)
{
    struct work *w = arg;
    const struct new_account *n = w->wanted;
    struct account account = {.brand = (char *)n->brand->id,
                              .email = w->email,
                              .user_name = (char *)w->user_name,
                              .name = (char *)n->name,
                              .password_hash = w->hash,
                              .language = (char *)n->language};
    json_t *data;
    struct account other;
    enum outcome o = account_by_user_name(tx, w->mem, n->brand->id, w->user_name, &other);

    if (o == DONE)
        return problem_set(w->why, PROBLEM_USER_NAME_TAKEN, "user_name", "%s", "");
    if (o == REFUSED)
        o = account_insert(tx, &account);
    if (o == REFUSED)
        return problem_set(w->why, PROBLEM_ALREADY_THERE, "email", "%s", "");
    TRY(o);
    w->added->id = account.id;
    for (size_t i = 0; i < n->mailbox_count; i++)
        TRY(give_mailbox(tx, w, n->mailboxes[i]));
    if (w->token_hash)
        TRY(reset_link_insert(tx, w->token_hash, (struct principal){.account_id = account.id},
                              instant_plus(db_now(tx), FIRST_LINK_LIFE)));
    data = json_pack("{s:s, s:I}", "email", w->email, "mailboxes", (json_int_t)n->mailbox_count);
    o = event_record_said(tx, n->brand->id, &n->actor, "account.added", 0, 0, account.id, data);
    json_decref(data);
    return o;
}

static enum outcome check(struct work *w)
{
    const struct new_account *n = w->wanted;

    w->user_name = n->user_name ? n->user_name : "";
    if (n->user_name)
        TRY(user_name_check(w->mem, &w->user_name, w->why));
    if (!email_valid(w->email))
        return problem_set(w->why, PROBLEM_NOT_AN_EMAIL, "email", "%s", "");
    if (text_is_blank(n->name))
        return problem_set(w->why, PROBLEM_REQUIRED, "name", "%s", "");
    if (!text_is_plain(n->name, strlen(n->name)))
        return problem_set(w->why, PROBLEM_NOT_TEXT, "name", "%s", "");
    if (text_characters(n->name) > PROFILE_NAME_MOST)
        return problem_set(w->why, PROBLEM_TOO_LONG, "name", "%d", PROFILE_NAME_MOST);
    return n->password ? password_acceptable(n->password, w->why) : DONE;
}

enum outcome add_account(struct shop *shop, void *mem, const struct new_account *wanted, struct added_account *added,
                         struct problem *why)
{
    struct work w = {.mem = mem, .wanted = wanted, .hash = (char *)"", .added = added, .why = why};
    char token[TOKEN_TEXT], hash[TOKEN_TEXT];

    *added = (struct added_account){0};
    w.email = text_lower(mem, text_trim(mem, wanted->email));
    TRY(check(&w));
    if (wanted->password) {
        TRY(password_hash(mem, wanted->password, &w.hash));
    } else {
        token_make(token);
        token_hash(token, hash);
        w.token_hash = hash;
        added->link = shop_link(mem, shop, wanted->brand, talloc_asprintf(mem, "/password/%s", token));
    }
    return db_transaction(shop->db, "account.add", add, &w);
}
