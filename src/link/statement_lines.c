/* link/statement_lines.c */
#include "link/statement_lines.h"
#include "base/i18n.h"
#include "base/log.h"
#include "base/text.h"
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define NO_CHARACTER 0xFFFD

static enum outcome read_some(int file, char *to, size_t room, size_t *got, struct problem *why)
{
    ssize_t count;

    do
        count = read(file, to, room);
    while (count < 0 && errno == EINTR);
    if (count < 0 && errno == EISDIR)
        return problem_set(why, PROBLEM_STATEMENT_FORMAT, "", N_("è una cartella; indicare il file che contiene"));
    if (count < 0)
        return log_broken("statement.read", LOG_TEXT("why", strerror(errno)));
    *got = (size_t)count;
    return DONE;
}

enum outcome first_bytes_read(int file, struct first_bytes *first, struct problem *why)
{
    size_t got = 1;

    first->file = file;
    first->length = 0;
    while (got > 0 && first->length < sizeof first->bytes) {
        TRY(read_some(file, first->bytes + first->length, sizeof first->bytes - first->length, &got, why));
        first->length += got;
    }
    first->whole = got == 0;
    return DONE;
}

/* Text without a mark that is UTF-16 begins with a character below 256: one of its two bytes is zero. */
static enum line_encoding encoding_of(const char *bytes, size_t length, size_t *mark)
{
    *mark = 2;
    if (length >= 2 && memcmp(bytes, "\xFF\xFE", 2) == 0)
        return LINES_UTF16_LE;
    if (length >= 2 && memcmp(bytes, "\xFE\xFF", 2) == 0)
        return LINES_UTF16_BE;
    *mark = length >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    if (length >= 4 && bytes[0] && !bytes[1] && bytes[2] && !bytes[3])
        return LINES_UTF16_LE;
    if (length >= 4 && !bytes[0] && bytes[1] && !bytes[2] && bytes[3])
        return LINES_UTF16_BE;
    return LINES_OF_BYTES;
}

static size_t put_point(char *to, uint32_t point)
{
    if (point < 0x80)
        return to[0] = (char)point, 1;
    if (point < 0x800) {
        to[0] = (char)(0xC0 | point >> 6);
        to[1] = (char)(0x80 | (point & 0x3F));
        return 2;
    }
    if (point < 0x10000) {
        to[0] = (char)(0xE0 | point >> 12);
        to[1] = (char)(0x80 | (point >> 6 & 0x3F));
        to[2] = (char)(0x80 | (point & 0x3F));
        return 3;
    }
    to[0] = (char)(0xF0 | point >> 18);
    to[1] = (char)(0x80 | (point >> 12 & 0x3F));
    to[2] = (char)(0x80 | (point >> 6 & 0x3F));
    to[3] = (char)(0x80 | (point & 0x3F));
    return 4;
}

static uint32_t unit_of(const struct lines *in, const unsigned char *two)
{
    return in->encoding == LINES_UTF16_LE ? (uint32_t)(two[0] | two[1] << 8) : (uint32_t)(two[0] << 8 | two[1]);
}

/* Takes the bytes one by one, since a piece may end anywhere. Two bytes make at most three of UTF-8. */
static size_t widen(struct lines *in, const char *bytes, size_t count)
{
    size_t length = 0;

    for (size_t i = 0; i < count; i++) {
        in->half[in->half_count++] = (unsigned char)bytes[i];
        if (in->half_count % 2)
            continue;
        uint32_t unit = unit_of(in, in->half + in->half_count - 2);
        bool first = unit >= 0xD800 && unit < 0xDC00, second = unit >= 0xDC00 && unit < 0xE000;

        if (in->half_count == 4 && second) {
            uint32_t before = unit_of(in, in->half);
            length += put_point(in->wide + length, 0x10000 + ((before - 0xD800) << 10) + (unit - 0xDC00));
            in->half_count = 0;
            continue;
        }
        if (in->half_count == 4)
            length += put_point(in->wide + length, NO_CHARACTER);
        if (first) {
            memmove(in->half, in->half + in->half_count - 2, 2);
            in->half_count = 2;
            continue;
        }
        length += put_point(in->wide + length, second ? NO_CHARACTER : unit);
        in->half_count = 0;
    }
    return length;
}

