#include "store/event_log.h"
#include "store/event_parts.h"
#include <string.h>
#include <talloc.h>

/* ---- Choosing ---- */

#define WHERE                                                                                                          \
    "($2 = '' OR e.brand = $2) AND ($3 = '' OR substr(e.kind, 1, length($3)) = $3) AND ($4 = '' OR e.actor = $4) AND " \
    "e.at >= $5 AND e.at < $6"

static struct db_value lowest(const struct event_filter *f)
{
    return db_int(f->before ? f->before : INT64_MAX);
}

static struct db_value end_of(const struct event_filter *f)
{
    return db_int(f->until.us ? f->until.us : INT64_MAX);
}

struct id_at {
    int64_t id;
    struct instant at;
};

/* Ids grow with time, but for transactions that overtook each other: the first id at or after an instant, found by
 * halving. */
enum outcome event_id_at(struct db_tx *tx, struct instant at, int64_t *found)
{
    static const struct db_column ROW[] = {DB_ID(struct id_at, id), DB_INSTANT(struct id_at, at), DB_END};
    int64_t low = 0, high;

    TRY(db_number(tx, &high, "SELECT coalesce(max(id), 0) + 1 FROM event"));
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        struct id_at row;
        enum outcome o =
            db_one(tx, NULL, ROW, &row, "SELECT id, at FROM event WHERE id >= $1 ORDER BY id LIMIT 1", db_int(middle));

        if (o != DONE && o != REFUSED)
            return o;
        if (o == REFUSED || row.at.us >= at.us)
            high = middle;
        else
            low = row.id + 1;
    }
    *found = low;
    return DONE;
}

#define OVERTAKING HOURS(1) /* more than any transaction lasts */

/* Where dates are asked for, the window begins at the last of them. */
static enum outcome narrow(struct db_tx *tx, const struct event_filter *f, int64_t *top, int64_t *bottom)
{
    *top = f->before ? f->before : INT64_MAX;
    *bottom = 0;
    if (f->from.us)
        TRY(event_id_at(tx, instant_plus(f->from, -OVERTAKING), bottom));
    if (f->until.us) {
        int64_t end;

        TRY(event_id_at(tx, instant_plus(f->until, OVERTAKING), &end));
        *top = end < *top ? end : *top;
    }
    return DONE;
}

static enum outcome in_window(struct db_tx *tx, void *mem, const struct event_filter *f, int limit,
                              struct event **events, size_t *count, int64_t *before)
{
    int64_t top, bottom, last;

    TRY(narrow(tx, f, &top, &bottom));
    TRY(db_number(tx, &last,
                  "SELECT coalesce(min(id), 0) FROM (SELECT id FROM event WHERE id < $1 AND id >= $2 ORDER BY id DESC "
                  "LIMIT $3) looked",
                  db_int(top), db_int(bottom), db_int(EVENT_WINDOW)));
    TRY(db_all(tx, mem, EVENT_ROW, events, count,
               "SELECT " EVENT_COLUMNS " FROM event e WHERE e.id < $1 AND e.id >= $8 AND " WHERE
               " ORDER BY e.id DESC LIMIT $7",
               db_int(top), db_text(f->brand), db_text(f->kind), db_text(f->actor), db_instant(f->from), end_of(f),
               db_int(limit), db_int(last)));
    if (*count == (size_t)limit)
        last = (*events)[*count - 1].id;
    return db_number(tx, before,
                     "SELECT coalesce(max(id), 0) FROM (SELECT id FROM event WHERE id < $1 AND id >= $2 ORDER BY id "
                     "DESC LIMIT 1) next",
                     db_int(last), db_int(bottom));
}

enum outcome events_chosen(struct db_tx *tx, void *mem, const struct event_filter *f, int limit, struct event **events,
                           size_t *count, int64_t *before)
{
    *before = 0;
    if (!f->mailbox_id && !f->order_id) {
        TRY(in_window(tx, mem, f, limit, events, count, before));
        *before = *before ? *before + 1 : 0; /* ids below it */
        return DONE;
    }
    if (f->mailbox_id)
        TRY(db_all(tx, mem, EVENT_ROW, events, count,
                   "SELECT " EVENT_COLUMNS " FROM event e WHERE e.id < $1 AND " WHERE
                   " AND e.mailbox_id = $8 ORDER BY e.id DESC LIMIT $7",
                   lowest(f), db_text(f->brand), db_text(f->kind), db_text(f->actor), db_instant(f->from), end_of(f),
                   db_int(limit), db_int(f->mailbox_id)));
    else
        TRY(db_all(tx, mem, EVENT_ROW, events, count,
                   "SELECT " EVENT_COLUMNS " FROM event e WHERE e.id < $1 AND " WHERE
                   " AND e.order_id = $8 ORDER BY e.id DESC LIMIT $7",
                   lowest(f), db_text(f->brand), db_text(f->kind), db_text(f->actor), db_instant(f->from), end_of(f),
                   db_int(limit), db_int(f->order_id)));
    if (*count == (size_t)limit)
        *before = (*events)[*count - 1].id;
    return DONE;
}

