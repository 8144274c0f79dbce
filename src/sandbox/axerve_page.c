#include "base/i18n.h"
#include "sandbox/axerve.h"
#include <string.h>
#include <talloc.h>

static const char *language_of(const struct payment *p)
{
    return strcmp(sandbox_text(p->data, "languageId"), "2") == 0 ? "en" : "it";
}

/* The payment of ?a=SHOP&b=TOKEN. Under the lock. */
static struct payment *asked_for(struct http_request *req)
{
    struct sandbox *s = sandbox_of(req);
    const char *login = form_value(&req->query, "a"), *token = form_value(&req->query, "b");
    struct payment *p = token && text_same(login, s->options.shop_login) ? sandbox_payment_by_id(s, token) : NULL;

    return p && strcmp(p->other, token) == 0 ? p : NULL;
}

static void gone(struct http_request *req, const char *language)
{
    hosted_page_gone(req, 404, language, N_("Pagamento non disponibile"),
                     N_("Il pagamento non esiste, è già concluso oppure è scaduto. Tornare al sito del venditore per "
                        "controllare l'ordine."));
}

static json_t *page_data(struct http_request *req, const struct payment *p, const char *page, const char *fault)
{
    struct sandbox *s = sandbox_of(req);
    const char *language = language_of(p), *name = form_value(&req->form, "name");
    json_t *data = json_pack("{s:s, s:s, s:s, s:s}", "title", i18n(language, N_("Collegamento a Banca")), "shop",
                             s->options.shop_name, "amount", hosted_page_sum(req->mem, p->amount, "EUR", language),
                             "order", p->key);

    sandbox_card_show(data, req, axerve_page_url(s, req->mem, p, page), language);
    json_object_set_new(data, "name", json_string(name ? name : sandbox_text(p->data, "buyerName")));
    if (fault) /* a number typed is not sent back: it may be somebody's real one */
        json_object_set_new(data, "fault", json_string(i18n(language, fault)));
    return data;
}

/* Gives up the lock and sends the browser back to the shop. */
static void go_back(struct http_request *req, const struct payment *p)
{
    struct sandbox *s = sandbox_of(req);
    char *url = axerve_return_url(req->mem, p);
    const char *language = language_of(p);
    bool paid = p->phase == PHASE_AUTHORISED || p->phase == PHASE_CAPTURED;

    sandbox_unlock(s);
    notify_before_return(s);
    if (url)
        http_redirect(req, url);
    else
        hosted_page_gone(req, 200, language, paid ? N_("Pagamento accettato") : N_("Pagamento non riuscito"),
                         N_("Si può chiudere questa pagina e tornare al sito del venditore."));
}

/* ---- The page of the card ---- */

void axerve_page_get(struct http_request *req)
{
    struct sandbox *s = sandbox_of(req);
    struct payment *p;
    json_t *data = NULL;
    const char *language = "it";

    sandbox_lock(s);
    p = asked_for(req);
    language = p ? language_of(p) : language;
    if (p && p->phase == PHASE_OPEN)
        data = page_data(req, p, "pagam.aspx", NULL);
    sandbox_unlock(s);
    if (data)
        hosted_page_show(req, 200, "axerve", language, data);
    else
        gone(req, language);
}

static void pay_by(struct http_request *req, struct payment *p, const struct card *card)
{
    struct sandbox *s = sandbox_of(req);
    char token[SANDBOX_ID];

    p->card = *card;
    if (card->fate == FATE_CHALLENGE) {
        char *url = axerve_page_url(s, req->mem, p, "pagam3d.aspx");

        p->phase = PHASE_CHALLENGE;
        sandbox_unlock(s);
        http_redirect(req, url);
        return;
    }
    if (card->fate == FATE_SLOW) {
        int64_t ms = s->behaviour.slow_card_ms;

        snprintf(token, sizeof token, "%s", p->other);
        p->phase = PHASE_WAITING; /* nobody pays it a second time meanwhile */
        sandbox_unlock(s);
        sandbox_pause(s, ms);
        sandbox_lock(s);
        if (!(p = sandbox_payment_by_id(s, token)) || p->phase != PHASE_WAITING) {
            sandbox_unlock(s);
            gone(req, "it");
            return;
        }
    }
    axerve_finish(s, p, card->fate == FATE_SILENT ? "XX" : axerve_code_of(card->fate));
    go_back(req, p);
}

void axerve_page_post(struct http_request *req)
{
    struct sandbox *s = sandbox_of(req);
    const char *act = form_value(&req->form, "act"), *fault;
    struct payment *p;
    struct card card;

    sandbox_lock(s);
    p = asked_for(req);
    if (!p || p->phase != PHASE_OPEN) {
        const char *language = p ? language_of(p) : "it";

        sandbox_unlock(s);
        gone(req, language);
    } else if (text_same(act, "cancel")) {
        axerve_finish(s, p, "1140");
        go_back(req, p);
    } else if ((fault = sandbox_card_read(&req->form, &card))) {
        json_t *data = page_data(req, p, "pagam.aspx", fault);
        const char *language = language_of(p);

        sandbox_unlock(s);
        hosted_page_show(req, 422, "axerve", language, data);
    } else {
        pay_by(req, p, &card);
    }
}

/* ---- 3-D Secure ---- */

void axerve_challenge_get(struct http_request *req)
{
    struct sandbox *s = sandbox_of(req);
    struct payment *p;
    json_t *data = NULL;
    const char *language = "it";

    sandbox_lock(s);
    p = asked_for(req);
    language = p ? language_of(p) : language;
    if (p && p->phase == PHASE_CHALLENGE) {
        data = page_data(req, p, "pagam3d.aspx", NULL);
        json_object_set_new(data, "masked", json_string(p->card.masked));
    }
    sandbox_unlock(s);
    if (data)
        hosted_page_show(req, 200, "challenge", language, data);
    else
        gone(req, language);
}

void axerve_challenge_post(struct http_request *req)
{
    struct sandbox *s = sandbox_of(req);
    const char *act = form_value(&req->form, "act");
    struct payment *p;

    sandbox_lock(s);
    p = asked_for(req);
    if (!p || p->phase != PHASE_CHALLENGE) {
        const char *language = p ? language_of(p) : "it";

        sandbox_unlock(s);
        gone(req, language);
        return;
    }
    axerve_finish(s, p,
                  text_same(act, "cancel")                             ? "1140"
                  : text_same(form_value(&req->form, "otp"), CARD_OTP) ? "0"
                                                                       : "8009");
    go_back(req, p);
}
