/* web/office_buy.c: GET /office/clienti/{id}/acquisto: what a new mailbox would cost, and whether its name is free;
 * POST: it is ordered for the customer, in whose name it will be, by the data of his account (shop/place_purchase.h).
 * He gets the mail with the ways to pay, and finds the order and what follows in his area. Nothing is ever charged from
 * here. */

#include "base/i18n.h"
#include "base/text.h"
#include "shop/place_purchase.h"
#include "web/field_name.h"
#include "web/office_order_for.h"
#include <stdio.h>
#include <string.h>
#include <talloc.h>

struct buy_form {
    const char *name[NAMES], *plan, *phone, *signer_name, *signer_tax_code;
    int64_t years;
    bool start_now;
    struct order_for order;
};

static const struct form_field ORDER[] = {
    FORM_TEXT(struct buy_form, name[0], "name_1", .max = 254, .optional = true),
    FORM_TEXT(struct buy_form, name[1], "name_2", .max = 254, .optional = true),
    FORM_TEXT(struct buy_form, name[2], "name_3", .max = 254, .optional = true),
    FORM_TEXT(struct buy_form, plan, "plan", .max = 40),
    FORM_INT(struct buy_form, years, "years", .min = 1, .max = QUOTE_OPTIONS),
    FORM_TEXT(struct buy_form, phone, "phone", .max = 40, .optional = true),
    FORM_TEXT(struct buy_form, signer_name, "signer_name", .max = 120, .optional = true),
    FORM_TEXT(struct buy_form, signer_tax_code, "signer_tax_code", .max = 40, .optional = true),
    FORM_FLAG(struct buy_form, start_now, "start_now"),
    ORDER_FOR_FIELDS(struct buy_form, order),
    FORM_END,
};

struct buying {
    struct account account;
    struct billing holder;
    const char *phone; /* "" not known: it is asked for */
    const struct brand *brand;
    struct buy_form form;
    struct purchase_quote quote;
    struct problem no;     /* why it is not quoted */
    struct problems lacks; /* of what the customer said of himself */
    struct name_answer names[NAMES];
    size_t name_count;
};

/* ---- Reading ---- */

static const char *typed(const struct form *from, const char *name)
{
    const char *value = form_value(from, name);

    return value && strlen(value) <= 254 && text_is_plain(value, strlen(value)) ? value : "";
}

/* What is asked for in the address, or was sent with the order. */
static void read_choice(struct http_request *req, struct buy_form *f)
{
    const struct form *from = req->method == HTTP_GET ? &req->query : &req->form;

    *f = (struct buy_form){.name = {typed(from, "name_1"), typed(from, "name_2"), typed(from, "name_3")},
                           .plan = typed(from, "plan"),
                           .years = office_number(form_value(from, "years")),
                           .phone = "",
                           .signer_name = "",
                           .signer_tax_code = ""};
}

static struct request request_of(const struct buying *b)
{
    const struct buy_form *f = &b->form;
    struct request r = {.plan = (char *)f->plan,
                        .years = f->years,
                        .holder = b->holder,
                        .phone = (char *)(b->phone[0] ? b->phone : f->phone),
                        .signer_name = (char *)f->signer_name,
                        .signer_tax_code = (char *)f->signer_tax_code,
                        .start_now = f->start_now,
                        .form_token = f->order.form_token};

    for (int i = 0; i < NAMES; i++)
        r.name[i] = (char *)(f->name[i] ? f->name[i] : "");
    return r;
}

static bool has_signer(const struct buying *b)
{
    return b->holder.kind == HOLDER_COMPANY || b->holder.kind == HOLDER_PUBLIC_BODY;
}

/* What he said of himself, or else as the holder of the first of his mailboxes. */
static enum outcome find_holder(struct db_tx *tx, void *mem, struct buying *b)
{
    const struct mailbox_page first = {.search = "", .limit = 1};
    struct account_profile profile;
    struct mailbox *boxes;
    size_t count;
    enum outcome found = account_profile_of(tx, mem, b->account.id, &profile);

