#include "web/walk_order.h"
#include "shop/place_order.h"
#include "shop/plan_change.h"
#include <string.h>
#include <talloc.h>

struct ordering {
    struct walk *w;
    struct wizard_consent consent;
    struct order_request request;
    struct placed_order placed;
    struct problem why;
};

static enum outcome place(struct db_tx *tx, void *arg)
{
    struct ordering *o = arg;

    return wizard_place(tx, o->w->page.mem, &o->w->kept, &o->consent, &o->request, &o->placed, &o->why);
}

static struct wanted_line *wanted(struct walk *w)
{
    struct wanted_line *lines = talloc_zero_array(w->page.mem, struct wanted_line, (unsigned)w->cart.count + 1);

    for (size_t i = 0; i < w->cart.count; i++)
        lines[i] = (struct wanted_line){.address = w->cart.items[i].mailbox.address, .choice = w->cart.items[i].choice};
    return lines;
}

enum outcome walk_order(struct walk *w, const struct walk_order *order, struct problems *faults)
{
    struct page *p = &w->page;
    struct ordering *o = talloc_zero(p->mem, struct ordering);
    enum outcome outcome;

    *o = (struct ordering){.w = w,
                           .consent = {.version = order->version,
                                       .accepted_at = order->accepted_at,
                                       .account = order->account,
                                       .holder = order->holder},
                           .request = {.brand = p->brand,
                                       .actor = p->actor,
                                       .who = p->visitor.who,
                                       .lines = wanted(w),
                                       .line_count = w->cart.count,
                                       .shop = p->shop,
                                       .payment_method = order->method,
                                       .billing = walk_billing(w),
                                       .terms_accepted = true, /* no step lets anybody through without */
                                       .terms_version = order->terms_version,
                                       .autorenew_version = order->autorenew_version,
                                       .language = p->language,
                                       .expected = order->expected}};
    if (http_leave(p->req)) { /* less room than before is judged by what the mail host says now */
        (void)!spaces_ask(p->shop, p->mem, o->request.lines, o->request.line_count);
        http_return(p->req);
    }
    outcome = db_transaction_rows(p->shop->db, "order.place", place, o);
    if (outcome == REFUSED) {
        problems_put(faults, &o->why);
        return REFUSED;
    }
    w->answered = true;
    if (outcome == DONE)
        pay_placed(p, &o->placed.order, order->remember);
    else
        page_failed(p, outcome, &o->why);
    return DONE;
}
