/* web/portal_payment.c: the way to a provider and back. GET /pagamenti/{nonce}/vai sends the browser off; GET
 * /pagamenti/{nonce} is where it comes back, with its session or without; GET /ordini/{code}/attesa waits for an answer
 * that is not there yet, and /ordini/{code}/stato tells a script. None of them believes anything that the address says:
 * the provider is asked. */

#include "base/i18n.h"
#include "base/text.h"
#include "shop/pay.h"
#include "web/order_read.h"
#include "web/portal.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#define NONCE    32  /* hexadecimal digits */
#define PATIENCE 120 /* seconds until one is told that a mail will come */

struct back {
    struct payment payment;
    struct order order;
    bool seen; /* the visitor may look at the order's page */
};

static enum outcome load(struct db_tx *tx, struct page *p, void *arg, struct problem *why)
{
    struct back *b = arg;
    const char *nonce = http_parameter(p->req, "nonce");
    enum outcome o = REFUSED;

    if (strlen(nonce) == NONCE && strspn(nonce, "0123456789abcdef") == NONCE)
        o = payment_by_nonce(tx, p->mem, nonce, &b->payment);
    if (o == REFUSED || (o == DONE && strcmp(b->payment.brand, p->brand->id) != 0))
        return problem_set(why, PROBLEM_NOT_FOUND, "", "%s", "");
    TRY(o);
    TRY(order_by_id(tx, p->mem, b->payment.order_id, &b->order));
    b->seen = false;
    return p->signed_in ? order_seen_here(tx, p, &b->order, &b->seen) : DONE;
}

/* ---- Off ---- */

static bool is_web_address(const char *url)
{
    return text_starts(url, "https://") || text_starts(url, "http://");
}

static void set_refresh(struct page *p, int seconds, const char *url, bool always)
{
    page_set(p, "refresh", json_pack("{s:i, s:s, s:b}", "seconds", seconds, "url", url, "always", always));
}

/* A page of our own between the form and the provider: browsers hold the redirect of a form to our form-action. */
void portal_payment_go(struct http_request *req)
{
    struct back b;
    const char *here;
    bool ready;
    struct page p;

    if (!page_open(req, PAGE_ANYBODY, load, &b, &p))
        return;
    here = talloc_asprintf(p.mem, "%s/pagamenti/%s", p.base, b.payment.nonce);
    ready = is_web_address(b.payment.redirect_url);
    if (!order_is_open(b.order.state) || !payment_is_open(b.payment.state) ||
        (!ready && b.payment.state != PAYMENT_NEW)) {
        http_redirect(req, here);
        return;
    }
    page_set(&p, "url", ready ? json_string(b.payment.redirect_url) : json_false());
    page_set(&p, "paypal", json_boolean(strcmp(b.payment.method, payment_method_name(METHOD_PAYPAL)) == 0));
    page_set(&p, "card_host",
             p.brand->payment.card_host && strcmp(b.payment.method, payment_method_name(METHOD_CARD)) == 0
                 ? json_string(p.brand->payment.card_host)
                 : json_false());
    page_set(&p, "amount", present_money(b.payment.amount));
    page_set(&p, "code", json_string(b.order.code));
    set_refresh(&p, ready ? 0 : 2, ready ? b.payment.redirect_url : talloc_asprintf(p.mem, "%s/vai", here), true);
    page_show(&p, 200, "pay_go", N_("Si passa al pagamento"));
}

/* ---- Back ---- */

enum told { TOLD_PAID, TOLD_REFUSED, TOLD_STOPPED, TOLD_WAITING };

static enum told told_of(const struct payment *payment, bool stopped)
{
    switch (payment->state) {
    case PAYMENT_FAILED:
    case PAYMENT_NEEDS_ACTION:
        return TOLD_REFUSED;
    case PAYMENT_CANCELLED:
    case PAYMENT_EXPIRED:
        return TOLD_STOPPED;
    case PAYMENT_NEW:
    case PAYMENT_PENDING:
        return stopped && !payment->under_way ? TOLD_STOPPED : TOLD_WAITING;
    case PAYMENT_UNKNOWN:
        return payment->redirect_url[0] ? TOLD_WAITING : TOLD_STOPPED; /* nobody was sent anywhere */
    case PAYMENT_AUTHORISED:
        return TOLD_WAITING;
    default:
        return TOLD_PAID; /* also twice, or for an order that is gone: the order's page says so */
    }
}

static char *waiting_path(const struct page *p, const char *code, int64_t since)
{
    return talloc_asprintf(p->mem, "/ordini/%s/attesa?da=%" PRId64, code, since);
}

static int64_t machine_seconds(void)
{
    return clock_now().us / 1000000;
}

