/* web/field_name.h: a fault as the summary on top of a form tells it, away from its field. */
#pragma once

#include "base/problem.h"

/* The problem's text; where that alone does not say which field is meant, with the field's name before it: "CAP: campo obbligatorio." */
const char *field_fault(void *mem, const char *language, const struct problem *fault);
