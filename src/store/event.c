#include "store/event.h"
#include "base/log.h"
#include "base/text.h"
#include "store/event_parts.h"
#include <inttypes.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

const struct db_column EVENT_ROW[] = {
    DB_ID(struct event, id),       DB_INSTANT(struct event, at),
    DB_TEXT(struct event, brand),  DB_TEXT(struct event, door),
    DB_TEXT(struct event, actor),  DB_TEXT(struct event, kind),
    DB_ID(struct event, order_id), DB_ID(struct event, mailbox_id),
    DB_TEXT(struct event, data),   DB_END,
};

/* A row's JSON as text: nearly always it fits where the caller has room, and nothing is asked of malloc. */
struct json_row {
    const char *text;
    char *long_one; /* to be freed */
    char room[600];
};

static void json_row_write(struct json_row *row, const json_t *data)
{
    size_t length = data ? json_dumpb(data, row->room, sizeof row->room, JSON_COMPACT | JSON_SORT_KEYS) : 0;

    row->long_one = length < sizeof row->room ? NULL : json_dumps(data, JSON_COMPACT | JSON_SORT_KEYS);
    row->text = row->long_one ? row->long_one : length ? row->room : "{}";
    row->room[length < sizeof row->room ? length : 0] = '\0';
}

enum outcome event_record(struct db_tx *tx, const char *brand, const struct actor *actor, const char *kind,
                          int64_t order_id, int64_t mailbox_id, const json_t *data)
{
    struct json_row row;
    enum outcome o;

    json_row_write(&row, data);
    o = db_exec(tx, NULL,
                "INSERT INTO event (at, brand, door, actor, kind, order_id, mailbox_id, data) "
                "VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                db_instant(db_now(tx)), db_text(brand), db_text(actor->door), db_text(actor->name), db_text(kind),
                db_id(order_id), db_id(mailbox_id), db_text(row.text));
    free(row.long_one);
    return o;
}

#define SALT_BYTES 16

enum outcome event_record_said(struct db_tx *tx, const char *brand, const struct actor *actor, const char *kind,
                               int64_t order_id, int64_t mailbox_id, int64_t account_id, const json_t *said)
{
    char *text = json_dumps(said, JSON_COMPACT | JSON_SORT_KEYS), salt[2 * SALT_BYTES + 1], hash[65];
    unsigned char bytes[crypto_hash_sha256_BYTES];
    char *whole, *data;
    int64_t id;
    enum outcome o;

    randombytes_buf(bytes, SALT_BYTES);
    sodium_bin2hex(salt, sizeof salt, bytes, SALT_BYTES);
    whole = talloc_asprintf(NULL, "%s\n%s", salt, text ? text : "{}");
    crypto_hash_sha256(bytes, (const unsigned char *)whole, strlen(whole));
    sodium_bin2hex(hash, sizeof hash, bytes, sizeof bytes);
    data = talloc_asprintf(whole, "{\"said_sha256\":\"%s\"}", hash);
    o = db_number(tx, &id,
                  "INSERT INTO event (at, brand, door, actor, kind, order_id, mailbox_id, data) VALUES ($1, $2, $3, "
                  "$4, $5, $6, $7, $8) RETURNING id",
                  db_instant(db_now(tx)), db_text(brand), db_text(actor->door), db_text(actor->name), db_text(kind),
                  db_id(order_id), db_id(mailbox_id), db_text(data));
    if (o == DONE)
        o = db_exec(tx, NULL, "INSERT INTO event_said (event_id, account_id, salt, data) VALUES ($1, $2, $3, $4)",
                    db_int(id), db_id(account_id), db_text(salt), db_text(text ? text : "{}"));
    talloc_free(whole);
    free(text);
    return o;
}

enum outcome event_by_id(struct db_tx *tx, void *mem, int64_t id, struct event *out)
{
    return db_one(tx, mem, EVENT_ROW, out, "SELECT " EVENT_COLUMNS " FROM event e WHERE e.id = $1", db_int(id));
}

enum outcome events_timeline(struct db_tx *tx, void *mem, int64_t mailbox_id, int64_t order_id, int64_t before,
                             int limit, struct event **events, size_t *count)
{
    struct db_value newest = db_int(before ? before : INT64_MAX);

    if (order_id)
        return db_all(tx, mem, EVENT_ROW, events, count,
                      "SELECT " EVENT_COLUMNS " FROM event e WHERE e.order_id = $1 AND e.id < $2 ORDER BY e.id DESC "
                      "LIMIT $3",
                      db_int(order_id), newest, db_int(limit));
    return db_all(tx, mem, EVENT_ROW, events, count,
                  "SELECT " EVENT_COLUMNS " FROM event e WHERE e.id IN (SELECT b.id FROM event b WHERE b.mailbox_id = "
                  "$1 AND b.id < $2 UNION SELECT o.id FROM order_line l JOIN event o ON o.order_id = l.order_id WHERE "
                  "l.mailbox_id = $1 AND o.id < $2 AND (o.mailbox_id = $1 OR o.mailbox_id IS NULL OR o.kind LIKE "
                  "'order.%')) ORDER BY e.id DESC "
                  "LIMIT $3",
                  db_int(mailbox_id), newest, db_int(limit));
}

