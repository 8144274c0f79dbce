/* web/api_money.c: money that belongs to no order, and money given back: GET /api/v1/held, POST
 * /api/v1/held/{id}/refund, …/returned, POST /api/v1/orders/{code}/refunds. */

#include "shop/describe.h"
#include "shop/held.h"
#include "shop/refund.h"
#include "web/api_pay.h"
#include <string.h>
#include <talloc.h>

enum { HELD_USUAL = 100, HELD_MOST = 1000, LINES_MOST = 400 };

/* Fields as the API calls them. */
static enum outcome refuse(struct call *c, const struct problem *why)
{
    const char *field =
        strcmp(why->field, "amount") == 0 ? "amount_cents"
        : strcmp(why->field, "payment") == 0 || strcmp(why->field, "entry") == 0 || strcmp(why->field, "cheque") == 0
            ? ""
            : why->field;

    return why->code == PROBLEM_NONE ? REFUSED : api_refuse(c, why->code, field, "%s", why->detail);
}

/* ---- Held ---- */

struct listing {
    const char *after;
    int64_t limit;
};

static enum outcome list(struct db_tx *tx, struct call *c, void *arg)
{
    const struct listing *l = arg;
    struct held_item *items;
    char name[HELD_TEXT];
    json_t *rows;
    size_t count;

    TRY(held_list(tx, c->mem, c->shop->brands, c->key.brand, l->after, (int)l->limit, &items, &count));
    rows = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(rows, describe_held(&items[i]));
    c->body = json_pack("{s:o, s:o}", "held", rows, "next",
                        count == (size_t)l->limit ? json_string(held_name(&items[count - 1], name)) : json_null());
    return DONE;
}

void api_held(struct http_request *req)
{
    static const char *const KNOWN[] = {"after", "limit", NULL};
    const char *after = form_value(&req->query, "after");
    struct listing l = {.after = after ? after : ""};
    enum held_kind kind;
    struct call c;
    int64_t id;

    if (!api_open(req, RIGHT_READ, &c))
        return;
    (void)!api_query(&c, KNOWN);
    (void)!api_number(&c, "limit", 1, HELD_MOST, HELD_USUAL, &l.limit);
    if (held_read_name(l.after, &kind, &id) != DONE)
        (void)api_refuse(&c, PROBLEM_NOT_A_CHOICE, "after", "%s", "");
    if (c.faults.count)
        api_send_faults(&c);
    else if (api_read(&c, list, &l))
        api_send(&c);
}

/* ---- Given back ---- */

struct giving {
    const char *destination, *iban, *payee, *reason;
    struct money amount;
    bool take_back;
    int64_t lines[LINES_MOST];
    size_t line_count;
};

#define WHERE_TO                                                                                                       \
    FORM_TEXT(struct giving, destination, "destination", .max = 20),                                                   \
        FORM_TEXT(struct giving, iban, "iban", .max = 60, .optional = true),                                           \
        FORM_TEXT(struct giving, payee, "payee", .max = 100, .optional = true)

static const struct form_field OF_HELD[] = {WHERE_TO, FORM_END};
static const struct form_field OF_RETURNED[] = {FORM_TEXT(struct giving, reason, "reason", .max = 200), FORM_END};
static const struct form_field OF_ORDER[] = {
    WHERE_TO,
    FORM_MONEY(struct giving, amount, "amount_cents", .optional = true),
    FORM_IGNORE("lines"),
    FORM_TEXT(struct giving, reason, "reason", .max = 200),
    FORM_FLAG(struct giving, take_back, "take_back", .optional = true),
    FORM_END,
};

/* Either an amount or lines: [1, 2]. */
static void read_lines(struct call *c, const json_t *object, struct giving *g)
{
    const json_t *lines = json_object_get(object, "lines"), *line;
    bool given = lines && !json_is_null(lines), amount = json_object_get(object, "amount_cents") != NULL;
    size_t i;

    if (given == amount) {
        (void)api_refuse(c, given ? PROBLEM_NOT_A_CHOICE : PROBLEM_REQUIRED, "amount_cents", "%s", "");
        return;
    }
    if (given && (!json_is_array(lines) || !json_array_size(lines) || json_array_size(lines) > LINES_MOST)) {
        (void)api_refuse(c, PROBLEM_OUT_OF_RANGE, "lines", "1-%d", LINES_MOST);
        return;
    }
    json_array_foreach(lines, i, line)
    {
        if (!json_is_integer(line)) {
            (void)api_refuse(c, PROBLEM_NOT_A_CHOICE, "lines", "%s", "");
            return;
        }
        g->lines[g->line_count++] = json_integer_value(line);
    }
}

