/* shop/seal.h: secrets that the database keeps but does not know: sealed with the key of the papers (shop/files.h), each bound to what it
 * is for, so that one cannot stand in for another. The text is "casella1:" and hexadecimal digits: a nonce and XChaCha20-Poly1305. */
#pragma once

#include "shop/shop.h"

/* `purpose` as "totp:3". REFUSED with PROBLEM_SEALING without a key. */
enum outcome secret_seal(const struct shop *shop, void *mem, const char *purpose, const void *bytes, size_t length, char **sealed,
                         struct problem *why) must_check;
/* *bytes ends with a NUL beyond its length. REFUSED as above; BROKEN with another key, or what was touched. */
enum outcome secret_unseal(const struct shop *shop, void *mem, const char *purpose, const char *sealed, void **bytes, size_t *length,
                           struct problem *why) must_check;
