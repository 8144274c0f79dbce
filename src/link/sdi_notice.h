/* link/sdi_notice.h: the notices by which SdI answers (PAYMENTS §9.8): of public bodies' invoices and of everybody else's, which are
 * told by their root and namespace. A notice is believed as far as it goes: it changes only what was sent, under the name that was
 * given to it, and it comes by a channel that only SdI or our intermediary writes to. Its XAdES signature is not checked. */
#pragma once

#include "rules/sdi.h"

#define SDI_NOTICE_MOST  ((size_t)1 << 20) /* bytes of one; of a real one a few thousand */

/* One notice, XML or XML in a CMS file (.p7m). REFUSED (PROBLEM_SDI_NOTICE): no notice, or one that is not about the file that its own
 * name says. Owned by `mem`. */
enum outcome sdi_notice_read(void *mem, const char *name, const void *bytes, size_t length, struct sdi_notice *notice,
                             struct problem *why) must_check;
