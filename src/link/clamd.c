#include "link/clamd.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <talloc.h>
#include <unistd.h>

#define TIMEOUT_MS 10000
#define CHUNK      ((size_t)64 << 10)
#define REPLY      512 /* bytes; "stream: NAME FOUND" */

struct clamd {
    const char *path; /* of a Unix socket; else NULL and: */
    const char *host, *port;
    int timeout_ms;
};

/* ---- A conversation ---- */

struct talk {
    int socket;
    int64_t until_us; /* of the monotonic clock */
};

static bool wait_for(const struct talk *t, short what)
{
    struct pollfd p = {.fd = t->socket, .events = what};

    for (;;) {
        int64_t left = (t->until_us - clock_monotonic_us()) / 1000;
        int ready = left <= 0 ? 0 : poll(&p, 1, (int)left);

        if (ready > 0)
            return true;
        if (ready == 0) {
            errno = ETIMEDOUT;
            return false;
        }
        if (errno != EINTR)
            return false;
    }
}

static bool connect_to(struct talk *t, const struct sockaddr *address, socklen_t length)
{
    int error = 0;
    socklen_t size = sizeof error;

    t->socket = socket(address->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (t->socket < 0)
        return false;
    if (connect(t->socket, address, length) == 0)
        return true;
    if (errno == EINPROGRESS && wait_for(t, POLLOUT) &&
        getsockopt(t->socket, SOL_SOCKET, SO_ERROR, &error, &size) == 0) {
        if (error == 0)
            return true;
        errno = error;
    }
    error = errno;
    close(t->socket);
    t->socket = -1;
    errno = error;
    return false;
}

static bool connect_unix(const struct clamd *c, struct talk *t)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};

    strcpy(address.sun_path, c->path); /* clamd_open has seen that it fits */
    return connect_to(t, (const struct sockaddr *)&address, sizeof address);
}

static bool connect_tcp(const struct clamd *c, struct talk *t)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_ADDRCONFIG}, *found;
    bool connected = false;

    if (getaddrinfo(c->host, c->port, &hints, &found) != 0) {
        errno = EHOSTUNREACH;
        return false;
    }
    for (const struct addrinfo *a = found; a && !connected; a = a->ai_next)
        connected = connect_to(t, a->ai_addr, a->ai_addrlen);
    freeaddrinfo(found);
    return connected;
}

static bool send_all(const struct talk *t, const void *bytes, size_t length)
{
    const char *at = bytes;

    while (length) {
        ssize_t n = send(t->socket, at, length, MSG_NOSIGNAL);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
            if (!wait_for(t, POLLOUT))
                return false;
            continue;
        }
        if (n < 0)
            return false;
        at += n;
        length -= (size_t)n;
    }
    return true;
}

static bool send_stream(const struct talk *t, const char *bytes, size_t length)
{
    uint32_t end = 0;

    if (!send_all(t, "zINSTREAM", sizeof "zINSTREAM"))
        return false;
    while (length) {
        size_t size = length < CHUNK ? length : CHUNK;
        uint32_t head = htonl((uint32_t)size);

        if (!send_all(t, &head, sizeof head) || !send_all(t, bytes, size))
            return false;
        bytes += size;
        length -= size;
    }
    return send_all(t, &end, sizeof end);
}

/* The answer up to its NUL. */
static bool read_reply(const struct talk *t, char reply[REPLY])
{
    size_t got = 0;

    while (got < REPLY) {
        ssize_t n = recv(t->socket, reply + got, REPLY - got, 0);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
            if (!wait_for(t, POLLIN))
                return false;
            continue;
        }
        if (n < 0)
            return false;
        if (memchr(reply + got, '\0', (size_t)n))
            return true;
        if (n == 0) {
            errno = ECONNRESET;
            return false;
        }
        got += (size_t)n;
    }
    errno = EMSGSIZE;
    return false;
}

/* ---- What it says ---- */

static enum outcome silent(const char *said, struct problem *why)
{
    log_warning("clamd", LOG_TEXT("why", said));
    (void)problem_set(why, PROBLEM_SCANNER, "file", "%s", "");
    return BUSY;
}

/* "stream: OK", "stream: NAME FOUND"; anything else is no verdict. */
static enum outcome verdict(char *reply, struct problem *why)
{
    static const char FOUND[] = " FOUND";
    const char *name = text_starts(reply, "stream: ") ? reply + strlen("stream: ") : "";
    size_t length = strlen(name), tail = strlen(FOUND);

    if (strcmp(name, "OK") == 0)
        return DONE;
    if (length > tail && strcmp(name + length - tail, FOUND) == 0 && text_is_plain(name, length))
        return problem_set(why, PROBLEM_MALWARE, "file", "%.*s", (int)(length - tail), name);
    return silent(text_is_plain(reply, strlen(reply)) ? reply : "?", why);
}

/* A limit of clamd's makes it answer and close before it has read all: the answer counts, not the failed sending. */
static enum outcome scan(void *arg, const void *bytes, size_t length, struct problem *why)
{
    const struct clamd *c = arg;
    struct talk t = {.socket = -1, .until_us = clock_monotonic_us() + (int64_t)c->timeout_ms * 1000};
    char reply[REPLY];
    enum outcome o;

    if (!(c->path ? connect_unix(c, &t) : connect_tcp(c, &t)))
        return silent(strerror(errno), why);
    if (!send_stream(&t, bytes, length) && errno == ETIMEDOUT)
        o = silent(strerror(errno), why);
    else
        o = read_reply(&t, reply) ? verdict(reply, why) : silent(strerror(errno), why);
    close(t.socket);
    return o;
}

enum outcome clamd_open(void *mem, const char *address, int timeout_ms, struct scanner *scanner, struct problem *why)
{
    struct clamd *c = talloc_zero(mem, struct clamd);
    const char *colon = strrchr(address, ':');

    c->timeout_ms = timeout_ms ? timeout_ms : TIMEOUT_MS;
    if (text_starts(address, "unix:"))
        c->path = talloc_strdup(c, address + strlen("unix:"));
    else if (address[0] == '/')
        c->path = talloc_strdup(c, address);
    if (c->path) {
        struct sockaddr_un room;

        if (c->path[0] && strlen(c->path) < sizeof room.sun_path) {
            *scanner = (struct scanner){.scan = scan, .arg = c};
            return DONE;
        }
    } else if (colon && colon > address && colon[1] && strspn(colon + 1, "0123456789") == strlen(colon + 1)) {
        size_t length = (size_t)(colon - address);
        bool brackets = length > 2 && address[0] == '[' && address[length - 1] == ']';

        c->host = brackets ? talloc_strndup(c, address + 1, length - 2) : talloc_strndup(c, address, length);
        c->port = talloc_strdup(c, colon + 1);
        *scanner = (struct scanner){.scan = scan, .arg = c};
        return DONE;
    }
    talloc_free(c);
    return problem_set(why, PROBLEM_CONFIG, "clamd", "%.120s: /run/clamav/clamd.ctl, HOST:PORT", address);
}
