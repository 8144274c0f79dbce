/* web/office_account.c: GET /office/clienti/{id}: a customer's account: who it is, its mailboxes, orders, invoices,
 * prepaid account. */

#include "base/i18n.h"
#include "shop/autorenew.h"
#include "shop/wallet.h"
#include "web/office_parts.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <talloc.h>

#define BOXES_SHOWN    20
#define ORDERS_SHOWN   10
#define INVOICES_SHOWN 10

struct account_view {
    struct account account;
    struct account_profile profile; /* kind NULL: none */
    struct mailbox *boxes;
    struct order_facts *orders;
    struct invoice *invoices;
    struct mailbox_page page;
    size_t box_count, order_count, invoice_count;
    bool more;
    int64_t sessions;
    struct money balance, owed;
    struct desk_view desk;
};

static enum outcome load_lists(struct db_tx *tx, struct office *o, struct account_view *v)
{
    const struct principal who = {.account_id = v->account.id};
    struct order *orders;

    TRY(mailboxes_seen_by(tx, o->page.mem, who, &v->page, &v->boxes, &v->box_count));
    v->more = v->box_count > BOXES_SHOWN;
    v->box_count = v->more ? BOXES_SHOWN : v->box_count;
    TRY(orders_seen_by(tx, o->page.mem, who, 0, ORDERS_SHOWN, &orders, &v->order_count));
    TRY(office_orders_load(tx, o, orders, v->order_count, &v->orders));
    return invoices_seen_by(tx, o->page.mem, who, 0, INVOICES_SHOWN, &v->invoices, &v->invoice_count);
}

static enum outcome load(struct db_tx *tx, struct office *o, void *arg, struct problem *why)
{
    struct account_view *v = arg;
    const char *after = form_value(&o->page.req->query, "dopo");
    enum outcome found = account_by_id(tx, o->page.mem, office_id(o->page.req, "id"), &v->account);

    if (found == REFUSED || (found == DONE && !operator_sees(&o->operator, v->account.brand)))
        return problem_set(why, PROBLEM_NOT_FOUND, "", "%s", "");
    TRY(found);
    found = account_profile_of(tx, o->page.mem, v->account.id, &v->profile);
    if (found != DONE && found != REFUSED)
        return found;
    v->page = (struct mailbox_page){.search = "", .limit = BOXES_SHOWN + 1};
    if (after && sscanf(after, "%" SCNd32 ".%" SCNd64, &v->page.after_day.n, &v->page.after_id) != 2)
        v->page.after_day.n = 0, v->page.after_id = 0;
    TRY(load_lists(tx, o, v));
    TRY(sessions_count(tx, v->account.id, &v->sessions));
    TRY(wallet_balance(tx, v->account.id, &v->balance));
    TRY(wallet_owed(tx, v->account.id, &v->owed));
    v->desk.about.account_id = v->account.id;
    return desk_view_load(tx, o, &v->desk);
}

static json_t *who(const struct page *p, const struct account_view *v)
{
    const struct account *a = &v->account;
    const struct billing *b = &v->profile.billing;
    json_t *facts = json_array();

    fact_put(facts, page_text(p, N_("Marchio")), office_brand(p, a->brand));
    fact_put(facts, page_text(p, N_("E-mail")), a->email);
    fact_put(facts, page_text(p, N_("Nome utente")), a->user_name);
    fact_put(facts, page_text(p, N_("E-mail confermata")),
             a->proved_at.us ? page_text(p, N_("sì")) : page_text(p, N_("no, utenza creata dall'ufficio")));
    if (v->profile.kind) {
        fact_put(facts, page_text(p, N_("Codice fiscale")), b->tax_code);
        fact_put(facts, page_text(p, N_("Partita IVA")), b->vat_number);
        fact_put(facts, page_text(p, N_("Telefono")), v->profile.phone);
        fact_put(facts, page_text(p, N_("Indirizzo")),
                 b->street[0] ? talloc_asprintf(p->mem, "%s, %s %s %s %s", b->street, b->postcode, b->city, b->province,
                                                b->country)
                              : "");
        fact_put(facts, page_text(p, N_("Codice SdI")), b->sdi_code);
    }
    fact_put(facts, page_text(p, N_("Accessi aperti")), talloc_asprintf(p->mem, "%" PRId64, v->sessions));
    return facts;
}

