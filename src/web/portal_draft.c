/* web/portal_draft.c: GET /attivazione/{id}/nome (R47, R48, M2), GET and POST /attivazione/{id}/elimina. */

#include "base/i18n.h"
#include "rules/name.h"
#include "web/portal.h"
#include "web/purchase_page.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* The names beside the one that is held: those before it were not free, the others are noted. */
static json_t *names_data(const struct page *p, const struct request *r)
{
    json_t *list = json_array();
    bool passed = true;

    for (int i = 0; i < NAMES; i++) {
        char name[NAME_TEXT];
        bool held = name_check(r->name[i], "", name, NULL) == DONE && strcmp(name, r->held_name) == 0;

        passed &= !held;
        json_array_append_new(list, json_pack("{s:s, s:b, s:b}", "address", draft_address(p, r->name[i]), "held", held,
                                              "passed", passed));
    }
    return list;
}

void portal_reserved(struct http_request *req)
{
    struct request_read read = {0};
    json_t *held;
    struct page p;

    if (!draft_open(req, NULL, &read, &p))
        return;
    held = held_data(&p, &read);
    if (json_is_false(held)) { /* its time is over, or it was let go in another tab */
        page_go(&p, draft_path(&p, &read.request, ""));
        return;
    }
    purchase_steps(&p, "name", &read.request);
    page_set(&p, "id", json_sprintf("%" PRId64, read.request.id));
    page_set(&p, "names", names_data(&p, &read.request));
    page_set(&p, "has_others", json_true());
    page_set(&p, "held", held);
    page_show(&p, 200, "reserved", N_("Nome riservato"));
}

/* ---- Throwing away ---- */

void portal_draft_drop(struct http_request *req)
{
    struct request_read read = {0};
    struct page p;

    if (!draft_open(req, NULL, &read, &p))
        return;
    page_set(&p, "id", json_sprintf("%" PRId64, read.request.id));
    page_set(&p, "what", json_string(draft_title(&p, &read.request)));
    page_set(&p, "address", read.held_until.us ? json_string(draft_address(&p, read.request.held_name)) : json_false());
    page_show(&p, 200, "draft_drop", N_("Eliminare la richiesta?"));
}

struct dropping {
    struct page *p;
    int64_t id;
    struct problem why;
};

static enum outcome drop(struct db_tx *tx, void *arg)
{
    struct dropping *d = arg;

    return draft_drop(tx, d->p->mem, d->p->brand, d->p->visitor.who.account_id, d->id, &d->p->actor, &d->why);
}

void portal_draft_drop_sent(struct http_request *req)
{
    const char *id = http_parameter(req, "id");
    struct dropping d = {.id = id ? strtoll(id, NULL, 10) : 0};
    enum outcome o;
    struct page p;

    if (!page_open(req, PAGE_SIGNED_IN, NULL, NULL, &p) || purchase_needs_account(&p))
        return;
    d.p = &p;
    o = db_transaction(p.shop->db, "request.drop", drop, &d);
    /* A second click finds it gone, which is what was wanted. */
    if (o == DONE || (o == REFUSED && d.why.code == PROBLEM_REQUEST_STATE))
        page_go(&p, "/ordini");
    else
        page_failed(&p, o, &d.why);
}
