/* shop/holder_change.h: a mailbox passes to another holder (cambio di intestatario; DOMAIN M25).
 *
 * The calling order: holder_change_ask by who holds it → holder_change_accept by the new holder, who comes by the link in a mail → the
 * new one's identity document (document_add with its change_id) and holder_change_send → holder_change_decide at the desk, which has
 * the effect. Until then either of the two may end it.
 *
 * The effect is one transaction: another holder and account, the chain of who held it, automatic renewal off, an unpaid order
 * cancelled, every door of the old holder shut, a password that is nobody's and a link for the new holder to choose one. */
#pragma once

#include "shop/login.h"
#include "store/holder_change.h"
#include "store/request.h"
#include "store/submission.h"

/* ---- Looking ---- */

struct holder_change_look {
    const struct brand *brand;
    struct mailbox mailbox;
    struct holder_change change; /* the one that is open, else the newest; id 0: none */
    struct submission *submissions;
    size_t submission_count;
    struct holding *holdings;    /* the chain, the present holder last */
    size_t holding_count;
    struct day today;
};
/* REFUSED with PROBLEM_MAILBOX_UNKNOWN. */
enum outcome holder_change_look(struct db_tx *tx, void *mem, const struct brands *brands, const char *address,
                                struct holder_change_look *look, struct problem *why) must_check;
/* The same by the change's number. REFUSED with PROBLEM_NOT_FOUND. */
enum outcome holder_change_load(struct db_tx *tx, void *mem, const struct brands *brands, int64_t id, struct holder_change_look *look,
                                struct problem *why) must_check;
/* Whether it may be asked for now. REFUSED: PROBLEM_HOLDER_CHANGE_NOT_HERE, _OPEN, PROBLEM_OPEN_ORDER, PROBLEM_TERMINATION. */
enum outcome holder_change_possible(struct db_tx *tx, void *mem, const struct brand *brand, const struct mailbox *mailbox,
                                    struct problem *why) must_check;

/* ---- Asking ---- */

struct holder_change_request {
    const struct brand *brand;
    struct actor actor;
    struct principal who;     /* {0,0}: staff, with the holder's consent on paper */
    const char *mailbox;      /* its address */
    struct request person;    /* of the new holder: holder, phone, signer_name, signer_tax_code */
    const char *password;     /* with which `who` came in; of no account to staff */
    bool agreed;              /* to give the mailbox away, with what is in it */
    const char *language;
    const char *client;       /* for the throttle */
};
/* Faults on the fields of request_check_holder, and agreed, current (the password), mailbox. Verifies a password: from the bounded lane. */
enum outcome holder_change_ask(struct shop *shop, void *mem, const struct holder_change_request *request, struct holder_change *change,
                               struct problems *faults) must_check;
/* The same by our own people in the holder's name, within a transaction: `who` {0,0}, no password, nothing to wait for. */
enum outcome holder_change_ask_for(struct db_tx *tx, void *mem, const struct holder_change_request *request, struct holder_change *change,
                                   struct problems *faults) must_check;
/* The link once more, and no other opens any longer; throttled silently. REFUSED with PROBLEM_HOLDER_CHANGE_STATE. */
enum outcome holder_change_again(struct shop *shop, void *mem, int64_t id, const struct actor *actor, struct problem *why) must_check;

/* ---- The new holder's answer ---- */

struct holder_change_offer {
    struct holder_change change;
    struct mailbox mailbox;
    bool known;         /* there is an account with the new holder's e-mail: one signs in with it */
    int64_t account_id; /* that one */
};
/* What a link leads to. REFUSED with PROBLEM_LINK_SPENT. */
enum outcome holder_change_offer(struct db_tx *tx, void *mem, const struct brand *brand, const char *token, struct holder_change_offer *offer,
                                 struct problem *why) must_check;

struct holder_change_answer {
    const struct brand *brand;
    const char *token;
    struct principal who;     /* who is signed in; must be the account of the link's e-mail where there is one */
    struct request person;    /* as of the asking; who it is stays as it was asked for, how it is reached may be put right */
    const char *password;     /* for the account that is made, where there is none */
    const char *terms_version;/* as shown; NULL or "": not accepted */
    bool privacy;             /* the notice was read; asked of who has no account */
    const char *language;
};
/* Makes the account where there is none, and opens a session then: `session` is "" otherwise. Faults on the fields of
 * request_check_holder, and password, terms, privacy; *why PROBLEM_LINK_SPENT, or PROBLEM_UNAUTHENTICATED: sign in first. Hashes a
 * password: from the bounded lane. */
enum outcome holder_change_accept(struct shop *shop, void *mem, const struct holder_change_answer *answer, char session[TOKEN_TEXT],
                                  struct holder_change *change, struct problems *faults, struct problem *why) must_check;
enum outcome holder_change_decline(struct shop *shop, void *mem, const struct brand *brand, const char *token,
                                   struct problem *why) must_check;

/* ---- Until it is done ---- */

/* By the present holder (`by_new` false) or the new one. REFUSED with PROBLEM_HOLDER_CHANGE_STATE. */
enum outcome holder_change_stop(struct db_tx *tx, void *mem, int64_t id, bool by_new, const struct actor *actor, struct problem *why) must_check;
/* The identity document goes to the desk. Faults on "identity". */
enum outcome holder_change_send(struct db_tx *tx, void *mem, const struct brands *brands, int64_t id, const struct actor *actor,
                                struct submission *submission, struct problems *faults) must_check;

struct holder_change_decision {
    enum { HOLDER_CHANGE_APPROVE, HOLDER_CHANGE_REJECT, HOLDER_CHANGE_REFUSE } verdict;
    int64_t id;
    int64_t submission_id;          /* that was looked at; 0: whichever waits */
    const char *reason, *note;      /* as of struct review_decision */
    struct day identity_expires_on;
    struct actor actor;
};
/* As review_decide: of two reviewers one counts. REFUSED also with PROBLEM_OPEN_ORDER while money for the mailbox is on its way, and with
 * PROBLEM_HOLDER_CHANGE_NOT_HERE where the mailbox is no longer there to pass. */
enum outcome holder_change_decide(struct db_tx *tx, void *mem, const struct shop *shop, const struct holder_change_decision *decision,
                                  struct holder_change *change, struct problem *why) must_check;

/* What nobody answered in time, up to `limit` (the day's turn). */
enum outcome holder_changes_expire(struct db_tx *tx, void *mem, int limit, int *expired) must_check;

/* For pages, API and command line: state, names, dates; nothing of papers. */
json_t *present_holder_change(void *mem, const char *language, const struct holder_change *change);
json_t *present_holdings(void *mem, const struct holding *holdings, size_t count);
