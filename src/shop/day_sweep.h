/* shop/day_sweep.h: the tasks of the day that age rows of people's doing: orders, proofs, requests, drafts, sessions. */
#pragma once

#include "shop/day.h"

enum outcome day_orders(struct day_turn *turn, int64_t *done) must_check;          /* O10: nobody paid in time */
enum outcome day_spaces(struct day_turn *turn, int64_t *done) must_check;          /* carried over the end of a term, and not paid */
enum outcome day_announcements(struct day_turn *turn, int64_t *done) must_check;   /* A2, A7: after the notices */
enum outcome day_charges(struct day_turn *turn, int64_t *done) must_check;         /* A3-A6 */
/* Who renews automatically is told of a price that the desk has dated, once a change; hourly, since one may be dated for tomorrow. */
enum outcome day_prices(struct day_turn *turn, int64_t *done) must_check;
enum outcome day_proofs(struct day_turn *turn, int64_t *done) must_check;          /* P21: accepted, and no credit came */
enum outcome day_requests_silent(struct day_turn *turn, int64_t *done) must_check; /* M10: before who is reminded */
enum outcome day_requests_remind(struct day_turn *turn, int64_t *done) must_check;
enum outcome day_holder_changes(struct day_turn *turn, int64_t *done) must_check;  /* M25: nobody answered in time */
enum outcome day_activations(struct day_turn *turn, int64_t *done) must_check;     /* L15 */
enum outcome day_drafts(struct day_turn *turn, int64_t *done) must_check;          /* M1, and names nobody holds any more */
enum outcome day_documents(struct day_turn *turn, int64_t *done) must_check;       /* K6 */
enum outcome day_erasures(struct day_turn *turn, int64_t *done) must_check;        /* L30: what had to be kept may go */
enum outcome day_log_references(struct day_turn *turn, int64_t *done) must_check;  /* L1: thirty months */
enum outcome day_approvals(struct day_turn *turn, int64_t *done) must_check;       /* nobody decided in time */
enum outcome day_chain(struct day_turn *turn, int64_t *done) must_check;           /* the chain of events, once a day, some an hour */
enum outcome day_sessions(struct day_turn *turn, int64_t *done) must_check;
enum outcome day_invoices(struct day_turn *turn, int64_t *done) must_check;        /* those that wait to be sent to SdI */
