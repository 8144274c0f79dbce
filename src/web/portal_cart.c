/* web/portal_cart.c: GET /carrello (R18, R19), POST /carrello/rimuovi. */

#include "base/i18n.h"
#include "shop/cart.h"
#include "shop/present.h"
#include "web/page.h"
#include "web/portal.h"
#include <talloc.h>

static enum outcome load(struct db_tx *tx, struct page *p, void *arg, struct problem *why)
{
    (void)why;
    return cart_load(tx, p->mem, p->brand, p->visitor.who, p->language, arg);
}

/* What can no longer be ordered is said, with its reason, and can only be removed. */
static void tell_refused(struct page *p, const struct cart *cart)
{
    json_t *list = json_array(), *refused = json_array();

    for (size_t i = 0; i < cart->count; i++) {
        const struct cart_item *item = &cart->items[i];

        if (!item->refused)
            continue;
        json_array_append_new(list, json_pack("{s:o}", "text",
                                              json_sprintf("%s: %s", item->mailbox.address,
                                                           problem_text(p->mem, p->language, &item->why))));
        json_array_append_new(
            refused, json_pack("{s:I, s:s}", "id", (json_int_t)item->mailbox.id, "mailbox", item->mailbox.address));
    }
    page_set(p, "refused", refused);
    if (json_array_size(list))
        page_set(p, "errors", json_pack("{s:o}", "list", list));
    else
        json_decref(list);
}

void portal_cart(struct http_request *req)
{
    struct cart cart;
    struct page p;

    if (!page_open(req, PAGE_SIGNED_IN, load, &cart, &p))
        return;
    tell_refused(&p, &cart);
    page_steps(&p, "cart");
    page_set(&p, "cart",
             cart.line_count ? present_lines(p.mem, cart.lines, cart.line_count, &cart.total) : json_false());
    page_show(&p, 200, "cart", N_("Carrello"));
}

struct removal {
    const char *owner;
    const struct brand *brand;
    int64_t mailbox_id;
};

static const struct form_field REMOVAL[] = {FORM_INT(struct removal, mailbox_id, "line", .min = 1, .max = INT64_MAX),
                                            FORM_END};

static enum outcome remove_line(struct db_tx *tx, void *arg)
{
    struct removal *r = arg;

    return r->brand->domains.on ? cart_remove_domain(tx, r->owner, r->brand->id, r->mailbox_id)
                                : cart_remove(tx, r->owner, r->mailbox_id);
}

void portal_cart_remove(struct http_request *req)
{
    struct removal removal = {0};
    struct problems faults = {0};
    enum outcome o;
    struct page p;

    if (!page_open(req, PAGE_SIGNED_IN, NULL, NULL, &p))
        return;
    if (page_form(&p, REMOVAL, &removal, &faults) != DONE) {
        page_problem(&p, &faults.item[0]);
        return;
    }
    removal.owner = p.owner;
    removal.brand = p.brand;
    o = db_transaction(p.shop->db, "cart.remove", remove_line, &removal);
    if (o != DONE)
        page_failed(&p, o, NULL);
    else
        page_go(&p, "/carrello");
}
