#include "base/log.h"
#include "base/text.h"
#include "link/axerve.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <talloc.h>

/* ---- Error codes (PAYMENTS §1.6) ---- */

static const struct {
    int from, to;
    enum axerve_verdict verdict;
} VERDICTS[] = {
    {0, 0, AXERVE_GOOD},
    {10, 10, AXERVE_GOOD}, /* the buyer loaded the page */
    {58, 58, AXERVE_OURS},
    {451, 451, AXERVE_LATER},
    {461, 461, AXERVE_LATER},
    {1120, 1120, AXERVE_DECLINED},
    {1137, 1137, AXERVE_DONE_ALREADY},
    {1140, 1140, AXERVE_CANCELLED},
    {1142, 1142, AXERVE_OURS},
    {1143, 1143, AXERVE_CANCELLED},
    {1160, 1165, AXERVE_ACTION},
    {1100, 1173, AXERVE_OURS}, /* the rest of this range */
    {1456, 1456, AXERVE_OURS},
    {1457, 1457, AXERVE_EXPIRED},
    {2011, 2011, AXERVE_NOT_FOUND},
    {2012, 2012, AXERVE_LATER},
    {2014, 2014, AXERVE_OURS},
    {8006, 8006, AXERVE_ACTION},
    {8026, 8026, AXERVE_ACTION},
    {9999, 9999, AXERVE_LATER},
};

/* Every other code is a refusal: most of them are the issuer's, and nothing was done. */
enum axerve_verdict axerve_verdict(const char *code)
{
    size_t length = strlen(code);
    int number;

    if (length == 0 || length > 6 || strspn(code, "0123456789") != length)
        return AXERVE_LATER; /* no code at all: the answer is not understood */
    number = atoi(code);
    for (size_t i = 0; i < count_of(VERDICTS); i++)
        if (number >= VERDICTS[i].from && number <= VERDICTS[i].to)
            return VERDICTS[i].verdict;
    return AXERVE_DECLINED;
}

/* ---- Times ---- */

/* `count` digits at *at, then `after` ('\0': the end); -1 where it is otherwise. */
static int digits(const char **at, int count, char after)
{
    int number = 0;

    for (; count > 0; count--, ++*at) {
        if (!isdigit((unsigned char)**at))
            return -1;
        number = number * 10 + (**at - '0');
    }
    if (**at != after)
        return -1;
    *at += after != '\0';
    return number;
}

struct instant axerve_instant(const char *text)
{
    size_t length = strlen(text);
    int day = digits(&text, 2, '/'), month = day < 0 ? -1 : digits(&text, 2, '/');
    int year = month < 0 ? -1 : digits(&text, length == 19 ? 4 : 2, ' ');
    int hour = year < 0 ? -1 : digits(&text, 2, ':'), minute = hour < 0 ? -1 : digits(&text, 2, ':');
    int second = minute < 0 ? -1 : digits(&text, 2, '\0');

    if (second < 0 || hour > 23 || minute > 59 || second > 59)
        return (struct instant){0};
    year += length == 19 ? 0 : 2000;
    if (!day_exists((struct ymd){year, month, day}))
        return (struct instant){0};
    return rome_at(day_of(year, month, day), hour, minute, second);
}

/* ---- Events ---- */

struct events {
    struct money authorised, moved, returned;
    bool any_authorised, any_moved, cancelled;
    struct instant authorised_at;
};

static enum outcome add(json_t *event, struct money *sum)
{
    struct money amount;

    if (!json_decimal(event, "eventamount", &amount))
        return REFUSED;
    return money_add(*sum, amount, sum);
}

static enum outcome read_event(void *mem, json_t *event, struct events *e)
{
    const char *type = json_word(mem, event, "eventtype", 10);

    if (strcmp(type, "AUT") == 0) {
        struct instant at = axerve_instant(json_word(mem, event, "eventdate", 30));

        if (!e->any_authorised || at.us < e->authorised_at.us)
            e->authorised_at = at;
        e->any_authorised = true;
        return add(event, &e->authorised);
    }
    if (strcmp(type, "MOV") == 0) {
        e->any_moved = true;
        return add(event, &e->moved);
    }
    if (strcmp(type, "STO") == 0)
        return add(event, &e->returned);
    e->cancelled |= strcmp(type, "CAN") == 0;
    return DONE;
}

