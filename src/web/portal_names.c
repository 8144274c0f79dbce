/* web/portal_names.c: GET and POST /ordini/{code}/nomi: other names for a mailbox whose names the provider did not take
 * (M12). */

#include "base/i18n.h"
#include "shop/activate.h"
#include "shop/documents.h"
#include "web/page.h"
#include "web/portal.h"
#include <string.h>
#include <talloc.h>

struct names_page {
    struct order order;
    struct papers papers;
};

/* Its buyer's alone. */
static enum outcome load(struct db_tx *tx, struct page *p, void *arg, struct problem *why)
{
    struct names_page *np = arg;
    enum outcome o = order_by_code(tx, p->mem, http_parameter(p->req, "code"), &np->order);

    if (o == DONE && (strcmp(np->order.brand, p->brand->id) != 0 || !p->visitor.who.account_id ||
                      np->order.account_id != p->visitor.who.account_id))
        o = REFUSED;
    if (o == DONE)
        o = papers_load(tx, p->mem, np->order.id, &np->papers);
    return o == REFUSED ? problem_set(why, PROBLEM_NOT_FOUND, "", "%s", "") : o;
}

struct names_form {
    const char *name[NAMES];
};

static const struct form_field FIELDS[] = {
    FORM_TEXT(struct names_form, name[0], "name_1", .max = 80, .optional = true),
    FORM_TEXT(struct names_form, name[1], "name_2", .max = 80, .optional = true),
    FORM_TEXT(struct names_form, name[2], "name_3", .max = 80, .optional = true),
    FORM_END,
};

static void show(struct page *p, const struct names_page *np, int status, const struct problems *faults)
{
    json_t *gone = json_array();

    for (int i = 0; i < NAMES; i++)
        if (np->papers.request.name[i][0])
            json_array_append_new(gone, json_sprintf("%s@%s", np->papers.request.name[i], p->brand->domain));
    page_set(p, "order", json_pack("{s:s}", "code", np->order.code));
    page_set(p, "domain", json_string(p->brand->domain));
    page_set(p, "gone", gone);
    page_fields(p, FIELDS, NULL, faults);
    page_show(p, status, "names", N_("Altri nomi per la casella"));
}

void portal_names(struct http_request *req)
{
    struct names_page np;
    struct page p;

    if (!page_open(req, PAGE_SIGNED_IN, load, &np, &p))
        return;
    if (request_wants_names(&np.papers.request))
        show(&p, &np, 200, NULL);
    else
        page_go(&p, talloc_asprintf(p.mem, "/ordini/%s", np.order.code)); /* given already */
}

struct giving {
    struct page *p;
    const struct names_page *np;
    struct names_form form;
    struct request request;
    struct problems faults;
    struct problem why;
};

static enum outcome give(struct db_tx *tx, void *arg)
{
    struct giving *g = arg;

    g->why = (struct problem){0};
    return names_give(tx, g->p->mem, g->p->shop, g->np->papers.request.id, g->p->visitor.who.account_id, g->form.name,
                      &g->p->actor, &g->request, &g->faults, &g->why);
}

void portal_names_sent(struct http_request *req)
{
    struct giving g = {.form.name = {"", "", ""}};
    struct names_page np;
    enum outcome o = REFUSED;
    struct page p;

    if (!page_open(req, PAGE_SIGNED_IN, load, &np, &p))
        return;
    g.p = &p;
    g.np = &np;
    if (page_form(&p, FIELDS, &g.form, &g.faults) == DONE)
        o = db_transaction(p.shop->db, "names.give", give, &g);
    if (o == DONE)
        page_go(&p, talloc_asprintf(p.mem, "/ordini/%s", np.order.code));
    else if (o == REFUSED && g.faults.count)
        show(&p, &np, 422, &g.faults);
    else
        page_failed(&p, o, &g.why);
}
