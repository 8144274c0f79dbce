#include "link/mailhost.h"
#include "store/mailhost.h"
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#define MB_OF_BYTES(bytes) (((bytes) + 1048575) / 1048576) /* of what was begun */

struct sql_host {
    struct db *db;
};

struct asking {
    const struct mailhost_box *box;
    bool taken;
};

struct measuring {
    const char *address;
    int64_t bytes;
    bool known;
};

static enum outcome look(struct db_tx *tx, void *arg)
{
    static const char REQUEST[] = "request:";
    struct asking *a = arg;
    const char *key = a->box->key;
    int64_t id = strncmp(key, REQUEST, strlen(REQUEST)) == 0 ? strtoll(key + strlen(REQUEST), NULL, 10) : 0;

    TRY(mailhost_taken(tx, a->box->address, id, &a->taken));
    return a->taken ? DONE : mailhost_usage_forget(tx, a->box->address);
}

static enum outcome create(void *arg, void *mem, const struct mailhost_box *box, struct problem *why)
{
    struct sql_host *host = arg;
    struct asking a = {.box = box};

    (void)mem;
    TRY(db_transaction(host->db, "mailhost.create", look, &a));
    return a.taken ? problem_set(why, PROBLEM_NAME_TAKEN, "", "%s", "") : DONE;
}

static enum outcome change(void *arg, void *mem, const struct mailhost_box *box, struct problem *why)
{
    (void)arg;
    (void)mem;
    (void)box;
    (void)why;
    return DONE;
}

static enum outcome measure(struct db_tx *tx, void *arg)
{
    struct measuring *m = arg;

    return mailhost_usage_of(tx, m->address, &m->bytes, &m->known);
}

static enum outcome usage(void *arg, void *mem, const char *address, struct mailhost_usage *used, struct problem *why)
{
    struct sql_host *host = arg;
    struct measuring m = {.address = address};

    (void)mem;
    (void)why;
    TRY(db_read(host->db, "mailhost.usage", measure, &m));
    *used = (struct mailhost_usage){.used_mb = MB_OF_BYTES(m.bytes), .known = m.known};
    return DONE;
}

void mailhost_sql(void *mem, struct db *db, struct mailhost *mailhost)
{
    struct sql_host *host = talloc(mem, struct sql_host);

    host->db = db;
    *mailhost = (struct mailhost){.create = create, .change = change, .usage = usage, .arg = host};
}

enum outcome mailhosts_open(void *mem, const struct brands *brands, struct db *db, struct mailhosts *mailhosts,
                            struct problem *why)
{
    *mailhosts = (struct mailhosts){.all = talloc_zero_array(mem, struct mailhost_of, (unsigned)brands->count + 1)};
    for (size_t i = 0; i < brands->count; i++) {
        const struct brand *b = &brands->all[i];
        struct mailhost_of *of = &mailhosts->all[mailhosts->count];

        if (!b->purchase.mailhost)
            continue;
        of->brand = b->id;
        if (b->purchase.mailhost_command)
            TRY(mailhost_command(mem, b->purchase.mailhost_command, 0, &of->mailhost, why));
        else
            mailhost_sql(mem, db, &of->mailhost);
        mailhosts->count++;
    }
    return DONE;
}
