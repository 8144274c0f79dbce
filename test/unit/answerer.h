/* An HTTP server on loopback that answers by a script, well or badly, and keeps what it was asked. */
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <talloc.h>
#include <unistd.h>

enum how {
    WHOLE,   /* as it should be */
    CUT,     /* announces more than it sends */
    HANG,    /* says nothing until the client leaves */
    RESET,   /* breaks the connection without a word */
    CLOSE,   /* closes it without a word */
    GARBAGE, /* what it says is no HTTP */
    LAST,    /* a whole answer, and then the connection is closed without announcing it */
};

struct step {
    int status; /* 0: 200 */
    const char *answer;
    const char *type, *header; /* NULL: application/json; none */
    enum how how;
};

struct heard {
    char *line, *head, *body; /* "POST /v1/x?y"; the headers as they came */
    size_t length;
};

enum { ANSWERER_MOST = 64 };

struct answerer {
    void *mem;
    int listener;
    char *url; /* "http://127.0.0.1:34567" */
    pthread_t thread, of[ANSWERER_MOST];
    pthread_mutex_t lock;
    int open[ANSWERER_MOST];
    int connections;
    struct step step[ANSWERER_MOST];
    size_t steps, heard_count;
    struct heard heard[ANSWERER_MOST];
};

struct answerer_line {
    struct answerer *answerer;
    int index;
};

static inline void answerer_write(int s, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t n = send(s, bytes, length, MSG_NOSIGNAL);

        if (n <= 0)
            return;
        bytes += n;
        length -= (size_t)n;
    }
}

/* Until the client leaves. */
static inline void answerer_wait(int s)
{
    char byte;

    while (recv(s, &byte, 1, 0) > 0)
        continue;
}

static inline bool answerer_answer(struct answerer *a, int s, const struct step *step)
{
    const char *answer = step->answer ? step->answer : "";
    char *head;

    pthread_mutex_lock(&a->lock);
    head = talloc_asprintf(a->mem, "HTTP/1.1 %d x\r\nContent-Type: %s\r\nContent-Length: %zu\r\n%s%s\r\n",
                           step->status ? step->status : 200, step->type ? step->type : "application/json",
                           strlen(answer) + (step->how == CUT ? 10 : 0), step->header ? step->header : "",
                           step->header ? "\r\n" : "");
    pthread_mutex_unlock(&a->lock);
    if (step->how == HANG)
        answerer_wait(s);
    if (step->how == RESET)
        setsockopt(s, SOL_SOCKET, SO_LINGER, &(struct linger){1, 0}, sizeof(struct linger));
    if (step->how == GARBAGE)
        answerer_write(s, "garbage\r\n\r\n", 11);
    if (step->how == WHOLE || step->how == CUT || step->how == LAST) {
        answerer_write(s, head, strlen(head));
        answerer_write(s, answer, strlen(answer));
    }
    return step->how == WHOLE;
}

/* One request: its head, then as much body as it announces. */
static inline bool answerer_read(struct answerer *a, FILE *f, struct heard *heard)
{
    char line[8192];
    bool first = true;

    *heard = (struct heard){0};
    while (fgets(line, sizeof line, f)) {
        line[strcspn(line, "\r\n")] = '\0';
        if (!line[0])
            break;
        pthread_mutex_lock(&a->lock);
        if (first) {
            char *http = strstr(line, " HTTP/1.1");

            if (http)
                *http = '\0';
            heard->line = talloc_strdup(a->mem, line);
            heard->head = talloc_strdup(a->mem, "");
        } else {
            heard->head = talloc_asprintf_append(heard->head, "%s\n", line);
        }
        pthread_mutex_unlock(&a->lock);
        if (strncasecmp(line, "Content-Length:", 15) == 0)
            heard->length = strtoul(line + 15, NULL, 10);
        first = false;
    }
    if (first)
        return false;
    pthread_mutex_lock(&a->lock);
    heard->body = talloc_zero_array(a->mem, char, (unsigned)heard->length + 1);
    pthread_mutex_unlock(&a->lock);
    return heard->length == 0 || fread(heard->body, 1, heard->length, f) == heard->length;
}

