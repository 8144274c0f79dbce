/* net/attachments.h: the files attached to a mail (RFC 2045, 2046, 2183), also in mails that are attached to it themselves, as a PEC
 * envelope's postacert.eml. Hostile: bounded in size, depth and number. */
#pragma once

#include "base/outcome.h"
#include <stddef.h>

#define ATTACHMENTS_MOST ((size_t)30 << 20) /* bytes of the mail: what PEC lets through */

/* Each that has a name, decoded; stops at the first outcome of `take` that is not DONE. REFUSED: it is no mail with parts. */
typedef enum outcome attachment_take(void *arg, const char *name, const void *bytes, size_t length);
enum outcome attachments_each(void *mem, const char *bytes, size_t length, attachment_take *take, void *arg) must_check;
