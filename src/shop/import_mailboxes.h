/* shop/import_mailboxes.h: mailboxes from a CSV file (DESIGN §5 names the columns). A bad row is told with its line and field; with
 * any bad row nothing is imported. */
#pragma once

#include "shop/shop.h"
#include <stdio.h>

struct row_fault {
    int line;
    struct problem problem;
};

struct mailbox_import {
    int64_t rows, imported;
    struct row_fault *faults; /* the first 200 */
    size_t fault_count;
};

/* `file` is read twice (seekable). REFUSED with PROBLEM_CSV for a file that is none, or when faults were found. A password in the file
 * is hashed (argon2id) and not kept; equal passwords of one file are hashed once only when `share_hashes` (the demo's 2,000). */
enum outcome import_mailboxes(struct shop *shop, void *mem, FILE *file, bool dry_run, bool share_hashes,
                              struct mailbox_import *result, struct problem *why) must_check;
