/* web/office_cheques.c: GET /office/denaro/assegni: cheques by state, and the form for one that has come; POST: it is
 * registered; POST …/{id}/{versa,incassa,insoluto} (Y10). */

#include "base/i18n.h"
#include "shop/cheque.h"
#include "shop/present.h"
#include "web/office_money.h"
#include <inttypes.h>
#include <string.h>
#include <talloc.h>

#define PAGE_SIZE 30

static const struct {
    const char *state, *label;
} TABS[] = {{"received", N_("Da versare")},
            {"deposited", N_("Versati")},
            {"cleared", N_("Incassati")},
            {"bounced", N_("Insoluti")}};

struct list {
    const char *state;
    int64_t after;
    struct cheque *cheques;
    size_t count;
    bool more;
};

static enum outcome load(struct db_tx *tx, struct office *o, void *arg, struct problem *why)
{
    struct list *l = arg;

    (void)why;
    TRY(cheques_in_state(tx, o->page.mem, o->operator.brand, l->state, l->after, PAGE_SIZE + 1, &l->cheques,
                         &l->count));
    l->more = l->count > PAGE_SIZE;
    l->count = l->more ? PAGE_SIZE : l->count;
    return DONE;
}

static json_t *row(const struct office *o, const struct cheque *c)
{
    const struct page *p = &o->page;
    const struct brand *brand = brand_by_id(p->shop->brands, c->brand);
    bool may = operator_may(&o->operator, OFFICE_MONEY);
    bool deposited = strcmp(c->state, "deposited") == 0;
    enum held_reason held;
    enum cheque_kind kind;
    json_t *data = json_pack("{s:I, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:o}", "id",
                             (json_int_t)c->id, "number", c->number, "abi", c->abi, "cab", c->cab, "code",
                             c->order_code, "brand", brand ? brand->name : c->brand, "drawer", c->drawer, "kind",
                             cheque_kind_of(c->kind, &kind) == DONE ? page_text(p, cheque_kind_label(kind)) : c->kind,
                             "amount", present_money(c->amount), "dated_on", present_day(c->dated_on), "received_on",
                             present_day(c->received_on), "clears_on", present_day(c->clears_on), "closed_on",
                             present_day(c->closed_on));

    json_object_set_new(data, "held",
                        held_reason_of(c->held_reason, &held) == DONE
                            ? json_string(page_text(p, held_reason_label(held)))
                            : json_false());
    json_object_set_new(data, "may_deposit", json_boolean(may && strcmp(c->state, "received") == 0));
    json_object_set_new(data, "may_clear", json_boolean(may && deposited && c->clears_on.n <= p->today.n));
    json_object_set_new(data, "may_bounce", json_boolean(may && strcmp(c->state, "bounced") != 0));
    return data;
}

/* ---- One has come ---- */

static const struct form_choice KINDS[] = {{"bank", CHEQUE_BANK}, {"cashier", CHEQUE_CASHIER}, {NULL, 0}};

static const struct form_field ARRIVED[] = {
    FORM_TEXT(struct cheque_request, code, "code", .max = 40),
    FORM_ENUM(struct cheque_request, facts.kind, "kind", KINDS),
    FORM_TEXT(struct cheque_request, facts.number, "number", .max = 20),
    FORM_TEXT(struct cheque_request, facts.abi, "abi", .max = 10),
    FORM_TEXT(struct cheque_request, facts.cab, "cab", .max = 10),
    FORM_TEXT(struct cheque_request, facts.drawer, "drawer", .max = 100),
    FORM_TEXT(struct cheque_request, facts.payee, "payee", .max = 100),
    FORM_MONEY(struct cheque_request, facts.amount, "amount"),
    FORM_DAY(struct cheque_request, facts.dated_on, "dated_on"),
    FORM_FLAG(struct cheque_request, facts.non_transferable, "non_transferable", .optional = true),
    FORM_FLAG(struct cheque_request, facts.is_signed, "is_signed", .optional = true),
    FORM_END,
};

static const struct office_done DONE_[] = {
    {"arrivato", N_("L'assegno è registrato: il cliente è stato avvisato.")},
    {"attenzione", N_("L'assegno è registrato, ma guardarne data e importo: può non valere più come garanzia, o "
                      "l'importo restare fermo.")},
    {"versa", N_("L'assegno è segnato come versato.")},
    {"incassa", N_("L'assegno è incassato.")},
    {"insoluto", N_("L'assegno è segnato come insoluto: il cliente è stato avvisato.")},
    {NULL, NULL}};

