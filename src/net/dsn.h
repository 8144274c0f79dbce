/* net/dsn.h: delivery status notifications, the mails that say what became of one of ours (RFC 3464 in RFC 6522's multipart/report),
 * also inside what a list or somebody forwarded, to some depth.
 * Anybody can write one: what is read here is only what it says, for whoever knows what was sent to compare. */
#pragma once

#include "base/outcome.h"
#include <stddef.h>

#define DSN_MOST       1000000 /* bytes; what comes after them is not looked at */
#define DSN_RECIPIENTS 20      /* and so of what comes after these */

enum dsn_action { DSN_FAILED, DSN_DELAYED, DSN_DELIVERED, DSN_OTHER /* relayed, expanded */ };

struct dsn_recipient {
    enum dsn_action action;
    const char *address;    /* Final-Recipient, as it was written; "" none */
    const char *original;   /* Original-Recipient, likewise: whom the sender had named, before any forwarding */
    const char *status;     /* "5.1.1" of RFC 3463; never "" */
    const char *diagnostic; /* the other server's words, visible ASCII, at most 300 characters; "" none */
};

struct dsn {
    const char *message_id; /* of the mail that it is about, without <>; "" where its header did not come along */
    struct dsn_recipient recipients[DSN_RECIPIENTS];
    size_t count; /* at least one */
};

/* Owned by `mem`. REFUSED: it is not such a report, or says nothing of any recipient. */
enum outcome dsn_read(void *mem, const char *bytes, size_t length, struct dsn *dsn) must_check;
