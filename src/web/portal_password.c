/* web/portal_password.c: GET and POST /recupero, /password/{token} (R40): one question for both the user name and the
 * password, and one mail that answers it. */

#include "base/i18n.h"
#include "web/page.h"
#include "web/portal.h"
#include <string.h>

struct forgot_form {
    const char *login;
};

static const struct form_field FORGOT[] = {FORM_TEXT(struct forgot_form, login, "login", .max = 254), FORM_END};

void portal_forgot(struct http_request *req)
{
    struct page p;

    if (!page_open(req, PAGE_ANYBODY, NULL, NULL, &p))
        return;
    page_fields(&p, FORGOT, NULL, NULL);
    page_show(&p, 200, "forgot", N_("Dati di accesso dimenticati"));
}

/* The answer is the same whoever asks. */
void portal_forgot_sent(struct http_request *req)
{
    struct forgot_form form = {0};
    struct problems faults = {0};
    enum outcome o;
    struct page p;

    if (!page_open(req, PAGE_ANYBODY, NULL, NULL, &p))
        return;
    if (page_form(&p, FORGOT, &form, &faults) != DONE) {
        page_fields(&p, FORGOT, NULL, &faults);
        page_show(&p, 422, "forgot", N_("Dati di accesso dimenticati"));
        return;
    }
    o = password_forgotten(p.shop, p.mem, p.brand, form.login, req->client);
    if (o != DONE) {
        page_failed(&p, o, NULL);
        return;
    }
    page_set(&p, "minutes", json_integer(RESET_LINK_LIFE / MINUTES(1)));
    page_show(&p, 200, "forgot_sent", N_("Controllare la posta"));
}

struct reset_form {
    const char *password, *again;
};

static const struct form_field RESET[] = {
    FORM_TEXT(struct reset_form, password, "password", .secret = true),
    FORM_TEXT(struct reset_form, again, "password_again", .secret = true),
    FORM_IGNORE("account"), /* for password managers */
    FORM_END,
};

static void show_reset(struct page *p, int status, const struct link_owner *owner, const struct problems *faults)
{
    page_set(p, "label", json_string(owner->label));
    page_set(p, "is_mailbox", json_boolean(owner->is_mailbox));
    page_set(p, "token", json_string(http_parameter(p->req, "token")));
    page_fields(p, RESET, NULL, faults);
    page_show(p, status, "reset", N_("Nuova password"));
}

static void show_outcome(struct page *p, enum outcome o, const struct problem *why)
{
    if (o == REFUSED && why->code == PROBLEM_LINK_SPENT)
        page_link_spent(p, "of_password");
    else
        page_failed(p, o, why);
}

/* With what must be known of the link before anything is shown; false when that could not be. */
static bool open_reset(struct http_request *req, struct page *p, struct link_owner *owner)
{
    struct problem why = {0};
    enum outcome o;

    if (!page_open(req, PAGE_ANYBODY, NULL, NULL, p))
        return false;
    o = reset_link_check(p->shop, p->mem, http_parameter(req, "token"), owner, &why);
    if (o != DONE)
        show_outcome(p, o, &why);
    return o == DONE;
}

void portal_reset(struct http_request *req)
{
    struct page p;
    struct link_owner owner;

    if (open_reset(req, &p, &owner))
        show_reset(&p, 200, &owner, NULL);
}

void portal_reset_sent(struct http_request *req)
{
    struct reset_form form = {0};
    struct problems faults = {0};
    struct problem why = {0};
    struct page p;
    struct link_owner owner;
    enum outcome o;

    if (!open_reset(req, &p, &owner))
        return;
    if (page_form(&p, RESET, &form, &faults) == DONE && strcmp(form.password, form.again) != 0)
        problems_put(&faults, &(struct problem){.code = PROBLEM_PASSWORD_MISMATCH, .field = "password_again"});
    if (faults.count) {
        show_reset(&p, 422, &owner, &faults);
        return;
    }
    o = password_reset(p.shop, p.mem, p.brand, http_parameter(req, "token"), form.password, &why);
    if (o == REFUSED && why.code == PROBLEM_PASSWORD_SHORT) {
        problems_put(&faults, &why);
        show_reset(&p, 422, &owner, &faults);
    } else if (o != DONE) {
        show_outcome(&p, o, &why);
    } else {
        page_go(&p, owner.is_mailbox ? "/accedi?fatto=password" : "/accedi?as=account&fatto=password");
    }
}
