/* rules/autorenew.c: the table of DOMAIN §3.6, and its days. */
#include "rules/autorenew.h"
#include "base/i18n.h"
#include "base/naming.h"
#include <stdlib.h>
#include <string.h>

static const struct {
    enum mandate_state from;
    enum mandate_event event;
    enum mandate_state to;
} TRANSITIONS[] = {
    {MANDATE_OFF, MANDATE_EVENT_SWITCH_ON, MANDATE_ON}, /* A1 */
    {MANDATE_METHOD_MISSING, MANDATE_EVENT_SWITCH_ON, MANDATE_ON},

    {MANDATE_ON, MANDATE_EVENT_WARN, MANDATE_NOTIFIED}, /* A2, at three months */
    {MANDATE_NOTIFIED, MANDATE_EVENT_WARN, MANDATE_NOTIFIED},

    {MANDATE_NOTIFIED, MANDATE_EVENT_CHARGE, MANDATE_CHARGING}, /* A3 */
    {MANDATE_RETRYING, MANDATE_EVENT_CHARGE, MANDATE_CHARGING},

    {MANDATE_CHARGING, MANDATE_EVENT_RENEW, MANDATE_ON},    /* A4 */
    {MANDATE_ON, MANDATE_EVENT_RENEW, MANDATE_ON},          /* A11: a change of type renews too */
    {MANDATE_NOTIFIED, MANDATE_EVENT_RENEW, MANDATE_ON},    /* A11 */
    {MANDATE_RETRYING, MANDATE_EVENT_RENEW, MANDATE_ON},    /* by hand, between two attempts */
    {MANDATE_FAILED_OPEN, MANDATE_EVENT_RENEW, MANDATE_ON}, /* A6: by hand, the instrument stays */
    {MANDATE_METHOD_MISSING, MANDATE_EVENT_RENEW, MANDATE_METHOD_MISSING},

    {MANDATE_CHARGING, MANDATE_EVENT_REFUSE, MANDATE_RETRYING}, /* A5 */

    {MANDATE_CHARGING, MANDATE_EVENT_GIVE_UP, MANDATE_FAILED_OPEN}, /* A6 */
    {MANDATE_RETRYING, MANDATE_EVENT_GIVE_UP, MANDATE_FAILED_OPEN},
    {MANDATE_ON, MANDATE_EVENT_GIVE_UP, MANDATE_FAILED_OPEN},       /* the day had passed before anything was told */
    {MANDATE_NOTIFIED, MANDATE_EVENT_GIVE_UP, MANDATE_FAILED_OPEN}, /* A10 */

    {MANDATE_ON, MANDATE_EVENT_LOSE_METHOD, MANDATE_METHOD_MISSING}, /* A7 */
    {MANDATE_NOTIFIED, MANDATE_EVENT_LOSE_METHOD, MANDATE_METHOD_MISSING},
    {MANDATE_CHARGING, MANDATE_EVENT_LOSE_METHOD, MANDATE_METHOD_MISSING},
    {MANDATE_RETRYING, MANDATE_EVENT_LOSE_METHOD, MANDATE_METHOD_MISSING},
    {MANDATE_FAILED_OPEN, MANDATE_EVENT_LOSE_METHOD, MANDATE_METHOD_MISSING},
    {MANDATE_METHOD_MISSING, MANDATE_EVENT_LOSE_METHOD, MANDATE_METHOD_MISSING},

    {MANDATE_ON, MANDATE_EVENT_SWITCH_OFF, MANDATE_OFF_BY_USER}, /* A8 */
    {MANDATE_NOTIFIED, MANDATE_EVENT_SWITCH_OFF, MANDATE_OFF_BY_USER},
    {MANDATE_METHOD_MISSING, MANDATE_EVENT_SWITCH_OFF, MANDATE_OFF_BY_USER},

    {MANDATE_FAILED_OPEN, MANDATE_EVENT_CLOSE_ORDER, MANDATE_OFF}, /* A9 */
    {MANDATE_RETRYING, MANDATE_EVENT_CLOSE_ORDER, MANDATE_OFF},
    {MANDATE_CHARGING, MANDATE_EVENT_CLOSE_ORDER, MANDATE_OFF}, /* what the provider then takes goes back by itself */
    {MANDATE_METHOD_MISSING, MANDATE_EVENT_CLOSE_ORDER, MANDATE_METHOD_MISSING},

    {MANDATE_OFF, MANDATE_EVENT_END, MANDATE_OFF},
    {MANDATE_ON, MANDATE_EVENT_END, MANDATE_OFF},
    {MANDATE_NOTIFIED, MANDATE_EVENT_END, MANDATE_OFF},
    {MANDATE_CHARGING, MANDATE_EVENT_END, MANDATE_OFF},
    {MANDATE_RETRYING, MANDATE_EVENT_END, MANDATE_OFF},
    {MANDATE_FAILED_OPEN, MANDATE_EVENT_END, MANDATE_OFF},
    {MANDATE_METHOD_MISSING, MANDATE_EVENT_END, MANDATE_OFF},
};

