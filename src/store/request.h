/* store/request.h: requests for a mailbox, and the names that are held for them. */
#pragma once

#include "db/db.h"
#include "rules/activation.h"
#include "rules/billing.h"
#include "rules/name.h"

struct request {
    int64_t id;
    char *brand;
    int64_t account_id; /* the buyer */
    char *state_text;
    enum request_state state;
    char *plan;
    int64_t years;
    struct billing holder; /* as typed while it is a draft; email is the email di riferimento */
    char *holder_kind;     /* holder.kind by name, as stored */
    char *phone, *signer_name, *signer_tax_code;
    char *name[NAMES];     /* wanted, in order; "" none */
    char *held_name;       /* "" none */
    bool start_now;
    struct day begins_on; /* put off until then; DAY 0: it is not */
    int64_t order_id, mailbox_id; /* 0: none yet */
    char *contract_version, *contract_sha256;
    char *error;
    struct instant created_at, changed_at, paid_at;
    const char *form_token; /* for request_insert only; NULL: none */
};

/* Sets the id, created_at and changed_at. REFUSED where the account has one of that form_token. */
enum outcome request_insert(struct db_tx *tx, struct request *request) must_check;
/* All but brand, account and created_at, in one step from the state it was read in (`was`); *changed false: it is no longer that. */
enum outcome request_update(struct db_tx *tx, const struct request *request, enum request_state was, bool *changed) must_check;
/* DONE, or REFUSED when there is none. */
enum outcome request_by_id(struct db_tx *tx, void *mem, int64_t id, struct request *out) must_check;
enum outcome request_by_form_token(struct db_tx *tx, void *mem, int64_t account_id, const char *form_token, struct request *out) must_check;
enum outcome request_by_order(struct db_tx *tx, void *mem, int64_t order_id, struct request *out) must_check;
enum outcome request_by_mailbox(struct db_tx *tx, void *mem, int64_t mailbox_id, struct request *out) must_check;
/* Those of an account that are not ordered yet: changed last, first. */
enum outcome requests_drafts(struct db_tx *tx, void *mem, int64_t account_id, int limit, struct request **requests, size_t *count) must_check;
enum outcome requests_draft_count(struct db_tx *tx, int64_t account_id, int64_t *count) must_check;
/* A brand's in that state, and not changed since `before`, oldest change first: drafts to drop. */
enum outcome requests_idle(struct db_tx *tx, void *mem, const char *brand, enum request_state state, struct instant before, int limit,
                           struct request **requests, size_t *count) must_check;
/* Of the brand, paid at `before` or earlier, and since then nothing was sent or decided (M10); without those in trouble (`error`). */
enum outcome requests_silent(struct db_tx *tx, void *mem, const char *brand, struct instant before, int limit, struct request **requests,
                             size_t *count) must_check;
/* Of the brand, without papers, paid at least `least` and less than `most` microseconds ago, and neither reminded nor rejected since
 * `least` after the payment. */
enum outcome requests_to_remind(struct db_tx *tx, void *mem, const char *brand, int64_t least, int64_t most, int limit,
                                struct request **requests, size_t *count) must_check;

/* Those that were put off until `today` or earlier. */
enum outcome requests_to_begin(struct db_tx *tx, void *mem, struct day today, int limit, struct request **requests, size_t *count) must_check;

/* ---- Names ---- */

enum name_verdict {
    NAME_FREE,
    NAME_HELD,    /* by somebody else's request, for now */
    NAME_IN_USE,  /* a mailbox that is not deleted */
    NAME_RETIRED, /* deleted, of another holder: never again for a stranger (L5) */
};
/* Whether an address may be had by a holder with this tax code, as things stand in this transaction; what the request itself holds is
 * free to it (request_id 0: none). A stranger is told the same for all three others: "non disponibile". */
enum outcome name_look(struct db_tx *tx, const char *address, const char *tax_code, int64_t request_id, enum name_verdict *verdict) must_check;

/* Holds the address for the request until then (0: as long as its order is under way), in place of what it held before. *held false:
 * somebody else's hold is in force. */
enum outcome name_hold(struct db_tx *tx, const char *address, int64_t request_id, struct instant until, bool *held) must_check;
/* The address that the request holds now, and until when; REFUSED where none, or its time is over. */
enum outcome name_held(struct db_tx *tx, void *mem, int64_t request_id, char **address, struct instant *until) must_check;
enum outcome name_release(struct db_tx *tx, int64_t request_id) must_check;
enum outcome names_release_before(struct db_tx *tx, struct instant before) must_check; /* holds that ran out */
