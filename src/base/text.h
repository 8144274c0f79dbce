/* base/text.h: text from outside, made safe to keep and compare; text to be sent, built piece by piece.
 *
 * Inside the program text is UTF-8, valid, NFC as it came, NUL-terminated. */
#pragma once

#include "base/outcome.h"
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

bool text_is_utf8(const char *bytes, size_t length); /* valid UTF-8 (no surrogates, no overlongs) without NUL */
bool text_is_plain(const char *bytes, size_t length); /* utf8 without control characters: a single-line field */
size_t text_characters(const char *text); /* code points of valid UTF-8 */
bool text_is_blank(const char *text); /* NULL, empty or only blanks */

char *text_trim(void *mem, const char *text); /* copy without blanks at both ends, inner runs of blanks made one */
char *text_lower(void *mem, const char *text); /* ASCII letters only: addresses, codes */
char *text_upper(void *mem, const char *text);
bool text_same(const char *a, const char *b); /* either may be NULL; two NULLs are the same */
bool text_starts(const char *text, const char *prefix);

/* Printable Latin-1 subset as FatturaPA and banks take it: typographic marks made plain (’→' –→- €→EUR …), letters without
 * a Latin-1 form stripped of their accents where possible, else '?'. Still UTF-8. */
char *text_latin(void *mem, const char *text);

/* A growing buffer. Always NUL-terminated; on a failed allocation the process stops (talloc has no way on). */
struct text_buffer {
    void *mem;
    char *bytes;
    size_t length, room;
};

struct text_buffer text_buffer(void *mem);
void text_put(struct text_buffer *b, const char *text);
void text_put_bytes(struct text_buffer *b, const void *bytes, size_t length);
void text_put_format(struct text_buffer *b, const char *format, ...) like_printf(2, 3);
void text_put_html(struct text_buffer *b, const char *text, size_t length); /* & < > " ' escaped */

char *text_hex(void *mem, const void *bytes, size_t length); /* lower case */
bool text_unhex(const char *hex, void *bytes, size_t length); /* exactly 2*length digits */

/* A part of a text, for LIKE … ESCAPE '!': what has a meaning there is escaped. */
char *text_like(void *mem, const char *part);
