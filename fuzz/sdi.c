/* SdI's notices, alone and in ZIP archives. */
#include "link/sdi_notice.h"
#include "link/zip.h"
#include <stddef.h>
#include <stdint.h>
#include <talloc.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length);

static enum outcome look(void *arg, const char *name, const void *bytes, size_t length)
{
    struct sdi_notice notice;
    struct problem why;
    enum sdi_state to;

    if (sdi_notice_read(arg, name, bytes, length, &notice, &why) == DONE)
        (void)sdi_hear(SDI_SENT, &notice, &to);
    return DONE;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length)
{
    void *mem = talloc_new(NULL);
    struct problem why;

    (void)look(mem, "IT01234567890_11111_RC_001.xml", data, length);
    (void)look(mem, "IT01234567890_11111_NS_001.xml.p7m", data, length);
    (void)!zip_each(mem, data, length, PROBLEM_SDI_NOTICE, look, mem, &why);
    talloc_free(mem);
    return 0;
}