/* ---- The chain ---- */

enum outcome chain_check_find(struct db_tx *tx, struct chain_check *check)
{
    static const struct db_column CHECK[] = {
        DB_INT64(struct chain_check, seq),
        DB_CHARS(struct chain_check, hash),
        DB_INT64(struct chain_check, broken_at),
        DB_INSTANT(struct chain_check, begun_at),
        DB_INSTANT(struct chain_check, ended_at),
        DB_INT64(struct chain_check, whole_seq),
        DB_CHARS(struct chain_check, whole_hash),
        DB_INSTANT(struct chain_check, whole_at),
        DB_END,
    };
    enum outcome o;

    *check = (struct chain_check){0};
    o = db_one(tx, NULL, CHECK, check,
               "SELECT seq, hash, broken_at, begun_at, ended_at, whole_seq, whole_hash, whole_at FROM chain_check");
    return o == REFUSED ? DONE : o;
}

enum outcome chain_check_save(struct db_tx *tx, const struct chain_check *c, int64_t seen, bool *changed)
{
    int64_t rows;

    TRY(db_exec(tx, NULL,
                "INSERT INTO chain_check (id, seq, hash, broken_at, whole_seq, whole_hash) VALUES (1, 0, '', 0, 0, '') "
                "ON CONFLICT DO NOTHING"));
    TRY(db_exec(tx, &rows,
                "UPDATE chain_check SET seq = $1, hash = $2, broken_at = $3, begun_at = $4, ended_at = $5, whole_seq = "
                "$6, whole_hash = $7, whole_at = $8 WHERE id = 1 AND seq = $9",
                db_int(c->seq), db_text(c->hash), db_int(c->broken_at), db_id(c->begun_at.us), db_id(c->ended_at.us),
                db_int(c->whole_seq), db_text(c->whole_hash), db_id(c->whole_at.us), db_int(seen)));
    *changed = rows == 1;
    return DONE;
}

enum outcome chain_length(struct db_tx *tx, int64_t *length)
{
    return db_number(tx, length, "SELECT coalesce(max(seq), 0) FROM event_seal");
}

struct walk {
    struct chain_check *check;
    int seen;
};

static enum outcome walk_on(struct db_tx *tx, void *row, void *arg)
{
    struct walk *w = arg;

    (void)tx;
    w->seen++;
    if (!w->check->broken_at)
        event_chain_step(row, &w->check->seq, w->check->hash, &w->check->broken_at);
    return DONE;
}

/* What was whole before must still be there, whatever the rest says: a chain that was cut short is whole, too. */
static enum outcome still_there(struct db_tx *tx, struct chain_check *c)
{
    int64_t same;

    if (c->broken_at || !c->whole_seq)
        return DONE;
    TRY(db_number(tx, &same, "SELECT count(*) FROM event_seal WHERE seq = $1 AND hash = $2", db_int(c->whole_seq),
                  db_text(c->whole_hash)));
    c->broken_at = same ? 0 : c->whole_seq;
    return DONE;
}

enum outcome chain_walk(struct db_tx *tx, void *mem, struct chain_check *c, int limit, bool *more)
{
    struct event_chain_row row;
    struct walk w = {.check = c};

    TRY(db_each(tx, mem, EVENT_CHAIN, &row, walk_on, &w,
                "SELECT " EVENT_SEALED ", s.seq, s.hash FROM event_seal s LEFT JOIN event e ON e.id = s.event_id WHERE "
                "s.seq > $1 ORDER BY s.seq LIMIT $2",
                db_int(c->seq), db_int(limit)));
    *more = w.seen == limit && !c->broken_at;
    return *more ? DONE : still_there(tx, c);
}
