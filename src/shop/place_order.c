#include "rules/reference.h"
#include "shop/autorenew.h"
#include "shop/cart.h"
#include "shop/extra_space.h"
#include "shop/fulfil.h"
#include "shop/lookup.h"
#include "shop/pay.h"
#include "shop/place_parts.h"
#include "shop/plan_change.h"
#include "store/access.h"
#include "store/account.h"
#include "store/association.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <talloc.h>

/* One mailbox of the order, with what was worked out for it. */
struct item {
    struct mailbox mailbox;
    struct quote quote;
};

struct work {
    struct db_tx *tx;
    void *mem;
    const struct order_request *request;
    struct placed_order *placed;
    struct problem *why;
    struct day today;
    struct item *items;
    size_t count;
};

static void put_under(struct problems *all, const char *prefix, const struct problem *why)
{
    char field[96];

    snprintf(field, sizeof field, "%s%s", prefix, why->field);
    (void)!problems_add(all, why->code, field, "%s", why->detail);
}

static enum outcome check_count(const struct order_request *r, struct problem *why)
{
    if (r->line_count == 0)
        return problem_set(why, PROBLEM_CART_EMPTY, "lines", "%s", "");
    if (r->line_count > ORDER_MAILBOXES)
        return problem_set(why, PROBLEM_OUT_OF_RANGE, "lines", "1-%d", ORDER_MAILBOXES);
    return DONE;
}

enum outcome place_check_method(const struct order_request *r, struct problem *why)
{
    enum payment_method method;

    if (!r->payment_method || payment_method_of(r->payment_method, &method) != DONE ||
        !method_offered(r->shop, r->brand, method) || (method == METHOD_WALLET && !r->who.account_id))
        return problem_set(why, PROBLEM_PAYMENT_METHOD, "payment_method", "%s", "");
    return DONE;
}

enum outcome place_check_terms(struct db_tx *tx, const struct order_request *r, struct problem *why)
{
    const struct brand_terms *terms = brand_terms_on(&r->brand->terms, db_today(tx));

    if (!r->terms_accepted || !r->terms_version || strcmp(r->terms_version, terms->version) != 0)
        return problem_set(why, PROBLEM_TERMS, "terms", "%s", "");
    return DONE;
}

static bool is_customer(const struct order_request *r)
{
    return r->who.account_id || r->who.mailbox_id;
}

/* Without billing data the holder's are used; those that were imported may be wanting. */
static enum outcome check_holder(struct work *w, struct problems *all)
{
    struct billing holder = w->items[0].mailbox.holder;
    struct problems faults = {0};

    if (w->request->billing.name && w->request->billing.name[0])
        return DONE;
    if (is_customer(w->request) && !principal_sees(w->request->who, &w->items[0].mailbox))
        holder = (struct billing){0}; /* the holder's data are not for who found the mailbox by its pair */
    if (billing_check(w->mem, &holder, &faults) == DONE)
        return DONE;
    for (size_t i = 0; i < faults.count && i < count_of(faults.item); i++)
        put_under(all, "billing.", &faults.item[i]);
    return REFUSED;
}

static enum outcome check_billing(struct work *w)
{
    struct problems faults = {0};
    enum outcome o = check_holder(w, &faults);

    if (o == REFUSED && w->why)
        *w->why = faults.item[0];
    return o;
}

/* Whether the mailbox is there for who orders: his, or found by its pair. */
static enum outcome find_item(struct work *w, const char *address, struct mailbox *mailbox, bool *found)
{
    const struct order_request *r = w->request;
    enum outcome o = mailbox_by_address(w->tx, w->mem, address, mailbox);

    *found = o == DONE && strcmp(mailbox->brand, r->brand->id) == 0;
    if (*found && is_customer(r))
        o = may_renew(w->tx, r->who, mailbox, found);
    return o == REFUSED ? DONE : o;
}

/* An account cannot give away what it sees; with the mailbox's own password one may (R134). */
static enum outcome check_associate(struct work *w)
{
    const struct order_request *r = w->request;
    struct account account;
    enum outcome o;

    if (!r->associate_account_id || r->associate_account_id == r->who.account_id)
        return DONE;
    o = account_by_id(w->tx, w->mem, r->associate_account_id, &account);
    if (o != DONE && o != REFUSED)
        return o;
    if (o == REFUSED || r->who.account_id || strcmp(account.brand, r->brand->id) != 0)
        return problem_set(w->why, PROBLEM_FORBIDDEN, "associate", "%s", "");
    return DONE;
}

/* Somebody else's mailbox reads like one that does not exist. */
static enum outcome load_item(struct work *w, const struct wanted_line *line)
{
    struct item *item = &w->items[w->count];
    bool found;

