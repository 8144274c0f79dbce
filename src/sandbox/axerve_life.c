#include "sandbox/axerve.h"
#include <string.h>
#include <talloc.h>

/* ---- Codes ---- */

static const struct {
    const char *code, *text;
} ERRORS[] = {
    {"0", "request correctly processed"},
    {"57", "Blocked credit card"},
    {"58", "Confirmed amount exceeds authorized amount"},
    {"74", "Authorization denied"},
    {"433", "Card expired"},
    {"1105", "Invalid parameter value"},
    {"1108", "Compulsory parameter not set"},
    {"1109", "Missing parameter"},
    {"1111", "Invalid currency code"},
    {"1112", "Missing amount parameter"},
    {"1113", "Not numeric amount"},
    {"1114", "Amount with a wrong number of decimal digits"},
    {"1115", "Missing shopTransactionID parameter"},
    {"1116", "Too long shopTransactionID parameter"},
    {"1117", "Invalid language identifier"},
    {"1127", "Invalid cardholder email address"},
    {"1131", "Not accepted call: Shop not recognized"},
    {"1137", "Not accepted call: transaction already processed before"},
    {"1138", "Not accepted call: card number or expiry date are missing"},
    {"1140", "Transaction cancelled by buyer"},
    {"1143", "Transaction abandoned by buyer"},
    {"1146", "Too small amount"},
    {"1164", "Expired Token"},
    {"1165", "Token not found"},
    {"1166", "Apikey not valid"},
    {"1169", "Apikey missing"},
    {"1170", "PaymentToken not valid"},
    {"1456", "Invalid decimal separator"},
    {"1457", "PaymentToken expired"},
    {"2011", "Transaction not found"},
    {"2012", "Transaction ambiguous"},
    {"2014", "You requested a refund operation with an amount exceeding transaction balance"},
    {"2017", "Transaction can not be deleted"},
    {"2018", "Transaction can not be refunded"},
    {"2019", "Transaction can not be settled"},
    {"8006", "Verify By Visa"},
    {"8009", "3D Secure authentication failed"},
    {"9999", "Internal error"},
};

const char *axerve_error_text(const char *code)
{
    for (size_t i = 0; i < count_of(ERRORS); i++)
        if (strcmp(ERRORS[i].code, code) == 0)
            return ERRORS[i].text;
    return "Technical error";
}

const char *axerve_code_of(enum fate fate)
{
    static const char *const CODES[] = {
        [FATE_REFUSED] = "57", [FATE_NO_FUNDS] = "74", [FATE_CHALLENGE] = "8006", [FATE_EXPIRED] = "433"};

    return fate < count_of(CODES) && CODES[fate] ? CODES[fate] : "0";
}

/* ---- A payment's life ---- */

void axerve_event(struct payment *p, const char *type, int64_t cents)
{
    struct instant now = clock_now();
    struct ymd d = day_split(rome_day(now));
    int hour, minute, second;
    char amount[MONEY_TEXT], id[SANDBOX_ID];

    rome_time(now, &hour, &minute, &second);
    json_array_append_new(p->events, json_pack("{s:{s:s, s:s, s:o, s:s, s:s}}", "event", "eventtype", type,
                                               "eventamount", money_decimal(money(cents), amount), "eventdate",
                                               json_sprintf("%02d/%02d/%02d %02d:%02d:%02d", d.day, d.month,
                                                            d.year % 100, hour, minute, second),
                                               "eventID", sandbox_id(id, "", 10, DIGITS), "environment", "ONL"));
}

const char *axerve_result(const struct sandbox *s, const struct payment *p)
{
    bool longer = s->behaviour.long_words;

    switch (p->phase) {
    case PHASE_OPEN:
        return "UNSUBMITTED";
    case PHASE_CHALLENGE:
        return "WAITING";
    case PHASE_WAITING:
        return longer ? "PENDING" : "XX";
    case PHASE_AUTHORISED:
    case PHASE_CAPTURED:
    case PHASE_DISPUTED:
        return longer ? "APPROVED" : "OK";
    default:
        return longer ? "DECLINED" : "KO";
    }
}

