#include "sandbox/axerve.h"
#include <string.h>
#include <talloc.h>

/* ---- Answers ---- */

static void succeed(struct call *c, json_t *payload)
{
    call_answer(c, 200,
                json_pack("{s:{s:s, s:s}, s:o}", "error", "code", "0", "description", axerve_error_text("0"), "payload",
                          payload));
}

static void refuse(struct call *c, int status, const char *code, const char *about)
{
    const char *text = axerve_error_text(code);

    call_answer(c, status,
                json_pack("{s:{s:s, s:o}, s:{}}", "error", "code", code, "description",
                          *about ? json_sprintf("%s: %s", text, about) : json_string(text), "payload"));
}

static void broken(struct call *c, int status)
{
    refuse(c, status, status >= 500 ? "9999" : "1105", "");
}

/* ---- Who calls ---- */

static struct payment *by_payment_token(struct call *c)
{
    const char *token = http_header(c->req, "paymentToken");
    struct payment *p = sandbox_payment_by_id(c->sandbox, token);

    return p && strcmp(p->other, token) == 0 ? p : NULL;
}

static bool admit(struct call *c)
{
    const char *given = http_header(c->req, "Authorization");

    if (!given) {
        refuse(c, 403, "1169", "");
        return false;
    }
    if (!text_starts(given, "apikey ") || strcmp(given + 7, c->sandbox->options.api_key) != 0) {
        refuse(c, 403, "1166", "");
        return false;
    }
    return true;
}

static bool read_body(struct call *c)
{
    struct problem why = {0};
    const char *login;

    if (http_json(c->req, &c->body, &why) != DONE) {
        refuse(c, 400, "1105", why.detail);
        return false;
    }
    login = sandbox_text(c->body, "shopLogin");
    if (!*login) {
        refuse(c, 400, "1108", "shopLogin");
        return false;
    }
    if (strcmp(login, c->sandbox->options.shop_login) != 0) {
        refuse(c, 400, "1131", "");
        return false;
    }
    return true;
}

/* ---- What was asked ---- */

/* The amount of a body; false: refused with the fitting code. */
static bool read_amount(struct call *c, int64_t *cents)
{
    const json_t *member = json_object_get(c->body, "amount");
    const char *text = json_string_value(member), *dot = text ? strchr(text, '.') : NULL;
    struct money amount;

    if (!member)
        return refuse(c, 400, "1112", ""), false;
    if (text && strchr(text, ','))
        return refuse(c, 400, "1456", text), false;
    if (!text || !*text || strspn(text, "0123456789.") != strlen(text))
        return refuse(c, 400, "1113", "amount"), false;
    if (!dot || strlen(dot) != 3 || money_parse(text, strlen(text), &amount) != DONE)
        return refuse(c, 400, "1114", text), false;
    if (amount.cents <= 0)
        return refuse(c, 400, "1146", text), false;
    if (strcmp(sandbox_text(c->body, "currency"), "EUR") != 0)
        return refuse(c, 400, "1111", sandbox_text(c->body, "currency")), false;
    *cents = amount.cents;
    return true;
}

static bool is_one_of(const char *text, const char *const *list)
{
    for (; *list; list++)
        if (strcmp(*list, text) == 0)
            return true;
    return false;
}

/* The name of a wrong optional field, or NULL. */
static const char *wrong_field(const json_t *body)
{
    static const char *const TYPES[] = {"CREDITCARD", "PAYPAL", "MYBANK", "BANCOMATPAY", "SATISPAY", NULL};
    static const char *const TRANSACTIONS[] = {"01F", "01N", "03F", "03N", "08", "09", "EC", "NPA", NULL};
    static const char *const URLS[] = {"buyerOK", "buyerKO", "serverNotificationURL"};
    const json_t *urls = json_object_get(body, "responseURLs"), *details = json_object_get(body, "transDetails");
    const json_t *types = json_object_get(body, "paymentType");

    for (size_t i = 0; i < count_of(URLS); i++)
        if (json_object_get(urls, URLS[i]) && !sandbox_url_is_absolute(sandbox_text(urls, URLS[i])))
            return URLS[i];
    for (size_t i = 0; i < json_array_size(types); i++) {
        const char *type = json_string_value(json_array_get(types, i));

        if (!type || !is_one_of(type, TYPES))
            return "paymentType";
    }
    if (details && !is_one_of(sandbox_text(details, "type"), TRANSACTIONS))
        return "transDetails.type";
    return NULL;
}

