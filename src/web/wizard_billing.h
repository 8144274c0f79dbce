/* web/wizard_billing.h: billing data among a wizard's answers, as billing_values writes them. */
#pragma once

#include "web/wizard.h"

/* False, and *billing as it was, where there are none. */
bool billing_from_json(void *mem, const json_t *kept, struct billing *billing) must_check;
