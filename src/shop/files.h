/* shop/files.h: files that people sent, kept under the SHA-256 of their bytes: FOLDER/ab/abcdef…, mode 0600, outside the web root.
 * A file is written whole under a passing name, synced, and only then linked under its own, so that what has a name is complete; it
 * is never overwritten. The sender's name for it is kept elsewhere, as text. */
#pragma once

#include "shop/ports.h"

#define FILE_HASH_TEXT 65
#define FILE_NAME_MOST 100 /* characters of the sender's name */

struct files {
    const char *folder;            /* NULL: nothing can be stored, uploads are refused with PROBLEM_FILES */
    const struct scanner *scanner; /* NULL: none configured */
};

/* Makes the folder (not those above it), and tries it by writing. REFUSED with the system's reason. */
enum outcome files_check(const struct files *files, struct problem *why) must_check;

void file_hash(const void *bytes, size_t length, char sha256[FILE_HASH_TEXT]);

/* On disk when it returns. The same bytes again change nothing. BROKEN where the disk fails, or has other bytes under this hash. */
enum outcome file_keep(const struct files *files, void *mem, const void *bytes, size_t length, char sha256[FILE_HASH_TEXT]) must_check;

/* The bytes of a stored file, checked against their hash. REFUSED for what is no hash, or is not there. */
enum outcome file_read(const struct files *files, void *mem, const char *sha256, void **bytes, size_t *length) must_check;

/* A name as somebody's machine calls the file, made a short, plain one to show: no folders, no control or direction characters. */
char *file_name_clean(void *mem, const char *name);
