/* shop/operator_enter.c: two steps open the desk: the password, then a code of the app, or of those kept for bad days.
 */
#include "base/text.h"
#include "shop/operator_parts.h"
#include "shop/seal.h"
#include "shop/totp.h"
#include <ctype.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <talloc.h>

#define ISSUER "Casella"

enum outcome operator_note(struct db_tx *tx, const struct operator* o, const struct actor *actor, const char *kind,
                           json_t *data)
{
    enum outcome outcome;

    data = data ? data : json_object();
    json_object_set_new(data, "operator", json_integer(o->id));
    json_object_set_new(data, "email", json_string(o->email));
    outcome = event_record(tx, o->brand, actor, kind, 0, 0, data);
    json_decref(data);
    return outcome;
}

/* ---- The password ---- */

struct coming {
    void *mem;
    const char *email, *name_key, *client_key, *token_hash;
    struct operator operator;
    int64_t wait;
    bool right;
};

static enum outcome find_name(struct db_tx *tx, void *arg)
{
    struct coming *c = arg;
    enum outcome o;

    c->operator=(struct operator){.password_hash = (char *)""};
    TRY(attempts_wait(tx, c->name_key, c->client_key, &c->wait));
    o = operator_by_email(tx, c->mem, c->email, &c->operator);
    if (o == DONE && c->operator.disabled_at.us)
        c->operator.password_hash =(char *) "";
    return o == REFUSED ? DONE : o;
}

static enum outcome record_attempt(struct db_tx *tx, void *arg)
{
    struct coming *c = arg;

    if (!c->right)
        return attempts_failed(tx, c->name_key, c->client_key);
    TRY(throttle_forget(tx, c->name_key));
    return operator_entry_insert(tx, c->token_hash, c->operator.id, instant_plus(db_now(tx), OFFICE_HALF));
}

enum outcome operator_login(struct shop *shop, void *mem, const char *email, const char *password, const char *client,
                            char entry[TOKEN_TEXT], struct problem *why)
{
    struct coming c = {.mem = mem, .email = text_lower(mem, text_trim(mem, email))};
    char hash[TOKEN_TEXT];

    c.name_key = talloc_asprintf(mem, "office:%s", c.email);
    c.client_key = talloc_asprintf(mem, "office-client:%s", client);
    TRY(db_read(shop->db, "operator.find", find_name, &c));
    if (c.wait > 0)
        return attempts_refused(c.wait, why);
    c.right = text_characters(password) <= PASSWORD_MOST && password_right(c.operator.password_hash, password);
    token_make(entry);
    token_hash(entry, hash);
    c.token_hash = hash;
    TRY(db_transaction(shop->db, "operator.login", record_attempt, &c));
    return c.right ? DONE : problem_set(why, PROBLEM_LOGIN, "login", "%s", "");
}

/* ---- The secret ---- */

static char *purpose(void *mem, int64_t id)
{
    return talloc_asprintf(mem, "totp:%" PRId64, id);
}

struct half {
    struct shop *shop;
    void *mem;
    const char *token_hash, *fresh; /* fresh: a sealed secret, for who has none */
    struct operator operator;
    struct operator_totp totp;
    struct problem *why;
};

static enum outcome find_half(struct db_tx *tx, void *arg)
{
    struct half *h = arg;
    int64_t id;
    enum outcome o = operator_entry_owner(tx, h->token_hash, &id);

    if (o == REFUSED)
        return problem_set(h->why, PROBLEM_NOT_FOUND, "", "%s", "");
    TRY(o);
    TRY(operator_by_id(tx, h->mem, id, &h->operator));
    return operator_totp_find(tx, h->mem, id, &h->totp);
}

static enum outcome give_secret(struct db_tx *tx, void *arg)
{
    struct half *h = arg;

    TRY(find_half(tx, h));
    if (h->totp.sealed[0])
        return DONE;
    h->totp.sealed = talloc_strdup(h->mem, h->fresh);
    return operator_totp_set(tx, h->operator.id, h->fresh);
}

/* Made outside the transaction, which may run twice. */
static enum outcome make_secret(struct half *h)
{
    unsigned char secret[TOTP_SECRET];
    char *sealed;

    randombytes_buf(secret, sizeof secret);
    TRY(secret_seal(h->shop, h->mem, purpose(h->mem, h->operator.id), secret, sizeof secret, &sealed, h->why));
    sodium_memzero(secret, sizeof secret);
    h->fresh = sealed;
    return db_transaction(h->shop->db, "operator.secret", give_secret, h);
}

