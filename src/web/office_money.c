/* web/office_money.c: GET /office/denaro: how much waits in each part of the desk's money, and the statements of late.
 */

#include "web/office_money.h"
#include "base/i18n.h"
#include "rules/iban.h"
#include "shop/present.h"

#define OF_LATE 5

struct hub {
    struct money_counts counts;
    struct statement_row *statements;
    size_t count;
    int64_t looked; /* files that wait to be booked */
};

static enum outcome load(struct db_tx *tx, struct office *o, void *arg, struct problem *why)
{
    struct money_scope scope = office_scope(o, o->operator.brand);
    struct hub *h = arg;

    (void)why;
    TRY(money_count(tx, &scope, &h->counts));
    TRY(statement_uploads_waiting(tx, o->operator.brand, &h->looked));
    return statement_rows(tx, o->page.mem, &scope, 0, OF_LATE, &h->statements, &h->count);
}

/* `count` -1: there is nothing to count. */
static json_t *box(const struct page *p, const char *url, const char *label, const char *what, int64_t count,
                   json_t *more)
{
    return json_pack("{s:s, s:s, s:s, s:o, s:o}", "url", url, "label", page_text(p, label), "what", page_text(p, what),
                     "count", count < 0 ? json_string("") : json_integer(count), "more", more);
}

/* "in ritardo: 2", or false. */
static json_t *some(const struct page *p, const char *text, int64_t count)
{
    return count ? json_sprintf("%s: %lld", page_text(p, text), (long long)count) : json_false();
}

json_t *office_statement_row(const struct page *p, const struct statement_row *s)
{
    return json_pack("{s:s, s:s, s:s, s:o, s:I, s:I, s:I, s:I, s:b, s:I}", "account", iban_grouped(p->mem, s->account),
                     "name", s->name, "format", s->format, "at", present_instant(s->imported_at), "entries",
                     (json_int_t)s->entries, "matched", (json_int_t)s->matched, "held", (json_int_t)s->held, "other",
                     (json_int_t)s->other, "balanced", s->balanced, "known",
                     (json_int_t)(s->entries - s->matched - s->held - s->other));
}

void office_money(struct http_request *req)
{
    struct hub h = {{0}};
    const struct money_counts *c = &h.counts;
    struct office o;
    struct page *p = &o.page;
    json_t *statements, *boxes;

    if (!office_open(req, load, &h, &o))
        return;
    boxes = json_array();
    statements = json_array();
    json_array_append_new(boxes, box(p, "/office/denaro/fermi", N_("Denaro fermo"),
                                     N_("Bonifici e bollettini arrivati senza un ordine da pagare"), c->held,
                                     c->held_cents ? present_money(money(c->held_cents)) : json_false()));
    json_array_append_new(boxes, box(p, "/office/denaro/fermi?da=altri", N_("Altri pagamenti fermi"),
                                     N_("Carte, PayPal e assegni incassati per un ordine che non li prende"),
                                     c->payments + c->cheques_held, json_false()));
    json_array_append_new(boxes, box(p, "/office/denaro/contabili", N_("Contabili"),
                                     N_("Documenti di pagamento da verificare entro mezz'ora"), c->proofs,
                                     some(p, N_("in ritardo"), c->proofs_late)));
    json_array_append_new(boxes, box(p, "/office/denaro/contabili?stato=never_credited", N_("Accrediti mai arrivati"),
                                     N_("Contabili accettate senza il loro accredito da dieci giorni lavorativi"),
                                     c->proofs_uncredited, json_false()));
    json_array_append_new(
        boxes, box(p, "/office/denaro/assegni", N_("Assegni"), N_("Da versare, e versati in attesa dell'esito"),
                   c->cheques_received + c->cheques_deposited, some(p, N_("da dare per incassati"), c->cheques_due)));
    json_array_append_new(boxes, box(p, "/office/denaro/rimborsi", N_("Rimborsi da fare"),
                                     N_("Bonifici decisi e non ancora fatti"), c->refunds,
                                     c->refunds_cents ? present_money(money(c->refunds_cents)) : json_false()));
    json_array_append_new(boxes,
                          box(p, "/office/denaro/estratti", N_("Estratti conto"),
                              N_("I file della banca: guardarli prima, registrarli poi"), h.looked, json_false()));
    json_array_append_new(boxes,
                          box(p, "/office/denaro/cassa", N_("Cassa di oggi"),
                              N_("Entrate e uscite per modo di pagamento, contro la contabilità"), -1, json_false()));
    for (size_t i = 0; i < h.count; i++)
        json_array_append_new(statements, office_statement_row(p, &h.statements[i]));
    page_set(p, "boxes", boxes);
    page_set(p, "any_statements", json_boolean(h.count > 0));
    page_set(p, "statements", statements);
    office_show(&o, 200, "money", N_("Denaro"));
}
