/* shop/files_seal.c: the papers of people, kept so that the folder alone tells nothing of them. */
#include "base/log.h"
#include "base/text.h"
#include "shop/files.h"
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <talloc.h>
#include <unistd.h>

#define MAGIC  "casella1"
#define ENDING ".sealed"
#define WORD   (sizeof MAGIC - 1)
#define NONCE  crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define TAG    crypto_aead_xchacha20poly1305_ietf_ABYTES

_Static_assert(FILES_KEY == crypto_aead_xchacha20poly1305_ietf_KEYBYTES, "the key's length");

/* ---- Files ---- */

static unsigned char *sealed(const struct files *files, void *mem, const void *bytes, size_t length, const char *sha256,
                             size_t *sealed_length)
{
    unsigned char *out = talloc_size(mem, WORD + NONCE + length + TAG);
    unsigned long long written;

    memcpy(out, MAGIC, WORD);
    randombytes_buf(out + WORD, NONCE);
    crypto_aead_xchacha20poly1305_ietf_encrypt(out + WORD + NONCE, &written, bytes, length,
                                               (const unsigned char *)sha256, FILE_HASH_TEXT - 1, NULL, out + WORD,
                                               files->key);
    *sealed_length = WORD + NONCE + (size_t)written;
    return out;
}

enum outcome file_seal(const struct files *files, void *mem, const void *bytes, size_t length,
                       char sha256[FILE_HASH_TEXT], struct problem *why)
{
    unsigned char *out;
    size_t out_length;

    if (!files || !files->folder || !files->key)
        return problem_set(why, PROBLEM_FILES, "file", "%s", "");
    file_hash(bytes, length, sha256);
    if (access(file_path(files, mem, sha256, ENDING), F_OK) == 0) {
        void *there;
        size_t there_length;
        enum outcome o = file_unseal(files, mem, sha256, &there, &there_length);

        talloc_free(o == DONE ? there : NULL);
        return o == REFUSED ? BROKEN : o;
    }
    out = sealed(files, mem, bytes, length, sha256, &out_length);
    return file_write(files, mem, sha256, ENDING, out, out_length);
}

enum outcome file_unseal(const struct files *files, void *mem, const char *sha256, void **bytes, size_t *length)
{
    unsigned char *in;
    unsigned long long opened;
    size_t in_length;
    char *out, *path;
    void *read;

    if (!files || !files->folder || !files->key || !file_is_hash(sha256))
        return REFUSED;
    path = file_path(files, mem, sha256, ENDING);
    TRY(file_load(mem, path, &read, &in_length));
    in = read;
    if (in_length < WORD + NONCE + TAG || memcmp(in, MAGIC, WORD) != 0)
        return log_broken("files", LOG_TEXT("what", "not sealed"), LOG_TEXT("path", path));
    out = talloc_size(mem, in_length - WORD - NONCE - TAG + 1);
    if (crypto_aead_xchacha20poly1305_ietf_decrypt((unsigned char *)out, &opened, NULL, in + WORD + NONCE,
                                                   in_length - WORD - NONCE, (const unsigned char *)sha256,
                                                   FILE_HASH_TEXT - 1, in + WORD, files->key) != 0)
        return log_broken("files", LOG_TEXT("what", "seal"), LOG_TEXT("path", path));
    talloc_free(read);
    out[opened] = '\0';
    *bytes = out;
    *length = (size_t)opened;
    return DONE;
}

static enum outcome gone(const struct files *files, void *mem, const char *sha256, const char *ending)
{
    char *path;

    if (!files || !files->folder || !file_is_hash(sha256))
        return REFUSED;
    path = file_path(files, mem, sha256, ending);
    if (unlink(path) != 0)
        return errno == ENOENT ? DONE : file_broken("unlink", path);
    return file_sync_folder(talloc_asprintf(mem, "%s/%.2s", files->folder, sha256));
}

enum outcome file_shred(const struct files *files, void *mem, const char *sha256)
{
    return gone(files, mem, sha256, ENDING);
}

enum outcome file_forget(const struct files *files, void *mem, const char *sha256)
{
    TRY(gone(files, mem, sha256, ENDING));
    return gone(files, mem, sha256, "");
}

/* ---- The key ---- */

static enum outcome cannot(const char *file, const char *what, struct problem *why)
{
    return problem_set(why, PROBLEM_CONFIG, "files-key", "%.120s: %s", file, what);
}

enum outcome files_key_read(void *mem, const char *file, const unsigned char **key, struct problem *why)
{
    int fd = open(file, O_RDONLY | O_CLOEXEC);
    unsigned char *bytes = talloc_zero_size(mem, FILES_KEY);
    char text[2 * FILES_KEY + 2] = "";
    struct stat about;
    ssize_t n;

    if (fd < 0)
        return problem_unreadable(why, file);
    n = fstat(fd, &about) == 0 ? read(fd, text, sizeof text) : -1;
    close(fd);
    if (n < 0)
        return problem_unreadable(why, file);
    if (about.st_mode & 077)
        return cannot(file, "chmod 600", why);
    if (n == 2 * FILES_KEY + 1 && text[n - 1] == '\n')
        text[--n] = '\0';
    if (n != 2 * FILES_KEY || !text_unhex(text, bytes, FILES_KEY)) {
        sodium_memzero(text, sizeof text);
        return cannot(file, "openssl rand -hex 32", why);
    }
    sodium_memzero(text, sizeof text);
    *key = bytes;
    return DONE;
}

enum outcome files_key_make(const char *file, struct problem *why)
{
    unsigned char bytes[FILES_KEY];
    char text[2 * FILES_KEY + 1];
    int fd = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    bool written;

    if (fd < 0)
        return errno == EEXIST ? DONE : problem_unwritable(why, file);
    randombytes_buf(bytes, sizeof bytes);
    sodium_bin2hex(text, sizeof text, bytes, sizeof bytes);
    written = write(fd, text, sizeof text - 1) == (ssize_t)sizeof text - 1 && fsync(fd) == 0;
    close(fd);
    sodium_memzero(bytes, sizeof bytes);
    sodium_memzero(text, sizeof text);
    if (written)
        return DONE;
    unlink(file);
    return cannot(file, "write", why);
}
