/* web/wizard_billing.h: billing data among a wizard's answers, as billing_values writes them. */
#pragma once

#include "web/wizard.h"

/* Those of that step, in canonical form, whole or not. False, and *billing as it was, where there are none. */
bool walk_kept_billing(const struct walk *w, const char *step, struct billing *billing) must_check;
