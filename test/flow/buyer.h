/* test/flow/buyer.h: customers of visura who buy a mailbox, step by step. */
#pragma once

#include "flow/fixture.h"
#include "shop/place_purchase.h"

#define MARIO "mario@posta.example"
#define LUCIA "lucia@posta.example"
#define BASE_CENTS 1098 /* base, 1 year: 9,00 + 1,98 */

/* The fixture sells for visura from now on. */
void sell_visura(struct fixture *f);
int64_t add_buyer(struct fixture *f, const char *email); /* its account */

/* A complete form of a person: base, 1 year, these three names. */
struct request form_of(const char *name_1, const char *name_2, const char *name_3);

/* Each with its own transaction; `why` may be NULL. */
enum outcome save_form(struct fixture *f, int64_t account_id, struct request *form, struct problem *why);
enum outcome validate(struct fixture *f, int64_t account_id, int64_t request_id, struct validated *validated, struct problem *why);
struct purchase_request purchase_of(struct fixture *f, int64_t account_id, int64_t request_id);
enum outcome confirm(struct fixture *f, const struct purchase_request *purchase, struct placed_order *placed, struct problem *why);

/* All of that, which must succeed: the code of the order. */
char *buy_names(struct fixture *f, int64_t account_id, const char *name_1, const char *name_2, const char *name_3);
/* The request as it stands. */
struct request request_now(struct fixture *f, int64_t id);
