/* cmd/invoice.h: what the files of `casella invoice` share. */
#pragma once

#include "cmd/cmd.h"
#include "db/db.h"

/* Whole or not at all: written beside, synced, renamed. */
enum outcome cmd_write_whole(struct cmd *cmd, const char *path, const struct db_blob *bytes) must_check;
enum outcome cmd_invoice_register(struct cmd *cmd), cmd_invoice_conserve(struct cmd *cmd); /* invoice_keep.c */