/* ---- The chain ---- */

struct seal {
    int64_t seq;
    char hash[65];
};

static void seal_hash(const char *before, const struct event *e, char hash[65])
{
    unsigned char digest[crypto_hash_sha256_BYTES];
    char *text =
        talloc_asprintf(NULL, "%s\n%" PRId64 "\n%" PRId64 "\n%s\n%s\n%s\n%s\n%" PRId64 "\n%" PRId64 "\n%s", before,
                        e->id, e->at.us, e->brand, e->door, e->actor, e->kind, e->order_id, e->mailbox_id, e->data);

    crypto_hash_sha256(digest, (const unsigned char *)text, strlen(text));
    sodium_bin2hex(hash, 65, digest, sizeof digest);
    talloc_free(text);
}

static enum outcome last_seal(struct db_tx *tx, struct seal *last)
{
    static const struct db_column SEAL[] = {DB_INT64(struct seal, seq), DB_CHARS(struct seal, hash), DB_END};

    *last = (struct seal){0, ""};
    enum outcome o = db_one(tx, NULL, SEAL, last, "SELECT seq, hash FROM event_seal ORDER BY seq DESC LIMIT 1");
    return o == REFUSED ? DONE : o;
}

enum outcome events_seal(struct db_tx *tx, void *mem, int limit, int *sealed)
{
    struct event *events;
    struct seal last;
    size_t count;

    *sealed = 0;
    TRY(last_seal(tx, &last));
    /* Ids may be committed out of order by parallel writers, so what is unsealed is looked for, not counted on from the
     * last. */
    TRY(db_all(tx, mem, EVENT_ROW, &events, &count,
               "SELECT " EVENT_SEALED
               " FROM event e WHERE e.id > (SELECT coalesce(max(event_id), 0) - 10000 FROM event_seal) "
               "AND NOT EXISTS (SELECT 1 FROM event_seal s WHERE s.event_id = e.id) ORDER BY e.id LIMIT $1",
               db_int(limit)));
    for (size_t i = 0; i < count; i++) {
        char hash[65];

        seal_hash(last.hash, &events[i], hash);
        memcpy(last.hash, hash, sizeof hash);
        TRY(db_exec(tx, NULL, "INSERT INTO event_seal (seq, event_id, hash) VALUES ($1, $2, $3)", db_int(++last.seq),
                    db_int(events[i].id), db_text(hash)));
    }
    *sealed = (int)count;
    return DONE;
}

enum outcome events_waiting(struct db_tx *tx, bool *waiting)
{
    int64_t newer;

    TRY(db_number(tx, &newer,
                  "SELECT count(*) FROM (SELECT e.id FROM event e WHERE e.id > (SELECT coalesce(max(s.event_id), 0) "
                  "FROM event_seal s) LIMIT 1) newest"));
    *waiting = newer != 0;
    return DONE;
}

struct sealed_event {
    struct event event;
    int64_t seq;
};

enum outcome events_in_order(struct db_tx *tx, void *mem, const char *brand, int64_t after, int limit,
                             struct event **events, size_t *count, int64_t *next)
{
    static const struct db_column SEALED[] = {
        DB_ID(struct sealed_event, event.id),
        DB_INSTANT(struct sealed_event, event.at),
        DB_TEXT(struct sealed_event, event.brand),
        DB_TEXT(struct sealed_event, event.door),
        DB_TEXT(struct sealed_event, event.actor),
        DB_TEXT(struct sealed_event, event.kind),
        DB_ID(struct sealed_event, event.order_id),
        DB_ID(struct sealed_event, event.mailbox_id),
        DB_TEXT(struct sealed_event, event.data),
        DB_INT64(struct sealed_event, seq),
        DB_END,
    };
    struct sealed_event *sealed;

