#include "store/wording.h"

static const struct db_column WORDING[] = {
    DB_ID(struct wording, id),
    DB_TEXT(struct wording, brand),
    DB_TEXT(struct wording, name),
    DB_TEXT(struct wording, language),
    DB_TEXT(struct wording, state),
    DB_TEXT(struct wording, version),
    DB_TEXT(struct wording, sha256),
    DB_DAY(struct wording, from),
    DB_TEXT(struct wording, reason),
    DB_TEXT(struct wording, written_by),
    DB_INSTANT(struct wording, written_at),
    DB_TEXT(struct wording, decided_by),
    DB_INSTANT(struct wording, decided_at),
    DB_TEXT(struct wording, withdrawn_by),
    DB_INSTANT(struct wording, withdrawn_at),
    DB_TEXT(struct wording, subject),
    DB_TEXT(struct wording, body),
    DB_TEXT(struct wording, html),
    DB_END,
};

#define COLUMNS                                                                                                        \
    "SELECT id, brand, name, language, state, version, sha256, from_day, reason, written_by, written_at, decided_by, " \
    "decided_at, withdrawn_by, withdrawn_at, "
#define SELECT_LABEL COLUMNS "'' AS subject, '' AS body, '' AS html FROM text_version "
#define SELECT_WORDS COLUMNS "subject, body, html FROM text_version "

enum outcome wordings_standing(struct db_tx *tx, void *mem, struct wording **all, size_t *count)
{
    return db_all(tx, mem, WORDING, all, count,
                  SELECT_LABEL "WHERE state = 'published' ORDER BY brand, name, language, from_day, id");
}

enum outcome wordings_of(struct db_tx *tx, void *mem, const char *brand, const char *name, const char *language,
                         struct wording **all, size_t *count)
{
    return db_all(tx, mem, WORDING, all, count,
                  SELECT_LABEL "WHERE brand = $1 AND name = $2 AND language = $3 ORDER BY CASE WHEN state = 'draft' "
                               "THEN 0 ELSE 1 END, from_day DESC, id DESC LIMIT 200",
                  db_text(brand), db_text(name), db_text(language));
}

enum outcome wordings_drafts(struct db_tx *tx, void *mem, const char *brand, struct wording **all, size_t *count)
{
    return db_all(tx, mem, WORDING, all, count, SELECT_LABEL "WHERE brand = $1 AND state = 'draft'", db_text(brand));
}

enum outcome wording_by_id(struct db_tx *tx, void *mem, int64_t id, struct wording *w)
{
    return db_one(tx, mem, WORDING, w, SELECT_WORDS "WHERE id = $1", db_int(id));
}

enum outcome wording_draft_of(struct db_tx *tx, void *mem, const char *brand, const char *name, const char *language,
                              struct wording *w)
{
    return db_one(tx, mem, WORDING, w,
                  SELECT_WORDS "WHERE brand = $1 AND name = $2 AND language = $3 AND state = 'draft'", db_text(brand),
                  db_text(name), db_text(language));
}

enum outcome wording_by_hash(struct db_tx *tx, void *mem, const char *brand, const char *name, const char *sha256,
                             struct wording *w)
{
    return db_one(tx, mem, WORDING, w,
                  SELECT_WORDS
                  "WHERE brand = $1 AND name = $2 AND sha256 = $3 AND state <> 'draft' ORDER BY id LIMIT 1",
                  db_text(brand), db_text(name), db_text(sha256));
}

enum outcome wording_version_taken(struct db_tx *tx, const char *brand, const char *name, const char *version,
                                   bool *taken)
{
    int64_t rows;

    TRY(db_number(tx, &rows,
                  "SELECT count(*) FROM text_version WHERE brand = $1 AND name = $2 AND version = $3 AND state <> "
                  "'draft'",
                  db_text(brand), db_text(name), db_text(version)));
    *taken = rows > 0;
    return DONE;
}

enum outcome wording_draft_put(struct db_tx *tx, struct wording *w)
{
    int64_t changed;

    w->written_at = db_now(tx);
    TRY(db_exec(tx, &changed,
                "INSERT INTO text_version (brand, name, language, state, version, subject, body, html, sha256, "
                "from_day, reason, written_by, written_at) VALUES ($1, $2, $3, 'draft', $4, $5, $6, $7, $8, 0, '', $9, "
                "$10) ON CONFLICT (brand, name, language) WHERE state = 'draft' DO UPDATE SET version = $4, subject = "
                "$5, body = $6, html = $7, sha256 = $8, written_by = $9, written_at = $10",
                db_text(w->brand), db_text(w->name), db_text(w->language), db_text(w->version), db_text(w->subject),
                db_text(w->body), db_text(w->html), db_text(w->sha256), db_text(w->written_by),
                db_instant(w->written_at)));
    return db_number(tx, &w->id,
                     "SELECT id FROM text_version WHERE brand = $1 AND name = $2 AND language = $3 AND state = 'draft'",
                     db_text(w->brand), db_text(w->name), db_text(w->language));
}

enum outcome wording_draft_drop(struct db_tx *tx, int64_t id, bool *changed)
{
    int64_t rows;

    TRY(db_exec(tx, &rows, "DELETE FROM text_version WHERE id = $1 AND state = 'draft'", db_int(id)));
    *changed = rows == 1;
    return DONE;
}

enum outcome wording_publish(struct db_tx *tx, const struct wording *w, bool *changed)
{
    int64_t rows;

    TRY(db_exec(tx, &rows,
                "UPDATE text_version SET state = 'published', from_day = $2, reason = $3, decided_by = $4, decided_at "
                "= $5 WHERE id = $1 AND state = 'draft'",
                db_int(w->id), db_day(w->from), db_text(w->reason), db_text(w->decided_by), db_instant(db_now(tx))));
    *changed = rows == 1;
    return DONE;
}

enum outcome wording_withdraw(struct db_tx *tx, int64_t id, const char *by, bool *changed)
{
    int64_t rows;

    TRY(db_exec(tx, &rows,
                "UPDATE text_version SET state = 'withdrawn', withdrawn_at = $2, withdrawn_by = $3 WHERE id = $1 AND "
                "state = 'published'",
                db_int(id), db_instant(db_now(tx)), db_text(by)));
    *changed = rows == 1;
    return DONE;
}
