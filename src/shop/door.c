#include "shop/door.h"
#include "base/log.h"
#include "base/text.h"
#include <inttypes.h>
#include <sodium.h>
#include <string.h>
#include <talloc.h>

enum { NONCE = 8, MAC = 16, SIGNED = 8 + 4 + NONCE, TOKEN = SIGNED + MAC };

/* ---- The key ---- */

static enum outcome read_key(struct db_tx *tx, void *arg)
{
    return door_key(tx, arg);
}

static enum outcome keep_key(struct db_tx *tx, void *arg)
{
    return door_key_put(tx, arg);
}

/* Whoever needs it first makes it; of two who do at once, one. */
static enum outcome key_of(struct shop *shop, char key[DOOR_KEY])
{
    enum outcome o = db_read(shop->db, "door.key", read_key, key);
    char made[TOKEN_TEXT];

    if (o != REFUSED)
        return o;
    token_make(made);
    TRY(db_transaction(shop->db, "door.key", keep_key, made));
    return db_read(shop->db, "door.key", read_key, key);
}

/* ---- The token: mailbox, last day, chance, signature ---- */

static void put_number(unsigned char *bytes, int width, uint64_t n)
{
    for (int i = width; i-- > 0; n >>= 8)
        bytes[i] = (unsigned char)n;
}

static uint64_t number_at(const unsigned char *bytes, int width)
{
    uint64_t n = 0;

    for (int i = 0; i < width; i++)
        n = n << 8 | bytes[i];
    return n;
}

/* The holder is signed along, without being told: once the mailbox has another one, no link of before opens. */
static void sign(const char *key, const struct brand *brand, int64_t holder_id, const unsigned char *bytes,
                 unsigned char mac[MAC])
{
    unsigned char whole[crypto_auth_hmacsha256_BYTES];
    crypto_auth_hmacsha256_state state;
    unsigned char holder[8];

    put_number(holder, sizeof holder, (uint64_t)holder_id);
    crypto_auth_hmacsha256_init(&state, (const unsigned char *)key, strlen(key));
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)brand->id, strlen(brand->id) + 1);
    crypto_auth_hmacsha256_update(&state, holder, sizeof holder);
    crypto_auth_hmacsha256_update(&state, bytes, SIGNED);
    crypto_auth_hmacsha256_final(&state, whole);
    memcpy(mac, whole, MAC);
}

enum outcome door_link(struct shop *shop, void *mem, const struct brand *brand, const struct mailbox *mailbox,
                       struct day until, char **link)
{
    char key[DOOR_KEY], text[sodium_base64_ENCODED_LEN(TOKEN, sodium_base64_VARIANT_URLSAFE_NO_PADDING)];
    unsigned char bytes[TOKEN];

    TRY(key_of(shop, key));
    put_number(bytes, 8, (uint64_t)mailbox->id);
    put_number(bytes + 8, 4, (uint32_t)until.n);
    randombytes_buf(bytes + 12, NONCE);
    sign(key, brand, mailbox->holder_id, bytes, bytes + SIGNED);
    sodium_bin2base64(text, sizeof text, bytes, sizeof bytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    *link = shop_link(mem, shop, brand, talloc_asprintf(mem, "/entra/%s", text));
    return DONE;
}

static enum outcome spent(struct problem *why)
{
    return problem_set(why, PROBLEM_LINK_SPENT, "", "%s", "");
}

static bool read_token(const char *text, unsigned char bytes[TOKEN])
{
    size_t length;

    return sodium_base642bin(bytes, TOKEN, text, strlen(text), NULL, &length, NULL,
                             sodium_base64_VARIANT_URLSAFE_NO_PADDING) == 0 &&
           length == TOKEN;
}

static struct day last_day(const unsigned char *bytes)
{
    return (struct day){(int32_t)number_at(bytes + 8, 4)};
}

enum outcome door_look(struct db_tx *tx, void *mem, const struct brand *brand, const char *token,
                       struct mailbox *mailbox, struct problem *why)
{
    char key[DOOR_KEY], hash[TOKEN_TEXT];
    unsigned char bytes[TOKEN], mac[MAC];
    enum outcome o = door_key(tx, key);
    bool used;

    if (o == REFUSED || (o == DONE && !read_token(token, bytes)))
        return spent(why);
    TRY(o);
    if (day_before(last_day(bytes), db_today(tx)))
        return spent(why);
    o = mailbox_by_id(tx, mem, (int64_t)number_at(bytes, 8), mailbox);
    if (o == REFUSED)
        return spent(why);
    TRY(o);
    sign(key, brand, mailbox->holder_id, bytes, mac);
    if (sodium_memcmp(mac, bytes + SIGNED, MAC) != 0)
        return spent(why);
    token_hash(token, hash);
    TRY(door_was_used(tx, hash, &used));
    if (used || strcmp(mailbox->status, mailbox_status_name(MAILBOX_DELETED)) == 0)
        return spent(why);
    return DONE;
}

struct looking {
    void *mem;
    const struct brand *brand;
    const char *token;
    struct mailbox *mailbox;
    struct problem *why;
};

static enum outcome look(struct db_tx *tx, void *arg)
{
    struct looking *l = arg;

