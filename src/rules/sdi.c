#include "rules/sdi.h"
#include "base/i18n.h"
#include "base/naming.h"
#include "base/text.h"
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define PROGRESSIVES 60466176 /* 36^5 */

static const struct naming STATES[SDI_STATES] = {
    [SDI_TO_SEND] = {"to_send", N_("da inviare")},
    [SDI_SENT] = {"sent", N_("inviata, in attesa di esito")},
    [SDI_DELIVERED] = {"delivered", N_("consegnata")},
    [SDI_NOT_DELIVERED] = {"not_delivered", N_("non recapitata, messa a disposizione")},
    [SDI_REJECTED] = {"rejected", N_("scartata")},
    [SDI_ACCEPTED] = {"accepted", N_("accettata")},
    [SDI_REFUSED] = {"refused", N_("rifiutata dall'ente")},
    [SDI_EXPIRED] = {"expired", N_("decorsi i termini")},
    [SDI_ATTESTED] = {"attested", N_("trasmissione attestata")},
};
NAMING(sdi_state, STATES);

static const struct naming KINDS[SDI_KINDS] = {
    [SDI_RC] = {"RC", N_("ricevuta di consegna")},
    [SDI_NS] = {"NS", N_("notifica di scarto")},
    [SDI_MC] = {"MC", N_("mancata consegna")},
    [SDI_NE] = {"NE", N_("esito del committente")},
    [SDI_DT] = {"DT", N_("decorrenza dei termini")},
    [SDI_AT] = {"AT", N_("attestazione di trasmissione")},
    [SDI_MT] = {"MT", N_("metadati di invio")},
    [SDI_EC] = {"EC", N_("esito inviato dal committente")},
    [SDI_SE] = {"SE", N_("scarto dell'esito del committente")},
};
NAMING(sdi_kind, KINDS);

static const struct naming EFFECTS[SDI_EFFECTS] = {
    [SDI_CHANGED] = {"changed", N_("ha cambiato lo stato")},
    [SDI_KNOWN] = {"known", N_("già noto")},
    [SDI_NOTED] = {"noted", N_("conservata")},
    [SDI_AGAINST] = {"against", N_("contraddice un esito precedente")},
    [SDI_STRANGE] = {"strange", N_("di nessun file inviato")},
    [SDI_UNREADABLE] = {"unreadable", N_("illeggibile")},
};
NAMING(sdi_effect, EFFECTS);

/* ---- What a notice makes of it ---- */

bool sdi_is_issued(enum sdi_state state)
{
    return state != SDI_TO_SEND && state != SDI_SENT && state != SDI_REJECTED;
}

/* A public body's last word, or that there will be none. */
static bool is_final(enum sdi_state state)
{
    return state == SDI_ACCEPTED || state == SDI_REFUSED || state == SDI_EXPIRED || state == SDI_ATTESTED;
}

static bool only_says(const struct sdi_notice *notice, const char *code, const char *or_code)
{
    for (size_t i = 0; i < notice->error_count; i++)
        if (strcmp(notice->errors[i].code, code) != 0 && strcmp(notice->errors[i].code, or_code) != 0)
            return false;
    return notice->error_count > 0;
}

bool sdi_is_duplicate(const struct sdi_notice *notice)
{
    return notice->kind == SDI_NS && only_says(notice, "00404", "00409");
}

static enum sdi_effect hear_rejection(enum sdi_state from, const struct sdi_notice *notice, enum sdi_state *to)
{
    if (from == SDI_REJECTED || only_says(notice, "00002", "00002"))
        return SDI_KNOWN;
    if (sdi_is_issued(from))
        return SDI_AGAINST;
    *to = SDI_REJECTED;
    return SDI_CHANGED;
}

static enum sdi_effect hear_verdict(enum sdi_state from, const struct sdi_notice *notice, enum sdi_state *to)
{
    enum sdi_state verdict = strcmp(notice->verdict, "EC02") == 0 ? SDI_REFUSED : SDI_ACCEPTED;

