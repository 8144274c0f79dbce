/* web/office_public.c: GET, POST /office/fatture/impegno: the codes of a public body's purchase, and its commitment to
 * pay, on which its order is fulfilled before the money comes. */

#include "base/i18n.h"
#include "shop/public_order.h"
#include "web/office_invoice.h"
#include <string.h>
#include <talloc.h>

struct public_form {
    const char *code, *cig, *cup, *act;
    int what; /* 1: the commitment too */
};

static const struct form_choice WHAT[] = {{"codes", 0}, {"commit", 1}, {NULL, 0}};
static const struct form_field FIELDS[] = {
    FORM_TEXT(struct public_form, code, "code", .max = 40),
    FORM_TEXT(struct public_form, cig, "cig", .max = 20, .optional = true),
    FORM_TEXT(struct public_form, cup, "cup", .max = 30, .optional = true),
    FORM_TEXT(struct public_form, act, "act", .max = 120, .optional = true),
    FORM_ENUM(struct public_form, what, "what", WHAT),
    FORM_END,
};

static void show(struct office *o, int status, const struct problems *faults)
{
    const char *code = form_value(&o->page.req->query, "ordine"), *done = form_value(&o->page.req->query, "fatto");
    json_t *known = json_object();

    if (code && text_is_plain(code, strlen(code)))
        json_object_set_new(known, "code", json_string(code));
    page_fields(&o->page, FIELDS, known, faults);
    json_decref(known);
    if (done)
        page_set(&o->page, "flash",
                 json_string(page_text(&o->page, strcmp(done, "impegno") == 0
                                                     ? N_("Impegno registrato: l'ordine è evaso e fatturato.")
                                                     : N_("Codici registrati: staranno sulla fattura."))));
    office_show(o, status, "public", N_("Impegno di un ente pubblico"));
}

void office_public(struct http_request *req)
{
    struct office o;

    if (office_open(req, NULL, NULL, &o))
        show(&o, 200, NULL);
}

struct noting {
    struct office *o;
    struct public_request request;
    struct problem why;
};

/* An order of another brand is none. */
static enum outcome note(struct db_tx *tx, void *arg)
{
    struct noting *n = arg;
    struct order order;
    enum outcome o = order_by_code(tx, n->o->page.mem, n->request.code, &order);

    if (o == DONE && !operator_sees(&n->o->operator, order.brand))
        return problem_set(&n->why, PROBLEM_NOT_FOUND, "code", "%s", "");
    if (o != DONE && o != REFUSED)
        return o;
    return public_order_note(tx, n->o->page.mem, n->o->page.shop->brands, &n->request, &n->why);
}

void office_public_sent(struct http_request *req)
{
    struct public_form form = {.code = "", .cig = "", .cup = "", .act = ""};
    struct problems faults = {0};
    struct noting n = {0};
    enum outcome outcome = REFUSED;
    struct office o;

    if (!office_open(req, NULL, NULL, &o))
        return;
    n.o = &o;
    if (page_form(&o.page, FIELDS, &form, &faults) == DONE) {
        n.request = (struct public_request){.code = text_trim(o.page.mem, form.code),
                                            .cig = form.cig,
                                            .cup = form.cup,
                                            .act = text_trim(o.page.mem, form.act),
                                            .commit = form.what == 1,
                                            .actor = o.actor};
        outcome = db_transaction(o.page.shop->db, "office.public", note, &n);
        if (outcome == REFUSED)
            problems_put(&faults, &n.why);
    }
    if (faults.count)
        show(&o, n.why.code ? problem_status(n.why.code) : 422, &faults);
    else if (outcome != DONE)
        office_failed(&o, outcome, &n.why);
    else
        office_go(&o,
                  form.what == 1 ? "/office/fatture/impegno?fatto=impegno" : "/office/fatture/impegno?fatto=codici");
}
