#include "base/i18n.h"
#include "sandbox/stripe.h"
#include <string.h>
#include <talloc.h>

static const char *language_of(const struct payment *p)
{
    return p && strncmp(sandbox_text(stripe_part(p, "session"), "locale"), "en", 2) == 0 ? "en" : "it";
}

static struct payment *asked_for(struct http_request *req, enum phase phase)
{
    struct payment *p = stripe_session(sandbox_of(req), http_parameter(req, "id"));

    return p && p->phase == phase ? p : NULL;
}

static void gone(struct http_request *req)
{
    hosted_page_gone(req, 404, "it", N_("Pagamento non disponibile"),
                     N_("Il pagamento non esiste, è già concluso oppure è scaduto. Tornare al sito del venditore per "
                        "controllare l'ordine."));
}

static json_t *items_of(struct http_request *req, const struct payment *p)
{
    const json_t *asked = json_object_get(p->asked, "items");
    json_t *items = json_array();

    for (size_t i = 0; i < json_array_size(asked); i++) {
        const json_t *item = json_array_get(asked, i);
        json_int_t count = json_integer_value(json_object_get(item, "quantity"));

        json_array_append_new(items,
                              json_pack("{s:s, s:I, s:s}", "name", sandbox_text(item, "name"), "quantity",
                                        count > 1 ? count : 0, "amount",
                                        hosted_page_sum(req->mem, json_integer_value(json_object_get(item, "amount")),
                                                        p->currency, language_of(p))));
    }
    return items;
}

static json_t *page_data(struct http_request *req, const struct payment *p, const char *fault)
{
    const json_t *session = stripe_part(p, "session");
    const char *language = language_of(p), *name = form_value(&req->form, "name"),
               *email = form_value(&req->form, "email");
    json_t *data = json_pack(
        "{s:s, s:s, s:s, s:o, s:s, s:b}", "title", "Checkout", "shop", sandbox_of(req)->options.shop_name, "amount",
        hosted_page_sum(req->mem, p->amount, p->currency, language), "items", items_of(req, p), "email",
        email ? email : sandbox_text(session, "customer_email"), "saves", *sandbox_text(p->asked, "usage") != '\0');

    sandbox_card_show(data, req, req->path, language);
    json_object_set_new(data, "name", json_string(name ? name : ""));
    json_object_set_new(data, "masked", json_string(p->card.masked));
    if (fault)
        json_object_set_new(data, "fault", json_string(i18n(language, fault)));
    return data;
}

/* ---- Paying ---- */

/* success_url with the session's id where it asks for it. */
static char *success_url(void *mem, const struct payment *p)
{
    static const char PLACE[] = "{CHECKOUT_SESSION_ID}";
    char *url = talloc_strdup(mem, sandbox_text(stripe_part(p, "session"), "success_url"));

    for (char *at; (at = strstr(url, PLACE));)
        url = talloc_asprintf(mem, "%.*s%s%s", (int)(at - url), url, p->id, at + sizeof PLACE - 1);
    return url;
}

static json_t *intent_of(struct payment *p)
{
    json_t *intent = stripe_part(p, "intent"), *metadata = json_object_get(p->asked, "metadata");
    const char *usage = sandbox_text(p->asked, "usage"), *description = sandbox_text(p->asked, "description");

    if (intent)
        return intent;
    sandbox_id(p->other, "pi_", 24, NULL);
    intent = stripe_new_intent(p, p->other, *description ? description : NULL, json_deep_copy(metadata));
    if (*usage)
        json_object_set_new(intent, "setup_future_usage", json_string(usage));
    json_object_set_new(stripe_part(p, "session"), "payment_intent", json_string(p->other));
    return intent;
}

/* The customer that pays: the one the shop named, or a new one where it wants one. */
static const char *customer_of(const struct payment *p, char id[SANDBOX_ID])
{
    const json_t *session = stripe_part(p, "session");
    bool wanted = strcmp(sandbox_text(session, "customer_creation"), "always") == 0 || *sandbox_text(p->asked, "usage");

    snprintf(id, SANDBOX_ID, "%s", sandbox_text(session, "customer"));
    return *id || !wanted ? id : sandbox_id(id, "cus_", 14, NULL);
}

static const char *fault_of(const char *decline)
{
    return strcmp(decline, "insufficient_funds") == 0 ? N_("Fondi insufficienti: provare con un'altra carta.")
           : strcmp(decline, "expired_card") == 0     ? N_("La carta è scaduta: provare con un'altra carta.")
           : strcmp(decline, "authentication_required") == 0
               ? N_("Il codice non è giusto: il pagamento non è stato autorizzato.")
               : N_("La carta è stata rifiutata: provare con un'altra carta.");
}