    TRY(db_all(tx, mem, SEALED, &sealed, count,
               "SELECT " EVENT_COLUMNS ", s.seq FROM event_seal s JOIN event e ON e.id = s.event_id "
               "WHERE s.seq > $1 AND ($2 = '' OR e.brand = $2) ORDER BY s.seq LIMIT $3",
               db_int(after), db_text(brand), db_int(limit)));
    *events = talloc_array(mem, struct event, (unsigned)*count + 1);
    for (size_t i = 0; i < *count; i++)
        (*events)[i] = sealed[i].event;
    *next = *count ? sealed[*count - 1].seq : after;
    return DONE;
}

const struct db_column EVENT_CHAIN[] = {
    DB_ID(struct event_chain_row, event.id),       DB_INSTANT(struct event_chain_row, event.at),
    DB_TEXT(struct event_chain_row, event.brand),  DB_TEXT(struct event_chain_row, event.door),
    DB_TEXT(struct event_chain_row, event.actor),  DB_TEXT(struct event_chain_row, event.kind),
    DB_ID(struct event_chain_row, event.order_id), DB_ID(struct event_chain_row, event.mailbox_id),
    DB_TEXT(struct event_chain_row, event.data),   DB_INT64(struct event_chain_row, seq),
    DB_CHARS(struct event_chain_row, hash),        DB_END,
};

void event_chain_step(const struct event_chain_row *row, int64_t *seq, char last[65], int64_t *broken_at)
{
    char hash[65];

    seal_hash(last, &row->event, hash);
    if (*broken_at == 0 && (row->seq != *seq + 1 || strcmp(hash, row->hash) != 0))
        *broken_at = row->seq;
    *seq = row->seq;
    memcpy(last, row->hash, sizeof hash);
}

enum outcome events_unsealed(struct db_tx *tx, int64_t *unsealed)
{
    return db_number(
        tx, unsealed,
        "SELECT count(*) FROM event e WHERE NOT EXISTS (SELECT 1 FROM event_seal s WHERE s.event_id = e.id)");
}

/* ---- The outbox ---- */

static const struct db_column OUTBOX[] = {
    DB_ID(struct outbox_row, id),           DB_TEXT(struct outbox_row, brand),
    DB_TEXT(struct outbox_row, kind),       DB_TEXT(struct outbox_row, template),
    DB_TEXT(struct outbox_row, recipient),  DB_TEXT(struct outbox_row, language),
    DB_ID(struct outbox_row, order_id),     DB_TEXT(struct outbox_row, data),
    DB_TEXT(struct outbox_row, state),      DB_INT64(struct outbox_row, attempts),
    DB_INSTANT(struct outbox_row, due_at),  DB_INSTANT(struct outbox_row, created_at),
    DB_TEXT(struct outbox_row, last_error), DB_END,
};

#define OUTBOX_COLUMNS                                                                                                 \
    "id, brand, kind, template, recipient, language, order_id, data, state, attempts, due_at, created_at, last_error"

enum outcome outbox_add(struct db_tx *tx, const char *brand, const char *kind, const char *template,
                        const char *recipient, const char *language, int64_t order_id, const json_t *data)
{
    struct json_row row;
    enum outcome o;

    json_row_write(&row, data);
    o = db_exec(tx, NULL,
                "INSERT INTO outbox (brand, kind, template, recipient, language, order_id, data, state, attempts, "
                "due_at, lease, last_error, created_at) "
                "VALUES ($1, $2, $3, $4, $5, $6, $7, 'waiting', 0, $8, '', '', $8)",
                db_text(brand), db_text(kind), db_text(template), db_text(recipient), db_text(language),
                db_id(order_id), db_text(row.text), db_instant(clock_now()));
    free(row.long_one);
    return o;
}

#define DUE "(state = 'waiting' OR state = 'leased') AND due_at <= $1"

enum outcome outbox_waiting(struct db_tx *tx, struct instant now, bool *waiting)
{
    int64_t id;
    enum outcome o = db_number(tx, &id, "SELECT id FROM outbox WHERE " DUE " LIMIT 1", db_instant(now));

    *waiting = o == DONE;
    return o == REFUSED ? DONE : o;
}

/* Where several workers share the database they step over each other's rows instead of waiting for them. */
#define LEASE                                                                                                          \
    "UPDATE outbox SET state = 'leased', lease = $2, due_at = $3, attempts = attempts + 1 WHERE id IN "                \
    "(SELECT id FROM outbox WHERE " DUE " ORDER BY due_at, id LIMIT $4"

