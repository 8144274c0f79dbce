#include "sandbox/paypal.h"
#include <ctype.h>
#include <string.h>
#include <talloc.h>

/* ---- Single values ---- */

static bool missing(struct call *c, const char *field)
{
    paypal_refuse(c, 400, field, "MISSING_REQUIRED_PARAMETER", "A required field / parameter is missing.");
    return false;
}

static bool invalid(struct call *c, const char *field)
{
    paypal_refuse(c, 400, field, "INVALID_PARAMETER_VALUE", "The value of a field is invalid.");
    return false;
}

static bool unsound(struct call *c, const char *field, const char *issue, const char *text)
{
    paypal_refuse(c, 422, field, issue, text);
    return false;
}

bool paypal_check_length(struct call *c, const json_t *object, const char *name, const char *field, size_t most)
{
    const json_t *member = json_object_get(object, name);

    if (member &&
        (!json_is_string(member) || !*json_string_value(member) || text_characters(json_string_value(member)) > most)) {
        paypal_refuse(c, 400, field, "INVALID_STRING_LENGTH", "The value of a field is either too short or too long.");
        return false;
    }
    return true;
}

static bool is_number(const char *text)
{
    size_t whole = strspn(text += *text == '-', "0123456789");

    return *text && (text[whole] == '\0' || (text[whole] == '.' && text[whole + 1] &&
                                             strspn(text + whole + 1, "0123456789") == strlen(text + whole + 1)));
}

