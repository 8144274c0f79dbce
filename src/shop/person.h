/* shop/person.h: what a person may ask of us about the data that we keep (GDPR art. 15, 20; DOMAIN L30). */
#pragma once

#include "shop/shop.h"
#include "store/person.h"

/* {tax_code, exported_at, tables: {table: [rows]}, files: [{sha256, name, slot}]}: see store/person.h. That it was given out stands in
 * the log. Fields: tax_code. REFUSED with PROBLEM_NOT_FOUND where nothing is kept. */
enum outcome person_export(struct shop *shop, void *mem, const char *tax_code, const char *brand, const struct actor *actor, json_t **out,
                           struct problem *why) must_check;
