#include "shop/login.h"
#include "base/log.h"
#include "base/text.h"
#include "shop/asking.h"
#include "shop/login_parts.h"
#include "store/door.h"
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <talloc.h>

/* After so many failures in a row a name, or an address, waits; each further failure doubles the wait. */
#define NAME_FAILURES   5
#define CLIENT_FAILURES 30
#define FAILURE_WINDOW  HOURS(1)
#define LONGEST_WAIT    MINUTES(15)

void token_make(char token[TOKEN_TEXT])
{
    unsigned char random[32];

    randombytes_buf(random, sizeof random);
    sodium_bin2hex(token, TOKEN_TEXT, random, sizeof random);
}

void token_hash(const char *token, char hash[TOKEN_TEXT])
{
    unsigned char digest[crypto_hash_sha256_BYTES];

    crypto_hash_sha256(digest, (const unsigned char *)token, strlen(token));
    sodium_bin2hex(hash, TOKEN_TEXT, digest, sizeof digest);
}

void csrf_token(const char *cookie, char csrf[TOKEN_TEXT])
{
    static const unsigned char KEY[] = "casella, tokens of forms";
    unsigned char bytes[(TOKEN_TEXT - 1) / 2];

    crypto_generichash(bytes, sizeof bytes, (const unsigned char *)cookie, strlen(cookie), KEY, sizeof KEY - 1);
    sodium_bin2hex(csrf, TOKEN_TEXT, bytes, sizeof bytes);
}

bool csrf_valid(const char *cookie, const char *sent)
{
    char expected[TOKEN_TEXT];

    if (!cookie || !cookie[0] || !sent || strlen(sent) != TOKEN_TEXT - 1)
        return false;
    csrf_token(cookie, expected);
    return sodium_memcmp(expected, sent, TOKEN_TEXT - 1) == 0;
}

/* ---- Logging in ---- */

struct login_work {
    void *mem;
    const struct login_attempt *attempt;
    char *name, *name_key, *client_key;
    struct principal who;
    char *hash;   /* "" when there is nobody of that name */
    int64_t wait; /* microseconds until the next attempt is allowed */
    bool right;
    const char *token_hash;
    bool first_use; /* of the link by which one came; true without one */
    struct problem *why;
};

static int64_t wait_for(const struct throttle *t, int64_t free_failures, struct instant now)
{
    int64_t over = t->failures - free_failures, wait;

    if (over < 0)
        return 0;
    wait = over > 10 ? LONGEST_WAIT : SECONDS(15) << over;
    wait = (wait > LONGEST_WAIT ? LONGEST_WAIT : wait) - (now.us - t->last_at.us);
    return wait > 0 ? wait : 0;
}

enum outcome attempts_wait(struct db_tx *tx, const char *name_key, const char *client_key, int64_t *wait)
{
    struct throttle by_name, by_client;
    int64_t other;

    TRY(throttle_of(tx, name_key, &by_name));
    TRY(throttle_of(tx, client_key, &by_client));
    *wait = wait_for(&by_name, NAME_FAILURES, db_now(tx));
    other = wait_for(&by_client, CLIENT_FAILURES, db_now(tx));
    *wait = other > *wait ? other : *wait;
    return DONE;
}

static enum outcome find_name(struct db_tx *tx, void *arg)
{
    struct login_work *w = arg;
    struct mailbox mailbox;
    struct account account;
    enum outcome o;

    w->who = (struct principal){0};
    w->hash = (char *)"";
    TRY(attempts_wait(tx, w->name_key, w->client_key, &w->wait));
    o = mailbox_by_address(tx, w->mem, w->name, &mailbox);
    if (o == DONE && strcmp(mailbox.brand, w->attempt->brand->id) == 0) {
        w->who.mailbox_id = mailbox.id;
        w->hash = mailbox.password_hash;
        return DONE;
    }
    if (o != DONE && o != REFUSED)
        return o;
    o = account_by_either(tx, w->mem, w->attempt->brand->id, w->name, &account);
    if (o == DONE) {
        w->who.account_id = account.id;
        w->hash = account.password_hash;
    }
    return o == REFUSED ? DONE : o;
}

