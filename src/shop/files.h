/* shop/files.h: files that people sent, kept under the SHA-256 of their bytes: FOLDER/ab/abcdef…, mode 0600, outside the web root.
 * A file is written whole under a passing name, synced, and only then linked under its own, so that what has a name is complete; it
 * is never overwritten. The sender's name for it is kept elsewhere, as text. */
#pragma once

#include "shop/ports.h"

#define FILE_HASH_TEXT 65
#define FILE_NAME_MOST 100 /* characters of the sender's name */

#define FILES_KEY 32 /* bytes */

struct files {
    const char *folder;            /* NULL: nothing can be stored, uploads are refused with PROBLEM_FILES */
    const struct scanner *scanner; /* NULL: none configured */
    const unsigned char *key;      /* FILES_KEY of them, for what is kept sealed; NULL: nothing can be sealed */
};

/* Makes the folder (not those above it), and tries it by writing. REFUSED with the system's reason. */
enum outcome files_check(const struct files *files, struct problem *why) must_check;

void file_hash(const void *bytes, size_t length, char sha256[FILE_HASH_TEXT]);

/* On disk when it returns. The same bytes again change nothing. BROKEN where the disk fails, or has other bytes under this hash. */
enum outcome file_keep(const struct files *files, void *mem, const void *bytes, size_t length, char sha256[FILE_HASH_TEXT]) must_check;

/* The bytes of a stored file, checked against their hash. REFUSED for what is no hash, or is not there. */
enum outcome file_read(const struct files *files, void *mem, const char *sha256, void **bytes, size_t *length) must_check;

/* An open file of the same, at its beginning, for what is too large to be read at once. */
enum outcome file_open(const struct files *files, void *mem, const char *sha256, int *file) must_check;

/* A name as somebody's machine calls the file, made a short, plain one to show: no folders, no control or direction characters. */
char *file_name_clean(void *mem, const char *name);

/* ---- files_seal.c: papers of people, sealed (K2, L30) ----
 *
 * FOLDER/ab/abcdef….sealed: a magic word, a nonce, and the bytes under XChaCha20-Poly1305 with the file's hash as associated data, so
 * that one cannot stand in for another. Still under the SHA-256 of the open bytes. */

/* As file_keep. REFUSED (PROBLEM_FILES) without a folder or a key. */
enum outcome file_seal(const struct files *files, void *mem, const void *bytes, size_t length, char sha256[FILE_HASH_TEXT],
                       struct problem *why) must_check;
/* The open bytes. REFUSED for what is no hash or is not there; BROKEN with another key, or where the file was touched. */
enum outcome file_unseal(const struct files *files, void *mem, const char *sha256, void **bytes, size_t *length) must_check;
/* The bytes are gone from the folder when it returns; DONE also where there were none. */
enum outcome file_shred(const struct files *files, void *mem, const char *sha256) must_check;
/* The same for whatever lies under the hash, sealed or open. */
enum outcome file_forget(const struct files *files, void *mem, const char *sha256) must_check;

/* A key file: 64 hexadecimal digits. REFUSED (PROBLEM_UNREADABLE or _CONFIG) where it cannot be read, is open to others, or holds anything else. */
enum outcome files_key_read(void *mem, const char *file, const unsigned char **key, struct problem *why) must_check;
/* Makes it with mode 0600 unless it is there. */
enum outcome files_key_make(const char *file, struct problem *why) must_check;

/* ---- files.c, for files_seal.c ---- */

bool file_is_hash(const char *text);
char *file_path(const struct files *files, void *mem, const char *sha256, const char *ending);
enum outcome file_write(const struct files *files, void *mem, const char *sha256, const char *ending, const void *bytes,
                        size_t length) must_check;
enum outcome file_load(void *mem, const char *path, void **bytes, size_t *length) must_check; /* REFUSED: not there */
enum outcome file_sync_folder(const char *path) must_check;
enum outcome file_broken(const char *what, const char *path); /* logs errno; BROKEN */