static json_t *url_of(const struct payment *p, const char *name)
{
    return json_object_get(json_object_get(p->data, "responseURLs"), name);
}

const char *axerve_status(const struct payment *p)
{
    return p->phase == PHASE_WAITING ? "XX" : p->phase == PHASE_AUTHORISED || p->phase == PHASE_CAPTURED ? "OK" : "KO";
}

static void tell(struct sandbox *s, struct payment *p)
{
    const char *url = json_string_value(url_of(p, "serverNotificationURL"));
    const char *const pairs[] = {"Status", axerve_status(p), "paymentID", p->id, "paymentToken", p->other, NULL};

    if (url)
        notify_add(s, sandbox_url_with(p, url, pairs), NULL, p->id);
}

char *axerve_return_url(void *mem, const struct payment *p)
{
    const char *url = json_string_value(url_of(p, strcmp(axerve_status(p), "KO") == 0 ? "buyerKO" : "buyerOK"));
    const char *const pairs[] = {"Status", axerve_status(p), "paymentID", p->id, "paymentToken", p->other, NULL};

    return url ? sandbox_url_with(mem, url, pairs) : NULL;
}

char *axerve_page_url(struct sandbox *s, void *mem, const struct payment *p, const char *page)
{
    const char *const pairs[] = {"a", s->options.shop_login, "b", p->other, NULL};

    return sandbox_url_with(mem, talloc_asprintf(mem, "%s/pagam/%s", sandbox_origin(s), page), pairs);
}

/* Its token in the way of Axerve: the first 6 and the last 4 digits, with something of its own between. */
static void save_card(struct sandbox *s, struct payment *p)
{
    struct token *t;
    char middle[SANDBOX_ID];

    if (!*sandbox_text(p->data, "requestToken") || json_object_get(p->data, "token"))
        return;
    t = sandbox_token_new(s, "", 0, p);
    snprintf(t->id, sizeof t->id, "%.6s%s%s", p->card.masked, sandbox_id(middle, "", 6, CAPITALS), p->card.last4);
    json_object_set_new(p->data, "token", json_string(t->id));
}

void axerve_finish(struct sandbox *s, struct payment *p, const char *code)
{
    char id[SANDBOX_ID];

    p->error = talloc_strdup(p, code);
    json_object_set_new(p->data, "bankTransactionID", json_string(sandbox_id(id, "", 9, DIGITS)));
    if (strcmp(code, "0") == 0) {
        p->authorised = p->amount;
        p->phase = PHASE_AUTHORISED;
        json_object_set_new(p->data, "authorizationCode", json_string(sandbox_id(id, "", 6, CAPITALS)));
        axerve_event(p, "AUT", p->amount);
        if (!s->behaviour.manual_settlement) {
            axerve_event(p, "MOV", p->amount);
            sandbox_payment_capture(p, p->amount);
        }
        save_card(s, p);
    } else if (strcmp(code, "XX") == 0) {
        p->error = "";
        p->phase = PHASE_WAITING;
        return; /* the bank has not answered: there is nothing to tell */
    } else {
        p->phase = strcmp(code, "1140") == 0   ? PHASE_CANCELLED
                   : strcmp(code, "1143") == 0 ? PHASE_EXPIRED
                                               : PHASE_FAILED;
    }
    tell(s, p);
}

void axerve_complete(struct sandbox *s, struct payment *p)
{
    axerve_finish(s, p, "0");
}

void axerve_expire(struct sandbox *s, struct payment *p)
{
    axerve_finish(s, p, "1143");
}

/* The acquirer takes the money back; the shop sees it in the detail. */
void axerve_dispute(struct sandbox *s, struct payment *p)
{
    axerve_event(p, "STO", p->captured);
    p->phase = PHASE_DISPUTED;
    tell(s, p);
}
