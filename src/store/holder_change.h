/* store/holder_change.h: changes of holder, and who held a mailbox before whom (DOMAIN M25). */
#pragma once

#include "db/db.h"
#include "rules/billing.h"
#include "rules/holder_change.h"
#include "store/order.h"

struct holder_change {
    int64_t id;
    char *brand;
    int64_t mailbox_id;
    char *state_text;
    enum holder_change_state state;
    int64_t from_holder_id, from_account_id; /* account 0: none saw the mailbox */
    char *asked_by, *asked_door, *consent_sha256;
    int64_t account_id;    /* of the new holder; 0: not accepted yet */
    char *language;
    struct billing holder; /* the new one; email is the email di riferimento */
    char *holder_kind;     /* by name, as stored */
    char *phone, *signer_name, *signer_tax_code;
    char *terms_version, *terms_sha256;
    char *reason, *note;
    struct instant asked_at, accepted_at, ended_at, changed_at;
    struct day expires_on;
    char *address;         /* of the mailbox; read only */
};

/* Sets id, asked_at and changed_at. REFUSED: another of that mailbox is open. */
enum outcome holder_change_insert(struct db_tx *tx, struct holder_change *change, const char *token_hash) must_check;
/* What may change, in one step from the state it was read in; a state that is not open sets ended_at and shuts the link. *changed false:
 * it is no longer in that state. */
enum outcome holder_change_update(struct db_tx *tx, struct holder_change *change, enum holder_change_state was, bool *changed) must_check;
enum outcome holder_change_set_link(struct db_tx *tx, int64_t id, const char *token_hash) must_check; /* NULL: none opens any more */

/* DONE, or REFUSED when there is none. */
enum outcome holder_change_by_id(struct db_tx *tx, void *mem, int64_t id, struct holder_change *out) must_check;
enum outcome holder_change_by_link(struct db_tx *tx, void *mem, const char *token_hash, struct holder_change *out) must_check;
/* The one that is open, of a mailbox. */
enum outcome holder_change_standing(struct db_tx *tx, void *mem, int64_t mailbox_id, struct holder_change *out) must_check;
/* Of a mailbox, newest first. */
enum outcome holder_changes_of_mailbox(struct db_tx *tx, void *mem, int64_t mailbox_id, int limit, struct holder_change **all,
                                       size_t *count) must_check;
/* Those in which an account is the new holder and that are open, newest first. */
enum outcome holder_changes_of_account(struct db_tx *tx, void *mem, int64_t account_id, int limit, struct holder_change **all,
                                       size_t *count) must_check;
/* Open, awaiting somebody other than the desk, whose last day is over; or whose mailbox does not live any more. */
enum outcome holder_changes_overdue(struct db_tx *tx, void *mem, struct day today, int limit, struct holder_change **all,
                                    size_t *count) must_check;
/* The desk's list: in that state, longest unchanged first, or, of those that have ended ("ended"), newest first; brand "": of all. After
 * (after_key, after_id), 0: from the first; the key of a row is changed_at. */
enum outcome holder_changes_in_state(struct db_tx *tx, void *mem, const char *brand, const char *state, int64_t after_key, int64_t after_id,
                                     int limit, struct holder_change **all, size_t *count) must_check;

/* ---- Who held it ---- */

/* The mailbox passes to the change's holder: a new row of `holder`, the mailbox's account, and the link of the chain that ends here. Its
 * password is nobody's from now on. */
enum outcome mailbox_pass(struct db_tx *tx, const struct holder_change *change) must_check;

struct holding {
    int64_t number, holder_id, change_id; /* change_id 0: it is the present holder */
    char *kind, *name, *tax_code;
    struct day activated_on;
    struct instant since_at, until_at;    /* since 0: from the activation; until 0: to this day */
};
/* The whole chain, oldest first, the present holder last. */
enum outcome holdings_of_mailbox(struct db_tx *tx, void *mem, int64_t mailbox_id, struct holding **all, size_t *count) must_check;
/* Who held the mailbox at that moment; REFUSED: nobody yet. */
enum outcome holding_at(struct db_tx *tx, void *mem, int64_t mailbox_id, struct instant at, struct holding *out) must_check;

/* Whether a mailbox of an order has another holder since. */
enum outcome order_mailbox_passed(struct db_tx *tx, const struct order *order, bool *passed) must_check;

/* Nobody who could renew or look into a mailbox by the old holder's means does so any more: sessions, finds, reset links, carts. */
enum outcome mailbox_shut_doors(struct db_tx *tx, int64_t mailbox_id) must_check;