/* Gives up the lock. */
static void pay(struct http_request *req, struct payment *p, enum fate fate)
{
    struct sandbox *s = sandbox_of(req);
    const char *decline = NULL, *language = language_of(p), *customer;
    char id[SANDBOX_ID], method[SANDBOX_ID], *url;
    json_t *data;

    intent_of(p);
    customer = customer_of(p, id);
    sandbox_id(method, "pm_", 24, NULL);
    if (fate == FATE_OK && *sandbox_text(p->asked, "usage")) {
        struct token *t = sandbox_token_new(s, "pm_", 24, p);

        snprintf(t->customer, sizeof t->customer, "%s", customer);
        snprintf(method, sizeof method, "%s", t->id);
    }
    if (fate == FATE_SILENT)
        stripe_waits(s, p);
    else
        decline = stripe_pay(s, p, fate, method, customer);
    if (decline) {
        p->phase = PHASE_OPEN;
        data = page_data(req, p, fault_of(decline));
        json_object_set_new(data, "action", json_sprintf("/c/pay/%s", p->id));
        sandbox_unlock(s);
        hosted_page_show(req, 402, "stripe", language, data);
        return;
    }
    stripe_session_paid(s, p);
    url = success_url(req->mem, p);
    sandbox_unlock(s);
    notify_before_return(s);
    http_redirect(req, url);
}

static void pay_by(struct http_request *req, struct payment *p, const struct card *card)
{
    struct sandbox *s = sandbox_of(req);
    enum fate fate = card->fate == FATE_LATER_CHALLENGE || card->fate == FATE_LATER_NO_FUNDS || card->fate == FATE_SLOW
                         ? FATE_OK
                         : card->fate;

    p->card = *card;
    if (fate == FATE_CHALLENGE) {
        char *url = talloc_asprintf(req->mem, "/c/pay/%s/authenticate", p->id);

        p->phase = PHASE_CHALLENGE;
        sandbox_unlock(s);
        http_redirect(req, url);
        return;
    }
    if (card->fate == FATE_SLOW) {
        int64_t ms = s->behaviour.slow_card_ms;

        p->phase = PHASE_CHALLENGE; /* nobody pays it a second time meanwhile */
        sandbox_unlock(s);
        sandbox_pause(s, ms);
        sandbox_lock(s);
        if (!(p = asked_for(req, PHASE_CHALLENGE))) {
            sandbox_unlock(s);
            gone(req);
            return;
        }
    }
    pay(req, p, fate);
}

/* ---- The pages ---- */

static void show(struct http_request *req, enum phase phase, const char *view)
{
    struct sandbox *s = sandbox_of(req);
    const char *language;
    struct payment *p;
    json_t *data = NULL;

    sandbox_lock(s);
    p = asked_for(req, phase);
    language = language_of(p);
    if (p)
        data = page_data(req, p, NULL);
    sandbox_unlock(s);
    if (data)
        hosted_page_show(req, 200, view, language, data);
    else
        gone(req);
}

void stripe_page_get(struct http_request *req)
{
    show(req, PHASE_OPEN, "stripe");
}

void stripe_challenge_get(struct http_request *req)
{
    show(req, PHASE_CHALLENGE, "challenge");
}

/* Gives up the lock. The session stays open, as there. */
static void cancel(struct http_request *req, struct payment *p)
{
    const char *url = talloc_strdup(req->mem, sandbox_text(stripe_part(p, "session"), "cancel_url"));

    p->phase = PHASE_OPEN;
    sandbox_unlock(sandbox_of(req));
    if (*url)
        http_redirect(req, url);
    else
        gone(req);
}

void stripe_page_post(struct http_request *req)
{
    struct sandbox *s = sandbox_of(req);
    const char *fault;
    struct payment *p;
    struct card card;

    sandbox_lock(s);
    p = asked_for(req, PHASE_OPEN);
    if (!p) {
        sandbox_unlock(s);
        gone(req);
    } else if (text_same(form_value(&req->form, "act"), "cancel")) {
        cancel(req, p);
    } else if ((fault = sandbox_card_read(&req->form, &card))) {
        json_t *data = page_data(req, p, fault);
        const char *language = language_of(p);

        sandbox_unlock(s);
        hosted_page_show(req, 422, "stripe", language, data);
    } else {
        pay_by(req, p, &card);
    }
}

void stripe_challenge_post(struct http_request *req)
{
    struct sandbox *s = sandbox_of(req);
    struct payment *p;

    sandbox_lock(s);
    p = asked_for(req, PHASE_CHALLENGE);
    if (!p) {
        sandbox_unlock(s);
        gone(req);
    } else if (text_same(form_value(&req->form, "act"), "cancel")) {
        cancel(req, p);
    } else {
        pay(req, p, text_same(form_value(&req->form, "otp"), CARD_OTP) ? FATE_OK : FATE_CHALLENGE);
    }
}
