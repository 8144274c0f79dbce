/* shop/log_reference.h: references to the provider's logs of a mailbox (DOMAIN L1): told by the provider's program, shown to who may see
 * the log of events; that somebody looked stands there, too. */
#pragma once

#include "shop/shop.h"
#include "store/log_reference.h"
#include "store/mailbox.h"
#include <jansson.h>

#define LOG_REFERENCES_SHOWN 1000
#define LOG_LOCATION_MOST 300

/* reference->from_on … bytes given, as the provider told them; *added false: it was there. Faults on "from", "to", "where", "sha256". */
enum outcome log_reference_add(struct db_tx *tx, const struct mailbox *mailbox, const struct actor *actor, struct log_reference *reference,
                               bool *added, struct problem *why) must_check;
/* Those of a mailbox, newest days first; "log.asked" is recorded. */
enum outcome log_references_ask(struct db_tx *tx, void *mem, const struct mailbox *mailbox, const struct actor *actor,
                                struct log_reference **rows, size_t *count) must_check;
/* Of an address as typed: the mailbox that is there, or the last that was. REFUSED with PROBLEM_MAILBOX_UNKNOWN. */
enum outcome log_mailbox_seek(struct db_tx *tx, void *mem, const char *brand, const char *address, struct mailbox *mailbox,
                              struct problem *why) must_check;
struct day log_reference_kept(const struct log_reference *reference); /* the last day; DAY_NEVER while the mailbox is there */
/* {id, from, to, where, sha256, bytes, kept_until}; kept_until null while the mailbox is there */
json_t *describe_log_reference(const struct log_reference *reference);
/* "dal;al;dove;sha256;byte;conservare fino al", in the words of `language`; what a spreadsheet would take for a formula stays text. */
char *log_references_csv(void *mem, const char *language, const struct log_reference *rows, size_t count);
