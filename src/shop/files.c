#include "shop/files.h"
#include "base/log.h"
#include "base/text.h"
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <talloc.h>
#include <unistd.h>

#define FILE_MOST ((off_t)64 << 20) /* bytes; no use case takes half of it */

void file_hash(const void *bytes, size_t length, char sha256[FILE_HASH_TEXT])
{
    unsigned char digest[crypto_hash_sha256_BYTES];

    crypto_hash_sha256(digest, bytes, length);
    sodium_bin2hex(sha256, FILE_HASH_TEXT, digest, sizeof digest);
}

bool file_is_hash(const char *text)
{
    return strlen(text) == FILE_HASH_TEXT - 1 && strspn(text, "0123456789abcdef") == FILE_HASH_TEXT - 1;
}

enum outcome file_broken(const char *what, const char *path)
{
    return log_broken("files", LOG_TEXT("what", what), LOG_TEXT("path", path), LOG_TEXT("why", strerror(errno)));
}

/* ---- Writing ---- */

enum outcome file_sync_folder(const char *path)
{
    int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool synced = folder >= 0 && fsync(folder) == 0;

    if (folder >= 0)
        close(folder);
    return synced ? DONE : file_broken("fsync", path);
}

static bool write_all(int file, const char *bytes, size_t length)
{
    while (length) {
        ssize_t n = write(file, bytes, length);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        bytes += n;
        length -= (size_t)n;
    }
    return true;
}

/* Under a name of this process and moment, which is gone again afterwards. Who is interrupted leaves it behind; nothing
 * reads it. */
static enum outcome write_passing(const char *passing, const char *path, const void *bytes, size_t length)
{
    int file = open(passing, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    enum outcome o = DONE;

    if (file < 0)
        return file_broken("open", passing);
    if (!write_all(file, bytes, length) || fsync(file) != 0)
        o = file_broken("write", passing);
    if (close(file) != 0 && o == DONE)
        o = file_broken("close", passing);
    /* Unlike a rename, this leaves what has the name already as it is. */
    if (o == DONE && link(passing, path) != 0 && errno != EEXIST)
        o = file_broken("link", path);
    unlink(passing);
    return o;
}

static enum outcome check_same(const struct files *files, void *mem, const char *sha256, size_t length)
{
    size_t there;
    void *bytes;

    TRY(file_read(files, mem, sha256, &bytes, &there));
    talloc_free(bytes);
    return there == length ? DONE : log_broken("files", LOG_TEXT("what", "length"), LOG_TEXT("path", sha256));
}

char *file_path(const struct files *files, void *mem, const char *sha256, const char *ending)
{
    return talloc_asprintf(mem, "%s/%.2s/%s%s", files->folder, sha256, sha256, ending);
}

enum outcome file_write(const struct files *files, void *mem, const char *sha256, const char *ending, const void *bytes,
                        size_t length)
{
    static atomic_uint_fast64_t turn;
    char *shelf = talloc_asprintf(mem, "%s/%.2s", files->folder, sha256), *passing;

    if (mkdir(shelf, 0700) != 0 && errno == ENOENT && (mkdir(files->folder, 0700) == 0 || errno == EEXIST))
        (void)!mkdir(shelf, 0700);
    if (access(shelf, X_OK) != 0)
        return file_broken("mkdir", shelf);
    TRY(file_sync_folder(files->folder));
    passing = talloc_asprintf(mem, "%s/.%ld-%" PRIdFAST64, shelf, (long)getpid(), (int_fast64_t)turn++);
    unlink(passing); /* of a process that had this number before */
    TRY(write_passing(passing, file_path(files, mem, sha256, ending), bytes, length));
    return file_sync_folder(shelf);
}

enum outcome file_keep(const struct files *files, void *mem, const void *bytes, size_t length,
                       char sha256[FILE_HASH_TEXT])
{
    if (!files->folder)
        return log_broken("files", LOG_TEXT("what", "no folder"));
    file_hash(bytes, length, sha256);
    if (access(file_path(files, mem, sha256, ""), F_OK) == 0)
        return check_same(files, mem, sha256, length);
    return file_write(files, mem, sha256, "", bytes, length);
}

enum outcome files_check(const struct files *files, struct problem *why)
{
    char *trial;
    int file;

    if (mkdir(files->folder, 0700) != 0 && errno != EEXIST)
        return problem_unwritable(why, files->folder);
    trial = talloc_asprintf(NULL, "%s/.trial-%ld", files->folder, (long)getpid());
    file = open(trial, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    unlink(trial);
    talloc_free(trial);
    if (file < 0)
        return problem_unwritable(why, files->folder);
    close(file);
    return DONE;
}

/* ---- Reading ---- */

static enum outcome read_all(int file, const char *path, void *mem, void **bytes, size_t *length)
{
    struct stat about;
    size_t got = 0;
    char *all;

    if (fstat(file, &about) != 0 || !S_ISREG(about.st_mode) || about.st_size > FILE_MOST)
        return file_broken("stat", path);
    *length = (size_t)about.st_size;
    all = talloc_size(mem, *length + 1);
    while (got < *length) {
        ssize_t n = read(file, all + got, *length - got);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return file_broken("read", path);
        got += (size_t)n;
    }
    all[got] = '\0';
    *bytes = all;
    return DONE;
}

enum outcome file_load(void *mem, const char *path, void **bytes, size_t *length)
{
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    enum outcome o;

    if (file < 0)
        return errno == ENOENT ? REFUSED : file_broken("open", path);
    o = read_all(file, path, mem, bytes, length);
    close(file);
    return o;
}

enum outcome file_read(const struct files *files, void *mem, const char *sha256, void **bytes, size_t *length)
{
    char hash[FILE_HASH_TEXT], *path;

    if (!files->folder || !file_is_hash(sha256))
        return REFUSED;
    path = file_path(files, mem, sha256, "");
    TRY(file_load(mem, path, bytes, length));
    file_hash(*bytes, *length, hash);
    return strcmp(hash, sha256) == 0 ? DONE : log_broken("files", LOG_TEXT("what", "hash"), LOG_TEXT("path", path));
}

/* ---- Names ---- */

enum outcome file_open(const struct files *files, void *mem, const char *sha256, int *file)
{
    char *path;

    if (!files || !files->folder || !file_is_hash(sha256))
        return REFUSED;
    path = file_path(files, mem, sha256, "");
    *file = open(path, O_RDONLY | O_CLOEXEC);
    if (*file < 0)
        return errno == ENOENT ? REFUSED : file_broken("open", path);
    return DONE;
}

char *file_name_clean(void *mem, const char *name)
{
    size_t length = 0, characters = 0;

    for (const char *c = name; c && *c; c++)
        if (*c == '/' || *c == '\\' || *c == ':')
            name = c + 1;
    if (text_is_blank(name) || !text_is_plain(name, strlen(name)))
        return talloc_strdup(mem, "file");
    for (; name[length]; length++)
        if ((name[length] & 0xC0) != 0x80 && ++characters > FILE_NAME_MOST)
            break;
    return text_trim(mem, talloc_strndup(mem, name, length));
}
