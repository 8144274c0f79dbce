#include "rules/payment.h"
#include "base/i18n.h"
#include "base/naming.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

/* What a cell of the table says: where the event leads, or one of the first two. */
enum cell {
    NO,
    SAME, /* old news */
    PEND,
    UNKN,
    AUTH,
    CAPT,
    ACTN,
    FAIL,
    CANC,
    EXPI,
    HELD,
    PART,
    REFU,
    BACK
};

static const enum payment_state REACHED[] = {
    [PEND] = PAYMENT_PENDING,       [UNKN] = PAYMENT_UNKNOWN,      [AUTH] = PAYMENT_AUTHORISED,
    [CAPT] = PAYMENT_CAPTURED,      [ACTN] = PAYMENT_NEEDS_ACTION, [FAIL] = PAYMENT_FAILED,
    [CANC] = PAYMENT_CANCELLED,     [EXPI] = PAYMENT_EXPIRED,      [HELD] = PAYMENT_HELD,
    [PART] = PAYMENT_PART_REFUNDED, [REFU] = PAYMENT_REFUNDED,     [BACK] = PAYMENT_CHARGED_BACK,
};

/* clang-format off */
static const unsigned char TABLE[PAYMENT_STATES][PAYMENT_EVENTS] = {
    /*                         send  lose  auth. capt. action fail  cancel expire hold release part  refund back  reinst. */
    [PAYMENT_NEW]           = {PEND, UNKN, AUTH, CAPT, ACTN,  FAIL, CANC,  EXPI,  HELD, NO,    NO,   NO,    NO,   NO},
    [PAYMENT_PENDING]       = {SAME, UNKN, AUTH, CAPT, ACTN,  FAIL, CANC,  EXPI,  HELD, NO,    NO,   NO,    NO,   NO},
    [PAYMENT_UNKNOWN]       = {PEND, SAME, AUTH, CAPT, ACTN,  FAIL, CANC,  EXPI,  HELD, NO,    NO,   NO,    NO,   NO},
    [PAYMENT_AUTHORISED]    = {SAME, UNKN, SAME, CAPT, SAME,  FAIL, CANC,  EXPI,  HELD, NO,    NO,   NO,    NO,   NO},
    [PAYMENT_NEEDS_ACTION]  = {PEND, UNKN, AUTH, CAPT, SAME,  FAIL, CANC,  EXPI,  HELD, NO,    NO,   NO,    NO,   NO},
    /* ended without money: another end is no news, money is */
    [PAYMENT_FAILED]        = {SAME, SAME, AUTH, CAPT, ACTN,  SAME, SAME,  SAME,  HELD, NO,    NO,   NO,    NO,   NO},
    [PAYMENT_CANCELLED]     = {SAME, SAME, AUTH, CAPT, SAME,  SAME, SAME,  SAME,  HELD, NO,    NO,   NO,    NO,   NO},
    [PAYMENT_EXPIRED]       = {SAME, SAME, AUTH, CAPT, SAME,  SAME, SAME,  SAME,  HELD, NO,    NO,   NO,    NO,   NO},
    /* taken: whatever came before is no news, an end without money is a contradiction */
    [PAYMENT_CAPTURED]      = {SAME, SAME, SAME, SAME, SAME,  NO,   NO,    NO,    SAME, SAME,  PART, REFU,  BACK, SAME},
    [PAYMENT_HELD]          = {SAME, SAME, SAME, SAME, SAME,  NO,   NO,    NO,    SAME, CAPT,  PART, REFU,  BACK, NO},
    [PAYMENT_PART_REFUNDED] = {SAME, SAME, SAME, SAME, SAME,  NO,   NO,    NO,    SAME, NO,    SAME, REFU,  BACK, NO},
    [PAYMENT_REFUNDED]      = {SAME, SAME, SAME, SAME, SAME,  NO,   NO,    NO,    SAME, NO,    SAME, SAME,  BACK, NO},
    [PAYMENT_CHARGED_BACK]  = {SAME, SAME, SAME, SAME, SAME,  NO,   NO,    NO,    SAME, NO,    NO,   NO,    SAME, CAPT},
};
/* clang-format on */

enum outcome payment_transition(enum payment_state from, enum payment_event event, enum payment_state *to,
                                struct problem *why)
{
    enum cell cell = TABLE[from][event];

    if (cell == NO)
        return problem_set(why, PROBLEM_PAYMENT_STATE, "", "%s", payment_state_label(from));
    *to = cell == SAME ? from : REACHED[cell];
    return DONE;
}

