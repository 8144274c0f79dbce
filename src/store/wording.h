/* store/wording.h: versions of the texts that the desk keeps over the brands' files (shop/wording.h). */
#pragma once

#include "db/db.h"

#define WORDING_DRAFT     "draft"
#define WORDING_PUBLISHED "published"
#define WORDING_WITHDRAWN "withdrawn"
#define WORDING_SHA256    65

struct wording {
    int64_t id;
    char *brand, *name, *language, *state, *version;
    char *subject, *body, *html; /* of what is no mail the body alone */
    char *sha256;
    struct day from;             /* DAY 0: a draft */
    char *reason, *written_by, *decided_by, *withdrawn_by;
    struct instant written_at, decided_at, withdrawn_at;
};

/* Those that stand, of every brand, without their words: by brand, name, language, day and id. */
enum outcome wordings_standing(struct db_tx *tx, void *mem, struct wording **all, size_t *count) must_check;
/* All of one text, the latest first, those withdrawn among them and a draft on top; without their words. */
enum outcome wordings_of(struct db_tx *tx, void *mem, const char *brand, const char *name, const char *language, struct wording **all,
                      size_t *count) must_check;
/* The drafts of a brand, without their words. */
enum outcome wordings_drafts(struct db_tx *tx, void *mem, const char *brand, struct wording **all, size_t *count) must_check;
enum outcome wording_by_id(struct db_tx *tx, void *mem, int64_t id, struct wording *w) must_check;
enum outcome wording_draft_of(struct db_tx *tx, void *mem, const char *brand, const char *name, const char *language,
                           struct wording *w) must_check;
/* The words that a hash means, published once. */
enum outcome wording_by_hash(struct db_tx *tx, void *mem, const char *brand, const char *name, const char *sha256,
                          struct wording *w) must_check;
/* Whether a version is named so, drafts apart. */
enum outcome wording_version_taken(struct db_tx *tx, const char *brand, const char *name, const char *version, bool *taken) must_check;

/* Puts the draft in the place of the one there is; sets id and written_at. */
enum outcome wording_draft_put(struct db_tx *tx, struct wording *w) must_check;
enum outcome wording_draft_drop(struct db_tx *tx, int64_t id, bool *changed) must_check;
/* With from, version, reason and decided_by as they stand in `w`. */
enum outcome wording_publish(struct db_tx *tx, const struct wording *w, bool *changed) must_check;
enum outcome wording_withdraw(struct db_tx *tx, int64_t id, const char *by, bool *changed) must_check;
