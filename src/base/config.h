/* base/config.h: a YAML file straight into structs, by libcyaml, with file, line and field in every complaint. */
#pragma once

#include "base/outcome.h"
#include "base/problem.h"
#include <cyaml/cyaml.h>

/* Loads `path` by `schema` into *data (freed with `mem`). REFUSED with PROBLEM_CONFIG: "brands/x/brand.yaml, riga 12, campo prices:
 * manca" or the like. Files past 1 MiB are refused. */
enum outcome config_load(void *mem, const char *path, const cyaml_schema_value_t *schema, void **data,
                         struct problem *why) must_check;
/* The same from bytes in memory; `name` is for the complaint. */
enum outcome config_parse(void *mem, const char *name, const void *bytes, size_t length, const cyaml_schema_value_t *schema,
                          void **data, struct problem *why) must_check;
