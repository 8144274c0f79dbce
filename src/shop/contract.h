/* shop/contract.h: the contract of a purchase (DOMAIN §3.5 K1; R65, T20): drawn from the request once it is paid and invoiced, and from
 * then on fixed: its bytes are kept under their hash, which the request names with the version of the brand's text. */
#pragma once

#include "shop/paper.h"
#include "shop/shop.h"
#include "store/request.h"

/* The record that paper/contract.h draws from; texts owned by `mem` or borrowed. */
struct contract_paper *contract_paper_of(void *mem, const struct order_facts *facts, const struct request *request,
                                         struct day today);

/* Whether there is one, or may be made now: paid, and not given up before. */
bool contract_is_due(const struct request *request);

/* The contract's bytes: made, kept and fixed the first time, read afterwards; called at once from two places, both get the same.
 * REFUSED with PROBLEM_NOT_FOUND where there is no such request, PROBLEM_REQUEST_STATE before it is paid (T20), PROBLEM_FILES where
 * files cannot be kept. */
enum outcome contract_get(struct shop *shop, void *mem, int64_t request_id, void **bytes, size_t *length, struct problem *why) must_check;
