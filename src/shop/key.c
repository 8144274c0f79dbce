/* shop/key.c: the bearer keys of the API. */

#include "shop/login.h"
#include <stdio.h>
#include <string.h>

/* What each role may do; roles are those of the back office, and `shop` for a program that sells. */
static const struct {
    const char *role;
    unsigned rights;
} ROLES[] = {
    {"owner", 1 << RIGHT_READ | 1 << RIGHT_SELL | 1 << RIGHT_MONEY | 1 << RIGHT_REVIEW},
    {"cashier", 1 << RIGHT_READ | 1 << RIGHT_SELL | 1 << RIGHT_MONEY},
    {"shop", 1 << RIGHT_READ | 1 << RIGHT_SELL},
    {"support", 1 << RIGHT_READ | 1 << RIGHT_SELL},
    {"reviewer", 1 << RIGHT_READ | 1 << RIGHT_REVIEW},
    {"catalogue", 1 << RIGHT_READ},
    {"auditor", 1 << RIGHT_READ},
};

#define KEY_PREFIX "casella_"

struct new_key {
    const char *brand, *role, *hash;
};

static enum outcome insert_key(struct db_tx *tx, void *arg)
{
    struct new_key *k = arg;
    int64_t id;

    return api_key_insert(tx, k->brand, k->role, k->hash, &id);
}

enum outcome key_add(struct shop *shop, const char *brand, const char *role, char key[TOKEN_TEXT + 8],
                     struct problem *why)
{
    char token[TOKEN_TEXT], hash[TOKEN_TEXT];
    struct new_key k = {brand, role, hash};
    bool known = false;

    for (size_t i = 0; i < count_of(ROLES); i++)
        known |= strcmp(ROLES[i].role, role) == 0;
    if (!known)
        return problem_set(why, PROBLEM_NOT_A_CHOICE, "role", "%s", role);
    if (brand[0] && !brand_by_id(shop->brands, brand))
        return problem_set(why, PROBLEM_BRAND, "brand", "%s", "");
    token_make(token);
    snprintf(key, TOKEN_TEXT + 8, KEY_PREFIX "%s", token);
    token_hash(key, hash);
    return db_transaction(shop->db, "key.add", insert_key, &k);
}

enum outcome key_find(struct db_tx *tx, void *mem, const char *bearer, const char *idempotency, struct api_key *key,
                      struct given_answer *given)
{
    char hash[TOKEN_TEXT];

    if (strncmp(bearer, KEY_PREFIX, strlen(KEY_PREFIX)) != 0)
        return REFUSED;
    token_hash(bearer, hash);
    return api_key_find(tx, mem, hash, idempotency, key, given);
}

bool key_may(const struct api_key *key, enum key_right right)
{
    for (size_t i = 0; i < count_of(ROLES); i++)
        if (strcmp(ROLES[i].role, key->role) == 0)
            return ROLES[i].rights >> right & 1;
    return false;
}
