#include "base/i18n.h"
#include "sandbox/paypal.h"
#include <string.h>
#include <talloc.h>

#define BUYER "compratore@prova.example"

static const struct source {
    const char *value;
    const char *label, *does; /* msgids; a label may be a name */
    enum fate fate;
} SOURCES[] = {
    {"balance", N_("Saldo PayPal"), N_("pagamento accettato"), FATE_OK},
    {"card", "Visa •••• 4242", N_("pagamento accettato"), FATE_OK},
    {"declined", "Visa •••• 0002", N_("rifiutata dalla banca"), FATE_REFUSED},
    {"funds", "Mastercard •••• 9995", N_("fondi insufficienti"), FATE_NO_FUNDS},
    {"review", N_("Conto bancario"), N_("accettato, ma trattenuto per una verifica"), FATE_REVIEW},
    {"slow", "Visa •••• 0077", N_("accettata, dopo un'attesa"), FATE_SLOW},
    {"later", "Visa •••• 3155", N_("accettata; il rinnovo automatico richiede il titolare"), FATE_LATER_CHALLENGE},
    {"later_funds", "Visa •••• 0341", N_("accettata; il rinnovo automatico non trova fondi"), FATE_LATER_NO_FUNDS},
};

static const json_t *context_of(const struct payment *p)
{
    return json_object_get(json_object_get(json_object_get(p->asked, "payment_source"), "paypal"),
                           "experience_context");
}

static const char *language_of(const struct payment *p)
{
    return p && strncmp(sandbox_text(context_of(p), "locale"), "en", 2) == 0 ? "en" : "it";
}

/* The order of ?token=, if the payer may still act on it. Under the lock. */
static struct payment *asked_for(struct http_request *req)
{
    const char *token = form_value(&req->query, "token");
    struct payment *p = token ? paypal_order(sandbox_of(req), token) : NULL;

    return p && (p->phase == PHASE_OPEN || p->phase == PHASE_AUTHORISED) ? p : NULL;
}

static void gone(struct http_request *req)
{
    hosted_page_gone(req, 404, "it", N_("Pagamento non disponibile"),
                     N_("Il pagamento non esiste, è già concluso oppure è scaduto. Tornare al sito del venditore per "
                        "controllare l'ordine."));
}

static const char *review_path(struct http_request *req, const struct payment *p)
{
    return talloc_asprintf(req->mem, "/checkoutnow/review?token=%s", p->id);
}

static const char *shop_of(struct http_request *req, const struct payment *p)
{
    const char *brand = sandbox_text(context_of(p), "brand_name");

    return *brand ? brand : sandbox_of(req)->options.shop_name;
}

static json_t *page_data(struct http_request *req, const struct payment *p, const char *action)
{
    const char *language = language_of(p);

    return json_pack("{s:s, s:s, s:s, s:s, s:s}", "title", "PayPal", "shop", shop_of(req, p), "amount",
                     hosted_page_sum(req->mem, p->amount, p->currency, language), "action", action, "email", BUYER);
}

/* Gives up the lock. */
static void cancel(struct http_request *req, const struct payment *p)
{
    const char *const pairs[] = {"token", p->id, NULL};
    const char *to = sandbox_text(context_of(p), "cancel_url");
    char *url = *to ? sandbox_url_with(req->mem, to, pairs) : NULL;

    sandbox_unlock(sandbox_of(req));
    if (url)
        http_redirect(req, url);
    else
        gone(req);
}

/* ---- Login ---- */

void paypal_login_get(struct http_request *req)
{
    struct sandbox *s = sandbox_of(req);
    const char *language;
    struct payment *p;
    json_t *data = NULL;

    sandbox_lock(s);
    p = asked_for(req);
    language = language_of(p);
    if (p)
        data = page_data(req, p, talloc_asprintf(req->mem, "/checkoutnow?token=%s", p->id));
    sandbox_unlock(s);
    if (data)
        hosted_page_show(req, 200, "paypal_login", language, data);
    else
        gone(req);
}

