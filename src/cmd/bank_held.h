/* cmd/bank_held.h: the row of cmd/bank.c whose code is in a file of its own. */
#pragma once

#include "cmd/cmd.h"

extern const struct cmd_option HELD_OPTIONS[];
enum outcome cmd_bank_held(struct cmd *cmd);
