/* shop/documents_parts.h: what documents.c and documents_file.c share. */
#pragma once

#include "shop/documents.h"
#include <jansson.h>

/* An order and its papers by code. REFUSED with PROBLEM_NOT_FOUND. */
enum outcome papers_find(struct db_tx *tx, void *mem, const char *code, struct order *order, struct papers *papers,
                         struct problem *why) must_check;
enum outcome papers_note(struct db_tx *tx, const struct papers *papers, const struct actor *actor, const char *kind,
                         json_t *data) must_check; /* takes over the reference */
