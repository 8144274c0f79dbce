/* shop/import_mailboxes.h: mailboxes from a CSV file (DESIGN §5 names the columns). A bad row is told with its line and
 * field; with any bad row nothing is imported.
 *
 * Of the columns, brand, address, plan, holder_kind, holder_name, tax_code, contact_email, activated_on and expires_on
 * must be there. A holder's postal address may be missing: the checkout then asks for it. What is given is checked as
 * at the checkout. */
#pragma once

#include "shop/shop.h"
#include <stdio.h>

#define IMPORT_FAULTS_LISTED 200

struct row_fault {
    int line;
    struct problem problem; /* `field` is the column */
};

struct mailbox_import {
    int64_t rows, imported;
    struct row_fault *faults; /* the first IMPORT_FAULTS_LISTED */
    size_t fault_count;       /* of those that are listed */
};

/* `file` is read twice (seekable). REFUSED with PROBLEM_CSV for a file that is none, or when faults were found. A
 * password in the file is hashed (argon2id) and not kept; equal passwords of one file are hashed once only when
 * `share_hashes` (the demo's 2,000). BUSY or BROKEN in the middle: the first result->imported rows stay. */
enum outcome import_mailboxes(struct shop *shop, void *mem, FILE *file, bool dry_run, bool share_hashes,
                              struct mailbox_import *result, struct problem *why) must_check;
