/* link/sdi_mail.c: files for SdI as attachments of mails to its PEC address, its notices out of a maildir. */
#include "base/log.h"
#include "base/text.h"
#include "link/sdi.h"
#include "link/zip.h"
#include "net/attachments.h"
#include "net/smtp.h"
#include "rules/sdi.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <talloc.h>
#include <unistd.h>

struct post {
    const struct mailer *mailer;
    const char *from, *to, *maildir;
};

/* The message's id is the file's name, so that a second sending can be told from a second file. */
static enum outcome send_mail(void *arg, void *mem, const char *name, const void *bytes, size_t length,
                              struct problem *why)
{
    const struct post *p = arg;
    struct mail_attachment file = {name, "application/xml", bytes, length};
    const char *at = strchr(p->from, '@');
    struct mail mail = {.from_name = "",
                        .from = p->from,
                        .to = p->to,
                        .subject = name,
                        .text = talloc_asprintf(mem, "In allegato %s\n", name),
                        .message_id = talloc_asprintf(mem, "sdi-%s%s", name, at ? at : "@localhost"),
                        .date = clock_now(),
                        .attachments = &file,
                        .attachment_count = 1};

    return p->mailer->send(p->mailer->arg, &mail, why);
}

/* ---- Incoming ---- */

struct taking {
    void *mem;
    zip_take *take;
    void *arg;
    bool any;
};

static bool is_notice_name(const char *name)
{
    char stem[SDI_NAME];
    enum sdi_kind kind;

    return sdi_notice_stem(name, stem, &kind) == DONE;
}

static bool is_archive_name(const char *name)
{
    size_t n = strlen(name);

    return n > 4 && strcasecmp(name + n - 4, ".zip") == 0;
}

/* What else is attached, daticert.xml and smime.p7s, is the PEC envelope's. */
static enum outcome take_attachment(void *arg, const char *name, const void *bytes, size_t length)
{
    struct taking *t = arg;
    struct problem why;
    enum outcome o;

    if (is_archive_name(name)) {
        o = zip_each(t->mem, bytes, length, PROBLEM_SDI_NOTICE, take_attachment, t, &why);
        return o == REFUSED ? DONE : o;
    }
    if (!is_notice_name(name))
        return DONE;
    t->any = true;
    return t->take(t->arg, name, bytes, length);
}

static enum outcome read_mail(void *mem, int folder, const char *name, char **bytes, size_t *length)
{
    int file = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    struct stat about;
    ssize_t n = 1;

    *length = 0;
    if (file < 0)
        return REFUSED;
    if (fstat(file, &about) != 0 || !S_ISREG(about.st_mode) || about.st_size > (off_t)ATTACHMENTS_MOST) {
        close(file);
        return REFUSED;
    }
    *bytes = talloc_size(mem, (size_t)about.st_size + 1);
    while (n > 0 && *length < (size_t)about.st_size)
        if ((n = read(file, *bytes + *length, (size_t)about.st_size - *length)) > 0)
            *length += (size_t)n;
    close(file);
    return n < 0 ? REFUSED : DONE;
}

static enum outcome take_mail(void *mem, int fresh, int seen, const char *name, zip_take *take, void *take_arg)
{
    struct taking t = {.mem = mem, .take = take, .arg = take_arg};
    char *bytes;
    size_t length;
    enum outcome o = read_mail(mem, fresh, name, &bytes, &length);

    if (o == DONE)
        o = attachments_each(mem, bytes, length, take_attachment, &t);
    if (o != DONE && o != REFUSED)
        return o;
    if (!t.any)
        log_warning("sdi.mail.no_notice", LOG_TEXT("file", name));
    if (renameat(fresh, name, seen, talloc_asprintf(mem, "%s:2,%s", name, t.any ? "S" : "FS")) == 0)
        return DONE;
    return log_broken("sdi.mail.move", LOG_TEXT("file", name), LOG_TEXT("why", strerror(errno)));
}

static enum outcome take_mails(void *mem, DIR *fresh, int seen, int most, zip_take *take, void *take_arg)
{
    struct dirent *entry;
    enum outcome o = DONE;

    for (int taken = 0; o == DONE && taken < most && (entry = readdir(fresh));) {
        void *scratch;

        if (entry->d_name[0] == '.' || strchr(entry->d_name, ':'))
            continue;
        scratch = talloc_new(mem);
        o = take_mail(scratch, dirfd(fresh), seen, entry->d_name, take, take_arg);
        talloc_free(scratch);
        taken++;
    }
    return o;
}

static enum outcome collect(void *arg, void *mem, int most, zip_take *take, void *take_arg)
{
    const struct post *p = arg;
    DIR *fresh = opendir(talloc_asprintf(mem, "%s/new", p->maildir));
    int seen = open(talloc_asprintf(mem, "%s/cur", p->maildir), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    enum outcome o = BUSY;

    if (fresh && seen >= 0)
        o = take_mails(mem, fresh, seen, most, take, take_arg);
    else
        log_warning("sdi.mail.folder", LOG_TEXT("folder", p->maildir), LOG_TEXT("why", strerror(errno)));
    if (fresh)
        closedir(fresh);
    if (seen >= 0)
        close(seen);
    return o;
}

enum outcome sdi_mail_open(void *mem, const struct mailer *mailer, const char *from, const char *to,
                           const char *maildir, struct sdi_channel *channel, struct problem *why)
{
    struct post *p = talloc(mem, struct post);
    const char *const FOLDERS[] = {"", "/new", "/cur", "/tmp"};

    *p = (struct post){mailer, talloc_strdup(p, from), talloc_strdup(p, to), talloc_strdup(p, maildir)};
    for (size_t i = 0; i < count_of(FOLDERS); i++) {
        char *folder = talloc_asprintf(p, "%s%s", maildir, FOLDERS[i]);

        if (mkdir(folder, 0700) != 0 && errno != EEXIST)
            return problem_unwritable(why, folder);
    }
    *channel = (struct sdi_channel){.kind = "mail", .send = send_mail, .collect = collect, .arg = p};
    return DONE;
}
