/* store/mandate.h: consents to automatic renewal, the warnings given, and the attempts made. mailbox.auto_renew is written here alone,
 * with the state that it follows. */
#pragma once

#include "db/db.h"
#include "rules/autorenew.h"
#include "store/mailbox.h"

struct mandate {
    int64_t id;
    char *brand;
    int64_t mailbox_id;
    int64_t account_id, instrument_id; /* 0: none */
    char *method, *state_text;
    enum mandate_state state;
    int64_t years;
    char *plan;
    int64_t extra_gb;
    struct money agreed;      /* with VAT */
    char *language;
    char *consent_version, *consent_sha256, *consented_door, *consented_by;
    struct instant consented_at;
    int64_t order_id;         /* 0: asked for in the client area */
    struct day expires_on, warn_on, charge_on; /* the latter two 0: none */
    struct money announced;   /* cents 0: not yet */
    bool noticed;
    int64_t attempts, charge_order_id;
    struct instant changed_at, ended_at;
};

enum outcome mandate_insert(struct db_tx *tx, struct mandate *mandate) must_check; /* sets id, changed_at, and mailbox.auto_renew */
/* What may change: all but the consent, the mailbox, who consented, and by what it is paid. *changed false: it was no longer in the state `was`. */
enum outcome mandate_update(struct db_tx *tx, struct mandate *mandate, enum mandate_state was, bool *changed) must_check;
/* By what it is paid: instrument_id, account_id, method. Apart, because a renewal leaves them and their index alone. */
enum outcome mandate_set_instrument(struct db_tx *tx, const struct mandate *mandate) must_check;
/* The switch was on where the mailbox came from: a mandate without an instrument. When the law wants the charge announced, and there is
 * nothing to charge, its owner is told; until then it is as he left it. */
enum outcome mandate_imported(struct db_tx *tx, const struct mailbox *mailbox) must_check;

/* Of the mailboxes that end by these notices (store/ending.h): all that were written after the one numbered `mark`. */
enum outcome mandates_end_with(struct db_tx *tx, int64_t mark) must_check;

/* REFUSED where there is none. */
enum outcome mandate_by_id(struct db_tx *tx, void *mem, int64_t id, struct mandate *out) must_check;
enum outcome mandate_standing(struct db_tx *tx, void *mem, int64_t mailbox_id, struct mandate *out) must_check;
/* The newest that was ever on, standing or not; those of a holder of before are not told. */
enum outcome mandate_latest(struct db_tx *tx, void *mem, int64_t mailbox_id, struct mandate *out) must_check;

/* Asked for with an order that is not yet paid. */
enum outcome mandates_asked(struct db_tx *tx, void *mem, int64_t order_id, struct mandate **all, size_t *count) must_check;
/* Whose present term's order it is. */
enum outcome mandates_charged_by(struct db_tx *tx, void *mem, int64_t order_id, struct mandate **all, size_t *count) must_check;
/* Those alive that are charged to an instrument. */
enum outcome mandates_of_instrument(struct db_tx *tx, void *mem, int64_t instrument_id, struct mandate **all, size_t *count) must_check;
/* Those alive of the mailboxes of an order. */
enum outcome mandates_of_order(struct db_tx *tx, void *mem, int64_t order_id, struct mandate **all, size_t *count) must_check;
/* Due on a day, soonest first. */
enum outcome mandates_to_warn(struct db_tx *tx, void *mem, struct day today, int limit, struct mandate **all, size_t *count) must_check;
enum outcome mandates_to_charge(struct db_tx *tx, void *mem, struct day today, int limit, struct mandate **all, size_t *count) must_check;

/* ---- Warnings ---- */

struct charge_warning {
    int64_t mailbox_id;
    struct day expires_on;
    char *kind; /* autorenew_warning_name */
    int64_t mandate_id;
    struct day sent_on;
    char *recipient;
    struct day charge_on;
    struct money amount, was;
};
enum outcome charge_warning_insert(struct db_tx *tx, const struct charge_warning *warning) must_check; /* once a term, kind and mandate */
enum outcome charge_warnings(struct db_tx *tx, void *mem, int64_t mailbox_id, struct day expires_on, struct charge_warning **all,
                             size_t *count) must_check;

/* Who was told of a charge by the day's notices (store/notice.h), since a day: their address, "" for nobody. REFUSED: there is none. */
enum outcome charge_notice_reader(struct db_tx *tx, void *mem, int64_t mailbox_id, struct day expires_on, struct day since,
                                  const char **reader) must_check;

/* ---- Attempts ---- */

struct charge {
    int64_t mailbox_id;
    struct day expires_on;
    int64_t attempt, mandate_id, order_id, payment_id;
    struct day on_day;
    bool free_withdrawal;
    char *payment_state, *error; /* read only: what came of it */
};
enum outcome charge_insert(struct db_tx *tx, const struct charge *charge) must_check; /* REFUSED: this attempt has been made */
enum outcome charges_of(struct db_tx *tx, void *mem, int64_t mailbox_id, struct day expires_on, struct charge **all, size_t *count) must_check;
/* REFUSED: the payment is no charge of a mandate. */
enum outcome charge_of_payment(struct db_tx *tx, void *mem, int64_t payment_id, struct charge *out) must_check;
/* Whether the mailbox's present term came by a charge whose notice was missed (L17). */
enum outcome charge_free_withdrawal(struct db_tx *tx, int64_t mailbox_id, bool *free) must_check;
