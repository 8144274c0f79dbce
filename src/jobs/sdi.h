/* jobs/sdi.h: SdI's notices, out of every brand's channel. */
#pragma once

#include "jobs/jobs.h"
#include "shop/sdi.h"

/* At most `most` of each channel; *taken those that had not come before. A channel that cannot be had is logged and looked at again. */
enum outcome sdi_collect(struct shop *shop, void *mem, int most, int *taken) must_check;
/* One, as it was received from outside any channel. */
enum outcome sdi_notice_given(struct shop *shop, void *mem, const char *brand, const char *name, const void *bytes, size_t length,
                              struct sdi_heard *heard) must_check;
