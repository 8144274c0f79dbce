/* web/portal_terminate.c: GET and POST /caselle/{address}/disdetta (M23): who has a mailbox ends it, and says so by
 * typing its address. */

#include "base/i18n.h"
#include "shop/notice.h"
#include "shop/present.h"
#include "shop/terminate.h"
#include "web/page.h"
#include "web/portal.h"
#include <string.h>
#include <talloc.h>

static enum outcome load(struct db_tx *tx, struct page *p, void *arg, struct problem *why)
{
    struct terminate_look *look = arg;

    TRY(terminate_look(tx, p->mem, p->shop->brands, http_parameter(p->req, "address"), look, why));
    return principal_sees(p->visitor.who, &look->mailbox) ? DONE
                                                          : problem_set(why, PROBLEM_MAILBOX_UNKNOWN, "", "%s", "");
}

struct termination_form {
    const char *when, *typed;
};
static const struct form_field FORM[] = {
    FORM_TEXT(struct termination_form, when, "when", .max = 10),
    FORM_TEXT(struct termination_form, typed, "typed", .max = 254),
    FORM_END,
};

static void show(struct page *p, const struct terminate_look *look, const char *when, int status,
                 const struct problems *faults)
{
    const struct mailbox *m = &look->mailbox;
    bool lives = strcmp(m->status, mailbox_status_name(MAILBOX_LIVE)) == 0, ended = terminate_ended(look);
    bool over = day_before(m->term.ends_on, look->today);

    page_set(p, "address", json_string(m->address));
    page_set(p, "path", json_string(present_path(p->mem, m->address)));
    page_set(p, "expires_on", present_day(m->term.ends_on));
    page_set(p, "given",
             look->given.mailbox_id
                 ? json_pack("{s:o, s:b}", "stops_on", present_day(look->given.stops_on), "undo", lives)
                 : json_false());
    page_set(p, "ended", json_boolean(ended));
    page_set(p, "open_order", json_boolean(m->open_order_id != 0));
    page_set(p, "may", json_boolean(!ended && !look->given.mailbox_id && !m->open_order_id));
    page_set(p, "automatic", json_boolean(m->auto_renew));
    page_set(p, "over", json_boolean(over));
    page_set(p, "now", json_boolean(over || (when && strcmp(when, "now") == 0)));
    page_set(p, "expiry", json_boolean(!over && when && strcmp(when, "expiry") == 0));
    page_set(p, "deletes_on", present_day(deletion_day(m->allowed.renew_until, look->brand->notices.delete_after)));
    page_set(p, "registry", notice_registry(look->brand, m));
    page_set(p, "registry_warns", json_boolean(notice_warns(look->brand, m)));
    page_fields(p, FORM, NULL, faults);
    page_show(p, status, "terminate", N_("Disdire la casella"));
}

void portal_terminate(struct http_request *req)
{
    struct terminate_look look = {0};
    struct page p;

    if (page_open(req, PAGE_SIGNED_IN, load, &look, &p))
        show(&p, &look, NULL, 200, NULL);
}

struct terminating {
    struct page *p;
    const struct termination_form *form;
    bool undo;
    struct problem why;
};

static enum outcome run(struct db_tx *tx, void *arg)
{
    struct terminating *t = arg;
    struct terminate_look look;
    struct page *p = t->p;

    t->why = (struct problem){0};
    TRY(load(tx, p, &look, &t->why));
    if (t->undo)
        return terminate_undo(tx, &look, &p->actor, &t->why);
    return terminate(tx, p->mem, &look, strcmp(t->form->when, "now") == 0, t->form->typed, &p->actor, &t->why);
}

static void finish(struct page *p, const struct terminate_look *look, struct terminating *t)
{
    struct problems faults = {0};
    enum outcome o = db_transaction(p->shop->db, "mailbox.terminate", run, t);

    if (o == DONE) {
        page_go(p, talloc_asprintf(p->mem, "/caselle/%s/disdetta", present_path(p->mem, look->mailbox.address)));
    } else if (o == REFUSED && strcmp(t->why.field, "typed") == 0) {
        problems_put(&faults, &t->why);
        show(p, look, t->form->when, 422, &faults);
    } else {
        page_failed(p, o, &t->why);
    }
}

void portal_terminate_sent(struct http_request *req)
{
    struct terminate_look look = {0};
    struct termination_form form = {0};
    struct problems faults = {0};
    struct page p;

    if (!page_open(req, PAGE_SIGNED_IN, load, &look, &p))
        return;
    if (terminate_ended(&look)) { /* from a page that was opened before */
        show(&p, &look, NULL, 409, NULL);
        return;
    }
    if (page_form(&p, FORM, &form, &faults) == DONE && strcmp(form.when, "now") != 0 &&
        strcmp(form.when, "expiry") != 0)
        problems_put(&faults, &(struct problem){.code = PROBLEM_NOT_A_CHOICE, .field = "when"});
    if (faults.count)
        show(&p, &look, form.when, 422, &faults);
    else
        finish(&p, &look, &(struct terminating){.p = &p, .form = &form});
}

/* POST /caselle/{address}/disdetta/revoca */
void portal_terminate_undone(struct http_request *req)
{
    struct terminate_look look = {0};
    struct page p;

    if (page_open(req, PAGE_SIGNED_IN, load, &look, &p))
        finish(&p, &look, &(struct terminating){.p = &p, .undo = true});
}
