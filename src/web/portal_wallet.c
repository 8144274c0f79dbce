/* web/portal_wallet.c: the prepaid account (conto prepagato): GET /conto, its balance and statement; GET and POST
 * /conto/ricarica, an order that tops it up. Only accounts have one, of brands that offer it. */

#include "base/i18n.h"
#include "shop/present.h"
#include "shop/wallet.h"
#include "web/checkout_form.h"
#include "web/portal.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#define PAGE_SIZE 30

static enum outcome load_offer(struct db_tx *tx, const struct page *p, struct money due, struct pay_offer *offer,
                               struct problem *why)
{
    TRY(pay_offer_load(tx, p, due, offer));
    return offer->wallet ? DONE : problem_set(why, PROBLEM_NOT_FOUND, "", "%s", "");
}

/* ---- The statement ---- */

struct statement {
    int64_t before;
    struct pay_offer offer;
    struct money owed;
    struct wallet_entry *entries;
    size_t count;
    bool more;
};

static enum outcome load_statement(struct db_tx *tx, struct page *p, void *arg, struct problem *why)
{
    struct statement *s = arg;

    TRY(load_offer(tx, p, money(0), &s->offer, why));
    TRY(wallet_owed(tx, p->visitor.who.account_id, &s->owed));
    TRY(wallet_entries(tx, p->mem, p->visitor.who.account_id, s->before, PAGE_SIZE + 1, &s->entries, &s->count));
    s->more = s->count > PAGE_SIZE;
    s->count = s->more ? PAGE_SIZE : s->count;
    return DONE;
}

static json_t *entry_row(const struct page *p, const struct wallet_entry *e)
{
    static const struct {
        const char *kind, *label;
    } KINDS[] = {{"topup", N_("Ricarica")},
                 {"draw", N_("Pagamento")},
                 {"refund", N_("Rimborso")},
                 {"charge_back", N_("Contestazione di una ricarica")}};
    const char *label = N_("Accredito");
    char text[MONEY_TEXT];

    for (size_t i = 0; i < count_of(KINDS); i++)
        label = strcmp(KINDS[i].kind, e->kind) == 0 ? KINDS[i].label : label;
    return json_pack("{s:o, s:s, s:o, s:b, s:o, s:o}", "on", present_day(rome_day(e->at)), "what", page_text(p, label),
                     "amount", json_sprintf("%s%s €", e->amount.cents > 0 ? "+" : "", money_italian(e->amount, text)),
                     "in", e->amount.cents > 0, "balance", present_money(e->balance), "code",
                     e->order_code && e->order_code[0] ? json_string(e->order_code) : json_false());
}

void portal_wallet(struct http_request *req)
{
    const char *before = form_value(&req->query, "prima");
    struct statement s = {.before = before ? strtoll(before, NULL, 10) : 0};
    json_t *rows;
    struct page p;

    s.before = s.before < 0 ? 0 : s.before;
    if (!page_open(req, PAGE_SIGNED_IN, load_statement, &s, &p))
        return;
    rows = json_array();
    for (size_t i = 0; i < s.count; i++)
        json_array_append_new(rows, entry_row(&p, &s.entries[i]));
    page_set(&p, "balance", present_money(s.offer.balance));
    page_set(&p, "owed", s.owed.cents ? present_money(s.owed) : json_false());
    page_set(&p, "entries", rows);
    page_set(&p, "any", json_boolean(s.count > 0));
    page_set(&p, "first_url", s.before ? json_sprintf("%s/conto", p.base) : json_false());
    page_set(&p, "more_url",
             s.more ? json_sprintf("%s/conto?prima=%" PRId64, p.base, s.entries[s.count - 1].id) : json_false());
    page_show(&p, 200, "wallet", N_("Conto prepagato"));
}

/* ---- Topping up ---- */

struct topup_form {
    struct checkout_form order;
    struct money amount;
};

static const struct form_field TOPUP[] = {
    CHECKOUT_FIELDS,
    CHECKOUT_BILLING,
    FORM_MONEY(struct topup_form, amount, "amount", .min = TOPUP_LEAST, .max = TOPUP_MOST),
    FORM_END,
};

struct topup {
    struct pay_offer offer;
    struct money balance;
    struct billing known;
};

static enum outcome load_topup(struct db_tx *tx, struct page *p, void *arg, struct problem *why)
{
    struct topup *t = arg;
    struct mailbox_page first = {.limit = 1};
    struct mailbox *mailboxes;
    struct billing nobody = {0};
    size_t count;

    TRY(load_offer(tx, p, money(-1), &t->offer, why));
    t->balance = t->offer.balance;
    t->offer.wallet = false; /* it does not pay for itself */
    TRY(mailboxes_seen_by(tx, p->mem, p->visitor.who, &first, &mailboxes, &count));
    return billing_known(tx, p, count ? &mailboxes[0].holder : &nobody, &t->known);
}

static void show(struct page *p, const struct topup *t, int status, const struct topup_form *typed,
                 const struct problems *faults)
{
    checkout_form_put(p, &(struct checkout_known){.billing = &t->known, .offer = &t->offer},
                      typed ? &typed->order : NULL, TOPUP, faults);
    page_set(p, "balance", present_money(t->balance));
    page_set(p, "least", present_money(money(TOPUP_LEAST)));
    page_set(p, "most", present_money(money(TOPUP_MOST)));
    page_show(p, status, "topup", N_("Ricarica del conto"));
}

void portal_topup(struct http_request *req)
{
    struct topup t;
    struct page p;

    if (page_open(req, PAGE_SIGNED_IN, load_topup, &t, &p))
        show(&p, &t, 200, NULL, NULL);
}

struct placing {
    void *mem;
    const struct topup_request *request;
    struct order order;
    struct problem why;
};

static enum outcome place(struct db_tx *tx, void *arg)
{
    struct placing *w = arg;

    return place_topup(tx, w->mem, w->request, &w->order, &w->why);
}

static enum outcome check(struct page *p, const struct topup *t, struct topup_form *form, struct problems *faults)
{
    enum outcome o = checkout_form_read(p, &(struct checkout_known){.billing = &t->known, .offer = &t->offer},
                                        &form->order, TOPUP, faults);

    if (form->order.terms && strcmp(page_terms_shown(p), page_conditions(p)->version) != 0)
        return problems_add(faults, PROBLEM_TERMS, "terms", "%s", "");
    return o;
}

static enum outcome order_topup(struct page *p, const struct topup_form *form, struct placing *w)
{
    struct topup_request request = {.brand = p->brand,
                                    .actor = p->actor,
                                    .account_id = p->visitor.who.account_id,
                                    .amount = form->amount,
                                    .payment_method = form->order.method,
                                    .billing = form->order.billing,
                                    .language = p->language,
                                    .form_token = form->order.form_token};

    w->mem = p->mem;
    w->request = &request;
    return db_transaction(p->shop->db, "wallet.topup", place, w);
}

void portal_topup_sent(struct http_request *req)
{
    struct topup_form form = {0};
    struct problems faults = {0};
    struct placing w = {0};
    enum outcome o;
    struct topup t;
    struct page p;

    if (!page_open(req, PAGE_SIGNED_IN, load_topup, &t, &p))
        return;
    o = check(&p, &t, &form, &faults);
    if (o == DONE) {
        o = order_topup(&p, &form, &w);
        if (o == REFUSED)
            checkout_refused(&w.why, &faults);
    }
    if (o == DONE)
        pay_placed(&p, &w.order, form.order.remember);
    else if (o == REFUSED)
        show(&p, &t, 422, &form, &faults);
    else
        page_failed(&p, o, &w.why);
}
