#include "store/request.h"
#include "store/mailbox.h"
#include <string.h>

static const struct db_column REQUEST[] = {
    DB_ID(struct request, id),
    DB_TEXT(struct request, brand),
    DB_ID(struct request, account_id),
    DB_TEXT(struct request, state_text),
    DB_TEXT(struct request, plan),
    DB_INT64(struct request, years),
    DB_TEXT(struct request, holder_kind),
    DB_TEXT(struct request, holder.name),
    DB_TEXT(struct request, holder.tax_code),
    DB_TEXT(struct request, holder.vat_number),
    DB_TEXT(struct request, holder.street),
    DB_TEXT(struct request, holder.postcode),
    DB_TEXT(struct request, holder.city),
    DB_TEXT(struct request, holder.province),
    DB_TEXT(struct request, holder.country),
    DB_TEXT(struct request, holder.sdi_code),
    DB_TEXT(struct request, holder.sdi_pec),
    DB_TEXT(struct request, holder.email),
    DB_TEXT(struct request, phone),
    DB_TEXT(struct request, signer_name),
    DB_TEXT(struct request, signer_tax_code),
    DB_TEXT(struct request, name[0]),
    DB_TEXT(struct request, name[1]),
    DB_TEXT(struct request, name[2]),
    DB_TEXT(struct request, held_name),
    DB_BOOL(struct request, start_now),
    DB_DAY(struct request, begins_on),
    DB_ID(struct request, order_id),
    DB_ID(struct request, mailbox_id),
    DB_TEXT(struct request, contract_version),
    DB_TEXT(struct request, contract_sha256),
    DB_TEXT(struct request, error),
    DB_INSTANT(struct request, created_at),
    DB_INSTANT(struct request, changed_at),
    DB_INSTANT(struct request, paid_at),
    DB_END,
};

#define SELECT_REQUEST                                                                                                 \
    "SELECT id, brand, account_id, state, plan, years, kind, name, tax_code, vat_number, street, postcode, city, "     \
    "province, country, sdi_code, sdi_pec, contact_email, phone, signer_name, signer_tax_code, name_1, name_2, "       \
    "name_3, held_name, start_now, begins_on, order_id, mailbox_id, contract_version, contract_sha256, error, "        \
    "created_at, changed_at, paid_at FROM activation_request "

static struct db_value text_or_empty(const char *text)
{
    return db_text(text ? text : "");
}

static struct db_value instant_or_null(struct instant i)
{
    return i.us ? db_instant(i) : db_null();
}

/* Words of the table into what the program counts by. */
static enum outcome understand(struct request *requests, size_t count)
{
    enum holder_kind kind;

    for (size_t i = 0; i < count; i++) {
        if (request_state_of(requests[i].state_text, &requests[i].state) != DONE ||
            holder_kind_of(requests[i].holder_kind, &kind) != DONE)
            return BROKEN;
        requests[i].holder.kind = (int)kind;
    }
    return DONE;
}

enum outcome request_insert(struct db_tx *tx, struct request *r)
{
    const struct billing *h = &r->holder;

    r->created_at = r->changed_at = db_now(tx);
    return db_number(
        tx, &r->id,
        "INSERT INTO activation_request (brand, account_id, state, plan, years, kind, name, tax_code, "
        "vat_number, street, postcode, city, province, country, sdi_code, sdi_pec, contact_email, phone, "
        "signer_name, signer_tax_code, name_1, name_2, name_3, held_name, start_now, contract_version, "
        "contract_sha256, error, created_at, changed_at, form_token) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, "
        "$11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, '', $24, '', '', '', $25, $25, $26) "
        "RETURNING id",
        db_text(r->brand), db_int(r->account_id), db_text(request_state_name(r->state)), text_or_empty(r->plan),
        db_int(r->years), db_text(holder_kind_name((enum holder_kind)h->kind)), text_or_empty(h->name),
        text_or_empty(h->tax_code), text_or_empty(h->vat_number), text_or_empty(h->street), text_or_empty(h->postcode),
        text_or_empty(h->city), text_or_empty(h->province), text_or_empty(h->country), text_or_empty(h->sdi_code),
        text_or_empty(h->sdi_pec), text_or_empty(h->email), text_or_empty(r->phone), text_or_empty(r->signer_name),
        text_or_empty(r->signer_tax_code), text_or_empty(r->name[0]), text_or_empty(r->name[1]),
        text_or_empty(r->name[2]), db_bool(r->start_now), db_instant(r->created_at),
        r->form_token ? db_text(r->form_token) : db_null());
}

enum outcome request_update(struct db_tx *tx, const struct request *r, enum request_state was, bool *changed)
{
    const struct billing *h = &r->holder;
    int64_t rows;

