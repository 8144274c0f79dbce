/* jobs/letter.h: a mail in the making; what letter.c and letter_money.c share. */
#pragma once

#include "jobs/parts.h"
#include "shop/present.h"
#include "shop/refund.h"

#define ATTACHMENTS 2

struct letter {
    void *mem;
    const struct jobs_options *options;
    const struct outbox_row *row;
    const struct brand *brand;
    const char *language;
    struct day on; /* the business's, not the machine's */
    struct problem *why;
    json_t *data;
    struct order_facts facts; /* brand NULL: about no order; of order_refunded its invoice is the credit note */
    struct mailbox mailbox;   /* of a notice to its holder; id 0: none */
    struct refund refund;     /* of order_refunded and money_returned; id 0: none was due */
    const char *held_reason;  /* of money_returned: why it had been held; "" not known */
    struct money balance;     /* of the prepaid account, where it gained or paid; below 0: it did not */
    struct mail_attachment attachments[ATTACHMENTS];
    size_t attachment_count;
};

bool letter_is(const struct letter *l, const char *template);
void letter_put(struct letter *l, const char *name, json_t *value);

/* What a mail about money needs beside its order, in the transaction that loaded that. REFUSED: there is no such refund or note. */
enum outcome letter_load_money(struct db_tx *tx, struct letter *l) must_check;
/* Beside present_order's data:
 *   settled       paid, whatever became of it since
 *   by            {METHOD: true, online: true|false}: how it is paid, or was
 *   purpose       "per rinnovare studio.verdi@legalmail.example": for subjects, where it is not yet paid
 *   others        [{label, detail or false}], has_others: the other ways to pay, while it waits
 *   balance       of the prepaid account, after it paid or gained; or false
 *   refund        {amount, whole, part, source, wallet, transfer, none, iban_shown, payee, reason, taken_back}: of order_refunded; and of
 *                 money_returned, without whole, part and taken_back
 *   note, corrects {number, issued_on}: the credit note and what it corrects */
void letter_put_money(struct letter *l);
