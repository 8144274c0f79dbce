/* bench/caller.h: a client that keeps its connection: one request out, one whole answer in. */
#pragma once

#include <stddef.h>

struct caller {
    int socket;
    char answer[256 * 1024]; /* the last one: head, blank line, body; NUL-terminated */
    char *body;
    size_t length; /* of the body */
};

struct caller *caller_open(int port);
void caller_close(struct caller *caller);
/* The answer's status. A server that hangs up ends the bench. */
int caller_ask(struct caller *caller, const char *request, size_t length);
