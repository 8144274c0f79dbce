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
/* *link: to choose a password, NULL where one was given. REFUSED on the field that is wrong; PROBLEM_ALREADY_THERE: the e-mail is
 * an operator's already. */
enum outcome operator_add(struct shop *shop, void *mem, const struct new_operator *wanted, int64_t *id, char **link,
                          struct problem *why) must_check;
/* The same in the caller's transaction, always with a link. */
enum outcome operator_invite(struct db_tx *tx, const struct shop *shop, void *mem, const struct new_operator *wanted, int64_t *id,
                             char **link, struct problem *why) must_check;
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
enum outcome operator_change_in(struct db_tx *tx, struct shop *shop, void *mem, const struct operator_change *change, bool *waits,
                                struct problem *why) must_check; /* the same in the caller's transaction */
bool operator_role_known(const char *role);
/* A new link for who lost the password. */
enum outcome operator_link(struct shop *shop, void *mem, const char *email, const struct actor *actor, char **link,
                           struct problem *why) must_check;

/* ---- Coming in: the password opens only the way to the code, and the code the session ---- */

#define OFFICE_HALF MINUTES(10)
/* The password is right: `entry` is for a cookie, and good for OFFICE_HALF. REFUSED and throttled as login. */
enum outcome operator_login(struct shop *shop, void *mem, const char *email, const char *password, const char *client,
                            char entry[TOKEN_TEXT], struct problem *why) must_check;

/* What a half-open login is asked for: a code, or, the first time, to set up the app that makes them. */
struct operator_entry {
    struct operator operator;
    bool enrols;
    const char *typed, *address; /* when `enrols`: the secret for the app, typed and as a QR code (shop/totp.h) */
    const char *code;            /* the next one that is taken, for the demonstration; NULL: wait for the next half minute */
};
/* Makes the secret where there is none. REFUSED: nobody's, over, or (PROBLEM_SEALING) without a key to seal it with. */
enum outcome operator_entry_look(struct shop *shop, void *mem, const char *entry, struct operator_entry *found, struct problem *why) must_check;

#define RECOVERY_CODES 10
#define RECOVERY_TEXT  20 /* "abcd-efgh-ijkl-mnop" */
struct operator_arrival {
    const char *entry, *code;    /* six digits, or a recovery code, as typed */
    const char *client, *agent;
};
/* Opens the session: `token` is for its cookie. Who has just set up the app gets recovery codes, shown once: *recovery, else NULL. A
 * code is taken once. REFUSED with PROBLEM_NOT_FOUND when the login is over, on "code" when that is wrong, throttled as passwords. */
enum outcome operator_enter(struct shop *shop, void *mem, const struct operator_arrival *arrival, char token[TOKEN_TEXT],
                            char (**recovery)[RECOVERY_TEXT], struct problem *why) must_check;
enum outcome operator_logout(struct shop *shop, const char *token) must_check;
#define OFFICE_IDLE  MINUTES(60)
#define OFFICE_LIMIT HOURS(12)
/* REFUSED: unknown, idle, too old, or of somebody who was disabled. */
enum outcome operator_visitor(struct db_tx *tx, void *mem, const char *token, struct operator *operator, int64_t *session, bool *stale) must_check;
enum outcome operator_seen(struct shop *shop, const char *token) must_check;

/* ---- Oneself, and others: operator_self.c ---- */

/* Closes one session of an operator's, or with `but` all others than that (0: every one). REFUSED with PROBLEM_NOT_FOUND. */
enum outcome operator_session_end(struct shop *shop, const struct operator *of, int64_t session, const struct actor *actor, struct problem *why) must_check;
enum outcome operator_sessions_end(struct shop *shop, const struct operator *of, int64_t but, const struct actor *actor) must_check;
/* "Firefox, Linux": what a browser calls itself, shortened. */
char *agent_short(void *mem, const char *agent);
/* How many recovery codes are left. */
enum outcome operator_recovery_count(struct db_tx *tx, const struct operator *self, int64_t *left) must_check;
/* New recovery codes in place of the old ones. REFUSED on "password", throttled. */
enum outcome operator_recovery(struct shop *shop, void *mem, const struct operator *self, const char *password, const char *client,
                               char (**recovery)[RECOVERY_TEXT], struct problem *why) must_check;
/* Ends every other session than `session`. REFUSED on "old" or "password", throttled. */
enum outcome operator_password_change(struct shop *shop, void *mem, const struct operator *self, int64_t session, const char *old,
                                      const char *password, const char *client, struct problem *why) must_check;
/* Somebody has lost the second factor: it is set up anew at the next login. Ends every session. REFUSED with PROBLEM_NOT_FOUND. */
enum outcome operator_totp_reset(struct shop *shop, void *mem, const char *email, const struct actor *actor, struct problem *why) must_check;

/* ---- Choosing a password by link ---- */

/* REFUSED with PROBLEM_LINK_SPENT. */
enum outcome operator_link_check(struct shop *shop, void *mem, const char *token, char **email, struct problem *why) must_check;
/* Sets the password, spends every link, ends every session. */
enum outcome operator_password(struct shop *shop, void *mem, const char *token, const char *password, struct problem *why) must_check;