    b->phone = "";
    b->holder = (struct billing){.kind = HOLDER_PERSON};
    if (found == DONE) {
        b->holder = profile.billing;
        b->phone = profile.phone;
    } else if (found != REFUSED) {
        return found;
    } else {
        TRY(mailboxes_seen_by(tx, mem, (struct principal){.account_id = b->account.id}, &first, &boxes, &count));
        if (count)
            b->holder = boxes[0].holder;
    }
    if (found == DONE || !b->holder.name || !b->holder.name[0])
        b->holder.name = b->account.name;
    b->holder.email = b->account.email;
    return DONE;
}

/* What only the customer can say: a telephone, and who signs, are asked here. */
static void look_at_holder(void *mem, struct buying *b)
{
    struct request r = request_of(b);
    struct problems all = {0};

    if (request_check_holder(mem, &r, &all) == DONE)
        return;
    for (size_t i = 0; i < all.count && i < count_of(all.item); i++)
        if (strncmp(all.item[i].field, "signer_", strlen("signer_")) != 0 && strcmp(all.item[i].field, "phone") != 0)
            problems_put(&b->lacks, &all.item[i]);
}

static enum outcome look_at_names(struct db_tx *tx, void *mem, struct buying *b)
{
    const char *names[NAMES];

    for (int i = 0; i < NAMES; i++)
        if (b->form.name[i][0])
            names[b->name_count++] = b->form.name[i];
    return b->name_count ? names_look(tx, mem, b->brand, names, b->name_count, b->names) : DONE;
}

static enum outcome load(struct db_tx *tx, struct office *o, void *arg, struct problem *why)
{
    struct buying *b = arg;
    enum outcome found = account_by_id(tx, o->page.mem, office_id(o->page.req, "id"), &b->account);

    *b = (struct buying){.account = b->account};
    if (found == REFUSED || (found == DONE && !operator_sees(&o->operator, b->account.brand)))
        return problem_set(why, PROBLEM_NOT_FOUND, "", "%s", "");
    TRY(found);
    b->brand = brand_by_id(o->page.shop->brands, b->account.brand);
    if (!b->brand || !b->brand->purchase.on)
        return problem_set(why, PROBLEM_NOT_FOUND, "", "%s", "");
    TRY(find_holder(tx, o->page.mem, b));
    read_choice(o->page.req, &b->form);
    look_at_holder(o->page.mem, b);
    if (purchase_quote(b->brand, b->form.plan, b->form.years, o->page.today, &b->quote, &b->no) != DONE)
        b->quote.plan = NULL;
    return look_at_names(tx, o->page.mem, b);
}

/* ---- The page ---- */

static void put_choices(struct page *p, const struct buying *b)
{
    json_t *plans = json_array(), *terms = json_array();
    int64_t most = 1;
    struct offer *offers;
    size_t count;

    purchase_catalogue(p->mem, b->brand, p->today, &offers, &count);
    for (size_t i = 0; i < count; i++) {
        const struct offer *of = &offers[i];

        if (of->year[of->year_count - 1].years > most)
            most = of->year[of->year_count - 1].years;
        json_array_append_new(plans, json_pack("{s:s, s:s, s:b}", "id", of->plan->id, "name", of->plan->name,
                                               "selected", strcmp(of->plan->id, b->form.plan) == 0));
    }
    for (int64_t y = 1; y <= most; y++)
        json_array_append_new(
            terms, json_pack("{s:I, s:b, s:b}", "years", (json_int_t)y, "one", y == 1, "selected", y == b->form.years));
    page_set(p, "plans", plans);
    page_set(p, "terms", terms);
}

static void put_names(struct page *p, const struct buying *b)
{
    json_t *names = json_array();
    bool free = false;

    for (size_t i = 0; i < b->name_count; i++) {
        const struct name_answer *n = &b->names[i];
        bool good = n->fault.code == PROBLEM_NONE;

        free |= good;
        json_array_append_new(
            names, json_pack("{s:s, s:b, s:o}", "address", n->address ? n->address : n->typed, "free", good, "fault",
                             good ? json_false() : json_string(problem_text(p->mem, p->language, &n->fault))));
    }
    page_set(p, "names", names);
    page_set(p, "any_free", json_boolean(free));
    for (int i = 0; i < NAMES; i++)
        page_set(p, talloc_asprintf(p->mem, "name_%d", i + 1), json_string(b->form.name[i] ? b->form.name[i] : ""));
}

