#include "rules/holder_change.h"
#include "base/i18n.h"
#include "base/naming.h"

#define IN(state)    HOLDER_CHANGE_##state
#define EVENT(event) HOLDER_CHANGE_EVENT_##event

/* While it is at the desk only the mailbox's end lets it expire: the one whose turn it is there is not the customer. */
static const struct {
    enum holder_change_state from;
    enum holder_change_event event;
    enum holder_change_state to;
} TRANSITIONS[] = {
    {IN(ASKED), EVENT(ACCEPT), IN(ACCEPTED)},      {IN(ASKED), EVENT(CANCEL), IN(CANCELLED)},
    {IN(ASKED), EVENT(DECLINE), IN(DECLINED)},     {IN(ASKED), EVENT(EXPIRE), IN(EXPIRED)},
    {IN(ACCEPTED), EVENT(SEND), IN(IN_REVIEW)},    {IN(ACCEPTED), EVENT(CANCEL), IN(CANCELLED)},
    {IN(ACCEPTED), EVENT(DECLINE), IN(DECLINED)},  {IN(ACCEPTED), EVENT(REFUSE), IN(REFUSED)},
    {IN(ACCEPTED), EVENT(EXPIRE), IN(EXPIRED)},    {IN(IN_REVIEW), EVENT(REJECT), IN(ACCEPTED)},
    {IN(IN_REVIEW), EVENT(PASS), IN(DONE)},        {IN(IN_REVIEW), EVENT(CANCEL), IN(CANCELLED)},
    {IN(IN_REVIEW), EVENT(DECLINE), IN(DECLINED)}, {IN(IN_REVIEW), EVENT(REFUSE), IN(REFUSED)},
    {IN(IN_REVIEW), EVENT(EXPIRE), IN(EXPIRED)},
};

static const struct naming STATES[HOLDER_CHANGE_STATES] = {
    [HOLDER_CHANGE_ASKED] = {"asked", N_("in attesa del nuovo intestatario")},
    [HOLDER_CHANGE_ACCEPTED] = {"accepted", N_("in attesa del documento d'identità")},
    [HOLDER_CHANGE_IN_REVIEW] = {"in_review", N_("documenti in verifica")},
    [HOLDER_CHANGE_DONE] = {"done", N_("concluso")},
    [HOLDER_CHANGE_CANCELLED] = {"cancelled", N_("annullato dall'intestatario")},
    [HOLDER_CHANGE_DECLINED] = {"declined", N_("rifiutato dal nuovo intestatario")},
    [HOLDER_CHANGE_REFUSED] = {"refused", N_("respinto")},
    [HOLDER_CHANGE_EXPIRED] = {"expired", N_("decaduto")},
};
NAMING(holder_change_state, STATES);

enum outcome holder_change_transition(enum holder_change_state from, enum holder_change_event event,
                                      enum holder_change_state *next, struct problem *why)
{
    for (size_t i = 0; i < count_of(TRANSITIONS); i++)
        if (TRANSITIONS[i].from == from && TRANSITIONS[i].event == event) {
            *next = TRANSITIONS[i].to;
            return DONE;
        }
    return problem_set(why, PROBLEM_HOLDER_CHANGE_STATE, "", "%s", holder_change_state_label(from));
}

bool holder_change_is_open(enum holder_change_state state)
{
    return state < HOLDER_CHANGE_DONE;
}
