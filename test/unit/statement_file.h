/* An open file that holds given bytes, for what reads from a descriptor. */
#pragma once

#include <stddef.h>
#include <sys/mman.h>
#include <unistd.h>

static inline int file_of(const void *bytes, size_t length)
{
    int file = memfd_create("test", MFD_CLOEXEC);

    for (size_t done = 0; file >= 0 && done < length;) {
        ssize_t written = write(file, (const char *)bytes + done, length - done);
        if (written <= 0)
            return -1;
        done += (size_t)written;
    }
    lseek(file, 0, SEEK_SET);
    return file;
}
