/* shop/describe_holder.h: changes of holder as JSON for machines, for the API and the command line alike. */
#pragma once

#include "store/holder_change.h"
#include <jansson.h>

/* {id, brand, mailbox, state, note, asked_at, accepted_at, ended_at, expires_on, holder {kind, name, tax_code, …}} */
json_t *describe_holder_change(const struct holder_change *change);
/* Who held it, oldest first: [{name, tax_code, activated_on, since, until}]. */
json_t *describe_holdings(const struct holding *all, size_t count);
