/* base/unicode.h: code points, for base/text.c and base/latin.c alone. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The character that `bytes` starts with: its size, or 0 where there is none or it is malformed. */
size_t unicode_read(const char *bytes, size_t length, uint32_t *point);

bool unicode_is_blank(uint32_t point);
