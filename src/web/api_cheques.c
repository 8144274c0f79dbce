/* web/api_cheques.c: POST and GET /api/v1/cheques, POST …/{id}/deposit, …/clear, …/bounce. */

#include "base/i18n.h"
#include "shop/cheque.h"
#include "shop/describe.h"
#include "web/api.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

enum { CHEQUES_USUAL = 100, CHEQUES_MOST = 1000 };

/* ---- One has come ---- */

static const struct form_choice KINDS[] = {{"bank", CHEQUE_BANK}, {"cashier", CHEQUE_CASHIER}, {NULL, 0}};

static const struct form_field ARRIVED[] = {
    FORM_TEXT(struct cheque_request, code, "order", .max = 40),
    FORM_ENUM(struct cheque_request, facts.kind, "kind", KINDS),
    FORM_TEXT(struct cheque_request, facts.number, "number", .max = 20),
    FORM_TEXT(struct cheque_request, facts.abi, "abi", .max = 10),
    FORM_TEXT(struct cheque_request, facts.cab, "cab", .max = 10),
    FORM_TEXT(struct cheque_request, facts.drawer, "drawer", .max = 100),
    FORM_TEXT(struct cheque_request, facts.payee, "payee", .max = 100),
    FORM_MONEY(struct cheque_request, facts.amount, "amount_cents"),
    FORM_DAY(struct cheque_request, facts.dated_on, "dated_on"),
    FORM_FLAG(struct cheque_request, facts.non_transferable, "non_transferable"),
    FORM_FLAG(struct cheque_request, facts.is_signed, "is_signed"),
    FORM_END,
};

/* The fields of a cheque as its rules call them, and as they are called here. */
static void rename_faults(struct problems *faults)
{
    for (size_t i = 0; i < faults->count && i < count_of(faults->item); i++) {
        struct problem *p = &faults->item[i];

        if (strcmp(p->field, "amount") == 0)
            strcpy(p->field, "amount_cents");
        else if (strcmp(p->field, "code") == 0)
            strcpy(p->field, "order");
    }
}

static enum outcome receive(struct db_tx *tx, struct call *c, void *arg)
{
    struct cheque_request *request = arg;
    struct cheque cheque;
    struct order order;
    unsigned warnings;
    json_t *list;
    enum outcome o = order_by_code(tx, c->mem, request->code, &order);

    if (o == REFUSED || (o == DONE && !api_sees(c, order.brand)))
        return api_refuse(c, PROBLEM_NOT_FOUND, "order", "%s", "");
    TRY(o);
    request->actor = c->actor;
    o = cheque_receive(tx, c->mem, c->shop->brands, request, &cheque, &warnings, &c->faults);
    if (o == REFUSED)
        rename_faults(&c->faults);
    TRY(o);
    list = json_array();
    for (int w = 0; w < CHEQUE_WARNINGS; w++)
        if (warnings >> w & 1)
            json_array_append_new(list, json_string(i18n(c->language, cheque_warning_label((enum cheque_warning)w))));
    c->status = 201;
    c->body = describe_cheque(&cheque);
    json_object_set_new(c->body, "warnings", list);
    return DONE;
}

void api_cheque_post(struct http_request *req)
{
    struct cheque_request *request = talloc_zero(req->mem, struct cheque_request);
    struct call c;

    if (!api_open_post(req, RIGHT_MONEY, &c))
        return;
    (void)api_body(&c, ARRIVED, request);
    if (c.faults.count)
        api_send_faults(&c);
    else if (api_write(&c, receive, request))
        api_send(&c);
}

/* ---- Looking ---- */

struct listing {
    const char *state;
    int64_t after, limit;
};

static enum outcome list_cheques(struct db_tx *tx, struct call *c, void *arg)
{
    const struct listing *l = arg;
    struct cheque *cheques;
    size_t count;
    json_t *rows = json_array();

    c->body = json_pack("{s:o}", "cheques", rows);
    TRY(cheques_in_state(tx, c->mem, c->key.brand, l->state, l->after, (int)l->limit, &cheques, &count));
    for (size_t i = 0; i < count; i++)
        json_array_append_new(rows, describe_cheque(&cheques[i]));
    json_object_set_new(c->body, "next",
                        count == (size_t)l->limit ? json_sprintf("%" PRId64, cheques[count - 1].id) : json_null());
    return DONE;
}

void api_cheques(struct http_request *req)
{
    static const char *const KNOWN[] = {"state", "after", "limit", NULL};
    const char *state = form_value(&req->query, "state");
    struct listing l = {.state = state ? state : cheque_state_name(CHEQUE_RECEIVED)};
    enum cheque_state known;
    struct call c;

    if (!api_open(req, RIGHT_READ, &c))
        return;
    (void)!api_query(&c, KNOWN);
    (void)!api_number(&c, "after", 0, INT64_MAX, 0, &l.after);
    (void)!api_number(&c, "limit", 1, CHEQUES_MOST, CHEQUES_USUAL, &l.limit);
    if (cheque_state_of(l.state, &known) != DONE)
        (void)api_refuse(&c, PROBLEM_NOT_A_CHOICE, "state", "%s", "");
    if (c.faults.count)
        api_send_faults(&c);
    else if (api_read(&c, list_cheques, &l))
        api_send(&c);
}

/* ---- At the bank ---- */

typedef enum outcome cheque_step(struct db_tx *tx, void *mem, const struct brands *brands, int64_t id,
                                 const struct actor *actor, struct cheque *cheque, struct problem *why);

struct step {
    cheque_step *take;
};

/* Another brand's reads like one that is not there. */
static enum outcome take(struct db_tx *tx, struct call *c, void *arg)
{
    const char *id = http_parameter(c->req, "id");
    size_t length = strlen(id);
    struct problem why = {0};
    struct cheque cheque;
    enum outcome o = REFUSED;

    if (length > 0 && length <= 18 && strspn(id, "0123456789") == length)
        o = cheque_by_id(tx, c->mem, strtoll(id, NULL, 10), &cheque);
    if (o == REFUSED || (o == DONE && !api_sees(c, cheque.brand)))
        return api_refuse(c, PROBLEM_NOT_FOUND, "", "%s", "");
    TRY(o);
    o = ((struct step *)arg)->take(tx, c->mem, c->shop->brands, cheque.id, &c->actor, &cheque, &why);
    if (o == REFUSED && why.code != PROBLEM_NONE)
        return api_refuse(c, why.code, why.field, "%s", why.detail);
    TRY(o);
    c->body = describe_cheque(&cheque);
    return DONE;
}

static void step(struct http_request *req, cheque_step *wanted)
{
    struct step s = {wanted};
    struct call c;

    if (!api_open_post(req, RIGHT_MONEY, &c))
        return;
    api_check_empty(&c);
    if (c.faults.count)
        api_send_faults(&c);
    else if (api_write(&c, take, &s))
        api_send(&c);
}

void api_cheque_deposit(struct http_request *req)
{
    step(req, cheque_deposit);
}

void api_cheque_clear(struct http_request *req)
{
    step(req, cheque_clear);
}

void api_cheque_bounce(struct http_request *req)
{
    step(req, cheque_bounce);
}
