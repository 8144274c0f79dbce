/* web/portal_withdraw.c: GET and POST /ordini/{code}/recesso: a consumer withdraws online, in two steps, and sees the
 * receipt (L15-L16). */

#include "base/i18n.h"
#include "shop/present.h"
#include "shop/withdraw.h"
#include "web/order_read.h"
#include "web/portal.h"
#include <string.h>
#include <talloc.h>

struct withdraw_page {
    struct order_facts facts;
    struct withdraw_look look;
    struct problem why; /* why not */
    bool may;
};

static enum outcome load(struct db_tx *tx, struct page *p, void *arg, struct problem *why)
{
    struct withdraw_page *w = arg;
    enum outcome o;

    w->why = (struct problem){0};
    TRY(order_read(tx, p, &w->facts, why));
    o = withdraw_look(tx, p->mem, p->shop->brands, &w->facts.order, &w->look, &w->why);
    w->may = o == DONE;
    return o == REFUSED ? DONE : o;
}

struct account_form {
    const char *iban, *payee;
};

/* Asked only where the money goes by a transfer. */
static const struct form_field ACCOUNT[] = {
    FORM_TEXT(struct account_form, iban, "iban", .max = 60, .optional = true),
    FORM_TEXT(struct account_form, payee, "payee", .max = 100, .optional = true),
    FORM_END,
};

static void show(struct page *p, const struct withdraw_page *w, int status, const struct problems *faults)
{
    bool done = w->look.done.id != 0;

    json_object_update_missing_new(p->data, present_order(p->mem, &w->facts, p->language, false));
    page_set(p, "withdrawal", w->may ? present_withdrawal(p->mem, &w->facts.order, &w->look) : json_false());
    page_set(p, "done", json_boolean(done));
    page_set(p, "refusal", w->may ? json_false() : json_string(problem_text(p->mem, p->language, &w->why)));
    page_set(p, "cancellable", json_boolean(w->facts.order.state == ORDER_CONFIRMED));
    page_set(p, "customer", json_string(w->facts.order.billing.name));
    page_fields(p, ACCOUNT, w->may ? json_pack("{s:s, s:s}", "iban", w->look.iban, "payee", w->look.payee) : NULL,
                faults);
    page_show(p, status, "withdraw", done ? N_("Recesso ricevuto") : N_("Recedere dal contratto"));
}

void portal_withdraw(struct http_request *req)
{
    struct withdraw_page w = {0};
    struct page p;

    if (page_open(req, PAGE_SIGNED_IN, load, &w, &p))
        show(&p, &w, 200, NULL);
}

struct withdrawing {
    struct page *p;
    struct withdraw_request request;
    struct withdraw_look look;
    struct problem why;
};

static enum outcome run(struct db_tx *tx, void *arg)
{
    struct withdrawing *w = arg;

    w->why = (struct problem){0};
    return withdraw(tx, w->p->mem, w->p->shop->brands, &w->request, &w->look, &w->why);
}

/* A second click, or the page sent again, finds the receipt. */
void portal_withdraw_sent(struct http_request *req)
{
    struct withdraw_page w = {0};
    struct account_form form = {0};
    struct problems faults = {0};
    struct withdrawing doing;
    enum outcome o;
    struct page p;

    if (!page_open(req, PAGE_SIGNED_IN, load, &w, &p))
        return;
    if (page_form(&p, ACCOUNT, &form, &faults) != DONE) {
        show(&p, &w, 422, &faults);
        return;
    }
    doing = (struct withdrawing){
        .p = &p, .request = {.code = w.facts.order.code, .iban = form.iban, .payee = form.payee, .actor = p.actor}};
    o = db_transaction(p.shop->db, "order.withdraw", run, &doing);
    if (o == DONE) {
        page_go(&p, talloc_asprintf(p.mem, "/ordini/%s/recesso", w.facts.order.code));
    } else if (o == REFUSED && doing.why.field[0]) {
        problems_put(&faults, &doing.why);
        show(&p, &w, 422, &faults);
    } else {
        page_failed(&p, o, &doing.why);
    }
}
