/* web/office.h: the pages of the desk, below /office/: no brand's, with operators of their own (shop/operator.h). A handler begins with
 * office_open and ends with office_show, office_go or office_problem. */
#pragma once

#include "shop/task.h"
#include "web/page.h"

struct office {
    struct page page; /* for what the forms of both share; its brand is only the first one's, its visitor nobody */
    bool signed_in;
    struct operator operator;
    int64_t session; /* the operator's own, of this browser */
    char actor_name[OPERATOR_TEXT];
    struct actor actor; /* when signed_in */
};

/* What a page reads, in the snapshot in which the operator is recognised; as page_read. */
typedef enum outcome office_read(struct db_tx *tx, struct office *o, void *arg, struct problem *why);

/* False when the answer has been given already: nobody signed in (sent to the login), a right that the role lacks, a form without its
 * token, a refusal of `read`. The right is that of the page's row in office_routes.c; without one, anybody, signed in or not. */
bool office_open(struct http_request *req, office_read *read, void *arg, struct office *o);

/* For the page of one task, in its `read`: whether it waits in the queue and who has it, shown on top with the way to the next. */
enum outcome office_task(struct db_tx *tx, struct office *o, const char *queue, const char *item) must_check;

/* "3 ore", "2 giorni": how long until, or since. */
char *office_span(const struct page *p, int64_t us);

/* A row's number in the address, or in a text; 0: none that could be. */
int64_t office_id(const struct http_request *req, const char *parameter);
int64_t office_number(const char *text);

void office_show(struct office *o, int status, const char *name, const char *title); /* views/page/office_NAME.html */
void office_go(struct office *o, const char *path);                                  /* 303 */
void office_problem(struct office *o, const struct problem *problem);
void office_failed(struct office *o, enum outcome outcome, const struct problem *why);

const char *office_role_label(const struct page *p, const char *role);

#define OFFICE_COOKIE "casella_office"
#define OFFICE_VISIT  "casella_office_visit"
#define OFFICE_ENTRY  "casella_office_entry" /* of a login whose code is awaited */
#define OFFICE_PATH   "/office"

/* office_login.c */
http_handler office_home, office_login, office_login_sent, office_logout, office_password, office_password_sent;
const char *office_safe_next(const char *next); /* only an address of the desk may be gone to afterwards; NULL: none */
char *office_with_next(void *mem, const char *path, const char *next); /* "/office/codice?next=…"; NULL: the path alone */
/* office_code.c */
http_handler office_code, office_code_sent;
void office_put_recovery(struct office *o, char (*codes)[RECOVERY_TEXT]);
/* office_operators.c */
http_handler office_operators, office_operator_new, office_operator_new_sent;
json_t *office_roles(const struct page *p, const char *chosen);   /* [{value, label, selected}] */
json_t *office_brands(const struct office *o, const char *chosen);
void office_show_link(struct office *o, const char *email, const char *link, int64_t id);
/* office_operator.c */
http_handler office_operator, office_operator_sent, office_operator_disable_sent, office_operator_link_sent, office_operator_factor_sent,
    office_operator_sessions_sent;
/* office_log.c */
http_handler office_log, office_log_csv, office_log_jsonl, office_log_verify;
/* office_webhooks.c */
http_handler office_webhooks, office_webhooks_sent, office_webhook, office_webhook_again, office_webhook_since, office_webhook_enable,
    office_webhook_rotate, office_webhook_remove;
/* office_profile.c */
http_handler office_profile, office_session_sent, office_sessions_sent, office_recovery_sent, office_own_password_sent;
json_t *office_sessions(const struct office *o, const struct operator_session *sessions, size_t count); /* rows of part/office_sessions */
/* office_approvals.c */
http_handler office_approvals, office_approval, office_approval_sent;
/* office_bounces.c */
http_handler office_bounces, office_bounce_sent;
/* office_money.c */
http_handler office_money;
/* office_held.c */
http_handler office_held;
/* office_held_one.c, office_held_act.c */
http_handler office_held_one, office_held_sent, office_held_undo, office_held_write;
/* office_statements.c */
#define OFFICE_STATEMENT_LIMIT ((size_t)64 << 20) /* bytes of a form with a bank's file */
http_handler office_statements, office_statement_sent, office_statement, office_statement_book, office_statement_drop;
/* office_cash.c */
http_handler office_cash, office_cash_csv;
/* office_proofs.c */
http_handler office_proofs, office_proof, office_proof_sent, office_proof_file;
/* office_cheques.c */
http_handler office_cheques, office_cheque_sent, office_cheque_act;
/* office_refund.c */
http_handler office_refund, office_refund_turned;
/* office_refunds.c */
http_handler office_refunds, office_refunds_csv, office_refund_sent;
/* office_today.c */
http_handler office_today, office_next, office_tasks;
/* office_task.c */
http_handler office_one, office_put_off, office_effect_again, office_effect_close;
/* office_invoices.c, office_invoice.c, office_invoice_act.c */
http_handler office_invoices, office_odd_notices, office_invoice, office_invoice_pdf, office_invoice_xml, office_notice;
http_handler office_credit_sent, office_again_sent;
http_handler office_vat, office_vat_csv;        /* office_vat.c */
http_handler office_public, office_public_sent; /* office_public.c */
/* office_queue.c */
http_handler office_queue;
/* office_catalogue.c */
http_handler office_catalogue_home, office_catalogue, office_catalogue_back;
const struct brand *office_catalogue_brand(const struct office *o); /* of the address; NULL: unknown, or not the operator's to see */
http_handler office_catalogue_change, office_catalogue_change_sent; /* office_catalogue_change.c */
/* office_texts.c, office_text.c, office_text_edit.c */
#define OFFICE_TEXT_LIMIT ((size_t)1 << 20) /* bytes of a form with a text */
http_handler office_texts, office_text, office_text_preview, office_text_publish, office_text_drop, office_text_edit, office_text_sent;
/* office_forecast.c */
http_handler office_forecast;
/* office_conventions.c */
http_handler office_conventions, office_convention_report, office_roster, office_roster_sent, office_roster_confirmed;
/* office_exports.c */
http_handler office_exports, office_export_mailboxes, office_export_inipec;
/* office_reports.c */
struct report_kind;
void office_report_tabs(struct page *p, const struct report_kind *here); /* `tabs` of page/office_report; NULL: the exports */
http_handler office_reports, office_report, office_report_csv;
/* office_holder.c */
http_handler office_holders, office_holder, office_holder_sent, office_holder_document;
/* office_review.c */
http_handler office_review, office_review_sent, office_retry, office_remind, office_names, office_document, office_contract;
/* office_search.c */
http_handler office_search;
/* office_mailbox.c */
http_handler office_mailbox, office_mailbox_suspend, office_mailbox_resume, office_mailbox_cease, office_mailbox_hold,
    office_mailbox_lift, office_mailbox_legal, office_mailbox_contact;
/* office_renew.c */
http_handler office_renew, office_renew_sent;
/* office_space.c */
http_handler office_space, office_space_sent;
/* office_buy.c */
http_handler office_buy, office_buy_sent;
/* office_account.c */
http_handler office_account;
http_handler office_erasure, office_erasure_sent; /* office_erasure.c */
http_handler office_logs, office_logs_csv; /* office_logs.c */
/* portal_order_terms.c */
http_handler office_order_terms;
/* office_order.c */
http_handler office_order, office_order_cancel, office_order_mail;
/* office_notes.c */
http_handler office_note, office_note_pin;
