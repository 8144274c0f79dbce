/* store/person.h: all that is kept about a person, by tax code, for who asks for a copy (GDPR art. 15 and 20; DOMAIN L30). */
#pragma once

#include "db/db.h"
#include <jansson.h>

/* The person's rows of every table that has any, as {table: [rows]} with the tables' own column names (sql/); no password hash, token or
 * other secret. `brand` "": of all. What others paid or signed for the person's mailboxes is theirs, and left out. */
enum outcome person_rows(struct db_tx *tx, void *mem, const char *tax_code, const char *brand, json_t **rows) must_check;

struct person_file {
    char *sha256, *name, *slot;
};
/* The documents that the person sent and that have not been purged. */
enum outcome person_files(struct db_tx *tx, void *mem, const char *tax_code, const char *brand, struct person_file **files,
                          size_t *count) must_check;
