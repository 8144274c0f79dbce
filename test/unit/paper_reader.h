/* test/unit/paper_reader.h: what other programs read in a PDF. */
#pragma once

#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>
#include <unistd.h>

static inline bool installed(const char *program)
{
    char command[128];

    snprintf(command, sizeof command, "command -v %s >/dev/null 2>&1", program);
    return system(command) == 0;
}

/* Writes the PDF to a file, runs the command with its path for "@", and gives back what it printed. */
static inline char *through(void *mem, const char *command, const void *bytes, size_t length)
{
    char path[] = "/tmp/casella-paper-XXXXXX", piece[4096];
    const char *at = strchr(command, '@');
    struct text_buffer out = text_buffer(mem);
    int fd = mkstemp(path);
    size_t n;
    FILE *pipe;

    assert_true(fd >= 0 && write(fd, bytes, length) == (ssize_t)length);
    close(fd);
    pipe = popen(talloc_asprintf(mem, "%.*s%s%s", (int)(at - command), command, path, at + 1), "r");
    assert_non_null(pipe);
    while ((n = fread(piece, 1, sizeof piece, pipe)) > 0)
        text_put_bytes(&out, piece, n);
    if (pclose(pipe) != 0)
        fail_msg("%s failed: %s", command, out.bytes);
    unlink(path);
    return out.bytes;
}

static inline void says(const char *text, const char *words)
{
    if (!text || !strstr(text, words))
        fail_msg("\"%s\" is not in:\n%s", words, text ? text : "nothing");
}
