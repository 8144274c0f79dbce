/* web/wizard_steps.c: every step that a wizard may be made of; rules/steps.c says in which order. */

#include "web/wizard.h"

extern const struct wizard_step STEP_PAGE_TYPE, STEP_PAGE_HOLDER, STEP_PAGE_TERM, STEP_PAGE_BILLING, STEP_PAGE_PAYMENT,
    STEP_PAGE_CONTRACT, STEP_PAGE_SUMMARY, STEP_PAGE_CONFIRM;

const struct wizard_step *const WIZARD_STEPS[] = {
    &STEP_PAGE_TYPE,    &STEP_PAGE_HOLDER,  &STEP_PAGE_TERM,
    &STEP_PAGE_BILLING, &STEP_PAGE_PAYMENT, &STEP_PAGE_CONTRACT,
    &STEP_PAGE_SUMMARY, &STEP_PAGE_CONFIRM, NULL,
};
