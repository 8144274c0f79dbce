/* test/flow/drafts.h: what a customer of visura asks for before Conferma, and what must come of it. */
#pragma once

#include "flow/buyer.h"

/* NULL where the engine cannot be had; it sells for visura. */
struct fixture *shop(void **state);
/* The clock goes on by so many microseconds. */
void later(struct fixture *f, int64_t us);

/* NULL: none. */
const struct problem *fault_on(const struct problems *all, const char *field);
void assert_fault(const struct problems *all, const char *field, enum problem_code code);

/* A complete form with these names, saved: its request. */
int64_t draft(struct fixture *f, int64_t account_id, const char *one, const char *two, const char *three);
struct validated valid(struct fixture *f, int64_t account_id, int64_t id);
/* Valida finds no fault, and holds this address. */
void assert_holds(struct fixture *f, int64_t account_id, int64_t id, const char *address);
/* Why Conferma is refused, which it must be. */
enum problem_code refusal(struct fixture *f, const struct purchase_request *purchase);
