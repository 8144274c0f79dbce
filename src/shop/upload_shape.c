#include "shop/upload.h"
#include <stdint.h>
#include <string.h>
#include <zlib.h>

static uint32_t big32(const unsigned char *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static uint32_t big16(const unsigned char *at)
{
    return (uint32_t)at[0] << 8 | at[1];
}

/* ---- PNG ---- */

/* The bit depths that each colour type allows, as bits; types 1 and 5 do not exist. */
static bool png_depth_fits(unsigned char colour, unsigned char depth)
{
    static const uint32_t DEPTHS[] = {
        [0] = 1u << 1 | 1u << 2 | 1u << 4 | 1u << 8 | 1u << 16,
        [2] = 1u << 8 | 1u << 16,
        [3] = 1u << 1 | 1u << 2 | 1u << 4 | 1u << 8,
        [4] = 1u << 8 | 1u << 16,
        [6] = 1u << 8 | 1u << 16,
    };

    return colour < sizeof DEPTHS / sizeof DEPTHS[0] && depth <= 16 && (DEPTHS[colour] >> depth & 1);
}

static bool png_header_fits(const unsigned char *data, uint32_t length)
{
    uint64_t width, height;

    if (length != 13)
        return false;
    width = big32(data);
    height = big32(data + 4);
    return width && height && width <= INT32_MAX && height <= INT32_MAX && width * height <= PICTURE_PIXELS &&
           png_depth_fits(data[9], data[8]) && data[10] == 0 && data[11] == 0 && data[12] <= 1;
}

struct png {
    unsigned char colour;
    bool header, palette, data, data_over, end;
};

/* What a chunk may be, after those before it. */
static bool png_chunk_fits(struct png *png, const unsigned char *type, const unsigned char *data, uint32_t length)
{
    bool first = !png->header;

    for (int i = 0; i < 4; i++)
        if ((type[i] | 0x20) < 'a' || (type[i] | 0x20) > 'z')
            return false;
    if (memcmp(type, "IHDR", 4) == 0) {
        png->header = true;
        png->colour = length == 13 ? data[9] : 0;
        return first && png_header_fits(data, length);
    }
    if (first)
        return false;
    if (memcmp(type, "IDAT", 4) == 0) {
        bool fits = !png->data_over && (png->colour != 3 || png->palette);

        png->data = true;
        return fits;
    }
    png->data_over = png->data;
    if (memcmp(type, "PLTE", 4) == 0) {
        bool fits = !png->palette && !png->data && length % 3 == 0 && length >= 3 && length <= 3 * 256;

        png->palette = true;
        return fits;
    }
    if (memcmp(type, "IEND", 4) == 0) {
        png->end = true;
        return png->data && length == 0;
    }
    return type[0] & 0x20; /* of the others, those that may be passed over */
}

bool png_is_whole(const unsigned char *bytes, size_t length)
{
    static const unsigned char SIGNATURE[] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
    struct png png = {0};
    size_t at = sizeof SIGNATURE;

    if (length < at || memcmp(bytes, SIGNATURE, at) != 0)
        return false;
    while (!png.end) {
        uint32_t size;

        if (length - at < 12)
            return false;
        size = big32(bytes + at);
        if (size > INT32_MAX || size > length - at - 12)
            return false;
        if (big32(bytes + at + 8 + size) != crc32_z(0, bytes + at + 4, (size_t)size + 4))
            return false;
        if (!png_chunk_fits(&png, bytes + at + 4, bytes + at + 8, size))
            return false;
        at += 12 + (size_t)size;
    }
    return true;
}

/* ---- JPEG ---- */

enum { JPEG_SOI = 0xD8, JPEG_EOI = 0xD9, JPEG_SOS = 0xDA, JPEG_TEM = 0x01 };

static bool jpeg_is_frame(unsigned char marker)
{
    return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
}

static bool jpeg_is_restart(unsigned char marker)
{
    return marker >= 0xD0 && marker <= 0xD7;
}

static bool jpeg_frame_fits(const unsigned char *segment, uint32_t length)
{
    uint64_t height, width;

    if (length < 8)
        return false;
    height = big16(segment + 3);
    width = big16(segment + 5);
    return width && height && width * height <= PICTURE_PIXELS && segment[7] && length == 8 + 3 * (uint32_t)segment[7];
}

/* The marker's place after `at`: past what is no marker (a scan's data, with its stuffed zeros and restarts, or what
 * some programs leave between segments). `length` when there is none. */
static size_t jpeg_next(const unsigned char *bytes, size_t length, size_t at)
{
    while (at + 1 < length) {
        const unsigned char *found = memchr(bytes + at, 0xFF, length - at - 1);

        if (!found)
            return length;
        at = (size_t)(found - bytes) + 1;
        if (bytes[at] != 0x00 && bytes[at] != 0xFF && bytes[at] != JPEG_TEM && !jpeg_is_restart(bytes[at]))
            return at;
    }
    return length;
}

bool jpeg_is_whole(const unsigned char *bytes, size_t length)
{
    bool frame = false, scan = false;
    size_t at = 2;

    if (length < 4 || bytes[0] != 0xFF || bytes[1] != JPEG_SOI || bytes[2] != 0xFF)
        return false;
    while ((at = jpeg_next(bytes, length, at)) < length) {
        unsigned char marker = bytes[at];
        uint32_t size;

        if (marker == JPEG_EOI)
            return scan;
        if (marker == JPEG_SOI || marker < 0xC0 || length - at < 3)
            return false;
        size = big16(bytes + at + 1);
        if (size < 2 || size > length - at - 1)
            return false;
        if (jpeg_is_frame(marker)) {
            if (!jpeg_frame_fits(bytes + at + 1, size))
                return false;
            frame = true;
        }
        if (marker == JPEG_SOS && !frame)
            return false;
        scan |= marker == JPEG_SOS;
        at += 1 + size;
    }
    return false;
}

/* ---- PDF ---- */

enum { PDF_HEAD = 16, PDF_TAIL = 2048, PDF_AWAY = 32 };

static bool pdf_blank(unsigned char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f' || c == 0;
}

static bool pdf_header(const unsigned char *bytes, size_t length)
{
    size_t at = length > 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;

    while (at < PDF_HEAD && at < length && pdf_blank(bytes[at]))
        at++;
    return length - at >= 8 && memcmp(bytes + at, "%PDF-", 5) == 0 && bytes[at + 5] >= '1' && bytes[at + 5] <= '2' &&
           bytes[at + 6] == '.' && bytes[at + 7] >= '0' && bytes[at + 7] <= '9';
}

static const unsigned char *find_last(const unsigned char *from, const unsigned char *to, const char *word)
{
    size_t length = strlen(word);

    for (const unsigned char *at = to; (size_t)(at - from) >= length; at--)
        if (memcmp(at - length, word, length) == 0)
            return at - length;
    return NULL;
}

/* "startxref 565 %%EOF", with any blanks between. */
static bool pdf_offset(const unsigned char *at, const unsigned char *end, uint64_t *offset)
{
    int digits = 0;

    for (at += strlen("startxref"); at < end && pdf_blank(*at); at++)
        ;
    for (*offset = 0; at < end && *at >= '0' && *at <= '9' && digits < 12; at++, digits++)
        *offset = *offset * 10 + (uint64_t)(*at - '0');
    while (at < end && pdf_blank(*at))
        at++;
    return digits && at == end;
}

bool pdf_is_whole(const unsigned char *bytes, size_t length)
{
    const unsigned char *tail = bytes + (length > PDF_TAIL ? length - PDF_TAIL : 0), *end, *start;
    uint64_t offset;
    size_t from, to;

    if (!pdf_header(bytes, length))
        return false;
    end = find_last(tail, bytes + length, "%%EOF");
    start = end ? find_last(tail, end, "startxref") : NULL;
    if (!start || !pdf_offset(start, end, &offset) || offset >= (uint64_t)(start - bytes))
        return false;
    from = offset > PDF_AWAY ? (size_t)offset - PDF_AWAY : 0;
    to = (size_t)offset + PDF_AWAY;
    to = to > (size_t)(start - bytes) ? (size_t)(start - bytes) : to;
    return memmem(bytes + from, to - from, "xref", 4) || memmem(bytes + from, to - from, "obj", 3);
}
