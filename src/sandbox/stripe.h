/* sandbox/stripe.h: what the files of the simulated Stripe share.
 *
 * A payment's `data` holds {"session", "intent", "charge"}, each Stripe's own object or absent. Its id is the session's, or the
 * intent's where there is none; its events are the refunds. */
#pragma once

#include "sandbox/parts.h"

/* ---- stripe.c: answers, events ---- */

/* {"error": {"type", "code", "message", "param"}}; code, param "": left out. */
void stripe_refuse(struct call *call, int status, const char *type, const char *code, const char *param, const char *message);
void stripe_missing(struct call *call, const char *what, const char *id, int status); /* "No such payment_intent: 'pi_x'" */
void stripe_answer(struct call *call, int status, const json_t *object); /* with what `expand` names put in */
void stripe_tell(struct sandbox *s, const char *type, const json_t *object); /* an event about the object */

/* ---- stripe_form.c: parameters, as strict as Stripe ---- */

/* Every name is one of these ("line_items[][quantity]": any index), metadata, or expand. False: refused. */
bool stripe_known(struct call *call, const char *const *names);
const char *stripe_param(const struct call *call, const char *name); /* NULL: absent */
bool stripe_needs(struct call *call, const char *const *names);      /* present and not empty */
bool stripe_whole(struct call *call, const char *name, int64_t least, int64_t most, int64_t *value); /* untouched when absent */
bool stripe_word(struct call *call, const char *name, const char *const *words);                      /* absent is right */
bool stripe_metadata(struct call *call, const char *prefix, json_t **metadata);                       /* "metadata" */

/* ---- stripe_intent.c ---- */

struct payment *stripe_by_intent(struct sandbox *s, const char *id);
json_t *stripe_part(const struct payment *p, const char *name); /* "session", "intent", "charge"; NULL: none */
json_t *stripe_new_intent(struct payment *p, const char *id, const char *description, json_t *metadata);
/* Pays by p->card: the intent, the charge, and what the shop is told. The error's code, or NULL. */
const char *stripe_pay(struct sandbox *s, struct payment *p, enum fate fate, const char *method, const char *customer);
void stripe_waits(struct sandbox *s, struct payment *p); /* the bank is silent */
void stripe_complete(struct sandbox *s, struct payment *p);
void stripe_dispute(struct sandbox *s, struct payment *p);
json_t *stripe_method(const struct token *t);
json_t *stripe_object(struct sandbox *s, const char *id); /* by any id; a new reference, NULL: none */
const char *stripe_message(const char *code);
call_handler stripe_create_intent, stripe_show_intent, stripe_capture_intent, stripe_detach;

/* ---- stripe_session.c ---- */

struct payment *stripe_session(struct sandbox *s, const char *id); /* lapsed ones included */
void stripe_session_paid(struct sandbox *s, struct payment *p);
void stripe_expire(struct sandbox *s, struct payment *p);
call_handler stripe_create_session, stripe_show_session, stripe_expire_session;

/* ---- stripe_refund.c, stripe_list.c ---- */

call_handler stripe_create_refund, stripe_show_refund, stripe_show_charge;
call_handler stripe_list_sessions, stripe_list_intents, stripe_list_refunds, stripe_list_events;

/* ---- stripe_page.c ---- */

void stripe_page_get(struct http_request *req);
void stripe_page_post(struct http_request *req);
void stripe_challenge_get(struct http_request *req);
void stripe_challenge_post(struct http_request *req);
