/* shop/desk_money.h: what the desk's first page about money counts, and whose it is. */
#pragma once

#include "shop/brand.h"
#include "store/desk_money.h"
#include "store/statement_upload.h"

/* A brand and its accounts; all where there is no such brand ("" above all). */
struct money_scope money_scope_of(const struct brands *brands, const char *brand);
