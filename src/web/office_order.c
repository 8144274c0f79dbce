/* web/office_order.c: GET /office/ordini/{code}: all about an order; POST …/annulla and …/invia/{mail}: it is
 * cancelled, a mail of it is sent again. */

#include "base/i18n.h"
#include "rules/iban.h"
#include "rules/payment.h"
#include "shop/present_pay.h"
#include "shop/resend.h"
#include "web/office_parts.h"
#include <inttypes.h>
#include <string.h>
#include <talloc.h>

#define MAILS_SHOWN 20

struct order_view {
    struct order_facts facts;
    struct order_money money;
    struct account account; /* id 0: none */
    struct bank_entry *entries;
    struct mail_row *mails;
    size_t entry_count, mail_count;
    struct desk_view desk;
};

static enum outcome find(struct db_tx *tx, struct office *o, struct order *order, struct problem *why)
{
    const char *code = http_parameter(o->page.req, "code");
    enum outcome found = order_by_code(tx, o->page.mem, code ? code : "", order);

    if (found == REFUSED || (found == DONE && !operator_sees(&o->operator, order->brand)))
        return problem_set(why, PROBLEM_NOT_FOUND, "", "%s", "");
    return found;
}

static enum outcome load(struct db_tx *tx, struct office *o, void *arg, struct problem *why)
{
    struct order_view *v = arg;
    struct order order;

    TRY(find(tx, o, &order, why));
    TRY(order_facts_load(tx, o->page.mem, o->page.shop->brands, &order, &v->facts));
    TRY(order_money_load(tx, o->page.mem, &v->facts, &v->money));
    if (order.account_id)
        TRY(account_by_id(tx, o->page.mem, order.account_id, &v->account));
    TRY(bank_entries_of_order(tx, o->page.mem, order.id, &v->entries, &v->entry_count));
    TRY(mails_of_order(tx, o->page.mem, order.id, MAILS_SHOWN, &v->mails, &v->mail_count));
    v->desk.about.order_id = order.id;
    return desk_view_load(tx, o, &v->desk);
}

/* ---- Facts ---- */

static char *euro(const struct page *p, struct money amount)
{
    char text[MONEY_TEXT];

    return talloc_asprintf(p->mem, "%s €", money_italian(amount, text));
}

static json_t *about(const struct page *p, const struct order_view *v)
{
    const struct order *r = &v->facts.order;
    const struct billing *b = &r->billing;
    json_t *facts = json_array(), *paid;

    fact_put(facts, page_text(p, N_("Marchio")), v->facts.brand->name);
    fact_put(facts, page_text(p, N_("Genere")), office_order_kind(p, r->kind));
    fact_put(facts, page_text(p, N_("Confermato")),
             json_string_value(page_owns(p->mem, present_instant(r->confirmed_at))));
    fact_put(facts, page_text(p, N_("Modo di pagamento")), present_method(r->payment_method, p->language));
    if (r->state == ORDER_CONFIRMED)
        fact_day(facts, page_text(p, N_("Decade senza pagamento dopo il")), r->lapses_on);
    if (r->settled_on.n) {
        fact_day(facts, page_text(p, N_("Pagato il")), r->settled_on);
        paid = json_array_get(facts, json_array_size(facts) - 1);
        if (r->provisional)
            json_object_set_new(paid, "note",
                                json_string(page_text(p, N_("sulla contabile: l'accredito non è ancora arrivato"))));
    }
    if (v->account.id)
        fact_link(facts, page_text(p, N_("Utenza")),
                  talloc_asprintf(p->mem, "%s, %s", v->account.name, v->account.email),
                  office_account_path(p->mem, v->account.id));
    if (v->facts.request)
        fact_link(facts, page_text(p, N_("Documenti")),
                  talloc_asprintf(p->mem, page_text(p, N_("richiesta n. %d")), (int)v->facts.request->id),
                  talloc_asprintf(p->mem, "/office/documenti/%" PRId64, v->facts.request->id));
    fact_put(facts, page_text(p, N_("Fatturato a")), b->name);
    fact_put(facts, page_text(p, N_("Codice fiscale")), b->tax_code);
    fact_put(facts, page_text(p, N_("Partita IVA")), b->vat_number);
    fact_put(facts, page_text(p, N_("Indirizzo")),
             talloc_asprintf(p->mem, "%s, %s %s %s", b->street, b->postcode, b->city, b->province));
    fact_put(facts, page_text(p, N_("E-mail")), b->email);
    return facts;
}

