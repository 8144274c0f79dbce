/* web/api.h: what every call of the JSON API shares: who calls, by a bearer key; in which language faults are told; and
 * the promise of Idempotency-Key, that a request sent twice is done once and answered twice.
 *
 * A GET costs one reading transaction, a POST one writing one: the key is looked up, an earlier answer searched, the
 * use case run and its answer kept in the same transaction, so an answer exists exactly when its order does. Only what
 * was done is kept: a refusal changed nothing, and the same request may be sent again with the same key.
 *
 * A POST that asks a payment provider costs two: api_begin, in which what it begins with and that it has begun are written
 * together; then the provider is asked, outside; then api_finish keeps the answer. Who comes again with the key in between,
 * or after a crash, finds what was begun and goes on from there. */
#pragma once

#include "shop/operator.h"
#include "web/page.h"

#define API_ROOT            "/api/v1"
#define API_STATEMENT_LIMIT ((size_t)600 << 20) /* bytes of a bank's file */

struct call {
    struct http_request *req;
    void *mem; /* the request's */
    struct web *web;
    struct shop *shop;
    const char *language; /* of faults: "it", "en" */
    const char *bearer;
    enum key_right right;     /* what the key must be allowed */
    const char *idempotency;  /* the Idempotency-Key of a POST; NULL where there is none, or no good one */
    char request[TOKEN_TEXT]; /* SHA-256 of its method, path, query and body */
    void (*ahead)(struct db_tx *tx, void *arg); /* of api_write: tells what `work` will read; NULL: nothing */
    bool alone; /* of api_write: the work reads what others may be changing, and must run as if they were not there */

    /* Set anew each time a transaction runs. */
    struct api_key key;
    struct given_answer given; /* under that Idempotency-Key */
    struct actor actor;
    struct problems faults; /* why it is REFUSED */
    int status;
    json_t *body;  /* what `work` answers; NULL: nothing */
    char *answer;  /* the same, as it is sent and kept */
    bool replayed; /* `answer` is that of an earlier request */
    char *begun;   /* what was begun with, as JSON, while there is no answer */
    bool resumed;  /* an earlier request began it */
};

/* What a call does once its key is known to be good, in the same transaction. Sets c->body, and c->status unless it is
 * 200. REFUSED with faults by api_refuse. May run several times. */
typedef enum outcome api_work(struct db_tx *tx, struct call *c, void *arg);

/* False when the answer has been given already: no key, or no such key could be. */
bool api_open(struct http_request *req, enum key_right right, struct call *c);
/* The same for a POST, whose body is `req->body`, or the spooled file. What is wrong with its Idempotency-Key is among
 * c->faults. */
bool api_open_post(struct http_request *req, enum key_right right, struct call *c);
/* A POST's body, read by `fields` into `form`; NULL: its members are read by the caller. The object lives as long as the request; NULL, with
 * the faults, where there is none or it does not fit. */
json_t *api_body(struct call *c, const struct form_field *fields, void *form);
/* Nothing needs to be said in the body; an object without members says it. */
void api_check_empty(struct call *c);

/* ---- What the desk's pages do (api_desk.c) ----
 *
 * A row of API_ROUTES may name a right of the desk's (shop/operator.h): then the key must also be of a role that has it, so that an
 * address allows no more than the page that does the same. */

/* The key as one of the desk's roles: for what asks which brand, or which role, it is. It is nobody: id 0. */
struct operator api_desk(const struct call *c);
/* A GET whole: its query has these members and no others, then `work` reads, then its answer goes. NULL: none. */
void api_get(struct call *c, const char *const *known, api_work *work, void *arg);
/* A POST whole: its body is read by `fields` into `form` (NULL: an object without members), `work` done alone, its answer sent. */
void api_post(struct call *c, const struct form_field *fields, void *form, api_work *work, void *arg);
/* A member of c->answer that is shown once and kept nowhere: the answer that is kept, and given to the same request again, has null. */
void api_tell_once(struct call *c, const char *name, const char *secret);
/* What a use case answered: where it REFUSED with *why, that is the fault. */
enum outcome api_passed(struct call *c, enum outcome outcome, const struct problem *why);
/* A row's number in the address; 0: none that could be. */
int64_t api_id(const struct http_request *req, const char *parameter);
/* A member of the query, "" where it is absent. */
const char *api_text(struct call *c, const char *name);

/* Each is false when the answer has been given already: the key is unknown or may not, or `work` failed. */
bool api_read(struct call *c, api_work *work, void *arg);
bool api_write(struct call *c, api_work *work, void *arg); /* c->answer may be that of an earlier request */
/* As api_write, but what `work` answers is only what it begins with: c->begun. c->answer is that of an earlier request that
 * has been finished, else NULL. */
bool api_begin(struct call *c, api_work *work, void *arg);
bool api_finish(struct call *c, api_work *work, void *arg); /* c->answer; another's who was quicker */
/* What was begun cannot be: c->faults say why, and the key may be used again. */
void api_give_up(struct call *c);
/* Before anything is done that api_write cannot do: whether nothing is wrong with the call so far, its key is good, and the same has not
 * been asked before. False when the answer has been given already. */
