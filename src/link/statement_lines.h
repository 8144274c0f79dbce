/* link/statement_lines.h: a bank's file of lines, hostile, read once from front to back in flat memory.
 *
 * The first bytes are read at once, to see what the file is. Then lines come one at a time as valid UTF-8: UTF-16 is
 * known by its byte order mark or its zeros, a line that is not UTF-8 is taken for Windows-1252. Lines end with LF, CR
 * LF or CR, and may be empty; control characters but the tab come as blanks. */
#pragma once

#include "base/problem.h"
#include <stdbool.h>
#include <stddef.h>

#define FIRST_BYTES (64 * 1024)
#define LINE_BYTES  (32 * 1024)

struct first_bytes {
    int file;
    size_t length;
    bool whole; /* there is no more than these */
    char bytes[FIRST_BYTES];
};

/* From the file's current position. BROKEN when it cannot be read, REFUSED when it is a folder. */
enum outcome first_bytes_read(int file, struct first_bytes *first, struct problem *why) must_check;

enum line_encoding { LINES_OF_BYTES, LINES_UTF16_LE, LINES_UTF16_BE };

struct lines {
    struct problem *why;
    int file; /* -1: only what is at hand */
    enum line_encoding encoding;
    bool ended, after_cr;
    int number; /* of the line last given, from 1 */

    const char *ahead, *ahead_end; /* read before, not yet taken */
    const char *at, *end;          /* text not yet looked at */
    unsigned char half[4];         /* of UTF-16 at the end of a piece: a byte, a first surrogate */
    size_t half_count;
    size_t length;                 /* of the line, before it is made UTF-8 */
    char room[32 * 1024];          /* read from the file */
    char wide[48 * 1024 + 8];      /* the same made UTF-8, where it is UTF-16 */
    char raw[LINE_BYTES + 1];
    char line[3 * LINE_BYTES + 1];
};

/* Both keep pointing into `first`. lines_look reads its bytes alone, to try something; lines_begin then the rest. */
void lines_look(struct lines *in, const struct first_bytes *first, struct problem *why);
void lines_begin(struct lines *in, const struct first_bytes *first, struct problem *why);

/* The next line without its end, valid until the next call and the caller's to change; NULL at the end of the file.
 * REFUSED (PROBLEM_STATEMENT_FORMAT, "riga 12: …") for a NUL or a line over LINE_BYTES. */
enum outcome lines_next(struct lines *in, char **line) must_check;

/* For the reader's own complaints, on the line last given or another; return REFUSED. */
enum outcome lines_refuse(const struct lines *in, const char *format, ...) like_printf(2, 3);
enum outcome lines_refuse_at(const struct lines *in, int line, const char *format, ...) like_printf(3, 4);