bool password_right(const char *hash, const char *password)
{
    static const char NOBODY[] = "$argon2id$v=19$m=65536,t=2,p=1$s80O6v0FZCuIDJiUeDQssg$"
                                 "wJIiMkROEumtaZ1Ouv0cjHT/uMN0T/M8SvKn9yEniH0";
    bool known = hash[0] != 0;

    return password_verify(known ? hash : NOBODY, password) && known;
}

enum outcome attempts_failed(struct db_tx *tx, const char *name_key, const char *client_key)
{
    TRY(throttle_failed(tx, name_key, FAILURE_WINDOW));
    return throttle_failed(tx, client_key, FAILURE_WINDOW);
}

static enum outcome record_attempt(struct db_tx *tx, void *arg)
{
    struct login_work *w = arg;
    char actor[PRINCIPAL_TEXT];

    if (!w->right)
        return attempts_failed(tx, w->name_key, w->client_key);
    if (w->attempt->pass_hash)
        TRY(door_use(tx, w->attempt->pass_hash, w->attempt->forget_pass_at, &w->first_use));
    if (!w->first_use)
        return problem_set(w->why, PROBLEM_LINK_SPENT, "", "%s", "");
    TRY(throttle_forget(tx, w->name_key));
    TRY(session_insert(tx, w->token_hash, w->attempt->brand->id, w->who));
    return event_record(tx, w->attempt->brand->id,
                        &(struct actor){.door = "portal", .name = principal_text(w->who, actor)}, "session.opened", 0,
                        w->who.mailbox_id, NULL);
}

static char *throttle_key(void *mem, const char *what, const struct brand *brand, const char *name)
{
    return talloc_asprintf(mem, "%s:%s:%s", what, brand->id, name);
}

enum outcome attempts_refused(int64_t wait, struct problem *why)
{
    return throttled(wait, "login", why);
}

enum outcome login(struct shop *shop, void *mem, const struct login_attempt *attempt, char token[TOKEN_TEXT],
                   struct problem *why)
{
    struct login_work w = {.mem = mem, .attempt = attempt, .first_use = true, .why = why};
    char hash[TOKEN_TEXT];

    w.name = text_lower(mem, text_trim(mem, attempt->name));
    w.name_key = throttle_key(mem, "login", attempt->brand, w.name);
    w.client_key = throttle_key(mem, "client", attempt->brand, attempt->client);
    TRY(db_read(shop->db, "login.find", find_name, &w));
    if (w.wait > 0)
        return attempts_refused(w.wait, why);
    w.right = text_characters(attempt->password) <= PASSWORD_MOST && password_right(w.hash, attempt->password);
    token_make(token);
    token_hash(token, hash);
    w.token_hash = hash;
    TRY(db_transaction(shop->db, "login.record", record_attempt, &w));
    return w.right ? DONE : problem_set(why, PROBLEM_LOGIN, "login", "%s", "");
}

static enum outcome end_session(struct db_tx *tx, void *arg)
{
    return session_delete(tx, arg);
}

enum outcome logout(struct shop *shop, const char *token)
{
    char hash[TOKEN_TEXT];

    token_hash(token, hash);
    return db_transaction(shop->db, "logout", end_session, hash);
}

/* ---- Sessions ---- */

enum outcome session_visitor(struct db_tx *tx, void *mem, const struct brand *brand, const char *token,
                             struct visitor *visitor)
{
    struct instant now = db_now(tx);
    char hash[TOKEN_TEXT];
    struct session s;

    if (strlen(token) != TOKEN_TEXT - 1)
        return REFUSED;
    token_hash(token, hash);
    TRY(session_find(tx, mem, hash, &s));
    if (strcmp(s.brand, brand->id) != 0 || now.us - s.seen_at.us > SESSION_IDLE ||
        now.us - s.created_at.us > SESSION_LIMIT)
        return REFUSED;
    *visitor = (struct visitor){.who = s.who,
                                .label = s.label,
                                .email = s.email,
                                .token_hash = talloc_strdup(mem, hash),
                                .stale = now.us - s.seen_at.us > MINUTES(5) || now.us < s.seen_at.us};
    visitor->who.session = visitor->token_hash;
    return DONE;
}

static enum outcome touch(struct db_tx *tx, void *arg)
{
    return session_touch(tx, arg);
}

enum outcome session_seen(struct shop *shop, const char *token_hash)
{
    return db_transaction(shop->db, "session.seen", touch, (void *)token_hash);
}