    TRY(find_item(w, line->address, &item->mailbox, &found));
    if (!found)
        return problem_set(w->why, PROBLEM_MAILBOX_UNKNOWN, "mailbox", "%s", "");
    for (size_t i = 0; i < w->count; i++)
        if (w->items[i].mailbox.id == item->mailbox.id)
            return problem_set(w->why, PROBLEM_REPEATED_FIELD, "mailbox", "%s", "");
    TRY(quote_possible(w->tx, w->mem, w->request->brand, &item->mailbox, &line->choice, w->today, &item->quote,
                       w->why));
    TRY(plan_consent_check(w->request->language, &item->quote, w->why));
    w->count++;
    return DONE;
}

/* A domain is renewed with all of its mailboxes, for the same time, or not at all. */
static enum outcome check_domain(struct work *w, const struct item *item)
{
    struct mailbox *all;
    size_t count, found = 0;

    if (!item->quote.choice.with_domain || !item->mailbox.domain[0])
        return DONE;
    TRY(mailboxes_of_domain(w->tx, w->mem, item->mailbox.brand, item->mailbox.domain, &all, &count));
    for (size_t i = 0; i < w->count; i++)
        found += strcmp(w->items[i].mailbox.domain, item->mailbox.domain) == 0 &&
                 day_same(w->items[i].quote.renewed.ends_on, item->quote.renewed.ends_on);
    return found == count ? DONE : problem_set(w->why, PROBLEM_OWN_DOMAIN, "mailbox", "%s", item->mailbox.domain);
}

static void price_items(struct work *w)
{
    for (size_t i = 0; i < w->count; i++)
        quote_lines(w->mem, w->request->language, &w->items[i].mailbox, &w->items[i].quote, w->today, &w->placed->lines,
                    &w->placed->line_count);
}

/* The total that was shown must be the one in force (T7). */
enum outcome place_check_total(const struct order_request *request, const struct total *total, struct problem *why)
{
    char text[MONEY_TEXT];

    if (request->expected.cents >= 0 && request->expected.cents != total->gross.cents)
        return problem_set(why, PROBLEM_PRICE_CHANGED, "total_cents", "%s €", money_italian(total->gross, text));
    return DONE;
}

static enum outcome check_total(struct work *w, struct total *total)
{
    TRY(lines_total(w->request->brand, w->placed->lines, w->placed->line_count, w->today, total, w->why));
    return place_check_total(w->request, total, w->why);
}

enum outcome order_give_code(struct db_tx *tx, void *mem, const struct brand *brand, struct order *order)
{
    int year = day_split(rome_day(order->confirmed_at)).year;

    TRY(order_new_id(tx, &order->id));
    order->code = order_code_make(&brand->payment.codes,
                                  order_is_topup(order)      ? ORDER_CODE_TOPUP
                                  : order_is_purchase(order) ? ORDER_CODE_PURCHASE
                                                             : ORDER_CODE_RENEWAL,
                                  year, order->id, talloc_array(mem, char, REFERENCE_TEXT));
    return DONE;
}

enum outcome place_begin(struct db_tx *tx, void *mem, const struct order_request *r, const struct total *total,
                         struct order *o)
{
    const struct brand_terms *terms = brand_terms_on(&r->brand->terms, db_today(tx));

    *o = (struct order){.brand = (char *)r->brand->id,
                        .kind = o->kind,
                        .state = ORDER_CONFIRMED,
                        .state_text = (char *)order_state_name(ORDER_CONFIRMED),
                        .account_id = r->who.account_id,
                        .mailbox_id = o->mailbox_id,
                        .door = (char *)r->actor.door,
                        .language = (char *)r->language,
                        .total = *total,
                        .payment_method = (char *)r->payment_method,
                        .terms_version = (char *)terms->version,
                        .terms_sha256 = (char *)terms->sha256,
                        .billing = o->billing,
                        .confirmed_at = db_now(tx),
                        .lapses_on = day_plus(db_today(tx), r->brand->order_lapses_days)};
    TRY(order_agree_tax(r->brand, o, db_today(tx), NULL));
    return order_give_code(tx, mem, r->brand, o);
}

enum outcome place_write(struct db_tx *tx, const struct order_request *r, const struct placed_order *placed)
{
    const struct order *o = &placed->order;
    enum outcome outcome = order_insert(tx, o, r->form_token);
    json_t *data;

    if (outcome != DONE) /* REFUSED: the same form, a moment ago; the next try finds its order */
        return outcome == REFUSED ? BUSY : outcome;
    for (size_t i = 0; i < placed->line_count; i++)
        TRY(order_line_insert(tx, o->id, &placed->lines[i]));
    data = json_pack("{s:s, s:I, s:s}", "code", o->code, "gross_cents", (json_int_t)o->total.gross.cents, "method",
                     o->payment_method);
    outcome = event_record(tx, o->brand, &r->actor, "order.confirmed", o->id, o->mailbox_id, data);
    json_decref(data);
    TRY(outcome);
    return outbox_add(tx, o->brand, "mail", "order_received", o->billing.email, o->language, o->id, NULL);
}

static enum outcome write_order(struct work *w, const struct total *total)
{
    const struct order_request *r = w->request;
    struct order *o = &w->placed->order;

