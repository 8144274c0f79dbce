/* shop/describe_autorenew.h: a mailbox's automatic renewal, as programs are told of it. */
#pragma once

#include "shop/autorenew.h"
#include <jansson.h>

/* {address, state, on, expires_on, years, charge_on, amount_cents, renewed_until, agreed_cents, method, instrument{id, label, last4,
 * expires}, consent{version, sha256, at, door, by}, order, free_withdrawal, warnings[{kind, sent_on, charge_on, amount_cents, was_cents}],
 * charges[{attempt, on, state, error}]}; `order` is the code of the one that waits, NULL: none. */
json_t *describe_autorenew(const struct mailbox *mailbox, const struct autorenew_facts *facts, const char *order);
