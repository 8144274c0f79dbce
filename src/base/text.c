/* base/text.c: reading UTF-8 with suspicion, and the growing buffer. text_latin is in latin.c. */
#include "base/text.h"
#include "base/unicode.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

size_t unicode_read(const char *bytes, size_t length, uint32_t *point)
{
    const unsigned char *s = (const unsigned char *)bytes;
    if (length == 0)
        return 0;

    size_t size;
    uint32_t value, least;
    if (s[0] < 0x80) {
        *point = s[0];
        return 1;
    } else if (s[0] < 0xC2) {
        return 0;
    } else if (s[0] < 0xE0) {
        size = 2, value = s[0] & 0x1F, least = 0x80;
    } else if (s[0] < 0xF0) {
        size = 3, value = s[0] & 0x0F, least = 0x800;
    } else if (s[0] < 0xF5) {
        size = 4, value = s[0] & 0x07, least = 0x10000;
    } else {
        return 0;
    }

    if (length < size)
        return 0;
    for (size_t i = 1; i < size; i++) {
        if ((s[i] & 0xC0) != 0x80)
            return 0;
        value = value << 6 | (s[i] & 0x3F);
    }
    if (value < least || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF))
        return 0;
    *point = value;
    return size;
}

bool unicode_is_blank(uint32_t point)
{
    return point == ' ' || (point >= '\t' && point <= '\r') || point == 0xA0 || point == 0x1680 ||
           (point >= 0x2000 && point <= 0x200A) || point == 0x2028 || point == 0x2029 || point == 0x202F ||
           point == 0x205F || point == 0x3000;
}

/* Controls, line separators, the marks that turn the direction of what follows (a name must read as it is stored), and
 * the two that XML cannot carry. */
static bool is_control(uint32_t point)
{
    return point < 0x20 || (point >= 0x7F && point < 0xA0) || (point >= 0x2028 && point <= 0x202E) ||
           (point >= 0x2066 && point <= 0x2069) || point == 0xFFFE || point == 0xFFFF;
}

/* How many bytes at the beginning are surely ASCII without NUL, looked at in eights: of most texts nearly all. */
static size_t ascii_eights(const char *bytes, size_t length)
{
    const uint64_t ones = UINT64_MAX / 255, tops = ones << 7;
    size_t i = 0;

    for (uint64_t eight; i + sizeof eight <= length; i += sizeof eight) {
        memcpy(&eight, bytes + i, sizeof eight);
        if ((eight | ((eight - ones) & ~eight)) & tops)
            break;
    }
    return i;
}

bool text_is_utf8(const char *bytes, size_t length)
{
    uint32_t point;
    for (size_t i = ascii_eights(bytes, length), size; i < length; i += size) {
        size = unicode_read(bytes + i, length - i, &point);
        if (size == 0 || point == 0)
            return false;
        if (size > 1)
            size += ascii_eights(bytes + i + size, length - i - size);
    }
    return true;
}

bool text_is_plain(const char *bytes, size_t length)
{
    uint32_t point;
    for (size_t i = 0, size; i < length; i += size) {
        size = unicode_read(bytes + i, length - i, &point);
        if (size == 0 || is_control(point))
            return false;
    }
    return true;
}

size_t text_characters(const char *text)
{
    size_t count = 0;
    for (; *text != '\0'; text++)
        count += ((unsigned char)*text & 0xC0) != 0x80;
    return count;
}

/* Bytes of the run of blanks that `text` starts with. */
static size_t blanks(const char *text, size_t length)
{
    uint32_t point;
    size_t i = 0;
    for (size_t size; (size = unicode_read(text + i, length - i, &point)) > 0 && unicode_is_blank(point);)
        i += size;
    return i;
}

bool text_is_blank(const char *text)
{
    if (text == NULL)
        return true;
    size_t length = strlen(text);
    return blanks(text, length) == length;
}

static void *must(void *allocated)
{
    if (allocated == NULL)
        abort();
    return allocated;
}

char *text_trim(void *mem, const char *text)
{
    size_t length = text ? strlen(text) : 0, out = 0;
    char *copy = must(talloc_array(mem, char, length + 1));

    for (size_t i = 0; i < length;) {
        size_t run = blanks(text + i, length - i);
        i += run;
        if (i == length)
            break;
        if (run > 0 && out > 0)
            copy[out++] = ' ';
        copy[out++] = text[i++];
    }
    copy[out] = '\0';
    return copy;
}