bool api_is_new(struct call *c);

void api_send(struct call *c); /* c->answer with c->status */

enum outcome api_refuse(struct call *c, enum problem_code code, const char *field, const char *format, ...)
    like_printf(4, 5);
/* Answers c->faults, once it is sure that the caller may know of them. */
void api_send_faults(struct call *c);
void api_fail(struct call *c, enum outcome outcome); /* of c->faults when REFUSED */

/* Whether the key may know of this brand's things. */
bool api_sees(const struct call *c, const char *brand);
/* The brand that a form or a query names; "" or NULL: the key's. REFUSED with the fault on `brand`. */
enum outcome api_find_brand(struct call *c, const char *named, const struct brand **brand) must_check;

/* "it" or "en", whichever Accept-Language likes more. */
const char *api_language(const struct http_request *req);

/* A member of the query as a whole number within bounds, `otherwise` where it is absent. REFUSED with the fault. */
enum outcome api_number(struct call *c, const char *name, int64_t least, int64_t most, int64_t otherwise,
                        int64_t *number) must_check;
/* The query has these members and no others; the list ends with NULL. */
enum outcome api_query(struct call *c, const char *const *known) must_check;

/* api_sale.c */
http_handler api_vat_register, api_vat_register_csv, api_invoice_send, api_public_body;
/* api_prices.c */
http_handler api_prices, api_price_post, api_sale_post, api_price_withdraw;
/* api_texts.c */
http_handler api_texts, api_text_one, api_text_post, api_text_withdraw;
/* api_mailboxes.c */
http_handler api_mailbox, api_renewal;
/* api_lookup.c */
http_handler api_lookup;
/* api_ending.c */
http_handler api_termination, api_termination_undo, api_hold, api_hold_lift;
/* api_conventions.c */
http_handler api_conventions, api_convention, api_convention_members, api_convention_report, api_convention_roster, api_convention_order;
/* api_autorenew.c */
http_handler api_autorenew, api_autorenew_on, api_autorenew_off;
/* api_orders.c */
http_handler api_order_post, api_order, api_order_cancel;
/* api_erasure.c */
http_handler api_erasure, api_erasure_post;
/* api_logs.c */
http_handler api_logs, api_log_post;
/* api_purchase.c */
http_handler api_name_checks;
/* api_proofs.c */
http_handler api_proof_post, api_proofs, api_proof, api_proof_file, api_proof_verdict;
/* api_documents.c */
http_handler api_documents, api_documents_post;
/* api_review.c */
http_handler api_review_post, api_reviews, api_review_remind, api_review_retry, api_review_names;
/* api_cheques.c */
http_handler api_cheque_post, api_cheques, api_cheque_deposit, api_cheque_clear, api_cheque_bounce;
/* api_pay.c */
http_handler api_payment_post;
/* api_money.c */
http_handler api_held, api_held_refund, api_held_returned, api_refund_post;
/* api_held.c */
http_handler api_held_one, api_held_assign, api_held_split, api_held_credit, api_held_foreign, api_held_undo, api_held_write;
/* api_cash.c */
http_handler api_cash;
/* api_withdraw.c */
http_handler api_withdraw;
/* api_refunds.c */
http_handler api_refunds, api_refund_turn, api_refund_sent, api_refund_drop;
/* api_wallet.c */
http_handler api_wallet, api_topup_post;
/* api_statements.c */
http_handler api_statement_post;
/* api_invoices.c */
http_handler api_invoice;
/* api_sdi.c */
http_handler api_invoices, api_invoice_sdi, api_invoice_again;
/* api_bounces.c */
http_handler api_bounces, api_bounce_clear;
/* api_webhooks.c */
http_handler api_webhooks, api_webhook_deliveries, api_webhook_replay, api_webhook_enable, api_webhook_remove,
    api_webhook_post, api_webhook_rotate;
/* api_domains.c */
http_handler api_domain, api_domain_add, api_domain_renewed, api_domain_unregistered, api_domain_registered;
/* api_events.c */
http_handler api_events;
/* api_reports.c */
http_handler api_report;
/* api_govern.c */
http_handler api_suspend, api_resume, api_cease, api_holds, api_desk_hold, api_desk_hold_lift, api_contact;
/* api_notices.c */
http_handler api_notices_forecast;
/* api_notes.c */
http_handler api_notes, api_note_post, api_note_pin;
/* api_tasks.c */
http_handler api_tasks, api_queue, api_task, api_effect_again, api_effect_close;
/* api_approvals.c */
http_handler api_approvals, api_approval, api_approval_withdraw;
/* api_operators.c */
http_handler api_operators, api_operator, api_operator_post, api_operator_change, api_operator_disable;
/* api_search.c */
http_handler api_search;
/* api_accounts.c */
http_handler api_accounts, api_account, api_person;
/* api_mails.c */
http_handler api_mails, api_mail_again;
/* api_holders.c */
http_handler api_holder_changes, api_holder_change, api_holder_ask, api_holder_verdict;
/* api_exports.c */
http_handler api_export_mailboxes, api_export_inipec;
/* api_log.c */
http_handler api_log, api_log_verify;
/* api_service.c */
http_handler api_document, api_health, api_metrics;
