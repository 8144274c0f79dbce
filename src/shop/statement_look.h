/* shop/statement_look.h: a bank's file at the desk: looked at entry by entry, without booking anything, then booked by a person, or
 * dropped. The file is kept on disk between the two, and read again from there: what is shown is what would happen at that moment. */
#pragma once

#include "shop/files.h"
#include "shop/import_statement.h"
#include "store/statement_upload.h"

#define STATEMENT_LINES 300 /* of each kind of outcome that are kept to be shown; all are counted */

struct statement_sent {
    statement_reader *reader;
    const char *file_name;
    const void *bytes;
    size_t length;
    const char *brand;   /* the operator's; "": any */
    const char *account; /* of a file that does not say; "" */
    struct actor actor;
};
/* REFUSED on "file" or "account", as import_statement; PROBLEM_FILES without a folder. */
enum outcome statement_look(struct shop *shop, const struct files *files, void *mem, const struct statement_sent *sent,
                            struct statement_upload *upload, struct problem *why) must_check;
/* Books it: whatever was booked meanwhile counts as known. Again changes nothing. REFUSED with PROBLEM_NOT_FOUND, PROBLEM_STATEMENT_GONE
 * for one that was dropped or whose file is gone. */
enum outcome statement_book(struct shop *shop, const struct files *files, void *mem, statement_reader *reader, int64_t id, const char *brand,
                            const struct actor *actor, struct statement_upload *upload, struct problem *why) must_check;
/* Forgets it. Booked ones stay: REFUSED with PROBLEM_STATEMENT_GONE. */
enum outcome statement_drop(struct shop *shop, void *mem, int64_t id, const char *brand, const struct actor *actor, struct problem *why) must_check;
