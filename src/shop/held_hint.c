#include "shop/held_hint.h"
#include "base/i18n.h"
#include "rules/resemble.h"
#include "shop/fulfil.h"
#include "shop/pay.h"
#include "store/account.h"
#include <string.h>
#include <talloc.h>

#define TWIN_DAYS   60
#define OF_ONE      5   /* orders of one customer that are looked at */
#define SAME_AMOUNT 500 /* the newest orders of an amount whose names are compared */

static const struct {
    const char *name, *label;
    int weight;
} REASONS[HINT_REASONS] = {
    [HINT_NAMED] = {"named", N_("la causale nomina questo ordine"), 40},
    [HINT_CLOSED] = {"closed", N_("l'ordine è annullato o scaduto"), 0},
    [HINT_PAID] = {"paid", N_("l'ordine era già pagato: causale usata di nuovo"), 0},
    [HINT_NEXT] = {"next", N_("attende il pagamento per la stessa casella"), 30},
    [HINT_CUSTOMER] = {"customer", N_("è dello stesso cliente"), 8},
    [HINT_NEAR_CODE] = {"near_code", N_("il codice differisce per un solo segno"), 25},
    [HINT_TAX_NUMBER] = {"tax_number", N_("la causale contiene il codice fiscale o la partita IVA del cliente"), 20},
    [HINT_NAME] = {"name_and_amount", N_("stesso importo e nome simile a quello di chi ha pagato"), 5},
};

const char *hint_reason_name(enum hint_reason reason)
{
    return REASONS[reason].name;
}

const char *hint_reason_label(enum hint_reason reason)
{
    return REASONS[reason].label;
}

struct work {
    struct db_tx *tx;
    void *mem;
    const struct brands *brands;
    const struct bank_entry *entry;
    struct code_forms forms;
    struct money left;
    struct held_hints *hints;
};

/* ---- Putting them together ---- */

/* Whether the order takes money, and how much. */
static enum outcome weigh(struct work *w, struct held_hint *h)
{
    const struct order *order = &h->order;
    const struct brand *brand = brand_by_id(w->brands, order->brand);
    struct account account;
    struct total due;

    h->account = "";
    h->payable = order_is_open(order->state) || order->provisional;
    if (!h->payable && brand)
        TRY(order_may_settle_late(w->tx, w->mem, brand, order, w->entry->booked_on, &h->payable));
    h->payable &= brand && brand_has_account(brand, w->entry->account);
    TRY(order_due(order, order->provisional ? order->settled_on : w->entry->booked_on, &due, NULL));
    h->due = due.due;
    h->exact = h->payable && due.due.cents == w->left.cents;
    if (!brand || !order->account_id || !method_offered(NULL, brand, METHOD_WALLET))
        return DONE;
    TRY(account_by_id(w->tx, w->mem, order->account_id, &account));
    h->account = account.email;
    return DONE;
}

/* One order once, with all its reasons. */
static enum outcome add(struct work *w, int64_t order_id, enum hint_reason reason)
{
    struct held_hints *all = w->hints;
    struct held_hint *h;

    for (size_t i = 0; i < all->count; i++)
        if (all->item[i].order.id == order_id) {
            all->item[i].reasons |= 1u << reason;
            return DONE;
        }
    if (all->count == HELD_HINTS)
        return DONE;
    h = &all->item[all->count];
    *h = (struct held_hint){.reasons = 1u << reason};
    TRY(order_by_id(w->tx, w->mem, order_id, &h->order));
    TRY(weigh(w, h));
    all->count++;
    return DONE;
}

static enum outcome add_all(struct work *w, const struct held_candidate *orders, size_t count, enum hint_reason reason)
{
    for (size_t i = 0; i < count; i++)
        TRY(add(w, orders[i].id, reason));
    return DONE;
}

/* ---- Where they come from ---- */

/* The id that a code, or a reference by its number, is of; 0: none. */
static enum outcome order_called(struct work *w, const char *code, int64_t *id)
{
    char made[REFERENCE_TEXT];
    struct order order;
    enum outcome o = held_order_of_code(w->tx, code, id);

    if (o != REFUSED)
        return o;
    *id = 0;
    if (!reference_valid(code))
        return DONE;
    o = order_by_id(w->tx, w->mem, reference_number(code), &order);
    if (o == DONE && strcmp(reference_make(day_split(rome_day(order.confirmed_at)).year, order.id, made), code) == 0)
        *id = order.id;
    return o == REFUSED ? DONE : o;
}

static enum outcome find_named(struct work *w)
{
    struct references found;
    const char *text = w->entry->remittance;
    int64_t id;

    if (w->entry->order_id)
        TRY(add(w, w->entry->order_id, HINT_NAMED));
    codes_find(&text, 1, &w->forms, &found);
    for (size_t i = 0; i < found.valid_count; i++) {
        TRY(order_called(w, found.valid[i], &id));
        if (id)
            TRY(add(w, id, HINT_NAMED));
    }
    return DONE;
}

