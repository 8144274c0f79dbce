/* shop/present_pay.h: how an order is paid, and what became of its money, for pages and mails. */
#pragma once

#include "shop/present.h"
#include "store/payment.h"
#include "store/proof.h"
#include "store/refund.h"

/* While the order waits for its money, each of these, or false: `pay` {method "card", label "Carta di credito", delay, amount, pay_by,
 * lapses_on, online, wallet, outside: one of the three true, topup}, and one of `transfer`, `slip`, `cheque`; `proof` {upload, email, fax,
 * settles} beside a transfer or a slip. As page/order.html lists them; `qr` adds the transfer's SVG. */
void present_ways(void *mem, const struct order_facts *facts, const char *language, bool qr, json_t *out);

struct order_money {
    struct payment *payments;
    struct refund *refunds;
    struct invoice *notes; /* credit notes */
    struct proof *proofs;
    struct cheque *cheques;
    size_t payment_count, refund_count, note_count, proof_count, cheque_count;
};
enum outcome order_money_load(struct db_tx *tx, void *mem, const struct order_facts *facts, struct order_money *money) must_check;

/* The last attempt through a provider; NULL: none. */
const struct payment *order_attempt(const struct order_money *money);

/* `attempt`, `refunds`, `notes`, `proofs`, `cheques`, `held_payment`, as page/order.html lists them. */
void present_order_money(void *mem, const struct order_facts *facts, const struct order_money *money, const char *language, json_t *out);

/* "Carta di credito": of a method's name as orders keep it, translated. */
const char *present_method(const char *method, const char *language);