static bool check_create(struct call *c, int64_t *amount)
{
    static const char *const LANGUAGE_IDS[] = {"1", "2", "3", "4", "5", NULL};
    const char *key = sandbox_text(c->body, "shopTransactionID"), *email = sandbox_text(c->body, "buyerEmail"), *wrong,
               *type;
    const json_t *details = json_object_get(c->body, "transDetails");

    if (!read_amount(c, amount))
        return false;
    if (!*key)
        return refuse(c, 400, "1115", ""), false;
    if (strlen(key) > 50)
        return refuse(c, 400, "1116", ""), false;
    if (json_object_get(c->body, "languageId") && !is_one_of(sandbox_text(c->body, "languageId"), LANGUAGE_IDS))
        return refuse(c, 400, "1117", ""), false;
    if (*email && (!strchr(email, '@') || strchr(email, ' ')))
        return refuse(c, 400, "1127", ""), false;
    if ((wrong = wrong_field(c->body)))
        return refuse(c, 400, "1105", wrong), false;
    type = sandbox_text(details, "type");
    if (strlen(type) == 3 && type[2] == 'N' &&
        !*sandbox_text(json_object_get(details, "previousTransDetails"), "paymentID"))
        return refuse(c, 400, "1109", "transDetails.previousTransDetails.paymentID"), false;
    if (sandbox_payment_key_was_paid(c->sandbox, key))
        return refuse(c, 400, "1137", ""), false;
    return true;
}

/* The payment a body names, by any of the three ids; NULL: refused. */
static struct payment *named(struct call *c)
{
    const char *id = sandbox_text(c->body, "paymentID"), *bank = sandbox_text(c->body, "bankTransactionID");
    const char *key = sandbox_text(c->body, "shopTransactionID");
    struct payment *p = NULL;
    size_t count;

    if (*id)
        count = (p = sandbox_payment_by_id(c->sandbox, id)) && strcmp(p->id, id) == 0;
    else if (*bank)
        count = (p = sandbox_payment_by_id(c->sandbox, bank)) &&
                strcmp(sandbox_text(p->data, "bankTransactionID"), bank) == 0;
    else if (*key)
        count = sandbox_payment_by_key(c->sandbox, key, &p);
    else
        return refuse(c, 400, "1108", "paymentID, shopTransactionID, bankTransactionID"), NULL;
    if (count > 1)
        return refuse(c, 400, "2012", ""), NULL;
    if (count == 0)
        return refuse(c, 400, "2011", ""), NULL;
    return p;
}

/* ---- Calls ---- */

static void create(struct call *c)
{
    struct sandbox *s = c->sandbox;
    int64_t amount;
    char id[SANDBOX_ID];
    struct payment *p;

    if (!check_create(c, &amount))
        return;
    p = sandbox_payment_new(s, sandbox_id(id, "1", 9, DIGITS), sandbox_text(c->body, "shopTransactionID"), amount,
                            "EUR", json_deep_copy(c->body));
    sandbox_id(p->other, "", 36, NULL);
    succeed(c, json_pack("{s:s, s:s, s:{s:s}}", "paymentToken", p->other, "paymentID", p->id, "userRedirect", "href",
                         axerve_page_url(s, c->req->mem, p, "pagam.aspx")));
}

