#include "rules/proof.h"
#include "base/i18n.h"
#include "base/naming.h"

#define CREDIT_WORKDAYS 10

static const struct naming KINDS[PROOF_KINDS] = {
    [PROOF_EXECUTED_TRANSFER] = {"executed_transfer", N_("Bonifico eseguito, documento della banca")},
    [PROOF_POSTAL_RECEIPT] = {"postal_receipt", N_("Ricevuta di versamento postale")},
    [PROOF_OTHER] = {"other", N_("Altro documento")},
};
NAMING(proof_kind, KINDS);

static const struct naming REASONS[PROOF_REASONS] = {
    [PROOF_NOT_EXECUTED] = {"not_executed", N_("documentazione non valida: il bonifico è inserito, non eseguito"),
                            N_("Il documento mostra un bonifico inserito ma non ancora eseguito. Inviare quello che la "
                               "banca rilascia dopo averlo eseguito.")},
    [PROOF_WRONG_KIND] = {"wrong_kind", N_("documentazione non valida: non è una prova di pagamento"),
                          N_("Il documento non prova il pagamento. Inviare quello della banca che mostra il bonifico "
                             "eseguito, o la ricevuta timbrata del bollettino.")},
    [PROOF_UNREADABLE] = {"unreadable", N_("documento illeggibile"),
                          N_("Il documento non si legge. Inviarne una copia nitida e intera.")},
    [PROOF_WRONG_AMOUNT] = {"wrong_amount", N_("importo diverso dal dovuto"),
                            N_("L'importo del documento non è quello dell'ordine. Controllarlo e contattare "
                               "l'assistenza.")},
    [PROOF_WRONG_CODE] = {"wrong_code", N_("causale di un altro ordine o mancante"),
                          N_("La causale del documento non riporta il codice dell'ordine. Contattare l'assistenza.")},
};
NAMING(proof_reason, REASONS);

static const struct naming STATES[PROOF_STATES] = {
    [PROOF_RECEIVED] = {"received", N_("ricevuto, da esaminare")},
    [PROOF_ACCEPTED] = {"accepted", N_("accettato, in attesa dell'accredito")},
    [PROOF_REJECTED] = {"rejected", N_("respinto")},
    [PROOF_CREDITED] = {"credited", N_("confermato dall'accredito")},
    [PROOF_NEVER_CREDITED] = {"never_credited", N_("accredito mai arrivato")},
};
NAMING(proof_state, STATES);

const char *proof_reason_advice(enum proof_reason reason)
{
    return REASONS[reason].advice;
}

enum outcome proof_transition(enum proof_state from, enum proof_event event, enum proof_state *to, struct problem *why)
{
    enum { NO = PROOF_STATES };
    /* clang-format off */
    static const unsigned char TABLE[PROOF_STATES][PROOF_EVENTS] = {
        /*                        accept                reject          credit          alert */
        [PROOF_RECEIVED]       = {PROOF_ACCEPTED,       PROOF_REJECTED, PROOF_CREDITED, NO},
        [PROOF_ACCEPTED]       = {PROOF_ACCEPTED,       NO,             PROOF_CREDITED, PROOF_NEVER_CREDITED},
        [PROOF_REJECTED]       = {PROOF_ACCEPTED,       PROOF_REJECTED, NO,             NO},
        [PROOF_CREDITED]       = {PROOF_CREDITED,       NO,             PROOF_CREDITED, PROOF_CREDITED},
        [PROOF_NEVER_CREDITED] = {PROOF_NEVER_CREDITED, NO,             PROOF_CREDITED, PROOF_NEVER_CREDITED},
    };
    /* clang-format on */
    unsigned char cell = TABLE[from][event];

    if (cell == NO)
        return problem_set(why, PROBLEM_PROOF_STATE, "", "%s", proof_state_label(from));
    *to = (enum proof_state)cell;
    return DONE;
}

enum outcome proof_kind_valid(enum proof_kind kind, unsigned kinds, struct problem *why)
{
    return kinds >> kind & 1 ? DONE : problem_set(why, PROBLEM_PROOF_KIND, "kind", "");
}

struct day proof_alert_on(struct day accepted_on, struct patron patron)
{
    return workday_add(accepted_on, CREDIT_WORKDAYS, patron);
}
