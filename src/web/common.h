/* web/common.h: what every page of a brand says in one language, made once and shared by all requests: for the templates the names
 * "lang", "asset", "brand" and "languages". */
#pragma once

#include "base/template.h"
#include "shop/brand.h"

struct common;
extern const struct view_field COMMON[];

struct common *common_make(void *mem, const struct brands *brands); /* an array: each brand in each language */
/* `brand` is one of those, `language` one of VIEW_LANGUAGE. */
const struct common *common_of(const struct common *all, const struct brand *brand, const char *language);
