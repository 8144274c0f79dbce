/* store/inipec.h: what has become of the mailboxes that registers of businesses and professionals name (DOMAIN L11). */
#pragma once

#include "store/mailbox.h"

struct inipec_row {
    char *address, *holder, *tax_code;
    char *name, *surname, *enrolment_no; /* as the Ordine told them; "" where none did */
    char *status;
    struct day activated_on, receive_until;
    struct day ceased_on;  /* by an act of its own, before its dates; 0: none */
    struct day renamed_on, passed_on, revived_on; /* other names, another holder, renewed after it had stopped; 0: not since then */
};

/* Every mailbox of a brand whose holder is a freelance, a sole trader or a company, or is on an Ordine's list, in order of address: those
 * that may have a change on or after `since`. */
enum outcome inipec_each(struct db_tx *tx, void *mem, const char *brand, struct day since, struct inipec_row *row, db_each_row *each,
                         void *arg) must_check;