/* A code that is over leads to what waits for its mailbox, and for its customer. */
static enum outcome find_next(struct work *w)
{
    size_t named = w->hints->count, count;
    struct held_candidate *orders;

    for (size_t i = 0; i < named; i++) {
        const struct order order = w->hints->item[i].order;
        bool closed = order.state == ORDER_CANCELLED || order.state == ORDER_LAPSED;

        if (order_is_open(order.state))
            continue;
        w->hints->item[i].reasons |= 1u << (closed ? HINT_CLOSED : HINT_PAID);
        if (order.mailbox_id) {
            TRY(held_orders_of_mailbox(w->tx, w->mem, order.mailbox_id, OF_ONE, &orders, &count));
            TRY(add_all(w, orders, count, HINT_NEXT));
        }
        if (order.account_id) {
            TRY(held_orders_of_account(w->tx, w->mem, order.account_id, OF_ONE, &orders, &count));
            TRY(add_all(w, orders, count, HINT_CUSTOMER));
        }
    }
    return DONE;
}

static enum outcome find_near(struct work *w)
{
    struct near_codes *near = talloc(w->mem, struct near_codes);
    int64_t id;

    codes_near(w->entry->remittance, &w->forms, near);
    for (size_t i = 0; i < near->count; i++) {
        TRY(order_called(w, near->code[i], &id));
        if (id)
            TRY(add(w, id, HINT_NEAR_CODE));
    }
    return DONE;
}

static enum outcome find_tax_numbers(struct work *w)
{
    char found[TAX_NUMBERS][17];
    size_t numbers = tax_numbers_find(w->entry->remittance, found), count;
    struct held_candidate *orders;

    for (size_t i = 0; i < numbers; i++) {
        TRY(held_orders_of_tax_number(w->tx, w->mem, found[i], OF_ONE, &orders, &count));
        TRY(add_all(w, orders, count, HINT_TAX_NUMBER));
    }
    return DONE;
}

static enum outcome find_names(struct work *w)
{
    struct held_candidate *orders;
    size_t count;

    for (size_t i = 0; i < w->brands->count && w->entry->debtor[0]; i++) {
        if (!brand_has_account(&w->brands->all[i], w->entry->account))
            continue;
        TRY(held_orders_of_amount(w->tx, w->mem, w->brands->all[i].id, w->left, SAME_AMOUNT, &orders, &count));
        for (size_t k = 0; k < count; k++)
            if (names_resemble(orders[k].name, w->entry->debtor))
                TRY(add(w, orders[k].id, HINT_NAME));
    }
    return DONE;
}

/* ---- The order of things ---- */

static int weight(const struct held_hint *h)
{
    int sum = h->payable ? 100 : 0;

    for (int r = 0; r < HINT_REASONS; r++)
        if (h->reasons & 1u << r)
            sum += REASONS[r].weight;
    return sum + (h->exact ? 50 : 0);
}

static void sort(struct held_hints *all)
{
    for (size_t i = 1; i < all->count; i++)
        for (size_t k = i; k > 0 && weight(&all->item[k]) > weight(&all->item[k - 1]); k--) {
            struct held_hint other = all->item[k];

            all->item[k] = all->item[k - 1];
            all->item[k - 1] = other;
        }
}

static bool adds_up(const struct work *w)
{
    int64_t sum = 0;
    size_t named = 0;

    for (size_t i = 0; i < w->hints->count; i++) {
        const struct held_hint *h = &w->hints->item[i];

        if (!(h->reasons & 1u << HINT_NAMED))
            continue;
        if (!h->payable)
            return false;
        sum += h->due.cents;
        named++;
    }
    return named > 1 && sum == w->left.cents;
}

enum outcome held_hints(struct db_tx *tx, void *mem, const struct brands *brands, const struct bank_entry *entry,
                        struct held_hints *hints)
{
    struct work w = {.tx = tx,
                     .mem = mem,
                     .brands = brands,
                     .entry = entry,
                     .forms = brands_code_forms(mem, brands),
                     .left = money(entry->amount.cents - entry->placed.cents),
                     .hints = hints};
    int64_t twin = 0;
    enum outcome o;

    *hints = (struct held_hints){0};
    TRY(find_named(&w));
    TRY(find_next(&w));
    TRY(find_near(&w));
    TRY(find_tax_numbers(&w));
    TRY(find_names(&w));
    sort(hints);
    hints->adds_up = adds_up(&w);
    o = held_twin(tx, entry->id, TWIN_DAYS, &twin);
    if (o == DONE)
        return bank_entry_by_id(tx, mem, twin, &hints->twin);
    return o == REFUSED ? DONE : o;
}
