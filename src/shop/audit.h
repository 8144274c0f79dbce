/* shop/audit.h: recomputes every invariant of DESIGN §6 that exists so far and lists what is broken. Reads only, in one
 * snapshot, set by set in SQL where the database can do it.
 *
 *   ledger.balanced     each transaction sums to zero
 *   ledger.bank         what the ledger says is on each bank account are the entries that the bank booked
 *   ledger.held         … and what it owes for held payments are those that are held
 *   ledger.orders       an order's account is even: what was paid is what was invoiced
 *   ledger.invoices     revenue and VAT of each invoice
 *   order.totals        net is the sum of the lines, VAT is of the net, gross is both
 *   order.code          every order has one
 *   order.fulfilled     an order is fulfilled with all its lines, and only then
 *   order.payment       a paid order has one matched payment of the invoice's amount, another none
 *   order.invoice       a fulfilled order has one invoice, whose net is the lines', another none
 *   order.mail          the mails that an order owes are in the outbox
 *   mailbox.space_order each unpaid order of extra space is its mailbox's, and no other
 *   mailbox.open_order  a mailbox's open order is a confirmed one about it; every confirmed one is its open one (D10)
 *   mailbox.address     one live mailbox for each address
 *   mailbox.holder      an address that was deleted went to nobody else
 *   mailbox.expiry      the first expiry plus the years that were fulfilled, on the anchor day (D2-D6)
 *   mailbox.anchor      the day of the first expiry
 *   mailbox.phase       the dates of each phase are those of the brand's policy
 *   mailbox.stopped     none ceased or was deleted without the notices that go before
 *   mailbox.tombstone   what was deleted still says whose it was, and nobody can log in
 *   mailbox.hold        nothing was deleted under a legal hold
 *   notice.once         at most one for a mailbox, an end of its term and a step (DESIGN §6.7)
 *   notice.sent         a sent one says when, to whom, and by which text; notice.mail: one that waits has its mail in the outbox
 *   purchase.holder     a mailbox that was bought has the holder of its request, and one of the names
 *   papers.state        a request and its submissions agree: one waits at most, and the last one is what the state says
 *   papers.verdict      who decided and when; of an approval, until when the identity document is valid
 *   invoice.numbers     gapless from 1 in each brand and year
 *   invoice.dates       in order of the numbers, in the number's year
 *   invoice.totals      VAT is of the net, gross is both
 *   invoice.file        the electronic invoice is there or on its way; its bytes are those kept, and say its totals
 *   bank.entry          each payment is matched with an order that is paid, or held for a reason
 *   bank.statement      opening balance + booked = closing balance
 *   event.chain         the events' hash chain is whole */
#pragma once

#include "shop/shop.h"
#include "store/event_log.h"

struct audit_fault {
    const char *invariant; /* "ledger.balanced", "mailbox.expiry", … stable names */
    char *what;            /* which row, and what is wrong with it */
};

#define AUDIT_FAULTS_LISTED 1000

struct audit_report {
    struct audit_fault *faults;                                                 /* the first AUDIT_FAULTS_LISTED */
    size_t count;                                                               /* of those that are listed */
    int64_t orders, mailboxes, invoices, bank_entries, events, unsealed_events; /* what was looked at */
};

/* DONE when it could look, whatever it found. */
enum outcome audit(struct shop *shop, void *mem, struct audit_report *report) must_check;

/* What an earlier audit found whole and nobody is able to change in silence: the chain up to a place, and invoices' files. */
struct audit_mark {
    struct chain_check chain;
    struct day files; /* the files of invoices issued before this day */
};
/* The same, without reading that again: the chain goes on at its mark, which must still be there. Afterwards *mark is where the next
 * may begin; only whoever has found no faults should go on from it. */
enum outcome audit_from(struct shop *shop, void *mem, struct audit_mark *mark, struct audit_report *report) must_check;
