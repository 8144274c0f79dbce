/* shop/operator.h: who works at the desk, what each may do, and how they come in: by a door of their own, whose sessions, cookies
 * and links are never a customer's. */
#pragma once

#include "shop/login.h"
#include "store/operator.h"

/* reviewer: papers; cashier: money; support: customers; catalogue: what is sold; owner: everything; auditor: looks at all but
 * identity documents, changes nothing. Who may what is one table, in operator.c. */
enum office_right {
    OFFICE_LOOK,      /* the queues and lists, without papers */
    OFFICE_PAPERS,    /* identity documents, proofs of payment and contracts */
    OFFICE_REVIEW,    /* verdicts, activations */
    OFFICE_ASK,       /* asks the customer for something again; clears a contact */
    OFFICE_BOOKS,     /* looks at money, invoices, registers, reports */
    OFFICE_MONEY,     /* statements, held money, cheques, proofs, refunds */
    OFFICE_INVOICE,   /* credit notes, the way to SdI */
    OFFICE_FIND,      /* the search, a customer's and a mailbox's page */
    OFFICE_SERVE,     /* orders and renews on behalf, contacts, notes */
    OFFICE_GOVERN,    /* suspends, ceases, holds, changes a holder, exports and erases a person's data */
    OFFICE_CATALOGUE, /* plans, prices, promotions, texts, conventions */
    OFFICE_LOG,       /* the log of events */
    OFFICE_OPERATORS, /* who works here, keys and webhooks */
    OFFICE_RIGHTS
};
bool operator_may(const struct operator *operator, enum office_right right);
bool operator_sees(const struct operator *operator, const char *brand);

/* "operator:3": the actor of events and verdicts. */
#define OPERATOR_TEXT 32
char *operator_text(const struct operator *operator, char text[OPERATOR_TEXT]);

struct new_operator {
    const char *brand; /* "": every brand */
    const char *email, *name, *role;
    const char *password; /* NULL: chosen through a link */
    struct actor actor;
};
#define OPERATOR_LINK_LIFE DAYS(7)
/* *link: to choose a password, NULL where one was given. REFUSED on the field that is wrong; PROBLEM_REPEATED_FIELD: the e-mail is
 * an operator's already. */
enum outcome operator_add(struct shop *shop, void *mem, const struct new_operator *wanted, int64_t *id, char **link,
                          struct problem *why) must_check;
/* Ends every session at once. REFUSED with PROBLEM_NOT_FOUND; disabled already: DONE. */
enum outcome operator_disable(struct shop *shop, void *mem, const char *email, const struct actor *actor, struct problem *why) must_check;
/* A new role or brand (NULL: as it is), or, `disable`, out. Where it takes away an owner it may wait for a second person
 * (shop/approval.h): *waits. REFUSED: PROBLEM_NOT_FOUND, PROBLEM_LAST_OWNER, on "role" or "brand", or as approval_ask. */
struct operator_change {
    int64_t id;
    const char *role, *brand, *reason;
    bool disable;
    struct actor actor;
};
enum outcome operator_change(struct shop *shop, void *mem, const struct operator_change *change, bool *waits, struct problem *why) must_check;
bool operator_role_known(const char *role);
/* A new link for who lost the password. */
enum outcome operator_link(struct shop *shop, void *mem, const char *email, const struct actor *actor, char **link,
                           struct problem *why) must_check;

/* ---- Coming in; as login and session_visitor ---- */

enum outcome operator_login(struct shop *shop, void *mem, const char *email, const char *password, const char *client,
                            char token[TOKEN_TEXT], struct problem *why) must_check;
enum outcome operator_logout(struct shop *shop, const char *token) must_check;
#define OFFICE_IDLE  MINUTES(60)
#define OFFICE_LIMIT HOURS(12)
/* REFUSED: unknown, idle, too old, or of somebody who was disabled. */
enum outcome operator_visitor(struct db_tx *tx, void *mem, const char *token, struct operator *operator, bool *stale) must_check;
enum outcome operator_seen(struct shop *shop, const char *token) must_check;

/* REFUSED with PROBLEM_LINK_SPENT. */
enum outcome operator_link_check(struct shop *shop, void *mem, const char *token, char **email, struct problem *why) must_check;
/* Sets the password, spends every link, ends every session. */
enum outcome operator_password(struct shop *shop, void *mem, const char *token, const char *password, struct problem *why) must_check;
