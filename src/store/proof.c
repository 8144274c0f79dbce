#include "store/proof.h"

/* ---- Files ---- */

static struct db_value instant_or_null(struct instant i)
{
    return i.us ? db_instant(i) : db_null();
}

static struct db_value day_or_null(struct day d)
{
    return d.n ? db_day(d) : db_null();
}

/* One that came before a scanner was there, and has been looked at now, counts as scanned. */
enum outcome stored_file_keep(struct db_tx *tx, const struct stored_file *f)
{
    return db_exec(tx, NULL,
                   "INSERT INTO stored_file (sha256, content_type, length, scanned_at, stored_at) VALUES ($1, $2, $3, "
                   "$4, $5) ON CONFLICT (sha256) DO UPDATE SET scanned_at = coalesce(excluded.scanned_at, "
                   "stored_file.scanned_at)",
                   db_text(f->sha256), db_text(f->content_type), db_int(f->length), instant_or_null(f->scanned_at),
                   db_instant(db_now(tx)));
}

/* ---- Proofs of payment ---- */

static const struct db_column PROOF[] = {
    DB_ID(struct proof, id),
    DB_TEXT(struct proof, brand),
    DB_ID(struct proof, order_id),
    DB_TEXT(struct proof, order_code),
    DB_TEXT(struct proof, channel),
    DB_TEXT(struct proof, file_sha256),
    DB_TEXT(struct proof, file_name),
    DB_TEXT(struct proof, content_type),
    DB_TEXT(struct proof, state),
    DB_TEXT(struct proof, kind),
    DB_TEXT(struct proof, reason),
    DB_INSTANT(struct proof, received_at),
    DB_INSTANT(struct proof, due_at),
    DB_INSTANT(struct proof, decided_at),
    DB_TEXT(struct proof, decided_by),
    DB_DAY(struct proof, alert_on),
    DB_END,
};

#define SELECT_PROOF                                                                                                   \
    "SELECT p.id, p.brand, p.order_id, o.code, p.channel, p.file_sha256, p.file_name, f.content_type, p.state, "       \
    "p.kind, p.reason, p.received_at, p.due_at, p.decided_at, p.decided_by, p.alert_on FROM proof p "                  \
    "JOIN shop_order o ON o.id = p.order_id JOIN stored_file f ON f.sha256 = p.file_sha256 "

static const struct db_column NEW_PROOF[] = {DB_ID(struct proof, id), DB_END};

enum outcome proof_insert(struct db_tx *tx, void *mem, struct proof *p, bool *fresh)
{
    enum outcome o = db_one(tx, NULL, NEW_PROOF, p,
                            "INSERT INTO proof (brand, order_id, channel, file_sha256, file_name, state, kind, reason, "
                            "received_at, due_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) "
                            "ON CONFLICT (order_id, file_sha256) DO NOTHING RETURNING id",
                            db_text(p->brand), db_int(p->order_id), db_text(p->channel), db_text(p->file_sha256),
                            db_text(p->file_name), db_text(p->state), db_text(p->kind), db_text(p->reason),
                            db_instant(p->received_at), db_instant(p->due_at));

    *fresh = o == DONE;
    if (o != REFUSED)
        return o;
    return proof_of_file(tx, mem, p->order_id, p->file_sha256, p);
}

enum outcome proof_update(struct db_tx *tx, const struct proof *p, const char *was, bool *changed)
{
    int64_t rows;

    TRY(db_exec(tx, &rows,
                "UPDATE proof SET state = $3, kind = $4, reason = $5, decided_at = $6, decided_by = $7, alert_on = $8 "
                "WHERE id = $1 AND state = $2",
                db_int(p->id), db_text(was), db_text(p->state), db_text(p->kind), db_text(p->reason),
                instant_or_null(p->decided_at), db_text(p->decided_by ? p->decided_by : ""), day_or_null(p->alert_on)));
    *changed = rows == 1;
    return DONE;
}

enum outcome proof_by_id(struct db_tx *tx, void *mem, int64_t id, struct proof *out)
{
    return db_one(tx, mem, PROOF, out, SELECT_PROOF "WHERE p.id = $1", db_int(id));
}

enum outcome proof_of_file(struct db_tx *tx, void *mem, int64_t order_id, const char *sha256, struct proof *out)
{
    return db_one(tx, mem, PROOF, out, SELECT_PROOF "WHERE p.order_id = $1 AND p.file_sha256 = $2", db_int(order_id),
                  db_text(sha256));
}

enum outcome proofs_of_order(struct db_tx *tx, void *mem, int64_t order_id, struct proof **proofs, size_t *count)
{
    return db_all(tx, mem, PROOF, proofs, count, SELECT_PROOF "WHERE p.order_id = $1 ORDER BY p.id", db_int(order_id));
}

enum outcome proofs_in_state(struct db_tx *tx, void *mem, const char *brand, const char *state, int64_t after,
                             int limit, struct proof **proofs, size_t *count)
{
    return db_all(tx, mem, PROOF, proofs, count,
                  SELECT_PROOF "WHERE p.state = $1 AND ($2 = '' OR p.brand = $2) AND ($3 = 0 OR (p.due_at, p.id) > "
                               "(SELECT due_at, id FROM proof WHERE id = $3)) ORDER BY p.due_at, p.id LIMIT $4",
                  db_text(state), db_text(brand), db_int(after), db_int(limit));
}

