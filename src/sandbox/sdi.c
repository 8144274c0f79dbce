#include "sandbox/sdi.h"
#include "base/log.h"
#include "base/text.h"
#include "net/attachments.h"
#include "rules/sdi.h"
#include "sandbox/sdi_parts.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <talloc.h>
#include <unistd.h>

struct system {
    void *mem;
    const struct sdi_sandbox *sdi;
    json_t *state, *files, *invoices; /* by file name; by sender, type, year and number */
    struct sdi_sandbox_turn *turn;
    struct problem *why;
};

/* ---- What it remembers ---- */

static char *state_path(struct system *s)
{
    return talloc_asprintf(s->mem, "%s/.sdi.json", s->sdi->outgoing);
}

static enum outcome remember(struct system *s)
{
    char *text = json_dumps(s->state, JSON_INDENT(1));
    enum outcome o = sdi_put_file(s->mem, s->sdi->outgoing, ".sdi.json", text, strlen(text), s->why);

    free(text);
    return o;
}

static void recall(struct system *s)
{
    s->state = json_load_file(state_path(s), 0, NULL);
    if (!json_is_object(s->state))
        s->state = json_pack("{s:i, s:{}, s:{}}", "last_id", 110, "files", "invoices");
    s->files = json_object_get(s->state, "files");
    s->invoices = json_object_get(s->state, "invoices");
}

/* ---- A file that comes in ---- */

/* What SdI says by itself. */
static const char *verdict(struct system *s, const char *name, bool readable, const struct sdi_invoice *i)
{
    char stem[SDI_NAME];
    char *key = talloc_asprintf(s->mem, "%s %s %.4s %s", i->sender, i->type, i->date, i->number);

    if (sdi_file_stem(name, stem) != DONE)
        return "NS:00001";
    if (json_object_get(s->files, name))
        return "NS:00002";
    if (!readable)
        return "NS:00200";
    if (strncmp(i->recipient, "KO", 2) == 0)
        return "NS:00311";
    if (json_object_get(s->invoices, key))
        return "NS:00404";
    if (strcmp(i->recipient, "999999") == 0)
        return "AT";
    return (strcmp(i->recipient, "0000000") == 0 && !i->pec[0]) || strcmp(i->recipient, "XXXXXXX") == 0 ? "MC" : "RC";
}

/* What was accepted once may not come again; what a public body refuses may. */
static void note_invoice(struct system *s, const char *answer, const struct sdi_invoice *i)
{
    char *key = talloc_asprintf(s->mem, "%s %s %.4s %s", i->sender, i->type, i->date, i->number);

    if (!strstr(answer, "NS") && !strstr(answer, "EC02") && i->number[0])
        json_object_set_new(s->invoices, key, json_true());
}

static enum outcome receive(struct system *s, const char *name, const void *bytes, size_t length)
{
    unsigned char digest[crypto_hash_sha256_BYTES];
    int64_t id = json_integer_value(json_object_get(s->state, "last_id")) + 1;
    struct sdi_invoice invoice;
    bool readable = sdi_invoice_read(s->mem, bytes, length, &invoice) == DONE, again;
    const char *answer = verdict(s, name, readable, &invoice);
    json_t *file;
    enum outcome o;

    crypto_hash_sha256(digest, bytes, length);
    file = json_pack("{s:I, s:b, s:s, s:s, s:i}", "id", (json_int_t)id, "public", strcmp(invoice.format, "FPA12") == 0,
                     "recipient", invoice.recipient, "sha256", text_hex(s->mem, digest, sizeof digest), "notices", 0);
    again = strcmp(answer, "NS:00002") == 0;
    if (again) /* its notices go on counting */
        json_object_set(file, "notices", json_object_get(json_object_get(s->files, name), "notices"));
    if (s->sdi->answer && !again)
        answer = s->sdi->answer;
    json_object_set_new(s->state, "last_id", json_integer(id));
    o = sdi_answer_write(s->mem, s->sdi, name, file, answer, &s->turn->notices, s->why);
    if (again)
        json_object_set(json_object_get(s->files, name), "notices", json_object_get(file, "notices"));
    else
        json_object_set(s->files, name, file);
    json_object_set_new(file, "silent", json_boolean(strcmp(answer, "none") == 0));
    note_invoice(s, answer, &invoice);
    json_decref(file);
    s->turn->files++;
    return o;
}