static json_t *wallet(const struct page *p, const struct account_view *v)
{
    json_t *facts = json_array();
    char amount[MONEY_TEXT];

    if (v->balance.cents || v->owed.cents)
        fact_put(facts, page_text(p, N_("Saldo")), talloc_asprintf(p->mem, "%s €", money_italian(v->balance, amount)));
    if (v->owed.cents)
        fact_put(facts, page_text(p, N_("Da recuperare")),
                 talloc_asprintf(p->mem, "%s €", money_italian(v->owed, amount)));
    return facts;
}

static void put_boxes(struct page *p, const struct account_view *v, const char *here)
{
    json_t *boxes = json_array();
    const struct mailbox *last = v->box_count ? &v->boxes[v->box_count - 1] : NULL;

    for (size_t i = 0; i < v->box_count; i++) {
        const struct mailbox *m = &v->boxes[i];

        json_array_append_new(boxes, json_pack("{s:s, s:s, s:s, s:s}", "address", m->address, "url",
                                               office_mailbox_path(p->mem, m->address), "holder", m->holder.name,
                                               "state", office_mailbox_state(p, m->status, m->term.ends_on)));
    }
    page_set(p, "boxes", boxes);
    page_set(p, "any_boxes", json_boolean(v->box_count > 0));
    page_set(p, "first_url", v->page.after_id ? json_string(here) : json_false());
    page_set(p, "more_url",
             v->more ? json_sprintf("%s?dopo=%d.%" PRId64, here, last->term.ends_on.n, last->id) : json_false());
}

static void put_papers(struct page *p, const struct account_view *v)
{
    json_t *orders = json_array(), *invoices = json_array();

    for (size_t i = 0; i < v->order_count; i++)
        json_array_append_new(orders, office_order_row(p, &v->orders[i]));
    for (size_t i = 0; i < v->invoice_count; i++)
        json_array_append_new(invoices,
                              json_pack("{s:s, s:o, s:o}", "number", invoice_number_text(p->mem, &v->invoices[i]),
                                        "issued_on", present_day(v->invoices[i].issued_on), "amount",
                                        present_money(v->invoices[i].total.gross)));
    page_set(p, "orders", orders);
    page_set(p, "any_orders", json_boolean(v->order_count > 0));
    page_set(p, "invoices", invoices);
    page_set(p, "any_invoices", json_boolean(v->invoice_count > 0));
}

/* Where the brand sells new mailboxes, to who serves customers. */
static json_t *buy_url(const struct office *o, const struct account_view *v, const char *here)
{
    const struct brand *brand = brand_by_id(o->page.shop->brands, v->account.brand);

    return brand && brand->purchase.on && operator_may(&o->operator, OFFICE_SERVE) ? json_sprintf("%s/acquisto", here)
                                                                                   : json_false();
}

void office_account(struct http_request *req)
{
    static const struct office_done WORDS[] = {{"nota", N_("Nota registrata.")}, {NULL, NULL}};
    struct account_view v = {0};
    struct office o;
    struct page *p = &o.page;
    json_t *parts;
    const char *here;

    if (!office_open(req, load, &v, &o))
        return;
    parts = json_array();
    here = office_account_path(p->mem, v.account.id);
    facts_section(parts, "who", page_text(p, N_("Utenza")), who(p, &v));
    facts_section(parts, "wallet", page_text(p, N_("Conto prepagato")), wallet(p, &v));
    page_set(p, "parts", parts);
    page_set(p, "name", json_string(v.account.name));
    page_set(p, "buy_url", buy_url(&o, &v, here));
    page_set(p, "erase_url",
             operator_may(&o.operator, OFFICE_GOVERN) ? json_sprintf("%s/cancellazione", here) : json_false());
    put_boxes(p, &v, here);
    put_papers(p, &v);
    desk_view_put(&o, &v.desk, here);
    office_flash(&o, WORDS);
    office_show(&o, 200, "account", talloc_strdup(p->mem, v.account.name));
}