enum outcome outbox_lease(struct db_tx *tx, void *mem, const char *lease, struct instant now, struct instant until,
                          int limit, struct outbox_row **rows, size_t *count)
{
    struct db_value from = db_instant(now), to = db_instant(until);

    if (db_tx_engine(tx) == DB_POSTGRES)
        TRY(db_exec(tx, NULL, LEASE " FOR UPDATE SKIP LOCKED)", from, db_text(lease), to, db_int(limit)));
    else
        TRY(db_exec(tx, NULL, LEASE ")", from, db_text(lease), to, db_int(limit)));
    return db_all(tx, mem, OUTBOX, rows, count,
                  "SELECT " OUTBOX_COLUMNS " FROM outbox WHERE state = 'leased' AND lease = $1 ORDER BY id",
                  db_text(lease));
}

enum outcome outbox_done(struct db_tx *tx, int64_t id, const char *lease, struct instant now, bool *ours)
{
    int64_t changed;

    /* What has been sent needs its data no longer, and it may hold the secret of a link. */
    TRY(db_exec(tx, &changed,
                "UPDATE outbox SET state = 'done', done_at = $3, data = '{}', lease = '', last_error = '' "
                "WHERE id = $1 AND state = 'leased' AND lease = $2",
                db_int(id), db_text(lease), db_instant(now)));
    *ours = changed == 1;
    return DONE;
}

static enum outcome outbox_put_back(struct db_tx *tx, int64_t id, const char *lease, const char *state,
                                    struct instant due, const char *error, bool *ours)
{
    int64_t changed;

    TRY(db_exec(tx, &changed,
                "UPDATE outbox SET state = $3, due_at = $4, last_error = $5, lease = '' "
                "WHERE id = $1 AND state = 'leased' AND lease = $2",
                db_int(id), db_text(lease), db_text(state), db_instant(due), db_text(error)));
    *ours = changed == 1;
    return DONE;
}

enum outcome outbox_later(struct db_tx *tx, int64_t id, const char *lease, struct instant due, const char *error,
                          bool *ours)
{
    return outbox_put_back(tx, id, lease, "waiting", due, error, ours);
}

enum outcome outbox_dead(struct db_tx *tx, int64_t id, const char *lease, struct instant now, const char *error,
                         bool *ours)
{
    return outbox_put_back(tx, id, lease, "dead", now, error, ours);
}

enum outcome outbox_release(struct db_tx *tx, const char *lease, struct instant now)
{
    return db_exec(tx, NULL,
                   "UPDATE outbox SET state = 'waiting', due_at = $2, attempts = attempts - 1, lease = '' "
                   "WHERE state = 'leased' AND lease = $1",
                   db_text(lease), db_instant(now));
}

enum outcome outbox_list(struct db_tx *tx, void *mem, const char *state, int64_t after, int limit,
                         struct outbox_row **rows, size_t *count)
{
    return db_all(tx, mem, OUTBOX, rows, count,
                  "SELECT " OUTBOX_COLUMNS " FROM outbox WHERE state = $1 AND id > $2 ORDER BY id LIMIT $3",
                  db_text(state), db_int(after), db_int(limit));
}

enum outcome outbox_by_id(struct db_tx *tx, void *mem, int64_t id, struct outbox_row *row)
{
    return db_one(tx, mem, OUTBOX, row, "SELECT " OUTBOX_COLUMNS " FROM outbox WHERE id = $1", db_int(id));
}

enum outcome outbox_of_order(struct db_tx *tx, void *mem, const char *kind, int64_t order_id, struct outbox_row *row)
{
    return db_one(tx, mem, OUTBOX, row,
                  "SELECT " OUTBOX_COLUMNS
                  " FROM outbox WHERE order_id = $1 AND kind = $2 AND state <> 'done' ORDER BY id "
                  "DESC LIMIT 1",
                  db_int(order_id), db_text(kind));
}

enum outcome outbox_again(struct db_tx *tx, int64_t id, struct instant now, bool *found)
{
    int64_t changed;

    TRY(db_exec(
        tx, &changed,
        "UPDATE outbox SET state = 'waiting', attempts = 0, due_at = $2 WHERE id = $1 AND state IN ('dead', 'waiting')",
        db_int(id), db_instant(now)));
    *found = changed == 1;
    return DONE;
}

enum outcome outbox_close(struct db_tx *tx, int64_t id, struct instant now, bool *found)
{
    int64_t changed;

    TRY(db_exec(tx, &changed, "UPDATE outbox SET state = 'done', done_at = $2 WHERE id = $1 AND state = 'dead'",
                db_int(id), db_instant(now)));
    *found = changed == 1;
    return DONE;
}

enum outcome outbox_counts(struct db_tx *tx, int64_t *waiting, int64_t *dead)
{
    TRY(db_number(tx, waiting, "SELECT count(*) FROM outbox WHERE state IN ('waiting', 'leased')"));
    return db_number(tx, dead, "SELECT count(*) FROM outbox WHERE state = 'dead'");
}
