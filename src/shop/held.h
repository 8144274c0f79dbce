/* shop/held.h: money that has arrived and belongs to no order yet, whatever it came by: through a bank, a provider or by cheque.
 * Owed to somebody, it waits for a person (DOMAIN Y9). */
#pragma once

#include "shop/shop.h"
#include "store/bank.h"
#include <jansson.h>

enum held_kind { HELD_BANK, HELD_PAYMENT, HELD_CHEQUE, HELD_KINDS };

struct held_item {
    enum held_kind kind;
    int64_t id;            /* of the bank entry, the payment, the cheque */
    const char *brand;     /* "" where the account is no brand's any more */
    const char *order;     /* code of the order that it names; "": none */
    struct money amount;
    const char *currency;  /* "": of a payment in another than ours, which is not kept */
    const char *reason;    /* held_reason_name */
    struct day received_on;
    const char *from, *from_iban; /* who paid, as the bank or the cheque says; "" not said */
    const char *text;      /* what the payer wrote; our key of a payment; the cheque's number */
    const char *account;   /* of ours; "" but of the bank's */
    bool leaving;          /* a refund is on its way */
};

/* "bank-17", "payment-5", "cheque-2" */
#define HELD_TEXT 32
char *held_name(const struct held_item *item, char text[HELD_TEXT]);
/* REFUSED when it is no such name. "" is before the first. */
enum outcome held_read_name(const char *text, enum held_kind *kind, int64_t *id) must_check;

/* Bank entries, then payments, then cheques, each kind oldest first: up to `limit` of those after `after` ("": from the first).
 * `brand` "": of all. */
enum outcome held_list(struct db_tx *tx, void *mem, const struct brands *brands, const char *brand, const char *after, int limit,
                       struct held_item **items, size_t *count) must_check;

enum outcome held_item_of_entry(struct db_tx *tx, void *mem, const struct brands *brands, const struct bank_entry *entry,
                                struct held_item *item) must_check;

/* {id, kind, brand, order, amount_cents, currency, reason, received_on, from, from_iban, text, account, leaving} */
json_t *describe_held(const struct held_item *item);
