/* shop/describe.h: what programs are told, by the API and by the command line's --json alike (DESIGN §5): amounts as
 * integer cents in fields named …_cents, dates YYYY-MM-DD, instants RFC 3339, null where there is nothing. References
 * are the caller's. For people there is shop/present.h. */
#pragma once

#include "shop/import_statement.h"
#include "shop/present.h"
#include "shop/request.h"
#include "shop/quote.h"
#include "store/bounce.h"
#include "store/event.h"
#include "store/payment.h"
#include "store/proof.h"
#include "store/refund.h"
#include "store/wallet.h"
#include <jansson.h>

json_t *describe_day(struct day day);                                                 /* null for DAY 0 and for never */
json_t *describe_instant(struct instant i);                                           /* null for 0 */
json_t *describe_problem(void *mem, const char *language, const struct problem *why); /* {code, field, detail} */

/* {address, brand, status, phase, expires_on, send_until, receive_until, read_until, renew_until, plan, extra_gb,
 * used_mb, activated_on, auto_renew, open_order, convention, domain, holder{kind, name, tax_code, vat_number,
 * contact_email, …}} `open_order` is the code of the unpaid order that holds the mailbox; NULL: none. */
json_t *describe_mailbox(const struct brand *brand, const struct mailbox *mailbox, struct day today,
                         const char *open_order);

/* {eligible, reason, detail, order, opens_on, closes_on, expires_on, options:[{years, net_cents, vat_cents,
 * gross_cents, vat_rate_bp, new_expires_on}]}: the mailbox renewed as it is. `reason` is the slug of the problem that
 * stands in the way, `detail` its text; options are empty then. */
json_t *describe_renewal(void *mem, const char *language, const struct brand *brand, const struct mailbox *mailbox,
                         struct day today, const char *open_order);

/* {code, brand, kind, status, confirmed_at, lapses_on, lines, net_cents, vat_cents, gross_cents, vat_rate_bp,
 *  due_cents, split_payment, vat_nature, billing,
 *  payment{method, reference, iban, payee, bank, bic, due_cents, due_on, paid_on, held, state, error, redirect_url,
 *  provisional, settled_by, attempts}, request, documents, proofs, invoice, credit_notes, refunds, settled_at, cancelled_at}:
 * `request` is what was asked for in a purchase, null of other kinds;
 * of an order just placed; of others describe_order_money says the rest. */
json_t *describe_order(void *mem, const struct order_facts *facts);
/* {state, address, names, plan, years, holder, phone, signer_name, signer_tax_code, start_now, begins_on, error, created_at, paid_at} */
json_t *describe_request(const struct brand *brand, const struct request *request);
/* {typed, name, address, available, code, detail}: name and address null of one that is not well formed; code and detail say why it
 * cannot be had, null when it can */
json_t *describe_name(void *mem, const char *language, const struct name_answer *answer);
/* Puts what became of its money into that: payment.state, error and redirect_url of the last attempt by the order's
 * method, all attempts, refunds, credit notes, how many proofs. */
struct order_money;
void describe_order_money(void *mem, json_t *order, const struct order_facts *facts, const struct order_money *money);
/* {key, method, provider, state, amount_cents, captured_cents, refunded_cents, error, held_reason, created_at} */
json_t *describe_payment(const struct payment *payment);
/* {id, brand, order, destination, amount_cents, iban, payee, state, reason, credit_note, error, decided_by, created_at, done_at} */
json_t *describe_refund(const struct refund *refund, const char *order_code);
/* {id, kind, amount_cents, balance_cents, cause, order, at} */
json_t *describe_wallet_entry(const struct wallet_entry *entry);

/* {id, number, kind, corrects, reason, brand, order, issued_on, paid_on, net_cents, vat_cents, gross_cents, vat_rate_bp,
 *  due_cents, split_payment, pdf, xml} */
json_t *describe_invoice(void *mem, const struct invoice *invoice, const char *order_code);

/* {id, brand, address, since, last_at, times, status, said, mail, template, mailbox}: an address from which mails come back */
json_t *describe_bounce(const struct bounce *bounce);
/* {id, at, brand, door, actor, kind, order_id, mailbox_id, data} */
json_t *describe_event(const struct event *event);

/* {statements, entries, matched, held:[{amount_cents, currency, remittance, reason}], held_count, duplicates, ignored}
 */
json_t *describe_import_result(const struct import_result *result);

/* {id, brand, order, channel, file{name, content_type, sha256}, state, kind, reason, received_at, due_at, decided_at, decided_by,
 * alert_on} */
json_t *describe_proof(const struct proof *proof);

/* {id, brand, order, kind, number, abi, cab, drawer, amount_cents, dated_on, state, received_on, deposited_on, clears_on, closed_on,
 * held_reason} */
json_t *describe_cheque(const struct cheque *cheque);
