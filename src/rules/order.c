/* rules/order.c: the tables of DOMAIN §3.3 and §3.4. */
#include "rules/order.h"
#include "base/i18n.h"
#include "base/naming.h"

static const struct {
    enum order_state from;
    enum order_event event;
    enum order_state to;
} TRANSITIONS[] = {
    {ORDER_CONFIRMED, ORDER_EVENT_PAY, ORDER_PAID},          /* O3, O4 */
    {ORDER_CONFIRMED, ORDER_EVENT_CANCEL, ORDER_CANCELLED},  /* O9 */
    {ORDER_CONFIRMED, ORDER_EVENT_LAPSE, ORDER_LAPSED},      /* O10 */
    {ORDER_LAPSED, ORDER_EVENT_PAY_LATE, ORDER_PAID},        /* D16 */
    {ORDER_PAID, ORDER_EVENT_INVOICE, ORDER_INVOICED},       /* O5 */
    {ORDER_INVOICED, ORDER_EVENT_PROCESS, ORDER_IN_PROCESS}, /* O6 */
    {ORDER_INVOICED, ORDER_EVENT_FULFIL, ORDER_FULFILLED},   /* O7 */
    {ORDER_IN_PROCESS, ORDER_EVENT_FULFIL, ORDER_FULFILLED}, /* O8 */
    {ORDER_IN_PROCESS, ORDER_EVENT_REFUND, ORDER_REFUNDED},  /* O11 */
    {ORDER_PAID, ORDER_EVENT_CREDIT, ORDER_FULFILLED},
    {ORDER_FULFILLED, ORDER_EVENT_REFUND, ORDER_REFUNDED}, /* O12 */
};

static const struct naming STATES[ORDER_STATES] = {
    [ORDER_CONFIRMED] = {"confirmed", N_("in attesa di pagamento")},
    [ORDER_PAID] = {"paid", N_("pagato")},
    [ORDER_INVOICED] = {"invoiced", N_("fatturato")},
    [ORDER_IN_PROCESS] = {"in_process", N_("ordine in lavorazione")},
    [ORDER_FULFILLED] = {"fulfilled", N_("evaso")},
    [ORDER_CANCELLED] = {"cancelled", N_("annullato")},
    [ORDER_LAPSED] = {"lapsed", N_("decaduto")},
    [ORDER_REFUNDED] = {"refunded", N_("rimborsato")},
};
NAMING(order_state, STATES);

static const struct naming REASONS[HELD_REASONS] = {
    [HELD_NOT] = {"not", N_("abbinato al suo ordine")},
    [HELD_NO_REFERENCE] = {"no_reference", N_("causale senza codice di pagamento")},
    [HELD_BAD_CHECK_DIGITS] = {"bad_check_digits", N_("codice di pagamento scritto con un errore")},
    [HELD_NO_ORDER] = {"no_order", N_("codice che non corrisponde a nessun ordine")},
    [HELD_REUSED] = {"reused", N_("codice di un ordine già pagato")},
    [HELD_CANCELLED] = {"cancelled", N_("ordine annullato o decaduto")},
    [HELD_AMOUNT_SHORT] = {"amount_short", N_("importo inferiore al dovuto")},
    [HELD_AMOUNT_OVER] = {"amount_over", N_("importo superiore al dovuto")},
    [HELD_CURRENCY] = {"currency", N_("valuta diversa dall'euro")},
    [HELD_SEVERAL_ORDERS] = {"several_orders", N_("codici di più ordini in un solo pagamento")},
    [HELD_WRONG_ACCOUNT] = {"wrong_account", N_("accredito su un conto di un altro marchio")},
    [HELD_OTHER_PAYMENT] = {"other_payment", N_("esito riferito a un altro pagamento")},
};
NAMING(held_reason, REASONS);

enum outcome order_transition(enum order_state from, enum order_event event, enum order_state *next,
                              struct problem *why)
{
    for (size_t i = 0; i < count_of(TRANSITIONS); i++) {
        if (TRANSITIONS[i].from == from && TRANSITIONS[i].event == event) {
            *next = TRANSITIONS[i].to;
            return DONE;
        }
    }
    return problem_set(why, PROBLEM_ORDER_STATE, "", "%s", order_state_label(from));
}

bool order_is_open(enum order_state state)
{
    return state == ORDER_CONFIRMED;
}

enum held_reason order_settlement(enum order_state state, struct money due, struct money amount)
{
    switch (state) {
    case ORDER_CONFIRMED:
        break;
    case ORDER_CANCELLED:
    case ORDER_LAPSED:
        return HELD_CANCELLED;
    default: /* paid, and whatever follows: last year's code used again (R36) */
        return HELD_REUSED;
    }
    if (amount.cents < due.cents)
        return HELD_AMOUNT_SHORT;
    return amount.cents > due.cents ? HELD_AMOUNT_OVER : HELD_NOT;
}
