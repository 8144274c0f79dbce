/* rules/email.h: addresses we are willing to write to: the plain form of RFC 5321 without comments, quotes or literals.
 */
#pragma once

#include <stdbool.h>

/* ASCII, at most 254 bytes: a dot-atom of at most 64, '@', and a domain of at least two labels whose last is no number
 * and no special-use name that mail cannot reach (RFC 6761: test, invalid, local, localhost, onion, arpa; `example`
 * passes, since the demonstration lives there). A domain with other letters must come in its xn-- form. An apostrophe
 * stands between letters, as in d'angelo, and nowhere else. */
bool email_valid(const char *address);
