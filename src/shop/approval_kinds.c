/* What may need a second person. Each kind's act stands with its use case. */
#include "shop/approval.h"
#include "shop/erasure.h"
#include "shop/govern.h"
#include "shop/wording.h"
#include <string.h>

const struct approval_kind *const APPROVAL_KINDS[] = {
    &APPROVE_OWNER_OUT, &APPROVE_PRICE,   &APPROVE_CEASE, &APPROVE_HOLD_LIFTED,
    &APPROVE_REFUND,    &APPROVE_ERASURE, &APPROVE_TEXT,  NULL,
};

const struct approval_kind *approval_kind_by_name(const char *name)
{
    const struct approval_kind *const *kind = APPROVAL_KINDS;

    while (*kind && strcmp((*kind)->name, name) != 0)
        kind++;
    return *kind;
}