static enum outcome read_events(void *mem, json_t *payload, struct events *e)
{
    json_t *events = json_object_get(payload, "events"), *item;
    size_t i;

    json_array_foreach(events, i, item)
    {
        json_t *event = json_object_get(item, "event");

        TRY(read_event(mem, event ? event : item, e));
    }
    return DONE;
}

/* ---- The whole ---- */

static enum payment_state state_refused(const char *code)
{
    switch (axerve_verdict(code)) {
    case AXERVE_CANCELLED:
        return PAYMENT_CANCELLED;
    case AXERVE_EXPIRED:
        return PAYMENT_EXPIRED;
    case AXERVE_ACTION:
        return PAYMENT_NEEDS_ACTION;
    default:
        return PAYMENT_FAILED;
    }
}

static bool one_of(const char *word, const char *a, const char *b)
{
    return strcmp(word, a) == 0 || strcmp(word, b) == 0;
}

/* Money has moved only where the result is good and an event says so; what contradicts itself stays open. */
static enum payment_state state_of(const char *result, const char *code, const struct events *e)
{
    bool good = one_of(result, "OK", "APPROVED");

    if (good && e->any_moved && e->moved.cents > 0) {
        if (e->returned.cents == 0)
            return PAYMENT_CAPTURED;
        return e->returned.cents < e->moved.cents ? PAYMENT_PART_REFUNDED : PAYMENT_REFUNDED;
    }
    if (e->any_moved || e->returned.cents > 0)
        return PAYMENT_PENDING;
    if (good && e->cancelled)
        return PAYMENT_CANCELLED;
    if (good)
        return e->any_authorised ? PAYMENT_AUTHORISED : PAYMENT_PENDING;
    if (one_of(result, "KO", "DECLINED"))
        return state_refused(code);
    if (strcmp(result, "UNSUBMITTED") == 0)
        return PAYMENT_NEW;
    return PAYMENT_PENDING; /* WAITING, PENDING, XX, and what we do not know */
}

static int small_number(void *mem, json_t *payload, const char *name)
{
    const char *text = json_word(mem, payload, name, 4);

    return strspn(text, "0123456789") == strlen(text) && *text ? atoi(text) : 0;
}

static void read_instrument(void *mem, json_t *payload, struct gateway_said *said)
{
    const char *token = json_word(mem, payload, "token", 100), *masked = json_word(mem, payload, "maskedPAN", 30);
    size_t length = strlen(masked);
    int month = small_number(mem, payload, "tokenExpiryMonth"), year = small_number(mem, payload, "tokenExpiryYear");

    if (!*token || (said->state != PAYMENT_CAPTURED && said->state != PAYMENT_AUTHORISED))
        return;
    said->has_instrument = true;
    said->instrument.token = token;
    said->instrument.customer = "";
    said->instrument.first_ref = said->ref;
    said->instrument.label = json_word(mem, payload, "company", 40);
    said->instrument.last4 = length >= 4 && strspn(masked + length - 4, "0123456789") == 4 ? masked + length - 4 : "";
    if (month >= 1 && month <= 12 && year > 0) {
        said->instrument.exp_month = month;
        said->instrument.exp_year = year < 100 ? year + 2000 : year;
    }
}

enum outcome axerve_said(void *mem, json_t *payload, struct gateway_said *said)
{
    const char *result = json_word(mem, payload, "transactionResult", 30);
    const char *code = json_word(mem, payload, "transactionErrorCode", 10);
    struct events e = {0};

    TRY(read_events(mem, payload, &e));
    *said = (struct gateway_said){.state = state_of(result, code, &e),
                                  .key = json_word(mem, payload, "shopTransactionID", 50),
                                  .ref = json_word(mem, payload, "paymentID", 100),
                                  .capture_ref = json_word(mem, payload, "bankTransactionID", 50),
                                  .amount = e.any_moved ? e.moved : e.authorised,
                                  .refunded = e.returned,
                                  .currency = json_word(mem, payload, "currency", 3),
                                  .authorised_at = e.authorised_at,
                                  .error = axerve_verdict(code) == AXERVE_GOOD ? "" : code};
    read_instrument(mem, payload, said);
    return DONE;
}
