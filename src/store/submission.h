/* store/submission.h: the papers of a request for a mailbox, or of a change of holder: what was put there, what was sent together, and
 * the verdict on it. */
#pragma once

#include "db/db.h"

#define SLOT_CONTRACT "contract"
#define SLOT_IDENTITY "identity"

/* Whose papers: one of the two is 0. */
struct papers_of {
    int64_t request_id, change_id;
};

struct document {
    int64_t id, request_id, change_id; /* one of the latter two is 0 */
    int64_t submission_id;             /* 0: not yet sent */
    char *slot;
    char *file_sha256, *file_name, *content_type;
    int64_t length;
    char *signature; /* none, valid, untrusted, expired, broken */
    char *signer, *signer_tax_code;
    struct instant signed_at, added_at, purged_at;
};
enum outcome document_insert(struct db_tx *tx, struct document *document) must_check;
enum outcome document_by_id(struct db_tx *tx, void *mem, int64_t id, struct document *out) must_check;
/* In the order in which they were put there. */
enum outcome documents_of_request(struct db_tx *tx, void *mem, int64_t request_id, struct document **documents, size_t *count) must_check;
enum outcome documents_of_change(struct db_tx *tx, void *mem, int64_t change_id, struct document **documents, size_t *count) must_check;
/* One that was not sent yet; *removed false: it was. */
enum outcome document_remove(struct db_tx *tx, int64_t id, struct papers_of whose, bool *removed) must_check;
/* All that were not sent yet go with this submission. */
enum outcome documents_sent(struct db_tx *tx, struct papers_of whose, int64_t submission_id) must_check;
enum outcome document_purged(struct db_tx *tx, int64_t id) must_check;
/* How many documents need the bytes of this hash, of any request; purged ones do not. */
enum outcome documents_of_file(struct db_tx *tx, const char *sha256, int64_t *count) must_check;
/* Identity documents of this brand that were not purged, of requests that were refused and changes that came to nothing, and of mailboxes
 * whose service ended, or that passed to another holder, before `ended_before`. */
enum outcome documents_to_purge(struct db_tx *tx, void *mem, const char *brand, struct day ended_before, int limit,
                                struct document **documents, size_t *count) must_check;

struct submission {
    int64_t id, request_id, change_id, number; /* one of request_id and change_id is 0 */
    char *brand; /* the request's, or the change's */
    char *state; /* in_review, approved, rejected, refused */
    struct instant sent_at, opens_at, due_at;
    char *reason, *note;
    struct day identity_expires_on; /* DAY 0: not read yet */
    struct instant decided_at;
    char *decided_by;
};
enum outcome submission_insert(struct db_tx *tx, struct submission *submission) must_check; /* sets id and number */
enum outcome submissions_of_request(struct db_tx *tx, void *mem, int64_t request_id, struct submission **submissions, size_t *count) must_check;
enum outcome submissions_of_change(struct db_tx *tx, void *mem, int64_t change_id, struct submission **submissions, size_t *count) must_check;
/* From in_review, with its verdict; *changed false: it was decided meanwhile. */
enum outcome submission_decide(struct db_tx *tx, const struct submission *submission, bool *changed) must_check;
