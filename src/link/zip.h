/* link/zip.h: ZIP archives that others made, as SdI's and intermediaries' notices may come. Hostile: what its directory says is bounded
 * before anything is unpacked. */
#pragma once

#include "base/problem.h"
#include <stddef.h>

#define ZIP_FILES_MOST 1000
#define ZIP_BYTES_MOST ((size_t)20 << 20) /* unpacked, of all files together */

/* Every file in turn, by its name without folders; stops at the first outcome of `take` that is not DONE. Stored and deflated files
 * are read, encrypted and 64-bit archives are not. REFUSED (`code`): no archive that can be read. */
typedef enum outcome zip_take(void *arg, const char *name, const void *bytes, size_t length);
enum outcome zip_each(void *mem, const void *bytes, size_t length, enum problem_code code, zip_take *take, void *arg,
                      struct problem *why) must_check;