static void show(struct office *o, const struct list *l, int status, const struct problems *faults)
{
    struct page *p = &o->page;
    json_t *rows = json_array(), *tabs = json_array();
    char *here = talloc_asprintf(p->mem, "/office/denaro/assegni?stato=%s", l->state);

    for (size_t i = 0; i < l->count; i++)
        json_array_append_new(rows, row(o, &l->cheques[i]));
    for (size_t i = 0; i < count_of(TABS); i++)
        json_array_append_new(tabs,
                              json_pack("{s:s, s:s, s:b}", "state", TABS[i].state, "label", page_text(p, TABS[i].label),
                                        "here", strcmp(TABS[i].state, l->state) == 0));
    page_set(p, "tabs", tabs);
    page_set(p, "rows", rows);
    page_set(p, "any", json_boolean(l->count > 0));
    page_set(p, "may", json_boolean(operator_may(&o->operator, OFFICE_MONEY)));
    page_set(p, "open", json_boolean(faults != NULL));
    page_set(p, "first_url", l->after ? json_string(here) : json_false());
    page_set(p, "more_url",
             l->more ? json_sprintf("%s&dopo=%" PRId64, here, l->cheques[l->count - 1].id) : json_false());
    page_fields(p, ARRIVED, NULL, faults);
    if (!faults)
        office_put_done(p, DONE_);
    office_show(o, status, "cheques", N_("Assegni"));
}

static void read_list(struct http_request *req, struct list *l)
{
    enum cheque_state known;

    *l = (struct list){.state = office_word(req, "stato"), .after = office_number(form_value(&req->query, "dopo"))};
    if (!l->state[0] || cheque_state_of(l->state, &known) != DONE)
        l->state = "received";
}

void office_cheques(struct http_request *req)
{
    struct list l;
    struct office o;

    read_list(req, &l);
    if (office_open(req, load, &l, &o))
        show(&o, &l, 200, NULL);
}

struct registering {
    struct office *o;
    struct cheque_request form;
    struct cheque cheque;
    unsigned warnings;
    struct problems faults;
};

static enum outcome receive(struct db_tx *tx, void *arg)
{
    struct registering *r = arg;
    struct page *p = &r->o->page;
    struct order order;
    enum outcome o = order_by_code(tx, p->mem, r->form.code, &order);

    r->faults = (struct problems){0};
    if (o == REFUSED || (o == DONE && !operator_sees(&r->o->operator, order.brand)))
        return problems_add(&r->faults, PROBLEM_NOT_FOUND, "code", "%s", "");
    TRY(o);
    r->form.actor = r->o->actor;
    return cheque_receive(tx, p->mem, p->shop->brands, &r->form, &r->cheque, &r->warnings, &r->faults);
}

void office_cheque_sent(struct http_request *req)
{
    struct registering r = {.warnings = 0};
    enum outcome outcome = REFUSED;
    struct office o;
    struct list l;

    read_list(req, &l);
    if (!office_open(req, load, &l, &o))
        return;
    r.o = &o;
    if (page_form(&o.page, ARRIVED, &r.form, &r.faults) == DONE)
        outcome = db_transaction(o.page.shop->db, "cheque.receive", receive, &r);
    problems_sort(&r.faults, ARRIVED);
    if (outcome == DONE)
        office_go(&o, r.warnings ? "/office/denaro/assegni?fatto=attenzione" : "/office/denaro/assegni?fatto=arrivato");
    else if (outcome == REFUSED && r.faults.count)
        show(&o, &l, problem_status(r.faults.item[0].code), &r.faults);
    else
        office_failed(&o, outcome, NULL);
}

/* ---- At the bank ---- */

static const struct act {
    const char *word;
    enum outcome (*run)(struct db_tx *tx, void *mem, const struct brands *brands, int64_t id, const struct actor *actor,
                        struct cheque *cheque, struct problem *why);
    const char *after; /* the list in which it then is */
} ACTS[] = {{"versa", cheque_deposit, "deposited"},
            {"incassa", cheque_clear, "cleared"},
            {"insoluto", cheque_bounce, "bounced"}};

struct acting {
    struct office *o;
    const struct act *act;
    int64_t id;
    struct problem why;
};

static enum outcome run(struct db_tx *tx, void *arg)
{
    struct acting *a = arg;
    struct page *p = &a->o->page;
    struct cheque cheque;
    enum outcome o = cheque_by_id(tx, p->mem, a->id, &cheque);

    a->why = (struct problem){0};
    if (o == REFUSED || (o == DONE && !operator_sees(&a->o->operator, cheque.brand)))
        return problem_set(&a->why, PROBLEM_NOT_FOUND, "", "%s", "");
    TRY(o);
    return a->act->run(tx, p->mem, p->shop->brands, a->id, &a->o->actor, &cheque, &a->why);
}

void office_cheque_act(struct http_request *req)
{
    struct acting a = {.id = office_id(req, "id")};
    enum outcome outcome = REFUSED;
    struct office o;

    if (!office_open(req, NULL, NULL, &o))
        return;
    a.o = &o;
    for (size_t i = 0; i < count_of(ACTS); i++)
        if (strcmp(ACTS[i].word, http_parameter(req, "act")) == 0)
            a.act = &ACTS[i];
    if (a.act)
        outcome = db_transaction(o.page.shop->db, "cheque.act", run, &a);
    if (outcome == DONE)
        office_go(&o, talloc_asprintf(req->mem, "/office/denaro/assegni?stato=%s&fatto=%s", a.act->after, a.act->word));
    else
        office_failed(&o, outcome, &a.why);
}
