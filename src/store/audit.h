/* store/audit.h: what an audit asks of the database (DESIGN §6). Set against set wherever SQL can say it; otherwise the
 * rows, for the rules to recompute. Reads only. */
#pragma once

#include "db/db.h"
#include "rules/term.h"

/* Each fault that SQL alone can find: which invariant, and which row breaks it. */
typedef enum outcome audit_found(void *arg, const char *invariant, const char *what);
enum outcome audit_sets(struct db_tx *tx, void *mem, audit_found *found, void *arg) must_check;

struct audit_counts {
    int64_t orders, mailboxes, invoices, bank_entries;
};
enum outcome audit_count(struct db_tx *tx, struct audit_counts *counts) must_check;

/* Mailboxes that have been renewed, and by how many years in all. */
struct audit_renewed {
    char *address;
    struct day first_expires_on, expires_on;
    int anchor;
    int64_t years;
};
enum outcome audit_each_renewed(struct db_tx *tx, void *mem, struct audit_renewed *row, db_each_row *each,
                                void *arg) must_check;

/* Mailboxes that were bought here, and for how many years. */
struct audit_first {
    char *brand, *address;
    struct day activated_on, first_expires_on;
    int64_t years;
};
enum outcome audit_each_first(struct db_tx *tx, void *mem, struct audit_first *row, db_each_row *each, void *arg) must_check;

/* Every combination of dates that mailboxes have, with one that has it: there are few, however many the mailboxes. */
struct audit_phase {
    char *brand, *address;
    bool own_domain;
    struct day expires_on;
    struct allowed allowed;
    int64_t mailboxes;
};
enum outcome audit_each_phase(struct db_tx *tx, void *mem, struct audit_phase *row, db_each_row *each,
                              void *arg) must_check;

struct audit_anchor {
    char *address;
    struct day first_expires_on;
    int anchor;
};
enum outcome audit_each_anchor(struct db_tx *tx, void *mem, struct audit_anchor *row, db_each_row *each,
                               void *arg) must_check;

struct audit_statement {
    int64_t id;
    char *account, *name, *opening, *closing;
    struct money booked;
};
enum outcome audit_each_statement(struct db_tx *tx, void *mem, struct audit_statement *row, db_each_row *each,
                                  void *arg) must_check;

/* Invoices issued on `since` or later, with their electronic file. */
struct audit_file {
    int64_t year, number;
    char *kind, *brand, *name;
    struct day issued_on;
    struct money net, vat, gross;
    struct db_blob bytes;
    char *sha256;
};
enum outcome audit_each_file(struct db_tx *tx, void *mem, struct day since, struct audit_file *row, db_each_row *each,
                             void *arg) must_check;
