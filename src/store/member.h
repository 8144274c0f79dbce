/* store/member.h: who belongs to a convention, and the mailboxes that renew by it (§3.8). Two things: `mailbox.convention` says by
 * which price a mailbox renews, `member` what the Ordine told of its holder. A mailbox may have the first without the second (it was
 * imported so), never the other way round. */
#pragma once

#include "store/mailbox.h"

struct member {
    int64_t id; /* 0: none */
    char *brand, *convention;
    char *tax_code, *name, *surname, *enrolment_no;
    int64_t mailbox_id;
    struct day joined_on, left_on;
};

/* The active one of a mailbox; REFUSED when there is none. */
enum outcome member_of_mailbox(struct db_tx *tx, void *mem, int64_t mailbox_id, struct member *out) must_check;
enum outcome member_insert(struct db_tx *tx, const struct member *member) must_check; /* active; sets no id */
enum outcome member_update(struct db_tx *tx, const struct member *member) must_check; /* name, surname, enrolment, joined_on, by id */
enum outcome member_leave(struct db_tx *tx, int64_t mailbox_id, struct day left_on) must_check; /* its active one, if any */

enum outcome mailbox_set_convention(struct db_tx *tx, int64_t id, const char *convention) must_check;

/* Those of a holder by which a convention's mailboxes are looked for; at most `limit`. */
enum outcome convention_mailboxes_of(struct db_tx *tx, void *mem, const char *brand, const char *convention, const char *tax_code,
                                     int limit, struct mailbox **mailboxes, size_t *count) must_check;

/* A mailbox of a convention, with what is known of its member; names "" where the Ordine told none. */
struct member_row {
    int64_t mailbox_id;
    char *address, *holder, *tax_code, *name, *surname, *enrolment_no, *plan, *status;
    int64_t extra_gb, open_order_id;
    struct day expires_on, renew_until;
    bool auto_renew, chosen; /* for the bulk order of `owner` */
    bool ordered_by_body;    /* the open order is an Ordine's, for its members */
};

/* Which of them: */
struct member_list {
    const char *brand, *convention;
    const char *owner;     /* of a bulk order's choice; "": nobody's */
    const char *search;    /* a part of address, holder, member's name or enrolment number; "": all */
    struct day from, until; /* expiring on these days, both included */
    struct day after_day;  /* a page: those after (after_day, after_id) by expiry */
    int64_t after_id;
    int limit;
};
enum outcome members_page(struct db_tx *tx, void *mem, const struct member_list *list, struct member_row **rows,
                          size_t *count) must_check;
enum outcome members_each(struct db_tx *tx, void *mem, const struct member_list *list, struct member_row *row, db_each_row *each,
                          void *arg) must_check; /* all of them, whatever the limit */
enum outcome members_count(struct db_tx *tx, const struct member_list *list, int64_t *count) must_check;
enum outcome members_ordered(struct db_tx *tx, const struct member_list *list, int64_t *count) must_check; /* whose renewal waits for money */

/* ---- Lists that wait for a confirmation ---- */

struct roster_file {
    int64_t id;
    char *brand, *convention, *name;
    int64_t account_id, operator_id; /* whose it is: of a delegate, or of somebody at the desk; the other 0 */
    struct db_blob bytes;
    struct instant uploaded_at;
};
/* One an account and convention: the ones before go, and what is older than a day. Sets the id. */
enum outcome roster_file_put(struct db_tx *tx, struct roster_file *file) must_check;
enum outcome roster_file_get(struct db_tx *tx, void *mem, int64_t id, struct roster_file *out) must_check; /* REFUSED: gone */
enum outcome roster_file_drop(struct db_tx *tx, int64_t id) must_check;
