/* Why a provider refused, in words. Their codes are many and change; those of which the payer can make something are
 * named here, and every other refusal is the issuer's. */
#include "base/i18n.h"
#include "rules/payment.h"
#include <stdlib.h>
#include <string.h>

#define FUNDS    N_("disponibilità o plafond insufficienti")
#define EXPIRED  N_("carta scaduta")
#define NUMBER   N_("numero della carta errato")
#define SECRET   N_("codice di sicurezza della carta errato")
#define STRONG   N_("verifica dell'identità presso la banca non riuscita")
#define STOPPED  N_("interrotto prima della conferma")
#define TOO_LATE N_("tempo scaduto prima della conferma")
#define REMOVED  N_("la carta o il conto salvato non è più valido")
#define ISSUER   N_("rifiutato dalla banca o dal circuito")

static const struct {
    const char *code, *words;
} NAMED[] = {
    {"insufficient_funds", FUNDS},
    {"INSUFFICIENT_FUNDS", FUNDS},
    {"withdrawal_count_limit_exceeded", FUNDS},
    {"card_velocity_exceeded", FUNDS},
    {"expired_card", EXPIRED},
    {"CARD_EXPIRED", EXPIRED},
    {"incorrect_number", NUMBER},
    {"invalid_number", NUMBER},
    {"incorrect_cvc", SECRET},
    {"invalid_cvc", SECRET},
    {"authentication_required", STRONG},
    {"payment_intent_authentication_failure", STRONG},
    {"PAYER_ACTION_REQUIRED", STRONG},
    {"expired", TOO_LATE},
    {"not_found", TOO_LATE},
    {"AGREEMENT_ALREADY_CANCELLED", REMOVED},
    {"TOKEN_ID_NOT_FOUND", REMOVED},
};

/* Axerve's (PAYMENTS §1.6). */
static const struct {
    int from, to;
    const char *words;
} NUMBERED[] = {
    {998, 998, NUMBER},    {1120, 1120, NUMBER},   {1140, 1140, STOPPED}, {1143, 1143, STOPPED},
    {1160, 1165, REMOVED}, {1457, 1457, TOO_LATE}, {8006, 8038, STRONG},
};

const char *payment_refusal_words(const char *code)
{
    size_t digits = strspn(code, "0123456789");
    int number;

    if (!code[0])
        return NULL;
    for (size_t i = 0; i < count_of(NAMED); i++)
        if (strcmp(NAMED[i].code, code) == 0)
            return NAMED[i].words;
    number = digits < 7 && !code[digits] ? atoi(code) : 0;
    for (size_t i = 0; i < count_of(NUMBERED); i++)
        if (number >= NUMBERED[i].from && number <= NUMBERED[i].to)
            return NUMBERED[i].words;
    return ISSUER;
}
