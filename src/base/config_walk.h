/* base/config_walk.h: a pass over YAML that says where each value stands; only for config.c. */
#pragma once

#include "base/problem.h"
#include <cyaml/cyaml.h>

enum { CONFIG_FIELD = 128 /* bytes of a field's full name */ };

/* Is every value where `schema` has a number or a yes/no really one, and is the rest plain YAML: one document, no
 * aliases, no strange depth? `schema` may be NULL. When `wanted` is not NULL, *line is set to where the field of that
 * name stands (the last, if it stands twice). REFUSED as config_parse. */
enum outcome config_walk(const char *name, const void *bytes, size_t length, const cyaml_schema_value_t *schema,
                         const char *wanted, int *line, struct problem *why) must_check;
