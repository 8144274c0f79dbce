/* sandbox/statement_write.h: the same statement in the other formats that banks use, for the simulated bank and the
 * tests. */
#pragma once

#include "sandbox/camt_write.h"

/* Owned by `mem`, `length` bytes and a NUL behind them. REFUSED as camt_write.
 *
 * MT940 and RH hold what is booked in the account's currency and nothing else; the table holds all. What a format has
 * no room for is cut; a letter that ISO 8859-1 lacks becomes a plain one. */
struct written_file {
    char *bytes;
    size_t length;
};
enum outcome mt940_write(void *mem, const struct camt_statement *statement, struct written_file *file,
                         struct problem *why) must_check; /* :86: as Italian banks put it: "48 ORD name INF text" */
enum outcome cbi_rh_write(void *mem, const struct camt_statement *statement, struct written_file *file,
                          struct problem *why) must_check;
enum outcome bank_csv_write(void *mem, const struct camt_statement *statement, struct written_file *file,
                            struct problem *why) must_check; /* UTF-8 with its mark, ';', decimal comma */