static void put_quote(struct page *p, const struct buying *b, const char *address)
{
    const struct purchase_quote *q = &b->quote;
    const struct order_line line = {
        .address = (char *)address,
        .description = present_purchase(p->mem, "it", b->brand, q->plan, q->years),
        .quantity = q->years,
        .unit = q->priced.year,
        .net = q->total.net,
    };

    page_set(p, "quote", present_lines(p->mem, &line, 1, &q->total));
    page_set(p, "years", json_integer(q->years));
    page_set(p, "plan", json_string(q->plan->id));
}

static void put_lacks(struct page *p, const struct buying *b)
{
    json_t *lacks = json_array();

    for (size_t i = 0; i < b->lacks.count && i < count_of(b->lacks.item); i++)
        json_array_append_new(lacks, json_string(field_fault(p->mem, p->language, &b->lacks.item[i])));
    page_set(p, "lacks", lacks);
    page_set(p, "any_lacks", json_boolean(b->lacks.count > 0));
}

static void show(struct office *o, const struct buying *b, int status, const struct problems *faults)
{
    struct page *p = &o->page;
    bool asked = b->form.plan[0] || b->name_count, quoted = asked && b->quote.plan && !b->lacks.count;
    const char *address = b->name_count && b->names[0].address ? b->names[0].address : b->brand->domain;

    page_fields(p, ORDER, NULL, faults);
    page_set(p, "customer",
             json_pack("{s:s, s:s, s:s, s:s}", "name", b->account.name, "holder", b->holder.name, "email",
                       b->account.email, "path", office_account_path(p->mem, b->account.id)));
    page_set(p, "domain", json_string(b->brand->domain));
    page_set(p, "asks_phone", json_boolean(!b->phone[0]));
    page_set(p, "signs", json_boolean(has_signer(b)));
    page_set(p, "consumer",
             holder_is_consumer((enum holder_kind)b->holder.kind) ? json_integer(b->brand->purchase.withdrawal_days)
                                                                  : json_false());
    put_choices(p, b);
    put_names(p, b);
    put_lacks(p, b);
    order_for_put(p, b->brand, &b->form.order);
    page_set(p, "refusal",
             asked && !b->quote.plan ? json_string(problem_text(p->mem, p->language, &b->no)) : json_false());
    page_set(p, "quote", json_false());
    if (quoted)
        put_quote(p, b, address);
    office_show(o, status, "buy", N_("Acquisto per il cliente"));
}

void office_buy(struct http_request *req)
{
    struct buying b = {0};
    struct office o;

    if (office_open(req, load, &b, &o))
        show(&o, &b, 200, NULL);
}

/* ---- The order ---- */

struct placing {
    struct office *o;
    struct buying *b;
    struct placed_order placed;
    struct problems faults;
};

static enum outcome place(struct db_tx *tx, void *arg)
{
    struct placing *pl = arg;
    const struct buying *b = pl->b;
    const struct buy_form *f = &b->form;
    struct request bought = request_of(b);
    struct purchase_request purchase = {.start_now = f->start_now};
    struct problem why;

    pl->faults = (struct problems){0};
    if (order_for_request(pl->o, b->brand, &f->order, &purchase.order, &why) != DONE) {
        problems_put(&pl->faults, &why);
        return REFUSED;
    }
    purchase.order.who = (struct principal){.account_id = b->account.id};
    purchase.order.language = b->account.language;
    return purchase_at_once(tx, pl->o->page.mem, &purchase, &bought, &pl->placed, &pl->faults);
}

void office_buy_sent(struct http_request *req)
{
    struct buying b = {0};
    struct office o;
    struct placing pl = {.o = &o, .b = &b};
    enum outcome outcome;

    if (!office_open(req, load, &b, &o))
        return;
    if (page_form(&o.page, ORDER, &b.form, &pl.faults) != DONE || b.lacks.count) {
        show(&o, &b, 422, &pl.faults);
        return;
    }
    outcome = db_transaction_rows(o.page.shop->db, "office.buy", place, &pl);
    if (order_for_ended(&o, outcome, &pl.placed, &b.form.order, &pl.faults))
        show(&o, &b, problem_status(pl.faults.item[0].code), &pl.faults);
}
