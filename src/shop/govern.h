/* shop/govern.h: what the desk does to a mailbox beside selling it: suspends and resumes it (DOMAIN M20, M21), ends it before its time
 * (M23), holds it back, changes where its holder is written to. Each is one transaction of the caller's, with its event. What the
 * policy says needs a second person goes through shop/approval.h. */
#pragma once

#include "shop/approval.h"
#include "store/hold.h"
#include "store/mailbox.h"

#define GOVERN_TEXT_MOST 500 /* of a reason or note */
#define NOTE_MOST 2000

/* ---- Suspending ---- */

enum suspend_reason { SUSPEND_FRAUD, SUSPEND_COURT, SUSPEND_IDENTITY, SUSPEND_PAYMENT, SUSPEND_OTHER, SUSPEND_REASONS };
const char *suspend_reason_name(enum suspend_reason reason);  /* "fraud": database, forms */
const char *suspend_reason_label(enum suspend_reason reason); /* msgid, for the desk */
enum outcome suspend_reason_of(const char *name, enum suspend_reason *reason) must_check;

struct governing {
    struct shop *shop;
    struct mailbox mailbox;
    struct actor actor;
    const char *note;        /* the desk's own words: required where they say why */
};

/* live → suspended: the mail host lets nobody in and takes no mail, the holder is told. Dates stay as they are, notices and the end
 * of the term go on. REFUSED with PROBLEM_MAILBOX_STATE, or on "note" where the reason is SUSPEND_OTHER. */
enum outcome suspend(struct db_tx *tx, void *mem, const struct governing *g, enum suspend_reason reason, struct problem *why) must_check;
/* suspended → live: what its dates then allow, it may (M21: the expiry is unchanged). */
enum outcome resume(struct db_tx *tx, void *mem, const struct governing *g, struct problem *why) must_check;

/* live or suspended → ceased, asked for with a reason (g->note); *waits: for a second person. REFUSED: PROBLEM_MAILBOX_STATE, an order
 * is open. */
enum outcome cease(struct db_tx *tx, void *mem, const struct governing *g, bool *waits, struct problem *why) must_check;

/* ---- Holding ---- */

/* A hold of the desk's own, to its last day at most a year ahead: hold->stops_… and until_on given; the reason is g->note. Field faults
 * on "stops", "until_on", "note". */
enum outcome hold_set(struct db_tx *tx, void *mem, const struct governing *g, struct mailbox_hold *hold, struct problem *why) must_check;
enum outcome hold_lift(struct db_tx *tx, void *mem, const struct governing *g, int64_t hold_id, struct problem *why) must_check;

/* A legal hold has no end: what is in the mailbox is not deleted until it is lifted, which may need a second person. */
enum outcome legal_hold_put(struct db_tx *tx, void *mem, const struct governing *g, struct problem *why) must_check;
enum outcome legal_hold_end(struct db_tx *tx, void *mem, const struct governing *g, bool *waits, struct problem *why) must_check;

/* ---- The contact ---- */

/* The holder's email di riferimento, at his request by another way (g->note says by which): no password is asked, so the former address is
 * told, as in contact_change, and the new one. Faults on "email", "note". */
enum outcome contact_set(struct db_tx *tx, void *mem, const struct governing *g, const char *email, struct problem *why) must_check;

/* ---- Notes ---- */

/* note->body as typed, note->brand and what it is about given. Faults on "body". */
enum outcome note_add(struct db_tx *tx, void *mem, const struct actor *actor, struct desk_note *note, struct problem *why) must_check;
enum outcome note_pin(struct db_tx *tx, void *mem, const struct actor *actor, int64_t id, bool pinned, struct problem *why) must_check;

extern const struct approval_kind APPROVE_CEASE, APPROVE_HOLD_LIFTED;
