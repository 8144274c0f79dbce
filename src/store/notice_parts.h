/* store/notice_parts.h: what notice.c and ending.c share. */
#pragma once

#include "store/mailbox.h"
#include "store/notice.h"

/* Mailboxes whose term still runs towards its end. Spelled as the partial index is, so that both engines use it. */
#define MAILBOX_ENDS "m.status <> 'ceased' AND m.status <> 'deleted'"

/* The two who are told (P36), of mailbox m, holder h and account a: language, sent_to, copy_to. */
#define MAILBOX_FIRST(holder, account)                                                                                 \
    "CASE WHEN " holder " = 1 AND h.contact_email <> '' THEN h.contact_email WHEN " account                            \
    " = 1 THEN coalesce(a.email, '') ELSE '' END"
#define MAILBOX_NOBODY(holder, account) MAILBOX_FIRST(holder, account) " = ''"
#define MAILBOX_READERS(holder, account)                                                                               \
    "coalesce(a.language, 'it'), " MAILBOX_FIRST(holder, account) ", CASE WHEN " holder " = 1 AND " account            \
    " = 1 AND h.contact_email <> '' AND lower(h.contact_email) <> a.email THEN a.email ELSE '' END"

/* All notices that this transaction makes from here on have a higher id, and no others that it can see. */
enum outcome notices_mark(struct db_tx *tx, int64_t *mark) must_check;
/* For each made since: a mail to whoever is to have it, an event of the log, a word to the mail host. */
enum outcome notices_mail(struct db_tx *tx, const char *brand, int64_t mark, int64_t *mails) must_check;
enum outcome notices_log(struct db_tx *tx, const char *brand, const char *kind, int64_t mark) must_check;
enum outcome notices_tell_host(struct db_tx *tx, const char *brand, int64_t mark) must_check;
/* … and the mailboxes themselves have ceased. */
enum outcome endings_mark(struct db_tx *tx, int64_t mark) must_check;
