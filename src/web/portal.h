/* web/portal.h: the handlers of the portal's pages, by the file that holds them. routes.c gives each its address. */
#pragma once

#include "net/http.h"

/* portal_public.c */
http_handler portal_landing, portal_help, portal_terms, portal_privacy, portal_accessibility, portal_brand_css, portal_otherwise;
/* portal_login.c */
http_handler portal_login, portal_login_sent, portal_logout;
/* portal_register.c */
http_handler portal_register, portal_register_sent, portal_register_again, portal_register_link, portal_register_confirm;
/* portal_password.c */
http_handler portal_forgot, portal_forgot_sent, portal_reset, portal_reset_sent;
/* portal_door.c */
http_handler portal_door, portal_door_sent, portal_webmail;
/* portal_area.c */
http_handler portal_area, portal_mailbox;
/* portal_renew.c */
http_handler portal_choose, portal_choose_sent;
/* wizard.c, wizard_more.c */
http_handler portal_wizard, portal_wizard_step, portal_wizard_sent, portal_wizard_leave, portal_wizard_more;
/* portal_lookup.c */
http_handler portal_lookup, portal_lookup_begin, portal_guide_pdf;
/* portal_autorenew.c */
http_handler portal_autorenew, portal_autorenew_sent, portal_autorenew_off, portal_autorenew_off_sent;
/* portal_domain.c */
http_handler portal_domain, portal_domain_sent;
/* portal_cart.c */
http_handler portal_cart, portal_cart_remove;
/* portal_checkout.c */
http_handler portal_checkout, portal_checkout_sent;
/* portal_offers.c, portal_activation.c, portal_draft.c, portal_purchase.c */
http_handler portal_services, portal_offers, portal_activation_new, portal_activation_new_sent, portal_activation, portal_activation_sent,
    portal_reserved, portal_draft_drop, portal_draft_drop_sent, portal_purchase, portal_purchase_sent;
/* portal_order.c */
http_handler portal_order_terms; /* portal_order_terms.c */
http_handler portal_orders, portal_order, portal_order_pdf, portal_order_slip, portal_order_receipt, portal_cancel, portal_cancel_sent;
/* portal_pay.c */
http_handler portal_pay, portal_pay_sent;
/* portal_payment.c, payment_notice.c */
http_handler portal_payment_go, portal_payment_back, portal_payment_wait, portal_payment_state, payment_notice;
/* portal_wallet.c */
http_handler portal_wallet, portal_topup, portal_topup_sent;
/* portal_instrument.c */
http_handler portal_instrument, portal_instrument_sent;
/* portal_space.c */
http_handler portal_space, portal_space_sent;
/* portal_public.c */
http_handler portal_help_voted;
/* portal_terminate.c */
http_handler portal_terminate, portal_terminate_sent, portal_terminate_undone;
/* portal_withdraw.c */
http_handler portal_withdraw, portal_withdraw_sent;
/* portal_holder.c: who gives a mailbox away; portal_holder_new.c: who takes it */
http_handler portal_holder, portal_holder_sent, portal_holder_stopped, portal_holder_again;
http_handler portal_holder_offer, portal_holder_answer, portal_holder_decline, portal_holder_papers, portal_holder_papers_sent,
    portal_holder_leave, portal_holder_document;
/* portal_documents.c */
http_handler portal_documents, portal_documents_sent, portal_document, portal_contract;
/* portal_proof.c */
http_handler portal_proof, portal_proof_sent;
/* portal_invoice.c */
http_handler portal_invoices, portal_invoice;
/* portal_names.c */
http_handler portal_names, portal_names_sent;
/* portal_convention.c, portal_roster.c, portal_bulk.c */
http_handler portal_convention, portal_convention_chosen, portal_convention_report, portal_roster, portal_roster_sent,
    portal_roster_confirmed, portal_bulk, portal_bulk_sent;
/* portal_profile.c */
http_handler portal_profile, portal_profile_sent;
/* portal_profile_data.c */
http_handler portal_profile_data, portal_profile_data_sent;
/* portal_contact.c */
http_handler portal_contact, portal_contact_sent;
/* portal_email.c */
http_handler portal_email, portal_email_sent, portal_email_link, portal_email_confirm;
/* demo_*.c */
http_handler demo_mails, demo_mail, demo_clock, demo_clock_sent, demo_bank, demo_bank_sent, demo_bank_file;
