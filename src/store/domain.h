/* store/domain.h: domains of the customers' own, and all mailboxes of one at once (sql/0011-domain.sql). */
#pragma once

#include "store/event.h"
#include "store/mailbox.h"

struct domain {
    int64_t id;
    char *brand, *name;
    struct day expires_on;
    struct day unregistered_on; /* DAY 0: it is registered */
    int64_t mailboxes;          /* that are not deleted */
};

/* DONE, or REFUSED when there is none. */
enum outcome domain_by_name(struct db_tx *tx, void *mem, const char *brand, const char *name, struct domain *out) must_check;
/* In order of brand and name, after the one given; "" for the first. */
enum outcome domains_after(struct db_tx *tx, void *mem, const char *brand, const char *name, int limit, struct domain **all,
                           size_t *count) must_check;
/* *fresh false: there is one of that name. */
enum outcome domain_insert(struct db_tx *tx, const char *brand, const char *name, struct day expires_on, bool *fresh) must_check;
enum outcome domain_mailboxes(struct db_tx *tx, void *mem, const char *brand, const char *name, struct mailbox **all, size_t *count) must_check;
/* The domain and every mailbox of it that is not deleted, in two statements, and an event for each mailbox. */
enum outcome domain_move(struct db_tx *tx, const struct domain *domain, struct day ends_on, const struct allowed *allowed,
                         const struct actor *actor, int64_t *moved) must_check;
/* live → suspended from `on`, or, with DAY 0, back, unless the desk has suspended it as well; an event for each. */
enum outcome domain_suspend(struct db_tx *tx, const struct domain *domain, struct day on, const struct actor *actor, int64_t *changed) must_check;