    TRY(db_exec(tx, &rows,
                "UPDATE activation_request SET state = $3, plan = $4, years = $5, kind = $6, name = $7, tax_code = $8, "
                "vat_number = $9, street = $10, postcode = $11, city = $12, province = $13, country = $14, sdi_code = "
                "$15, sdi_pec = $16, contact_email = $17, phone = $18, signer_name = $19, signer_tax_code = $20, "
                "name_1 = $21, name_2 = $22, name_3 = $23, held_name = $24, start_now = $25, order_id = $26, "
                "mailbox_id = $27, contract_version = $28, contract_sha256 = $29, error = $30, changed_at = $31, "
                "paid_at = $32, begins_on = $33 WHERE id = $1 AND state = $2",
                db_int(r->id), db_text(request_state_name(was)), db_text(request_state_name(r->state)),
                text_or_empty(r->plan), db_int(r->years), db_text(holder_kind_name((enum holder_kind)h->kind)),
                text_or_empty(h->name), text_or_empty(h->tax_code), text_or_empty(h->vat_number),
                text_or_empty(h->street), text_or_empty(h->postcode), text_or_empty(h->city),
                text_or_empty(h->province), text_or_empty(h->country), text_or_empty(h->sdi_code),
                text_or_empty(h->sdi_pec), text_or_empty(h->email), text_or_empty(r->phone),
                text_or_empty(r->signer_name), text_or_empty(r->signer_tax_code), text_or_empty(r->name[0]),
                text_or_empty(r->name[1]), text_or_empty(r->name[2]), text_or_empty(r->held_name),
                db_bool(r->start_now), db_id(r->order_id), db_id(r->mailbox_id), text_or_empty(r->contract_version),
                text_or_empty(r->contract_sha256), text_or_empty(r->error), db_instant(db_now(tx)),
                instant_or_null(r->paid_at), r->begins_on.n ? db_day(r->begins_on) : db_null()));
    *changed = rows == 1;
    return DONE;
}

enum outcome request_by_id(struct db_tx *tx, void *mem, int64_t id, struct request *out)
{
    TRY(db_one(tx, mem, REQUEST, out, SELECT_REQUEST "WHERE id = $1", db_int(id)));
    return understand(out, 1);
}

enum outcome request_by_form_token(struct db_tx *tx, void *mem, int64_t account_id, const char *form_token,
                                   struct request *out)
{
    TRY(db_one(tx, mem, REQUEST, out, SELECT_REQUEST "WHERE account_id = $1 AND form_token = $2", db_int(account_id),
               db_text(form_token)));
    return understand(out, 1);
}

enum outcome request_by_order(struct db_tx *tx, void *mem, int64_t order_id, struct request *out)
{
    TRY(db_one(tx, mem, REQUEST, out, SELECT_REQUEST "WHERE order_id = $1", db_int(order_id)));
    return understand(out, 1);
}

enum outcome request_by_mailbox(struct db_tx *tx, void *mem, int64_t mailbox_id, struct request *out)
{
    TRY(db_one(tx, mem, REQUEST, out, SELECT_REQUEST "WHERE mailbox_id = $1", db_int(mailbox_id)));
    return understand(out, 1);
}

enum outcome requests_drafts(struct db_tx *tx, void *mem, int64_t account_id, int limit, struct request **requests,
                             size_t *count)
{
    TRY(db_all(tx, mem, REQUEST, requests, count,
               SELECT_REQUEST "WHERE account_id = $1 AND (state = 'requested' OR state = 'reserved') "
                              "ORDER BY changed_at DESC, id DESC LIMIT $2",
               db_int(account_id), db_int(limit)));
    return understand(*requests, *count);
}

enum outcome requests_draft_count(struct db_tx *tx, int64_t account_id, int64_t *count)
{
    return db_number(tx, count,
                     "SELECT count(*) FROM activation_request WHERE account_id = $1 AND (state = 'requested' OR state "
                     "= 'reserved')",
                     db_int(account_id));
}

enum outcome requests_idle(struct db_tx *tx, void *mem, const char *brand, enum request_state state,
                           struct instant before, int limit, struct request **requests, size_t *count)
{
    TRY(db_all(tx, mem, REQUEST, requests, count,
               SELECT_REQUEST "WHERE state = $1 AND changed_at < $2 AND brand = $3 ORDER BY changed_at, id LIMIT $4",
               db_text(request_state_name(state)), db_instant(before), db_text(brand), db_int(limit)));
    return understand(*requests, *count);
}

enum outcome requests_silent(struct db_tx *tx, void *mem, const char *brand, struct instant before, int limit,
                             struct request **requests, size_t *count)
{
    TRY(db_all(tx, mem, REQUEST, requests, count,
               SELECT_REQUEST "WHERE state = 'docs_pending' AND brand = $1 AND paid_at <= $2 AND error = '' AND NOT "
                              "EXISTS (SELECT 1 FROM submission s WHERE s.request_id = activation_request.id AND "
                              "s.decided_at > $2) ORDER BY changed_at, id LIMIT $3",
               db_text(brand), db_instant(before), db_int(limit)));
    return understand(*requests, *count);
}

