#include "web/purchase_page.h"
#include "base/i18n.h"
#include "rules/name.h"
#include "shop/place_order.h"
#include "shop/present.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

const char *purchase_product(const struct brand *brand)
{
    return brand->purchase.product ? brand->purchase.product : brand->name;
}

/* ---- Texts ---- */

char *draft_path(const struct page *p, const struct request *request, const char *rest)
{
    return talloc_asprintf(p->mem, "/attivazione/%" PRId64 "%s", request->id, rest);
}

char *draft_title(const struct page *p, const struct request *request)
{
    const struct brand_plan *plan = brand_plan_by_id(p->brand, request->plan);
    const char *product = purchase_product(p->brand), *name = plan ? plan->name : "";

    if (!plan || request->years < 1)
        return talloc_asprintf(p->mem, "%s%s%s", product, plan ? " " : "", name);
    if (request->years == 1)
        return talloc_asprintf(p->mem, page_text(p, N_("%s %s, 1 anno")), product, name);
    return talloc_asprintf(p->mem, page_text(p, N_("%s %s, %d anni")), product, name, (int)request->years);
}

char *draft_address(const struct page *p, const char *name)
{
    return talloc_asprintf(p->mem, "%s@%s", name, p->brand->domain);
}

json_t *held_data(const struct page *p, const struct request_read *read)
{
    int hour, minute, second;
    struct day on = rome_day(read->held_until);

    if (read->held_until.us == 0 || !read->request.held_name[0])
        return json_false();
    rome_time(read->held_until, &hour, &minute, &second);
    return json_pack("{s:s, s:o, s:o}", "address", draft_address(p, read->request.held_name), "until",
                     json_sprintf("%02d:%02d", hour, minute), "on",
                     day_same(on, p->today) ? json_false() : present_day(on));
}

json_t *others_data(const struct page *p, const struct request *r)
{
    json_t *list = json_array();
    bool after = false;

    for (int i = 0; i < NAMES; i++) {
        char name[NAME_TEXT];

        if (name_check(r->name[i], "", name, NULL) != DONE)
            continue;
        if (after)
            json_array_append_new(list, json_string(draft_address(p, name)));
        after |= strcmp(name, r->held_name) == 0;
    }
    return list;
}

/* ---- Opening ---- */

bool purchase_needs_account(struct page *p)
{
    if (p->visitor.who.account_id)
        return false;
    page_set(p, "mailbox_address", json_string(p->visitor.label));
    page_set(p, "next_query", json_string(page_next_query(p, p->req->method == HTTP_GET ? p->req->target : NULL)));
    page_show(p, 403, "need_account", N_("Serve un account"));
    return true;
}

struct opening {
    struct request_read *read;
    page_read *more;
    char *code; /* of the order that was made of it; NULL: none */
};

static enum outcome load(struct db_tx *tx, struct page *p, void *arg, struct problem *why)
{
    struct opening *o = arg;
    struct request_read *r = o->read;
    const char *id = http_parameter(p->req, "id");
    struct order order;

    if (!p->visitor.who.account_id)
        return DONE;
    TRY(request_load(tx, p->mem, p->brand, p->visitor.who.account_id, id ? strtoll(id, NULL, 10) : 0, &r->request,
                     &r->held_until, why));
    if (r->request.order_id) {
        TRY(order_by_id(tx, p->mem, r->request.order_id, &order));
        o->code = order.code;
        return DONE;
    }
    if (r->request.state != REQUEST_REQUESTED && r->request.state != REQUEST_RESERVED)
        return problem_set(why, PROBLEM_REQUEST_STATE, "", "%s", request_state_label(r->request.state));
    return o->more ? o->more(tx, p, r, why) : DONE;
}

bool draft_open(struct http_request *req, page_read *more, struct request_read *read, struct page *p)
{
    struct opening o = {.read = read, .more = more};

    if (!page_open(req, PAGE_SIGNED_IN, load, &o, p) || purchase_needs_account(p))
        return false;
    if (o.code)
        page_go(p, talloc_asprintf(p->mem, "/ordini/%s", o.code));
    return !o.code;
}

/* ---- Where one is ---- */

void purchase_steps(struct page *p, const char *here, const struct request *request)
{
    static const struct {
        const char *step, *label, *path;
    } STEP[] = {{"type", N_("Tipo"), NULL},
                {"request", N_("Dati e nomi"), ""},
                {"name", N_("Nome riservato"), "/nome"},
                {"payment", N_("Riepilogo"), "/conferma"},
                {"confirmed", N_("Conferma"), NULL}};
    json_t *steps = json_array();
    bool done = true;

    for (size_t i = 0; i < count_of(STEP); i++) {
        bool current = strcmp(STEP[i].step, here) == 0;
        const char *link = NULL;

        done &= !current;
        if (done && i == 0 && strcmp(here, "confirmed") != 0)
            link = "/servizi/pec";
        else if (done && request && STEP[i].path)
            link = draft_path(p, request, STEP[i].path);
        json_array_append_new(steps, page_step(p, STEP[i].label, done, current, link));
    }
    page_set(p, "steps", steps);
}

/* ---- Those that wait to be completed ---- */

enum outcome drafts_load(struct db_tx *tx, const struct page *p, struct drafts *drafts)
{
    struct request *requests;
    struct problem why;

    *drafts = (struct drafts){0};
    if (!p->visitor.who.account_id || !p->brand->purchase.on)
        return DONE;
    TRY(requests_drafts(tx, p->mem, p->visitor.who.account_id, DRAFTS_MOST, &requests, &drafts->count));
    drafts->all = talloc_zero_array(p->mem, struct request_read, (unsigned)drafts->count + 1);
    for (size_t i = 0; i < drafts->count; i++)
        TRY(request_load(tx, p->mem, p->brand, p->visitor.who.account_id, requests[i].id, &drafts->all[i].request,
                         &drafts->all[i].held_until, &why));
    return DONE;
}

static json_t *names_data(const struct page *p, const struct request *r)
{
    struct text_buffer b = text_buffer(p->mem);

    for (int i = 0; i < NAMES; i++)
        if (r->name[i][0])
            text_put_format(&b, "%s%s", b.length ? ", " : "", r->name[i]);
    return b.length ? json_string(b.bytes) : json_false();
}

void drafts_show(struct page *p, const struct drafts *drafts)
{
    json_t *list = json_array();

    for (size_t i = 0; i < drafts->count; i++) {
        const struct request *r = &drafts->all[i].request;

        json_array_append_new(list, json_pack("{s:o, s:s, s:o, s:o, s:o, s:o}", "id", json_sprintf("%" PRId64, r->id),
                                              "what", draft_title(p, r), "holder",
                                              r->holder.name[0] ? json_string(r->holder.name) : json_false(), "held",
                                              held_data(p, &drafts->all[i]), "names", names_data(p, r), "saved_on",
                                              present_instant(r->changed_at)));
    }
    page_set(p, "has_drafts", json_boolean(drafts->count));
    page_set(p, "drafts", list);
}
