/* web/api_held.c: where a bank's held entry belongs: GET /api/v1/held/{id}, POST …/assign, …/split, …/credit,
 * …/foreign, …/undo, …/write. */

#include "shop/held.h"
#include "shop/held_hint.h"
#include "shop/held_mail.h"
#include "web/api.h"
#include <stdio.h>
#include <string.h>
#include <talloc.h>

struct asked {
    enum { ASSIGN, SPLIT, CREDIT, FOREIGN } what;
    const char *order, *account, *note, *text;
    struct money amount;
    int64_t part;
    struct held_share shares[HELD_SHARES];
    size_t count;
};

#define NOTE FORM_TEXT(struct asked, note, "note", .max = 500)

static const struct form_field OF_ASSIGN[] = {NOTE, FORM_TEXT(struct asked, order, "order", .max = 40), FORM_END};
static const struct form_field OF_CREDIT[] = {NOTE, FORM_TEXT(struct asked, account, "account", .max = 200),
                                              FORM_MONEY(struct asked, amount, "amount_cents", .optional = true),
                                              FORM_END};
static const struct form_field OF_SPLIT[] = {
    NOTE, FORM_TEXT(struct asked, account, "rest_to", .max = 200, .optional = true), FORM_IGNORE("parts"), FORM_END};
static const struct form_field OF_FOREIGN[] = {NOTE, FORM_END};
static const struct form_field OF_UNDO[] = {NOTE, FORM_INT(struct asked, part, "part", .min = 1, .max = INT64_MAX),
                                            FORM_END};

/* Only of the bank's; others go back by …/refund. */
static enum outcome entry_id(struct call *c, int64_t *id)
{
    enum held_kind kind;

    if (held_read_name(http_parameter(c->req, "id"), &kind, id) != DONE || kind != HELD_BANK || *id == 0)
        return api_refuse(c, PROBLEM_NOT_FOUND, "", "%s", "");
    return DONE;
}

/* Fields as the API calls them: "order_2" is parts[1].order. */
static enum outcome refuse_all(struct call *c, const struct asked *a, const struct problems *faults)
{
    for (size_t i = 0; i < faults->count && i < count_of(faults->item); i++) {
        const struct problem *f = &faults->item[i];
        const char *bar = strchr(f->field, '_');
        int length = bar ? (int)(bar - f->field) : 0, n = bar ? atoi(bar + 1) : 0;
        const char *cents = strncmp(f->field, "amount", 6) == 0 ? "_cents" : "";
        char field[80];

        if (!bar)
            snprintf(field, sizeof field, "%s", f->field);
        else if (a->what != SPLIT)
            snprintf(field, sizeof field, "%.*s%s", length, f->field, cents);
        else if (n > 0 && a->shares[n - 1].way == HELD_TO_WALLET)
            snprintf(field, sizeof field, "rest_to");
        else
            snprintf(field, sizeof field, "parts[%d].%.*s%s", n - 1, length, f->field, cents);
        (void)api_refuse(c, f->code, field, "%s", f->detail);
    }
    return REFUSED;
}

static enum outcome show(struct db_tx *tx, struct call *c, const struct bank_entry *entry)
{
    struct held_part *parts;
    size_t count;

    TRY(held_parts_of(tx, c->mem, entry->id, &parts, &count));
    c->body = describe_held_entry(entry, parts, count);
    return DONE;
}

static enum outcome look(struct db_tx *tx, struct call *c, void *arg)
{
    struct held_hints *hints = talloc(c->mem, struct held_hints);
    const struct brand *brand;
    struct bank_entry entry;
    int64_t id;
    enum outcome o;

    (void)arg;
    TRY(entry_id(c, &id));
    o = bank_entry_by_id(tx, c->mem, id, &entry);
    brand = o == DONE ? held_brand(c->shop->brands, &entry) : NULL;
    if (o == REFUSED || (o == DONE && (!brand || !api_sees(c, brand->id) || strcmp(entry.state, "matched") == 0)))
        return api_refuse(c, PROBLEM_NOT_FOUND, "", "%s", "");
    TRY(o);
    TRY(show(tx, c, &entry));
    TRY(held_hints(tx, c->mem, c->shop->brands, &entry, hints));
    json_object_set_new(c->body, "suggestions", describe_held_hints(hints));
    return DONE;
}

void api_held_one(struct http_request *req)
{
    struct call c;

    if (api_open(req, RIGHT_READ, &c) && api_read(&c, look, NULL))
        api_send(&c);
}

static enum outcome decide(struct db_tx *tx, struct call *c, void *arg)
{
    const struct asked *a = arg;
    struct problems faults = {0};
    struct bank_entry entry;
    int64_t id;
    enum outcome o;

    TRY(entry_id(c, &id));
    o = held_decide(tx, c->mem, c->shop->brands,
                    &(struct held_decision){.entry_id = id,
                                            .shares = a->shares,
                                            .count = a->count,
                                            .placed = money(-1),
                                            .note = a->note,
                                            .brand = c->key.brand,
                                            .actor = c->actor},
                    &entry, &faults);
    if (o == REFUSED)
        return refuse_all(c, a, &faults);
    TRY(o);
    return show(tx, c, &entry);
}

