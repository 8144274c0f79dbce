/* shop/convention.h: a convention as its Ordine and our own people look at it: who may act for it, and what is told of it (L9). */
#pragma once

#include "shop/bulk.h"
#include "shop/roster.h"
#include <jansson.h>

/* Whether the account with this e-mail, which is proved or was made by staff, acts for the body. */
bool convention_delegate(const struct brand_convention *convention, const char *email);
/* The one that `email` acts for: by id, the first when `id` is NULL or "". NULL: none. */
const struct brand_convention *convention_of_delegate(const struct brand *brand, const char *email, const char *id);

struct convention_facts {
    const struct brand *brand;
    const struct brand_convention *convention;
    struct day today;
    int64_t mailboxes, expiring; /* all; those that may be renewed now or have just expired */
    int64_t ordered, orderable;  /* of those: with an order that waits for money; what the body can order now */
};
enum outcome convention_load(struct db_tx *tx, const struct brand *brand, const struct brand_convention *convention,
                             struct convention_facts *facts) must_check;
/* The days between which a mailbox ends that may be renewed today. */
void convention_due(const struct brand *brand, struct day today, struct day *from, struct day *until);

/* For programs; conventions as in shop/describe.h. */
json_t *describe_convention(const struct convention_facts *facts);
json_t *describe_member(const struct brand *brand, const struct member_row *row, struct day today);
json_t *describe_roster(void *mem, const char *language, const struct roster *roster);
json_t *describe_bulk_faults(void *mem, const char *language, const struct bulk_quote *quote);

/* Who expires on these days, soonest first, as a table for a spreadsheet: pec;nome;cognome;numero_iscrizione;codice_fiscale;intestatario;
 * scadenza;stato;rinnovo_ordinato. */
enum outcome convention_report(struct db_tx *tx, void *mem, const struct brand *brand, const struct brand_convention *convention,
                               struct day from, struct day until, struct text_buffer *out) must_check;
