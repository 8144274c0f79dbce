/* web/office_refunds.c: GET /office/denaro/rimborsi and …/rimborsi.csv: money on its way back, what a person has to
 * send first; POST …/{id}/fatto: the transfer was made. */

#include "base/csv.h"
#include "base/i18n.h"
#include "rules/iban.h"
#include "shop/present.h"
#include "shop/refund.h"
#include "web/office_money.h"
#include <inttypes.h>
#include <string.h>
#include <talloc.h>

#define PAGE_SIZE 50
#define CSV_MOST  10000

struct list {
    int64_t after;
    int limit;
    struct refund *refunds;
    const char **codes;
    size_t count;
    bool more, sent; /* sent: transfers that were made, instead of what is open */
};

static enum outcome load(struct db_tx *tx, struct office *o, void *arg, struct problem *why)
{
    struct list *l = arg;
    struct order order;

    (void)why;
    TRY((l->sent ? refunds_sent : refunds_open)(tx, o->page.mem, o->operator.brand, l->after, l->limit + 1, &l->refunds,
                                                &l->count));
    l->more = l->count > (size_t)l->limit;
    l->count = l->more ? (size_t)l->limit : l->count;
    l->codes = talloc_array(o->page.mem, const char *, (unsigned)l->count + 1);
    for (size_t i = 0; i < l->count; i++) {
        l->codes[i] = "";
        if (l->refunds[i].order_id) {
            TRY(order_by_id(tx, o->page.mem, l->refunds[i].order_id, &order));
            l->codes[i] = order.code;
        }
    }
    return DONE;
}

static const char *state_label(const struct page *p, const struct refund *r)
{
    static const struct {
        const char *state, *label;
    } STATES[] = {{"waiting", N_("da fare")},
                  {"unknown", N_("in verifica presso il fornitore")},
                  {"failed", N_("rifiutato dal fornitore")},
                  {"done", N_("fatto")}};

    for (size_t i = 0; i < count_of(STATES); i++)
        if (strcmp(STATES[i].state, r->state) == 0)
            return page_text(p, STATES[i].label);
    return r->state;
}

static json_t *row(const struct office *o, const struct refund *r, const char *code)
{
    const struct page *p = &o->page;
    const struct brand *brand = brand_by_id(p->shop->brands, r->brand);
    bool transfer = strcmp(r->destination, "transfer") == 0, waits = strcmp(r->state, "waiting") == 0;

    return json_pack("{s:I, s:o, s:s, s:s, s:s, s:s, s:b, s:s, s:o, s:s, s:b, s:b}", "id", (json_int_t)r->id, "amount",
                     present_money(r->amount), "brand", brand ? brand->name : r->brand, "code", code, "iban",
                     iban_grouped(p->mem, r->iban), "payee", r->payee, "transfer", transfer, "state",
                     waits && !transfer ? page_text(p, N_("affidato al fornitore")) : state_label(p, r), "at",
                     present_instant(r->created_at), "error", r->error, "failed", strcmp(r->state, "failed") == 0,
                     "may", transfer && waits && operator_may(&o->operator, OFFICE_MONEY));
}

void office_refunds(struct http_request *req)
{
    static const struct office_done WORDS[] = {{"fatto", N_("Il bonifico è segnato come fatto.")}, {NULL, NULL}};
    struct list l = {.after = office_number(form_value(&req->query, "dopo")),
                     .limit = PAGE_SIZE,
                     .sent = form_value(&req->query, "fatti") != NULL};
    const char *path = l.sent ? "/office/denaro/rimborsi?fatti=1" : "/office/denaro/rimborsi";
    struct office o;
    struct page *p = &o.page;
    json_t *rows;

    if (!office_open(req, load, &l, &o))
        return;
    rows = json_array();
    for (size_t i = 0; i < l.count; i++)
        json_array_append_new(rows, row(&o, &l.refunds[i], l.codes[i]));
    page_set(p, "rows", rows);
    page_set(p, "any", json_boolean(l.count > 0));
    page_set(p, "first_url", l.after ? json_string(path) : json_false());
    page_set(p, "sent", json_boolean(l.sent));
    page_set(p, "more_url",
             l.more ? json_sprintf("%s%cdopo=%" PRId64, path, l.sent ? '&' : '?', l.refunds[l.count - 1].id)
                    : json_false());
    office_put_done(p, WORDS);
    office_show(&o, 200, "refunds", N_("Rimborsi"));
}

/* What a spreadsheet would take for a formula stays text. */
static void put_cell(struct text_buffer *out, const char *text, const char *end)
{
    text_put(out, "\"");
    if (text[0] && strchr("=+-@\t\r", text[0]))
        text_put(out, "'");
    for (const char *c = text; *c; c++)
        text_put_bytes(out, *c == '"' ? "\"\"" : c, *c == '"' ? 2 : 1);
    text_put_format(out, "\"%s", end);
}

/* The transfers to make, for the bank's own program. */
void office_refunds_csv(struct http_request *req)
{
    struct list l = {.limit = CSV_MOST};
    struct text_buffer out = text_buffer(req->mem);
    char amount[MONEY_TEXT];
    struct office o;

    if (!office_open(req, load, &l, &o))
        return;
    text_put_format(&out, CSV_MARK "%s\r\n",
                    page_text(&o.page, N_("Rimborso;Importo;IBAN;Intestatario;Causale;Marchio")));
    for (size_t i = 0; i < l.count; i++) {
        const struct refund *r = &l.refunds[i];

        if (strcmp(r->destination, "transfer") != 0 || strcmp(r->state, "waiting") != 0)
            continue;
        text_put_format(&out, "%" PRId64 ";%s;%s;", r->id, money_italian(r->amount, amount), r->iban);
        put_cell(&out, r->payee, ";");
        put_cell(&out,
                 talloc_asprintf(req->mem, page_text(&o.page, N_("Rimborso %s")), l.codes[i][0] ? l.codes[i] : r->key),
                 ";");
        put_cell(&out, r->brand, "\r\n");
    }
    http_attachment(req, "rimborsi.csv");
    http_reply_kept(req, 200, "text/csv; charset=utf-8", out.bytes, out.length);
}

struct acting {
    struct office *o;
    int64_t id;
    struct problem why;
};

static enum outcome sent(struct db_tx *tx, void *arg)
{
    struct acting *a = arg;
    struct refund r;
    enum outcome o = refund_by_id(tx, a->o->page.mem, a->id, &r);

    a->why = (struct problem){0};
    if (o == REFUSED || (o == DONE && !operator_sees(&a->o->operator, r.brand)))
        return problem_set(&a->why, PROBLEM_NOT_FOUND, "", "%s", "");
    TRY(o);
    return strcmp(r.state, "done") == 0 ? DONE : refund_sent(tx, a->o->page.mem, a->id, &a->o->actor, &a->why);
}

void office_refund_sent(struct http_request *req)
{
    struct acting a = {.id = office_id(req, "id")};
    struct office o;
    enum outcome outcome;

    if (!office_open(req, NULL, NULL, &o))
        return;
    a.o = &o;
    outcome = db_transaction(o.page.shop->db, "refund.sent", sent, &a);
    if (outcome == DONE)
        office_go(&o, "/office/denaro/rimborsi?fatto=fatto");
    else
        office_failed(&o, outcome, &a.why);
}