enum outcome requests_to_remind(struct db_tx *tx, void *mem, const char *brand, int64_t least, int64_t most, int limit,
                                struct request **requests, size_t *count)
{
    struct instant now = db_now(tx);

    TRY(db_all(tx, mem, REQUEST, requests, count,
               SELECT_REQUEST
               "WHERE state = 'docs_pending' AND brand = $1 AND paid_at > $2 AND paid_at <= $3 AND NOT "
               "EXISTS (SELECT 1 FROM event e WHERE e.order_id = activation_request.order_id AND (e.kind = "
               "'documents.reminded' OR e.kind = 'submission.rejected') AND e.at >= "
               "activation_request.paid_at + $4) ORDER BY changed_at, id LIMIT $5",
               db_text(brand), db_instant(instant_plus(now, -most)), db_instant(instant_plus(now, -least)),
               db_int(least), db_int(limit)));
    return understand(*requests, *count);
}

enum outcome requests_to_begin(struct db_tx *tx, void *mem, struct day today, int limit, struct request **requests,
                               size_t *count)
{
    TRY(db_all(tx, mem, REQUEST, requests, count,
               SELECT_REQUEST "WHERE state = 'waiting' AND begins_on <= $1 ORDER BY begins_on, id LIMIT $2",
               db_day(today), db_int(limit)));
    return understand(*requests, *count);
}

/* ---- Names ---- */

struct look {
    int64_t mailboxes, strangers, holds;
};

enum outcome name_look(struct db_tx *tx, const char *address, const char *tax_code, int64_t request_id,
                       enum name_verdict *verdict)
{
    static const struct db_column LOOK[] = {DB_INT64(struct look, mailboxes), DB_INT64(struct look, strangers),
                                            DB_INT64(struct look, holds), DB_END};
    struct look look;

    TRY(db_one(
        tx, NULL, LOOK, &look,
        "SELECT (SELECT count(*) FROM mailbox_row m WHERE " MAILBOX_AT(
            "$1") " AND status <> 'deleted'), (SELECT count(*) FROM mailbox m JOIN holder h ON h.id = m.holder_id "
                  "WHERE " MAILBOX_AT("$1") " AND m.status = 'deleted' AND h.tax_code <> $2), (SELECT count(*) FROM "
                                            "name_hold WHERE address = $1 AND request_id <> $3 AND (held_until IS NULL "
                                            "OR held_until > $4))",
        db_text(address), db_text(tax_code), db_int(request_id), db_instant(db_now(tx))));
    *verdict = look.mailboxes ? NAME_IN_USE : look.strangers ? NAME_RETIRED : look.holds ? NAME_HELD : NAME_FREE;
    return DONE;
}

enum outcome name_hold(struct db_tx *tx, const char *address, int64_t request_id, struct instant until, bool *held)
{
    int64_t rows;

    TRY(db_exec(tx, NULL, "DELETE FROM name_hold WHERE request_id = $1 AND address <> $2", db_int(request_id),
                db_text(address)));
    TRY(db_exec(tx, &rows,
                "INSERT INTO name_hold (address, request_id, held_until) VALUES ($1, $2, $3) ON CONFLICT (address) DO "
                "UPDATE SET request_id = excluded.request_id, held_until = excluded.held_until WHERE "
                "name_hold.request_id = excluded.request_id OR name_hold.held_until <= $4",
                db_text(address), db_int(request_id), instant_or_null(until), db_instant(db_now(tx))));
    *held = rows == 1;
    return DONE;
}

struct held {
    char *address;
    struct instant until;
};

enum outcome name_held(struct db_tx *tx, void *mem, int64_t request_id, char **address, struct instant *until)
{
    static const struct db_column HELD[] = {DB_TEXT(struct held, address), DB_INSTANT(struct held, until), DB_END};
    struct held held;

    TRY(db_one(tx, mem, HELD, &held,
               "SELECT address, held_until FROM name_hold WHERE request_id = $1 AND (held_until IS NULL OR held_until "
               "> $2)",
               db_int(request_id), db_instant(db_now(tx))));
    *address = held.address;
    *until = held.until;
    return DONE;
}

enum outcome name_release(struct db_tx *tx, int64_t request_id)
{
    return db_exec(tx, NULL, "DELETE FROM name_hold WHERE request_id = $1", db_int(request_id));
}

enum outcome names_release_before(struct db_tx *tx, struct instant before)
{
    return db_exec(tx, NULL, "DELETE FROM name_hold WHERE held_until <= $1", db_instant(before));
}
