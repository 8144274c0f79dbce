#include "shop/hashers.h"
#include "base/log.h"
#include "shop/login.h"
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <sodium.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <talloc.h>
#include <unistd.h>

enum {
    MOST_HASHERS = 64,
    PASSWORD_ROOM = 1024, /* PASSWORD_MOST characters of UTF-8 and a NUL; longer ones are nobody's */
    PATIENCE_MS = 1000,   /* an idle process has no time while pages fill every core; who logs in waits no longer */
};

struct job {
    bool verify, right;
    char hash[crypto_pwhash_STRBYTES]; /* to be verified, or made */
    char password[PASSWORD_ROOM];
};

struct hasher {
    int socket;      /* a byte there: the job is to be done; one back: it is */
    struct job *job; /* in memory that both share, wiped by whoever is done with it */
    bool owes;       /* nobody waited for its answer */
};

static struct {
    pthread_mutex_t lock;
    pthread_once_t once;
    sem_t places; /* so few that a core is left for the pages; who waits for the database meanwhile holds none */
    struct hasher idle[MOST_HASHERS];
    int count;
} hashers = {.lock = PTHREAD_MUTEX_INITIALIZER, .once = PTHREAD_ONCE_INIT};

static int place_count(void)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);

    return cores > MOST_HASHERS ? MOST_HASHERS : cores > 2 ? (int)cores - 1 : 1;
}

static void make_places(void)
{
    sem_init(&hashers.places, 0, (unsigned)place_count());
}

static void hash_here(struct job *job)
{
    size_t length = strnlen(job->password, sizeof job->password);

    if (job->verify)
        job->right = crypto_pwhash_str_verify(job->hash, job->password, length) == 0;
    else
        job->right = crypto_pwhash_str(job->hash, job->password, length, crypto_pwhash_OPSLIMIT_INTERACTIVE,
                                       crypto_pwhash_MEMLIMIT_INTERACTIVE) == 0;
}

/* ---- In the process ---- */

_Noreturn static void serve(int socket, struct job *job)
{
    const struct sched_param none = {0};
    char byte;

    if (dup2(socket, STDIN_FILENO) < 0 || close_range(STDERR_FILENO + 1, ~0U, 0) != 0)
        _exit(1);
    close(STDOUT_FILENO);
    signal(SIGINT, SIG_IGN); /* it ends with the other side of its socket */
    signal(SIGTERM, SIG_IGN);
    (void)sched_setscheduler(0, SCHED_IDLE, &none);
    (void)prctl(PR_SET_DUMPABLE, 0);
    while (recv(STDIN_FILENO, &byte, 1, 0) == 1) {
        hash_here(job);
        sodium_memzero(job->password, sizeof job->password);
        if (send(STDIN_FILENO, &byte, 1, MSG_NOSIGNAL) != 1)
            break;
    }
    _exit(0);
}

static void start_one(void)
{
    struct job *job = mmap(NULL, sizeof *job, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    int ends[2];
    pid_t pid;

    if (job == MAP_FAILED)
        return;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
        munmap(job, sizeof *job);
        return;
    }
    if ((pid = fork()) == 0)
        serve(ends[1], job);
    close(ends[1]);
    if (pid > 0)
        hashers.idle[hashers.count++] = (struct hasher){.socket = ends[0], .job = job};
    else
        close(ends[0]), munmap(job, sizeof *job);
}

void hashers_start(void)
{
    if (sodium_init() < 0) /* which chooses the code for this processor */
        return;
    for (int i = place_count(); i > 0; i--)
        start_one();
}

/* ---- Whoever asks ---- */

static bool take(struct hasher *hasher)
{
    bool any;

    pthread_mutex_lock(&hashers.lock);
    if ((any = hashers.count > 0))
        *hasher = hashers.idle[--hashers.count];
    pthread_mutex_unlock(&hashers.lock);
    return any;
}

static void give_back(struct hasher hasher)
{
    pthread_mutex_lock(&hashers.lock);
    hashers.idle[hashers.count++] = hasher;
    pthread_mutex_unlock(&hashers.lock);
}

static void lose(struct hasher *hasher)
{
    log_error("hasher.lost", LOG_TEXT("why", "its process has ended"));
    close(hasher->socket);
    sodium_memzero(hasher->job, sizeof *hasher->job);
    munmap(hasher->job, sizeof *hasher->job);
}

/* Whether it has answered in time; *lost: it never will. */
static bool answers(const struct hasher *hasher, int patience_ms, bool *lost)
{
    struct pollfd socket = {.fd = hasher->socket, .events = POLLIN};
    int ready;
    char byte;

    while ((ready = poll(&socket, 1, patience_ms)) < 0 && errno == EINTR)
        ;
    if (ready == 0)
        return false;
    *lost = recv(hasher->socket, &byte, 1, 0) != 1;
    return !*lost;
}

static bool hash_there(struct job *job)
{
    struct hasher hasher;
    bool lost = false, done = false;

    if (!take(&hasher))
        return false;
    if (hasher.owes)
        hasher.owes = !answers(&hasher, 0, &lost);
    if (!hasher.owes && !lost) {
        *hasher.job = *job;
        lost = send(hasher.socket, "", 1, MSG_NOSIGNAL) != 1;
        done = !lost && answers(&hasher, PATIENCE_MS, &lost);
        hasher.owes = !done;
    }
    if (done) {
        *job = *hasher.job;
        sodium_memzero(hasher.job, sizeof *hasher.job);
    }
    if (lost)
        lose(&hasher);
    else
        give_back(hasher);
    return done;
}

static bool run(struct job *job, const char *password)
{
    bool right;

    strcpy(job->password, password);
    pthread_once(&hashers.once, make_places);
    while (sem_wait(&hashers.places) != 0)
        ; /* a signal */
    if (!hash_there(job))
        hash_here(job);
    sem_post(&hashers.places);
    right = job->right;
    sodium_memzero(job->password, sizeof job->password);
    return right;
}

enum outcome password_hash(void *mem, const char *password, char **hash)
{
    struct job job = {0};

    if (strlen(password) >= sizeof job.password || !run(&job, password))
        return log_broken("password.hash", LOG_TEXT("why", "out of memory, or too long"));
    *hash = talloc_strdup(mem, job.hash);
    return DONE;
}

bool password_verify(const char *hash, const char *password)
{
    struct job job = {.verify = true};

    if (strlen(hash) >= sizeof job.hash || strlen(password) >= sizeof job.password)
        return false;
    strcpy(job.hash, hash);
    return run(&job, password);
}