static inline void *answerer_converse(void *arg)
{
    struct answerer_line *at = arg;
    struct answerer *a = at->answerer;
    int s = a->open[at->index];
    FILE *f = fdopen(dup(s), "r");
    struct heard heard;

    while (answerer_read(a, f, &heard)) {
        struct step step = {.status = 599, .answer = "{}"}; /* past the script */

        pthread_mutex_lock(&a->lock);
        if (a->heard_count < a->steps)
            step = a->step[a->heard_count];
        if (a->heard_count < ANSWERER_MOST)
            a->heard[a->heard_count++] = heard;
        pthread_mutex_unlock(&a->lock);
        if (!answerer_answer(a, s, &step))
            break;
    }
    fclose(f);
    pthread_mutex_lock(&a->lock);
    a->open[at->index] = -1;
    close(s);
    pthread_mutex_unlock(&a->lock);
    return NULL;
}

static inline void *answerer_serve(void *arg)
{
    struct answerer *a = arg;
    int s;

    while ((s = accept(a->listener, NULL, NULL)) >= 0 && a->connections < ANSWERER_MOST) {
        struct answerer_line *line;

        pthread_mutex_lock(&a->lock);
        line = talloc(a->mem, struct answerer_line);
        *line = (struct answerer_line){a, a->connections};
        a->open[a->connections] = s;
        pthread_mutex_unlock(&a->lock);
        pthread_create(&a->of[a->connections++], NULL, answerer_converse, line);
    }
    return NULL;
}

static inline struct answerer *answerer_start(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    struct answerer *a = talloc_zero(NULL, struct answerer);

    a->mem = talloc_new(a);
    pthread_mutex_init(&a->lock, NULL);
    a->listener = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(a->listener, (struct sockaddr *)&address, sizeof address) != 0 || listen(a->listener, 16) != 0 ||
        getsockname(a->listener, (struct sockaddr *)&address, &size) != 0)
        abort();
    a->url = talloc_asprintf(a, "http://127.0.0.1:%d", ntohs(address.sin_port));
    pthread_create(&a->thread, NULL, answerer_serve, a);
    return a;
}

/* Closes it all; call it after the clients are gone, or with their connections idle. */
static inline void answerer_stop(struct answerer *a)
{
    shutdown(a->listener, SHUT_RDWR);
    pthread_join(a->thread, NULL);
    pthread_mutex_lock(&a->lock);
    for (int i = 0; i < a->connections; i++)
        if (a->open[i] >= 0)
            shutdown(a->open[i], SHUT_RDWR);
    pthread_mutex_unlock(&a->lock);
    for (int i = 0; i < a->connections; i++)
        pthread_join(a->of[i], NULL);
    close(a->listener);
    pthread_mutex_destroy(&a->lock);
    talloc_free(a);
}

/* Keeps its own copy of the answer, for the client may have it, and the test be over, before send returns. */
static inline void answerer_then(struct answerer *a, struct step step)
{
    pthread_mutex_lock(&a->lock);
    if (step.answer)
        step.answer = talloc_strdup(a->mem, step.answer);
    a->step[a->steps++] = step;
    pthread_mutex_unlock(&a->lock);
}

/* The value of a header of a request, or NULL; owned by the answerer. */
static inline const char *answerer_header(struct answerer *a, size_t request, const char *name)
{
    size_t length = strlen(name);

    for (const char *line = a->heard[request].head; line && *line; line = strchr(line, '\n') + 1)
        if (strncasecmp(line, name, length) == 0 && line[length] == ':')
            return talloc_strndup(a->mem, line + length + 2, strcspn(line + length + 2, "\n"));
    return NULL;
}
