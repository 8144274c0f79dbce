/* shop/mailhost_parts.h: a mailbox as the mail host is told of it. */
#pragma once

#include "shop/brand.h"
#include "shop/ports.h"
#include "store/mailbox.h"

void mailhost_box_of(const struct brand_plan *plan, const struct mailbox *mailbox, const char *key, struct mailhost_box *box);
