/* shop/upload.h: what a file that somebody sends really is, by its content: never by its name, nor by what the browser claims.
 *
 * libmagic says the type. It looks at a few bytes only, so the three types that are taken are then walked from the first byte to the
 * last: that the file is whole, its parts lie inside it, its check sums are right. Nothing is decoded or unpacked, and time is linear
 * in the length. What comes after a picture's end (phones append films there) is left alone. */
#pragma once

#include "base/problem.h"
#include <stdbool.h>
#include <stddef.h>

/* "application/pdf", "image/jpeg" or "image/png" (static). REFUSED on field "file": FILE_EMPTY, TOO_LARGE beyond `most` bytes,
 * FILE_TYPE with the format's name, FILE_BROKEN. */
enum outcome upload_type(const void *bytes, size_t length, size_t most, const char **type, struct problem *why) must_check;

/* ---- upload_shape.c ---- */

#define PICTURE_PIXELS 250000000 /* the largest phone has 200 million */

/* Chunks with their bounds and CRCs, IHDR that says something possible, IDAT, IEND (PNG 1.2 §3, §4). */
bool png_is_whole(const unsigned char *bytes, size_t length);
/* Segments within bounds, a frame, a scan, EOI (ITU-T T.81 annex B). */
bool jpeg_is_whole(const unsigned char *bytes, size_t length);
/* Header, and at the end startxref, which leads to a table or an object, and %%EOF (ISO 32000-1 §7.5). Off by some bytes, as some
 * programs write it, is taken: readers mend that. */
bool pdf_is_whole(const unsigned char *bytes, size_t length);
