#include "shop/operator.h"
#include "base/text.h"
#include "rules/email.h"
#include "store/operator_factor.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <talloc.h>

#define NAME_MOST 80

#define MAY(right) (1u << OFFICE_##right)

static const struct {
    const char *role;
    unsigned rights;
} ROLES[] = {
    {"owner", (1u << OFFICE_RIGHTS) - 1},
    {"reviewer", MAY(LOOK) | MAY(PAPERS) | MAY(REVIEW) | MAY(ASK) | MAY(FIND)},
    {"support", MAY(LOOK) | MAY(ASK) | MAY(FIND) | MAY(SERVE)},
    {"cashier", MAY(LOOK) | MAY(BOOKS) | MAY(MONEY) | MAY(INVOICE) | MAY(FIND)},
    {"catalogue", MAY(LOOK) | MAY(CATALOGUE)},
    {"auditor", MAY(LOOK) | MAY(BOOKS) | MAY(FIND) | MAY(LOG)},
};

bool operator_may(const struct operator* operator, enum office_right right)
{
    for (size_t i = 0; i < count_of(ROLES); i++)
        if (strcmp(ROLES[i].role, operator->role) == 0)
            return ROLES[i].rights >> right & 1;
    return false;
}

bool operator_role_known(const char *role)
{
    for (size_t i = 0; i < count_of(ROLES); i++)
        if (strcmp(ROLES[i].role, role) == 0)
            return true;
    return false;
}

bool operator_sees(const struct operator* operator, const char * brand)
{
    return !operator->brand[0] || strcmp(operator->brand, brand) == 0;
}

char *operator_text(const struct operator* operator, char text[OPERATOR_TEXT])
{
    snprintf(text, OPERATOR_TEXT, "operator:%" PRId64, operator->id);
    return text;
}

/* ---- Adding ---- */

struct work {
    void *mem;
    const struct new_operator *wanted;
    const char *email, *hash, *token_hash; /* token_hash NULL: no link */
    const struct actor *actor;
    struct operator operator;
    struct problem *why;
};

static enum outcome note(struct db_tx *tx, const struct work *w, const char *kind)
{
    json_t *data = json_pack("{s:I, s:s}", "operator", (json_int_t)w->operator.id, "email", w->operator.email);
    enum outcome o = event_record(tx, w->operator.brand, w->actor, kind, 0, 0, data);

    json_decref(data);
    return o;
}

static enum outcome add(struct db_tx *tx, void *arg)
{
    struct work *w = arg;
    const struct new_operator *n = w->wanted;
    enum outcome o;

    w->operator=(struct operator){.brand = (char *)n->brand,
                                  .email = (char *)w->email,
                                  .name = (char *)n->name,
                                  .role = (char *)n->role,
                                  .password_hash = (char *)w->hash};
    o = operator_insert(tx, &w->operator);
    if (o == REFUSED)
        return problem_set(w->why, PROBLEM_ALREADY_THERE, "email", "%s", "");
    TRY(o);
    if (w->token_hash)
        TRY(operator_link_insert(tx, w->token_hash, w->operator.id, instant_plus(db_now(tx), OPERATOR_LINK_LIFE)));
    return note(tx, w, "operator.added");
}

static enum outcome check(const struct shop *shop, const struct work *w)
{
    const struct new_operator *n = w->wanted;

    if (!operator_role_known(n->role))
        return problem_set(w->why, PROBLEM_NOT_A_CHOICE, "role", "%s", "");
    if (n->brand[0] && !brand_by_id(shop->brands, n->brand))
        return problem_set(w->why, PROBLEM_BRAND, "brand", "%s", "");
    if (!email_valid(w->email))
        return problem_set(w->why, PROBLEM_NOT_AN_EMAIL, "email", "%s", "");
    if (text_is_blank(n->name))
        return problem_set(w->why, PROBLEM_REQUIRED, "name", "%s", "");
    if (!text_is_plain(n->name, strlen(n->name)))
        return problem_set(w->why, PROBLEM_NOT_TEXT, "name", "%s", "");
    if (text_characters(n->name) > NAME_MOST)
        return problem_set(w->why, PROBLEM_TOO_LONG, "name", "%d", NAME_MOST);
    return n->password ? password_acceptable(n->password, w->why) : DONE;
}

/* The desk is not any brand's: it lies at the root of the server. */
static char *link_of(void *mem, const struct shop *shop, const char *token)
{
    return talloc_asprintf(mem, "%s/office/password/%s", shop->public_url ? shop->public_url : "", token);
}

enum outcome operator_add(struct shop *shop, void *mem, const struct new_operator *wanted, int64_t *id, char **link,
                          struct problem *why)
{
    struct work w = {.mem = mem, .wanted = wanted, .hash = "", .actor = &wanted->actor, .why = why};
    char token[TOKEN_TEXT], hash[TOKEN_TEXT], *hashed;

    *link = NULL;
    w.email = text_lower(mem, text_trim(mem, wanted->email));
    TRY(check(shop, &w));
    if (wanted->password) {
        TRY(password_hash(mem, wanted->password, &hashed));
        w.hash = hashed;
    } else {
        token_make(token);
        token_hash(token, hash);
        w.token_hash = hash;
        *link = link_of(mem, shop, token);
    }
    TRY(db_transaction(shop->db, "operator.add", add, &w));
    *id = w.operator.id;
    return DONE;
}