enum outcome proofs_to_alert(struct db_tx *tx, void *mem, struct day today, int limit, struct proof **proofs,
                             size_t *count)
{
    return db_all(tx, mem, PROOF, proofs, count,
                  SELECT_PROOF "WHERE p.state = 'accepted' AND p.alert_on <= $1 ORDER BY p.alert_on, p.id LIMIT $2",
                  db_day(today), db_int(limit));
}

/* ---- Cheques ---- */

static const struct db_column CHEQUE[] = {
    DB_ID(struct cheque, id),           DB_TEXT(struct cheque, brand),       DB_ID(struct cheque, order_id),
    DB_TEXT(struct cheque, order_code), DB_TEXT(struct cheque, kind),        DB_TEXT(struct cheque, number),
    DB_TEXT(struct cheque, abi),        DB_TEXT(struct cheque, cab),         DB_TEXT(struct cheque, drawer),
    DB_MONEY(struct cheque, amount),    DB_DAY(struct cheque, dated_on),     DB_TEXT(struct cheque, state),
    DB_DAY(struct cheque, received_on), DB_DAY(struct cheque, deposited_on), DB_DAY(struct cheque, clears_on),
    DB_DAY(struct cheque, closed_on),   DB_TEXT(struct cheque, held_reason), DB_END,
};

#define SELECT_CHEQUE                                                                                                  \
    "SELECT c.id, c.brand, c.order_id, o.code, c.kind, c.number, c.abi, c.cab, c.drawer, c.amount_cents, c.dated_on, " \
    "c.state, c.received_on, c.deposited_on, c.clears_on, c.closed_on, c.held_reason FROM cheque c "                   \
    "JOIN shop_order o ON o.id = c.order_id "

static const struct db_column NEW_CHEQUE[] = {DB_ID(struct cheque, id), DB_END};

enum outcome cheque_insert(struct db_tx *tx, struct cheque *c, bool *fresh)
{
    enum outcome o = db_one(tx, NULL, NEW_CHEQUE, c,
                            "INSERT INTO cheque (brand, order_id, kind, number, abi, cab, drawer, amount_cents, "
                            "dated_on, state, received_on) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) "
                            "ON CONFLICT (abi, number) DO NOTHING RETURNING id",
                            db_text(c->brand), db_int(c->order_id), db_text(c->kind), db_text(c->number),
                            db_text(c->abi), db_text(c->cab), db_text(c->drawer), db_money(c->amount),
                            db_day(c->dated_on), db_text(c->state), db_day(c->received_on));

    *fresh = o == DONE;
    return o == REFUSED ? DONE : o;
}

enum outcome cheque_update(struct db_tx *tx, const struct cheque *c, const char *was, bool *changed)
{
    int64_t rows;

    TRY(db_exec(tx, &rows,
                "UPDATE cheque SET state = $3, deposited_on = $4, clears_on = $5, closed_on = $6, held_reason = $7 "
                "WHERE id = $1 AND state = $2",
                db_int(c->id), db_text(was), db_text(c->state), day_or_null(c->deposited_on), day_or_null(c->clears_on),
                day_or_null(c->closed_on), db_text(c->held_reason ? c->held_reason : "")));
    *changed = rows == 1;
    return DONE;
}

enum outcome cheque_by_id(struct db_tx *tx, void *mem, int64_t id, struct cheque *out)
{
    return db_one(tx, mem, CHEQUE, out, SELECT_CHEQUE "WHERE c.id = $1", db_int(id));
}

enum outcome cheques_of_order(struct db_tx *tx, void *mem, int64_t order_id, struct cheque **cheques, size_t *count)
{
    return db_all(tx, mem, CHEQUE, cheques, count, SELECT_CHEQUE "WHERE c.order_id = $1 ORDER BY c.id",
                  db_int(order_id));
}

#define CHEQUE_HELD                                                                                                    \
    "c.state = 'cleared' AND c.held_reason <> '' AND NOT EXISTS (SELECT 1 FROM refund r WHERE r.cheque_id = c.id)"

enum outcome cheque_is_held(struct db_tx *tx, int64_t id, bool *held)
{
    int64_t count;

    TRY(db_number(tx, &count, "SELECT count(*) FROM cheque c WHERE c.id = $1 AND " CHEQUE_HELD, db_int(id)));
    *held = count == 1;
    return DONE;
}

enum outcome cheques_held(struct db_tx *tx, void *mem, int64_t after, int limit, struct cheque **cheques, size_t *count)
{
    return db_all(tx, mem, CHEQUE, cheques, count,
                  SELECT_CHEQUE "WHERE " CHEQUE_HELD " AND c.id > $1 ORDER BY c.id LIMIT $2", db_int(after),
                  db_int(limit));
}

enum outcome cheques_in_state(struct db_tx *tx, void *mem, const char *brand, const char *state, int64_t after,
                              int limit, struct cheque **cheques, size_t *count)
{
    return db_all(tx, mem, CHEQUE, cheques, count,
                  SELECT_CHEQUE "WHERE c.state = $1 AND ($2 = '' OR c.brand = $2) AND c.id > $3 ORDER BY c.id LIMIT $4",
                  db_text(state), db_text(brand), db_int(after), db_int(limit));
}
