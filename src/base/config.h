/* base/config.h: a YAML file straight into structs, by libcyaml, with file, line and field in every complaint.
 *
 * libcyaml maps and checks by schema; libyaml goes over the bytes once before, because libcyaml's own line is often
 * that of the value before the wrong one, and because it takes "3x" for 3 and any word for true. Anchors and aliases
 * are refused. */
#pragma once

#include "base/outcome.h"
#include "base/problem.h"
#include <cyaml/cyaml.h>

enum { CONFIG_LIMIT = 1 << 20 /* bytes of one file */ };

/* Reads the bytes of a file by `schema` into *data (freed with `mem`); `name` is what complaints call the file. REFUSED with
 * PROBLEM_CONFIG: "brands/x/brand.yaml, riga 12, campo plans[0].name: manca" or the like. */
enum outcome config_parse(void *mem, const char *name, const void *bytes, size_t length,
                          const cyaml_schema_value_t *schema, void **data, struct problem *why) must_check;

/* A file's bytes, NUL after them. REFUSED with PROBLEM_UNREADABLE, or _CONFIG when it passes CONFIG_LIMIT or is no
 * UTF-8 text. */
enum outcome config_read(void *mem, const char *path, char **bytes, size_t *length, struct problem *why) must_check;

/* The line, from 1, of the value at `field` ("plans[0].prices[1].from"); 0 when there is none. For complaints about
 * what a schema cannot check. */
int config_line(const void *bytes, size_t length, const char *field);
