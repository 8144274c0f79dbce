#include "caller.h"
#include "measure.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

struct caller *caller_open(int port)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct caller *c = malloc(sizeof *c);
    int on = 1;

    c->socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    setsockopt(c->socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (connect(c->socket, (struct sockaddr *)&address, sizeof address) != 0)
        give_up("no connection to port %d", port);
    return c;
}

void caller_close(struct caller *c)
{
    close(c->socket);
    free(c);
}

int caller_ask(struct caller *c, const char *request, size_t length)
{
    size_t have = 0, want = sizeof c->answer - 1;
    char *announced;

    if (send(c->socket, request, length, MSG_NOSIGNAL) != (ssize_t)length)
        give_up("the server hung up");
    c->body = NULL;
    while (have < want) {
        ssize_t n = recv(c->socket, c->answer + have, want - have, 0);

        if (n <= 0)
            give_up("the server hung up");
        have += (size_t)n;
        c->answer[have] = '\0';
        if (c->body || !(c->body = strstr(c->answer, "\r\n\r\n")))
            continue;
        c->body += 4;
        announced = strcasestr(c->answer, "\r\nContent-Length:");
        c->length = announced && announced < c->body ? strtoul(announced + 17, NULL, 10) : 0;
        want = (size_t)(c->body - c->answer) + c->length;
        if (want >= sizeof c->answer)
            give_up("an answer of %zu bytes", c->length);
    }
    return atoi(c->answer + strlen("HTTP/1.1 "));
}
