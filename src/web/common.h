/* web/common.h: what every page of a brand says in one language, made once and shared by all requests: data for the templates under
 * "asset", "brand" and "languages". Nobody changes it; jansson counts its references atomically. */
#pragma once

#include "shop/brand.h"
#include <jansson.h>

json_t *common_make(const struct brands *brands);
json_t *common_of(const json_t *common, const struct brand *brand, const char *language); /* borrowed */
