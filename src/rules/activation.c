/* rules/activation.c: the table of DOMAIN §3.2, M1 to M12. */
#include "rules/activation.h"
#include "base/i18n.h"
#include "base/naming.h"

static const struct {
    enum request_state from;
    enum request_event event;
    enum request_state to;
} TRANSITIONS[] = {
    {REQUEST_REQUESTED, REQUEST_EVENT_HOLD, REQUEST_RESERVED},           /* M2 */
    {REQUEST_RESERVED, REQUEST_EVENT_HOLD, REQUEST_RESERVED},            /* other names, or the same for longer */
    {REQUEST_REQUESTED, REQUEST_EVENT_LOSE, REQUEST_REQUESTED},          /* M3 */
    {REQUEST_RESERVED, REQUEST_EVENT_LOSE, REQUEST_REQUESTED},           /* M3 */
    {REQUEST_RESERVED, REQUEST_EVENT_ORDER, REQUEST_AWAITING_PAYMENT},   /* M4 */
    {REQUEST_AWAITING_PAYMENT, REQUEST_EVENT_PAY, REQUEST_DOCS_PENDING}, /* M5 */
    {REQUEST_AWAITING_PAYMENT, REQUEST_EVENT_DROP, REQUEST_DROPPED},     /* M6 */
    {REQUEST_REQUESTED, REQUEST_EVENT_DROP, REQUEST_DROPPED},            /* M1: 30 days */
    {REQUEST_RESERVED, REQUEST_EVENT_DROP, REQUEST_DROPPED},
    {REQUEST_DROPPED, REQUEST_EVENT_PAY, REQUEST_DOCS_PENDING}, /* authorised before it lapsed (D16), name still free */
    {REQUEST_DOCS_PENDING, REQUEST_EVENT_SUBMIT, REQUEST_IN_REVIEW}, /* M7 */
    {REQUEST_IN_REVIEW, REQUEST_EVENT_REJECT, REQUEST_DOCS_PENDING}, /* M8 */
    {REQUEST_IN_REVIEW, REQUEST_EVENT_APPROVE, REQUEST_ACTIVATING},  /* M9 */
    {REQUEST_IN_REVIEW, REQUEST_EVENT_PUT_OFF, REQUEST_WAITING},     /* M9, L15 */
    {REQUEST_WAITING, REQUEST_EVENT_BEGIN, REQUEST_ACTIVATING},      /* M9, L15 */
    {REQUEST_IN_REVIEW, REQUEST_EVENT_REFUSE, REQUEST_REFUSED},      /* M10 */
    {REQUEST_DOCS_PENDING, REQUEST_EVENT_REFUSE, REQUEST_REFUSED},   /* M10 */
    {REQUEST_WAITING, REQUEST_EVENT_REFUSE, REQUEST_REFUSED},        /* M10: its buyer withdraws */
    {REQUEST_ACTIVATING, REQUEST_EVENT_ACTIVATE, REQUEST_ACTIVE},    /* M11 */
    {REQUEST_ACTIVATING, REQUEST_EVENT_FAIL, REQUEST_IN_REVIEW},     /* M12 */
};

static const struct naming STATES[REQUEST_STATES] = {
    [REQUEST_REQUESTED] = {"requested", N_("da completare")},
    [REQUEST_RESERVED] = {"reserved", N_("nome riservato")},
    [REQUEST_AWAITING_PAYMENT] = {"awaiting_payment", N_("in attesa di pagamento")},
    [REQUEST_DOCS_PENDING] = {"docs_pending", N_("in attesa dei documenti")},
    [REQUEST_IN_REVIEW] = {"in_review", N_("documenti in verifica")},
    [REQUEST_WAITING] = {"waiting", N_("in attesa del giorno di attivazione")},
    [REQUEST_ACTIVATING] = {"activating", N_("in attivazione")},
    [REQUEST_ACTIVE] = {"active", N_("attiva")},
    [REQUEST_REFUSED] = {"refused", N_("respinta")},
    [REQUEST_DROPPED] = {"dropped", N_("abbandonata")},
};
NAMING(request_state, STATES);

static const struct naming REASONS[REVIEW_REASONS] = {
    [REVIEW_EXPIRED_DOCUMENT] = {"expired_document", N_("documento d'identità scaduto"),
                                 N_("Il documento d'identità è scaduto: inviarne uno in corso di validità.")},
    [REVIEW_ILLEGIBLE] = {"illegible", N_("documento non leggibile"),
                          N_("Il documento non si legge: fotografarlo con più luce, intero e a fuoco.")},
    [REVIEW_UNSIGNED] = {"unsigned", N_("contratto non firmato"),
                         N_("Sul contratto manca la firma: firmarlo in ogni punto indicato e inviarlo di nuovo.")},
    [REVIEW_WRONG_PERSON] = {"wrong_person", N_("documento di un'altra persona"),
                             N_("Il documento d'identità deve essere di chi ha firmato il contratto.")},
    [REVIEW_WRONG_VERSION] =
        {"wrong_version", N_("contratto diverso da quello dell'ordine"),
         N_("Il contratto inviato non è quello di questo ordine: scaricarlo dalla pagina dell'ordine.")},
    [REVIEW_MISSING_PAGES] = {"missing_pages", N_("pagine mancanti"),
                              N_("Mancano delle pagine: inviare il contratto intero e il documento fronte e retro.")},
    [REVIEW_NOT_ENTITLED] = {"not_entitled", N_("titolare non ammesso"),
                             N_("La casella non può essere attivata a questo titolare.")},
    [REVIEW_SILENCE] = {"silence", N_("documenti mai inviati"), N_("I documenti non sono arrivati entro il termine.")},
};
NAMING(review_reason, REASONS);

enum outcome request_transition(enum request_state from, enum request_event event, enum request_state *next,
                                struct problem *why)
{
    for (size_t i = 0; i < count_of(TRANSITIONS); i++) {
        if (TRANSITIONS[i].from == from && TRANSITIONS[i].event == event) {
            *next = TRANSITIONS[i].to;
            return DONE;
        }
    }
    return problem_set(why, PROBLEM_REQUEST_STATE, "", "%s", request_state_label(from));
}

const char *review_reason_advice(enum review_reason reason)
{
    return REASONS[reason].advice;
}