static const struct {
    const char *name, *label;
    bool alive;
} STATES[MANDATE_STATES] = {
    [MANDATE_OFF] = {"off", N_("non attivo"), false},
    [MANDATE_ON] = {"on", N_("attivo"), true},
    [MANDATE_NOTIFIED] = {"notified", N_("attivo, addebito annunciato"), true},
    [MANDATE_CHARGING] = {"charging", N_("addebito in corso"), true},
    [MANDATE_RETRYING] = {"retrying", N_("addebito non riuscito, si riprova"), true},
    [MANDATE_FAILED_OPEN] = {"failed_open", N_("addebito non riuscito, ordine da pagare"), true},
    [MANDATE_METHOD_MISSING] = {"method_missing", N_("sospeso: manca il modo di pagamento"), false},
    [MANDATE_OFF_BY_USER] = {"off_by_user", N_("disattivato"), false},
};
NAMING(mandate_state, STATES);

enum outcome mandate_transition(enum mandate_state from, enum mandate_event event, enum mandate_state *to,
                                struct problem *why)
{
    for (size_t i = 0; i < count_of(TRANSITIONS); i++) {
        if (TRANSITIONS[i].from == from && TRANSITIONS[i].event == event) {
            *to = TRANSITIONS[i].to;
            return DONE;
        }
    }
    return problem_set(why, PROBLEM_MANDATE_STATE, "", "%s", mandate_state_label(from));
}

bool mandate_is_alive(enum mandate_state state)
{
    return STATES[state].alive;
}

bool mandate_is_standing(enum mandate_state state)
{
    return STATES[state].alive || state == MANDATE_METHOD_MISSING;
}

/* ---- When ---- */

const char *autorenew_warning_name(enum autorenew_warning warning)
{
    return warning == WARNING_FIRST ? "first" : warning == WARNING_SECOND ? "second" : "";
}

struct autorenew_days autorenew_days(struct day ends_on, const struct autorenew_policy *policy)
{
    return (struct autorenew_days){.first = day_add_months(ends_on, -policy->warn_months_before, 0),
                                   .second = day_plus(ends_on, -policy->warn_days_before),
                                   .charge = day_plus(ends_on, -policy->charge_days_before)};
}

enum autorenew_warning autorenew_warning_on(struct day ends_on, struct day today, const struct autorenew_policy *policy,
                                            struct day *next)
{
    struct autorenew_days days = autorenew_days(ends_on, policy);
    bool first = !day_before(today, days.first), second = !day_before(today, days.second);

    *next = second ? (struct day){0} : first ? days.second : days.first;
    return second ? WARNING_SECOND : first ? WARNING_FIRST : WARNING_NONE;
}

bool autorenew_next_try(struct day ends_on, struct day today, const struct autorenew_policy *policy, struct day *next)
{
    for (int i = 0; i < policy->retry_count; i++) {
        *next = day_plus(ends_on, -policy->retry_days[i]);
        if (day_before(today, *next))
            return true;
    }
    return false;
}

/* ---- How much ---- */

bool autorenew_may_charge(const struct autorenew_amounts *a)
{
    if (a->now.cents <= a->agreed.cents)
        return true;
    return a->now.cents <= a->announced.cents && (a->noticed || !a->consumer);
}

/* ---- What a refusal means ---- */

static const struct {
    const char *code;
    enum autorenew_refusal is;
} NAMED[] = {
    {"expired_card", REFUSAL_METHOD},
    {"CARD_EXPIRED", REFUSAL_METHOD},
    {"AGREEMENT_ALREADY_CANCELLED", REFUSAL_METHOD},
    {"TOKEN_ID_NOT_FOUND", REFUSAL_METHOD},
    {"resource_missing", REFUSAL_METHOD},
    {"lost_card", REFUSAL_HARD},
    {"stolen_card", REFUSAL_HARD},
    {"pickup_card", REFUSAL_HARD},
    {"restricted_card", REFUSAL_HARD},
    {"fraudulent", REFUSAL_HARD},
    {"incorrect_number", REFUSAL_HARD},
    {"invalid_account", REFUSAL_HARD},
    {"revocation_of_authorization", REFUSAL_HARD},
    {"revocation_of_all_authorizations", REFUSAL_HARD},
    {"stop_payment_order", REFUSAL_HARD},
    {"transaction_not_allowed", REFUSAL_HARD},
    {"PAYER_ACCOUNT_LOCKED_OR_CLOSED", REFUSAL_HARD},
    {"PAYER_ACCOUNT_RESTRICTED", REFUSAL_HARD},
};

/* Axerve's (PAYMENTS §1.6). */
static const struct {
    int from, to;
    enum autorenew_refusal is;
} NUMBERED[] = {
    {1160, 1165, REFUSAL_METHOD},
    {998, 998, REFUSAL_HARD},
    {1120, 1120, REFUSAL_HARD},
};

enum autorenew_refusal autorenew_refusal(const char *code)
{
    size_t digits = strspn(code, "0123456789");
    int number = digits > 0 && digits < 7 && !code[digits] ? atoi(code) : 0;

    for (size_t i = 0; i < count_of(NAMED); i++)
        if (strcmp(NAMED[i].code, code) == 0)
            return NAMED[i].is;
    for (size_t i = 0; i < count_of(NUMBERED); i++)
        if (number >= NUMBERED[i].from && number <= NUMBERED[i].to)
            return NUMBERED[i].is;
    return REFUSAL_SOFT;
}

bool autorenew_card_is_over(int month, int year, struct day today)
{
    struct ymd now = day_split(today);

    return month && (year < now.year || (year == now.year && month < now.month));
}