    o->kind = (char *)ORDER_RENEWAL;
    for (size_t i = 0; i < w->count; i++)
        if (w->items[i].quote.changes)
            o->kind = (char *)ORDER_CHANGE;
    o->mailbox_id = w->items[0].mailbox.id;
    o->billing = r->billing.name && r->billing.name[0] ? r->billing : w->items[0].mailbox.holder;
    TRY(place_begin(w->tx, w->mem, r, total, o));
    for (size_t i = 0; i < w->count; i++) {
        TRY(space_gives_way(w->tx, w->mem, &w->items[i].mailbox, &r->actor));
        TRY(mailbox_claim(w->tx, w->items[i].mailbox.id, o->id));
    }
    TRY(place_write(w->tx, r, w->placed));
    for (size_t i = 0; i < w->count; i++)
        TRY(plan_change_ordered(w->tx, w->mem, o, &r->actor, &w->items[i].mailbox, &w->items[i].quote));
    if (r->autorenew_version && r->autorenew_version[0])
        TRY(autorenew_ask(w->tx, w->mem, r->shop, r->brand, &r->actor, o, w->placed->lines, w->placed->line_count,
                          r->autorenew_version, w->why));
    if (r->associate_account_id && !r->who.account_id)
        TRY(association_put(w->tx, o->id, r->associate_account_id));
    return r->cart_owner ? cart_clear(w->tx, r->cart_owner) : DONE;
}

enum outcome place_found(struct db_tx *tx, void *mem, const struct order_request *request, struct placed_order *placed,
                         struct problem *why)
{
    bool seen = true;

    if (why)
        *why = (struct problem){0};
    if (!request->form_token)
        return REFUSED;
    TRY(order_by_form_token(tx, mem, request->form_token, &placed->order));
    placed->found = true;
    if (request->who.account_id || request->who.mailbox_id)
        TRY(order_seen_by(tx, &placed->order, request->who, &seen));
    if (!seen)
        return problem_set(why, PROBLEM_FORM_EXPIRED, "", "%s", "");
    return order_lines(tx, mem, placed->order.id, &placed->lines, &placed->line_count);
}

void place_order_ahead(struct db_tx *tx, const struct wanted_line *lines, size_t count)
{
    for (size_t i = 0; i < count; i++)
        mailbox_by_address_ahead(tx, lines[i].address);
    order_new_id_ahead(tx); /* of an order that is refused its number stays unused, as that of one rolled back */
}

enum outcome place_order(struct db_tx *tx, void *mem, const struct order_request *request, struct placed_order *placed,
                         struct problem *why)
{
    struct work *w = talloc_zero(mem, struct work);
    struct total total;
    enum outcome o;

    *w = (struct work){.tx = tx, .mem = mem, .request = request, .placed = placed, .why = why, .today = db_today(tx)};
    w->items = talloc_zero_array(w, struct item, (unsigned)request->line_count + 1);
    *placed = (struct placed_order){0};
    place_order_ahead(tx, request->lines, request->line_count);
    o = place_found(tx, mem, request, placed, why);
    if (o != REFUSED || placed->found)
        return o;
    TRY(check_count(request, why));
    TRY(place_check_method(request, why));
    TRY(place_check_terms(tx, request, why));
    for (size_t i = 0; i < request->line_count; i++)
        TRY(load_item(w, &request->lines[i]));
    TRY(check_associate(w));
    for (size_t i = 0; i < w->count; i++)
        TRY(check_domain(w, &w->items[i]));
    TRY(check_billing(w));
    price_items(w);
    TRY(check_total(w, &total));
    return write_order(w, &total);
}

/* ---- All that is wrong ---- */

static enum outcome note(struct problems *all, const char *prefix, enum outcome o, const struct problem *why)
{
    if (o != REFUSED)
        return o;
    put_under(all, prefix, why);
    return DONE;
}

enum outcome order_faults(struct db_tx *tx, void *mem, const struct order_request *request, struct problems *all)
{
    struct work *w = talloc_zero(mem, struct work);
    struct placed_order placed = {0};
    struct problem why = {0};
    struct total total;

    *w = (struct work){.tx = tx, .mem = mem, .request = request, .placed = &placed, .why = &why, .today = db_today(tx)};
    if (note(all, "", check_count(request, &why), &why) != DONE || all->count)
        return REFUSED;
    TRY(note(all, "", place_check_method(request, &why), &why));
    TRY(note(all, "", place_check_terms(tx, request, &why), &why));
    w->items = talloc_zero_array(w, struct item, (unsigned)request->line_count + 1);
    for (size_t i = 0; i < request->line_count; i++) {
        char prefix[40];
        enum outcome o = load_item(w, &request->lines[i]);

        /* A fault of no field of its own, as a date's, is the mailbox's. */
        snprintf(prefix, sizeof prefix, "lines[%zu].%s", i, why.field[0] ? "" : "mailbox");
        TRY(note(all, prefix, o, &why));
    }
    if (w->count)
        (void)!check_holder(w, all);
    if (all->count)
        return REFUSED;
    price_items(w);
    TRY(note(all, "", check_total(w, &total), &why));
    return all->count ? REFUSED : DONE;
}