    if (from == verdict)
        return SDI_KNOWN;
    if (is_final(from))
        return SDI_AGAINST;
    *to = verdict;
    return SDI_CHANGED;
}

enum sdi_effect sdi_hear(enum sdi_state from, const struct sdi_notice *notice, enum sdi_state *to)
{
    *to = from;
    switch (notice->kind) {
    case SDI_NS:
        return hear_rejection(from, notice, to);
    case SDI_NE:
        return hear_verdict(from, notice, to);
    case SDI_MC:
        if (sdi_is_issued(from))
            return SDI_KNOWN;
        *to = SDI_NOT_DELIVERED;
        return SDI_CHANGED;
    case SDI_RC:
        if (is_final(from) || from == SDI_DELIVERED)
            return SDI_KNOWN;
        *to = SDI_DELIVERED;
        return SDI_CHANGED;
    case SDI_DT:
    case SDI_AT:
        if (is_final(from))
            return SDI_KNOWN;
        *to = notice->kind == SDI_DT ? SDI_EXPIRED : SDI_ATTESTED;
        return SDI_CHANGED;
    case SDI_MT:
    case SDI_EC:
    case SDI_SE:
    case SDI_KINDS:
        break;
    }
    return SDI_NOTED;
}

/* ---- Names ---- */

static size_t span(const char *text, const char *letters)
{
    return strspn(text, letters);
}

#define DIGITS  "0123456789"
#define CAPITAL "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define SMALL   "abcdefghijklmnopqrstuvwxyz"

/* Country, code of 2 to 28 (the sender's), "_", 1 to 5: how many characters; 0: it begins otherwise. */
static size_t stem_length(const char *name)
{
    size_t country = span(name, CAPITAL) >= 2 ? 2 : 0, code, progressive;

    if (!country)
        return 0;
    code = span(name + country, DIGITS CAPITAL);
    if (code < 2 || code > 28 || name[country + code] != '_')
        return 0;
    progressive = span(name + country + code + 1, DIGITS CAPITAL SMALL);
    return progressive >= 1 && progressive <= 5 ? country + code + 1 + progressive : 0;
}

static void copy_stem(const char *name, size_t length, char stem[SDI_NAME])
{
    memcpy(stem, name, length);
    stem[length] = '\0';
}

enum outcome sdi_file_stem(const char *name, char stem[SDI_NAME])
{
    static const char *const ENDS[] = {".xml", ".xml.p7m", ".zip", ".XML", ".XML.P7M", ".ZIP"};
    size_t length = stem_length(name);

    for (size_t i = 0; length && i < count_of(ENDS); i++)
        if (strcmp(name + length, ENDS[i]) == 0) {
            copy_stem(name, length, stem);
            return DONE;
        }
    return REFUSED;
}

enum outcome sdi_notice_stem(const char *name, char stem[SDI_NAME], enum sdi_kind *kind)
{
    size_t length = stem_length(name), number;
    char letters[3];

    if (!length || name[length] != '_' || strlen(name + length) < 5)
        return REFUSED;
    memcpy(letters, name + length + 1, 2);
    letters[2] = '\0';
    TRY(sdi_kind_of(letters, kind));
    number = name[length + 3] == '_' ? span(name + length + 4, DIGITS CAPITAL SMALL) : 0;
    if (number < 1 || number > 3 ||
        (strcmp(name + length + 4 + number, ".xml") != 0 && strcmp(name + length + 4 + number, ".xml.p7m") != 0))
        return REFUSED;
    copy_stem(name, length, stem);
    return DONE;
}

bool sdi_progressive(int64_t id, char text[SDI_PROGRESSIVE])
{
    for (int i = SDI_PROGRESSIVE - 1; i-- > 0; id /= 36)
        text[i] = (DIGITS CAPITAL)[id % 36];
    text[SDI_PROGRESSIVE - 1] = '\0';
    return id == 0;
}

bool sdi_progressive_again(int64_t count, char text[SDI_PROGRESSIVE])
{
    return count > 0 && count < PROGRESSIVES && sdi_progressive(PROGRESSIVES - count, text);
}