static const char *next_code(void *mem, const void *secret, size_t length, int64_t after)
{
    int64_t now = totp_step_at(clock_now()), step = after >= now ? after + 1 : now;
    char code[TOTP_TEXT] = "";

    if (step > now + 1)
        return NULL;
    totp_code(secret, length, step, code);
    return talloc_strdup(mem, code);
}

enum outcome operator_entry_look(struct shop *shop, void *mem, const char *entry, struct operator_entry *found,
                                 struct problem *why)
{
    char hash[TOKEN_TEXT];
    struct half h = {.shop = shop, .mem = mem, .token_hash = hash, .why = why};
    void *secret;
    size_t length;

    if (strlen(entry) != TOKEN_TEXT - 1)
        return problem_set(why, PROBLEM_NOT_FOUND, "", "%s", "");
    token_hash(entry, hash);
    TRY(db_read(shop->db, "operator.entry", find_half, &h));
    if (!h.totp.sealed[0])
        TRY(make_secret(&h));
    TRY(secret_unseal(shop, mem, purpose(mem, h.operator.id), h.totp.sealed, &secret, &length, why));
    *found = (struct operator_entry){.operator= h.operator, .enrols = !h.totp.since.us };
    found->code = next_code(mem, secret, length, h.totp.step);
    if (found->enrols) {
        found->typed = totp_typed(mem, secret, length);
        found->address = totp_address(mem, ISSUER, h.operator.email, found->typed);
    }
    return DONE;
}

/* ---- Recovery codes ---- */

/* 80 random bits in letters and digits that nobody takes for one another. */
static void make_code(char code[RECOVERY_TEXT])
{
    static const char LETTERS[] = "abcdefghjkmnpqrstuvwxyz23456789";
    unsigned char random[16];
    char *out = code;

    randombytes_buf(random, sizeof random);
    for (int i = 0; i < 16; i++) {
        if (i > 0 && i % 4 == 0)
            *out++ = '-';
        *out++ = LETTERS[random[i] % (sizeof LETTERS - 1)];
    }
    *out = '\0';
}

/* Spaces, hyphens and capitals make no difference. */
static void hash_code(const char *code, char hash[TOKEN_TEXT])
{
    char plain[32] = "";
    size_t n = 0;

    for (const char *c = code; *c && n + 1 < sizeof plain; c++)
        if (isalnum((unsigned char)*c))
            plain[n++] = (char)tolower((unsigned char)*c);
    token_hash(plain, hash);
}

enum outcome operator_recovery_make(struct db_tx *tx, void *mem, int64_t operator_id, char (**recovery)[RECOVERY_TEXT])
{
    char(*codes)[RECOVERY_TEXT] = talloc_size(mem, sizeof *codes * RECOVERY_CODES);
    char hash[RECOVERY_CODES][TOKEN_TEXT];
    const char *hashes[RECOVERY_CODES];

    for (int i = 0; i < RECOVERY_CODES; i++) {
        make_code(codes[i]);
        hash_code(codes[i], hash[i]);
        hashes[i] = hash[i];
    }
    *recovery = codes;
    return operator_recovery_set(tx, operator_id, hashes, RECOVERY_CODES);
}

/* ---- The code ---- */

struct entering {
    struct half half;
    const struct operator_arrival *arrival;
    const char *client_key, *session_hash;
    char (*recovery)[RECOVERY_TEXT];
    int64_t wait;
    bool right;
};

static bool is_digits(const char *code)
{
    return strlen(code) == TOTP_DIGITS && strspn(code, "0123456789") == TOTP_DIGITS;
}

static enum outcome try_code(struct db_tx *tx, struct entering *e, const char **by)
{
    struct half *h = &e->half;
    char *code = talloc_strdup(h->mem, e->arrival->code), hash[TOKEN_TEXT];
    void *secret;
    size_t length, n = 0;
    int64_t step;