char *text_lower(void *mem, const char *text)
{
    char *copy = must(talloc_strdup(mem, text ? text : ""));
    for (char *c = copy; *c != '\0'; c++)
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c - 'A' + 'a');
    return copy;
}

char *text_upper(void *mem, const char *text)
{
    char *copy = must(talloc_strdup(mem, text ? text : ""));
    for (char *c = copy; *c != '\0'; c++)
        if (*c >= 'a' && *c <= 'z')
            *c = (char)(*c - 'a' + 'A');
    return copy;
}

bool text_same(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

bool text_starts(const char *text, const char *prefix)
{
    return text != NULL && strncmp(text, prefix, strlen(prefix)) == 0;
}

struct text_buffer text_buffer(void *mem)
{
    struct text_buffer b = {.mem = mem, .room = 128};
    b.bytes = must(talloc_array(mem, char, b.room));
    b.bytes[0] = '\0';
    return b;
}

/* Room for `more` bytes and the NUL. */
static void reserve(struct text_buffer *b, size_t more)
{
    if (more < b->room - b->length)
        return;
    if (more > SIZE_MAX / 4 || b->length > SIZE_MAX / 4)
        abort();
    size_t room = b->room * 2;
    if (room < b->length + more + 1)
        room = b->length + more + 1;
    b->bytes = must(talloc_realloc(b->mem, b->bytes, char, room));
    b->room = room;
}

void text_put_bytes(struct text_buffer *b, const void *bytes, size_t length)
{
    reserve(b, length);
    if (length > 0)
        memcpy(b->bytes + b->length, bytes, length);
    b->length += length;
    b->bytes[b->length] = '\0';
}

void text_put(struct text_buffer *b, const char *text)
{
    text_put_bytes(b, text, strlen(text));
}

void text_put_format(struct text_buffer *b, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    int length = vsnprintf(b->bytes + b->length, b->room - b->length, format, args);
    va_end(args);
    if (length < 0)
        abort();
    if ((size_t)length >= b->room - b->length) {
        reserve(b, (size_t)length);
        va_start(args, format);
        vsnprintf(b->bytes + b->length, b->room - b->length, format, args);
        va_end(args);
    }
    b->length += (size_t)length;
}

void text_put_html(struct text_buffer *b, const char *text, size_t length)
{
    static const char *const ESCAPE[256] = {
        ['&'] = "&amp;", ['<'] = "&lt;", ['>'] = "&gt;", ['"'] = "&quot;", ['\''] = "&#39;"};
    size_t done = 0;

    for (size_t i = 0; i < length; i++) {
        const char *escape = ESCAPE[(unsigned char)text[i]];

        if (escape == NULL)
            continue;
        text_put_bytes(b, text + done, i - done);
        text_put(b, escape);
        done = i + 1;
    }
    text_put_bytes(b, text + done, length - done);
}

char *text_hex(void *mem, const void *bytes, size_t length)
{
    const unsigned char *from = bytes;
    char *hex = must(talloc_array(mem, char, length * 2 + 1));
    for (size_t i = 0; i < length; i++) {
        hex[2 * i] = "0123456789abcdef"[from[i] >> 4];
        hex[2 * i + 1] = "0123456789abcdef"[from[i] & 15];
    }
    hex[2 * length] = '\0';
    return hex;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

bool text_unhex(const char *hex, void *bytes, size_t length)
{
    unsigned char *to = bytes;
    if (strlen(hex) != length * 2)
        return false;
    for (size_t i = 0; i < length; i++) {
        int high = hex_digit(hex[2 * i]), low = hex_digit(hex[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        to[i] = (unsigned char)(high << 4 | low);
    }
    return true;
}

char *text_like(void *mem, const char *part)
{
    struct text_buffer b = text_buffer(mem);

    text_put(&b, "%");
    for (const char *c = part; *c; c++) {
        if (*c == '%' || *c == '_' || *c == '!')
            text_put(&b, "!");
        text_put_bytes(&b, c, 1);
    }
    text_put(&b, "%");
    return b.bytes;
}