void paypal_login_post(struct http_request *req)
{
    struct sandbox *s = sandbox_of(req);
    struct payment *p;
    const char *next;

    sandbox_lock(s);
    p = asked_for(req);
    if (p && text_same(form_value(&req->form, "act"), "cancel")) {
        cancel(req, p);
        return;
    }
    next = p ? review_path(req, p) : NULL;
    sandbox_unlock(s);
    if (next)
        http_redirect(req, next);
    else
        gone(req);
}

/* ---- Choosing and approving ---- */

void paypal_review_get(struct http_request *req)
{
    struct sandbox *s = sandbox_of(req);
    const char *language;
    struct payment *p;
    json_t *data = NULL, *sources = json_array();

    sandbox_lock(s);
    p = asked_for(req);
    language = language_of(p);
    for (size_t i = 0; i < count_of(SOURCES); i++)
        json_array_append_new(sources, json_pack("{s:s, s:s, s:s, s:b}", "value", SOURCES[i].value, "label",
                                                 i18n(language, SOURCES[i].label), "does",
                                                 i18n(language, SOURCES[i].does), "checked", i == 0));
    if (p) {
        const json_t *unit = json_array_get(json_object_get(p->asked, "purchase_units"), 0);
        const json_t *paypal = json_object_get(json_object_get(p->asked, "payment_source"), "paypal");

        data = page_data(req, p, review_path(req, p));
        json_object_set_new(data, "order", json_string(sandbox_text(unit, "invoice_id")));
        json_object_set_new(data, "description", json_string(sandbox_text(unit, "description")));
        json_object_set_new(data, "saves",
                            json_boolean(json_object_get(json_object_get(paypal, "attributes"), "vault")));
        json_object_set(data, "sources", sources);
    }
    sandbox_unlock(s);
    json_decref(sources);
    if (data)
        hosted_page_show(req, 200, "paypal_pay", language, data);
    else
        gone(req);
}

static const struct source *chosen(const struct http_request *req)
{
    const char *value = form_value(&req->form, "source");

    for (size_t i = 0; i < count_of(SOURCES); i++)
        if (text_same(value, SOURCES[i].value))
            return &SOURCES[i];
    return NULL;
}

/* Gives up the lock. */
static void approve(struct http_request *req, struct payment *p, const struct source *source)
{
    struct sandbox *s = sandbox_of(req);
    char *url = NULL;

    p->card = (struct card){.fate = source->fate};
    paypal_approve(s, p, BUYER);
    if (*sandbox_text(context_of(p), "return_url")) {
        const char *const pairs[] = {"token", p->id, "PayerID",
                                     sandbox_text(json_object_get(p->data, "payer"), "payer_id"), NULL};

        url = sandbox_url_with(req->mem, sandbox_text(context_of(p), "return_url"), pairs);
    }
    sandbox_unlock(s);
    notify_before_return(s);
    if (url)
        http_redirect(req, url);
    else
        hosted_page_gone(req, 200, "it", N_("Pagamento approvato"),
                         N_("Si può chiudere questa pagina e tornare al sito del venditore."));
}

void paypal_review_post(struct http_request *req)
{
    struct sandbox *s = sandbox_of(req);
    const struct source *source = chosen(req);
    struct payment *p;

    sandbox_lock(s);
    p = asked_for(req);
    if (p && text_same(form_value(&req->form, "act"), "cancel")) {
        cancel(req, p);
        return;
    }
    if (p && source && source->fate == FATE_SLOW) {
        int64_t ms = s->behaviour.slow_card_ms;

        sandbox_unlock(s);
        sandbox_pause(s, ms);
        sandbox_lock(s);
        p = asked_for(req);
    }
    if (p && source) {
        approve(req, p, source);
        return;
    }
    sandbox_unlock(s);
    gone(req);
}