/* Two at once would both find what only one may give back: each runs as if alone. */
static bool open_giving(struct http_request *req, const struct form_field *fields, struct giving *g, struct call *c)
{
    json_t *object;

    if (!api_open_post(req, RIGHT_MONEY, c))
        return false;
    object = api_body(c, fields, g);
    if (!c->faults.count && fields == OF_ORDER)
        read_lines(c, object, g);
    c->alone = true;
    if (c->faults.count)
        api_send_faults(c);
    return c->faults.count == 0;
}

/* One that the key may know of. */
static enum outcome find_held(struct db_tx *tx, struct call *c, enum held_kind *kind, int64_t *id)
{
    const char *name = http_parameter(c->req, "id");
    struct held_item *items;
    char before[HELD_TEXT];
    size_t count = 0;

    if (held_read_name(name, kind, id) != DONE || *id == 0)
        return api_refuse(c, PROBLEM_NOT_FOUND, "", "%s", "");
    held_name(&(struct held_item){.kind = *kind, .id = *id - 1}, before);
    TRY(held_list(tx, c->mem, c->shop->brands, c->key.brand, before, 1, &items, &count));
    if (count == 0 || items[0].kind != *kind || items[0].id != *id)
        return api_refuse(c, PROBLEM_NOT_FOUND, "", "%s", "");
    return DONE;
}

static enum outcome code_of(struct db_tx *tx, struct call *c, const struct refund *r, const char **code)
{
    struct order order;

    *code = "";
    if (!r->order_id)
        return DONE;
    TRY(order_by_id(tx, c->mem, r->order_id, &order));
    *code = order.code;
    return DONE;
}

static enum outcome give_back_held(struct db_tx *tx, struct call *c, void *arg)
{
    const struct giving *g = arg;
    struct problem why = {0};
    struct refund refund;
    enum held_kind kind;
    const char *code;
    int64_t id;
    enum outcome o;

    TRY(find_held(tx, c, &kind, &id));
    o = refund_held(tx, c->mem, c->shop->brands, kind, id, g->destination, g->iban, g->payee, &c->actor, &refund, &why);
    if (o == REFUSED)
        return refuse(c, &why);
    TRY(o);
    TRY(code_of(tx, c, &refund, &code));
    c->status = 201;
    c->body = describe_refund(&refund, code);
    return DONE;
}

void api_held_refund(struct http_request *req)
{
    struct giving g = {0};
    struct call c;

    if (open_giving(req, OF_HELD, &g, &c) && api_write(&c, give_back_held, &g))
        api_send(&c);
}

/* Of money in another currency, which no refund of ours can be of. */
static enum outcome returned(struct db_tx *tx, struct call *c, void *arg)
{
    const struct giving *g = arg;
    struct problem why = {0};
    enum held_kind kind;
    int64_t id;
    enum outcome o;

    TRY(find_held(tx, c, &kind, &id));
    if (kind != HELD_BANK)
        return api_refuse(c, PROBLEM_NOT_A_CHOICE, "", "%s", "");
    o = held_returned(tx, c->mem, c->shop->brands, id, g->reason, &c->actor, &why);
    if (o == REFUSED)
        return refuse(c, &why);
    TRY(o);
    c->body = json_pack("{s:s, s:s}", "id", http_parameter(c->req, "id"), "state", "refunded");
    return DONE;
}

void api_held_returned(struct http_request *req)
{
    struct giving g = {0};
    struct call c;

    if (open_giving(req, OF_RETURNED, &g, &c) && api_write(&c, returned, &g))
        api_send(&c);
}

static enum outcome give_back(struct db_tx *tx, struct call *c, void *arg)
{
    const struct giving *g = arg;
    struct problem why = {0};
    struct refund refund;
    struct order order;
    enum outcome o;

    TRY(api_find_order(tx, c, &order));
    o = refund_order(tx, c->mem, c->shop->brands,
                     &(struct refund_request){.code = order.code,
                                              .amount = g->amount,
                                              .lines = g->lines,
                                              .line_count = g->line_count,
                                              .destination = g->destination,
                                              .iban = g->iban,
                                              .payee = g->payee,
                                              .reason = g->reason,
                                              .take_back = g->take_back,
                                              .actor = c->actor},
                     &refund, &why);
    if (o == REFUSED)
        return refuse(c, &why);
    TRY(o);
    c->status = 201;
    c->body = describe_refund(&refund, order.code);
    return DONE;
}

void api_refund_post(struct http_request *req)
{
    struct giving g = {0};
    struct call c;

    if (open_giving(req, OF_ORDER, &g, &c) && api_write(&c, give_back, &g))
        api_send(&c);
}
