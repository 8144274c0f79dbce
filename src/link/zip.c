#include "link/zip.h"
#include "base/i18n.h"
#include "base/text.h"
#include <stdint.h>
#include <string.h>
#include <talloc.h>
#include <zlib.h>

#define END_SIGNATURE     0x06054b50U
#define CENTRAL_SIGNATURE 0x02014b50U
#define LOCAL_SIGNATURE   0x04034b50U
#define END_SIZE          22
#define CENTRAL_SIZE      46
#define LOCAL_SIZE        30
#define COMMENT_MOST      65535
#define NAME_MOST         255

struct archive {
    const unsigned char *bytes;
    size_t length, left; /* what may still be unpacked */
};

static uint32_t number16(const unsigned char *at)
{
    return (uint32_t)at[0] | (uint32_t)at[1] << 8;
}

static uint32_t number32(const unsigned char *at)
{
    return number16(at) | number16(at + 2) << 16;
}

/* `size` bytes at `offset`, NULL: outside. */
static const unsigned char *range(const struct archive *a, size_t offset, size_t size)
{
    return offset <= a->length && size <= a->length - offset ? a->bytes + offset : NULL;
}

static const unsigned char *find_end(const struct archive *a)
{
    for (size_t back = END_SIZE; back <= a->length && back <= END_SIZE + COMMENT_MOST; back++) {
        const unsigned char *at = a->bytes + a->length - back;

        if (number32(at) == END_SIGNATURE && number16(at + 20) == back - END_SIZE)
            return at;
    }
    return NULL;
}

static void *inflated(void *mem, const unsigned char *packed, size_t packed_length, size_t length)
{
    unsigned char *bytes = talloc_size(mem, length + 1);
    z_stream z = {.next_in = (unsigned char *)packed,
                  .avail_in = (unsigned)packed_length,
                  .next_out = bytes,
                  .avail_out = (unsigned)length + 1}; /* one more, to see that it does not go on */
    bool whole;

    if (!bytes || inflateInit2(&z, -MAX_WBITS) != Z_OK)
        return NULL;
    whole = inflate(&z, Z_FINISH) == Z_STREAM_END && z.total_out == length;
    inflateEnd(&z);
    return whole ? bytes : NULL;
}

/* The content of the file that a row of the directory names; NULL: it cannot be had. */
static const void *content(void *mem, struct archive *a, const unsigned char *row, size_t *length)
{
    size_t packed_length = number32(row + 20);
    const unsigned char *local = range(a, number32(row + 42), LOCAL_SIZE), *packed;

    *length = number32(row + 24);
    if (!local || number32(local) != LOCAL_SIGNATURE || (number16(row + 8) & 1) || *length > a->left)
        return NULL;
    packed =
        range(a, number32(row + 42) + (size_t)LOCAL_SIZE + number16(local + 26) + number16(local + 28), packed_length);
    if (!packed)
        return NULL;
    a->left -= *length;
    if (number16(row + 10) == 0)
        return packed_length == *length ? packed : NULL;
    return number16(row + 10) == 8 ? inflated(mem, packed, packed_length, *length) : NULL;
}

static char *name_of(void *mem, const unsigned char *row, size_t length)
{
    char *name = talloc_strndup(mem, (const char *)row + CENTRAL_SIZE, length);
    char *slash = strrchr(name, '/');

    return slash ? slash + 1 : name;
}

static enum outcome take_row(void *mem, struct archive *a, const unsigned char *row, zip_take *take, void *arg,
                             bool *readable)
{
    char *name = name_of(mem, row, number16(row + 28));
    const void *bytes;
    size_t length;

    if (!*name) /* a folder */
        return DONE;
    bytes = text_is_plain(name, strlen(name)) && strlen(name) <= NAME_MOST ? content(mem, a, row, &length) : NULL;
    *readable = bytes != NULL;
    return bytes ? take(arg, name, bytes, length) : DONE;
}

enum outcome zip_each(void *mem, const void *bytes, size_t length, enum problem_code code, zip_take *take, void *arg,
                      struct problem *why)
{
    struct archive a = {bytes, length, ZIP_BYTES_MOST};
    const unsigned char *end = find_end(&a);
    size_t count = end ? number16(end + 10) : 0, at = end ? number32(end + 16) : 0;

    if (!end || count > ZIP_FILES_MOST)
        return problem_set(why, code, "", "%s", N_("l'archivio ZIP non si apre"));
    for (size_t i = 0; i < count; i++) {
        const unsigned char *row = range(&a, at, CENTRAL_SIZE);
        size_t size = row ? CENTRAL_SIZE + (size_t)number16(row + 28) + number16(row + 30) + number16(row + 32) : 0;
        bool readable = true;
        void *scratch;
        enum outcome o;

        if (!row || number32(row) != CENTRAL_SIGNATURE || !range(&a, at, size))
            return problem_set(why, code, "", "%s", N_("l'indice dell'archivio ZIP è rovinato"));
        scratch = talloc_new(mem);
        o = take_row(scratch, &a, row, take, arg, &readable);
        talloc_free(scratch);
        TRY(o);
        if (!readable)
            return problem_set(why, code, "", "%s", N_("un file dell'archivio ZIP non si apre"));
        at += size;
    }
    return DONE;
}
