#include "shop/upload.h"
#include "base/log.h"
#include <magic.h>
#include <string.h>
#include <talloc.h>

#define LOOKED_AT ((size_t)64 << 10) /* bytes that libmagic is shown: a type stands at the beginning */

static const struct {
    const char *type;
    bool (*is_whole)(const unsigned char *bytes, size_t length);
} TAKEN[] = {
    {"application/pdf", pdf_is_whole},
    {"image/jpeg", jpeg_is_whole},
    {"image/png", png_is_whole},
};

/* What people send all the same, as they call it. A name that ends with a slash is the beginning of a type. */
static const struct {
    const char *type, *name;
} KNOWN[] = {
    {"image/heic", "HEIC"},
    {"image/heif", "HEIF"},
    {"image/avif", "AVIF"},
    {"image/webp", "WebP"},
    {"image/tiff", "TIFF"},
    {"image/gif", "GIF"},
    {"image/bmp", "BMP"},
    {"image/x-ms-bmp", "BMP"},
    {"image/svg+xml", "SVG"},
    {"application/msword", "Word"},
    {"application/vnd.openxmlformats-officedocument.wordprocessingml.document", "Word"},
    {"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "Excel"},
    {"application/vnd.openxmlformats-officedocument.presentationml.presentation", "PowerPoint"},
    {"application/vnd.ms-excel", "Excel"},
    {"application/vnd.oasis.opendocument.text", "OpenDocument"},
    {"application/zip", "ZIP"},
    {"application/x-rar", "RAR"},
    {"application/x-7z-compressed", "7z"},
    {"application/pkcs7-mime", "P7M"},
    {"application/postscript", "PostScript"},
    {"message/rfc822", "EML"},
    {"text/html", "HTML"},
    {"text/rtf", "RTF"},
    {"text/plain", "TXT"},
    {"text/", "TXT"},
    {"video/", "video"},
    {"audio/", "audio"},
};

/* Containers that libmagic names only after a look inside. */
static const struct {
    const char *bytes;
    size_t length;
    const char *name;
} SIGNED[] = {
    {"PK\3\4", 4, "ZIP"},
    {"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 8, "Word, Excel"},
};

/* Without the looks into archives, containers and texts that it would take: less for a hostile file to work on. */
static enum outcome type_of(void *mem, const void *bytes, size_t length, const char **type)
{
    magic_t magic = magic_open(MAGIC_MIME_TYPE | MAGIC_NO_CHECK_COMPRESS | MAGIC_NO_CHECK_TAR | MAGIC_NO_CHECK_ELF |
                               MAGIC_NO_CHECK_CDF | MAGIC_NO_CHECK_JSON | MAGIC_NO_CHECK_CSV | MAGIC_NO_CHECK_APPTYPE |
                               MAGIC_NO_CHECK_TOKENS);
    const char *said = NULL;

    if (magic && magic_load(magic, NULL) == 0)
        said = magic_buffer(magic, bytes, length < LOOKED_AT ? length : LOOKED_AT);
    if (!said)
        (void)log_broken("upload.magic", LOG_TEXT("why", magic ? magic_error(magic) : "magic_open"));
    else
        *type = talloc_strdup(mem, said);
    if (magic)
        magic_close(magic);
    return said ? DONE : BROKEN;
}

static enum outcome refuse_type(const char *type, const void *bytes, size_t length, struct problem *why)
{
    for (size_t i = 0; i < count_of(KNOWN); i++) {
        size_t named = strlen(KNOWN[i].type);
        bool begins = KNOWN[i].type[named - 1] == '/';

        if (strncmp(type, KNOWN[i].type, named) == 0 && (begins || type[named] == '\0'))
            return problem_set(why, PROBLEM_FILE_TYPE, "file", "%s", KNOWN[i].name);
    }
    for (size_t i = 0; i < count_of(SIGNED); i++)
        if (length >= SIGNED[i].length && memcmp(bytes, SIGNED[i].bytes, SIGNED[i].length) == 0)
            return problem_set(why, PROBLEM_FILE_TYPE, "file", "%s", SIGNED[i].name);
    return problem_set(why, PROBLEM_FILE_BROKEN, "file", "%s", "");
}

enum outcome upload_type(const void *bytes, size_t length, size_t most, const char **type, struct problem *why)
{
    void *mem;
    const char *said = "";
    enum outcome o;

    if (length == 0)
        return problem_set(why, PROBLEM_FILE_EMPTY, "file", "%s", "");
    if (length > most)
        return problem_set(why, PROBLEM_TOO_LARGE, "file", "%zu MB", most >> 20);
    mem = talloc_new(NULL);
    o = type_of(mem, bytes, length, &said);
    *type = NULL;
    for (size_t i = 0; o == DONE && i < count_of(TAKEN); i++)
        if (strcmp(TAKEN[i].type, said) == 0 && TAKEN[i].is_whole(bytes, length))
            *type = TAKEN[i].type;
    if (o == DONE && !*type)
        o = refuse_type(said, bytes, length, why);
    talloc_free(mem);
    return o;
}