    for (char *c = code; *c; c++)
        if (*c != ' ')
            code[n++] = *c;
    code[n] = '\0';
    *by = "recovery";
    if (!is_digits(code)) {
        hash_code(code, hash);
        return h->totp.since.us ? operator_recovery_spend(tx, h->operator.id, hash, &e->right) : DONE;
    }
    *by = "code";
    TRY(secret_unseal(h->shop, h->mem, purpose(h->mem, h->operator.id), h->totp.sealed, &secret, &length, h->why));
    step = totp_match(secret, length, clock_now(), h->totp.step, code);
    return step ? operator_totp_take(tx, h->operator.id, step, &e->right) : DONE;
}

static enum outcome come_in(struct db_tx *tx, struct entering *e, const char *name_key, const char *by)
{
    struct operator* o = & e->half.operator;
    char name[OPERATOR_TEXT];
    const struct actor self = {.door = "office", .name = operator_text(o, name)};

    TRY(throttle_forget(tx, name_key));
    TRY(operator_entry_delete(tx, e->half.token_hash));
    if (!e->half.totp.since.us) {
        TRY(operator_recovery_make(tx, e->half.mem, o->id, &e->recovery));
        TRY(operator_note(tx, o, &self, "operator.factor_set", NULL));
    }
    TRY(operator_session_insert(tx, e->session_hash, o->id, e->arrival->client, e->arrival->agent));
    return operator_note(tx, o, &self, "session.opened",
                         json_pack("{s:s, s:s}", "by", by, "client", e->arrival->client));
}

static enum outcome enter(struct db_tx *tx, void *arg)
{
    struct entering *e = arg;
    const char *by;
    char *name_key;

    e->right = false;
    e->recovery = NULL;
    TRY(find_half(tx, &e->half));
    name_key = talloc_asprintf(e->half.mem, "office-code:%" PRId64, e->half.operator.id);
    TRY(attempts_wait(tx, name_key, e->client_key, &e->wait));
    if (e->wait > 0 || !e->half.totp.sealed[0])
        return DONE;
    TRY(try_code(tx, e, &by));
    return e->right ? come_in(tx, e, name_key, by) : attempts_failed(tx, name_key, e->client_key);
}

enum outcome operator_enter(struct shop *shop, void *mem, const struct operator_arrival *arrival,
                            char token[TOKEN_TEXT], char (**recovery)[RECOVERY_TEXT], struct problem *why)
{
    char hash[TOKEN_TEXT], session[TOKEN_TEXT];
    struct entering e = {.half = {.shop = shop, .mem = mem, .token_hash = hash, .why = why},
                         .arrival = arrival,
                         .client_key = talloc_asprintf(mem, "office-client:%s", arrival->client),
                         .session_hash = session};

    token_hash(arrival->entry, hash);
    token_make(token);
    token_hash(token, session);
    TRY(db_transaction(shop->db, "operator.enter", enter, &e));
    *recovery = e.recovery;
    if (e.wait > 0) {
        enum outcome o = attempts_refused(e.wait, why);

        snprintf(why->field, sizeof why->field, "code");
        return o;
    }
    return e.right ? DONE : problem_set(why, PROBLEM_CODE_WRONG, "code", "%s", "");
}

/* ---- The session ---- */

static enum outcome end_session(struct db_tx *tx, void *arg)
{
    return operator_session_delete(tx, arg);
}

enum outcome operator_logout(struct shop *shop, const char *token)
{
    char hash[TOKEN_TEXT];

    token_hash(token, hash);
    return db_transaction(shop->db, "operator.logout", end_session, hash);
}

enum outcome operator_visitor(struct db_tx *tx, void *mem, const char *token, struct operator* operator,
                              int64_t * session, bool *stale)
{
    struct instant now = db_now(tx);
    struct operator_session s;
    char hash[TOKEN_TEXT];

    if (strlen(token) != TOKEN_TEXT - 1)
        return REFUSED;
    token_hash(token, hash);
    TRY(operator_session_find(tx, mem, hash, &s));
    if (now.us - s.seen_at.us > OFFICE_IDLE || now.us - s.session_at.us > OFFICE_LIMIT)
        return REFUSED;
    *operator= s.operator;
    *session = s.id;
    *stale = now.us - s.seen_at.us > MINUTES(5) || now.us < s.seen_at.us;
    return DONE;
}

static enum outcome touch(struct db_tx *tx, void *arg)
{
    return operator_session_touch(tx, arg);
}

enum outcome operator_seen(struct shop *shop, const char *token)
{
    char hash[TOKEN_TEXT];

    token_hash(token, hash);
    return db_transaction(shop->db, "operator.seen", touch, hash);
}
