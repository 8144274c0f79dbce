/* store/mailbox.h: mailboxes and their holders. All SQL about them is in mailbox.c. */
#pragma once

#include "db/db.h"
#include "rules/billing.h"
#include "rules/plan_change.h"
#include "rules/term.h"

enum mailbox_status { MAILBOX_LIVE, MAILBOX_SUSPENDED, MAILBOX_CEASED, MAILBOX_DELETED };
const char *mailbox_status_name(enum mailbox_status status);

/* A brand's mailboxes, and those with an address, as the indexes have them (sql/0001). `m` is the view `mailbox` or the table
 * `mailbox_row`; the argument a parameter or a qualified column. The view's own `brand` and `address` are made for each row that is
 * looked at: to be shown, never to be looked for. */
#define WORD_NO(text)           "(SELECT word.id FROM word WHERE word.name = " text ")"
#define MAILBOX_OF(brand)       "m.brand_no = " WORD_NO(brand)
#define MAILBOX_LOCAL(address)  "substr(" address ", 1, instr(" address " || '@', '@') - 1)"
#define MAILBOX_DOMAIN(address) "substr(" address ", instr(" address ", '@') + 1)"
#define MAILBOX_AT(address)     "m.local = " MAILBOX_LOCAL(address) " AND m.domain_no = " WORD_NO(MAILBOX_DOMAIN(address))

struct mailbox {
    int64_t id;
    char *brand, *address, *user_id;
    int64_t holder_id, account_id; /* account_id 0: no shop account sees it */
    char *plan;
    int64_t extra_gb, extra_archive_gb;
    int64_t used_mb;  /* as the mail server last wrote (mailhost_usage), else as it was last told (mailbox_set_used) */
    int64_t used_archive_mb;
    struct day used_on; /* when it was last told; DAY 0: never */
    int64_t quota_mb; /* of its plan and extra space; 0: not known, no limit */
    char *password_hash;
    char *status; /* by mailbox_status_name */
    struct day activated_on, first_expires_on;
    struct term term;
    struct allowed allowed;
    bool auto_renew;
    char *convention, *domain;
    int64_t open_order_id; /* 0: none */
    struct billing holder; /* email is the email di riferimento */
    char *holder_kind;     /* holder.kind by name, as stored */
    struct day renewal_held_until; /* the desk holds renewals back to that day (store/hold.h); DAY 0: it does not. Read, not written */
    int64_t space_order_id; /* its unpaid order of extra space (store/space.h); 0: none. Read, not written */
    bool contact_bounced;  /* our mails come back from holder.email (store/bounce.h); read, not written */
};

/* Who looks: an account, or whoever knows a mailbox's own password. One of the two is 0. */
struct principal {
    int64_t account_id, mailbox_id;
    const char *session; /* hash of its token: in it a mailbox may have been found that is not his (shop/lookup.h); NULL: none */
};
bool principal_sees(struct principal who, const struct mailbox *mailbox);
/* "account:1", "mailbox:7": the owner of a cart, the actor of an event. */
#define PRINCIPAL_TEXT 32
char *principal_text(struct principal who, char text[PRINCIPAL_TEXT]);

/* DONE, or REFUSED when there is none. Deleted mailboxes are not found. */
enum outcome mailbox_by_address(struct db_tx *tx, void *mem, const char *address, struct mailbox *out) must_check;
void mailbox_by_address_ahead(struct db_tx *tx, const char *address); /* db_ahead */
enum outcome mailbox_by_id(struct db_tx *tx, void *mem, int64_t id, struct mailbox *out) must_check;

/* What a principal sees, soonest expiry first, a page at a time: those after (after_day, after_id) whose address or holder
 * contains `search` ("" for all), at most `limit`. */
struct mailbox_page {
    const char *search;
    struct day after_day;
    int64_t after_id;
    int limit;
};
enum outcome mailboxes_seen_by(struct db_tx *tx, void *mem, struct principal who, const struct mailbox_page *page,
                               struct mailbox **mailboxes, size_t *count) must_check;
enum outcome mailboxes_count(struct db_tx *tx, struct principal who, int64_t *count) must_check;

/* All, of every brand, deleted ones too, in order of id after `after`. */
enum outcome mailboxes_after(struct db_tx *tx, void *mem, int64_t after, int limit, struct mailbox **mailboxes,
                             size_t *count) must_check;

/* Those of a holder, by tax code, that are not deleted, soonest expiry first. */
enum outcome mailboxes_of_holder(struct db_tx *tx, void *mem, const char *tax_code, int limit, struct mailbox **mailboxes,
                                 size_t *count) must_check;
/* Those on a domain of the customer's own, deleted ones left out. */
enum outcome mailboxes_of_domain(struct db_tx *tx, void *mem, const char *brand, const char *domain, struct mailbox **mailboxes,
                                 size_t *count) must_check;
enum outcome mailbox_user_id_is_free(struct db_tx *tx, const char *brand, const char *user_id, bool *free) must_check;

enum outcome holder_insert(struct db_tx *tx, const char *brand, const struct billing *holder, int64_t *id) must_check;
enum outcome mailbox_insert(struct db_tx *tx, struct mailbox *mailbox) must_check; /* with its holder; sets the ids */

/* Claims a mailbox for an unpaid order, for who read it free of one in this very transaction (D10): whoever claimed it
 * meanwhile makes one of the two run again, on both engines, so nobody needs to wait for the answer. */
enum outcome mailbox_claim(struct db_tx *tx, int64_t id, int64_t order_id) must_check;
enum outcome mailboxes_release(struct db_tx *tx, int64_t order_id) must_check;

/* Writes a term, its phases and what was bought with it; quota_mb is what the mail host gives it from now on. */
enum outcome mailbox_set_term(struct db_tx *tx, int64_t id, struct day ends_on, const struct allowed *allowed, const char *plan,
                              const struct space *space, int64_t quota_mb) must_check;
/* The same of a new term. `mailbox` is as it was read in this transaction: one that had ceased, money for it being on its way, lives
 * again. */
enum outcome mailbox_renew(struct db_tx *tx, const struct mailbox *mailbox, struct day ends_on,
                           const struct allowed *allowed, const char *plan, const struct space *space,
                           int64_t quota_mb) must_check;
enum outcome mailbox_set_quota(struct db_tx *tx, int64_t id, int64_t quota_mb) must_check;
/* What the mail host told today. */
enum outcome mailbox_set_used(struct db_tx *tx, int64_t id, int64_t used_mb, int64_t used_archive_mb) must_check;
struct space_used mailbox_used(const struct mailbox *mailbox);
struct space mailbox_space(const struct mailbox *mailbox); /* the extra one */
/* From live or suspended: no access any more, its content is kept (M23); *changed false: it was neither. */
enum outcome mailbox_cease(struct db_tx *tx, int64_t id, bool *changed) must_check;
enum outcome mailbox_set_password(struct db_tx *tx, int64_t id, const char *hash) must_check;
/* How the holder is reached and invoiced: email, address, SdI. Who it is stays. */
enum outcome holder_set_contact(struct db_tx *tx, const struct mailbox *mailbox, const struct billing *contact) must_check;
/* Lets a shop account see it from now on. */
enum outcome mailbox_set_account(struct db_tx *tx, int64_t id, int64_t account_id) must_check;
/* Where the holder is written to from now on. */
enum outcome mailbox_set_contact(struct db_tx *tx, const struct mailbox *mailbox, const char *email) must_check;
