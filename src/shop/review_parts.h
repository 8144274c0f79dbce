/* shop/review_parts.h: what the files of reviewing and activating share. */
#pragma once

#include "shop/request_parts.h"
#include "shop/shop.h"
#include "store/order.h"
#include "store/request.h"

/* Writes it in the state it has; BUSY when somebody else changed it meanwhile. */
enum outcome request_rewrite(struct db_tx *tx, struct request *request) must_check;
/* An event about the request's order; takes over `data`, and puts the request into it. */
enum outcome request_note(struct db_tx *tx, const struct request *request, const struct actor *actor, const char *kind,
                          json_t *data) must_check;
/* A mail to the buyer, about the request's order: `words` (taken over) stand under the name `name`. */
enum outcome request_tell(struct db_tx *tx, void *mem, const struct request *request, const char *template, const char *name,
                          json_t *words) must_check;
/* Where the customer goes on: "/ordini/CODE" and then `path`. Under a name that ends in _path the mail shows it as a link. */
char *request_page(void *mem, const char *code, const char *path);
