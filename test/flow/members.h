/* test/flow/members.h: members of the conventions of `fnomceo`, and the lists that their Ordine sends. */
#pragma once

#include "flow/fixture.h"
#include "shop/roster.h"

#define MEMBERS       100
#define ORDINE        "fnomceo-ordine"
#define ROSTER_HEADER "PEC;Nome;Cognome;Numero iscrizione;Codice fiscale;Stato;Data iscrizione\n"

extern const struct actor CLI;

/* A right tax code, another for each number. */
char *tax_code(void *mem, int n);
char *address_of(void *mem, int n);
void put_mailbox(struct fixture *f, const char *brand_id, const char *address, const char *code, const char *convention,
                 struct day ends_on);
/* MEMBERS mailboxes that end one by one from 10-01-2027 on. */
void add_members(struct fixture *f, const char *convention);
/* Of one who joins. */
char *roster_row(void *mem, int n, const char *code);

struct taking {
    struct fixture *f;
    const char *convention, *text;
    bool apply;
    struct roster roster;
    struct problem why;
};

enum outcome take(struct fixture *f, const char *convention, const char *text, bool apply, struct taking *t);
