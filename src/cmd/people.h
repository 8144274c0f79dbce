/* cmd/people.h: invented holders for the demonstration, always the same for the same seed. Their tax codes have right
 * check digits and belong to nobody: the place of birth is Z999, which does not exist; VAT numbers have serials from
 * 9900000 and an office that stands for no province. */
#pragma once

#include "rules/billing.h"
#include <stdint.h>

struct people {
    uint64_t state;
    int made;
};

struct person {
    struct billing billing;
    const char *local; /* for an address: "anna.provetti.12" */
};

struct people people(uint64_t seed);
uint32_t people_random(struct people *p, uint32_t below);
/* A holder with complete billing data; texts owned by `mem` or static. */
struct person people_next(void *mem, struct people *p);
/* The same with a name of one's choice; a company unless `kind` says otherwise. */
struct billing people_named(void *mem, struct people *p, enum holder_kind kind, const char *name);
