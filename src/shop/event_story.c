#include "shop/event_story.h"
#include "base/i18n.h"
#include "base/text.h"
#include "rules/autorenew.h"
#include "rules/payment.h"
#include "shop/event_words.h"
#include "shop/review.h"
#include <string.h>
#include <talloc.h>

const char *event_label(const char *language, const char *kind)
{
    return i18n(language, event_words(kind));
}

/* ---- What the data say, field by field, in this order ---- */

static const struct {
    const char *key, *text; /* text with the value for %s */
    bool ours;              /* a text of the program, kept in Italian */
} WORDS[] = {
    {"code", N_("ordine %s")},
    {"from", N_("prima %s")},
    {"to", "%s"},
    {"address", "%s"},
    {"recipient", "%s"},
    {"email", "%s"},
    {"event", N_("passo %s")},
    {"expires_on", N_("scadenza %s")},
    {"was", N_("prima %s")},
    {"stops_on", N_("fino al %s")},
    {"until_on", N_("fino al %s")},
    {"begins_on", N_("dal %s")},
    {"plan", N_("tipo %s")},
    {"method", "%s"},
    {"state", "%s"},
    {"reason", N_("motivo: %s")},
    {"note", "«%s»"},
    {"said", "«%s»"},
    {"error", "%s", true},
    {"title", "%s", true},
    {"name", "%s"},
};

static const struct {
    const char *word, *label;
} STATES[] = {
    {"fraud", N_("uso fraudolento")},
    {"court", N_("ordine dell'autorità")},
    {"identity", N_("identità da verificare")},
    {"payment", N_("pagamento mai arrivato")},
    {"other", N_("altro")},
    {"waiting", N_("in attesa")},
    {"unknown", N_("esito non noto")},
    {"done", N_("fatto")},
    {"failed", N_("non riuscito")},
    {"dropped", N_("non più dovuto")},
};

/* A day, a method or a state in words; anything else as it is. */
static const char *value_words(void *mem, const char *language, const struct event *e, const char *value)
{
    enum payment_method method;
    enum mandate_state state;
    struct day day;
    char text[DAY_TEXT];

    if (day_parse(value, strlen(value), &day) == DONE)
        return talloc_strdup(mem, day_italian(day, text));
    if (payment_method_of(value, &method) == DONE)
        return i18n(language, payment_method_label(method));
    if (text_starts(e->kind, "autorenew.") && mandate_state_of(value, &state) == DONE)
        return i18n(language, mandate_state_label(state));
    for (size_t i = 0; i < count_of(STATES); i++)
        if (strcmp(STATES[i].word, value) == 0)
            return i18n(language, STATES[i].label);
    return value;
}

static void put(struct text_buffer *out, const char *text)
{
    if (out->length)
        text_put(out, ", ");
    text_put(out, text);
}

/* The value in the place of %s. */
static void put_with(struct text_buffer *out, const char *text, const char *value)
{
    const char *at = strstr(text, "%s");

    if (out->length)
        text_put(out, ", ");
    text_put_bytes(out, text, (size_t)(at - text));
    text_put(out, value);
    text_put(out, at + 2);
}

char *event_detail(void *mem, const char *language, const struct event *e)
{
    struct text_buffer out = text_buffer(mem);
    json_t *data = json_loads(e->data, 0, NULL), *amount = json_object_get(data, "amount_cents");
    char money_text[MONEY_TEXT];

    if (!amount)
        amount = json_object_get(data, "gross_cents");
    for (size_t i = 0; i < count_of(WORDS); i++) {
        const char *value = json_string_value(json_object_get(data, WORDS[i].key));

        if (value && value[0])
            put_with(&out, WORDS[i].text[0] == '%' ? WORDS[i].text : i18n(language, WORDS[i].text),
                     WORDS[i].ours ? i18n_filled(mem, language, value) : value_words(mem, language, e, value));
    }
    if (json_is_integer(amount))
        put(&out, talloc_asprintf(mem, "%s €", money_italian(money(json_integer_value(amount)), money_text)));
    json_decref(data);
    return out.bytes ? out.bytes : talloc_strdup(mem, "");
}

enum outcome event_who(struct db_tx *tx, void *mem, const char *language, const struct event *e, const char **who)
{
    static const struct {
        const char *begins, *label;
    } KNOWN[] = {{"account:", N_("il cliente")}, {"mailbox:", N_("il cliente")},     {"system", N_("il sistema")},
                 {"bank", N_("la banca")},       {"key:", N_("un programma (API)")}, {"os:", N_("riga di comando")}};

    TRY(actor_label(tx, mem, e->actor, who));
    for (size_t i = 0; i < count_of(KNOWN); i++)
        if (text_starts(e->actor, KNOWN[i].begins))
            *who = i18n(language, KNOWN[i].label);
    if (strcmp(e->actor, "operator") == 0)
        *who = i18n(language, N_("riga di comando"));
    return DONE;
}
