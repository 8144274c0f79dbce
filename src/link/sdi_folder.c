/* link/sdi_folder.c: files for SdI in a folder, its notices in another. */
#include "base/i18n.h"
#include "base/log.h"
#include "base/text.h"
#include "link/sdi.h"
#include "link/sdi_notice.h"
#include "link/zip.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <talloc.h>
#include <unistd.h>

#define FILE_MOST ZIP_BYTES_MOST

struct folders {
    const char *outgoing, *incoming;
};

/* The whole of a plain file; REFUSED: there is none, or it is no file of a size that we read. */
static enum outcome read_file(void *mem, const char *path, void **bytes, size_t *length)
{
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    struct stat about;
    ssize_t n = 1;

    *length = 0;
    if (file < 0)
        return REFUSED;
    if (fstat(file, &about) != 0 || !S_ISREG(about.st_mode) || (size_t)about.st_size > FILE_MOST) {
        close(file);
        return REFUSED;
    }
    *bytes = talloc_size(mem, (size_t)about.st_size + 1);
    while (n > 0 && *length < (size_t)about.st_size)
        if ((n = read(file, (char *)*bytes + *length, (size_t)about.st_size - *length)) > 0)
            *length += (size_t)n;
    close(file);
    return n < 0 ? REFUSED : DONE;
}

/* ---- Outgoing ---- */

static enum outcome cannot(struct problem *why, const char *path)
{
    log_warning("sdi.folder", LOG_TEXT("path", path), LOG_TEXT("why", strerror(errno)));
    (void)problem_unwritable(why, path);
    return BUSY; /* a disk that is full or not mounted yet: the file waits */
}

static bool write_whole(const char *path, const void *bytes, size_t length)
{
    FILE *file = fopen(path, "we");
    bool written = file && fwrite(bytes, 1, length, file) == length && fflush(file) == 0 && fsync(fileno(file)) == 0;

    if (file && fclose(file) != 0)
        written = false;
    return written;
}

static bool sync_folder(const char *path)
{
    int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool synced = folder >= 0 && fsync(folder) == 0;

    if (folder >= 0)
        close(folder);
    return synced;
}

/* Whether these bytes are there already; another file of that name must never be written over. */
static enum outcome look(void *mem, const char *path, const void *bytes, size_t length, bool *there,
                         struct problem *why)
{
    void *found;
    size_t found_length;

    *there = read_file(mem, path, &found, &found_length) == DONE;
    if (!*there || (found_length == length && memcmp(found, bytes, length) == 0))
        return DONE;
    return problem_set(why, PROBLEM_CONFIG, "", N_("%.120s: c'è già un altro file con questo nome"), path);
}

static enum outcome send_file(void *arg, void *mem, const char *name, const void *bytes, size_t length,
                              struct problem *why)
{
    const struct folders *f = arg;
    char *path = talloc_asprintf(mem, "%s/%s", f->outgoing, name);
    char *taken = talloc_asprintf(mem, "%s/done/%s", f->outgoing, name);
    char *beside = talloc_asprintf(mem, "%s/.%s.part", f->outgoing, name);
    bool there;

    TRY(look(mem, path, bytes, length, &there, why));
    if (!there)
        TRY(look(mem, taken, bytes, length, &there, why));
    if (there)
        return DONE;
    if (write_whole(beside, bytes, length) && rename(beside, path) == 0 && sync_folder(f->outgoing))
        return DONE;
    return cannot(why, path);
}

/* ---- Incoming ---- */

static bool has_end(const char *name, const char *end)
{
    size_t n = strlen(name), m = strlen(end);

    return n >= m && strcasecmp(name + n - m, end) == 0;
}

/* To done/, never over what is there. */
static enum outcome put_aside(void *mem, const struct folders *f, const char *name)
{
    char *from = talloc_asprintf(mem, "%s/%s", f->incoming, name);

    for (int number = 0; number < 1000; number++) {
        char *to = number ? talloc_asprintf(mem, "%s/done/%s.%d", f->incoming, name, number)
                          : talloc_asprintf(mem, "%s/done/%s", f->incoming, name);

        if (access(to, F_OK) == 0)
            continue;
        if (rename(from, to) == 0)
            return DONE;
        break;
    }
    return log_broken("sdi.folder.done", LOG_TEXT("file", from), LOG_TEXT("why", strerror(errno)));
}

static enum outcome take_file(void *mem, const struct folders *f, const char *name, zip_take *take, void *take_arg)
{
    char *path = talloc_asprintf(mem, "%s/%s", f->incoming, name);
    struct problem why;
    void *bytes;
    size_t length;
    enum outcome o = read_file(mem, path, &bytes, &length);

    if (o != DONE) {
        log_warning("sdi.folder.read", LOG_TEXT("file", path), LOG_TEXT("why", strerror(errno)));
        return DONE; /* a folder, or a file that is still being written by somebody else: the next look sees it again */
    }
    o = has_end(name, ".zip") ? zip_each(mem, bytes, length, PROBLEM_SDI_NOTICE, take, take_arg, &why) : REFUSED;
    if (o == REFUSED) /* also an archive that does not open: it is kept for somebody to look at */
        o = take(take_arg, name, bytes, length);
    return o == DONE ? put_aside(mem, f, name) : o;
}

static int is_candidate(const struct dirent *entry)
{
    return entry->d_name[0] != '.' && !has_end(entry->d_name, ".part") && !has_end(entry->d_name, ".tmp") &&
           strcmp(entry->d_name, "done") != 0;
}

static enum outcome collect(void *arg, void *mem, int most, zip_take *take, void *take_arg)
{
    const struct folders *f = arg;
    struct dirent **names;
    int count = scandir(f->incoming, &names, is_candidate, alphasort);
    enum outcome o = DONE;

    if (count < 0) {
        log_warning("sdi.folder", LOG_TEXT("path", f->incoming), LOG_TEXT("why", strerror(errno)));
        return BUSY;
    }
    for (int i = 0; i < count; i++) {
        void *scratch = talloc_new(mem);

        if (o == DONE && i < most)
            o = take_file(scratch, f, names[i]->d_name, take, take_arg);
        talloc_free(scratch);
        free(names[i]);
    }
    free(names);
    return o;
}

/* ---- Opening ---- */

static enum outcome make(void *mem, const char *folder, struct problem *why)
{
    char *done = talloc_asprintf(mem, "%s/done", folder);

    if (mkdir(folder, 0700) != 0 && errno != EEXIST)
        return problem_unwritable(why, folder);
    if (mkdir(done, 0700) != 0 && errno != EEXIST)
        return problem_unwritable(why, done);
    return DONE;
}

enum outcome sdi_folder_open(void *mem, const char *outgoing, const char *incoming, struct sdi_channel *channel,
                             struct problem *why)
{
    struct folders *f = talloc(mem, struct folders);

    *f = (struct folders){talloc_strdup(f, outgoing), talloc_strdup(f, incoming)};
    TRY(make(f, outgoing, why));
    TRY(make(f, incoming, why));
    *channel = (struct sdi_channel){.kind = "folder", .send = send_file, .collect = collect, .arg = f};
    return DONE;
}