/* The next bytes as they stand in the file: first those read before. */
static enum outcome next_piece(struct lines *in, const char **piece, size_t *length)
{
    *length = (size_t)(in->ahead_end - in->ahead);
    if (*length > sizeof in->room)
        *length = sizeof in->room;
    if (*length > 0) {
        *piece = in->ahead;
        in->ahead += *length;
        return DONE;
    }
    *piece = in->room;
    return in->file < 0 ? DONE : read_some(in->file, in->room, sizeof in->room, length, in->why);
}

/* More bytes to look at; none at the end of the file. A piece may make no text yet, when it is half a character. */
static enum outcome refill(struct lines *in)
{
    const char *piece;
    size_t length;

    do {
        TRY(next_piece(in, &piece, &length));
        in->at = in->encoding == LINES_OF_BYTES ? piece : in->wide;
        in->end = in->at + (in->encoding == LINES_OF_BYTES ? length : widen(in, piece, length));
    } while (length > 0 && in->at == in->end);
    return DONE;
}

void lines_look(struct lines *in, const struct first_bytes *first, struct problem *why)
{
    size_t mark;

    in->why = why;
    in->file = -1;
    in->ended = in->after_cr = false;
    in->number = 0;
    in->half_count = 0;
    in->encoding = encoding_of(first->bytes, first->length, &mark);
    in->at = in->end = NULL;
    in->ahead = first->bytes + mark;
    in->ahead_end = first->bytes + first->length;
}

void lines_begin(struct lines *in, const struct first_bytes *first, struct problem *why)
{
    lines_look(in, first, why);
    if (!first->whole)
        in->file = first->file;
}

/* 0x80 to 0x9F of Windows-1252; the five that it leaves free are no character. */
static uint32_t windows_point(unsigned char c)
{
    static const uint16_t POINTS[32] = {0x20AC, 0xFFFD, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
                                        0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0xFFFD, 0x017D, 0xFFFD,
                                        0xFFFD, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
                                        0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0xFFFD, 0x017E, 0x0178};

    return c >= 0x80 && c < 0xA0 ? POINTS[c - 0x80] : c;
}

static char *finished_line(struct lines *in)
{
    size_t length = 0;

    for (size_t i = 0; i < in->length; i++) {
        unsigned char c = (unsigned char)in->raw[i];
        if ((c < ' ' && c != '\t') || c == 0x7F)
            in->raw[i] = ' ';
    }
    in->raw[in->length] = '\0';
    if (text_is_utf8(in->raw, in->length))
        return in->raw;
    for (size_t i = 0; i < in->length; i++)
        length += put_point(in->line + length, windows_point((unsigned char)in->raw[i]));
    in->line[length] = '\0';
    return in->line;
}

static enum outcome too_long(struct lines *in)
{
    return lines_refuse(in, N_("supera %d caratteri; scaricare di nuovo il file dalla banca"), LINE_BYTES);
}

enum outcome lines_next(struct lines *in, char **line)
{
    *line = NULL;
    if (in->ended)
        return DONE;
    in->number++;
    in->length = 0;
    for (;;) {
        if (in->at == in->end)
            TRY(refill(in));
        if (in->at == in->end) {
            in->ended = true;
            if (in->length > 0)
                *line = finished_line(in);
            else
                in->number--;
            return DONE;
        }
        char c = *in->at++;
        bool ends_cr_lf = in->after_cr && c == '\n';
        in->after_cr = c == '\r';
        if (ends_cr_lf)
            continue;
        if (c == '\n' || c == '\r') {
            *line = finished_line(in);
            return DONE;
        }
        if (c == '\0')
            return lines_refuse(in, N_("contiene un byte nullo: non è testo; scaricare di nuovo il file dalla banca"));
        if (in->length == LINE_BYTES)
            return too_long(in);
        in->raw[in->length++] = c;
    }
}

static enum outcome refuse(const struct lines *in, int line, const char *format, va_list arguments) like_printf(3, 0);

static enum outcome refuse(const struct lines *in, int line, const char *format, va_list arguments)
{
    char text[180];

    vsnprintf(text, sizeof text, format, arguments);
    return problem_set(in->why, PROBLEM_STATEMENT_FORMAT, "", N_("riga %d: %s"), line, text);
}

enum outcome lines_refuse(const struct lines *in, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    enum outcome o = refuse(in, in->number, format, arguments);
    va_end(arguments);
    return o;
}

enum outcome lines_refuse_at(const struct lines *in, int line, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    enum outcome o = refuse(in, line, format, arguments);
    va_end(arguments);
    return o;
}