static json_t *papers(const struct page *p, const struct order_view *v)
{
    json_t *facts = json_array();
    char day[DAY_TEXT];

    if (v->facts.invoice.id)
        fact_put(facts, page_text(p, N_("Fattura")),
                 talloc_asprintf(p->mem, "%s, %s, %s", invoice_number_text(p->mem, &v->facts.invoice),
                                 day_italian(v->facts.invoice.issued_on, day), euro(p, v->facts.invoice.total.gross)));
    for (size_t i = 0; i < v->money.note_count; i++)
        fact_put(facts, page_text(p, N_("Nota di credito")),
                 talloc_asprintf(p->mem, "%s, %s, %s", invoice_number_text(p->mem, &v->money.notes[i]),
                                 day_italian(v->money.notes[i].issued_on, day),
                                 euro(p, v->money.notes[i].total.gross)));
    return facts;
}

/* ---- Money: every attempt and entry, in one table ---- */

static void put_row(json_t *rows, const char *what, const char *amount, const char *state, json_t *at, const char *note)
{
    json_array_append_new(rows, json_pack("{s:s, s:s, s:s, s:o, s:s}", "what", what, "amount", amount, "state", state,
                                          "at", at, "note", note));
}

static void put_money(struct page *p, const struct order_view *v)
{
    json_t *rows = json_array();
    enum held_reason held;

    for (size_t i = 0; i < v->money.payment_count; i++) {
        const struct payment *y = &v->money.payments[i];

        put_row(rows, present_method(y->method, p->language), euro(p, y->captured.cents ? y->captured : y->amount),
                page_text(p, payment_state_label(y->state)), present_instant(y->created_at), y->key);
    }
    for (size_t i = 0; i < v->entry_count; i++) {
        const struct bank_entry *e = &v->entries[i];

        put_row(rows, page_text(p, N_("Accredito in banca")), euro(p, e->amount),
                strcmp(e->state, "held") == 0 && held_reason_of(e->held_reason, &held) == DONE
                    ? page_text(p, held_reason_label(held))
                : strcmp(e->state, "matched") == 0 ? page_text(p, N_("abbinato"))
                                                   : page_text(p, N_("restituito")),
                present_day(e->booked_on), talloc_asprintf(p->mem, "%s %s", e->debtor, e->debtor_iban));
    }
    for (size_t i = 0; i < v->money.refund_count; i++) {
        const struct refund *f = &v->money.refunds[i];
        bool done = strcmp(f->state, "done") == 0;

        put_row(rows, page_text(p, N_("Rimborso")), euro(p, f->amount),
                done ? page_text(p, N_("fatto")) : page_text(p, N_("in corso")), present_instant(f->created_at),
                f->reason);
    }
    page_set(p, "money_rows", rows);
    page_set(p, "any_money", json_boolean(json_array_size(rows) > 0));
}

/* ---- Mails ---- */

static void put_mails(struct office *o, const struct order_view *v)
{
    struct page *p = &o->page;
    json_t *rows = json_array();

    for (size_t i = 0; i < v->mail_count; i++) {
        const struct mail_row *m = &v->mails[i];
        bool sent = strcmp(m->state, "done") == 0, dead = strcmp(m->state, "dead") == 0;

        json_array_append_new(rows,
                              json_pack("{s:I, s:s, s:s, s:o, s:b, s:b, s:b}", "id", (json_int_t)m->id, "what",
                                        page_text(p, mail_label(m->template)), "to", m->recipient, "at",
                                        present_instant(sent ? m->done_at : m->created_at), "sent", sent, "dead", dead,
                                        "again", operator_may(&o->operator, OFFICE_SERVE) && mail_may_be_resent(m)));
    }
    page_set(p, "mails", rows);
    page_set(p, "any_mails", json_boolean(v->mail_count > 0));
}

/* ---- The page ---- */

