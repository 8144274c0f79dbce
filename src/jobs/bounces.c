#include "jobs/bounces.h"
#include "base/log.h"
#include "link/returned.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <talloc.h>
#include <unistd.h>

/* ---- One mail ---- */

struct taking {
    struct shop *shop;
    void *mem;
    const struct actor *actor;
    const struct returned *returned;
    enum bounce_fate fate;
};

static enum outcome take(struct db_tx *tx, void *arg)
{
    struct taking *t = arg;

    return bounce_take(tx, t->mem, t->shop->brands, t->returned, t->actor, &t->fate);
}

enum outcome bounces_of_mail(struct shop *shop, void *mem, const char *bytes, size_t length, const struct actor *actor,
                             struct bounce_tally *tally)
{
    struct returned returned[DSN_RECIPIENTS];
    struct taking t = {.shop = shop, .mem = mem, .actor = actor};
    size_t count;

    TRY(returned_read(mem, bytes, length, returned, &count));
    for (size_t i = 0; i < count; i++) {
        t.returned = &returned[i];
        TRY(db_transaction(shop->db, "bounce.take", take, &t));
        tally->strange += t.fate == BOUNCE_STRANGE;
        tally->noted += t.fate == BOUNCE_NOTED;
        tally->marked += t.fate == BOUNCE_MARKED;
        tally->cleared += t.fate == BOUNCE_CLEARED;
    }
    return DONE;
}

/* ---- A maildir ---- */

/* The first DSN_MOST bytes of a plain file. */
static enum outcome read_mail(void *mem, int folder, const char *name, char **bytes, size_t *length)
{
    int file = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    struct stat status;
    ssize_t n = 1;

    *length = 0;
    if (file < 0)
        return REFUSED;
    if (fstat(file, &status) != 0 || !S_ISREG(status.st_mode)) {
        close(file);
        return REFUSED;
    }
    *bytes = talloc_size(mem, DSN_MOST);
    while (n > 0 && *length < DSN_MOST)
        if ((n = read(file, *bytes + *length, DSN_MOST - *length)) > 0)
            *length += (size_t)n;
    close(file);
    return n < 0 ? REFUSED : DONE;
}

static enum outcome take_file(struct shop *shop, void *mem, int fresh, int seen, const char *name)
{
    static const struct actor SYSTEM = {.door = "job", .name = "system"};
    struct bounce_tally tally = {0};
    enum outcome o;
    size_t length;
    char *bytes;

    o = read_mail(mem, fresh, name, &bytes, &length);
    if (o == DONE)
        o = bounces_of_mail(shop, mem, bytes, length, &SYSTEM, &tally);
    if (o != DONE && o != REFUSED)
        return o;
    if (o == REFUSED)
        log_warning("bounces.no_report", LOG_TEXT("file", name));
    if (tally.strange)
        log_warning("bounces.not_ours", LOG_TEXT("file", name));
    if (renameat(fresh, name, seen, talloc_asprintf(mem, "%s:2,%s", name, o == REFUSED ? "FS" : "S")) == 0)
        return DONE;
    return log_broken("bounces.move", LOG_TEXT("file", name), LOG_TEXT("why", strerror(errno)));
}

static enum outcome take_files(struct shop *shop, void *mem, DIR *fresh, int seen, int most, const atomic_bool *stop,
                               int *taken)
{
    struct dirent *entry;
    enum outcome o = DONE;

    while (o == DONE && *taken < most && !(stop && *stop) && (entry = readdir(fresh))) {
        void *scratch;

        if (entry->d_name[0] == '.' || strchr(entry->d_name, ':'))
            continue;
        scratch = talloc_new(mem);
        o = take_file(shop, scratch, dirfd(fresh), seen, entry->d_name);
        *taken += o == DONE;
        talloc_free(scratch);
    }
    return o;
}

enum outcome bounces_collect(struct shop *shop, void *mem, const char *folder, int most, const atomic_bool *stop,
                             int *taken)
{
    DIR *fresh = opendir(talloc_asprintf(mem, "%s/new", folder));
    int seen = open(talloc_asprintf(mem, "%s/cur", folder), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    enum outcome o;

    if (fresh && seen >= 0)
        o = take_files(shop, mem, fresh, seen, most, stop, taken);
    else
        o = log_broken("bounces.folder", LOG_TEXT("folder", folder), LOG_TEXT("why", strerror(errno)));
    if (fresh)
        closedir(fresh);
    if (seen >= 0)
        close(seen);
    return o;
}
