/* rules/user_id.h: the identifiers that a brand gives its mailboxes (DOMAIN R71, R85). */
#pragma once

#include "base/outcome.h"
#include <stdbool.h>
#include <stdint.h>

#define USER_ID_TEXT 32

/* "VIS" and 7 digits of 12: "VIS0000012". REFUSED when the number has more digits. */
enum outcome user_id_make(const char *prefix, int digits, int64_t number, char text[USER_ID_TEXT]) must_check;

/* Whether it begins with one of the prefixes (NULL-terminated; NULL: none): those are not renewed online (R77, R86: the union of the two
 * lists), so no mailbox of ours may have one. As typed: blanks around it and small letters do not count; XKVIS1 is none (T27). */
bool user_id_is_excluded(const char *typed, const char *const *prefixes);
/* Whether what was typed means this user-id; no user-id ("") is meant by nothing. */
bool user_id_is(const char *typed, const char *user_id);
