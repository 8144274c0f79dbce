/* shop/resend.h: a mail about an order is sent once more, as what it says is now. */
#pragma once

#include "shop/shop.h"
#include "store/mail_row.h"

const char *mail_label(const char *template); /* msgid: "Conferma d'ordine"; the template's own name where it has none */
/* Whether it may be sent again: one with a link that opens only once must be asked for anew. */
bool mail_may_be_resent(const struct mail_row *mail);
/* To where it went, or, with `to_contact`, to the present e-mail of the order's mailbox or account. REFUSED with PROBLEM_NOT_FOUND. */
enum outcome mail_resend(struct db_tx *tx, void *mem, const struct mail_row *mail, bool to_contact, const struct actor *actor,
                         struct problem *why) must_check;