static const struct office_done DONE_WORDS[] = {
    {"annullato", N_("Ordine annullato: il cliente è stato avvisato.")},
    {"inviato", N_("Il messaggio parte tra poco.")},
    {"confermato", N_("Ordine confermato: il cliente riceve ora i dati per pagare.")},
    {"nota", N_("Nota registrata.")},
    {NULL, NULL},
};

static void put_lines(struct page *p, const struct order_view *v)
{
    json_t *shown = present_lines(p->mem, v->facts.lines, v->facts.line_count, &v->facts.order.total);
    json_t *lines = json_object_get(shown, "lines"), *line;
    size_t i;

    json_array_foreach(lines, i, line)
    {
        const struct order_line *l = &v->facts.lines[i];

        json_object_set_new(line, "url",
                            l->mailbox_id && l->address && strchr(l->address, '@')
                                ? json_string(office_mailbox_path(p->mem, l->address))
                                : json_false());
    }
    page_set(p, "sum", shown);
}

void office_order(struct http_request *req)
{
    struct order_view v = {0};
    struct office o;
    struct page *p = &o.page;
    json_t *parts, *given;
    const struct order *r;
    const char *here;

    if (!office_open(req, load, &v, &o))
        return;
    r = &v.facts.order;
    here = office_order_path(p->mem, r->code);
    parts = json_array();
    facts_section(parts, "about", page_text(p, N_("Ordine")), about(p, &v));
    facts_section(parts, "papers", page_text(p, N_("Documenti fiscali")), papers(p, &v));
    page_set(p, "parts", parts);
    put_lines(p, &v);
    put_money(p, &v);
    given = page_owns(p->mem, json_object());
    present_order_money(p->mem, &v.facts, &v.money, p->language, given);
    page_set(p, "proofs", json_incref(json_object_get(given, "proofs")));
    page_set(p, "cheques", json_incref(json_object_get(given, "cheques")));
    page_set(p, "any_proofs", json_boolean(v.money.proof_count + v.money.cheque_count > 0));
    put_mails(&o, &v);
    page_set(p, "order",
             json_pack("{s:s, s:s, s:s, s:b, s:b}", "code", r->code, "path", here, "state",
                       office_order_state(p, r->state_text), "may_cancel",
                       operator_may(&o.operator, OFFICE_SERVE) && r->state == ORDER_CONFIRMED, "open",
                       r->state == ORDER_CONFIRMED));
    desk_view_put(&o, &v.desk, here);
    office_flash(&o, DONE_WORDS);
    office_show(&o, 200, "order", talloc_asprintf(p->mem, page_text(p, N_("Ordine %s")), r->code));
}

/* ---- Acts ---- */

struct act {
    struct office *o;
    int64_t mail; /* 0: the order is cancelled */
    bool to_contact;
    struct order order;
    struct problem why;
};

static enum outcome run(struct db_tx *tx, void *arg)
{
    struct act *a = arg;
    void *mem = a->o->page.mem;
    struct mail_row mail;
    enum outcome found;

    TRY(find(tx, a->o, &a->order, &a->why));
    if (!a->mail)
        return cancel_order(tx, mem, a->order.code, &a->o->actor, &a->why);
    found = mail_by_id(tx, mem, a->mail, &mail);
    if (found == REFUSED || (found == DONE && mail.order_id != a->order.id))
        return problem_set(&a->why, PROBLEM_NOT_FOUND, "", "%s", "");
    TRY(found);
    return mail_resend(tx, mem, &mail, a->to_contact, &a->o->actor, &a->why);
}

static void act(struct http_request *req, bool resend)
{
    struct office o;
    struct act a = {.o = &o};
    enum outcome outcome;

    if (!office_open(req, NULL, NULL, &o))
        return;
    a.mail = resend ? office_id(req, "id") : 0;
    a.to_contact = form_value(&req->form, "contact") != NULL;
    outcome = resend && !a.mail ? REFUSED : db_transaction(o.page.shop->db, "office.order", run, &a);
    if (outcome == DONE)
        office_go(&o, talloc_asprintf(o.page.mem, "%s?fatto=%s", office_order_path(o.page.mem, a.order.code),
                                      resend ? "inviato" : "annullato"));
    else
        office_failed(&o, outcome, &a.why);
}

void office_order_cancel(struct http_request *req)
{
    act(req, false);
}

void office_order_mail(struct http_request *req)
{
    act(req, true);
}
