/* link/mailhost_command.c: a mail host behind a program of the operator's. */
#include "base/clock.h"
#include "base/log.h"
#include "link/mailhost.h"
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <talloc.h>
#include <unistd.h>

#define ANSWER_MOST 16384
#define EXIT_LATER  75 /* sysexits.h: EX_TEMPFAIL */

struct command_host {
    char *program;
    int seconds;
};

/* One run of the program. */
struct run {
    pid_t pid;
    int in, out; /* our ends; -1: closed */
    int gone;    /* readable once the program itself has ended; it is kept, unburied, until then */
    int64_t until_us;
    const char *said;
    size_t left;
    char answer[ANSWER_MOST];
    size_t length;
};

static void close_end(int *end)
{
    if (*end >= 0)
        close(*end);
    *end = -1;
}

/* In a process group of its own, so that what it starts ends with it. */
static bool start(struct run *r, const char *program, const char *what)
{
    static char path[] = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", lang[] = "LANG=C.UTF-8";
    char *argv[] = {(char *)program, (char *)what, NULL}, *env[] = {path, lang, NULL};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none;
    int in[2], out[2] = {-1, -1};
    bool started = false;

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, in) !=
        0) /* a pipe would raise SIGPIPE where it does not listen */
        return false;
    if (pipe2(out, O_CLOEXEC) == 0) {
        sigemptyset(&none);
        posix_spawn_file_actions_init(&actions);
        posix_spawn_file_actions_adddup2(&actions, in[0], 0);
        posix_spawn_file_actions_adddup2(&actions, out[1], 1);
        posix_spawnattr_init(&attributes);
        posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK);
        posix_spawnattr_setpgroup(&attributes, 0);
        posix_spawnattr_setsigmask(&attributes, &none);
        started = posix_spawn(&r->pid, program, &actions, &attributes, argv, env) == 0;
        posix_spawn_file_actions_destroy(&actions);
        posix_spawnattr_destroy(&attributes);
    }
    close(in[0]);
    close_end(&out[1]);
    r->in = in[1];
    r->out = out[0];
    r->gone = started ? pidfd_open(r->pid, 0) : -1;
    if (r->gone < 0) {
        if (started && kill(-r->pid, SIGKILL) == 0)
            waitpid(r->pid, NULL, 0);
        close_end(&r->in);
        close_end(&r->out);
        return false;
    }
    fcntl(r->in, F_SETFL, O_NONBLOCK);
    fcntl(r->out, F_SETFL, O_NONBLOCK);
    return true;
}

static void write_some(struct run *r)
{
    ssize_t n = send(r->in, r->said, r->left, MSG_NOSIGNAL);

    if (n > 0) {
        r->said += n;
        r->left -= (size_t)n;
    }
    if (r->left == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
        close_end(&r->in);
}

/* What is past the room is read and dropped: a program that says too much must not wait for us. Whether there was
 * anything. */
static bool read_some(struct run *r)
{
    char over[4096];
    bool full = r->length == sizeof r->answer - 1;
    ssize_t n =
        full ? read(r->out, over, sizeof over) : read(r->out, r->answer + r->length, sizeof r->answer - 1 - r->length);

    if (n > 0 && !full)
        r->length += (size_t)n;
    if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
        close_end(&r->out);
    return n > 0;
}

/* Until the program itself has ended, or its time is over: what it left behind may hold its output for as long as it
 * likes. *status is how it ended. Its group is ended in both cases, before the program is buried and its number may be
 * another's. */
static bool converse(struct run *r, int *status)
{
    bool ended = false;
    int64_t wait;

    while (!ended && (wait = (r->until_us - clock_monotonic_us()) / 1000) > 0) {
        struct pollfd ends[3] = {
            {.fd = r->out, .events = POLLIN}, {.fd = r->in, .events = POLLOUT}, {.fd = r->gone, .events = POLLIN}};

        if (poll(ends, 3, wait > 1000 ? 1000 : (int)wait) <= 0)
            continue;
        if (ends[1].revents && r->in >= 0)
            write_some(r);
        if (ends[0].revents && r->out >= 0)
            (void)read_some(r);
        ended = ends[2].revents != 0;
    }
    kill(-r->pid, SIGKILL);
    while (ended && r->out >= 0 && clock_monotonic_us() < r->until_us && read_some(r))
        ;
    return waitpid(r->pid, status, 0) == r->pid && ended;
}

static enum outcome not_known(const struct command_host *host, const char *what, struct problem *why)
{
    log_warning("mailhost.command", LOG_TEXT("program", host->program), LOG_TEXT("what", what));
    (void)problem_set(why, PROBLEM_REMOTE, "", "%s", what);
    return BUSY;
}

/* The program's own words for a refusal. Without a reason it is no refusal: a shell says 1 too when a command fails. */
static enum outcome refused(const struct command_host *host, const struct run *r, struct problem *why)
{
    json_t *answer = json_loadb(r->answer, r->length, 0, NULL);
    const char *reason = json_string_value(json_object_get(answer, "reason")),
               *text = json_string_value(json_object_get(answer, "text"));
    enum outcome o;

    if (!reason || !reason[0])
        o = not_known(host, "exit", why);
    else if (strcmp(reason, "taken") == 0)
        o = problem_set(why, PROBLEM_NAME_TAKEN, "", "%s", "");
    else
        o = problem_set(why, PROBLEM_REMOTE, "", "%.150s", text ? text : reason);
    json_decref(answer);
    return o;
}

/* *answer, owned by the caller, is what it said, or NULL where that is no JSON. */
static enum outcome run(const struct command_host *host, void *mem, const char *what, json_t *said, json_t **answer,
                        struct problem *why)
{
    struct run *r = talloc_zero(mem, struct run);
    char *text = json_dumps(said, JSON_COMPACT);
    bool ended;
    int status = 0;

    json_decref(said);
    *r = (struct run){.said = text, .left = strlen(text), .until_us = clock_monotonic_us() + host->seconds * 1000000LL};
    if (!start(r, host->program, what)) {
        free(text);
        return not_known(host, "spawn", why);
    }
    ended = converse(r, &status);
    close_end(&r->in);
    close_end(&r->out);
    close_end(&r->gone);
    free(text);
    if (!ended)
        return not_known(host, "timeout", why);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 1)
        return refused(host, r, why);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        return not_known(host, WIFEXITED(status) && WEXITSTATUS(status) == EXIT_LATER ? "later" : "exit", why);
    *answer = json_loadb(r->answer, r->length, 0, NULL);
    return DONE;
}