static enum outcome take_attachment(void *arg, const char *name, const void *bytes, size_t length)
{
    return receive(arg, name, bytes, length);
}

static enum outcome read_whole(struct system *s, const char *path, void **bytes, size_t *length)
{
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    struct stat about;
    ssize_t n = 1;

    *length = 0;
    if (file < 0 || fstat(file, &about) != 0 || !S_ISREG(about.st_mode)) {
        if (file >= 0)
            close(file);
        return REFUSED;
    }
    *bytes = talloc_size(s->mem, (size_t)about.st_size + 1);
    while (n > 0 && *length < (size_t)about.st_size)
        if ((n = read(file, (char *)*bytes + *length, (size_t)about.st_size - *length)) > 0)
            *length += (size_t)n;
    close(file);
    return DONE;
}

static enum outcome take_file(struct system *s, const char *name)
{
    char *path = talloc_asprintf(s->mem, "%s/%s", s->sdi->outgoing, name);
    size_t length, n = strlen(name);
    void *bytes;
    enum outcome o;

    if (read_whole(s, path, &bytes, &length) != DONE)
        return DONE;
    if (n > 4 && strcmp(name + n - 4, ".eml") == 0)
        o = attachments_each(s->mem, bytes, length, take_attachment, s);
    else
        o = receive(s, name, bytes, length);
    if (o != DONE && s->why->code != PROBLEM_NONE)
        return o;
    if (rename(path, talloc_asprintf(s->mem, "%s/done/%s", s->sdi->outgoing, name)) == 0)
        return DONE;
    return problem_unwritable(s->why, path);
}

/* ---- A turn ---- */

static int is_file(const struct dirent *entry)
{
    return entry->d_name[0] != '.' && strcmp(entry->d_name, "done") != 0;
}

static enum outcome take_files(struct system *s)
{
    struct dirent **names;
    int count = scandir(s->sdi->outgoing, &names, is_file, alphasort);
    enum outcome o = DONE;

    if (count < 0)
        return problem_unreadable(s->why, s->sdi->outgoing);
    for (int i = 0; i < count; i++) {
        if (o == DONE)
            o = take_file(s, names[i]->d_name);
        free(names[i]);
    }
    free(names);
    return o;
}

static enum outcome answer_waiting(struct system *s)
{
    const char *name;
    json_t *file;

    json_object_foreach(s->files, name, file)
    {
        if (!json_is_true(json_object_get(file, "silent")))
            continue;
        TRY(sdi_answer_write(s->mem, s->sdi, name, file, s->sdi->answer ? s->sdi->answer : "RC", &s->turn->notices,
                             s->why));
        json_object_set_new(file, "silent", json_false());
    }
    return DONE;
}

enum outcome sdi_sandbox_turn(void *mem, const struct sdi_sandbox *sdi, struct sdi_sandbox_turn *turn,
                              struct problem *why)
{
    struct system s = {.mem = talloc_new(mem), .sdi = sdi, .turn = turn, .why = why};
    enum outcome o;

    *turn = (struct sdi_sandbox_turn){0};
    why->code = PROBLEM_NONE;
    (void)mkdir(sdi->outgoing, 0700);
    (void)mkdir(sdi->notices, 0700);
    (void)mkdir(talloc_asprintf(s.mem, "%s/done", sdi->outgoing), 0700);
    recall(&s);
    o = sdi->waiting ? answer_waiting(&s) : take_files(&s);
    if (o == DONE)
        o = remember(&s);
    json_decref(s.state);
    talloc_free(s.mem);
    return o;
}
