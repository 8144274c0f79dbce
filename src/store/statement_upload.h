/* store/statement_upload.h: banks' files that the desk looked at, and the first entries of each, until they are booked. */
#pragma once

#include "db/db.h"

struct statement_upload {
    int64_t id;
    char *brand, *file_name, *file_sha256;
    int64_t length;
    char *account, *state; /* looked, booked, dropped */
    int64_t statements, entries, matched, held, known, ignored, unbalanced;
    struct money matched_sum, held_sum;
    char *uploaded_by;
    struct instant uploaded_at;
    char *closed_by;
    struct instant closed_at; /* 0: it waits */
};
enum outcome statement_upload_insert(struct db_tx *tx, struct statement_upload *upload) must_check; /* sets the id */
enum outcome statement_upload_by_id(struct db_tx *tx, void *mem, int64_t id, struct statement_upload *out) must_check;
/* Newest first, those before `before` (0: from the newest). `brand` "": of all. */
enum outcome statement_uploads(struct db_tx *tx, void *mem, const char *brand, int64_t before, int limit, struct statement_upload **uploads,
                               size_t *count) must_check;
enum outcome statement_uploads_waiting(struct db_tx *tx, const char *brand, int64_t *count) must_check; /* looked at, not booked */
/* looked → `state`, with its counts; its lines go. *changed false: it was closed already. */
enum outcome statement_upload_close(struct db_tx *tx, const struct statement_upload *upload, const char *state, const char *by,
                                    bool *changed) must_check;

struct statement_line {
    int64_t line;
    char *outcome; /* matched, held, known */
    struct money amount;
    char *currency;
    struct day booked_on;
    char *debtor, *remittance, *reason, *order_code;
};
enum outcome statement_line_insert(struct db_tx *tx, int64_t upload_id, const struct statement_line *line) must_check;
enum outcome statement_lines(struct db_tx *tx, void *mem, int64_t upload_id, const char *outcome, int64_t after, int limit,
                             struct statement_line **lines, size_t *count) must_check;