bool paypal_read_amount(struct call *c, const json_t *amount, const char *field, bool zero, const char *currency,
                        int64_t *cents)
{
    const char *value = sandbox_text(amount, "value"), *code = sandbox_text(amount, "currency_code"),
               *dot = strchr(value, '.');
    struct money m;

    if (!*code)
        return missing(c, talloc_asprintf(c->req->mem, "%s/currency_code", field));
    if (!*value)
        return missing(c, talloc_asprintf(c->req->mem, "%s/value", field));
    if (strlen(code) != 3 || strspn(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != 3)
        return unsound(c, field, "INVALID_CURRENCY_CODE", "Currency code is invalid or is not currently supported.");
    if (strlen(value) > 32 || !is_number(value))
        return invalid(c, talloc_asprintf(c->req->mem, "%s/value", field));
    if (*value == '-')
        return unsound(c, field, zero ? "CANNOT_BE_NEGATIVE" : "CANNOT_BE_ZERO_OR_NEGATIVE",
                       "Must be greater than zero.");
    if ((dot && strlen(dot) > 3) || money_parse(value, strlen(value), &m) != DONE)
        return unsound(c, field, "DECIMAL_PRECISION",
                       "If the currency supports decimals, only two decimal place precision is supported.");
    if (m.cents == 0 && !zero)
        return unsound(c, field, "CANNOT_BE_ZERO_OR_NEGATIVE", "Must be greater than zero.");
    if (currency && strcmp(currency, code) != 0)
        return unsound(c, field, "CURRENCY_MISMATCH", "Amounts of one purchase unit must be in one currency.");
    *cents = m.cents;
    return true;
}

/* ---- A purchase unit ---- */

static bool sum_items(struct call *c, const json_t *items, const char *currency, int64_t *net, int64_t *tax)
{
    *net = *tax = 0;
    for (size_t i = 0; i < json_array_size(items); i++) {
        const json_t *item = json_array_get(items, i);
        const char *field = talloc_asprintf(c->req->mem, "/purchase_units/@reference_id=='default'/items/%zu", i);
        const char *quantity = sandbox_text(item, "quantity");
        int64_t unit, each = 0, count;

        if (!*sandbox_text(item, "name"))
            return missing(c, talloc_asprintf(c->req->mem, "%s/name", field));
        if (!*quantity)
            return missing(c, talloc_asprintf(c->req->mem, "%s/quantity", field));
        if (strlen(quantity) > 6 || strspn(quantity, "0123456789") != strlen(quantity) ||
            (count = atoll(quantity)) == 0)
            return invalid(c, talloc_asprintf(c->req->mem, "%s/quantity", field));
        if (!paypal_check_length(c, item, "name", field, 127) ||
            !paypal_read_amount(c, json_object_get(item, "unit_amount"),
                                talloc_asprintf(c->req->mem, "%s/unit_amount", field), true, currency, &unit) ||
            (json_object_get(item, "tax") &&
             !paypal_read_amount(c, json_object_get(item, "tax"), talloc_asprintf(c->req->mem, "%s/tax", field), true,
                                 currency, &each)))
            return false;
        if (unit > MONEY_LIMIT / 1000000 || each > MONEY_LIMIT / 1000000)
            return invalid(c, field);
        *net += unit * count, *tax += each * count;
    }
    return true;
}

static bool check_sums(struct call *c, const json_t *unit, const char *currency, int64_t amount)
{
    static const struct {
        const char *name;
        int sign;
    } PARTS[] = {{"item_total", 1}, {"tax_total", 1},          {"shipping", 1}, {"handling", 1},
                 {"insurance", 1},  {"shipping_discount", -1}, {"discount", -1}};
    const json_t *breakdown = json_object_get(json_object_get(unit, "amount"), "breakdown"),
                 *items = json_object_get(unit, "items");
    int64_t part[count_of(PARTS)] = {0}, sum = 0, net, tax;

    for (size_t i = 0; i < count_of(PARTS); i++) {
        const json_t *member = json_object_get(breakdown, PARTS[i].name);

        if (member && !paypal_read_amount(
                          c, member,
                          talloc_asprintf(c->req->mem, "/purchase_units/@reference_id=='default'/amount/breakdown/%s",
                                          PARTS[i].name),
                          true, currency, &part[i]))
            return false;
        sum += PARTS[i].sign * part[i];
    }
    if (breakdown && sum != amount)
        return unsound(
            c, "/purchase_units/@reference_id=='default'/amount/value", "AMOUNT_MISMATCH",
            "Should equal item_total + tax_total + shipping + handling + insurance - shipping_discount - discount.");
    if (!sum_items(c, items, currency, &net, &tax))
        return false;
    if (json_array_size(items) && !json_object_get(breakdown, "item_total"))
        return unsound(c, "/purchase_units/@reference_id=='default'/amount/breakdown/item_total", "ITEM_TOTAL_REQUIRED",
                       "If item details are specified, item_total is required.");
    if (json_array_size(items) && net != part[0])
        return unsound(c, "/purchase_units/@reference_id=='default'/amount/breakdown/item_total", "ITEM_TOTAL_MISMATCH",
                       "Should equal sum of (unit_amount * quantity) across all items.");
    if (tax && tax != part[1])
        return unsound(c, "/purchase_units/@reference_id=='default'/amount/breakdown/tax_total", "TAX_TOTAL_MISMATCH",
                       "Should equal sum of (tax * quantity) across all items.");
    return true;
}

static bool check_unit(struct call *c, struct paypal_asked *asked)
{
    static const struct {
        const char *name;
        size_t most;
    } TEXTS[] = {
        {"reference_id", 256}, {"custom_id", 127}, {"invoice_id", 127}, {"description", 127}, {"soft_descriptor", 22}};

    for (size_t i = 0; i < count_of(TEXTS); i++)
        if (!paypal_check_length(c, asked->unit, TEXTS[i].name,
                                 talloc_asprintf(c->req->mem, "/purchase_units/0/%s", TEXTS[i].name), TEXTS[i].most))
            return false;
    if (!json_object_get(asked->unit, "amount"))
        return missing(c, "/purchase_units/0/amount");
    if (!paypal_read_amount(c, json_object_get(asked->unit, "amount"), "/purchase_units/0/amount", false, NULL,
                            &asked->amount))
        return false;
    asked->currency = sandbox_text(json_object_get(asked->unit, "amount"), "currency_code");
    return check_sums(c, asked->unit, asked->currency, asked->amount);
}

/* ---- The payer's side ---- */

static bool check_choice(struct call *c, const json_t *object, const char *name, const char *const *words)
{
    const json_t *member = json_object_get(object, name);

    for (; member && *words; words++)
        if (strcmp(*words, sandbox_text(object, name)) == 0)
            return true;
    return !member || invalid(c, talloc_asprintf(c->req->mem, "/payment_source/paypal/%s", name));
}

static bool check_source(struct call *c, struct paypal_asked *asked)
{
    static const char *const ACTIONS[] = {"CONTINUE", "PAY_NOW", NULL},
                             *const SHIPPING[] = {"GET_FROM_FILE", "NO_SHIPPING", "SET_PROVIDED_ADDRESS", NULL},
                             *const PREFERENCES[] = {"UNRESTRICTED", "IMMEDIATE_PAYMENT_REQUIRED", NULL},
                             *const STORE[] = {"ON_SUCCESS", NULL}, *const USAGE[] = {"MERCHANT", "PLATFORM", NULL},
                             *const CUSTOMER[] = {"CONSUMER", "BUSINESS", NULL};
    const json_t *context = json_object_get(asked->paypal, "experience_context");
    const json_t *vault = json_object_get(json_object_get(asked->paypal, "attributes"), "vault");

    asked->vault_id = sandbox_text(asked->paypal, "vault_id");
    asked->saves = vault != NULL;
    if (vault && !json_object_get(vault, "usage_type"))
        return missing(c, "/payment_source/paypal/attributes/vault/usage_type");
    if (!check_choice(c, context, "user_action", ACTIONS) ||
        !check_choice(c, context, "shipping_preference", SHIPPING) ||
        !check_choice(c, context, "payment_method_preference", PREFERENCES) ||
        !check_choice(c, vault, "store_in_vault", STORE) || !check_choice(c, vault, "usage_type", USAGE) ||
        !check_choice(c, vault, "customer_type", CUSTOMER) ||
        !paypal_check_length(c, context, "brand_name", "/payment_source/paypal/experience_context/brand_name", 127))
        return false;
    if (*asked->vault_id)
        return true;
    if (!*sandbox_text(context, "return_url"))
        return missing(c, "/payment_source/paypal/experience_context/return_url");
    if (!*sandbox_text(context, "cancel_url"))
        return missing(c, "/payment_source/paypal/experience_context/cancel_url");
    if (!sandbox_url_is_absolute(sandbox_text(context, "return_url")) ||
        !sandbox_url_is_absolute(sandbox_text(context, "cancel_url")))
        return invalid(c, "/payment_source/paypal/experience_context/return_url");
    return true;
}

bool paypal_check_order(struct call *c, struct paypal_asked *asked)
{
    const json_t *units = json_object_get(c->body, "purchase_units"),
                 *source = json_object_get(c->body, "payment_source");
    const char *request_id = http_header(c->req, "PayPal-Request-Id");

    *asked = (struct paypal_asked){
        .paypal = json_object_get(source, "paypal"), .vault_id = "", .unit = json_array_get(units, 0)};
    if (!json_object_get(c->body, "intent"))
        return missing(c, "/intent");
    if (strcmp(sandbox_text(c->body, "intent"), "CAPTURE") != 0)
        return invalid(c, "/intent");
    if (!json_is_array(units) || json_array_size(units) == 0)
        return missing(c, "/purchase_units");
    if (json_array_size(units) > 1) { /* up to 10 there; here one */
        paypal_refuse(c, 400, "/purchase_units", "INVALID_ARRAY_MAX_ITEMS",
                      "The number of items in an array parameter is too large.");
        return false;
    }
    if (source && !asked->paypal)
        return invalid(c, "/payment_source");
    if (source && !request_id) {
        paypal_refuse(c, 400, "PayPal-Request-Id", "PAYPAL_REQUEST_ID_REQUIRED",
                      "A PayPal-Request-Id is required if you are trying to process payment for an Order.");
        return false;
    }
    if (request_id && strlen(request_id) > 108) {
        paypal_refuse(c, 400, "PayPal-Request-Id", "INVALID_STRING_LENGTH",
                      "The value of a field is either too short or too long.");
        return false;
    }
    return check_unit(c, asked) && (!asked->paypal || check_source(c, asked));
}
