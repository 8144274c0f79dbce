/* web/api_accounts.c: GET /api/v1/accounts?before=&limit=: customers, the newest first; GET …/accounts/{email}: one,
 * with mailboxes, orders, invoices and the prepaid account; GET …/persons/{person}: all that is kept about a person
 * (shop/person.h), each look at which is in the log. */

#include "shop/autorenew.h"
#include "shop/describe.h"
#include "shop/person.h"
#include "shop/wallet.h"
#include "web/api.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

enum { ACCOUNTS_USUAL = 100, ACCOUNTS_MOST = 500, BOXES_MOST = 500, PAPERS_MOST = 100 };

static json_t *describe_account(const struct account *a)
{
    return json_pack("{s:I, s:s, s:s, s:s, s:s, s:s, s:o, s:o}", "id", (json_int_t)a->id, "brand", a->brand, "email",
                     a->email, "name", a->name, "user_name", a->user_name, "language", a->language, "created_at",
                     describe_instant(a->created_at), "proved_at", describe_instant(a->proved_at));
}

/* ---- The newest ---- */

struct listing {
    int64_t before, limit;
};

static enum outcome read_all(struct db_tx *tx, struct call *c, void *arg)
{
    const struct listing *l = arg;
    struct account *all;
    json_t *list;
    size_t count;

    TRY(accounts_before(tx, c->mem, c->key.brand, l->before, (int)l->limit, &all, &count));
    list = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, describe_account(&all[i]));
    c->body = json_pack("{s:o, s:b}", "accounts", list, "more", count == (size_t)l->limit);
    return DONE;
}

void api_accounts(struct http_request *req)
{
    static const char *const KNOWN[] = {"before", "limit", NULL};
    struct listing l;
    struct call c;

    if (!api_open(req, RIGHT_READ, &c))
        return;
    (void)!api_number(&c, "before", 0, INT64_MAX, 0, &l.before);
    (void)!api_number(&c, "limit", 1, ACCOUNTS_MOST, ACCOUNTS_USUAL, &l.limit);
    api_get(&c, KNOWN, read_all, &l);
}

/* ---- One ---- */

struct one {
    const char *brand; /* named in the query; "": the key's */
    struct account account;
};

static enum outcome find(struct db_tx *tx, struct call *c, struct one *one)
{
    const struct brand *brand;
    enum outcome o;

    TRY(api_find_brand(c, one->brand, &brand));
    o = account_by_email(tx, c->mem, brand->id, text_lower(c->mem, http_parameter(c->req, "email")), &one->account);
    return o == REFUSED ? api_refuse(c, PROBLEM_NOT_FOUND, "", "%s", "") : o;
}

static json_t *describe_profile(const struct account_profile *p)
{
    const struct billing *b = &p->billing;

    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "kind", p->kind, "tax_code", b->tax_code,
                     "vat_number", b->vat_number, "phone", p->phone, "street", b->street, "postcode", b->postcode,
                     "city", b->city, "province", b->province, "country", b->country, "sdi_code", b->sdi_code);
}

static enum outcome put_boxes(struct db_tx *tx, struct call *c, struct principal who)
{
    const struct mailbox_page page = {.search = "", .limit = BOXES_MOST};
    struct mailbox *boxes;
    json_t *list;
    size_t count;

    TRY(mailboxes_seen_by(tx, c->mem, who, &page, &boxes, &count));
    list = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:o}", "address", boxes[i].address, "status",
                                              boxes[i].status, "holder", boxes[i].holder.name, "expires_on",
                                              describe_day(boxes[i].term.ends_on)));
    json_object_set_new(c->body, "mailboxes", list);
    return DONE;
}

static enum outcome put_papers(struct db_tx *tx, struct call *c, struct principal who)
{
    json_t *orders = json_array(), *invoices = json_array();
    struct order *placed;
    struct invoice *issued;
    size_t count;

    json_object_set_new(c->body, "orders", orders);
    json_object_set_new(c->body, "invoices", invoices);
    TRY(orders_seen_by(tx, c->mem, who, 0, PAPERS_MOST, &placed, &count));
    for (size_t i = 0; i < count; i++)
        json_array_append_new(orders,
                              json_pack("{s:s, s:s, s:I, s:o}", "code", placed[i].code, "status", placed[i].state_text,
                                        "gross_cents", (json_int_t)placed[i].total.gross.cents, "confirmed_at",
                                        describe_instant(placed[i].confirmed_at)));
    TRY(invoices_seen_by(tx, c->mem, who, 0, PAPERS_MOST, &issued, &count));
    for (size_t i = 0; i < count; i++)
        json_array_append_new(invoices, json_pack("{s:I, s:s, s:I, s:o}", "id", (json_int_t)issued[i].id, "number",
                                                  invoice_number_text(c->mem, &issued[i]), "gross_cents",
                                                  (json_int_t)issued[i].total.gross.cents, "issued_on",
                                                  describe_day(issued[i].issued_on)));
    return DONE;
}

static enum outcome read_one(struct db_tx *tx, struct call *c, void *arg)
{
    struct one *one = arg;
    struct account_profile profile = {0};
    struct money balance, owed;
    struct principal who;
    int64_t sessions;
    enum outcome o;

    TRY(find(tx, c, one));
    who = (struct principal){.account_id = one->account.id};
    o = account_profile_of(tx, c->mem, one->account.id, &profile);
    if (o != DONE && o != REFUSED)
        return o;
    TRY(sessions_count(tx, one->account.id, &sessions));
    TRY(wallet_balance(tx, one->account.id, &balance));
    TRY(wallet_owed(tx, one->account.id, &owed));
    c->body = describe_account(&one->account);
    json_object_set_new(c->body, "profile", o == DONE ? describe_profile(&profile) : json_null());
    json_object_set_new(c->body, "sessions", json_integer(sessions));
    json_object_set_new(c->body, "balance_cents", json_integer(balance.cents));
    json_object_set_new(c->body, "owed_cents", json_integer(owed.cents));
    TRY(put_boxes(tx, c, who));
    return put_papers(tx, c, who);
}

void api_account(struct http_request *req)
{
    static const char *const KNOWN[] = {"brand", NULL};
    struct one one = {0};
    struct call c;

    if (!api_open(req, RIGHT_READ, &c))
        return;
    one.brand = api_text(&c, "brand");
    api_get(&c, KNOWN, read_one, &one);
}

/* ---- All that is kept about a person ---- */

/* Nothing of it is kept as an answer is: it goes to who asks, and that alone stands in the log. */
void api_person(struct http_request *req)
{
    static const char *const NONE[] = {NULL};
    struct problem why = {0};
    enum outcome o;
    struct call c;

    if (!api_open(req, RIGHT_READ, &c))
        return;
    (void)!api_query(&c, NONE);
    if (!api_is_new(&c))
        return;
    o = person_export(c.shop, c.mem, http_parameter(req, "person"), c.key.brand, &c.actor, &c.body, &why);
    if (o == DONE) {
        http_reply_json(req, 200, c.body);
        return;
    }
    (void)!api_passed(&c, o, &why);
    api_fail(&c, o);
}
