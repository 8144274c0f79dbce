/* test/http/client.h: a client that says exactly what a test wants it to, well-formed or not. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <talloc.h>
#include <unistd.h>

struct answer {
    int status; /* 0: the connection ended without an answer */
    char *head; /* lines, each ended by CR LF */
    char *body; /* NUL after it */
    size_t length;
    bool whole; /* as many bytes as Content-Length said */
};

static inline int client_connect(const char *url)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)atoi(strrchr(url, ':') + 1)),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct timeval patience = {.tv_sec = 60};
    int s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (s < 0)
        return -1;
    setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (connect(s, (struct sockaddr *)&address, sizeof address) != 0) {
        close(s);
        return -1;
    }
    return s;
}

static inline void client_send(int s, const void *bytes, size_t length)
{
    for (size_t sent = 0; sent < length;) {
        ssize_t n = send(s, (const char *)bytes + sent, length - sent, MSG_NOSIGNAL);
        if (n <= 0)
            return; /* the server may have had enough: its answer tells */
        sent += (size_t)n;
    }
}

static inline const char *answer_header(void *mem, const struct answer *a, const char *name)
{
    size_t length = strlen(name);

    for (const char *line = a->head; line && *line; line = strstr(line, "\r\n") ? strstr(line, "\r\n") + 2 : NULL)
        if (strncasecmp(line, name, length) == 0 && line[length] == ':')
            return talloc_strndup(mem, line + length + 2, strcspn(line + length + 2, "\r"));
    return NULL;
}

/* One answer; for HEAD there is no body to wait for. */
static inline struct answer client_read(void *mem, int s, bool head_only)
{
    struct answer a = {.head = talloc_strdup(mem, ""), .body = talloc_strdup(mem, "")};
    size_t have = 0, room = 65536, head = 0, want = 0;
    char *bytes = talloc_size(mem, room + 1);

    for (;;) {
        if (have == room)
            bytes = talloc_realloc_size(mem, bytes, (room *= 2) + 1);
        ssize_t n = recv(s, bytes + have, head ? (want - have < room - have ? want - have : room - have) : 1, 0);
        if (n <= 0)
            break;
        have += (size_t)n;
        bytes[have] = '\0';
        if (!head && have >= 4 && memcmp(bytes + have - 4, "\r\n\r\n", 4) == 0) {
            head = have;
            a.head = talloc_strndup(mem, bytes, head - 2);
            a.status = atoi(bytes + 9);
            const char *length = answer_header(mem, &a, "Content-Length");
            want = head + (length && !head_only ? strtoul(length, NULL, 10) : 0);
        }
        if (head && have >= want)
            break;
    }
    if (head) {
        a.body = talloc_memdup(mem, bytes + head, have - head + 1);
        a.length = have - head;
        a.whole = have == want;
    }
    return a;
}

/* Connects, says it, hears one answer, leaves. */
static inline struct answer client_say(void *mem, const char *url, const void *bytes, size_t length)
{
    int s = client_connect(url);
    struct answer a = {0};

    if (s < 0)
        fail_msg("no connection to %s", url);
    client_send(s, bytes, length);
    a = client_read(mem, s, strncmp(bytes, "HEAD ", 5) == 0);
    close(s);
    return a;
}

static inline struct answer client_get(void *mem, const char *url, const char *path, const char *headers)
{
    char *request = talloc_asprintf(mem, "GET %s HTTP/1.1\r\nHost: localhost\r\n%s\r\n", path, headers);

    return client_say(mem, url, request, strlen(request));
}

static inline struct answer client_post(void *mem, const char *url, const char *path, const char *type,
                                        const void *body, size_t length)
{
    char *request =
        talloc_asprintf(mem, "POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: %s\r\nContent-Length: %zu\r\n\r\n",
                        path, type, length);
    size_t head = strlen(request);

    request = talloc_realloc_size(mem, request, head + length);
    memcpy(request + head, body, length);
    return client_say(mem, url, request, head + length);
}
