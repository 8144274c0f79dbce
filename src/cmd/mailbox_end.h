/* cmd/mailbox_end.h: the rows of `casella mailbox` that end one, keep its content, or tell who held it. */
#pragma once

#include "cmd/cmd.h"

extern const struct cmd_option MAILBOX_END_OPTIONS[], MAILBOX_HOLD_OPTIONS[];
extern const struct cmd_option MAILBOX_HOLDERS_OPTIONS[];
enum outcome cmd_mailbox_holders(struct cmd *cmd) must_check; /* mailbox_holder.c */
enum outcome cmd_mailbox_end(struct cmd *cmd) must_check;
enum outcome cmd_mailbox_hold(struct cmd *cmd) must_check;

/* mailbox_changes.c */
extern const struct cmd_option MAILBOX_CHANGES_OPTIONS[];
enum outcome cmd_mailbox_changes(struct cmd *cmd) must_check;
