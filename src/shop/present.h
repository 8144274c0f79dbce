/* shop/present.h: the words and figures that people read, made once and used alike by pages, mails and papers. Italian forms
 * whatever the language: dates 15/03/2027, amounts 30,50 € (DESIGN §9). Values are JSON for the templates; references are the
 * caller's. The names are those that views/page/order.html and views/page/cart.html list. */
#pragma once

#include "shop/place_order.h"
#include "store/bank.h"
#include "store/public_order.h"
#include "store/request.h"
#include <jansson.h>

json_t *present_brand(void *mem, const struct brand *brand); /* `brand` of every mail */
json_t *present_money(struct money amount); /* "30,50 €" */
json_t *present_day(struct day day);        /* "15/03/2027"; false for DAY 0 and for never */
json_t *present_instant(struct instant i);  /* "22/11/2026, 18:50" */

/* "Rinnovo 1 anno, Bronze" */
char *present_renewal(void *mem, const char *language, const char *plan_name, int64_t years);

struct order_facts {
    const struct brand *brand;
    struct order order;
    struct day today;        /* when it was loaded */
    struct order_line *lines;
    size_t line_count;
    struct invoice invoice;   /* id 0: none yet */
    bool by_line;             /* where `invoice` is a credit note of some lines: `lines` are those */
    struct invoice corrected; /* where `invoice` is a credit note, what it corrects; id 0: it is none */
    struct bank_entry *held; /* a held payment that names this order; NULL: none */
    struct request *request; /* of a purchase; NULL: it is none */
    struct public_order public; /* of a public body's, where anything was noted; order_id 0: nothing */
};
/* All that belongs to an order, in the caller's transaction. A line of a purchase has the address that is held for it, until there
 * is a mailbox. */
enum outcome order_facts_load(struct db_tx *tx, void *mem, const struct brands *brands, const struct order *order,
                              struct order_facts *facts) must_check;

/* The same, of the order that an invoice or credit note is about, with that document as facts->invoice. */
enum outcome order_facts_of_invoice(struct db_tx *tx, void *mem, const struct brands *brands, const struct invoice *invoice,
                                    struct order_facts *facts) must_check;

/* The object `order` of page/order.html, with `transfer`, `invoice`, `paid_on` … beside it in the object returned. `qr` adds the SVG. */
json_t *present_order(void *mem, const struct order_facts *facts, const char *language, bool qr);

/* What is to be paid where that is not the total with VAT: {amount, split, law}, for part/owed.html; false otherwise. */
json_t *present_owed(const struct total *total, const char *law);
/* {lines, net, vat, vat_rate, gross, gross_cents, count, owed} of page/cart. */
json_t *present_lines(void *mem, const struct order_line *lines, size_t count, const struct total *total);

/* An address as a path segment, percent-encoded where it must be. */
char *present_path(void *mem, const char *address);
json_t *present_order_state(const struct order_facts *facts); /* part/order_state */
json_t *present_vat_rate(int rate_bp);               /* "22" */

/* part/order_row: {code, placed_on, what, amount, state} */
json_t *present_order_row(void *mem, const struct order_facts *facts);

/* The day by which the money must be there for nothing to stop: the soonest expiry still ahead, or the day the order lapses. */
struct day order_pay_by(const struct order_facts *facts);