/* For who comes back without a session: how it ended, and nothing else. */
static void tell(struct page *p, const struct back *b, enum told told)
{
    const char *words = payment_refusal_words(b->payment.error);

    page_set(p, "paid", json_boolean(told == TOLD_PAID));
    page_set(p, "refused", json_boolean(told == TOLD_REFUSED));
    page_set(p, "cancelled", json_boolean(told == TOLD_STOPPED));
    page_set(p, "waiting", json_boolean(told == TOLD_WAITING));
    page_set(p, "reason", words ? json_string(page_text(p, words)) : json_false());
    page_set(p, "amount", present_money(b->payment.amount));
    page_set(p, "code", json_string(b->order.code));
    if (told == TOLD_WAITING)
        set_refresh(p, 6, talloc_asprintf(p->mem, "%s/pagamenti/%s", p->base, b->payment.nonce), false);
    page_show(p, 200, "pay_told", N_("Esito del pagamento"));
}

/* Silent: nothing is known yet. */
static enum outcome ask(struct page *p, struct payment *payment)
{
    struct problem why = {0};
    enum outcome o = http_leave(p->req) ? payment_ask(p->shop, p->mem, payment->id, payment, &why) : BUSY;

    http_return(p->req);
    return o == BUSY ? DONE : o;
}

/* Asked also about what had failed: another card may have been tried on the same page since. */
void portal_payment_back(struct http_request *req)
{
    bool stopped = form_value(&req->query, "annullato") != NULL;
    struct back b;
    enum told told;
    enum outcome o;
    struct page p;

    if (!page_open(req, PAGE_ANYBODY, load, &b, &p))
        return;
    o = payment_has_money(b.payment.state) ? DONE : ask(&p, &b.payment);
    if (o != DONE) {
        page_failed(&p, o, NULL);
        return;
    }
    told = told_of(&b.payment, stopped);
    if (!b.seen)
        tell(&p, &b, told);
    else if (told == TOLD_WAITING)
        page_go(&p, waiting_path(&p, b.order.code, machine_seconds()));
    else
        page_go(&p, talloc_asprintf(p.mem, "%s%s", order_path(&p, &b.order),
                                    told == TOLD_STOPPED && payment_is_open(b.payment.state) ? "?annullato=1" : ""));
}

/* ---- Waiting ---- */

struct waiting {
    struct order_read read;
    struct payment payment;
    bool over; /* there is nothing left to wait for */
};

static enum outcome wait_for_it(struct page *p, struct waiting *w)
{
    const struct payment *attempt = order_attempt(&w->read.money);

    w->over = true;
    if (!attempt || !order_is_open(w->read.facts.order.state))
        return DONE;
    w->payment = *attempt;
    if (!payment_asked_lately(&w->payment))
        TRY(ask(p, &w->payment));
    w->over = told_of(&w->payment, false) != TOLD_WAITING;
    return DONE;
}

void portal_payment_wait(struct http_request *req)
{
    const char *since = form_value(&req->query, "da");
    int64_t now = machine_seconds(), from = since ? strtoll(since, NULL, 10) : now;
    struct waiting w = {0};
    const char *code, *url;
    enum outcome o;
    struct page p;

    if (!page_open(req, PAGE_SIGNED_IN, order_read_money, &w.read, &p))
        return;
    code = w.read.facts.order.code;
    o = wait_for_it(&p, &w);
    if (o != DONE) {
        page_failed(&p, o, NULL);
        return;
    }
    if (w.over) {
        page_go(&p, order_path(&p, &w.read.facts.order));
        return;
    }
    from = from > now || from < now - HOURS(24) / SECONDS(1) ? now : from;
    url = talloc_asprintf(p.mem, "%s%s", p.base, waiting_path(&p, code, from));
    page_set(&p, "late", json_boolean(now - from >= PATIENCE));
    page_set(&p, "url", json_string(url));
    page_set(&p, "code", json_string(code));
    page_set(&p, "amount", present_money(w.payment.amount));
    page_set(&p, "label", json_string(present_method(w.payment.method, p.language)));
    page_set(&p, "email", json_string(w.read.facts.order.billing.email));
    page_set(&p, "patience", json_integer(now - from >= PATIENCE ? 0 : PATIENCE - (now - from)));
    set_refresh(&p, now - from >= PATIENCE ? 30 : 6, url, false);
    page_show(&p, 200, "pay_wait", N_("Pagamento in verifica"));
}

void portal_payment_state(struct http_request *req)
{
    struct waiting w = {0};
    enum outcome o;
    struct page p;

    if (!page_open(req, PAGE_SIGNED_IN, order_read_money, &w.read, &p))
        return;
    o = wait_for_it(&p, &w);
    if (o != DONE) {
        page_failed(&p, o, NULL);
        return;
    }
    http_reply_json(
        req, 200,
        json_pack("{s:s, s:b, s:o}", "state",
                  w.payment.id ? payment_state_name(w.payment.state) : order_state_name(w.read.facts.order.state),
                  "done", w.over, "url", json_sprintf("%s%s", p.base, order_path(&p, &w.read.facts.order))));
}
