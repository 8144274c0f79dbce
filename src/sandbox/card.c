#include "base/i18n.h"
#include "sandbox/parts.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

static const struct test_card {
    const char *number, *brand;
    enum fate fate;
    const char *does; /* msgid */
} CARDS[] = {
    {"4242424242424242", "visa", FATE_OK, N_("pagamento accettato")},
    {"5555555555554444", "mastercard", FATE_OK, N_("pagamento accettato")},
    {"4000002760003184", "visa", FATE_CHALLENGE, N_("chiede il codice di sicurezza 123456 (3-D Secure)")},
    {"4000000000000002", "visa", FATE_REFUSED, N_("rifiutata dalla banca")},
    {"4000000000009995", "visa", FATE_NO_FUNDS, N_("fondi insufficienti")},
    {"4000000000000069", "visa", FATE_EXPIRED, N_("carta scaduta")},
    {"4000000000000077", "visa", FATE_SLOW, N_("accettata, dopo un'attesa")},
    {"4000000000000259", "visa", FATE_SILENT, N_("la banca non risponde: resta in sospeso")},
    {"4000002500003155", "visa", FATE_LATER_CHALLENGE, N_("accettata; il rinnovo automatico richiede il titolare")},
    {"4000000000000341", "visa", FATE_LATER_NO_FUNDS, N_("accettata; il rinnovo automatico non trova fondi")},
};

static bool luhn(const char *digits)
{
    int sum = 0;
    size_t length = strlen(digits);

    for (size_t i = 0; i < length; i++) {
        int d = digits[length - 1 - i] - '0';

        d = i % 2 ? d * 2 : d;
        sum += d > 9 ? d - 9 : d;
    }
    return sum % 10 == 0;
}

/* Digits of a number typed with blanks or dashes; false for anything else. */
static bool digits_of(const char *typed, char *digits, size_t room)
{
    size_t n = 0;

    for (; *typed; typed++) {
        if (*typed == ' ' || *typed == '-')
            continue;
        if (!isdigit((unsigned char)*typed) || n + 1 >= room)
            return false;
        digits[n++] = *typed;
    }
    digits[n] = '\0';
    return n > 0;
}

static bool read_expiry(const char *typed, struct card *card)
{
    int month = 0, year = 0, end = 0;

    if (sscanf(typed, "%2d / %4d%n", &month, &year, &end) != 2 || typed[end] || month < 1 || month > 12 || year < 0)
        return false;
    card->month = month;
    card->year = year < 100 ? 2000 + year : year;
    return card->year >= 2000 && card->year < 2100;
}

bool sandbox_card_has_expired(const struct card *card)
{
    struct ymd today = day_split(rome_day(clock_now()));

    return card->fate == FATE_EXPIRED || card->year < today.year ||
           (card->year == today.year && card->month < today.month);
}

static const char *value(const struct form *form, const char *name)
{
    const char *found = form_value(form, name);

    return found && strlen(found) < 100 ? found : "";
}

const char *sandbox_card_read(const struct form *form, struct card *card)
{
    char number[24], cvv[8];

    *card = (struct card){0};
    if (!digits_of(value(form, "number"), number, sizeof number) || strlen(number) < 12 || !luhn(number))
        return N_("Il numero della carta non è valido.");
    for (size_t i = 0; i < count_of(CARDS); i++)
        if (strcmp(number, CARDS[i].number) == 0)
            card->brand = CARDS[i].brand, card->fate = CARDS[i].fate;
    if (!card->brand)
        return N_("Qui si usano solo le carte di prova elencate sotto: non inserire mai una carta vera.");
    if (!read_expiry(value(form, "expiry"), card))
        return N_("Scrivere la scadenza come MM/AA, ad esempio 12/30.");
    if (!digits_of(value(form, "cvv"), cvv, sizeof cvv) || strlen(cvv) < 3 || strlen(cvv) > 4)
        return N_("Il codice di sicurezza ha 3 cifre.");
    if (text_is_blank(value(form, "name")))
        return N_("Scrivere il nome del titolare.");
    snprintf(card->masked, sizeof card->masked, "%.6s******%s", number, number + strlen(number) - 4);
    snprintf(card->last4, sizeof card->last4, "%s", number + strlen(number) - 4);
    if (sandbox_card_has_expired(card))
        card->fate = FATE_EXPIRED;
    return NULL;
}

void sandbox_card_show(json_t *data, const struct http_request *req, const char *action, const char *language)
{
    const char *chosen = form_value(&req->query, "card");
    json_t *list = json_array();
    char mark = strchr(action, '?') ? '&' : '?', expiry[8];

    for (size_t i = 0; i < count_of(CARDS); i++) {
        const char *n = CARDS[i].number;
        json_t *spaced = json_sprintf("%.4s %.4s %.4s %.4s", n, n + 4, n + 8, n + 12);

        if (chosen && strcmp(chosen, n) == 0)
            json_object_set(data, "number", spaced);
        json_array_append_new(list, json_pack("{s:o, s:o, s:s}", "number", spaced, "use",
                                              json_sprintf("%s%ccard=%s", action, mark, n), "does",
                                              i18n(language, CARDS[i].does)));
    }
    snprintf(expiry, sizeof expiry, "12/%02d", (day_split(rome_day(clock_now())).year + 3) % 100);
    json_object_set_new(data, "cards", list);
    json_object_set_new(data, "action", json_string(action));
    json_object_set_new(data, "expiry", json_string(expiry));
}