    return door_look(tx, l->mem, l->brand, l->token, l->mailbox, l->why);
}

enum outcome door_enter(struct shop *shop, void *mem, const struct brand *brand, const char *token,
                        const char *password, const char *client, char session[TOKEN_TEXT], struct mailbox *mailbox,
                        struct problem *why)
{
    unsigned char bytes[TOKEN];
    char hash[TOKEN_TEXT];
    struct looking l = {mem, brand, token, mailbox, why};

    TRY(db_read(shop->db, "door.look", look, &l));
    (void)read_token(token, bytes); /* it was read a moment ago */
    token_hash(token, hash);
    return login(shop, mem,
                 &(struct login_attempt){.brand = brand,
                                         .name = mailbox->address,
                                         .password = password,
                                         .client = client,
                                         .pass_hash = hash,
                                         .forget_pass_at = rome_midnight(day_plus(last_day(bytes), 1))},
                 session, why);
}

/* ---- The webmail's hand-off ---- */

char *webmail_pass_text(void *mem, const struct brand *brand, const struct webmail_pass *pass)
{
    return talloc_asprintf(mem, "casella webmail 1\n%s\n%s\n%s\n%" PRId64 "\n%s", brand->id, pass->address, pass->to,
                           pass->at, pass->nonce);
}

static const char *webmail_key(const struct shop *shop, const struct brand *brand)
{
    for (size_t i = 0; shop->webmails && i < shop->webmails->count; i++)
        if (strcmp(shop->webmails->all[i].brand, brand->id) == 0)
            return shop->webmails->all[i].key;
    return NULL;
}

/* What is wrong with it; NULL: nothing. */
static const char *fault_of(const struct shop *shop, void *mem, const struct brand *brand,
                            const struct webmail_pass *pass, struct instant now)
{
    const char *key = webmail_key(shop, brand);
    unsigned char mac[crypto_auth_hmacsha256_BYTES], said[crypto_auth_hmacsha256_BYTES];
    int64_t most = now.us / SECONDS(1) + WEBMAIL_PASS_LIFE / SECONDS(1);
    size_t length, nonce = strspn(pass->nonce, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");
    crypto_auth_hmacsha256_state state;
    const char *text;

    if (!key)
        return "no key";
    if (pass->nonce[nonce] || nonce < 16 || nonce > 64)
        return "nonce";
    if (pass->at > most || pass->at < most - 2 * WEBMAIL_PASS_LIFE / SECONDS(1))
        return "time";
    if (sodium_hex2bin(said, sizeof said, pass->signature, strlen(pass->signature), NULL, &length, NULL) != 0 ||
        length != sizeof said)
        return "signature's form";
    text = webmail_pass_text(mem, brand, pass);
    crypto_auth_hmacsha256_init(&state, (const unsigned char *)key, strlen(key));
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)text, strlen(text));
    crypto_auth_hmacsha256_final(&state, mac);
    return sodium_memcmp(mac, said, sizeof mac) == 0 ? NULL : "signature";
}

struct entering {
    void *mem;
    const struct brand *brand;
    const struct webmail_pass *pass;
    char pass_hash[TOKEN_TEXT], session_hash[TOKEN_TEXT];
    struct instant forget_at;
};

static enum outcome enter(struct db_tx *tx, void *arg)
{
    struct entering *e = arg;
    char actor[PRINCIPAL_TEXT];
    struct principal who = {0};
    struct mailbox mailbox;
    bool first;

    TRY(mailbox_by_address(tx, e->mem, text_lower(e->mem, e->pass->address), &mailbox));
    if (strcmp(mailbox.brand, e->brand->id) != 0)
        return REFUSED;
    TRY(door_use(tx, e->pass_hash, e->forget_at, &first));
    if (!first)
        return REFUSED;
    who.mailbox_id = mailbox.id;
    TRY(session_insert(tx, e->session_hash, e->brand->id, who));
    return event_record(tx, e->brand->id, &(struct actor){.door = "webmail", .name = principal_text(who, actor)},
                        "session.opened", 0, mailbox.id, NULL);
}

enum outcome webmail_enter(struct shop *shop, void *mem, const struct brand *brand, const struct webmail_pass *pass,
                           char session[TOKEN_TEXT], struct problem *why)
{
    struct entering e = {.mem = mem, .brand = brand, .pass = pass};
    struct instant now = clock_now(); /* the webmail knows no simulated clock */
    const char *fault = fault_of(shop, mem, brand, pass, now);
    enum outcome o = REFUSED;

    if (!fault) {
        token_hash(talloc_asprintf(mem, "webmail %s %s", brand->id, pass->nonce), e.pass_hash);
        e.forget_at = instant_plus(now, 3 * WEBMAIL_PASS_LIFE);
        token_make(session);
        token_hash(session, e.session_hash);
        o = db_transaction(shop->db, "webmail.enter", enter, &e);
        fault = "used before, or no such mailbox";
    }
    if (o != REFUSED)
        return o;
    log_info("webmail.refused", LOG_TEXT("brand", brand->id), LOG_TEXT("why", fault));
    return problem_set(why, PROBLEM_WEBMAIL_PASS, "", "%s", "");
}