enum outcome operator_invite(struct db_tx *tx, const struct shop *shop, void *mem, const struct new_operator *wanted,
                             int64_t *id, char **link, struct problem *why)
{
    char token[TOKEN_TEXT], hash[TOKEN_TEXT];
    struct work w = {.mem = mem, .wanted = wanted, .hash = "", .token_hash = hash, .actor = &wanted->actor, .why = why};

    w.email = text_lower(mem, text_trim(mem, wanted->email));
    TRY(check(shop, &w));
    token_make(token);
    token_hash(token, hash);
    TRY(add(tx, &w));
    *link = link_of(mem, shop, token);
    *id = w.operator.id;
    return DONE;
}

/* ---- Keeping out, letting in again ---- */

static enum outcome find(struct db_tx *tx, struct work *w)
{
    enum outcome o = operator_by_email(tx, w->mem, w->email, &w->operator);

    return o == REFUSED ? problem_set(w->why, PROBLEM_NOT_FOUND, "email", "%s", "") : o;
}

static enum outcome disable(struct db_tx *tx, void *arg)
{
    struct work *w = arg;
    bool changed;

    TRY(find(tx, w));
    TRY(operator_disabled(tx, w->operator.id, &changed));
    if (!changed)
        return DONE;
    TRY(operator_links_spend(tx, w->operator.id));
    TRY(operator_entries_delete_of(tx, w->operator.id));
    TRY(operator_sessions_delete_of(tx, w->operator.id));
    return note(tx, w, "operator.disabled");
}

enum outcome operator_disable(struct shop *shop, void *mem, const char *email, const struct actor *actor,
                              struct problem *why)
{
    struct work w = {
        .mem = mem, .email = text_lower(mem, text_trim(mem, email)), .hash = "", .actor = actor, .why = why};

    return db_transaction(shop->db, "operator.disable", disable, &w);
}

static enum outcome give_link(struct db_tx *tx, void *arg)
{
    struct work *w = arg;

    TRY(find(tx, w));
    if (w->operator.disabled_at.us)
        return problem_set(w->why, PROBLEM_NOT_FOUND, "email", "%s", "");
    TRY(operator_links_spend(tx, w->operator.id));
    TRY(operator_link_insert(tx, w->token_hash, w->operator.id, instant_plus(db_now(tx), OPERATOR_LINK_LIFE)));
    return note(tx, w, "operator.link");
}

enum outcome operator_link(struct shop *shop, void *mem, const char *email, const struct actor *actor, char **link,
                           struct problem *why)
{
    char token[TOKEN_TEXT], hash[TOKEN_TEXT];
    struct work w = {.mem = mem,
                     .email = text_lower(mem, text_trim(mem, email)),
                     .hash = "",
                     .token_hash = hash,
                     .actor = actor,
                     .why = why};

    token_make(token);
    token_hash(token, hash);
    *link = link_of(mem, shop, token);
    return db_transaction(shop->db, "operator.link", give_link, &w);
}

/* ---- Choosing a password ---- */

static enum outcome find_link(struct db_tx *tx, void *arg)
{
    struct work *w = arg;
    int64_t id;

    TRY(operator_link_owner(tx, w->token_hash, &id));
    return operator_by_id(tx, w->mem, id, &w->operator);
}

static enum outcome spent(enum outcome o, struct problem *why)
{
    return o == REFUSED ? problem_set(why, PROBLEM_LINK_SPENT, "", "%s", "") : o;
}

enum outcome operator_link_check(struct shop *shop, void *mem, const char *token, char **email, struct problem *why)
{
    char hash[TOKEN_TEXT];
    struct work w = {.mem = mem, .token_hash = hash};

    token_hash(token, hash);
    TRY(spent(db_read(shop->db, "operator_link.check", find_link, &w), why));
    *email = w.operator.email;
    return DONE;
}

static enum outcome set_password(struct db_tx *tx, void *arg)
{
    struct work *w = arg;
    char actor[OPERATOR_TEXT];
    struct actor self = {.door = "office", .name = actor};

    TRY(find_link(tx, w));
    operator_text(&w->operator, actor);
    w->actor = &self;
    TRY(operator_set_password(tx, w->operator.id, w->hash));
    TRY(operator_links_spend(tx, w->operator.id));
    TRY(operator_entries_delete_of(tx, w->operator.id));
    TRY(operator_sessions_delete_of(tx, w->operator.id));
    return note(tx, w, "operator.password");
}

enum outcome operator_password(struct shop *shop, void *mem, const char *token, const char *password,
                               struct problem *why)
{
    char hash[TOKEN_TEXT], *hashed;
    struct work w = {.mem = mem, .token_hash = hash, .why = why};

    TRY(password_acceptable(password, why));
    token_hash(token, hash);
    TRY(spent(db_read(shop->db, "operator_link.check", find_link, &w), why));
    TRY(password_hash(mem, password, &hashed));
    w.hash = hashed;
    return spent(db_transaction(shop->db, "operator.password", set_password, &w), why);
}