enum payment_event payment_event_to(enum payment_state state)
{
    static const enum payment_event EVENTS[PAYMENT_STATES] = {
        [PAYMENT_NEW] = PAYMENT_EVENT_SEND,
        [PAYMENT_PENDING] = PAYMENT_EVENT_SEND,
        [PAYMENT_UNKNOWN] = PAYMENT_EVENT_LOSE,
        [PAYMENT_AUTHORISED] = PAYMENT_EVENT_AUTHORISE,
        [PAYMENT_CAPTURED] = PAYMENT_EVENT_CAPTURE,
        [PAYMENT_NEEDS_ACTION] = PAYMENT_EVENT_NEED_ACTION,
        [PAYMENT_FAILED] = PAYMENT_EVENT_FAIL,
        [PAYMENT_CANCELLED] = PAYMENT_EVENT_CANCEL,
        [PAYMENT_EXPIRED] = PAYMENT_EVENT_EXPIRE,
        [PAYMENT_HELD] = PAYMENT_EVENT_HOLD,
        [PAYMENT_PART_REFUNDED] = PAYMENT_EVENT_REFUND_PART,
        [PAYMENT_REFUNDED] = PAYMENT_EVENT_REFUND,
        [PAYMENT_CHARGED_BACK] = PAYMENT_EVENT_CHARGE_BACK,
    };

    return EVENTS[state];
}

static const struct naming STATES[PAYMENT_STATES] = {
    [PAYMENT_NEW] = {"new", N_("da avviare")},
    [PAYMENT_PENDING] = {"pending", N_("in corso")},
    [PAYMENT_UNKNOWN] = {"unknown", N_("esito in verifica")},
    [PAYMENT_AUTHORISED] = {"authorised", N_("autorizzato")},
    [PAYMENT_CAPTURED] = {"captured", N_("incassato")},
    [PAYMENT_NEEDS_ACTION] = {"needs_action", N_("da confermare")},
    [PAYMENT_FAILED] = {"failed", N_("non riuscito")},
    [PAYMENT_CANCELLED] = {"cancelled", N_("interrotto")},
    [PAYMENT_EXPIRED] = {"expired", N_("scaduto")},
    [PAYMENT_HELD] = {"held", N_("incassato, da assegnare")},
    [PAYMENT_PART_REFUNDED] = {"part_refunded", N_("rimborsato in parte")},
    [PAYMENT_REFUNDED] = {"refunded", N_("rimborsato")},
    [PAYMENT_CHARGED_BACK] = {"charged_back", N_("contestato")},
};
NAMING(payment_state, STATES);

bool payment_is_open(enum payment_state state)
{
    return state == PAYMENT_NEW || state == PAYMENT_PENDING || state == PAYMENT_UNKNOWN ||
           state == PAYMENT_AUTHORISED || state == PAYMENT_NEEDS_ACTION;
}

bool payment_has_money(enum payment_state state)
{
    return state == PAYMENT_CAPTURED || state == PAYMENT_HELD || state == PAYMENT_PART_REFUNDED;
}

char *payment_key_make(const char *order_code, int attempt, char text[PAYMENT_KEY_TEXT])
{
    snprintf(text, PAYMENT_KEY_TEXT, "%.20s-%d", order_code, attempt);
    return text;
}

enum held_reason payment_compare(const struct payment_facts *asked, const struct payment_facts *said)
{
    if (said->key && said->key[0] && (!asked->key || strcmp(said->key, asked->key) != 0))
        return HELD_OTHER_PAYMENT;
    if (!said->currency || strcasecmp(said->currency, asked->currency) != 0)
        return HELD_CURRENCY;
    if (said->amount.cents < asked->amount.cents)
        return HELD_AMOUNT_SHORT;
    return said->amount.cents > asked->amount.cents ? HELD_AMOUNT_OVER : HELD_NOT;
}

static const struct {
    const char *name, *label, *delay;
    bool online, at_once, shows_reference;
} METHODS[PAYMENT_METHODS] = {
    [METHOD_CARD] = {"card", N_("Carta di credito"), N_("Il pagamento è registrato subito."), true, true, false},
    [METHOD_PAYPAL] = {"paypal", N_("PayPal"), N_("Il pagamento è registrato subito."), true, true, false},
    [METHOD_STRIPE] = {"stripe", N_("Carta di credito"), N_("Il pagamento è registrato subito."), true, true, false},
    [METHOD_WALLET] = {"wallet", N_("Conto prepagato"), N_("Il pagamento è registrato subito."), false, true, false},
    [METHOD_BANK_TRANSFER] = {"bank_transfer", N_("Bonifico Bancario"),
                              N_("Di solito arriva il giorno lavorativo dopo."), false, false, true},
    [METHOD_POSTAL_SLIP] = {"postal_slip", N_("Bollettino postale"),
                            N_("Di solito arriva 1 o 2 giorni lavorativi dopo il pagamento allo sportello."), false,
                            false, true},
    [METHOD_CHEQUE] = {"cheque", N_("Assegno"),
                       N_("È registrato a incasso avvenuto: almeno 4 giorni lavorativi dopo il versamento."), false,
                       false, true},
};
NAMING(payment_method, METHODS);

const char *payment_method_delay(enum payment_method method)
{
    return METHODS[method].delay;
}

bool payment_method_is_online(enum payment_method method)
{
    return METHODS[method].online;
}
bool payment_method_is_at_once(enum payment_method method)
{
    return METHODS[method].at_once;
}
bool payment_method_shows_reference(enum payment_method method)
{
    return METHODS[method].shows_reference;
}
