#include "shop/seal.h"
#include "base/log.h"
#include "base/text.h"
#include "shop/files.h"
#include <sodium.h>
#include <string.h>
#include <talloc.h>

#define MAGIC "casella1:"
#define WORD  (sizeof MAGIC - 1)
#define NONCE crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define TAG   crypto_aead_xchacha20poly1305_ietf_ABYTES

static enum outcome need_key(const struct shop *shop, struct problem *why)
{
    return shop->files && shop->files->key ? DONE : problem_set(why, PROBLEM_SEALING, "", "%s", "");
}

enum outcome secret_seal(const struct shop *shop, void *mem, const char *purpose, const void *bytes, size_t length,
                         char **sealed, struct problem *why)
{
    size_t room = NONCE + length + TAG;
    unsigned char *out;
    unsigned long long written;

    TRY(need_key(shop, why));
    out = talloc_size(mem, room);
    randombytes_buf(out, NONCE);
    crypto_aead_xchacha20poly1305_ietf_encrypt(out + NONCE, &written, bytes, length, (const unsigned char *)purpose,
                                               strlen(purpose), NULL, out, shop->files->key);
    *sealed = talloc_size(mem, WORD + 2 * room + 1);
    memcpy(*sealed, MAGIC, WORD);
    sodium_bin2hex(*sealed + WORD, 2 * room + 1, out, room);
    talloc_free(out);
    return DONE;
}

enum outcome secret_unseal(const struct shop *shop, void *mem, const char *purpose, const char *sealed, void **bytes,
                           size_t *length, struct problem *why)
{
    size_t room = strlen(sealed) > WORD ? (strlen(sealed) - WORD) / 2 : 0;
    unsigned char *in, *out;
    unsigned long long opened;

    TRY(need_key(shop, why));
    in = talloc_size(mem, room + 1);
    out = talloc_zero_size(mem, room + 1);
    if (room < NONCE + TAG || !text_starts(sealed, MAGIC) || !text_unhex(sealed + WORD, in, room) ||
        crypto_aead_xchacha20poly1305_ietf_decrypt(out, &opened, NULL, in + NONCE, room - NONCE,
                                                   (const unsigned char *)purpose, strlen(purpose), in,
                                                   shop->files->key) != 0)
        return log_broken("seal", LOG_TEXT("what", purpose));
    out[opened] = '\0';
    *bytes = out;
    *length = (size_t)opened;
    return DONE;
}
