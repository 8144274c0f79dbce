/* web/walk_order.h: what the last step of a wizard does: the order, and the way to its payment. */
#pragma once

#include "web/wizard.h"

struct walk_order {
    const char *method;
    bool remember;              /* the card, for renewals */
    const char *terms_version;  /* that was accepted */
    struct instant accepted_at;
    const char *autorenew_version; /* of the text of automatic renewal that was accepted; NULL: none */
    const char *account;        /* e-mail of the account that will see the mailboxes; NULL: as they are */
    const struct billing *holder; /* contact data to be kept with the order; NULL: as they are */
    int64_t version;            /* of the wizard, as it was shown */
    struct money expected;      /* the total that was shown */
};

/* Makes the order, or finds the one that this wizard made before, and answers the request. REFUSED, nothing answered, with the fault. */
enum outcome walk_order(struct walk *w, const struct walk_order *order, struct problems *faults);