/* The members that detail and submit share. */
static json_t *describe(struct sandbox *s, const struct payment *p, const char *type)
{
    bool paid = p->phase == PHASE_AUTHORISED || p->phase == PHASE_CAPTURED || p->phase == PHASE_DISPUTED;
    const struct token *t = sandbox_token_by_id(s, sandbox_text(p->data, "token"));
    const char *code = p->error ? p->error : "";
    json_t *d = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "transactionType", type, "transactionResult",
                          axerve_result(s, p), "transactionErrorCode", code, "transactionErrorDescription",
                          *code ? axerve_error_text(code) : "", "bankTransactionID",
                          sandbox_text(p->data, "bankTransactionID"), "shopTransactionID", p->key, "authorizationCode",
                          sandbox_text(p->data, "authorizationCode"), "paymentID", p->id, "currency", "EUR");

    json_object_set_new(d, "company", json_string(!p->card.brand ? "" : *p->card.brand == 'm' ? "MASTERCARD" : "VISA"));
    json_object_set_new(d, "country", json_string(p->card.brand ? "ITALIA" : ""));
    json_object_set_new(d, "maskedPAN", json_string(p->card.masked));
    json_object_set_new(d, "tdLevel", json_string(paid ? "FULL" : ""));
    json_object_set_new(d, "token", json_string(t ? t->id : ""));
    json_object_set_new(d, "tokenExpiryMonth", t ? json_sprintf("%02d", t->card.month) : json_string(""));
    json_object_set_new(d, "tokenExpiryYear", t ? json_sprintf("%02d", t->card.year % 100) : json_string(""));
    json_object_set_new(d, "buyer",
                        json_pack("{s:s, s:s}", "name", sandbox_text(p->data, "buyerName"), "email",
                                  sandbox_text(p->data, "buyerEmail")));
    return d;
}

static json_t *detail_of(struct sandbox *s, const struct payment *p)
{
    json_t *d = describe(s, p, "detail"), *last = json_array_get(p->events, json_array_size(p->events) - 1);
    const json_t *custom = json_object_get(p->data, "customInfo");

    json_object_set_new(d, "transactionState", json_string(sandbox_text(json_object_get(last, "event"), "eventtype")));
    json_object_set(d, "events", p->events);
    json_object_set_new(d, "customInfo", custom ? json_deep_copy(custom) : json_object());
    return d;
}

/* With the shop's key, or with the token of this very payment: 5 times, as in the sandbox. */
static void detail(struct call *c)
{
    struct payment *p = by_payment_token(c);
    const char *id = http_parameter(c->req, "id");

    if (http_header(c->req, "paymentToken") && !http_header(c->req, "Authorization")) {
        if (!p || (id && strcmp(id, p->id) != 0))
            return refuse(c, 403, "1170", "");
        if (p->reads++ >= 5)
            return refuse(c, 403, "1457", "");
    } else if (!admit(c)) {
        return;
    } else if (id) {
        p = sandbox_payment_by_id(c->sandbox, id);
        if (!p || strcmp(p->id, id) != 0)
            return refuse(c, 400, "2011", "");
    } else if (!(p = named(c))) {
        return;
    }
    succeed(c, detail_of(c->sandbox, p));
}

static void redirect_of(struct call *c, json_t *payload, const struct payment *p)
{
    bool wanted = p->phase == PHASE_CHALLENGE;

    json_object_set_new(
        payload, "userRedirect",
        json_pack("{s:s}", "href", wanted ? axerve_page_url(c->sandbox, c->req->mem, p, "pagam3d.aspx") : ""));
}

static void submit(struct call *c)
{
    struct sandbox *s = c->sandbox;
    struct payment *p = by_payment_token(c);
    const json_t *card = json_object_get(json_object_get(c->body, "paymentTypeDetails"), "creditcard");
    const struct token *token = sandbox_token_by_id(s, sandbox_text(card, "token"));
    enum fate fate;
    json_t *payload;

    if (!p)
        return refuse(c, 403, "1170", "");
    if (p->phase != PHASE_OPEN)
        return refuse(c, 400, "1137", "");
    if (!*sandbox_text(card, "token"))
        return refuse(c, 400, "1138", "");
    fate = token ? sandbox_token_fate(s, token) : FATE_OK;
    if (token)
        p->card = token->card;
    if (fate == FATE_CHALLENGE) {
        p->phase = PHASE_CHALLENGE;
        p->error = "8006";
    } else {
        axerve_finish(s, p, !token ? "1165" : fate == FATE_EXPIRED ? "1164" : axerve_code_of(fate));
    }
    payload = describe(s, p, "submit");
    json_object_set_new(payload, "transactionResult", json_string(p->phase == PHASE_CHALLENGE ? "" : axerve_status(p)));
    redirect_of(c, payload, p);
    succeed(c, payload);
}

