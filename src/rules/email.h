/* rules/email.h: addresses we are willing to write to: the plain form of RFC 5321 without comments, quotes or literals. */
#pragma once

#include <stdbool.h>

bool email_valid(const char *address); /* ≤ 254 bytes, dot-atom@domain with a dot, no control characters, UTF-8 refused in the local part */