static json_t *day_json(struct day day)
{
    char text[DAY_TEXT];

    return json_string(day_iso(day, text));
}

static json_t *box_json(const struct mailhost_box *b)
{
    return json_pack("{s:s, s:s, s:s, s:s, s:I, s:I, s:s, s:s, s:o, s:o, s:o}", "key", b->key, "address", b->address,
                     "user_id", b->user_id, "password_hash", b->password_hash, "quota_mb", (json_int_t)b->quota_mb,
                     "archive_mb", (json_int_t)b->archive_mb, "holder_name", b->holder_name, "tax_code", b->tax_code,
                     "send_until", day_json(b->send_until), "receive_until", day_json(b->receive_until), "read_until",
                     day_json(b->read_until));
}

static enum outcome create(void *arg, void *mem, const struct mailhost_box *box, struct problem *why)
{
    json_t *answer = NULL;
    enum outcome o = run(arg, mem, "create", box_json(box), &answer, why);

    json_decref(answer);
    return o;
}

static enum outcome change(void *arg, void *mem, const struct mailhost_box *box, struct problem *why)
{
    json_t *answer = NULL;
    enum outcome o = run(arg, mem, "change", box_json(box), &answer, why);

    json_decref(answer);
    return o;
}

static enum outcome drop(void *arg, void *mem, const struct mailhost_box *box, struct problem *why)
{
    json_t *answer = NULL;
    enum outcome o = run(arg, mem, "delete", box_json(box), &answer, why);

    json_decref(answer);
    return o;
}

static enum outcome usage(void *arg, void *mem, const char *address, struct mailhost_usage *used, struct problem *why)
{
    json_t *answer = NULL, *mb;

    *used = (struct mailhost_usage){0};
    TRY(run(arg, mem, "usage", json_pack("{s:s}", "address", address), &answer, why));
    mb = json_object_get(answer, "used_mb");
    used->known = json_is_integer(mb) && json_integer_value(mb) >= 0;
    used->used_mb = used->known ? json_integer_value(mb) : 0;
    used->archive_mb = json_integer_value(json_object_get(answer, "archive_mb"));
    json_decref(answer);
    return used->known ? DONE : not_known(arg, "usage", why);
}

enum outcome mailhost_command(void *mem, const char *program, int seconds, struct mailhost *mailhost,
                              struct problem *why)
{
    struct command_host *host;

    if (program[0] != '/' || access(program, X_OK) != 0)
        return problem_set(why, PROBLEM_CONFIG, "", "purchase.mailhost.command: %.150s", program);
    host = talloc(mem, struct command_host);
    host->program = talloc_strdup(host, program);
    host->seconds = seconds ? seconds : MAILHOST_SECONDS;
    *mailhost = (struct mailhost){.create = create, .change = change, .remove = drop, .usage = usage, .arg = host};
    return DONE;
}