/* What capture, cancel and refund answer. */
static void done(struct call *c, const struct payment *p, const char *type)
{
    succeed(c, json_pack("{s:s, s:s, s:s, s:s, s:s}", "transactionType", type, "transactionResult", "OK",
                         "bankTransactionID", sandbox_text(p->data, "bankTransactionID"), "shopTransactionID", p->key,
                         "paymentID", p->id));
}

static void capture(struct call *c)
{
    struct payment *p;
    int64_t cents;

    if (!read_amount(c, &cents) || !(p = named(c)))
        return;
    if (p->phase != PHASE_AUTHORISED)
        return refuse(c, 400, "2019", "");
    if (cents > p->authorised)
        return refuse(c, 400, "58", "");
    axerve_event(p, "MOV", cents);
    sandbox_payment_capture(p, cents);
    done(c, p, "capture");
}

static void cancel(struct call *c)
{
    struct payment *p = named(c);

    if (!p)
        return;
    if (p->phase != PHASE_AUTHORISED)
        return refuse(c, 400, "2017", "");
    axerve_event(p, "CAN", p->authorised);
    p->authorised = 0;
    p->phase = PHASE_CANCELLED;
    done(c, p, "cancel");
}

static void refund(struct call *c)
{
    struct payment *p;
    int64_t cents;

    if (!read_amount(c, &cents) || !(p = named(c)))
        return;
    if (strlen(sandbox_text(c->body, "settlementID")) > 20)
        return refuse(c, 400, "1105", "settlementID");
    if (p->phase != PHASE_CAPTURED)
        return refuse(c, 400, "2018", "");
    if (cents > p->captured - p->refunded)
        return refuse(c, 400, "2014", "");
    p->refunded += cents;
    axerve_event(p, "STO", cents);
    done(c, p, "refund");
}

static void delete_token(struct call *c)
{
    struct token *t = sandbox_token_by_id(c->sandbox, http_parameter(c->req, "token"));

    if (strcmp(http_parameter(c->req, "login"), c->sandbox->options.shop_login) != 0)
        return refuse(c, 400, "1131", "");
    if (!t)
        return refuse(c, 400, "1165", "");
    t->deleted = true;
    succeed(c, json_pack("{s:s, s:s}", "transactionType", "deletetoken", "transactionResult", "OK"));
}

static const struct endpoint CREATE = {create}, DETAIL = {detail, .open = true}, SUBMIT = {submit, .open = true},
                             CAPTURE = {capture}, CANCEL = {cancel}, REFUND = {refund}, DELETE_TOKEN = {delete_token};

static const struct http_route ROUTES[] = {
    {HTTP_POST, "/api/v1/payment/create", call_run, 0, 0, &CREATE},
    {HTTP_POST, "/api/v1/payment/submit", call_run, 0, 0, &SUBMIT},
    {HTTP_POST, "/api/v1/payment/detail", call_run, 0, 0, &DETAIL},
    {HTTP_GET, "/api/v1/payment/detail/{id}", call_run, 0, 0, &DETAIL},
    {HTTP_POST, "/api/v1/payment/capture", call_run, 0, 0, &CAPTURE},
    {HTTP_POST, "/api/v1/payment/cancel", call_run, 0, 0, &CANCEL},
    {HTTP_POST, "/api/v1/payment/refund", call_run, 0, 0, &REFUND},
    {HTTP_DELETE, "/api/v1/shop/token/{login}/{token}", call_run, 0, 0, &DELETE_TOKEN},
    {HTTP_GET, "/pagam/pagam.aspx", axerve_page_get, 0, 0, NULL},
    {HTTP_POST, "/pagam/pagam.aspx", axerve_page_post, 0, 0, NULL},
    {HTTP_GET, "/pagam/pagam3d.aspx", axerve_challenge_get, 0, 0, NULL},
    {HTTP_POST, "/pagam/pagam3d.aspx", axerve_challenge_post, 0, 0, NULL},
    {0},
};

const struct provider AXERVE = {.name = "axerve",
                                .base = "/api/v1/",
                                .routes = ROUTES,
                                .admit = admit,
                                .read = read_body,
                                .broken = broken,
                                .complete = axerve_complete,
                                .expire = axerve_expire,
                                .dispute = axerve_dispute};