static enum outcome undo(struct db_tx *tx, struct call *c, void *arg)
{
    const struct asked *a = arg;
    struct problem why = {0};
    struct held_part part;
    struct bank_entry entry;
    int64_t id;
    enum outcome o;

    TRY(entry_id(c, &id));
    o = held_part_by_id(tx, c->mem, a->part, &part);
    if (o == REFUSED || (o == DONE && part.bank_entry_id != id))
        return api_refuse(c, PROBLEM_NOT_FOUND, "part", "%s", "");
    TRY(o);
    o = held_undo(tx, c->mem, c->shop->brands, a->part, c->key.brand, a->note, &c->actor, &entry, &why);
    if (o == REFUSED)
        return api_refuse(c, why.code, why.field, "%s", why.detail);
    TRY(o);
    return show(tx, c, &entry);
}

static bool open_asked(struct http_request *req, const struct form_field *fields, struct asked *a, struct call *c,
                       json_t **object)
{
    if (!api_open_post(req, RIGHT_MONEY, c))
        return false;
    *object = api_body(c, NULL, NULL);
    if (*object)
        (void)!form_check_json(c->mem, fields, *object, a, &c->faults);
    c->alone = true; /* two at once would both find what only one may decide about */
    return true;
}

static void finish(struct call *c, api_work *work, struct asked *a)
{
    if (c->faults.count)
        api_send_faults(c);
    else if (api_write(c, work, a))
        api_send(c);
}

void api_held_assign(struct http_request *req)
{
    struct asked a = {.what = ASSIGN, .count = 1};
    json_t *object;
    struct call c;

    if (!open_asked(req, OF_ASSIGN, &a, &c, &object))
        return;
    a.shares[0] = (struct held_share){.way = HELD_TO_ORDER, .order = a.order};
    finish(&c, decide, &a);
}

void api_held_credit(struct http_request *req)
{
    struct asked a = {.what = CREDIT, .count = 1};
    json_t *object;
    struct call c;

    if (!open_asked(req, OF_CREDIT, &a, &c, &object))
        return;
    a.shares[0] = (struct held_share){.way = HELD_TO_WALLET, .account = a.account, .amount = a.amount};
    finish(&c, decide, &a);
}

void api_held_foreign(struct http_request *req)
{
    struct asked a = {.what = FOREIGN, .count = 1};
    json_t *object;
    struct call c;

    if (!open_asked(req, OF_FOREIGN, &a, &c, &object))
        return;
    a.shares[0] = (struct held_share){.way = HELD_TO_NOBODY};
    finish(&c, decide, &a);
}

void api_held_undo(struct http_request *req)
{
    struct asked a = {.what = FOREIGN};
    json_t *object;
    struct call c;

    if (open_asked(req, OF_UNDO, &a, &c, &object))
        finish(&c, undo, &a);
}

/* parts: [{order, amount_cents}] */
static void read_parts(struct call *c, const json_t *object, struct asked *a)
{
    const json_t *parts = json_object_get(object, "parts"), *part;
    size_t i;

    if (!json_is_array(parts) || json_array_size(parts) == 0 || json_array_size(parts) >= HELD_SHARES) {
        (void)api_refuse(c, PROBLEM_OUT_OF_RANGE, "parts", "1-%d", HELD_SHARES - 1);
        return;
    }
    json_array_foreach(parts, i, part)
    {
        const json_t *order = json_object_get(part, "order"), *cents = json_object_get(part, "amount_cents");
        char field[40];

        snprintf(field, sizeof field, "parts[%zu]", i);
        if (json_object_size(part) != 2 || !json_is_string(order) || !json_is_integer(cents) ||
            json_integer_value(cents) <= 0)
            (void)api_refuse(c, PROBLEM_REQUIRED, field, "%s", "");
        a->shares[a->count++] = (struct held_share){
            .way = HELD_TO_ORDER, .order = json_string_value(order), .amount = money(json_integer_value(cents))};
    }
    if (a->account)
        a->shares[a->count++] = (struct held_share){.way = HELD_TO_WALLET, .account = a->account};
}

void api_held_split(struct http_request *req)
{
    struct asked a = {.what = SPLIT};
    json_t *object;
    struct call c;

    if (!open_asked(req, OF_SPLIT, &a, &c, &object))
        return;
    if (!c.faults.count)
        read_parts(&c, object, &a);
    finish(&c, decide, &a);
}

/* ---- A mail to who paid ---- */

static const struct form_field OF_WRITE[] = {
    FORM_TEXT(struct asked, text, "text", .max = HELD_MAIL_MOST, .lines = true),
    FORM_END,
};

static enum outcome write_mail(struct db_tx *tx, struct call *c, void *arg)
{
    const struct asked *a = arg;
    struct problem why = {0};
    int64_t id;

    TRY(entry_id(c, &id));
    TRY(api_passed(c, held_mail_send(tx, c->mem, c->shop->brands, c->key.brand, id, a->text, &c->actor, &why), &why));
    c->status = 202;
    c->body = json_pack("{s:s, s:s}", "id", http_parameter(c->req, "id"), "state", "queued");
    return DONE;
}

void api_held_write(struct http_request *req)
{
    struct asked a = {0};
    struct call c;

    if (api_open_post(req, RIGHT_MONEY, &c))
        api_post(&c, OF_WRITE, &a, write_mail, &a);
}
