/* cmd/order.h: what the rows of `casella order` share. */
#pragma once

#include "cmd/cmd.h"

/* An order as `order show` tells it. */
enum outcome order_show(struct cmd *cmd, const char *code) must_check;

/* order_space.c */
extern const struct cmd_option ORDER_SPACE_OPTIONS[];
enum outcome cmd_order_space(struct cmd *cmd) must_check;
